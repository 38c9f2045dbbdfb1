"""Can each row-level policy find its rows by an index?

A policy adds its condition to every query on the table, so a condition without an index makes all of them slow.
"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding, names
from agents.checks._keys import indexes_by_table, lookup_keys
from agents.checks._sql import without_text
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Every read of the table pays for its protection with a full scan."
REMEDY = "Create an index that starts with the policy's column."


def findings(design: Design) -> Iterator[Finding]:
    """Policies that compare columns of their table of which none leads an index."""
    tables = {table.name: table for table in design.schema_design.tables}
    indexes = indexes_by_table(design)
    for policy in design.security.policies:
        table = tables.get(policy.table)
        if table is None:
            continue
        words = set(re.findall(r"\w+", without_text(policy.using)))
        compared = [column.name for column in table.columns if column.name in words]
        leading = {key[0] for key in lookup_keys(table, indexes[table.name]) if key}
        if compared and not leading & set(compared):
            yield finding(
                __name__,
                f"policy.{policy.table}.{policy.name}",
                fact=f'Policy "{policy.name}" on "{table.name}" compares {names(compared)}; no index starts so.',
                evidence=policy.using,
                remedy=f'Create an index on "{table.name}" that starts with {names(compared[:1])}.',
            )
