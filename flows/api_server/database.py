"""The document's prepared statements, run as the caller's role and on behalf of who asks."""

import re
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql

from contracts.api import ApiRole
from contracts.published import PublishedDesign, PublishedQuery
from flows.engines.session import Connection

_RECORDS = re.compile(r"\brecord_read\(")
Rows = list[tuple[Any, ...]]


class Database:
    """One connection for one request at a time; more would need a pool and prove nothing further."""

    def __init__(self, connection: Connection, design: PublishedDesign) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._names = {query.name for query in design.queries if query.purpose == "application"}
        policies = [p.using or "" for table in design.catalogue.tables for p in table.policies]
        self._recorded = any(_RECORDS.search(using) for using in policies)
        there = {row[0] for row in connection.execute("SELECT name FROM pg_prepared_statements").fetchall()}
        for query in design.queries:
            if query.name in self._names - there:
                connection.execute(prepare(query).encode())

    def rows(
        self,
        query: str,
        values: Sequence[str | None],
        role: ApiRole | None,
        identity: str,
        *,
        write: bool,
        parts: Sequence[tuple[str, Sequence[str | None]]] = (),
    ) -> tuple[Rows, int]:
        """The rows of a prepared statement and how many it touched, in a transaction of its own.

        The role and the identity hold for this transaction alone (SET LOCAL), so that nothing is left for the next. It
        is read only, unless reads are recorded: then a policy makes an entry before a row is seen. The statements of
        `parts` run after it, with the key that it returned before their own values.
        """
        if lacking := {query, *(name for name, _ in parts)} - self._names:
            raise LookupError(f"the document prepares no query {', '.join(sorted(lacking))}")
        with self._lock, self._connection.transaction():
            for statement in _session(role, identity, write or self._recorded):
                self._connection.execute(statement)
            cursor = self._connection.execute(_execute(query, values))
            found, touched = cursor.fetchall() if cursor.description else [], cursor.rowcount
            for name, more in parts:
                self._connection.execute(_execute(name, [str(found[0][0]), *more]))
            return found, touched


def prepare(query: PublishedQuery) -> str:
    """The statement as the document has it: name, types, SQL."""
    types = ", ".join(parameter.type for parameter in query.parameters)
    return (
        f"PREPARE {psycopg.sql.Identifier(query.name).as_string(None)} {f'({types}) ' if types else ''}AS {query.sql}"
    )


def _session(role: ApiRole | None, identity: str, write: bool) -> Iterable[sql.Composed | sql.SQL]:
    if not write:
        yield sql.SQL("SET TRANSACTION READ ONLY")
    if role is None:
        return
    yield sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role.database_role))
    if role.identity:
        yield sql.SQL("SELECT set_config({}, {}, true)").format(sql.Literal(role.identity), sql.Literal(identity))


def _execute(query: str, values: Sequence[str | None]) -> sql.Composed:
    """EXECUTE with literals, which the server reads as the parameters' types."""
    name = sql.Identifier(query)
    if not values:
        return sql.SQL("EXECUTE {}").format(name)
    literals = sql.SQL(", ").join(sql.NULL if value is None else sql.Literal(value) for value in values)
    return sql.SQL("EXECUTE {} ({})").format(name, literals)
