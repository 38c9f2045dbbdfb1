"""How the application reads and writes: endpoints, workflows, "access patterns" and what archetypes usually need.

A pattern names only what exists: the entity's attributes, its parents (their reference is meant) and the columns that
every table has (`id`, `created_at`, `updated_at`). A lookup by `id` is the lookup by the table's own key.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qsl

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred, slug_of, stated
from agents.requirement_analysis.model import CONVENTIONAL, Draft, Model
from agents.requirement_analysis.numbers import SECONDS, quantities
from agents.requirement_analysis.rules import states_of
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import Mention, tokens
from contracts.base import Origin
from contracts.requirements import AccessPattern, Filter, Rule, Sort

Kind = Literal["lookup", "list", "search", "aggregate", "write"]

_ENDPOINT = re.compile(r"^(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD)\s+(?P<path>/\S*)(?P<rest>.*)$")
_VERBS: tuple[tuple[Kind, str], ...] = (
    ("search", r"full[- ]text|search(?:es|ing)?"),
    ("aggregate", r"how many|how often|reports?|counts?|sums? up|statistics|aggregates?|averages?|dashboards?|trends?"),
    ("lookup", r"logs? in|log-in|login|signs? in|finds?|looks? up|opens?|authenticates?|retrieves? a|fetch(?:es)? an?"),
    ("list", r"lists?|views?|browses?|sees?|shows?|reads?|looks? at|checks?|fetch(?:es)?|gets?|displays?|scrolls?|follows?|monitors?|retrieves?"),
    ("write", r"creates?|adds?|places?|books?|records?|updates?|changes?|cancels?|deletes?|removes?|submits?|registers?|"
              r"edits?|pays?|uploads?|imports?|stores?|writes?|ticks?|marks?|enters?|posts?|schedules?|assigns?|approves?|saves?"),
)  # fmt: skip
_NEWEST = re.compile(r"\b(?:newest|latest|most recent|recent(?:ly)?)\b|\breverse chronological\b", re.I)
_OLDEST = re.compile(r"\boldest(?P<what>(?: [\w-]+){0,3})?(?: first)?\b|\bchronological(?:ly)?\b|\bearliest\b", re.I)
_DIRECTED = re.compile(
    r"\b(?P<word>cheapest|lowest|smallest|highest|largest|biggest|most expensive|best rated|longest|shortest)(?P<what>(?: [\w-]+){0,3}?)(?: first|,|$)",
    re.I,
)
_SORTED = re.compile(
    r"\b(?:sorted by|ordered by|in order of|order(?:ed)? of|sort by)\s+(?P<what>[\w -]+?)(?P<down>,? (?:descending|desc|highest first|newest first))?(?=[,;.)]|$)",
    re.I,
)
_PAGE = re.compile(r"\bper page|\ba page|\bat a time|\bper request|\bpage size", re.I)
_STALE = re.compile(
    r"\b(?:may|can|could) be (?:up to )?(?P<age>[^,;.)]+?) (?:old|stale|late|behind|out of date)\b|\b(?:stale|cached) (?:for )?(?:up to )?(?P<cached>[^,;.)]+)",
    re.I,
)
_NOT = re.compile(
    r"\b(?:not|neither|except|excluding|other than)\s+(?P<values>(?:[\w ]+?)(?:(?:,| or | nor | and )[\w ]+?)*)(?=[),;.]|$)",
    re.I,
)
_OWN = re.compile(r"\b(?:own|their|his|her|my)\b", re.I)
_BY = re.compile(
    r"\b(?:by|with|per|using|for|of|in|from)\s+(?P<what>[^,;()]+?)(?=\s+(?:by|with|per|using|for|of|in|from|that|which|who|newest|oldest|sorted|ordered)\b|[,;().]|$)",
    re.I,
)
_FILLERS = frozenset(
    "a an the its their his her own all any one some given each every my single certain particular address's".split()
)
_PAGING = frozenset("page offset limit size per_page page_size pagesize cursor after before count skip take".split())
_QUERY_WORDS = frozenset("q query search text keyword keywords term s".split())
_SORT_WORDS = frozenset("sort order sort_by order_by orderby sortby".split())
_LOWER_BOUND = re.compile(
    r"^(?:from|since|after|min|start|gte)(?:_(?P<what>\w+))?$|^(?P<what2>\w+)_(?:from|since|after|min|gte|to|until|before|max|lte)$"
)
_UPPER_BOUND = re.compile(r"^(?:to|until|before|max|end|lte)(?:_(?P<what>\w+))?$")


@dataclass(frozen=True)
class Reading:
    """What an access sentence says, before it becomes a pattern."""

    entity: str
    kind: Kind
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    search: tuple[str, ...] = ()
    page_size: int | None = None
    staleness_seconds: int | None = None
    per_second: float | None = None


@dataclass(frozen=True)
class Callers:
    """Who calls: the person entity that logs in, and words of the brief that mean it."""

    owner: str | None
    words: frozenset[str]


def access_patterns(
    sentences: tuple[Sentence, ...], model: Model, rules: tuple[Rule, ...], callers: Callers, ledger: Ledger
) -> tuple[AccessPattern, ...]:
    """Stated patterns in the brief's order, then usual ones of archetypes; one pattern for each way of reading."""
    found: dict[tuple[object, ...], AccessPattern] = {}
    for sentence in sentences:
        for reading in _readings(sentence, model, rules, callers):
            requirement = ledger.requirement("access", _name(reading), sentence.text, sentence)
            _join(found, _pattern(requirement, sentence.text, reading, stated(sentence), (requirement,)))
    for draft in model.drafts.values():
        for reading, text, rule in _usual(draft, model):
            access_id = f"access.{slug_of(_name(reading))}"
            _join(found, _pattern(access_id, text, reading, inferred(rule), (draft.requirement,)))
    return tuple(_absorbed(list(found.values())))


