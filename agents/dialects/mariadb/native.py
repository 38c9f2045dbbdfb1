"""The logical tables in MariaDB's types, with their checks in its words."""

import re

from agents.dialects.mariadb.spelling import literal, quoted
from contracts.schema import Check, Column, Table

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
}


def native(table: Table) -> Table:
    """The table with MariaDB's types, defaults and expressions."""
    columns = tuple(_column(column) for column in table.columns)
    checks = tuple(c.model_copy(update={"expression": _expression(table, c)}) for c in table.checks)
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


def _expression(table: Table, check: Check) -> str:
    """The check in MariaDB's words, from its data."""
    name = quoted(check.column)
    if check.kind == "one_of":
        return f"{name} IN ({', '.join(map(literal, check.values))})"
    if check.kind == "not_blank":
        return f"TRIM({name}) <> ''"
    if check.kind == "matches":
        return f"{name} REGEXP {literal(PATTERNS[table.column(check.column).type])}"
    if check.kind == "range":
        above = ">" if check.exclusive_minimum else ">="
        low = [f"{name} {above} {check.minimum:f}"] if check.minimum is not None else []
        return " AND ".join((*low, *([f"{name} <= {check.maximum:f}"] if check.maximum is not None else [])))
    assert check.other is not None
    if check.kind == "ordered":
        return f"{name} {check.operator} {quoted(check.other)}"
    if check.values:
        return f"{quoted(check.other)} NOT IN ({', '.join(map(literal, check.values))}) OR {name} IS NOT NULL"
    return f"{quoted(check.other)} <= {check.minimum:f} OR {name} IS NOT NULL"
