"""Are money and percentages stored as exact numbers?"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Sums drift by rounding, and two ways of adding the same amounts disagree."
REMEDY = "Use numeric with a stated scale."

_BINARY = re.compile(r"^(real|double|double precision|float\d*|float\(\d+\))$")


def findings(design: Design) -> Iterator[Finding]:
    """Money or percentages in a binary float, unless the engine has no other type and a gap says so."""
    told = {name for gap in design.schema_design.gaps for name in gap.elements}
    for table in design.schema_design.tables:
        for column in table.columns:
            lossy = column.type == "money" or (column.type == "percentage" and column.name not in told)
            if lossy and _BINARY.match(column.sql_type.lower().strip()):
                yield finding(
                    __name__,
                    f"column.{table.name}.{column.name}",
                    fact=f'"{table.name}"."{column.name}" holds {column.type} as {column.sql_type}, a binary float.',
                    evidence="0.1 + 0.2 is 0.30000000000000004 in a binary float.",
                    remedy=f'Make "{column.name}" numeric(14,{2 if column.type == "money" else 4}).',
                )
