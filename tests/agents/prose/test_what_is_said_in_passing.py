"""What a sentence says in passing of an item of a list ends no list: conditions, relative clauses, dashes."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.prose.listing import listings
from agents.requirement_analysis.prose.passing import without_asides
from contracts.brief import Brief


def told(text: str) -> list[tuple[str, str, bool]]:
    """The items of a sentence with their notes, and whether no two are the same."""
    return [(i.label, i.note, i.unique) for found in listings(text) for i in found.items]


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        (
            "A pitch has a number, a power socket if the site gives one, and a kind - grass, gravel, tarmac.",
            [("number", "", False), ("power socket", "optional", False), ("kind", "grass, gravel, tarmac", False)],
        ),
        (
            "Of a nurse we store the name, a pager in case she carries one, and the ward.",
            [("name", "", False), ("pager", "optional", False), ("ward", "", False)],
        ),
        (
            "For tenants we store name and telephone; a tax number is optional.",
            [("name", "", False), ("telephone", "", False), ("tax number", "optional", False)],
        ),
        (
            "A kiln has a plate number, which is never reused, a volume and a type (gas or electric).",
            [("plate number", "never reused", False), ("volume", "", False), ("type", "gas or electric", False)],
        ),
        (
            "An angler has a name, a permit number that no other angler has and a birthday.",
            [("name", "", False), ("permit number", "unique", True), ("birthday", "", False)],
        ),
        (
            'A shelf has a label - there\'s only one "B 7" - and a height.',
            [("label", "unique", True), ("height", "", False)],
        ),
        (
            "For every find we keep a title, what kind of object it is (coin, pottery or bone) and its weight.",
            [("title", "", False), ("kind", "coin, pottery or bone", False), ("weight", "", False)],
        ),
        (
            "A choir has a name (we don't allow two with the same one) and a first date later than its start.",
            [("name", "we don't allow two with the same one", True), ("first date", "", False)],
        ),
    ],
)
def test_the_list_goes_on(text: str, listed: list[tuple[str, str, bool]]) -> None:
    found = told(text)
    assert [f[:2] for f in found] == [x[:2] for x in listed]


@pytest.mark.parametrize(
    "text",
    [
        "Guests leave a tip if they like the meal, the waiter and the food.",
        "If they pay, the date and the amount are stored.",
        "The report, which is sent twice, shows the total.",
        "Nobody else has access, so that the till stays closed.",
        "Two desks - one upstairs, one downstairs - share a phone.",
        "The plan, that is the idea, comes later.",
        "The manager asks which kind they are selling best.",
    ],
)
def test_what_tells_nothing_of_an_item_stays(text: str) -> None:
    assert without_asides(text) == text


def entities(text: str) -> dict[str, set[str]]:
    """The attributes of each entity of a text by name."""
    found = requirement_analysis(Brief(project="prose", text=text, date=dt.date(2026, 1, 1)))
    return {e.name: {a.name for a in e.attributes} for e in found.entities}


def test_one_word_by_itself_says_what_comes_next() -> None:
    told = entities("A guest has a name. I had that with the Millers. Kayaks! They have a hull number and a model.")
    assert {"hull_number", "model"} <= told["kayak"]
    told = entities("A guest has a name and an email. Right. They have a passport number.")
    assert "passport_number" in told["guest"] and "right" not in told
