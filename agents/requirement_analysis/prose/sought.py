"""Facts by which things are searched or sorted, although no list tells them: `find prams by brand and colour`.

Whoever sorts by a fact stores it. Only what is stored anyway gets facts so, and periods, people and other things by
which it is sorted are none.
"""

from collections.abc import Iterator

from agents.knowledge import archetype_for
from agents.naming import identifier, singular
from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.clause import Clause
from agents.requirement_analysis.prose.declaring import known_as
from agents.requirement_analysis.prose.frames import read_frames
from agents.requirement_analysis.prose.items import Item, items
from agents.requirement_analysis.prose.spans import storable, thing_in
from agents.requirement_analysis.prose.things import Thing, one

_SEEKING = words_that("seeking")
_UNSTORED = words_that("measure_of_sorting")
_LONGEST = 2


def sought_by(text: str) -> Iterator[tuple[Thing, tuple[Item, ...]]]:
    """What a sentence says is searched or sorted, and by which facts."""
    reading = read_frames(text)
    clause = reading.clause
    for frame in reading.frames:
        if frame.kind == "list" or not set(frame.verbs) & _SEEKING:
            continue
        start, end = frame.object
        if frame.passive and frame.preposition == "by":
            owner, first = storable(thing_in(clause, frame.subject)), start
        else:
            by = next((i for i in range(start + 1, end) if clause.tokens[i].low == "by"), end)
            owner, first = storable(thing_in(clause, (start, by))) if by < end else None, by + 1
        facts = tuple(_facts(clause, first, end)) if owner is not None else ()
        if owner is not None and facts:
            yield owner, facts


def _facts(clause: Clause, start: int, end: int) -> Iterator[Item]:
    """The items until the first that is no fact: `by brand and colour, newest first`."""
    for item in items(clause, start, end):
        head = item.tokens[-1] if item.tokens else None
        if head is None or not head.nominal or item.inner or len(item.tokens) > _LONGEST:
            return
        if head.lemma not in _UNSTORED and not item.many:
            yield item


def declare_sought(sentences: tuple[Sentence, ...], found: Declarations) -> None:
    """Adds to what is described the facts by which it is sought, where nothing of the kind is known of it."""
    for sentence in sentences:
        for owner, facts in sought_by(sentence.body if sentence.label else sentence.text):
            name = known_as(owner, found)
            if name is None or (not found.by_name[name].attributes and archetype_for(name) is not None):
                continue  # one fact is no description that replaces the usual one
            declaration = found.by_name[name]
            for item in facts:
                label = one(item.label)
                what = singular(identifier(label))
                usual = archetype_for(what)
                happens = usual is not None and usual.nature in ("transaction", "event", "person")
                other = known_as(Thing(label, "thing"), found) or is_person(what) or happens
                known = any(set(a.name.split("_")) & set(what.split("_")) for a, _ in declaration.attributes)
                if not other and not known and what not in name.split("_"):
                    declaration.attributes += [(a, sentence) for a in stated_attributes(label)[:1]]
