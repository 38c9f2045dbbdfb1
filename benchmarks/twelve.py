"""Twelve steps over contracts of real size, as plain calls and as Prefect tasks: what the orchestration itself costs.

Each step reads the shop's analysis from JSON and writes it again, which is what passing it on takes and little else.
"""

from collections.abc import Callable
from pathlib import Path

from contracts.requirements import Requirements
from flows.run import Run

EXECUTED: list[str] = []
"""Names of the steps that ran, as they ran."""
FAILING: set[str] = set()
"""Names of the steps that raise."""


def shop(root: Path) -> Requirements:
    """The analysis of the shop, as its plan in the examples has it."""
    from artifacts.reading import plan_of

    return plan_of((root / "examples" / "shop" / "planning" / "persistence.json").read_text()).design.requirements


def _passed_on(name: str, found: Requirements) -> Requirements:
    EXECUTED.append(name)
    if name in FAILING:
        raise RuntimeError(f"{name} was asked to fail")
    again = Requirements.model_validate_json(found.model_dump_json())
    return again.model_copy(update={"title": f"{found.title[:60]}, {name}"})


def one(found: Requirements) -> Requirements:
    """The first step of the chain."""
    return _passed_on("one", found)


def two(found: Requirements) -> Requirements:
    """After one."""
    return _passed_on("two", found)


def three(found: Requirements) -> Requirements:
    """After two."""
    return _passed_on("three", found)


def four(found: Requirements) -> Requirements:
    """Beside five, six and seven."""
    return _passed_on("four", found)


def five(found: Requirements) -> Requirements:
    """Beside four, six and seven."""
    return _passed_on("five", found)


def six(found: Requirements) -> Requirements:
    """Beside four, five and seven."""
    return _passed_on("six", found)


def seven(found: Requirements) -> Requirements:
    """Beside four, five and six."""
    return _passed_on("seven", found)


def eight(a: Requirements, b: Requirements, c: Requirements, d: Requirements) -> Requirements:
    """Joins the four."""
    return _passed_on("eight", a)


def nine(found: Requirements) -> Requirements:
    """After eight."""
    return _passed_on("nine", found)


def ten(found: Requirements) -> Requirements:
    """After nine."""
    return _passed_on("ten", found)


def eleven(found: Requirements) -> Requirements:
    """After ten."""
    return _passed_on("eleven", found)


def twelve(found: Requirements, first: Requirements) -> Requirements:
    """The last one, which also needs the first one's result."""
    return _passed_on("twelve", found)


STEPS: tuple[Callable[..., Requirements], ...] = (
    one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve,
)  # fmt: skip


def graph(found: Requirements, run: Run) -> Requirements:
    """A chain of three, four side by side, a join, and a chain of four."""
    first = run.submit(one, found).result()
    third = run.submit(three, run.submit(two, first).result()).result()
    a, b, c, d = run.submit(four, third), run.submit(five, third), run.submit(six, third), run.submit(seven, third)
    joined = run.submit(eight, a.result(), b.result(), c.result(), d.result()).result()
    last = run.submit(eleven, run.submit(ten, run.submit(nine, joined).result()).result()).result()
    return run.submit(twelve, last, first).result()
