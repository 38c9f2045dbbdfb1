"""What every column holds in row g: an SQL expression that respects keys, references, limits and the other columns.

Which parents rows have decides it: so many for each, in blocks where a key counts within them, in turn elsewhere, and
others for the rows that a table grows by.
"""

import datetime as dt
import math
from collections.abc import Container, Iterable, Mapping

from agents.dialects.postgresql import sql as postgresql
from agents.naming import is_public_id
from agents.schema_design.days import anchored
from agents.schema_design.expressions import at
from agents.schema_design.one_default import Singled, singled
from agents.schema_design.outbox import waits
from agents.schema_design.room import open_parent
from agents.schema_design.row_agreement import follows
from agents.schema_design.row_keys import GROWN, ROWS, is_sole, ordering, place_in_key, row_count, yearly
from agents.schema_design.row_values import FAN_OUT, PARENTS, RowValues
from agents.schema_design.spelling import Spelling
from contracts.schema import Capacity, Column, ForeignKey, Lifecycle, Sole, Table

LOTS, MIXED = GROWN // ROWS, 7
"""Lots of 10,000 rows in a grown table, and a factor without a common divisor, by which their parents are mixed."""

WAITING = 250
"""Events of 10,000 that are not published yet: enough for two dispatchers at once."""

SPARE = 20
"""Parents that no row refers to where each may have one only."""

MORE_ROWS = 3
"""Rows that a parent has room for beyond its usual ones, or a limit bounds these."""


