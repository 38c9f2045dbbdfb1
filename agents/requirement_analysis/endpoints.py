"""Endpoint lines such as `GET /api/orders?status=…&sort=-created_at&page=1` as ways of reading and writing."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from agents.changing import changed
from agents.requirement_analysis.conditions import (
    OWN,
    Callers,
    Reading,
    filterable,
    page_of,
    rate_of,
    searched,
    sort_of,
    sortable,
    staleness_of,
    time_of,
)
from agents.requirement_analysis.model import CONVENTIONAL, Draft, Model
from agents.requirement_analysis.vocabulary import identified, one_of, tokens
from agents.screening import screened
from contracts.requirements import Filter, Rule, Sort

ENDPOINT = screened(r"^(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD)\s+(?P<path>/\S*)(?P<rest>.*)$")
PATH = screened(r"(?:^|[\s|`(])(?:GET|POST|PUT|PATCH|DELETE|HEAD)[\s|`]+(?:https?://[^/\s]+)?(?P<path>/[^\s|`]*)")
"""An endpoint anywhere in a line, as in a row of a table."""
_PAGING = frozenset("page offset limit size per_page page_size pagesize cursor after before count skip take".split())
_QUERY_WORDS = frozenset("q query search text keyword keywords term s".split())
_SORT_WORDS = frozenset("sort order sort_by order_by orderby sortby".split())
_LOWER_BOUND = screened(
    r"^(?:from|since|after|min|start|gte)(?:_(?P<what>\w+))?$|^(?P<what2>\w+)_(?:from|since|after|min|gte"
    r"|to|until|before|max|lte)$"
)
_UPPER_BOUND = screened(r"^(?:to|until|before|max|end|lte)(?:_(?P<what>\w+))?$")


def endpoint_reading(
    found: re.Match[str], model: Model, rules: tuple[Rule, ...], callers: Callers
) -> Iterator[Reading]:
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
        page_size=page_of(rest),
        staleness_seconds=staleness_of(rest),
        per_second=rate_of(rest),
    )
    if found["method"] not in ("GET", "HEAD"):
        yield changed(reading, kind="write", filters=(), page_size=None, staleness_seconds=None)
        return
    draft = model.drafts[entity]
    last = path.rstrip("/").rsplit("/", 1)[-1]
    if last.startswith(("{", ":", "<")):
        yield changed(reading, kind="lookup", page_size=None)
        return
    reading = _with_query(reading, query, draft, model)
    if OWN.search(rest) and callers.owner and (own := model.reference(entity, callers.owner)):
        reading = changed(reading, filters=(Filter(attribute=own), *(f for f in reading.filters if f.attribute != own)))
    if reading.kind == "search" or (re.search(r"full[- ]text|\bsearch", rest, re.IGNORECASE) and not reading.search):
        names = searched(re.sub(r"\bover\b", "by", rest), draft, model)
        reading = changed(reading, kind="search", search=names, sort=()) if names else changed(reading, kind="list")
    elif not reading.sort:
        reading = changed(reading, sort=sort_of(rest, draft, model))
    yield reading


def _resource(path: str, model: Model, callers: Callers) -> tuple[str, list[Filter]] | None:
    """(entity, filters) of a path: the last segment that names an entity, with identifiers and parents before it."""
    segments = [s for s in path.split("/") if s]
    entity: str | None = None
    filters: list[Filter] = []
    pending: str | None = None
    own = False
    for segment in segments:
        if segment.startswith(("{", ":", "<")):
            pending = re.sub(r"[{}<>:]", "", segment)
            continue
        if segment in ("me", "my", "mine") and callers.owner is None:
            own = True
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
    people = [r for r, p in model.drafts[entity].parents.items() if _logs_in(model.drafts[p])]
    if own and len(people) == 1:  # `/me/sessions` of a driver, where nothing says who logs in
        filters = [Filter(attribute=people[0]), *filters]
    return entity, filters


def _logs_in(draft: Draft) -> bool:
    """Whether somebody is who calls: a person, or what has an address to write to."""
    return draft.nature == "person" or "email" in draft.attributes


def _segment(segment: str, parent: str | None, model: Model) -> str | None:
    """The entity of a path segment; `history` below an order is its order history."""
    named = model.vocabulary.named(segment) or model.vocabulary.ends.get(one_of(identified(segment)))
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
    filters, down = list(reading.filters), False
    for key, value in parse_qsl(query.replace("[", "_").replace("]", ""), keep_blank_values=True):
        name = "_".join(tokens(key))
        if name in _QUERY_WORDS:
            reading = changed(reading, kind="search")
        elif value.lower() in ("asc", "desc", "ascending", "descending"):
            down = value.lower().startswith("desc")
        elif name in _SORT_WORDS:
            reading = changed(reading, sort=_sort_value(value, draft, model))
        elif name in _PAGING:
            size = value if name in ("limit", "size", "per_page", "page_size", "pagesize", "count", "take") else ""
            reading = changed(
                reading, page_size=int(size) if size.isdigit() and 0 < int(size) < 10_000 else reading.page_size
            )
        elif (made := _parameter(name, value, draft, model)) and made.attribute not in {f.attribute for f in filters}:
            filters.append(made)
    if down and reading.sort:
        reading = changed(reading, sort=(reading.sort[0].model_copy(update={"descending": True}), *reading.sort[1:]))
    return changed(reading, filters=tuple(filters))


def _parameter(name: str, value: str, draft: Draft, model: Model) -> Filter | None:
    """A filter for a query parameter: `category`, `status=open,paid`, `min_price`, `price[gte]`, `from`."""
    bound = None if name in draft.names() else _LOWER_BOUND.match(name) or _UPPER_BOUND.match(name)
    if bound is None:
        found = filterable(tuple(name.removesuffix("_id").split("_")), draft, model, "lookup")
        return _equal(found, value, draft) if found else None
    what = next((g for g in bound.groups() if g), "")
    if what in ("", "date", "time"):
        return Filter(attribute=time_of(draft, model), operator="range")
    found = model.attribute(draft.name, tuple(what.split("_")))
    return Filter(attribute=found, operator="range") if found in draft.attributes else None


def _equal(name: str, value: str, draft: Draft) -> Filter:
    """One value, or several of the attribute's own between commas."""
    attribute = draft.attributes.get(name)
    values = tuple(v for v in value.split(",") if v)
    several = attribute is not None and len(values) > 1 and set(values) <= set(attribute.allowed)
    return Filter(attribute=name, operator="one_of", values=values) if several else Filter(attribute=name)


def _sort_value(value: str, draft: Draft, model: Model) -> tuple[Sort, ...]:
    """`price`, `-created_at`, `price:desc`, `name,asc`."""
    sorts = []
    for part in re.split(r"[,;](?!\s*(?:asc|desc)\b)", value):
        words = tokens(re.sub(r"\b(?:asc|desc)\b", "", part))
        down = part.strip().startswith("-") or bool(re.search(r"\bdesc\b", part))
        joined = "_".join(words)
        name = joined if joined in CONVENTIONAL else sortable(" ".join(words), draft, model)
        if name == "created_at" and model.timestamp(draft.name) != "created_at" and name not in draft.attributes:
            name = model.timestamp(draft.name)
        if name in draft.attributes or name in CONVENTIONAL:
            sorts.append(Sort(attribute=str(name), descending=down))
    return tuple(sorts)
