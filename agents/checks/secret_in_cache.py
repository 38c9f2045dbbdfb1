"""Do secrets, payment data and health data stay out of the shared cache?"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from agents.checks._sql import read_columns
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Everybody who reaches the cache reads it: no roles, no policies and no audit stand before it."
REMEDY = "Leave the column out of the cached query, or do not cache the query."

CLOSED = frozenset({"secret", "payment", "health"})


def findings(design: Design) -> Iterator[Finding]:
    """Entries of the distributed layer whose query names a column of a closed sensitivity."""
    queries = {query.name: query for query in design.schema_design.queries}
    for entry in design.caching.entries:
        query = queries.get(entry.query)
        if query is None or "distributed" not in entry.layers:
            continue
        closed = [(t, c) for t, c in read_columns(design.schema_design, query) if c.sensitivity in CLOSED]
        if closed:
            columns = names(dict.fromkeys(column.name for _, column in closed))
            yield finding(
                __name__,
                f"cache_entry.{entry.name}",
                fact=f'Cache entry "{entry.name}" puts {columns} into the distributed cache.',
                evidence="; ".join(f"{table.name}.{column.name} is {column.sensitivity}" for table, column in closed),
                remedy=f'Leave {columns} out of query "{query.name}", or keep "{entry.name}" out of the cache.',
            )
