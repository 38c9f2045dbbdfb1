"""The trials of an experiment as works that go on beside each other, each of which says what it tries and saw."""

import contextlib
from collections.abc import Generator, Iterable, Sequence

from contracts.claims import (
    Accepted,
    Answers,
    Balances,
    Claim,
    Coherent,
    Collides,
    Executes,
    Experiment,
    Invalidates,
    Measures,
    Observation,
    PlansAtScale,
    Races,
    Refused,
    Replicates,
    Restores,
    Returns,
    Reverts,
    Seals,
    SettingAccepted,
    Shares,
    Starts,
    Trial,
    UsesIndex,
    WriteCost,
    WritesLog,
)
from flows.engines.answers import answered
from flows.engines.at_scale import plans_at_scale
from flows.engines.caches import PostgreSQLSession, cached
from flows.engines.collisions import collided
from flows.engines.errors import EngineError
from flows.engines.index_use import index_use
from flows.engines.log_writes import logged
from flows.engines.pairs import Pair, pair
from flows.engines.races import raced
from flows.engines.recovery import restored
from flows.engines.replication import replicated
from flows.engines.reverts import reverted
from flows.engines.sealing import sealed
from flows.engines.server import Server, another
from flows.engines.session import Connection, connected
from flows.engines.settings import setting_accepted
from flows.engines.sharing import shared
from flows.engines.started import started
from flows.engines.trials import accepted, refused, returned
from flows.engines.write_cost import write_cost

ALONE = WriteCost | WritesLog | Replicates
"""Trials that measure what is written or copy the server: in this order, when all others are done."""

ON_OUR_OWN = Starts | WritesLog | Replicates | Restores
"""Trials of a server that may be started, copied, measured and broken."""

ELSEWHERE = Executes | Balances | Reverts | Starts | UsesIndex | Answers | PlansAtScale | Measures | ALONE
"""Trials that are not made on the loaded rows, or on rows that nothing else may touch."""

COMMIT = Collides | Invalidates | Coherent | Restores
"""Trials that come after all others on their rows, because they commit."""


Seen = Generator[str | Observation, None, None]
"""What is tried next, and what was seen."""


def shares(claims: Iterable[Claim], threads: int) -> list[tuple[Claim, ...]]:
    """What each lane tries on a copy of its own, the trials of one element together.

    A restore, which is the longest and commits, has the first copy for itself; the history of a cache, which commits,
    comes last in the second.
    """
    kept = _races_last(claim for claim in claims if not isinstance(claim.trial, ELSEWHERE))
    alone = tuple(claim for claim in kept if isinstance(claim.trial, Restores))
    place = {element: number for number, element in enumerate(dict.fromkeys(claim.element for claim in kept))}
    found: list[list[Claim]] = [[] for _ in range(max(1, threads - 1))]
    for claim in kept:
        if not isinstance(claim.trial, Restores):
            cached = isinstance(claim.trial, Invalidates | Coherent)
            found[0 if cached else place[claim.element] % len(found)].append(claim)
    return [*([alone] if alone else []), *map(tuple, found)]


def by_commit(claims: Iterable[Claim]) -> list[tuple[Claim, ...]]:
    """Where there are no copies: what is rolled back, and what commits."""
    kept = _races_last(claim for claim in claims if not isinstance(claim.trial, ELSEWHERE))
    return [tuple(claim for claim in kept if isinstance(claim.trial, COMMIT) == commits) for commits in (False, True)]


def _races_last(claims: Iterable[Claim]) -> list[Claim]:
    """They commit and undo it, so that a trail of changes may grow."""
    return sorted(claims, key=lambda claim: isinstance(claim.trial, Races))


def plans(server: Server, connection: Connection, claims: Iterable[Claim], seen: dict[str, Observation]) -> Seen:
    """Sizes of the loaded tables and plans on them, before a write, even rolled back, lengthens a table or makes
    index-only scans visit the heap; plans that are looked at again are kept in `seen`."""
    for claim in claims:
        if isinstance(claim.trial, Measures):
            yield claim.sentence
            yield tried(server, connection, claim.id, claim.trial)
        if isinstance(claim.trial, UsesIndex):
            yield claim.sentence
            found = index_use(server, connection, claim.id, claim.trial)
            if claim.id in seen:
                seen[claim.id] = found
            else:
                yield found


