"""A sentence as frames: who does what with what, which things stand in a list, what is said in passing.

`The firm runs several shops, each with a name and an address, and records sales, including date and amount` has four:
the firm runs shops; each shop has a name and an address; the firm records sales; sales include date and amount.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.language import Token
from agents.requirement_analysis.prose.anchors import Anchor, Kind, anchors
from agents.requirement_analysis.prose.clause import Clause, Span, announced, joins, without_gaps
from agents.requirement_analysis.prose.clause_facts import opens_fact
from agents.requirement_analysis.prose.openings import opening, subject_within, title_of
from agents.requirement_analysis.prose.statements import ENDS, possessed, subject_of
from agents.requirement_analysis.prose.verbforms import VerbGroup
from agents.requirement_analysis.prose.verbs import settled, verb_groups


@dataclass(frozen=True, slots=True)
class Frame:
    """One statement of a sentence.

    `subject` and `object` are spans of tokens, `own` tells that the subject stands in the statement itself and was not
    taken over from the one before, `verbs` are its verbs in order (`including` is `include`, `with` is `have`).
    `fronted` is what stands before a comma and the subject: `for each order`.
    """

    kind: Kind
    verbs: tuple[str, ...]
    subject: Span
    object: Span
    own: bool = True
    passive: bool = False
    preposition: str = ""
    place: int = 0
    modal: bool = False
    fronted: Span = (0, 0)

    @property
    def verb(self) -> str:
        """The verb whose object follows."""
        return self.verbs[-1]


@dataclass(frozen=True, slots=True)
class Reading:
    """The frames of a sentence; `title` is what stands before a colon."""

    clause: Clause
    frames: tuple[Frame, ...]
    title: Span = (0, 0)


@functools.lru_cache(maxsize=2048)
def read_frames(text: str) -> Reading:
    """The frames of a sentence in order, part by part between its semicolons."""
    clause = Clause(announced(without_gaps(text)))
    groups = verb_groups(clause.tokens)
    clause.tokens = tokens = settled(clause.tokens, groups)
    title = title_of(tokens, groups)
    start = title[1] + 1 if title[1] else 0
    groups = [g for g in groups if g.first >= start]
    ends = [i for i in range(start, len(tokens) - 1) if _parts(tokens, i, groups)]
    ends.append(len(tokens))
    frames: list[Frame] = []
    for end in ends:
        frames += _part(tokens, [g for g in groups if start <= g.first < end], (start, end))
        start = end + 1
    return Reading(clause, tuple(frames), title)


def _parts(tokens: Sequence[Token], place: int, groups: Sequence[VerbGroup]) -> bool:
    """Whether what follows a mark is read by itself."""
    return tokens[place].text in ";." or _announces(tokens, place, groups) or _turns(tokens, place, groups)


def _turns(tokens: Sequence[Token], place: int, groups: Sequence[VerbGroup]) -> bool:
    """Whether a statement about each of something else begins: `…, and for every dog we keep its name`."""
    start = place + 1 + (tokens[place].text == "," and joins(tokens[place + 1]))
    if not (tokens[place].text == "," or joins(tokens[place])) or start + 3 >= len(tokens):
        return False
    front = tokens[start].low == "for" and tokens[start + 1].low in ("each", "every")
    subject = subject_within(tokens, start + 2, min(len(tokens), start + 8)) if front else 0
    return bool(subject) and any(g.first in (subject + 1, subject + 2) for g in groups)


def _announces(tokens: Sequence[Token], place: int, groups: Sequence[VerbGroup]) -> bool:
    """Whether a colon is followed by a statement with a subject of its own rather than by a list."""
    if tokens[place].text != ":":
        return False
    verb = next((g for g in groups if g.first > place), None)
    before = tokens[place + 1 : verb.first] if verb else ()
    return (
        bool(before) and not any(t.text == "," for t in before) and verb is not None and verb.form in ("finite", "base")
    )


def _part(tokens: Sequence[Token], groups: Sequence[VerbGroup], part: Span) -> list[Frame]:
    """The frames of one part."""
    start, end = part
    fronted = opening(tokens, part, groups)
    found = anchors(tokens, groups, part, fronted)
    frames: list[Frame] = []
    subject: Span = (start, start)
    for number, anchor in enumerate(found):
        before = found[number - 1].end if number else start
        floor = before if anchor.first < fronted[1] else max(before, fronted[1])
        if told := possessed(tokens, anchor, floor):
            whose, what = told
            if frames:
                frames[-1] = replace(frames[-1], object=(frames[-1].object[0], max(frames[-1].object[0], what[0] - 1)))
            frames.append(Frame("main", ("have",), whose, what, place=what[0] - 1, fronted=fronted))
            continue
        own, span, boundary = subject_of(tokens, anchor, floor, not frames or before < floor, frames)
        if frames and frames[-1].object[1] > boundary:
            frames[-1] = replace(frames[-1], object=(frames[-1].object[0], max(frames[-1].object[0], boundary)))
        limit = _limit(tokens, anchor.end, found[number + 1].first if number + 1 < len(found) else end)
        if not own and anchor.first > start and anchor.first - 1 == fronted[1]:
            own, span = True, (anchor.first, anchor.first)  # `when it breaks, record the date`
        frames.append(_frame(tokens, anchor, span if own else subject, (anchor.end, limit), own, fronted))
        opens = len(frames) == 1 and frames[-1].kind == "relative"  # what is said of it goes on about the same
        if own and (
            opens
            or frames[-1].kind in ("main", "condition")
            or (anchor.group is not None and anchor.kind == "absolute")
        ):
            subject = span
        elif own and frames[-1].kind == "relative" and len(frames) == 1:
            subject = span  # `a teacher, who has a name, works in one class`
    return frames


def _frame(tokens: Sequence[Token], anchor: Anchor, subject: Span, obj: Span, own: bool, fronted: Span) -> Frame:
    group = anchor.group
    if group is None:
        low = tokens[anchor.first].low
        verbs = ("have",) if low == "with" else ("such", "include") if low in ("such", "like") else ("include",)
        return Frame(anchor.kind, verbs, subject, obj, own, place=anchor.first, fronted=fronted)
    kind = anchor.kind
    if kind == "main" and (anchor.first < fronted[1] or _is_condition(tokens, subject[0] if own else anchor.first)):
        kind = "condition"
    modal = tokens[anchor.first].tag == "modal"
    return Frame(kind, group.lemmas, subject, obj, own, group.passive, group.preposition, anchor.first, modal, fronted)


def _limit(tokens: Sequence[Token], start: int, end: int) -> int:
    """Where an object ends at the latest: at the end of its clause, or where a reason or a time follows."""
    for place in range(start, end):
        token = tokens[place]
        if token.text in ";" or (token.text in ".!?" and place > start):
            return place
        if place > start and token.low in ENDS and token.low != "whether" and not opens_fact(tokens, place):
            return place
        if place > start and token.low == "for" and tokens[place - 1].text == ",":
            return place
    return end


_CONDITIONS = ENDS - {"while", "where", "whereas", "whereby", "thereby"}


def _is_condition(tokens: Sequence[Token], place: int) -> bool:
    """Whether a subordinator stands before a place; `while` and `where` only go on."""
    return place > 0 and tokens[place - 1].low in _CONDITIONS
