"""The process between us and the server: nothing of a cluster may outlive the program that asked for it.

It is run as a file (`python -I -S watcher.py`), with the standard library alone, so that it starts in a few
milliseconds. It reads one JSON line from its standard input, starts the server, answers with one JSON line,
and then waits. Anything further on its standard input, its end, or a new parent process (the old one was
killed) means stop: the server gets SIGQUIT, and the folder is removed. Stopping and dying are one path, so
each ordinary run tries what a `kill -9` of the parent relies on.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.01
PATIENCE_SECONDS = 5.0  # for the server to obey SIGQUIT before it is killed


def main() -> None:
    """Serve one request for the folder in the first argument, and remove the folder in the end.

    The request holds `initdb` and `postgres` (commands), `user` and `group` (ids or null), `environment`, and
    `deadline` (seconds).
    """
    folder = Path(sys.argv[1])
    parent = os.getppid()
    server: subprocess.Popen[bytes] | None = None
    try:
        request = json.loads(sys.stdin.readline())
        server, failure = _started(folder, request, parent)
        sys.stdout.write(json.dumps({"failure": failure, "log": _tail(folder) if failure else ""}) + "\n")
        sys.stdout.flush()
        while not _told_to_stop(parent, wait=0.5):
            pass
    except (BrokenPipeError, json.JSONDecodeError):
        pass  # the parent died before it asked or before it read the answer: the same as being told to stop
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path, request: dict[str, Any], parent: int) -> tuple[subprocess.Popen[bytes] | None, str]:
    """The server once it accepts connections, or the reason why it does not."""
    until = time.monotonic() + request["deadline"]
    try:
        initdb = _child(folder, request, "initdb")
    except OSError as error:
        return None, str(error)
    while initdb.poll() is None:
        if _told_to_stop(parent, wait=POLL_SECONDS) or time.monotonic() > until:
            _kill_group(initdb)
            return None, "initdb did not end in time"
    if initdb.returncode:
        return None, f"initdb ended with code {initdb.returncode}"
    server = _child(folder, request, "postgres")
    while not _ready(folder / "data" / "postmaster.pid"):
        if server.poll() is not None:
            return None, f"postgres ended with code {server.returncode}"
        if _told_to_stop(parent, wait=POLL_SECONDS) or time.monotonic() > until:
            return server, "postgres was not ready in time"
    return server, ""


def _child(folder: Path, request: dict[str, Any], name: str) -> subprocess.Popen[bytes]:
    """A program of the server, in a session of its own so that it can be ended with its children."""
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            request[name],
            user=request["user"],
            group=request["group"],
            extra_groups=None if request["user"] is None else [],
            cwd=folder,
            env=request["environment"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _ready(pid_file: Path) -> bool:
    """Line 8 of postmaster.pid becomes `ready` when the server accepts connections."""
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _told_to_stop(parent: int, wait: float) -> bool:
    """Whether the parent closed our input or wrote to it, or is gone; waits up to `wait` seconds for it."""
    readable, _, _ = select.select([sys.stdin.fileno()], [], [], wait)
    return bool(readable) or os.getppid() != parent


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Immediate shutdown; the data is thrown away, so nothing needs to be flushed."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        _kill_group(server)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(folder: Path) -> str:
    """The last lines of the server's log."""
    try:
        lines = (folder / "server.log").read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-15:])


if __name__ == "__main__":
    main()
