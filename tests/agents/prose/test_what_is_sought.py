"""Facts by which things are searched and sorted belong to them, although no list tells them."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.prose.sought import sought_by
from contracts.brief import Brief


def attributes(text: str) -> list[str]:
    """The attributes of the first entity of a text."""
    found = requirement_analysis(Brief(project="prose", text=text, date=dt.date(2026, 1, 1)))
    return [a.name for a in found.entities[0].attributes if a.origin.kind == "stated"]


@pytest.mark.parametrize(
    ("text", "owner", "facts"),
    [
        ("We find kites by brand and colour, newest first.", "kites", ["brand", "colour"]),
        ("Trails are sorted by height and difficulty.", "Trails", ["height", "difficulty"]),
        ("Clerks filter the kites by sail material.", "kites", ["sail material"]),
    ],
)
def test_whoever_sorts_by_a_fact_stores_it(text: str, owner: str, facts: list[str]) -> None:
    assert [(o.label, [i.label for i in f]) for o, f in sought_by(text)] == [(owner, facts)]


@pytest.mark.parametrize(
    "text", ["Kites are sorted by month.", "Guides find the trails by themselves.", "Kites are sold by volume."]
)
def test_periods_and_doers_are_no_facts(text: str) -> None:
    assert not list(sought_by(text))


def test_only_what_is_stored_gets_further_facts() -> None:
    kite = "Each kite has a label, a frame colour and a price. "
    assert attributes(f"{kite}Clerks find kites by stiffness, price and colour.") == [
        "label", "frame_colour", "price", "stiffness",
    ]  # fmt: skip
    assert attributes(f"{kite}Clerks find kites by customer and by order.") == ["label", "frame_colour", "price"]
    assert attributes(f"{kite}Clerks find ropes by strength.") == ["label", "frame_colour", "price"]
