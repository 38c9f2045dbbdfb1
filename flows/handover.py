"""The Prefect flows of the hand-over: all agents downstream, and each alone. Loaded as `flows.handover.<name>`.

No `from __future__ import annotations` here: Prefect builds the form from real annotations.
"""

from artifacts.publish import handed_over
from contracts.handover import DocumentHandover
from flows import form
from flows.consumers import PLACES
from flows.handover_spine import HANDOVER_NEVER_REUSED, chosen, document_handover, steps
from flows.inputs import checked_engine, file_text
from flows.logged import Logged
from flows.offered import offered
from flows.progress import LISTENER
from flows.tasks import TaskRun

EXAMPLE = "examples/shop/planning/persistence.md"
MODULES = tuple(agent.rpartition(".")[0] for agent, _ in PLACES.values())
OF_A_DOCUMENT = ("hand over", ("document",), MODULES)


def _handed(document: str, engine: str, output: str, only: str, packages: str) -> DocumentHandover:
    """The spine inside of a flow run, with the files as artifacts."""
    agents = chosen(only)
    progress = Logged("handover", steps(agents, packages), LISTENER.get())
    run = TaskRun(progress, never_reused=HANDOVER_NEVER_REUSED)
    found = document_handover(document, checked_engine(engine), output, agents, packages, run)
    handed_over(found, file_text(found.report) if found.report else "")
    return found


@offered("handover", *OF_A_DOCUMENT)
def handover(
    document: form.Document = EXAMPLE,
    engine: form.Engine = "embedded",
    output: form.Around = "",
    only: form.Agent = "",
    packages: form.Packages = "own",
) -> DocumentHandover:
    """Hands a persistence.md to the agents downstream: API integration, platform deployment, validation."""
    return _handed(document, engine, output, only, packages)


@offered("api-integration", *OF_A_DOCUMENT)
def api_integration_handover(
    document: form.Document = EXAMPLE, engine: form.Engine = "embedded", output: form.Around = ""
) -> DocumentHandover:
    """The API of a published design alone."""
    return _handed(document, engine, output, "api", "none")


@offered("platform-deployment", *OF_A_DOCUMENT)
def platform_deployment_handover(
    document: form.Document = EXAMPLE, engine: form.Engine = "embedded", output: form.Around = ""
) -> DocumentHandover:
    """The deployment of a published design alone."""
    return _handed(document, engine, output, "deployment", "none")


@offered("application-validation", *OF_A_DOCUMENT)
def application_validation_handover(
    document: form.Document = EXAMPLE,
    engine: form.Engine = "embedded",
    output: form.Around = "",
    packages: form.Packages = "own",
) -> DocumentHandover:
    """The validation suite of a published design, run on the engine, with its report."""
    return _handed(document, engine, output, "validation", packages)
