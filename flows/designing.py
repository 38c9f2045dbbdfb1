"""The command `design`: inputs checked first, then the spine, by plain calls or as a Prefect flow of this process."""

import argparse
import contextlib
import os
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

from contracts.plan import Handoff
from flows.engines.locate import masked
from flows.inputs import InputError, brief_from_file, checked_engine, checked_output, has_password
from flows.progress import LISTENER, Lines, Progress

DSN_VARIABLE = "PERSISTENCE_ARCHITECT_DSN"
"""Where a DSN with a password travels from the command line to the proof, past Prefect's stored parameters."""

STARTUP = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
QUIET = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    STARTUP: "90",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
}
"""Prefect's settings for a run from the command line, unless somebody has set them: its log goes to the server and
not between our lines, nothing is reported to anybody, a loaded machine gets time to start the server, and the server
records task runs in batches, without which it locks its SQLite file (measured: 2.1 s against 0.24 s, twelve steps)."""


def designed(arguments: argparse.Namespace) -> Handoff:
    """The hand-over of one design; everything that can be known to be wrong is refused before anything starts."""
    given = (arguments.project, arguments.date, arguments.memory_gb, arguments.cores, arguments.database)
    brief = brief_from_file(arguments.brief, *given)
    output, engine = checked_output(arguments.output), engine_without_password(arguments.engine)
    if arguments.direct and arguments.review:
        raise InputError("A review is answered in the Prefect UI, which --direct does without. Leave one of them out.")
    if not arguments.direct:
        return _as_flow(arguments, brief.project, brief.date.isoformat(), engine)
    from flows.direct import DirectRun
    from flows.spine import STEPS, persistence_architecture

    return persistence_architecture(brief, engine, output, DirectRun(Lines(len(STEPS))))


def engine_without_password(engine: str) -> str:
    if has_password(engine):
        os.environ[DSN_VARIABLE] = engine
        return f"env:{DSN_VARIABLE}"
    return checked_engine(engine)


def _as_flow(arguments: argparse.Namespace, project: str, date: str, engine: str) -> Handoff:
    """The design's own flow run; a review needs a server whose UI somebody can open."""
    prepare_prefect()
    if arguments.review and not server_address():
        raise InputError(
            "A review is answered in the Prefect UI, and a server that lives for one run has none. Start a server, "
            "set PREFECT_API_URL, and run this again."
        )
    return flow_here(
        {
            "brief": arguments.brief,
            "project": project,
            "output": arguments.output,
            "engine": engine,
            "date": date,
            "memory_gb": arguments.memory_gb,
            "cores": arguments.cores,
            "database": arguments.database,
            "review": arguments.review,
        }
    )


def prepare_prefect() -> None:
    """Prefect's settings for this process, before anything imports it: it reads the environment once."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    warnings.filterwarnings("ignore", "Failed to create the Prefect home")  # `require_home` says it with a remedy


def server_address() -> str:
    """The address of the server that runs are kept on, without a password; empty when Prefect starts one for a run."""
    from prefect.settings import PREFECT_API_URL

    return masked(PREFECT_API_URL.value() or "")


def flow_here(parameters: dict[str, Any]) -> Handoff:
    """The flow in this process with its progress on standard error; its error is raised."""
    prepare_prefect()
    from flows.architect import STEP_NAMES, architect

    with heard(Lines(len(STEP_NAMES))):
        handoff: Handoff = architect(**parameters)
        return handoff


@contextlib.contextmanager
def heard(lines: Progress) -> Iterator[None]:
    """Flows of the block run in this process, say how far they are to `lines`, and fail in words.

    Without a server's address Prefect starts one for the block.
    """
    import httpx
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    announce_server(lines)
    listening = LISTENER.set(lines)
    try:
        # The heartbeat's thread is joined at the end of every flow: a second that tells nobody anything here.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            yield
    except httpx.TransportError as error:
        raise InputError(
            f"The Prefect server at {server_address()} stopped answering during the run ({type(error).__name__}). "
            "What was finished is stored: start the server and run the same command again."
        ) from None
    except RuntimeError as error:
        if "Timed out while attempting to connect to ephemeral" not in str(error):
            raise
        raise InputError(
            f"Prefect's temporary server did not start in {os.environ[STARTUP]} seconds. Lines above, if there are "
            f"any, say why; on a busy machine give it longer with {STARTUP}. --direct does without a server."
        ) from None
    finally:
        LISTENER.reset(listening)


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


def announce_server(lines: Progress) -> None:
    """Why the first line takes its time; a server that does not answer is said before anything is tried on it."""
    require_home()
    address = server_address()
    if not address:
        lines.note("starting a Prefect server for this run, which takes about 10 seconds (--direct does without)")
        return
    from prefect.client.orchestration import get_client

    lines.note(f"running on the Prefect server at {address}")
    with get_client(sync_client=True) as client:
        fault = client.api_healthcheck()
    if fault is not None:
        raise InputError(
            f"The Prefect server at {address} does not answer: {fault}. "
            "Start it, unset PREFECT_API_URL, or use --direct."
        )
