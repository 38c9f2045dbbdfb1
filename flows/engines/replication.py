"""A standby that is really made, followed, read from and promoted, and a primary that is really stopped.

First the server gets a standby by pg_basebackup, as a plan says: writes arrive there, the plan's queries are answered
there, writes are refused, and a session that has just written finds by the log's position that the standby does not
have its write yet. Then the standby is promoted and must hold every row. As a primary it gets a standby of its own and
is stopped without warning while rows are written one by one, which shows what a failover loses.
"""

import contextlib
import shutil
import time
from collections.abc import Iterator

from contracts.claims import Observation, Replicates
from flows.engines.copies import SECONDS, address, one_value, run_program, sums
from flows.engines.errors import EngineError
from flows.engines.launcher import Cluster, cluster
from flows.engines.server import Server
from flows.engines.session import Connection, checked, connected, literal, ran

POLL_SECONDS = 0.005
WRITTEN = 200
TABLE = "written_beside_the_standby"
_COPY = "standby_copy"

Step = tuple[str | None, ...]


def replicated(server: Server, connection: Connection, claim: str, trial: Replicates) -> Observation:
    """(step, "yes" or what went wrong, told) of each step."""
    own = server.cluster
    if own is None:
        return Observation(claim=claim, tried=False, reason="a DSN's server is not ours to copy and to stop")
    database = str(connection.info.dbname)
    try:
        checked(connection, f"CREATE TABLE {TABLE} (id bigint PRIMARY KEY)")
        with _standby_of(own, trial) as standby, _reading(standby, database) as there:
            steps = [*_followed(connection, there, trial), *_answered(there, trial)]
            if all(happened == "yes" for _, happened, _ in steps):  # a replica that cannot be read needs no failover
                steps += [*_promoted(connection, there, trial), *_failed_over(standby, database, trial)]
        return Observation(claim=claim, rows=tuple(steps))
    except EngineError as error:
        return Observation(claim=claim, message=str(error).replace(str(own.folder), ""))
    finally:
        ran(connection, f"DROP TABLE IF EXISTS {TABLE}")
        shutil.rmtree(own.folder / _COPY, ignore_errors=True)


@contextlib.contextmanager
def _standby_of(primary: Cluster, trial: Replicates) -> Iterator[Cluster]:
    """A copy of the primary that follows it, with the replica's own settings."""
    copy = primary.folder / _COPY
    shutil.rmtree(copy, ignore_errors=True)
    how = ("-X", "stream", "-c", "fast", "--no-sync", "--write-recovery-conf")
    run_program(primary, primary.bin_dir / "pg_basebackup", "-D", copy, *how, *address(primary))
    with cluster(primary.bin_dir, primary.preloaded, dict(trial.settings), copy) as standby:
        yield standby


def _reading(standby: Cluster, database: str) -> "contextlib.closing[Connection]":
    return contextlib.closing(connected(standby.dsn, dbname=database))


def _followed(connection: Connection, there: Connection, trial: Replicates) -> list[Step]:
    """A write arrives; while replay waits, the position tells that a write is not there, and then that it is."""
    began = time.monotonic()
    arrived = _arrives(there, _written(connection, 1), trial.lag_seconds)
    lag = time.monotonic() - began
    steps = [step("a write arrives", arrived, f"read there in {less(lag, trial.lag_seconds)}")]
    checked(there, "SELECT pg_wal_replay_pause()")
    _until(there, "SELECT pg_get_wal_replay_pause_state()", "paused")
    position = _written(connection, 2)
    behind = not _has(there, position) and one_value(there, f"SELECT count(*) FROM {TABLE}") == "1"
    checked(there, "SELECT pg_wal_replay_resume()")
    ahead = _arrives(there, position, trial.lag_seconds) and one_value(there, f"SELECT count(*) FROM {TABLE}") == "2"
    told = "its position tells a session whether its own write is there"
    return [*steps, step("a session finds its own write", behind and ahead, told)]


def _written(connection: Connection, number: int) -> str:
    """Write a row, and the log's position that a standby must have reached to show it."""
    checked(connection, f"INSERT INTO {TABLE} VALUES ({number})")
    ran(connection, "SET synchronous_commit = on")
    checked(connection, f"UPDATE {TABLE} SET id = id WHERE id = {number}")  # flushes what the row's commit left
    ran(connection, "RESET synchronous_commit")
    return str(one_value(connection, "SELECT pg_current_wal_flush_lsn()"))


