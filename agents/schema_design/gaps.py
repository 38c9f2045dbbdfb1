"""What an engine lacks, said in the design: one form for every family."""

from collections.abc import Iterable

from contracts.base import Origin
from contracts.schema import Gap


def gap(feature: str, instead: str, lost: str, elements: Iterable[str]) -> Gap:
    """Something that is asked for and not there, what stands in its place, what is lost, and what it is about."""
    return Gap(
        feature=feature,
        instead=instead,
        lost=lost,
        elements=tuple(elements),
        origin=Origin(kind="convention", rule="what the engine lacks is said, with what stands in its place"),
    )
