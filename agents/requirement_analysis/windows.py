"""Which rows a reader wants by what is near, past or scarce: deadlines, spans of time, values beyond a limit.

Reminders, worklists and overviews seldom name an attribute: `contracts that end within 30 days`, `overdue loans`,
`parts with fewer than 3 pieces`. The verb and the unit tell which attribute is meant, where one alone fits.
"""

import re
from collections.abc import Iterator

from agents.requirement_analysis.conditions import time_of
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.subjects import attribute_like, owners
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened
from contracts.requirements import Filter

_DATES = ("date", "timestamp")
_NUMBERS = ("integer", "decimal", "percentage", "money")
_ROOTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern, re.I), roots)
    for pattern, roots in (
        (
            r"\b(?:over)?due\b|\blate\b|\bshould (?:have been|be) (?:back|returned)\b",
            ("due", "deadline", "return", "back", "end", "until"),
        ),
        (
            r"\bexpir\w+|\b(?:runs?|running|ran) out\b|\blaps\w+|\bno longer valid\b",
            ("expir", "expiry", "until", "valid", "best", "end"),
        ),
        (r"\bend(?:s|ing|ed)?\b|\bfinish\w*|\bclos(?:es|ing)\b", ("end", "finish", "clos", "until")),
        (r"\barriv\w+", ("arriv", "check_in", "start")),
        (r"\bdepart\w*|\bleav(?:es?|ing)\b", ("depart", "leav", "check_out", "end")),
        (r"\b(?:starts?|starting|begins?|beginning)\b", ("start", "begin", "from")),
    )
)
"""What a verb says of a point in time, with the beginnings of the attributes that hold it."""
_NEAR = screened(
    r"\b(?:within|in (?:the )?(?:next|coming|following)|in (?:less|fewer) than|next|in) (?:the )?(?:next )?"
    r"(?:\d+|one|two|three|four|five|six|seven|ten|a few|few|\w+teen|thirty)? ?(?:hour|day|week|month|year)s?\b"
    r"|\boverdue\b|\bsoon\b|\btoday\b|\btomorrow\b|\bthis (?:week|month|year)\b|\bpast (?:their|its|his|her|the)\b"
    r"|\bhas passed\b|\bhave passed\b|\b(?:days?|hours?|weeks?|evening|night) before\b",
    re.I,
)
_WHOSE = screened(
    r"\b(?:whose|past (?:their|its|his|her|the)|before (?:their|its|his|her|the)|near(?:ing)? (?:their|its|the))\s+"
    r"(?P<what>[\w -]{3,40}?)(?=\s+(?:is|are|lies?|falls?|runs?|expires?|ends?|has|have|was|were|comes?)\b|[,;.]|$)",
    re.I,
)
SPAN = screened(
    r"\b(?:last|past|previous|next|coming|current|this) (?:\d+ |few |two |three |seven |thirty )?"
    r"(?:minute|hour|day|week|month|quarter|year)s?\b(?! (?:old|later|ago|before))"
    r"|\bin (?:january|february|march|april|june|july|august|september|october|november|december)\b"
    r"|\b(?:of|for) (?:an?|the|one) (?:day|week|month|year|quarter|date|period|season)\b",
    re.I,
)
_BEYOND = screened(
    r"(?P<before>(?:[\w-]+ ){0,3})(?:\b(?:fewer|less|more|lower|higher|greater) than|\bbelow|\bunder|\babove|\bover"
    r"|\bdown to|\bat least|\bat most)\s+(?:fewer than |less than )?(?P<value>\d[\d.,]*)\s*(?P<unit>%|[\w-]+)?"
    r"(?P<rest>(?: [\w-]+){0,2})",
    re.I,
)
_LASTING = frozenset("second minute hour day week month year time ms s min h".split())
_STOCK = ("stock", "stock_level", "in_stock", "on_hand", "quantity", "quantity_in_stock", "stock_quantity", "available")
_PIECES = frozenset("piece pieces item items unit units left pcs copies in".split())
_SOLE = frozenset(("created_at", "updated_at", "deleted_at"))


