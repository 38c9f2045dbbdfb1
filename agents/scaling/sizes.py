"""How many bytes rows and index entries take in PostgreSQL, from the columns' types.

Storage layout: PostgreSQL manual, "Database Page Layout" and "TOAST": pages of 8,192 bytes with a 24-byte header, a
4-byte line pointer and a 23-byte tuple header per row (with a null bitmap when a column may be null, padded to 8),
values aligned by type, variable values under 127 bytes with a 1-byte header and no alignment.
"""

import functools
import re
from typing import NamedTuple

from agents.figures import Same, figure, given, merged
from agents.naming import is_public_id
from contracts.base import Figure, Input
from contracts.schema import Column, Index, SchemaDesign, Table

PAGE = 8_192
PAGE_BODY = PAGE - 24
LINE_POINTER = 4
INDEX_PAGE_BODY = PAGE - 24 - 16  # the B-tree keeps 16 bytes of its own at the end of each page
SEQUENTIAL_FILL = 0.9  # B-tree's default fillfactor: what a rising key leaves behind
RANDOM_FILL = 0.7  # ln 2: what splits leave behind when keys come in any order (Yao 1978)
DEAD_SHARE = 0.2  # autovacuum_vacuum_scale_factor: up to this share of dead rows waits for vacuum

_FIXED = {
    "bigint": (8, 8), "integer": (4, 4), "smallint": (2, 2), "boolean": (1, 1), "date": (4, 4),
    "timestamptz": (8, 8), "timestamp": (8, 8), "time": (8, 8), "uuid": (16, 1), "interval": (16, 8),
    "point": (16, 8), "real": (4, 4), "double precision": (8, 8),
}  # fmt: skip
"""(bytes, alignment) of types with a fixed length."""

_TYPICAL = {
    "email": 24, "phone": 14, "url": 60, "file": 60, "country": 2, "currency": 3, "language": 5,
    "identifier": 16, "text": 120, "json": 300, "ip_address": 7, "sealed": 66, "blind": 64,
}  # fmt: skip
"""Typical characters of a value by what it means; strings are measured by their length limit instead."""


