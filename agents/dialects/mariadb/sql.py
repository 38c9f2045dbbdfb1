"""MariaDB's spelling of synthetic values and of the parts of queries (`agents.schema_design.spelling.Spelling`).

Times are DATETIME(6) in UTC, because TIMESTAMP ends in 2038 and follows each session's time zone. Parameters are `?`,
one for each place where a value is needed.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import match
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.elements import ClauseElement

from agents.dialects.layout import tidy
from agents.dialects.mariadb.spelling import literal as literal
from agents.dialects.mariadb.spelling import quoted as quoted
from agents.dialects.standard import is_prose
from agents.dialects.standard import rescaled as rescaled
from contracts.base import Statement
from contracts.schema import Column, Query, Table

DIALECT = MariaDBDialect(paramstyle="qmark")
DIALECT.insert_returning = True
first = "?"
now = "UTC_TIMESTAMP(6)"

true = "1"
returning = True

COLLATION = "utf8mb4_nopad_bin"
FOLDING = "utf8mb4_unicode_520_nopad_ci"
"""A collation that passes over case and accents, as a search for words does; known to 10.6 as to 11."""
"""Texts are equal when their characters are: no case, no accent and no trailing blank is passed over."""


def numbered(first: int, last: int) -> str:
    return f"(SELECT CAST(seq AS SIGNED) AS g FROM seq_{first}_to_{last}) AS numbers"


def chosen(values: Sequence[str], position: str) -> str:
    return f"ELT({position}, {', '.join(map(literal, values))})"


def quotient(dividend: str, divisor: int) -> str:
    return f"{dividend} DIV {divisor}"


def missing(column: Column) -> str:
    return "NULL"


def row_number(column: Column) -> str:
    return "g"


def number(column: Column, expression: str) -> str:
    return expression


def moment(start: dt.date, minutes: int) -> str:
    return f"TIMESTAMP '{start} 00:00:00' + INTERVAL (g * {minutes}) MINUTE"


def day(start: dt.date, days: str) -> str:
    return f"DATE '{start}' + INTERVAL ({days}) DAY"


def clock(minutes: str) -> str:
    return f"SEC_TO_TIME(({minutes}) * 60)"


def later(column: Column, expression: str) -> str:
    shifted = {
        "timestamp": f"({expression}) + INTERVAL 15 MINUTE",
        "time": f"ADDTIME({expression}, '00:15:00')",
        "date": f"({expression}) + INTERVAL 1 DAY",
    }
    return shifted.get(column.type, f"({expression}) + 1")


def apart(column: Column, expression: str, sign: str) -> str:
    if column.type == "time":
        return f"{'ADDTIME' if sign == '+' else 'SUBTIME'}({expression}, '01:00:00')"
    step = "INTERVAL 1 DAY" if column.type in ("timestamp", "date") else "1"
    return f"({expression}) {sign} {step}"


def days_from(column: Column, other: Column, expression: str, days: int) -> str:
    kind = "DATE" if column.type == "date" else "DATETIME(6)"
    return f"CAST({expression} AS {kind}) {'+' if days >= 0 else '-'} INTERVAL {abs(days)} DAY"


def typed(kind: str) -> str | None:
    letters = "CONCAT(CHAR({0} + (g DIV 26) % 26 USING utf8mb4), CHAR({0} + g % 26 USING utf8mb4){1})"
    return {
        "ordered_uuid": "LOWER(CONCAT(LPAD(HEX(g), 8, '0'), '-0000-7000-8000-', LPAD(HEX(g), 12, '0')))",
        "uuid": "LOWER(CONCAT(LPAD(HEX(g), 8, '0'), '-0000-4000-8000-', LPAD(HEX(g), 12, '0')))",
        "json": "JSON_OBJECT('value', g % 100)",
        "email": "CONCAT('person', g, '@example.org')",
        "url": "CONCAT('https://example.org/', g)",
        "ip_address": "CONCAT('::ffff:10.', g DIV 65536, '.', g DIV 256 % 256, '.', g % 256)",
        "coordinates": "POINT(g % 180, g % 90)",
        "country": letters.format(65, ""),
        "currency": letters.format(65, ", 'X'"),
        "language": letters.format(97, ""),
        "sealed": "CONCAT('v1.k0.AAAAAAAAAAAAAAAA.', LPAD(LOWER(HEX(g)), 32, '0'))",
        "blind": "LPAD(LOWER(HEX(g)), 64, '0')",
        "duration": "(g % 1000) * 60",
        "text": "CONCAT('w', g % 2000, ' text of row ', g, ' with more words than one')",
    }.get(kind)


def code(length: int, unique: bool) -> str:
    if length >= 16:
        return "CONCAT('w', g % 2000, ' ', g)"
    if length >= 5:
        return f"LPAD(g, {min(length, 6)}, '0')" if unique else "CONCAT('w', g % 2000)"
    return f"LEFT(LPAD(LOWER(HEX(g)), {length}, '0'), {length})"


def boundary(column: Column, day: dt.date) -> str:
    return f"TIMESTAMP '{day} 00:00:00'" if column.type == "timestamp" else f"DATE '{day}'"


def first_page(column: Column, descending: bool) -> str:
    digits = re.search(r"\((\d+),(\d+)\)", column.sql_type)
    most = "9" * (int(digits[1]) - int(digits[2])) + "." + "9" * int(digits[2]) if digits else "9" * 18
    first, last = {
        "timestamp": ("TIMESTAMP '1000-01-01 00:00:00'", "TIMESTAMP '9999-12-31 23:59:59'"),
        "date": ("DATE '1000-01-01'", "DATE '9999-12-31'"),
        "time": ("'00:00:00'", "'24:00:00'"),
        "boolean": ("0", "1"),
        "uuid": (literal("0" * 36), literal("f" * 36)),
        **dict.fromkeys(("integer", "duration"), (str(-(2**63) + 1), str(2**63 - 1))),
        **dict.fromkeys(("decimal", "percentage", "money"), (f"-{most.rstrip('.')}", most.rstrip("."))),
    }.get(column.type, ("''", "REPEAT(CHAR(0xF48FBFBF USING utf8mb4), 8)"))
    return last if descending else first


def contains(target: Any, value: Any) -> Any:
    """In a collation that passes over case and accents."""
    pattern = sa.func.concat(sa.literal_column("'%'"), value, sa.literal_column("'%'"))
    return target.collate(FOLDING).like(pattern)


def among(target: Any, value: Any) -> Any:
    return among_of(target, value, TYPES)


def among_of(target: Any, value: Any, types: Mapping[str, str]) -> Any:
    """The value is one of a JSON array's, whose items have one of these types."""
    kind = str(target.type.spelling)
    texts = kind.startswith(("varchar", "char", "text"))
    item = f"VARCHAR(700) CHARACTER SET utf8mb4 COLLATE {COLLATION}" if texts else types.get(kind, kind)
    columns: Any = sa.literal_column(f"'$[*]' COLUMNS (item {item} PATH '$')")
    asked = sa.func.json_table(value, columns).alias("asked")
    return target.in_(sa.select(sa.literal_column("asked.item")).select_from(asked))


