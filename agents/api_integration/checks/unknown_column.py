"""Does every column that a body or parameter shows exist, with the same limits?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from agents.api_integration.values import value_of
from contracts.api import ApiIntegration, Operation, Value
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "Clients are promised a field that the database cannot give, or limits that it does not have."
REMEDY = "Generate the API again from the document as it stands."

_LIMITS = ("type", "format", "enum", "max_length", "minimum", "maximum", "pattern")


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Fields and parameters whose column is not there, or whose limits differ from the column's."""
    for operation in api.operations:
        for place, table, column, value in _columns(operation):
            fault = _fault(design, table, column, value)
            if fault:
                yield finding(
                    __name__,
                    f"operation.{operation.id}.{place}",
                    fact=f'"{place}" of {operation.method.upper()} {operation.path} {fault}.',
                    evidence=f'Column "{table}.{column}"',
                    remedy=f'Correct "{table}.{column}" in the document or "{place}" in the API.',
                )


def _columns(operation: Operation) -> Iterator[tuple[str, str, str, Value]]:
    """(place, table, column, value) of what stands for a column."""
    for shape in (operation.body, operation.result):
        if shape is not None:
            fields = [one for field in shape.fields for one in (field, *field.parts)]
            yield from ((f"{shape.name}.{f.name}", f.table, f.column, f.value) for f in fields if f.column)
    for parameter in operation.parameters:
        if parameter.column:
            yield parameter.name, parameter.table, parameter.column, parameter.value


def _fault(design: PublishedDesign, table: str, column: str, value: Value) -> str:
    try:
        home = design.data_table(table)
        real = value_of(home.column(column), home)
    except KeyError:
        return "stands for a column that the database does not have"
    differing = [name for name in _LIMITS if getattr(real, name) != getattr(value, name)]
    return f"has another {', '.join(differing)} than its column" if differing else ""
