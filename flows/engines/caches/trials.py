"""All trials of a cache on one loaded database, whatever its engine."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from contracts.claims import Claim, Coherent, Invalidates, Observation
from flows.engines.caches.coherence import coherent, invalidates
from flows.engines.caches.database import Session
from flows.engines.caches.server import NoCacheServerError, cache_server


def cached(
    claims: Iterable[Claim], opened: Callable[[], AbstractContextManager[Session]]
) -> Iterator[str | Observation]:
    """Each claim's sentence and what was seen, the history last: it commits, and no other trial may see its rows."""
    mine = [claim for claim in claims if isinstance(claim.trial, Invalidates | Coherent)]
    mine.sort(key=lambda claim: isinstance(claim.trial, Coherent))
    if not mine:
        return
    try:
        with cache_server() as cache, opened() as session:
            for claim in mine:
                yield claim.sentence
                if isinstance(claim.trial, Invalidates):
                    yield invalidates(cache, session, claim.id, claim.trial)
                elif isinstance(claim.trial, Coherent):
                    yield coherent(cache, session, claim.id, claim.trial)
    except NoCacheServerError as error:
        for claim in mine:
            yield f"skipped: {error}"
            yield Observation(claim=claim.id, tried=False, reason=str(error))
