"""What several engine families spell alike; each takes it into its own module of spelling."""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from contracts.schema import Column, Table


def literal(text: str) -> str:
    """The text as an SQL string literal where backslashes are ordinary characters, as the standard has it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("\x00", "").replace("'", "''") + "'"


def in_order(columns: Sequence[tuple[Any, Any]], descending: bool) -> Any:
    """Columns after values by a comparison of rows, which engines answer from one index over all of the columns."""
    left: Any = sa.tuple_(*(column for column, _ in columns))
    right: Any = sa.tuple_(*(value for _, value in columns))
    if len(columns) == 1:
        left, right = columns[0]
    return left < right if descending else left > right


def is_prose(table: Table, columns: Sequence[str]) -> bool:
    """Whether a search reads sentences, whose words are complete; of names and codes people type beginnings."""
    return any(table.column(column).type == "text" for column in columns)


def _decimals(column: Column) -> int | None:
    """Digits behind the point of a number; None where its type does not bound them."""
    digits = re.search(r"\(\d+,\s*(\d+)\)", column.sql_type)
    return int(digits[1]) if digits else 0 if column.type == "integer" else None


def rescaled(column: Column, terms: Sequence[Column], product: str) -> str:
    """The product, rounded where its values have more digits than the column holds: what is stored compares equal."""
    own, parts = _decimals(column), [_decimals(term) for term in terms]
    if own is None or (None not in parts and sum(filter(None, parts)) <= own):
        return product
    return f"round({product}, {own})"
