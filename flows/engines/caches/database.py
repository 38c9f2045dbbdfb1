"""What the trials of a cache ask of a database, whichever engine it is: a session that reads, writes and is undone."""

import contextlib
from collections.abc import Mapping
from typing import Protocol

from contracts.claims import CachedQuery

Row = dict[str, str | None]

Keys = Mapping[str, tuple[str, ...]]
"""The primary key's columns of each table."""


class CaseError(Exception):
    """A statement of a case that the database refused: the case shows nothing."""


class Session(Protocol):
    """One session in the loaded database."""

    def begin(self) -> None:
        """Open a transaction, in which others' commits show as the design's isolation has it."""

    def commit(self) -> None:
        """Make what was written visible to others."""

    def roll_back(self) -> None:
        """Undo the open transaction, if there is one."""

    def rows(self, sql: str, /) -> list[Row]:
        """The rows that a statement returns, as text by column name; `CaseError` when it is refused."""

    def literal(self, text: str, /) -> str:
        """The text as SQL."""

    def as_text(self, expression: str, /) -> str:
        """The expression as a text."""

    def answer(self, query: CachedQuery, arguments: tuple[str, ...], values: Mapping[str, str], /) -> str:
        """The database's answer to a prepared query now, as text; as the tenant's role where the entry has one."""

    def primary_keys(self) -> Keys:
        """Of all tables, as the catalogue has them."""

    def another(self) -> contextlib.AbstractContextManager["Session"]:
        """A session beside this one that writes, with the same prepared queries and a bound for waiting."""