class RowExpressions:
    """The expressions of every column of every table; built once for a schema."""

    def __init__(
        self,
        tables: Iterable[Table],
        start: dt.date,
        ample: Iterable[tuple[str, str]] = (),
        open_parents: Mapping[tuple[str, str], Lifecycle] | None = None,
        spelling: Spelling = postgresql,
        most: int | None = None,
        absent: Iterable[tuple[str, str]] = (),
    ) -> None:
        """With `most`, a table has the rows of its first year, at most so many, and a parent as many children as the
        brief has it; without, each has rows enough for every trial, and a parent a page of them at least. `absent` are
        columns that some rows have no value in, where no rule wants one."""
        self.spelling = spelling
        self._start = start
        self._absent = frozenset(absent)
        self._least = FAN_OUT if most is None else 1
        self._open = dict(open_parents or {})
        self._open_parents = {where: open_parent(life) for where, life in self._open.items()}
        self.tables = {table.name: table for table in tables}
        held = {(c.references, c.column) for t in self.tables.values() for c in t.capacities if c.column}
        self._values = RowValues(spelling, start, frozenset(ample) | held)
        self.rows = {
            name: row_count(table, ROWS if most is None else min(most, math.ceil(max(1.0, yearly(table)))))
            for name, table in self.tables.items()
        }
        for table in self.tables.values():
            self._spare_parents(table)
        self._columns = {name: self._expressions(table) for name, table in self.tables.items()}

    def _spare_parents(self, table: Table) -> None:
        """Where each parent has one row at most, some parents stay without, for the rows that trials insert."""
        for key in table.foreign_keys:
            if any(u.columns == key.columns for u in table.uniques) and key.references in self.rows:
                self.rows[table.name] = min(self.rows[table.name], max(1, self.rows[key.references] - SPARE))
            if self._bounds(table, key.columns[0]) and key.references in self.rows:
                room = (self.rows[key.references] - SPARE) * self._block(table, key.columns[0])
                self.rows[table.name] = min(self.rows[table.name], max(1, room))
        for found in follows(table).values():  # blocks of rows need an owner each who has a row in the middle
            loose = table.column(found.key.columns[0]).nullable
            if not (found.as_owner or loose) and self.in_blocks(table, found.by):
                owners = self._owners(self.tables[found.key.references], found.theirs)
                self.rows[table.name] = min(self.rows[table.name], max(1, (owners - 1) * FAN_OUT))

    def children(self, table: Table, key: ForeignKey) -> float:
        """Rows of each parent that has any."""
        if self.in_blocks(table, key.columns[0]):
            return self._block(table, key.columns[0])
        return self.rows[table.name] / self._spread(table, key.columns[0], key.references)

    def enlarged(self, name: str) -> float:
        """How many times the rows are loaded that the brief expects of a table after a year; 1 where it has more."""
        expected = yearly(self.tables[name])
        return float(f"{max(1.0, self.rows[name] / expected):.3g}") if expected >= 1 else 1.0

    def in_blocks(self, table: Table, column: str) -> bool:
        """Whether the rows of one value follow each other."""
        return place_in_key(table, column) == 0

    def _most(self, table: Table, column: str) -> int | None:
        """How many rows may name one parent by this column; None for any number."""
        found = []
        for limit in (c for c in _limits(table) if c.reference == column):
            checks = self.tables[limit.references].checks if limit.references in self.tables else ()
            bounds = [int(c.maximum) for c in checks if c.column == limit.column and c.maximum is not None]
            found += [limit.maximum] if limit.maximum is not None else bounds
        return min(found, default=None)

    def _bounds(self, table: Table, column: str) -> bool:
        """Whether a limit leaves a parent fewer rows than it would have, and some more that trials insert."""
        most = self._most(table, column)
        parent = next((k.references for k in table.foreign_keys if k.columns == (column,)), "")
        if most is None or parent not in self.rows:
            return False
        usual = FAN_OUT if self.in_blocks(table, column) else self._fan_out(table, parent)
        return most < max(usual, math.ceil(self.rows[table.name] / self.rows[parent])) + MORE_ROWS

    def _block(self, table: Table, column: str) -> int:
        """Rows of one parent, where a limit bounds them or they follow each other."""
        return max(1, (self._most(table, column) or 0) - 1) if self._bounds(table, column) else FAN_OUT

    def _used(self, table: Table, key: ForeignKey, rows: int) -> int:
        """Up to which parent the first so many rows go."""
        column = key.columns[0]
        if self.in_blocks(table, column):
            return 1 + math.ceil(rows / self._block(table, column))
        lots = math.ceil(rows / ROWS)
        return self._spread(table, column, key.references) * self._step(table, key) * lots

    def _grows(self, table: Table) -> bool:
        """Whether the limits of a table let it grow, each lot with parents of its own."""
        keys = [k for k in table.foreign_keys if k.columns[0] in (c.reference for c in _limits(table))]
        return all(self._used(table, key, GROWN) < self.rows.get(key.references, 0) for key in keys)

    def is_reference(self, table: Table, column: str) -> bool:
        """Whether the column alone refers to another table."""
        return any(key.columns == (column,) for key in table.foreign_keys)

    def _expressions(self, table: Table, grown: bool = False) -> dict[str, str]:
        return {column.name: self._lacking(table, column, grown) for column in table.columns}

    def _lacking(self, table: Table, column: Column, grown: bool) -> str:
        """The value of a column, none in the rows that lack one; what other columns follow is the value itself."""
        found = self._expression(table, column, grown)
        if (table.name, column.name) not in self._absent:
            return found
        ends = [limit for limit in table.capacities if limit.state == column.name and not limit.values]
        if _is_bound(table, column.name, {limit.state for limit in ends}):
            return found
        if ends:
            return f"CASE WHEN NOT ({' AND '.join(self._open_one(table, limit) for limit in ends)}) THEN {found} END"
        return f"CASE WHEN {self._values.known(table)} THEN {found} END"

    def _open_one(self, table: Table, limit: Capacity) -> str:
        """Of each owner whose open rows are limited the last are open, one fewer than may be; where rows of an owner
        follow each other, one is. So are all rows beyond those that the proof loads."""
        rows, block = self.rows[table.name], self._block(table, limit.reference)
        if self.in_blocks(table, limit.reference):
            return f"((g - 1) % {block} = 0 AND g <= {rows} OR g > {GROWN})"
        spread = self._spread(table, limit.reference, limit.references)
        many = spread * max(1, (limit.maximum or 1) - 1)
        return f"(g > {rows - many} AND g <= {rows} OR g > {GROWN})"

    def _expression(self, table: Table, column: Column, grown: bool, seen: tuple[str, ...] = ()) -> str:
        """The value of a column in row g; `seen` ends the chain when rules contradict each other."""
        found = self._whole(table, column, grown, seen)
        for one in table.soles:
            if one.counts == column.name:
                found = self._apart(table, column, one, found)
        return found

    def _apart(self, table: Table, column: Column, one: Sole, found: str) -> str:
        """The value by which one row of an owner counts at most, so that no two of them are in each other's way."""
        counts = self._counting(table, one)
        if column.type == "boolean":
            return counts
        if not one.values:
            return f"CASE WHEN NOT ({counts}) THEN {found} END"
        allowed = next((c.values for c in table.checks if c.kind == "one_of" and c.column == column.name), ())
        others = tuple(value for value in allowed if value not in one.values)
        if not others:
            return found
        done = self._values.choice(table, column, others, None)
        return f"CASE WHEN {counts} THEN {self.spelling.literal(one.values[0])} ELSE {done} END"

    def _counting(self, table: Table, one: Sole) -> str:
        """Of every owner one of the last rows counts, but for those owners who have the next rows, which trials add."""
        owner = next((c for c in one.columns if self.is_reference(table, c) and not is_sole(table, c)), None)
        rows = self.rows[table.name]
        if owner is None or owner in follows(table):
            return "1 = 0"
        if self.in_blocks(table, owner):
            return f"(g - 1) % {self._block(table, owner)} = 0 AND g <= {rows}"
        parent = next(key.references for key in table.foreign_keys if key.columns == (owner,))
        spread = self._spread(table, owner, parent)
        return f"g > {rows - spread + SPARE} AND g <= {rows}"

    def _whole(self, table: Table, column: Column, grown: bool, seen: tuple[str, ...]) -> str:
        """The value as the column's type, its keys and its checks want it."""
        position = place_in_key(table, column.name)
        for key in table.foreign_keys:
            if key.columns == (column.name,):
                return self._following(table, column, position, grown, key)
        if (anchor := anchored(table, column.name)) is not None:
            first, days = anchor
            base = self._expression(table, first, grown, (*seen, column.name))
            return self.spelling.days_from(column, first, base, days)
        greater = ordering(table, column.name)
        if greater is not None and greater[0].name not in seen:
            return self._after(table, column, greater, grown, (*seen, column.name))
        for one in singled(table):
            if one.flag.name == column.name:
                return self._first_of_owner(table, one)
        value = self._values.value(table, column, position)
        if is_public_id(column):
            return self.spelling.typed("ordered_uuid") or value
        if waits(table, column.name):
            return f"CASE WHEN g % {ROWS} < {ROWS - WAITING} THEN {value} END"
        if column.name == "deleted_at":
            return f"CASE WHEN g % 20 = 0 THEN {value} END"
        return value

    def _following(self, table: Table, column: Column, position: int | None, grown: bool, key: ForeignKey) -> str:
        """The reference of row g, where another one of the row leads to the same one."""
        found = follows(table).get(column.name)
        names = list(self.tables)
        if found is None and (step := self._step(table, key)) > 1:
            spread = self._spread(table, column.name, key.references)
            later = self._later(spread * step) if grown and spread * step * LOTS <= self.rows[key.references] else ""
            return f"1 + (g - 1) % {spread} * {step}{later}"
        if found is None or found.key.references in names[names.index(table.name) + 1 :]:
            return self._reference(table, column, key.references, position, grown)
        middle, loose = self.tables[found.key.references], table.column(found.key.columns[0]).nullable
        by, theirs = self._expression(table, table.column(found.by), grown), middle.column(found.theirs)
        if found.as_owner:
            return at(self._expression(middle, theirs, False), f"({by})")
        if theirs.name in follows(middle):
            quoted = self.spelling.quoted
            return f"(SELECT min(id) FROM {quoted(middle.name)} AS m WHERE m.{quoted(theirs.name)} = {by})"
        block = self._block(middle, theirs.name)
        first = f"1 + ({by} - 1) * {block}" if self.in_blocks(middle, theirs.name) else f"({by})"
        return f"CASE WHEN ({by}) <= {self._owners(middle, theirs.name)} THEN {first} END" if loose else first

    def _first_of_owner(self, table: Table, one: Singled) -> str:
        """Whether row g is the first one of its owner; where another reference says whose it is, row 1 alone is."""
        if one.owner in follows(table):
            return "g = 1"
        if self.in_blocks(table, one.owner):
            return f"(g - 1) % {FAN_OUT} = 0"
        return f"g <= {self._spread(table, one.owner, one.key.references)}"

    def _step(self, table: Table, key: ForeignKey) -> int:
        """How far apart the rows in the middle lie to which rows refer in turn, so that they have several owners."""
        middle, column = self.tables[key.references], key.columns[0]
        free = place_in_key(table, column) is None and not is_sole(table, column) and middle is not table
        if not (free and any(self.in_blocks(middle, theirs) for _, theirs in key.agreeing)):
            return 1
        return max(1, min(FAN_OUT, self.rows[middle.name] // self._spread(table, column, middle.name)))

    def _owners(self, table: Table, column: str) -> int:
        """How many owners the rows of a table have, from the first on."""
        owner = next(key.references for key in table.foreign_keys if key.columns == (column,))
        if self.in_blocks(table, column):
            return max(1, self.rows[table.name] // self._block(table, column))
        return self.rows[table.name] if is_sole(table, column) else self._spread(table, column, owner)

    def spreads(self, table: Table, column: str) -> bool:
        """Whether the rows that a table grows by belong, by this column, to others than those before."""
        tied = next((k for k in table.foreign_keys if k.columns == (column,) and k.agreeing), None)
        if column in follows(table) or tied is None:
            return column not in follows(table)
        step = self._step(table, tied)
        return step * self._spread(table, column, tied.references) * LOTS <= self.rows[tied.references]

    def _reference(self, table: Table, column: Column, parent: str, position: int | None, grown: bool) -> str:
        """The parent of row g: one that loaded rows have, too; only later rows of a grown table have others."""
        parents = self.rows.get(parent, ROWS)
        names = list(self.tables)
        if column.nullable and parent in names[names.index(table.name) + 1 :]:
            return self.spelling.missing(column)  # its row comes later, in a circle of tables
        if is_sole(table, column.name):
            return self.spelling.row_number(column) if parents >= ROWS else f"1 + (g - 1) % {parents}"
        if position == 0:
            return f"1 + {self.spelling.quotient('(g - 1)', self._block(table, column.name))}"
        spread = self._spread(table, column.name, parent)
        if parent == table.name:  # a row can refer only to one that stands already
            return f"CASE WHEN g > {spread} THEN 1 + g % {spread} END"
        unlike = any(c.operator == "<>" and c.column == column.name for c in table.checks)
        later = self._later(spread) if grown and spread * LOTS <= parents else ""
        return f"1 + {'g' if unlike else '(g - 1)'} % {spread}{later}"

    def _later(self, spread: int) -> str:
        """Later lots of 10,000 rows belong to other parents, in no order: in life, who was entered first does not come
        first, and a planner that saw the rows in the order of their parents would think them cheap to fetch."""
        return f" + ({self.spelling.quotient('(g - 1)', ROWS)} * {MIXED}) % {LOTS} * {spread}"

    def _spread(self, table: Table, column: str, parent: str) -> int:
        """How many parents the first 10,000 rows belong to, in turn; in a key no fewer than a block has rows."""
        parents, place = self.rows.get(parent, ROWS), place_in_key(table, column)
        if self._bounds(table, column):
            wanted = self.rows[table.name] // self._block(table, column) + 1  # the next row's parent has room
            return max(1, min(parents, max(wanted, FAN_OUT if place == 1 else 1)))
        spread = max(1, min(parents, self.rows[table.name] // self._fan_out(table, parent)))
        return max(spread, min(parents, FAN_OUT)) if place == 1 else spread

    def _fan_out(self, table: Table, parent: str) -> int:
        """Children of a parent after a year, within bounds that 10,000 rows can show."""
        above = self.tables.get(parent)
        parents = yearly(above) if above else 0.0
        if parents < 1:  # the brief does not say how many there are
            return FAN_OUT
        most = self.rows[table.name] / min(PARENTS, parents)
        return round(max(self._least, min(yearly(table) / parents, most)))

    def _after(
        self, table: Table, column: Column, lesser: tuple[Column, bool], grown: bool, seen: tuple[str, ...]
    ) -> str:
        """A value that stands in order with another column's, one small step beyond it (or equal to it)."""
        other, equal = lesser
        base = self._expression(table, other, grown, seen)
        if equal:
            return base
        return self.spelling.later(column, base)


def _is_bound(table: Table, column: str, ends: Container[str | None] = ()) -> bool:
    """Whether a rule, a key or another reference counts on the values of a column that may be without one.

    `ends` are those that only tell which rows a limit counts.
    """
    keys = (
        *(u.columns for u in table.uniques if len(u.columns) > 1),
        *(e.equal for e in table.exclusions),
        table.primary_key,
    )
    tied = (key.constrained for key in table.foreign_keys if key.agreeing)
    limited = {limit.state for limit in table.capacities if limit.state not in ends}
    counted = limited | {one.counts for one in table.soles}
    spans = {name for rule in table.exclusions for name in (rule.start, rule.end)}
    wanted = {check.column for check in table.checks if check.kind == "required_when"}
    sole = {key.columns[0] for key in table.foreign_keys if is_sole(table, key.columns[0])}
    return column in counted | spans | wanted | sole | set(follows(table)) or any(
        column in held for held in (*keys, *tied)
    )


def _limits(table: Table) -> list[Capacity]:
    """The limits that bound synthetic rows; all of these have ended where an end is what tells."""
    return [limit for limit in table.capacities if limit.values or not limit.state]
