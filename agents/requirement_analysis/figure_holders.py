"""Whom a figure counts by: `2 tills each`, `every gardener writes down twenty`, `an order goes through two proofs`."""

import re

from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import Quantity
from agents.requirement_analysis.people import seems_human
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

_CHANGE = screened(r"\b(?:status )?(?:changes?|updates?|events?|transitions?|log entries|history entries)\b", re.I)
_EACH = frozenset({"each", "every", "per", "any"})
_HAVING = screened(
    r"^\s*(?:usually |always |normally |typically |often )?(?:makes?|has|have|gets?|sends?|writes?|contains?|places?"
    r"|receives?|produces?|creates?|holds?|needs?|takes?|with|goes|comes?|consists?|owns?|keeps?|brings?|gives?)\b",
    re.I,
)
"""What one does of whom `a` may mean each: `an order needs three parts`, `an order goes through two proofs`."""
_EVERYONE = screened(r"\b(?:every(?:one|body)|each of (?:us|them)|all of us|per (?:head|person)|a head)\b", re.I)
HANDFUL = 0.5
FEW_EACH = 200
"""`450 stores with 2 tills` counts tills by the store; `4,200 stations with 9,800 connectors` counts all of them."""
_NEXT_FIGURE = re.compile(r"[.;]|,\s|\s(?:with|of|and)(?: about| some)?\s~?(?=\d)")
"""Where the words about a figure end: in `250 orders a day with 3 items each`, it is the items that each order has."""


def holder(
    text: str, quantity: Quantity, entity: str | None, before: str | None, in_all: bool, model: Model
) -> str | None:
    """What a figure counts by without saying `per`: `2 tills each`, `each till makes 300 sales`.

    A figure that is larger than the one before it (`in_all`) counts all of them, unless it says `each`.
    """
    if entity is None:
        return None
    if before and before != entity and (model.reference(entity, before) or tie(entity, before, model)):
        between = text[: quantity.start].rstrip()
        averaged = re.search(r"\b(?:with|of|by)(?P<mean>(?: about| some)?| on average)$", between)
        if re.search(r"\beach\b", f"{quantity.noun} {_CLAUSE_END.split(between)[-1]}") or (
            averaged and (not in_all or "average" in averaged["mean"])
        ):
            return before
    if named := _told_each(text[: quantity.start], quantity, entity, model):
        return named
    if re.search(r"\beach\b", _NEXT_FIGURE.split(text[quantity.end :])[0]):
        mentions = [m.entity for m in model.vocabulary.mentions(text[: quantity.start]) if m.entity != entity]
        return mentions[-1] if mentions else None
    return None


_CLAUSE_END = re.compile(r"[,;.:]|\band\b(?! each)")


def _told_each(head: str, quantity: Quantity, entity: str, model: Model) -> str | None:
    """Whom the words before a figure tell one by one: `every gardener writes down`, `in each field there are`.

    What has one article alone is told so where it comes first and the verb is one of having; a plural, where so few
    are told that they can only be those of each: `farms get one invoice a month`.
    """
    clause = re.split(r"[;.:]\s", head)[-1]
    words = tokens(clause)
    for mention in reversed(model.vocabulary.mentions(clause)):
        before = words[max(mention.start - 2, 0) : mention.start]
        if mention.entity != entity and _each_of(words[: mention.start]):
            return mention.entity
        if mention.entity == entity:
            continue
        if _EACH & {*before} and (before[-1] in _EACH or before[-1] not in _ARTICLES):
            return mention.entity
        having = bool(_HAVING.search(_behind(clause, mention.end)))
        if {"a", "an"} & {*before} and having:
            return mention.entity
        many = mention.start == 0 and words[mention.end - 1].endswith("s")
        if many and having and quantity.per and quantity.value <= FEW_TIMES and model.reference(entity, mention.entity):
            return mention.entity
    return _sole_person(model, entity) if _EVERYONE.search(clause) else None


FEW_TIMES = 3
"""So few are told of each, or named by a rule, that they are hardly all."""
_ARTICLES = frozenset({"a", "an", "the", "its", "their", "our", "of", "in"})


def _each_of(before: tuple[str, ...]) -> bool:
    """Whether words end with `each of our 2,300`."""
    rest = list(before)
    while rest and (rest[-1].isdigit() or rest[-1] in ("our", "the", "these", "those", "all")):
        rest.pop()
    return rest[-2:] == ["each", "of"]


def _behind(text: str, place: int) -> str:
    """The text behind its first `place` words."""
    ends = [found.end() for found in re.finditer(r"[^\W_]+", text)]
    return text[ends[place - 1] :] if place <= len(ends) else ""


def _sole_person(model: Model, other: str) -> str | None:
    """The one kind of people whom `everybody` can mean."""
    people = [d.name for d in model.drafts.values() if seems_human(d.name, d.attributes) and d.name != other]
    return people[0] if len(people) == 1 else None


def counted_for(entity: str, per: str, model: Model) -> str | None:
    """What so many for each count: of things that do not belong to it, the rows that tie both.

    Each job needs three parts, and its parts are counted; nothing counts the one owner that something has.
    """
    if model.reference(entity, per) is not None:
        return entity
    related = any({r.parent, r.child} == {entity, per} for r in model.relationships)
    return tie(entity, per, model) or (None if related else entity)


def tie(one: str, other: str, model: Model) -> str | None:
    """The one thing whose rows tie two others: a booking, children and courses."""
    ties = [d.name for d in model.drafts.values() if {one, other} <= {*d.parents.values()}]
    return ties[0] if len(ties) == 1 else None


def per_entity(quantity: Quantity, model: Model) -> str | None:
    """The entity behind `per` or `each`: `3 order items per order`."""
    found = re.search(r"\b(?:per|for each|for every|in each|each|for an?)\s+(?P<what>[\w ]+)", quantity.noun)
    if not found:
        return None
    mentions = model.vocabulary.mentions(found["what"])
    return mentions[0].entity if mentions else None


def changes_of(quantity: Quantity, per: str, model: Model) -> str | None:
    """`5 status changes per order` counts the history of orders."""
    if not _CHANGE.search(quantity.noun):
        return None
    return next((d.name for d in model.drafts.values() if d.nature == "event" and per in d.parents.values()), None)
