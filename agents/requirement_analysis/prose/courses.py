"""Facts that the course of a thing tells: from when to when it lasts, when it begins, what is noted each time.

`A stay goes from an arrival date to a departure date` lists two facts of a stay as much as a sentence with `has` does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agents.knowledge import attribute_guess
from agents.language import Token, tagged
from agents.naming import identifier
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.clause import Clause, Span, is_in_phrase
from agents.requirement_analysis.prose.clause_facts import MOMENTS
from agents.requirement_analysis.prose.frames import Frame, Reading
from agents.requirement_analysis.prose.items import Item, items
from agents.requirement_analysis.prose.spans import storable, thing_in
from agents.requirement_analysis.prose.things import Thing, like_attribute, one, tells_type
from agents.requirement_analysis.prose.verbforms import FORMS

_LASTING = words_that("lasting")
_STARTING = dict(pair.split("/") for pair in words_that("starting"))
_NOTING = words_that("making") | words_that("creating") | words_that("recording") | words_that("entering")
_UNTIL = ("to", "until", "till")
_WHEN = ("at", "on")
_WHERE = ("at", "on", "in", "with")
_OPENS = ("a", "an", "the", "its", "their", "one")
_EACH = ("each", "every")
_SHORT = ("short", "brief", "quick", "little", "small")


def told_by_course(reading: Reading) -> Iterator[tuple[Thing, tuple[Item, ...]]]:
    """Whose facts the course of something tells, and which."""
    tokens = reading.clause.tokens
    for place, token in enumerate(tokens):
        verb = FORMS.get(token.low, token.lemma)
        if token.tag not in ("verb", "noun", "participle") or place + 2 >= len(tokens):
            continue
        told: list[Item] = []
        if verb in _LASTING and tokens[place + 1].low == "from":
            told = _from_to(reading.clause, place + 1)
        elif _starts(tokens, place):
            told = _at(reading.clause, place + 1, _STARTING[verb])
        subject = _subject(reading, place) if told else None
        if subject is not None and subject.kind in ("thing", "reference") and not like_attribute(subject):
            yield subject, tuple(told)
    for frame in reading.frames:
        taking = frame.verb == "occur" and frame.kind == "main" and not frame.passive
        subject = thing_in(reading.clause, frame.subject) if taking else None
        if subject is not None and subject.kind in ("thing", "reference"):
            yield from _placed(reading.clause, frame, subject)


def noted_each_time(reading: Reading) -> Iterator[tuple[Thing, tuple[Item, ...]]]:
    """`Staff write a note for each dog every day (mood, remarks)`: what stands in brackets behind when it is done."""
    clause = reading.clause
    tokens = clause.tokens
    for place, note in clause.notes.items():
        frame = next((f for f in reversed(reading.frames) if f.kind == "main" and f.place <= place), None)
        if frame is None or not set(frame.verbs) & _NOTING:
            continue
        fronted = any(t.low in (*_EACH, "per") for t in tokens[slice(*frame.fronted)])
        apart = not tokens[place].nominal or tokens[place - 1].low in _EACH
        inner = Clause(note)
        listed = tuple(items(inner, 0, len(inner.tokens)))
        if len(listed) < 2 or any(t.low == "or" for t in inner.tokens) or not (apart or fronted):
            continue
        what = _kept(clause, frame)
        if what is not None and any(tells_type(i.label) for i in listed) and not like_attribute(what):
            yield what, listed


def _kept(clause: Clause, frame: Frame) -> Thing | None:
    """What a statement says is written or recorded."""
    if frame.passive:
        return storable(thing_in(clause, frame.subject))
    start, end = frame.object
    stop = next((i for i in range(start + 1, end) if clause.tokens[i].tag in ("preposition", "relative")), end)
    found = storable(thing_in(clause, (start, stop)))
    first, _, rest = found.label.partition(" ") if found else ("", "", "")
    return replace(found, label=rest) if found and rest and first.lower() in _SHORT else found


def _subject(reading: Reading, place: int) -> Thing | None:
    """Who or what does what stands at a place."""
    before = [f for f in reading.frames if f.place <= place and f.kind == "main" and f.subject[0] < f.subject[1]]
    return thing_in(reading.clause, before[-1].subject) if before else None


def _from_to(clause: Clause, place: int) -> list[Item]:
    """Both ends of `from an arrival date to a departure date`; those of a way are none."""
    first = _phrase(clause.tokens, place + 1)
    second = _phrase(clause.tokens, first[1] + 1) if first[1] < len(clause.tokens) else (0, 0)
    if second[0] >= second[1] or clause.tokens[first[1]].low not in _UNTIL:
        return []
    found = [i for span in (first, second) for i in items(clause, *span)]
    return found if len(found) == 2 and all(_is_moment(clause, s) for s in (first, second)) else []


def _at(clause: Clause, place: int, when: str) -> list[Item]:
    """The moment of `begins at a time`, by the word alone that of the start or the end."""
    span = _phrase(clause.tokens, place + 1)
    found = list(items(clause, *span)) if _is_moment(clause, span) else []
    if len(found) != 1:
        return []
    only = found[0]
    return [replace(only, label=f"{when} {only.label}") if len(only.tokens) == 1 else only]


def _placed(clause: Clause, frame: Frame, subject: Thing) -> Iterator[tuple[Thing, tuple[Item, ...]]]:
    """The facts among what a thing takes place at: `in one hall, on a day, at a price`; where it does is another."""
    tokens, (start, end) = clause.tokens, frame.object
    told: list[Item] = []
    place = start
    while place < end and not _starts(tokens, place):
        determined = tokens[place].low in ("a", "an") and tokens[place - 1].low in (*_WHERE, "and")
        span = _phrase(tokens, place) if determined else (place, place)
        for item in items(clause, *span) if span[1] > span[0] else ():
            valued = "," in item.note and not any(t.tag == "verb" for t in Clause(item.note).tokens)
            if _is_moment(clause, span) and item.label.lower() == "day":
                told.append(replace(item, label="date", tokens=tuple(tagged("date"))))
            elif item.label and (_is_typed(item) or valued or _is_moment(clause, span)):
                told.append(item)
        place = max(span[1], place + 1)
    if told:
        yield subject, tuple(told)


def _starts(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word goes on with when something begins or ends."""
    named = FORMS.get(tokens[place].low, tokens[place].lemma)
    return named in _STARTING and place + 1 < len(tokens) and tokens[place + 1].low in _WHEN


def _is_typed(item: Item) -> bool:
    """Whether a name tells that an item is a number, a moment or the like; a room may be a thing of its own."""
    return tells_type(one(item.label)) and attribute_guess(identifier(one(item.label))).type != "string"


def _phrase(tokens: Sequence[Token], start: int) -> Span:
    """The noun phrase that begins at a place."""
    return start, next((i for i in range(start, len(tokens)) if not is_in_phrase(tokens[i])), len(tokens))


def _is_moment(clause: Clause, span: Span) -> bool:
    """Whether a phrase is determined and names a moment: `an arrival date`, `the first day`."""
    words = clause.tokens[slice(*span)]
    return len(words) > 1 and words[0].low in _OPENS and words[-1].lemma in MOMENTS
