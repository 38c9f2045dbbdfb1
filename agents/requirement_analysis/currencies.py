"""The currency of the amounts: an amount without a currency cannot be added to another one.

A brief that speaks of one currency has all its amounts in it. Where it names none, or several without saying which
amount has which, an amount that no currency column stands beside is one of a currency that the business agreed on:
an assumption that a person can correct.
"""

import re

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Draft, Model

_WORDS = {
    "euro": "EUR", "euros": "EUR", "€": "EUR", "£": "GBP", "pounds sterling": "GBP", "us dollar": "USD",
    "us dollars": "USD", "dollar": "USD", "dollars": "USD", "$": "USD", "swiss franc": "CHF", "swiss francs": "CHF",
    "¥": "JPY", "yen": "JPY",
}  # fmt: skip
_CODES = "EUR USD GBP CHF JPY CNY INR CAD AUD NZD SEK NOK DKK PLN CZK HUF BRL MXN ZAR KRW SGD HKD TRY AED".split()
_NAMED = re.compile(
    rf"\b(?P<code>{'|'.join(_CODES)})\b|(?P<sign>[€£¥]|\$(?=\s?\d))"
    r"|\b(?P<word>(?i:euros?|pounds sterling|(?:us )?dollars?|swiss francs?|yen))\b"
)


def with_currency(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> None:
    """Usual defaults and units of amounts get the brief's currency; without one, the usual default goes."""
    said = [code for s in sentences if s.form != "code" for code in _codes(s.text)]
    units = [code for d in model.drafts.values() for a in d.attributes.values() for code in _codes(a.unit)]
    codes = dict.fromkeys((*said, *units))
    only = next(iter(codes)) if len(codes) == 1 else None
    lacking = False
    for draft in model.drafts.values():
        for name, attribute in draft.attributes.items():
            if attribute.type == "currency" and attribute.origin.kind != "stated" and not attribute.references:
                draft.attributes[name] = attribute.model_copy(update={"default": only})
            elif attribute.type == "money" and not attribute.unit and not _beside(draft, model):
                lacking = True
                unit = only or "the one currency of the business"
                draft.attributes[name] = attribute.model_copy(update={"unit": unit})
    if lacking and only:
        ledger.assume(
            "currency", "currency of amounts that name none", only, "the only currency that the brief speaks of",
            'write "all amounts are in EUR"',
        )  # fmt: skip
    elif lacking:
        reason = f"the brief speaks of {', '.join(codes)}" if codes else "the brief names no currency"
        ledger.assume(
            "currency", "currency of amounts that name none", "one, the same for all", reason,
            'write "all amounts are in EUR", or give amounts a currency',
        )  # fmt: skip


def _codes(text: str) -> list[str]:
    """The currencies of a text.

    >>> _codes("above 25 EUR or $30, in euros")
    ['EUR', 'USD', 'EUR']
    """
    return [m["code"] or _WORDS[(m["sign"] or m["word"]).lower()] for m in _NAMED.finditer(text)]


def _beside(draft: Draft, model: Model, depth: int = 3) -> bool:
    """Whether the entity, or one that it belongs to, says its currency."""
    if any(a.type == "currency" for a in draft.attributes.values()):
        return True
    parents = {
        r.parent for _, r in model.belonging(draft.name)
        if r.parent != draft.name and not r.optional and r.cardinality != "many_to_many"
    }  # fmt: skip
    return depth > 0 and any(_beside(model.drafts[parent], model, depth - 1) for parent in sorted(parents))
