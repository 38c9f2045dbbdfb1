"""Questions that the numbers raise: a table that outgrows the disk although nobody says how long its rows are kept."""

from agents.figures import byte_text, counted, plain
from agents.scaling.demand import days_until, rows_after, table_bytes, total_bytes
from contracts.base import Figure, Input
from contracts.requirements import OpenQuestion, Requirements
from contracts.schema import SchemaDesign, Table

YEARS = 5
PERIODS = (30, 60, 90, 180, 365, 730, 1_095, 1_825)
"""Days that people keep things for."""
_PERSONAL = ("personal", "health", "payment", "secret")


def growth_questions(
    requirements: Requirements, schema: SchemaDesign, disk: Figure | None, room: Input | None
) -> tuple[OpenQuestion, ...]:
    """One for each table that, without a period, outgrows within five years the disk that the first year needs."""
    if disk is None or room is None:
        return ()
    return tuple(_question(requirements, schema, t, disk, room) for t in unbounded(requirements, schema, room.value))


def unbounded(requirements: Requirements, schema: SchemaDesign, room: float) -> list[Table]:
    """Tables that grow each day, have no period, and are larger after five years than the room for all data."""
    kept = {rule.entity for rule in requirements.retention}
    return [
        table
        for table in schema.tables
        if table.rows_per_day > 0
        and table.entity not in kept
        and table.kept_days is None
        and None not in kept
        and table_bytes(requirements, schema, table, YEARS) > room
    ]


def _question(
    requirements: Requirements, schema: SchemaDesign, table: Table, disk: Figure, room: Input
) -> OpenQuestion:
    rows, size = rows_after(requirements, table, YEARS).value, table_bytes(requirements, schema, table, YEARS)
    period = proposed_period(requirements, schema, table, room.value)
    kept_rows = _daily(requirements, table) * period
    kept = size / rows * kept_rows
    full = days_until(room.value, lambda years: total_bytes(requirements, schema, years))
    when = "never" if full is None else f"after {counted(full, 'day')}"
    personal = [c.name for c in table.columns if c.sensitivity in _PERSONAL]
    held = f" It holds personal data ({', '.join(personal)}), which may be kept no longer than their purpose lasts"
    law = f"{held} (GDPR Art. 5(1)(e))." if personal else ""
    entity = (table.entity or table.name).replace("_", " ")
    return OpenQuestion(
        id=f"question.retention-{table.name.replace('_', '-')}",
        question=f"How long are the rows of {table.name} kept? The brief names no period, and {plain(rows)} rows with"
        f" {byte_text(size)} stand in it after {YEARS} years.{law} Proposed: {period} days, for"
        f' example "{entity} is kept for {period} days". At most {plain(kept_rows)} rows with {byte_text(kept)} stand'
        f" there then, {plain(round(100 * (1 - kept / size)))} % less, and the disk of {plain(disk.value)} GB lasts"
        f" {YEARS} years",
        reading=f"every row is kept, the disk is sized for the first year and full {when}",
    )


def proposed_period(requirements: Requirements, schema: SchemaDesign, table: Table, room: float) -> int:
    """The longest usual period with which the disk of the first year is large enough for five; the shortest if none."""
    others = total_bytes(requirements, schema, YEARS) - table_bytes(requirements, schema, table, YEARS)
    rows = rows_after(requirements, table, YEARS).value
    per_row = table_bytes(requirements, schema, table, YEARS) / rows
    a_day = _daily(requirements, table) * per_row
    fitting = [days for days in PERIODS if others + days * a_day <= room]
    return fitting[-1] if fitting else PERIODS[0]


def _daily(requirements: Requirements, table: Table) -> float:
    growth = (requirements.targets.yearly_growth_percent or 0) / 100
    return float(table.rows_per_day * (1 + growth) ** YEARS)
