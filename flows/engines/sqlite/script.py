"""The script of a design on a database file: each statement once, in order, and the synthetic rows behind it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from contracts.base import Statement
from flows.engines.session import Outcome, literal
from flows.engines.sqlite.session import Database, checked, compiled, pragma, ran, rolled_back, rows_of

TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid"
FULL_TEXT = """
SELECT name FROM sqlite_schema
WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' AND sql LIKE '%fts5%content%=%' ORDER BY name
"""

Next = Callable[[str], None]


def execute(
    database: Database, connection: sqlite3.Connection, statements: Iterable[Statement], step: Next,
    outcomes: dict[str, Outcome],
) -> None:  # fmt: skip
    """Keeps the outcome of each statement by its id; of two with one id, the fault counts."""
    for statement in statements:
        step(f"executing {statement.id}")
        outcome = executed(connection, statement.sql)
        if pragma(statement.sql) and not outcome.failed:
            database.settings.append(statement.sql)
        before = outcomes.get(statement.id)
        if before is None or not before.failed:
            outcomes[statement.id] = outcome
    rolled_back(connection)  # a transaction that the statements leave open ends with them, as in the shell


def executed(connection: sqlite3.Connection, sql: str) -> Outcome:
    """One statement of a script; with parameters it is a query pattern, which is compiled and not run."""
    return compiled(connection, sql) or ran(connection, sql)


def load(
    database: Database, connection: sqlite3.Connection, rows: tuple[Statement, ...], step: Next,
    outcomes: dict[str, Outcome],
) -> None:  # fmt: skip
    """Synthetic rows without the tables' triggers, and statistics about them.

    They are not somebody's changes: an audit of them would take longer than their load. A full-text index that
    triggers keep is built from its table afterwards.
    """
    with without_triggers(connection):
        execute(database, connection, rows, step, outcomes)
    for (name,) in rows_of(connection, FULL_TEXT) if rows else ():
        ran(connection, f'INSERT INTO "{name}" ("{name}") VALUES ({literal("rebuild")})')
    step("collecting statistics")
    checked(connection, "ANALYZE")


@contextmanager
def without_triggers(connection: sqlite3.Connection) -> Iterator[None]:
    """The triggers rest, and are there again afterwards."""
    triggers = rows_of(connection, TRIGGERS)
    for name, _ in triggers:
        checked(connection, f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        checked(connection, str(sql))
