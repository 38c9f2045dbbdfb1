"""The server of one command: closed to strangers, gone with its command however that ends, and faults in words."""

import base64
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from flows import temporary_server
from flows.inputs import InputError
from flows.ownership import ROOT
from tests.flows.waiting import PATIENCE_SECONDS, until

COMMAND = """
from flows.temporary_server import started
server = started()
server.wait({patience})
print(server.url, server.password, server.process.pid, flush=True)
input()
"""


def test_strangers_are_refused_and_nothing_outlives_a_killed_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    command = subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(patience=PATIENCE_SECONDS)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert command.stdout is not None
    url, password, pid = command.stdout.readline().split()
    try:
        assert _status(f"{url}/admin/version", "") == 401
        assert _status(f"{url}/admin/version", "admin:guessed") == 401
        assert _status(f"{url}/admin/version", password) == 200
    finally:
        command.kill()
        command.communicate()
    until(lambda: not psutil.pid_exists(int(pid)), "the end of the server")


def _status(url: str, login: str) -> int:
    request = urllib.request.Request(url)  # noqa: S310  # our own loopback address
    if login:
        request.add_header("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_server_that_ends_instead_of_starting_is_a_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "sqlite+nothing:///x")
    server = temporary_server.started()
    with pytest.raises(InputError, match=r"ended with code 1 while it started.*do without with --direct"):
        server.wait(PATIENCE_SECONDS)
    server.stop()


def test_a_server_that_is_there_and_does_not_answer_is_told_from_one_that_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(temporary_server, "STOP_SECONDS", 0.01)
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process,
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        server = temporary_server.TemporaryServer(process, f"http://127.0.0.1:{silent.getsockname()[1]}", "")
        with pytest.raises(InputError, match=r"did not start in 0\.1 seconds"):
            server.wait(0.1)
        silent.close()
        with pytest.raises(InputError, match=r"cannot be reached at http.*refused.*loopback"):
            server.wait(60)
        server.stop()
