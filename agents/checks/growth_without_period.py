"""Is somebody asked how long rows are kept, where a table without a period outgrows the disk?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.scaling.disk import FILLED
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The largest cost of the system is nobody's decision, and is noticed when the disk is full."
REMEDY = "State how long its rows are kept, or ask for it as an open question with a proposed period."

GB = 1 << 30


def findings(design: Design) -> Iterator[Finding]:
    """Tables without retention whose last year in the growth table does not fit on the disk, and no question asks."""
    room, plan = design.scaling.disk, design.scaling
    if room is None or any(rule.entity is None for rule in design.requirements.retention):
        return
    kept = {rule.entity for rule in design.requirements.retention}
    bounded = {table.name for table in design.schema_design.tables if table.entity in kept or table.kept_days}
    logs = (design.security.audit, design.security.access_log)  # each with its period, which a function ends
    bounded |= {log.log_table for log in logs if log is not None}
    asked = " ".join(question.question for question in plan.questions)
    last = max((growth.years for growth in plan.growth), default=0)
    for growth in (g for g in plan.growth if g.years == last and g.table not in bounded):
        size = growth.heap_bytes.value + growth.index_bytes.value
        if size > room.value * GB * FILLED and growth.table not in asked.split():
            yield finding(
                __name__,
                f"growth.{growth.table}",
                fact=f'"{growth.table}" takes {size / GB:,.0f} GB after {last} years on a disk of {room.value:g} GB, no'
                " period is stated, and no question asks for one.",
                evidence=growth.rows.formula,
                remedy=f'State how long rows of "{growth.table}" are kept, or ask.',
            )
