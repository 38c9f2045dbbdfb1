"""Is the partition key part of the primary key and of every unique constraint?

PostgreSQL enforces uniqueness in each partition by itself, so it refuses a unique key without the partition key.
"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The table cannot be created."
REMEDY = "Add the partition key to the key, or enforce uniqueness in a table that is not partitioned."


def findings(design: Design) -> Iterator[Finding]:
    """Keys and unique indexes of partitioned tables that lack the partition key."""
    for table in design.schema_design.tables:
        if table.partitioning is None:
            continue
        column = table.partitioning.column
        unique = [i for i in design.schema_design.indexes if i.table == table.name and i.unique]
        keys = [("its primary key", table.primary_key)]
        keys += [(f'"{u.name}"', u.columns) for u in (*table.uniques, *table.targets)]
        keys += [(f'"{i.name}"', tuple(key.column or "" for key in i.keys)) for i in unique]
        for name, columns in keys:
            if column not in columns:
                yield finding(
                    __name__,
                    f"table.{table.name}",
                    fact=f'"{table.name}" is partitioned by "{column}", which {name} lacks.',
                    evidence=f"Columns of {name}: {names(columns)}",
                    remedy=f'Add "{column}" to {name}, or do not partition "{table.name}" by it.',
                )
