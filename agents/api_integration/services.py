"""A query as a service of the API: where each of its parameters comes from, how its pages go on, who may call it."""

from collections.abc import Mapping
from dataclasses import dataclass

from agents import dialects
from agents.api_integration.permissions import refusal, sees_all_rows
from agents.api_integration.placement import Place
from agents.api_integration.queries import QueryFacts
from agents.api_integration.statements import Key
from agents.api_integration.values import bare
from contracts.api import ApiRole, Binding, CursorKey, Service
from contracts.published import PublishedDesign


@dataclass(frozen=True)
class Draft:
    """A query, its place, and the service that it gives; `parts` are the statements that run with it."""

    facts: QueryFacts
    place: Place
    service: Service
    parts: tuple[QueryFacts, ...] = ()


def draft(
    facts: QueryFacts,
    place: Place,
    design: PublishedDesign,
    roles: tuple[ApiRole, ...],
    parts: tuple[QueryFacts, ...] = (),
) -> Draft:
    """The service of a query; its roles are empty where the database lets none of the callers run it."""
    query = facts.query
    constants = initial_states(facts, design)
    edges = dialects.handover(design.catalogue.dialect).edges
    route = next((r for r in design.routes if r.query == query.name), None)
    entry = next((e for e in design.cache_entries if e.query == query.name), None)
    service = Service(
        query=query.name,
        line=query.line,
        sentence=query.title,
        requirement=query.access,
        given=tuple(_given(facts, place)),
        sort=sort_name(facts, design),
        page_size=facts.limit,
        bindings=tuple(_binding(facts, place, position, constants) for position in range(1, len(query.parameters) + 1)),
        cursor=tuple(_cursor_key(facts, key, edges) for key in facts.keyset),
        index=serving_index(facts, design),
        evidence=evidence(facts) if query.index == serving_index(facts, design) else "",
        target=route.target if route else "",
        cache_entry=entry.name if entry else "",
        roles=tuple(
            role for role in allowed_roles(facts, place, design, roles) if _may_all(role, parts, design, roles)
        ),
        parts=tuple(_part(one, design) for one in parts),
    )
    return Draft(facts, place, service, parts)


def _may_all(name: str, parts: tuple[QueryFacts, ...], design: PublishedDesign, roles: tuple[ApiRole, ...]) -> bool:
    role = next(role.database_role for role in roles if role.name == name)
    return not any(refusal(part, role, design.catalogue) for part in parts)


def _part(facts: QueryFacts, design: PublishedDesign) -> Service:
    """The statement of a row's parts: the row's key comes first, then the list of parts, by its parameter's name."""
    bindings = [Binding(position=1, source="made", name="id", type=facts.type(1))]
    for position in range(2, len(facts.query.parameters) + 1):
        name, kind = facts.name(position), facts.type(position)
        bindings.append(Binding(position=position, source="body", name=name, type=kind))
    return Service(
        query=facts.query.name, line=facts.query.line, sentence=facts.query.title, requirement=facts.query.access,
        bindings=tuple(bindings), evidence=evidence(facts),
    )  # fmt: skip


def serving_index(facts: QueryFacts, design: PublishedDesign) -> str:
    """The index that the document names, if the database has it; else one that begins with what the query asks for."""
    table = design.data_table(facts.table)
    keys = [k for k in (table.primary_key, *table.uniques) if k is not None]
    known = {index.name: index.columns for index in table.indexes} | {key.name: key.columns for key in keys}
    if facts.query.index in known:
        return facts.query.index
    asked = [*facts.equals, *(c.column for c in facts.bounds), *(key.column for key in facts.keyset)]
    fitting = [name for name, columns in known.items() if asked and columns and columns[0] == asked[0]]
    return fitting[0] if fitting else ""


def evidence(facts: QueryFacts) -> str:
    """What the document observed of the query's index."""
    rows = [row for row in facts.query.evidence if row.holds and facts.query.index and facts.query.index in row.claim]
    return rows[0].observed.removeprefix("holds: ").partition(": ")[2] if rows else ""


def _given(facts: QueryFacts, place: Place) -> list[tuple[str, str]]:
    """The query parameters that ask for this service, with the value where its SQL has a constant."""
    if place.kind not in ("collection", "report"):
        return []
    names = [(name, "") for name in place.in_query.values()]
    suffixes = {"=": "", "in": "_in", "not in": "_not_in", "is null": "_is_empty"}
    return names + [(f"{f.column}{suffixes[f.operator]}", ",".join(f.values)) for f in facts.fixed]


