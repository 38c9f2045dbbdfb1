"""Facts that no `has` lists: from when to when something lasts, when it begins, what is noted each time."""

import pytest

from agents.requirement_analysis.prose.listing import listings
from agents.requirement_analysis.prose.pairs import pairs


def told(text: str) -> list[tuple[str, list[str]]]:
    """The owners of a sentence's lists with their items."""
    return [(x.owner.label, [i.label for i in x.items]) for x in listings(text) if x.owner]


@pytest.mark.parametrize(
    ("text", "owner", "labels"),
    [
        ("A lease runs from a signing date to an expiry date.", "lease", ["signing date", "expiry date"]),
        ("A lecture begins at a time.", "lecture", ["start time"]),
        ("Each auction takes place in one hall, on a day, at a starting price and a mode (open, sealed).", "auction",
         ["date", "starting price", "mode"]),
        ("Keepers write a short notice for each enclosure every evening (mood, appetite, remarks).", "notice",
         ["mood", "appetite", "remarks"]),
        ("For each tower every year we take samples (depth, weight, hue).", "samples", ["depth", "weight", "hue"]),
        ("Repairs are noted as well (cost, start, end).", "Repairs", ["cost", "start", "end"]),
        ("For every tenant we keep the trades he works in, with a rate for each trade, his phone, nickname and IBAN.",
         "tenant", ["trades", "phone", "nickname", "IBAN"]),
        ("For each of them we keep a nickname and a phone.", "them", ["nickname", "phone"]),
        ("Each incident has a date, what happened, a witness and a place.", "incident", ["date", "witness", "place"]),
    ],
)  # fmt: skip
def test_a_course_tells_facts(text: str, owner: str, labels: list[str]) -> None:
    assert (owner, labels) in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "A bus goes from the harbour to the airport.",
        "The tour runs from Monday to Friday.",
        "The show begins at noon.",
        "The meeting takes place in a room with a projector.",
        "We take payments (cash, card, voucher).",
        "Guests write a review every year (or two, or three).",
    ],
)
def test_ways_hours_and_examples_are_no_facts(text: str) -> None:
    assert told(text) == []


def test_what_there_is_in_something_belongs_to_it() -> None:
    found = [(p.subject.label, p.count, p.object.label) for p in pairs("In each atlas there are coloured plates.")]
    assert ("atlas", "many", "coloured plates") in found
    assert not [p for p in pairs("In the morning there are many calls.") if p.subject.label == "morning"]
