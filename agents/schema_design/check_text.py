"""A CHECK as text from its data, for families that spell names, texts and numbers in their own way."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from agents.schema_design.days import compares_days, shift, zoneless
from contracts.schema import Check, Column, Table


@dataclass(frozen=True)
class CheckSpelling:
    """How a family writes the parts of a CHECK.

    `amount` is a number as the column stores it, `trimmed` the function that takes blanks away, `day` the date in UTC
    of a date or moment, some days on, `matches` the condition that a value has the fixed spelling of its type.
    """

    quoted: Callable[[str], str]
    literal: Callable[[str], str]
    amount: Callable[[Column, Decimal], str]
    trimmed: str
    day: Callable[[str, Column, int], str]
    matches: Callable[[str, Column], str]


def spelled(table: Table, check: Check, words: CheckSpelling) -> Check:
    """The check with its condition in these words, of a family whose CHECKs know no zone but UTC."""
    check = zoneless(check)
    return check.model_copy(update={"expression": check_text(table, check, words)})


def check_text(table: Table, check: Check, spelled: CheckSpelling) -> str:
    """The condition of the check."""
    name, column = spelled.quoted(check.column), table.column(check.column)
    if check.kind == "one_of":
        return f"{name} IN ({', '.join(map(spelled.literal, check.values))})"
    if check.kind == "not_blank":
        return f"{spelled.trimmed}({name}) <> ''"
    if check.kind == "matches":
        return spelled.matches(name, column)
    if check.kind == "range":
        above = ">" if check.exclusive_minimum else ">="
        low = [] if check.minimum is None else [f"{name} {above} {spelled.amount(column, check.minimum)}"]
        high = [] if check.maximum is None else [f"{name} <= {spelled.amount(column, check.maximum)}"]
        return " AND ".join((*low, *high))
    assert check.other is not None
    other = spelled.quoted(check.other)
    if check.kind == "ordered" and compares_days(column, table.column(check.other)):
        left, right = spelled.day(name, column, 0), spelled.day(other, table.column(check.other), shift(check))
        return f"{left} {check.operator} {right}"
    if check.kind == "ordered":
        return f"{name} {check.operator} {other}"
    if check.values:
        return f"{other} NOT IN ({', '.join(map(spelled.literal, check.values))}) OR {name} IS NOT NULL"
    assert check.minimum is not None
    return f"{other} <= {spelled.amount(table.column(check.other), check.minimum)} OR {name} IS NOT NULL"
