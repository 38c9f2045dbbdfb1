"""Where a query stands in the API: its method, its path, and which part of a request gives each parameter.

The brief's own endpoints come first: whoever wrote `GET /api/orders/{id}/history` will call that. Otherwise a table is
a collection, a unique key is an item, a foreign key nests a collection under its parent, a report has a place of its
own, and a query that reads a secret is a sign-in and no resource at all.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from agents.api_integration.permissions import owner_column
from agents.api_integration.queries import QueryFacts
from agents.naming import plural, singular, words
from contracts.api import ApiRole, Method
from contracts.catalogue import PublishedForeignKey, PublishedTable
from contracts.published import PublishedDesign, PublishedQuery

Kind = Literal["collection", "item", "report", "session", "create", "update", "delete"]

_ENDPOINT = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\s+(/[^\s`:,]*)", re.IGNORECASE)
_BASE = re.compile(r"api|v\d+", re.IGNORECASE)
DEFAULT_BASE = "/api"


@dataclass(frozen=True)
class Endpoint:
    """A line of the brief such as `GET /api/products?category=…`, without its base path."""

    method: str
    segments: tuple[str, ...]
    query: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A method and path, and the request's name for each `$position` that the path or the query string gives.

    `caller` are positions that the caller's identity fills.
    """

    kind: Kind
    method: Method
    path: str
    in_path: dict[int, str] = field(default_factory=dict)
    in_query: dict[int, str] = field(default_factory=dict)
    caller: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Naming:
    """How tables and filters are called in paths, learnt from the brief's endpoints."""

    base: str
    collections: dict[str, str]
    filters: dict[tuple[str, str], str]


def endpoints(query: PublishedQuery) -> tuple[Endpoint, ...]:
    """The endpoints that the document names for this query; a `?q=…` becomes the name q."""
    found = []
    for text in query.endpoints or (query.title,):
        for method, target in _ENDPOINT.findall(text):
            path, _, rest = target.partition("?")
            names = tuple(part.partition("=")[0] for part in rest.split("&") if part)
            segments = tuple(s for s in path.split("/") if s)
            while segments and _BASE.fullmatch(segments[0]):
                segments = segments[1:]
            found.append(Endpoint(method.lower(), segments, names))
    return tuple(found)


def naming(design: PublishedDesign, facts: tuple[QueryFacts, ...]) -> Naming:
    """Names of collections and filters: the brief's where its endpoints have them, else the tables' and columns'."""
    collections: dict[str, str] = {}
    filters: dict[tuple[str, str], str] = {}
    for fact in facts:
        for endpoint in endpoints(fact.query):
            if len(endpoint.segments) == 1 and not fact.aggregate:
                collections.setdefault(fact.table, _kebab(endpoint.segments[0]))
                for column in fact.equals:
                    named = [n for n in endpoint.query if _names_column(n, column)]
                    if named:
                        filters.setdefault((fact.table, column), named[0])
    for table in design.catalogue.tables:
        collections.setdefault(table.name, _kebab(plural(singular(table.name))))
    names = tuple(name for query in design.queries for name in (*query.endpoints, query.title))
    return Naming(_base(names), collections, filters)


def _names_column(name: str, column: str) -> bool:
    return name == column or name == column.removesuffix("_id")


def _base(texts: tuple[str, ...]) -> str:
    """The base path that the brief's endpoints share."""
    for text in texts:
        for _, target in _ENDPOINT.findall(text):
            head = []
            for segment in target.strip("/").split("/"):
                if not _BASE.fullmatch(segment):
                    break
                head.append(segment)
            if head:
                return "/" + "/".join(head)
    return DEFAULT_BASE


def _kebab(name: str) -> str:
    return "-".join(words(name)) or "items"


def place(facts: QueryFacts, design: PublishedDesign, names: Naming, roles: tuple[ApiRole, ...]) -> Place:
    """Where this query stands."""
    table = design.data_table(facts.table)
    home = names.collections[table.name]
    command = facts.query.command
    if reads_secret(facts, design):
        return Place("session", "post", "/sessions")
    caller = _caller(facts, table, design, roles)
    if command == "insert":
        return Place("create", "post", f"/{home}", caller=caller)
    rest = [c for c in facts.comparisons if c.position not in caller and c.operator != "set"]
    if command in ("update", "delete"):
        method: Method = "patch" if command == "update" else "delete"
        kind: Kind = "update" if command == "update" else "delete"
        keys = {c.position: c.column for c in rest if c.operator == "="}
        return Place(kind, method, _item_path(home, keys), in_path=keys, caller=caller)
    if facts.aggregate:
        return Place("report", "get", f"/reports/{home}", in_query=_query_names(facts, names, caller), caller=caller)
    if is_unique(table, facts.equals) and not facts.keyset and not facts.search:
        keys = {c.position: c.column for c in rest if c.operator == "="}
        return Place("item", "get", _item_path(home, keys), in_path=keys, caller=caller)
    return _collection(facts, design, table, names, caller)


def _item_path(home: str, keys: dict[int, str]) -> str:
    return "/".join((f"/{home}", *(f"{{{name}}}" for name in keys.values())))