_REMINDED = screened(
    r"\b(?:days?|hours?|weeks?|evening|night) before (?:an?|the|their|each|every|its|his|her) (?P<what>[\w -]+)", re.I
)
"""`the day before their visit`: a reminder looks for what begins soon."""


def deadlines(text: str, draft: Draft, model: Model) -> Iterator[Filter]:
    """`agreements that end within 30 days`, `batches expiring soon`, `loans past their due date`."""
    if not _NEAR.search(text) and not _WHOSE.search(text):
        return
    for found in _WHOSE.finditer(text):
        name = attribute_like(tokens(found["what"]), draft.name, model)
        if name in draft.attributes and draft.attributes[str(name)].type in _DATES:
            yield Filter(attribute=str(name), operator="range")
            return
    for pattern, roots in _ROOTS:
        if pattern.search(text) and _NEAR.search(text) and (name := _dated(roots, draft)):
            yield Filter(attribute=name, operator="range")
            return
    for found in _REMINDED.finditer(text):
        if any(m.entity == draft.name for m in model.vocabulary.mentions(found["what"])):
            yield Filter(attribute=time_of(draft, model), operator="range")
            return
    for word in tokens(text) if _WINDOW.search(text) else ():
        name = attribute_like((word, "date"), draft.name, model) if len(word) >= _LONG else None
        if name in draft.attributes and draft.attributes[str(name)].type in _DATES and name not in _SOLE:
            yield Filter(attribute=str(name), operator="range")
            return


_WINDOW = screened(r"\b(?:within|in (?:the )?next|in less than|next) \d+ (?:hour|day|week|month|year)s?\b", re.I)
_LONG = 5
_ON_TOP = screened(
    r"\b(?:ones|those) (?:that|which) (?:were |are |was )?(?P<verb>[a-z]+(?: out| off| up)?) (?:first|soonest"
    r"|earliest)\b"
    r"|\b(?P<bare>[a-z]+) first on top\b",
    re.I,
)


def first_on_top(text: str, draft: Draft, model: Model) -> str | None:
    """`the ones that expire first on top`: the date of that verb, earliest first."""
    found = _ON_TOP.search(text)
    if found is None:
        return None
    word = (found["verb"] or found["bare"]).lower()
    for pattern, roots in _ROOTS:
        if pattern.fullmatch(word) and (name := _dated(roots, draft)):
            return name
    name = attribute_like((word, "date"), draft.name, model)
    return name if name in draft.attributes and draft.attributes[str(name)].type in _DATES else None


_FROM = ("start", "begin", "from")


def _dated(roots: tuple[str, ...], draft: Draft) -> str | None:
    """The point in time of an entity whose name begins or goes on with the first root that one has."""
    dates = [a.name for a in draft.attributes.values() if a.type in _DATES and a.name not in _SOLE]
    for root in roots:
        fits = [n for n in dates if n.startswith(root) or f"_{root}" in n]
        fits = [n for n in fits if root in _FROM or not n.endswith("_from")]
        if fits:
            return fits[0]
    return None


def beyond(text: str, draft: Draft, model: Model) -> Iterator[Filter]:
    """`parts with fewer than 3 pieces`, `scooters with less than 20 % battery`, `accounts below 5 EUR`."""
    for found in _BEYOND.finditer(text):
        unit = (found["unit"] or "").lower()
        if unit.removesuffix("s") in _LASTING:
            continue
        after = tokens(f"{found['unit'] or ''} {found['rest'] or ''}")
        before = tokens(found["before"])
        for phrase in (after, after[:1], after[1:], before[-2:], before[-1:]):
            name = attribute_like(phrase, draft.name, model) if phrase else None
            if name in draft.attributes and draft.attributes[str(name)].type in _NUMBERS:
                yield Filter(attribute=str(name), operator="range")
                return
        if unit in _PIECES or not unit:
            held = [n for n in _STOCK if n in draft.attributes]
            if held:
                yield Filter(attribute=held[0], operator="range")
                return


_AGAINST = screened(
    r"(?P<before>(?:[\w-]+ ){1,3})(?:is |are )?(?:below|above|under|over|beyond) (?:the |its |their "
    r")?(?P<what>[a-z][\w]*(?: [a-z]\w*)?)",
    re.I,
)


