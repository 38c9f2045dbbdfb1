"""The log that the growth table counts with, held against what rows really log on an engine.

Rows of the proof are written one by one, as requests write them, with their parents anywhere among those that exist:
the synthetic rows of one load have their parents side by side, and would touch fewer pages than requests do.
"""

import re

from agents.dialects.postgresql import quoted
from agents.figures import byte_text
from agents.scaling.measured import ROWS_AT_LEAST, rows_of
from agents.scaling.sizes import LINE_POINTER, PAGE, entries, row_bytes
from agents.scaling.wal import distinct_pages, record_bytes
from agents.schema_design.row_keys import is_told_apart
from contracts.base import Statement
from contracts.claims import Claim, WritesLog
from contracts.schema import SchemaDesign, Table

COUNT = 200
MOST = 4
"""Tables whose log is measured: those with the most rows a day."""
BYTES = (0.3, 2.0)
"""Synthetic text is shorter than the length that is planned for; pages of indexes that were loaded at once are full at
once, and the first rows after the load split more of them than later ones."""
_STEP = 7_919  # a prime: consecutive rows have parents far from each other
_SPARE = 100  # rows after the loaded ones, which other trials write


def log_claims(schema: SchemaDesign) -> tuple[Claim, ...]:
    """A claim for each of the busiest tables that thousands of synthetic rows stand in."""
    if schema.dialect != "postgresql":
        return ()
    loads = {statement.element.removeprefix("table."): statement for statement in schema.dataset}
    sizes = {name: rows_of(statement) for name, statement in loads.items()}
    busy = [
        table
        for table in schema.tables
        if table.rows_per_day > 0 and sizes.get(table.name, 0) >= ROWS_AT_LEAST and not _needs_own_parents(table)
    ]
    busy.sort(key=lambda table: (-table.rows_per_day, table.name))
    return tuple(_claim(schema, table, loads[table.name], sizes) for table in busy[:MOST])


def _needs_own_parents(table: Table) -> bool:
    """Whether a row must have a parent that no other row has: those of the rows that are written are not loaded."""
    keys = (table.primary_key, *(unique.columns for unique in table.uniques))
    return any(key.columns in keys for key in table.foreign_keys)


def _claim(schema: SchemaDesign, table: Table, load: Statement, sizes: dict[str, int]) -> Claim:
    growth = next((statement for statement in schema.growth if statement.element == load.element), None)
    rows = schema.grown_rows if growth else sizes[table.name]
    planned = record_bytes(table, schema).value
    sql, anywhere, turns = _one_row(schema, table, load, sizes)
    return Claim(
        id=f"scaling.growth.{table.name}.log",
        sentence=f"A row of {table.name} that is written in a transaction of its own logs {byte_text(planned)}.",
        element=f"growth.{table.name}",
        serves=table.serves,
        trial=WritesLog(
            table=table.name,
            sql=sql,
            first=rows + _SPARE,
            count=COUNT,
            planned=planned,
            images=round(_pages(schema, table, rows, sizes, anywhere, turns, _others(load, growth)), 1),
            least=BYTES[0],
            most=BYTES[1],
        ),
    )


def _one_row(
    schema: SchemaDesign, table: Table, load: Statement, sizes: dict[str, int]
) -> tuple[str, frozenset[str], dict[str, int]]:
    """The load's statement for one row, with parents that lie anywhere where no key says which they are, and those;
    for columns whose values come in turn, how many there are."""
    names, expressions = _values(load)
    numbered = any(table.column(c).identity for c in table.primary_key)
    keys = (() if numbered else table.primary_key, *(u.columns for u in table.uniques))
    fixed = {column for key in keys if not is_told_apart(table, key) for column in key}
    fixed |= {c for rule in table.exclusions for c in rule.equal}
    fixed |= {c for key in table.foreign_keys if fixed & set(key.constrained) and key.agreeing for c in key.constrained}
    anywhere: set[str] = set()
    if len(names) == len(expressions) and all(len(key.columns) == 1 for key in table.foreign_keys):
        for number, key in enumerate(table.foreign_keys):
            parents = sizes.get(key.references, 0)
            at = names.index(key.columns[0]) if key.columns[0] in names else -1
            if at >= 0 and parents and key.columns[0] not in fixed and _numbered(schema.table(key.references)):
                anywhere.add(key.columns[0])
                expressions[at] = f"1 + (g::bigint * {_STEP} + {number}) % {parents}"  # two may have to differ
        _agree(table, names, expressions, anywhere)
    listing = ", ".join(quoted(name) for name in names)
    series = "\nFROM generate_series({row}, {row}) AS g"
    row = ",\n       ".join(expressions)
    sql = f"INSERT INTO {quoted(table.name)} ({listing})\nSELECT {row}{series}"
    return sql, frozenset(anywhere), _turns(names, expressions)


