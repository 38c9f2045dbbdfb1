"""The process between us and the server: nothing of a cluster may outlive the program that asked for it.

It is run as a file (`python -I -S watcher.py`), with the standard library alone, so that it starts in a few
milliseconds. It reads one JSON line from its standard input, starts the server, answers with one JSON line,
and then waits. Anything further on its standard input, its end, or a new parent process (the old one was
killed) means stop: the server gets its signal, and the folder is removed. Stopping and dying are one path, so
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
PATIENCE_SECONDS = 5.0  # for the server to obey before it is killed


def main() -> None:
    """Serve one request for the folder in the first argument, and remove the folder in the end.

    The request holds `prepare` and `server` (commands), `ready` (a file of the server's, and the line in it that
    says so), `stop` (a signal), `user` and `group` (ids or null), `environment`, and `deadline` (seconds).
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
            _stop(server, request["stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path, request: dict[str, Any], parent: int) -> tuple[subprocess.Popen[bytes] | None, str]:
    """The server once it accepts connections, or the reason why it does not."""
    until = time.monotonic() + request["deadline"]
    try:
        made = _child(folder, request, "prepare")
    except OSError as error:
        return None, str(error)
    while made.poll() is None:
        if _told_to_stop(parent, wait=POLL_SECONDS) or time.monotonic() > until:
            _kill_group(made)
            return None, f"{_program(made)} did not end in time"
    if made.returncode:
        return None, f"{_program(made)} ended with code {made.returncode}"
    server = _child(folder, request, "server")
    while not _ready(request["ready"]):
        if server.poll() is not None:
            return None, f"{_program(server)} ended with code {server.returncode}"
        if _told_to_stop(parent, wait=POLL_SECONDS) or time.monotonic() > until:
            return server, f"{_program(server)} was not ready in time"
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


def _ready(sign: dict[str, Any]) -> bool:
    """Whether the server accepts connections: its file is there, and says so in its line where one is asked for."""
    try:
        lines = Path(sign["file"]).read_text().splitlines()
    except OSError:
        return False
    return not sign["line"] or (len(lines) >= sign["line"] and lines[sign["line"] - 1].strip() == sign["text"])


def _program(process: "subprocess.Popen[bytes]") -> str:
    """The name of the program, without its folder."""
    words = process.args if isinstance(process.args, list) else [process.args]
    return os.path.basename(str(words[0]))


def _told_to_stop(parent: int, wait: float) -> bool:
    """Whether the parent closed our input or wrote to it, or is gone; waits up to `wait` seconds for it."""
    readable, _, _ = select.select([sys.stdin.fileno()], [], [], wait)
    return bool(readable) or os.getppid() != parent


def _stop(server: subprocess.Popen[bytes], how: int) -> None:
    """The server's own immediate shutdown; nothing of the data is needed any more."""
    if server.poll() is not None:
        return
    server.send_signal(how)
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
