"""Whether SQLite takes a setting: set on a new file, and read back.

SQLite ignores a PRAGMA that it does not know and clips a value that it does not like, without a word. So nothing
counts but what it says afterwards.
"""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from contracts.claims import Observation, SettingAccepted, Starts
from flows.engines.sqlite.session import Database, checked, ran, rows_of

WORDS = {
    "synchronous": ("off", "normal", "full", "extra"),
    "auto_vacuum": ("none", "full", "incremental"),
    "temp_store": ("default", "file", "memory"),
}
"""Settings that are set by a word and read back as its number."""

_BOOLEAN = {"on": "1", "true": "1", "yes": "1", "off": "0", "false": "0", "no": "0"}
_SAFE = re.compile(r"-?\w+")


def setting_accepted(folder: Path, claim: str, trial: SettingAccepted) -> Observation:
    """SQLSTATE and message of the refusal, or neither when the value is read back as it was set."""
    with _new_file(folder) as database, contextlib.closing(database.connected()) as connection:
        sqlstate, message = _set(connection, trial.name, trial.value)
        if not message:
            checked(connection, "CREATE TABLE t (a)")
            shown = _shown(connection, trial.name)
            if not _same(trial.name, trial.value, shown):
                sqlstate, message = "22023", f"read back as {shown} where {trial.value} was set"
    return Observation(claim=claim, sqlstate=sqlstate, message=message)


def started(folder: Path, claim: str, trial: Starts) -> Observation:
    """(name, set, read back, "same" or "different") of each, from a second connection that sets them as well.

    What lies in the file (the page size, the journal's mode) must survive the first; the rest is of each connection.
    """
    with _new_file(folder) as database:
        for last in (False, True):
            with contextlib.closing(database.connected()) as connection:
                for name, value in trial.settings:
                    sqlstate, message = _set(connection, name, value)
                    if message:
                        return Observation(claim=claim, sqlstate=sqlstate, message=f"{name}: {message}")
                if not last:
                    checked(connection, "CREATE TABLE t (a)")
                rows = tuple((name, value, _shown(connection, name)) for name, value in trial.settings)
    verdicts = tuple((*row, "same" if _same(*row) else "different") for row in rows)
    return Observation(claim=claim, rows=verdicts)


@contextlib.contextmanager
def _new_file(folder: Path) -> Iterator[Database]:
    path = folder / "settings.db"
    try:
        yield Database(path)
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def _set(connection: sqlite3.Connection, name: str, value: str) -> tuple[str | None, str]:
    known = {row[0] for row in rows_of(connection, "SELECT name FROM pragma_pragma_list")}
    if name not in known:
        return "42704", f'SQLite has no PRAGMA "{name}"'
    if not _SAFE.fullmatch(value):
        return "22023", f'"{value}" is no value of a PRAGMA'
    outcome = ran(connection, f"PRAGMA {name} = {value}")
    return outcome.sqlstate, outcome.message


def _shown(connection: sqlite3.Connection, name: str) -> str:
    rows = rows_of(connection, f"PRAGMA {name}")
    return str(rows[0][0]) if rows else "nothing"


def _same(name: str, value: str, shown: str) -> bool:
    wanted = value.lower()
    if name in WORDS and wanted in WORDS[name]:
        wanted = str(WORDS[name].index(wanted))
    return shown.lower() in (wanted, _BOOLEAN.get(wanted))
