"""SQLite's spelling of synthetic values and of the parts of queries (`agents.schema_design.spelling.Spelling`).

Times are text in UTC, `YYYY-MM-DD HH:MM:SS`, as SQLite's own functions write them; amounts of money whole numbers of
the smallest unit; parameters are numbered, `?1`.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import ClauseElement

from agents.dialects.layout import tidy
from agents.dialects.sqlite.spelling import literal as literal
from agents.dialects.sqlite.spelling import quoted as quoted
from agents.dialects.standard import in_order as in_order
from agents.dialects.standard import is_prose
from agents.naming import constraint_name
from contracts.base import Statement
from contracts.schema import Column, Query, Table

DIALECT = sqlite.dialect(paramstyle="numeric_dollar")

true = "1"
returning = True
first = "?1"
now = "CURRENT_TIMESTAMP"

LAST = "9999-12-31"
"""The last day that SQLite's functions know."""


def units(column: Column) -> int:
    """How many of the stored units make one: the smallest unit of money, else 1.

    `column` has its logical type, `numeric(14,2)`, or is spelled for SQLite already (then two decimals are taken).
    """
    if column.type != "money":
        return 1
    digits = re.search(r",\s*(\d+)\)", column.sql_type)
    power: int = 10 ** int(digits[1] if digits else 2)
    return power


def numbered(first: int, last: int) -> str:
    return (
        f"(WITH RECURSIVE numbers(g) AS (SELECT {first} UNION ALL SELECT g + 1 FROM numbers WHERE g < {last}) "
        "SELECT g FROM numbers)"
    )


def chosen(values: Sequence[str], position: str) -> str:
    cases = " ".join(f"WHEN {number} THEN {literal(value)}" for number, value in enumerate(values, 1))
    return f"CASE {position} {cases} END"


def quotient(dividend: str, divisor: int) -> str:
    return f"{dividend} / {divisor}"


def missing(column: Column) -> str:
    return "NULL"


def row_number(column: Column) -> str:
    return "g"


def number(column: Column, expression: str) -> str:
    factor = units(column)
    if factor == 1:
        return expression
    return f"CAST(round(({expression}) * {factor}) AS INTEGER)" if "." in expression else f"({expression}) * {factor}"


def moment(start: dt.date, minutes: int) -> str:
    return f"datetime('{start} 00:00:00', '+' || (g * {minutes}) || ' minutes')"


def day(start: dt.date, days: str) -> str:
    return f"date('{start}', '+' || {days} || ' days')"


def clock(minutes: str) -> str:
    return f"time('00:00:00', '+' || ({minutes}) || ' minutes')"


def later(column: Column, expression: str) -> str:
    shifted = {
        "timestamp": f"datetime({expression}, '+15 minutes')",
        "time": f"time({expression}, '+15 minutes')",
        "date": f"date({expression}, '+1 day')",
    }
    return shifted.get(column.type, f"({expression}) + 1")


def apart(column: Column, expression: str, sign: str) -> str:
    if column.type in ("timestamp", "date", "time"):
        function, step = {"timestamp": ("datetime", "1 day"), "date": ("date", "1 day"), "time": ("time", "1 hour")}[
            column.type
        ]
        return f"{function}({expression}, '{sign}{step}')"
    return f"({expression}) {sign} {units(column)}"


def days_from(column: Column, other: Column, expression: str, days: int) -> str:
    return f"{'date' if column.type == 'date' else 'datetime'}({expression}, '{days:+d} days')"


def typed(kind: str) -> str | None:
    return {
        "ordered_uuid": "printf('%08x-0000-7000-8000-%012x', g, g)",
        "uuid": "printf('%08x-0000-4000-8000-%012x', g, g)",
        "json": "json_object('value', g % 100)",
        "email": "'person' || g || '@example.org'",
        "url": "'https://example.org/' || g",
        "ip_address": "'10.' || (g / 65536) || '.' || (g / 256 % 256) || '.' || (g % 256)",
        "coordinates": "json_array(g % 180, g % 90)",
        "country": "char(65 + (g / 26) % 26, 65 + g % 26)",
        "currency": "char(65 + (g / 26) % 26, 65 + g % 26) || 'X'",
        "language": "char(97 + (g / 26) % 26, 97 + g % 26)",
        "sealed": "printf('v1.k0.AAAAAAAAAAAAAAAA.%032x', g)",
        "blind": "printf('%064x', g)",
        "duration": "(g % 1000) * 60",
        "text": "'w' || (g % 2000) || ' text of row ' || g || ' with more words than one'",
    }.get(kind)


def code(length: int, unique: bool) -> str:
    if length >= 16:
        return "'w' || (g % 2000) || ' ' || g"
    if length >= 5:
        return f"printf('%0{min(length, 6)}d', g)" if unique else "'w' || (g % 2000)"
    return f"substr(printf('%0{length}x', g), 1, {length})"


def boundary(column: Column, day: dt.date) -> str:
    return f"'{day} 00:00:00'" if column.type == "timestamp" else f"'{day}'"


