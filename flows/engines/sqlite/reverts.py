"""Whether a design can be taken back: script, rollbacks, nothing left, and the script once more."""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence

from contracts.base import Statement
from contracts.claims import Observation, Reverts
from flows.engines.reports import first_failure
from flows.engines.session import Outcome
from flows.engines.sqlite.script import executed
from flows.engines.sqlite.session import Database, rolled_back, rows_of

OBJECTS = "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
"""SQLite's own tables (sequences, statistics) come by themselves and cannot be dropped."""


def reverted(database: Database, script: Sequence[Statement], claim: str, trial: Reverts) -> Observation:
    """The first failure of script, rollbacks and second script with its place, and what the rollbacks left."""
    forward = tuple((statement.id, statement.sql) for statement in script)
    back = tuple((str(number), sql) for number, sql in enumerate(trial.rollbacks, start=1))
    with contextlib.closing(database.connected()) as connection:
        failure = _run(connection, "first run, statement", forward)
        failure = _run(connection, "rollback", back) or failure
        leftovers = tuple(str(row[0]) for row in rows_of(connection, OBJECTS)) + _version(connection)
        again = _run(connection, "second run, statement", forward)
    seen = failure or again or Outcome()
    return Observation(claim=claim, sqlstate=seen.sqlstate, message=seen.message, leftovers=leftovers)


def _version(connection: sqlite3.Connection) -> tuple[str, ...]:
    version = rows_of(connection, "PRAGMA user_version")[0][0]
    return () if version == "0" else (f"user_version {version}",)


def _run(connection: sqlite3.Connection, what: str, statements: Iterable[tuple[str, str]]) -> Outcome | None:
    failure = first_failure(lambda sql: executed(connection, sql), what, statements)
    rolled_back(connection)
    return failure