def _absorbed(patterns: list[AccessPattern]) -> Iterator[AccessPattern]:
    """A list without an order and one with it are the same list: the stated one stays, with the order."""
    sorted_ones = {(p.entity, p.kind, p.filters): p for p in reversed(patterns) if p.sort and p.kind == "list"}
    plain = {(p.entity, p.kind, p.filters): p for p in patterns if not p.sort and p.kind == "list" and p.filters}
    for pattern in patterns:
        key = (pattern.entity, pattern.kind, pattern.filters)
        with_order, without = sorted_ones.get(key), plain.get(key)
        if with_order is None or without is None or pattern not in (with_order, without):
            yield pattern
        elif with_order.origin.kind == "stated" or without.origin.kind != "stated":
            if pattern is with_order:
                yield _merged(with_order, without)
        elif pattern is without:
            yield _merged(without, with_order)


def _merged(kept: AccessPattern, other: AccessPattern) -> AccessPattern:
    """The pattern that stays, with what the other one knows besides."""
    stated_too = other.serves if other.origin.kind == "stated" else ()
    return kept.model_copy(
        update={
            "sort": kept.sort or other.sort,
            "page_size": kept.page_size or other.page_size,
            "per_second": kept.per_second or other.per_second,
            "staleness_seconds": _least(kept.staleness_seconds, other.staleness_seconds),
            "serves": tuple(dict.fromkeys((*kept.serves, *stated_too))),
        }
    )


def _pattern(access_id: str, text: str, r: Reading, origin: Origin, serves: tuple[str, ...]) -> AccessPattern:
    return AccessPattern(
        id=access_id, text=text, entity=r.entity, kind=r.kind, filters=r.filters, sort=r.sort, search=r.search,
        page_size=r.page_size, per_second=r.per_second, staleness_seconds=r.staleness_seconds, origin=origin, serves=serves,
    )  # fmt: skip


def _join(found: dict[tuple[object, ...], AccessPattern], pattern: AccessPattern) -> None:
    """Keep one pattern for each entity, kind, filters and sort; what a later mention adds is taken over."""
    key = (pattern.entity, pattern.kind, frozenset(pattern.filters), pattern.sort, pattern.search)
    if pattern.kind == "write" or (pattern.kind == "lookup" and pattern.filters):
        key = (pattern.entity, pattern.kind, frozenset(f.attribute for f in pattern.filters))
    earlier = found.get(key)
    if earlier is None:
        found[key] = pattern
    elif pattern.origin.kind == "stated":
        found[key] = earlier.model_copy(
            update={
                "page_size": earlier.page_size or pattern.page_size,
                "per_second": earlier.per_second or pattern.per_second,
                "staleness_seconds": _least(earlier.staleness_seconds, pattern.staleness_seconds),
                "serves": tuple(dict.fromkeys((*earlier.serves, *pattern.serves))),
            }
        )


