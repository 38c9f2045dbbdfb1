"""A replica by the binary log that is really made, followed, read from and promoted, and a primary that is killed.

Three servers start from copies of the loaded one, each with its own server_id and the replica's settings. The second
follows the first by GTID: writes arrive, the plan's queries are answered, a login of the application may not write, and
a session finds by MASTER_GTID_WAIT whether its own write is there. Then the second is promoted and must hold every row;
the third follows it, and it is killed while rows are written one by one, which shows what a failover loses.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.claims import Observation, Replicates
from flows.engines.errors import EngineError
from flows.engines.mariadb.copies import SECONDS, copied_by_dump, copied_files, is_physical, sums
from flows.engines.mariadb.launcher import Own, running
from flows.engines.mariadb.server import Scratch, Server
from flows.engines.mariadb.session import (
    Address,
    Connection,
    as_text,
    checked,
    connected,
    literal,
    one,
    quoted,
    ran,
    rows_of,
)
from flows.engines.replication import TABLE, WRITTEN, Step, less, step

POLL_SECONDS = 0.005
READ_ONLY = "1290"  # ER_OPTION_PREVENTS_STATEMENT


@dataclass(frozen=True)
class _Member:
    """A running server of the group: an administrator's session and the application's, and its port for replicas."""

    own: Own
    port: int
    admin: Connection


@dataclass(frozen=True)
class _Group:
    """What the servers share: the files that they start from, the database, and the logins with their passwords."""

    start: Own
    files: Path
    database: str
    trial: Replicates
    password: str


def replicated(server: Server, place: Scratch, claim: str, trial: Replicates) -> Observation:
    """(step, "yes" or what went wrong, told) of each step."""
    own = server.own
    if own is None:
        return Observation(claim=claim, tried=False, reason="a DSN's server is not ours to copy and to stop")
    files = own.folder / "replicas"
    try:
        if is_physical(own):
            copied_files(own, files)
        else:
            copied_by_dump(own, place.database, files)
        steps = _tried(_Group(own, files, place.database, trial, secrets.token_hex(16)))
        return Observation(claim=claim, rows=tuple(steps))
    except EngineError as error:
        return Observation(claim=claim, message=str(error).replace(str(own.folder), ""))
    finally:
        shutil.rmtree(files, ignore_errors=True)


def _tried(group: _Group) -> list[Step]:
    with _member(group, 1) as primary, _member(group, 2) as standby:
        _logins(group, primary)
        _follow(group, standby, primary)
        with _application(group, standby) as there:
            steps = [*_followed(group, primary, standby), *_answered(group, there)]
            if all(happened == "yes" for _, happened, _ in steps):  # a replica that cannot be read needs no failover
                steps += _promoted(group, primary, standby)
                steps += _failed_over(group, standby)
        return steps


@contextlib.contextmanager
def _member(group: _Group, number: int) -> Iterator[_Member]:
    """A server from the copied files that replicas reach at a port of the loopback, with the plan's settings."""
    port = _free_port()
    network = {"skip_networking": "OFF", "bind_address": "127.0.0.1", "port": str(port), "skip_name_resolve": "ON"}
    mine = {"server_id": str(number), "log_slave_updates": "ON", "gtid_strict_mode": "ON"}
    plan = {name: value for name, value in group.trial.settings if number > 1 or not name.startswith("read_only")}
    with (
        running(group.start.programs, {**plan, **mine, **network}, empty=group.files) as own,
        contextlib.closing(connected(own.address, database=group.database)) as admin,
    ):
        yield _Member(own, port, admin)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _logins(group: _Group, primary: _Member) -> None:
    """Who replicates, and the application, which unlike an administrator may not write to a replica; both replicate."""
    for statement in (
        f"CREATE USER persistence_replica@'127.0.0.1' IDENTIFIED BY {literal(group.password)}",
        "GRANT REPLICATION SLAVE ON *.* TO persistence_replica@'127.0.0.1'",
        f"CREATE USER persistence_application@localhost IDENTIFIED BY {literal(group.password)}",
        f"GRANT ALL ON {quoted(group.database)}.* TO persistence_application@localhost",
        f"CREATE TABLE {TABLE} (id BIGINT PRIMARY KEY) ENGINE=InnoDB",
    ):
        checked(primary.admin, statement)


def _follow(group: _Group, replica: _Member, source: _Member) -> None:
    checked(
        replica.admin,
        f"CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {source.port}, "
        f"MASTER_USER = 'persistence_replica', MASTER_PASSWORD = {literal(group.password)}, "
        "MASTER_USE_GTID = slave_pos",
    )
    checked(replica.admin, "START SLAVE")
    if not _has(replica, _position(source), SECONDS):
        raise EngineError("The replica does not follow", place=TABLE, evidence=_fault(replica))


def _fault(replica: _Member) -> str:
    """What the replica itself says is wrong."""
    told = _status(replica)
    return "; ".join(told[name] for name in ("Last_IO_Error", "Last_SQL_Error") if told[name])


def _status(replica: _Member) -> dict[str, str]:
    with replica.admin.cursor() as cursor:
        cursor.execute("SHOW SLAVE STATUS")
        names = [str(column[0]) for column in cursor.description or ()]
        return {name: as_text(cell) or "" for name, cell in zip(names, cursor.fetchone() or (), strict=True)}


@contextlib.contextmanager
def _application(group: _Group, member: _Member) -> Iterator[Connection]:
    given = {**dict(member.own.address.arguments), "user": "persistence_application", "password": group.password}
    with contextlib.closing(connected(Address(tuple(given.items())), database=group.database)) as connection:
        yield connection


