"""An API as OpenAPI 3.1: the same contract that the Markdown shows, for tools."""

from artifacts.api_responses import PROBLEM, header_components, response_components, responses
from artifacts.api_schemas import Schema, described, shape_example, shape_schema, value_schema
from artifacts.escape import one_line, sentence
from artifacts.yaml_block import yaml_text
from contracts.api import ApiIntegration, Operation, Parameter, Service, Shape


def openapi_yaml(api: ApiIntegration) -> str:
    """openapi.yaml, with one newline at its end."""
    return yaml_text(openapi(api), f"{api.title}: the API of planning/persistence.md, described for tools") + "\n"


def openapi(api: ApiIntegration) -> Schema:
    """The description as plain data."""
    found: Schema = {
        "openapi": "3.1.0",
        "info": {
            "title": f"{one_line(api.title)} API",
            "version": api.version,
            "description": _about(api),
        },
        "servers": [{"url": api.base_path}],
        "tags": [{"name": name, "description": text} for name, text in tags(api).items()],
        "paths": _paths(api),
        "components": _components(api),
    }
    return found


def _about(api: ApiIntegration) -> str:
    purpose = sentence(api.purpose) if api.purpose else ""
    rest = "Each operation is answered by a prepared statement of persistence.md; x-served-by names it and its line."
    return f"{purpose} {rest}".strip()


def tags(api: ApiIntegration) -> dict[str, str]:
    """Each first segment of a path with what one finds below it."""
    below: dict[str, list[str]] = {}
    for operation in api.operations:
        parts = operation.path.strip("/").split("/")
        nested = below.setdefault(operation.tag, [])
        if len(parts) > 2 and parts[1].startswith("{") and not parts[2].startswith("{"):
            nested.append(parts[2].replace("-", " "))
        elif operation.tag == "reports":
            nested.append(" ".join(parts[1:]).replace("-", " "))
    return {tag: _tag_text(tag, list(dict.fromkeys(names))) for tag, names in below.items()}


def _tag_text(tag: str, names: list[str]) -> str:
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
    if tag == "sessions":
        return "Signing in."
    if tag == "reports":
        return f"Counts and sums of {listed}, computed by the database."
    things = tag.replace("-", " ").capitalize()
    return f"{things} and their {listed}." if names else f"{things}."


def _paths(api: ApiIntegration) -> Schema:
    found: dict[str, dict[str, object]] = {}
    for operation in api.operations:
        found.setdefault(operation.path, {})[operation.method] = _operation(operation, api)
    return dict(found)


def _operation(operation: Operation, api: ApiIntegration) -> Schema:
    found: Schema = {
        "operationId": operation.id,
        "summary": one_line(operation.summary),
        "tags": [operation.tag],
        "description": description(operation),
    }
    if not found["description"]:
        del found["description"]
    security = _security(operation, api)
    if security is not None:
        found["security"] = security
    parameters = [
        {"$ref": "#/components/parameters/Cursor"} if parameter.name == "cursor" else _parameter(parameter)
        for parameter in operation.parameters
    ]
    if operation.cache.validates:
        parameters.append({"$ref": "#/components/parameters/IfNoneMatch"})
    if parameters:
        found["parameters"] = parameters
    if operation.body:
        found["requestBody"] = _request(operation.body)
    found["responses"] = responses(operation, api)
    found["x-served-by"] = [served_by(service) for service in operation.services]
    if operation.events:
        found["x-emits"] = list(operation.events)
    return found


_IF_NONE_MATCH: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of an earlier answer.",
    "schema": {"type": "string"},
}


def description(operation: Operation) -> str:
    """What a caller must know; where filters choose between queries, which combinations there are."""
    text = operation.description
    if len(operation.services) > 1:
        combinations = "; ".join(combination(service, operation) for service in operation.services)
        text = f"{text} Combinations: {combinations}. Any other is refused with 400.".strip()
    return one_line(text)


