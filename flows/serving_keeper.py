"""Nothing that `serve` started may outlive it, whether it ends, is killed, or loses its server.

Run as `python -m flows.serving_keeper TOKEN` in a session of its own. It waits for the end of its standard input,
which the system closes when `serve` dies of anything, and then ends every process that carries the token: first
the runner with its flow runs, which report to the server what became of them, then the server. Stopping and dying
are one path, so each ordinary stop tries what a `kill -9` relies on.

Processes are found by an environment variable that all descendants inherit, because flow runs have sessions of
their own, and are nobody's children any more when their runner was killed. Only the topmost are told to stop: below
a flow run stands the watcher of its database engine, which ends by itself, and has to, when the run has.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

import psutil

VARIABLE = "PERSISTENCE_ARCHITECT_SERVED_BY"
ROLES = ("runner", "server")
PATIENCE_SECONDS = 15.0
"""More than a flow run needs to report its end, and than an engine's watcher needs to stop its engine."""
POLL_SECONDS = 0.1


def main() -> None:
    """Wait for the end of the input, then end the roles one after the other."""
    token = sys.argv[1]
    sys.stdin.buffer.read()
    for role in ROLES:
        end(mark(token, role))


def mark(token: str, role: str) -> str:
    """The variable's value for the processes of a role."""
    return f"{token}:{role}"


def end(value: str) -> None:
    """Ask the topmost processes with this mark to stop, and kill what does not; an engine's watcher comes last."""
    for process in _topmost(value):
        _told(process.terminate)
    for find in (_topmost, _marked):
        if _gone(value):
            return
        for process in find(value):
            _told(process.kill)
    _gone(value)


def _gone(value: str) -> bool:
    """Whether no process with this mark is left, waiting for it with patience."""
    until = time.monotonic() + PATIENCE_SECONDS
    while _marked(value):
        if time.monotonic() > until:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _marked(value: str) -> list[psutil.Process]:
    return list(_with(value))


def _with(value: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # gone, a zombie, or somebody else's
            if process.environ().get(VARIABLE) == value:
                yield process


def _topmost(value: str) -> list[psutil.Process]:
    found = _marked(value)
    ids = {process.pid for process in found}
    return [process for process in found if _parent(process) not in ids]


def _parent(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.ppid())
    return 0


def _told(tell: Callable[[], None]) -> None:
    with contextlib.suppress(psutil.Error):
        tell()


if __name__ == "__main__":
    main()
