"""The values of single columns in synthetic rows, as SQL over the row's number: numbers, times, states and texts."""

import datetime as dt
import math

from agents.schema_design.constraints import ENDED
from agents.schema_design.expressions import at, computed
from agents.schema_design.row_keys import ROWS, is_unique, lasts
from agents.schema_design.spelling import Spelling
from contracts.schema import Check, Column, Table

FAN_OUT, PARENTS = 20, 10
"""Children of each parent that has any: by the ratio of the expected rows, but at least a page; and at least so many
parents, if the brief has as many, or 10,000 rows would all belong to one."""

LATEST = 8_500
"""Of every 10,000 transactions those after this one are still under way, in all states."""

DAYS = 150
"""Dates after which those of the rows begin again, where nothing tells the rows apart by them."""

PERCENT = 100
"""Values of a percentage; a span of them that a query is tried with holds one."""

STEP_MINUTES = 20
"""Time between consecutive rows; the row numbers of one parent lie ROWS / FAN_OUT apart, so its spans never overlap."""

AMPLE = 10**7
"""What a limit on a sum is raised by: 50 children of 1,000 each stay below it, and numeric(10,2) holds it."""


class RowValues:
    """The expressions of one schema's columns that refer to no other row.

    `ample` are the (table, column) of limits on sums, which are raised so that no row of the proof meets them.
    """

    def __init__(self, spelling: Spelling, start: dt.date, ample: frozenset[tuple[str, str]]) -> None:
        self.spelling, self._start, self._ample = spelling, start, ample

    def value(self, table: Table, column: Column, position: int | None) -> str:
        """The value of a column; `position` is its place in a key that counts within blocks of rows."""
        checks = [check for check in table.checks if check.column == column.name]
        allowed = next((check.values for check in checks if check.kind == "one_of"), ())
        if allowed:
            return self.choice(table, column, allowed, position)
        limits = next((check for check in checks if check.kind == "range"), None)
        if column.type in ("integer", "decimal", "money", "percentage"):
            number = _number(column, limits, position, is_unique(table, column.name))
            ample = (table.name, column.name) in self._ample
            if ample:
                high = limits.maximum if limits else None
                number = f"{AMPLE} + {number}" if high is None else f"{high:f}"
            return self.spelling.number(column, number)
        if column.type in ("timestamp", "date", "time"):
            return self._moment(table, column)
        return self._text(column, is_unique(table, column.name))

    def _moment(self, table: Table, column: Column) -> str:
        if column.type == "time":
            return self.spelling.clock("(g * 7) % 1400")
        if column.type == "date":
            return self.spelling.day(self._start, f"(g % {DAYS})" if repeats_days(table, column) else "g")
        return self.spelling.moment(self._start, STEP_MINUTES)

    def choice(self, table: Table, column: Column, allowed: tuple[str, ...], position: int | None) -> str:
        """One of the values, skewed as in life: master data is mostly in its usual state, and of transactions the
        latest are still open, so that whoever looks for the oldest open one passes by all that are done."""
        if position is not None or len(allowed) == 1:
            return self.spelling.chosen(allowed, f"1 + (g - 1) % {len(allowed)}")
        usual, rank = self.spelling.literal(usual_value(table, column, allowed)), self._rank()
        anyone = self.spelling.chosen(allowed, f"1 + ({rank}) % {len(allowed)}")
        if table.nature in ("transaction", "event"):
            ended = [v for v in allowed if v in ENDED]
            other = self.spelling.chosen(ended, f"1 + ({rank}) % {len(ended)}") if ended else usual
            return (
                f"CASE WHEN (g - 1) % {ROWS} >= {LATEST} THEN {anyone} WHEN {rank} < 95 THEN {usual} ELSE {other} END"
            )
        return f"CASE WHEN {rank} < 85 THEN {usual} ELSE {anyone} END"

    def known(self, table: Table) -> str:
        """Which rows have a value that a row may be without: of what happens the latest have none yet, of what lasts a
        few anywhere."""
        if table.nature in ("transaction", "event"):
            return f"(g - 1) % {ROWS} < {LATEST}"
        return f"{self._rank()} < 85"

    def _rank(self) -> str:
        """A number below 100 that mixes the states of the rows."""
        return f"(g * 31 + ({self.spelling.quotient('g', 500)}) * 17) % 100"

    def chosen(self, table: Table, column: Column, allowed: tuple[str, ...], row: int) -> str:
        """Which of the values `choice` gives to a row: an argument of a prepared query cannot be looked up."""
        rank, usual = computed(at(self._rank(), row)) or 0, usual_value(table, column, allowed)
        if table.nature in ("transaction", "event"):
            ended = [v for v in allowed if v in ENDED] or [usual]
            latest = (row - 1) % ROWS >= LATEST
            return allowed[rank % len(allowed)] if latest else usual if rank < 95 else ended[rank % len(ended)]
        return usual if rank < 85 else allowed[rank % len(allowed)]

    def _text(self, column: Column, unique: bool) -> str:
        """Values of the other types; words of texts repeat every 2,000 rows, so that a search finds a few."""
        if column.type == "boolean":
            return f"g % 10 {'<>' if column.default != 'false' else '='} 0"
        fixed = self.spelling.typed(column.type)
        return fixed or self.spelling.code(int(column.sql_type.partition("(")[2].rstrip(")") or 200), unique)


def repeats_days(table: Table, column: Column) -> bool:
    """Whether the dates of a column come again and again, so that the rows of one day lie everywhere."""
    return column.type == "date" and not is_unique(table, column.name) and not lasts(table, column.name)


def usual_value(table: Table, column: Column, allowed: tuple[str, ...]) -> str:
    default = (column.default or "").strip("'")
    if table.nature in ("transaction", "event"):
        done = [value for value in allowed if value not in ENDED and value != default]
        return done[-1] if done else allowed[-1]
    return default if default in allowed else allowed[0]


def _number(column: Column, limits: Check | None, position: int | None, unique: bool) -> str:
    low = limits.minimum if limits and limits.minimum is not None else None
    high = limits.maximum if limits and limits.maximum is not None else None
    first = 0 if high is None or high >= 0 else int(high) - 100
    if low is not None:
        first = math.floor(low) + 1 if limits and limits.exclusive_minimum else math.ceil(low)
    if high is not None and first > high:  # no whole number lies between the bounds
        return f"{high:f}"
    if position is not None:
        return f"{first} + (g - 1) % {FAN_OUT}"
    if unique:
        return f"{first} + g"
    width = 1000 if high is None else max(1, min(1000, int(high) - first + 1))
    if column.type == "percentage" and high is None:
        width = PERCENT
    digits = column.sql_type.partition("(")[2].rstrip(")").split(",")
    if len(digits) == 2:
        width = max(1, min(width, 10 ** (int(digits[0]) - int(digits[1])) - 1 - first))
    return f"{first} + (g * 7) % {width}"