def _least(a: int | None, b: int | None) -> int | None:
    known = [x for x in (a, b) if x is not None]
    return min(known) if known else None


def _name(reading: Reading) -> str:
    """The content-based name of a pattern: `order list by user sort placed_at desc`."""
    filters = " ".join(
        f"{f.attribute}{'' if f.operator == 'equals' else ' ' + f.operator}"
        + ("" if not f.values else " " + " ".join(f.values))
        for f in reading.filters
    )
    order = " ".join(f"{s.attribute}{' desc' if s.descending else ''}" for s in reading.sort)
    parts = (
        reading.entity, reading.kind, f"by {filters}" if filters else "", f"in {' '.join(reading.search)}" if reading.search else "",
        f"sort {order}" if order else "",
    )  # fmt: skip
    return " ".join(filter(None, parts))


def _readings(sentence: Sentence, model: Model, rules: tuple[Rule, ...], callers: Callers) -> Iterator[Reading]:
    """The patterns of one sentence: an endpoint, or verbs in a part of the brief that tells how it is used."""
    if sentence.form == "heading" or not sentence.body:
        return
    if endpoint := _ENDPOINT.match(sentence.text):
        yield from _from_endpoint(endpoint, model, rules, callers)
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
    if kind == "lookup" and re.search(r"log|sign|authent", text[start:end], re.IGNORECASE):
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
        entity=target, kind=kind, page_size=_page(text), staleness_seconds=_staleness(text), per_second=_rate(text)
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
        kind == "aggregate"
        or _NEWEST.search(text)
        or _PAGE.search(text)
        or _SORTED.search(text)
        or _OLDEST.search(text)
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
        names = _searched(rest, draft, model)
        return replace(reading, search=names) if names else None
    filters: list[Filter] = []
    if _OWN.search(text) and callers.owner and (own := model.reference(reading.entity, callers.owner)):
        filters.append(Filter(attribute=own))
    filters += _named_filters(rest, draft, model, reading.kind)
    if not filters and reading.kind == "list" and (own := _implied_owner(text, draft, model, callers)):
        filters.append(Filter(attribute=own))
    filters += _state_filters(text, draft, rules)
    sort = _sort(rest, draft, model)
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


def _searched(rest: str, draft: Draft, model: Model) -> tuple[str, ...]:
    """The attributes that a search looks into; the entity's texts where the sentence names none."""
    names: list[str] = []
    for found in _BY.finditer(rest):
        for part in re.split(r",|\band\b|\bor\b", found["what"]):
            words = tuple(w for w in tokens(part) if w not in _FILLERS)
            name = model.attribute(draft.name, words)
            if name in draft.attributes:
                names.append(str(name))
            elif words == ("name",):
                names += [n for n in draft.attributes if n.endswith("_name")]
    texts = [a.name for a in draft.attributes.values() if a.type in ("string", "text") and not a.allowed]
    usual = [n for n in texts if n in ("name", "title", "subject", "description", "first_name", "last_name")]
    return tuple(dict.fromkeys(names)) or tuple(usual)


def _named_filters(rest: str, draft: Draft, model: Model, kind: Kind) -> Iterator[Filter]:
    """Filters after `of`, `by`, `with`, `per`, `for`, `in`: attributes, parents, or a span of time."""
    for found in _BY.finditer(rest):
        if kind == "list" and found[0].lower().startswith("with"):
            continue  # `a list with number and date` says what is shown, not which rows
        for part in re.split(r",|\band\b|\bor\b", found["what"]):
            words = tuple(w for w in tokens(part) if w not in _FILLERS)
            span = words[:1] in (("day",), ("month",), ("week",), ("year",), ("date",), ("period",), ("today",))
            if span:
                yield Filter(attribute=_time_of(draft, model), operator="range")
            elif words and (name := _filterable(words, draft, model, kind)):
                yield Filter(attribute=name)


def _time_of(draft: Draft, model: Model) -> str:
    """The point in time that `for a day` limits: the start of something that lasts, else when it happened."""
    starts = [
        a.name for a in draft.attributes.values() if a.type in ("timestamp", "date") and a.name.startswith("start")
    ]
    return starts[0] if starts else model.timestamp(draft.name)


