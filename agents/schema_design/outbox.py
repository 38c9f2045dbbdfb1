"""The transactional outbox: a change and the event that tells of it are committed together, or neither is.

A request that writes its row and then calls another system loses the call when it dies in between, and calls for
nothing when its transaction is rolled back. So the event is a row of the same transaction; a dispatcher takes rows,
delivers them and marks them, and takes again what it could not mark. Each event is therefore delivered at least once,
and who receives it knows it by `event_id`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from agents.figures import serving
from agents.schema_design.spelling import Abilities, Spelling
from agents.schema_design.told import WHY, Told, need_of, told_systems
from contracts.base import Alternative, Decision, Omission, Origin, Statement
from contracts.requirements import Requirements
from contracts.schema import Check, Column, Index, IndexKey, Query, Table, Unique

NAME = "outbox_events"
REMOVE = f"remove_published_{NAME}"
TAKE, MARK = "take_outbox_events", "publish_outbox_event"
BATCH, ATTEMPTS, KEPT_DAYS = 100, 10, 7
"""Events that a dispatcher takes at once, attempts after which one is set aside for a person, and days for which what
was published is kept, so that a receiver who lost a week can be told again."""

DISPATCH = f"dispatch.{NAME}"
"""The element that the dispatcher's statements make."""

COLUMNS = "id, event_id, aggregate_type, aggregate_id, event_type, payload, occurred_at, attempts"
RULE = Origin(kind="inferred", rule="a change that another system acts on is told by a row of its transaction")


@dataclass(frozen=True)
class Outbox:
    """The table of events, who hears of them, and the tables whose changes they tell of."""

    table: Table
    told: tuple[Told, ...]
    sources: tuple[Table, ...]


def outbox(requirements: Requirements, tables: Sequence[Table]) -> Outbox | None:
    """The outbox that the integrations ask for; None where no system hears of single changes, or one person has all."""
    told = told_systems(requirements.integrations, tables)
    if not told or requirements.tier == "embedded" or any(table.name == NAME for table in tables):
        return None
    named = {name for one in told for name in one.sources}
    sources = tuple(t for t in tables if t.name in named) or tuple(t for t in tables if t.nature == "transaction")
    serves = tuple(dict.fromkeys(i for one in told for i in one.integration.serves))
    return Outbox(_table(events_per_day(sources), serves), told, sources)


def events_per_day(sources: Sequence[Table]) -> float:
    """One event for each new row, and one more where it has states: most rows of a kind end in one more change."""
    return sum(t.rows_per_day * (2 if any(c.kind == "one_of" for c in t.checks) else 1) for t in sources)


def _table(per_day: float, serves: tuple[str, ...]) -> Table:
    def column(name: str, kind: str, sql_type: str, **more: object) -> Column:
        fields = {"name": name, "type": kind, "sql_type": sql_type, "origin": RULE, "serves": serves, **more}
        return Column.model_validate(fields)

    attempts = Check(
        name=f"ck_{NAME}_attempts", kind="range", column="attempts", minimum=Decimal(0), maximum=Decimal(ATTEMPTS),
        expression=f"attempts >= 0 AND attempts <= {ATTEMPTS}", origin=RULE, serves=serves,
    )  # fmt: skip
    return Table(
        name=NAME,
        entity=None,
        nature="transaction",
        comment="Events for other systems, written by the transaction whose change they tell of",
        columns=(
            column("id", "integer", "bigint", identity=True),
            column("event_id", "uuid", "uuid", default="gen_random_uuid()"),
            column("aggregate_type", "string", "varchar(63)"),
            column("aggregate_id", "string", "varchar(64)"),
            column("event_type", "string", "varchar(100)"),
            column("payload", "json", "jsonb"),
            column("occurred_at", "timestamp", "timestamptz", default="now()"),
            column("published_at", "timestamp", "timestamptz", nullable=True),
            column("attempts", "integer", "integer", default="0"),
        ),
        primary_key=("id",),
        uniques=(Unique(name=f"uq_{NAME}_event_id", columns=("event_id",), origin=RULE, serves=serves),),
        checks=(attempts,),
        expected_rows=0,
        rows_per_day=per_day,
        kept_days=KEPT_DAYS,
        origin=RULE,
        serves=serves,
    )  # fmt: skip


def outbox_index(made: Outbox, abilities: Abilities) -> Index:
    """The index by which the dispatcher finds what is not published yet; elsewhere a whole one begins with NULL."""
    partial = abilities.partial
    keys = (IndexKey(column="id"),) if partial else (IndexKey(column="published_at"), IndexKey(column="id"))
    rest = "which is next to nothing of the table" if partial else "which stand side by side in it"
    return Index(
        name=f"ix_{NAME}_unpublished",
        table=NAME,
        keys=keys,
        where="published_at IS NULL" if partial else None,
        queries=(TAKE,),
        because=f"{TAKE} finds the events that wait, {rest}",
        origin=RULE,
        serves=made.table.serves,
    )


def take_sql(skips: bool) -> str:
    """The oldest events that wait; with `skips` those that no other dispatcher has taken, and they stay taken until
    this one commits."""
    lock = "\nFOR UPDATE SKIP LOCKED" if skips else ""
    return (
        f"SELECT {COLUMNS}\nFROM {NAME}\nWHERE published_at IS NULL\n  AND attempts < {ATTEMPTS}\n"
        f"ORDER BY id\nLIMIT {BATCH}{lock}"
    )


