"""What a sentence about use reads or writes: which of the things that it names is meant."""

import re

from agents.requirement_analysis.conditions import Callers, Kind
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import owners
from agents.requirement_analysis.vocabulary import Mention, tokens
from agents.screening import screened

_MONEY = screened(
    r"\b(?:revenue|turnover|sales figures|income|earnings|paid amounts?|takings|spend(?:ing)?|expenses)\b", re.I
)


def target_of(
    text: str,
    verb: tuple[Kind, int, int],
    about: str,
    before: tuple[Mention, ...],
    after: tuple[Mention, ...],
    model: Model,
    callers: Callers,
) -> str | None:
    """The entity that is read or written."""
    kind, start, end = verb
    if before and re.match(r"regist|sign(?:s|ed)? up", text[start:end], re.IGNORECASE):
        return before[0].entity
    if kind == "lookup" and re.search(r"log|sign|authent", text[start:end], re.IGNORECASE):
        return before[0].entity if before else callers.owner
    if about in ("performance", "security") and before:
        return before[-1].entity
    if kind == "aggregate" and (summed := _summed(text[start:], model)):
        return summed
    if kind == "aggregate" and _MONEY.search(text) and (money := _earning(after, model)):
        return money
    if after:
        return _shown(text, after, model)
    if not before or not (is_passive(kind, text[start:end]) or kind in ("search", "aggregate")):
        return None
    return _head(text[:start], before)


def is_passive(kind: Kind, verb: str) -> bool:
    """Whether what is read stands before its verb: `all booked tickets are listed`."""
    return kind == "list" and bool(
        re.match(r"listed|shown|displayed|visible|(?:is|are) sent|pops? up|needs?", verb, re.I)
    )


def _head(text: str, before: tuple[Mention, ...]) -> str:
    """The last thing before a passive verb that no preposition ties to another one."""
    words = tokens(text)
    free = [m for m in before if not set(words[max(m.start - 2, 0) : m.start]) & _TYING]
    return (free or before)[-1].entity


_TYING = frozenset("of for per in by to from with on at".split())
_HISTORY = screened(r"\b(?:history|past|log|timeline|everything) (?:of|for|about)\b|\b(?:histories)\b", re.I)
_FIRST = screened(
    r"\b(?:newest|latest|last|oldest|most recent|recent|earliest|next|longest) (?P<what>[\w-]+(?: [\w-]+)?) first\b",
    re.I,
)


def _shown(text: str, after: tuple[Mention, ...], model: Model) -> str:
    """What is read: the first thing after the verb, unless the clause says whose rows they are before naming them.

    `looks at the history of the bike, latest visit first` reads visits; the history of a patient without more, what
    happens to patients, where that is one thing.
    """
    first = after[0].entity
    found = _FIRST.search(text)
    named = model.vocabulary.mentions(found["what"]) if found else ()
    if named and model.reference(named[0].entity, first):
        return named[0].entity
    if _HISTORY.search(text):
        lasting = [
            d.name for d in model.drafts.values()
            if d.nature in ("transaction", "event") and first in d.parents.values()
        ]  # fmt: skip
        if len(lasting) == 1:
            return lasting[0]
    return first


def _summed(text: str, model: Model) -> str | None:
    """The one entity whose number is summed: `sum of acquisition cost by category` adds up assets."""
    found = re.match(
        r"\s*(?:(?:total|sum|average|averages|totals|sums|overview|of|the|all) )*"
        r"(?:(?:hourly|daily|weekly|monthly|quarterly|yearly|annual|invoiced|average) )*"
        r"(?P<what>[\w -]+?)\s+(?:by|per|of|for each|in each|in)\b", text, re.I
    )  # fmt: skip
    phrase = tokens(found["what"]) if found else ()
    numeric = ("money", "integer", "decimal", "duration")
    holders = (
        [e for e, name in owners(phrase, model) if model.drafts[e].attributes[name].type in numeric] if phrase else []
    )
    return holders[0] if len(set(holders)) == 1 else None


def _earning(after: tuple[Mention, ...], model: Model) -> str | None:
    """The transaction whose money a report of revenue sums: it belongs to what the report is by, and has a total."""
    named = {m.entity for m in after}
    for draft in model.drafts.values():
        money = [a for a in draft.attributes.values() if a.type == "money"]
        if draft.name in named and money and draft.nature == "transaction":
            return draft.name
    fits = [
        d.name
        for d in model.drafts.values()
        if d.nature == "transaction"
        and any(a.type == "money" for a in d.attributes.values())
        and named <= {*d.parents.values()}
    ]
    return next(
        (n for n in fits if any(a.name.startswith("total") for a in model.drafts[n].attributes.values())),
        fits[0] if fits else None,
    )
