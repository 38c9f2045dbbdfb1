"""The logical tables in SQLite's types, with the checks that stand in for the types which SQLite does not have.

A STRICT table knows INTEGER, REAL and TEXT. Whether a text is a time, a JSON value or short enough is a CHECK of its
column; amounts of money are whole numbers of the smallest unit, because SQLite has no decimals.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from agents.dialects.sqlite.spelling import literal, quoted
from agents.dialects.sqlite.sql import units
from agents.naming import constraint_name
from agents.schema_design.check_text import CheckSpelling, spelled
from contracts.schema import Column, Table

TYPES = {
    "integer": "INTEGER", "boolean": "INTEGER", "money": "INTEGER", "duration": "INTEGER",
    "decimal": "REAL", "percentage": "REAL",
}  # fmt: skip
"""A duration is a number of seconds; every other type is TEXT."""

DEFAULTS = {
    "now()": "CURRENT_TIMESTAMP",
    "current_date": "CURRENT_DATE",
    "localtime": "CURRENT_TIME",
    "true": "1",
    "false": "0",
    "gen_random_uuid()": "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||"
    " substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))",
    "'{}'::jsonb": "'{}'",
    "'[]'::jsonb": "'[]'",
}

MATCHES = {
    "email": "{0} = lower({0}) AND {0} LIKE '_%@_%._%' AND {0} NOT LIKE '%@%@%' AND instr({0}, ' ') = 0",
    "url": "{0} LIKE 'http://%' OR {0} LIKE 'https://%'",
    "country": "{0} GLOB '[A-Z][A-Z]'",
    "currency": "{0} GLOB '[A-Z][A-Z][A-Z]'",
    "sealed": "{0} GLOB 'v1.[a-z0-9]*." + "[A-Za-z0-9_-]" * 16 + "." + "[A-Za-z0-9_-]" * 22 + "*'"
    " AND {0} NOT GLOB '*[^A-Za-z0-9._-]*' AND length({0}) - length(replace({0}, '.', '')) = 3",
    "blind": "length({0}) = 64 AND {0} NOT GLOB '*[^0-9a-f]*'",
}
"""SQLite has no regular expressions of its own."""

FORMS = {
    "timestamp": ("datetime({0}, '+0 days') IS {0}", "'yesterday'"),
    "date": ("date({0}, '+0 days') IS {0}", "'2025-02-30'"),
    "time": ("time({0}) IS {0}", "'25:00:00'"),
    "boolean": ("{0} IN (0, 1)", "2"),
    "json": ("json_valid({0})", "'{'"),
    "coordinates": ("json_valid({0}) AND json_array_length({0}) = 2", "'here'"),
    "uuid": ("length({0}) = 36", "'1'"),
}
"""What a value of a type looks like, and one that does not. SQLite counts a 30th of February on to the 2nd of March
only when it is asked to add something."""


def native(table: Table) -> Table:
    """The table with SQLite's types, defaults and expressions; its partitions, if it has any, are no subject here."""
    columns = tuple(_column(column) for column in table.columns)
    checks = tuple(spelled(table, check, SPELLING) for check in table.checks)
    return table.model_copy(update={"columns": columns, "checks": checks})


def _column(column: Column) -> Column:
    default = _default(column)
    return column.model_copy(update={"sql_type": TYPES.get(column.type, "TEXT"), "default": default})


def _default(column: Column) -> str | None:
    text = column.default
    if text is None or text in DEFAULTS:
        return DEFAULTS.get(text or "")
    if date := re.fullmatch(r"date ('[\d-]+')", text):
        return date[1]
    if column.type == "money":
        return _amount(column, Decimal(text))
    return text


def _amount(column: Column, value: Decimal) -> str:
    """A number as the column stores it."""
    stored = value * units(column)
    return f"{stored.normalize():f}" if stored == stored.to_integral_value() else f"{stored:f}"


def _day(name: str, column: Column, days: int) -> str:
    if days:
        return f"date({name}, '{days:+d} days')"
    return f"date({name})" if column.type == "timestamp" else name


SPELLING = CheckSpelling(
    quoted=quoted,
    literal=literal,
    amount=_amount,
    trimmed="trim",
    day=_day,
    matches=lambda name, column: MATCHES[column.type].format(name),
)


def forms(table: Table) -> Iterator[tuple[str, Column, str, str]]:
    """The checks of types: name, column, expression, and an SQL value that violates it. `table` is the logical one."""
    limited = {check.column for check in table.checks if check.kind in ("one_of", "matches")}
    for column in table.columns:
        name = constraint_name("ck", table.name, column.name, "form")
        if column.type in FORMS:
            expression, wrong = FORMS[column.type]
            if (
                column.nullable and "json_valid" in expression
            ):  # which calls NULL invalid where other functions pass it on
                expression = f"{{0}} IS NULL OR {expression}"
            yield name, column, expression.format(quoted(column.name)), wrong
            continue
        length = re.search(r"char\((\d+)\)", column.sql_type)
        if length and column.name not in limited:
            yield name, column, f"length({quoted(column.name)}) <= {length[1]}", literal("x" * (int(length[1]) + 1))
