"""Who and what the steps of a scenario call by name: `the repairer "Jo"`, and in later steps `Jo`, `she`, `its status`.

A scenario tells of single things, a model of their kinds: `When Jo takes the repair` is what a repairer does, and in
the next step `its status` is the repair's. Readers get the steps with kinds for names and for the pronouns that begin.
"""

import re
from collections.abc import Iterator, Sequence

from agents.language import NounPhrase, noun_phrases, tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_human
from agents.requirement_analysis.prose.things import like_attribute, thing
from agents.screening import screened

_NAMED = screened(
    r"(?P<before>\b[\w-]+ )?\b(?:an?|the) (?:new |existing |registered |active )?"
    r"(?P<kind>[a-z][\w-]*(?: (?!(?:of|at|in|for|with|named|called|titled)\b)[a-z][\w-]*)?)"
    r"(?P<called> (?:named|called|titled))? \"(?P<name>[A-ZÀ-Þ][^\"]*)\""
)
_BEFORE_FACTS = ("with", "of", "whose", "has", "by", "in", "and")
"""Words before a fact rather than before somebody: `with the brand "Philips"`."""
_SHOWN = frozenset("button error field link menu message option page screen tab text title url".split())
_PRONOUN = screened(r"^(?P<who>its|it|she|he|her|his|they|their)\b", re.I)
_OF_THEM = screened(r"\bof (?:them|those|these)\b", re.I)
_OWN = ("its", "her", "his", "their")
_THINGS = ("it", "its")
_GENITIVE = "'s"


def individuals(steps: Sequence[str]) -> dict[str, str]:
    """The kind of each individual by its name."""
    found: dict[str, str] = {}
    for step in steps:
        for named in _NAMED.finditer(step):
            before = (named["before"] or "").strip().lower()
            if (named["called"] or before not in _BEFORE_FACTS) and _may_have_name(named["kind"]):
                found.setdefault(named["name"], named["kind"])
    return found


def _may_have_name(kind: str) -> bool:
    """Whether a word stands for one of several that have names: no fact, and nothing of the screen."""
    named = thing(tagged(kind), kind)
    last = singular(identifier(kind)).rpartition("_")[2]
    return named is not None and last not in _SHOWN | words_that("valued") and not like_attribute(named)


def in_kinds(steps: Sequence[str], named: dict[str, str]) -> Iterator[str]:
    """The steps with `the repairer` in the place of `Jo`, and with what a pronoun at their beginning means."""
    latest: dict[bool, str] = {}
    for step in steps:
        said = step
        for name, kind in named.items():
            said = re.sub(rf"(?<![\w\"]){re.escape(name)}(?![\w\"])", f"the {kind}", said)
        if found := _PRONOUN.match(said):
            who = found["who"].lower()
            kind = latest.get(who not in _THINGS, "")
            if kind:
                said = f"the {kind}{_GENITIVE if who in _OWN else ''}{said[found.end() :]}"
        if kind := latest.get(False, ""):
            said = _OF_THEM.sub(f"of the {kind}s", said)
        for phrase in noun_phrases(tagged(said)):
            if phrase.determiner and (kind := _kind(phrase)):
                latest[is_human(singular(identifier(kind)))] = kind
        yield said


def _kind(phrase: NounPhrase) -> str:
    """The head of a phrase, where it can have a name: `repair` of `the first waiting repair`."""
    kind = phrase.head.low
    return kind if not phrase.owner and _may_have_name(kind) else ""
