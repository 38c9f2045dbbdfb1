"""A running MariaDB for one experiment, and scratch databases in it that leave nothing behind.

A server of our own is thrown away as a whole. On somebody else's only a scratch database is made; it and the roles
and users that came with the experiment are dropped again, and global settings are never changed.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import pymysql

from flows.engines.errors import EngineError
from flows.engines.locate import EngineInfo, Origin, masked
from flows.engines.mariadb.launcher import Own, programs, running
from flows.engines.mariadb.locate import reading, require_product
from flows.engines.mariadb.product import MARIADB, Product
from flows.engines.mariadb.session import (
    SCRIPT_MODE,
    STANDARD_MODE,
    Address,
    Connection,
    checked,
    connected,
    literal,
    one,
    quoted,
    ran,
    rows_of,
)
from flows.engines.server import names

LOCK = "persistence_architect"  # one experiment at a time on a server that is shared
TRIAL_USER = "persistence_trial_"
NAME_LENGTH = 32  # of a user: MySQL's limit, MariaDB's is 80


@dataclass(frozen=True)
class Server:
    """A server that was reached, what its login may do, and the roles and users that it had before us.

    `suffix` makes scratch names unique on a shared server; `own` is the server's folder and programs where it is ours;
    `notes` collects what went wrong while tidying up.
    """

    origin: Origin
    address: Address
    maintenance: Connection
    version: str
    creates_roles: bool
    roles_before: frozenset[str]
    limits: tuple[str, ...]
    suffix: str
    own: Own | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Which product it is."""
        return self.address.product.name

    @property
    def ours(self) -> bool:
        """Whether the server is our own to alter and to throw away."""
        return self.own is not None

    @property
    def all_limits(self) -> tuple[str, ...]:
        """What was known beforehand and what came up while tidying."""
        return (*self.limits, *self.notes)


@dataclass(frozen=True)
class Scratch:
    """A new, empty database with two sessions in it: the script's, and the trials' in the standard's dialect."""

    database: str
    script: Connection
    trials: Connection
    product: Product


@contextlib.contextmanager
def serving(info: EngineInfo, product: Product = MARIADB) -> Iterator[Server]:
    """The engine, started if it is ours or reached if it is not; `EngineError` when neither works."""
    if info.origin == "installed":
        with running(programs(product)) as own, contextlib.closing(connected(own.address)) as connection:
            yield _server(info, own.address, connection, own)
        return
    address, _ = reading(info.conninfo, product)
    with contextlib.closing(_reached(info, address)) as connection:
        require_product(one(connection, "SELECT VERSION()"), info.place, product)
        if one(connection, f"SELECT GET_LOCK('{LOCK}', 600)") != "1":
            raise EngineError("Another experiment holds this server", place=info.place, remedy="Try again later.")
        server = _server(info, address, connection, None)
        _drop_orphans(connection)
        yield server


@contextlib.contextmanager
def scratch(server: Server, purpose: str, text: str) -> Iterator[Scratch]:
    """A new database for the SQL in `text`; it and what the SQL created beside it are dropped, whatever happened."""
    name = f"persistence_{purpose}{server.suffix}"
    create = f"CREATE DATABASE {quoted(name)} CHARACTER SET utf8mb4 COLLATE {server.address.product.collation}"
    outcome = ran(server.maintenance, create)
    if outcome.failed:
        raise EngineError(
            "The login may not create a database",
            place=f"CREATE DATABASE {name}",
            evidence=outcome.message,
            remedy="GRANT ALL PRIVILEGES ON `persistence\\_%`.* to it as an administrator, or use --engine installed.",
        )
    try:
        with (
            contextlib.closing(connected(server.address, SCRIPT_MODE, database=name)) as script,
            contextlib.closing(connected(server.address, STANDARD_MODE, database=name)) as trials,
        ):
            yield Scratch(name, script, trials, server.address.product)
    finally:
        with contextlib.suppress(EngineError):  # the first error says more than a server that is gone
            _removed(server, name, text)


def _removed(server: Server, name: str, text: str) -> None:
    outcome = ran(server.maintenance, f"DROP DATABASE {quoted(name)}")
    if outcome.failed:
        server.notes.append(f"the scratch database could not be dropped: {outcome.message}")
    drop_trial_users(server.maintenance)
    for account in new_accounts(server, text):
        kind = "ROLE" if "@" not in account else "USER"
        outcome = ran(server.maintenance, f"DROP {kind} {account}")
        if outcome.failed:
            server.notes.append(f"{kind.lower()} {account} was created and could not be dropped: {outcome.message}")


def accounts(connection: Connection, is_role: str) -> frozenset[str]:
    """Roles as quoted names, users with their host, but for those that a trial connects as."""
    sql = f"SELECT user, host, {is_role} FROM mysql.user WHERE user NOT LIKE {literal(TRIAL_USER + '%')}"
    outcome = ran(connection, sql)  # refused to a login that may not look
    return frozenset(
        quoted(str(user)) if role == "Y" else f"{quoted(str(user))}@{quoted(str(host or '%'))}"
        for user, host, role in outcome.rows or ()
    )


