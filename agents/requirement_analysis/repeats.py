"""What a brief says twice, word for word in the same place, is read once.

Copied sections are common in long briefs. The trace still lists every sentence; a repeated one is used by what the
first one was used for. A paragraph or bullet counts as repeated only behind the same one as before, because what `it`
means depends on what stands before.
"""

from collections.abc import Hashable, Iterator
from itertools import groupby

from agents.requirement_analysis.document import Sentence

Place = tuple[int, str]
"""Line and text, by which the ledger knows a sentence."""


def without_repeats(sentences: tuple[Sentence, ...]) -> tuple[tuple[Sentence, ...], dict[Place, Place]]:
    """The sentences that say something for the first time, and for each other one the place of its first saying."""
    kept: list[Sentence] = []
    repeated: dict[Place, Place] = {}
    first: dict[Hashable, tuple[Sentence, ...]] = {}
    before: Hashable = None
    for _, group in groupby(sentences, key=lambda s: s.item):
        item = tuple(group)
        said = tuple(_said(s) for s in item)
        key = (before, said)
        before = said
        original = first.setdefault(key, item)
        if original is item:
            kept += item
        else:
            repeated.update(_places(item, original))
    return tuple(kept), repeated


def _said(sentence: Sentence) -> Hashable:
    return (
        sentence.text,
        sentence.form,
        sentence.label,
        sentence.lead,
        sentence.sections,
        sentence.cells,
        sentence.depth,
    )


def _places(item: tuple[Sentence, ...], original: tuple[Sentence, ...]) -> Iterator[tuple[Place, Place]]:
    for sentence, known in zip(item, original, strict=True):
        yield (sentence.line, sentence.text), (known.line, known.text)