def value_bytes(column: Column) -> float:
    """Average bytes of a value that is present, without header and alignment."""
    spelling = column.sql_type.lower()
    if spelling in _FIXED:
        return _FIXED[spelling][0]
    if spelling.startswith("numeric"):
        digits = int((re.search(r"\d+", spelling) or ["12"])[0])
        return 2 + 2 * -(-digits // 8)  # half of the digits are used, four to two bytes, after two bytes of header
    limit = int((re.search(r"\((\d+)\)", spelling) or ["", "1000000"])[1])
    typical = _TYPICAL.get(column.type, max(8, min(24, limit // 3)))
    return min(limit, typical)


def _stored(column: Column) -> tuple[float, int]:
    """(bytes, alignment) with the header of variable values."""
    spelling = column.sql_type.lower()
    if spelling in _FIXED:
        return _FIXED[spelling]
    size = value_bytes(column)
    return (size + 1, 1) if size < 127 else (size + 4, 4)


def _padded(size: float, alignment: int) -> float:
    return -(-size // alignment) * alignment


def row_bytes(table: Table) -> int:
    """Average bytes of a row with its header, padded to 8; a nullable column is filled in half of the rows."""
    bitmap = -(-len(table.columns) // 8) if any(c.nullable for c in table.columns) else 0
    size = 0.0
    for column in table.columns:
        stored, alignment = _stored(column)
        size = size + stored / 2 if column.nullable else _padded(size, alignment) + stored
    return int(_padded(23 + bitmap, 8) + _padded(size, 8))


def row_width(table: Table) -> Input:
    """The row's bytes as an input, with what was added up."""
    source = f"{table.name}: 24-byte tuple header and {len(table.columns)} columns at average widths"
    return given("row_bytes", row_bytes(table), source, "bytes")


def heap(table: Table, rows: Input) -> Figure:
    """Bytes of the table's heap: whole pages, plus the dead rows that wait for vacuum where rows are updated."""
    dead = 0.0 if table.nature in ("event", "reference") else DEAD_SHARE
    why = "rows are only added" if not dead else "autovacuum waits for this share of dead rows"
    return figure(
        "heap_bytes",
        "ceil(rows * (1 + dead_share) / floor(8168 / (row_bytes + 4))) * 8192",
        (rows, row_width(table), given("dead_share", dead, f"convention: {why} ({table.nature})")),
        unit="bytes",
        serves=table.serves,
        rule="rows in pages of 8 kB",
        source="PostgreSQL manual, Database Page Layout",
    )


def indexes(table: Table, schema: SchemaDesign, rows: Input) -> Figure:
    """Bytes of the primary key, the unique constraints and all indexes of a table."""
    entry, terms = 0.0, []
    for name, size in index_entries(table, schema):
        entry += size
        terms.append(name)
    source = f"{table.name}: {len(terms)} indexes, entry, line pointer and free space of each added up"
    return figure(
        "index_bytes",
        "ceil(rows * entry_bytes / 8152) * 8192",
        (rows, given("entry_bytes", round(entry, 1), source, "bytes")),
        unit="bytes",
        serves=merged(table.serves),
        rule="index entries in pages of 8 kB; a partial index is counted in full",
        source="PostgreSQL manual, B-Tree Indexes and Database Page Layout",
    )


class Entry(NamedTuple):
    """What a row has in one index: the entry itself, what it takes with free space, whether its place is anywhere."""

    name: str
    leading: str
    tuple_bytes: float
    bytes: float
    scattered: bool


def index_entries(table: Table, schema: SchemaDesign) -> tuple[tuple[str, float], ...]:
    """(index, bytes per row in it) of every index of a table, keys of constraints included."""
    return tuple((entry.name, entry.bytes) for entry in entries(table, schema))


def entries(table: Table, schema: SchemaDesign) -> tuple[Entry, ...]:
    """The entries of a row in every index of its table, keys of constraints included."""
    lately = _lately(table, schema)

    def anywhere(columns: list[Column]) -> bool:
        return _scattered(table, columns, lately)

    def entry(name: str, columns: list[Column], held: float, size: float, scattered: bool | None = None) -> Entry:
        leading = columns[0].name if columns else ""
        return Entry(name, leading, held, size, anywhere(columns) if scattered is None else scattered)

    key = [table.column(c) for c in table.primary_key]
    fill = SEQUENTIAL_FILL if len(key) == 1 and key[0].identity else RANDOM_FILL
    made = [entry("primary key", key, _tuple_bytes(key), _btree_entry(key, fill=fill))]
    for unique in (*table.uniques, *table.targets):
        columns = [table.column(c) for c in unique.columns]
        made.append(entry(unique.name, columns, _tuple_bytes(columns), _btree_entry(columns)))
    for rule in table.exclusions:
        columns = [table.column(c) for c in rule.equal]
        made.append(entry(rule.name, columns, _tuple_bytes(columns) + 32, _btree_entry(columns) * 2 + 32, True))
    for index in _indexes_by_table(Same(schema)).get(table.name, ()):
        columns = [table.column(k.column) for k in index.keys if k.column]
        size = entry_bytes(table, index)
        held = max(0.0, size * RANDOM_FILL - LINE_POINTER) if index.method == "btree" else size
        scattered = {"btree": None, "gin": True, "gist": True}.get(index.method, False)
        made.append(entry(index.name, columns, held, size, scattered))
    return tuple(made)


def _lately(table: Table, schema: SchemaDesign) -> frozenset[str]:
    """Columns that name a row of a business record: rows come to it while it is young, and its keys rise."""
    return frozenset(key.columns[0] for key in table.foreign_keys if comes_daily(schema.table(key.references)))


def comes_daily(table: Table) -> bool:
    """Whether rows of the table come each day and are worked on while they are young."""
    return table.nature in ("event", "transaction") and table.rows_per_day > 0


def _scattered(table: Table, columns: list[Column], lately: frozenset[str]) -> bool:
    """Whether a new row's entry may go anywhere, and not to the end of a rising key or of one of few values."""
    few = {c.column for c in table.checks if c.kind == "one_of"}
    leading = next((c for c in columns if c.name not in few and c.type != "boolean"), None)
    if leading is None or leading.identity or leading.name in lately or is_public_id(leading):
        return False
    return not (leading.type in ("timestamp", "date") and table.nature in ("event", "transaction"))


@functools.lru_cache(maxsize=4)
def _indexes_by_table(same: Same) -> dict[str, list[Index]]:
    grouped: dict[str, list[Index]] = {}
    for index in same.value.indexes:
        grouped.setdefault(index.table, []).append(index)
    return grouped


def _tuple_bytes(columns: list[Column], extra: float = 0.0) -> float:
    return _padded(8 + sum(_padded(_stored(c)[0], min(8, _stored(c)[1])) for c in columns) + extra, 8)


def _btree_entry(columns: list[Column], extra: float = 0.0, fill: float = RANDOM_FILL) -> float:
    return (_tuple_bytes(columns, extra) + LINE_POINTER) / fill


def entry_bytes(table: Table, index: Index) -> float:
    """Bytes per row: a B-tree entry as it is; GIN by the words in its columns; BRIN has 32 bytes per 128 pages."""
    columns = [table.column(c) for c in (*(k.column for k in index.keys), *index.include) if c is not None]
    texts = [
        c for c in table.columns if any(k.expression and re.search(rf"\b{c.name}\b", k.expression) for k in index.keys)
    ]
    if index.method == "brin":
        return 32 * (row_bytes(table) + LINE_POINTER) / (128 * PAGE)
    if index.method == "gin":
        trigrams = any("trgm" in (k.operator_class or "") for k in index.keys)
        return sum(value_bytes(c) for c in (*columns, *texts)) * (1.5 if trigrams else 0.6)
    return _btree_entry(columns, sum(value_bytes(c) for c in texts)) * (2 if index.method == "gist" else 1)
