"""What people say of a fact's values in passing: bounds, what may be missing, what never stands twice."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.prose.listing import listings
from contracts.brief import Brief
from contracts.requirements import Attribute


def facts(text: str, entity: str) -> dict[str, Attribute]:
    """The attributes of one entity of a text by name."""
    found = requirement_analysis(Brief(project="prose", text=text, date=dt.date(2026, 1, 1)))
    return {a.name: a for e in found.entities if e.name == entity for a in e.attributes}


def test_what_may_be_missing_is_said_in_many_ways() -> None:
    told = facts(
        "A diver has a name, a nickname (not everybody has one), a blood group - if known - and a log number. "
        "A dive has a depth in m, a buddy name (empty until somebody is found), and, sometimes, a camera number.",
        "diver",
    )
    assert {n for n, a in told.items() if a.optional} == {"nickname", "blood_group"}
    assert [i.note for x in listings("A dive has a site, a depth in m and, maybe, a camera number.") for i in x.items][
        -1
    ] == "optional"


@pytest.mark.parametrize(
    "note",
    [
        "never given twice",
        "so no duplicates",
        "never re-used",
        "must be different for everyone",
        "never the same twice",
    ],
)
def test_what_never_stands_twice_is_unique(note: str) -> None:
    assert [(a.name, a.unique) for a in stated_attributes(f"seal code ({note})")] == [("seal_code", True)]


@pytest.mark.parametrize("note", ["never empty", "different colours", "given twice a year", "not every week"])
def test_other_remarks_tell_neither(note: str) -> None:
    assert not any(a.unique or a.optional for a in stated_attributes(f"seal code ({note})"))


def test_bounds_need_no_brackets() -> None:
    told = facts(
        "Each mooring has a number, a depth from 2 to 9, a fee between 10 and 80 euros and a length of at most 24.",
        "mooring",
    )
    assert {n: (a.minimum, a.maximum) for n, a in told.items() if n != "number"} == {
        "depth": (2, 9), "fee": (10, 80), "length": (None, 24),
    }  # fmt: skip


def test_a_span_of_other_things_is_no_bound() -> None:
    labels = [
        i.label for x in listings("Each ferry has a name, a route from harbour to island and a fare.") for i in x.items
    ]
    assert labels == ["name", "route", "fare"]


def test_whoever_speaks_in_a_story_is_not_what_it_describes() -> None:
    found = [
        (x.owner.label if x.owner else None, [i.label for i in x.items])
        for x in listings("As the keeper I lend out masks: size, colour, cleaning date.")
    ]
    assert found == [("masks", ["size", "colour", "cleaning date"])]
    wanted = [x.owner for x in listings("As a keeper I want every mask to have a maker, a title and a year.")]
    assert [o.label for o in wanted if o] == ["mask"]


def test_what_follows_a_colon_opens_no_sentence() -> None:
    text = "Whenever a ranger closes a trail he writes a notice: reason, start date, end date."
    assert [(x.owner.label, len(x.items)) for x in listings(text) if x.owner] == [("notice", 3)]


def test_the_name_of_somebody_else_is_theirs() -> None:
    assert set(facts("Each violin has a number, a price and the name of the maker.", "violin")) >= {"maker_name"}
    text = "For each violin we keep the number, the price and the name of the violin."
    assert [i.label for x in listings(text) for i in x.items] == ["number", "price", "name"]
