"""A document's script applied to an empty database of PostgreSQL: what the server made of it, and what it refused."""

import contextlib
import re
from collections.abc import Iterator, Sequence

from artifacts.places import Places
from artifacts.published_queries import Prepared, comment
from artifacts.statements import SqlStatement
from contracts.claims import Engine, SettingAccepted
from contracts.published import Refusal
from flows.engines.catalogue import QueryTypes, catalogue
from flows.engines.handed import Applied, Offered, Script, refused, refused_setting
from flows.engines.locate import EngineInfo
from flows.engines.server import Server, forbidden, scratch, serving
from flows.engines.session import Connection, Outcome, quoted, ran, rolled_back
from flows.engines.settings import setting_accepted

_PREPARE = re.compile(
    r"(?:\s|--[^\n]*\n)*PREPARE\s+(\"?)([\w$]+)\"?\s*(?:\(([^)]*(?:\([^)]*\)[^)]*)*)\))?\s*AS\s+", re.I
)


def applied(script: Script, info: EngineInfo) -> Applied:
    """The script on this engine."""
    with serving(info) as server:
        return applied_on(server, script)


@contextlib.contextmanager
def offered(info: EngineInfo) -> Iterator[Offered]:
    """A server for the suite, as long as the block lasts."""
    with serving(info) as server:
        yield Offered(_engine(server), server.conninfo)


def _engine(server: Server) -> Engine:
    return Engine(name=server.name, version=server.version, origin=server.origin, limits=server.all_limits)


def applied_on(server: Server, script: Script) -> Applied:
    """The same on a server that already runs; its scratch database is gone afterwards."""
    text = "\n".join(statement.text for statement in script.statements)
    with scratch(server, "experiment", text) as connection:
        refusals = list(_refused_statements(server, connection, script.statements))
        found = catalogue(connection, Places(script.statements), server.roles_before)
        prepared = tuple(_prepared(connection, script.statements))
        refusals += _refused_probes(server, connection, script)
    return Applied(_engine(server), found, prepared, tuple(refusals))


def _refused_statements(
    server: Server, connection: Connection, statements: Sequence[SqlStatement]
) -> Iterator[Refusal]:
    """Every statement runs, whatever fails before it, so that all faults are seen at once."""
    for statement in statements:
        reason = forbidden(server, statement.text)
        outcome = Outcome(message=reason) if reason else ran(connection, statement.text)
        if outcome.failed:
            yield refused(statement, outcome.sqlstate, outcome.message)
    rolled_back(connection)  # a transaction that the script leaves open ends with it, as in psql


def _prepared(connection: Connection, statements: Sequence[SqlStatement]) -> Iterator[Prepared]:
    """The prepared statements that are there, each as the server describes it; one prepared twice stands twice."""
    types = QueryTypes(connection)
    there = {row[0] for row in ran(connection, "SELECT name FROM pg_prepared_statements").rows or ()}
    for statement in statements:
        head = _PREPARE.match(statement.text)
        name = (head[2] if head[1] else head[2].lower()) if head else ""  # the server folds what is not quoted
        if head and name in there:
            parameters, results = types.of(name)
            above = statement.text[: head.start(2)]
            line = statement.line + above.count("\n")
            yield Prepared(name, statement.text[head.end() :].strip(), comment(above), line, results, parameters)


def _refused_probes(server: Server, connection: Connection, script: Script) -> Iterator[Refusal]:
    """What the YAML promises: extensions that exist here, queries that run, settings that the server takes."""
    for name, line in script.extensions:
        outcome = ran(connection, f"CREATE EXTENSION IF NOT EXISTS {quoted(name)}")
        if outcome.failed and outcome.sqlstate != "42501":
            yield Refusal(
                kind="extension", subject=name, sqlstate=outcome.sqlstate or "", message=outcome.message, line=line
            )
    for name, sql, line in script.metrics:
        outcome = ran(connection, f"EXPLAIN {sql}")
        if outcome.failed:
            yield Refusal(
                kind="metric",
                subject=f"{name}: {sql}",
                sqlstate=outcome.sqlstate or "",
                message=outcome.message,
                line=line,
            )
    for setting in script.settings:
        trial = SettingAccepted(name=setting.name, value=setting.value)
        seen = setting_accepted(server, connection, "setting", trial)
        if seen.sqlstate:
            yield refused_setting(setting, seen.sqlstate, seen.message)
