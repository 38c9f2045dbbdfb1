"""A backup and a restore that are really carried out, with MariaDB's own programs, on servers of ours.

By the log: a consistent copy is taken with the place in the binary log where it stands, rows are written after it, a
mishap is committed, and a second server gets the copy and the binary log up to the place before the mishap. By a
dump: the copy is taken after the changes. Each table is compared with itself by its count and a sum of row hashes.

The copy is `mariadb-dump --single-transaction`; a physical one (mariabackup) starts from the same place in the log.
"""

import contextlib
import subprocess
from pathlib import Path

from contracts.claims import Observation, Restores
from flows.engines.errors import EngineError
from flows.engines.mariadb.launcher import Own, running
from flows.engines.mariadb.server import Scratch, Server
from flows.engines.mariadb.session import Connection, checked, connected, quoted, rows_of
from flows.engines.watched import owner

SECONDS = 120.0  # a deadline for a machine under load; the usual trial takes 2 to 3

Sums = dict[str, tuple[int, str]]
"""Rows and a sum over the hashes of all rows, by table; the sum does not depend on the order of the rows."""

_COLUMNS = """
SELECT t.table_name, c.column_name
FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' ORDER BY t.table_name, c.ordinal_position
"""


def restored(server: Server, place: Scratch, claim: str, trial: Restores) -> Observation:
    """(table, rows before, at the moment, after the mishap, restored, "equal" or "different") of each table."""
    if server.own is None:
        return Observation(claim=claim, tried=False, reason="the files and the log of a DSN's server are out of reach")
    try:
        return Observation(claim=claim, rows=_carried_out(server.own, place, trial))
    except EngineError as error:
        return Observation(claim=claim, message=str(error).replace(str(server.own.folder), ""))


def _carried_out(own: Own, place: Scratch, trial: Restores) -> tuple[tuple[str | None, ...], ...]:
    before, copy = _sums(place.trials), own.folder / "copy.sql"
    try:
        if trial.method == "log":
            start = _copied(own, place, copy)
            _changed(place, trial.changes)
        else:
            _changed(place, trial.changes)
            start = _copied(own, place, copy)
        at, moment = _sums(place.trials), _position(place.trials)
        _changed(place, trial.mishap)
        after = _sums(place.trials)
        back = _brought_back(own, place.database, copy, (start, moment) if trial.method == "log" else None)
    finally:
        copy.unlink(missing_ok=True)
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


def _copied(own: Own, place: Scratch, copy: Path) -> _Position:
    """A consistent copy of the database, and where the binary log stands; nobody else writes meanwhile."""
    here = _position(place.trials)
    words = ("--single-transaction", "--routines", "--triggers", "--events", "--databases", place.database)
    _run(own, "mariadb-dump", f"--socket={own.socket}", "--user=root", f"--result-file={copy}", *words)
    return here


def _position(connection: Connection) -> _Position:
    row = rows_of(connection, "SHOW MASTER STATUS")[0]
    return str(row[0]), str(row[1])


def _changed(place: Scratch, statements: tuple[str, ...]) -> None:
    """Committed, as the application or a mistake would."""
    for statement in statements:
        checked(place.trials, statement)


def _brought_back(own: Own, database: str, copy: Path, log: tuple[_Position, _Position] | None) -> Sums:
    """The copy, and the log between two places, on a second server."""
    with running(own.programs, empty=own.empty) as second:
        _run(second, "mariadb", *_client(second), stdin=copy)
        if log is not None:
            replay, events = own.folder / "replay.sql", _files(own, log)
            (_, start), (_, end) = log
            words = (f"--start-position={start}", f"--stop-position={end}", f"--result-file={replay}", *events)
            try:
                _run(own, "mariadb-binlog", *words)
                _run(second, "mariadb", *_client(second), stdin=replay)
            finally:
                replay.unlink(missing_ok=True)
        with contextlib.closing(connected(second.address, database=database)) as connection:
            return _sums(connection)


def _files(own: Own, log: tuple[_Position, _Position]) -> tuple[str, ...]:
    """The binary logs from the first place to the last, in order."""
    (first, _), (last, _) = log
    names = sorted(path.name for path in (own.folder / "data").glob(f"{first.rpartition('.')[0]}.[0-9]*"))
    return tuple(str(own.folder / "data" / name) for name in names if first <= name <= last)


def _sums(connection: Connection) -> Sums:
    columns: dict[str, list[str]] = {}
    for table, column in rows_of(connection, _COLUMNS):
        columns.setdefault(str(table), []).append(f"COALESCE(HEX({quoted(str(column))}), 'NULL')")
    sums: Sums = {}
    for table, fields in columns.items():
        hashed = f"CAST(CONV(LEFT(MD5(CONCAT_WS(',', {', '.join(fields)})), 15), 16, 10) AS DECIMAL(20))"
        ((count, total),) = rows_of(connection, f"SELECT COUNT(*), COALESCE(SUM({hashed}), 0) FROM {quoted(table)}")
        sums[table] = (int(str(count)), str(total))
    return sums


def _client(own: Own) -> tuple[str, ...]:
    """The client reads what a restore gives it, with foreign keys unchecked as mariadb-dump's own header asks."""
    return (
        f"--socket={own.socket}",
        "--user=root",
        "--default-character-set=utf8mb4",
        "--binary-mode",
        "--max-allowed-packet=1G",
    )


def _run(own: Own, name: str, *words: str, stdin: Path | None = None) -> None:
    """One of the server's programs as the server's user; `EngineError` with its last line when it fails."""
    who = owner(own.account)
    with contextlib.ExitStack() as stack:
        given = stack.enter_context(stdin.open("rb")) if stdin else subprocess.DEVNULL
        try:
            done = subprocess.run(
                [str(own.programs.tool(name)), "--no-defaults", *words],
                user=who["user"],
                group=who["group"],
                extra_groups=None if own.account is None else [],
                env=who["environment"],
                cwd=own.folder,
                stdin=given,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )  # type: ignore[call-overload]
        except (OSError, subprocess.SubprocessError) as error:
            raise EngineError("A program of the server does not run", place=name, evidence=str(error)) from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EngineError("A program of the server failed", place=name, evidence=said)
