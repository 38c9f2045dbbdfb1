"""How many bytes rows and index entries take in InnoDB, from the columns' types.

Storage layout: MySQL internals manual and MariaDB's fil0fil.h, page0page.h, rem0rec.h: pages of 16,384 bytes, of which
128 are headers, trailer and directory; a record has 5 bytes before it, a null bitmap and a length for each variable
value; the table is its primary key, with 13 bytes of transaction id and roll pointer a row; every other index holds
the key's columns in each entry.
"""

import re

from agents.figures import figure, given, merged
from contracts.base import Figure, Input
from contracts.schema import Column, Index, SchemaDesign, Table

PAGE = 16_384
PAGE_BODY = PAGE - 128
RECORD = 5
SYSTEM_COLUMNS = 13
SEQUENTIAL_FILL = 15 / 16  # what InnoDB leaves free for later changes when keys rise
RANDOM_FILL = 0.7  # ln 2: what splits leave behind when keys come in any order (Yao 1978)
SOURCE = "MariaDB source, storage/innobase: page0page.h, rem0rec.h"

_FIXED = {
    "bigint": 8, "int": 4, "integer": 4, "smallint": 2, "tinyint": 1, "boolean": 1, "date": 3, "time": 3, "time(6)": 6,
    "datetime": 5, "datetime(6)": 8, "timestamp": 4, "timestamp(6)": 7, "double": 8, "float": 4, "point": 25,
    "inet6": 16, "uuid": 16,
}  # fmt: skip

_TYPICAL = {
    "email": 24, "phone": 14, "url": 60, "file": 60, "country": 2, "currency": 3, "language": 5,
    "identifier": 16, "text": 120, "json": 300, "ip_address": 13, "sealed": 66, "blind": 64,
}  # fmt: skip
"""Typical characters of a value by what it means; strings are measured by their length limit instead."""


def value_bytes(column: Column) -> float:
    """Average bytes of a value that is present, without its length."""
    spelling = column.sql_type.lower().split(" ")[0]
    if spelling in _FIXED:
        return _FIXED[spelling]
    numbers = [int(text) for text in re.findall(r"\d+", spelling)]
    if spelling.startswith(("decimal", "numeric")):
        whole, part = numbers[0] - (numbers[1] if numbers[1:] else 0), numbers[1] if numbers[1:] else 0
        return _digits(whole) + _digits(part)
    if spelling.startswith(("char", "binary")):
        return numbers[0] if numbers else 1
    limit = numbers[0] if numbers else 10**6
    return min(limit, _TYPICAL.get(column.type, max(8, min(24, limit // 3))))


def _digits(count: int) -> int:
    """Bytes of a DECIMAL's digits: four for each nine, the rest by twos."""
    return count // 9 * 4 + (0, 1, 1, 2, 2, 3, 3, 4, 4)[count % 9]


def _stored(column: Column) -> float:
    """A value with its length, where it has one."""
    size = value_bytes(column)
    fixed = column.sql_type.lower().split(" ")[0] in _FIXED or column.sql_type.lower().startswith(("decimal", "num"))
    return size + (0 if fixed else 1 if size < 128 else 2)


def row_bytes(table: Table) -> int:
    """Average bytes of a row in the primary key; a nullable column is filled in half of the rows."""
    nullable = [c for c in table.columns if c.nullable]
    values = sum(_stored(c) / (2 if c.nullable else 1) for c in table.columns)
    return round(RECORD + SYSTEM_COLUMNS + -(-len(nullable) // 8) + values)


def heap(table: Table, rows: Input) -> Figure:
    """Bytes of the clustered index, which is the table."""
    rising = len(table.primary_key) == 1 and table.column(table.primary_key[0]).identity
    filled = round(SEQUENTIAL_FILL if rising else RANDOM_FILL, 4)
    why = "keys rise, a sixteenth of a page stays free" if rising else "keys come in any order"
    source = f"{table.name}: record header, transaction id, roll pointer and {len(table.columns)} columns"
    return figure(
        "heap_bytes",
        "ceil(rows * row_bytes / (16256 * filled)) * 16384",
        (rows, given("row_bytes", row_bytes(table), source, "bytes"), given("filled", filled, f"convention: {why}")),
        unit="bytes",
        serves=table.serves,
        rule="rows in pages of 16 kB of the primary key",
        source=SOURCE,
    )


def indexes(table: Table, schema: SchemaDesign, rows: Input) -> Figure:
    """Bytes of the secondary indexes, those of unique constraints and foreign keys among them."""
    entries = index_entries(table, schema)
    source = f"{table.name}: {len(entries)} secondary indexes, entry, primary key and free space of each added up"
    return figure(
        "index_bytes",
        "ceil(rows * entry_bytes / 16256) * 16384",
        (rows, given("entry_bytes", round(sum(size for _, size in entries), 1), source, "bytes")),
        unit="bytes",
        serves=merged(table.serves),
        rule="index entries in pages of 16 kB",
        source=SOURCE,
    )


def index_entries(table: Table, schema: SchemaDesign) -> tuple[tuple[str, float], ...]:
    """(index, bytes per row in it) of every secondary index; a foreign key without an index of its own gets one."""
    mine = [index for index in schema.indexes if index.table == table.name]
    made = [(u.name, _entry(table, u.columns)) for u in (*table.uniques, *table.targets)]
    made += [(index.name, _index_entry(table, index)) for index in mine]
    leading = (
        {u.columns[0] for u in (*table.uniques, *table.targets)}
        | {i.keys[0].column for i in mine}
        | {table.primary_key[0]}
    )
    for key in table.foreign_keys:
        if key.columns[0] not in leading:
            made.append((key.name, _entry(table, key.constrained)))
            leading.add(key.columns[0])
    return tuple(made)


def _index_entry(table: Table, index: Index) -> float:
    columns = tuple(k.column for k in index.keys if k.column) + index.include
    if index.method in ("fulltext", "gin"):  # words with their document and position in auxiliary tables
        return sum(value_bytes(table.column(name)) for name in columns) * 1.2 + 24
    extra = sum(8 for k in index.keys if k.expression) / RANDOM_FILL
    return _entry(table, columns) + extra


def _entry(table: Table, columns: tuple[str, ...]) -> float:
    stored = dict.fromkeys((*columns, *table.primary_key))  # the key's columns are the row's address
    return (RECORD + sum(_stored(table.column(name)) for name in stored)) / RANDOM_FILL
