"""Synthetic rows that respect every constraint, as SQL expressions over a row number.

One expression a column, a function of the row number alone: whole tables load with generate_series, a
single fresh row comes from the same expression, and a query's sample arguments are known to exist. Values
are skewed as in life (few open orders, many delivered ones), so that partial indexes are judged fairly.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from agents.schema_design.expressions import at, computed
from agents.schema_design.one_default import singled
from agents.schema_design.room import FIRST_OPEN
from agents.schema_design.row_agreement import follows
from agents.schema_design.row_expressions import SPARE as SPARE
from agents.schema_design.row_expressions import WAITING as WAITING
from agents.schema_design.row_expressions import RowExpressions
from agents.schema_design.row_keys import GROWN as GROWN
from agents.schema_design.row_keys import ROWS as ROWS
from agents.schema_design.row_keys import is_sole, place_in_key, row_count, written, yearly
from agents.schema_design.row_values import FAN_OUT as FAN_OUT
from agents.schema_design.row_values import usual_value
from contracts.base import Statement
from contracts.schema import ForeignKey, Lifecycle, Table

GROWN_TABLES = 3
"""Tables that are grown, at most: the second size takes about half a second for each."""

SAMPLE, SAMPLE_OF_BLOCKS = 17, 50
"""The row, or the parent of a block of rows, whose values are the sample arguments of queries; both have rows in the
span of time that is the sample of a range."""

WORD, FRAGMENT = f"'w{SAMPLE}17'", f"'{SAMPLE}17'"
"""A search term, which begins no other word, and a part of a text that few rows contain: the values of strings and
texts are made of both."""


class Dataset(RowExpressions):
    """The rows of a schema: loads of whole tables, single fresh ones, and the arguments that find them."""

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


def _names_none(value: str) -> bool:
    """Whether a trial gives a reference that names no row."""
    return value == "-1" or value.upper().startswith("NULL")
