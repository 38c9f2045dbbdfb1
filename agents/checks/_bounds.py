"""The bounds of partitions, read from the SQL that makes them and not from what is said beside it."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from contracts.schema import Partition

Bound = tuple[int, dt.datetime | Decimal | str | int]
"""A comparable end of a range: rank first, so that MINVALUE, MAXVALUE and values of one kind sort among themselves."""

_HASH = re.compile(r"modulus\s+(\d+)\s*,\s*remainder\s+(\d+)", re.IGNORECASE)
_RANGE = re.compile(r"from\s*\((.+?)\)\s*to\s*\((.+?)\)", re.IGNORECASE | re.DOTALL)


def hash_bounds(partition: Partition) -> tuple[int, int] | None:
    """(modulus, remainder) of a hash partition, None where the SQL states none that are possible."""
    found = _HASH.search(partition.bounds)
    if not found or not 0 <= int(found[2]) < int(found[1]):
        return None
    return int(found[1]), int(found[2])


def range_bounds(partition: Partition) -> tuple[Bound, Bound] | None:
    """[from, to) of a range partition by one column, None where the SQL states none."""
    found = _RANGE.search(partition.bounds)
    return (bound(found[1]), bound(found[2])) if found else None


def is_default(partition: Partition) -> bool:
    """Whether the partition takes what no other takes."""
    return partition.bounds.strip().lower() == "default"


def bound(text: str) -> Bound:
    """One end of a range as something that sorts.

    >>> bound("'2026-01-31'") < bound("'2026-02-01'") < bound("MAXVALUE")
    True
    """
    plain = re.sub(r"^\s*(timestamptz|timestamp|date)?\s*'(.*?)'(::\w+)?\s*$", r"\2", text.strip(), flags=re.IGNORECASE)
    if plain.upper() in ("MINVALUE", "MAXVALUE"):
        return (0, 0) if plain.upper() == "MINVALUE" else (9, 0)
    try:
        return 1, Decimal(plain)
    except InvalidOperation:
        pass
    try:
        moment = dt.datetime.fromisoformat(plain)
    except ValueError:
        return 3, plain
    return 2, moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
