"""A served installation as strangers, people and their signals meet it; the server and its processes are real."""

import os
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from flows.ownership import ROOT
from flows.serving_runner import LEFT_BEHIND
from flows.serving_settings import environment
from tests.flows.served import (
    Served,
    alive,
    asked,
    deployment,
    family_of,
    finished,
    logs,
    run,
    served,
    started,
    task_states,
)
from tests.flows.waiting import until

HABITS = {"brief": str(ROOT / "examples" / "habits" / "INITIAL.md"), "project": "habits", "date": "2025-07-31",
          "database": "postgresql"}  # fmt: skip
FOREIGN = {"Origin": "http://elsewhere.example"}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One state folder for the file: making Prefect's database takes most of a first start."""
    return tmp_path_factory.mktemp("state") / "served"


@pytest.fixture(scope="module")
def server(state: Path) -> Iterator[Served]:
    """A server for tests that leave it running; those that end one start their own after it, on its state."""
    with served(state) as found:
        yield found


@pytest.fixture
def friend(server: Served) -> Iterator[httpx.Client]:
    """A caller with password and token."""
    with server.client() as client:
        yield client


def test_password_and_token_open_the_server(friend: httpx.Client) -> None:
    assert friend.post("/deployments/filter", json={}).status_code == 200


@pytest.mark.parametrize("password", ["", "admin:", "admin:wrong", "wrong"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/admin/settings"), ("GET", "/csrf-token?client=x"), ("POST", "/deployments/filter")]
)
def test_without_the_password_nothing_is_answered(
    server: Served, friend: httpx.Client, method: str, path: str, password: str
) -> None:
    """Not even with somebody's valid token, which a stranger cannot get."""
    auth = httpx.BasicAuth(*password.partition(":")[::2]) if password else None
    token = {name: friend.headers[name] for name in ("Prefect-Csrf-Token", "Prefect-Csrf-Client")}
    body = None if method == "GET" else {}
    answer = asked(method, f"{server.url}/api{path}", auth=auth, json=body, headers=token)
    assert answer.status_code == 401
    assert answer.json() == {"exception_message": "Unauthorized"}


def test_without_a_token_nothing_is_changed(server: Served, friend: httpx.Client) -> None:
    token = {name: friend.headers[name] for name in ("Prefect-Csrf-Token", "Prefect-Csrf-Client")}
    address, auth = f"{server.url}/api/deployments/filter", friend.auth
    assert asked("POST", address, json={}, auth=auth, headers=token).status_code == 200
    for name in token:
        assert asked("POST", address, json={}, auth=auth, headers={**token, name: "made-up"}).status_code == 403
        less = {other: value for other, value in token.items() if other != name}
        assert asked("POST", address, json={}, auth=auth, headers=less).status_code == 403


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"])
def test_a_page_of_another_site_is_refused_even_with_password_and_token(friend: httpx.Client, origin: str) -> None:
    assert friend.post("/deployments/filter", json={}, headers={"Origin": origin}).status_code == 403
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    preflight = friend.options("/deployments/filter", headers=asked)
    assert preflight.status_code in (400, 403)
    assert "access-control-allow-origin" not in preflight.headers


def test_the_servers_own_pages_are_let_in(server: Served, friend: httpx.Client) -> None:
    assert friend.post("/deployments/filter", json={}, headers={"Origin": server.url}).status_code == 200


@pytest.mark.parametrize("path", ["/events/out", "/logs/out", "/events/in"])
def test_websockets_are_closed_to_strangers(server: Served, path: str) -> None:
    address = f"{server.url.replace('http', 'ws', 1)}/api{path}"
    with pytest.raises(InvalidStatus), connect(address, additional_headers=FOREIGN, subprotocols=["prefect"]):  # type: ignore[list-item]
        pass
    if path == "/events/in":
        return  # takes events from clients; it has no subprotocol to authenticate with
    with connect(address, subprotocols=["prefect"]) as socket:  # type: ignore[list-item]
        socket.send('{"type":"auth","token":"admin:wrong"}')
        with pytest.raises(ConnectionClosed):
            _everything(socket)


def _everything(socket: ClientConnection) -> None:
    while True:
        assert '"auth_success"' not in str(socket.recv(timeout=60))


def test_nothing_is_reported_to_anybody(server: Served, friend: httpx.Client) -> None:
    assert friend.get("/admin/settings").json()["server"]["analytics_enabled"] is False
    page = asked("GET", f"{server.url}/v2/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    ui = asked("GET", f"{server.url}/ui-settings").json()
    assert (ui["api_url"], ui["csrf_enabled"], ui["auth"]) == ("/api", True, "BASIC")


def test_the_password_is_nowhere_but_in_private_files(server: Served) -> None:
    secret = server.password
    assert len(secret) > 40
    assert stat.S_IMODE(server.state.stat().st_mode) == 0o700
    for file in ("password", "client.env", "server.log", "runner.log"):
        assert stat.S_IMODE((server.state / file).stat().st_mode) == 0o600, file
    assert secret not in "".join(server.said)
    for role in ("server", "runner"):
        assert secret not in (server.state / f"{role}.log").read_text()
    assert not [line for line in alive(server.family()) if secret in line]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"nonsense": 1}, "'nonsense' was unexpected"),
        ({"project": "../etc"}, "project"),
        ({"engine": "postgresql://u:secret@h/d"}, "a DSN with a password"),
        ({"engine": "host=h password=secret"}, "a DSN with a password"),
        ({"strictness": "lax"}, "strictness"),
        ({"cores": -1}, "cores"),
        ({"cores": "many"}, "cores"),
        ({"memory_gb": 1e9}, "memory_gb"),
        ({"date": "soon"}, "date"),
        ({"database": "oracle"}, "database"),
        ({"database": "mariadb:ten"}, "database"),
    ],
)
def test_the_form_refuses_before_a_run_exists(friend: httpx.Client, given: dict[str, object], says: str) -> None:
    before = friend.post("/flow_runs/count", json={}).json()
    answer = started(friend, **given)
    assert answer.status_code == 409
    assert says in answer.json()["detail"]
    assert friend.post("/flow_runs/count", json={}).json() == before


