"""Does uniqueness hold where a column may be NULL?

Two NULLs are different to a UNIQUE constraint, so rows with NULL repeat freely. Often that is meant: advice only.
"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Rows with NULL in that column may repeat, although the others are unique."
REMEDY = "Make the column NOT NULL, or accept that unknown values repeat."


def findings(design: Design) -> Iterator[Finding]:
    """Unique constraints over several columns of which one may be NULL (alone, NULL just means unknown)."""
    for table in design.schema_design.tables:
        nullable = {column.name for column in table.columns if column.nullable}
        for unique in table.uniques:
            loose = [name for name in unique.columns if name in nullable]
            if loose and len(unique.columns) > 1:
                yield finding(
                    __name__,
                    f"unique.{table.name}.{unique.name}",
                    fact=f'"{unique.name}" lets rows of "{table.name}" repeat where {names(loose)} is NULL.',
                    evidence=f"Unique together: {names(unique.columns)}",
                    remedy=f"Make {names(loose)} NOT NULL, or use NULLS NOT DISTINCT.",
                    severity="advice",
                )
