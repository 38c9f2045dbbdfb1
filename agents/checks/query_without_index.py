"""Does every selective query on a table that grows have an index to read through?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._keys import access_paths, indexes_by_table
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The query reads the whole table, and gets slower with every row."
REMEDY = "Create an index for the query's filters and order."

SMALL = 1_000
"""Rows up to which a full read costs no more than a handful of 8 kB pages, so that no index is worth its writes."""


def findings(design: Design) -> Iterator[Finding]:
    """Lookups, lists and searches on larger tables without an index, or with one that does not exist."""
    schema = design.schema_design
    tables = {table.name: table for table in schema.tables}
    indexes = indexes_by_table(design)
    paths = set().union(*(access_paths(table, indexes[table.name]) for table in schema.tables))
    for query in schema.queries:
        table = tables.get(query.table)
        rows = table.expected_rows if table else 0
        if query.index is not None and query.index not in paths:
            yield finding(
                __name__,
                f"query.{query.name}",
                fact=f'Query "{query.name}" names index "{query.index}", which the design does not make.',
                evidence=f"{len(paths)} indexes and keys are made.",
                remedy=f'Create "{query.index}" or name another index.',
            )
        elif query.index is None and query.kind in ("lookup", "list", "search") and rows > SMALL:
            yield finding(
                __name__,
                f"query.{query.name}",
                fact=f'Query "{query.name}" ({query.kind}) reads "{query.table}" without an index.',
                evidence=f'"{query.table}" is expected to hold {rows} rows; a full read is fair up to {SMALL}.',
                remedy=f'Create an index on "{query.table}" for: {query.title}.',
            )
