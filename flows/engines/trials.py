"""Trials of SQL: accepted, refused, returns. Each in a transaction that is rolled back, as the session asks."""

import contextlib
from collections.abc import Sequence

from psycopg.pq import TransactionStatus

from contracts.claims import Accepted, Observation, Refused, Returns, Session
from flows.engines.server import Server
from flows.engines.session import Connection, Outcome, checked, connected, literal, quoted, ran

TRIAL_SECONDS: float = 60

CHECK_DEFERRED = "SET CONSTRAINTS ALL IMMEDIATE"
"""A deferred constraint speaks at COMMIT, which no trial reaches; this asks it at the end of the last statement."""


def accepted(server: Server, connection: Connection, claim: str, trial: Accepted) -> Observation:
    """SQLSTATE and message of the statement that failed, or how many rows the last one affected."""
    seen = _observation(server, connection, claim, trial.sql, trial.session)[0]
    return seen.model_copy(update={"rows": None})  # a generated key in them depends on the trials before


def returned(server: Server, connection: Connection, claim: str, trial: Returns) -> Observation:
    """The rows of the last statement as text."""
    seen = _observation(server, connection, claim, trial.sql, trial.session)[0]
    if seen.sqlstate == "42501" and not server.superuser and "session_authorization" in "".join(trial.sql):
        return Observation(claim=claim, tried=False, reason="only a superuser's session may become another login")
    return seen


def refused(server: Server, connection: Connection, claim: str, trial: Refused) -> Observation:
    """SQLSTATE and message of the last statement.

    When an earlier statement fails the last one was never tried: the message says so and there is no SQLSTATE,
    since the same SQLSTATE at the wrong place would look like the refusal that was claimed.
    """
    seen, reached = _observation(server, connection, claim, trial.sql, trial.session)
    if seen.sqlstate is None or reached == len(trial.sql):
        return seen
    return seen.model_copy(update={"sqlstate": None, "message": f"{seen.message} (SQLSTATE {seen.sqlstate})"})


def begun(connection: Connection) -> bool:
    """Open the transaction of a trial with a guard against statements that never end; whether it is one of its own.

    Within an open transaction the trial begins at a savepoint: it then sees what somebody has changed there for a try.
    """
    own = connection.info.transaction_status == TransactionStatus.IDLE
    checked(connection, f"{'BEGIN' if own else 'SAVEPOINT trial'}; SET LOCAL statement_timeout = '{TRIAL_SECONDS}s'")
    return own


def ended(connection: Connection, own: bool) -> bool:
    """Undo a trial and its role; False when its statements had ended their own transaction already."""
    whole = connection.info.transaction_status != TransactionStatus.IDLE
    back = "ROLLBACK; " if own else "ROLLBACK TO SAVEPOINT trial; "
    checked(connection, f"{back if whole or not own else ''}RESET ROLE")
    return whole


def _observation(
    server: Server, connection: Connection, claim: str, sql: Sequence[str], session: Session
) -> tuple[Observation, int]:
    """What happened, and the number of the last statement that was sent."""
    if not sql:
        return Observation(claim=claim, message="the trial has no statement"), 0
    if session.fresh:
        with contextlib.closing(connected(server.conninfo, dbname=connection.info.dbname)) as another:
            return _observation(server, another, claim, sql, session.model_copy(update={"fresh": False}))
    own = begun(connection)
    try:
        problem = _entered(server, connection, session)
        if problem is not None:
            return problem.model_copy(update={"claim": claim}), 0
        outcome, reached = _last_outcome(connection, sql)
    finally:
        whole = ended(connection, own)
    if not whole and not outcome.failed:
        return Observation(claim=claim, message="the trial's statements ended their own transaction"), reached
    seen = Observation(
        claim=claim, sqlstate=outcome.sqlstate, message=outcome.message, affected=outcome.affected, rows=outcome.rows
    )
    return seen, reached


def _entered(server: Server, connection: Connection, session: Session) -> Observation | None:
    """Take the session's role and settings; an observation when that is not possible.

    It carries no SQLSTATE: `permission denied to set role` is no proof that a statement was refused.
    """
    if session.role is not None:
        problem = _role_taken(server, connection, session.role)
        if problem is not None:
            return problem
    for name, value in session.settings:
        outcome = ran(connection, f"SELECT set_config({literal(name)}, {literal(value)}, true)")
        if outcome.failed:
            return Observation(claim="session", message=f"setting {name}: {outcome.message}")
    return None


def _role_taken(server: Server, connection: Connection, role: str) -> Observation | None:
    exists = checked(connection, f"SELECT 1 FROM pg_roles WHERE rolname = {literal(role)}").rows
    if not exists and not server.creates_roles:
        reason = f'role "{role}" could not be created: the login of this server lacks CREATEROLE'
        return Observation(claim="session", tried=False, reason=reason)
    if not exists:
        return Observation(claim="session", message=f'role "{role}" does not exist')
    if not server.superuser:  # since version 16 a creator is no member of the role by itself
        ran(connection, f"SAVEPOINT member; GRANT {quoted(role)} TO CURRENT_USER")
        if connection.info.transaction_status.name == "INERROR":
            checked(connection, "ROLLBACK TO SAVEPOINT member")
    outcome = ran(connection, f"SET LOCAL ROLE {quoted(role)}")
    if outcome.failed:
        return Observation(
            claim="session", tried=False, reason=f'the login may not take role "{role}": {outcome.message}'
        )
    return None


def _last_outcome(connection: Connection, sql: Sequence[str]) -> tuple[Outcome, int]:
    """The outcome of the last statement, or of the first that failed with its place in the message."""
    outcome = Outcome()
    for number, statement in enumerate(sql, start=1):
        outcome = ran(connection, statement)
        if outcome.failed:
            return placed(outcome, number, len(sql)), number
    deferred = ran(connection, CHECK_DEFERRED)
    return (placed(deferred, len(sql), len(sql)) if deferred.failed else outcome), len(sql)


def placed(outcome: Outcome, number: int, count: int) -> Outcome:
    """The outcome with the place of its statement, where there are several."""
    place = f"statement {number} of {count}: " if count > 1 else ""
    return Outcome(sqlstate=outcome.sqlstate, message=place + outcome.message)
