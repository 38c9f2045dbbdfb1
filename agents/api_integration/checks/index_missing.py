"""Is every index that the document names behind a query there?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from contracts.api import ApiIntegration
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "An operation that was proven fast with an index reads a whole table without it."
REMEDY = "Create the index again, or take it out of the document's words about the query."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Served queries whose index the database does not have."""
    keys = {k.name for t in design.catalogue.tables for k in (t.primary_key, *t.uniques) if k is not None}
    known = keys | {index.name for table in design.catalogue.tables for index in table.indexes}
    named = {query.name: query for query in design.queries if query.index and query.index not in known}
    for operation in api.operations:
        for service in operation.services:
            query = named.get(service.query)
            if query is not None:
                yield finding(
                    __name__,
                    f"operation.{operation.id}.{query.index}",
                    fact=f'"{query.name}" is said to be served by "{query.index}", which the database does not have.',
                    evidence=f"{operation.method.upper()} {operation.path}, line {query.line}",
                    remedy=f'Create "{query.index}" in the document again, or name the index that serves the query.',
                )
