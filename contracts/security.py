"""Roles, grants, row-level policies, classification, audit, retention."""

from typing import Literal

from contracts.base import Contract, Decision, Element, Identifier, Omission, Statement
from contracts.caching import CodeSample
from contracts.claims import Claim
from contracts.requirements import OpenQuestion, Sensitivity


class Role(Element):
    """A database role without login; people and services get it by membership."""

    name: Identifier
    purpose: str


class Grant(Element):
    """Privileges of a role on a table; with `columns`, only on these."""

    role: Identifier
    table: Identifier
    privileges: tuple[Literal["select", "insert", "update", "delete"], ...]
    columns: tuple[Identifier, ...] = ()


class Policy(Element):
    """A row-level policy; `using` and `check` are SQL expressions."""

    name: Identifier
    table: Identifier
    role: Identifier
    command: Literal["all", "select", "insert", "update", "delete"]
    using: str
    check: str | None = None


class Classification(Element):
    """What kind of data a column holds and how it is treated."""

    table: Identifier
    column: Identifier
    sensitivity: Sensitivity
    treatment: str


class Audit(Element):
    """Which tables leave a trail, where, and for how long."""

    tables: tuple[Identifier, ...]
    log_table: Identifier
    retention_days: int


class AccessLog(Element):
    """Which tables' reads are recorded, row by row or once a statement, where, and for how long."""

    by_row: tuple[Identifier, ...]
    by_statement: tuple[Identifier, ...]
    log_table: Identifier
    retention_days: int


class MaskedColumn(Contract):
    """A column of a masked view: its SQL expression, and what that leaves of the value."""

    column: Identifier
    expression: str
    shows: str


class MaskedView(Element):
    """A view of a table for roles that may not read what it masks; columns that have no mask are `left_out`."""

    name: Identifier
    table: Identifier
    roles: tuple[Identifier, ...]
    masks: tuple[MaskedColumn, ...]
    left_out: tuple[Identifier, ...] = ()


class EncryptedColumn(Contract):
    """A column of envelopes: its table's key, to which each is bound, its blind index, and who asks for it."""

    table: Identifier
    key: Identifier
    column: Identifier
    index: Identifier | None = None
    because: str


class ColumnEncryption(Element):
    """Values that the application encrypts before the database sees them, and the code that does it."""

    method: Literal["AES-256-GCM"] = "AES-256-GCM"
    columns: tuple[EncryptedColumn, ...]
    code: CodeSample


class RetentionRule(Element):
    """How long rows are kept and how they go; erasure keeps references whole."""

    table: Identifier
    days: int | None
    method: Literal["drop_partition", "delete", "anonymise", "keep"]
    basis: str


class SecurityPlan(Contract):
    """The protection of one project; `statements` stand in the document's security section.

    `rollback` undoes `statements`, in the order given.
    """

    roles: tuple[Role, ...] = ()
    grants: tuple[Grant, ...] = ()
    policies: tuple[Policy, ...] = ()
    classifications: tuple[Classification, ...] = ()
    masked_views: tuple[MaskedView, ...] = ()
    audit: Audit | None = None
    access_log: AccessLog | None = None
    encryption: ColumnEncryption | None = None
    retention: tuple[RetentionRule, ...] = ()
    statements: tuple[Statement, ...] = ()
    rollback: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    omissions: tuple[Omission, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
    claims: tuple[Claim, ...] = ()
