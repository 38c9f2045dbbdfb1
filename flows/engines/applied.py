"""A document's script applied to an empty database: what the server made of it, and what it refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from artifacts.places import Places
from artifacts.published_queries import Described, prepared_name
from artifacts.statements import SqlStatement
from contracts.catalogue import Catalogue
from contracts.claims import Engine, SettingAccepted
from contracts.published import PublishedSetting, Refusal
from flows.engines.catalogue import QueryTypes, catalogue
from flows.engines.errors import EngineError
from flows.engines.locate import engine
from flows.engines.server import Server, forbidden, scratch, serving
from flows.engines.session import Connection, Outcome, quoted, ran, rolled_back
from flows.engines.settings import setting_accepted


@dataclass(frozen=True)
class Script:
    """What is asked of the server: statements in order, metric queries and settings by name, extensions by name."""

    statements: tuple[SqlStatement, ...]
    metrics: tuple[tuple[str, str, int | None], ...] = ()
    settings: tuple[PublishedSetting, ...] = ()
    extensions: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class Applied:
    """What the server said."""

    engine: Engine
    catalogue: Catalogue
    described: Mapping[str, Described]
    refusals: tuple[Refusal, ...]


def applied(script: Script, spec: str) -> Applied:
    """The script on the engine of this spec; `EngineError` when there is none, or the engine is `none`."""
    info = engine(spec)
    if info.origin == "none":
        raise EngineError(
            "A document is handed over from an engine",
            place="--engine none",
            evidence="its tables and queries are those that a database has after its script ran",
            remedy="Give embedded, installed or a DSN.",
        )
    with serving(info) as server:
        return applied_on(server, script)


def applied_on(server: Server, script: Script) -> Applied:
    """The same on a server that already runs; its scratch database is gone afterwards."""
    text = "\n".join(statement.text for statement in script.statements)
    with scratch(server, "experiment", text) as connection:
        refusals = list(_refused_statements(server, connection, script.statements))
        found = catalogue(connection, Places(script.statements), server.roles_before)
        described = _described(connection, script.statements)
        refusals += _refused_probes(server, connection, script)
    made = Engine(name=server.name, version=server.version, origin=server.origin, limits=server.all_limits)
    return Applied(made, found, described, tuple(refusals))


def _refused_statements(
    server: Server, connection: Connection, statements: Sequence[SqlStatement]
) -> Iterator[Refusal]:
    """Every statement runs, whatever fails before it, so that all faults are seen at once."""
    for statement in statements:
        reason = forbidden(server, statement.text)
        outcome = Outcome(message=reason) if reason else ran(connection, statement.text)
        if outcome.failed:
            yield Refusal(
                kind="statement",
                subject=statement.text,
                sqlstate=outcome.sqlstate or "",
                message=outcome.message,
                line=statement.line,
            )
    rolled_back(connection)  # a transaction that the script leaves open ends with it, as in psql


def _described(connection: Connection, statements: Sequence[SqlStatement]) -> dict[str, Described]:
    """The prepared statements that are there, each as the server describes it."""
    types = QueryTypes(connection)
    there = {row[0] for row in ran(connection, "SELECT name FROM pg_prepared_statements").rows or ()}
    names = dict.fromkeys(filter(None, map(prepared_name, statements)))
    return {name: Described(*types.of(name)) for name in names if name in there}


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
            yield Refusal(
                kind="setting",
                subject=f"{setting.name} = {setting.value}",
                sqlstate=seen.sqlstate,
                message=seen.message,
                line=setting.line,
            )
