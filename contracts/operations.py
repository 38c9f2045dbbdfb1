"""Backup, monitoring, alerts, environments and the testing strategy."""

from typing import Literal

from contracts.base import Contract, Decision, Element, ElementId, Figure, Identifier, Omission, Statement
from contracts.claims import Claim
from contracts.requirements import OpenQuestion


class Backup(Element):
    """How data is brought back: method, figures for RPO and RTO, and the commands in the engine's tools.

    `recovery_time` is after the loss of the server, `repair_time` after a mistake that every replica has repeated, and
    `restore_time` what copying everything back takes. `snapshot_hours` is there where that is too slow; the sizes in
    `repository_bytes` are those of copies and archived log.
    """

    method: str
    full_interval_hours: Figure
    archive_interval_seconds: Figure | None
    recovery_point: Figure
    recovery_time: Figure
    repair_time: Figure | None = None
    restore_time: Figure | None = None
    copy_hours: Figure | None = None
    snapshot_hours: Figure | None = None
    repository_bytes: Figure | None = None
    retention_days: Figure
    commands: tuple[str, ...] = ()
    restore_test: str


class MonitoringQuery(Element):
    """A query for operators; its PREPARE statement is part of the document and is executed in the proof."""

    name: Identifier
    title: str
    sql: str
    needs: tuple[str, ...] = ()


class Alert(Element):
    """A condition that wakes somebody, its threshold by formula, and the first thing to do."""

    name: Identifier
    query: Identifier | None
    metric: str
    threshold: Figure
    severity: Literal["page", "ticket"]
    runbook: str


class Environment(Element):
    """One environment's configuration: (setting, value) pairs grouped by subject."""

    name: Literal["development", "test", "staging", "production"]
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


class TestCase(Element):
    """One case of the testing strategy, with the claims that already prove it."""

    __test__ = False  # not a test class of pytest's

    category: Literal["unit", "integration", "performance", "data_quality", "security", "recovery"]
    name: Identifier
    what: str
    claims: tuple[ElementId, ...] = ()


class OperationsPlan(Contract):
    """How the database is run; `statements` stand in the document's monitoring section."""

    backup: Backup
    monitoring: tuple[MonitoringQuery, ...] = ()
    alerts: tuple[Alert, ...] = ()
    environments: tuple[Environment, ...] = ()
    tests: tuple[TestCase, ...] = ()
    statements: tuple[Statement, ...] = ()
    decisions: tuple[Decision, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
    omissions: tuple[Omission, ...] = ()
    claims: tuple[Claim, ...] = ()
