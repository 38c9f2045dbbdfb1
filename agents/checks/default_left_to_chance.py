"""Does every default give the value that a reader expects, for each row anew?"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._sql import without_text
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Column

MEANS = "Rows get values that nobody chose: by chance, or the moment at which the table was made."
REMEDY = "Use a constant, now(), an identity or a UUID."

_CHANCE = re.compile(r"\b(random|timeofday|pg_backend_pid|txid_current)\s*\(", re.IGNORECASE)
_FROZEN = re.compile(r"^\s*(timestamptz|timestamp|date)?\s*'[^']*'", re.IGNORECASE)


def findings(design: Design) -> Iterator[Finding]:
    """Defaults by chance, and moments that were taken once."""
    for table in design.schema_design.tables:
        for column in table.columns:
            if problem := _problem(column):
                yield finding(
                    __name__,
                    f"column.{table.name}.{column.name}",
                    fact=f'The default of "{table.name}"."{column.name}" is {problem}.',
                    evidence=f"DEFAULT {column.default}",
                    remedy=f'Give "{column.name}" a constant or now(), or no default.',
                )


def _problem(column: Column) -> str:
    if column.default is None:
        return ""
    if _CHANCE.search(without_text(column.default)):
        return "left to chance"
    if column.type == "timestamp" and _FROZEN.match(column.default):
        return "one moment for all rows"
    return ""
