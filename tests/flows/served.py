"""`python -m flows serve` as people start it: in a process of its own, on a free port, with a state folder."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from flows.ownership import ROOT
from flows.serving_keeper import VARIABLE
from tests.flows.waiting import PATIENCE_SECONDS, until


class Patient(httpx.HTTPTransport):
    """Asks again where a server was busy, as Prefect's own client does: 503 says that its SQLite file was locked."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := super().handle_request(request)).status_code == 503 and time.monotonic() < deadline:
            answer.close()
            time.sleep(0.2)
        return answer


def asked(method: str, address: str, **given: Any) -> httpx.Response:
    """The answer to a caller that has neither password nor token but what is given."""
    with httpx.Client(transport=Patient(), timeout=60) as client:
        return client.request(method, address, **given)


@dataclass
class Served:
    """A server that answers, with its runner."""

    process: "subprocess.Popen[str]"
    state: Path
    said: list[str]

    @property
    def url(self) -> str:
        """The UI's address, as it was printed."""
        return re.findall(r"http://\S+", "".join(self.said))[0]

    @property
    def password(self) -> str:
        """What a person reads from the file that was printed."""
        return (self.state / "password").read_text().strip()

    def family(self) -> list[psutil.Process]:
        """Every living process that this server started, at any depth, also those that are orphans by now."""
        return family_of(self.process.pid)

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A caller with password and CSRF token, as the UI is one."""
        auth = httpx.BasicAuth(*self.password.split(":", 1))
        with httpx.Client(base_url=f"{self.url}/api", auth=auth, transport=Patient(), timeout=60) as client:
            token = client.get("/csrf-token", params={"client": "tests"}).raise_for_status().json()["token"]
            client.headers.update({"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "tests"})
            yield client

    def ended(self) -> str:
        """What it said last, once it has ended."""
        _, rest = self.process.communicate(timeout=PATIENCE_SECONDS)
        return str(rest)


def family_of(pid: int) -> list[psutil.Process]:
    """Descendants of a process, and whoever carries the mark of the same server."""
    try:
        children = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    marks = {mark.partition(":")[0] for child in children if (mark := _mark(child))}
    strays = [p for p in psutil.process_iter() if _mark(p).partition(":")[0] in marks]
    return list({process.pid: process for process in (*children, *strays)}.values())


def _mark(process: psutil.Process) -> str:
    try:
        return str(process.environ().get(VARIABLE, ""))
    except psutil.Error:
        return ""


def alive(processes: list[psutil.Process]) -> list[str]:
    """The command lines of those that still run."""
    found = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


@contextmanager
def served(state: Path, *options: str) -> Iterator[Served]:
    """A server for the block; it is stopped with SIGTERM if it has not ended by then."""
    command = [sys.executable, "-m", "flows", "serve", "--port", "0", "--state", str(state), *options]
    foreign = {"PREFECT_API_URL": "http://127.0.0.1:1/api", "PREFECT_SERVER_API_AUTH_STRING": "somebody:else"}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **foreign}, stderr=subprocess.PIPE, text=True)
    found = Served(process, state, [])
    try:
        assert process.stderr is not None
        for line in process.stderr:
            found.said.append(line)
            if line.startswith("stop with"):
                break
        else:
            raise AssertionError(f"serve ended with {process.wait()}: {found.said}")
        yield found
    finally:
        if process.poll() is None:
            process.terminate()
            found.ended()


def deployment(client: httpx.Client) -> str:
    """The id of the design's deployment."""
    return str(client.get("/deployments/name/persistence-architect/design").raise_for_status().json()["id"])


def started(client: httpx.Client, **given: object) -> httpx.Response:
    """The answer to a run that is asked for with these parameters; `enforce` off is what a form never does."""
    enforce = given.pop("enforce", True)
    body = {"parameters": given, "enforce_parameter_schema": enforce, "state": {"type": "SCHEDULED"}}
    return client.post(f"/deployments/{deployment(client)}/create_flow_run", json=body)


def run(client: httpx.Client, identity: str) -> dict[str, object]:
    """A flow run as the server knows it."""
    return dict(client.get(f"/flow_runs/{identity}").raise_for_status().json())


def finished(client: httpx.Client, identity: str) -> dict[str, object]:
    """The run, once it has ended."""
    ends = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
    return until(lambda: r if (r := run(client, identity))["state_type"] in ends else None, "the run's end")


def task_states(client: httpx.Client, identity: str) -> dict[str, str]:
    """Each step of a run by the name of its last state."""
    body = {"flow_runs": {"id": {"any_": [identity]}}, "sort": "EXPECTED_START_TIME_DESC"}
    tasks = client.post("/task_runs/filter", json=body).raise_for_status().json()
    states: dict[str, str] = {}
    for task in tasks:
        states.setdefault(task["name"], task["state_name"])
    return states


def logs(client: httpx.Client, identity: str) -> list[str]:
    """What a run has logged so far."""
    body = {"logs": {"flow_run_id": {"any_": [identity]}}, "sort": "TIMESTAMP_ASC", "limit": 200}
    return [line["message"] for line in client.post("/logs/filter", json=body).raise_for_status().json()]
