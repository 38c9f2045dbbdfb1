"""The bytes of a row that the growth table counts with, held against what the engine takes for the synthetic rows."""

import re
from collections.abc import Iterable

from agents.dialects.postgresql import literal, quoted
from agents.figures import counted, plain
from agents.scaling.sizes import LINE_POINTER, index_entries, row_bytes
from contracts.base import Statement
from contracts.claims import Claim, Measures
from contracts.schema import SchemaDesign, Table

ROW = (0.3, 1.2)
"""Synthetic text is shorter than the length that is planned for; a row that takes more was planned too small."""
INDEX = (0.3, 1.5)
"""Keys of text are shorter as well, and pages of some thousand rows are fuller or emptier than those of millions."""
ROWS_AT_LEAST = 5_000
"""Below, the pages that every index begins with weigh more than its entries."""

_LEAVES = """WITH leaf AS (
    SELECT relid FROM pg_partition_tree({table}) WHERE isleaf UNION SELECT {table}::regclass
)
SELECT round({bytes}::numeric / (SELECT nullif(count(*), 0) FROM {name}), 1)"""
_HEAP = "(SELECT sum(pg_relation_size(relid)) FROM leaf)"
_BTREE = """(
    SELECT sum(pg_relation_size(i.indexrelid))
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_am AS a ON a.oid = c.relam AND a.amname = 'btree'
    WHERE i.indrelid IN (SELECT relid FROM leaf) AND c.relkind = 'i'
)"""


def size_claims(schema: SchemaDesign) -> tuple[Claim, ...]:
    """A claim on the rows and one on the B-tree entries of each table that thousands of synthetic rows stand in.

    What a full-text index takes depends on people's words, which synthetic rows do not have: it is not measured.
    """
    if schema.dialect != "postgresql":
        return ()
    loaded = {statement.element for statement in schema.dataset if rows_of(statement) >= ROWS_AT_LEAST}
    return tuple(claim for t in schema.tables if f"table.{t.name}" in loaded for claim in _table(schema, t))


def rows_of(load: Statement) -> int:
    """How many rows the statement makes."""
    found = re.search(r"generate_series\(1, (\d+)\)", load.sql)
    return int(found[1]) if found else 0


def _table(schema: SchemaDesign, table: Table) -> tuple[Claim, ...]:
    row = float(row_bytes(table) + LINE_POINTER)
    others = {i.name for i in schema.indexes if i.table == table.name and i.method != "btree"}
    others |= {e.name for e in table.exclusions}
    entries = [size for size in index_entries(table, schema) if size[0] not in others]
    entry = round(sum(size for _, size in entries), 1)
    return (
        _claim(table, "row", f"A row of {table.name} takes {plain(row)} bytes", _HEAP, row, ROW),
        _claim(
            table,
            "entries",
            f"In {counted(len(entries), 'B-tree')} a row of {table.name} takes {plain(entry)} bytes",
            _BTREE,
            entry,
            with_partial(INDEX, entries, schema),
        ),
    )


def with_partial(
    bounds: tuple[float, float], entries: Iterable[tuple[str, float]], schema: SchemaDesign
) -> tuple[float, float]:
    """The bounds where some indexes hold a part of the rows: these are planned in full and may take next to nothing."""
    partial = {index.name for index in schema.indexes if index.where}
    entries = tuple(entries)
    full = sum(size for name, size in entries if name not in partial)
    return round(bounds[0] * full / (sum(size for _, size in entries) or 1), 3), bounds[1]


def _claim(table: Table, part: str, sentence: str, size: str, planned: float, bounds: tuple[float, float]) -> Claim:
    name = quoted(table.name)
    sql = _LEAVES.format(table=literal(name), bytes=size, name=name)
    return Claim(
        id=f"scaling.growth.{table.name}.{part}",
        sentence=f"{sentence}.",
        element=f"growth.{table.name}",
        serves=table.serves,
        trial=Measures(sql=(sql,), planned=planned, unit="bytes", least=bounds[0], most=bounds[1]),
    )
