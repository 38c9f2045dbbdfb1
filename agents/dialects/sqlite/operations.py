"""How the file is run: copies, monitoring, alerts, environments and the testing strategy."""

from agents.dialects.sqlite.backup import backup, backup_claims, backup_decision, full_interval, sync_interval
from agents.dialects.sqlite.load import durable
from agents.dialects.sqlite.monitoring import (
    alerts,
    monitoring,
    monitoring_claims,
    monitoring_omissions,
    monitoring_statements,
)
from agents.figures import counted, duration_text, merged, plain, serving
from agents.operations.archive import kept_days
from agents.operations.basis import database_name, listed, setting_claim
from agents.operations.recovery_targets import archives
from agents.operations.repair import repair_questions
from agents.operations.testing import NO_DELETE, testing_strategy
from contracts.base import Alternative, Decision, Origin
from contracts.claims import Claim
from contracts.operations import Environment, OperationsPlan, TestCase
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

Pairs = tuple[tuple[str, str], ...]
SUBJECT = "sqlite"
_PERSONAL = ("personal", "health", "payment", "secret")


def operations_plan(requirements: Requirements, schema: SchemaDesign) -> OperationsPlan:
    """The whole plan; its statements are the monitoring queries, which run as they stand."""
    copies = backup(requirements, schema)
    recovery = backup_claims(requirements, schema, copies)
    watched = monitoring(requirements, schema)
    statements = monitoring_statements(watched)
    places = _environments(requirements, schema)
    serves = serving(requirements, "performance.", "assumption.", "volume.")
    return OperationsPlan(
        backup=copies,
        monitoring=watched,
        alerts=alerts(requirements, schema, watched),
        environments=places,
        tests=tuple(_as_sqlite_says(case) for case in testing_strategy(requirements, schema, recovery)),
        statements=statements,
        decisions=(
            backup_decision(requirements, copies),
            _upkeep(requirements, schema),
            *_transactions(requirements, schema),
        ),
        questions=repair_questions(requirements, schema, copies),
        omissions=monitoring_omissions(requirements, schema),
        claims=(*recovery, *monitoring_claims(watched, statements, serves), *_setting_claims(places)),
    )


CODES = {
    "23502": "SQLITE_CONSTRAINT_NOTNULL",
    "23503": "SQLITE_CONSTRAINT_FOREIGNKEY",
    "23505": "SQLITE_CONSTRAINT_UNIQUE",
    "23514": "SQLITE_CONSTRAINT_CHECK",
    "22023": "SQLITE_CONSTRAINT_DATATYPE",
    "23P01": "SQLITE_CONSTRAINT_TRIGGER",
    "42501": "SQLITE_CONSTRAINT_TRIGGER",
    NO_DELETE: "a trigger refuses it to everybody; a migration that drops the trigger needs a second pair of eyes",
}
"""What a driver of SQLite reports where others report an SQLSTATE, and who refuses where others refuse by privilege."""


def _as_sqlite_says(case: TestCase) -> TestCase:
    what = case.what
    for code, name in CODES.items():
        what = what.replace(code, name)
    return case.model_copy(update={"what": what})


def _upkeep(requirements: Requirements, schema: SchemaDesign) -> Decision:
    """What has to be done to the file from time to time."""
    leaving = len(requirements.retention)
    choice = "PRAGMA optimize when a connection closes and daily" + (
        "; PRAGMA incremental_vacuum after rows left by their period" if leaving else ""
    )
    because = (
        f"rows that leave by {counted(leaving, 'period')} of the brief leave free pages behind"
        if leaving
        else f"no rows leave by a period, so the pages of {len(schema.tables)} tables are filled again"
    )
    return Decision(
        id="operations.decision.upkeep",
        topic="Upkeep of the file",
        choice=choice,
        because=f"the planner knows the tables by statistics alone; {because}",
        alternatives=(
            Alternative(name="VACUUM each week", refused_because="it copies the whole file while nobody may write"),
        ),
        origin=Origin(kind="inferred", rule="a file is tidied where something leaves it"),
        serves=merged(*(t.serves for t in schema.tables)),
    )


def _transactions(requirements: Requirements, schema: SchemaDesign) -> list[Decision]:
    """Isolation needs no choice where one connection writes; how a transaction begins does."""
    if requirements.tier == "embedded" or not requirements.workflows:
        return []
    return [
        Decision(
            id="operations.decision.transactions",
            topic="Transactions of the workflows that write",
            choice="BEGIN IMMEDIATE, all that a workflow reads and writes, COMMIT; SQLITE_BUSY after busy_timeout is"
            " tried again once, a refusal of a constraint is an answer",
            because=f"one connection writes at a time, so the {len(requirements.workflows)} workflows are serializable"
            " without a lock of their own: what was counted before a write is still true when it is written",
            alternatives=(
                Alternative(
                    name="BEGIN (deferred)",
                    refused_because="a transaction that reads first and writes then is refused at once when another one"
                    " wrote in between, and has to start over",
                ),
            ),
            origin=Origin(kind="inferred", rule="one writer"),
            serves=serving(requirements, "workflow.", "rule.", "entity."),
        )
    ]


