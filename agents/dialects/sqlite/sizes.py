"""How many bytes rows and index entries take in SQLite, from the columns' types.

Storage layout: "Database File Format" (sqlite.org/fileformat2.html): B-tree pages with an 8-byte header and a 2-byte
pointer to each cell; a row is its length, its key and a record, whose header has a byte for each column; an integer
takes the bytes that its value needs.
"""

from agents.figures import figure, given
from agents.scaling.demand import total_bytes
from contracts.base import Figure, Input
from contracts.requirements import Requirements
from contracts.schema import Column, Index, SchemaDesign, Table

PAGE = 4_096
PAGE_HEADER, POINTER = 8, 2
LENGTH, KEY = 2, 4  # the varints of a cell's length and of a rowid below 268 million
SEQUENTIAL_FILL = 0.95  # keys that rise fill a page before the next begins
RANDOM_FILL = 0.7  # ln 2: what splits leave behind when keys come in any order (Yao 1978)
SOURCE = "SQLite, Database File Format"

_BY_TYPE = {
    "boolean": 0.5, "integer": 3, "percentage": 3, "money": 4, "date": 10, "time": 8, "timestamp": 19, "duration": 4,
    "uuid": 36, "email": 24, "phone": 14, "url": 60, "file": 60, "country": 2, "currency": 3, "language": 5,
    "identifier": 16, "text": 120, "json": 300, "ip_address": 12, "coordinates": 16, "decimal": 8,
    "sealed": 66, "blind": 64,
}  # fmt: skip
"""Average bytes of a value by what it means: 0 and 1 take none, a text its characters, a real eight."""

_STRING = 16


def value_bytes(column: Column) -> float:
    """Average bytes of a value that is present."""
    return _BY_TYPE.get(column.type, _STRING)


def row_bytes(table: Table) -> int:
    """Average bytes of a row's cell and its pointer; a column that may be null is filled in half of the rows."""
    alias = set(table.primary_key) if _rowid_is_key(table) else set()  # the key is the cell's own, stored once
    values = sum(value_bytes(c) / (2 if c.nullable else 1) for c in table.columns if c.name not in alias)
    return round(POINTER + LENGTH + _key_bytes(table) + 1 + len(table.columns) + values)


def _rowid_is_key(table: Table) -> bool:
    return len(table.primary_key) == 1 and table.column(table.primary_key[0]).identity


def _clustered(table: Table) -> bool:
    """Whether the table lies in its key of several columns (WITHOUT ROWID)."""
    return len(table.primary_key) > 1


def _key_bytes(table: Table) -> float:
    return 0 if _clustered(table) else KEY


def heap(table: Table, rows: Input) -> Figure:
    """Bytes of the table's B-tree."""
    source = f"{table.name}: cell, header and {len(table.columns)} columns at average widths"
    return figure(
        "heap_bytes",
        "ceil(rows * row_bytes / (4088 * filled)) * 4096",
        (
            rows,
            given("row_bytes", row_bytes(table), source, "bytes"),
            _filled(table),
        ),
        unit="bytes",
        serves=table.serves,
        rule="rows in pages of 4 kB",
        source=SOURCE,
    )


def _filled(table: Table) -> Input:
    if _clustered(table):
        return given("filled", RANDOM_FILL, "ln 2: rows come in between others, in the order of their key")
    return given("filled", SEQUENTIAL_FILL, "convention: rows are added at the end, pages are nearly full")


def indexes(table: Table, schema: SchemaDesign, rows: Input) -> Figure:
    """Bytes of the unique constraints and all indexes of a table; an INTEGER PRIMARY KEY is the table itself."""
    entries = index_entries(table, schema)
    source = f"{table.name}: {len(entries)} indexes, entry and free space of each added up"
    return figure(
        "index_bytes",
        "ceil(rows * entry_bytes / 4088) * 4096",
        (rows, given("entry_bytes", round(sum(size for _, size in entries), 1), source, "bytes")),
        unit="bytes",
        serves=table.serves,
        rule="index entries in pages of 4 kB; a partial index is counted in full",
        source=SOURCE,
    )


def index_entries(table: Table, schema: SchemaDesign) -> tuple[tuple[str, float], ...]:
    """(index, bytes per row in it) of every index of a table, those of constraints included.

    A key is an index of its own only where it is one column that is no rowid.
    """
    made = [(u.name, _entry(table, u.columns)) for u in (*table.uniques, *table.targets)]
    if not _rowid_is_key(table) and not _clustered(table):
        made.insert(0, ("primary key", _entry(table, table.primary_key)))
    return (*made, *((i.name, _index_entry(table, i)) for i in schema.indexes if i.table == table.name))


def _index_entry(table: Table, index: Index) -> float:
    columns = [k.column for k in index.keys if k.column] + list(index.include)
    expressions = sum(1 for k in index.keys if k.expression)
    if index.method == "fulltext":  # words of all columns in a compressed list of rows, and each row's counts
        columns = [name for k in index.keys for name in (k.expression or "").split(", ") if name]
        return sum(value_bytes(table.column(name)) for name in columns) * 0.6 + 60
    return _entry(table, tuple(columns)) + expressions * _STRING / RANDOM_FILL


def _entry(table: Table, columns: tuple[str, ...]) -> float:
    held = dict.fromkeys((*columns, *(table.primary_key if _clustered(table) else ())))
    values = sum(value_bytes(table.column(name)) for name in held)
    return (POINTER + 1 + 1 + len(held) + 1 + values + _key_bytes(table)) / RANDOM_FILL


def file_bytes(requirements: Requirements, schema: SchemaDesign, years: float) -> Input:
    """Bytes of the whole file after some years."""
    size = round(total_bytes(requirements, schema, years))
    return given("file_bytes", size, f"growth table, {years:g} {'year' if years == 1 else 'years'}", "bytes")
