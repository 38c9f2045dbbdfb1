"""How many there are, in the words of people who tell it by the way: of each, of them, at a time."""

import pytest

from contracts.requirements import Requirements, Volume
from tests.agents.facts.reading import analysed

FERRY = """## Entities

### Ferry
- name
- built on: date

### Crossing
- ferry_id (FK → Ferry)
- sailed on: date
- status

### Passenger
- name
- email

### Boarding
- crossing_id (FK → Crossing)
- passenger_id (FK → Passenger)

### Gauge
- ferry_id (FK → Ferry)
- serial number

### Sounding
- gauge_id (FK → Gauge)
- taken at: timestamp
- draught: decimal

### Blanket
- label
- colour

### Rental
- blanket_id (FK → Blanket)
- passenger_id (FK → Passenger)
- lent on: date
"""


def told(line: str) -> Requirements:
    return analysed(f"# Ferries\n\nHello,\n\n{line}\n\n{FERRY}")


def volume(found: Requirements, entity: str) -> Volume:
    return next(v for v in found.volumes if v.entity == entity)


@pytest.mark.parametrize(
    ("line", "entity", "rows", "daily"),
    [
        ("We run a couple of dozen ferries.", "ferry", 24, 0),
        ("Then there are the ferries, twenty or so altogether.", "ferry", 20, 0),
        ("Ten ferries, and on every ferry there are two gauges.", "gauge", 20, 0),
        ("We have 12 ferries with a gauge each.", "gauge", 12, 0),
        ("Ten ferries. A ferry usually has three gauges.", "gauge", 30, 0),
        ("Ten ferries. Each ferry sails four crossings a day.", "crossing", None, 40),
        ("Ten ferries. Ferries get one gauge a year.", "gauge", None, 10 / 365),
        ("About 40 crossings a day, and each has 50 to 60 passengers.", "boarding", None, 2400),
        ("A gauge reports its draught every ten minutes. There are 20 gauges.", "sounding", None, 2880),
        ("There are 20 gauges. A sounding is taken every half minute for each gauge.", "sounding", None, 57_600),
        ("A crossing is planned first. We get forty a day.", "crossing", None, 40),
        ("We sail twice a day.", "crossing", None, 2),
        ("On a usual Saturday 70 blankets are lent.", "rental", None, 10),
        ("There are nine hundred blankets, each with a label and a colour.", "blanket", 900, 0),
    ],
)
def test_figures_told_by_the_way(line: str, entity: str, rows: int | None, daily: float | None) -> None:
    found = volume(told(line), entity)
    if daily is not None:
        assert (found.rows_per_day, found.origin.kind) == (pytest.approx(daily), "stated")
    if rows is not None:
        assert found.rows == rows


@pytest.mark.parametrize(
    ("line", "entity"),
    [
        ("Each crossing is made by one ferry.", "ferry"),
        ("Two crossings of one ferry must never overlap.", "crossing"),
        ("A ferry can obviously not be at two overlapping crossings.", "crossing"),
        ("We look at the ferry twice a day.", "crossing"),
        ("The ferry is the oldest. We get forty a day.", "ferry"),
        ("The office, twenty years old, keeps the ferries.", "ferry"),
    ],
)
def test_numbers_that_are_no_rows(line: str, entity: str) -> None:
    assert volume(told(line), entity).origin.kind == "inferred"


def test_what_is_lent_is_not_new() -> None:
    assert volume(told("On a usual Saturday 70 blankets are lent."), "blanket").origin.kind == "inferred"


@pytest.mark.parametrize(
    ("line", "entity", "rows", "reason"),
    [
        ("There are 60 gauges. Each ferry has three gauges.", "ferry", 20, "3 for each"),
        ("There are 60 gauges.", "ferry", 60, "no more than the 60 rows of gauge"),
    ],
)
def test_what_is_not_counted_follows_from_what_is(line: str, entity: str, rows: int, reason: str) -> None:
    found = told(line)
    assert volume(found, entity).rows == rows
    assert reason in next(a.reason for a in found.assumptions if a.id == f"assumption.volume-{entity}")
