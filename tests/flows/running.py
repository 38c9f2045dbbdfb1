"""A real Prefect server, a served deployment and a work pool with its worker, as processes that can be killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.here import QUIET
from flows.ownership import ROOT
from tests.flows.waiting import PATIENCE_SECONDS, until


def reserved_port() -> socket.socket:
    """A socket that holds a free port of this machine: who listens on it may, and nobody else gets it meanwhile."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


class Place:
    """A server of the tests' own, and the environment of everything that talks to it; the port is its until it ends."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder, self.faults = folder, folder / "faults"
        self.faults.mkdir(parents=True)
        self._reserved = reserved_port()
        port = self._reserved.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/api"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        self.environment = {
            **kept, **QUIET, "PREFECT_HOME": str(folder / "home"),
            "PREFECT_LOCAL_STORAGE_PATH": str(folder / "results"),
            "PREFECT_API_URL": self.address, "PREFECT_RUNNER_POLL_FREQUENCY": "1", "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false", "FAULTS": str(self.faults), "PYTHONPATH": str(ROOT), **more,
        }  # fmt: skip
        self._server: subprocess.Popen[bytes] | None = None
        self._processes: list[subprocess.Popen[bytes]] = []
        self._background: list[tuple[tuple[str, ...], subprocess.Popen[bytes]]] = []

    def start_server(self) -> None:
        """The server, once it answers; on the address and the database of the one before."""
        port = self.address.split(":")[2].removesuffix("/api")
        environment = {**self.environment, "PREFECT_SERVER_API_PORT": port}
        environment.pop("PREFECT_API_URL")
        self._server = server = self._started(["-m", "prefect", "server", "start", "--host", "127.0.0.1"], environment)
        until(lambda: self.answers() or server.poll() is not None, "the server")
        assert server.poll() is None, self.said()
        # `prefect server start` is the server's own process
        (self.faults / "server.pid").write_text(str(server.pid))

    def answers(self) -> bool:
        """Whether the server is there."""
        try:
            with urllib.request.urlopen(f"{self.address}/health", timeout=5):  # noqa: S310  # our own address
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def background(self, *arguments: str) -> None:
        """A process of Python that lives as long as the place."""
        self._background.append((arguments, self._started([*arguments], self.environment)))

    def revive(self) -> None:
        """Starts what has ended: a served deployment gives up when its server has not answered for some polls."""
        if not self.answers():
            self.start_server()
        ended = [arguments for arguments, process in self._background if process.poll() is not None]
        self._background = [entry for entry in self._background if entry[0] not in ended]
        for arguments in ended:
            self.background(*arguments)

    @contextlib.contextmanager
    def running(self, *arguments: str) -> Iterator[None]:
        """A process of Python that lives as long as the block."""
        process = self._started([*arguments], self.environment)
        try:
            yield
        finally:
            self._processes.remove(process)
            _end(process)

    def python(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A process of Python that is waited for; it is killed with its children after `PATIENCE_SECONDS`."""
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            check=False, timeout=PATIENCE_SECONDS,
        )  # fmt: skip

    def _started(self, arguments: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        with (self.folder / f"process-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self._processes.append(process)
        return process

    def said(self) -> str:
        """The end of what each process has said, for a test that fails."""
        logs = sorted(self.folder.glob("process-*.log"))
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in logs)

    def stop(self) -> None:
        """Ends what was started, children as well."""
        self._reserved.close()
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in reversed(self._processes):
            _end(process)

    def plant(self, step: str, kind: str) -> None:
        """The next run of this step meets this fault; what ran before is forgotten."""
        (self.faults / step).write_text(kind)
        self.forget()

    def executed(self) -> list[str]:
        """The steps that ran since `forget`, sorted."""
        log = self.faults / "executed"
        return sorted(log.read_text().split()) if log.exists() else []

    def clear(self) -> None:
        """No stored result, no planted fault, nothing counted."""
        shutil.rmtree(self.folder / "results", ignore_errors=True)
        for file in self.faults.iterdir():
            if file.name != "server.pid":
                file.unlink()

    def deployed(self, *names: str) -> bool:
        """Whether deployments of these names are registered."""
        with self.client() as client:
            return {deployment.name for deployment in client.read_deployments()} >= set(names)

    def forget(self) -> None:
        """Starts counting again."""
        (self.faults / "executed").unlink(missing_ok=True)

    @contextlib.contextmanager
    def client(self) -> Iterator[Any]:
        """Prefect's client for this server, as the UI would call it."""
        from prefect.client.orchestration import get_client
        from prefect.settings import PREFECT_API_URL, temporary_settings

        with temporary_settings({PREFECT_API_URL: self.address}), get_client(sync_client=True) as client:
            yield client


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Told to stop, and killed with its children if it does not."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
