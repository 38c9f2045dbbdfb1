"""Operations: queries of one method and path together, with what a caller sends, gets, and may be told."""

from collections.abc import Iterable

from agents.api_integration.http_caching import cache_rule
from agents.api_integration.placement import Naming
from agents.api_integration.services import Draft
from agents.api_integration.shapes import (
    ShapeNames,
    body_fields,
    label,
    merged,
    parameter,
    part_field,
    pascal,
    result_fields,
)
from agents.api_integration.wording import constant_text, description, operation_id, result_text, summary
from agents.inflection import article
from agents.naming import singular
from contracts.api import ApiRole, CacheRule, Field, NotOffered, Operation, Parameter, Service, Shape, Value
from contracts.published import PublishedDesign

WRITE = CacheRule(header="no-store", because="the answer to a write is nobody else's")


def operations(
    drafts: tuple[Draft, ...], design: PublishedDesign, names: Naming, roles: tuple[ApiRole, ...]
) -> tuple[tuple[Operation, ...], tuple[NotOffered, ...]]:
    """All operations in the order of their paths, and the queries that another one already answers."""
    groups: dict[tuple[str, str], list[Draft]] = {}
    dropped = []
    for one in drafts:
        group = groups.setdefault((one.place.method, _free_path(one, groups)), [])
        twin = next((d for d in group if _asks(d) == _asks(one)), None)
        if twin is None:
            group.append(one)
        else:
            dropped.append(_twin(one, twin))
    shapes, taken = ShapeNames(), set[str]()
    made = [_operation(path, group, design, names, roles, shapes, taken) for (_, path), group in groups.items()]
    made = list(located(tuple(made)))
    order = {"get": 0, "post": 1, "patch": 2, "delete": 3}
    return tuple(sorted(made, key=lambda o: (_rank(o), o.path, order[o.method]))), tuple(dropped)


def _rank(operation: Operation) -> int:
    """Sign-in first, reports last, resources between."""
    return {"sessions": 0, "reports": 2}.get(operation.tag, 1)


def _free_path(one: Draft, groups: dict[tuple[str, str], list[Draft]]) -> str:
    """The path, told apart from one that would match the same requests by another key or answer with other fields."""
    place = one.place
    if place.kind == "item":
        head, _, last = place.path.rpartition("/")
        clash = [
            path for method, path in groups if method == place.method and path != place.path and _same(path, place.path)
        ]
        return f"{head}/by-{label(last.strip('{}')).replace(' ', '-')}/{last}" if clash else place.path
    if place.kind == "report":
        others = groups.get((place.method, place.path), [])
        names = [r.name for r in one.facts.query.results]
        if others and [r.name for r in others[0].facts.query.results] != names:
            first = next(iter(place.in_query.values()), one.facts.query.name)
            return f"{place.path}/by-{label(first.removesuffix('_from')).replace(' ', '-')}"
    return place.path


def _same(one: str, other: str) -> bool:
    def plain(path: str) -> list[str]:
        return ["{}" if part.startswith("{") else part for part in path.split("/")]

    return plain(one) == plain(other)


def _asks(one: Draft) -> tuple[object, ...]:
    return frozenset(one.service.given), one.service.sort, bool(one.place.caller)


def _twin(one: Draft, twin: Draft) -> NotOffered:
    return NotOffered(
        subject=f"query {one.service.query}",
        reason=f"the same request is answered by {twin.service.query}",
        remedy="Keep one of the two queries, or give them different filters or orders.",
    )


def _operation(
    path: str,
    group: list[Draft],
    design: PublishedDesign,
    names: Naming,
    roles: tuple[ApiRole, ...],
    shapes: ShapeNames,
    taken: set[str],
) -> Operation:
    first = group[0]
    services = _services(group)
    identity = _unique_id(operation_id(path, first, names), taken)
    body = _body(first, design, shapes, identity)
    result = _result(group, design, shapes, identity, path)
    callers = tuple(dict.fromkeys(role for service in services for role in service.roles))
    reads = first.place.method == "get"
    return Operation(
        id=identity,
        method=first.place.method,
        path=path,
        tag=path.split("/")[1],
        summary=summary(first, path),
        description=description(group, design, roles),
        parameters=_parameters(group, services, design),
        body=body,
        result=result,
        answer=_answer(first),
        services=services,
        roles=callers,
        cache=cache_rule([d.service for d in group], first.facts, result, design) if reads else WRITE,
    )


def _services(group: list[Draft]) -> tuple[Service, ...]:
    """The services; a constant of the SQL is asked for by name only where something tells it from a sibling."""
    if len(group) > 1:
        return tuple(d.service for d in group)
    only = group[0].service
    return (only.model_copy(update={"given": tuple(pair for pair in only.given if not pair[1])}),)


def _answer(first: Draft) -> str:
    kinds = {"session": "token", "create": "created", "update": "done", "delete": "done", "item": "item"}
    if first.place.kind == "report":
        return "list" if first.facts.grouped else "item"
    return kinds.get(first.place.kind) or ("page" if first.facts.keyset else "list")


def _unique_id(wanted: str, taken: set[str]) -> str:
    found, count = wanted, 2
    while found in taken:
        found, count = f"{wanted}{count}", count + 1
    taken.add(found)
    return found


