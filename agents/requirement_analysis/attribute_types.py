"""An attribute as its contract has it: what a line states, completed by what the name tells."""

import re
from decimal import Decimal, InvalidOperation

from agents.knowledge import attribute_guess
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.screening import screened
from contracts.base import Confidence, Origin
from contracts.requirements import Attribute, AttributeType

_NOW = screened(
    r"^(?:now|today|current|current[_ ](?:timestamp|date|time)|sysdate|getdate|sysutcdatetime|localtimestamp)"
    r"(?:\(\))?$",
    re.I,
)


def attribute_from(
    stated: StatedAttribute, origin: Origin, serves: tuple[str, ...], explicit: bool, confidence: Confidence = "high"
) -> Attribute:
    """The contract's attribute: what the line says, completed by what the name tells.

    `explicit` says that this entity's list marks optional attributes, so an unmarked one is required. A type guessed
    from the name brings its bounds; a stated type keeps only those that the line states.
    """
    guess = attribute_guess(stated.name)
    kind = _type_of(stated, guess.type)
    alike = stated.type is None or stated.type == guess.type
    guessed = guess if alike and not stated.allowed else None
    bounded = stated.minimum is not None or stated.maximum is not None
    allowed = stated.allowed or (guessed.allowed if guessed and stated.type is None else ())
    optional = stated.optional if stated.optional is not None else (guess.optional and not explicit)
    low, high = (stated.minimum, stated.maximum) if bounded or not guessed else (guessed.minimum, guessed.maximum)
    exclusive = stated.exclusive_minimum if bounded or not guessed else guessed.exclusive_minimum
    return Attribute(
        name=stated.name, label=stated.label, type=kind,
        length=_length(stated, kind, guessed.length if guessed else None, allowed),
        precision=stated.precision or (guessed.precision if guessed and stated.precision is None else None),
        scale=stated.scale if stated.precision is not None else (guessed.scale if guessed else None),
        optional=bool(optional), unique=stated.unique,
        default=_default(stated.default, kind, allowed), allowed=allowed,
        minimum=low if _numeric(kind) else None,
        exclusive_minimum=bool(exclusive and low is not None and _numeric(kind)),
        maximum=high if _numeric(kind) else None,
        unit=stated.unit or guess.unit, sensitivity=guess.sensitivity, origin=origin, serves=serves,
        confidence=confidence,
    )  # fmt: skip


def _length(stated: StatedAttribute, kind: AttributeType, usual: int | None, allowed: tuple[str, ...]) -> int | None:
    """The length of a text; numbers have none."""
    if _numeric(kind):
        return None
    return stated.length or usual or (max(map(len, allowed)) if allowed else None)


def _numeric(kind: AttributeType) -> bool:
    """Whether bounds mean numbers for this type."""
    return kind in ("integer", "decimal", "money", "percentage", "duration")


_NO_MONEY = 3
"""Decimal places of measures; prices have two or four."""
_DIGITS_OF_A_SHARE = 4
"""Digits before the point of a column up to which it may hold per cent; a `rate decimal(9,2)` is an amount."""
_WORDS_OF_A_KIND = ("email", "phone", "url")
"""Types that narrow a text and that a name such as `contact_email` tells without doubt."""


def _type_of(stated: StatedAttribute, guess: AttributeType) -> AttributeType:
    """The stated type, or what values, bounds and then the name tell."""
    wide = guess == "percentage" and (stated.precision or 0) - (stated.scale or 0) > _DIGITS_OF_A_SHARE
    if stated.type == "decimal" and guess in ("money", "percentage") and stated.scale != _NO_MONEY and not wide:
        return guess
    if stated.type == "decimal" and stated.precision is None and guess == "integer":
        return guess
    if stated.type in ("string", "text") and stated.allowed:
        return "string"
    if stated.type in ("string", "text") and guess in _WORDS_OF_A_KIND:
        return guess
    if stated.type == "string" and stated.length is None and guess == "text":
        return guess
    if stated.type is not None:
        return stated.type
    if stated.allowed:
        return "string"
    if stated.default is not None and stated.default.lower() in ("true", "false", "yes", "no"):
        return "boolean"
    if stated.minimum is not None or stated.maximum is not None:
        whole = all(b is None or b == b.to_integral_value() for b in (stated.minimum, stated.maximum))
        return guess if _numeric(guess) else "integer" if whole else "decimal"
    return "decimal" if guess == "string" and stated.unit else guess


def _default(value: str | None, kind: AttributeType, allowed: tuple[str, ...]) -> str | None:
    """The default as a plain value; one that the type or the list of values refuses is dropped."""
    if value is None:
        return None
    if kind == "boolean":
        known = {
            "yes": "true",
            "no": "false",
            "true": "true",
            "false": "false",
            "on": "true",
            "off": "false",
            "1": "true",
            "0": "false",
        }
        return known.get(value.lower())
    if kind in ("date", "time", "timestamp"):
        return "now" if _NOW.match(value) else value
    if _numeric(kind):
        try:
            return str(Decimal(value))
        except InvalidOperation:
            return None
    if allowed and value not in allowed:
        return next((v for v in allowed if v.lower() == value.lower()), None)
    return value
