"""Attributes that a row needs only in some states, or beyond some amount: `a cancelled order needs a reason`."""

import re
from decimal import Decimal

from agents.naming import identifier
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.subjects import (
    DATE_WORDS,
    FILLERS,
    Found,
    attribute_like,
    said,
    states_named,
    status_of,
)
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

_NEEDS = screened(
    r"\b(?:needs?|requires?|(?:must|has to|have to|shall|should)\s+(?:always )?(?:have|carry|contain|include|name|state"
    r"|give|show)|(?:always )?(?:has|have|carry|carries)(?= (?:an?|the|its|their)\b))\s+(?P<what>[^,;.]+)",
    re.I,
)
_GIVEN = screened(
    r"(?P<what>[^,;.]+?)\s+(?:must be|has to be|is|are|becomes?|shall be)\s+(?:always )?(?:set|required|mandatory|given"
    r"|filled(?: in)?|provided|recorded|entered|compulsory|obligatory|present|stated)\b",
    re.I,
)
_WHERE = screened(r"\b(?:if|when|once|whenever|as soon as|for|where)\b", re.I)
_BEYOND = screened(r"\b(?:exceeds?|(?:is |are )?(?:above|over|more than|greater than|higher than|larger than))\b", re.I)
_NEW = frozenset({"reason", "comment", "date", "note", "justification", "explanation"})


def conditional(text: str, model: Model, within: str | None) -> Found | None:
    """`a cancelled order needs a reason`, `if a claim is closed, closed at must be set`."""
    wanted = _wanted(text)
    if wanted is None:
        return None
    what, rest = wanted
    entities = [m.entity for m in model.vocabulary.mentions(rest)] or [
        m.entity for m in model.vocabulary.mentions(text)
    ]
    for entity in dict.fromkeys([*([within] if within else []), *entities, *_only(entities, what, model)]):
        condition = _condition(rest, entity, model)
        if condition is None:
            continue
        words = tuple(w for w in tokens(re.split(r"\b(?:if|when|once|and|or)\b", what)[0]) if w not in FILLERS)
        name = attribute_like(words, entity, model)
        added = name is None and bool(words) and len(words) <= 3 and words[-1] in _NEW
        if added:
            name = identifier(
                "_".join(words if len(words) > 1 or words[-1] not in DATE_WORDS else ("effective", *words))
            )
        if name and name != condition["attributes"][0]:
            attributes = (*condition["attributes"], name)
            return condition | {
                "kind": "conditional", "entity": entity, "attributes": attributes,
                "adds": (name,) if added else (), "optional": (name,),
            }  # fmt: skip
    return None


def _wanted(text: str) -> tuple[str, str] | None:
    """(what is needed, the rest of the sentence, which holds the condition)."""
    plain = said(text)
    if found := _GIVEN.search(plain):
        what = re.split(r"[,;]|\bthen\b", found["what"])[-1]
        rest = plain[: found.end("what") - len(what)] + plain[found.end() :]
        if _WHERE.search(rest):
            return what, rest
    if found := _NEEDS.search(plain):
        return found["what"], plain[: found.start()] + plain[found.end() :]
    return None


def _only(entities: list[str], what: str, model: Model) -> list[str]:
    """The one entity that has the wanted attribute, where the sentence names none."""
    if entities:
        return []
    words = tokens(what)
    fits = [name for name in model.drafts if attribute_like(words, name, model)]
    return fits if len(fits) == 1 else []


def _condition(text: str, entity: str, model: Model) -> Found | None:
    """The states, or the amount beyond which, that a text names."""
    status = status_of(entity, model)
    if status and (named := states_named(text, entity, model)):
        return {"attributes": (status,), "values": named}
    beyond = _BEYOND.search(text)
    amounts = quantities(text[beyond.end() :]) if beyond else ()
    if beyond and amounts:
        before = re.split(r"\b(?:if|when|once|whose|with|for)\b", text[: beyond.start()])[-1]
        name = attribute_like(tokens(before), entity, model)
        attribute = model.drafts[entity].attributes.get(name or "")
        if attribute and attribute.type in ("integer", "decimal", "money", "percentage"):
            limit = Decimal(f"{amounts[0].value:g}")
            return {"attributes": (attribute.name,), "minimum": limit, "exclusive_minimum": True}
    return None
