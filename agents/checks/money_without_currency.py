"""Does every amount of money say its currency?

By a column of its row or of a row that it must refer to, or by the unit in the column's comment.
"""

import re
from collections.abc import Iterator, Mapping

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Table

MEANS = "Amounts of different currencies are added up, and nobody can tell afterwards."
REMEDY = "Add a currency column, or say in the column's comment which currency all amounts have."

_DEPTH = 3


def findings(design: Design) -> Iterator[Finding]:
    """Money columns whose currency nothing states."""
    tables = {table.name: table for table in design.schema_design.tables}
    for table in tables.values():
        for column in table.columns:
            said = re.search(r"\bUnit: \S", column.comment)
            if column.type == "money" and not said and not _has_currency(table, tables, _DEPTH):
                yield finding(
                    __name__,
                    f"column.{table.name}.{column.name}",
                    fact=f'"{table.name}"."{column.name}" holds money, and nothing says of which currency.',
                    evidence=f"Comment: {column.comment or 'none'}",
                    remedy=f'Add "currency_code" to "{table.name}", or name the currency in the comment.',
                )


def _has_currency(table: Table, tables: Mapping[str, Table], depth: int) -> bool:
    if any(column.type == "currency" for column in table.columns):
        return True
    strict = {column.name for column in table.columns if not column.nullable}
    parents = (tables.get(key.references) for key in table.foreign_keys if set(key.columns) <= strict)
    return depth > 0 and any(_has_currency(parent, tables, depth - 1) for parent in parents if parent)
