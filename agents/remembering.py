"""Results that are kept while one brief is read.

Every reader asks the same about the same sentences, one reader after the other. A cache of a fixed size that is smaller
than the brief has forgotten each answer when the next reader asks for it, so that long briefs would be read several
times over; one without a limit would grow for as long as a worker lives. So nothing is forgotten within a brief, and
what a long one left behind goes with it.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import TypeVar

_Result = TypeVar("_Result")
_MOST = 65_536
"""Results of one function that may stay for the next brief, which uses the same words again."""

_caches: list["functools._lru_cache_wrapper[object]"] = []


def remembered(function: Callable[..., _Result]) -> "functools._lru_cache_wrapper[_Result]":
    """The function, which remembers its results; for pure functions whose results nobody changes."""
    cached = functools.cache(function)
    _caches.append(cached)
    return cached


@contextlib.contextmanager
def forgetting() -> Iterator[None]:
    """Afterwards, forgets the results of functions that have kept more than an ordinary brief needs."""
    try:
        yield
    finally:
        forget(_MOST)


def forget(most: int = 0) -> None:
    """Forgets the results of functions that have kept more than so many."""
    for cached in _caches:
        if cached.cache_info().currsize > most:
            cached.cache_clear()
