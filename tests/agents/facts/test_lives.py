"""Lives that a brief tells as stories, sentence by sentence; and sentences that tell of no step."""

import pytest

from tests.agents.facts.reading import analysed

SHEDS = """## Entities

### Parcel
- weight: decimal
- status

### Boat
- name
- length: decimal

### Permit
- number, unique
- state (applied, granted, refused, departed)

"""


def steps(text: str, entity: str) -> set[tuple[str, str]]:
    found = analysed(f"# Sheds\n\nHello,\n\n{text}\n\n{SHEDS}")
    return {pair for r in found.rules if r.kind == "state" and r.entity == entity for pair in r.transitions}


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("A parcel starts as announced. Once the van is here it becomes loaded, and when the driver is back it's "
         "delivered. If nobody opens the door it is returned.", "parcel",
         {("announced", "loaded"), ("loaded", "delivered"), ("loaded", "returned")}),
        ("When somebody writes to us the boat is new. After the survey it is listed, and as soon as a buyer has paid "
         "it is sold.", "boat", {("new", "listed"), ("listed", "sold")}),
        ("A parcel is reserved until it's paid. A paid parcel gets shipped on Mondays. Reserved parcels that nobody "
         "wants expire.", "parcel", {("reserved", "paid"), ("paid", "shipped"), ("reserved", "expired")}),
        ("A boat begins life as a draft. The harbour master accepts or rejects it; then it is moored.", "boat",
         {("draft", "accepted"), ("draft", "rejected"), ("accepted", "moored")}),
        ("Boats are planned first. From planned they go to moored and then to sold. A boat that is planned or moored "
         "can be withdrawn.", "boat",
         {("planned", "moored"), ("moored", "sold"), ("planned", "withdrawn"), ("moored", "withdrawn")}),
        ("A parcel is open first, then packed, then delivered. As long as it's open it can be cancelled.", "parcel",
         {("open", "packed"), ("packed", "delivered"), ("open", "cancelled")}),
        ("A parcel starts out as open, is packed, and from then on it is either lost or delivered.", "parcel",
         {("open", "packed"), ("packed", "lost"), ("packed", "delivered")}),
        ("A parcel is announced, then it's on its way, stored and in the end delivered.", "parcel",
         {("announced", "on its way"), ("on its way", "stored"), ("stored", "delivered")}),
        ("A granted permit expires at the end of the year.", "permit", set()),
        ("A packed parcel expires after a week.", "parcel", {("packed", "expired")}),
        ("Every parcel goes through sorting, loading and is then delivered.", "parcel",
         {("sorting", "loading"), ("loading", "delivered")}),
    ],
)  # fmt: skip
def test_a_story_tells_the_steps(text: str, entity: str, expected: set[tuple[str, str]]) -> None:
    assert steps(text, entity) == expected


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("A boat is old. Then it is important that it is painted.", "boat"),
        ("When a parcel is delivered, the weight is mandatory.", "parcel"),
        ("A delivered parcel is deleted after two years.", "parcel"),
        ("Only painted boats can be viewed.", "boat"),
        ("It happens that a boat is sold and then I'd just change it.", "boat"),
        ("The weather is bad first. Then it is fine.", "boat"),
        ("A delivered parcel can't be lost. It is never returned.", "parcel"),
    ],
)
def test_what_is_no_story(text: str, entity: str) -> None:
    assert steps(text, entity) == set()


def test_a_closed_list_of_states_has_no_others() -> None:
    text = "A permit is applied first. Once the clerk is back it is granted. Then it is framed."
    assert steps(text, "permit") == {("applied", "granted")}


def test_what_is_frozen_in_a_state_cannot_be_changed() -> None:
    text = "A parcel is packed, then on the road, then signed. A signed parcel is frozen."
    found = analysed(f"# Sheds\n\n{text}\n\n{SHEDS}")
    assert [(r.entity, r.values) for r in found.rules if r.kind == "immutable"] == [("parcel", ("signed",))]


def test_a_planned_visit_that_is_held_or_cancelled_lists_no_states() -> None:
    text = "Parcels are planned first. A planned parcel is either held or cancelled."
    assert steps(text, "parcel") == {("planned", "held"), ("planned", "cancelled")}
