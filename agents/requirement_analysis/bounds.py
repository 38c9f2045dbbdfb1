"""Rules about values of one row or a few: ranges, allowed values, uniqueness, how many belong together."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import (
    Found,
    before_verb,
    plain_number,
    scope_of,
    scopes,
    subject,
    subject_or_new,
)
from agents.requirement_analysis.vocabulary import one_of, tokens

_NUMBER = r"(?P<number>-?\d+(?:[.,]\d+)*|zero|one|two|three|four|five|ten)"
_POSITIVE = re.compile(
    r"\b(?:must|has to|should|is|are|be)?\s*(?:always )?(?:be )?(?:positive|(?:greater|more|higher"
    r"|larger) than (?:zero|0)|above (?:zero|0)|> ?0)(?![\w.])",
    re.I,
)
_NOT_NEGATIVE = re.compile(
    r"\b(?:non-?negative|(?:cannot|can't|can not|must not|may not|never|not) (?:be |become |go "
    r"|fall )?(?:negative|below (?:zero|0))|zero or (?:more|greater)|≥ ?0)\b|>= ?0(?![\d.])",
    re.I,
)
_BETWEEN = re.compile(
    r"\b(?:between|from|in the range(?: of)?|within)\s+(?P<low>-?\d+(?:\.\d+)?)\s*(?:%\s*)?(?:and|to|-|–"
    r"|\.\.)\s*(?P<high>-?\d+(?:\.\d+)?)",
    re.I,
)
_AT_LEAST = re.compile(rf"(?:\b(?:at least|not less than|no less than|minimum(?: of)?)|>=|≥)\s*{_NUMBER}", re.I)
_AT_MOST = re.compile(
    rf"(?:\b(?:at most|not more than|no more than|maximum(?: of)?|up to|cannot exceed|must not exceed"
    rf"|never exceeds?)|<=|≤)\s*{_NUMBER}",
    re.I,
)
_UNIQUE = re.compile(r"\bunique(?:ness|ly)?\b|\bno two\b.*\bsame\b", re.I)
_ONCE = re.compile(
    r"\b(?:only once|at most once|once only|not more than once|no more than once|only one|at most one"
    r"|exactly one|one)\b.*?\b(?:per|for each|a|each|in an?|in each|in one|by each|for the same"
    r"|on the same)\s+(?P<scope>[\w' -]+)",
    re.I,
)
_ALLOWED = re.compile(
    r"\b(?:is|are|must be|can be|may be|has to be)\s+(?:either |one of(?: the following)?:? )(?P<values>[^.;]+)$", re.I
)
_CAPACITY = re.compile(
    rf"\b(?:at most|up to|no more than|not more than|maximum(?: of)?"
    rf"|max\.?)\s+{_NUMBER}\s+(?P<what>[\w ]+?)\s+(?:per|for each|in an?|in each|in one|on an?"
    rf"|for an?)\s+(?P<scope>[\w ]+)",
    re.I,
)

_BOUNDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Found]], ...] = (
    (_POSITIVE, lambda m: {"minimum": Decimal(0), "exclusive_minimum": True}),
    (_NOT_NEGATIVE, lambda m: {"minimum": Decimal(0)}),
    (_BETWEEN, lambda m: {"minimum": Decimal(m["low"]), "maximum": Decimal(m["high"])}),
    (_AT_LEAST, lambda m: {"minimum": plain_number(m["number"])}),
    (_AT_MOST, lambda m: {"maximum": plain_number(m["number"])}),
)


def _bare(entity: str, name: str, model: Model) -> bool:
    """Whether an attribute can carry a numeric bound."""
    attribute = model.drafts[entity].attributes.get(name)
    return attribute is not None and attribute.type in ("integer", "decimal", "money", "percentage", "duration")


def bounded(sentence: Sentence, model: Model) -> Found | None:
    """`price must be positive`, `rating between 1 and 5`, `quantity at least 1`."""
    text = sentence.text
    for pattern, bounds in _BOUNDS:
        found = pattern.search(text)
        if not found:
            continue
        named = subject(before_verb(text, found.start()), model)
        if named and named[1] and _bare(named[0], named[1], model):
            limits = bounds(found)
            if "minimum" in limits and "maximum" in limits and limits["minimum"] > limits["maximum"]:
                return None
            return {"kind": "range", "entity": named[0], "attributes": (named[1],), **limits}
    return None


def unique(sentence: Sentence, model: Model) -> Found | None:
    """`email is unique`, `line number is unique per order`, `unique among users that are not deleted`."""
    found = _UNIQUE.search(sentence.text)
    if not found or found[0].lower().startswith("no two"):
        return None
    named = subject_or_new(before_verb(sentence.text, found.start()), model)
    if not named:
        return None
    entity, name, added = named
    within = scopes(sentence.text[found.end() :], entity, model)
    if within is None:
        return None
    return {"kind": "unique", "entity": entity, "attributes": (*within, name), "adds": (name,) if added else ()}


def once(sentence: Sentence, model: Model) -> Found | None:
    """`a product appears only once per order`, `one review per user and product`."""
    found = _ONCE.search(sentence.text)
    if not found:
        return None
    head = sentence.text[: found.start()]
    scope_text = found["scope"]
    named = [m.entity for m in model.vocabulary.mentions(sentence.text)]
    for entity in _children(named, model, sentence.text):
        within = [scope_of(part, entity, model) for part in re.split(r",|\band\b", scope_text)]
        inner = [n for m in model.vocabulary.mentions(head) if (n := model.reference(entity, m.entity))]
        names = _leading_first(dict.fromkeys([*inner, *(s for s in within if s)]), entity, model)
        if all(within) and len(names) >= 2:
            return {"kind": "unique", "entity": entity, "attributes": names}
    return None


def _leading_first(names: Iterable[str], entity: str, model: Model) -> tuple[str, ...]:
    """The owner first, then other parents, then attributes: the order in which an index over them is read."""
    owners = {r.role or r.parent for r in model.relationships if r.child == entity and r.owned}
    parents = model.drafts[entity].parents
    return tuple(sorted(names, key=lambda name: (name not in owners, name not in parents)))


def _children(named: list[str], model: Model, text: str) -> list[str]:
    """Entities that a rule about their parents may be about: named ones, then by the verb, then joint children."""
    joint = [name for name, draft in model.drafts.items() if set(named) <= {*draft.parents.values()} and draft.parents]
    verbs = {one_of(w.removesuffix("ed")) for w in tokens(text)}
    return list(dict.fromkeys([*named, *(j for j in joint if j in verbs), *(j for j in joint if len(named) > 1)]))


def allowed(sentence: Sentence, model: Model) -> Found | None:
    """`status is one of open, closed`."""
    found = _ALLOWED.search(sentence.text)
    if not found:
        return None
    named = subject(before_verb(sentence.text, found.start()), model)
    values = tuple(v.strip(" '\"`") for v in re.split(r",|\bor\b|\band\b|/", found["values"]) if v.strip(" '\"`"))
    if not named or not named[1] or len(values) < 2 or any(len(v.split()) > 3 for v in values):
        return None
    return {"kind": "allowed", "entity": named[0], "attributes": (named[1],), "values": values}


def capacity(sentence: Sentence, model: Model) -> Found | None:
    """`at most 4 items per order`: how many children a parent may have."""
    found = _CAPACITY.search(sentence.text)
    if not found:
        return None
    what, scope = model.vocabulary.mentions(found["what"]), model.vocabulary.mentions(found["scope"])
    if not what or not scope:
        return None
    reference = model.reference(what[0].entity, scope[0].entity)
    if not reference:
        return None
    return {
        "kind": "capacity",
        "entity": what[0].entity,
        "attributes": (reference,),
        "maximum": plain_number(found["number"]),
    }
