"""Has each server setting one value, and do the limits stand in the order in which they can take effect?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._units import in_bytes, in_seconds
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Whoever copies the other part of the document runs another server than the one that was sized."
REMEDY = "State the value once, and let the other place follow it."

ORDERED = (
    ("lock_timeout", "statement_timeout", "a lock wait that outlives its statement never ends by itself"),
    ("statement_timeout", "idle_in_transaction_session_timeout", "a session would be cut off between its statements"),
    ("min_wal_size", "max_wal_size", "the floor would never be reached"),
)


def findings(design: Design) -> Iterator[Finding]:
    """Settings with two values for production, and pairs in the wrong order."""
    sized = {setting.name: setting.value for setting in design.scaling.settings}
    yield from _contradicted(design, sized)
    for low, high, why in ORDERED:
        if low in sized and high in sized and not _value(sized[low]) < _value(sized[high]):
            yield finding(
                __name__,
                f"setting.{low}",
                fact=f'"{low}" is {sized[low]} and "{high}" {sized[high]}: {why}.',
                evidence=f"{low} < {high}",
                remedy=f'Set "{low}" below "{high}".',
            )


def _contradicted(design: Design, sized: dict[str, str]) -> Iterator[Finding]:
    for environment in (e for e in design.operations.environments if e.name == "production"):
        for name, value in (pair for subject, pairs in environment.groups if subject == "postgresql" for pair in pairs):
            if name in sized and _value(value) != _value(sized[name]):
                yield finding(
                    __name__,
                    f"setting.{name}",
                    fact=f'"{name}" is {sized[name]} in the server\'s configuration and {value} in production.',
                    evidence="Database Selection & Setup against Production Environment",
                    remedy=REMEDY,
                )


def _value(text: str) -> tuple[int, float, str]:
    """Something that compares equal for two spellings of one value."""
    for rank, number in ((1, in_seconds(text)), (2, in_bytes(text))):
        if number is not None:
            return rank, number, ""
    return 3, 0.0, text
