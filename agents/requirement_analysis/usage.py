"""Sentences that tell how the application is used, as ways of reading and writing an entity."""

import re
from collections.abc import Iterator
from dataclasses import replace

from agents.requirement_analysis.conditions import (
    NEWEST,
    OLDEST,
    OWN,
    PAGE,
    SORTED,
    Callers,
    Kind,
    Reading,
    named_filters,
    page_of,
    rate_of,
    searched,
    sort_of,
    staleness_of,
    state_filters,
)
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.endpoints import ENDPOINT, endpoint_reading
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import Mention, tokens
from contracts.requirements import Filter, Rule, Sort

_VERBS: tuple[tuple[Kind, str], ...] = (
    ("search", r"full[- ]text|search(?:es|ing)?"),
    ("aggregate", r"how many|how often|reports?|counts?|sums? up|statistics|aggregates?|averages?|dashboards?|trends?"),
    ("lookup", r"logs? in|log-in|login|signs? in|finds?|looks? up|opens?|authenticates?|retrieves? a|fetch(?:es)? an?"),
    ("list",
        r"lists?|views?|browses?|sees?|shows?|reads?|looks? at|checks?|fetch(?:es)?|gets?|displays?|scrolls?"
        r"|follows?|monitors?|retrieves?"),
    ("write",
        r"creates?|adds?|places?|books?|records?|updates?|changes?|cancels?|deletes?|removes?|submits?"
        r"|registers?|"
              r"edits?|pays?|uploads?|imports?|stores?|writes?|ticks?|marks?|enters?|posts?|schedules?"
              r"|assigns?|approves?|saves?"),
)  # fmt: skip
_VERB_FIRST = re.compile(r"(?:show|list|view|find|read|open|browse|get|search)\b.*\b(?:of|per|for|by)\b", re.IGNORECASE)


def readings(sentence: Sentence, model: Model, rules: tuple[Rule, ...], callers: Callers) -> Iterator[Reading]:
    """The patterns of one sentence: an endpoint, or verbs in a part of the brief that tells how it is used."""
    if sentence.form == "heading" or not sentence.body:
        return
    if endpoint := ENDPOINT.match(sentence.text):
        yield from endpoint_reading(endpoint, model, rules, callers)
        return
    if sentence.form in ("code", "row"):
        return
    about = topic(sentence)
    if about in ("workflows", "access", "api", "performance", "security", "") or (
        about == "overview" and sentence.form != "paragraph"
    ):
        for part in _clauses(sentence.text, model):
            reading = _from_words(part, about, model, rules, callers)
            if reading is not None:
                yield reading


def _clauses(text: str, model: Model) -> list[str]:
    """`I look at the ticks of a habit, newest first, and at the list of habits by name` holds two patterns."""
    parts = re.split(r",?\s+and\s+(?=(?:at|to)\s+(?:the\s+)?)|;\s+", text)
    verb = re.match(r"^(?P<who>.*?\b(?:looks?|views?|lists?|sees?)\b)", parts[0], re.IGNORECASE)
    return [parts[0], *(f"{verb['who']} {p}" if verb and model.vocabulary.mentions(p) else p for p in parts[1:])]


def _kind(text: str) -> tuple[Kind, int, int] | None:
    """(kind, start, end) of the first verb; `search` and `report` win over the verbs beside them."""
    best: tuple[Kind, int, int] | None = None
    for kind, words in _VERBS:
        found = re.compile(rf"\b(?:{words})\b", re.IGNORECASE).search(text)
        if found is None:
            continue
        if kind in ("search", "aggregate"):
            return kind, found.start(), found.end()
        if best is None or found.start() < best[1]:
            best = (kind, found.start(), found.end())
    return best