def against(text: str, draft: Draft, model: Model) -> Iterator[Filter]:
    """`parts with stock below reorder level`: one attribute compared with another one."""
    found = _AGAINST.search(text)
    limit = attribute_like(tokens(found["what"]), draft.name, model) if found else None
    if not found or limit not in draft.attributes:
        return
    before = tokens(found["before"])
    for phrase in (before[-2:], before[-1:]):
        name = attribute_like(phrase, draft.name, model) if phrase else None
        if name in draft.attributes and name != limit and draft.attributes[str(name)].type in _NUMBERS:
            yield Filter(attribute=str(name), operator="range")
            return


_OF_DAY = screened(
    r"\b(?P<day>today|tomorrow|this week|tonight)(?:'?s)?\s+(?P<noun>[\w-]+)|\bwho (?P<verb>[\w-]+) (?:today|tomorrow)",
    re.I,
)


def of_the_day(text: str, model: Model) -> tuple[str, str] | None:
    """(entity, date) of `today's pickups`, `who arrives today`: the one date that the noun or verb begins."""
    found = _OF_DAY.search(text)
    if found is None:
        return None
    word = (found["noun"] or found["verb"]).lower().removesuffix("s")
    fits = [(e, n) for e, n in owners((word, "date"), model) if model.drafts[e].attributes[n].type in _DATES]
    return fits[0] if len(fits) == 1 else None


_ENTRY = screened(
    r"\b(?:(?:scan|enter|type|key|put|paste|read|give|know|have)s?|scann?ing|entering|typing)(?: in| out)? "
    r"(?:an?|the|its|their|his|her)? ?(?P<what>[\w -]+?)"
    r"(?=\s*$|[,;.(]|\s+(?:and (?:get|see|find|open|show|view|jump|know)|to|must|should|shall|so|of|on|at|in"
    r"|into|or|which|that)\b)",
    re.I,
)
_ANSWERED = screened(r"\b(?:gets?|sees?|finds?|opens?|shows?|shown|views?|jumps?|looks?|brings?|reach\w*)\b", re.I)


def entered(text: str, model: Model) -> tuple[str, tuple[str, ...]] | None:
    """(entity, what it is found by) of `enters an inventory number and gets the artwork`, `scans a barcode`.

    What is typed in to find something is what tells one from another, so only a unique attribute counts by itself.
    """
    for found in _ENTRY.finditer(text):
        if not found[0].lower().startswith("scan") and not _ANSWERED.search(text):
            continue
        first, *more = re.split(r"\band\b", found["what"])
        fits = (
            [(e, n) for e, n in dict.fromkeys(owners(tokens(first), model)) if model.drafts[e].attributes[n].unique]
            or _sole_numbers(first, model)
            or _with_entity(first, model)
        )
        if len(fits) != 1:
            continue
        entity, name = fits[0]
        others = [attribute_like(tokens(part), entity, model) or _day(part, entity, model) for part in more]
        return entity, (name, *(o for o in others if o in model.drafts[entity].attributes))
    return None


def _day(text: str, entity: str, model: Model) -> str | None:
    """`date` where an entity has several moments: the one at which it begins or happens."""
    return time_of(model.drafts[entity], model) if tokens(text) in (("date",), ("day",)) else None


def _with_entity(text: str, model: Model) -> list[tuple[str, str]]:
    """`ticket number`, where a ticket's attribute is called `number`."""
    words = tokens(text)
    for mention in model.vocabulary.mentions(text):
        name = attribute_like(words[mention.end :], mention.entity, model) if words[mention.end :] else None
        attribute = model.drafts[mention.entity].attributes.get(name or "")
        if attribute is not None and (attribute.unique or attribute.name.endswith(("number", "code", "_no"))):
            return [(mention.entity, attribute.name)]
    return []


def _sole_numbers(text: str, model: Model) -> list[tuple[str, str]]:
    """`flight number` of a flight, which may come again on another day: the attribute of the entity it begins with."""
    words = tokens(text)
    fits = owners(words, model)
    return fits if len(fits) == 1 and words[-1:] and words[-1] in ("number", "code", "id", "no") else []
