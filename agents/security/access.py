"""Who read what, and when: a row-level policy that records each row before it lets a role see it.

A trigger sees no SELECT, and an application that should write down what it reads can forget to. A policy is evaluated
for every row of every statement of every role but the owner, and before any condition of the statement that could tell
a value, so nothing is read unrecorded. It cannot be switched off by who reads, and where nothing can be recorded (a
replica, a read-only transaction) nothing is read.

Conditions that PostgreSQL calls leakproof (keys, references, times) still come first and still use their indexes; a
search by LIKE does not. A table that is searched so is therefore recorded once a statement, with its text.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agents.dialects.postgresql import literal, quoted
from agents.naming import shorten
from agents.security.basis import found, origin_of, role_name
from agents.security.trail import Trail, free_name, trail
from contracts.base import Origin
from contracts.requirements import Requirement, Requirements, Sensitivity
from contracts.schema import SchemaDesign, Table
from contracts.security import AccessLog, Grant, MaskedView, Policy

RECORD_READ = "record_read"
READS_PER_ROW = 10.0  # a row is read ten times in its life on average; the brief says nothing about it
_LAWS: tuple[tuple[str, Sensitivity], ...] = (("hipaa", "health"), ("pci-dss", "payment"))
"""45 CFR 164.312(b); PCI DSS 10.2.1.1: each person's access to these data is recorded."""
_ASKED = re.compile(
    r"\b(access(es|ed)?|reads?|views?|viewed|seen) .*\baudit|\baudit.* (access|read|view)", re.IGNORECASE
)
_SEARCH = re.compile(r"\bi?like\b|[~%]|@@|\blower\s*\(|\bsimilar to\b", re.IGNORECASE)
"""Operators that PostgreSQL does not trust to keep a row's values to themselves."""


@dataclass(frozen=True)
class Access:
    """The log of reads: where it is kept, and the tables that are recorded row by row rather than by statement."""

    log: Trail
    by_row: frozenset[str]

    def unfinished(self) -> str:
        """The function that finds reads without an entry."""
        return f"unfinished_reads_of_{self.log.log}"

    def callers(self, policies: Sequence[Policy], views: Sequence[MaskedView]) -> tuple[str, ...]:
        """The roles that call the recording function, by the policies on them or by the views that they read."""
        tables = {table.name for table in self.log.tables}
        by_policy = (policy.role for policy in policies if f"{RECORD_READ}(" in policy.using)
        return tuple(dict.fromkeys((*by_policy, *(r for view in views if view.table in tables for r in view.roles))))

    def condition(self, table: Table, reduced: bool) -> str:
        """The policy's expression, true when the read is recorded; `reduced` where no sensitive column is seen."""
        if reduced or table.name not in self.by_row:
            return f"(SELECT {RECORD_READ}({literal(table.name)}, NULL))"
        keys = ", ".join(quoted(key) for key in table.primary_key)
        return f"{RECORD_READ}({literal(table.name)}, concat_ws(',', {keys}))"


def access(requirements: Requirements, schema: SchemaDesign, watched: Trail | None) -> Access | None:
    """What is to be recorded: what the brief wants audited where it speaks of reading, else what a law names."""
    if watched is None:
        return None
    asked = _asked(requirements)
    tables = watched.tables if asked else _named_by_law(requirements, schema)
    tables = tuple(table for table in tables if table.primary_key)
    if not tables:
        return None
    serves = (asked.id,) if asked else found(requirements, *(f"compliance.{law}" for law, _ in _LAWS))
    rate = sum(READS_PER_ROW * table.rows_per_day for table in tables)
    log = replace(
        watched,
        log=free_name(schema, "access_log", "read_log", "audit_of_reads", "security_access_log"),
        tables=tables,
        rows_per_day=rate,
        partitioned=watched.splits(rate),
        serves=serves or watched.serves,
        entry=(),
    )
    by_row = (table.name for table in tables if not text_searches(schema, table))
    return Access(log, frozenset(by_row))


