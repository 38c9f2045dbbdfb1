"""Examples that fit: for each value one that its own limits accept, and that tells a reader what the field is for."""

import functools
import re
from decimal import Decimal
from importlib import resources

import yaml
from pydantic import JsonValue

from agents.naming import singular, words
from contracts.api import Value

_FORMATS: dict[str, tuple[str, ...]] = {
    "uuid": ("0190c6a8-7f3e-7c1a-9b0e-2f6d5c4b3a21",),
    "duration": ("PT30M",),
    "decimal": ("19.90", "1.250", "20", "0.50", "0.5", "1", "0"),
}


def example(value: Value, table: str, column: str, place: int) -> JsonValue:
    """An example of the value; `place` is the column's place in its table, so that later dates come later.

    None where nothing that is known fits, which leaves the field without an example.
    """
    if value.enum:
        return value.enum[0]
    if value.type == "integer":
        return _integer(value, column)
    if value.type == "boolean":
        return True
    if value.type == "number":
        return float(_clamped(Decimal("1.5"), value))
    if value.type == "json":
        return {}
    if value.type == "array":
        return []
    return next((text for text in _texts(value, table, column, place) if fits(text, value)), None)


def fits(text: str, value: Value) -> bool:
    """Whether a string keeps the value's length, pattern and range."""
    if value.max_length is not None and len(text) > value.max_length:
        return False
    if len(text) < (value.min_length or 0) or (value.pattern and not re.search(value.pattern, text)):
        return False
    return value.format != "decimal" or _clamped(Decimal(text), value) == Decimal(text)


def _integer(value: Value, column: str) -> int:
    wanted = 1042 if column == "id" else 17 if column.endswith("_id") else 3
    return int(_clamped(Decimal(wanted), value))


def _clamped(number: Decimal, value: Value) -> Decimal:
    """The number, or the nearest one that the range allows (one more or less at an open end)."""
    if value.minimum is not None and number < value.minimum + value.exclusive_minimum:
        number = value.minimum + value.exclusive_minimum
    if value.maximum is not None and number > value.maximum - value.exclusive_maximum:
        number = value.maximum - value.exclusive_maximum
    return number


def _texts(value: Value, table: str, column: str, place: int) -> tuple[str, ...]:
    """Candidates, the most telling first."""
    if value.format == "date":
        return (f"2026-11-{1 + place % 28:02d}",)
    if value.format == "date-time" or value.pattern.startswith(r"^\d{4}-\d\d-\d\dT"):
        zone = "Z" if value.format else ""
        return (f"2026-11-{1 + place % 28:02d}T09:30:00{zone}",)
    if value.pattern.startswith(r"^\d\d:\d\d"):
        return ("09:30:00",)
    if value.format in _FORMATS:
        return _FORMATS[value.format]
    names, values = _knowledge()
    ends = sorted((end for end in names if column == end or column.endswith(f"_{end}")), key=len, reverse=True)
    return tuple(_filled(text, table, column) for text in (*(names[end] for end in ends), *values))


def _filled(text: str, table: str, column: str) -> str:
    one = words(singular(table))
    return (
        text.replace("{table-slug}", "-".join(one))
        .replace("{table}", " ".join(one).capitalize())
        .replace("{column}", " ".join(words(column)).capitalize())
        .replace("{initials}", "".join(word[0] for word in words(column)).upper() or "A")
    )


@functools.cache
def _knowledge() -> tuple[dict[str, str], tuple[str, ...]]:
    data = yaml.safe_load(resources.files(__package__).joinpath("examples.yaml").read_text("utf-8"))
    return dict(data["names"]), tuple(data["values"])
