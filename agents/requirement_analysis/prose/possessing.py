"""What belongs to what by possessives and bare plurals: `the dog's owner`, `rooms of a house`, `regions have towns`.

Sentences speak so of facts and of things that others join as well, so that this alone makes nothing a thing and counts
only between two things that nothing else relates.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.language import Token
from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations, Link
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_human
from agents.requirement_analysis.prose.clause import Clause, is_in_phrase
from agents.requirement_analysis.prose.declaring import known_as
from agents.requirement_analysis.prose.frames import read_frames
from agents.requirement_analysis.prose.things import Thing, thing

_OWNING = words_that("owning")
_OWN = ("its", "their", "his", "her")


@dataclass(frozen=True, slots=True)
class Possession:
    """`part` is one of those of `whole`, or, where it is alone and a person, whom the whole has."""

    whole: Thing
    part: Thing


def possessions(text: str) -> Iterator[Possession]:
    """What a sentence names as somebody's or something's."""
    reading = read_frames(text)
    yield from _genitives(reading.clause)
    yield from _of(reading.clause)
    for frame in reading.frames:
        if frame.passive or frame.kind not in ("main", "condition"):
            continue
        whole = thing(reading.clause.tokens[slice(*frame.subject)], text)
        part = thing(_plain(reading.clause.tokens[slice(*frame.object)]), text)
        if whole is None or part is None or not part.many:
            continue
        bare = frame.verb in _OWNING and part.determiner in ("", *_OWN)
        if bare or (part.determiner in _OWN and frame.preposition == "" and is_human(_name(whole))):
            yield Possession(whole, part)


def _plain(tokens: Sequence[Token]) -> list[Token]:
    """The first noun phrase of an object."""
    return list(itertools.takewhile(is_in_phrase, tokens))


def _name(named: Thing) -> str:
    return singular(identifier(named.label))


def _genitives(clause: Clause) -> Iterator[Possession]:
    """`the dog's owner`, `each hive's inspections`."""
    tokens = clause.tokens
    for place in range(1, len(tokens) - 1):
        if tokens[place].tag == "genitive":
            whole = thing(tokens[_first(tokens, place) : place], clause.text)
            part = thing(_plain(tokens[place + 1 :]), clause.text)
            if whole and part:
                yield Possession(whole, part)


def _of(clause: Clause) -> Iterator[Possession]:
    """`the rooms of a house`, `the owner of the dog`."""
    tokens = clause.tokens
    for place in range(1, len(tokens) - 2):
        if tokens[place].low == "of" and tokens[place - 1].nominal and tokens[place + 1].tag == "determiner":
            part = thing(tokens[_first(tokens, place) : place], clause.text)
            whole = thing(_plain(tokens[place + 1 :]), clause.text)
            if whole and part:
                yield Possession(whole, part)


def _first(tokens: Sequence[Token], end: int) -> int:
    first = end
    while first and is_in_phrase(tokens[first - 1]) and tokens[first - 1].tag != "genitive":
        first -= 1
    return first


def relate_possessed(sentences: Sequence[Sentence], found: Declarations) -> None:
    """References between two described things of which one is the other's and which nothing else relates."""
    near = _related(found)
    for sentence in sentences:
        for possession in possessions(sentence.body if sentence.label else sentence.text):
            whole, part = (_exactly(t, found) for t in (possession.whole, possession.part))
            if whole is None or part is None or whole == part or part in near[whole] or near[whole] & near[part]:
                continue
            if not possession.part.many:
                if not is_human(part):
                    continue
                whole, part = part, whole  # a dog has an owner, who may have several
            near[whole].add(part)
            near[part].add(whole)
            found.spoken.append(Link(whole, part, "one_to_many", sentence, spoken=True))


def _exactly(named: Thing, found: Declarations) -> str | None:
    """The described thing of this name, or whose name ends so."""
    name = singular(identifier(named.label)) if named.kind in ("thing", "organisation") else ""
    ends = found.ending(name) if name and name not in found.by_name else []
    return name if name in found.by_name else ends[0] if len(ends) == 1 else None


def _related(found: Declarations) -> dict[str, set[str]]:
    """What each thing refers to or is referred to by, as far as sentences and lists say."""
    near: dict[str, set[str]] = {name: set() for name in found.by_name}
    for link in found.spoken:
        if link.parent in near and link.child in near:
            near[link.parent].add(link.child)
            near[link.child].add(link.parent)
    for name, declaration in found.by_name.items():
        for attribute, _ in declaration.attributes:
            base = attribute.references or attribute.name.removesuffix("_id")
            target = known_as(Thing(base.replace("_", " "), "thing"), found)
            if target and target != name:
                near[name].add(target)
                near[target].add(name)
    return near
