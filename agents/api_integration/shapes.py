"""The bodies of requests and answers: what a query returns or an INSERT takes, column by column."""

import re
from collections.abc import Iterable
from decimal import Decimal

from pydantic import JsonValue

from agents.api_integration.examples import example
from agents.api_integration.queries import QueryFacts
from agents.api_integration.values import value_of, value_of_type
from agents.naming import singular, words
from contracts.api import Field, Parameter, Shape, Value
from contracts.catalogue import PublishedColumn, PublishedTable
from contracts.published import PublishedDesign, QueryResult


def pascal(name: str) -> str:
    """The name of a schema.

    >>> pascal("order_items")
    'OrderItems'
    """
    return "".join(word.capitalize() for word in words(name))


def label(name: str) -> str:
    """The words of a name, as a sentence uses them.

    >>> label("shipping_address_id")
    'shipping address id'
    """
    return " ".join(word.upper() if word in _ACRONYMS else word for word in words(name))


_ACRONYMS = frozenset({"sku", "url", "isbn", "iban", "ean", "vin", "vat", "ip"})


def result_fields(facts: QueryFacts, design: PublishedDesign) -> tuple[Field, ...]:
    """What the query returns, without secrets."""
    fields = []
    for result in facts.query.results:
        if result.table and result.column:
            table = design.data_table(result.table)
            field = column_field(table, table.column(result.column), result.name)
            if field.sensitivity != "secret":
                fields.append(field.model_copy(update={"read_only": _is_given(table.column(result.column))}))
        else:
            fields.append(_expression_field(result, facts))
    return tuple(fields)


def column_field(table: PublishedTable, column: PublishedColumn, name: str = "") -> Field:
    """A column as a field of its table's resource."""
    value = value_of(column, table)
    place = [c.name for c in table.columns].index(column.name)
    given = False if _is_for_one(table, column) else example(value, table.name, column.name, place)
    shown = value.model_copy(update={"example": given})
    return Field(
        name=name or column.name,
        table=table.name,
        column=column.name,
        value=shown,
        description=_description(table, column),
        sensitivity=column.sensitivity,
    )


def _is_for_one(table: PublishedTable, column: PublishedColumn) -> bool:
    """Whether one row alone of several may have the flag: the second example that sets it would be refused."""
    rules = [i.predicate for i in table.indexes if i.unique and i.predicate]
    rules += [c.generated for c in table.columns if c.generated]
    return column.base == "bool" and any(column.name in re.findall(r"\w+", rule) for rule in rules)


def _is_given(column: PublishedColumn) -> bool:
    """Whether the database writes the value: identity, generated, or a time of its own clock."""
    clock = (column.default or "").lower().startswith(("now()", "current_timestamp", "clock_timestamp"))
    return bool(column.identity or column.generated or clock)


def _description(table: PublishedTable, column: PublishedColumn) -> str:
    said = re.sub(r"Sensitivity: \w+[;.]?\s*", "", column.comment).strip()
    if said:
        return said
    for key in table.foreign_keys:
        if key.naming == (column.name,):
            role = label(column.name.removesuffix("_id"))
            target = label(singular(key.references))
            return f"The {role}, by its id." if role == target else f"The {role}: the id of {_a(target)}."
    if table.primary_key and table.primary_key.columns == (column.name,):
        return f"Given by the database to each {label(singular(table.name))}."
    checks = [c.expression for c in table.checks if c.columns == (column.name,)]
    if column.base == "numeric" and checks:
        return f"Must satisfy {' and '.join(checks)}."
    return ""


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _expression_field(result: QueryResult, facts: QueryFacts) -> Field:
    """A computed result; a count is never null, other computed values may be."""
    count = result.name in ("count", "row_count") or result.name.endswith("_count")
    period = result.name in ("day", "week", "month", "quarter", "year") and bool(facts.bounds)
    value = value_of_type(result.type, nullable=not (count or period))
    if count:
        value = value.model_copy(update={"minimum": Decimal(0)})
    shown = value.model_copy(update={"example": example(value, facts.table, result.name, 0)})
    table = label(facts.table)
    if count:
        text = f"How many {table} these are."
    elif result.name.endswith("_sum"):
        text = f"The sum of {result.name.removesuffix('_sum')} over these {table}; null when there are none."
    elif period:
        text = f"The {result.name}, as its first moment."
    else:
        text = ""
    return Field(name=result.name, value=shown, description=text, read_only=True)


