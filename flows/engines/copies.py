"""What trials with copies of a server share: its programs run as its own user, and sums over all rows of all tables."""

import contextlib
import os
import subprocess
from pathlib import Path

from flows.engines.errors import EngineError
from flows.engines.launcher import Cluster
from flows.engines.session import Connection, checked, connected, literal, ran
from flows.engines.watched import owner

SECONDS = 120.0  # a deadline for a machine under load; the usual program takes 1 to 2

TABLES = """
SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
"""

Counts = dict[str, int]

Sums = dict[str, tuple[int, str]]
"""Rows and a sum over the hashes of all rows, by table; the sum does not depend on the order of the rows."""


def sums_in(conninfo: str, database: str) -> Sums:
    """The sums of a database on another server."""
    with contextlib.closing(connected(conninfo, dbname=database)) as connection:
        return sums(connection)


def counts(connection: Connection) -> Counts:
    """Rows of each table."""
    names = [str(row[0]) for row in checked(connection, TABLES).rows or ()]
    parts = (f"SELECT {literal(name)}, count(*) FROM {name}" for name in names)
    rows = checked(connection, " UNION ALL ".join(parts)).rows if names else ()
    return {str(name): int(str(count)) for name, count in rows or ()}


HASHES = ("hash_record_extended(t, 0)", "hashtextextended(t::text, 0)")
"""Of a row: of its values, or at twice the price of its text, which is left where a type has no hash (a point)."""


def sums(connection: Connection) -> Sums:
    """Rows of each table and the sum over their hashes."""
    return {str(row[0]): _sum(connection, str(row[0])) for row in checked(connection, TABLES).rows or ()}


def _sum(connection: Connection, table: str) -> tuple[int, str]:
    asked = [f"SELECT count(*), coalesce(sum({hashed}::numeric), 0) FROM {table} AS t" for hashed in HASHES]
    found = ran(connection, asked[0])
    count, total = ((checked(connection, asked[1]) if found.failed else found).rows or ((None, None),))[0]
    return int(str(count)), str(total)


def one_value(connection: Connection, sql: str) -> str | None:
    """The first value of the first row."""
    return (checked(connection, sql).rows or ((None,),))[0][0]


def address(own: Cluster) -> tuple[str, ...]:
    """How the server's programs find it."""
    return "-h", str(own.folder), "-U", "postgres"


def run_program(own: Cluster, *words: str | Path) -> None:
    """One of the server's programs as the server's user; `EngineError` with its last line when it fails."""
    who = owner(own.account)
    try:
        done = subprocess.run(
            [str(word) for word in words],
            user=who["user"],
            group=who["group"],
            extra_groups=None if own.account is None else [],
            env=who["environment"],
            cwd=own.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )  # type: ignore[call-overload]
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError("A program of the server does not run", place=str(words[0]), evidence=str(error)) from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EngineError("A program of the server failed", place=os.path.basename(words[0]), evidence=said)
