"""A Prefect server of the benchmark's own: free loopback port, temporary home, ended with the benchmark."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.here import QUIET

PATIENCE = 180
"""Seconds; the first start of a server makes its database, which takes 15 on an idle machine."""


@contextlib.contextmanager
def prefect_server(home: Path, keep: Sequence[str] = ()) -> Iterator[float]:
    """Seconds until the server answered; within, this process's environment points to it.

    Of the settings that the environment has, the server keeps those in `keep`. To be entered before anything imports
    Prefect, which reads its settings from the environment once.
    """
    address = f"http://127.0.0.1:{_free_port()}/api"
    ours = {**QUIET, "PREFECT_HOME": str(home), "PREFECT_PROFILES_PATH": str(home / "profiles.toml")}
    environment = {name: value for name, value in os.environ.items() if name in keep or not name.startswith("PREFECT_")}
    begun = time.perf_counter()
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"],
            env={**environment, **ours, "PREFECT_SERVER_API_PORT": address.split(":")[2].removesuffix("/api")},
            stdout=log,
            stderr=log,
        )
        try:
            _wait(server, f"{address}/health", home / "server.log")
            for name in [name for name in os.environ if name.startswith("PREFECT_")]:
                del os.environ[name]
            os.environ.update({**ours, "PREFECT_API_URL": address})
            yield time.perf_counter() - begun
        finally:
            server.terminate()
            server.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # our own loopback address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"The Prefect server did not answer on {url}:\n{log.read_text(errors='replace')[-2000:]}")