def sort_name(facts: QueryFacts, design: PublishedDesign) -> str:
    """The order as a client writes it: `-placed_at`; the key that only breaks ties is left out.

    A search without an order by columns is sorted by how well the words fit.
    """
    if facts.search:
        return "relevance"
    key = design.data_table(facts.table).primary_key
    ties = set(key.columns) if key else set()
    kept = [(name, descending) for name, descending in facts.order if name not in ties] or list(facts.order[:1])
    return ",".join(f"-{name}" if descending else name for name, descending in kept)


def _binding(facts: QueryFacts, place: Place, position: int, constants: dict[int, str]) -> Binding:
    kind = facts.type(position)
    if position in place.caller:
        return Binding(position=position, source="caller", name="id", type=kind)
    if position in constants:
        return Binding(position=position, source="constant", name=constants[position], type=kind)
    if position in place.in_path:
        return Binding(position=position, source="path", name=place.in_path[position], type=kind)
    if position in place.in_query:
        return Binding(position=position, source="query", name=place.in_query[position], type=kind)
    key = next((k for k in facts.keyset if k.position == position), None)
    if key:
        return Binding(position=position, source="cursor", name=key.column, type=kind)
    found = next(c for c in facts.comparisons if c.position == position)
    return Binding(position=position, source="body", name=found.column or facts.name(position), type=kind)


def initial_states(facts: QueryFacts, design: PublishedDesign) -> dict[int, str]:
    """Parameters of an INSERT that can only be the first state: nothing leads to it, and it is the only such one."""
    found: dict[int, str] = {}
    if facts.query.command != "insert":
        return found
    for state in design.application.states:
        sources = {before for before, _ in state.transitions}
        first = sorted(sources - {after for _, after in state.transitions})
        for comparison in facts.comparisons:
            if (state.table, state.column) == (facts.table, comparison.column) and len(first) == 1:
                found[comparison.position] = first[0]
    return found


_STARTS = {
    "smallint": ("-32768", "32767"),
    "integer": ("-2147483648", "2147483647"),
    "bigint": ("-9223372036854775808", "9223372036854775807"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    "boolean": ("false", "true"),
    "time": ("00:00:00", "24:00:00"),
}
_INFINITE = frozenset({"numeric", "real", "double precision", "date", "timestamp", "timestamptz"})
_LAST_CHARACTER = "\U0010ffff"


def _cursor_key(facts: QueryFacts, key: Key, edges: Mapping[str, tuple[str, str]]) -> CursorKey:
    """The key with what stands before every row in its direction: the type's least or greatest value."""
    name = bare(facts.type(key.position))
    if name in edges:
        start = edges[name][key.descending]
    elif name in _INFINITE:
        start = "infinity" if key.descending else "-infinity"
    else:
        start = _STARTS.get(name, ("", _LAST_CHARACTER))[key.descending]
    returned = next((r.name for r in facts.query.results if r.column == key.column), "")
    return CursorKey(
        name=returned, column=key.column, type=facts.type(key.position), descending=key.descending, start=start
    )


def allowed_roles(
    facts: QueryFacts, place: Place, design: PublishedDesign, roles: tuple[ApiRole, ...]
) -> tuple[str, ...]:
    """The roles that may call: the brief's people before machinery, and whoever sees all rows where all are meant."""
    application = design.application
    may = [role for role in roles if not refusal(facts, role.database_role, design.catalogue)]
    if place.kind == "session":
        gate = [role for role in may if role.database_role == application.sign_in]
        return tuple(role.name for role in gate or may)[:1]
    if place.caller:
        may = [role for role in may if role.identity]
    table = design.data_table(facts.table)
    if place.kind in ("collection", "report") and not place.caller and not place.in_path and table.row_security:
        may = [role for role in may if sees_all_rows(table, role.database_role)] or may
    people = [
        role for role in may if role.identity or role.name in application.callers or _reports(role, place, design)
    ]
    return tuple(role.name for role in people or may)


def _reports(role: ApiRole, place: Place, design: PublishedDesign) -> bool:
    """Whether this is the role of reports, in a report."""
    return place.kind == "report" and role.database_role == design.application.reports
