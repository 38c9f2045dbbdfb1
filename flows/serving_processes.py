"""The processes of one `serve`: started together, watched, and ended together by their keeper."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from flows.serving_keeper import VARIABLE, mark
from flows.serving_settings import environment

POLL_SECONDS = 0.2
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Process = subprocess.Popen[bytes]


class Stopped(BaseException):
    """Somebody asked us to stop; no ordinary `except Exception` may hold it up."""


@dataclass
class Family:
    """The token that all processes carry, and those of them that are our own children."""

    token: str
    children: list[Process] = field(default_factory=list)

    def start(self, role: str, command: list[str], settings: Mapping[str, str], log: Path, out: int | None) -> Process:
        """A process in a session of its own, so that an interrupt at the terminal reaches us and we do the stopping.

        It writes to `log`, and its standard output to `out` if that is given.
        """
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            child = subprocess.Popen(
                command,
                env=environment(settings, os.environ) | {VARIABLE: mark(self.token, role)},
                stdin=subprocess.DEVNULL,
                stdout=out or stream,
                stderr=stream,
                start_new_session=True,
            )
        self.children.append(child)
        return child

    def lost(self) -> Process | None:
        """The first child that has ended; all are asked, because one that ends stays a zombie until it is."""
        ended = [child for child in self.children if child.poll() is not None]
        return ended[0] if ended else None


@contextlib.contextmanager
def family() -> Iterator[Family]:
    """All of its processes are ended when the block ends, or when this process dies of anything."""
    found = Family(secrets.token_hex(16))
    keeper = subprocess.Popen(
        [sys.executable, "-m", "flows.serving_keeper", found.token],
        env=environment({}, os.environ),
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield found
    finally:
        assert keeper.stdin is not None
        with _handled(signal.SIG_IGN):  # a second Ctrl-C must not leave half of them behind
            keeper.stdin.close()
            while keeper.poll() is None:
                found.lost()
                time.sleep(POLL_SECONDS)


def stoppable() -> contextlib.AbstractContextManager[None]:
    """Ctrl-C, SIGTERM and a closed terminal raise `Stopped` inside of the block."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped

    return _handled(stop)


@contextlib.contextmanager
def _handled(handler: "signal._HANDLER") -> Iterator[None]:
    kept = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, before in kept.items():
            signal.signal(number, before)
