"""How long things are kept, in the words of those who keep them; and times that are no terms."""

import pytest

from tests.agents.facts.reading import analysed

TREE = """## Entities

### Grower
- name
- email

### Tree
- grower_id (FK → Grower)
- planted on: date

### Probe
- tree_id (FK → Tree)
- serial number

### Reading
- probe_id (FK → Probe)
- taken at: timestamp
- moisture: decimal

### Bill
- number
- net: money
"""


def terms(line: str) -> dict[str | None, int]:
    found = analysed(f"# What we need\n\nHello,\n\n{line}\n\n{TREE}")
    return {r.entity: r.days for r in found.retention if r.origin.kind == "stated"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Readings can be thrown away once they are a year old.", {"reading": 365}),
        ("The inspector may ask for any bill of the last six years.", {"bill": 2190}),
        ("Bills and trees must be available for ten years, readings only for two.",
         {"bill": 3650, "tree": 3650, "reading": 730}),
        ("Probe readings are kept five years, bills ten.", {"reading": 1825, "bill": 3650}),
        ("After sixty days nobody is interested in readings any more.", {"reading": 60}),
        ("Bills we keep a decade.", {"bill": 3650}),
        ("After a grower has left, we keep his data for another two years.", {"grower": 730}),
        ("Half a year after a tree has died we wipe everything about it.", {"tree": 182}),
        ("Bills have to be there for the tax people, that's ten years.", {"bill": 3650}),
        ("The accountants insist on ten years for bills.", {"bill": 3650}),
    ],
)  # fmt: skip
def test_terms(line: str, expected: dict[str | None, int]) -> None:
    assert terms(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "I keep an eye on ten trees a day.",
        "A grower is valid for one year and is then renewed or deleted.",
        "Readings are never thrown away.",
        "Once a year we clear out the shed.",
    ],
)
def test_times_that_are_no_terms(line: str) -> None:
    assert terms(line) == {}


def test_what_is_excepted_is_not_kept_so() -> None:
    assert "bill" not in terms("Readings are deleted after 18 months, except the bills.")
