"""Does every constraint that an operation can break have a problem that says so?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from agents.api_integration.problems import breakable
from agents.api_integration.queries import query_facts
from contracts.api import ApiIntegration
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "A rule of the data reaches the client as an internal error."
REMEDY = "Describe the constraint's problem in the operation."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Constraints of a written table that the operation does not describe."""
    queries = {query.name: query for query in design.queries}
    described = {problem.id for problem in api.problems}
    for operation in api.operations:
        for service in operation.statements:
            query = queries.get(service.query)
            facts = query_facts(query, design.catalogue) if query else None
            for problem in breakable(facts, service, design) if facts else ():
                if problem.id not in operation.problems or problem.id not in described:
                    yield finding(
                        __name__,
                        f"operation.{operation.id}.{problem.id}",
                        fact=f"{operation.method.upper()} {operation.path} can break {problem.constraint} "
                        f"and does not say so.",
                        evidence=f'Constraint of "{problem.table}", line {problem.line}',
                        remedy=f'Add the problem {problem.id} ({problem.status}) to "{operation.id}".',
                    )
