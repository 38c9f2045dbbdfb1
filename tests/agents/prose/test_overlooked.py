"""A sentence in which nothing known is named speaks of a thing that was missed; a remark is none."""

import datetime as dt

import pytest

from agents.language import tagged
from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.prose.pairs import pairs
from contracts.brief import Brief
from contracts.requirements import Requirements

KNOWN = "Each berth has a number, a length and a depth."


def analysed(text: str) -> Requirements:
    return requirement_analysis(Brief(project="x", text=f"# Harbour\n\n{KNOWN} {text}\n", date=dt.date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "A tow is ordered by phone and confirmed by the master. Every tow ends at noon. Tows are billed weekly.",
            {"tow"},
        ),
        ("A tow at a berth is ordered by phone. Every tow at a berth is billed, and tows leave berths.", set()),
        ("The weather is bad. A good mood helps.", set()),
        ("Everybody loves London. London sleeps. London is old. Nobody leaves London.", set()),
        ("A berth has about 55k rows, growing by 5 a day.", set()),
        ("Two Zierikzees are ordered. A Zierikzee is paid. Zierikzee is confirmed.", set()),
        ("A trip to Zierikzee is what everybody loves. Zierikzee is old, and Zierikzee sleeps.", set()),
    ],
)
def test_a_sentence_that_names_nothing_known_has_its_thing(text: str, found: set[str]) -> None:
    assert {e.name for e in analysed(text).entities} - {"berth"} == found


def test_one_of_something_per_another_is_related() -> None:
    found = analysed(
        "A tow is ordered by phone and then confirmed. Every tow ends. Tows are paid, one invoice per tow."
    )
    assert {(r.parent, r.child) for r in found.relationships} == {("tow", "invoice")}


def test_a_price_per_night_is_a_fact() -> None:
    assert [e.name for e in analysed("The price per night is fixed, and one entry per day is enough.").entities] == [
        "berth"
    ]


def test_a_measure_behind_per_is_a_fact() -> None:
    found = analysed("Berths are let, two invoices per size.")
    assert {e.name for e in found.entities} == {"berth", "invoice"}
    assert {(r.parent, r.child) for r in found.relationships} == {("berth", "invoice")}


def test_a_turn_to_each_of_something_else_has_its_own_facts() -> None:
    found = analysed(
        "Each owner can have several boats, and for every boat we keep the draught, the sail number and the flag."
    )
    assert {a.name for e in found.entities if e.name == "boat" for a in e.attributes} >= {
        "draught",
        "sail_number",
        "flag",
    }


def test_what_is_described_in_passing_belongs_to_what_is_described() -> None:
    found = analysed(
        "Each owner can have several boats, and for every boat we keep the sail number, the flag and any insurance "
        "with insurer and expiry date."
    )
    assert ("boat", "insurance") in {(r.parent, r.child) for r in found.relationships}
    assert "insurance_id" not in {a.name for e in found.entities if e.name == "boat" for a in e.attributes}


@pytest.mark.parametrize(
    ("text", "related"),
    [
        ("Each tow has a number and a date. Invoices are issued per tow: amount, due date.", ("tow", "invoice")),
        ("Each application has a number and a date. An application belongs to a plot (parcel number, district, area in "
         "m²).", ("plot", "application")),
    ],
)  # fmt: skip
def test_what_is_said_in_passing_is_a_reference(text: str, related: tuple[str, str]) -> None:
    assert related in {(r.parent, r.child) for r in analysed(text).relationships}


def test_the_application_that_is_asked_for_is_not_stored() -> None:
    assert [e.name for e in analysed("We want an application for clubs. The application sends mails.").entities] == [
        "berth"
    ]


def test_what_a_number_counts_is_a_noun() -> None:
    found = tagged("Around 9,000 stays a year per site come in.")
    assert [(t.tag, t.plural) for t in found if t.text == "stays"] == [("noun", True)]


@pytest.mark.parametrize("text", ["One parcel per day is sent.", "A few tows per berth are planned."])
def test_not_everything_per_something_is_one_of_it(text: str) -> None:
    assert [p for p in pairs(text) if p.count == "one"] == []


STORY = """We run a small pottery school by the lake. Nothing is written down properly.
{what}
Anna opens at nine. My sister bakes on Fridays. We are closed in August.
It has been like this for years. Nobody is to blame. The roof leaks a bit.
"""


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("Every student has a shelf. A shelf is wiped on Sundays, and all shelves are full.", {"shelf"}),
        ("A firing takes two days. We load a firing in the evening, and I check each firing twice.", {"firing"}),
        ("When a course ends we write a bill.", {"bill"}),
        ("We once had a swan.", set()),
        ("A price is agreed by phone, and the price never changes.", set()),
        ("It takes a week, sometimes two weeks, and a week is long.", set()),
        ("Of course we are glad. Of course you may come.", set()),
    ],
)
def test_a_story_tells_of_things_without_describing_them(what: str, found: set[str]) -> None:
    text = STORY.format(what=f"Each wheel has a number, a maker and a speed. {what}")
    entities = {e.name for e in analysed(text).entities}
    assert entities & {"shelf", "firing", "bill", "swan", "price", "week", "course"} == found


def test_a_description_of_others_is_no_story() -> None:
    text = STORY.replace("We run", "It runs").replace("We are", "It is").replace("My sister", "Somebody")
    told = text.format(what="Each wheel has a number. A kiln is wiped, and kilns are full.")
    assert "kiln" not in {e.name for e in analysed(told).entities}


def test_each_has_exactly_one() -> None:
    text = STORY.format(what="Each wheel has a number, a maker and a speed. Every wheel has exactly one bench.")
    assert ("bench", "wheel") in {tuple(sorted((r.parent, r.child))) for r in analysed(text).relationships}


def test_what_stands_alone_in_a_story_belongs_to_what_it_is_told_with() -> None:
    told = (
        "Each wheel has a number, a maker and a speed. When a wheel squeaks, a repair of the wheel is noted. "
        "Repairs of wheels are dull, and a repair takes a day."
    )
    found = analysed(STORY.format(what=told))
    assert ("wheel", "repair", "inferred") in {(r.parent, r.child, r.origin.kind) for r in found.relationships}


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("When a wheel comes back, it gets a grade, a date and a remark.", "wheel"),
        ("It costs 30 pounds. It has a colour, a date and a remark.", "berth"),
    ],
)
def test_it_is_what_the_condition_is_about_and_never_a_unit(text: str, owner: str) -> None:
    found = analysed(f"Each wheel has a number and a maker. Each berth has a number and a depth. {text}")
    entities = {e.name: {a.name for a in e.attributes} for e in found.entities}
    assert "remark" in entities[owner] and "pound" not in entities


def test_whom_something_is_done_for_is_no_thing_of_a_story() -> None:
    told = "We rent kilns to foreign companies. Each kiln has a number and a maker."
    entities = {e.name for e in analysed(STORY.format(what=told)).entities}
    assert "kiln" in entities and "company" not in entities


def test_what_happens_is_recorded_one_by_one_and_is_no_fact() -> None:
    found = analysed("Traders deal in bonds at a berth, and their operations and balances are recorded.")
    assert "operation" not in {a.name for e in found.entities for a in e.attributes}
