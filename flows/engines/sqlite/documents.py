"""A document's script applied to an empty database file: what SQLite made of it, and what it refused."""

import contextlib
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from artifacts.places import Places
from artifacts.published_queries import Prepared, comment
from artifacts.statements import SqlStatement
from contracts.catalogue import Catalogue
from contracts.claims import Engine, SettingAccepted
from contracts.published import Refusal
from flows.engines.handed import Applied, Offered, Script, refused, refused_setting
from flows.engines.locate import EngineInfo
from flows.engines.query_sources import results
from flows.engines.sqlite.catalogue import catalogue
from flows.engines.sqlite.library import built_without
from flows.engines.sqlite.script import executed
from flows.engines.sqlite.session import Database, parameters, pragma, ran, rolled_back
from flows.engines.sqlite.settings import setting_accepted

_PLAIN = re.compile(r"-?\w+")
_QUERY = re.compile(
    r"(?P<above>(?:[ \t]*--[^\n]*\n)*?[ \t]*--\s*(?P<name>[A-Za-z_][\w$]*): (?:[^\n]*\n)(?:[ \t]*--[^\n]*\n)*)\s*"
    r"(?:EXPLAIN\s+QUERY\s+PLAN\s+(?P<kept>\S.*)|(?P<run>(?:SELECT|WITH)\b.*))",
    re.IGNORECASE | re.DOTALL,
)
"""A query has no place of its own in SQLite: the document names it in a comment, and asks how it would be answered."""


def applied(script: Script, info: EngineInfo) -> Applied:
    """The script on a new file."""
    with tempfile.TemporaryDirectory(prefix="persistence-") as folder:
        database = Database(Path(folder) / "document.db")
        with contextlib.closing(database.connected()) as connection:
            for setting in script.settings:  # said first, as every connection of the application does
                if _PLAIN.fullmatch(setting.name) and _PLAIN.fullmatch(setting.value):
                    ran(connection, f"PRAGMA {setting.name} = {setting.value}")
            refusals = list(_refused_statements(database, connection, script.statements))
            found = catalogue(connection, Places(script.statements))
            prepared = tuple(_prepared(connection, script.statements, found))
            refusals += _refused_settings(Path(folder), script)
    return Applied(_engine(info), found, prepared, tuple(refusals))


@contextlib.contextmanager
def offered(info: EngineInfo) -> Iterator[Offered]:
    """The library itself: the suite makes files of its own."""
    yield Offered(_engine(info), "")


def _engine(info: EngineInfo) -> Engine:
    return Engine(name=info.name, version=info.version, origin=info.origin, limits=info.limits)


def _refused_statements(
    database: Database, connection: sqlite3.Connection, statements: Sequence[SqlStatement]
) -> Iterator[Refusal]:
    """Every statement runs, whatever fails before it; what this library was built without is no fault of the script."""
    for statement in statements:
        outcome = executed(connection, statement.text)
        if pragma(statement.text) and not outcome.failed:
            database.settings.append(statement.text)
        if outcome.failed and not built_without(outcome.message):
            yield refused(statement, outcome.sqlstate, outcome.message)
    rolled_back(connection)  # a transaction that the script leaves open ends with it, as in the shell


def _prepared(
    connection: sqlite3.Connection, statements: Sequence[SqlStatement], found: Catalogue
) -> Iterator[Prepared]:
    """The queries that SQLite compiles; it tells the names of their results and nothing of their parameters."""
    for statement in statements:
        head = _QUERY.match(f"{statement.text}\n")
        sql = (head["kept"] or head["run"]).strip() if head else ""
        names = _names(connection, sql) if head else None
        if head and names is not None:
            says = comment(head["above"]).removeprefix(f"{head['name']}: ")
            line = statement.line + head["above"][: head.start("name") - head.start("above")].count("\n")
            yield Prepared(head["name"], sql, says, line, results(sql, names, found, "sqlite"))


def _names(connection: sqlite3.Connection, sql: str) -> tuple[str, ...] | None:
    """The names of the results; None for a statement that SQLite does not compile. What it writes is taken back."""
    found: tuple[str, ...] | None
    try:
        connection.execute("SAVEPOINT described")
        cursor = connection.execute(sql, (None,) * parameters(connection, sql))
        found = tuple(column[0] for column in cursor.description or ())
    except (sqlite3.IntegrityError, sqlite3.OperationalError) as error:
        found = () if isinstance(error, sqlite3.IntegrityError) else None
    finally:
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("ROLLBACK TO described")
            connection.execute("RELEASE described")
    return found


def _refused_settings(folder: Path, script: Script) -> Iterator[Refusal]:
    for setting in script.settings:
        trial = SettingAccepted(name=setting.name, value=setting.value)
        seen = setting_accepted(folder, "setting", trial)
        if seen.sqlstate or seen.message:
            yield refused_setting(setting, seen.sqlstate or "", seen.message)
