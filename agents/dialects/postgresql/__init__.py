"""PostgreSQL 15 and later: spelling, types and limits, as data and three small functions.

Identifiers arrive as `contracts.base.Identifier`, which cannot break out of SQL; `quoted` is needed for
reserved words alone. Text of a brief reaches SQL through `literal` and no other way.
"""

from decimal import Decimal

from agents import envelopes
from agents.dialects.standard import literal as literal
from contracts.requirements import Attribute

NAME = "PostgreSQL"
VERSIONS = ("15", "16", "18")
"""The oldest version that designs run on, and the later ones for which they differ."""

RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
    collation column concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end
    except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into
    is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on
    only or order outer overlaps placing primary references returning right select session_user similar some
    symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when
    where window with
    """.split()
)
"""Words that PostgreSQL 15 to 18 reserve (pg_get_keywords(), catcode R or T; system_user since 16)."""


def quoted(name: str) -> str:
    """The identifier as SQL: in double quotes when it is reserved, otherwise as it is."""
    return f'"{name}"' if name in RESERVED else name


SQL_TYPES = {
    "identifier": "varchar(64)",
    "text": "text",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "timestamp": "timestamptz",
    "duration": "interval",
    "uuid": "uuid",
    "json": "jsonb",
    "email": "varchar(254)",
    "phone": "varchar(32)",
    "url": "text",
    "file": "text",
    "country": "char(2)",
    "currency": "char(3)",
    "language": "varchar(35)",
    "ip_address": "inet",
    "coordinates": "point",
    "sealed": "text",
    "blind": f"varchar({envelopes.BLIND_LENGTH})",
}
"""Types without parameters. 254 is the longest address that SMTP carries (RFC 5321), 35 the longest
well-formed language tag that applications must accept (RFC 5646, section 4.4.1)."""

PATTERNS = {
    "email": (r"^[^@\s[:upper:]]+@[^@\s[:upper:]]+\.[^@\s[:upper:]]+$", "not an address"),
    "url": ("^https?://", "not a url"),
    "country": ("^[A-Z]{2}$", "1a"),
    "currency": ("^[A-Z]{3}$", "1a"),
    "sealed": (envelopes.SEALED, "in the clear"),
    "blind": (envelopes.BLIND, "in the clear"),
}
"""Regular expressions of types whose spelling is fixed, each with a value that violates it. Addresses are
stored in lower case, so that one address cannot register twice."""

BIGINT_FROM = 2**31 - 1


def sql_type(attribute: Attribute) -> str:
    """PostgreSQL's spelling of an attribute's type. Money is numeric, never a binary float."""
    kind = attribute.type
    if kind == "string":
        longest = max((len(value) for value in attribute.allowed), default=0)
        return f"varchar({max(attribute.length or (32 if attribute.allowed else 200), longest)})"
    if kind == "integer":
        bound = max(abs(attribute.maximum or Decimal(0)), abs(attribute.minimum or Decimal(0)))
        return "bigint" if bound > BIGINT_FROM else "integer"
    if kind in ("decimal", "money", "percentage"):
        default = {"decimal": (14, 4), "money": (14, 2), "percentage": (7, 4)}[kind]
        scale = default[1] if attribute.scale is None else attribute.scale
        return f"numeric({max(attribute.precision or default[0], scale)},{scale})"
    if kind in ("identifier", "sealed") and attribute.length:
        return f"varchar({attribute.length})"
    return SQL_TYPES[kind]
