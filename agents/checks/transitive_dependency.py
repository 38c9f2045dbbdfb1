"""Is every table in Boyce–Codd normal form, apart from what a decision keeps as it was at the time?

A column that the brief itself asks for stays, and is advice.
"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from agents.schema_design.normal_form import all_dependencies
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "One fact stands in many rows; an update of some of them leaves rows that contradict each other."
REMEDY = "Read the column through the reference, or decide and say that it holds the value at the time."


def findings(design: Design) -> Iterator[Finding]:
    """Columns that a reference determines although it is no key, without a decision that names them."""
    decided = {d.id: d.choice for d in design.schema_design.decisions}
    for found in all_dependencies(design.schema_design.tables):
        table, column, key = found.table.name, found.column.name, found.key
        if re.search(rf"\b{column}\b", decided.get(f"decision.copy.{table}", "")):
            continue
        parent = f'"{key.references}"."{found.source.name}"'
        yield finding(
            __name__,
            f"column.{table}.{column}",
            fact=f'"{table}" is not in Boyce–Codd normal form: "{key.columns[0]}" determines "{column}", '
            f'and is no key of "{table}".',
            evidence=f"{parent} says the same of the row that {key.name} names.",
            remedy=f'Read {parent} by a join and drop "{column}", or decide that it keeps the value at the time.',
            severity="advice" if found.column.origin.kind == "stated" else "error",
        )
