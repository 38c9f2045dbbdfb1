"""The answers of an operation in OpenAPI: what it returns, with its headers, and every problem that it can meet."""

from itertools import groupby

from artifacts.api_schemas import Schema, shape_example
from artifacts.escape import one_line, sentence
from contracts.api import ApiIntegration, Operation, Problem, RateLimit

PROBLEM: Schema = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Which problem; stable."},
        "title": {"type": "string", "description": "The problem in a few words, the same each time."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What this request met."},
    },
    "required": ["type", "title", "status"],
}
PHRASES = {
    400: "The request cannot be understood",
    401: "The caller is not known",
    403: "The caller may not do this",
    404: "There is no such row for this caller",
    409: "It contradicts rows that are there",
    415: "The body is not JSON",
    422: "It breaks a rule of the data",
    429: "Too many requests",
    503: "The database is busy; the request may be sent again",
}


def problem_type(problem: Problem) -> str:
    """The `type` of a problem, relative to the server."""
    return f"/problems/{problem.id}"


def problem_example(problem: Problem) -> dict[str, object]:
    """A problem as a client sees it."""
    return {
        "type": problem_type(problem),
        "title": one_line(problem.title),
        "status": problem.status,
        "detail": one_line(problem.detail),
    }


def responses(operation: Operation, api: ApiIntegration) -> dict[str, object]:
    """All answers by status."""
    found: dict[str, object] = {str(success_status(operation)): _success(operation, api)}
    if operation.cache.validates:
        found["304"] = {"description": "Nothing has changed since the ETag that was sent."}
    for name, (status, _) in refusals(operation, api).items():
        found[str(status)] = {"$ref": f"#/components/responses/{name}"}
    return found


def refusals(operation: Operation, api: ApiIntegration) -> dict[str, tuple[int, list[Problem]]]:
    """What the operation can refuse with, by the name under which the components have it: a status and its problems.

    One or two problems name their answer; more are the operation's own, such as the constraints of what it writes.
    """
    problems = [problem for problem in api.problems if problem.id in operation.problems]
    found: dict[str, tuple[int, list[Problem]]] = {}
    for status, group in groupby(problems, key=lambda p: p.status):
        kinds = list(group)
        words = "Or".join(pascal(kind.id) for kind in kinds)
        own = f"{operation.id[0].upper()}{operation.id[1:]}{status}"
        found[words if len(kinds) < 3 and not any(kind.constraint for kind in kinds) else own] = (status, kinds)
    return found


def response_components(api: ApiIntegration) -> Schema:
    """Every answer that refuses something, once."""
    found: dict[str, object] = {}
    for operation in api.operations:
        for name, (status, problems) in refusals(operation, api).items():
            found.setdefault(name, _problems(status, problems))
    return dict(sorted(found.items()))


def pascal(identity: str) -> str:
    """A kebab-case id as a component's name.

    >>> pascal("database-busy")
    'DatabaseBusy'
    """
    return "".join(part.capitalize() for part in identity.split("-"))


def success_status(operation: Operation) -> int:
    """The status of an answer without a problem."""
    if operation.answer in ("created", "token"):
        return 201
    return 200 if operation.result else 204


def _success(operation: Operation, api: ApiIntegration) -> Schema:
    words = {
        "item": "The one row.",
        "page": "A page of rows, and where the next one begins.",
        "list": "All rows, as many as the query returns at most.",
        "created": "It is stored.",
        "token": "Signed in.",
        "done": "It is stored.",
    }
    found: Schema = {"description": words[operation.answer], "headers": headers(operation, api)}
    if operation.result:
        content: Schema = {"schema": body_schema(operation)}
        example = body_example(operation)
        if example is not None:
            content["example"] = example
        found["content"] = {"application/json": content}
    return found


def headers(operation: Operation, api: ApiIntegration) -> Schema:
    """The headers of a success."""
    found: Schema = {"Cache-Control": {"schema": {"type": "string", "const": operation.cache.header}}}
    if operation.cache.validates:
        found["ETag"] = {"$ref": "#/components/headers/ETag"}
    if operation.location:
        found["Location"] = {
            "schema": {"type": "string", "format": "uri-reference"},
            "description": f"Where it can be read: {operation.location}.",
        }
    if api.rate_limits:
        found["RateLimit-Policy"] = {"$ref": "#/components/headers/RateLimitPolicy"}
    return found


def header_components(api: ApiIntegration) -> Schema:
    """Headers that many answers share."""
    found: Schema = {}
    if any(operation.cache.validates for operation in api.operations):
        text = "Send it as If-None-Match to ask whether it changed."
        found["ETag"] = {"description": text, "schema": {"type": "string"}}
    if api.rate_limits:
        found["RateLimitPolicy"] = {
            "description": sentence("; ".join(limit.sentence for limit in api.rate_limits)),
            "schema": {"type": "string", "const": ", ".join(map(limit_policy, api.rate_limits))},
        }
    if any(problem.retry_after_seconds for problem in api.problems):
        found["RetryAfter"] = {
            "description": "Seconds to wait before the request is sent again.",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        }
    return found


def limit_policy(limit: RateLimit) -> str:
    """A limit as the header RateLimit-Policy spells it (draft-ietf-httpapi-ratelimit-headers)."""
    return f'"per-{"-".join(limit.per.split())}";q={limit.requests};w={limit.seconds}'


def body_schema(operation: Operation) -> Schema:
    """The schema of a success's body."""
    if operation.result is None:
        return {}
    item = {"$ref": f"#/components/schemas/{operation.result.name}"}
    if operation.answer not in ("page", "list"):
        return dict(item)
    size = max((service.page_size or 0 for service in operation.services), default=0)
    items: Schema = {"type": "array", "items": item}
    if size:
        items["maxItems"] = size
    properties: Schema = {"items": items}
    if operation.answer == "page":
        properties["next_cursor"] = {
            "type": ["string", "null"],
            "description": "Send it as `cursor` for the next page; null on the last one.",
        }
    return {"type": "object", "properties": properties, "required": list(properties)}


def body_example(operation: Operation) -> object:
    """A success's body that fits its schema; None where some member has no example."""
    item = shape_example(operation.result) if operation.result else None
    if item is None or operation.answer not in ("page", "list"):
        return item
    return {"items": [item], "next_cursor": None} if operation.answer == "page" else {"items": [item]}


def _problems(status: int, problems: list[Problem]) -> Schema:
    """One status with the problems that have it, each as an example."""
    kinds = [problem_type(problem) for problem in problems]
    schema: Schema = {
        "allOf": [{"$ref": "#/components/schemas/Problem"}],
        "properties": {"type": {"enum": kinds}, "status": {"const": status}},
    }
    examples = {problem.id: {"value": problem_example(problem)} for problem in problems}
    found: Schema = {
        "description": f"{PHRASES.get(status, 'Refused')}.",
        "content": {"application/problem+json": {"schema": schema, "examples": examples}},
    }
    if any(problem.retry_after_seconds for problem in problems):
        found["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return found