def listed(column: Column, sample: str) -> tuple[str, str]:
    return "JSON", f"JSON_ARRAY({sample})"


def items(array: Any, fields: Sequence[Column]) -> tuple[Any, Mapping[str, Any], Any]:
    return items_of(array, fields, TYPES)


def items_of(array: Any, fields: Sequence[Column], types: Mapping[str, str]) -> tuple[Any, Mapping[str, Any], Any]:
    """The items of a JSON array by JSON_TABLE, in types that cut no value: the column refuses what it cannot hold."""
    members = "".join(f", {quoted(c.name)} {_member(c, types)} PATH {literal('$.' + c.name)}" for c in fields)
    columns: Any = sa.literal_column(f"'$[*]' COLUMNS (nth FOR ORDINALITY{members})")
    named: dict[str, Any] = {c.name: sa.literal_column(f"part.{quoted(c.name)}") for c in fields}
    return sa.func.json_table(array, columns).alias("part"), named, sa.literal_column("part.nth")


def _member(column: Column, types: Mapping[str, str]) -> str:
    kind = column.sql_type.split("(")[0]
    if kind in ("varchar", "char", "text"):
        return f"LONGTEXT CHARACTER SET utf8mb4 COLLATE {COLLATION}"
    return {"numeric": "DECIMAL(38, 10)", "jsonb": "JSON"}.get(kind) or types.get(kind, kind.upper())


