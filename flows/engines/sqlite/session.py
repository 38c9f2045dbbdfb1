"""Connections to a database file, and SQL on them: outcomes without judging, values as SQLite itself prints them."""

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flows.engines.errors import EngineError
from flows.engines.session import Outcome, Row
from flows.engines.sqlite.refusals import refusal

STATEMENT_SECONDS = 120.0  # a guard against a statement that never ends
STEPS_A_LOOK = 1_000_000  # how many steps pass between two looks at the clock
BUSY_MS = 5_000

_PRAGMA = re.compile(r"\s*PRAGMA\s+(?:main\.)?(\w+)\s*(?:=\s*|\(\s*)([^;)]+?)\s*\)?\s*;?\s*$", re.IGNORECASE)
_WRITES_AFTER_WITH = re.compile(r"\s*WITH\b", re.IGNORECASE)
_PARAMETER = re.compile(r"\?\d*|[:@$]\w+")
_NOT_PLAIN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/""", re.DOTALL)
_UNBOUND = re.compile(r"The current statement uses (\d+), and there are 0 supplied")


@dataclass
class Database:
    """A database file, and the settings that its script makes for a connection: another connection makes them again."""

    path: Path
    settings: list[str] = field(default_factory=list)

    def connected(self) -> sqlite3.Connection:
        """A connection that begins transactions only when it is told to, with the settings that the script has made.

        Without the script's word foreign keys are not checked: that is what an application meets that forgets it.
        """
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_MS / 1000)
        checked(connection, "PRAGMA foreign_keys = OFF")
        for statement in self.settings:
            ran(connection, statement)
        return connection


def pragma(sql: str) -> tuple[str, str] | None:
    """Name and value of a statement that makes a setting.

    >>> pragma("PRAGMA busy_timeout = 5000;"), pragma("PRAGMA integrity_check")
    (('busy_timeout', '5000'), None)
    """
    match = _PRAGMA.match(sql)
    return (match.group(1).lower(), match.group(2)) if match else None


def ran(connection: sqlite3.Connection, sql: str, values: Iterable[object] = ()) -> Outcome:
    """The outcome of the last of the statements in this text, or of the first that is refused."""
    outcome = Outcome()
    for statement in split(sql):
        outcome = _ran_one(connection, statement, tuple(values))
        if outcome.failed:
            break
    return outcome


def checked(connection: sqlite3.Connection, sql: str, values: Iterable[object] = ()) -> Outcome:
    """The outcome of a statement of our own, which must not fail: `EngineError` when it does."""
    outcome = ran(connection, sql, values)
    if outcome.failed:
        raise EngineError(
            "SQLite refused a statement of the proof itself",
            place=sql,
            evidence=f"{outcome.sqlstate}: {outcome.message}",
            remedy="Look at the statement above: the design's objects are in its way.",
        )
    return outcome


def rows_of(connection: sqlite3.Connection, sql: str) -> tuple[Row, ...]:
    """The rows of a query of our own."""
    return checked(connection, sql).rows or ()


def compiled(connection: sqlite3.Connection, sql: str) -> Outcome | None:
    """The outcome of compiling a statement with parameters, whose values come with its use, as in a PREPARE.

    None for a statement without parameters. SQLite compiles before it looks at values, so that a complaint about them
    means that the rest is right; nothing runs.
    """
    if not _PARAMETER.search(_plain(sql)):
        return None
    try:
        connection.execute(sql)
    except sqlite3.ProgrammingError as error:
        return Outcome() if _UNBOUND.search(str(error)) else Outcome(message=str(error))
    except (sqlite3.Error, sqlite3.Warning) as error:
        sqlstate, message = refusal(connection, error)
        return Outcome(sqlstate=sqlstate, message=message)
    return Outcome(message="the statement runs without the values that it asks for")


def parameters(connection: sqlite3.Connection, sql: str) -> int:
    """How many parameters the statement has; 0 when it cannot be compiled at all."""
    if not _PARAMETER.search(_plain(sql)):
        return 0
    try:
        connection.execute(sql)
    except sqlite3.ProgrammingError as error:
        match = _UNBOUND.search(str(error))
        return int(match.group(1)) if match else 0
    except (sqlite3.Error, sqlite3.Warning):
        return 0
    return 0


def _plain(sql: str) -> str:
    """The text without literals, quoted names and comments.

    >>> _plain("SELECT '?', a FROM t -- ?1")
    'SELECT , a FROM t '
    """
    return _NOT_PLAIN.sub("", sql)


def split(sql: str) -> Iterator[str]:
    """The statements of a text; triggers, whose bodies hold semicolons, stay whole.

    >>> list(split("SELECT ';'; CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; SELECT 2"))
    ["SELECT ';';", ' CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;', ' SELECT 2']
    """
    start = 0
    for match in re.finditer(";", sql):
        if sqlite3.complete_statement(sql[start : match.end()]):
            yield sql[start : match.end()]
            start = match.end()
    if _says_something(sql[start:]):
        yield sql[start:]


def _says_something(sql: str) -> bool:
    return bool(re.sub(r"--[^\n]*|/\*.*?\*/", "", sql, flags=re.DOTALL).strip())


def rolled_back(connection: sqlite3.Connection) -> bool:
    """Undo the open transaction; False when there was none left."""
    if not connection.in_transaction:
        return False
    checked(connection, "ROLLBACK")
    return True


def _ran_one(connection: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> Outcome:
    if "\0" in sql:
        return Outcome(message="the statement contains a NUL character, which no SQL text may hold")
    until = time.monotonic() + STATEMENT_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > until, STEPS_A_LOOK)
    try:
        cursor = _executed(connection, sql, values)
        rows = cursor.fetchall() if cursor.description else None
    except (sqlite3.Error, sqlite3.Warning) as error:
        sqlstate, message = refusal(connection, error)
        return Outcome(sqlstate=sqlstate, message=message)
    except (UnicodeError, OverflowError) as error:
        return Outcome(message=f"the statement cannot be handed to SQLite: {error}")
    if rows is not None:
        shown = tuple(tuple(_text(connection, value) for value in row) for row in rows)
        return Outcome(affected=len(rows), rows=shown)
    return Outcome(affected=_affected(connection, cursor, sql))


def _executed(connection: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> sqlite3.Cursor:
    """Parameters without a value are NULL, as in SQLite's own shell."""
    try:
        return connection.execute(sql, values)
    except sqlite3.ProgrammingError as error:
        match = _UNBOUND.search(str(error))
        if match is None or values:
            raise
        return connection.execute(sql, (None,) * int(match.group(1)))


def _affected(connection: sqlite3.Connection, cursor: sqlite3.Cursor, sql: str) -> int | None:
    """Python counts nothing for a statement that begins with WITH."""
    if cursor.rowcount >= 0:
        return cursor.rowcount
    if _WRITES_AFTER_WITH.match(sql):
        return int(connection.execute("SELECT changes()").fetchone()[0])
    return None


def _text(connection: sqlite3.Connection, value: object) -> str | None:
    """A value as the shell prints it: SQLite writes its own floats, and a blob is its bytes."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, float):
        return str(connection.execute("SELECT CAST(? AS TEXT)", (value,)).fetchone()[0])
    return str(value)
