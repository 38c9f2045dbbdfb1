"""What a schema's design asks its engine family to spell: values of synthetic rows, and the parts of queries.

Tables, keys, rules and indexes are the same everywhere; how a span of time or a search for words is written is not.
A family's module `sql` has these functions. Trials are written in standard SQL (double quotes around names, `||`,
one quote doubled in text), and engines run them in sessions that read it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import sqlalchemy as sa
from sqlalchemy.sql.elements import ClauseElement

from contracts.base import Statement
from contracts.schema import Column, Query, Table


@dataclass(frozen=True)
class Abilities:
    """The kinds of index that a family has: of a part of the rows, for words, for parts of words, for spans of rows.

    With `skips` it reads an index by a later key, value for value of the first ones; with `proves` it reads a partial
    index for every condition that implies its predicate, and not for the predicate's own words alone; with `shares` a
    read passes over the rows that another session has locked; with `excludes` a rule against overlaps is an index; with
    `moves` a trigger may change a table that its statement reads.
    `words` and `parts` are the methods that serve them, None where nothing does.
    """

    partial: bool
    skips: bool
    proves: bool
    shares: bool
    excludes: bool
    moves: bool
    words: Literal["gin", "fulltext"] | None
    parts: Literal["gin", "fulltext"] | None
    spans: bool


class Spelling(Protocol):
    """One family's SQL. Expressions of rows depend on `g`, the number of the row, alone."""

    true: str
    """How the engine prints the answer of a condition that is met."""

    updated: str
    """What makes an UPDATE return the rows as they are then; empty where nothing does."""

    first: str
    """The first parameter of a query."""

    now: str
    """The moment of the statement or transaction."""

    returning: bool
    """Whether an INSERT gives back what it made; else the driver knows the new key."""

    def quoted(self, name: str, /) -> str:
        """The identifier, quoted where the family reserves it."""

    def literal(self, text: str, /) -> str:
        """The text as a string literal."""

    def numbered(self, first: int, last: int, /) -> str:
        """What follows FROM: rows whose column g counts from `first` to `last`."""

    def chosen(self, values: Sequence[str], position: str, /) -> str:
        """The value at a position, which counts from 1."""

    def quotient(self, dividend: str, divisor: int, /) -> str:
        """The whole part of a division of whole numbers."""

    def missing(self, column: Column, /) -> str:
        """NULL as a value of the column."""

    def row_number(self, column: Column, /) -> str:
        """g as a value of the column."""

    def number(self, column: Column, expression: str, /) -> str:
        """A number as the column stores it."""

    def moment(self, start: dt.date, minutes: int, /) -> str:
        """The time g × minutes after the start of a day."""

    def day(self, start: dt.date, days: str, /) -> str:
        """The date some days after another."""

    def clock(self, minutes: str, /) -> str:
        """The time of day some minutes after midnight."""

    def later(self, column: Column, expression: str, /) -> str:
        """A value one small step after another one of the same type."""

    def apart(self, column: Column, expression: str, sign: str, /) -> str:
        """A value clearly before (`-`) or after (`+`) another one of the same type."""

    def days_from(self, column: Column, other: Column, expression: str, days: int, /) -> str:
        """A value of a date or moment column some days after one of the other column, counted in UTC."""

    def typed(self, kind: str, /) -> str | None:
        """A value of a type that has one spelling; None where the column's length decides."""

    def code(self, length: int, unique: bool, /) -> str:
        """A text of at most this length that few rows share, or none."""

    def boundary(self, column: Column, day: dt.date, /) -> str:
        """The start of a day as a value of a date or timestamp column."""

    def first_page(self, column: Column, descending: bool, /) -> str:
        """The keyset argument before every row: the greatest value for a descending sort, else the least."""

    def compiled(self, statement: ClauseElement, /) -> tuple[str, list[str]]:
        """A query as text, and the names of its parameters in the order of their values."""

    def contains(self, target: Any, value: Any, /) -> Any:
        """The condition that a text contains another one, whatever their case."""

    def among(self, target: Any, value: Any, /) -> Any:
        """The condition that a column has one of the values of a list parameter."""

    def listed(self, column: Column, sample: str, /) -> tuple[str, str]:
        """A list parameter's type, and a sample of it."""

    def items(self, array: Any, fields: Sequence[Column], /) -> tuple[Any, Mapping[str, Any], Any]:
        """The items of a JSON array as rows: what follows FROM, their members as values, and which item it is."""

    def item_list(self, rows: Sequence[Mapping[str, str]], /) -> tuple[str, str]:
        """The type of such an array as a parameter, and one of these items."""

    def made_key(self, table: str, column: str, /) -> tuple[tuple[str, ...], str]:
        """Statements after an INSERT of one row, and then an expression of the key that it made."""

    def in_order(self, columns: Sequence[tuple[Any, Any]], descending: bool, /) -> Any:
        """The condition that the columns together come after the values, all of them in one direction."""

    def month(self, column: Any, /) -> Any:
        """The month of a time."""

    def words(self, table: Table, columns: Sequence[str], /) -> str:
        """What an index for words holds, as its key."""

    def search(
        self, table: Table, core: sa.Table, columns: Sequence[str], words: Any, /
    ) -> tuple[Any, Sequence[Any], Any]:
        """What a search reads from, the conditions under which it finds the words, and how its hits are ordered."""

    def query_statement(self, query: Query, /) -> Statement:
        """The statement of the document that shows the query and makes it ready to run."""

    def call(self, query: Query, /) -> str:
        """The statement that runs the query with its sample arguments."""

    def probe(self, name: str, column: Column, select: str, /) -> str:
        """A statement that makes `select`, whose one parameter has the column's type, ready to run under a name;
        `{}` stands where the parameter does."""

    def set_aside(self, table: Table, constraint: str, /) -> tuple[str, ...]:
        """Statements after which a constraint refuses nothing more, until they are rolled back; none where the engine
        names the constraint that stands first in the table."""

    def rescaled(self, column: Column, terms: Sequence[Column], product: str, /) -> str:
        """A product of the terms' values, as the column stores such an amount."""

    def with_own_key(self, insert: str, /) -> str:
        """An INSERT that gives the key which the database would make."""
