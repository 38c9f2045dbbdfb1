"""Does the document's SQL make everything that the design speaks of?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._sql import words_of_script
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A table, index, partition, policy or query is described and does not exist in the database."
QUERIES = ("queries", "monitoring")
"""Sections whose statements need not name what they show: not every engine prepares a query under a name."""
REMEDY = "Add the statement that makes it, or drop the description."


def findings(design: Design) -> Iterator[Finding]:
    """Elements whose name stands in no statement of the script."""
    words, count = words_of_script(design), len(design.script())
    shown = {statement.element.rpartition(".")[2] for statement in design.script() if statement.section in QUERIES}
    for kind, name in dict.fromkeys(_made(design)):
        if name not in words and not (kind.endswith("query") and name in shown):
            yield finding(
                __name__,
                f"{kind.replace(' ', '_')}.{name}",
                fact=f'No statement of the document makes {kind} "{name}".',
                evidence=f"{count} statements",
                remedy=f'Add the statement that makes "{name}", or drop it from the design.',
            )


def _made(design: Design) -> Iterator[tuple[str, str]]:
    for table in design.schema_design.tables:
        yield "table", table.name
        yield from (("column", column.name) for column in table.columns)
        yield from (("check", check.name) for check in table.checks)
        yield from (("unique", unique.name) for unique in (*table.uniques, *table.targets))
        yield from (("exclusion", exclusion.name) for exclusion in table.exclusions)
        yield from (("foreign key", key.name) for key in table.foreign_keys)
        yield from (("partition", p.name) for p in (table.partitioning.partitions if table.partitioning else ()))
    yield from (("index", index.name) for index in design.schema_design.indexes)
    yield from (("query", query.name) for query in design.schema_design.queries)
    yield from (("monitoring query", query.name) for query in design.operations.monitoring)
    yield from (("role", role.name) for role in design.security.roles)
    yield from (("policy", policy.name) for policy in design.security.policies)
