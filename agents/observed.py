"""What an observation says in words, and figures as people write them: what all verdicts share."""

import math
from typing import Literal

from contracts.claims import Observation

Verdict = tuple[Literal["holds", "fails"], str]


def equal(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)


def number(value: float) -> str:
    """A figure as people write it: whole numbers without a point, others with six significant digits.

    >>> number(4.0), number(0.1 + 0.2), number(12_345_678.0), number(1 / 3)
    ('4', '0.3', '12345678', '0.333333')
    """
    if math.isfinite(value) and abs(value) < 1e15 and equal(value, round(value)):
        return str(round(value))
    return f"{value:.6g}"


def failed(seen: Observation) -> bool:
    """A driver's own error has a message but no SQLSTATE; it is a failure as well."""
    return seen.sqlstate is not None or bool(seen.message)


def error(seen: Observation) -> str:
    message = one_line(seen.message)
    return f"refused with {seen.sqlstate or 'no SQLSTATE'}" + (f": {message}" if message else "")


def one_line(text: str) -> str:
    """The first line that says something, cut where a message becomes a listing."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 200 else f"{line[:199]}…"
