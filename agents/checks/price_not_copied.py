"""Does a sale keep the price at which it was made?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "When the price of the product changes, every old order and invoice changes with it."
REMEDY = "Copy the price into the row when the row is made."


def findings(design: Design) -> Iterator[Finding]:
    """Rows that count units of something that has a price, and keep no amount of their own."""
    tables = {table.name: table for table in design.schema_design.tables}
    for table in tables.values():
        counts = [c.name for c in table.columns if c.type in ("integer", "decimal") and "quantity" in c.name]
        if table.nature != "transaction" or not counts or any(c.type == "money" for c in table.columns):
            continue
        for key in table.foreign_keys:
            parent = tables.get(key.references)
            priced = [c.name for c in parent.columns if c.type == "money" and "price" in c.name] if parent else []
            if parent and parent.nature in ("master", "reference") and priced:
                yield finding(
                    __name__,
                    f"table.{table.name}",
                    fact=f'"{table.name}" counts {counts[0]} of "{parent.name}" and keeps no price of its own.',
                    evidence=f'"{parent.name}"."{priced[0]}" is today\'s price.',
                    remedy=f'Add "unit_price" to "{table.name}", copied from "{parent.name}" when the row is made.',
                )
