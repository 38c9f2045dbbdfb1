"""What the steps of a scenario do with one thing to another: `a repair is opened for this item at the event`.

Whoever does something to a thing has several of them in the course of time, and what is made for, at or in another
belongs to it. A scenario says so by the way, hence such links count only where nothing else relates the two.
"""

from collections.abc import Container, Iterator, Sequence

from agents.language import NounPhrase, Token, noun_phrases, tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.things import StatedLink
from agents.requirement_analysis.people import is_human

_BELONGING = ("for", "at", "in", "on", "to", "from", "of", "by")
_SPENT = ("used", "needed", "consumed", "required")
"""What is used in several of the other is not its own."""


def step_links(steps: Sequence[tuple[str, Sentence]], kinds: Container[str]) -> Iterator[StatedLink]:
    """The links between things of these names in the singular, each pair once."""
    seen: set[frozenset[str]] = set()
    for text, sentence in steps:
        for link in _links(text, sentence, kinds):
            pair = frozenset((link.parent, link.child))
            if len(pair) > 1 and pair not in seen:
                seen.add(pair)
                yield link


def _links(text: str, sentence: Sentence, kinds: Container[str]) -> Iterator[StatedLink]:
    tokens = tagged(text)
    named = [(p, name) for p in noun_phrases(tokens) if (name := _name(p, kinds))]
    if len(named) < 2:
        return
    (subject, first), *others = named
    verb = next((t for t in tokens[subject.end :] if t.tag in ("verb", "participle", "auxiliary")), None)
    passive = verb is not None and verb.lemma in ("be", "get")
    for phrase, name in others:
        before = tokens[phrase.first - 1].low if phrase.first else ""
        if passive and before in _BELONGING:
            spent = any(t.low in _SPENT for t in tokens[subject.end : phrase.first])
            yield StatedLink(name, first, "many_to_many" if spent else "one_to_many", sentence, weak=True)
        elif not passive and _is_object(tokens, subject, phrase) and is_human(first) and not is_human(name):
            yield StatedLink(first, name, "one_to_many", sentence, weak=True)


def _is_object(tokens: Sequence[Token], subject: NounPhrase, phrase: NounPhrase) -> bool:
    """Whether a phrase stands right behind the verb of its subject."""
    between = tokens[subject.end : phrase.first]
    return any(t.tag == "verb" for t in between) and not any(t.tag in ("preposition", "mark") for t in between)


def _name(phrase: NounPhrase, kinds: Container[str]) -> str:
    """The known thing that a phrase ends with."""
    words = [t.text for t in phrase.core]
    names = (singular(identifier(" ".join(words[start:]))) for start in range(len(words)))
    return next((name for name in names if name in kinds), "")
