"""Running SQL and reporting what came back, without judging and without a traceback for a refused statement."""

import re
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from flows.engines.errors import EngineError

Row = tuple[str | None, ...]
Connection = psycopg.Connection[Any]

STATEMENT_SECONDS = 600  # of the script and its rows: a guard against a design that never ends
CONNECT_SECONDS = 10

SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO,MDY",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
}
"""How values are printed, so that rows are the same text on every server whatever its configuration says."""

_COPY = re.compile(r"\s*copy\b.*\b(stdin|stdout)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Outcome:
    """What one statement did: an SQLSTATE and message when it was refused, else rows affected and rows as text."""

    sqlstate: str | None = None
    message: str = ""
    affected: int | None = None
    rows: tuple[Row, ...] | None = None

    @property
    def failed(self) -> bool:
        """A refusal by the driver has a message and no SQLSTATE."""
        return self.sqlstate is not None or bool(self.message)


def connected(conninfo: str, **overrides: str) -> Connection:
    """An autocommit connection that prints values in one way and never prepares a statement by itself.

    psycopg would prepare after five runs, and the planner might then answer with a generic plan. Options and
    encoding are always given, so that PGOPTIONS and PGCLIENTENCODING of the caller's shell change nothing.
    """
    given = conninfo_to_dict(conninfo)
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    given["options"] = f"{given.get('options') or ''} {options}".strip()
    given["client_encoding"] = "UTF8"
    given.setdefault("connect_timeout", str(CONNECT_SECONDS))
    return psycopg.connect(make_conninfo("", **{**given, **overrides}), autocommit=True, prepare_threshold=None)


def ran(connection: Connection, sql: str) -> Outcome:
    """The outcome of the SQL by the simple protocol, where `%` means nothing and rows arrive as text.

    Raises `EngineError` when the server closed the connection: then nothing further can be observed.
    """
    if "\0" in sql:
        return Outcome(message="the statement contains a NUL character, which no SQL text may hold")
    if _COPY.match(sql):
        return Outcome(message="COPY from or to the client needs a client that feeds it; use INSERT")
    try:
        cursor = connection.execute(sql.encode())
        while cursor.nextset():
            pass
    except UnicodeEncodeError as error:
        return Outcome(message=f"the statement is not valid Unicode: {error.reason}")
    except psycopg.Error as error:
        if connection.closed:
            raise _lost(sql, error) from error
        return Outcome(sqlstate=error.sqlstate, message=error.diag.message_primary or type(error).__name__)
    return _result(cursor)


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


def rolled_back(connection: Connection) -> bool:
    """Undo the open transaction; False when there was none left, because the statements ended it themselves."""
    if connection.info.transaction_status == TransactionStatus.IDLE:
        return False
    checked(connection, "ROLLBACK")
    return True


def quoted(name: str) -> str:
    """An SQL identifier; dotted names are quoted part by part."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def literal(text: str) -> str:
    """An SQL string; standard_conforming_strings is on, so that a backslash means itself."""
    return "'" + text.replace("'", "''") + "'"


def _result(cursor: "psycopg.Cursor[Any]") -> Outcome:
    result = cursor.pgresult
    if result is None:
        return Outcome()
    if not result.nfields:
        return Outcome(affected=result.command_tuples)
    cells = [[result.get_value(row, column) for column in range(result.nfields)] for row in range(result.ntuples)]
    rows = tuple(tuple(None if cell is None else cell.decode() for cell in row) for row in cells)
    return Outcome(affected=result.command_tuples, rows=rows)


def _lost(sql: str, error: psycopg.Error) -> EngineError:
    return EngineError(
        "The server closed the connection",
        place=sql[:200],
        evidence=str(error).strip(),
        remedy="Look into the server's log; the statement above was the last one sent.",
    )
