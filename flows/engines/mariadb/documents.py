"""A document's script applied to an empty database of MariaDB: what the server made of it, and what it refused."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode

import pymysql

from artifacts.places import Places
from artifacts.published_queries import Prepared, comment
from artifacts.statements import SqlStatement
from contracts.catalogue import Catalogue
from contracts.claims import Engine, SettingAccepted
from contracts.published import QueryResult, Refusal
from flows.engines.handed import Applied, Offered, Script, refused, refused_setting
from flows.engines.locate import EngineInfo
from flows.engines.mariadb.catalogue import catalogue
from flows.engines.mariadb.server import Scratch, Server, forbidden, scratch, serving
from flows.engines.mariadb.session import Address, Connection, quoted, ran
from flows.engines.mariadb.settings import setting_accepted
from flows.engines.query_sources import results
from flows.engines.session import Outcome

_PREPARE = re.compile(r"(?:\s|--[^\n]*\n)*PREPARE\s+(\w+)\s+FROM\s+'(.*)'\s*$", re.IGNORECASE | re.DOTALL)
_MARK = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|`[^`]*`|(\?)""", re.DOTALL)


def applied(script: Script, info: EngineInfo) -> Applied:
    """The script on this engine."""
    with serving(info) as server:
        return applied_on(server, script)


@contextlib.contextmanager
def offered(info: EngineInfo) -> Iterator[Offered]:
    """A server for the suite, as long as the block lasts."""
    with serving(info) as server:
        yield Offered(_engine(server), _url(server.address))


def applied_on(server: Server, script: Script) -> Applied:
    """The same on a server that already runs; its scratch database is gone afterwards."""
    text = "\n".join(statement.text for statement in script.statements)
    with scratch(server, "experiment", text) as made:
        refusals = list(_refused_statements(server, made.script, script.statements))
        found = catalogue(made.script, Places(script.statements), server.roles_before)
        prepared = tuple(_prepared(made.script, script.statements, found))
        refusals += _refused_settings(server, made, script)
    return Applied(_engine(server), found, prepared, tuple(refusals))


def _engine(server: Server) -> Engine:
    return Engine(name=server.name, version=server.version, origin=server.origin, limits=server.all_limits)


def _url(address: Address) -> str:
    """The address as a suite reads it; only the suite's own process gets it, since it may hold a password."""
    given = dict(address.arguments)
    login = quote(str(given.get("user", "root")), safe="")
    secret = f":{quote(str(given['password']), safe='')}" if given.get("password") else ""
    place = f"{given.get('host', 'localhost')}:{given.get('port', 3306)}"
    socket = f"?{urlencode({'unix_socket': given['unix_socket']})}" if "unix_socket" in given else ""
    return f"mariadb://{login}{secret}@{place}/{socket}"


def _refused_statements(
    server: Server, connection: Connection, statements: Sequence[SqlStatement]
) -> Iterator[Refusal]:
    """Every statement runs, whatever fails before it, so that all faults are seen at once."""
    for statement in statements:
        reason = forbidden(server, statement.text)
        outcome = Outcome(message=reason) if reason else ran(connection, statement.text)
        if outcome.failed:
            yield refused(statement, outcome.sqlstate, outcome.message)
    ran(connection, "ROLLBACK")  # a transaction that the script leaves open ends with it, as in the client


def _prepared(connection: Connection, statements: Sequence[SqlStatement], found: Catalogue) -> Iterator[Prepared]:
    """The prepared statements that are there; the server names their results, and nothing of their parameters."""
    for statement in statements:
        head = _PREPARE.match(statement.text)
        sql = head[2].replace("''", "'") if head else ""
        names = _names(connection, head[1], sql) if head else None
        if head and names is not None:
            above = statement.text[: head.start(1)]
            line = statement.line + above.count("\n")
            yield Prepared(head[1].lower(), sql, comment(above), line, _results(sql, names, found))


def _results(sql: str, names: tuple[str, ...], found: Catalogue) -> tuple[QueryResult, ...]:
    return results(sql, names, found, "mysql")


def _names(connection: Connection, name: str, sql: str) -> tuple[str, ...] | None:
    """The names of the results when it runs with NULLs; None for a statement that is not there."""
    marks = sum(1 for mark in _MARK.finditer(sql) if mark[1])
    using = f" USING {', '.join(['NULL'] * marks)}" if marks else ""
    try:
        with connection.cursor() as cursor:
            cursor.execute("START TRANSACTION")
            cursor.execute(f"EXECUTE {quoted(name)}{using}")
            return tuple(column[0] for column in cursor.description or ())
    except pymysql.MySQLError as error:
        return None if error.args and error.args[0] in (1243, 1064) else ()
    finally:
        ran(connection, "ROLLBACK")


def _refused_settings(server: Server, made: Scratch, script: Script) -> Iterator[Refusal]:
    for setting in script.settings:
        trial = SettingAccepted(name=setting.name, value=setting.value)
        seen = setting_accepted(server, made, "setting", trial)
        if seen.sqlstate:
            yield refused_setting(setting, seen.sqlstate, seen.message)
