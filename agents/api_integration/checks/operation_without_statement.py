"""Is every operation answered by a statement that the document prepares?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from contracts.api import ApiIntegration
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "Somebody builds an endpoint for which no query was designed, indexed or tried."
REMEDY = "Prepare the statement in the document, or take the operation out."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Operations without a query, and queries that the document does not have or that do another thing."""
    known = {query.name: query for query in design.queries}
    wanted = {"get": {"select"}, "post": {"insert", "select"}, "patch": {"update"}, "delete": {"delete"}}
    for operation in api.operations:
        names = [service.query for service in operation.statements]
        for name in names or [""]:
            query = known.get(name)
            if query is None:
                said = f'query "{name}", which the document does not prepare' if name else "no query"
                yield finding(
                    __name__,
                    f"operation.{operation.id}",
                    fact=f"{operation.method.upper()} {operation.path} is answered by {said}.",
                    evidence=f"Prepared: {', '.join(known) or 'nothing'}",
                    remedy=f'Add a query for "{operation.id}" to the document, or remove the operation.',
                )
            elif query.command not in wanted[operation.method]:
                yield finding(
                    __name__,
                    f"operation.{operation.id}",
                    fact=f'{operation.method.upper()} {operation.path} runs "{name}", which is an {query.command}.',
                    evidence=f"Line {query.line}",
                    remedy=f'Use the method that fits an {query.command}, or another query in "{operation.id}".',
                )