def combination(service: Service, operation: Operation) -> str:
    """What asks for this query, as a client writes it: filters, and the order where there is a choice.

    An order that is the first one for its filters may be left out.
    """
    if operation.body:
        return "the body"
    filters = [f"{name}={value}" if value else name for name, value in service.given]
    same = [s for s in operation.services if {n for n, _ in s.given} == {n for n, _ in service.given}]
    choice = any(parameter.name == "sort" for parameter in operation.parameters)
    if choice and service.sort:
        filters.append(f"sort={service.sort}{' (or none)' if same[0] is service else ''}")
    return " & ".join(filters) if filters else "the path alone"


def _security(operation: Operation, api: ApiIntegration) -> list[object] | None:
    """Alternatives: one for each role that may call; an empty one where no token is needed."""
    if api.authentication.kind == "none":
        return None
    if operation.answer == "token":
        return []
    name = scheme_name(api)
    roles: list[object] = [{name: [role]} for role in operation.roles] or [{name: []}]
    return [{}, *roles] if operation.anonymous else roles


def scheme_name(api: ApiIntegration) -> str:
    """The name of the security scheme."""
    return "openId" if api.authentication.kind == "openid" else "bearer"


def _parameter(parameter: Parameter) -> Schema:
    found: Schema = {"name": parameter.name, "in": parameter.place}
    if parameter.required:
        found["required"] = True
    found["description"] = one_line(parameter.description)
    found["schema"] = value_schema(parameter.value)
    if parameter.value.example is not None:
        found["example"] = parameter.value.example
    return found


def _request(body: Shape) -> Schema:
    content: Schema = {"schema": {"$ref": f"#/components/schemas/{body.name}"}}
    example = shape_example(body)
    if example is not None:
        content["example"] = example
    return {"required": True, "content": {"application/json": content}}


def served_by(service: Service) -> Schema:
    """The query behind it, for whoever builds or reviews."""
    found: Schema = {"query": service.query}
    if service.line:
        found["line"] = service.line
    facts = {
        "requirement": service.requirement,
        "given": {name: value or "any" for name, value in service.given},
        "sort": service.sort,
        "page_size": service.page_size,
        "index": service.index,
        "evidence": service.evidence,
        "target": service.target,
        "cache": service.cache_entry,
        "then": [served_by(part) for part in service.parts],
    }
    return found | {key: value for key, value in facts.items() if value}


def _components(api: ApiIntegration) -> Schema:
    bodies = [operation.body for operation in api.operations if operation.body]
    results = [operation.result for operation in api.operations if operation.result]
    closed = {shape.name for shape in bodies}
    shapes = described((*bodies, *results))
    schemas: Schema = {name: shape_schema(shape, name in closed) for name, shape in shapes.items()}
    found: Schema = {"schemas": schemas | {"Problem": PROBLEM}}
    parts = {
        "parameters": _parameter_components(api),
        "headers": header_components(api),
        "responses": response_components(api),
    }
    found |= {name: part for name, part in parts.items() if part}
    if api.authentication.kind != "none":
        found["securitySchemes"] = {scheme_name(api): _scheme(api)}
    return found


def _parameter_components(api: ApiIntegration) -> Schema:
    """Parameters that many operations share."""
    found: Schema = {}
    cursor = next((p for o in api.operations for p in o.parameters if p.name == "cursor"), None)
    if cursor:
        found["Cursor"] = _parameter(cursor)
    if any(operation.cache.validates for operation in api.operations):
        found["IfNoneMatch"] = _IF_NONE_MATCH
    return found


def _scheme(api: ApiIntegration) -> Schema:
    called = {role for operation in api.operations if operation.answer != "token" for role in operation.roles}
    names = ", ".join(role.name for role in api.roles if role.name in called)
    text = (
        f"{sentence(api.authentication.sentence)} Roles: {names}."
        if api.authentication.sentence
        else f"Roles: {names}."
    )
    if api.authentication.kind == "openid":
        return {
            "type": "openIdConnect",
            "openIdConnectUrl": "/.well-known/openid-configuration",
            "description": one_line(text),
        }
    found: Schema = {"type": "http", "scheme": "bearer", "description": one_line(text)}
    if api.authentication.token_format:
        found["bearerFormat"] = api.authentication.token_format
    return found
