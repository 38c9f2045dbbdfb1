"""A document's SQL pasted into its engine's own client, in an empty database of a server made for it."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from artifacts.reading import sql_script, sql_statements
from flows.engines import mariadb, postgresql
from flows.engines.mariadb.server import serving as mariadb_serving
from flows.engines.server import serving as postgresql_serving

SECONDS = 300
CLIENTS = {"postgresql": "psql", "mariadb": "mariadb", "sqlite": "sqlite3"}


def by_client(document: Path, family: str) -> tuple[int, str]:
    """How many statements the document has, and what the client says when one is refused; empty when all run."""
    text = document.read_text(encoding="utf-8")
    count, script = len(sql_statements(text)), "\n".join(block.text for block in sql_script(text))
    if shutil.which(CLIENTS[family]) is None:
        return count, f"{CLIENTS[family]} is not installed"
    with _client(family) as command:
        done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=SECONDS, check=False)
    said = (done.stderr.strip().splitlines() or [""])[0]
    return count, said or (f"it ended with {done.returncode}" if done.returncode else "")


@contextlib.contextmanager
def _client(family: str) -> Iterator[list[str]]:
    """The client with the address of an empty database."""
    if family == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield ["sqlite3", "-bail", str(Path(folder) / "new.db")]
    elif family == "mariadb":
        with mariadb_serving(mariadb.found("embedded")) as server:
            given = dict(server.address.arguments)
            base = ["mariadb", f"--socket={given['unix_socket']}", f"--user={given['user']}"]
            subprocess.run([*base, "-e", "CREATE DATABASE new"], check=True, timeout=SECONDS)
            yield [*base, "--database=new"]
    else:
        with postgresql_serving(postgresql.found("embedded")) as server:
            options = ["-v", "ON_ERROR_STOP=1", "-X", "-q", "-o", "/dev/null"]
            yield ["psql", *options, "-d", server.conninfo, "-f", "-"]
