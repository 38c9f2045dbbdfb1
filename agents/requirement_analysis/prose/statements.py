"""Where the subject of a statement stands: before its verb, in the clause before, or in the phrase it describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents.language import Token
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.anchors import Anchor
from agents.requirement_analysis.prose.clausal import each_before
from agents.requirement_analysis.prose.clause import Span, joins, phrase_start

if TYPE_CHECKING:
    from agents.requirement_analysis.prose.frames import Frame

ENDS = words_that("end") - {"whose", "who", "which"}
_COUNTS = words_that("count")
_CAUSING = words_that("causing")
_CREATING = words_that("creating") | words_that("recording")
_RECORDING = words_that("recording")
_KNOWN = _RECORDING | words_that("entering") | {"know", "need", "require"}
_CONSISTING = ("consist", "comprise", "contain", "include")
_REACHING = ("go", "send", "come")
_FLOATING = ("each", "all", "both", "also", "then", "each of", "of")


def subject_of(
    tokens: Sequence[Token], anchor: Anchor, floor: int, opens: bool, frames: Sequence[Frame]
) -> tuple[bool, Span, int]:
    """(whether a statement has a subject of its own, its span, where what stood before it ends)."""
    if anchor.kind == "list" or tokens[anchor.first].low == "with":
        return _described(tokens, anchor, floor, frames)
    if anchor.kind == "relative":
        return _antecedent(tokens, anchor.first - 1, floor)
    last = anchor.first
    while last > floor and (tokens[last - 1].tag in ("adverb", "not") or tokens[last - 1].low in _FLOATING) and (
        last - 1 > floor
    ):  # fmt: skip
        last -= 1
    if last == floor or joins(tokens[last - 1]) or tokens[last - 1].text in ";:.":
        each = last < anchor.first and any(t.low == "each" for t in tokens[last : anchor.first])
        if (each and anchor.kind != "main") or anchor.kind == "absolute":
            return _described(tokens, anchor, floor, frames)
        if anchor.kind == "gerund" and frames and anchor.group and anchor.group.lemma in _CONSISTING:
            return True, frames[-1].object, before_joint(tokens, floor, last)
        if anchor.kind == "gerund" and last == floor and tokens[floor - 1].low == "for":
            return True, (floor, floor), floor
        return False, (floor, floor), before_joint(tokens, floor, last)
    if anchor.kind == "infinitive":
        begin = phrase_start(tokens, floor, last)
        caused = bool(frames) and frames[-1].verb in _CAUSING and begin < last
        return (caused, (begin, last), last)
    if anchor.kind == "gerund" and tokens[last - 1].tag in ("preposition", "conjunction", "relative"):
        return tokens[last - 1].low == "for", (floor, floor), last - 1
    first = _own_start(tokens, anchor, floor, last, opens)
    if first > floor and tokens[first - 1].low == "whose":
        return _antecedent(tokens, first - 1, floor)
    return True, (first, last), before_joint(tokens, floor, first)


def possessed(tokens: Sequence[Token], anchor: Anchor, floor: int) -> tuple[Span, Span] | None:
    """(whose, what) of `a visitor, whose name and email are stored`: who has what is recorded."""
    group = anchor.group
    if group is None or not group.passive or group.lemma not in _KNOWN:
        return None
    place = next((i for i in range(anchor.first - 2, floor, -1) if tokens[i].low == "whose"), 0)
    if not place or any(t.text in ";:" or t.tag in ("verb", "auxiliary") for t in tokens[place : anchor.first]):
        return None
    found, whose, _ = _antecedent(tokens, place, floor)
    return (whose, (place + 1, anchor.first)) if found else None


def before_joint(tokens: Sequence[Token], floor: int, place: int) -> int:
    """The place before the comma, conjunction or subordinator that a statement begins with."""
    while place > floor and (
        joins(tokens[place - 1]) or tokens[place - 1].text in ";:" or tokens[place - 1].low in ENDS
        or tokens[place - 1].tag in ("adverb", "conjunction") or tokens[place - 1].low in ("with", "where", "whereas")
    ):  # fmt: skip
        place -= 1
    return place


def _own_start(tokens: Sequence[Token], anchor: Anchor, floor: int, last: int, opens: bool) -> int:
    """Where a statement's own subject begins: its noun phrase, or the list of which it is the last."""
    first = phrase_start(tokens, floor, last)
    first = _with_whole(tokens, floor, first) if first > floor + 1 else first
    first += first < last and tokens[first].low == "with"
    recorded = anchor.group is not None and anchor.group.passive and anchor.group.lemma in _RECORDING
    if opens and first > floor and joins(tokens[first - 1]):
        return _list_start(tokens, floor, first)
    if recorded and first > floor and joins(tokens[first - 1]) and tokens[first].tag != "determiner":
        return _list_start(tokens, floor, first, determined=True)
    if recorded and first > floor + 1 and tokens[first - 1].low == "and":
        begin = phrase_start(tokens, floor, first - 1)
        apart = begin > floor and joins(tokens[begin - 1]) and tokens[begin].tag == "determiner"
        if not apart or begin >= first - 1:
            return first
        while tokens[begin - 1].text == "," and (further := phrase_start(tokens, floor, begin - 1)) > floor:
            if tokens[further].tag != "determiner" or not joins(tokens[further - 1]) or further == begin - 1:
                break
            begin = further
        return begin  # `, and the date, the place and the clerk are recorded`
    return first