def _values(load: Statement) -> tuple[list[str], list[str]]:
    """The columns of a load, and the expressions of their values."""
    head, _, rest = load.sql.partition("\nSELECT ")
    values, _, _ = rest.rpartition("\nFROM generate_series(")
    names = [name.strip().strip('"') for name in head[head.index("(") + 1 : head.rindex(")")].split(",")]
    return names, values.split(",\n       ")


def _others(load: Statement, growth: Statement | None) -> frozenset[str]:
    """The columns in which the rows that a table grows by have other values than those before."""
    later = dict(zip(*_values(growth), strict=False)) if growth else {}
    return frozenset(name for name, sql in zip(*_values(load), strict=False) if later.get(name, sql) != sql)


def _turns(names: list[str], expressions: list[str]) -> dict[str, int]:
    """How many values the rows have in turn, by column: so many places of an index do rows in a row come to.

    >>> _turns(["day", "year", "name"], ["date '2026-11-01' + (g % 150)", "1000 + (g - 1) % 20", "'n' || g % 9 || g"])
    {'day': 150, 'year': 20}
    """
    found = {
        name: re.fullmatch(r"[^%]*\bg\b[^%]*% (\d+)\)*", sql) for name, sql in zip(names, expressions, strict=False)
    }
    return {name: int(match[1]) for name, match in found.items() if match}


def _agree(table: Table, names: list[str], expressions: list[str], anywhere: set[str]) -> None:
    """Whoever owns the row in the middle owns this one; what cannot follow stays as the load makes it."""
    for key in table.foreign_keys:
        middle = expressions[names.index(key.columns[0])]
        for own, theirs in key.agreeing if key.columns[0] in anywhere else ():
            expressions[names.index(own)] = (
                f"(SELECT m.{quoted(theirs)} FROM {quoted(key.references)} AS m WHERE m.id = {middle})"
            )
            anywhere.add(own)


def _numbered(parent: Table) -> bool:
    return len(parent.primary_key) == 1 and parent.column(parent.primary_key[0]).identity


def _pages(
    schema: SchemaDesign, table: Table, rows: int, sizes: dict[str, int], anywhere: frozenset[str],
    turns: dict[str, int], others: frozenset[str],
) -> float:  # fmt: skip
    """Pages that the rows of the trial change: one at each end, and of what they fall anywhere in, those they meet.

    Where the rows that a table grew by have `others`' values, those of the trial lie among the first ones' alone.
    """
    partial = {index.name for index in schema.indexes if index.where}
    touched = 1.0  # the table's last page; further ones are new, and new pages are logged without an image
    for entry in entries(table, schema):
        pages = max(1.0, rows * entry.bytes / (PAGE - 40))
        if entry.leading in anywhere:
            touched += distinct_pages(pages, COUNT)
        elif entry.name in partial:
            touched += 1.0  # few rows have an entry
        else:
            near = pages * sizes[table.name] / rows if entry.leading in others else pages
            touched += distinct_pages(min(max(1.0, near), turns.get(entry.leading, 1)), COUNT)
    for key in table.foreign_keys:
        parent = schema.table(key.references)
        per_page = max(1, (PAGE - 24) // (row_bytes(parent) + LINE_POINTER))
        pages = max(1.0, sizes.get(parent.name, 1) / per_page)
        side_by_side = min(pages, 1 + COUNT / per_page)
        touched += distinct_pages(pages, COUNT) if key.columns[0] in anywhere else side_by_side
    return touched
