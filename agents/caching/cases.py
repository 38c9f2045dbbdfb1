"""Rows, a write and the reads whose answers it changes, as SQL: what a trial of one invalidation needs.

A case makes its own rows (a parent, the rows on the way, the row that the query shows), so that it depends on no
other case and no restricting reference holds them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from agents.caching.effects import Effect, Hop
from agents.caching.keys import Candidate, equality
from agents.dialects.postgresql import literal
from agents.schema_design.dataset import ROWS, Dataset
from contracts.claims import CacheCase, CachedRead, MadeRow
from contracts.schema import Column, Parameter, Query, SchemaDesign, Table

FIRST_ROW = 100
"""Rows of cases are numbered from here behind the synthetic rows, whose next few numbers other trials use."""
KNOWN_KEYS = 1_000_000_000
"""Where keys begin that a case gives itself: no sequence of a proof comes near."""
Value = Callable[[str], str | None]


@dataclass
class Numbers:
    """Row numbers that no synthetic row and no other case has."""

    dataset: Dataset
    first: int = FIRST_ROW
    taken: dict[str, int] = field(default_factory=dict)

    def next(self, table: Table) -> int:
        self.taken[table.name] = self.taken.get(table.name, self.dataset.rows[table.name] + self.first) + 1
        return self.taken[table.name]

    def endless(self, table: Table) -> bool:
        """Whether further rows can be made: of a table with a short unique code, all may be there."""
        return self.dataset.rows[table.name] >= ROWS


class Story:
    """One case while it is put together; row 0 is written, the last one is shown by the query."""

    def __init__(
        self, schema: SchemaDesign, numbers: Numbers, candidate: Candidate, effect: Effect, joined: tuple[Hop, ...]
    ) -> None:
        self._schema, self._numbers, self._dataset = schema, numbers, numbers.dataset
        self._spelled = numbers.dataset.spelling
        self._quoted, self._literal = self._spelled.quoted, self._spelled.literal
        self._candidate, self._operation = candidate, effect.operation
        self._hops = (*effect.hops, *joined)
        self._tables = [schema.table(name) for name in (effect.table, *(hop.target for hop in self._hops))]
        self._made: dict[str, MadeRow] = {}
        self._values: dict[int, dict[str, str]] = {}
        self._row_numbers: dict[int, int] = {}

    def case(self, changing: tuple[str, ...]) -> CacheCase | None:
        """The case; None where no further row can be made, no column may change or the key cannot be known before."""
        if not all(map(self._numbers.endless, self._tables)):
            return None
        for place in range(len(self._tables)):
            self._make(place)
        name, sql = self._quoted(self._tables[0].name), ""
        if self._operation == "insert":
            sql = self._insert(0)
        elif self._operation == "delete":
            sql = f"DELETE FROM {name} WHERE {self._where(0)}"
        elif change := self._change(changing):
            sql = f"UPDATE {name} SET {change} WHERE {self._where(0)}{self._spelled.updated}"
        reads = self._reads({})
        return self._case(sql, reads) if sql and reads else None

    def moved(self, column: str) -> CacheCase | None:
        """A row whose update leaves one key and enters another: answers of both keys change."""
        table = self._tables[0]
        if not self._numbers.endless(table):
            return None
        self._make(0)
        key = next((k for k in table.foreign_keys if k.columns == (column,)), None)
        value = f"({self._dataset.value(table, column, self._numbers.next(table))})"
        if key:
            other = self._schema.table(key.references)
            if not self._numbers.endless(other):
                return None
            value = self._parent(other, key.referenced_columns[0], "other")
        change = f"{self._quoted(table.name)} SET {self._quoted(column)} = {value}"
        sql = f"UPDATE {change} WHERE {self._where(0)}{self._spelled.updated}"
        before, after = self._reads({}), self._reads({column: value})
        return self._case(sql, (*before, *after)) if before and after else None

    def _case(self, sql: str, reads: tuple[CachedRead, ...]) -> CacheCase:
        table = self._tables[0].name
        row = "" if self._operation == "insert" else f"SELECT * FROM {self._quoted(table)} WHERE {self._where(0)}"
        made = tuple(self._made.values())
        return CacheCase(table=table, operation=self._operation, made=made, row=row, sql=sql, reads=reads)

    def _where(self, place: int) -> str:
        return " AND ".join(f"{self._quoted(c)} = {{row{place}.{c}}}" for c in self._tables[place].primary_key)

    def _make(self, place: int) -> None:
        """The row at this place, after the rows that it refers to; the row of an insert is the write itself."""
        if place in self._values:
            return
        table, values = self._tables[place], self._values.setdefault(place, {})
        self._row_numbers[place] = self._numbers.next(table)
        if place == len(self._tables) - 1:
            values |= wanted(self._candidate.query, table)
        for parent, columns in self._references(place):
            self._make(parent)
            values |= {child: f"{{row{parent}.{above}}}" for child, above in columns}
        self._parents(place)
        if place == 0 and self._operation == "insert":
            values |= self._known_key(table, self._row_numbers[0])
        if place > 0 or self._operation != "insert":
            self._made[f"row{place}"] = MadeRow(name=f"row{place}", table=table.name, sql=self._insert(place))

    def _known_key(self, table: Table, number: int) -> dict[str, str]:
        """A key that the database would give, given instead: somebody asked for it before, and found no row."""
        asked = [c for c in table.columns if c.identity and c.name in self._candidate.equal]
        return {column.name: str(KNOWN_KEYS + number) for column in asked}

    def _references(self, place: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """The rows of the case that the row at this place refers to, by which columns."""
        if place > 0 and self._hops[place - 1].down:
            yield place - 1, [(child, above) for above, child in self._hops[place - 1].on]
        if place < len(self._hops) and not self._hops[place].down:
            yield place + 1, list(self._hops[place].on)

    def _parents(self, place: int) -> None:
        """Parents of its own: where a list is kept by one, so that it holds this row alone, or where a key wants it."""
        table, values = self._tables[place], self._values[place]
        keys = {c for unique in table.uniques for c in unique.columns} | set(table.primary_key)
        keys |= {self._candidate.scope} if place == len(self._tables) - 1 else set()
        for key in table.foreign_keys:
            parent = self._schema.table(key.references)
            if len(key.columns) == 1 and key.columns[0] in keys - set(values) and self._numbers.endless(parent):
                name = f"parent{place}_{key.columns[0]}"
                values[key.columns[0]] = self._parent(parent, key.referenced_columns[0], name)

    def _parent(self, table: Table, column: str, name: str) -> str:
        sql = self._dataset.insert(table, {}, self._numbers.next(table))
        self._made[name] = MadeRow(name=name, table=table.name, sql=f"{sql} RETURNING *")
        return f"{{{name}.{column}}}"

    def _insert(self, place: int) -> str:
        table, values = self._tables[place], self._values[place]
        sql = self._dataset.insert(table, values, self._row_numbers[place])
        if any(table.column(name).identity for name in values):
            sql = self._spelled.with_own_key(sql)
        return f"{sql} RETURNING *"

    def _change(self, changing: tuple[str, ...]) -> str:
        """`column = value` for the first column that may change to another value, texts and numbers first."""
        table = self._tables[0]
        fixed = {c for key in table.foreign_keys for c in key.columns} | set(table.primary_key)
        fixed |= set(self._candidate.equal)
        free = [c for c in map(table.column, changing) if c.name not in fixed and not c.identity and not c.generated]
        for column in sorted(free, key=lambda c: any(k.column == c.name for k in table.checks)):
            if value := self._other_value(table, column):
                return f"{self._quoted(column.name)} = {value}"
        for key in table.foreign_keys:
            other, column_name = self._schema.table(key.references), key.columns[0]
            if column_name in changing and column_name not in self._candidate.equal and self._numbers.endless(other):
                return f"{self._quoted(column_name)} = {self._parent(other, key.referenced_columns[0], 'other')}"
        return ""

    def _other_value(self, table: Table, column: Column) -> str:
        checks = [check for check in table.checks if column.name in (check.column, check.other)]
        if any(check.kind in ("ordered", "matches", "required_when") for check in checks):
            return ""
        allowed = next((check.values for check in checks if check.kind == "one_of"), ())
        if allowed:
            first, second = self._literal(allowed[0]), self._literal(allowed[-1])
            return f"CASE {self._quoted(column.name)} WHEN {first} THEN {second} ELSE {first} END"
        if column.type == "boolean":
            return f"NOT {self._quoted(column.name)}"
        return f"({self._dataset.value(table, column.name, self._numbers.next(table))})"

    def _reads(self, moved: dict[str, str]) -> tuple[CachedRead, ...]:
        """The read that shows the last row; none where its key cannot be known before the row is there."""
        last, query, fixed = len(self._tables) - 1, self._candidate.query, equality(self._candidate.query)
        table, values, coming = self._tables[last], self._values[last], last == 0 and self._operation == "insert"

        def value(column: str) -> str | None:
            if column in moved:
                return moved[column]
            if not coming:
                return f"{{row{last}.{column}}}"
            if column in values:
                return values[column]
            own = table.column(column).identity
            return None if own else f"({self._dataset.value(table, column, self._row_numbers[last])})"

        found: list[str] = []
        for parameter in query.parameters:
            column = fixed.get(parameter.name, "")
            asked = value(column) if column in self._candidate.equal else self._free(parameter, table, value)
            if asked is None:
                return ()
            found.append(asked)
        tenant = value(self._candidate.tenant) if self._candidate.tenant else ""
        return (CachedRead(entry=query.name, arguments=tuple(found), tenant=tenant or ""),)

    def _free(self, parameter: Parameter, table: Table, value: Value) -> str:
        """An argument that no column must equal: a cursor just before the row, a word of its own, else the sample."""
        last, query = len(self._tables) - 1, self._candidate.query
        column = parameter.name.removeprefix("after_")
        alone = self._candidate.scope in self._values[last]  # the row is the only one of its list
        if parameter.name.startswith("after_") and not alone and any(c.name == column for c in table.columns):
            return self._cursor(query, parameter, table.column(column), table, value)
        if query.kind == "search" and parameter.sql_type in ("text", "varchar"):
            return self._literal(str(self._row_numbers[last]))
        return parameter.sample

    def _cursor(self, query: Query, parameter: Parameter, column: Column, table: Table, value: Value) -> str:
        """The position just before a row: its own values, with the last of them one step back."""
        number = query.parameters.index(parameter) + 1
        cursors = [p.name for p in query.parameters if p.name.startswith("after_")]
        found = re.search(rf"([<>])\s*\(?\s*(?:\$\d+\s*,\s*)*\${number}\b", query.sql)
        sign = "+" if found and found[1] == "<" else "-"
        here = value(column.name)
        if here is None:  # a key that the database gives: after all that are there, or of equal rows the first
            newest = f"(SELECT coalesce(max({self._quoted(column.name)}), 0) FROM {self._quoted(table.name)})"
            return newest if len(cursors) == 1 and sign == "-" else parameter.sample
        if parameter.name != cursors[-1]:
            return here
        if parameter.sql_type in ("bigint", "integer", "smallint", "numeric"):
            return f"({here} {sign} 1)"
        if column.type in ("timestamp", "date"):
            return f"({here} {sign} INTERVAL '1' SECOND)"
        return f"left({here}, char_length({here}) - 1)" if sign == "-" and column.type != "uuid" else parameter.sample


def wanted(query: Query, table: Table) -> dict[str, str]:
    """Values by which a row of the table passes the query's own conditions, as far as they are simple.

    `status = 'active'`, `is_active`, `deleted_at IS NULL`, `kind IN (…)`, `created_at >= $1`.
    """
    try:
        where = sqlglot.parse_one(query.sql, dialect="postgres").find(exp.Where)
    except SqlglotError:
        return {}
    names = {c.name for c in table.columns}
    found: dict[str, str] = {}
    for part in where.this.flatten() if where and isinstance(where.this, exp.And) else [where.this] if where else []:
        column = part.find(exp.Column)
        if column is not None and column.name in names and (value := _passing(query, table, part)):
            found.setdefault(column.name, value)
    return found


def _passing(query: Query, table: Table, part: exp.Expr) -> str:
    """A value that makes one condition true; empty where it is none of the simple ones."""
    if isinstance(part, exp.Column):
        return "true"
    if isinstance(part, exp.Not):
        return _not_in(table, part.this)
    if isinstance(part, exp.Is) and isinstance(part.expression, exp.Null):
        return "" if part.args.get("negate") else "NULL"
    if isinstance(part, exp.In) and part.expressions and isinstance(part.expressions[0], exp.Literal):
        return part.expressions[0].sql("postgres")
    if isinstance(part, exp.EQ | exp.GTE) and isinstance(part.this, exp.Column):
        if isinstance(part.expression, exp.Literal | exp.Boolean):
            return part.expression.sql("postgres")
        if isinstance(part, exp.GTE) and isinstance(part.expression, exp.Parameter):
            asked = query.parameters[int(part.expression.name) - 1]
            return "" if asked.name.startswith("after_") else f"({asked.sample})"  # a cursor is no condition of a row
    return ""


def _not_in(table: Table, part: exp.Expr) -> str:
    """`NOT flag`, `NOT status IN (…)`: false, or one of the column's values that is left."""
    if isinstance(part, exp.Column):
        return "false"
    if not isinstance(part, exp.In):
        return ""
    refused = {e.name for e in part.expressions}
    allowed = next((c.values for c in table.checks if c.kind == "one_of" and c.column == part.this.name), ())
    return next((literal(v) for v in allowed if v not in refused), "")
