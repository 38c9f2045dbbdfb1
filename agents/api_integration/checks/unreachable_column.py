"""Does what must be stored for every row also come out again?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from contracts.api import ApiIntegration
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "Every row needs a value that no answer ever shows, so no screen can."
REMEDY = "Return the column from one of the table's queries."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Obligatory columns of a shown table that no answer has, secrets aside."""
    shown: dict[str, set[str]] = {}
    for operation in api.operations:
        for field in operation.result.fields if operation.result and operation.method == "get" else ():
            if field.table:
                shown.setdefault(field.table, set()).add(field.column)
    for table in design.catalogue.tables:
        own = [c for c in table.columns if not c.nullable and c.default is None and c.sensitivity != "secret"]
        lacking = [c.name for c in own if c.name not in shown.get(table.name, set())]
        if table.name in shown and lacking:
            yield finding(
                __name__,
                f"table.{table.name}",
                fact=f"No answer of the API shows {', '.join(lacking)} of {table.name}, which every row has.",
                evidence=f"Shown: {', '.join(sorted(shown[table.name]))}",
                remedy=f"Add {', '.join(lacking)} to a query of {table.name} in the document.",
                severity="advice",
            )
