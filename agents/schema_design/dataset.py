"""Synthetic rows that respect every constraint, as SQL expressions over a row number.

One expression a column, a function of the row number alone: whole tables load with generate_series, a
single fresh row comes from the same expression, and a query's sample arguments are known to exist. Values
are skewed as in life (few open orders, many delivered ones), so that partial indexes are judged fairly.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence

from agents.dialects.postgresql import sql as postgresql
from agents.naming import is_public_id
from agents.schema_design.days import anchored
from agents.schema_design.expressions import at, computed
from agents.schema_design.one_default import Singled, singled
from agents.schema_design.outbox import waits
from agents.schema_design.room import FIRST_OPEN, open_parent
from agents.schema_design.row_agreement import follows
from agents.schema_design.row_keys import GROWN as GROWN
from agents.schema_design.row_keys import ROWS as ROWS
from agents.schema_design.row_keys import is_sole, ordering, place_in_key, row_count, written, yearly
from agents.schema_design.row_values import FAN_OUT as FAN_OUT
from agents.schema_design.row_values import PARENTS, RowValues, usual_value
from agents.schema_design.spelling import Spelling
from contracts.base import Statement
from contracts.schema import Capacity, Column, ForeignKey, Lifecycle, Sole, Table

LOTS, MIXED = GROWN // ROWS, 7
"""Lots of 10,000 rows in a grown table, and a factor without a common divisor, by which their parents are mixed."""

GROWN_TABLES = 3
"""Tables that are grown, at most: the second size takes about half a second for each."""


WAITING = 250
"""Events of 10,000 that are not published yet: enough for two dispatchers at once."""

SPARE = 20
"""Parents that no row refers to where each may have one only."""

MORE_ROWS = 3
"""Rows that a parent has room for beyond its usual ones, or a limit bounds these."""

SAMPLE, SAMPLE_OF_BLOCKS = 17, 50
"""The row, or the parent of a block of rows, whose values are the sample arguments of queries; both have rows in the
span of time that is the sample of a range."""

WORD, FRAGMENT = f"'w{SAMPLE}17'", f"'{SAMPLE}17'"
"""A search term, which begins no other word, and a part of a text that few rows contain: the values of strings and
texts are made of both."""


class Dataset:
    """The expressions of every column of every table; built once for a schema."""

    def __init__(
        self,
        tables: Iterable[Table],
        start: dt.date,
        ample: Iterable[tuple[str, str]] = (),
        open_parents: Mapping[tuple[str, str], Lifecycle] | None = None,
        spelling: Spelling = postgresql,
        most: int | None = None,
    ) -> None:
        """With `most`, a table has the rows of its first year, at most so many, and a parent as many children as the
        brief has it; without, each has rows enough for every trial, and a parent a page of them at least."""
        self.spelling = spelling
        self._start = start
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

    def vacant(self, table: Table, column: str) -> int | None:
        """A parent that no row of the table names by this column, where there surely is one."""
        key = next(k for k in table.foreign_keys if k.columns == (column,))
        if key.references == table.name or key.references not in self.rows or column in follows(table):
            return None
        if (table.name, column) in self._open_parents:  # the state of the last one may let no sum change
            return None
        last, rows = self.rows[key.references], GROWN if self._grows(table) else self.rows[table.name]
        return last if self._used(table, key, rows) < last and not is_sole(table, column) else None

    def fill(self, table: Table, count: int, given: Mapping[str, str], after: int = 0) -> str:
        """An INSERT … SELECT of so many fresh rows with these values, after so many others.

        Keys tell them apart by their other columns.
        """
        sizes = [self._block(table, c.name) for c in table.columns if self.in_blocks(table, c.name)]
        row = f"({self.rows[table.name]} + g * {max(sizes, default=1)})"
        made = {name: at(self._columns[table.name][name], row) for name in written(table)}
        return self._rows(table, f"fill.{table.name}", after + 1, after + count, made | self.agreeing(table, given)).sql

    def load(self, table: Table) -> Statement:
        """The INSERT … SELECT of all rows of a table."""
        return self._rows(table, f"dataset.{table.name}", 1, self.rows[table.name], self._columns[table.name])

    def _rows(self, table: Table, identity: str, first: int, last: int, made: Mapping[str, str]) -> Statement:
        names = written(table)
        columns = ", ".join(self.spelling.quoted(name) for name in names)
        values = ",\n       ".join(made[name] for name in names)
        source = self.spelling.numbered(first, last)
        sql = f"INSERT INTO {self.spelling.quoted(table.name)} ({columns})\nSELECT {values}\nFROM {source}"
        return Statement(id=identity, section="schema", sql=sql, element=f"table.{table.name}")

    def grown(self, read: Iterable[str]) -> tuple[Table, ...]:
        """The largest of the tables that are read through indexes, if the brief expects them to grow so large and
        nothing bounds their rows, neither a limit nor the owners who have a row in the middle."""
        able = [
            self.tables[name]
            for name in dict.fromkeys(read)
            if yearly(self.tables[name]) >= GROWN and row_count(self.tables[name], GROWN) == GROWN
            and not any(is_sole(self.tables[name], key.columns[0]) for key in self.tables[name].foreign_keys)
            and all(found.as_owner for found in follows(self.tables[name]).values())
            and self._grows(self.tables[name])
        ]  # fmt: skip
        return tuple(sorted(able, key=lambda table: (-yearly(table), table.name))[:GROWN_TABLES])

    def growth(self, table: Table) -> Statement:
        """The INSERT … SELECT of the rows that a grown table has beyond the others'; they belong to other parents."""
        made = self._expressions(table, grown=True)
        return self._rows(table, f"growth.{table.name}", self.rows[table.name] + 1, GROWN, made)

    def more(self, table: Table, count: int) -> str:
        """An INSERT … SELECT of rows beyond all that the proof loads, in all states; their parents may be missing."""
        last = GROWN + ROWS
        return self._rows(table, f"more.{table.name}", last - count + 1, last, self._columns[table.name]).sql

    def insert(self, table: Table, overrides: Mapping[str, str] | None = None, row: int | None = None) -> str:
        """An INSERT of one fresh row that every constraint accepts, with some columns replaced by SQL expressions."""
        number = self.rows[table.name] + 1 if row is None else row
        values = {name: at(self._columns[table.name][name], number) for name in written(table)}
        values |= {one.flag.name: "FALSE" for one in singled(table)}  # its owner may have a default already
        given: dict[str, str] = {}
        if row is None:
            given |= {c: sql for (name, c), sql in self._open_parents.items() if name == table.name}
        values |= self.agreeing(table, given | dict(overrides or {}))
        columns = ", ".join(self.spelling.quoted(name) for name in values)
        return f"INSERT INTO {self.spelling.quoted(table.name)} ({columns}) VALUES ({', '.join(values.values())})"

    def agreeing(self, table: Table, given: Mapping[str, str]) -> dict[str, str]:
        """The given values, with those that agree where one of two references to the same row is given."""
        found = dict(given)
        tied = [key for key in table.foreign_keys if key.agreeing]
        for key in (*tied, *tied):  # once more for those whose owner a later one gave
            middle, target = key.columns[0], self.tables[key.references]
            for own, theirs in key.agreeing:
                if middle in found and own not in found and not _names_none(found[middle]):
                    found[own] = self._owner(target, theirs, found[middle])
                elif own in found and middle not in found and not _names_none(found[own]):
                    found[middle] = self._first(target, theirs, found[own])
        return found

    def _owner(self, table: Table, column: str, row: str) -> str:
        """Whom a row of the table belongs to."""
        known = row.isdigit() and int(row) <= self.rows[table.name]
        if known and (value := computed(at(self._columns[table.name][column], row))) is not None:
            return str(value)
        quoted = self.spelling.quoted
        return f"(SELECT {quoted(column)} FROM {quoted(table.name)} WHERE id = {row})"

    def _first(self, table: Table, column: str, owner: str) -> str:
        """A row of the table that belongs to the owner."""
        made = self._columns[table.name][column]
        for row in range(1, self.rows[table.name] + 1) if owner.isdigit() else ():
            if computed(at(made, row)) == int(owner):
                return str(row)
        quoted = self.spelling.quoted
        return f"(SELECT min(id) FROM {quoted(table.name)} WHERE {quoted(column)} = {owner})"

    def value(self, table: Table, column: str, row: int | None = None) -> str:
        """The value of a column in the row that `insert` makes."""
        if row is None and (table.name, column) in self._open_parents:
            return self._open_parents[table.name, column]
        return at(self._columns[table.name][column], self.rows[table.name] + 1 if row is None else row)

    def names(self, table: Table) -> frozenset[str]:
        """The columns that an INSERT of a row gives."""
        return frozenset(written(table))

    def sample(self, table: str, column: str) -> str:
        """An SQL expression of a value that stands in the table."""
        found = self.tables[table].column(column)
        keys = (key.references for key in self.tables[table].foreign_keys if key.columns == (column,))
        parent = next(keys, None)
        if any(column in key.constrained for key in self.tables[table].foreign_keys if key.agreeing):
            value = at(self._columns[table][column], SAMPLE)
            if "SELECT" in value:
                return self._first_of_sample(table, column)
            return value if (number := computed(value)) is None else str(number)
        if parent and place_in_key(self.tables[table], column) == 0:
            return str(min(SAMPLE_OF_BLOCKS, self.rows.get(parent, ROWS)))
        if parent and not is_sole(self.tables[table], column):
            return str(min(SAMPLE, self._spread(self.tables[table], column, parent)))
        if found.identity or parent:
            return str(min(SAMPLE, self.rows.get(parent or table, ROWS)))
        return at(self._columns[table][column], SAMPLE)

    def _first_of_sample(self, table: str, column: str) -> str:
        """The row in the middle that the sample row refers to, as a number: an argument of EXECUTE holds no SELECT."""
        found = follows(self.tables[table])[column]
        owner = computed(at(self._columns[table][found.by], SAMPLE))
        return self._first(self.tables[found.key.references], found.theirs, str(owner))

    def of_another(self, path: Sequence[ForeignKey]) -> int:
        """A row of the table that the path's first key refers to, and that does not lead to row 1 at the path's end."""
        for row in range(SPARE + 2, self.rows.get(path[0].references, 0) + 1):
            found: int | None = row
            for key, table in zip(path[1:], (key.references for key in path), strict=False):
                found = computed(at(self._columns[table][key.columns[0]], found)) if found else None
            if found is not None and found != 1:
                return row
        return SPARE + 2

    def is_reference(self, table: Table, column: str) -> bool:
        """Whether the column alone refers to another table."""
        return any(key.columns == (column,) for key in table.foreign_keys)

    def last_parent(self, table: Table, column: str) -> int:
        """The id of a parent row that no row of the table refers to."""
        parent = next(key.references for key in table.foreign_keys if key.columns == (column,))
        return self.rows[parent]

    def rare(self, table: str, column: str) -> str:
        """One of a column's allowed values that few rows have; any sample where every value is allowed."""
        found = self.tables[table]
        allowed = next((c.values for c in found.checks if c.kind == "one_of" and c.column == column), ())
        usual = usual_value(found, found.column(column), allowed) if allowed else ""
        if not allowed:
            return self.sample(table, column)
        return self.spelling.literal(next((v for v in allowed if v != usual), usual))

    def fresh(self, table: str, column: str, after: int = 2) -> str:
        """An SQL expression of a value for a new row, the one so many after the loaded ones."""
        if (life := self._open.get((table, column))) and (row := self._open_row(life)):
            return str(row)
        return at(self._columns[table][column], self.rows[table] + after)

    def _open_row(self, life: Lifecycle) -> int | None:
        """The row that `open_parent` finds."""
        table = self.tables[life.table]
        column = table.column(life.column)
        allowed = next((c.values for c in table.checks if c.kind == "one_of" and c.column == column.name), ())
        if not allowed or any(one.counts == column.name for one in table.soles):
            return None
        rows = range(FIRST_OPEN + 1, self.rows[table.name] + 1)
        return next((r for r in rows if self._values.chosen(table, column, allowed, r) not in life.frozen), None)

    def window(self, table: str, column: str) -> tuple[str, str]:
        """A narrow span of a column's values: some days of time, or a few numbers."""
        found = self.tables[table].column(column)
        if found.type in ("timestamp", "date"):
            first = self._start + dt.timedelta(days=10)
            last = first + dt.timedelta(days=8 if found.type == "timestamp" else 2)
            return self.spelling.boundary(found, first), self.spelling.boundary(found, last)
        value = self.sample(table, column)
        if found.type in ("integer", "decimal", "money", "percentage"):
            return f"({value})", f"({value}) + 1"
        return value, f"({value})"

    def _expressions(self, table: Table, grown: bool = False) -> dict[str, str]:
        return {column.name: self._expression(table, column, grown) for column in table.columns}

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


def _limits(table: Table) -> list[Capacity]:
    """The limits that bound synthetic rows; all of these have ended where an end is what tells."""
    return [limit for limit in table.capacities if limit.values or not limit.state]


def _names_none(value: str) -> bool:
    """Whether a trial gives a reference that names no row."""
    return value == "-1" or value.upper().startswith("NULL")