def _list_start(tokens: Sequence[Token], floor: int, first: int, determined: bool = False) -> int:
    """Where the list begins whose last phrase begins at a place; `determined` ends it at a determiner."""
    while first > floor and joins(tokens[first - 1]):
        place = first - 1
        while place > floor and joins(tokens[place - 1]):
            place -= 1
        begin = phrase_start(tokens, floor, place)
        while begin > floor and tokens[begin - 1].tag == "preposition":
            begin = phrase_start(tokens, floor, begin - 1)
        if begin == place:
            break
        first = begin
        if determined and tokens[first].tag in ("determiner", "possessive"):
            break
    return first


def _described(tokens: Sequence[Token], anchor: Anchor, floor: int, frames: Sequence[Frame]) -> tuple[bool, Span, int]:
    """What a list or `each with` describes: the phrase before it; else what the statement before is about."""
    last = anchor.first
    while last > floor and (tokens[last - 1].text in ',:;“"' or tokens[last - 1].low in ("each", "of", "all", "with")):
        last -= 1
    if anchor.kind == "absolute" and anchor.group is not None and each_before(tokens, anchor.first):
        begin = phrase_start(tokens, floor, anchor.first)
        begin += tokens[begin].low == "with"
    else:
        begin = anchor.first
    if begin < anchor.first - 1:
        return True, (begin, anchor.first), before_joint(tokens, floor, begin)
    if last == floor:
        return (False, (floor, floor), anchor.first)
    if tokens[anchor.first].low == "with" and frames and frames[-1].kind == "main" and frames[-1].own:
        main, apart = frames[-1], tokens[anchor.first - 1].text == ","
        each = main.subject[0] < main.subject[1] and tokens[main.subject[0]].low in ("each", "every", "a", "an")
        if main.verb in _REACHING and main.preposition == "to" and main.subject[0] < main.subject[1]:
            return True, main.subject, anchor.first  # `a bill goes to the guardian with the amount and a due date`
        if (apart and (each or main.passive)) or (main.passive and main.verb in _CREATING):
            return True, main.subject, anchor.first
    first = phrase_start(tokens, floor, last)
    each = tokens[anchor.first - 1].low == "each" and tokens[first].low in _COUNTS
    if first > floor and tokens[first - 1].tag == "preposition" and not each:
        first = _with_whole(tokens, floor, first)
    if first - 1 > floor and tokens[first - 1].low == "and" and tokens[first - 2].nominal:
        whole = phrase_start(tokens, floor, first - 1)
        first = whole if any(t.tag == "preposition" for t in tokens[whole : first - 1]) else first
    between = next((i for i in range(first - 1, floor, -1) if tokens[i].low == "between"), None)
    if first - 1 > floor and tokens[first - 1].low == "and" and between is not None and between > first - 7:
        first = phrase_start(tokens, floor, between)
    return True, (first, last), anchor.first


def _with_whole(tokens: Sequence[Token], floor: int, first: int) -> int:
    """The start of the whole phrase whose last part follows a preposition: `repayments made by customers`."""
    while first > floor and (
        tokens[first - 1].tag in ("preposition", "participle") or tokens[first - 1].low.endswith("ed")
        or tokens[first - 1].low in ("using", "made", "each")
    ):  # fmt: skip
        first = first - 1
        begin = phrase_start(tokens, floor, first)
        if begin < first:
            first = begin
    return first


def _antecedent(tokens: Sequence[Token], place: int, floor: int) -> tuple[bool, Span, int]:
    """What a relative word at a place is about: the phrase before `who`, `whose`, `each of which`."""
    while place > floor and (
        tokens[place - 1].low in ("each", "of", "all", "both", "in") or tokens[place - 1].text == ","
    ):
        place -= 1
    first = phrase_start(tokens, floor, place)
    return first < place, (first, place), place