def _parameters(group: list[Draft], services: tuple[Service, ...], design: PublishedDesign) -> tuple[Parameter, ...]:
    """The path's, then the filters, the order where there is a choice, and the cursor."""
    found: dict[str, Parameter] = {}
    for one in group:
        for place, named in (("path", one.place.in_path), ("query", one.place.in_query)):
            for position, name in named.items():
                found.setdefault(name, parameter(one.facts, position, name, place, design))
    for name, values in _constants(services).items():
        if name not in found:
            value = Value(type="string", enum=values, example=values[0])
            found[name] = Parameter(name=name, place="query", value=value, description=constant_text(name, values))
    every = [{name for name, _ in service.given} for service in services]
    needed = set.intersection(*every) if every else set()
    parameters = [p.model_copy(update={"required": p.place == "path" or p.name in needed}) for p in found.values()]
    sorts = tuple(dict.fromkeys(service.sort for service in services if service.sort))
    if len(sorts) > 1:
        value = Value(type="string", enum=sorts, example=sorts[0])
        text = "The order; a minus means descending. Which orders there are depends on the filters."
        parameters.append(Parameter(name="sort", place="query", value=value, description=text))
    if any(service.cursor for service in services):
        value = Value(type="string", pattern="^[A-Za-z0-9_-]+$", min_length=4, max_length=1000)
        text = "The `next_cursor` of the page before, with the same filters and order; without it, the first page."
        parameters.append(Parameter(name="cursor", place="query", value=value, description=text))
    return tuple(parameters)


def _constants(services: Iterable[Service]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for service in services:
        for name, value in service.given:
            if value and value not in found.get(name, ()):
                found[name] = (*found.get(name, ()), value)
    return found


def _body(first: Draft, design: PublishedDesign, shapes: ShapeNames, identity: str) -> Shape | None:
    if first.place.kind == "session":
        return _credentials(first, design, shapes)
    if first.place.kind not in ("create", "update"):
        return None
    given = {b.position for b in first.service.bindings if b.source in ("caller", "constant")}
    fields = (
        *body_fields(first.facts, design, frozenset(given)),
        *(part_field(part, design) for part in first.parts),
    )
    one = pascal(singular(first.facts.table))
    name = f"New{one}" if first.place.kind == "create" else f"{one}Changes"
    text = f"What a client sends for {article(label(singular(first.facts.table)))}."
    return shapes.shape((name, f"{pascal(identity)}Body"), text, fields)


def _credentials(first: Draft, design: PublishedDesign, shapes: ShapeNames) -> Shape:
    """The unique name that the query looks for, and the secret that only the server compares."""
    table = design.data_table(first.facts.table)
    asked = [parameter(first.facts, c.position, c.column, "query", design) for c in first.facts.comparisons]
    fields = [
        Field(name=p.name, table=table.name, column=p.column, value=p.value, description=p.description) for p in asked
    ]
    secret = Value(type="string", min_length=1, max_length=200, example="correct horse battery staple")
    text = "Compared with its stored hash by the server, and never returned."
    fields.append(Field(name="password", value=secret, description=text, sensitivity="secret"))
    return shapes.shape(("Credentials",), "What somebody signs in with.", tuple(fields))


def _result(group: list[Draft], design: PublishedDesign, shapes: ShapeNames, identity: str, path: str) -> Shape | None:
    first = group[0]
    table = first.facts.table
    one = pascal(singular(table))
    if first.place.kind == "session":
        return shapes.shape(("Token",), "What the caller sends as bearer token from now on.", _token_fields())
    fields = merged(result_fields(one_draft.facts, design) for one_draft in group)
    if not fields:
        return None
    kinds = {"create": (f"{one}Created",), "update": (f"{one}Changed",), "item": (one,), "report": (f"{one}Report",)}
    parent = pascal(singular(path.split("/")[1].replace("-", "_")))
    others = (f"{one}Summary", f"{parent}{pascal(path.split('/')[-1])}Item")
    text = result_text(first)
    return shapes.shape((*kinds.get(first.place.kind, others), f"{pascal(identity)}Result"), text, fields)


def _token_fields() -> tuple[Field, ...]:
    token = Value(type="string", min_length=1, example="eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxNyJ9.c2lnbmF0dXJl")
    seconds = Value(type="integer", minimum=1, maximum=2**31 - 1, example=900)
    return (
        Field(name="token", value=token, description="The bearer token."),
        Field(name="token_type", value=Value(type="string", enum=("Bearer",), example="Bearer")),
        Field(name="expires_in", value=seconds, description="Seconds until the token ends."),
    )


def located(operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """Each create says where its row can be read, when an operation finds one by keys that the client sent."""
    items = [o for o in operations if o.answer == "item" and o.tag != "reports"]

    def place(operation: Operation) -> str:
        sent = {field.name for field in operation.body.fields} if operation.body else set()
        paths = [
            item.path
            for item in items
            if item.tag == operation.tag and {p.name for p in item.parameters if p.place == "path"} <= sent
        ]
        return paths[0] if paths and operation.answer == "created" else ""

    return tuple(o.model_copy(update={"location": place(o)}) for o in operations)
