"""A Prefect server that lives for one command: `python -m flows.temporary_server FD` is its process.

Prefect starts one itself when a flow asks for it, but late, and after it has imported the server into the asking
process as well: seconds that nobody needs. Here it is a process from the start, coming up while the command imports
its agents. It listens on a socket that it inherits, so no port can be lost to somebody else meanwhile; only who has
its password, which is made for it, is answered; and it ends with its standard input, so that it cannot outlive the
command, whatever that dies of.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass

from flows.inputs import InputError
from flows.ownership import ROOT

AUTH, STARTUP = "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
STOP_SECONDS = 10


@dataclass(frozen=True)
class TemporaryServer:
    """A server that is there or coming up."""

    process: subprocess.Popen[bytes]
    url: str
    password: str

    def wait(self, seconds: float) -> None:
        """Until it answers; InputError when it ended instead, or the time is up."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=seconds):  # noqa: S310  # our own loopback address
                return
        except OSError as error:
            fault = getattr(error, "reason", error)  # urllib wraps what happened, but not always
        try:
            code = self.process.wait(STOP_SECONDS)  # its socket closes before it has ended
            fact = f"ended with code {code} while it started; lines above, if there are any, say why"
        except subprocess.TimeoutExpired:
            fact = (
                f"did not start in {seconds:g} seconds; on a busy machine give it longer with {STARTUP}"
                if isinstance(fault, TimeoutError)
                else f"cannot be reached at {self.url}: {fault}; it needs this machine's loopback interface"
            )
        raise InputError(f"Prefect's temporary server {fact}. design, evolve and handoff do without with --direct.")

    def stop(self) -> None:
        """Ends it; what it was still told is kept."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def started() -> TemporaryServer:
    """A server that is coming up on a free port of this machine; it has the Prefect settings of the environment."""
    password = f"admin:{secrets.token_urlsafe(32)}"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.temporary_server", str(listening.fileno())],
            cwd=ROOT,
            env={**os.environ, AUTH: password, "PREFECT_API_AUTH_STRING": password},
            stdin=subprocess.PIPE,
            pass_fds=(listening.fileno(),),
        )
        port = listening.getsockname()[1]
    return TemporaryServer(process, f"http://127.0.0.1:{port}/api", password)


def main() -> None:
    """Serve until the standard input ends."""
    import uvicorn
    from prefect.server.api.server import create_app

    threading.Thread(target=_end_with_input, daemon=True).start()
    listening = socket.socket(fileno=int(sys.argv[1]))
    uvicorn.Server(uvicorn.Config(create_app(ephemeral=True, final=True), log_level="error")).run(sockets=[listening])


def _end_with_input() -> None:
    os.read(sys.stdin.fileno(), 1)  # not through its buffer, whose lock the interpreter wants when it ends by itself
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
