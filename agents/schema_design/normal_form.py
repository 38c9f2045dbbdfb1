"""Dependencies between columns that the foreign keys of a schema state, and what breaks them.

A table is in Boyce–Codd normal form when every column that something determines is determined by a whole key (Codd
1974, "Recent investigations in relational data base systems"). A foreign key determines every column of its parent;
so a column that repeats one of the parent's (`product_name` beside `product_id`), or a second reference that the
parent itself holds, depends on a foreign key that is no key of the table. Repeating is right where the value at that
time is meant: then it is no copy of the parent's column of today, and a decision says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from contracts.schema import Column, ForeignKey, Table


@dataclass(frozen=True)
class Dependency:
    """`key` determines `column` of its table, because the parent's `source` says the same."""

    table: Table
    key: ForeignKey
    column: Column
    source: Column


def dependencies(table: Table, tables: Mapping[str, Table]) -> Iterator[Dependency]:
    """The columns of a table that one of its references determines, although it is no key of the table.

    A reference that may be missing determines no column that every row must have: without the parent nothing else
    says its value. A column that the foreign key itself compares with the parent's contradicts nothing.
    """
    for key in table.foreign_keys:
        parent = tables.get(key.references)
        if parent is None or parent is table or _is_key(table, key.columns):
            continue
        compared = {own for own, _ in key.agreeing}
        for column in (c for c in table.columns if c.name not in compared):
            source = _source(table, key, column, parent)
            if source is not None and (column.nullable or not _is_optional(table, key)):
                yield Dependency(table, key, column, source)


def all_dependencies(tables: Iterable[Table]) -> Iterator[Dependency]:
    """The same for a whole schema."""
    by_name = {table.name: table for table in tables}
    for table in by_name.values():
        yield from dependencies(table, by_name)


_CHANGING = ("money", "percentage", "decimal", "string", "text", "country", "email", "phone", "identifier")
"""Types of values that a parent may have anew while an old record keeps them: amounts, names, lines of an address."""


def is_at_the_time(found: Dependency) -> bool:
    """Whether the column holds what was true when the row was made: a price or name in a business record."""
    changing = found.column.type in _CHANGING
    return found.table.nature in ("transaction", "event") and changing and not _reference_of(found.table, found.column)


def _source(table: Table, key: ForeignKey, column: Column, parent: Table) -> Column | None:
    """The parent's column that this one repeats: a reference to the same row, or a value under the parent's name."""
    if column.name in key.columns:
        return None
    mine = _reference_of(table, column)
    if mine is not None:
        if column.nullable or _states(mine) or any(c in u.columns for u in table.uniques for c in mine.columns):
            return None
        theirs = [k for k in parent.foreign_keys if k.references == mine.references and k.columns == mine.columns]
        return next((parent.column(k.columns[0]) for k in theirs if not parent.column(k.columns[0]).nullable), None)
    stem = key.columns[0].removesuffix("_id")
    for source in parent.columns:
        if source.identity or _reference_of(parent, source) or source.type != column.type:
            continue
        if column.name == f"{stem}_{source.name}":
            return source
    return None


def _is_optional(table: Table, key: ForeignKey) -> bool:
    return any(table.column(name).nullable for name in key.columns)


def _states(key: ForeignKey) -> bool:
    """Whether the brief itself asks for this reference, which may then mean another row than the parent's."""
    return key.origin.kind == "stated"


def _reference_of(table: Table, column: Column) -> ForeignKey | None:
    return next((k for k in table.foreign_keys if k.columns == (column.name,)), None)


def _is_key(table: Table, columns: tuple[str, ...]) -> bool:
    keys = [table.primary_key, *(unique.columns for unique in table.uniques)]
    return any(key and set(key) <= set(columns) for key in keys)
