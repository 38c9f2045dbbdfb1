"""The verb groups of a sentence: `should be able to add, edit and delete` is one of three verbs."""

from collections.abc import Sequence

from agents.language import Token, can_be_noun, lemma_of
from agents.requirement_analysis.prose.clausal import verb_form
from agents.requirement_analysis.prose.clause import joins, opens_phrase
from agents.requirement_analysis.prose.verbforms import (
    FORMS,
    GERUNDS,
    PARTICLES,
    Form,
    VerbGroup,
    can_be_verb,
    coordinates,
    is_past,
    leads_on,
    verb_lemma,
)

_ADJECTIVES = ("able", "necessary", "important", "possible", "required", "essential", "responsible", "capable", "used")


def verb_groups(tokens: Sequence[Token]) -> list[VerbGroup]:
    """The verb groups of a sentence in order."""
    found: list[VerbGroup] = []
    place = clause = 0
    while place < len(tokens):
        if tokens[place].text in ".;:":
            clause = place + 1
        form = verb_form(tokens, place, found, clause)
        if form is None:
            place += 1
            continue
        group = _group(tokens, place, form)
        found.append(group)
        place = max(group.end, place + 1)
    return _with_hidden(tokens, found)


def settled(tokens: Sequence[Token], groups: Sequence[VerbGroup]) -> list[Token]:
    """The tokens with every verb that does no verb's work as the noun that it is: `start` in `the start time`."""
    taken = {i for g in groups for i in range(g.first, g.end)}
    return [
        t._replace(tag="noun", lemma=lemma_of(t.low, "NN2" if t.low.endswith("s") else "NN1"))
        if t.tag == "verb" and i not in taken and not is_past(t) and can_be_noun(t.low) else t
        for i, t in enumerate(tokens)
    ]  # fmt: skip


def _group(tokens: Sequence[Token], first: int, form: Form) -> VerbGroup:
    """The group that begins at a token, with the verbs that share its object."""
    place, lemma, passive, be = first, "", False, False
    while place < len(tokens):
        token = tokens[place]
        verbal = token.tag == "verb" or (
            place > first and tokens[place - 1].tag in ("to", "modal") and can_be_verb(token)
        )
        if lemma and not (token.tag == "to" or verbal):
            break
        if token.tag in ("modal", "not", "to", "adverb") and leads_on(tokens, place):
            place += 1
            continue
        if token.tag == "auxiliary":
            be = be or token.lemma == "be" or token.low in ("is", "are", "was", "were", "be", "been", "being")
            place += 1
            if token.lemma == "have" and not leads_on(tokens, place - 1):
                lemma = "have"
                break
            continue
        if verbal or (place == first and token.tag not in ("modal", "to", "auxiliary")):
            lemma, place = verb_lemma(token), place + 1
            passive = passive and token.tag == "participle"
        elif token.tag == "participle" and (be or any(t.lemma == "have" for t in tokens[first:place])):
            lemma, passive, place = token.lemma, be, place + 1
        elif be and (token.tag == "gerund" or (token.low in GERUNDS and tokens[place - 1].low in ("for", "of"))):
            lemma, place = verb_lemma(token), place + 1
        elif be and token.low in _ADJECTIVES and (skipped := _complement(tokens, place)):
            place = skipped
            lemma = ""
            continue
        else:
            break
        if not (place < len(tokens) and tokens[place].tag == "to" and leads_on(tokens, place)):
            break
        lemma, be, passive = "", False, False
    if form == "participle":
        passive = True
    lemmas = [lemma or ("have" if any(t.lemma == "have" for t in tokens[first:place]) else "be")]
    place = max(place, first + 1)
    while further := coordinates(tokens, place, tokens[place - 1].low.endswith("s"), tokens[place - 1].tag == "gerund"):
        lemmas.append(verb_lemma(tokens[further]))
        place = further + 1
    return _finished(tokens, first, place, tuple(lemmas), form, passive)


