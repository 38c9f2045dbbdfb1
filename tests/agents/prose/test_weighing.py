"""Things that a brief counts, keeps for a time or leads through states are stored, wherever it speaks of them."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Requirements

AROUND = "# Harbour\n\nEach berth has a number, a length and a depth. {}\n\n{}\n"


def analysed(around: str, line: str) -> Requirements:
    return requirement_analysis(Brief(project="x", text=AROUND.format(around, line), date=dt.date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("around", "line", "kept"),
    [
        ("A barge needs one berth at night.", "We see 40 berths and 900 barges.", "barge"),
        ("The mooring is written down by the master.", "Moorings are deleted after 3 years.", "mooring"),
        ("Skippers ask for a lock passage by radio.", "A passage goes: asked → granted → done.", "passage"),
        ("Nobody counts them.", "We see 40 berths and 900 barges.", ""),
        ("A page shows the berths.", "It has 40 berths and 900 pages.", ""),
        ("The clerk is in the office.", "There are 40 berths and 12 clerks.", ""),
        ("Nobody counts them.", "There may be at most 30 barges.", ""),
    ],
)
def test_what_is_weighed_is_stored(around: str, line: str, kept: str) -> None:
    found = {e.name for e in analysed(around, line).entities} - {"berth"}
    assert ({kept} if kept else set()) == found & {"barge", "mooring", "passage", "page", "clerk"}


def test_what_is_counted_has_its_figure() -> None:
    found = analysed("A barge needs one berth at night.", "We see 40 berths and 900 barges.")
    assert {(v.entity, v.rows) for v in found.volumes} >= {("barge", 900), ("berth", 40)}


def test_anybody_is_nobody_to_store() -> None:
    found = analysed("The folks have patience and a good ear.", "We see 40 berths.")
    assert [e.name for e in found.entities] == ["berth"]
