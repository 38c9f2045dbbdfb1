"""The trials of a cache on MariaDB, in sessions of their own."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pymysql

from contracts.claims import CachedQuery, Claim, Coherent, Invalidates, Observation
from flows.engines.caches import cached
from flows.engines.caches.database import CaseError, Keys, Row
from flows.engines.mariadb.product import MYSQL
from flows.engines.mariadb.server import Scratch, Server
from flows.engines.mariadb.session import Connection, as_text, checked, connected, literal, quoted, rows_of

ISOLATION = "READ COMMITTED"
"""As the design's configuration has it: what others committed shows in an open transaction."""

LOCK_SECONDS = 5
_RETURNING = re.compile(r"(?P<insert>INSERT INTO (?P<table>\S+) .*) RETURNING \*", re.DOTALL)
_KEYS = """
SELECT table_name, column_name FROM information_schema.key_column_usage
WHERE table_schema = DATABASE() AND constraint_name = 'PRIMARY' ORDER BY table_name, ordinal_position
"""


@dataclass
class MariaDBSession:
    """A session in a scratch database, in which the queries are prepared."""

    connection: Connection
    server: Server
    database: str
    queries: Mapping[str, str]

    def begin(self) -> None:
        checked(self.connection, "START TRANSACTION")

    def commit(self) -> None:
        checked(self.connection, "COMMIT")

    def roll_back(self) -> None:
        checked(self.connection, "ROLLBACK")

    def rows(self, sql: str) -> list[Row]:
        made = _RETURNING.fullmatch(sql) if self.server.address.product is MYSQL else None
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(made["insert"] if made else sql)
                if made:  # the driver is told the new key, and reads the row by it
                    (key,) = self.primary_keys()[made["table"].strip('`"')]
                    cursor.execute(f"SELECT * FROM {made['table']} WHERE {quoted(key)} = LAST_INSERT_ID()")
                names = [str(column[0]) for column in cursor.description or ()]
                return [dict(zip(names, map(as_text, row), strict=True)) for row in cursor.fetchall()] if names else []
        except pymysql.MySQLError as error:
            if not self.connection.open:
                raise
            raise CaseError(f"{error.args[-1]} in {sql[:120]}") from error

    def literal(self, text: str) -> str:
        return literal(text)

    def as_text(self, expression: str) -> str:
        return f"CAST({expression} AS CHAR)"

    def answer(self, query: CachedQuery, arguments: tuple[str, ...], values: Mapping[str, str]) -> str:
        del values
        places = [f"@persistence_{number}" for number in range(len(arguments))]
        if places:
            checked(self.connection, f"SET {', '.join(map(' = '.join, zip(places, arguments, strict=True)))}")
        using = f" USING {', '.join(places)}" if places else ""
        return str(self.rows(f"EXECUTE {quoted(query.query)}{using}"))

    def primary_keys(self) -> Keys:
        found: dict[str, tuple[str, ...]] = {}
        for table, column in rows_of(self.connection, _KEYS):
            found[str(table)] = (*found.get(str(table), ()), str(column))
        return found

    @contextlib.contextmanager
    def another(self) -> "Iterator[MariaDBSession]":
        with opened(self.server, self.database, self.queries) as beside:
            checked(beside.connection, f"SET SESSION innodb_lock_wait_timeout = {LOCK_SECONDS}")
            yield beside


@contextlib.contextmanager
def opened(server: Server, database: str, queries: Mapping[str, str]) -> Iterator[MariaDBSession]:
    """A session with the queries, each prepared under its name."""
    with contextlib.closing(connected(server.address, database=database)) as connection:
        checked(connection, f"SET SESSION TRANSACTION ISOLATION LEVEL {ISOLATION}")
        for name, text in queries.items():
            checked(connection, f"PREPARE {quoted(name)} FROM {literal(text)}")
        yield MariaDBSession(connection, server, database, queries)


def caches_tried(
    server: Server, place: Scratch, prepared: Mapping[str, str], claims: Sequence[Claim]
) -> Iterator[str | Observation]:
    """Trials of a cache, with the prepared texts of the queries that it keeps."""
    trials = [claim.trial for claim in claims]
    names = {q.query for trial in trials if isinstance(trial, Invalidates | Coherent) for q in trial.caches}
    queries = {name: text for name, text in prepared.items() if name in names}
    return cached(claims, lambda: opened(server, place.database, queries))
