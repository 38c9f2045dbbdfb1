"""The command `serve`: a local Prefect server, closed to everybody without its password, and the deployments."""

import argparse
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from flows.inputs import InputError
from flows.serving_processes import POLL_SECONDS, Family, Process, Stopped, family, stoppable
from flows.serving_settings import POLLING, Address, client_settings, free_address, server_settings
from flows.serving_state import State, checked_password, generated_password, state_folder, state_of, write_client_file

STOPPED, DIED = 0, 70
START_SECONDS = 180.0
"""A deadline for the first start, which makes the database, on a loaded machine; the usual start takes 5 to 15."""


def served(arguments: argparse.Namespace) -> int:
    """Serve until told to stop, or until the server or the runner dies; nothing that was started is left then."""
    address = free_address(arguments.host, arguments.port)
    if not address.is_loopback and not arguments.password_file:
        raise InputError(
            f"{address.host} is not this machine alone, so the server would be open to others with a password that "
            "you never saw. Give one that you know with --password-file, or leave out --host."
        )
    if arguments.limit < 1:
        raise InputError(f"{arguments.limit} is no number of runs at the same time. Give 1 or more with --limit.")
    with state_of(state_folder(arguments.state)) as state:
        chosen = Path(arguments.password_file) if arguments.password_file else None
        password = checked_password(chosen) if chosen else generated_password(state)
        try:
            with stoppable(), family() as processes:
                server = _server(processes, state, address, password)
                runner = _runner(processes, state, client_settings(state, address, password), arguments.limit)
                _announce(state, address, chosen or state.password_file)
                while processes.lost() is None:
                    time.sleep(POLL_SECONDS)
                return _death("server", server, state) if server.poll() is not None else _death("runner", runner, state)
        except Stopped:
            _say("stopped, with everything that was started")
            return STOPPED


def _server(processes: Family, state: State, address: Address, password: str) -> Process:
    """The server, once it answers."""
    _say("starting the Prefect server, which takes some seconds")
    command = [sys.executable, "-m", "flows.serving_server"]
    log = state.log("server")
    server = processes.start("server", command, server_settings(state, address, password), log, None)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address.url}/api/health", timeout=5):  # noqa: S310  # our own address
                return server
        except (urllib.error.URLError, OSError):
            time.sleep(POLL_SECONDS)
    what = "did not answer in time" if server.poll() is None else f"ended with code {server.returncode}"
    raise InputError(f"The Prefect server {what}. {_last_words(log)}")


def _runner(processes: Family, state: State, settings: dict[str, str], limit: int) -> Process:
    """The runner, once the deployments can be run."""
    command = [sys.executable, "-m", "flows.serving_runner", str(limit)]
    log = state.log("runner")
    runner = processes.start("runner", command, {**settings, **POLLING}, log, subprocess.PIPE)
    assert runner.stdout is not None
    if runner.stdout.readline().strip() != b"ready":
        raise InputError(f"The deployments could not be registered. {_last_words(log)}")
    write_client_file(state, settings)
    return runner


def _announce(state: State, address: Address, password_file: Path) -> None:
    _say(f"UI        {address.url}")
    _say(f"password  {password_file}")
    _say(f"clients   . {state.client_file}")
    _say(f"logs      {state.log('server')} {state.log('runner')}")
    _say("stop with Ctrl-C")


def _death(role: str, process: Process, state: State) -> int:
    code = process.poll()
    _say(f"error: The {role} ended with code {code}, so everything else is stopped. {_last_words(state.log(role))}")
    return DIED


def _last_words(log: Path) -> str:
    """The last line of a log with something on it, and where the rest is."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return f"Its last words: {lines[-1][:300] if lines else 'none'}. Read {log}."


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
