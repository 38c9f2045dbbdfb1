"""Lists in quotation marks and parentheses: `"Card" (card ID, name)`, `grading information (scores and feedback)`."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agents.language import Token, tagged
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.anchors import LISTS
from agents.requirement_analysis.prose.clause import Clause, Span, joins, phrase_start
from agents.requirement_analysis.prose.items import Item, items
from agents.requirement_analysis.prose.things import Thing, like_attribute, placed, tells_type, thing

_INFORMATION = words_that("information")
_VALUED = words_that("valued")
_QUOTES = ('"', "“", "”", "'", "`")


def in_quotes(clause: Clause) -> Iterator[tuple[Thing, tuple[Item, ...]]]:
    """`"Card" (card ID, name)`: a name in quotation marks with its attributes behind it."""
    tokens = clause.tokens
    for place, note in clause.notes.items():
        first = next((i for i in range(place - 1, max(-1, place - 7), -1) if tokens[i].text in _QUOTES), place)
        if tokens[place].text not in _QUOTES or first >= place - 1:
            continue
        inner = Clause(note)
        listed = tuple(items(inner, 0, len(inner.tokens)))
        if len(listed) > 1 and (_repeats(tokens[first:place], listed) or listed[0].label.lower().endswith("id")):
            label = clause.text[tokens[first + 1].start : tokens[place - 1].end]
            if not label.lower().endswith("id"):
                yield Thing(label, "thing"), listed


def in_parentheses(clause: Clause, span: Span, subject: Span = (0, 0)) -> Iterator[tuple[Thing, tuple[Item, ...]]]:
    """`grading information (scores and feedback)`: what the words in parentheses belong to."""
    for place, note in clause.notes.items():
        if not span[0] <= place < span[1]:
            continue
        start = phrase_start(clause.tokens, span[0], place + 1)
        phrase = clause.tokens[start : place + 1]
        inner = Clause(note)
        opening = inner.tokens[0].low if inner.tokens else ""
        if opening in ("e.g", "such", "like", "for", "i.e", "eg"):
            continue
        including = opening in ("including", "includes")
        listed = tuple(items(inner, int(including), len(inner.tokens)))
        if _composed(phrase, note):
            continue
        if including or _speaks_of_information(phrase) or _repeats(phrase, listed) or _tell(phrase, listed):
            timely = phrase[-1].lemma in ("day", "week", "month", "year", "time")
            owner = thing(clause.tokens[slice(*subject)] if timely else phrase, clause.text)
            if (
                owner
                and owner.kind == "thing"
                and len(listed) > 1
                and not (_tell(phrase, listed) and like_attribute(owner))
            ):
                yield as_detail(owner, phrase, listed), listed


def in_a_row(clause: Clause) -> Iterator[tuple[Thing, tuple[Item, ...]]]:
    """`attendance (time, kind), leave (first day, last day)`: things in a row, each with its facts in parentheses."""
    row: list[tuple[Thing, tuple[Item, ...]]] = []
    after = -1
    for place, note in sorted(clause.notes.items()):
        start = next((i for i in range(place, -1, -1) if _opens_item(clause.tokens[i])), -1) + 1
        inner = Clause(note)
        listed = tuple(items(inner, 0, len(inner.tokens)))
        owner = thing(clause.tokens[start : place + 1], clause.text)
        begins = listed[0].tokens[:1] if listed and len(listed[0].tokens) > 1 else ()
        if owner is not None and owner.kind == "filler" and any(t.lemma == owner.label.lower() for t in begins):
            owner = replace(owner, kind="thing")  # `material (material number, material name, category)`
        if not (after >= 0 and all(joins(t) or t.text == ";" for t in clause.tokens[after + 1 : start])):
            yield from _described(row)
            row = []
        if owner is not None and owner.kind == "thing" and len(listed) > 1:
            row.append((owner, listed))
            after = place
    yield from _described(row)


def _opens_item(token: Token) -> bool:
    return joins(token) or token.text in ".;:" or token.low in LISTS or (token.tag == "verb" and token.low[-1:] == "s")


def _described(
    row: Sequence[tuple[Thing, tuple[Item, ...]]],
) -> Sequence[tuple[Thing, tuple[Item, ...]]]:
    """The things of a row if there are several and most of what is said of them are facts by their names."""
    labels = [i.label for _, listed in row for i in listed]
    plain = not any(like_attribute(owner) or tagged(owner.label)[-1].lemma in _VALUED for owner, _ in row)
    return row if len(row) > 1 and plain and sum(map(tells_type, labels)) * 2 >= len(labels) else ()


def in_parts(item: Item) -> tuple[Item, ...]:
    """The facts that an item of a list sums up: `personal information (such as name and age)`, `location (row, seat)`.

    Examples of what one fact may be are none, and neither is what describes something else that is stored.
    """
    bare = _LEADS.sub("", item.note)
    if parts := _composed(item.tokens, bare):
        return parts
    if not bare or not item.tokens:
        return (item,)
    if spelt := _COLUMN.findall(bare):  # `the time of departure (departed_at, optional)` gives its column's name
        rest = ", ".join(p.strip() for p in bare.split(",") if p.strip() not in spelt)
        return (replace(item, label=spelt[0], note=rest),) if len(spelt) == 1 else (item,)
    inner = Clause(bare)
    listed = tuple(items(inner, 0, len(inner.tokens)))
    telling = sum(tells_type(i.label) for i in listed)
    named = thing(item.tokens, placed(item.tokens))
    other = named is not None and named.kind == "thing" and not like_attribute(named)
    valued = item.tokens[-1].lemma in _VALUED
    if len(listed) < 2 or any(t.low == "or" for t in inner.tokens) or (other and not valued):
        return (item,)
    if item.tokens[-1].lemma in _INFORMATION:
        return listed if telling * 2 > len(listed) else (item,)
    plain = bare == item.note and telling * 3 > len(listed) * 2
    values = valued and any(len(i.tokens) < 2 for i in listed)
    return listed if plain and not values and not _KEYS & {i.tokens[-1].lemma for i in listed} else (item,)


def _composed(phrase: Sequence[Token], note: str) -> tuple[Item, ...]:
    """The parts of a name or an address in brackets: `an address (street, house number, postal code and city)`."""
    head = phrase[-1].lemma if phrase else ""
    known = _PARTS.get(head)
    if known is None or not note:
        return ()
    inner = Clause(note)
    listed = tuple(items(inner, 0, len(inner.tokens)))
    parts = len(listed) > 1 and all(i.tokens and i.tokens[-1].lemma in known for i in listed)
    return listed if parts and not any(t.low == "or" for t in inner.tokens) else ()


_PARTS = {
    "address": frozenset(
        "street number house town city code postcode zip state province county country region district building floor "
        "line".split()
    ),
    "name": frozenset("name initial title surname".split()),
}
_COLUMN = re.compile(r"(?<![\w.])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w.(])")
_LEADS = re.compile(r"^(?:such as|including|like|e\.?g\.?,?)\s+")
_KEYS = {"key", "id"}


def _speaks_of_information(phrase: Sequence[Token]) -> bool:
    """Whether a phrase speaks of what is known about something: `basic information of doctors`."""
    head = phrase[-1].lemma if phrase else ""
    inner = any(t.lemma in _INFORMATION and n.low == "of" for t, n in itertools.pairwise(phrase))
    return head in _INFORMATION or head == "standard" or inner


def _repeats(phrase: Sequence[Token], listed: Sequence[Item]) -> bool:
    """Whether items name what they belong to again: `leave record (leave time, leave type)`."""
    own = {t.lemma for t in phrase if t.nominal}
    return len(listed) > 1 and all(len(i.tokens) > 1 and i.tokens[0].lemma in own for i in listed)


def _tell(phrase: Sequence[Token], listed: Sequence[Item]) -> bool:
    """Whether items are facts by their names, and no examples: `a teacher (teacher no., name, title, e-mail)`."""
    telling = 3 * sum(tells_type(i.label) for i in listed)
    single = any(t.low in ("a", "an", "one") for t in phrase[:1])  # `belongs to a plot (number, district, area)`
    most = 2 * len(listed) - single
    named = bool(listed) and listed[0].label.lower() in ("name", "number", "code", "title")  # begins as facts do
    return len(listed) > 2 and telling > most - named and phrase[-1].lemma not in _VALUED


def as_detail(owner: Thing, phrase: Sequence[Token], listed: Sequence[Item]) -> Thing:
    """The part of a whole that a list describes: `order details`, where it begins with the ID of something else."""
    first = listed[0].label.lower() if listed else ""
    foreign = first.endswith(" id") and first.rpartition(" ")[0] not in owner.label.lower()
    details = len(phrase) > 1 and phrase[-1].low == "details" and owner.label.lower().endswith(phrase[-2].lemma)
    return replace(owner, label=f"{owner.label} detail", whole=owner.label) if foreign and details else owner
