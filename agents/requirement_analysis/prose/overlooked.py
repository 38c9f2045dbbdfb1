"""What sentences speak of that name nothing the brief declares: a mail does not list what its writer takes for granted.

A sentence in which no known thing stands speaks of one that was missed. Which of its nouns that is, all sentences tell
together: what is stored is counted, acted on, acts itself, and is spoken of again; a remark comes once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agents.knowledge import archetype_for, attribute_guess
from agents.knowledge.deeds import unstored
from agents.language import NounPhrase, Token, noun_phrases
from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_role
from agents.requirement_analysis.prose.declaring import meant
from agents.requirement_analysis.prose.frames import Reading, read_frames
from agents.requirement_analysis.prose.things import Thing, is_unit, like_attribute, one, thing

ENOUGH = 8
"""Signs and mentions that a thing needs. On requirement texts that describe whatever they name, two in five of those
that pass are tables of their schema, and hardly any sentence is without a known thing."""
_MENTIONS = 4
"""More mentions than these say nothing further."""
_UNCOUNTED = words_that("uncounted")
TOLD = 5
"""Signs and mentions that a thing of a story needs, which describes little of what it speaks of."""
_COUNTS = words_that("count") | {"each", "every", "per"}


@dataclass
class _Signs:
    """How a thing is spoken of in the whole brief."""

    thing: Thing
    mentions: int = 0
    kinds: set[str] = field(default_factory=set)
    deeds: set[tuple[str, str]] = field(default_factory=set)

    def weight(self) -> int:
        """How much speaks for a thing that is stored."""
        return min(self.mentions, _MENTIONS) + len(self.kinds) + min(max(len(self.deeds) - 1, 0), 2)


Spoken = tuple[dict[str, _Signs], list[tuple[Sentence, list[Thing]]]]


def declare_overlooked(spoken: Spoken, found: Declarations) -> None:
    """Declares, the weightiest first, the things of sentences that name none."""
    signs, named = spoken
    candidates = {
        _name(t): (t, sentence)
        for sentence, things in reversed(named)
        for t in reversed(things)
        if signs[_name(t)].weight() >= ENOUGH
    }
    for name in sorted(candidates, key=lambda n: -signs[n].weight()):
        about = (things for _, things in named if name in map(_name, things))
        if any(not any(meant(t, found) for t in things) for things in about):
            chosen, sentence = candidates[name]
            found.declare(one(chosen.label), sentence, "low", bare=True)


def declare_told(spoken: Spoken, found: Declarations) -> None:
    """Declares what a story speaks of again and again, and what it says once of things that are usually stored.

    Whoever tells how they work describes hardly anything: a bill is written, a repair is done.
    """
    signs, named = spoken
    listed = [a.name for d in found.by_name.values() for a, _ in d.attributes]
    facts = {*listed, *(name.rpartition("_")[2] for name in listed)}
    for sentence, things in named:
        for one_thing in things:
            name = _name(one_thing)
            if name not in facts and not meant(one_thing, found) and _is_told(name, signs[name]):
                found.declare(one(one_thing.label), sentence, "low", bare=True)


def _is_told(name: str, signs: _Signs) -> bool:
    """Whether the whole story makes a noun a thing: no unit, no fact, nobody who only works with the application."""
    last = name.rpartition("_")[2]
    if unstored(name) is not None or last in _UNCOUNTED or is_unit(last):
        return False
    if attribute_guess(name).type in ("money", "integer", "decimal", "percentage"):
        return False  # a price, a rating
    several = bool(signs.kinds & {"counted", "one of several", "several", "at a rate"})
    if (known := archetype_for(name)) is not None and known.nature in ("transaction", "event"):
        return several and signs.weight() >= TOLD - 1
    return several and signs.mentions > 1 and signs.weight() >= TOLD


def spoken_of(sentences: Sequence[Sentence]) -> Spoken:
    """How each thing is spoken of in all sentences, and the things of each sentence."""
    readings = [read_frames(sentence.body if sentence.label else sentence.text) for sentence in sentences]
    phrases = [tuple(_things(reading)) for reading in readings]
    named = [(sentence, [t for _, t in found]) for sentence, found in zip(sentences, phrases, strict=True)]
    return _signs(readings, phrases), named


def _name(named: Thing) -> str:
    return singular(identifier(named.label))


def _things(reading: Reading) -> Iterator[tuple[NounPhrase, Thing]]:
    """The noun phrases of a sentence that can name what is stored: no facts, no proper names, nobody in a mere role."""
    for phrase in noun_phrases(reading.clause.tokens):
        found = thing(phrase.core, reading.clause.text)
        if found is None or found.kind != "thing" or like_attribute(found) or phrase.head.tag == "name":
            continue
        name = _name(found)
        if archetype_for(name) is not None or not is_role(name):
            yield phrase, found


def _signs(readings: Sequence[Reading], phrases: Sequence[Sequence[tuple[NounPhrase, Thing]]]) -> dict[str, _Signs]:
    """What all sentences together say of each thing that their phrases name."""
    every: dict[str, _Signs] = {}
    for reading, things in zip(readings, phrases, strict=True):
        tokens = reading.clause.tokens
        for phrase, found in things:
            signs = every.setdefault(_name(found), _Signs(found))
            signs.mentions += 1
            signs.kinds |= set(_counted(phrase, tokens))
            for frame in reading.frames:
                if frame.kind == "list":
                    continue
                for side, (start, end) in (("subject", frame.subject), ("object", frame.object)):
                    if start <= phrase.first < end:
                        signs.kinds.add(f"passive {side}" if frame.passive and side == "subject" else side)
                        signs.deeds.add((side, frame.verb))
    return every


def _counted(phrase: NounPhrase, tokens: Sequence[Token]) -> Iterator[str]:
    """How a phrase counts what it names (`each stay`, `9,000 stays a year`, `a stay`, `stays`); and what is known."""
    before = tokens[phrase.first - 1].low if phrase.first else ""
    number = any(t.tag == "number" for t in tokens[max(phrase.first - 1, 0) : phrase.end])
    if phrase.determiner in _COUNTS or before in _COUNTS or number:
        yield "counted"
    if number and phrase.end < len(tokens) and tokens[phrase.end].low in ("a", "per", "each", "every"):
        yield "at a rate"
    if phrase.determiner in ("a", "an"):
        yield "one of several"
    if phrase.head.plural:
        yield "several"
    if archetype_for(singular(identifier(phrase.text))) is not None:
        yield "well known"
