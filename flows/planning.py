"""The whole chain as one Prefect flow: brief, architect, API and deployment side by side, validation.

Each stage is a flow of its own, so the UI links them, and each can be triggered alone. Loaded as
`flows.planning.application_planning`. No `from __future__ import annotations`: Prefect builds the form from them.
"""

from typing import Any

from prefect import flow, runtime

from contracts.handover import DocumentHandover
from flows.architect import architect
from flows.handover import handover
from flows.serializer import ContractSerializer


def _run_name() -> str:
    given: dict[str, Any] = runtime.flow_run.parameters
    return f"plan {given.get('project') or given.get('brief') or 'an application'}"


@flow(
    name="application-planning",
    flow_run_name=_run_name,
    persist_result=True,
    result_serializer=ContractSerializer(),
)
def application_planning(
    brief: str = "examples/shop/INITIAL.md",
    text: str = "",
    project: str = "",
    output: str = "applications",
    engine: str = "embedded",
    date: str = "",
    packages: str = "own",
) -> DocumentHandover:
    """From an application's brief to its persistence architecture, API, deployment and validated database.

    Args:
        brief: Path of the brief, as the worker sees it.
        text: The brief itself; when it is given, the path is not read.
        project: Lower-case letters, digits and dashes; empty takes it from the path or the title.
        output: Folder for the documents and files; they are written to <output>/<project>.
        engine: embedded, installed, a DSN without a password, or env:NAME for a DSN in the worker's environment.
        date: Date of the design as YYYY-MM-DD; empty is today.
        packages: own makes an environment for the validation suite, here uses this one, none does not run the suite.
    """
    designed = architect(brief=brief, text=text, project=project, output=output, engine=engine, date=date)
    return handover(document=designed.document, engine=engine, output=output, packages=packages)
