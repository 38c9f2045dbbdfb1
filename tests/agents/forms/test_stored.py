"""What sentences and lists name that is stored, and what they name that is not: screens, reports, hardware, staff."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.brief import BriefError
from tests.agents.forms.reading import analysed, names

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("stored.yaml").read_text("utf-8"))
AROUND = "# App\n\nEach customer has a name and an email.\n\n"


@pytest.mark.parametrize("case", CASES, ids=[str(number) for number in range(len(CASES))])
def test_what_is_stored_becomes_an_entity_and_nothing_else_does(case: dict[str, Any]) -> None:
    try:
        found = set(names(analysed(case.get("brief") or AROUND + case["text"] + "\n")))
    except BriefError:
        found = set()
    assert set(case.get("stored", ())) <= found
    assert not set(case.get("not", ())) & found


def test_words_that_nobody_tuned_for_are_told_apart_nine_times_in_ten() -> None:
    right = total = 0
    for case in yaml.safe_load(Path(__file__).with_name("stored_untuned.yaml").read_text("utf-8")):
        found = set(names(analysed(case.get("brief") or AROUND + case["text"] + "\n")))
        right += len(set(case.get("stored", ())) & found) + len(set(case.get("not", ())) - found)
        total += len(case.get("stored", ())) + len(case.get("not", ()))
    assert right >= total * 9 / 10


def test_the_list_is_long_enough_to_say_something() -> None:
    assert sum(len(c.get("stored", ())) + len(c.get("not", ())) for c in CASES) >= 150


def test_a_screen_among_the_entities_is_asked_about() -> None:
    found = analysed("# Shop\n\n**Primary Entities**: Customer, Order, Login Screen\n")
    assert [q for q in found.open_questions if "Login Screen" in q.question and q.lines == (3,)]


def test_a_screen_with_attributes_is_a_table() -> None:
    assert "screen" in names(analysed("# Cinema\n\n### Screen\n- name, unique\n- seats: integer\n"))


def test_an_activity_is_no_table_whoever_lists_it_and_a_doubtful_one_is_asked_about() -> None:
    found = analysed("# Foundry\n\n**Entities**: Mould, Casting, Quality Management, Barcode Scanner\n")
    assert names(found) == ["mould", "casting", "barcode_scanner"]
    asked = {
        q.question.split(" names ")[1].split(" among")[0]: q.reading
        for q in found.open_questions
        if " among " in q.question
    }
    assert set(asked) == {"Quality Management", "Barcode Scanner"}
    assert asked["Barcode Scanner"].startswith("a table")


def test_idioms_of_recording_name_nothing() -> None:
    assert "track" not in names(analysed("# Choir\n\nWe want to keep track of singers and rehearsals.\n"))
