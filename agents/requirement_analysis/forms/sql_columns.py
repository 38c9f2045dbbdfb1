"""One column of a CREATE TABLE: type, nullability, default, key, uniqueness, reference."""

import re

from sqlglot import exp

from agents.changing import changed
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.remarks import bounded_by_remark
from agents.requirement_analysis.forms.things import Column, Thing
from agents.requirement_analysis.forms.types import with_type

_WORDS = {
    "UINT": "integer", "UBIGINT": "bigint", "USMALLINT": "smallint", "UTINYINT": "tinyint", "UMEDIUMINT": "integer",
    "TIMETZ": "time", "TIMESTAMPLTZ": "timestamp", "TIMESTAMPNTZ": "timestamp", "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp", "BINARY": "blob", "IMAGE": "blob", "BIGDECIMAL": "decimal",
    "DECFLOAT": "decimal", "SET": "json", "ARRAY": "json", "LIST": "json", "IPADDRESS": "inet", "IPV4": "inet",
    "SUPER": "json", "VARIANT": "json", "STRUCT": "json",
}  # fmt: skip
"""sqlglot's names of types for which `attributes.TYPES` has another word."""


def name_in(table: exp.Expr) -> str:
    """A table's own name: the schema's name and a prefix such as `tbl_` say nothing about the thing."""
    return re.sub(r"^tbl_?(?=[A-Za-z]{3})", "", str(table.name), flags=re.IGNORECASE)


def column_of(definition: exp.ColumnDef, sentence: Sentence) -> tuple[Column, bool, list[exp.Expr]]:
    """(column, whether it is marked as the key, its checks)."""
    remark = " ".join(definition.comments or []).strip()
    attribute = StatedAttribute(label=definition.name, optional=True, evidence=1, description=remark)
    attribute, type_name = _type(attribute, definition.args.get("kind"))
    is_key, checks = False, []
    for constraint in definition.args.get("constraints") or []:
        kind = constraint.args.get("kind")
        if isinstance(kind, exp.CheckColumnConstraint):
            checks.append(kind.this)
        elif isinstance(kind, exp.PrimaryKeyColumnConstraint):
            is_key, attribute = True, changed(attribute, optional=False)
        else:
            attribute = _constrained(attribute, kind)
    attribute = bounded_by_remark(attribute) if not checks else attribute
    return Column(attribute, sentence, type_name), is_key, checks


def change_column(part: exp.AlterColumn, thing: Thing) -> None:
    """`ALTER COLUMN … SET NOT NULL`, `SET DEFAULT …`: what a schema says of a column after the table is made."""
    if part.args.get("allow_null") is not None:
        thing.change(part.name, optional=bool(part.args["allow_null"]))
    if (value := part.args.get("default")) is not None and (default := _value(value)) is not None:
        thing.change(part.name, default=default)


def _constrained(attribute: StatedAttribute, kind: exp.Expr | None) -> StatedAttribute:
    """The attribute with one constraint of its column."""
    match kind:
        case exp.NotNullColumnConstraint():
            return changed(attribute, optional=bool(kind.args.get("allow_null")))
        case exp.UniqueColumnConstraint():
            return changed(attribute, unique=True)
        case exp.DefaultColumnConstraint():
            return changed(attribute, default=_value(kind.this))
        case exp.CommentColumnConstraint():
            return changed(attribute, description=str(kind.this.name))
        case exp.Reference():
            return referring(attribute, kind)
        case exp.GeneratedAsIdentityColumnConstraint() | exp.AutoIncrementColumnConstraint():
            return changed(attribute, type="identifier", optional=False)
    return attribute


def referring(attribute: StatedAttribute, reference: exp.Expr) -> StatedAttribute:
    """The attribute as a foreign key; rows that go with their parent are owned by it."""
    table = reference.find(exp.Table)
    if table is None:
        return attribute
    return changed(attribute, references=name_in(table), owned=cascades(reference))


def cascades(reference: exp.Expr) -> bool:
    """Whether rows are deleted together with the row that they refer to."""
    return any("DELETE CASCADE" in str(o).upper() for o in reference.args.get("options") or [])


def _type(attribute: StatedAttribute, kind: exp.Expr | None) -> tuple[StatedAttribute, str]:
    """The attribute with its type, and the name of a type that the schema defines itself."""
    if not isinstance(kind, exp.DataType):
        return with_type(attribute, "interval") if kind is not None else (attribute, "")
    name = kind.this.value if isinstance(kind.this, exp.DataType.Type) else str(kind.this)
    params = [str(p.name or p.this) for p in kind.expressions if not isinstance(p, exp.DataType)]
    if name == "USER-DEFINED":
        own = str(kind.args.get("kind") or "").split(".")[-1]
        if own.lower() == "rowversion":
            return changed(attribute, type="integer", default="1", description="counts the changes of a row"), ""
        return with_type(attribute, own)
    if name == "ENUM":
        return changed(attribute, type="string", allowed=tuple(params)), ""
    if name == "ROWVERSION":
        return changed(attribute, type="integer", default="1", description="counts the changes of a row"), ""
    if (name in ("TINYINT", "UTINYINT") and params == ["1"]) or name == "BIT":
        return changed(attribute, type="boolean"), ""
    if name in ("VARCHAR", "NVARCHAR") and params and not params[0].isdigit():
        return changed(attribute, type="text"), ""
    if (name == "DECIMAL" and len(params) == 1) or (name == "DECIMAL" and params[1:] == ["0"]):
        return changed(attribute, type="integer"), ""
    word = _WORDS.get(name, name.lower())
    return with_type(attribute, f"{word}({','.join(params)})" if params else word)


def _value(value: exp.Expr) -> str | None:
    """A constant default, or `now`; what else the old database computes is no value."""
    while isinstance(value, (exp.Paren, exp.Cast)):
        value = value.this
    if isinstance(value, exp.Neg) and isinstance(value.this, exp.Literal):
        return f"-{value.this.this}"
    if isinstance(value, exp.Boolean):
        return "true" if value.this else "false"
    if isinstance(value, (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime)):
        return "now"
    return str(value.this) if isinstance(value, exp.Literal) else None