def _collection(
    facts: QueryFacts, design: PublishedDesign, table: PublishedTable, names: Naming, caller: frozenset[int]
) -> Place:
    """A list: as the brief writes its path, or nested under the parent that it asks for, or at the top."""
    for endpoint in endpoints(facts.query):
        if endpoint.method == "get" and len(endpoint.segments) > 1:
            return _as_stated(facts, names, endpoint, table)
    home = names.collections[table.name]
    nested = _parent(facts, table, names, caller)
    if nested is None:
        return Place("collection", "get", f"/{home}", in_query=_query_names(facts, names, caller), caller=caller)
    position, key = nested
    parent = names.collections[key.references]
    name = f"{singular(key.references)}_id" if "id" in key.referenced_columns else key.columns[0]
    path = f"/{parent}/{{{name}}}/{_below(table.name, key, home)}"
    rest = _query_names(facts, names, caller | {position})
    return Place("collection", "get", path, in_path={position: name}, in_query=rest, caller=caller)


def _below(table: str, key: PublishedForeignKey, home: str) -> str:
    """The child's name below its parent: what the parent's name already says is left out."""
    if key.references == table:
        return "children"
    prefix = _kebab(singular(key.references)) + "-"
    role = _kebab(key.naming[0].removesuffix("_id"))
    below = home.removeprefix(prefix) or home
    return below if role == prefix.rstrip("-") else f"{below}-as-{role}" if role not in home else below


def _parent(
    facts: QueryFacts, table: PublishedTable, names: Naming, caller: frozenset[int]
) -> tuple[int, PublishedForeignKey] | None:
    """The foreign key that this list is asked for by, unless the brief filters the collection by it."""
    for comparison in facts.comparisons:
        if comparison.operator != "=" or comparison.position in caller:
            continue
        for key in table.foreign_keys:
            if key.naming == (comparison.column,) and (table.name, comparison.column) not in names.filters:
                return comparison.position, key
    return None


def _as_stated(facts: QueryFacts, names: Naming, endpoint: Endpoint, table: PublishedTable) -> Place:
    """The path of the brief; its placeholders take the query's parameters in order, those of their name first."""
    free = [c for c in facts.comparisons if c.operator in ("=", "unknown")]
    in_path: dict[int, str] = {}
    parts = []
    for segment in endpoint.segments:
        if not segment.startswith("{"):
            parts.append(_kebab(segment))
            continue
        wanted = segment.strip("{}")
        chosen = next((c for c in free if c.column == wanted), free[0] if free else None)
        if chosen is None:
            parts.append(_kebab(wanted))
            continue
        free.remove(chosen)
        in_path[chosen.position] = chosen.column or facts.name(chosen.position)
        parts.append(f"{{{in_path[chosen.position]}}}")
    rest = _query_names(facts, names, frozenset(in_path))
    return Place("collection", "get", "/" + "/".join(parts), in_path=in_path, in_query=rest)


def _query_names(facts: QueryFacts, names: Naming, taken: frozenset[int]) -> dict[int, str]:
    """Names for the parameters that the query string gives."""
    found = {}
    for comparison in facts.comparisons:
        if comparison.position in taken:
            continue
        if comparison.operator == "search":
            found[comparison.position] = facts.search[0] if len(facts.search) == 1 else "q"
        elif comparison.operator == "=":
            known = names.filters.get((facts.table, comparison.column))
            found[comparison.position] = known or comparison.column
        else:
            found[comparison.position] = _plain_name(facts.name(comparison.position), comparison.position)
    return found


def _plain_name(name: str, position: int) -> str:
    return name if re.fullmatch(r"[a-z][a-z0-9_]*", name) else f"value_{position}"


def _caller(
    facts: QueryFacts, table: PublishedTable, design: PublishedDesign, roles: tuple[ApiRole, ...]
) -> frozenset[int]:
    """Parameters that are the caller: the policies compare their column with who asks, and nobody else is named."""
    owner = next(filter(None, (owner_column(table, r.database_role, r.identity) for r in roles if r.identity)), "")
    stated = any(len(e.segments) > 1 for e in endpoints(facts.query))
    if not owner or stated or names_staff(facts.query.title, roles) or facts.query.command in ("update", "delete"):
        return frozenset()
    wanted = "set" if facts.query.command == "insert" else "="
    return frozenset(c.position for c in facts.comparisons if c.operator == wanted and c.column == owner)


def names_staff(title: str, roles: tuple[ApiRole, ...]) -> bool:
    """Whether a sentence speaks of somebody who acts for others: a role of the brief without an identity of its own."""
    said = f" {' '.join(words(title))} "
    return any(f" {role.name.replace('_', ' ')} " in said for role in roles if not role.identity)


def reads_secret(facts: QueryFacts, design: PublishedDesign) -> bool:
    """Whether a result is a secret: such a query finds out who somebody is, and its answer stays inside."""
    return any(
        design.data_table(result.table).column(result.column).sensitivity == "secret"
        for result in facts.query.results
        if result.table and result.column
    )


def is_unique(table: PublishedTable, columns: tuple[str, ...]) -> bool:
    """Whether at most one row has these values: they cover a key or a unique index."""
    keys = [k.columns for k in (table.primary_key, *table.uniques) if k is not None]
    keys += [i.columns for i in table.indexes if i.unique and i.columns and len(i.columns) == len(i.keys)]
    return any(set(key) <= set(columns) for key in keys)
