"""From a column of the database to a value on the wire, with the limits that the database itself enforces.

A limit that JSON Schema can say (a length, a range, a list of values, a pattern) is said there, so that a client
learns of it before the call; what it cannot say (a comparison of two columns) stays with the constraint's problem.
"""

import functools
import re
from collections.abc import Iterator
from decimal import Decimal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from contracts.api import Value
from contracts.catalogue import PublishedColumn, PublishedTable

_NAMES = {
    "character varying": "varchar", "character": "char", "bpchar": "char", "int": "integer", "int2": "smallint",
    "int4": "integer", "int8": "bigint", "bool": "boolean", "decimal": "numeric", "float4": "real",
    "float8": "double precision", "timestamp with time zone": "timestamptz", "time without time zone": "time",
    "timestamp without time zone": "timestamp", "time with time zone": "timetz",
}  # fmt: skip
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_PLAIN: dict[str, Value] = {
    "boolean": Value(type="boolean"),
    "uuid": Value(type="string", format="uuid"),
    "date": Value(type="string", format="date"),
    "timestamptz": Value(type="string", format="date-time"),
    "timestamp": Value(type="string", pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$"),
    "time": Value(type="string", pattern=r"^\d\d:\d\d(:\d\d(\.\d{1,6})?)?$"),
    "interval": Value(type="string", format="duration"),
    "json": Value(type="json"),
    "jsonb": Value(type="json"),
    "real": Value(type="number"),
    "double precision": Value(type="number"),
}


def bare(type_name: str) -> str:
    """The short spelling of a type, without its modifiers.

    >>> bare("character varying(20)"), bare("timestamp with time zone"), bare("int8")
    ('varchar', 'timestamptz', 'bigint')
    """
    plain = re.sub(r"\(.*?\)", "", type_name).replace("  ", " ").strip().lower()
    return _NAMES.get(plain, plain)


def value_of_type(type_name: str, nullable: bool = False) -> Value:
    """A value that is known by its type alone, such as a sum or a parameter of no column."""
    name = bare(type_name)
    if name.endswith("[]"):
        return Value(type="array", items=bare(name[:-2]), nullable=nullable)
    if name in _BITS:
        limit = Decimal(2 ** _BITS[name])
        found = Value(type="integer", format=_int_format(name), minimum=-limit, maximum=limit - 1)
    elif name == "numeric":
        found = Value(type="string", format="decimal", pattern=r"^-?\d+(\.\d+)?$")
    else:
        found = _PLAIN.get(name, Value(type="string"))
    return found.model_copy(update={"nullable": nullable})


def value_of(column: PublishedColumn, table: PublishedTable) -> Value:
    """The value of this column: its type, its length or range, and what the CHECK constraints on it alone say."""
    base = column.element or column.base or column.type
    found = value_of_type(f"{base}[]" if column.element else base, column.nullable)
    changes: dict[str, object] = {}
    if found.type == "string" and column.length is not None:
        changes["max_length"] = column.length
        if bare(base) == "char":
            changes["min_length"] = column.length
    if column.allowed:
        changes["enum"] = column.allowed
    if found.type == "integer" and (column.identity or _refers_to_identity(column, table)):
        changes["minimum"] = Decimal(1)
    for check in table.checks:
        if check.columns == (column.name,):
            changes |= dict(_limits(check.expression))
    if bare(base) == "numeric":
        changes["pattern"] = _decimal_pattern(column, changes)
    if "enum" in changes:
        changes = {"enum": changes["enum"]}
    return found.model_copy(update=changes)


def _int_format(name: str) -> str:
    return "int64" if name == "bigint" else "int32"


def _refers_to_identity(column: PublishedColumn, table: PublishedTable) -> bool:
    """Surrogate keys count from one, and so do the columns that refer to them."""
    return bare(column.base) == "bigint" and any(key.naming == (column.name,) for key in table.foreign_keys)


def _decimal_pattern(column: PublishedColumn, limits: dict[str, object]) -> str:
    """Digits before and after the point, and no sign where the least value is zero.

    JSON numbers are binary in most clients and lose cents, so a decimal travels as a string.
    """
    least = limits.get("minimum")
    sign = "" if isinstance(least, Decimal) and least >= 0 else "-?"
    positive = r"(?=.*[1-9])" if least == 0 and limits.get("exclusive_minimum") else ""
    if column.precision is None:
        return rf"^{positive}{sign}\d{{1,40}}(\.\d{{1,20}})?$"
    scale = column.scale or 0
    fraction = rf"(\.\d{{1,{scale}}})?" if scale else ""
    return rf"^{positive}{sign}\d{{1,{max(1, column.precision - scale)}}}{fraction}$"


@functools.cache
def _limits(expression: str) -> tuple[tuple[str, object], ...]:
    """What JSON Schema can say of a check on one column."""
    tree = _tree(expression, "postgres") or _tree(expression, "mysql")
    if tree is None or tree.find(exp.Or):
        return ()
    return tuple(limit for node in _parts(tree) for limit in _limit(node))


def _tree(expression: str, parser: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(expression, dialect=parser)
    except SqlglotError:
        return None


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    node = _bare(node)
    if isinstance(node, exp.And):
        yield from _parts(node.this)
        yield from _parts(node.expression)
    else:
        yield node


def _limit(node: exp.Expr) -> Iterator[tuple[str, object]]:
    if isinstance(node, exp.RegexpLike):
        pattern = ecma(_bare(node.expression).name)
        if pattern:
            yield "pattern", pattern
    elif isinstance(node, exp.Between):
        yield from _bounds(exp.GTE(this=node.this, expression=node.args["low"]))
        yield from _bounds(exp.LTE(this=node.this, expression=node.args["high"]))
    elif isinstance(node, exp.NEQ) and _bare(node.expression).name == "" and _bare(node.this).find(exp.Column):
        yield "pattern", r"\S"
        yield "min_length", 1
    else:
        yield from _bounds(node)


def _bounds(node: exp.Expr) -> Iterator[tuple[str, object]]:
    """A comparison of the column, or of its length, with a number."""
    if not isinstance(node, (exp.GT, exp.GTE, exp.LT, exp.LTE)):
        return
    subject, number = _bare(node.this), _number(node.expression)
    if number is None:
        return
    below = isinstance(node, (exp.GT, exp.GTE))
    open_end = isinstance(node, (exp.GT, exp.LT))
    if isinstance(subject, exp.Length):
        shift = (1 if below else -1) if open_end else 0
        yield ("min_length" if below else "max_length"), int(number) + shift
    elif isinstance(subject, exp.Column):
        yield ("minimum" if below else "maximum"), number
        yield ("exclusive_minimum" if below else "exclusive_maximum"), open_end


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    return node


def _number(node: exp.Expr) -> Decimal | None:
    node = _bare(node)
    sign = 1
    if isinstance(node, exp.Neg):
        node, sign = _bare(node.this), -1
    return sign * Decimal(node.name) if isinstance(node, exp.Literal) and re.fullmatch(r"[\d.]+", node.name) else None


_CLASSES = {
    "[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9", "[:alpha:]": "A-Za-z", "[:alnum:]": "A-Za-z0-9",
    "[:space:]": r"\s",
}  # fmt: skip


def ecma(pattern: str) -> str:
    """A POSIX pattern as ECMAScript and JSON Schema read it; empty where the two would not agree.

    >>> ecma("^[^@[:upper:]]+$")
    '^[^@A-Z]+$'
    """
    for name, ranges in _CLASSES.items():
        pattern = pattern.replace(name, ranges)
    if "[:" in pattern or re.search(r"\\[mMyYAZ]|\(\?|\*\*\*", pattern):
        return ""
    try:
        re.compile(pattern)
    except re.error:
        return ""
    return pattern
