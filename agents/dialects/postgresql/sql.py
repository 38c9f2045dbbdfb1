"""PostgreSQL's spelling of synthetic values and of the parts of queries (`agents.schema_design.spelling.Spelling`)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.elements import ClauseElement

from agents.dialects.layout import tidy
from agents.dialects.postgresql import literal as literal
from agents.dialects.postgresql import quoted as quoted
from agents.dialects.standard import in_order as in_order
from agents.dialects.standard import is_prose
from agents.dialects.standard import rescaled as rescaled
from contracts.base import Statement
from contracts.schema import Column, Query, Table

DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


true = "t"
returning = True
first = "$1"
now = "now()"


def numbered(first: int, last: int) -> str:
    return f"generate_series({first}, {last}) AS g"


def chosen(values: Sequence[str], position: str) -> str:
    return f"(ARRAY[{', '.join(map(literal, values))}])[{position}]"


def quotient(dividend: str, divisor: int) -> str:
    return f"{dividend} / {divisor}"


def missing(column: Column) -> str:
    return f"NULL::{column.sql_type}"


def row_number(column: Column) -> str:
    return f"g::{column.sql_type}"


def number(column: Column, expression: str) -> str:
    return expression


def moment(start: dt.date, minutes: int) -> str:
    return f"timestamptz '{start} 00:00+00' + g * interval '{minutes} minutes'"


def day(start: dt.date, days: str) -> str:
    return f"date '{start}' + {days}"


def clock(minutes: str) -> str:
    return f"time '00:00' + ({minutes}) * interval '1 minute'"


def later(column: Column, expression: str) -> str:
    if column.type in ("timestamp", "time"):
        return f"{expression} + interval '15 minutes'"
    return f"({expression}) + 1"


def apart(column: Column, expression: str, sign: str) -> str:
    whole = column.type in ("integer", "decimal", "money", "percentage", "date")
    step = "1" if whole else "interval '1 day'"
    return f"({expression}) {sign} {step}"


def days_from(column: Column, other: Column, expression: str, days: int) -> str:
    moved = f"{'+' if days >= 0 else '-'} {abs(days)}"
    if column.type == "date":
        day = f"(({expression}) AT TIME ZONE 'UTC')::date" if other.type == "timestamp" else f"({expression})"
        return f"{day} {moved}"
    day = f"({expression})::timestamp AT TIME ZONE 'UTC'" if other.type == "date" else expression
    return f"({day}) {moved} * interval '1 day'"


def typed(kind: str) -> str | None:
    return {
        "ordered_uuid": "(lpad(to_hex(g), 12, '0') || '70008000' || lpad(to_hex(g), 12, '0'))::uuid",
        "uuid": "md5(g::text)::uuid",
        "json": "jsonb_build_object('value', g % 100, 'name', 'w' || g % 2000 || ' ' || g, 'note', "
        "'a document that an application keeps has some words ' || g || ' and several fields', 'tags', "
        "jsonb_build_array('t' || g % 7, 't' || g % 11))",
        "email": "'person' || g || '@example.org'",
        "url": "'https://example.org/' || g",
        "ip_address": "inet '10.0.0.0' + g",
        "coordinates": "point(g % 180, g % 90)",
        "country": "chr(65 + (g / 26) % 26) || chr(65 + g % 26)",
        "currency": "chr(65 + (g / 26) % 26) || chr(65 + g % 26) || 'X'",
        "language": "chr(97 + (g / 26) % 26) || chr(97 + g % 26)",
        "sealed": "'v1.k0.AAAAAAAAAAAAAAAA.' || lpad(to_hex(g), 32, '0')",
        "blind": "lpad(to_hex(g), 64, '0')",
        "duration": "(g % 1000) * interval '1 minute'",
        "text": "'w' || g % 2000 || ' text of row ' || g || ' with more words than one'",
    }.get(kind)


def code(length: int, unique: bool) -> str:
    if length >= 16:
        return "'w' || g % 2000 || ' ' || g"
    if length >= 5:
        return f"lpad(g::text, {min(length, 6)}, '0')" if unique else "'w' || g % 2000"
    return f"left(lpad(to_hex(g), {length}, '0'), {length})"


def boundary(column: Column, day: dt.date) -> str:
    return f"{column.sql_type} '{day}'"


def first_page(column: Column, descending: bool) -> str:
    if column.type in ("timestamp", "date"):
        return "'infinity'" if descending else "'-infinity'"
    if column.sql_type in ("bigint", "integer"):
        size = 64 if column.sql_type == "bigint" else 32
        return str(2 ** (size - 1) - 1) if descending else str(-(2 ** (size - 1)) + 1)
    if column.type in ("decimal", "money", "percentage"):
        return "'Infinity'" if descending else "'-Infinity'"
    if column.type == "boolean":
        return "true" if descending else "false"
    if column.type == "time":
        return "'24:00'" if descending else "'00:00'"
    if column.type == "uuid":
        return literal(("f" if descending else "0") * 32)
    if column.type == "duration":
        return "interval '1000 years'" if descending else "interval '-1000 years'"
    return "repeat('\U0010ffff', 8)" if descending else "''"


def contains(target: Any, value: Any) -> Any:
    return target.ilike(sa.literal_column("'%'").op("||")(value).op("||")(sa.literal_column("'%'")))


def among(target: Any, value: Any) -> Any:
    return target == sa.func.any(value)


def listed(column: Column, sample: str) -> tuple[str, str]:
    return f"{column.sql_type.split('(')[0]}[]", f"ARRAY[{sample}]"


_AS_TEXT = ("varchar", "char", "text")


def items(array: Any, fields: Sequence[Column]) -> tuple[Any, Mapping[str, Any], Any]:
    source = sa.func.jsonb_array_elements(array).table_valued("item", with_ordinality="nth").render_derived(name="part")
    return source, {c.name: sa.literal_column(_member(c)) for c in fields}, sa.literal_column("part.nth")


def _member(column: Column) -> str:
    kind = column.sql_type.split("(")[0]
    if kind == "jsonb":
        return f"part.item -> {literal(column.name)}"
    text = f"part.item ->> {literal(column.name)}"
    return f"({text})" if kind in _AS_TEXT else f"({text})::{kind}"


def item_list(rows: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    made = (", ".join(f"{literal(name)}, {value}" for name, value in row.items()) for row in rows)
    return "jsonb", f"jsonb_build_array({', '.join(f'jsonb_build_object({row})' for row in made)})"


def made_key(table: str, column: str) -> tuple[tuple[str, ...], str]:
    return (), f"currval(pg_get_serial_sequence({literal(quoted(table))}, {literal(column)}))"


def month(column: Any) -> Any:
    return sa.func.date_trunc(sa.literal_column("'month'"), column)


def words(table: Table, columns: Sequence[str]) -> str:
    """The tsvector of some columns: prose in English, names and codes as they are written."""
    prose = is_prose(table, columns)
    joined = " || ' ' || ".join(f"coalesce({quoted(c)}, '')" for c in columns)
    return f"to_tsvector('{'english' if prose else 'simple'}', {joined})"


def search(table: Table, core: sa.Table, columns: Sequence[str], asked: Any) -> tuple[Any, Sequence[Any], Any]:
    """Words as people type them into a search field; of names and codes the last one may be a beginning."""
    vector = words(table, columns)
    language = vector.split("'")[1]
    wanted: Any = sa.func.websearch_to_tsquery(sa.literal_column(f"'{language}'"), asked)
    if not is_prose(table, columns):  # nobody stems a name, and reception types "Mil" for Miller
        typed = sa.func.nullif(sa.cast(wanted, sa.Text), sa.literal_column("''"))
        wanted = sa.cast(typed.op("||")(sa.literal_column("':*'")), TSQUERY)
    document: Any = sa.literal_column(vector)
    return core, (document.op("@@")(wanted),), sa.func.ts_rank(document, wanted).desc()


def compiled(statement: ClauseElement) -> tuple[str, list[str]]:
    """The statement as text with $1, $2, … and the names of its bind parameters in that order."""
    made = statement.compile(dialect=DIALECT)
    return tidy(str(made)), list(getattr(made, "positiontup", None) or ())


def query_statement(query: Query) -> Statement:
    """PREPARE of one query pattern."""
    types = ", ".join(parameter.sql_type for parameter in query.parameters)
    names = ", ".join(f"${n} {parameter.name}" for n, parameter in enumerate(query.parameters, 1))
    served = f"; served by {query.index}" if query.index else ""
    return Statement(
        id=f"query.{query.name}",
        section="queries",
        sql=f"PREPARE {query.name}{f' ({types})' if types else ''} AS\n{query.sql}",
        comment=f"{query.title}{f' ({names})' if names else ''}{served}",
        element=f"query.{query.name}",
    )


def call(query: Query) -> str:
    arguments = ", ".join(parameter.sample for parameter in query.parameters)
    return f"EXECUTE {query.name}{f'({arguments})' if arguments else ''}"


def probe(name: str, column: Column, select: str) -> str:
    return f"PREPARE {name} ({column.sql_type}) AS {select.format('$1')}"


def set_aside(table: Table, constraint: str) -> tuple[str, ...]:
    """PostgreSQL names the constraint that comes first in the alphabet; its DDL is undone with the trial."""
    return (f"ALTER TABLE {quoted(table.name)} DROP CONSTRAINT {quoted(constraint)}",)


updated = " RETURNING *"


def with_own_key(insert: str) -> str:
    return insert.replace(") VALUES (", ") OVERRIDING SYSTEM VALUE VALUES (", 1)


def execute(query: Query) -> str:
    """The prepared query with its sample arguments."""
    arguments = ", ".join(parameter.sample for parameter in query.parameters)
    return f"EXECUTE {query.name}" + (f" ({arguments})" if arguments else "")
