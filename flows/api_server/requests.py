"""A request read as the API describes it: parameters, body and cursor, each refused where it does not fit."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema
from starlette.datastructures import QueryParams

from artifacts.api_schemas import shape_schema, value_schema
from contracts.api import Binding, Operation, Parameter, Service, Value
from flows.api_server.refusals import RefusedError


def parameters(operation: Operation, path: Mapping[str, str], query: QueryParams) -> dict[str, str]:
    """All parameters of the operation that the request gives, checked; unknown or repeated ones are refused."""
    known = {parameter.name: parameter for parameter in operation.parameters}
    for name in query:
        if name not in known or known[name].place != "query":
            raise RefusedError("invalid-request", f"There is no parameter {name}.")
        if len(query.getlist(name)) > 1:
            raise RefusedError("invalid-request", f"The parameter {name} is given more than once.")
    given = {**query, **path}
    for parameter in operation.parameters:
        if parameter.name in given:
            _check(parameter, given[parameter.name])
        elif parameter.required:
            raise RefusedError("invalid-request", f"The parameter {parameter.name} is missing.")
    return given


def _check(parameter: Parameter, text: str) -> None:
    if not is_valid(text, parameter.value):
        fault = "invalid-cursor" if parameter.name == "cursor" else "invalid-request"
        raise RefusedError(fault, f"The parameter {parameter.name} is outside of its limits.")


def is_valid(text: str, value: Value) -> bool:
    """Whether a parameter's text is a value of this kind."""
    parsed: object = text
    if value.type == "integer":
        parsed = int(text) if re.fullmatch(r"-?[0-9]{1,30}", text) else None
    elif value.type == "boolean":
        parsed = {"true": True, "false": False}.get(text)
    elif value.type == "number":
        parsed = float(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else None
    return parsed is not None and _validator(value_schema(value)).is_valid(parsed)


def _validator(schema: dict[str, object]) -> jsonschema.Draft202012Validator:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema, format_checker=checker)


def body(operation: Operation, raw: bytes, media_type: str) -> dict[str, Any]:
    """The JSON object of a request, with the defaults of what it leaves out."""
    if operation.body is None:
        return {}
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise RefusedError("unsupported-media-type")
    try:
        data = json.loads(raw)
    except ValueError as error:  # a UnicodeDecodeError is one too
        raise RefusedError("invalid-request", "The body is no JSON.") from error
    fault = next(iter(_validator(shape_schema(operation.body, closed=True)).iter_errors(data)), None)
    if fault is not None:
        place = ".".join(map(str, fault.absolute_path)) or "the body"
        raise RefusedError("invalid-request", f"{place} does not fit: it breaks {fault.validator}.")
    defaults = {f.name: f.default for f in operation.body.fields if f.default is not None}
    return {**defaults, **data}


def service(operation: Operation, given: Mapping[str, str]) -> Service:
    """The query that these filters and this order ask for; constants of its SQL win over parameters."""
    names = set(given) - {"sort", "cursor"} - {p.name for p in operation.parameters if p.place == "path"}
    wanted = given.get("sort")
    fitting = [s for s in operation.services if _fits(s, names, given) and wanted in (None, s.sort)]
    if not fitting:
        if len(operation.services) == 1:
            raise RefusedError("invalid-request", "A filter that is needed is missing.")
        offered = "; ".join(" with ".join(n for n, _ in s.given) or "no filter" for s in operation.services)
        raise RefusedError("unsupported-combination", f"There are: {offered}.")
    return max(fitting, key=lambda s: sum(bool(value) for _, value in s.given)) if wanted else fitting[0]


def _fits(one: Service, names: set[str], given: Mapping[str, str]) -> bool:
    return {name for name, _ in one.given} == names and all(not v or given[n] == v for n, v in one.given)


def cursor(one: Service, text: str | None) -> dict[str, str]:
    """Where a page goes on, by column; before the first row without a cursor."""
    if text is None:
        return {key.column: key.start for key in one.cursor}
    try:
        data = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise RefusedError("invalid-cursor") from error
    if not isinstance(data, list) or len(data) != 1 + len(one.cursor) or data[0] != one.query:
        raise RefusedError("invalid-cursor")
    if not all(isinstance(value, str) and "\0" not in value for value in data[1:]):
        raise RefusedError("invalid-cursor")
    return dict(zip((key.column for key in one.cursor), data[1:], strict=True))


def next_cursor(one: Service, last: Mapping[str, object]) -> str:
    """The cursor after this row."""
    data = json.dumps([one.query, *(_text(last[key.name]) for key in one.cursor)], separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def values(
    bindings: Sequence[Binding],
    given: Mapping[str, str],
    sent: Mapping[str, object],
    continued: Mapping[str, str],
    identity: str,
) -> list[str | None]:
    """The parameters of the prepared statement in their order, as the engine reads them; a key to be made is none."""
    return [_value(binding, given, sent, continued, identity) for binding in bindings if binding.source != "made"]


def _value(
    binding: Binding, given: Mapping[str, str], sent: Mapping[str, object], continued: Mapping[str, str], identity: str
) -> str | None:
    match binding.source:
        case "path" | "query":
            found: object = given[binding.name]
        case "body":
            found = sent.get(binding.name)
        case "cursor":
            found = continued[binding.name]
        case "caller":
            found = identity
        case _:
            found = binding.name
    if found is None:
        return None
    text = json.dumps(found) if binding.type in ("json", "jsonb") else _text(found)
    if "\0" in text or not _encodes(text):
        raise RefusedError("invalid-request", f"{binding.name} holds a character that no text of the database can.")
    return text


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value):
        return str(int(value))  # 1.0 is an integer of JSON Schema
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
