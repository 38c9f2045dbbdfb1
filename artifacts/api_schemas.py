"""Values, shapes and examples of an API as JSON Schema (2020-12, the dialect of OpenAPI 3.1)."""

from collections.abc import Iterable
from decimal import Decimal

from pydantic import JsonValue

from artifacts.escape import one_line
from contracts.api import Field, Shape, Value

Schema = dict[str, object]


def value_schema(value: Value) -> Schema:
    """The schema of one value; what is not limited is not mentioned."""
    if value.type == "json":
        return {}
    schema: Schema = {"type": [value.type, "null"] if value.nullable else value.type}
    if value.type == "array":
        bounds = {"minItems": value.min_length, "maxItems": value.max_length}
        return schema | {"items": {}} | {key: bound for key, bound in bounds.items() if bound is not None}
    if value.format:
        schema["format"] = value.format
    if value.enum:
        schema["enum"] = [*value.enum, *([None] if value.nullable else [])]
    if value.pattern:
        schema["pattern"] = value.pattern
    lengths = {"minLength": value.min_length, "maxLength": value.max_length}
    schema |= {key: length for key, length in lengths.items() if length is not None}
    return schema | _range(value)


def _range(value: Value) -> Schema:
    """Bounds of numbers; those of a decimal, which travels as a string, are in its pattern and description."""
    if value.type not in ("integer", "number"):
        return {}
    found: Schema = {}
    if value.minimum is not None:
        found["exclusiveMinimum" if value.exclusive_minimum else "minimum"] = _plain(value.minimum)
    if value.maximum is not None:
        found["exclusiveMaximum" if value.exclusive_maximum else "maximum"] = _plain(value.maximum)
    return found


def _plain(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def field_schema(field: Field) -> Schema:
    """The schema of a member of an object."""
    schema = value_schema(field.value)
    if field.parts:
        schema["items"] = _members(field.parts, closed=True)
    if field.description:
        schema["description"] = one_line(field.description)
    if field.read_only:
        schema["readOnly"] = True
    if field.default is not None:
        schema["default"] = field.default
    if field.value.example is not None:
        schema["examples"] = [field.value.example]
    return schema


def shape_schema(shape: Shape, closed: bool = False) -> Schema:
    """The schema of an object; `closed` refuses members that it does not name, which suits what clients send."""
    schema: Schema = {
        "type": "object",
        "description": one_line(shape.description),
        **_members(shape.fields, closed),
    }
    if closed and "required" not in schema:
        schema["minProperties"] = 1
    return schema


def _members(fields: Iterable[Field], closed: bool) -> Schema:
    """What an object holds; `type` stands first where it is none of a named schema."""
    fields = tuple(fields)
    found: Schema = {"type": "object", "properties": {field.name: field_schema(field) for field in fields}}
    required = [field.name for field in fields if field.required]
    if required:
        found["required"] = required
    if closed:
        found["additionalProperties"] = False
    return found


def shape_example(shape: Shape) -> dict[str, JsonValue] | None:
    """An object that fits the shape; None when a member that it needs has no example."""
    found: dict[str, JsonValue] = {}
    for field in shape.fields:
        if field.value.example is not None:
            found[field.name] = field.value.example
        elif field.value.nullable:
            found[field.name] = None
        elif field.required:
            return None
    return found


def described(shapes: Iterable[Shape]) -> dict[str, Shape]:
    """Shapes by name, in alphabetical order, so that a new operation moves no other line."""
    return {shape.name: shape for shape in sorted(shapes, key=lambda s: s.name)}