def _complement(tokens: Sequence[Token], place: int) -> int:
    """Where the verb of `able to record` or `responsible for managing` begins, 0 where none follows."""
    after = tokens[place + 1 : place + 3]
    if len(after) == 2 and after[0].tag in ("to", "preposition") and after[0].low == "to" and can_be_verb(after[1]):
        return place + 2
    if len(after) == 2 and after[0].low in ("for", "of") and (after[1].tag == "gerund" or after[1].low in GERUNDS):
        return place + 2
    return 0


def _finished(
    tokens: Sequence[Token], first: int, end: int, lemmas: tuple[str, ...], form: Form, passive: bool
) -> VerbGroup:
    """The group with what belongs to its verb: a preposition, `part of`, `track of`."""
    lemma = lemmas[-1]
    low = [t.low for t in tokens[end : end + 3]]
    if lemma == "keep" and low[:2] == ["track", "of"]:
        return VerbGroup(first, end + 2, (*lemmas[:-1], "track"), form, passive)
    for idiom, verb in _IDIOMS.items():
        start, *more = idiom.split()
        if lemma == start and low[: len(more)] == more:
            end, lemmas = end + len(more), (*lemmas[:-1], verb)
            low = [t.low for t in tokens[end : end + 3]]
    if lemma == "be" and low:
        skip = int(low[0] in ("a", "an", "the"))
        if low[skip : skip + 1] in (["part"], ["member"]) and low[skip + 1 : skip + 2] == ["of"]:
            return VerbGroup(first, end + skip + 2, (*lemmas[:-1], "belong"), form, True, "of")
    if (
        end < len(tokens)
        and tokens[end].tag in ("preposition", "adverb", "conjunction")
        and low[0] in PARTICLES
        and (low[0] != "in" or low[1:2] in (["to"], ["with"]))
    ):
        end += 1
        low = low[1:]
    if len(low) > 1 and tokens[end].tag == "adverb" and tokens[end + 1].tag == "preposition":
        end += 1  # `is held jointly by several customers`
        low = low[1:]
    if low[:1] == ["based"]:
        return VerbGroup(first, end, lemmas, form, passive, "based")
    if end < len(tokens) and tokens[end].tag == "preposition" and low and low[0] not in ("including", "like", "such"):
        return VerbGroup(first, end + 1, lemmas, form, passive, low[0])
    return VerbGroup(first, end, lemmas, form, passive)


_IDIOMS = {
    "take place": "occur", "take part": "participate", "take care of": "tend", "look after": "tend",
    "be in charge of": "manage", "make use of": "use", "put on record": "record",
}  # fmt: skip
"""Verbs of several words, each with the one that says the same."""


def _with_hidden(tokens: Sequence[Token], found: list[VerbGroup]) -> list[VerbGroup]:
    """With the verbs of clauses in which every word could be a noun: `The shopping cart records user ID, …`."""
    start = 0
    for end in [i for i, t in enumerate(tokens) if t.text in ".;:"] + [len(tokens)]:
        first = next((g.first for g in found if start <= g.first < end), end)
        begin = start
        if start < end and tokens[start].tag == "preposition":
            begin = next((i + 1 for i in range(start, first) if tokens[i].text == ","), first)
        lacking = first == end or (first > begin + 2 and joins(tokens[first - 1]))
        if lacking and (group := _hidden(tokens, begin, first)):
            found = sorted([*found, group], key=lambda g: g.first)
        start = end + 1
    return found


def _hidden(tokens: Sequence[Token], start: int, end: int) -> VerbGroup | None:
    """The likeliest verb between two places: one whose number is that of the noun before it."""
    for place in range(start + 1, end - 1):
        token, before, after = tokens[place], tokens[place - 1], tokens[place + 1]
        third = token.low.endswith("s") and FORMS.get(token.low) != token.low
        known = token.low in FORMS and token.tag in ("noun", "adjective", "gerund")
        if known and before.nominal and third != before.plural and (opens_phrase(after) or after.tag == "preposition"):
            return _finished(tokens, place, place + 1, (FORMS[token.low],), "finite" if third else "base", False)
        if token.text == ",":
            return None
    return None
