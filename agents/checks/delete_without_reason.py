"""Is it decided, and said why, what happens to the rows of a table when the row that they name is deleted?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import ForeignKey, Table

MEANS = "A deletion does by default what nobody chose, or fails in production for the first time."
REMEDY = "Choose by ownership: a part goes with its whole, a record stays, a reference may become NULL."


def findings(design: Design) -> Iterator[Finding]:
    """Foreign keys without a reason, or whose action their own columns refuse."""
    for table in design.schema_design.tables:
        for key in table.foreign_keys:
            if problem := _problem(table, key):
                yield finding(
                    __name__,
                    f"foreign_key.{table.name}.{key.name}",
                    fact=f'"{key.name}" of "{table.name}" is on delete {key.on_delete}: {problem}.',
                    evidence=f"The reason given: {key.because.strip() or 'none'}",
                    remedy=f'Say what happens to rows of "{table.name}" without their row of "{key.references}".',
                )


def _problem(table: Table, key: ForeignKey) -> str:
    strict = [c.name for c in table.columns if c.name in key.columns and not c.nullable]
    if key.on_delete == "set null" and strict:
        return f'"{strict[0]}" may not be NULL, so the deletion fails'
    if key.on_delete == "no action" or not key.because.strip():
        return "nobody decided it"
    return ""
