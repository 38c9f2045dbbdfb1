"""What several engine families spell alike; each takes it into its own module of spelling."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from contracts.schema import Table


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