def _filterable(words: tuple[str, ...], draft: Draft, model: Model, kind: Kind) -> str | None:
    """The attribute or parent that the first words of a phrase name."""
    for length in range(min(4, len(words)), 0, -1):
        phrase = words[:length]
        named = model.vocabulary.known.get(phrase)
        if named == draft.name:
            return None
        if named and (reference := model.reference(draft.name, named)):
            return reference
        name = model.attribute(draft.name, phrase)
        if name and not (kind == "list" and phrase in (("date",), ("name",))):
            return name
    return None


def _state_filters(text: str, draft: Draft, rules: tuple[Rule, ...]) -> Iterator[Filter]:
    """`active orders`, `not delivered or cancelled`, `open tickets`: conditions on the status."""
    status = next((a for n in ("status", "state", "stage") if (a := draft.attributes.get(n)) and a.allowed), None)
    flags = [a for a in draft.attributes.values() if a.type == "boolean"]
    words = tokens(text)
    if status is not None:
        if excluded := _excluded(text, status.allowed):
            yield Filter(attribute=status.name, operator="not_in", values=excluded)
            return
        named = [v for v in status.allowed if re.search(rf"\b{re.escape(v.replace('_', ' '))}\b", text, re.IGNORECASE)]
        if named:
            yield Filter(attribute=status.name, operator="equals" if len(named) == 1 else "one_of", values=tuple(named))
            return
        final = _final_states(draft.name, status.name, rules)
        if final and {"active", "open", "unfinished", "current", "pending"} & set(words):
            yield Filter(attribute=status.name, operator="not_in", values=final)
            return
    for flag in flags:
        bare = flag.name.removeprefix("is_")
        if bare in words:
            value = (
                "false" if re.search(rf"\b(?:not|un){re.escape(bare)}\b|\bnot {re.escape(bare)}\b", text) else "true"
            )
            yield Filter(attribute=flag.name, values=(value,))