def _environments(requirements: Requirements, schema: SchemaDesign) -> tuple[Environment, ...]:
    """Development, test and production of one file; staging as well for a service."""
    made = [_development(requirements, schema), _test(requirements, schema)]
    if requirements.tier in ("standard", "large"):
        made.append(_staging(requirements, schema))
    made.append(_production(requirements, schema))
    served = serving(requirements, "stack.", "availability.", "assumption.")
    origin = Origin(kind="inferred", rule="environments differ in their data and in what they may lose")
    return tuple(
        Environment.model_validate({"name": name, "groups": groups, "origin": origin, "serves": served})
        for name, groups in made
    )


def _file(requirements: Requirements, suffix: str, rows: str) -> tuple[str, Pairs]:
    return "database", (("file", f"{database_name(requirements, suffix)}.db"), ("encoding", "UTF-8"), ("rows", rows))


def _development(requirements: Requirements, schema: SchemaDesign) -> tuple[str, tuple[tuple[str, Pairs], ...]]:
    rows = f"synthetic, {schema.dataset_rows:,} in each of {len(schema.tables)} tables"
    return "development", (
        _file(requirements, "development", rows),
        (SUBJECT, (("foreign_keys", "on"), ("cell_size_check", "on"))),
    )


def _test(requirements: Requirements, schema: SchemaDesign) -> tuple[str, tuple[tuple[str, Pairs], ...]]:
    rows = f"synthetic, made anew for each run; {len(schema.claims)} claims of the schema are tried on them"
    return "test", (
        _file(requirements, "test", rows),
        (SUBJECT, (("foreign_keys", "on"), ("synchronous", "off"), ("temp_store", "memory"))),
    )


def _staging(requirements: Requirements, schema: SchemaDesign) -> tuple[str, tuple[tuple[str, Pairs], ...]]:
    hidden = [f"{t.name}.{c.name}" for t in schema.tables for c in t.columns if c.sensitivity in _PERSONAL]
    rows = "the last production copy, restored as the restore test"
    rows += f", with {listed(hidden, 8)} overwritten before anybody opens it" if hidden else ""
    return "staging", (_file(requirements, "staging", rows), (SUBJECT, _live(requirements)))


def _production(requirements: Requirements, schema: SchemaDesign) -> tuple[str, tuple[tuple[str, Pairs], ...]]:
    rate = sum(t.rows_per_day for t in schema.tables)
    return "production", (
        _file(requirements, "", f"live; {rate:,.0f} new rows a day"),
        (SUBJECT, _live(requirements)),
        ("backup", _copies(requirements)),
        ("access", _access(requirements)),
    )


def _live(requirements: Requirements) -> Pairs:
    """What a connection must never forget; the other settings stand with the database."""
    return (("foreign_keys", "on"), ("synchronous", "full" if durable(requirements) else "normal"))


def _copies(requirements: Requirements) -> Pairs:
    kept = duration_text(kept_days(requirements).value * 86_400)
    every = plain(full_interval(requirements).value)
    if not archives(requirements):
        return (("method", "VACUUM INTO"), ("copy_every", f"{every} h"), ("kept_for", kept))
    interval = f"{sync_interval(requirements).value:.0f}s"
    return (
        ("method", "Litestream"),
        ("sync-interval", interval),
        ("snapshot_every", f"{every} h"),
        ("kept_for", kept),
    )


def _access(requirements: Requirements) -> Pairs:
    who = (
        f"the one user of {requirements.title or requirements.project}"
        if requirements.tier == "embedded"
        else "the account that the application runs as, and no other"
    )
    return (("owner", who), ("directory_mode", "0700"), ("file_mode", "0600, for the -wal and -shm files as well"))


def _setting_claims(places: tuple[Environment, ...]) -> tuple[Claim, ...]:
    """Every setting of every environment has a name and a value that SQLite takes, each tried once."""
    claims: dict[tuple[str, str], Claim] = {}
    for place in places:
        for name, value in (pair for subject, pairs in place.groups if subject == SUBJECT for pair in pairs):
            claim = setting_claim(place.name, name, value, place.serves)
            told = claim.model_copy(update={"sentence": f"SQLite takes {name} = {value}, as {place.name} sets it"})
            claims.setdefault((name, value), told)
    return tuple(claims.values())
