"""Flows in this process: Prefect's settings for it, the server that keeps its runs, and faults in words."""

import atexit
import contextlib
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from flows import temporary_server
from flows.engines.locate import masked
from flows.inputs import InputError
from flows.progress import LISTENER, Progress

QUIET = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    temporary_server.STARTUP: "90",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
}
"""Prefect's settings for a run from the command line, unless somebody has set them: its log goes to the server and
not between our lines, nothing is reported to anybody, a loaded machine gets time to start the server, and the server
records task runs in batches, without which it locks its SQLite file (measured: 2.1 s against 0.24 s, twelve steps)."""


DIRECTLY = " (--direct does without)"

_OWN: list[temporary_server.TemporaryServer] = []
"""The server of this process, if it has one of its own; it ends with the process, when the last log was sent."""


def prepare_prefect() -> None:
    """Prefect's settings for this process, before anything imports it: it reads the environment once."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    warnings.filterwarnings("ignore", "Failed to create the Prefect home")  # `require_home` says it with a remedy


def server_address() -> str:
    """The address of the server that runs are kept on, without a password; empty when Prefect starts one for a run."""
    from prefect.settings import PREFECT_API_URL

    return masked(PREFECT_API_URL.value() or "")


def begin_server(note: Callable[[str], None], otherwise: str = "") -> None:
    """Start a server for this process if it needs one of its own: it comes up beside what is imported meanwhile.

    `otherwise` is how the command does without, if it can.
    """
    require_home()
    if not server_address() and not _OWN:
        note(f"starting a Prefect server for this run, which takes about 10 seconds{otherwise}")
        _OWN.append(temporary_server.started())
        atexit.register(_OWN[0].stop)


@contextlib.contextmanager
def heard(lines: Progress) -> Iterator[None]:
    """Flows of the block run in this process, say how far they are to `lines`, and fail in words."""
    import httpx
    from prefect.context import SyncClientContext
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    begin_server(lines.note)
    # The heartbeat's thread is joined at the end of every flow: a second that tells nobody anything here.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, **_own_settings()}):
        if not _OWN:
            _require_answer(lines)
        listening = LISTENER.set(lines)
        try:
            with SyncClientContext.get_or_create():  # its connection costs a tenth of a second, and each flow takes it
                yield
        except httpx.TransportError as error:
            raise InputError(
                f"The Prefect server at {server_address()} stopped answering during the run ({type(error).__name__}). "
                "What was finished is stored: start the server and run the same command again."
            ) from None
        finally:
            LISTENER.reset(listening)


def _own_settings() -> dict[Any, Any]:
    """What reaches this process's own server, once it answers."""
    from prefect import settings

    if not _OWN:
        return {}
    _OWN[0].wait(settings.PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value())
    return {settings.PREFECT_API_URL: _OWN[0].url, settings.PREFECT_API_AUTH_STRING: _OWN[0].password}


def require_home() -> None:
    """InputError when Prefect's folder for its database and stored results cannot be made or written.

    Prefect itself starts its server again and again then, until the time is up.
    """
    from prefect.settings import PREFECT_HOME

    home = PREFECT_HOME.value()
    try:
        home.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=home).close()
    except OSError as error:
        raise InputError(
            f"Prefect keeps its database and results in {home}, which cannot be written: {error.strerror}. "
            "Set PREFECT_HOME to a folder of yours, or use --direct."
        ) from None


def _require_answer(lines: Progress) -> None:
    """InputError when the server that was given does not answer, or not to us: said before anything is tried on it."""
    import httpx
    from prefect.client.orchestration import get_client

    address = server_address()
    lines.note(f"running on the Prefect server at {address}")
    with get_client(sync_client=True) as client:
        fault = client.api_healthcheck()
        if fault is not None:
            raise InputError(
                f"The Prefect server at {address} does not answer: {fault}. "
                "Start it, unset PREFECT_API_URL, or use --direct."
            )
        try:
            client.api_version()
        except httpx.HTTPStatusError as error:
            raise InputError(
                f"The Prefect server at {address} refuses this command with {error.response.status_code}. Set "
                "PREFECT_API_AUTH_STRING to its password; `python -m flows serve` names a file to read it from."
            ) from None
