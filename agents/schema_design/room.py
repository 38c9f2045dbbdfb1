"""Where synthetic rows find room: limits on sums that are raised, and parents whose state lets a sum change."""

from collections.abc import Iterable

from agents.dialects.postgresql import literal, quoted
from agents.schema_design.dataset import FAN_OUT, ROWS
from contracts.schema import Lifecycle, Total


def ample(kept: Iterable[Total]) -> frozenset[tuple[str, str]]:
    """The columns that limit a sum: synthetic rows give them room."""
    return frozenset((total.table, total.column) for total in kept if total.operator == "<=")


def open_parents(kept: Iterable[Lifecycle], totals: Iterable[Total]) -> dict[tuple[str, str], str]:
    """Where a new row changes a sum that its frozen parent keeps: a parent without children whose state allows it."""
    by_table = {life.table: life for life in kept if life.frozen}
    return {
        (total.child, total.reference): f"(SELECT id FROM {quoted(life.table)} WHERE {quoted(life.column)} "
        f"NOT IN ({', '.join(map(literal, life.frozen))}) AND id > {ROWS // FAN_OUT} ORDER BY id LIMIT 1)"
        for total in totals
        if total.operator == "=" and (life := by_table.get(total.table)) and total.column in life.columns
    }
