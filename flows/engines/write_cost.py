"""What an index costs each new row, in records of the write-ahead log: a figure that is the same each time.

The log is what a write leaves behind on disk, on every replica and in the archive. Seconds would differ in each run,
and so would bytes: the first change of a page after a checkpoint writes all of the page.
"""

import json

from contracts.claims import Observation, WriteCost
from flows.engines.index_use import index_named
from flows.engines.server import Server
from flows.engines.session import Connection, Outcome, checked, ran, rolled_back
from flows.engines.trials import begun

EXPLAIN = "EXPLAIN (ANALYZE, WAL, FORMAT JSON, TIMING OFF, SUMMARY OFF, COSTS OFF)"


def write_cost(server: Server, connection: Connection, claim: str, trial: WriteCost) -> Observation:
    """(records of log with the index, records without it); foreign keys and the trail, which log as well, rest."""
    if not server.superuser:
        return Observation(claim=claim, tried=False, reason="only a superuser's session may let triggers rest")
    index = index_named(connection, trial.index)
    if index is None:
        return Observation(claim=claim, sqlstate="42704", message=f'index "{trial.index}" does not exist')
    seen = []
    for drop in ("", index.drop):
        found = _log(connection, trial.sql, drop)
        if isinstance(found, Outcome):
            return Observation(claim=claim, sqlstate=found.sqlstate, message=found.message)
        seen.append(str(found))
    return Observation(claim=claim, rows=(tuple(seen),))


def _log(connection: Connection, sql: str, before: str) -> int | Outcome:
    """Records of log of the insert."""
    begun(connection)
    try:
        checked(connection, "SET LOCAL session_replication_role = replica")
        if before:
            checked(connection, before)
        outcome = ran(connection, f"{EXPLAIN} {sql}")
    finally:
        rolled_back(connection)
    if outcome.failed:
        return outcome
    return int(json.loads((outcome.rows or ((None,),))[0][0] or "[]")[0]["Plan"]["WAL Records"])
