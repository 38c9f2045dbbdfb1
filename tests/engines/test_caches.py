"""The caching's trials on a real database and a real server of the Redis protocol: what holds and what is found."""

from collections.abc import Iterator

import pytest

from agents.verification import proof
from contracts.claims import Claim, Coherent, Experiment, Invalidates, Observation, Observations
from contracts.claims import Engine as ProofEngine
from flows.engines.caches import CacheServer, NoCacheServerError, PostgreSQLSession, cache_server, coherent, invalidates
from flows.engines.server import Server
from flows.engines.session import Connection
from tests.engines.cached_library import claims_from, shelved


@pytest.fixture(scope="module")
def cache() -> Iterator[CacheServer]:
    try:
        with cache_server() as found:
            yield found
    except NoCacheServerError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def database(embedded: Server) -> Iterator[Connection]:
    with shelved(embedded) as connection:
        yield connection


EDGES = [claim for claim in claims_from(100) if isinstance(claim.trial, Invalidates)]


def judged(claim: Claim, seen: Observation) -> tuple[str, str]:
    engine = ProofEngine(name="PostgreSQL", version="0", origin="embedded")
    experiment = Experiment(script=(), claims=(claim,), rows=0)
    (evidence,) = proof(experiment, Observations(engine=engine, rows=0, observations=(seen,))).evidence
    return evidence.verdict, evidence.observed


def tried(cache: CacheServer, database: Connection, claim: Claim) -> tuple[str, str]:
    assert isinstance(claim.trial, Invalidates)
    return judged(claim, invalidates(cache, PostgreSQLSession(database, ""), claim.id, claim.trial))


def test_every_kind_of_edge_is_there() -> None:
    tails = {claim.id.split(".", 3)[3] for claim in EDGES}
    assert {"floors.delete", "publishers.delete", "publishers.update", "topics.update", "books.shelf_id.moved"} <= tails
    assert {"sections.delete.below", "topics.delete.tree", "fines.insert", "fines.update", "fines.delete"} <= tails


@pytest.mark.parametrize("claim", EDGES, ids=lambda claim: claim.id.removeprefix("caching.stale."))
def test_an_invalidation_is_enough_and_needed(cache: CacheServer, database: Connection, claim: Claim) -> None:
    assert tried(cache, database, claim)[0] == "holds"
    assert isinstance(claim.trial, Invalidates)
    omitted = claim.trial.model_copy(update={"stale": ()})
    verdict, observed = tried(cache, database, claim.model_copy(update={"trial": omitted}))
    assert (verdict, "stayed old" in observed) == ("fails", True)


WHOLE = claims_from(100)[-1].trial
assert isinstance(WHOLE, Coherent)


def omissions(trial: Coherent) -> Iterator[tuple[str, Coherent]]:
    """The history of one kind of write, with one key pattern of one of its invalidations left out, each in turn."""
    for place, one in enumerate(trial.stale):
        cases = tuple(c for c in trial.cases if (c.table, c.operation) == (one.table, one.operation))
        for key in one.keys:
            rest = one.model_copy(update={"keys": tuple(k for k in one.keys if k != key)})
            kept = (*trial.stale[:place], rest, *trial.stale[place + 1 :])
            name = f"{one.operation} on {one.table}: {key} of {one.entry}"
            yield name, trial.model_copy(update={"stale": kept, "cases": cases})


def play(embedded: Server, cache: CacheServer, database: Connection, trial: Coherent) -> tuple[str, str]:
    session = PostgreSQLSession(database, embedded.conninfo)
    claim = Claim(id="caching.coherent", sentence="coherent", element="cache.distributed", trial=trial)
    return judged(claim, coherent(cache, session, claim.id, trial))


def history(first: int) -> Coherent:
    trial = claims_from(first)[-1].trial
    assert isinstance(trial, Coherent)
    return trial


def test_a_history_of_all_writes_is_coherent(embedded: Server, cache: CacheServer, database: Connection) -> None:
    verdict, observed = play(embedded, cache, database, history(1_000))
    assert verdict == "holds", observed
    assert all(word in observed for word in ("rollbacks", "overlapping fills", "hits"))


@pytest.mark.parametrize(("name", "trial"), list(omissions(WHOLE)), ids=[name for name, _ in omissions(WHOLE)])
def test_any_omission_is_caught(cache: CacheServer, database: Connection, name: str, trial: Coherent) -> None:
    """Each key of each invalidation is needed by at least one write."""
    found = []
    for case in trial.cases:
        one = Invalidates(caches=trial.caches, case=case, stale=trial.stale)
        claim = Claim(id="caching.stale", sentence=name, element="cache.distributed", trial=one)
        found.append(tried(cache, database, claim))
    assert any(verdict == "fails" and "stayed old" in observed for verdict, observed in found), found


@pytest.mark.parametrize("entry", ["shelf_books", "labels_of_book", "account"])
def test_a_history_catches_an_omission(embedded: Server, cache: CacheServer, database: Connection, entry: str) -> None:
    first = 2_000 + 1_000 * ["shelf_books", "labels_of_book", "account"].index(entry)
    name, trial = next((n, t) for n, t in omissions(history(first)) if n.endswith(f"of {entry}") and "delete" in n)
    verdict, observed = play(embedded, cache, database, trial)
    assert (verdict, "too old" in observed) == ("fails", True), f"{name}: {observed}"