def new_accounts(server: Server, text: str) -> tuple[str, ...]:
    """Roles and users that came since we reached the server; on a shared one only those that `text` names."""
    came = sorted(accounts(server.maintenance, server.address.product.role) - server.roles_before)
    return tuple(name for name in came if server.ours or names(text, name.split("`")[1]))


def trial_user(server: Server, role: str) -> Address:
    """The login of a user that has this role and nothing else."""
    user, password = f"{TRIAL_USER}{role}"[:NAME_LENGTH], "" if server.ours else secrets.token_hex(16)
    for statement in (
        f"DROP USER IF EXISTS {quoted(user)}@'%'",
        f"CREATE USER {quoted(user)}@'%' IDENTIFIED BY {literal(password)}",
        f"GRANT {quoted(role)} TO {quoted(user)}@'%'",
    ):
        checked(server.maintenance, statement)
    given = {key: value for key, value in server.address.arguments if key != "database"}
    return Address(tuple({**given, "user": user, "password": password}.items()), server.address.product)


def drop_trial_users(connection: Connection) -> None:
    """What trials connected as."""
    sql = f"SELECT user, host FROM mysql.user WHERE user LIKE {literal(TRIAL_USER + '%')}"
    for user, host in ran(connection, sql).rows or ():
        ran(connection, f"DROP USER {quoted(str(user))}@{quoted(str(host))}")


_ALTERS_SERVER = re.compile(
    r"\bset\s+(?:global|persist)\b|@@global\.|\b(?:un)?install\s+(?:plugin|soname)\b|\breset\s+(?:master|slave|replica)\b"
    r"|\bchange\s+master\b|\bpurge\s+(?:binary|master)\b|\bflush\b|\b(?:start|stop)\s+(?:slave|replica|all)\b|\bkill\b",
    re.IGNORECASE,
)
_ALTERS_ACCOUNT = re.compile(r"\b(?:(?:alter|drop|rename)\s+(?:role|user)|grant|revoke)\b", re.IGNORECASE)


def forbidden(server: Server, sql: str) -> str:
    """Why this SQL is not run on a server that is not ours; nothing when it may run."""
    if server.ours:
        return ""
    if re.match(r"\s*(?:create|prepare)\b", sql, re.IGNORECASE) is None and _ALTERS_SERVER.search(sql):
        return "statements that change the server are not run on one that is not ours"
    if _ALTERS_ACCOUNT.match(sql.lstrip()):
        kept = sorted(name.split("`")[1] for name in server.roles_before)
        known = next((name for name in kept if names(sql, name)), "")
        return f'"{known}" was on this server before and is not altered' if known else ""
    return ""


def _server(info: EngineInfo, address: Address, connection: Connection, own: Own | None) -> Server:
    creates_roles = own is not None or _may_create_users(connection)
    limits = info.limits
    if not creates_roles:
        limits = (*limits, "this login lacks CREATE USER or may not read mysql.user: roles are not tried")
    return Server(
        origin=info.origin,
        address=address,
        maintenance=connection,
        version=one(connection, "SELECT VERSION()").split("-")[0],
        creates_roles=creates_roles,
        roles_before=accounts(connection, address.product.role),
        limits=limits,
        suffix="" if own else f"_{os.getpid()}_{one(connection, 'SELECT CONNECTION_ID()')}",
        own=own,
    )


def _may_create_users(connection: Connection) -> bool:
    """Told by the grants of the login, and by whether it may look at the list of users."""
    grants = " ".join(str(row[0]) for row in rows_of(connection, "SHOW GRANTS"))
    may = re.search(r"GRANT (ALL PRIVILEGES|[^;]*\bCREATE USER\b)[^;]* ON \*\.\*", grants) is not None
    return may and not ran(connection, "SELECT 1 FROM mysql.user LIMIT 1").failed


def version_at(info: EngineInfo, product: Product = MARIADB) -> str:
    """The version of the server at a DSN; `EngineError` when it does not answer."""
    connection = _reached(info, reading(info.conninfo, product)[0])
    try:
        version = one(connection, "SELECT VERSION()")
        require_product(version, info.place, product)
        return version.split("-")[0]
    finally:
        connection.close()


def _reached(info: EngineInfo, address: Address) -> Connection:
    try:
        return connected(address)
    except (pymysql.Error, OSError) as error:
        text = str(error.args[1]) if len(error.args) > 1 else str(error)
        raise EngineError(
            "The database server of the DSN cannot be reached",
            place=info.place,
            evidence=masked(text),
            remedy="Check host, port, user and password, or use --engine installed.",
        ) from error


def _drop_orphans(connection: Connection) -> None:
    """What a run left that was killed; the lock says that no other run is using it."""
    sql = "SELECT schema_name FROM information_schema.schemata"
    for (name,) in rows_of(connection, sql):
        if re.fullmatch(r"persistence_(experiment|reverts)_\d+_\d+", str(name)):
            ran(connection, f"DROP DATABASE {quoted(str(name))}")
    drop_trial_users(connection)