def outbox_statements(made: Outbox, spelling: Spelling, skips: bool) -> tuple[Statement, ...]:
    """What a dispatcher runs in one transaction: it takes a batch, delivers, and marks each event that was taken."""
    take = _query(made, TAKE, "The dispatcher takes the oldest events that wait", take_sql(skips), TAKE_INDEX)
    mark = f"UPDATE {NAME}\nSET published_at = {spelling.now}, attempts = attempts + 1\nWHERE id = {spelling.first}"
    title = "The dispatcher marks an event that was delivered, in the transaction that took it"
    said = map(spelling.query_statement, (take, _query(made, MARK, title, mark, None)))
    return tuple(one.model_copy(update={"element": DISPATCH}) for one in said)


TAKE_INDEX = f"ix_{NAME}_unpublished"


def _query(made: Outbox, name: str, title: str, sql: str, index: str | None) -> Query:
    parameters = [] if index else [{"name": "id", "sql_type": "bigint", "sample": "1"}]
    return Query.model_validate({
        "name": name, "title": title, "access": "outbox.dispatcher", "kind": "list" if index else "write",
        "table": NAME, "tables": (NAME,), "sql": sql, "index": index, "origin": RULE, "serves": made.table.serves,
        "parameters": tuple(parameters),
    })  # fmt: skip


def expiry_statement() -> Statement:
    """The function that ends the period of what was published; what waits stays, however old it is."""
    body = f"    DELETE FROM public.{NAME} WHERE published_at < now() - interval '{KEPT_DAYS} days'"
    return Statement(
        id=f"function.{REMOVE}",
        section="schema",
        sql=f"CREATE FUNCTION {REMOVE}() RETURNS bigint\nLANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$\n"
        f"DECLARE\n    removed bigint;\nBEGIN\n{body};\n    GET DIAGNOSTICS removed = ROW_COUNT;\n"
        "    RETURN removed;\nEND\n$$",
        comment=f"Run daily: SELECT {REMOVE}() removes events that were published more than {KEPT_DAYS} days ago",
        element=f"table.{NAME}",
    )


def waits(table: Table, column: str) -> bool:
    """Whether the column of synthetic rows has a value in all rows but the latest of each lot."""
    return table.name == NAME and column == "published_at"


def outbox_decision(made: Outbox, skips: bool, label: str) -> Decision:
    """Why there is one, with the systems and the lines of the brief that ask for it."""
    named = "; ".join(f"{one.integration.name}{_line(one)} hears of {_heard(one)}" for one in made.told)
    several = (
        f"several dispatchers may run: each takes up to {BATCH} events that no other one has taken, and delivers "
        "outside of any request"
        if skips
        else f"one dispatcher runs, because {label} has one writer: it reads up to {BATCH} events, delivers, and marks "
        "each in a transaction of its own, with BEGIN IMMEDIATE"
    )
    return Decision(
        id="decision.outbox",
        topic="Telling other systems",
        choice=f"a transactional outbox, {NAME}: the event is a row of the transaction that makes the change",
        because=f"{named}; {several}. An event that was delivered and not marked is delivered again, so receivers keep "
        f"each event_id that they have handled, or pass it on as the idempotency key. After {ATTEMPTS} attempts an "
        f"event waits for a person; published ones go after {KEPT_DAYS} days. payload holds ids and what "
        "the receiver needs to act, no copy of a person's record",
        alternatives=(
            Alternative(
                name="calling the other system within the request",
                refused_because="a rolled-back transaction would have told of a change that never was, a crash after "
                "the commit would tell nobody, and every request would wait for somebody else's server",
            ),
            Alternative(
                name="a trigger that writes the events",
                refused_because="it knows columns and not what happened: the application names the event, once, where "
                "it knows why the row changed",
            ),
            Alternative(
                name="change data capture from the log",
                refused_because="a connector, a broker and a slot that holds back the log are three more things to run "
                f"for {events(made)}; due when other teams read the same stream",
            ),
            Alternative(
                name="LISTEN and NOTIFY alone" if label == "PostgreSQL" else "a message broker in the same transaction",
                refused_because="a notification that nobody listens to is lost; it may wake the dispatcher early"
                if label == "PostgreSQL"
                else "no transaction spans both without two-phase commit, which most brokers do not have",
            ),
        ),
        origin=made.told[0].integration.origin,
        serves=made.table.serves,
    )


def events(made: Outbox) -> str:
    """How many there are a day."""
    per_day = made.table.rows_per_day
    return f"{per_day:,.0f} events a day" if per_day >= 1 else "events whose number the brief does not tell"


def _line(one: Told) -> str:
    line = one.integration.origin.line
    return f" (line {line})" if line is not None else ""


def _heard(one: Told) -> str:
    return (
        f"changes of {' and '.join(one.sources)}" if one.sources else "changes that the brief does not tie to a table"
    )


def no_outbox(requirements: Requirements) -> Omission:
    """Why there is none: what each named system hears instead of single changes."""
    if requirements.tier == "embedded" and requirements.integrations:
        reason = "one person uses the application, which tries again itself what another system did not take"
    elif requirements.integrations:
        reason = "; ".join(f"{i.name} {WHY[n]}" for i in requirements.integrations if (n := need_of(i)) in WHY)
    else:
        reason = "the brief names no other system that hears of a change; due with the first that does"
    return Omission(
        subject="Transactional outbox",
        reason=reason or "no change of ours reaches another system",
        origin=Origin(kind="inferred", rule="an outbox serves systems that act on single changes"),
        serves=tuple(dict.fromkeys(i for one in requirements.integrations for i in one.serves))
        or serving(requirements, "workflow."),
    )
