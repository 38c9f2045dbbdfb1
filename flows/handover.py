"""The Prefect flows of the hand-over: all agents downstream, and each alone. Loaded as `flows.handover.<name>`.

No `from __future__ import annotations` here: Prefect builds the form from real annotations.
"""

from typing import Any

from prefect import flow, runtime
from prefect.logging import get_run_logger
from prefect.states import Failed

from artifacts.publish import handed_over
from contracts.handover import DocumentHandover
from flows.consumers import PLACES
from flows.errors import USER_ERRORS
from flows.handover_spine import HANDOVER_NEVER_REUSED, chosen, document_handover, steps
from flows.inputs import checked_engine, file_text
from flows.keys import code_digest
from flows.logged import Logged
from flows.progress import LISTENER
from flows.serializer import ContractSerializer
from flows.tasks import TaskRun

for _agent, _ in PLACES.values():
    code_digest(_agent.rpartition(".")[0])  # of the code that was just loaded: files may be edited meanwhile

OPTIONS: dict[str, Any] = {"persist_result": True, "result_serializer": ContractSerializer()}


def _run_name() -> str:
    """The document's path: what a list of runs is searched for."""
    given: dict[str, Any] = runtime.flow_run.parameters
    return f"hand over {given.get('document') or 'a document'}"


def _handed(document: str, engine: str, output: str, only: str, packages: str) -> DocumentHandover:
    """The spine inside of a flow run, with the files as artifacts; a user's mistake becomes a failed state."""
    try:
        agents = chosen(only)
        progress = Logged("handover", steps(agents, packages), LISTENER.get())
        run = TaskRun(progress, never_reused=HANDOVER_NEVER_REUSED)
        found = document_handover(document, checked_engine(engine), output, agents, packages, run)
        handed_over(found, file_text(found.report) if found.report else "")
        return found
    except USER_ERRORS as error:
        get_run_logger().error("%s", error)
        return Failed(message=str(error), data=error)  # type: ignore[return-value]  # a state instead of a traceback


@flow(name="handover", flow_run_name=_run_name, **OPTIONS)
def handover(
    document: str = "examples/shop/planning/persistence.md",
    engine: str = "embedded",
    output: str = "",
    only: str = "",
    packages: str = "own",
) -> DocumentHandover:
    """Hands a persistence.md to the agents downstream: API integration, platform deployment, validation.

    Args:
        document: Path of the persistence.md, as the worker sees it; a persistence.json beside it is not read.
        engine: embedded, installed, a DSN without a password, or env:NAME for a DSN in the worker's environment.
        output: Folder for the project's files; empty takes the folder around the document's planning/.
        only: api, deployment or validation; empty is all of them.
        packages: own makes an environment for the validation suite, here uses this one, none does not run the suite.
    """
    return _handed(document, engine, output, only, packages)


@flow(name="api-integration", flow_run_name=_run_name, **OPTIONS)
def api_integration_handover(document: str, engine: str = "embedded", output: str = "") -> DocumentHandover:
    """The API of a published design alone."""
    return _handed(document, engine, output, "api", "none")


@flow(name="platform-deployment", flow_run_name=_run_name, **OPTIONS)
def platform_deployment_handover(document: str, engine: str = "embedded", output: str = "") -> DocumentHandover:
    """The deployment of a published design alone."""
    return _handed(document, engine, output, "deployment", "none")


@flow(name="application-validation", flow_run_name=_run_name, **OPTIONS)
def application_validation_handover(
    document: str, engine: str = "embedded", output: str = "", packages: str = "own"
) -> DocumentHandover:
    """The validation suite of a published design, run on the engine, with its report."""
    return _handed(document, engine, output, "validation", packages)