def text_searches(schema: SchemaDesign, table: Table) -> tuple[str, ...]:
    """The queries that search a table by text."""
    return tuple(
        q.name for q in schema.queries if q.table == table.name and q.kind != "write" and _SEARCH.search(q.sql)
    )


def recorded_tables(requirements: Requirements, schema: SchemaDesign) -> frozenset[str]:
    """Tables that can be read only where something can be written: on the primary."""
    if requirements.tier == "embedded":
        return frozenset()
    made = access(requirements, schema, trail(requirements, schema, dt.date(2000, 1, 1)))
    return frozenset(table.name for table in made.log.tables) if made else frozenset()


def _asked(requirements: Requirements) -> Requirement | None:
    return next((r for r in requirements.requirements if _ASKED.search(r.origin.quote or r.text)), None)


def _named_by_law(requirements: Requirements, schema: SchemaDesign) -> tuple[Table, ...]:
    kinds = {kind for law, kind in _LAWS if law in requirements.protection.regulations}
    return tuple(t for t in schema.tables if any(c.sensitivity in kinds for c in t.columns))


def access_log_of(requirements: Requirements, made: Access) -> AccessLog:
    """The contract's element of a log of reads."""
    names = [table.name for table in made.log.tables]
    return AccessLog(
        by_row=tuple(name for name in names if name in made.by_row),
        by_statement=tuple(name for name in names if name not in made.by_row),
        log_table=made.log.log,
        retention_days=made.log.days,
        origin=origin_of(requirements, made.log.serves, "who read sensitive data is recorded"),
        serves=made.log.serves,
    )


def recorded(
    requirements: Requirements, made: Access | None, policies: Sequence[Policy], grants: Sequence[Grant]
) -> tuple[Policy, ...]:
    """The policies with the recording in their conditions, and policies for tables that had none.

    Who may see a row is asked first, so that only what is seen is recorded.
    """
    if made is None:
        return tuple(policies)
    tables = {table.name: table for table in made.log.tables}
    guarded = {policy.table for policy in policies}
    changed = [_recording(made, tables.get(policy.table), policy, grants) for policy in policies]
    for table in made.log.tables:
        if table.name not in guarded:
            changed += _policies_of(requirements, made, table, [g for g in grants if g.table == table.name])
    return tuple(changed)


def _recording(made: Access, table: Table | None, policy: Policy, grants: Sequence[Grant]) -> Policy:
    if table is None or policy.command not in ("all", "select"):
        return policy
    before = "" if policy.using == "true" else f"({policy.using}) AND "
    return policy.model_copy(update={"using": before + made.condition(table, _reduced(table, policy.role, grants))})


def _reduced(table: Table, role: str, grants: Sequence[Grant]) -> bool:
    """Whether a role reads some columns of a table and none that is sensitive, as reports do."""
    sensitive = {column.name for column in table.columns if column.sensitivity not in ("public", "internal")}
    held = [g for g in grants if (g.table, g.role) == (table.name, role) and "select" in g.privileges]
    return bool(sensitive) and all(grant.columns and not sensitive & set(grant.columns) for grant in held)


def _policies_of(requirements: Requirements, made: Access, table: Table, grants: Sequence[Grant]) -> Iterable[Policy]:
    """For each role with rights on a table whose rows nobody owns: every row, each recorded."""
    for role in dict.fromkeys(grant.role for grant in grants):
        writes = {p for grant in grants if grant.role == role for p in grant.privileges} - {"select"}
        suffix = role.removeprefix(role_name(requirements, "x")[:-1])
        yield Policy.model_validate(
            {
                "name": shorten(f"{table.name}_{suffix}_reads"),
                "table": table.name,
                "role": role,
                "command": "all" if writes else "select",
                "using": made.condition(table, _reduced(table, role, grants)),
                "check": "true" if writes else None,
                "origin": Origin(kind="inferred", rule=f"{role} sees rows of {table.name} once that is recorded"),
                "serves": made.log.serves,
            }
        )
