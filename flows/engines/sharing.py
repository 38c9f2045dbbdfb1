"""Two real sessions that take work from one table: the second may neither wait for the first nor get its rows."""

from contracts.claims import Observation, Shares
from flows.engines.pairs import Pair
from flows.engines.session import checked, ran, rolled_back

PATIENCE = "100ms"
"""How long a session waits for a lock; who passes over locked rows waits for none."""


def shared(two: Pair, claim: str, trial: Shares) -> Observation:
    """(session, key) of every row that each of the two took; both give up afterwards."""
    sessions = two.sessions()
    rows = []
    try:
        for name, session in zip(("first", "second"), sessions, strict=True):
            checked(session, f"BEGIN; SET LOCAL lock_timeout = '{PATIENCE}'")
            seen = ran(session, trial.take)
            if seen.failed:
                return Observation(claim=claim, sqlstate=seen.sqlstate, message=f"the {name} session: {seen.message}")
            rows += [(name, row[trial.key]) for row in seen.rows or ()]
    finally:
        for session in sessions:
            rolled_back(session)
    return Observation(claim=claim, rows=tuple(rows))
