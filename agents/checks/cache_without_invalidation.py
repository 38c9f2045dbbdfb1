"""Does every write that makes a cached value stale remove it?

Deleting a parent changes the rows of its children by cascade, and a trigger that keeps a total changes the parent with
its children, so those writes make entries stale as well.
"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._sql import read_columns
from contracts.caching import CacheEntry
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Query, SchemaDesign, Table

MEANS = "Users see a value that is gone or changed, until the entry expires."
REMEDY = "Invalidate the entry by the event of that write."

Write = tuple[str, str]


def findings(design: Design) -> Iterator[Finding]:
    """(table, operation) pairs that change what an entry holds and that none of its invalidations names."""
    schema = design.schema_design
    tables = {table.name: table for table in schema.tables}
    queries = {query.name: query for query in schema.queries}
    for entry in design.caching.entries:
        handled = {(i.table, operation) for i in entry.invalidations for operation in i.operations if i.keys}
        for (table, operation), because in _stale_by(entry, queries.get(entry.query), schema, tables).items():
            if (table, operation) not in handled:
                yield finding(
                    __name__,
                    f"cache_entry.{entry.name}",
                    fact=f'No {operation} on "{table}" invalidates cache entry "{entry.name}", which {because}.',
                    evidence=f"Key {entry.key_pattern}, expires after {entry.ttl.value:g} {entry.ttl.unit}".strip(),
                    remedy=f'Delete the keys of "{entry.name}" on {operation} of "{table}".',
                )


def _stale_by(
    entry: CacheEntry, query: Query | None, schema: SchemaDesign, tables: dict[str, Table]
) -> dict[Write, str]:
    """Every write that changes the entry's value, with the reason."""
    found: dict[Write, str] = {}
    read = dict.fromkeys((*entry.tables, *(query.tables if query else ())))
    shown = {(t.name, c.name) for t, c in read_columns(schema, query)} if query else set()
    for name in read:
        table = tables.get(name)
        if table is None:
            continue
        for operation in _writes(table, query):
            found.setdefault((name, operation), f'reads "{name}"')
        for parent in _cascading(table, tables, shown):
            found.setdefault((parent, "delete"), f'reads "{name}", whose rows change with "{parent}" by cascade')
        for total in schema.totals:
            if total.table == name and total.operator == "=" and (name, total.column) in shown:
                for operation in ("insert", "update", "delete"):
                    found.setdefault((total.child, operation), f'shows "{total.column}", which a trigger keeps')
        for one in schema.withdrawals:
            if one.table == name and (name, one.column) in shown:
                writes = [(one.child, operation) for operation in ("insert", "update", "delete")]
                for write in (*writes, *([(one.whole, "update")] if one.state else [])):
                    found.setdefault(write, f'shows "{one.column}", from which a trigger takes')
    return found


def _writes(table: Table, query: Query | None) -> Iterator[str]:
    """Events are never updated or deleted one by one; a new row changes lists, and lookups of its parent."""
    if table.nature != "event":
        yield from ("update", "delete") if table.nature != "junction" else ("delete",)
    many = query is None or query.kind in ("list", "search", "aggregate")
    if many or (
        query and any(key.references == query.table for key in table.foreign_keys) and table.name != query.table
    ):
        yield "insert"


def _cascading(table: Table, tables: dict[str, Table], shown: set[tuple[str, str]]) -> list[str]:
    """Parents, and their parents, whose deletion deletes rows of this table or empties a column that is shown."""
    found: dict[str, None] = {}
    open_keys = [key for key in table.foreign_keys if key.on_delete == "cascade"]
    open_keys += [
        key
        for key in table.foreign_keys
        if key.on_delete == "set null" and any((table.name, column) in shown for column in key.columns)
    ]
    while open_keys:
        key = open_keys.pop(0)
        if key.references not in found and key.references in tables:
            found[key.references] = None
            open_keys += [k for k in tables[key.references].foreign_keys if k.on_delete == "cascade"]
    return [name for name in found if name != table.name]
