"""A pipeline of somebody else's that uses the persistence architect as one of its stages.

    application.py deployment BRIEF OUTPUT [NAME]   the architect is a deployment, run by its workers
    application.py command BRIEF OUTPUT             the architect is a command, JSON comes back
    application.py listen                           a flow that starts when a document is ready

The first form reads a typed result, so it runs with the architect's checkout on its path. The other two know nothing of
the architect but the JSON of its hand-over, whose form is Handoff.schema.json (`python -m flows schema DIR`).
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.deployments import run_deployment
from prefect.events import DeploymentEventTrigger

CHECKOUT = Path(__file__).resolve().parents[2]


@task
def entity_classes(plan: str) -> list[str]:
    """The next stage: a class for each table of the plan."""
    tables = json.loads(Path(plan).read_text())["design"]["schema_design"]["tables"]
    return ["".join(word.capitalize() for word in table["name"].split("_")) for table in tables]


@flow
def application(brief: str, output: str, deployment: str = "persistence-architect/design") -> list[str]:
    """The architect by its deployment: it runs on whatever worker is free, and its run is a child of this one."""
    import flows.serializer  # noqa: F401  # Prefect learns from it how the architect's results are written

    stage: Any = run_deployment(deployment, parameters={"brief": brief, "output": output}, poll_interval=2)
    handoff = stage.state.result(_sync=True)  # a contracts.plan.Handoff; a failed stage raises here
    if not handoff.ready:
        raise RuntimeError(f"{handoff.document} is not ready: {handoff.failed} claims fail.")
    return entity_classes(handoff.plan)


@flow
def application_by_command(brief: str, output: str) -> list[str]:
    """The architect by its command line: the exit code says what it is worth."""
    command = [sys.executable, "-m", "flows", "design", brief, "--output", output, "--direct", "--json"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"The architect ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}")
    return entity_classes(json.loads(done.stdout)["plan"])


@flow
def documented(project: str, document: str, plan: str) -> list[str]:
    """Started by the event of a document that is ready, with the hand-over as parameters."""
    print(f"{project}: {document}")
    return entity_classes(plan)


def listen() -> None:
    """Serves `documented` with an automation that starts it."""
    from_event = {name: f"{{{{ event.payload.{name} }}}}" for name in ("project", "document", "plan")}
    ready = DeploymentEventTrigger(
        expect={"persistence-architect.document.ready"},
        parameters={name: {"__prefect_kind": "jinja", "template": text} for name, text in from_event.items()},
    )
    documented.serve(name="when-ready", triggers=[ready])


if __name__ == "__main__":
    kind, *given = sys.argv[1:]
    if kind == "listen":
        listen()
    else:
        run = {"deployment": application, "command": application_by_command}[kind]
        print(json.dumps(run(*(str(Path(path).absolute()) for path in given[:2]), *given[2:])))
