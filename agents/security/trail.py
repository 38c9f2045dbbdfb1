"""What the audit trail of a project watches, how long it lasts, and whether its months are split: by numbers."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from agents.dialects.postgresql import literal
from agents.knowledge import regulations
from agents.security.basis import found, origin_of
from contracts.requirements import Requirements, Sensitivity
from contracts.schema import SchemaDesign, Table
from contracts.security import Audit

PARTITION_FROM_ROWS = 10_000_000
"""Rows in the trail at the end of its retention from which months are dropped instead of rows deleted: deleting a
month's share in one statement then touches hundreds of thousands of rows and leaves as many dead ones behind."""
CHANGES_PER_ROW = 2.0  # a row is inserted once and changed once on average; the brief says nothing about it
_ABOUT_TRAILS = ("audit log", "audit trail", "activities", "disclosures")
DEFAULT_DAYS = 365  # one year, where neither the brief nor a regulation in it gives a period
MONTHS_AHEAD = 3
_REMOVED: tuple[Sensitivity, ...] = ("secret", "payment")
_SENSITIVE: tuple[Sensitivity, ...] = ("personal", "health", "payment")


@dataclass(frozen=True)
class Trail:
    """The trail of one project: its table, what it watches, how long it lasts and whether months are split."""

    log: str
    tables: tuple[Table, ...]
    days: int
    basis: str
    rows_per_day: float
    partitioned: bool
    start: dt.date
    serves: tuple[str, ...]
    entry: tuple[tuple[str, str], ...] = (("action", "'UPDATE'"), ("changed_columns", "'{}'"))
    """What an entry holds beside table and key, as columns and SQL, for the attempts to forge one."""

    def forged(self, **more: str) -> str:
        """An INSERT of an entry that nothing happened for."""
        made = {"table_name": literal(self.tables[0].name), "row_key": "'1'", "actor_role": "'trial'"}
        made |= {**dict(self.entry), **more}
        return f"INSERT INTO {self.log} ({', '.join(made)}) VALUES ({', '.join(made.values())})"

    def splits(self, rows_per_day: float) -> bool:
        """Whether months pay at this rate."""
        return rows_per_day * self.days >= PARTITION_FROM_ROWS

    def kept_rows(self) -> int:
        """Rows in the trail when retention begins to remove some."""
        return round(self.rows_per_day * self.days)


def trail(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> Trail | None:
    """What is to be watched, None when nobody asks for an audit."""
    protection = requirements.protection
    if not (protection.audit or protection.audited) or not schema.tables:
        return None
    tables = _watched(requirements, schema)
    rate = sum(CHANGES_PER_ROW * table.rows_per_day for table in tables)
    days, basis = _retention(requirements)
    serves = found(requirements, "security.audit", "compliance.", "security.") or tables[0].serves
    return Trail(
        log=free_name(schema, "audit_log", "change_log", "audit_trail_of_rows", "security_audit_log"),
        tables=tables,
        days=days,
        basis=basis,
        rows_per_day=rate,
        partitioned=rate * days >= PARTITION_FROM_ROWS,
        start=start,
        serves=serves,
    )


def _watched(requirements: Requirements, schema: SchemaDesign) -> tuple[Table, ...]:
    """The audited entities of the brief; without any, tables of sensitive data and of business transactions."""
    stated = set(requirements.protection.audited)
    if chosen := tuple(t for t in schema.tables if t.entity in stated):
        return chosen
    inferred = tuple(
        t
        for t in schema.tables
        if t.nature == "transaction" or any(c.sensitivity in _SENSITIVE for c in t.columns if t.nature != "event")
    )
    return inferred or tuple(t for t in schema.tables if t.nature != "event") or schema.tables


def free_name(schema: SchemaDesign, *names: str) -> str:
    """The first of these names that no table of the project has."""
    taken = {table.name for table in schema.tables}
    return next(name for name in names if name not in taken)


def _retention(requirements: Requirements) -> tuple[int, str]:
    """The longest period that somebody asks for: the brief's own for audit or everything, then its regulations'."""
    stated = [
        (r.days, r.basis)
        for r in requirements.retention
        if r.entity and ("audit" in r.entity or "audit" in r.basis.lower())
    ]
    named = {name.lower() for name in requirements.protection.regulations}
    legal = [
        (duty.days, f"{regulation.title}, {duty.source}")
        for regulation in regulations()
        if named & {regulation.key, *(n.lower() for n in regulation.names)}
        for duty in regulation.duties
        if duty.days
        and duty.bound == "minimum"
        and any(w in f"{duty.subject} {duty.text}".lower() for w in _ABOUT_TRAILS)
    ]
    if stated or legal:
        return max(stated + legal)
    return DEFAULT_DAYS, f"the brief gives no period for the trail; {DEFAULT_DAYS} days cover a yearly review"


def audit_of(requirements: Requirements, made: Trail) -> Audit:
    """The contract's element of a trail."""
    return Audit(
        tables=tuple(t.name for t in made.tables),
        log_table=made.log,
        retention_days=made.days,
        origin=origin_of(requirements, made.serves, "an audit was asked for"),
        serves=made.serves,
    )


def partitions(made: Trail) -> list[tuple[str, str, str]]:
    """Name, bounds and lower bound of each month from the start on, and a default for what falls outside."""
    if not made.partitioned:
        return []
    months = [_month(made.start, ahead) for ahead in range(MONTHS_AHEAD + 2)]
    found_months = [
        (f"{made.log}_{low:%Y_%m}", f"FOR VALUES FROM ('{low} 00:00+00') TO ('{high} 00:00+00')", str(low))
        for low, high in pairwise(months)
    ]
    return [*found_months, (f"{made.log}_default", "DEFAULT", "")]


def _month(start: dt.date, ahead: int) -> dt.date:
    """The first day of the month `ahead` months after the start's."""
    years, month = divmod(start.month - 1 + ahead, 12)
    return dt.date(start.year + years, month + 1, 1)


REFUSE = "refuse_change_of_trail"


def removed_columns(table: Table) -> tuple[str, ...]:
    """Columns whose values never enter the trail: that they changed is recorded, the values are not."""
    return tuple(c.name for c in table.columns if c.sensitivity in _REMOVED)
