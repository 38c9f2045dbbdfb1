"""Trials of a rule with two real sessions at once: a single session cannot see what READ COMMITTED lets through.

The first session writes and does not commit; the second writes meanwhile, and either waits for the first or goes on
without knowing of it. Only then does the first commit, or give up. What is committed is undone after each order.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from contracts.claims import Observation, Races
from flows.engines.pairs import Pair
from flows.engines.server import Server
from flows.engines.session import Connection, Outcome, checked, ran, rolled_back
from flows.engines.trials import CHECK_DEFERRED, TRIAL_SECONDS

POLL_SECONDS = 0.002
WAITS = "SELECT cardinality(pg_blocking_pids({pid})) > 0"

COMMITS, GIVES_UP = "COMMIT", "ROLLBACK"


class _RaceError(Exception):
    """The race could not be run: nothing is known of the rule."""


def raced(server: Server, connection: Connection, two: Pair, claim: str, trial: Races) -> Observation:
    """(order, waited or went on, SQLSTATE of the second or committed, what the check returned) of each order."""
    orders = (
        ("one, then the other", trial.one, trial.other, COMMITS),
        ("the other, then one", trial.other, trial.one, COMMITS),
        ("one gives up", trial.one, trial.other, GIVES_UP),
    )
    rows = []
    try:
        first, second = two.sessions()
        for label, leading, following, ending in orders:
            try:
                _all(connection, trial.setup, "before the race")
                waited, outcome = _race(connection, (first, leading), (second, following), ending)
                seen = ran(connection, trial.check)
                found = seen.message if seen.failed else (seen.rows or ((None,),))[0][0]
                done = outcome.sqlstate or outcome.message or "committed"
                rows.append((label, "waited" if waited else "went on", done, found))
            finally:
                _undone(server, connection, trial.undo)
    except _RaceError as error:
        return Observation(claim=claim, message=str(error))
    return Observation(claim=claim, rows=tuple(rows))


def _race(
    watching: Connection, first: tuple[Connection, Sequence[str]], second: tuple[Connection, Sequence[str]], ending: str
) -> tuple[bool, Outcome]:
    """Whether the second session waited for the first, and how it ended."""
    leading, following = first[0], second[0]
    with ThreadPoolExecutor(1) as pool:
        try:
            _begin(leading)
            _all(leading, first[1], "the first session")
            _begin(following)
            writing = pool.submit(_written, following, second[1])
            waited = _waits(watching, following, writing)
            checked(leading, ending)
            outcome = writing.result()
            return waited, outcome if outcome.failed else ran(following, "COMMIT")
        finally:
            rolled_back(leading)  # before the pool waits for the second session, which may wait for this one
            pool.shutdown()
            rolled_back(following)


def _begin(session: Connection) -> None:
    checked(session, f"BEGIN; SET LOCAL statement_timeout = '{TRIAL_SECONDS}s'")


def _written(session: Connection, statements: Sequence[str]) -> Outcome:
    """The first refusal, or the last outcome; what a deferred constraint has to say is asked at the end."""
    outcome = Outcome()
    for statement in (*statements, CHECK_DEFERRED):
        outcome = ran(session, statement)
        if outcome.failed:
            break
    return outcome


def _waits(watching: Connection, session: Connection, writing: "Future[Outcome]") -> bool:
    """Until the session has written, or waits for a lock of somebody else."""
    question = WAITS.format(pid=session.info.backend_pid)
    while not wait([writing], POLL_SECONDS).done:
        if checked(watching, question).rows == (("t",),):
            return True
    return False


def _all(session: Connection, statements: Sequence[str], who: str) -> None:
    for statement in statements:
        outcome = ran(session, statement)
        if outcome.failed:
            raise _RaceError(f"{who}: {outcome.message} (SQLSTATE {outcome.sqlstate})")


def _undone(server: Server, connection: Connection, statements: Sequence[str]) -> None:
    """What was committed is removed, where the login may past the triggers that would forbid it or write a trail."""
    checked(connection, "BEGIN")
    try:
        if server.superuser:
            checked(connection, "SET LOCAL session_replication_role = replica")
        _all(connection, statements, "after the race")
        checked(connection, "COMMIT")
    finally:
        rolled_back(connection)