def _excluded(text: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The values that follow a `not`."""
    found = _NOT.search(text)
    return tuple(v for v in allowed if found and re.search(rf"\b{re.escape(v)}\b", found["values"], re.IGNORECASE))


def _final_states(entity: str, attribute: str, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """States that nothing leaves, by the brief's own transitions."""
    for rule in rules:
        if rule.kind == "state" and rule.entity == entity and rule.attributes == (attribute,):
            left = {a for a, _ in rule.transitions}
            return tuple(s for s in states_of(rule) if s not in left)
    return ()


def _sort(rest: str, draft: Draft, model: Model) -> tuple[Sort, ...]:
    """The order that a sentence asks for."""
    if found := _SORTED.search(rest):
        if name := _sortable(found["what"], draft, model):
            return (Sort(attribute=name, descending=bool(found["down"])),)
    if found := _DIRECTED.search(rest):
        down = found["word"].lower() in ("highest", "largest", "biggest", "most expensive", "best rated", "longest")
        word = {"cheapest": "price", "most expensive": "price", "best rated": "rating"}.get(
            found["word"].lower(), found["what"]
        )
        if name := _sortable(word, draft, model):
            return (Sort(attribute=name, descending=down),)
    if _NEWEST.search(rest):
        return (Sort(attribute=model.timestamp(draft.name), descending=True),)
    if found := _OLDEST.search(rest):
        return (Sort(attribute=_sortable(found["what"] or "", draft, model) or model.timestamp(draft.name)),)
    if (found := re.search(r"\b(?:alphabetical(?:ly)?|by name)\b", rest, re.IGNORECASE)) and "name" in draft.attributes:
        return (Sort(attribute="name"),)
    return ()


def _sortable(text: str, draft: Draft, model: Model) -> str | None:
    """The attribute to sort by that some words name (`start time`, `due date`)."""
    words = tuple(w for w in tokens(text) if w not in _FILLERS and w not in ("first", "then"))
    for phrase in (words, tuple(w for w in words if w not in ("date", "time"))):
        if not phrase:
            continue
        name = model.attribute(draft.name, phrase)
        if name in draft.attributes or name in CONVENTIONAL:
            return name
        stem = phrase[0].rstrip("s")
        fits = [n for n in draft.attributes if n.split("_")[0].rstrip("s").removesuffix("ed") == stem]
        if len(phrase) == 1 and len(fits) == 1:
            return fits[0]
    return None


def _page(text: str) -> int | None:
    """`20 per page`."""
    for quantity in quantities(text):
        if _PAGE.match(text[quantity.start :].split(" ", 1)[-1]) or quantity.noun.startswith(("per page", "a page")):
            return int(quantity.value) or None
    return None


def _staleness(text: str) -> int | None:
    """`may be 5 minutes old` in seconds."""
    found = _STALE.search(text)
    age = (found["age"] or found["cached"]) if found else None
    if not age:
        return None
    if re.fullmatch(r"(?:a|an|one) (second|minute|hour|day)", age.strip()):
        return int(SECONDS[age.strip().split()[-1]])
    return next((int(q.seconds()) for q in quantities(age) if q.unit in SECONDS), None)


def _rate(text: str) -> float | None:
    """`300 times per second` as a rate."""
    for quantity in quantities(text):
        if quantity.per and (
            quantity.noun in ("times", "requests", "calls", "reads", "queries") or quantity.unit == "requests"
        ):
            return quantity.per_second()
    return None


def _from_endpoint(found: re.Match[str], model: Model, rules: tuple[Rule, ...], callers: Callers) -> Iterator[Reading]:
    """`GET /api/orders?status=…&sort=-created_at&page=1: own orders` as a pattern."""
    path, _, query = found["path"].rstrip(":,;").partition("?")
    resource = _resource(path, model, callers)
    if resource is None:
        return
    entity, filters = resource
    rest = found["rest"].lstrip(" :-–—")
    reading = Reading(
        entity,
        "list",
        tuple(filters),
        page_size=_page(rest),
        staleness_seconds=_staleness(rest),
        per_second=_rate(rest),
    )
    if found["method"] not in ("GET", "HEAD"):
        yield replace(reading, kind="write", filters=(), page_size=None, staleness_seconds=None)
        return
    draft = model.drafts[entity]
    last = path.rstrip("/").rsplit("/", 1)[-1]
    if last.startswith(("{", ":", "<")):
        yield replace(reading, kind="lookup", page_size=None)
        return
    reading = _with_query(reading, query, draft, model)
    if _OWN.search(rest) and callers.owner and (own := model.reference(entity, callers.owner)):
        reading = replace(reading, filters=(Filter(attribute=own), *(f for f in reading.filters if f.attribute != own)))
    if reading.kind == "search" or (re.search(r"full[- ]text|\bsearch", rest, re.IGNORECASE) and not reading.search):
        names = _searched(re.sub(r"\bover\b", "by", rest), draft, model)
        reading = replace(reading, kind="search", search=names, sort=()) if names else replace(reading, kind="list")
    elif not reading.sort:
        reading = replace(reading, sort=_sort(rest, draft, model))
    yield reading


def _resource(path: str, model: Model, callers: Callers) -> tuple[str, list[Filter]] | None:
    """(entity, filters) of a path: the last segment that names an entity, with identifiers and parents before it."""
    segments = [s for s in path.split("/") if s]
    entity: str | None = None
    filters: list[Filter] = []
    pending: str | None = None
    for segment in segments:
        if segment.startswith(("{", ":", "<")):
            pending = re.sub(r"[{}<>:]", "", segment)
            continue
        named = callers.owner if segment == "me" else _segment(segment, entity, model)
        if named is None:
            continue
        if entity is not None and (reference := model.reference(named, entity)):
            filters = [Filter(attribute=reference)]
        elif entity is not None and named != entity:
            filters = []
        pending = None
        entity = named
    if entity is None:
        return None
    if pending:
        filters = [Filter(attribute=_key(pending, entity, model))]
    return entity, filters


def _segment(segment: str, parent: str | None, model: Model) -> str | None:
    """The entity of a path segment; `history` below an order is its order history."""
    named = model.vocabulary.named(segment)
    if named or parent is None:
        return named
    inner = f"{parent} {segment}"
    return model.vocabulary.named(inner)


def _key(parameter: str, entity: str, model: Model) -> str:
    """The attribute by which a path parameter finds the entity; its own key where it is just an id."""
    words = tokens(parameter)
    if words[-1:] != ("id",):
        name = model.attribute(entity, words)
        if name in model.drafts[entity].attributes:
            return str(name)
    return "id"


def _with_query(reading: Reading, query: str, draft: Draft, model: Model) -> Reading:
    """Filters, sort and page size of a query string; unknown parameters are passed over."""
    filters = list(reading.filters)
    for key, value in parse_qsl(query.replace("[", "_").replace("]", ""), keep_blank_values=True):
        name = "_".join(tokens(key))
        if name in _QUERY_WORDS:
            reading = replace(reading, kind="search")
        elif name in _SORT_WORDS:
            reading = replace(reading, sort=_sort_value(value, draft, model))
        elif name in _PAGING:
            size = value if name in ("limit", "size", "per_page", "page_size", "pagesize", "count", "take") else ""
            reading = replace(
                reading, page_size=int(size) if size.isdigit() and 0 < int(size) < 10_000 else reading.page_size
            )
        elif made := _parameter(name, draft, model):
            if made.attribute not in {f.attribute for f in filters}:
                filters.append(made)
    return replace(reading, filters=tuple(filters))


def _parameter(name: str, draft: Draft, model: Model) -> Filter | None:
    """A filter for a query parameter: `category`, `min_price`, `from`."""
    words = tuple(name.removesuffix("_id").split("_"))
    if found := _filterable(words, draft, model, "lookup"):
        return Filter(attribute=found)
    bound = _LOWER_BOUND.match(name) or _UPPER_BOUND.match(name)
    if not bound:
        return None
    what = next((g for g in bound.groups() if g), "")
    if what in ("", "date", "time"):
        return Filter(attribute=_time_of(draft, model), operator="range")
    found = model.attribute(draft.name, tuple(what.split("_")))
    return Filter(attribute=found, operator="range") if found in draft.attributes else None


def _sort_value(value: str, draft: Draft, model: Model) -> tuple[Sort, ...]:
    """`price`, `-created_at`, `price:desc`, `name,asc`."""
    sorts = []
    for part in re.split(r"[,;](?!\s*(?:asc|desc)\b)", value):
        words = tokens(re.sub(r"\b(?:asc|desc)\b", "", part))
        down = part.strip().startswith("-") or bool(re.search(r"\bdesc\b", part))
        joined = "_".join(words)
        name = joined if joined in CONVENTIONAL else model.attribute(draft.name, words)
        if name == "created_at" and model.timestamp(draft.name) != "created_at" and name not in draft.attributes:
            name = model.timestamp(draft.name)
        if name in draft.attributes or name in CONVENTIONAL:
            sorts.append(Sort(attribute=str(name), descending=down))
    return tuple(sorts)


def _usual(draft: Draft, model: Model) -> Iterator[tuple[Reading, str, str]]:
    """Usual accesses of the archetype whose attributes and parents all exist here."""
    archetype = draft.archetype
    for known in archetype.access if archetype else ():
        names = {p.reference: _reference(p.reference, p.entity, draft, model) for p in archetype.parents}  # type: ignore[union-attr]
        have = {*draft.attributes, *CONVENTIONAL}
        translate = {n: n if n in have else names.get(n) for n in known.names()}
        if not all(translate.values()):
            continue
        filters = tuple(f.model_copy(update={"attribute": translate[f.attribute]}) for f in known.filters)
        if any(_foreign_value(f, draft) for f in filters):
            continue
        sort = tuple(s.model_copy(update={"attribute": translate[s.attribute]}) for s in known.sort)
        search = tuple(str(translate[s]) for s in known.search)
        reading = Reading(draft.name, known.kind, filters, sort, search, known.page_size)
        yield reading, known.text, f"usual access of the archetype {archetype.name}"  # type: ignore[union-attr]


def _reference(word: str, entity: str, draft: Draft, model: Model) -> str | None:
    """This project's word for a parent of the archetype."""
    if word in draft.parents:
        return word
    for reference, parent in draft.parents.items():
        archetype = model.drafts[parent].archetype
        if parent == entity or (archetype and archetype.name == entity) or (parent == "user" and entity == "customer"):
            return reference
    return None


def _foreign_value(condition: Filter, draft: Draft) -> bool:
    """Whether a usual filter speaks of values that this project's attribute does not have."""
    attribute = draft.attributes.get(condition.attribute)
    return bool(
        condition.values and attribute and attribute.allowed and not set(condition.values) <= set(attribute.allowed)
    )
