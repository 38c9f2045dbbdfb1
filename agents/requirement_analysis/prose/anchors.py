"""What opens the statements of a sentence: its verbs, and the words that lists follow."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agents.language import Token
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.clausal import each_before
from agents.requirement_analysis.prose.clause import Span, is_in_phrase, joins, phrase_start
from agents.requirement_analysis.prose.clause_facts import within_fact
from agents.requirement_analysis.prose.verbforms import VerbGroup

Kind = Literal["main", "condition", "relative", "absolute", "list", "gerund", "infinitive"]

LISTS = words_that("listing")
_INFORMATION = words_that("information")
_JOINING_VERBS = words_that("joining_verb")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What opens a statement: a verb group or a word that a list follows."""

    first: int
    end: int
    kind: Kind
    group: VerbGroup | None = None


def anchors(tokens: Sequence[Token], groups: Sequence[VerbGroup], part: Span, fronted: Span) -> list[Anchor]:
    """The openers of statements in order; a list word inside a verb group is none."""
    found = [
        Anchor(g.first, g.end, _kind(tokens, g), g)
        for g in groups
        if not _embedded(tokens, g, fronted[1] if g.first >= fronted[1] else part[0])
    ]
    taken = {i for g in groups for i in range(g.first, g.end)}
    for place in range(*part):
        if place not in taken and (marker := _marker(tokens, place, groups)):
            found.append(marker)
    return sorted(found, key=lambda a: a.first)


def _embedded(tokens: Sequence[Token], group: VerbGroup, start: int) -> bool:
    """Whether a verb stands inside an item: `whether it was read`, `the time the message was sent`."""
    if _restricts(tokens, group) or within_fact(tokens, group.first):
        return True
    last = group.first
    while last > start and tokens[last - 1].tag == "adverb":
        last -= 1
    if last - 2 > start and tokens[last - 1].tag == "pronoun" and tokens[last - 2].nominal:
        return True
    first = phrase_start(tokens, start, last)
    told = group.passive and tokens[last - 1].tag in ("participle", "verb")  # `whether they came is recorded`
    if first > start and tokens[first - 1].low in ("whether", "which", "that", "whom") and first < last and not told:
        return True
    if last > start and tokens[last - 1].low in ("what", "how"):
        return True
    contact = start < first < group.first and tokens[first - 1].nominal
    contact = contact and not (first > 1 and tokens[first - 2].low in ("each", "every"))  # `every month a bill goes …`
    return contact and tokens[first].tag in ("determiner", "possessive", "pronoun")


def _restricts(tokens: Sequence[Token], group: VerbGroup) -> bool:
    """Whether a relative clause stands within an item of a list that goes on: `a number that is unique, a floor`."""
    place = group.first - 1
    if place < 1 or tokens[place].low not in ("that", "which", "who") or not tokens[place - 1].nominal:
        return False
    comma = next((i for i in range(group.end, min(len(tokens), group.end + 9)) if tokens[i].text == ","), 0)
    further = tokens[comma + 1 : comma + 5] if comma else ()
    return bool(further) and further[0].tag == "determiner" and any(t.text == "," or t.low == "and" for t in further)


def _kind(tokens: Sequence[Token], group: VerbGroup) -> Kind:
    before = tokens[group.first - 1] if group.first else None
    if before is not None and (before.tag == "relative" or before.low in ("who", "which", "that")):
        return "relative"
    if group.form == "participle" and group.lemma == "identify" and before is not None and before.text == ",":
        return "relative"  # `guests, identified by a card number, …`
    if group.form in ("gerund", "participle"):
        each = before is not None and (before.low == "each" or each_before(tokens, group.first))
        return "absolute" if each else "main" if group.form == "participle" else "gerund"
    return "infinitive" if group.form == "infinitive" else "main"


def _marker(tokens: Sequence[Token], place: int, groups: Sequence[VerbGroup]) -> Anchor | None:
    """The opener that begins at a token: `including`, `such as`, `with`, a colon."""
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if after is None:
        return None
    low = token.low
    if low == "such" and after.low == "as":
        return Anchor(
            place, place + 2 + ((tokens[place + 2 : place + 3] and tokens[place + 2].text == ":") or 0), "list"
        )
    if low == "like" and place and tokens[place - 1].lemma in _INFORMATION:
        return Anchor(place, place + 1, "list")
    if low in LISTS:
        return Anchor(place, place + 1 + (after.text == ":"), "list")
    if low == ":" and place:
        return Anchor(place, place + 1, "list")
    if low == "with" and place and _has_list(tokens, place, groups):
        return Anchor(place, place + 1, "absolute")
    return None


def _is_one_fact(tokens: Sequence[Token], place: int) -> bool:
    """Whether only one determined phrase follows to the end of the clause: `…, with the quantity required.`"""
    end = next((i for i in range(place, len(tokens)) if tokens[i].text in ".;" or not is_in_phrase(tokens[i])), place)
    one = tokens[place].tag in ("determiner", "possessive") and 1 < end - place < _LONG
    return one and tokens[end].text in ".;"


_LONG = 6


def _has_list(tokens: Sequence[Token], place: int, groups: Sequence[VerbGroup]) -> bool:
    """Whether `with` is followed by a list of what something has, and not by whom or what it happens."""
    before = tokens[place - 1]
    if before.low == "each":
        return True
    clausal = next((g for g in groups if g.first > place), None)
    if clausal and clausal.form in ("gerund", "participle") and each_before(tokens, clausal.first):
        return False
    noun = before.tag == "gerund" and place > 1 and tokens[place - 2].tag == "determiner"  # `for each booking with …`
    if not (before.nominal or before.text == "," or noun):
        return False
    verb = groups[bisect.bisect_left([g.first for g in groups], place) - 1] if groups else None
    joined = verb is not None and verb.first < place and verb.lemma in _JOINING_VERBS
    if joined and not any(t.text == "," for t in tokens[verb.end if verb else 0 : place]):
        return False
    comma = next((i for i in range(place + 1, len(tokens) - 1) if tokens[i].text == ","), 0)
    if comma and before.text == "," and tokens[comma + 1].tag == "possessive" and tokens[place + 1].tag != "possessive":
        return False  # `the languages, with a rate for each, her phone and address`: her facts go on
    if before.text == "," and _is_one_fact(tokens, place + 1):
        return True
    end = min(place + 14, next((g.first for g in groups if g.first > place), len(tokens)))
    while end > place and joins(tokens[end - 1]):
        end -= 1
    return any(t.text == "," or t.low == "and" for t in tokens[place + 2 : end])
