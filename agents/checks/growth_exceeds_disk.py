"""Do a year's rows fit on the disk, and within the period for which they are kept?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._units import in_bytes
from agents.scaling.disk import FILLED, retained
from agents.scaling.logs import with_logs
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The disk fills up before anybody planned to look, and a server without space stops taking writes."
REMEDY = "Take a larger disk, keep rows for a shorter time, or say that they are kept longer."

GB = 1 << 30


def findings(design: Design) -> Iterator[Finding]:
    """A first year above four fifths of the disk, and growth above what arrives within a retention period."""
    room = design.scaling.disk
    if room is not None:
        said = {s.name: s.value for s in design.scaling.settings}
        log = sum(in_bytes(said.get(name, "")) or 0.0 for name in ("max_wal_size", "max_slot_wal_keep_size"))
        data = sum(g.heap_bytes.value + g.index_bytes.value for g in design.scaling.growth if g.years == 1)
        if data + log > room.value * GB * FILLED:
            yield finding(
                __name__,
                "scaling.disk",
                fact=f"After a year {(data + log) / GB:.1f} GB stand on a disk of {room.value:g} GB.",
                evidence=f"tables and indexes {data:.0f} + write-ahead log {log:.0f} bytes, at most {FILLED:g} of it",
                remedy=REMEDY,
            )
    yield from _beyond_retention(design)


def _beyond_retention(design: Design) -> Iterator[Finding]:
    """Rows after some years against the rows that arrive, at that year's rate, within the period."""
    yearly = 1 + (design.requirements.targets.yearly_growth_percent or 0) / 100
    asked, schema = with_logs(design.requirements, design.schema_design)
    periods = {table.name: (table, rule) for table, rule in retained(asked, schema)}
    for growth in (g for g in design.scaling.growth if g.table in periods):
        table, rule = periods[growth.table]
        most = table.rows_per_day * yearly**growth.years * rule.days
        if growth.rows.value > most + 1:
            yield finding(
                __name__,
                f"growth.{table.name}",
                fact=f'"{table.name}" is planned with {growth.rows.value:,.0f} rows after {growth.years} years, and '
                f"{most:,.0f} arrive in the {rule.days} days that they are kept.",
                evidence=growth.rows.formula,
                remedy=f'Count what retention removes from "{table.name}", or leave its period out.',
            )
