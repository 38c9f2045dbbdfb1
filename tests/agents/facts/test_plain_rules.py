"""Rules in the words of people who write no specifications, and sentences that sound like them and rule nothing."""

import pytest

from contracts.requirements import Rule
from tests.agents.facts.reading import analysed

CLUB = """## Entities

### Rower
- name
- email
- licence number

### Boat
- name
- sail number
- weight: decimal
- length: decimal
- price: money

### Outing
- boat_id (FK → Boat)
- rower_id (FK → Rower)
- starts at: timestamp
- ends at: timestamp
- persons: integer

### Race
- title
- seats: integer
- score: integer
- deadline: date
- held on: date

### Entry
- race_id (FK → Race)
- rower_id (FK → Rower)
- crew: integer

### Report
- outing_id (FK → Outing)
- grade: integer
"""


def told(line: str) -> list[Rule]:
    found = analysed(f"# What we need\n\nHello,\n\n{line}\n\n{CLUB}")
    return [r for r in found.rules if r.origin.kind == "stated" and r.kind != "prose"]


@pytest.mark.parametrize(
    ("line", "entity", "attributes"),
    [
        ("No two boats share a sail number.", "boat", ("sail_number",)),
        ("Two rowers can have the same name but never the same e-mail.", "rower", ("email",)),
        ("There can't be two rowers with the same licence number.", "rower", ("licence_number",)),
        ("Every boat has a sail number and you won't find two boats with the same one.", "boat", ("sail_number",)),
        ("Licence numbers are given out only once.", "rower", ("licence_number",)),
        ("Sail numbers must never repeat.", "boat", ("sail_number",)),
        ("A rower can't be entered twice for the same race.", "entry", ("rower", "race")),
    ],
)  # fmt: skip
def test_what_is_there_once(line: str, entity: str, attributes: tuple[str, ...]) -> None:
    (rule,) = told(line)
    assert (rule.kind, rule.entity, set(rule.attributes)) == ("unique", entity, set(attributes))


@pytest.mark.parametrize(
    ("line", "entity", "attribute", "minimum", "maximum"),
    [
        ("A score of more than 200 or less than 10 is impossible.", "race", "score", 10, 200),
        ("A grade above six is not accepted.", "report", "grade", None, 6),
        ("Grades go from one (bad) to six (perfect).", "report", "grade", 1, 6),
        ("A boat is at most twelve metres long.", "boat", "length", None, 12),
        ("A boat weighs between ten and ninety kilos.", "boat", "weight", 10, 90),
        ("A boat costs nothing or more, never less.", "boat", "price", 0, None),
        ("Nobody does it alone, so the crew is at least two.", "entry", "crew", 2, None),
        ("We don't take fewer than three persons.", "outing", "persons", 3, None),
        ("The score is a percentage, so it's between zero and a hundred.", "race", "score", 0, 100),
    ],
)
def test_ranges(line: str, entity: str, attribute: str, minimum: int | None, maximum: int | None) -> None:
    (rule,) = told(line)
    assert (rule.kind, rule.entity, rule.attributes) == ("range", entity, (attribute,))
    assert (rule.minimum, rule.maximum) == (minimum, maximum)


@pytest.mark.parametrize(
    ("line", "entity", "reference", "maximum"),
    [
        ("Nobody may have more than three entries.", "entry", "rower", 3),
        ("No rower gets more than five entries.", "entry", "rower", 5),
        ("A rower can't have more than two entries.", "entry", "rower", 2),
        ("There are never more than eight rowers to a race.", "entry", "race", 8),
        ("More than four outings at a time are not allowed for one rower.", "outing", "rower", 4),
    ],
)
def test_how_many_at_most(line: str, entity: str, reference: str, maximum: int) -> None:
    (rule,) = told(line)
    assert (rule.kind, rule.entity, rule.attributes[0], rule.maximum) == ("capacity", entity, reference, maximum)


def test_the_limit_may_be_a_fact() -> None:
    (rule,) = told("No race takes more rowers than it has seats.")
    assert (rule.kind, rule.entity, rule.attributes, rule.terms) == ("capacity", "entry", ("race",), ("seats",))


@pytest.mark.parametrize(
    ("line", "entity", "attributes", "operator"),
    [
        ("An outing can't end before it has started.", "outing", ("ends_at", "starts_at"), ">="),
        ("The deadline can't be later than the day it was held.", "race", ("deadline", "held_on"), "<="),
        ("The deadline always comes before the day it is held.", "race", ("deadline", "held_on"), "<"),
        ("The score is never above the seats.", "race", ("score", "seats"), "<="),
    ],
)
def test_a_negated_comparison_turns_round(
    line: str, entity: str, attributes: tuple[str, ...], operator: str
) -> None:  # fmt: skip
    (rule,) = told(line)
    assert (rule.kind, rule.entity, rule.attributes, rule.operator) == ("comparison", entity, attributes, operator)


@pytest.mark.parametrize(
    ("line", "attributes"),
    [
        ("Nobody can row two outings that overlap.", ("rower", "starts_at", "ends_at")),
        ("A boat cannot be used for two outings at once.", ("boat", "starts_at", "ends_at")),
    ],
)
def test_what_does_not_overlap(line: str, attributes: tuple[str, ...]) -> None:
    assert [(r.kind, r.attributes) for r in told(line)] == [("no_overlap", attributes)]


@pytest.mark.parametrize(
    "line",
    ["Reports, once entered, stay as they are.", "A report is never changed once it has been written.",
     "Once written, reports shall not be altered."],
)  # fmt: skip
def test_what_is_written_stays(line: str) -> None:
    assert [(r.kind, r.entity, r.attributes) for r in told(line)] == [("immutable", "report", ())]


@pytest.mark.parametrize(
    "line",
    [
        "No outing may start before the one with the same boat has ended.",
        "An approved report is not to be altered by anybody.",
        "A report that has been sent can't be changed any more.",
        "A rower can't be in two races at the same time.",
        "The weather is bad above 2000 metres, which is wrong.",
        "We ask how many seats there are, at least two, and the score.",
        "Two boats can have the same name.",
        "We share one sail number with the neighbours.",
    ],
)
def test_what_is_no_such_rule(line: str) -> None:
    assert told(line) == []
