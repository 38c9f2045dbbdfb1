"""May the name of a deleted row be given again?"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A person who was deleted can never register again, and the error names nobody."
REMEDY = "Make it unique among the rows that are not deleted, by a partial index."


def findings(design: Design) -> Iterator[Finding]:
    """Unique constraints on one column of a table whose rows are only marked as deleted."""
    for table in design.schema_design.tables:
        if not any(column.name == "deleted_at" for column in table.columns):
            continue
        for unique in table.uniques:
            if len(unique.columns) == 1 and not any(k.columns == unique.columns for k in table.foreign_keys):
                yield finding(
                    __name__,
                    f"unique.{table.name}.{unique.name}",
                    fact=f'"{unique.name}" counts rows of "{table.name}" that are marked as deleted.',
                    evidence=f'Unique: {names(unique.columns)}; "deleted_at" marks deleted rows.',
                    remedy=f'Replace "{unique.name}" by a unique index WHERE deleted_at IS NULL.',
                )
