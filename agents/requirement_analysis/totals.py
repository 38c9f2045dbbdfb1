"""Sums over the rows that belong to a row: a total of its items, payments that may not exceed an invoice."""

import re

from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import Found, attribute_like, said
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened
from contracts.requirements import Attribute

_SUM = screened(r"\b(?:sum|sums|total|add(?:s|ed)? up)\b", re.I)
_EQUALS = re.compile(r"\s(?:=|equals?|is|are|must (?:be|equal)|corresponds? to|adds? up to)\s", re.I)
_AT_MOST = re.compile(
    r"\b(?:(?:must not|may not|cannot|can't|can not|never|shall not|should not|do not|does not)\s+(?:ever )?exceeds?"
    r"|(?:must not|may not|cannot|can't|never|shall not) be (?:more|greater|higher|larger) than"
    r"|(?:is|are|be) (?:at most|no more than|limited to)|never more than|<=|≤)\s",
    re.I,
)
_TOTALS = ("total", "total_amount", "total_cost", "total_price", "amount", "balance")
_NUMERIC = ("money", "decimal", "integer")


def total(text: str, model: Model) -> Found | None:
    """`the total of an order is the sum of its items`, `payments must not exceed the invoice total`."""
    plain = said(text)
    if (limit := _AT_MOST.search(plain)) is not None:
        return _related(plain[: limit.start()], plain[limit.end() :], "<=", model)
    for found in _EQUALS.finditer(plain):
        whole, parts = plain[: found.start()], plain[found.end() :]
        if re.match(r"\s*(?:always )?(?:the )?(?:sum|total)s?\b", parts, re.I):
            return _related(re.sub(r"^.*?\bsum\s+of\b", "", parts, flags=re.I), whole, "=", model)
    return None


def _related(parts: str, whole: str, operator: str, model: Model) -> Found | None:
    """The rule over the child that `parts` names and the parent that `whole` names."""
    inner, outer = model.vocabulary.mentions(parts), model.vocabulary.mentions(whole)
    summed = bool(_SUM.search(parts))
    for child in [m.entity for m in inner] or _having(parts, model):
        parents = [m.entity for m in (*outer, *inner) if m.entity != child] or _having(whole, model)
        for parent in dict.fromkeys(parents):
            if parent == child or model.reference(child, parent) is None:
                continue
            name = _whole(whole, parent, model)
            terms = _terms(parts, child, model)
            if name and terms and (operator == "=" or summed or not _compares_rows(parts, child)):
                return {
                    "kind": "sum", "entity": parent, "attributes": (name,), "operator": operator,
                    "child": child, "terms": terms,
                }  # fmt: skip
    return None


def _having(text: str, model: Model) -> list[str]:
    """The one entity whose numeric attribute a text names, where it names no entity: `sum of hours x hourly rate`."""
    words = set(tokens(text))
    fits = [
        name
        for name, draft in model.drafts.items()
        if any(a.type in _NUMERIC and set(a.name.split("_")) <= words for a in draft.attributes.values())
    ]
    return fits if len(fits) == 1 else []


def _compares_rows(parts: str, child: str) -> bool:
    """`a payment` is one row, `payments` are all: only these have a sum."""
    return not any(w.endswith("s") and w.removesuffix("s") in child for w in tokens(parts))


def _whole(text: str, parent: str, model: Model) -> str | None:
    """The parent's attribute that a text names, else its usual total."""
    attributes = model.drafts[parent].attributes
    name = attribute_like(tokens(re.sub(r"\b(?:of|for)\b.*$", "", text)), parent, model)
    if name is None or name not in attributes:
        name = attribute_like(tokens(text), parent, model)
    if name in attributes and attributes[name].type in _NUMERIC:
        return name
    return next((n for n in _TOTALS if n in attributes and attributes[n].type in _NUMERIC), None)


def _terms(text: str, child: str, model: Model) -> tuple[str, ...]:
    """The child's attributes whose product is summed: the named ones, else quantity and price, else its amount."""
    attributes = model.drafts[child].attributes
    words = f" {' '.join(tokens(text))} "
    named = [a.name for a in attributes.values() if a.type in _NUMERIC and _names(a, words)]
    if named:
        return tuple(named)
    price = next((n for n in ("unit_price", "price") if n in attributes), None)
    if price and "quantity" in attributes:
        return ("quantity", price)
    amounts = [n for n in ("amount", "total", "line_total", "subtotal") if n in attributes]
    money = [a.name for a in attributes.values() if a.type == "money"]
    return tuple(amounts[:1] or (money if len(money) == 1 else ()))


def _names(attribute: Attribute, words: str) -> bool:
    """Whether a text names an attribute, in the singular or the plural."""
    name = attribute.name.replace("_", " ")
    return f" {name} " in words or f" {name}s " in words
