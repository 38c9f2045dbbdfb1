"""What two things have together: the grade of a student in a course, the quantity of a part in a product.

A sentence that relates several of each with several of the other often leaves a fact over that is neither's alone. It
is told behind the two (`…; the quantity is recorded`), in the next sentence (`The grade obtained is stored`), for each
of the cases, or by a verb (`an actor plays a character in a film`).
"""

from collections.abc import Iterator, Sequence

from agents.knowledge import attribute_guess
from agents.knowledge.deeds import deed_nouns
from agents.naming import identifier, singular
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.frames import Frame, Reading
from agents.requirement_analysis.prose.items import Item, items
from agents.requirement_analysis.prose.spans import storable, thing_in
from agents.requirement_analysis.prose.things import Thing, like_attribute, one

_SHARING = words_that("sharing") | words_that("attending") | words_that("joining_verb")
_MAKING = words_that("making") | words_that("tying")
_HOLDING = frozenset("assign allocate contain consist comprise compose dispatch include involve schedule".split())
_BOTH = frozenset("assign allocate dispatch involve schedule".split())
_COUNTS = words_that("count") | {"more", "different"}
_PASSED = ("and", "or", "one", "up", "to", "number", "of", "kinds", "types", "at", "least")
_CASES = frozenset("case combination pair pairing time".split())
_RELATING = words_that("shared_fact")
_OWN = frozenset("address brand code description email id model name number phone telephone title".split())
_MEASURES = ("boolean", "date", "decimal", "duration", "integer", "money", "percentage", "time", "timestamp")


def together(subject: Thing, *others: Thing, verb: str = "") -> Thing:
    """What joins who does something with what it is done with: a reader and a book, or the dispatch of an engine."""
    ends = tuple(dict.fromkeys(one(t.label) for t in (subject, *others)))
    noun = next(iter(deed_nouns(verb)), "").replace("_", " ")
    named = len(ends) == _BOTH_ENDS and noun and noun not in ends[-1].lower().split()
    return Thing(f"{ends[-1]} {noun}" if named else " ".join(ends), "thing", ends=ends)


_BOTH_ENDS = 2


def shared(reading: Reading, number: int | None = None) -> Thing | None:
    """The two of which each can have several of the other, by the latest statement of a sentence (before a frame)."""
    frames = reading.frames[:number]
    for place, frame in reversed(tuple(enumerate(frames))):
        if frame.kind not in ("main", "condition"):
            continue
        ends = _ends(reading, frame)
        if ends is None:
            continue
        subject, other = ends
        again = any(
            {one(t.label).lower() for t in before} == {one(subject.label).lower(), one(other.label).lower()}
            for f in frames[:place]
            if (before := _ends(reading, f)) and _counts(reading, f)
        )
        if _shares(reading, frame, subject, other) or (again and _counts(reading, frame)):
            return together(*((subject, other) if not frame.passive else (other, subject)), verb=frame.verb)
        return None
    return None


def _ends(reading: Reading, frame: Frame) -> tuple[Thing, Thing] | None:
    """The two storable things that a statement relates, neither of which is a fact."""
    clause = reading.clause
    subject, other = (storable(thing_in(clause, span)) for span in (frame.subject, frame.object))
    if subject is None or other is None or one(subject.label).lower() == one(other.label).lower():
        return None
    return None if any(like_attribute(t) and not t.many for t in (subject, other)) else (subject, other)


def _shares(reading: Reading, frame: Frame, subject: Thing, other: Thing) -> bool:
    """Whether a statement leaves both free for others: `a musician plays several instruments`, not `one lorry`."""
    if frame.preposition in ("between", "among"):
        return False  # a match is played between two teams, and has a time of its own
    several = other.many or _counts(reading, frame)
    if deed_nouns(frame.verb) and subject.many and several and frame.verb not in _MAKING:
        return True  # volunteers adopt trees
    if frame.verb in _SHARING:
        return several or (frame.passive and subject.many)
    return frame.verb in _HOLDING and several and (subject.many or frame.verb not in _BOTH)


def _counts(reading: Reading, frame: Frame) -> bool:
    """Whether an object is several: `contains multiple goods`, `one or more actors`."""
    words = reading.clause.tokens[slice(*frame.object)]
    head = next((i for i, t in enumerate(words) if t.nominal and t.low not in _PASSED), len(words))
    return any(t.low in _COUNTS or (t.tag == "number" and t.low not in ("one", "1")) for t in words[:head])


def each_case(reading: Reading, frame: Frame) -> bool:
    """Whether facts are kept for each of the cases that were told: `for each combination`, `each time`, `for each`."""
    words = reading.clause.tokens[slice(*frame.object)]
    words = [t for t in words if t.text not in ",.;"]
    told = bool(words) and words[0].low in ("each", "every", "both")
    return told and (len(words) == 1 or words[-1].lemma in _CASES or [t.low for t in words[1:2]] == ["of"])


def relates(item: Item) -> bool:
    """Whether a fact can be what two things have together: how many, how much, when, in which role; no name."""
    if item.question:
        return True
    label = one(item.label)
    words = identifier(label).split("_")
    head = next((w for w in reversed(words) if not w.endswith("ed")), "")
    if singular(head) in _OWN:
        return False
    return singular(head) in _RELATING or words[0] in _RELATING or attribute_guess(identifier(label)).type in _MEASURES


def all_relate(listed: Sequence[Item]) -> bool:
    """Whether a list is of such facts alone; people who take part may stand among them."""
    told = [i for i in listed if i.label]
    return (
        bool(told)
        and all(relates(i) or is_person(singular(identifier(i.label))) for i in told)
        and any(map(relates, told))
    )


def told_by_deeds(reading: Reading) -> Iterator[tuple[Thing, Thing, tuple[Item, ...]]]:
    """(who, with what, facts) of `an actor plays a character in a film`, `works a number of hours on each project`."""
    for frame in reading.frames:
        if frame.kind != "main" or frame.passive or frame.preposition or frame.object[0] >= frame.object[1]:
            continue
        if frame.verb in _KEEPING:
            continue  # whoever records a date for each loan takes no part in it
        tokens, (start, end) = reading.clause.tokens, frame.object
        who = storable(thing_in(reading.clause, frame.subject))
        middle = next((i for i in range(start + 1, end) if tokens[i].low in _WHERE), end)
        if who is None or middle + 1 >= end or tokens[start].low not in ("a", "an", "the"):
            continue
        stop = next((i for i in range(middle + 1, end) if tokens[i].text in ",.;" or tokens[i].low == "and"), end)
        what = storable(thing_in(reading.clause, (middle + 1, stop)))
        told = tuple(items(reading.clause, start, middle))
        if what is not None and len(told) == 1 and tokens[middle + 1].low in _ONE and not like_attribute(what):
            yield who, what, (*told, *_further(reading, frame))


def _further(reading: Reading, frame: Frame) -> Iterator[Item]:
    """The fact of the statement that goes on: `…, and receives a fee`."""
    after = reading.frames[reading.frames.index(frame) + 1 :][:1]
    for following in after:
        if following.kind == "main" and not (following.own or following.passive or following.preposition):
            told = tuple(items(reading.clause, *following.object))
            yield from told if len(told) == 1 and all_relate(told) else ()


_KEEPING = words_that("recording") | words_that("storing") | words_that("doing") | words_that("having")
_WHERE = ("in", "on", "for", "at", "to", "from")
_ONE = ("a", "an", "the", "each", "every", "one", "any")