def grown_plans(
    server: Server, connection: Connection, claims: Iterable[Claim], seen: dict[str, Observation], grow: Seen
) -> Seen:
    """The plans of queries on tables that grow now, beside what they were before, and how long queries take then."""
    if seen:
        yield from grow
    for claim in claims:
        if isinstance(claim.trial, Answers):
            yield from answered(connection, claim.id, claim.trial)
        if claim.id in seen and isinstance(claim.trial, UsesIndex):
            yield claim.sentence
            again = index_use(server, connection, claim.id, claim.trial)
            yield again if again.plan is None else seen[claim.id].model_copy(update={"grown": again.plan})


def one_after_other(*works: Seen) -> Seen:
    """The works as one."""
    for work in works:
        yield from work


def trials(server: Server, connection: Connection, claims: Sequence[Claim]) -> Seen:
    """Trials that are rolled back or undone, then those that commit: two sessions that collide, the history of a cache,
    and the restore of all that."""
    with pair(server, connection) as two:
        for claim in claims:
            if not isinstance(claim.trial, COMMIT):
                yield claim.sentence
                yield tried(server, connection, claim.id, claim.trial, two)
        for claim in claims:
            if isinstance(claim.trial, Collides):
                yield claim.sentence
                yield collided(connection, two, claim.id, claim.trial)
    yield from cached(claims, lambda: contextlib.nullcontext(PostgreSQLSession(connection, server.conninfo)))
    for claim in claims:
        if isinstance(claim.trial, Restores):
            yield claim.sentence
            yield restored(server, connection, claim.id, claim.trial)


def at_last(server: Server, database: str, claims: Iterable[Claim]) -> Seen:
    """What must have the server to itself, on the rows as they are at the end."""
    claims = tuple(claims)
    kept = [claim for claim in claims if isinstance(claim.trial, ALONE)]
    large = [(claim.id, claim.trial) for claim in claims if isinstance(claim.trial, PlansAtScale)]
    if not (kept or large):
        return
    with contextlib.closing(connected(server.conninfo, dbname=database)) as connection:
        for kind in ALONE.__args__:
            for claim in (claim for claim in kept if isinstance(claim.trial, kind)):
                yield claim.sentence
                yield _alone(server, connection, claim)
        if large:
            yield "plans at the sizes of the brief"
            yield from plans_at_scale(server, connection, large)


def _alone(server: Server, connection: Connection, claim: Claim) -> Observation:
    match claim.trial:
        case WriteCost():  # first: a base backup meanwhile would put whole pages into the log
            return write_cost(server, connection, claim.id, claim.trial)
        case WritesLog():
            return logged(server, connection, claim.id, claim.trial)
        case Replicates():
            return replicated(server, connection, claim.id, claim.trial)
    raise EngineError("This trial shares the server with others", place=claim.id, evidence=claim.trial.kind)


def servers(server: Server, experiment: Experiment) -> Seen:
    """What needs another server: one that starts with the plan's settings, and one whose roles come and go."""
    second: Server | None = None
    with contextlib.ExitStack() as opened:
        for claim in experiment.claims:
            if isinstance(claim.trial, Starts):
                yield claim.sentence
                seen, second = opened.enter_context(started(server, claim.id, claim.trial))
                yield seen
        if server.ours and any(isinstance(claim.trial, Reverts) for claim in experiment.claims):
            yield from taken_back(second or opened.enter_context(another(server)), experiment)


def taken_back(server: Server, experiment: Experiment) -> Seen:
    for claim in experiment.claims:
        if isinstance(claim.trial, Reverts):
            yield claim.sentence
            yield reverted(server, experiment.script, claim.id, claim.trial)


def tried(server: Server, connection: Connection, claim: str, trial: Trial, two: Pair | None = None) -> Observation:
    """The observation of one trial on the loaded data; `two` are sessions for what needs them."""
    match trial:
        case Races() if two is not None:
            return raced(server, connection, two, claim, trial)
        case Shares() if two is not None:
            return shared(two, claim, trial)
        case Accepted():
            return accepted(server, connection, claim, trial)
        case Refused():
            return refused(server, connection, claim, trial)
        case Returns():
            return returned(server, connection, claim, trial)
        case UsesIndex():
            return index_use(server, connection, claim, trial)
        case SettingAccepted():
            return setting_accepted(server, connection, claim, trial)
        case Seals():
            return sealed(connection, claim, trial)
        case Measures():
            return returned(server, connection, claim, Returns(sql=trial.sql, rows=()))
    raise EngineError("This engine has no such trial", place=claim, evidence=trial.kind)
