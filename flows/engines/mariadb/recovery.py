"""A backup and a restore that are really carried out, with MariaDB's own programs, on servers of ours.

By the log: a consistent copy is taken with the place in the binary log where it stands, rows are written after it, a
mishap is committed, and a second server gets the copy and the binary log up to the place before the mishap. By a
dump: the copy is taken after the changes. Each table is compared with itself by its count and a sum of row hashes.

The copy by the log is mariadb-backup's where it is installed, or else mariadb-dump's.
"""

import contextlib
import shutil
from pathlib import Path

from contracts.claims import Observation, Restores
from flows.engines.errors import EngineError
from flows.engines.mariadb.copies import Sums, client, copied_files, dumped, is_physical, run, sums
from flows.engines.mariadb.launcher import Own, running
from flows.engines.mariadb.server import Scratch, Server
from flows.engines.mariadb.session import Connection, checked, connected, rows_of

_PLACE = ("mariadb_backup_binlog_info", "xtrabackup_binlog_info")
"""Where mariadb-backup says at which place of the log its copy stands."""


def restored(server: Server, place: Scratch, claim: str, trial: Restores) -> Observation:
    """(table, rows before, at the moment, after the mishap, restored, "equal" or "different") of each table."""
    if server.own is None:
        return Observation(claim=claim, tried=False, reason="the files and the log of a DSN's server are out of reach")
    try:
        return Observation(claim=claim, rows=_carried_out(server.own, place, trial))
    except EngineError as error:
        return Observation(claim=claim, message=str(error).replace(str(server.own.folder), ""))


def _carried_out(own: Own, place: Scratch, trial: Restores) -> tuple[tuple[str | None, ...], ...]:
    before, copy = sums(place.trials), own.folder / ("copy" if _by_files(own, trial) else "copy.sql")
    try:
        if trial.method == "log":
            start = _copied(own, place, copy)
            _changed(place, trial.changes)
        else:
            _changed(place, trial.changes)
            start = _copied(own, place, copy)
        at, moment = sums(place.trials), _position(place.trials, place.product.position)
        _changed(place, trial.mishap)
        after = sums(place.trials)
        back = _brought_back(own, place.database, copy, (start, moment) if trial.method == "log" else None)
    finally:
        shutil.rmtree(copy, ignore_errors=True) if copy.is_dir() else copy.unlink(missing_ok=True)
    return tuple(
        (
            name,
            str(before.get(name, (0, ""))[0]),
            str(at[name][0]),
            str(after.get(name, (0, ""))[0]),
            str(back.get(name, (0, ""))[0]),
            "equal" if back.get(name) == at[name] else "different",
        )
        for name in at
    )


_Position = tuple[str, str]
"""File and place in the binary log."""


def _by_files(own: Own, trial: Restores) -> bool:
    return trial.method == "log" and is_physical(own)


def _copied(own: Own, place: Scratch, copy: Path) -> _Position:
    """A consistent copy of the database, and where the binary log stands; nobody else writes meanwhile."""
    if copy.suffix:
        here = _position(place.trials, place.product.position)
        dumped(own, place.database, copy)
        return here
    copied_files(own, copy)
    told = next((copy / name).read_text().split() for name in _PLACE if (copy / name).exists())
    return told[0], told[1]


def _position(connection: Connection, question: str) -> _Position:
    row = rows_of(connection, question)[0]
    return str(row[0]), str(row[1])


def _changed(place: Scratch, statements: tuple[str, ...]) -> None:
    """Committed, as the application or a mistake would."""
    for statement in statements:
        checked(place.trials, statement)


def _brought_back(own: Own, database: str, copy: Path, log: tuple[_Position, _Position] | None) -> Sums:
    """The copy, and the log between two places, on a second server."""
    with running(own.programs, empty=copy if copy.is_dir() else own.empty) as second:
        if copy.is_file():
            run(second, own.programs.product.client, *client(second), stdin=copy)
        if log is not None:
            replay, events = own.folder / "replay.sql", _files(own, log)
            (_, start), (_, end) = log
            words = (f"--start-position={start}", f"--stop-position={end}", f"--result-file={replay}", *events)
            try:
                run(own, own.programs.product.binlog, *words)
                run(second, own.programs.product.client, *client(second), stdin=replay)
            finally:
                replay.unlink(missing_ok=True)
        with contextlib.closing(connected(second.address, database=database)) as connection:
            return sums(connection)


def _files(own: Own, log: tuple[_Position, _Position]) -> tuple[str, ...]:
    """The binary logs from the first place to the last, in order."""
    (first, _), (last, _) = log
    names = sorted(path.name for path in (own.folder / "data").glob(f"{first.rpartition('.')[0]}.[0-9]*"))
    return tuple(str(own.folder / "data" / name) for name in names if first <= name <= last)
