"""The Prefect flow: the spine with stored results, artifacts and a form. Loaded as `flows.architect.architect`.

No `from __future__ import annotations` here: Prefect builds the form from real annotations.
"""

from artifacts.publish import published
from artifacts.reading import plan_of
from contracts.plan import Handoff
from flows import form
from flows.inputs import brief_from_file, brief_from_text, checked_engine, checked_output, file_text
from flows.logged import Logged
from flows.offered import offered
from flows.progress import LISTENER
from flows.proving import fully_proven, proof_on_engine
from flows.replaying import first_day, replay_of, still_forced
from flows.review import ReviewGate
from flows.run import step_name
from flows.spine import NEVER_REUSED, STEPS, persistence_architecture
from flows.stage import tell_written
from flows.strictness import checked_worth
from flows.tasks import TaskRun

STEP_NAMES = tuple(step_name(step) for step in STEPS)


@offered("persistence-architect", "design", ("project", "brief"), (step.__module__ for step in STEPS))
def architect(
    brief: form.Brief = "examples/shop/INITIAL.md",
    text: form.Text = "",
    project: form.Project = "",
    engine: form.Engine = "embedded",
    strictness: form.Strictness = "report",
    memory_gb: form.Gigabytes = 0,
    cores: form.Cores = 0,
    database: form.Database = "brief",
    review: form.Review = False,
    output: form.Folder = "applications",
    date: form.Date = "",
    replay_from: form.Step = "",
    override: form.Override = "",
) -> Handoff:
    """Turns an application's brief into a persistence architecture that was executed and proven on an engine."""
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
