"""Protection of one file: who may open it, what its triggers refuse to everybody, what is recorded and erased.

SQLite has no roles, no grants and no row policies: whoever may read the file reads all of it. So the operating system
decides who opens it, triggers refuse what nobody may do, and what only some may see is the application's duty, which
the plan names as such instead of promising it.
"""

import datetime as dt

from agents.dialects.sqlite.erasure import classifications, erasure_part
from agents.dialects.sqlite.rules import rule_part
from agents.dialects.sqlite.spelling import quoted
from agents.dialects.sqlite.trail import trail_part
from agents.figures import serving
from agents.security.audit import no_audit
from agents.security.basis import Part, found, listed, origin_of
from agents.security.protection import retention_rules
from agents.security.sealing import sealing_decisions, sealing_omissions
from agents.security.trail import audit_of, trail
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.claims import Claim, Refused, Session
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan

READ_ONLY = "25006"
_SENSITIVE = ("personal", "health", "payment", "secret")


def security_plan(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> SecurityPlan:
    """The whole plan; `start` is the run's date."""
    rules = retention_rules(requirements, schema)
    watched = trail(requirements, schema, start)
    parts: list[Part] = [rule_part(requirements, schema)] if schema.tables else []
    if watched:
        parts.append(trail_part(requirements, schema, watched))
    parts.append(erasure_part(requirements, schema, rules))
    return SecurityPlan(
        classifications=classifications(requirements, schema),
        audit=audit_of(requirements, watched) if watched else None,
        retention=rules,
        statements=tuple(s for part in parts for s in part.statements),
        rollback=tuple(sql for part in reversed(parts) for sql in part.rollback),
        decisions=(
            _file(requirements, schema),
            *_encryption(requirements),
            *(d for p in parts for d in p.decisions),
            *sealing_decisions(requirements, schema),
        ),
        omissions=(
            *_omissions(requirements, schema),
            *(o for part in parts for o in part.omissions),
            *(() if watched else (no_audit(requirements, schema),)),
            *sealing_omissions(requirements, schema),
        ),
        claims=(*_reading(requirements, schema), *(c for part in parts for c in part.claims)),
    )


def _reading(requirements: Requirements, schema: SchemaDesign) -> tuple[Claim, ...]:
    """A connection that is opened to look (a report, an export, a reader of the pool) changes nothing by mistake."""
    return tuple(
        Claim(
            id=f"security.{table.name}.reading",
            sentence=f"A connection that only reads (query_only) cannot change {table.name}",
            element=f"security.{table.name}",
            serves=table.serves or _serves(requirements, schema),
            trial=Refused(
                sql=(f"DELETE FROM {quoted(table.name)}",),
                sqlstate=READ_ONLY,
                session=Session(settings=(("query_only", "on"),)),
            ),
        )
        for table in schema.tables
    )


def _serves(requirements: Requirements, schema: SchemaDesign) -> tuple[str, ...]:
    return found(requirements, "security.", "compliance.") or tuple(i for t in schema.tables[:1] for i in t.serves)


def _file(requirements: Requirements, schema: SchemaDesign) -> Decision:
    """Who may open the file."""
    one = requirements.tier == "embedded"
    who = "the person's own account" if one else "an account of the application's own, without a login"
    return Decision(
        id="security.decision.file",
        topic="Who may open the file",
        choice=f"{who} owns the directory (0700) and the file with its -wal and -shm (0600); copies lie where that"
        " account may write and not delete" + ("" if one else ", and people look at restored copies, not at the file"),
        because=f"whoever may read the file reads all {len(schema.tables)} tables of it: SQLite asks for no password",
        alternatives=(
            Alternative(
                name="a server with roles",
                refused_because="one application opens the file; PostgreSQL is due when a second one, or people with"
                " rights of their own, have to",
            ),
        ),
        origin=Origin(kind="inferred", rule="an embedded database is protected as a file"),
        serves=_serves(requirements, schema),
    )


def _encryption(requirements: Requirements) -> list[Decision]:
    """At rest, when the brief asks for it."""
    if not requirements.protection.encryption:
        return []
    serves = found(requirements, "security.encryption", "security.", "compliance.")
    return [
        Decision(
            id="security.decision.encryption",
            topic="Encryption at rest",
            choice="the volume of the file and of its copies is encrypted by the operating system (LUKS, FileVault,"
            " BitLocker, or the cloud's own)",
            because="SQLite itself encrypts nothing; a stolen disk or copy stays closed, and every tool still works",
            alternatives=(
                Alternative(
                    name="SQLCipher",
                    refused_because="it is another library than SQLite, so nothing of this proof would speak of it; it"
                    " is right where others use the same account of the machine",
                ),
            ),
            origin=origin_of(requirements, serves, "encryption at rest"),
            serves=serves,
        )
    ]


def _omissions(requirements: Requirements, schema: SchemaDesign) -> tuple[Omission, ...]:
    """What SQLite cannot keep, and who keeps it instead."""
    protection = requirements.protection
    people = requirements.targets.concurrent_users or requirements.targets.users or 1
    origin = Origin(kind="inferred", rule="SQLite has no roles")
    alone = requirements.tier == "embedded" and people == 1
    secret = [f"{t.name}.{c.name}" for t in schema.tables for c in t.columns if c.sensitivity in _SENSITIVE]
    if alone:
        name = requirements.title or requirements.project
        roles = f"1 person uses {name} on one device: whoever opens the file owns its {len(schema.tables)} tables"
        rows = f"1 person uses {name}, so no row of it belongs to somebody else"
    else:
        callers = f"its roles ({listed(protection.roles)})" if protection.roles else "who its callers are"
        roles = f"SQLite has none; the application knows {callers} and checks each request before it asks the file"
        if secret:
            names = f"{len(secret)} sensitive columns ({listed(secret, 4)})"
            roles += f"; {names} are read by the requests that need them alone"
        whose = protection.tenant or protection.owner
        rows = (
            f"SQLite has no policies: each statement of the application names the {whose} it is for, and a test of each"
            f" of its {len(schema.queries)} queries asks as another {whose} and must find 0 rows"
            if whose or protection.row_level
            else f"nothing in the brief keeps rows of its {len(schema.tables)} tables from one of its users"
        )
    serves = serving(requirements, "security.", "assumption.", "volume.")
    return tuple(
        Omission(subject=s, reason=r, origin=origin, serves=serves)
        for s, r in (("Roles and grants", roles), ("Row-level security", rows))
    )
