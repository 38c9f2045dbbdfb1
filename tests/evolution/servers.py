"""Databases on one throw-away server, asked with the server's own tools: psql applies files, pg_dump is the oracle."""

import re
import subprocess
from pathlib import Path

import psycopg

from flows.engines.launcher import Cluster

UNSTABLE = re.compile(r"^\\(un)?restrict .*$|^--.*$|^SET .*$|^SELECT pg_catalog\.set_config.*$", re.MULTILINE)
"""Lines of a dump that differ between two dumps of one database, or say nothing of its schema."""


class Tools:
    """psql and pg_dump of the binaries that run the server."""

    def __init__(self, server: Cluster, binaries: Path) -> None:
        self._server, self._binaries = server, binaries

    def dsn(self, database: str) -> str:
        """The address of a database on the server."""
        return psycopg.conninfo.make_conninfo(self._server.dsn, dbname=database)

    def create(self, database: str, template: str = "template0") -> str:
        """The name of a new database; it replaces one that is there."""
        with psycopg.connect(self._server.dsn, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return database

    def forget_roles(self, prefix: str) -> None:
        """Drop the roles of a project, whose databases are gone."""
        with psycopg.connect(self._server.dsn, autocommit=True) as connection:
            found = connection.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", (prefix,))
            for row in found.fetchall():
                connection.execute(f'DROP ROLE "{row[0]}"')

    def apply(self, database: str, sql: str) -> None:
        """What a person does with a file: `psql -v ON_ERROR_STOP=1 -f`."""
        done = subprocess.run(
            [self._binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(database), "-f", "-"],
            input=sql, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def dump(self, database: str) -> str:
        """The schema of a database, with what says nothing about it left out."""
        done = subprocess.run(
            [self._binaries / "pg_dump", "-s", "-d", self.dsn(database)],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return "\n".join(line for line in UNSTABLE.sub("", done.stdout).splitlines() if line.strip())
