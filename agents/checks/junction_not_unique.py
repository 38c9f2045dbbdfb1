"""Does a junction table link each two rows at most once?"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The same link stands twice, counts double, and half of it stays when it is removed."
REMEDY = "Make both references together the primary key or unique."


def findings(design: Design) -> Iterator[Finding]:
    """Junction tables in which no key lies within their references."""
    for table in design.schema_design.tables:
        if table.nature != "junction":
            continue
        linked = {column for key in table.foreign_keys for column in key.columns}
        keys = [key for key in (table.primary_key, *(u.columns for u in table.uniques)) if key]
        if not any(set(key) <= linked for key in keys):
            yield finding(
                __name__,
                f"table.{table.name}",
                fact=f'"{table.name}" takes the same link twice: no key over {names(sorted(linked))}.',
                evidence="Keys: " + ("; ".join(names(key) for key in keys) or "none"),
                remedy=f'Make {names(sorted(linked))} together the primary key of "{table.name}".',
            )
