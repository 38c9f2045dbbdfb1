"""Does every table have a primary key, made of columns that it has?"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Rows cannot be named, so they cannot be updated one by one, replicated logically or referenced."
REMEDY = "Give the table a primary key."


def findings(design: Design) -> Iterator[Finding]:
    """Tables without a primary key, or with one over a missing or nullable column."""
    for table in design.schema_design.tables:
        strict = {column.name for column in table.columns if not column.nullable}
        lacking = [name for name in table.primary_key if name not in strict]
        if not table.primary_key:
            yield finding(
                __name__,
                f"table.{table.name}",
                fact=f'Table "{table.name}" has no primary key.',
                evidence="Columns: " + names(column.name for column in table.columns),
                remedy=f'Give "{table.name}" an identity column "id" as its primary key, or key it by its references.',
            )
        elif lacking:
            yield finding(
                __name__,
                f"table.{table.name}",
                fact=f'The primary key of "{table.name}" names {names(lacking)}, which it lacks or which may be NULL.',
                evidence="Columns that are never NULL: " + names(sorted(strict)),
                remedy=f'Make {names(lacking)} a NOT NULL column of "{table.name}" or leave it out of the key.',
            )
