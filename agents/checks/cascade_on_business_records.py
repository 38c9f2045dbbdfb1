"""Do business records outlive the people they are about?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Table

MEANS = "Deleting one account deletes orders, payments or logs that the business, or the law, still needs."
REMEDY = "Restrict the deletion, and anonymise the person instead."


def findings(design: Design) -> Iterator[Finding]:
    """Transactions and events that vanish with a person, unless the brief says that the person owns them."""
    tables = {table.name: table for table in design.schema_design.tables}
    for table in tables.values():
        for key in table.foreign_keys:
            parent = tables.get(key.references)
            if table.nature not in ("transaction", "event") or key.on_delete != "cascade" or parent is None:
                continue
            if parent.nature == "person" and not _owned(design, parent, table):
                yield finding(
                    __name__,
                    f"foreign_key.{table.name}.{key.name}",
                    fact=f'Deleting a row of "{parent.name}" deletes its rows of "{table.name}" by cascade.',
                    evidence=f'"{table.name}" holds {table.nature}s; the reason given is: {key.because}',
                    remedy=f'Use ON DELETE RESTRICT in "{key.name}", and anonymise "{parent.name}" instead.',
                )


def _owned(design: Design, parent: Table, child: Table) -> bool:
    return any(
        (related.owned or related.deleted_with) and related.parent == parent.entity and related.child == child.entity
        for related in design.requirements.relationships
    )
