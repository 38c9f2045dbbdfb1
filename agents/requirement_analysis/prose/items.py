"""The items of a list in a sentence: labels in the brief's own words, with the remark that stands behind each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agents.knowledge import attribute_guess
from agents.language import Token, tagged
from agents.naming import identifier
from agents.requirement_analysis.attribute_notes import says
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.clause_facts import opens_fact, told_by_clause
from agents.requirement_analysis.prose.things import ORDINALS, PLAIN, lemma
from agents.requirement_analysis.prose.verbforms import FORMS

if TYPE_CHECKING:
    from agents.requirement_analysis.prose.clause import Clause

_NOTHING = words_that("empty_item")
_KEPT_BEFORE = frozenset({"new", "different", "related", "associated", "own", "main", "other", "key", "core",
                          "registered", "last", "first", "next", "daily", "overall", "personal",
                          "general", "individual", "home"})  # fmt: skip
_LEFT_OUT = PLAIN - _KEPT_BEFORE
_INFORMATION = words_that("information")
_SHARED_HEADS = words_that("shared_head")
_MOMENTS = words_that("moment")
_JOINING = words_that("joining")
_INFORMATION = words_that("information")
_RECORDED = words_that("recorded")
_MAYBE = frozenset("maybe perhaps possibly sometimes optionally occasionally".split())
_NO_TWO = re.compile(
    r"\bno two\b.*\bsame\b|\b(?:don't|don’t|do not|never|cannot|can't) (?:allow|have|want|accept) two\b.*\bsame\b", re.I
)
_WHEN = frozenset("date day time year".split())
_LONGEST = 7
_BOUNDING = frozenset("at between from max maximum min minimum up".split())
_SEVERAL = ("multiple", "several", "many", "various")


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its words, the remark behind it, whether it is a question (`whether …`), and its determiner.

    `owner` are the words of its possessor, `inner` those after a preposition; `unique` tells that no two are the same;
    `names` says that it is a thing of its own and no attribute: `the information of the reporter, editor and publisher`
    names three.
    """

    label: str
    note: str = ""
    question: bool = False
    determiner: str = ""
    many: bool = False
    tokens: tuple[Token, ...] = ()
    owner: tuple[Token, ...] = ()
    inner: tuple[Token, ...] = ()
    names: bool = False
    unique: bool = False


_FLAGS = ("Is", "Has", "Can", "Was")
"""Verbs that begin a flag in a list of capitalised labels: `Name, Is Active, Has Insurance`."""


def items(clause: Clause, start: int, end: int) -> Iterator[Item]:
    """The items between two tokens; what only tells of the values of the one before is its remark."""
    before: Item | None = None
    for item in _items(clause, start, end):
        if before is not None and not item.note and says(item.label):
            before = replace(before, note=f"{before.note}, {item.label}" if before.note else item.label)
            continue
        if before is not None:
            yield before
        before = item
    if before is not None:
        yield before


def _items(clause: Clause, start: int, end: int) -> Iterator[Item]:
    """The items between two tokens; the list ends where a new clause begins."""
    parts = list(_segments(clause.tokens, start, end))
    names, several = False, ""
    before: Item | None = None
    for number, (first, last) in enumerate(parts):
        item, ended = _item(clause, first, last)
        if item is None and before is not None and number + 1 < len(parts):
            item = _plainly(clause, first, last)
        if item is not None:
            names = names or item.names
            if before is not None and clause.tokens[first - 1].low == "and" and _goes_with(item, before):
                continue
            before = item
            several = (
                item.determiner if item.determiner in _SEVERAL else several if item.many and not item.determiner else ""
            )
            item = replace(item, names=names, determiner=several or item.determiner)
            following = parts[number + 1] if number + 1 < len(parts) else None
            yield _shared(item, clause, last, following)
        if ended:
            return


def _plainly(clause: Clause, first: int, last: int) -> Item | None:
    """A word that says nothing by itself as one fact among others: `name, details, price`."""
    token = clause.tokens[first]
    alone = last == first + 1 and token.lemma in _INFORMATION and token.nominal
    return Item(token.text, clause.note(first, last), tokens=(token,)) if alone else None


def _goes_with(item: Item, before: Item) -> bool:
    """Whether an item is the second of what the one before belongs to: `the status of drivers and mechanics`."""
    plain = item.many and len(item.tokens) == 1 and not (item.determiner or item.inner or item.owner)
    return (
        plain
        and len(before.inner) > 1
        and before.inner[-1].plural
        and before.inner[0].low in ("of", "for", "by", "about")
    )


