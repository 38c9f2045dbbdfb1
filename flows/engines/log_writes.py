"""The write-ahead log that rows cost, measured on a server of ours: records alone, then with whole pages.

A server logs the whole page at the first change after a checkpoint. So the rows are written twice, each in a
transaction of its own as requests write them: once with full_page_writes off, to count the records, and once right
after a checkpoint with it on, to count the pages.
Triggers of the design are off meanwhile: the audit trail's rows are not those of the table.
"""

import time

from contracts.claims import Observation, WritesLog
from flows.engines.copies import SECONDS, one_value
from flows.engines.errors import EngineError
from flows.engines.server import Server
from flows.engines.session import Connection, checked, quoted, ran

POSITION = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
IMAGES = "SELECT wal_fpi FROM pg_stat_wal"
DIGITS = 3
"""Significant digits that are reported: where an entry splits a page may differ by a few bytes a row."""


def logged(server: Server, connection: Connection, claim: str, trial: WritesLog) -> Observation:
    """(bytes of records a row, page images of all rows after a checkpoint)."""
    if server.cluster is None:
        return Observation(claim=claim, tried=False, reason="others write to the log of a DSN's server as well")
    try:
        checked(connection, f"ALTER TABLE {quoted(trial.table)} DISABLE TRIGGER USER")
        _whole_pages(server, connection, "off")
        size = _written(connection, trial, trial.first)
        _whole_pages(server, connection, "on")
        before = _images(connection)
        _written(connection, trial, trial.first + trial.count)
        pages = _images(connection) - before
    except EngineError as error:
        return Observation(claim=claim, message=f"{error.evidence or error}")
    finally:
        _whole_pages(server, connection, "on")
        ran(connection, f"ALTER TABLE {quoted(trial.table)} ENABLE TRIGGER USER")
    return Observation(claim=claim, rows=((f"{size / trial.count:.{DIGITS}g}", str(pages)),))


def _written(connection: Connection, trial: WritesLog, first: int) -> int:
    """Bytes of the log while the rows are written, each committed by itself."""
    before = int(one_value(connection, POSITION) or 0)
    for number in range(first, first + trial.count):
        checked(connection, trial.sql.replace("{row}", str(number)))
    return int(one_value(connection, POSITION) or 0) - before


def _images(connection: Connection) -> int:
    """Page images that the log of this server holds so far; statistics of a session arrive when it says so."""
    checked(connection, "SELECT pg_stat_force_next_flush()")
    return int(one_value(connection, IMAGES) or 0)


def _whole_pages(server: Server, connection: Connection, value: str) -> None:
    """Set full_page_writes and make a checkpoint, until one was made with it: another process takes the setting."""
    reset = "RESET full_page_writes" if value == "on" else f"SET full_page_writes = '{value}'"
    checked(server.maintenance, f"ALTER SYSTEM {reset}")
    checked(server.maintenance, "SELECT pg_reload_conf()")
    until = time.monotonic() + SECONDS
    while True:
        checked(connection, "CHECKPOINT")
        if one_value(connection, "SELECT full_page_writes FROM pg_control_checkpoint()") == (
            "t" if value == "on" else "f"
        ):
            return
        if time.monotonic() > until:
            raise EngineError("The server did not take the setting", place="full_page_writes", evidence=value)
        time.sleep(0.01)
