"""A backup and a restore that are really carried out: with PostgreSQL's own programs, on a server of ours.

Nobody has a backup before it was restored. The server's log is archived as a plan archives it, a base backup is
taken with pg_basebackup and checked with pg_verifybackup, rows are written after it, a mishap is committed, and a
second server is brought to the moment before; or pg_dump and pg_restore do what a smaller plan asks for. Every table
is compared with itself at that moment, by its count and a sum over hashes of all its rows.
"""

import shutil
import time
from pathlib import Path

from contracts.claims import Observation, Restores
from flows.engines.copies import SECONDS, Counts, Sums, address, counts, one_value, run_program, sums, sums_in
from flows.engines.errors import EngineError
from flows.engines.launcher import Cluster, cluster
from flows.engines.server import Server
from flows.engines.session import Connection, checked, literal, quoted

POLL_SECONDS = 0.01
_ARCHIVE, _BACKUP, _DUMP = "archive", "backup", "dump"


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
    before = counts(connection)
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
    run_program(own, "mkdir", str(archive))
    _archive_to(server, archive)
    how = ("-X", "stream", "-c", "fast", "--no-sync")
    run_program(own, own.bin_dir / "pg_basebackup", "-D", backup, *how, *address(own))
    run_program(own, own.bin_dir / "pg_verifybackup", backup)
    at, moment, after = _changed(connection, trial)
    _wait_for(server, str(one_value(server.maintenance, "SELECT pg_walfile_name(pg_switch_wal())")))
    settings = {
        "archive_mode": "off",
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": moment,
        "recovery_target_action": "promote",
        "hot_standby": "off",  # nobody reads before the moment is reached
    }
    run_program(own, "touch", str(backup / "recovery.signal"))
    with cluster(own.bin_dir, own.preloaded, settings, backup) as second:
        return at, after, sums_in(second.dsn, str(connection.info.dbname))


def _by_dump(own: Cluster, server: Server, connection: Connection, trial: Restores) -> tuple[Sums, Counts, Sums]:
    """A dump in one file, read into a database of its own."""
    name, dump = str(connection.info.dbname), own.folder / _DUMP
    for statement in trial.changes:
        checked(connection, statement)
    run_program(own, own.bin_dir / "pg_dump", "-Fc", "-f", dump, *address(own), name)
    at, _, after = _changed(connection, trial.model_copy(update={"changes": ()}))
    back = f"{name}_restored"
    checked(server.maintenance, f"CREATE DATABASE {quoted(back)} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        run_program(own, own.bin_dir / "pg_restore", "--exit-on-error", *address(own), "-d", back, dump)
        return at, after, sums_in(server.conninfo, back)
    finally:
        checked(server.maintenance, f"DROP DATABASE {quoted(back)} WITH (FORCE)")


def _changed(connection: Connection, trial: Restores) -> tuple[Sums, str, Counts]:
    """Rows after the changes, that moment by the server's clock, and rows after the mishap."""
    for statement in trial.changes:
        checked(connection, statement)
    at, moment = sums(connection), str(one_value(connection, "SELECT clock_timestamp()"))
    for statement in trial.mishap:
        checked(connection, statement)
    return at, moment, counts(connection)


def _archive_to(server: Server, folder: Path) -> None:
    """From now on finished segments are copied there, as `archive_command` of a plan does; older ones need not be."""
    first = one_value(server.maintenance, "SELECT pg_walfile_name(pg_current_wal_lsn())")
    command = f"[ %f \\< {first} ] || cp %p {folder}/%f"
    checked(server.maintenance, f"ALTER SYSTEM SET archive_command = {literal(command)}")
    checked(server.maintenance, "SELECT pg_reload_conf()")


def _wait_for(server: Server, segment: str) -> None:
    """Until this segment is in the archive."""
    until = time.monotonic() + SECONDS
    question = f"SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name = {literal(segment + '.ready')}"
    while one_value(server.maintenance, question) != "0":
        if time.monotonic() > until:
            raise EngineError("The log was not archived in time", place="archive_command", evidence=segment)
        time.sleep(POLL_SECONDS)
