"""The SQL of MariaDB's designs as a reader runs it: pasted into the client, in an empty database."""

import contextlib
import functools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.requirement_analysis import requirement_analysis
from artifacts.migration_files import migration_files
from artifacts.script import script_text
from contracts.base import Statement
from contracts.plan import Design
from flows.direct import DirectRun
from flows.engines import EngineError
from flows.engines.mariadb.locate import found
from flows.engines.mariadb.server import Server, serving
from flows.engines.mariadb.session import connected
from flows.engines.mariadb.session import one as one_value
from flows.inputs import brief_from_file
from flows.progress import Silent
from flows.spine import whole_design

ROOT = Path(__file__).parents[2]
BRIEFS = ("examples/shop/INITIAL.md", "examples/clinic/INITIAL.md", "tests/briefs/hotel.md", "tests/briefs/library.md")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if shutil.which("mariadb") is None:
        pytest.skip("the mariadb client is not installed")
    try:
        info = found("installed")
    except EngineError as error:
        pytest.skip(str(error))
    with serving(info) as running:
        yield running


@functools.cache
def designed(brief: str) -> Design:
    """The design of a brief for MariaDB."""
    read = brief_from_file(str(ROOT / brief), "", "2026-11-01", database="mariadb")
    return whole_design(read, requirement_analysis(read), DirectRun(Silent()))


def script(brief: str) -> tuple[Statement, ...]:
    """All statements of the design, in the document's order."""
    return designed(brief).script()


def said(server: Server, database: str, text: str) -> str:
    """What the client says when it is given the text; empty when all of it runs."""
    given = dict(server.address.arguments)
    command = ["mariadb", f"--socket={given['unix_socket']}", f"--user={given['user']}"]
    made = f"CREATE DATABASE IF NOT EXISTS {database};\nUSE {database};\n{text}\n"
    done = subprocess.run(command, input=made, capture_output=True, text=True, timeout=120, check=False)
    return "" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("brief", BRIEFS)
def test_the_client_runs_every_statement(server: Server, brief: str) -> None:
    name = f"read_{BRIEFS.index(brief)}"
    assert said(server, name, script_text(script(brief))) == ""


def test_a_body_without_its_mark_is_cut_by_the_client(server: Server) -> None:
    cut = [s.model_copy(update={"delimiter": ""}) for s in script(BRIEFS[1])]
    assert "syntax" in said(server, "cut", script_text(cut))


def test_the_files_of_the_steps_go_there_and_back(server: Server) -> None:
    files = migration_files(designed(BRIEFS[1]))
    forward = [text for name, text in files.items() if name.startswith("V")]
    back = [text for name, text in files.items() if name.startswith("R")]
    assert said(server, "steps", "\n".join(forward)) == ""
    assert rows(server, "steps") > 0
    for text in reversed(back):
        assert said(server, "steps", text) == ""
    assert rows(server, "steps") == 0


def rows(server: Server, database: str) -> int:
    """How many tables, views, triggers and routines a database has."""
    with contextlib.closing(connected(server.address)) as connection:
        kinds = (("tables", "table"), ("triggers", "trigger"), ("routines", "routine"))
        sql = " + ".join(
            f"(SELECT COUNT(*) FROM information_schema.{many} WHERE {one}_schema = '{database}')" for many, one in kinds
        )
        return int(one_value(connection, f"SELECT {sql}"))
