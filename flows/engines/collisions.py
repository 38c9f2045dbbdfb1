"""Two sessions at once: the second meets what the first has not committed yet, is refused, and tries again.

What happens depends on waiting, so it is waited for: the first commits when the server says that the second waits for
a lock, or when the second has already been refused without waiting.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor

from contracts.claims import Collides, Observation
from flows.engines.copies import SECONDS
from flows.engines.errors import EngineError
from flows.engines.pairs import Pair
from flows.engines.session import Connection, Outcome, checked, ran, rolled_back

POLL_SECONDS = 0.002
NOTICED = "10ms"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'"


def collided(connection: Connection, two: Pair, claim: str, trial: Collides) -> Observation:
    """(SQLSTATE of the session that was refused, whether the second waited, SQLSTATE of its next try or nothing)."""
    one, other = two.sessions()
    with ThreadPoolExecutor(1) as beside:
        for statement in trial.setup:
            done = ran(connection, statement)
            if done.failed:
                return Observation(claim=claim, sqlstate=done.sqlstate, message=f"before the trial: {done.message}")
        for session in (one, other):
            ran(session, f"SET deadlock_timeout = '{NOTICED}'")  # a superuser may; others wait for a second
            checked(session, f"BEGIN ISOLATION LEVEL {trial.isolation}")
            checked(session, "SELECT 1 FROM pg_class LIMIT 1")  # REPEATABLE READ and above look at one moment from here
        early = trial.first[:-1] if trial.crossed else trial.first
        begun = _all(one, early)
        if begun.failed:
            return Observation(claim=claim, sqlstate=begun.sqlstate, message=f"the first session: {begun.message}")
        running = beside.submit(_all, other, trial.second)
        waited = _waits(connection, other, running)
        last = ran(one, trial.first[-1]) if trial.crossed else Outcome()
        if not last.failed:
            last = ran(one, "COMMIT")
        rolled_back(one)
        met = running.result(SECONDS)
        if not met.failed:
            met = ran(other, "COMMIT")
        rolled_back(other)
        refused, session, statements = (met, other, trial.second) if met.failed else (last, one, trial.first)
        again = _again(session, trial, statements) if refused.failed else Outcome()
    row = (refused.sqlstate or refused.message, "yes" if waited else "no", again.sqlstate or again.message)
    return Observation(claim=claim, rows=(row,))


def _all(session: Connection, statements: tuple[str, ...]) -> Outcome:
    """The outcome of the first statement that fails, or of the last."""
    outcome = Outcome()
    for statement in statements:
        outcome = ran(session, statement)
        if outcome.failed:
            break
    return outcome


def _waits(connection: Connection, session: Connection, running: "Future[Outcome]") -> bool:
    """Whether the session came to wait for a lock; False when it was done before."""
    question, until = WAITING.format(pid=session.info.backend_pid), time.monotonic() + SECONDS
    while not running.done():
        if checked(connection, question).rows != (("0",),):
            return True
        if time.monotonic() > until:
            raise EngineError("The second session neither waits nor ends", place="Collides", evidence=question)
        time.sleep(POLL_SECONDS)
    return False


def _again(session: Connection, trial: Collides, statements: tuple[str, ...]) -> Outcome:
    """The whole transaction once more, as an application does that tries again."""
    checked(session, f"BEGIN ISOLATION LEVEL {trial.isolation}")
    outcome = _all(session, statements)
    if not outcome.failed:
        outcome = ran(session, "COMMIT")
    rolled_back(session)
    return outcome
