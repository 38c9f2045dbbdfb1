"""What keeps a persistence.md from being built on: every defect with its section, line and remedy.

The engine says what it refused; this says what that means and what to do, and finds what no server refuses: gaps
between hash partitions, a cache that scans its keys, settings of a version that has gone.
"""

from collections.abc import Callable, Iterable, Iterator

from agents.document_review.coherence import incoherent
from agents.document_review.refusals import refused
from agents.document_review.schema import unsound_schema
from agents.document_review.sections import missing_sections
from agents.document_review.texts import unsafe_texts
from contracts.published import Defect, PublishedDesign, Refusal

__all__ = ["document_review"]

REVIEWS: tuple[Callable[[PublishedDesign], Iterable[Defect]], ...] = (unsound_schema, incoherent, unsafe_texts)


def document_review(
    design: PublishedDesign, refusals: tuple[Refusal, ...], wanted: frozenset[str] = frozenset()
) -> tuple[Defect, ...]:
    """All defects; `wanted` names the agents (`api`, `deployment`, `validation`) whose sections must be there."""
    return tuple(_all(design, refusals, wanted))


def _all(design: PublishedDesign, refusals: tuple[Refusal, ...], wanted: frozenset[str]) -> Iterator[Defect]:
    yield from missing_sections(design, wanted)
    yield from refused(design, refusals)
    for review in REVIEWS:
        yield from review(design)