def _from_words(text: str, about: str, model: Model, rules: tuple[Rule, ...], callers: Callers) -> Reading | None:
    """A sentence such as `A customer views own orders, newest first, 20 per page`."""
    verb = _kind(text)
    if verb is None:
        return None
    kind, start, end = verb
    if about in ("", "overview", "performance", "security", "api") and not _is_specific(text, kind, about):
        return None
    after = model.vocabulary.mentions(text[end:])
    before = model.vocabulary.mentions(text[:start])
    if before and re.match(r"regist|sign(?:s|ed)? up", text[start:end], re.IGNORECASE):
        target: str | None = before[0].entity
    elif kind == "lookup" and re.search(r"log|sign|authent", text[start:end], re.IGNORECASE):
        target = before[0].entity if before else callers.owner
    else:
        target = (
            after[0].entity if after else (before[-1].entity if before and kind in ("search", "aggregate") else None)
        )
    if about in ("performance", "security") and before:
        target = before[-1].entity
    if target is None:
        return None
    reading = Reading(
        entity=target,
        kind=kind,
        page_size=page_of(text),
        staleness_seconds=staleness_of(text),
        per_second=rate_of(text),
    )
    if kind == "write":
        return replace(reading, page_size=None, filters=())
    return _with_conditions(reading, text, end, after, model, rules, callers)


def _is_specific(text: str, kind: Kind, about: str) -> bool:
    """Whether a sentence outside the workflows speaks of a way of reading and not of the system in general."""
    if kind == "write":
        return False
    if about in ("performance", "security"):
        return bool(re.search(r"\b(?:always |mostly |usually )?read (?:per|by)\b|\breported by\b", text))
    return bool(
        _VERB_FIRST.match(text)
        or kind == "aggregate"
        or NEWEST.search(text)
        or PAGE.search(text)
        or SORTED.search(text)
        or OLDEST.search(text)
        or re.search(r"\bby\b", text)
    )


def _with_conditions(
    reading: Reading,
    text: str,
    end: int,
    after: tuple[Mention, ...],
    model: Model,
    rules: tuple[Rule, ...],
    callers: Callers,
) -> Reading | None:
    """Filters, sort and searched attributes of a reading sentence."""
    draft = model.drafts[reading.entity]
    rest = text[end:]
    if reading.kind == "search":
        names = searched(rest, draft, model)
        return replace(reading, search=names) if names else None
    filters: list[Filter] = []
    if OWN.search(text) and callers.owner and (own := model.reference(reading.entity, callers.owner)):
        filters.append(Filter(attribute=own))
    filters += named_filters(rest, draft, model, reading.kind)
    if not filters and reading.kind == "list" and (own := _implied_owner(text, draft, model, callers)):
        filters.append(Filter(attribute=own))
    filters += state_filters(text, draft, rules)
    sort = sort_of(rest, draft, model)
    unique = {
        f.attribute: f for f in filters if f.attribute not in {s.attribute for s in sort} or f.operator != "equals"
    }
    if reading.kind == "lookup" and not unique:
        return None
    kind = _settled(reading.kind, tuple(unique.values()), sort, reading.page_size, draft, after, rest)
    if (
        kind == "list"
        and not sort
        and not unique
        and not reading.page_size
        and not re.search(r"\blist|\ball\b", text, re.I)
    ):
        sort = ()
    return replace(reading, kind=kind, filters=tuple(unique.values()), sort=sort)


def _implied_owner(text: str, draft: Draft, model: Model, callers: Callers) -> str | None:
    """Who calls sees what belongs to them: `a customer sees an order summary list` means their own orders."""
    actor = set(tokens(text)[:3]) & callers.words
    if not actor or not callers.owner or draft.nature not in ("transaction", "event"):
        return None
    return model.reference(draft.name, callers.owner)


def _settled(
    kind: Kind,
    filters: tuple[Filter, ...],
    sort: tuple[Sort, ...],
    page: int | None,
    draft: Draft,
    after: tuple[Mention, ...],
    rest: str,
) -> Kind:
    """`opens the encounters of a patient` is a list; `finds an order by order number` a lookup."""
    if kind != "lookup":
        return kind
    single = [f for f in filters if f.attribute in draft.attributes and f.operator == "equals"]
    words = tokens(rest)
    many = bool(after) and "".join(words[after[0].start : after[0].end]).endswith("s") and not draft.name.endswith("s")
    return "list" if sort or page or many or not single else "lookup"
