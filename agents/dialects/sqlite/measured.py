"""The bytes of a row that the growth table counts with, held against what SQLite takes for the synthetic rows."""

import re

from agents.dialects.sqlite.sizes import index_entries, row_bytes
from agents.dialects.sqlite.spelling import literal, quoted
from agents.figures import counted, plain
from agents.scaling.measured import with_partial
from contracts.claims import Claim, Measures
from contracts.schema import SchemaDesign, Table

ROW = (0.15, 1.3)
"""Synthetic text has a fifth of the length that is planned for, and a row has hardly anything besides its values; one
that takes more was planned too small."""
INDEX = (0.3, 1.5)
ROWS_AT_LEAST = 5_000
"""Below, the page that every index begins with weighs more than its entries."""

_OF = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name {}"
_INDEXES = "IN (SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = {})"


def size_claims(schema: SchemaDesign) -> tuple[Claim, ...]:
    """A claim on the rows and one on the index entries of each table that thousands of synthetic rows stand in."""
    loaded = {s.element for s in schema.dataset if _rows(s.sql) >= ROWS_AT_LEAST}
    return tuple(claim for t in schema.tables if f"table.{t.name}" in loaded for claim in _table(schema, t))


def _rows(sql: str) -> int:
    """How many rows the statement makes: the number at which its series ends."""
    found = [int(number) for number in re.findall(r"<=?\s*(\d+)", sql)]
    return max(found, default=0)


def _table(schema: SchemaDesign, table: Table) -> list[Claim]:
    row, name = float(row_bytes(table)), literal(table.name)
    others = {i.name for i in schema.indexes if i.method != "btree"}
    entries = [size for size in index_entries(table, schema) if size[0] not in others]
    entry = round(sum(size for _, size in entries), 1)
    made = [_claim(table, "row", f"A row of {table.name} takes {plain(row)} bytes", _OF.format(f"= {name}"), row, ROW)]
    if entries:
        sentence = f"In {counted(len(entries), 'B-tree')} a row of {table.name} takes {plain(entry)} bytes"
        bounds = with_partial(INDEX, entries, schema)
        made.append(_claim(table, "entries", sentence, _OF.format(_INDEXES.format(name)), entry, bounds))
    return made


def _claim(table: Table, part: str, sentence: str, size: str, planned: float, bounds: tuple[float, float]) -> Claim:
    sql = f"SELECT round(({size}) * 1.0 / (SELECT max(1, count(*)) FROM {quoted(table.name)}), 1)"
    return Claim(
        id=f"scaling.growth.{table.name}.{part}",
        sentence=f"{sentence}.",
        element=f"growth.{table.name}",
        serves=table.serves,
        trial=Measures(sql=(sql,), planned=planned, unit="bytes", least=bounds[0], most=bounds[1]),
    )
