"""A running server for one experiment, and scratch databases in it that leave nothing behind.

A server of our own is thrown away as a whole. On somebody else's server only a scratch database is made, and
the databases and roles that the experiment brought are dropped again; what was there before is not touched.
"""

import contextlib
import dataclasses
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import psycopg

from flows.engines.errors import EngineError
from flows.engines.launcher import Cluster, cluster
from flows.engines.locate import EngineInfo, Origin, masked, require_floor
from flows.engines.session import Connection, checked, connected, literal, quoted, ran

LOCK = 7_239_451_088  # an arbitrary key: one experiment at a time on a server that is shared


@dataclass(frozen=True)
class Server:
    """A server that was reached, what its login may do, and the roles that it had before us.

    `suffix` makes the names of scratch databases unique on a shared server; `cluster` is the server's own folder and
    programs where it is ours; `notes` collects what went wrong while tidying up.
    """

    name: str
    origin: Origin
    conninfo: str
    maintenance: Connection
    version: str
    superuser: bool
    creates_roles: bool
    roles_before: frozenset[str]
    limits: tuple[str, ...]
    suffix: str
    cluster: Cluster | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def ours(self) -> bool:
        """Whether the server is our own to alter and to throw away."""
        return self.origin != "dsn"

    @property
    def all_limits(self) -> tuple[str, ...]:
        """What was known beforehand and what came up while tidying."""
        return (*self.limits, *self.notes)


@contextlib.contextmanager
def serving(info: EngineInfo) -> Iterator[Server]:
    """The engine, started if it is ours or reached if it is not; `EngineError` when neither works."""
    if info.bin_dir is not None:
        with cluster(info.bin_dir) as own, connected(own.dsn) as connection:
            yield dataclasses.replace(_server(info, own.dsn, connection), cluster=own)
        return
    with reached(info) as connection:
        checked(connection, f"SELECT pg_advisory_lock({LOCK})")
        server = _server(info, info.conninfo, connection)
        require_floor(server.version, info.place)
        _require_databases(server, info)
        _drop_orphans(connection)
        yield server


