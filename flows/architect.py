"""The Prefect flow: the spine with stored results, artifacts and a form. Loaded as `flows.architect.architect`.

No `from __future__ import annotations` here: Prefect builds the form from real annotations.
"""

from typing import Any

from prefect import flow, runtime
from prefect.logging import get_run_logger
from prefect.states import Failed

from artifacts.publish import published
from artifacts.reading import plan_of
from contracts.plan import Handoff
from flows.errors import USER_ERRORS
from flows.form import Cores, Database, Date, Engine, Folder, Gigabytes, Project, Strictness
from flows.inputs import brief_from_file, brief_from_text, checked_engine, checked_output, file_text
from flows.keys import code_digest
from flows.logged import Logged
from flows.progress import LISTENER
from flows.proving import fully_proven, proof_on_engine
from flows.replaying import first_day, replay_of, still_forced
from flows.review import ReviewGate
from flows.run import step_name
from flows.serializer import ContractSerializer
from flows.spine import NEVER_REUSED, STEPS, persistence_architecture
from flows.stage import tell_written
from flows.strictness import checked_worth
from flows.tasks import TaskRun

for step in STEPS:
    code_digest(step.__module__)  # now, of the code that was just loaded: files may be edited while this process lives

STEP_NAMES = tuple(step_name(step) for step in STEPS)


def _run_name() -> str:
    """The project if one is given, else the brief's path; what a list of runs is searched for."""
    given: dict[str, Any] = runtime.flow_run.parameters
    return f"design {given.get('project') or given.get('brief') or 'a brief'}"


@flow(
    name="persistence-architect",
    flow_run_name=_run_name,
    persist_result=True,
    result_serializer=ContractSerializer(),
)
def architect(
    brief: str = "examples/shop/INITIAL.md",
    text: str = "",
    project: Project = "",
    engine: Engine = "embedded",
    strictness: Strictness = "report",
    memory_gb: Gigabytes = 0,
    cores: Cores = 0,
    database: Database = "",
    review: bool = False,
    output: Folder = "applications",
    date: Date = "",
    replay_from: str = "",
    override: str = "",
) -> Handoff:
    """Turns an application's brief into a persistence architecture that was executed and proven on an engine.

    Args:
        brief: Path of the brief, usually applications/<project>/planning/INITIAL.md, as the worker sees it.
        text: The brief itself; when it is given, the path is not read.
        project: Lower-case letters, digits and dashes; empty takes it from the path or the title.
        engine: embedded, installed, none, a DSN without a password, or env:NAME for a DSN in the worker's environment.
        strictness: When the run fails: report never; ready if the checklist does; complete if a claim is unproven, too.
        memory_gb: Memory of the database machine in GB; 0 if it is not known yet.
        cores: Cores of the database machine; 0 if they are not known yet.
        database: Engine family to design for, whatever the brief says; empty leaves the choice to the brief.
        review: Pause for a person's approval after the requirement analysis and before the hand-over.
        output: Folder for the documents; they are written to <output>/<project>/planning.
        date: Date of the design as YYYY-MM-DD; empty is today. The same brief and date give the same documents.
        replay_from: A step that runs again although its result is stored, for example schema design; empty is none.
        override: Path of a contract as JSON that stands in for the result of the step in replay_from.
    """
    try:
        given = (project, date or first_day(), memory_gb, cores, database)
        found = brief_from_text(text, *given) if text.strip() else brief_from_file(brief, *given)
        progress = Logged(found.project, len(STEPS), LISTENER.get())
        replay = replay_of(replay_from, override, found.project)
        run = TaskRun(
            progress,
            forced=still_forced(replay.forced),
            given=replay.given,
            gate=ReviewGate(progress) if review else None,
            never_reused=NEVER_REUSED,
            trusted={proof_on_engine: fully_proven},
        )
        handoff = persistence_architecture(found, checked_engine(engine), checked_output(output), run)
        published(plan_of(file_text(handoff.plan)), handoff, file_text(handoff.document))
        tell_written(handoff)
        return checked_worth(handoff, strictness)
    except USER_ERRORS as error:
        get_run_logger().error("%s", error)
        return Failed(message=str(error), data=error)  # type: ignore[return-value]  # a state instead of a traceback
