"""Where synthetic rows find room: limits and stocks that are raised, and parents whose state lets a sum change."""

from collections.abc import Iterable

from agents.dialects.postgresql import literal, quoted
from agents.schema_design.row_keys import ROWS
from agents.schema_design.row_values import FAN_OUT
from contracts.schema import Lifecycle, Total, Withdrawal


def ample(kept: Iterable[Total], taken: Iterable[Withdrawal] = ()) -> frozenset[tuple[str, str]]:
    """The columns that limit a sum, and those from which parts take: synthetic rows give them room."""
    limits = ((total.table, total.column) for total in kept if total.operator == "<=")
    return frozenset((*limits, *((one.table, one.column) for one in taken)))


def open_parents(kept: Iterable[Lifecycle], totals: Iterable[Total]) -> dict[tuple[str, str], Lifecycle]:
    """The references by which a new row changes a sum that a frozen parent keeps, with what freezes the parent."""
    by_table = {life.table: life for life in kept if life.frozen}
    return {
        (total.child, total.reference): life
        for total in totals
        if total.operator == "=" and (life := by_table.get(total.table)) and total.column in life.columns
    }


FIRST_OPEN = ROWS // FAN_OUT
"""Parents up to this one have children among the loaded rows."""


def open_parent(life: Lifecycle) -> str:
    """A parent without children whose state lets a sum change."""
    return (
        f"(SELECT id FROM {quoted(life.table)} WHERE {quoted(life.column)} "
        f"NOT IN ({', '.join(map(literal, life.frozen))}) AND id > {FIRST_OPEN} ORDER BY id LIMIT 1)"
    )
