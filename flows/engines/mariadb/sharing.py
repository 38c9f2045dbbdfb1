"""Two real sessions that take work from one table: the second may neither wait for the first nor get its rows."""

import contextlib

from contracts.claims import Observation, Shares
from flows.engines.mariadb.server import Scratch, Server
from flows.engines.mariadb.session import checked, connected, ran

PATIENCE = 1
"""Seconds that a session waits for a lock; who passes over locked rows waits for none."""


def shared(server: Server, place: Scratch, claim: str, trial: Shares) -> Observation:
    """(session, key) of every row that each of the two took; both give up afterwards."""
    rows = []
    with contextlib.ExitStack() as opened:
        for name in ("first", "second"):
            session = opened.enter_context(contextlib.closing(connected(server.address, database=place.database)))
            checked(session, f"SET SESSION innodb_lock_wait_timeout = {PATIENCE}")
            checked(session, "START TRANSACTION")
            seen = ran(session, trial.take)
            if seen.failed:
                return Observation(claim=claim, sqlstate=seen.sqlstate, message=f"the {name} session: {seen.message}")
            rows += [(name, row[trial.key]) for row in seen.rows or ()]
    return Observation(claim=claim, rows=tuple(rows))