def _segments(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The runs of tokens between commas and conjunctions."""
    first = start
    for place in range(start, end + 1):
        if place == end or tokens[place].text in ",;、." or _joins(tokens, place, end):
            if place > first:
                yield first, place
            first = place + 1


def _joins(tokens: Sequence[Token], place: int, end: int) -> bool:
    """Whether a token joins two items."""
    low = tokens[place].low
    if low in ("and", "or", "to") and place + 1 < end and tokens[place - 1].tag == tokens[place + 1].tag == "number":
        return False  # `a price between 1 and 3 euros`, `a weight of 250 or 500 g`
    if low in ("and", "or", "&", "plus"):
        return True
    return low in ("as", "well") and "well" in (t.low for t in tokens[max(0, place - 1) : min(end, place + 2)])


def _item(clause: Clause, first: int, end: int) -> tuple[Item | None, bool]:
    """The item of one run, and whether the list ends with it."""
    tokens = clause.tokens
    note = clause.note(first, end)
    if asked := _asked(tokens, first, end):
        first = asked
    if tokens[first].low == "what":
        return None, False  # `what happened` names nothing, and the list goes on
    if tokens[first].tag == "relative" and tokens[first].low != "whether" and not opens_fact(tokens, first):
        return None, True
    if tokens[first].low in _MAYBE and first + 1 < end:  # `maybe a phone number`
        first, note = first + 1, f"{note}, optional" if note else "optional"
    if tokens[first].low == "to" or (
        tokens[first].lemma in _JOINING and "between" in (t.low for t in tokens[first:end])
    ):
        return None, False
    if tokens[first].low == "whether":
        return _question(clause, first, end, note), False
    if tokens[first].text in _FLAGS and first and first + 1 < end:
        label = clause.text[tokens[first].start : tokens[end - 1].end]
        return Item(label, note, tokens=tuple(tokens[first:end]), question=True), False
    if named := told_by_clause(tokens[first:end]):
        return Item(named, note, tokens=tuple(tagged(named))), False
    determiner = ""
    opening = first
    unique = any(t.low == "unique" for t in tokens[first : min(end, first + 3)]) or bool(_NO_TWO.search(note))
    while first < end and (
        (tokens[first].tag in ("determiner", "possessive", "adverb", "not") and tokens[first].low not in _KEPT_BEFORE)
        or (tokens[first].tag == "number" and first + 1 < end and tokens[first].low not in {*ORDINALS, *_KEPT_BEFORE})
        or (tokens[first].low in _LEFT_OUT and first + 1 < end)
        or (tokens[first].low in ("information", "fields")
        and first + 1 < end and tokens[first + 1].low in ("like", "on"))
    ):  # fmt: skip
        if tokens[first].low == "more" and tokens[first + 1].low == "than" and first + 3 < end:
            determiner, first = "several", first + 2  # `more than one author`
        if tokens[first].tag == "possessive" and first + 2 < end and tokens[first + 1].low == "own":
            first += 1  # `its own number`
        if tokens[first].tag == "number":
            determiner = determiner or ("one" if tokens[first].low in ("one", "1") else "several")
        elif tokens[first].tag in ("determiner", "adjective", "possessive"):
            determiner = tokens[first].low
        first += 1
    if first + 2 < end and tokens[first].lemma in _NOTHING and tokens[first + 1].low in ("of", "on", "about"):
        return Item("", inner=tuple(tokens[first + 1 : end]), names=True), False
    last, ended = _cut(tokens, first, end)
    genitive = max((i for i in range(first, last) if tokens[i].tag == "genitive"), default=-1)
    owner = tuple(tokens[opening:genitive]) if genitive >= 0 else ()
    kept = tokens[genitive + 1 if owner else first : last]
    while len(kept) > 1 and kept[0].low in _LEFT_OUT:
        kept = kept[1:]
    while len(kept) > 1 and kept[-1].low in _RECORDED:
        kept = kept[:-1]  # `with the report time and result recorded`
    if not kept or len(kept) > _LONGEST:
        return None, ended
    if all(lemma(t) in _NOTHING or t.tag == "mark" for t in kept):
        inner = tuple(tokens[last:end])
        return (
            (Item("", inner=inner, names=True), ended)
            if len(inner) > 1 and inner[0].low in ("of", "on")
            else (None, ended)
        )
    if not any(t.nominal or t.tag in ("gerund", "verb", "adjective", "participle") for t in kept):
        return None, ended
    label = clause.text[kept[0].start : kept[-1].end].strip(" \"'“”.:")
    if len(kept) == 1 and kept[0].low in _WHEN and last + 2 == end and tokens[last].tag == "pronoun":
        label, kept = f"{label} {tokens[last + 1].text}", [*kept, tokens[last + 1]]  # `the date they joined`
    if told := _told(clause, last, end):
        note = f"{note}, {told}" if note else told
    many = determiner in ("multiple", "several", "many", "various", "different", "some") or kept[-1].plural
    return Item(label, note, False, determiner, many, tuple(kept), owner, tuple(tokens[last:end]), unique=unique), ended


def _asked(tokens: Sequence[Token], first: int, end: int) -> int:
    """Where the fact begins that `which article`, `at what price` or `at which speed it runs` asks for; 0 for none."""
    place = first + (tokens[first].tag == "preposition")
    if place + 1 >= end or tokens[place].low not in ("what", "which") or not tokens[place + 1].nominal:
        return 0
    rest = next((t for t in tokens[place + 1 : end] if not t.nominal), None)
    return place + 1 if rest is None or rest.tag in ("pronoun", "determiner") else 0


def _told(clause: Clause, first: int, end: int) -> str:
    """What the words behind an item's own tell of its values: `from 1 to 5`, `that is never used twice`."""
    words = clause.tokens[first:end]
    words = words[1:] if words and words[0].low in ("of", "that", "which") else words
    stop = next((i for i, t in enumerate(words) if t.tag == "relative" or t.text in ".;"), len(words))
    told = clause.text[words[0].start : words[stop - 1].end] if stop else ""
    return told if told and says(told) else ""


def _cut(tokens: Sequence[Token], first: int, end: int) -> tuple[int, bool]:
    """Where an item's own words end: before a preposition that only places it, before a verb of a new clause."""
    for place in range(first, end):
        token = tokens[place]
        if token.tag == "preposition" and place > first:
            within = token.low == "in" and place + 2 == end and tokens[place + 1].nominal
            after = tokens[place + 1] if place + 1 < end else None
            of = token.low in ("of", "per") and after is not None and after.tag not in ("determiner", "possessive")
            of = of and not (after and (after.text[0].isdigit() or after.low in _BOUNDING))  # `a deposit of 50 euros`
            if not within and not of:
                return place, False
        if (token.tag == "pronoun" or token.low == "as") and place > first:
            return place, False
        if place > first and place + 1 < end and tokens[place + 1].low == "than":
            return place, False  # `an end date later than the start`
        if place > first and token.plural and tokens[place - 1].plural and _acts(tokens, place + 1, end):
            return place, False  # `the exams students take`
        if token.tag == "relative" and place > first:
            return place, False
        if token.tag in ("auxiliary", "modal"):
            return place, True
        if token.tag == "verb" and place + 1 < end and tokens[place + 1].tag in ("determiner", "possessive", "adverb"):
            return place, True
        if token.tag == "preposition" and place == first and token.low not in ("in", "on"):
            return place, False
    return end, False


def _acts(tokens: Sequence[Token], place: int, end: int) -> bool:
    """Whether a verb follows whose subject goes before it."""
    return place < end and (tokens[place].tag == "verb" or tokens[place].low in FORMS)


def _question(clause: Clause, first: int, end: int, note: str) -> Item | None:
    """`whether it was successfully delivered` as the item `successfully delivered`."""
    tokens = clause.tokens
    place = first + 1
    verb = next((i for i in range(place, end) if tokens[i].tag in ("auxiliary", "modal")), None)
    if verb is not None:
        place = verb
        while place < end and tokens[place].tag in ("auxiliary", "modal", "not"):
            place += 1
    while place < end and (tokens[place].tag in ("to", "determiner") or tokens[place].low == "to"):
        place += 1
    kept = tokens[place:end]
    if not kept or len(kept) > _LONGEST or kept[-1].tag == "pronoun":
        return None
    return Item(clause.text[kept[0].start : kept[-1].end], note, True, "", False, tuple(kept))


def _is_moment(token: Token) -> bool:
    """Whether a word says at which moment rather than what: `creation`, `update`, `opening`."""
    if token.low in _MOMENTS:
        return True
    guess = attribute_guess(identifier(token.low))
    timely = guess.rule == "the name tells no type" or guess.type in ("timestamp", "date")
    return token.low.endswith(("ion", "ing")) and timely


def _shared(item: Item, clause: Clause, last: int, following: tuple[int, int] | None) -> Item:
    """`creation and update time`, `visitor and visit data`: the next item's last noun is this one's as well."""
    if following is None or not item.tokens or last >= len(clause.tokens) or clause.tokens[last].low != "and":
        return item
    after = clause.tokens[following[0] : following[1]]
    after = after[: next((i for i, t in enumerate(after) if t.tag == "preposition"), len(after))]
    after = after[1:] if len(after) > 2 and after[0].tag == "determiner" else after
    alone = len(item.tokens) == 1
    if alone and len(after) == 2 and item.tokens[0].tag == after[0].tag == "adjective" and after[1].nominal:
        return replace(item, label=f"{item.label} {after[1].text}", tokens=(*item.tokens, after[1]))
    who = alone and not item.determiner and is_person(item.tokens[0].lemma)
    if who and len(after) > 1 and after[-1].lemma in _INFORMATION:
        return replace(item, label=f"{item.label} {after[-1].text}", tokens=(*item.tokens, after[-1]))
    headed = any(t.tag == "preposition" for t in item.tokens)  # `the year of publication and the number of pages`
    if len(after) < 2 or headed or lemma(after[-1]) not in _SHARED_HEADS or not _is_moment(item.tokens[-1]):
        return item
    return replace(item, label=f"{item.label} {after[-1].text}", tokens=(*item.tokens, after[-1]))
