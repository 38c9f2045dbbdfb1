"""The command `design` with Prefect: the same lines and documents, and nothing secret in what Prefect stores."""

import contextlib
import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.cli import BAD_INPUT, FINDINGS, main
from flows.designing import DSN_VARIABLE
from flows.ownership import ROOT

HABITS = str(ROOT / "examples" / "habits" / "INITIAL.md")


def _argv(output: Path, *more: str) -> list[str]:
    return ["design", HABITS, "--date", "2025-07-31", "--output", str(output), *more]


def test_with_and_without_prefect_the_same_is_written_and_said(
    storage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for more in ((), ("--direct",)):
        assert main(_argv(tmp_path, "--engine", "none", "--json", *more)) == FINDINGS
        out, err = capsys.readouterr()
        written = {f.name: f.read_bytes() for f in (tmp_path / "habits" / "planning").rglob("*.*")}
        said.append((json.loads(out), [line for line in err.splitlines() if line.startswith("[")], written))
    assert said[0] == said[1]
    assert len(said[0][1]) == 11


def test_a_password_reaches_neither_parameters_nor_messages(
    storage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.client.orchestration import get_client

    monkeypatch.setenv(DSN_VARIABLE, "")
    dsn = "postgresql://u:topsecret@127.0.0.1:1/x"
    assert main(_argv(tmp_path / "out", "--engine", dsn, "--database", "postgresql")) == BAD_INPUT
    out, err = capsys.readouterr()
    assert "cannot be reached" in err
    assert "topsecret" not in out + err
    assert os.environ[DSN_VARIABLE] == dsn
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(limit=200)
    assert f"env:{DSN_VARIABLE}" in {run.parameters.get("engine") for run in runs}
    assert not any("topsecret" in run.model_dump_json() for run in runs)
    stored = [f for f in storage.rglob("*") if f.is_file()]
    assert not any(b"topsecret" in f.read_bytes() for f in stored)


def test_a_server_that_does_not_answer_is_a_clear_line(
    storage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api", PREFECT_CLIENT_MAX_RETRIES: 0}):
        assert main(_argv(tmp_path / "out", "--engine", "none")) == BAD_INPUT
    err = capsys.readouterr().err
    assert "The Prefect server at http://127.0.0.1:1/api does not answer" in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_server_that_wants_another_password_is_a_clear_line(
    storage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The address is the server's own; the login is wrong for the door before it, as a proxy answers."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    with guarded() as address, temporary_settings({PREFECT_API_URL: address, PREFECT_API_AUTH_STRING: "a:b"}):
        assert main(_argv(tmp_path / "out", "--engine", "none")) == BAD_INPUT
    err = capsys.readouterr().err
    assert f"The Prefect server at {address} refuses this command with 401. Set PREFECT_API_AUTH_STRING" in err
    assert "Traceback" not in err


@contextlib.contextmanager
def guarded() -> Iterator[str]:
    """A door that is healthy and lets nobody in."""

    class Guard(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path.endswith("/health") else 401)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            """Not between the tests' lines."""

    with http.server.HTTPServer(("127.0.0.1", 0), Guard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


def test_a_home_that_cannot_be_made_is_a_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also for root, who may write everywhere: a file stands where the folder has to be."""
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

    (tmp_path / "obstacle").touch()
    home = tmp_path / "obstacle" / "home"
    with temporary_settings({PREFECT_HOME: str(home)}, restore_defaults={PREFECT_API_URL}):
        assert main(_argv(tmp_path / "out", "--engine", "none")) == BAD_INPUT
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"error: Prefect keeps its database and results in {home}, which cannot be written: Not a directory. "
        "Set PREFECT_HOME to a folder of yours, or use --direct."
    ]
    assert not (tmp_path / "out").exists()
