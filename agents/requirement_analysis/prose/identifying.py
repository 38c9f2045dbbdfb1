"""What tells one thing from another, where a sentence says so: a key of one fact, or of several together.

`A flight is identified by its number and its date` and `the tax number uniquely identifies a client` say which facts no
two rows share. What is identified within something else has that as a part of its key.
"""

import re
from collections.abc import Iterator

from agents.requirement_analysis.prose.frames import Reading
from agents.requirement_analysis.prose.items import Item, items
from agents.requirement_analysis.prose.spans import storable, thing_in
from agents.requirement_analysis.prose.things import Thing
from agents.screening import screened

_BY = screened(r"(?<=\bidentified )(?P<how>by|through|with)\b(?P<what>[^;.:()]*)", re.I)
_TOGETHER = re.compile(r",? (?:together with|in (?:combination|conjunction) with|combined with|within)\b", re.I)
_ALL = re.compile(r"\b(?:a|the) (?:combination|pair|pairing|tuple) of\b|\b(?:both|jointly|together)\b", re.I)
_ROW = re.compile(r"\b(?:tuple|row|record|instance|entry)\b", re.I)


def jointly(text: str) -> str:
    """The text with what identifies something together as a list, at the same places.

    >>> jointly("A room is identified by its number together with the hotel.")
    'A room is identified by its number and           the hotel.'
    """
    return _BY.sub(lambda m: m["how"] + _listed(m["what"]), text) if "dentified" in text else text


def _listed(what: str) -> str:
    joined = _TOGETHER.sub(lambda m: " and".ljust(len(m[0])), what)
    return _ALL.sub(lambda m: " " * len(m[0]), joined)


def identifying(reading: Reading) -> Iterator[tuple[Thing, tuple[Item, ...]]]:
    """`The tax number uniquely identifies each client`: a thing, and what is said to identify it."""
    clause = reading.clause
    for frame in reading.frames:
        if frame.verb != "identify" or frame.passive or frame.kind == "list":
            continue
        told = tuple(items(clause, *frame.subject))
        span = frame.object
        row = bool(_ROW.match(clause.tokens[min(span[0] + 1, span[1] - 1)].text)) if span[0] < span[1] else False
        of = next((i for i in range(*span) if clause.tokens[i].low in ("of", "in")), None) if row else None
        what = storable(thing_in(clause, (of + 1, span[1]) if of else span))
        if what is not None and told and not any(i.names for i in told):
            yield _bare(what), told


def _bare(what: Thing) -> Thing:
    """The thing of a relation: the `customer relation` has customers."""
    head, _, last = what.label.rpartition(" ")
    return Thing(head, "thing") if head and last.lower() in ("relation", "entity", "table", "set") else what
