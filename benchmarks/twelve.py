"""Twelve steps over contracts of real size: what orchestrating them costs, by Prefect tasks or by anything else.

Each step reads its contract from JSON and writes it again, `readings` times over. Once is what passing it on takes and
little else; `WORKED` times makes a step of some milliseconds, as steps that do something are.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from contracts.requirements import Requirements
from flows.run import Run

EXECUTED: list[str] = []
"""Names of the steps that ran, as they ran."""
FAILING: set[str] = set()
"""Names of the steps that raise."""
FINISHED = frozenset({"one", "two", "three", "four", "five", "six", "seven"})
"""Names of the steps that have ended when step eight fails."""
WORKED = 14
"""Readings of the small contract that take twelve steps to about 50 ms by plain calls."""


def shop(root: Path) -> Requirements:
    """The analysis of the shop, as its plan in the examples has it."""
    from artifacts.reading import plan_of

    return plan_of((root / "examples" / "shop" / "planning" / "persistence.json").read_text()).design.requirements


def small(found: Requirements) -> Requirements:
    """Of an analysis its requirements alone: 20 KB of the shop's 89."""
    lists = (name for name in type(found).model_fields if isinstance(getattr(found, name), tuple))
    return found.model_copy(update={name: () for name in lists if name != "requirements"})


def _passed_on(name: str, found: Requirements, readings: int) -> Requirements:
    EXECUTED.append(name)
    if name in FAILING:
        raise RuntimeError(f"{name} was asked to fail")
    for _ in range(readings):
        again = Requirements.model_validate_json(found.model_dump_json())
    return again.model_copy(update={"title": f"{found.title[:60]}, {name}"})


def one(found: Requirements, readings: int) -> Requirements:
    """The first step of the chain."""
    return _passed_on("one", found, readings)


def two(found: Requirements, readings: int) -> Requirements:
    """After one."""
    return _passed_on("two", found, readings)


def three(found: Requirements, readings: int) -> Requirements:
    """After two."""
    return _passed_on("three", found, readings)


def four(found: Requirements, readings: int) -> Requirements:
    """Beside five, six and seven."""
    return _passed_on("four", found, readings)


def five(found: Requirements, readings: int) -> Requirements:
    """Beside four, six and seven."""
    return _passed_on("five", found, readings)


def six(found: Requirements, readings: int) -> Requirements:
    """Beside four, five and seven."""
    return _passed_on("six", found, readings)


def seven(found: Requirements, readings: int) -> Requirements:
    """Beside four, five and six."""
    return _passed_on("seven", found, readings)


def eight(a: Requirements, b: Requirements, c: Requirements, d: Requirements, readings: int) -> Requirements:
    """Joins the four."""
    return _passed_on("eight", a, readings)


def nine(found: Requirements, readings: int) -> Requirements:
    """After eight."""
    return _passed_on("nine", found, readings)


def ten(found: Requirements, readings: int) -> Requirements:
    """After nine."""
    return _passed_on("ten", found, readings)


def eleven(found: Requirements, readings: int) -> Requirements:
    """After ten."""
    return _passed_on("eleven", found, readings)


def twelve(found: Requirements, first: Requirements, readings: int) -> Requirements:
    """The last one, which also needs the first one's result."""
    return _passed_on("twelve", found, readings)


STEPS: Mapping[str, tuple[Callable[..., Requirements], tuple[str, ...]]] = {
    "one": (one, ("found",)),
    "two": (two, ("one",)),
    "three": (three, ("two",)),
    "four": (four, ("three",)),
    "five": (five, ("three",)),
    "six": (six, ("three",)),
    "seven": (seven, ("three",)),
    "eight": (eight, ("four", "five", "six", "seven")),
    "nine": (nine, ("eight",)),
    "ten": (ten, ("nine",)),
    "eleven": (eleven, ("ten",)),
    "twelve": (twelve, ("eleven", "one")),
}
"""Each step with the names of what it is given: a chain of three, four side by side, a join, and a chain of four."""


def graph(found: Requirements, readings: int, run: Run) -> Requirements:
    """The steps, each submitted when all that it needs is there or coming."""
    first = run.submit(one, found, readings).result()
    third = run.submit(three, run.submit(two, first, readings).result(), readings).result()
    a, b, c, d = (run.submit(step, third, readings) for step in (four, five, six, seven))
    joined = run.submit(eight, a.result(), b.result(), c.result(), d.result(), readings).result()
    tenth = run.submit(ten, run.submit(nine, joined, readings).result(), readings).result()
    return run.submit(twelve, run.submit(eleven, tenth, readings).result(), first, readings).result()
