"""Will every CHECK give tomorrow the answer that it gives today?

PostgreSQL accepts a CHECK that asks for the time, and tries it only when a row is written: rows that pass today make a
dump fail when it is restored.
"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._sql import without_text
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A backup of valid rows cannot be restored, and rows that break the rule stay where they are."
REMEDY = "Compare columns of the row; what depends on the time belongs in a trigger or in a query."

_CHANGING = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|gen_random_uuid|nextval"
    r"|current_setting|age)\s*\(|\b(current_date|current_time|current_timestamp|localtime|localtimestamp|current_user"
    r"|session_user)\b",
    re.IGNORECASE,
)


def findings(design: Design) -> Iterator[Finding]:
    """CHECKs and generated columns that call something whose answer changes."""
    for table in design.schema_design.tables:
        written = [(check.name, check.expression) for check in table.checks]
        written += [(column.name, column.generated) for column in table.columns if column.generated]
        for name, expression in written:
            if called := _CHANGING.search(without_text(expression)):
                yield finding(
                    __name__,
                    f"check.{table.name}.{name}",
                    fact=f'"{name}" of "{table.name}" asks for {called[1] or called[2]}, which changes by itself.',
                    evidence=expression,
                    remedy=f'Store the moment in a column of "{table.name}" and compare with it.',
                )
