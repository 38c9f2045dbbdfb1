"""Attributes become columns with their CHECK constraints."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from agents.dialects.postgresql import PATTERNS, literal, quoted, sql_type
from agents.envelopes import plain_length
from agents.naming import constraint_name
from agents.schema_design.names import column_name
from contracts.base import Origin
from contracts.requirements import Attribute, Rule
from contracts.schema import Check, Column

_NOW = {"now", "now()", "current_timestamp", "current timestamp", "current time", "today", "current_date"}
_TRUE, _FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}
NUMERIC = ("integer", "decimal", "money", "percentage")


def attribute_column(attribute: Attribute) -> Column:
    """The column of an attribute; a default that its type cannot take is left out (see `refused_default`)."""
    return Column(
        name=column_name(attribute.name, attribute.type),
        type=attribute.type,
        sql_type=sql_type(attribute),
        nullable=attribute.optional,
        default=default_expression(attribute),
        sensitivity=attribute.sensitivity,
        comment=_comment(attribute),
        origin=attribute.origin,
        serves=attribute.serves,
    )


def _comment(attribute: Attribute) -> str:
    if attribute.type == "sealed":
        most = f" of at most {plain_length(attribute.length)} characters" if attribute.length else ""
        return f"Envelope of AES-256-GCM around a text{most}, made and opened by the application"
    if attribute.type == "blind":
        return "HMAC-SHA-256 by which the application finds the text of the envelope"
    return f"Unit: {attribute.unit}" if attribute.unit else ""


def refused_default(attribute: Attribute) -> bool:
    """Whether the brief gives a default that the column's type or allowed values cannot take."""
    return attribute.default is not None and default_expression(attribute) is None


def default_expression(attribute: Attribute) -> str | None:
    """The default as SQL, or None where there is none that fits.

    >>> from contracts.base import Origin
    >>> o = Origin(kind="convention")
    >>> default_expression(Attribute(name="paid", label="paid", type="boolean", default="No", origin=o))
    'false'
    """
    text = attribute.default
    if text is None:
        return None
    word = text.strip().strip("'\"")
    if attribute.allowed and word not in attribute.allowed:
        return None
    return _typed_default(attribute, word)


def _typed_default(attribute: Attribute, word: str) -> str | None:
    kind, lower = attribute.type, word.lower()
    if kind in ("timestamp", "date", "time") and lower in _NOW:
        return {"timestamp": "now()", "date": "current_date", "time": "localtime"}[kind]
    if kind == "boolean":
        return "true" if lower in _TRUE else "false" if lower in _FALSE else None
    if kind in NUMERIC:
        return _number(attribute, word)
    if kind == "json":
        return "'{}'::jsonb" if word in ("{}", "") else "'[]'::jsonb" if word == "[]" else None
    if kind == "uuid":
        return "gen_random_uuid()"
    if kind == "date":
        return _date(word)
    if kind in PATTERNS:
        return literal(word) if re.search(PATTERNS[kind][0].replace("[:upper:]", "A-Z"), word) else None
    if kind in ("string", "text", "identifier", "phone", "file", "language"):
        return literal(word) if len(word) <= _length(sql_type(attribute)) else None
    return None


def _length(spelling: str) -> int:
    found = re.search(r"\((\d+)\)", spelling)
    return int(found[1]) if found else 10**6


def _number(attribute: Attribute, word: str) -> str | None:
    try:
        value = Decimal(word)
    except InvalidOperation:
        return None
    if not value.is_finite() or (attribute.type == "integer" and value != int(value)) or not _within(attribute, value):
        return None
    return f"{value.normalize():f}"


def _within(attribute: Attribute, value: Decimal) -> bool:
    low, high = attribute.minimum, attribute.maximum
    above = low is None or value > low or (value == low and not attribute.exclusive_minimum)
    return above and (high is None or value <= high)


def _date(word: str) -> str | None:
    try:
        return f"date '{dt.date.fromisoformat(word).isoformat()}'"
    except ValueError:
        return None


def attribute_checks(table: str, attribute: Attribute) -> list[Check]:
    """The CHECK constraints that an attribute's own type, bounds and values ask for."""
    column = column_name(attribute.name, attribute.type)
    made: list[Check] = []
    if attribute.allowed:
        made.append(one_of(table, column, attribute.allowed, attribute.origin, attribute.serves))
    if attribute.type in NUMERIC and (attribute.minimum is not None or attribute.maximum is not None):
        made.append(bounds(table, column, attribute, attribute.origin, attribute.serves))
    if attribute.type in PATTERNS and not attribute.allowed:
        made.append(_pattern(table, column, attribute))
    if column in ("name", "title") and not attribute.optional and not attribute.allowed:
        made.append(
            Check(
                name=constraint_name("ck", table, column, "not_blank"),
                kind="not_blank",
                column=column,
                expression=f"btrim({quoted(column)}) <> ''",
                origin=Origin(kind="convention", rule="a required name or title shows something"),
                serves=attribute.serves,
            )
        )
    return made


def one_of(table: str, column: str, values: tuple[str, ...], origin: Origin, serves: tuple[str, ...]) -> Check:
    """A CHECK that a column holds one of some values."""
    listed = ", ".join(literal(value) for value in dict.fromkeys(values))
    return Check(
        name=constraint_name("ck", table, column),
        kind="one_of",
        column=column,
        values=tuple(dict.fromkeys(values)),
        expression=f"{quoted(column)} IN ({listed})",
        origin=origin,
        serves=serves,
    )


def bounds(table: str, column: str, limits: Attribute | Rule, origin: Origin, serves: tuple[str, ...]) -> Check:
    """A CHECK that a number lies within inclusive bounds (the lower one may be exclusive)."""
    name, parts = quoted(column), []
    if limits.minimum is not None:
        parts.append(f"{name} {'>' if limits.exclusive_minimum else '>='} {limits.minimum:f}")
    if limits.maximum is not None:
        parts.append(f"{name} <= {limits.maximum:f}")
    return Check(
        name=constraint_name("ck", table, column, "range"),
        kind="range",
        column=column,
        minimum=limits.minimum,
        exclusive_minimum=limits.exclusive_minimum,
        maximum=limits.maximum,
        expression=" AND ".join(parts),
        origin=origin,
        serves=serves,
    )


def _pattern(table: str, column: str, attribute: Attribute) -> Check:
    pattern, violating = PATTERNS[attribute.type]
    return Check(
        name=constraint_name("ck", table, column, "format"),
        kind="matches",
        column=column,
        values=(pattern, violating),
        expression=f"{quoted(column)} ~ {literal(pattern)}",
        origin=Origin(kind="convention", rule=f"a value of type {attribute.type} has a fixed spelling"),
        serves=attribute.serves,
    )


def timestamps(mutable: bool, existing: Iterable[str], serves: tuple[str, ...]) -> list[Column]:
    """`created_at`, and `updated_at` where rows change, unless the brief has its own."""
    origin = Origin(kind="convention", rule="every row says when it was made and last changed")
    wanted = ("created_at", "updated_at") if mutable else ("created_at",)
    taken = set(existing)
    return [
        Column(name=name, type="timestamp", sql_type="timestamptz", default="now()", origin=origin, serves=serves)
        for name in wanted
        if name not in taken
    ]
