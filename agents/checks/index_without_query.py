"""Is every index needed by a query, a foreign key, a constraint or a policy?"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding, names
from agents.checks._keys import columns_of, starts_with
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Table
from contracts.security import SecurityPlan

MEANS = "Writes pay for an index that no read is known to use."
REMEDY = "Name the query that needs the index, or drop it."


def findings(design: Design) -> Iterator[Finding]:
    """Indexes that no query names and that back nothing."""
    known = design.schema_design.prepared()
    tables = {table.name: table for table in design.schema_design.tables}
    for index in design.schema_design.indexes:
        if index.unique or any(name in known for name in index.queries):
            continue
        table, columns = tables.get(index.table), columns_of(index)
        if table is None or not columns or not _backs(design.security, table, columns):
            yield finding(
                __name__,
                f"index.{index.name}",
                fact=f'No query, foreign key, constraint or policy needs index "{index.name}" on "{index.table}".',
                evidence=f"Queries it names: {names(index.queries) or 'none'}",
                remedy=f'Name the query that needs "{index.name}", or drop it.',
            )


def _backs(security: SecurityPlan, table: Table, columns: tuple[str, ...]) -> bool:
    """Whether a foreign key, a row-level policy or the deletion of old rows reads through these columns."""
    policies = [policy.using for policy in security.policies if policy.table == table.name]
    return (
        any(starts_with(columns, key.indexed) for key in table.foreign_keys)
        or any(re.search(rf"\b{re.escape(columns[0])}\b", using) for using in policies)
        or (columns[0] in _times(table) and _deletes(security, table.name))
    )


def _times(table: Table) -> set[str]:
    return {column.name for column in table.columns if column.type in ("timestamp", "date")}


def _deletes(security: SecurityPlan, table: str) -> bool:
    return any(rule.table == table and rule.method in ("delete", "anonymise") for rule in security.retention)
