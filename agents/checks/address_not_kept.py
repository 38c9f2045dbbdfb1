"""Does an order or invoice keep the address that it was made with?"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from agents.schema_design.snapshots import copied_columns, kept_addresses
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = (
    "When somebody moves, every old order and invoice shows the new address, and nobody knows where goods were sent."
)
REMEDY = "Copy the lines of the address into the row when the row is made."


def findings(design: Design) -> Iterator[Finding]:
    """Business records that refer to an address and keep none of its lines."""
    tables = {table.name: table for table in design.schema_design.tables}
    for table in tables.values():
        known = {column.name for column in table.columns}
        for key, there in kept_addresses(table, tables):
            lacking = [c.name for c in copied_columns(key, there, optional=False) if c.name not in known]
            if lacking:
                yield finding(
                    __name__,
                    f"foreign_key.{key.name}",
                    fact=f'"{table.name}" refers to a row of "{there.name}" and does not keep {names(lacking)}.',
                    evidence=f'A row of "{there.name}" may change after the row of "{table.name}" was made.',
                    remedy=f'Add {names(lacking)} to "{table.name}", copied when the row is made.',
                )
