"""What the words of a span speak of: a thing, what joins two, whose list it is, what a sentence opens with."""

from collections.abc import Sequence
from dataclasses import replace

from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.clause import Clause, Span
from agents.requirement_analysis.prose.frames import Frame
from agents.requirement_analysis.prose.items import Item
from agents.requirement_analysis.prose.things import Thing, joining, thing

_CONTAINED = words_that("contained")
_PERIODS = ("hour", "day", "week", "month", "quarter", "year")
_BREAKS = ("with", "that", "in", "by", "is", "has")


def thing_in(clause: Clause, span: Span) -> Thing | None:
    if span not in clause.things:
        clause.things[span] = thing(clause.tokens[span[0] : span[1]], clause.text) if span[1] > span[0] else None
    return clause.things[span]


def storable(found: Thing | None) -> Thing | None:
    return found if found and found.kind == "thing" else None


def joint_in(clause: Clause, span: Span) -> Thing | None:
    """`the correspondence between coaches and teams`, `the products included in each order`: what joins two things."""
    tokens = clause.tokens[span[0] : span[1]]
    if any(t.low == "between" for t in tokens):
        return joining(tokens, clause.text)
    for place in range(1, len(tokens) - 2):
        inside = tokens[place].low in _CONTAINED and tokens[place + 1].low in ("in", "by", "with", "to", "for")
        if inside and tokens[place + 2].low in ("each", "every"):
            part, whole = thing(tokens[:place], clause.text), thing(tokens[place + 2 :], clause.text)
            if part and whole and part.kind == whole.kind == "thing":
                return Thing(f"{whole.label} {part.label}", "thing", ends=(whole.label, part.label))
    return None


def possessor_of(listed: Sequence[Item], clause: Clause) -> Thing | None:
    """The thing of `each project's name, type and budget` or `the name, type and budget of each project`."""
    if not listed:
        return None
    if listed[0].owner:
        return storable(thing(listed[0].owner, clause.text))
    opened = [i.inner for i in listed if len(i.inner) > 1 and i.inner[0].low in ("of", "for", "in")]
    each = [i for i in opened if i[1].low in ("each", "every")]
    inner = each[0] if each else listed[-1].inner
    if joint := joining(inner, clause.text):
        return joint
    definite = len(inner) > 1 and (inner[1].tag in ("determiner", "possessive") or inner[-1].plural)
    if (definite and inner[0].low in ("of", "for")) or each:
        end = next((i for i, t in enumerate(inner[1:], 1) if t.tag in ("preposition", "verb", "auxiliary")), len(inner))
        timely = inner[end - 1].lemma in _PERIODS  # `the revenue for each fiscal year`
        return None if timely else storable(thing(inner[1:end], clause.text))
    return None


def with_possessor(listed: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items without what the last one says of whom all are: `the name, age and address of customers`."""
    last = listed[-1]
    place = max((i for i, t in enumerate(last.tokens) if t.low == "of"), default=0)
    if len(listed) < 2 or not place or not last.tokens[-1].plural or last.tokens[0].lemma in _COUNTED:
        return listed
    label = last.label[: last.tokens[place - 1].end - last.tokens[0].start]
    return (*listed[:-1], replace(last, label=label, tokens=last.tokens[:place], inner=last.tokens[place:]))


_COUNTED = ("number", "list", "amount", "count", "quantity", "type", "kind")


def opened(clause: Clause, frame: Frame) -> Thing | None:
    """The thing of `For each production, the system records …` or `In terms of order management, …`."""
    start, end = frame.fronted
    tokens = clause.tokens
    if end - start < 2:
        return None
    if tokens[end - 1].lemma in ("management", "module", "section") and tokens[start].tag != "gerund":
        return thing(tokens[start:end], clause.text)
    low = tokens[start].low
    if low == "in" and tokens[start + 1].low == "addition":
        return None
    if tokens[end - 1].low == "each" and end == start + 2:
        return Thing("each", "reference")  # `from each we know …`
    if low == "from" and end < len(tokens) and tokens[end].tag == "pronoun" and tokens[start + 1].tag == "determiner":
        return thing(tokens[start + 1 : end], clause.text)  # `from the customer I want …`
    if low in ("for", "of", "regarding", "concerning", "during", "after", "upon", "on", "about", "with", "per"):
        if tokens[start + 1].tag == "gerund" and low not in ("for", "regarding"):
            return None
        stop = next((i for i in range(start + 2, end) if tokens[i].low in _BREAKS), end)
        return thing(tokens[start + 1 : stop], clause.text)
    if low == "in" and tokens[start + 1].low in ("terms", "the"):
        return thing(tokens[start + (3 if tokens[start + 1].low == "terms" else 1) : end], clause.text)
    return None
