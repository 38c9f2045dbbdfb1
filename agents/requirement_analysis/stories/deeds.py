"""A story's goal as deeds: a verb, what it is done to, with which facts, and what else it names around."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agents.knowledge.deeds import is_record_noun
from agents.language import Token, noun_phrases, tagged
from agents.language.phrases import NounPhrase
from agents.language.tokens import lemma_of
from agents.naming import singular

_ENDS = frozenset("because if so then thereby unless until when whenever whereas whether while".split())
"""Words with which a condition or a reason begins, which says nothing of what is kept."""
_LISTING = frozenset("with including include includes specifying stating".split())
_IDLE = frozenset("and or as well the a an their its & / both".split())
_PARTICLES = frozenset("back down in off out over up".split())
"""Right behind a verb they belong to it: `check in a parcel`."""
_COUNTED = frozenset("date number amount place time type kind name reason duration name sum end start".split())
"""Heads that are a fact only together with what follows `of`: the date of birth, the number of seats."""


_KEEPING = re.compile(r"\bkeep (?:track|a record|records|a list|an eye|account) (?:of|on)\b", re.IGNORECASE)
"""Idioms of recording, whose noun is no thing: `keep track of singers`."""
_OCCURRING = re.compile(r"\btakes? place\b", re.IGNORECASE)


@dataclass(frozen=True)
class Phrase:
    """A noun phrase, and its tail where the head says nothing without it: `date`, `of birth`."""

    core: NounPhrase
    tail: str = ""


@dataclass
class Deed:
    """`verb` is its lemma, `following` the words right behind it that belong to it (`up for`).

    `objects` are what it is done to, `facts` what is noted with it, `by` what is searched or sorted by; `around` are
    the other phrases with their prepositions.
    """

    verb: str
    following: tuple[str, ...] = ()
    objects: list[Phrase] = field(default_factory=list)
    facts: list[Phrase] = field(default_factory=list)
    by: list[Phrase] = field(default_factory=list)
    around: list[tuple[str, Phrase]] = field(default_factory=list)


def deeds(goal: str) -> tuple[Deed, ...]:
    """The deeds of a goal that begins with its verb; verbs in a row share the objects behind the last one.

    >>> [(d.verb, [o.core.text for o in d.objects]) for d in deeds("create, edit and delete recipes")]
    [('create', ['recipes']), ('edit', ['recipes']), ('delete', ['recipes'])]
    >>> [(d.verb, d.following, [p.core.text for _, p in d.around]) for d in deeds("sign up for a course")]
    [('sign', ('up', 'for'), ['course'])]
    """
    found: list[Deed] = []
    waiting: list[Deed] = []
    said = _OCCURRING.sub("occur", _KEEPING.sub("record", goal))
    for tokens in _clauses(_with_records(tagged(f"People can {said}")[2:])):
        deed = _deed(tokens)
        if deed is None:
            continue
        found.append(deed)
        if not (deed.objects or deed.around or deed.facts):
            waiting.append(deed)
            continue
        for other in waiting:
            other.objects, other.facts, other.by, other.around = deed.objects, deed.facts, deed.by, deed.around
        waiting = []
    return tuple(found)


def _with_records(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with the nouns of records as nouns, which end like verbs: `my class booking`."""
    found = list(tokens)
    for place in range(1, len(found)):
        token, before = found[place], found[place - 1]
        opened = before.nominal or before.tag in ("determiner", "possessive", "adjective")
        if opened and token.tag in ("gerund", "verb") and is_record_noun(singular(token.low)):
            found[place] = token._replace(tag="noun", lemma=singular(token.low), plural=token.low.endswith("s"))
    return found


def _clauses(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The parts of a goal that begin with a verb each."""
    start = 0
    for place, token in enumerate(tokens):
        if token.low in _ENDS or (token.tag == "relative" and place > start + 1) or token.text in ".;:":
            yield tokens[start:place]
            return
        before = tokens[place - 1] if place else None
        joined = before is not None and (before.text in (",", "/") or before.low in ("and", "or", "then", "to"))
        if place > start and joined and token.tag == "verb" and tokens[place + 1 : place + 2]:
            yield tokens[start:place]
            start = place
    yield tokens[start:]


def _deed(tokens: Sequence[Token]) -> Deed | None:
    """One verb with its phrases; None where the clause has no verb."""
    place = next((i for i, t in enumerate(tokens) if t.tag not in ("adverb", "to", "conjunction", "mark")), None)
    if place is None or tokens[place].tag not in ("verb", "noun", "adjective", "participle"):
        return None
    deed = Deed(lemma_of(tokens[place].low, "VVB"))
    rest = tokens[place + 1 :]
    deed.following = tuple(t.low for t in rest[: _particles(rest)])
    while rest and rest[0].tag == "relative":
        rest = rest[1:]
    _phrases(rest, deed)
    return deed


def _particles(tokens: Sequence[Token]) -> int:
    """How many words right behind a verb belong to it: `up for`, `in`."""
    count = 0
    while count < min(2, len(tokens)) and tokens[count].tag in ("adverb", "preposition"):
        count += 1
    return count


def _phrases(tokens: Sequence[Token], deed: Deed) -> None:
    """Sorts the noun phrases behind a verb by the words before them."""
    slot: list[Phrase] | str = deed.objects
    end = 0
    for found in noun_phrases(tokens):
        between = [t.low for t in tokens[end : found.first] if t.text != ","]
        opens = [w for w in between if w not in (_IDLE if end else _IDLE | _PARTICLES)]
        if between == ["of"] and not isinstance(slot, str) and slot and _needs_more(slot[-1]):
            slot[-1] = Phrase(slot[-1].core, f"of {found.text}")
            end = found.end
            continue
        if opens:
            listing = bool(_LISTING & set(opens))
            slot = deed.facts if listing else deed.by if opens[-1] in ("by", "per") else opens[-1]
        if isinstance(slot, str):
            deed.around.append((slot, Phrase(found)))
        else:
            slot.append(Phrase(found))
        end = found.end


def _needs_more(phrase: Phrase) -> bool:
    return not phrase.tail and phrase.core.head.low in _COUNTED
