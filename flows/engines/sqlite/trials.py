"""Trials of SQL: accepted, refused, returns. Each in a transaction that is rolled back."""

import contextlib
import sqlite3
from collections.abc import Sequence

from contracts.claims import Accepted, Observation, Refused, Returns, Session
from flows.engines.session import Outcome
from flows.engines.sqlite.refusals import foreign_key_name
from flows.engines.sqlite.session import Database, checked, pragma, ran, rolled_back, rows_of
from flows.engines.trials import placed

BROKEN_REFERENCE = "23503"
SQL = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL"


def accepted(database: Database, connection: sqlite3.Connection, claim: str, trial: Accepted) -> Observation:
    """SQLSTATE and message of the statement that failed, or the rows that the last one affected."""
    return _observation(database, connection, claim, trial.sql, trial.session)[0]


def returned(database: Database, connection: sqlite3.Connection, claim: str, trial: Returns) -> Observation:
    """The rows of the last statement as text."""
    return _observation(database, connection, claim, trial.sql, trial.session)[0]


def refused(database: Database, connection: sqlite3.Connection, claim: str, trial: Refused) -> Observation:
    """SQLSTATE and message of the last statement.

    When an earlier statement fails the last one was never tried: the message says so and there is no SQLSTATE,
    since the same SQLSTATE at the wrong place would look like the refusal that was claimed.
    """
    seen, reached = _observation(database, connection, claim, trial.sql, trial.session)
    if seen.sqlstate is None:
        return seen
    if reached < len(trial.sql):
        return seen.model_copy(update={"sqlstate": None, "message": f"{seen.message} (SQLSTATE {seen.sqlstate})"})
    if seen.sqlstate == BROKEN_REFERENCE:
        return seen.model_copy(update={"message": seen.message + _references(database, trial.sql)})
    return seen


def _observation(
    database: Database, connection: sqlite3.Connection, claim: str, sql: Sequence[str], session: Session
) -> tuple[Observation, int]:
    """What happened, and the number of the last statement that was run."""
    if not sql:
        return Observation(claim=claim, message="the trial has no statement"), 0
    if session.role is not None:
        reason = f'SQLite has no roles, so nobody can be "{session.role}" in it'
        return Observation(claim=claim, tried=False, reason=reason), 0
    if session.fresh or session.settings:
        return _in_a_session(database, claim, sql, session)
    checked(connection, "BEGIN")
    try:
        outcome, reached = _last_outcome(connection, sql)
    finally:
        whole = rolled_back(connection)
    if not whole and not outcome.failed:
        return Observation(claim=claim, message="the trial's statements ended their own transaction"), reached
    seen = Observation(
        claim=claim, sqlstate=outcome.sqlstate, message=outcome.message, affected=outcome.affected, rows=outcome.rows
    )
    return seen, reached


def _in_a_session(database: Database, claim: str, sql: Sequence[str], session: Session) -> tuple[Observation, int]:
    """On a connection of its own, with the session's settings as PRAGMAs."""
    with contextlib.closing(database.connected()) as another:
        for name, value in session.settings:
            outcome = ran(another, f"PRAGMA {name} = {value}")
            if outcome.failed or not rows_of(another, f"PRAGMA {name}"):
                message = outcome.message or f'SQLite has no setting "{name}"'
                return Observation(claim=claim, message=f"setting {name}: {message}"), 0
        return _observation(database, another, claim, sql, Session())


def _last_outcome(connection: sqlite3.Connection, sql: Sequence[str]) -> tuple[Outcome, int]:
    """The outcome of the last statement, or of the first that failed with its place in the message."""
    outcome = Outcome()
    for number, statement in enumerate(sql, start=1):
        outcome = ran(connection, statement)
        if outcome.failed:
            return placed(outcome, number, len(sql)), number
    deferred = _deferred(connection, sql)
    return (placed(deferred, len(sql), len(sql)) if deferred.failed else outcome), len(sql)


def _deferred(connection: sqlite3.Connection, sql: Sequence[str]) -> Outcome:
    """A deferred foreign key speaks at COMMIT, which no trial reaches; this asks at the end of the last statement."""
    asked = any((pragma(statement) or ("",))[0] == "defer_foreign_keys" for statement in sql)
    if not asked and not any("INITIALLY DEFERRED" in str(row[0]).upper() for row in rows_of(connection, SQL)):
        return Outcome()
    checks = rows_of(connection, "PRAGMA foreign_keys")[0][0] == "1"
    if not checks or not rows_of(connection, "PRAGMA foreign_key_check"):
        return Outcome()
    return Outcome(sqlstate=BROKEN_REFERENCE, message="FOREIGN KEY constraint failed at COMMIT")


def _references(database: Database, sql: Sequence[str]) -> str:
    """The foreign keys that these statements break, which SQLite does not tell.

    The statements run once more without checking references, and SQLite is then asked which of them are broken.
    """
    with contextlib.closing(database.connected()) as another:
        checked(another, "PRAGMA foreign_keys = OFF")
        checked(another, "BEGIN")
        for statement in sql:
            ran(another, statement)
        broken = {(str(row[0]), int(str(row[3]))) for row in rows_of(another, "PRAGMA foreign_key_check")}
        names = sorted(foreign_key_name(another, table, number) for table, number in broken)
        rolled_back(another)
    quoted_names = ", ".join(f'"{name}"' for name in names)
    return f" ({quoted_names})" if names else ""
