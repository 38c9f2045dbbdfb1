"""A backup and a restore that are really carried out: with PostgreSQL's own programs, on a server of ours.

Nobody has a backup before it was restored. The server's log is archived as a plan archives it, a base backup is
taken with pg_basebackup and checked with pg_verifybackup, rows are written after it, a mishap is committed, and a
second server is brought to the moment before; or pg_dump and pg_restore do what a smaller plan asks for. Every table
is compared with itself at that moment, by its count and a sum over hashes of all its rows.
"""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from contracts.claims import Observation, Restores
from flows.engines.errors import EngineError
from flows.engines.launcher import Cluster, cluster
from flows.engines.server import Server
from flows.engines.session import Connection, checked, connected, literal, quoted
from flows.engines.watched import owner

SECONDS = 120.0  # a deadline for a machine under load; the usual trial takes 1 to 2
POLL_SECONDS = 0.01
_ARCHIVE, _BACKUP, _DUMP = "archive", "backup", "dump"

TABLES = """
SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
"""

Counts = dict[str, int]

Sums = dict[str, tuple[int, str]]
"""Rows and a sum over the hashes of all rows, by table; the sum does not depend on the order of the rows."""


def restored(server: Server, connection: Connection, claim: str, trial: Restores) -> Observation:
    """(table, rows before, at the moment, after the mishap, restored, "equal" or "different") of each table."""
    own = server.cluster
    if own is None:
        return Observation(claim=claim, tried=False, reason="the files and the log of a DSN's server are out of reach")
    try:
        return Observation(claim=claim, rows=_carried_out(own, server, connection, trial))
    except EngineError as error:
        return Observation(claim=claim, message=str(error).replace(str(own.folder), ""))
    finally:  # as it was, for the next experiment on this server
        checked(server.maintenance, "ALTER SYSTEM RESET archive_command")
        checked(server.maintenance, "SELECT pg_reload_conf()")
        for name in (_ARCHIVE, _BACKUP):
            shutil.rmtree(own.folder / name, ignore_errors=True)
        (own.folder / _DUMP).unlink(missing_ok=True)


def _carried_out(
    own: Cluster, server: Server, connection: Connection, trial: Restores
) -> tuple[tuple[str | None, ...], ...]:
    before = _counts(connection)
    steps = _by_log if trial.method == "log" else _by_dump
    at, after, back = steps(own, server, connection, trial)
    return tuple(
        (
            name,
            str(before.get(name, 0)),
            str(at[name][0]),
            str(after.get(name, 0)),
            str(back.get(name, (0, ""))[0]),
            "equal" if back.get(name) == at[name] else "different",
        )
        for name in sorted(at)
    )


def _by_log(own: Cluster, server: Server, connection: Connection, trial: Restores) -> tuple[Sums, Counts, Sums]:
    """A base backup and the archived log, brought to the moment between changes and mishap."""
    archive, backup = own.folder / _ARCHIVE, own.folder / _BACKUP
    _run(own, "mkdir", str(archive))
    _archive_to(server, archive)
    _run(own, own.bin_dir / "pg_basebackup", "-D", backup, "-X", "stream", "-c", "fast", "--no-sync", *_address(own))
    _run(own, own.bin_dir / "pg_verifybackup", backup)
    at, moment, after = _changed(connection, trial)
    _wait_for(server, str(_one(server.maintenance, "SELECT pg_walfile_name(pg_switch_wal())")))
    settings = {
        "archive_mode": "off",
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": moment,
        "recovery_target_action": "promote",
        "hot_standby": "off",  # nobody reads before the moment is reached
    }
    _run(own, "touch", str(backup / "recovery.signal"))
    with cluster(own.bin_dir, own.preloaded, settings, backup) as second:
        return at, after, _sums_in(second.dsn, str(connection.info.dbname))