def _has(there: Connection, position: str) -> bool:
    return one_value(there, f"SELECT pg_last_wal_replay_lsn() >= {literal(position)}::pg_lsn") == "t"


def _arrives(there: Connection, position: str, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not _has(there, position):
        if time.monotonic() > until:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _answered(there: Connection, trial: Replicates) -> list[Step]:
    """Every query that goes to a replica runs in its read-only transactions, and a write does not."""
    for prepare, execute in trial.queries:
        for statement in (prepare, execute):
            done = ran(there, statement)
            if done.failed:
                return [step(execute, False, f"{done.sqlstate}: {done.message}")]
    refused = ran(there, f"INSERT INTO {TABLE} VALUES (0)").sqlstate
    count = f"{len(trial.queries)} routed {'query' if len(trial.queries) == 1 else 'queries'} answered"
    return [
        step("queries", True, count),
        step("a write there", refused == "25006", "a write refused (25006)"),
    ]


def _promoted(connection: Connection, there: Connection, trial: Replicates) -> list[Step]:
    """The standby takes writes, and holds every row of every table."""
    _arrives(there, str(one_value(connection, "SELECT pg_current_wal_flush_lsn()")), trial.lag_seconds)
    before, began = sums(connection), time.monotonic()
    checked(there, f"SELECT pg_promote(true, {max(1, round(trial.promote_seconds))})")
    took = not ran(there, f"INSERT INTO {TABLE} VALUES (3)").failed
    seconds = time.monotonic() - began
    checked(there, f"DELETE FROM {TABLE} WHERE id = 3")
    same = sums(there) == before
    rows = sum(count for count, _ in before.values())
    return [
        step(
            "promotion", took and seconds <= trial.promote_seconds,
            f"promoted in {less(seconds, trial.promote_seconds)}",
        ),
        step("rows", same, f"all {rows:,} rows there"),
    ]  # fmt: skip


def _failed_over(primary: Cluster, database: str, trial: Replicates) -> list[Step]:
    """The promoted server is stopped at once while rows are written; what its standby has of them after promotion."""
    with _standby_of(primary, trial) as second, _reading(second, database) as there:
        acknowledged = _written_until_stopped(primary, database, there, trial)
        checked(there, f"SELECT pg_promote(true, {max(1, round(trial.promote_seconds))})")
        found = int(one_value(there, f"SELECT count(*) FROM {TABLE} WHERE id > 1000") or 0)
    if trial.synchronous:
        told = f"its primary stopped after {acknowledged} acknowledged rows: none lost"
        return [step("no acknowledged row is lost", found >= acknowledged, told)]
    told = "its primary stopped while rows are written: its standby took over"
    return [step("the standby takes over", found > 0, told)]


def _written_until_stopped(primary: Cluster, database: str, there: Connection, trial: Replicates) -> int:
    """Rows that were acknowledged before the primary was stopped without a shutdown."""
    with contextlib.closing(connected(primary.dsn, dbname=database)) as connection:
        if trial.synchronous:
            checked(connection, "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'")
            checked(connection, "SELECT pg_reload_conf()")
            _until(
                connection, "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state IN ('quorum', 'sync')", "t"
            )
        checked(connection, f"SET synchronous_commit = {'on' if trial.synchronous else 'local'}")
        for number in range(1_001, 1_001 + WRITTEN):
            checked(connection, f"INSERT INTO {TABLE} VALUES ({number})")
        if not trial.synchronous:  # what is on its way may be lost; the first of them has arrived
            _until(there, f"SELECT count(*) > 0 FROM {TABLE} WHERE id > 1000", "t")
    stop = (primary.bin_dir / "pg_ctl", "-D", primary.data, "-m", "immediate", "-W", "stop")
    run_program(primary, *stop)
    return WRITTEN


def _until(connection: Connection, question: str, answer: str) -> None:
    until = time.monotonic() + SECONDS
    while one_value(connection, question) != answer:
        if time.monotonic() > until:
            raise EngineError("The standby does not get there", place=question, evidence=answer)
        time.sleep(POLL_SECONDS)


def step(name: str, happened: bool, told: str) -> Step:
    """A step of a trial as it is told."""
    return name, "yes" if happened else told, told


def less(seconds: float, planned: float) -> str:
    """A time as a share of what is planned: the same words on a quick machine and on a slow one."""
    least = next((share for share in (0.1, 0.5, 1.0) if seconds <= share * planned), None)
    if least is None:
        return f"more than the {planned:g} s planned"
    return f"less than {least * planned:g} s ({planned:g} s planned)"
