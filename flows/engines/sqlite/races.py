"""Trials of a rule with two real connections at once: SQLite lets one of them write, and the other waits for the file.

The first connection writes and does not commit. The second asks for the file meanwhile (BEGIN IMMEDIATE) and is told to
wait; only when the first has committed, or given up, does it write. What is committed is undone after each order.
"""

import contextlib
import sqlite3
from collections.abc import Sequence

from contracts.claims import Observation, Races
from flows.engines.errors import EngineError
from flows.engines.session import Outcome
from flows.engines.sqlite.script import without_triggers
from flows.engines.sqlite.session import BUSY_MS, Database, checked, ran, rolled_back

BUSY = "55P03"
COMMITS, GIVES_UP = "COMMIT", "ROLLBACK"


def raced(database: Database, connection: sqlite3.Connection, claim: str, trial: Races) -> Observation:
    """(order, waited or went on, SQLSTATE of the second or committed, what the check returned) of each order."""
    orders = (
        ("one, then the other", trial.one, trial.other, COMMITS),
        ("the other, then one", trial.other, trial.one, COMMITS),
        ("one gives up", trial.one, trial.other, GIVES_UP),
    )
    rows = []
    try:
        with contextlib.closing(database.connected()) as first, contextlib.closing(database.connected()) as second:
            for label, leading, following, ending in orders:
                try:
                    _all(connection, trial.setup)
                    waited, outcome = _race(first, leading, second, following, ending)
                    done = outcome.sqlstate or outcome.message or "committed"
                    rows.append((label, "waited" if waited else "went on", done, _found(connection, trial.check)))
                finally:
                    _undone(connection, trial.undo)
    except EngineError as error:
        return Observation(claim=claim, message=f"{error.place}: {error.evidence}")
    return Observation(claim=claim, rows=tuple(rows))


def _race(
    first: sqlite3.Connection, leading: Sequence[str], second: sqlite3.Connection, following: Sequence[str], ending: str
) -> tuple[bool, Outcome]:
    """Whether the second connection had to wait for the first, and how it ended."""
    try:
        checked(first, "BEGIN IMMEDIATE")
        _all(first, leading)
        waited = _told_to_wait(second)
        checked(first, ending)
        if waited:
            checked(second, "BEGIN IMMEDIATE")
        outcome = Outcome()
        for statement in following:
            outcome = ran(second, statement)
            if outcome.failed:
                return waited, outcome
        return waited, ran(second, "COMMIT")
    finally:
        rolled_back(first)
        rolled_back(second)


def _told_to_wait(second: sqlite3.Connection) -> bool:
    """Asked without patience, so that the answer comes at once; with patience the same call would wait."""
    checked(second, "PRAGMA busy_timeout = 0")
    refused = ran(second, "BEGIN IMMEDIATE").sqlstate == BUSY
    checked(second, f"PRAGMA busy_timeout = {BUSY_MS}")
    return refused


def _found(connection: sqlite3.Connection, check: str) -> str | None:
    """What the check returned; SQLite's 1 is the truth."""
    seen = ran(connection, check)
    value = seen.message if seen.failed else (seen.rows or ((None,),))[0][0]
    return {"1": "t", "0": "f"}.get(value or "", value)


def _undone(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    """What was committed is removed past the triggers that would forbid it or write a trail."""
    checked(connection, "BEGIN IMMEDIATE")
    try:
        with without_triggers(connection):
            _all(connection, statements)
        checked(connection, "COMMIT")
    finally:
        rolled_back(connection)


def _all(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        checked(connection, statement)