def item_list(rows: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    made = (", ".join(f"{literal(name)}, {value}" for name, value in row.items()) for row in rows)
    return "JSON", f"JSON_ARRAY({', '.join(f'JSON_OBJECT({row})' for row in made)})"


def made_key(table: str, column: str) -> tuple[tuple[str, ...], str]:
    return ("SET @made_key = LAST_INSERT_ID()",), "@made_key"


def in_order(columns: Sequence[tuple[Any, Any]], descending: bool) -> Any:
    """Key by key: MariaDB reads an index for `a < x OR (a = x AND b < y)`, and none for `(a, b) < (x, y)`.

    The first comparison is repeated alone, so that the range of the first key bounds what is read.
    """
    either = []
    for position, (column, value) in enumerate(columns):
        same = [earlier == seen for earlier, seen in columns[:position]]
        either.append(sa.and_(*same, column < value if descending else column > value))
    if len(either) == 1:
        return either[0]
    first, seen = columns[0]
    return sa.and_(first <= seen if descending else first >= seen, sa.or_(*either))


def month(column: Any) -> Any:
    return sa.func.date_format(column, sa.literal_column("'%Y-%m'"))


def words(table: Table, columns: Sequence[str]) -> str:
    return ", ".join(map(quoted, columns))


def search(table: Table, core: sa.Table, columns: Sequence[str], asked: Any) -> tuple[Any, Sequence[Any], Any]:
    """In natural language: whoever searches types text, and none of it is an operator. Of names and codes the last word
    may be a beginning, which is an operator: what else could be one is taken out of the text."""
    named: list[Any] = [sa.column(name) for name in columns]
    if is_prose(table, columns):
        found = match(*named, against=asked).in_natural_language_mode()
    else:
        plain = sa.func.regexp_replace(asked, sa.literal_column(_NO_WORD), sa.literal_column("' '"))
        typed = sa.func.nullif(sa.func.trim(plain), sa.literal_column("''"))
        found = match(*named, against=sa.func.concat(typed, sa.literal_column("'*'"))).in_boolean_mode()
    return core, (found,), found.desc()


_NO_WORD = "'[^[:alnum:]]+'"
"""A literal with the pattern of everything between words, without a backslash, which sql_mode may read twice."""


TYPES = {"timestamptz": "DATETIME(6)", "integer": "INT", "boolean": "TINYINT", "uuid": "CHAR(36)", "inet": "INET6"}
"""Types of list items where the logical type has another name here."""


def compiled(statement: ClauseElement) -> tuple[str, list[str]]:
    """The statement as text with ?, and the name of the parameter behind each of them."""
    return compiled_by(DIALECT, statement)


def compiled_by(dialect: Dialect, statement: ClauseElement) -> tuple[str, list[str]]:
    """The same by another dialect of the family."""
    made = statement.compile(dialect=dialect)
    return tidy(str(made)), list(getattr(made, "positiontup", None) or ())


_PLACES = re.compile(r"'(?:[^']|'')*'|(\?)")


def call(query: Query) -> str:
    samples = iter(parameter.sample for parameter in query.parameters)
    return _PLACES.sub(lambda found: f"({next(samples)})" if found[1] else found[0], query.sql)


def query_statement(query: Query) -> Statement:
    """PREPARE of one query pattern; EXECUTE … USING gives the values."""
    names = ", ".join(parameter.name for parameter in query.parameters)
    served = f"; served by {query.index}" if query.index else ""
    return Statement(
        id=f"query.{query.name}",
        section="queries",
        sql=f"PREPARE {query.name} FROM {literal(query.sql)}",
        comment=f"{query.title}{f' (? are {names})' if names else ''}{served}",
        element=f"query.{query.name}",
    )


def probe(name: str, column: Column, select: str) -> str:
    return f"PREPARE {name} FROM {literal(select.format('?'))}"


def set_aside(table: Table, constraint: str) -> tuple[str, ...]:
    """None: MariaDB names the first constraint of the table that a row breaks, and those of one column stand first."""
    return ()


updated = ""


def with_own_key(insert: str) -> str:
    return insert


def execute(query: Query) -> str:
    """The prepared query with its sample arguments."""
    arguments = ", ".join(parameter.sample for parameter in query.parameters)
    return f"EXECUTE {query.name}" + (f" USING {arguments}" if arguments else "")
