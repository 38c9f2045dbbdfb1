"""A CHECK between a date and a moment: a moment is on some date only in a zone.

With the zone of the brief the CHECK is exact. Without one the moment's date is taken in UTC and one day is given away
on the side that the rule leaves open: the offsets of the world reach from -12 to +14 hours, so no place's date is more
than a day away from that of UTC, and no valid row is refused. Both spellings name the zone in the expression: a cast
alone would follow the session's setting, and what passes today would be refused when a dump is restored.
"""

from collections.abc import Iterator

from agents.dialects.postgresql import literal, quoted
from contracts.schema import Check, Column, Table

ORDERS = ("<", "<=", ">", ">=")
LEEWAY = 1
"""Days between the date of UTC and that of any place."""

APART = 3
"""Days between values that follow each other, in rows of the proof: more than leeway, zone and strictness take."""


def compares_days(left: Column, right: Column) -> bool:
    """Whether one is a date and the other one a moment."""
    return {left.type, right.type} == {"date", "timestamp"}


def shift(check: Check) -> int:
    """The days that the right side is moved by, so that the check is no stricter than the rule in any zone."""
    return check.leeway_days if (check.operator or "").startswith("<") else -check.leeway_days


def in_days(check: Check, left: Column, right: Column, zone: str) -> Check:
    """The check by the calendar of the zone, in PostgreSQL's words, which are immutable because they name it."""
    made = check.model_copy(update={"zone": zone, "leeway_days": 0 if zone else LEEWAY})
    moved = shift(made)
    tail = f" {'+' if moved > 0 else '-'} {abs(moved)}" if moved else ""
    return made.model_copy(update={"expression": f"{_day(left, zone)} {check.operator} {_day(right, zone)}{tail}"})


def _day(column: Column, zone: str) -> str:
    name = quoted(column.name)
    return f"({name} AT TIME ZONE {literal(zone or 'UTC')})::date" if column.type == "timestamp" else name


def zoneless(check: Check) -> Check:
    """The check for an engine whose CHECKs know no zones: that of UTC, with the leeway of any other zone."""
    if check.zone in ("", "UTC"):
        return check
    return check.model_copy(update={"zone": "", "leeway_days": LEEWAY})


def day_checks(table: Table) -> Iterator[Check]:
    """The checks of the table that compare a date with a moment."""
    for check in table.checks:
        if check.kind == "ordered" and check.other and compares_days(*map(table.column, (check.column, check.other))):
            yield check


def anchored(table: Table, column: str) -> tuple[Column, int] | None:
    """The column from whose value this one's is made in rows of the proof, and by how many days they differ.

    None where no date and moment are compared around it, and for the column that the others follow: a moment, because
    moments rise from row to row; a date only where a key counts by it.
    """
    edges = _orders(table)
    around, more = {column}, True
    while more:
        joined = {c for edge in edges for c in edge if around & set(edge)}
        around, more = around | joined, not joined <= around
    if not any({check.column, check.other} <= around for check in day_checks(table)):
        return None
    kinds = {name: table.column(name) for name in around}
    level = dict.fromkeys(around, 0)
    for _ in around:  # the longest way from a first one; a circle of rules ends here, too
        for low, high in edges:
            if low in around:
                both = kinds[low].type == kinds[high].type == "timestamp"
                level[high] = max(level[high], level[low] + (0 if both else APART))
    keyed = {c for key in (*(u.columns for u in table.uniques), table.primary_key) for c in key}
    places = {c.name: n for n, c in enumerate(table.columns)}
    first = min(around, key=lambda c: (c not in keyed, kinds[c].type == "date", level[c], places[c]))
    follows = any(high == column and level[low] == level[high] for low, high in edges)
    if column == first or follows:  # a moment follows another one by minutes, as elsewhere
        return None
    return kinds[first], level[column] - level[first]


def _orders(table: Table) -> list[tuple[str, str]]:
    """Pairs of times of which the first comes before the second."""
    found = []
    for check in table.checks:
        if check.kind == "ordered" and check.other and table.column(check.column).type in ("date", "timestamp"):
            if check.operator in ("<", "<=", "="):
                found.append((check.column, check.other))
            elif check.operator in (">", ">="):
                found.append((check.other, check.column))
    return found
