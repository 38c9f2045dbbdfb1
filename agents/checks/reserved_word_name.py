"""Can every table and column be written without quotes?"""

from collections.abc import Iterator

from agents import dialects
from agents.checks._finding import finding
from agents.dialects import Family
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Everybody who writes SQL by hand meets a syntax error until they quote the name."
REMEDY = "Choose another name."


def findings(design: Design) -> Iterator[Finding]:
    """Names of tables and columns that the engine reserves."""
    family = dialects.family(design.schema_design.dialect)
    for table in design.schema_design.tables:
        if table.name in family.reserved:
            yield _finding(family, f"table.{table.name}", f'Table "{table.name}"', table.name, f"{table.name}_records")
        for column in table.columns:
            if column.name in family.reserved:
                what = f'Column "{column.name}" of "{table.name}"'
                yield _finding(family, f"column.{table.name}.{column.name}", what, column.name, f"{column.name}_value")


def _finding(family: Family, element: str, what: str, name: str, better: str) -> Finding:
    return finding(
        __name__,
        element,
        fact=f"{what} is named by a reserved word.",
        evidence=f'"{name}" stands among the {len(family.reserved)} reserved words of {family.label}.',
        remedy=f'Name it "{better}", for example.',
    )
