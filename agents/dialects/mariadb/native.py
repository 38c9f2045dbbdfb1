"""The logical tables in MariaDB's types, with their checks in its words."""

import re

from agents import envelopes
from agents.dialects.mariadb.spelling import literal, quoted
from agents.schema_design.check_text import CheckSpelling, spelled
from contracts.schema import Column, Table

TYPES = {
    "timestamp": "DATETIME(6)", "date": "DATE", "time": "TIME", "boolean": "BOOLEAN", "duration": "BIGINT",
    "uuid": "CHAR(36)", "json": "JSON", "ip_address": "INET6", "coordinates": "POINT",
}  # fmt: skip
"""A duration is a number of seconds; an address of version 4 is written within one of version 6."""

STANDARD = {"integer": "INT", "numeric": "DECIMAL"}
"""The names of the other logical types, where capitals are not all that differs."""

NOW = "UTC_TIMESTAMP(6)"

DEFAULTS = {
    "now()": f"({NOW})", "current_date": "(UTC_DATE())", "localtime": "(UTC_TIME())", "true": "TRUE", "false": "FALSE",
    "gen_random_uuid()": "(UUID())", "'{}'::jsonb": "'{}'", "'[]'::jsonb": "'[]'",
}  # fmt: skip

_PART = "[^@[:space:][:upper:]]+"
PATTERNS = {
    "email": f"^{_PART}@{_PART}[.]{_PART}$",
    "url": "^https?://",
    "country": "^[A-Z]{2}$",
    "currency": "^[A-Z]{3}$",
    "sealed": envelopes.SEALED.replace(r"\.", "[.]"),
    "blind": envelopes.BLIND,
}


def native(table: Table) -> Table:
    """The table with MariaDB's types, defaults and expressions."""
    columns = tuple(_column(column) for column in table.columns)
    checks = tuple(spelled(table, check, SPELLING) for check in table.checks)
    return table.model_copy(update={"columns": columns, "checks": checks})


def _column(column: Column) -> Column:
    return column.model_copy(update={"sql_type": native_type(column), "default": _default(column.default)})


def native_type(column: Column) -> str:
    """MariaDB's type of a column whose type is the logical one."""
    if column.type in TYPES:
        return TYPES[column.type]
    name, _, rest = column.sql_type.partition("(")
    return STANDARD.get(name, name.upper()) + (f"({rest}" if rest else "")


def _default(text: str | None) -> str | None:
    if text is None:
        return None
    if date := re.fullmatch(r"date ('[\d-]+')", text):
        return date[1]
    return DEFAULTS.get(text, text)


def _day(name: str, column: Column, days: int) -> str:
    day = f"DATE({name})" if column.type == "timestamp" else name
    return day + (f" {'+' if days > 0 else '-'} INTERVAL {abs(days)} DAY" if days else "")


SPELLING = CheckSpelling(
    quoted=quoted,
    literal=literal,
    amount=lambda column, value: f"{value:f}",
    trimmed="TRIM",
    day=_day,
    matches=lambda name, column: f"{name} REGEXP {literal(PATTERNS[column.type])}",
)
