"""Trials of a plan's caching on a real database and a real cache: one write at a time, and a history of all of them.

The history is driven by one thread and a seeded generator, so that it is the same every time, and yet nothing in it is
pretended: two writers hold open transactions on connections of their own, a third reads what is committed.
"""

import contextlib
import random
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field

from contracts.claims import CacheCase, CachedQuery, Coherent, Invalidates, Observation
from flows.engines.caches.database import CaseError, Keys, Session
from flows.engines.caches.server import CacheServer
from flows.engines.caches.store import Read, Store
from flows.engines.caches.writing import Asked, Rows, asked, made_rows, written

WRITERS = 2


def invalidates(server: CacheServer, session: Session, claim: str, trial: Invalidates) -> Observation:
    """How many reads were old after the write, without and with the plan's invalidation; all is rolled back."""
    store, queries = Store(server), {query.entry: query for query in trial.caches}
    session.begin()
    try:
        rows = Rows(session, session.primary_keys())
        made_rows(rows, trial.case, ())
        reads = [asked(rows, queries, read) for read in trial.case.reads]
        for read in reads:
            _cached(store, read, session)
        keys = written(rows, trial.case, trial.stale)
        without = sum(_is_old(store, read, session) for read in reads)
        store.forget(queries, keys)
        with_it = sum(_is_old(store, read, session) for read in reads)
    except CaseError as error:
        return Observation(claim=claim, message=str(error))
    finally:
        session.roll_back()
        store.clear()
    counts = (server.name, str(len(reads)), str(without), str(with_it), str(len(dict.fromkeys(keys))))
    return Observation(claim=claim, rows=(counts,))


def _cached(store: Store, read: Asked, session: Session) -> Read:
    return store.read(read.query, read.values, lambda: read.ask(session))


def _is_old(store: Store, read: Asked, session: Session) -> bool:
    return _cached(store, read, session).answer != read.ask(session)


@dataclass
class _History:
    """What happened so far."""

    trial: Coherent
    store: Store
    reader: Session
    queries: Mapping[str, CachedQuery]
    chance: random.Random
    known: list[Asked] = field(default_factory=list)
    settled: list[Asked] = field(default_factory=list)
    filling: list[Generator[None, None, Read]] = field(default_factory=list)
    unheard: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    old: list[str] = field(default_factory=list)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def read(self, read: Asked, instance: str | None) -> None:
        """A read by one instance; when every commit has been heard of, it must be the database's answer."""
        got = self.store.read(read.query, read.values, lambda: read.ask(self.reader), instance)
        self.count("reads")
        self.count("hits" if got.hit else "misses")
        if self.unheard == 0 and got.answer != read.ask(self.reader):
            bound = read.query.local_seconds if got.since is not None else 0
            if got.since is None or self.store.now - got.since > bound:
                self.old.append(f"{read.query.entry}({', '.join(read.arguments)})")

    def begun_fill(self, read: Asked) -> Generator[None, None, Read]:
        """A reader that misses, since its key was evicted, and stays between its steps while others write."""
        self.store.evict(read.query, read.values)
        steps = self.store.reading(read.query, read.values, lambda: read.ask(self.reader), None)
        next(steps)
        return steps

    def go_on_filling(self) -> None:
        steps = self.chance.choice(self.filling)
        try:
            next(steps)
        except StopIteration:
            self.filling.remove(steps)
            self.count("overlapping fills")


def coherent(server: CacheServer, session: Session, claim: str, trial: Coherent) -> Observation:
    """Counts of what was read and written, and the reads that were older than their bound; the rows stay changed."""
    with contextlib.ExitStack() as opened:
        writers = [opened.enter_context(session.another()) for _ in range(WRITERS)]
        store = Store(server)
        queries = {query.entry: query for query in trial.caches}
        history = _History(trial, store, session, queries, random.Random(trial.seed))  # noqa: S311 - replayable
        try:
            _played(history, writers, session.primary_keys())
            overdue = store.overdue()
        except CaseError as error:
            return Observation(claim=claim, message=str(error))
        finally:
            store.clear()
    counts = tuple(f"{number} {what}" for what, number in sorted(history.counts.items()))
    found = (*dict.fromkeys(history.old), *(f"{key} outlives its TTL" for key in overdue))
    return Observation(claim=claim, rows=((server.name, *counts),), leftovers=found)


def _played(history: _History, writers: list[Session], keys: Keys) -> None:
    """All cases in a random order, on two writers at once, with readers and the clock between their steps."""
    waiting, chance = list(history.trial.cases), history.chance
    chance.shuffle(waiting)
    free = list(writers)
    running: list[tuple[Session, Iterator[None]]] = []
    while waiting or running or history.filling:
        while free and waiting:
            writer = free.pop()
            running.append((writer, _told(history, writer, keys, waiting.pop())))
        choice = chance.random()
        if running and choice < 0.45:
            place = chance.randrange(len(running))
            writer, steps = running[place]
            if next(steps, "over") == "over":
                del running[place]
                free.append(writer)
        elif history.filling and choice < 0.7:
            history.go_on_filling()
        elif history.settled and choice < 0.8 and running:
            history.filling.append(history.begun_fill(chance.choice(history.settled)))
        elif history.known:
            history.store.now += chance.choice((0, 1, 4))
            history.read(chance.choice(history.known), chance.choice((None, "a", "b")))
    for read in history.known:
        history.read(read, None)


def _told(history: _History, writer: Session, keys: Keys, case: CacheCase) -> Iterator[None]:
    """One case: its rows, its write rolled back, then its write committed and heard of; others act at each yield."""
    stale, rows = history.trial.stale, Rows(writer, keys)
    yield from _committed(history, writer, lambda: made_rows(rows, case, stale))
    reads = [asked(rows, history.queries, read) for read in case.reads]
    history.known += reads
    for read in reads:
        history.read(read, None)
    yield
    writer.begin()
    written(rows, case, stale)
    yield
    writer.roll_back()
    history.count("rollbacks")
    for read in reads:
        history.read(read, "a")
    filling = history.begun_fill(reads[0])
    next(filling)  # it has asked: the answer of before the write must not be stored after it
    yield
    yield from _committed(history, writer, lambda: written(rows, case, stale))
    history.count("commits")
    while history.unheard:
        yield  # until the other writer's commit is heard of, too: only then must every answer be the database's
    _finished(filling)
    history.count("overlapping fills")
    for read in reads:
        history.read(read, None)
    history.settled += reads


def _finished(filling: Iterator[None]) -> None:
    for _ in filling:
        pass


def _committed(history: _History, writer: Session, write: Callable[[], list[tuple[str, str]]]) -> Iterator[None]:
    """A transaction, and after it the keys that it made stale; between the two others may read and write."""
    writer.begin()
    forgotten = write()
    yield
    writer.commit()
    history.unheard += 1
    yield
    history.store.forget(history.queries, forgotten)
    history.unheard -= 1