def _position(member: _Member) -> str:
    return one(member.admin, "SELECT @@GLOBAL.gtid_binlog_pos")


def _has(replica: _Member, position: str, seconds: float) -> bool:
    return one(replica.admin, f"SELECT MASTER_GTID_WAIT({literal(position)}, {seconds:g})") == "0"


def _written(source: _Member, number: int) -> str:
    """Write a row, and the position that a replica must have reached to show it."""
    checked(source.admin, f"INSERT INTO {TABLE} VALUES ({number})")
    return one(source.admin, "SELECT @@last_gtid")


def _followed(group: _Group, primary: _Member, standby: _Member) -> list[Step]:
    """A write arrives; while the replica waits, the position tells that a write is not there, and then that it is."""
    allowed, began = group.trial.lag_seconds, time.monotonic()
    arrived = _has(standby, _written(primary, 1), allowed)
    steps = [step("a write arrives", arrived, f"read there in {less(time.monotonic() - began, allowed)}")]
    checked(standby.admin, "STOP SLAVE SQL_THREAD")
    position = _written(primary, 2)
    behind = not _has(standby, position, 0.05) and one(standby.admin, f"SELECT COUNT(*) FROM {TABLE}") == "1"
    checked(standby.admin, "START SLAVE SQL_THREAD")
    ahead = _has(standby, position, allowed) and one(standby.admin, f"SELECT COUNT(*) FROM {TABLE}") == "2"
    told = "its position tells a session whether its own write is there"
    return [*steps, step("a session finds its own write", behind and ahead, told)]


def _answered(group: _Group, there: Connection) -> list[Step]:
    """Every query that goes to a replica runs there, and a write of the application does not."""
    for statements in group.trial.queries:
        for statement in statements:
            done = ran(there, statement)
            if done.failed:
                return [step(statement, False, f"{done.sqlstate}: {done.message}")]
    refused = ran(there, f"INSERT INTO {TABLE} VALUES (0)")
    count = len(group.trial.queries)
    return [
        step("queries", True, f"{count} routed {'query' if count == 1 else 'queries'} answered"),
        step("a write there", READ_ONLY in refused.message, f"a write refused ({READ_ONLY})"),
    ]


def _takes_over(replica: _Member) -> None:
    for statement in ("STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL read_only = OFF"):
        checked(replica.admin, statement)


def _promoted(group: _Group, primary: _Member, standby: _Member) -> list[Step]:
    """The replica takes writes, and holds every row of every table."""
    _has(standby, _position(primary), group.trial.lag_seconds)
    before, began = sums(primary.admin), time.monotonic()
    _takes_over(standby)
    with _application(group, standby) as there:
        took = not ran(there, f"INSERT INTO {TABLE} VALUES (3)").failed
    seconds = time.monotonic() - began
    checked(standby.admin, f"DELETE FROM {TABLE} WHERE id = 3")
    same, rows = sums(standby.admin) == before, sum(count for count, _ in before.values())
    allowed = group.trial.promote_seconds
    return [
        step("promotion", took and seconds <= allowed, f"promoted in {less(seconds, allowed)}"),
        step("rows", same, f"all {rows:,} rows there"),
    ]


def _failed_over(group: _Group, primary: _Member) -> list[Step]:
    """The promoted server is killed while rows are written; what its own replica has of them when it takes over."""
    with _member(group, 3) as second:
        _follow(group, second, primary)
        _written_until_killed(group, primary, second)
        _applied(second, group.trial.promote_seconds)
        _takes_over(second)
        found = int(one(second.admin, f"SELECT COUNT(*) FROM {TABLE} WHERE id > 1000"))
    if group.trial.synchronous:
        told = f"its primary killed after {WRITTEN} acknowledged rows: none lost"
        return [step("no acknowledged row is lost", found >= WRITTEN, told)]
    return [
        step("the standby takes over", found > 0, "its primary killed while rows are written: its replica took over")
    ]


def _written_until_killed(group: _Group, primary: _Member, second: _Member) -> None:
    if group.trial.synchronous:
        checked(primary.admin, "SET GLOBAL rpl_semi_sync_master_enabled = ON")
        _until(primary.admin, "SHOW STATUS LIKE 'Rpl_semi_sync_master_clients'", "1")
    for number in range(1_001, 1_001 + WRITTEN):
        checked(primary.admin, f"INSERT INTO {TABLE} VALUES ({number})")
    if not group.trial.synchronous:  # what is on its way may be lost; the first of them has arrived
        _until(second.admin, f"SELECT 'found', COUNT(*) > 0 FROM {TABLE} WHERE id > 1000", "1")
    os.kill(int((primary.own.folder / "server.pid").read_text()), signal.SIGKILL)


def _applied(replica: _Member, seconds: float) -> None:
    """All that the replica was sent is applied; a transaction that was cut off within is not waited for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        told = _status(replica)
        sent = told["Master_Log_File"], told["Read_Master_Log_Pos"]
        if sent == (told["Relay_Master_Log_File"], told["Exec_Master_Log_Pos"]):
            return
        time.sleep(POLL_SECONDS)


def _until(connection: Connection, question: str, answer: str) -> None:
    """Until the second column of the answer's row is this."""
    until = time.monotonic() + SECONDS
    while str(rows_of(connection, question)[0][1]) != answer:
        if time.monotonic() > until:
            raise EngineError("The replica does not get there", place=question, evidence=answer)
        time.sleep(POLL_SECONDS)
