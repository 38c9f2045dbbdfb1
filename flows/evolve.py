"""The Prefect flow of an evolution. Loaded as `flows.evolve.evolve`.

No `from __future__ import annotations` here: Prefect builds the form from real annotations.
"""

from typing import Any

from prefect import flow, runtime
from prefect.logging import get_run_logger
from prefect.states import Failed

from artifacts.publish import evolved
from contracts.evolution import Evolution
from flows.errors import USER_ERRORS
from flows.evolve_inputs import answers_from_text, is_design
from flows.evolve_spine import EVOLVE_NEVER_REUSED, STEPS, default_output, evolution, steps
from flows.evolve_steps import evolution_proof
from flows.evolving import checked_version, project_of
from flows.form import Date, Engine, Project
from flows.inputs import brief_from_file, checked_engine, checked_output, file_text
from flows.keys import code_digest
from flows.logged import Logged
from flows.progress import LISTENER
from flows.serializer import ContractSerializer
from flows.tasks import TaskRun

for _step in STEPS:
    code_digest(_step.__module__)  # of the code that was just loaded: files may be edited meanwhile


def _run_name() -> str:
    """The document's path: what a list of runs is searched for."""
    given: dict[str, Any] = runtime.flow_run.parameters
    return f"evolve {given.get('document') or 'a document'}"


@flow(name="evolve", flow_run_name=_run_name, persist_result=True, result_serializer=ContractSerializer())
def evolve(
    document: str = "examples/shop/planning/persistence.md",
    brief: str = "examples/shop/INITIAL.md",
    project: Project = "",
    engine: Engine = "embedded",
    output: str = "",
    date: Date = "",
    answers: str = "",
    last: str = "",
) -> Evolution:
    """Turns a published design into the migration to a new brief, proven there and back on populated data.

    Args:
        document: Path of the persistence.md (or .json, or DDL) that stands, as the worker sees it.
        brief: Path of the new brief, or of a design with its SQL.
        project: Lower-case letters, digits and dashes; empty takes it from the paths or the title.
        engine: embedded, installed, a DSN without a password, or env:NAME for a DSN in the worker's environment.
        output: Folder for the project's files; empty takes the folder around the document's project.
        date: Date of the new design as YYYY-MM-DD; empty is today.
        answers: YAML with renames, drops, keeps, fills and usings: what only people know; docs/evolve.md has the form.
        last: The last version that the database has recorded, such as V012; empty takes the document's.
    """
    try:
        known, version = answers_from_text(answers), checked_version(last)
        new = None if is_design(brief) else brief_from_file(brief, project, date)
        called = new.project if new else project_of(project, document)
        progress = Logged(called, steps(new is not None), LISTENER.get())
        trusted = {evolution_proof: lambda proof: proof.holds}
        run = TaskRun(progress, never_reused=EVOLVE_NEVER_REUSED, trusted=trusted)
        folder = checked_output(output or default_output(document))
        found = evolution(document, new, brief, called, checked_engine(engine), folder, known, version, run)
        evolved(found, file_text(found.document))
        return found
    except USER_ERRORS as error:
        get_run_logger().error("%s", error)
        return Failed(message=str(error), data=error)  # type: ignore[return-value]  # a state instead of a traceback
