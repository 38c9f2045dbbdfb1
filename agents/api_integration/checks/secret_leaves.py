"""Does every secret stay inside?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from contracts.api import ApiIntegration, Field
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "Password hashes or keys travel to clients, into their logs and caches."
REMEDY = "Take the column out of the answer; a secret is compared where it lies."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Answers with a secret column, and closed data that a shared cache may keep."""
    for operation in api.operations:
        fields = operation.result.fields if operation.result else ()
        secret = [field.name for field in fields if _sensitivity(design, field) == "secret"]
        if secret:
            yield finding(
                __name__,
                f"operation.{operation.id}",
                fact=f"{operation.method.upper()} {operation.path} returns the secret {', '.join(secret)}.",
                evidence=f"Shape {operation.result.name if operation.result else ''}",
                remedy=f'Leave {", ".join(secret)} out of "{operation.id}".',
            )
        closed = [f.name for f in fields if _sensitivity(design, f) in ("personal", "health", "payment")]
        if closed and operation.cache.header != "no-store":
            yield finding(
                __name__,
                f"operation.{operation.id}.cache",
                fact=f"Caches may keep {', '.join(closed)} of {operation.method.upper()} {operation.path}.",
                evidence=f"Cache-Control: {operation.cache.header}",
                remedy=f'Answer "{operation.id}" with Cache-Control: no-store.',
            )


def _sensitivity(design: PublishedDesign, field: Field) -> str:
    try:
        return design.data_table(field.table).column(field.column).sensitivity
    except KeyError:
        return field.sensitivity
