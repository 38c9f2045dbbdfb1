"""Running SQL on MariaDB and reporting what came back, without judging and without a traceback for a refusal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import pymysql
from pymysql.constants import CLIENT

from flows.engines.errors import EngineError
from flows.engines.mariadb import sqlstates
from flows.engines.mariadb.product import MARIADB, Product
from flows.engines.session import Outcome, Row

if TYPE_CHECKING:  # generic to the type checker alone
    Connection: TypeAlias = pymysql.connections.Connection[Any]
else:
    Connection = pymysql.connections.Connection

STATEMENT_SECONDS = 600  # of the script and its rows: a guard against a design that never ends
CONNECT_SECONDS = 10

_STRICT = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE"
SCRIPT_MODE = f"CONCAT(@@GLOBAL.sql_mode, ',{_STRICT}')"
STANDARD_MODE = f"'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,{_STRICT}'"
"""The document's statements run as its reader's client runs them; trials are plain standard SQL."""

_LOST = (2006, 2013, 2014, 2055, 4031)


@dataclass(frozen=True)
class Address:
    """How a server is reached: keyword arguments of the driver, never shown, since they may hold a password."""

    arguments: tuple[tuple[str, Any], ...]
    product: Product = MARIADB

    def __repr__(self) -> str:
        return "Address(…)"


def connected(address: Address, mode: str = STANDARD_MODE, **overrides: Any) -> Connection:
    """An autocommit connection whose values arrive as text, in UTC; an UPDATE counts the rows that it found.

    Raises `pymysql.Error` when there is no server or no login.
    """
    limit = address.product.limit.format(STATEMENT_SECONDS)
    connection: Connection = pymysql.connect(
        **{**dict(address.arguments), **overrides},
        charset="utf8mb4",
        conv={},
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        client_flag=CLIENT.FOUND_ROWS | CLIENT.MULTI_STATEMENTS,
        init_command=f"SET SESSION sql_mode = {mode}, time_zone = '+00:00', {limit}",
    )
    return connection


def ran(connection: Connection, sql: str) -> Outcome:
    """The outcome of the SQL; of several statements in one text the last one's, or the first that failed.

    Raises `EngineError` when the server closed the connection: then nothing further can be observed.
    """
    if not sql.strip().rstrip(";"):
        return Outcome(message="the statement is empty")
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            outcome = _result(cursor)
            while cursor.nextset():
                outcome = _result(cursor)
            return outcome
    except UnicodeEncodeError as error:
        return Outcome(message=f"the statement is not valid Unicode: {error.reason}")
    except pymysql.MySQLError as error:
        return _refusal(connection, sql, error)


def checked(connection: Connection, sql: str) -> Outcome:
    """The outcome of a statement of our own, which must not fail: `EngineError` when it does."""
    outcome = ran(connection, sql)
    if outcome.failed:
        raise EngineError(
            "The engine refused a statement of the proof itself",
            place=sql,
            evidence=f"{outcome.sqlstate}: {outcome.message}",
            remedy="Try another engine with --engine.",
        )
    return outcome


def rows_of(connection: Connection, sql: str) -> tuple[Row, ...]:
    """The rows of a question of our own."""
    return checked(connection, sql).rows or ()


def one(connection: Connection, sql: str) -> str:
    """The first value of a question of our own; empty where there is none."""
    rows = rows_of(connection, sql)
    return (rows[0][0] or "") if rows and rows[0] else ""


def quoted(name: str) -> str:
    """An identifier in backticks, which every sql_mode understands."""
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    """A string for a session of the standard mode, where a backslash means itself."""
    return "'" + text.replace("'", "''") + "'"


def _result(cursor: Any) -> Outcome:
    affected = int(cursor.rowcount)
    if cursor.description is None:
        return Outcome(affected=affected)
    rows = tuple(tuple(as_text(cell) for cell in row) for row in cursor.fetchall())
    return Outcome(affected=affected, rows=rows)


def as_text(cell: object) -> str | None:
    """As the client prints it; bytes that are no text as hexadecimal digits."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):
        try:
            return cell.decode()
        except UnicodeDecodeError:
            return "0x" + cell.hex().upper()
    return str(cell)


def _refusal(connection: Connection, sql: str, error: pymysql.MySQLError) -> Outcome:
    """The driver keeps number and text; the SQLSTATE that was sent is asked for by GET DIAGNOSTICS."""
    number, text = (int(error.args[0]), str(error.args[1])) if len(error.args) > 1 else (0, str(error))
    if number in _LOST or not connection.open:
        raise EngineError(
            "The server closed the connection",
            place=sql[:200],
            evidence=text,
            remedy="Look into the server's log; the statement above was the last one sent.",
        ) from error
    if not number:
        return Outcome(message=text or type(error).__name__)
    state = sqlstates.STATES.get(number) or _sent(connection)
    return Outcome(sqlstate=state, message=sqlstates.message(number, text))


def _sent(connection: Connection) -> str:
    """The SQLSTATE of the last error of this session."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("GET DIAGNOSTICS CONDITION 1 @persistence_state = RETURNED_SQLSTATE")
            cursor.execute("SELECT @persistence_state")
            row = cursor.fetchone()
    except pymysql.MySQLError:
        return "HY000"
    return str(as_text(row[0])) if row and row[0] else "HY000"