def first_page(column: Column, descending: bool) -> str:
    first, last = {
        "timestamp": ("'0000-01-01 00:00:00'", f"'{LAST} 23:59:59'"),
        "date": ("'0000-01-01'", f"'{LAST}'"),
        "time": ("'00:00:00'", "'23:59:59'"),
        "boolean": ("0", "1"),
        **dict.fromkeys(("integer", "money", "duration"), (str(-(2**63) + 1), str(2**63 - 1))),
        **dict.fromkeys(("decimal", "percentage"), ("-9e999", "9e999")),
    }.get(column.type, ("''", "'\U0010ffff'"))
    return last if descending else first


def contains(target: Any, value: Any) -> Any:
    """LIKE ignores the case of ASCII letters."""
    return target.like(sa.literal_column("'%'").op("||")(value).op("||")(sa.literal_column("'%'")))


def among(target: Any, value: Any) -> Any:
    return target.in_(sa.select(sa.func.json_each(value).table_valued("value").c.value))


def listed(column: Column, sample: str) -> tuple[str, str]:
    return "TEXT", f"json_array({sample})"


def items(array: Any, fields: Sequence[Column]) -> tuple[Any, Mapping[str, Any], Any]:
    members: dict[str, Any] = {
        c.name: sa.literal_column(f"json_extract(part.value, {literal('$.' + c.name)})") for c in fields
    }
    return sa.func.json_each(array).alias("part"), members, sa.literal_column("part.key + 1")


def item_list(rows: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    made = (", ".join(f"{literal(name)}, {value}" for name, value in row.items()) for row in rows)
    return "TEXT", f"json_array({', '.join(f'json_object({row})' for row in made)})"


def made_key(table: str, column: str) -> tuple[tuple[str, ...], str]:
    return (), f"(SELECT max({quoted(column)}) FROM {quoted(table)})"


def month(column: Any) -> Any:
    return sa.func.strftime(sa.literal_column("'%Y-%m'"), column)


def words(table: Table, columns: Sequence[str]) -> str:
    return ", ".join(map(quoted, columns))


def words_table(table: str, columns: Sequence[str]) -> str:
    """The name of the FTS5 table over these columns of a table."""
    return constraint_name("fts", table, *columns)


def search(table: Table, core: sa.Table, columns: Sequence[str], asked: Any) -> tuple[Any, Sequence[Any], Any]:
    """The words as one phrase in quotes: whoever searches types text and not FTS5's language. Of names and codes the
    last word may be a beginning.

    The full-text table has columns of the same names, so its hits are joined under names of their own.
    """
    name = words_table(table.name, columns)
    quote: Any = sa.literal_column("'\"'")
    phrase = quote.op("||")(sa.func.replace(asked, quote, sa.literal_column("'\"\"'"))).op("||")(
        quote if is_prose(table, columns) else sa.literal_column("'\"*'")
    )
    matched = sa.literal_column(name).op("MATCH")(phrase)
    rowid: Any = sa.literal_column("rowid").label("hit")
    rank: Any = sa.literal_column("rank").label("hit_rank")
    hits = sa.select(rowid, rank).select_from(sa.table(name)).where(matched).subquery("hits")
    key: Any = sa.literal_column(f"{quoted(table.name)}.{quoted(table.primary_key[0])}")
    return core.join(hits, hits.c.hit == key), (), hits.c.hit_rank


_PARAMETER = re.compile(r"'(?:[^']|'')*'|\$(\d+)")


def compiled(statement: ClauseElement) -> tuple[str, list[str]]:
    """The statement as text with ?1, ?2, … and the names of its bind parameters in that order."""
    made = statement.compile(dialect=DIALECT)
    text, names = str(made), list(getattr(made, "positiontup", None) or ())
    if re.search(r" OFFSET \$\d+$", text):  # SQLAlchemy writes one behind each LIMIT
        text, names = text[: text.rindex(" OFFSET ")], names[:-1]
    return tidy(_PARAMETER.sub(lambda found: f"?{found[1]}" if found[1] else found[0], text)), names


_NUMBERED = re.compile(r"'(?:[^']|'')*'|\?(\d+)")


def call(query: Query) -> str:
    samples = [parameter.sample for parameter in query.parameters]
    return _NUMBERED.sub(lambda found: f"({samples[int(found[1]) - 1]})" if found[1] else found[0], query.sql)


def query_statement(query: Query) -> Statement:
    """The query behind EXPLAIN QUERY PLAN: the shell runs it without values, changes nothing, and prints the plan."""
    names = ", ".join(f"?{n} {parameter.name}" for n, parameter in enumerate(query.parameters, 1))
    served = f"; served by {query.index}" if query.index else ""
    return Statement(
        id=f"query.{query.name}",
        section="queries",
        sql=f"EXPLAIN QUERY PLAN\n{query.sql}",
        comment=f"{query.name}: {query.title}{f' ({names})' if names else ''}{served}",
        element=f"query.{query.name}",
    )


def probe(name: str, column: Column, select: str) -> str:
    return select.format("?1")


def set_aside(table: Table, constraint: str) -> tuple[str, ...]:
    return ()


def rescaled(column: Column, terms: Sequence[Column], product: str) -> str:
    factor = 1
    for term in terms:
        factor *= units(term)
    if factor == units(column):
        return product
    ratio = f"{product} * {units(column)}.0 / {factor}"
    return f"CAST(round({ratio}) AS INTEGER)" if column.type in ("money", "integer") else ratio


updated = " RETURNING *"


def with_own_key(insert: str) -> str:
    return insert
