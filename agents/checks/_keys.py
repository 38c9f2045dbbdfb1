"""What keys and indexes a table has, for the checks that ask whether a lookup is served."""

from collections.abc import Iterator, Mapping

from agents.naming import constraint_name
from contracts.plan import Design
from contracts.schema import Index, Table

Key = tuple[str, ...]


def indexes_by_table(design: Design) -> Mapping[str, tuple[Index, ...]]:
    """The indexes that the design makes on each of its tables, without those of constraints."""
    found: dict[str, list[Index]] = {table.name: [] for table in design.schema_design.tables}
    for index in design.schema_design.indexes:
        found.setdefault(index.table, []).append(index)
    return {table: tuple(indexes) for table, indexes in found.items()}


def columns_of(index: Index) -> Key:
    """The leading plain columns of an index, up to its first expression."""
    found: list[str] = []
    for key in index.keys:
        if key.column is None:
            break
        found.append(key.column)
    return tuple(found)


def lookup_keys(table: Table, indexes: tuple[Index, ...]) -> Iterator[Key]:
    """Column lists by which rows can be found for any value: primary key, uniques, exclusions, whole b-tree indexes.

    A partial index counts when it leaves out only the rows in which its leading column is NULL.
    """
    yield table.primary_key
    yield from (unique.columns for unique in (*table.uniques, *table.targets))
    yield from (rule.equal for rule in table.exclusions if rule.where is None)
    for index in indexes:
        columns = columns_of(index)
        whole = index.where is None or (bool(columns) and _is_not_null(index.where, columns[0]))
        if whole and (index.method == "btree" or (index.method == "hash" and len(columns) == 1)):
            yield columns


def _is_not_null(where: str, column: str) -> bool:
    return where.lower().strip("() ").replace('"', "") == f"{column} is not null"


def starts_with(key: Key, columns: Key) -> bool:
    """Whether the key's leading columns are these, in any order (equality on all of them)."""
    return bool(columns) and set(key[: len(columns)]) == set(columns)


def access_paths(table: Table, indexes: tuple[Index, ...]) -> set[str]:
    """Names of everything on a table that a query can read through: its indexes, key and uniques."""
    found = {index.name for index in indexes} | {unique.name for unique in (*table.uniques, *table.targets)}
    found |= {exclusion.name for exclusion in table.exclusions}
    return found | {constraint_name("pk", table.name), f"{table.name}_pkey"}