def _by_dump(own: Cluster, server: Server, connection: Connection, trial: Restores) -> tuple[Sums, Counts, Sums]:
    """A dump in one file, read into a database of its own."""
    name, dump = str(connection.info.dbname), own.folder / _DUMP
    for statement in trial.changes:
        checked(connection, statement)
    _run(own, own.bin_dir / "pg_dump", "-Fc", "-f", dump, *_address(own), name)
    at, _, after = _changed(connection, trial.model_copy(update={"changes": ()}))
    back = f"{name}_restored"
    checked(server.maintenance, f"CREATE DATABASE {quoted(back)} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        _run(own, own.bin_dir / "pg_restore", "--exit-on-error", *_address(own), "-d", back, dump)
        return at, after, _sums_in(server.conninfo, back)
    finally:
        checked(server.maintenance, f"DROP DATABASE {quoted(back)} WITH (FORCE)")


def _changed(connection: Connection, trial: Restores) -> tuple[Sums, str, Counts]:
    """Rows after the changes, that moment by the server's clock, and rows after the mishap."""
    for statement in trial.changes:
        checked(connection, statement)
    at, moment = _sums(connection), str(_one(connection, "SELECT clock_timestamp()"))
    for statement in trial.mishap:
        checked(connection, statement)
    return at, moment, _counts(connection)


def _archive_to(server: Server, folder: Path) -> None:
    """From now on finished segments are copied there, as `archive_command` of a plan does; older ones need not be."""
    first = _one(server.maintenance, "SELECT pg_walfile_name(pg_current_wal_lsn())")
    command = f"[ %f \\< {first} ] || cp %p {folder}/%f"
    checked(server.maintenance, f"ALTER SYSTEM SET archive_command = {literal(command)}")
    checked(server.maintenance, "SELECT pg_reload_conf()")


def _wait_for(server: Server, segment: str) -> None:
    """Until this segment is in the archive."""
    until = time.monotonic() + SECONDS
    question = f"SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name = {literal(segment + '.ready')}"
    while _one(server.maintenance, question) != "0":
        if time.monotonic() > until:
            raise EngineError("The log was not archived in time", place="archive_command", evidence=segment)
        time.sleep(POLL_SECONDS)


def _sums_in(conninfo: str, database: str) -> Sums:
    with contextlib.closing(connected(conninfo, dbname=database)) as connection:
        return _sums(connection)


def _counts(connection: Connection) -> Counts:
    names = [str(row[0]) for row in checked(connection, TABLES).rows or ()]
    parts = (f"SELECT {literal(name)}, count(*) FROM {name}" for name in names)
    rows = checked(connection, " UNION ALL ".join(parts)).rows if names else ()
    return {str(name): int(str(count)) for name, count in rows or ()}


def _sums(connection: Connection) -> Sums:
    names = [str(row[0]) for row in checked(connection, TABLES).rows or ()]
    parts = (
        f"SELECT {literal(name)}, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {name} AS t"
        for name in names
    )
    rows = checked(connection, " UNION ALL ".join(parts)).rows if names else ()
    return {str(name): (int(str(count)), str(total)) for name, count, total in rows or ()}


def _one(connection: Connection, sql: str) -> str | None:
    return (checked(connection, sql).rows or ((None,),))[0][0]


def _address(own: Cluster) -> tuple[str, ...]:
    return "-h", str(own.folder), "-U", "postgres"


def _run(own: Cluster, *words: str | Path) -> None:
    """One of the server's programs as the server's user; `EngineError` with its last line when it fails."""
    who = owner(own.account)
    try:
        done = subprocess.run(
            [str(word) for word in words],
            user=who["user"],
            group=who["group"],
            extra_groups=None if own.account is None else [],
            env=who["environment"],
            cwd=own.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )  # type: ignore[call-overload]
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError("A program of the server does not run", place=str(words[0]), evidence=str(error)) from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EngineError("A program of the server failed", place=os.path.basename(words[0]), evidence=said)