def test_runs_that_no_form_checked_fail_with_a_line_instead_of_crashing(friend: httpx.Client) -> None:
    """By Prefect's check of the types, and by ours of what the words mean; side by side."""
    wrong = {"cores": {"cores": "many"}, "path parts": {"project": "../etc"}}
    runs = {says: started(friend, enforce=False, **given).json()["id"] for says, given in wrong.items()}
    for says, identity in runs.items():
        state = finished(friend, identity)["state"]
        assert isinstance(state, dict)
        assert state["type"] == "FAILED"
        assert says in state["message"]
        assert "Traceback" not in "".join(logs(friend, identity))


def test_work_pools_take_the_deployments_and_a_worker_runs_one(
    server: Served, friend: httpx.Client, tmp_path: Path
) -> None:
    for kind in ("process", "docker"):
        friend.post("/work_pools/", json={"name": f"persistence-{kind}", "type": kind}).raise_for_status()
    _prefect(server, "--no-prompt", "deploy", "--all")
    found = {
        name: friend.get(f"/deployments/name/persistence-architect/{name}").raise_for_status().json()
        for name in ("process", "docker")
    }
    for name, made in found.items():
        assert made["entrypoint"] == "flows.architect.architect"
        assert made["work_pool_name"] == f"persistence-{name}"
        assert made["tags"] == ["persistence"]
        assert made["global_concurrency_limit"]["limit"] == 4
    assert found["docker"]["job_variables"]["image"] == "persistence-architect:latest"
    body = {"parameters": {**HABITS, "output": str(tmp_path), "engine": "none"}, "state": {"type": "SCHEDULED"}}
    made = friend.post(f"/deployments/{found['process']['id']}/create_flow_run", json=body).raise_for_status().json()
    _prefect(server, "worker", "start", "--pool", "persistence-process", "--run-once")
    ended = finished(friend, made["id"])
    assert ended["state_type"] == "COMPLETED", ended["state"]
    assert (tmp_path / "habits" / "planning" / "persistence.md").is_file()


def _prefect(server: Served, *words: str) -> None:
    """Prefect's command line with the settings that `serve` wrote for clients."""
    lines = shlex.split((server.state / "client.env").read_text(), comments=True)
    settings = dict(word.split("=", 1) for word in lines if word != "export")
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *words],
        cwd=ROOT,
        env={**environment(settings, os.environ), "PWD": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_deployment_is_found_by_its_name(friend: httpx.Client) -> None:
    found = friend.get(f"/deployments/{deployment(friend)}").json()
    assert found["entrypoint"] == "flows.architect.architect"
    assert found["enforce_parameter_schema"] is True


def test_stopping_ends_the_run_and_its_engine_and_a_new_start_can_retry_it(
    server: Served, state: Path, tmp_path: Path
) -> None:
    with server.client() as client:
        identity = started(client, **HABITS, output=str(tmp_path), engine="embedded").json()["id"]
        until(lambda: [line for line in alive(server.family()) if "postgres" in line], "the engine")
    processes = server.family()
    server.process.send_signal(signal.SIGTERM)
    assert "stopped" in server.ended()
    assert server.process.returncode == 0
    assert alive(processes) == []
    with served(state) as again:
        with again.client() as client:
            left = run(client, identity)["state"]
            assert isinstance(left, dict)
            assert (left["type"], left["message"]) == ("CRASHED", LEFT_BEHIND)
            retry = {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}}
            client.post(f"/flow_runs/{identity}/set_state", json=retry).raise_for_status()
            assert finished(client, identity)["state_type"] == "COMPLETED"
            states = until(lambda: s if "documents" in (s := task_states(client, identity)) else None, "the steps")
        assert states["schema design"] == "Cached"
        assert states["proof on engine"] == "Completed"
        processes = again.family()
        _of(processes, "serving_server").kill()
        said = again.ended()
    assert again.process.returncode == 70
    assert "error: The server ended with code -9" in said
    assert alive(processes) == []


SERVING = """
import subprocess, sys, time
from pathlib import Path
from flows.serving_processes import family
waiting = "import time; print('up', flush=True); time.sleep(600)"
leaving = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]], start_new_session=True)"
with family() as processes:
    for role, code in (("server", waiting), ("runner", leaving)):
        child = processes.start(role, [sys.executable, "-c", code, waiting], {}, Path(sys.argv[1]), subprocess.PIPE)
        child.stdout.readline()
    print("ready", flush=True)
    time.sleep(600)
"""


def test_nothing_outlives_a_serve_that_is_killed(tmp_path: Path) -> None:
    """Not even the run of a runner that has gone: it has a session of its own, and is nobody's child."""
    command = [sys.executable, "-c", SERVING, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        processes = family_of(process.pid)
        assert len(alive(processes)) == 3  # the keeper, the server, and the run
        process.kill()
        until(lambda: not alive(processes), "the end of everything")


def test_a_runner_that_dies_ends_everything(state: Path) -> None:
    with served(state) as found:
        processes = found.family()
        _of(processes, "serving_runner").kill()
        assert "error: The runner ended with code -9" in found.ended()
    assert alive(processes) == []


def _of(processes: list[psutil.Process], module: str) -> psutil.Process:
    return next(p for p in processes if any(module in word for word in p.cmdline()))
