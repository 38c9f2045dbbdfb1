"""Do the generated keys last longer than the table?"""

from collections.abc import Iterator

from agents import dialects
from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "At 2,147,483,647 rows ever inserted every INSERT fails, and widening the key rewrites the table."
REMEDY = "Use bigint; beside 8-byte neighbours a 4-byte key saves no space."


def findings(design: Design) -> Iterator[Finding]:
    """Identity columns of less than eight bytes."""
    narrow = dialects.family(design.schema_design.dialect).narrow_integers
    for table in design.schema_design.tables:
        for column in table.columns:
            if column.identity and column.sql_type.lower() in narrow:
                yield finding(
                    __name__,
                    f"column.{table.name}.{column.name}",
                    fact=f'"{table.name}"."{column.name}" is generated as {column.sql_type}.',
                    evidence=f"{table.expected_rows:,} rows at launch, {table.rows_per_day:,.0f} more each day",
                    remedy=f'Make "{column.name}" bigint, and every column that references it.',
                )
