"""What SQLite refuses with, in the words that other engines use: an SQLSTATE, and the constraint's name in quotes.

SQLite has result codes of its own and names a constraint only sometimes: a CHECK by its name, a UNIQUE by its
columns, a foreign key not at all. Names that it does not tell are looked up in the schema.
"""

import re
import sqlite3

from agents.dialects.sqlite.errors import CODES

BY_MESSAGE = (
    ("no such table", "42P01"),
    ("no such column", "42703"),
    ("has no column named", "42703"),
    ("no such function", "42883"),
    ("no such index", "42704"),
    ("already exists", "42P07"),
    ("syntax error", "42601"),
    ("incomplete input", "42601"),
    ("integer overflow", "22003"),
    ("malformed JSON", "22P02"),
)
"""SQLITE_ERROR says only in words what was wrong."""

_RAISED = re.compile(r"([0-9][0-9A-Z]{4}):\s+(.*)", re.DOTALL)
_COLUMNS = re.compile(r"UNIQUE constraint failed: (?!index )(.+)")
_INDEX = re.compile(r"UNIQUE constraint failed: index '([^']+)'")
_CHECK = re.compile(r"CHECK constraint failed: (\w+)")
_NAMED = re.compile(r'\bCONSTRAINT\s+"?(\w+)"?\s+(UNIQUE|PRIMARY\s+KEY)\s*\(([^)]*)\)', re.IGNORECASE)
_NAMED_REFERENCE = re.compile(r'\bCONSTRAINT\s+"?(\w+)"?\s+FOREIGN\s+KEY\s*\(([^)]*)\)', re.IGNORECASE)


def refusal(connection: sqlite3.Connection, error: Exception) -> tuple[str | None, str]:
    """SQLSTATE and message; an error of the driver has no SQLSTATE."""
    code, message = getattr(error, "sqlite_errorcode", None), str(error)
    if code is None:
        return None, message
    if message == "FOREIGN KEY constraint failed":  # ON DELETE RESTRICT comes with the code of a trigger
        return "23503", message
    if code == 1811 and (raised := _RAISED.fullmatch(message)):
        return raised.group(1), raised.group(2)
    known = CODES.get(code) or CODES.get(code & 0xFF)
    sqlstate = known[1] if known else None
    if sqlstate is None:
        sqlstate = next((state for words, state in BY_MESSAGE if words in message), "HY000")
    return sqlstate, _named(connection, message)


def _named(connection: sqlite3.Connection, message: str) -> str:
    """The message with the constraint's name in double quotes, where it can be had."""
    if match := _CHECK.fullmatch(message):
        return f'CHECK constraint "{match.group(1)}" failed'
    if match := _INDEX.fullmatch(message):
        return f'UNIQUE constraint failed: "{match.group(1)}"'
    if match := _COLUMNS.fullmatch(message):
        places = [place.rsplit(".", 1) for place in match.group(1).split(", ")]
        name = unique_name(connection, places[0][0], tuple(column for _, column in places))
        return f'{message} ("{name}")' if name else message
    return message


def unique_name(connection: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> str:
    """The constraint or unique index on these columns; a primary key without a name is called `pk_<table>`."""
    for index, origin, key in unique_indexes(connection, table):
        if key == columns:
            return constraint_name(connection, table, index, origin, key)
    keys = _all(connection, "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", table)
    return f"pk_{table}" if tuple(str(row[0]) for row in keys) == columns else ""


def unique_indexes(connection: sqlite3.Connection, table: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(name, origin, columns) of each; the origin is `c` for CREATE INDEX, `u` for UNIQUE, `pk` for PRIMARY KEY."""
    found = _all(connection, 'SELECT name, origin FROM pragma_index_list(?) WHERE "unique" ORDER BY name', table)
    return tuple((str(name), str(origin), _columns(connection, str(name))) for name, origin in found)


def constraint_name(
    connection: sqlite3.Connection, table: str, index: str, origin: str, columns: tuple[str, ...]
) -> str:
    """The name that the table's SQL gives to what made this index."""
    if origin == "c":
        return index
    sql = _all(connection, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", table)
    for name, kind, listed in _NAMED.findall(str(sql[0][0]) if sql else ""):
        key = tuple(part.strip().strip('"') for part in listed.split(","))
        if key == columns and kind.upper().startswith("U" if origin == "u" else "P"):
            return str(name)
    return f"pk_{table}" if origin == "pk" else f"uq_{table}_{'_'.join(columns)}"


def _columns(connection: sqlite3.Connection, index: str) -> tuple[str, ...]:
    rows = _all(connection, "SELECT name FROM pragma_index_info(?) ORDER BY seqno", index)
    return tuple(str(row[0]) for row in rows)


def _all(connection: sqlite3.Connection, sql: str, value: str) -> list[tuple[object, ...]]:
    return connection.execute(sql, (value,)).fetchall()


def foreign_key_name(connection: sqlite3.Connection, table: str, number: int) -> str:
    """The name that the table's SQL gives to its foreign key of this number (SQLite counts them from the last)."""
    found = _all(connection, 'SELECT id, "from", "table" FROM pragma_foreign_key_list(?) ORDER BY id, seq', table)
    columns = tuple(str(column) for identity, column, _ in found if identity == number)
    sql = _all(connection, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", table)
    for name, listed in _NAMED_REFERENCE.findall(str(sql[0][0]) if sql else ""):
        if tuple(part.strip().strip('"') for part in listed.split(",")) == columns:
            return str(name)
    return f"fk_{table}_{'_'.join(columns)}"