def body_fields(facts: QueryFacts, design: PublishedDesign, given: frozenset[int]) -> tuple[Field, ...]:
    """What a client sends for an INSERT or UPDATE; `given` are positions that the server fills."""
    table = design.data_table(facts.table)
    partial = facts.query.command == "update"
    fields = []
    for comparison in facts.comparisons:
        if comparison.operator != "set" or comparison.position in given:
            continue
        column = table.column(comparison.column)
        field = column_field(table, column)
        default = constant(column)
        required = not partial and not column.nullable and default is None
        fields.append(field.model_copy(update={"required": required, "default": None if partial else default}))
    return tuple(fields)


MOST_PARTS = 1000
"""Items of a list that one request sends: what one transaction writes while others wait for its locks."""


def part_field(facts: QueryFacts, design: PublishedDesign) -> Field:
    """The list of a new row's parts, which their statement takes as one parameter."""
    table = design.data_table(facts.table)
    parts = []
    for name in facts.members:
        column = table.column(name)
        parts.append(column_field(table, column).model_copy(update={"required": not column.nullable}))
    shown: dict[str, JsonValue] = {part.name: part.value.example for part in parts}
    value = Value(type="array", min_length=1, max_length=MOST_PARTS, example=[shown])
    text = f"The {label(facts.table)}, written with it or not at all."
    return Field(name=facts.name(2), value=value, description=text, parts=tuple(parts))


def constant(column: PublishedColumn) -> JsonValue:
    """The column's default when it is a constant, as JSON.

    >>> constant(PublishedColumn(name="n", type="integer", base="integer", nullable=False, default="0"))
    0
    """
    text = re.sub(r"::[\w\s\[\]()]+$", "", column.default or "").strip()
    if re.fullmatch(r"'(?:[^']|'')*'", text):
        return text[1:-1].replace("''", "'")
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?\d+", text) and column.base in ("smallint", "integer", "bigint", "int2", "int4", "int8"):
        return int(text)
    if re.fullmatch(r"-?\d+(\.\d+)?", text) and column.base == "numeric":
        return text
    return None


def parameter(facts: QueryFacts, position: int, name: str, place: str, design: PublishedDesign) -> Parameter:
    """A parameter of the path or query string, with the limits of the column that it is compared with."""
    found = next(c for c in facts.comparisons if c.position == position)
    table = design.data_table(facts.table)
    known = any(c.name == found.column for c in table.columns) and found.operator != "search"
    if known:
        column = table.column(found.column)
        value = value_of(column, table).model_copy(update={"nullable": False})
        shown = example(value, table.name, found.column, [c.name for c in table.columns].index(found.column))
    elif found.operator == "search":
        value, shown = Value(type="string", min_length=1, max_length=200), label(singular(facts.table))
    else:
        value = value_of_type(facts.type(position))
        shown = example(value, table.name, name, 0)
    return Parameter.model_validate({
        "name": name,
        "place": place,
        "required": place == "path",
        "value": value.model_copy(update={"example": shown}),
        "description": _asked(facts, found.operator, found.column, name, table),
        "table": table.name if known else "",
        "column": found.column if known else "",
    })  # fmt: skip


def _asked(facts: QueryFacts, operator: str, column: str, name: str, table: PublishedTable) -> str:
    things = label(table.name)
    if operator == "search":
        return f"Words that {' or '.join(label(c) for c in facts.search)} of the {things} contain."
    if operator in (">", ">="):
        return f"Only {things} whose {label(column)} is {'after' if operator == '>' else 'at or after'} this."
    if operator in ("<", "<="):
        return f"Only {things} whose {label(column)} is {'before' if operator == '<' else 'at or before'} this."
    parent = next((k.references for k in table.foreign_keys if k.naming == (column,)), "")
    if parent:
        role = label(column.removesuffix("_id"))
        target = label(singular(parent))
        return f"The id of the {role}." if role == target else f"The id of the {role} ({target})."
    if name == column and operator == "=":
        return f"The {label(column)} of the {label(singular(table.name))}."
    return f"The value of {name}."


def merged(fields: Iterable[tuple[Field, ...]]) -> tuple[Field, ...]:
    """One shape for all: a field that some answers lack is not required."""
    variants = list(fields)
    names = dict.fromkeys(field.name for variant in variants for field in variant)
    found = []
    for name in names:
        having = [f for variant in variants for f in variant if f.name == name]
        found.append(having[0].model_copy(update={"required": len(having) == len(variants)}))
    return tuple(found)


class ShapeNames:
    """Names for shapes: equal fields of one table share a name, others get one that says where they are used."""

    def __init__(self) -> None:
        self._named: dict[str, Shape] = {}

    def shape(self, candidates: Iterable[str], description: str, fields: tuple[Field, ...]) -> Shape:
        """The shape of these fields under the first name that is free or already means the same."""
        for name in candidates:
            found = self._named.setdefault(name, Shape(name=name, description=description, fields=fields))
            if found.fields == fields:
                return found
        raise ValueError("every candidate for a schema's name is taken by other fields")
