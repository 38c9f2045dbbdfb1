"""The trials of a cache on PostgreSQL."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts.claims import CachedQuery
from flows.engines.caches.database import CaseError, Keys, Row
from flows.engines.lanes import PREPARED
from flows.engines.session import Connection, Outcome, checked, connected, literal, quoted, ran, rolled_back

LOCK_SECONDS = 5
"""Cases write rows of their own, so a writer that waits for the other has found a design that locks too much."""


@dataclass
class PostgreSQLSession:
    """A session in a scratch database, and how another one gets there."""

    connection: Connection
    conninfo: str

    def begin(self) -> None:
        checked(self.connection, "BEGIN")

    def commit(self) -> None:
        checked(self.connection, "COMMIT")

    def roll_back(self) -> None:
        rolled_back(self.connection)

    def rows(self, sql: str) -> list[Row]:
        """With the names that the server gives."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql.encode())
        except Exception as error:
            if self.connection.closed:
                raise
            raise CaseError(f"{str(error).splitlines()[0]} in {sql[:120]}") from error
        result = cursor.pgresult
        if result is None or not result.nfields:
            return []
        names = [(result.fname(n) or b"").decode() for n in range(result.nfields)]
        cells = [[result.get_value(r, c) for c in range(result.nfields)] for r in range(result.ntuples)]
        return [{n: None if v is None else v.decode() for n, v in zip(names, row, strict=True)} for row in cells]

    def literal(self, text: str) -> str:
        return literal(text)

    def as_text(self, expression: str) -> str:
        return f"({expression})::text"

    def answer(self, query: CachedQuery, arguments: tuple[str, ...], values: Mapping[str, str]) -> str:
        inside = self.connection.info.transaction_status.name != "IDLE"
        execute = f"EXECUTE {quoted(query.query)}{f'({chr(44).join(arguments)})' if arguments else ''}"
        if not query.role:
            return str(self.rows(execute))
        begin, end = ("SAVEPOINT asked", "ROLLBACK TO SAVEPOINT asked") if inside else ("BEGIN", "ROLLBACK")
        setting = f"SELECT set_config({literal(query.setting)}, {literal(values[query.tenant])}, true)"
        _done(ran(self.connection, begin))
        try:
            _done(ran(self.connection, f"{setting}; SET LOCAL ROLE {quoted(query.role)}"))
            return str(self.rows(execute))
        finally:
            _done(ran(self.connection, end))

    def primary_keys(self) -> Keys:
        sql = """
        SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN unnest(i.indkey) WITH ORDINALITY AS k (number, place) ON true
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
        WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname, k.place
        """
        found: dict[str, tuple[str, ...]] = {}
        for table, column in checked(self.connection, sql).rows or ():
            found[str(table)] = (*found.get(str(table), ()), str(column))
        return found

    @contextlib.contextmanager
    def another(self) -> Iterator["PostgreSQLSession"]:
        prepared = [str(row[0]) for row in checked(self.connection, PREPARED).rows or ()]
        with contextlib.closing(connected(self.conninfo, dbname=self.connection.info.dbname)) as beside:
            checked(beside, f"SET lock_timeout = '{LOCK_SECONDS}s'")
            for statement in prepared:
                checked(beside, statement)
            yield PostgreSQLSession(beside, self.conninfo)


def _done(outcome: Outcome) -> None:
    if outcome.failed:
        raise CaseError(outcome.message)