@contextlib.contextmanager
def another(
    server: Server, preload: tuple[str, ...] = ("pg_stat_statements",), settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A second, empty server of the same programs beside one of ours, for what must not meet its roles or settings."""
    assert server.cluster is not None
    with cluster(server.cluster.bin_dir, preload, settings) as own, connected(own.dsn) as connection:
        before = roles(connection)
        yield dataclasses.replace(server, conninfo=own.dsn, maintenance=connection, cluster=own, roles_before=before)


@contextlib.contextmanager
def scratch(server: Server, purpose: str, text: str) -> Iterator[Connection]:
    """A connection to a new, empty database (UTF-8, byte order) for the SQL in `text`.

    It is made from template0, since a server's template1 may hold anything. The database and the roles that the
    SQL created are dropped afterwards, whatever happened in between.
    """
    name = f"persistence_{purpose}{server.suffix}"
    options = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    checked(server.maintenance, f"CREATE DATABASE {quoted(name)} {options}")
    try:
        with contextlib.closing(connected(server.conninfo, dbname=name)) as connection:
            yield connection
    except BaseException:
        with contextlib.suppress(EngineError):  # the first error says more than a server that is gone
            _removed(server, name, text)
        raise
    _removed(server, name, text)


def _removed(server: Server, name: str, text: str) -> None:
    """The roles come last: what a role owns or may do in the database goes with the database."""
    checked(server.maintenance, f"DROP DATABASE {quoted(name)} WITH (FORCE)")
    for role in new_roles(server, text):
        outcome = ran(server.maintenance, f"DROP ROLE {quoted(role)}")
        if outcome.failed:
            server.notes.append(f'role "{role}" was created and could not be dropped: {outcome.message}')


def roles(connection: Connection) -> frozenset[str]:
    """The names of all roles of the server that are not its own."""
    rows = checked(connection, "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'").rows or ()
    return frozenset(str(row[0]) for row in rows)


def new_roles(server: Server, text: str) -> tuple[str, ...]:
    """Roles that came since we reached the server, in order; on a shared one only those that `text` names.

    Somebody else may create roles at the same time: a role that our SQL does not name is not ours to drop.
    """
    came = sorted(roles(server.maintenance) - server.roles_before)
    return tuple(role for role in came if server.ours or names(text, role))


def names(text: str, role: str) -> bool:
    """Whether the SQL text names this role as a word.

    >>> names('CREATE ROLE shop_app NOLOGIN', "shop_app"), names('CREATE ROLE shop_app_2', "shop_app")
    (True, False)
    """
    return re.search(rf"(?<![\w$]){re.escape(role)}(?![\w$])", text, re.IGNORECASE) is not None


_ALTERS_SERVER = re.compile(
    r"\balter\s+system\b|\b(?:(?:alter|drop)\s+(?:role|user|group)|drop\s+owned|reassign\s+owned)\b", re.IGNORECASE
)


def forbidden(server: Server, sql: str) -> str:
    """Why this SQL is not run on a server that is not ours; nothing when it may run.

    Roles and server settings are outside the scratch database, so dropping it would not bring them back.
    """
    found = _ALTERS_SERVER.search(sql)
    if server.ours or found is None:
        return ""
    if "system" in found.group().lower():
        return "ALTER SYSTEM is not run on a server that is not ours"
    kept = sorted(role for role in server.roles_before if names(sql, role))
    return f'role "{kept[0]}" was on this server before and is not altered' if kept else ""


def _server(info: EngineInfo, conninfo: str, connection: Connection) -> Server:
    row = (checked(connection, _LOGIN).rows or ())[0]
    superuser, creates_roles = row[1] == "t", row[2] == "t"
    limits = info.limits
    if not (superuser or creates_roles):
        limits = (*limits, "this login lacks CREATEROLE: roles and row-level security are not tried")
    return Server(
        name=info.name,
        origin=info.origin,
        conninfo=conninfo,
        maintenance=connection,
        version=str(row[0]).split()[0],
        superuser=superuser,
        creates_roles=superuser or creates_roles,
        roles_before=roles(connection),
        limits=limits,
        suffix="" if info.bin_dir else f"_{os.getpid()}_{connection.info.backend_pid}",
    )


_LOGIN = """
SELECT current_setting('server_version'), rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user
"""


def reached(info: EngineInfo) -> Connection:
    """A connection to the server of a DSN; `EngineError`, with the password masked, when there is none."""
    try:
        return connected(info.conninfo)
    except psycopg.Error as error:
        raise EngineError(
            "The database server of the DSN cannot be reached",
            place=info.place,
            evidence=masked(str(error).strip()),
            remedy="Check host, port, database, user and password, or use --engine embedded.",
        ) from error


def _require_databases(server: Server, info: EngineInfo) -> None:
    sql = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if checked(server.maintenance, sql).rows == (("t",),):
        return
    raise EngineError(
        "The login of the DSN may not create a database",
        place=info.place,
        evidence=f"role {literal(server.maintenance.info.user)} has no CREATEDB",
        remedy="Run ALTER ROLE … CREATEDB as an administrator, or use --engine embedded.",
    )


_ORPHANS = """
SELECT datname FROM pg_database
WHERE datname ~ '^persistence_(experiment|reverts)_[0-9]+_[0-9]+$' AND pg_get_userbyid(datdba) = current_user
AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = pg_database.oid)
"""


def _drop_orphans(connection: Connection) -> None:
    """Drop scratch databases of ours that nobody uses: a run that was killed could not do it itself."""
    for row in checked(connection, _ORPHANS).rows or ():
        ran(connection, f"DROP DATABASE {quoted(str(row[0]))}")  # refused when another run has just opened it
