"""The Prefect flow of an evolution. Loaded as `flows.evolve.evolve`.

No `from __future__ import annotations` here: Prefect builds the form from real annotations.
"""

from artifacts.publish import evolved
from contracts.evolution import Evolution
from flows import form
from flows.evolve_inputs import answers_from_text, is_design
from flows.evolve_spine import EVOLVE_NEVER_REUSED, STEPS, default_output, evolution, steps
from flows.evolve_steps import evolution_proof
from flows.evolving import checked_version, project_of
from flows.inputs import brief_from_file, checked_engine, checked_output, file_text
from flows.logged import Logged
from flows.offered import offered
from flows.progress import LISTENER
from flows.tasks import TaskRun


@offered("evolve", "evolve", ("document",), (step.__module__ for step in STEPS))
def evolve(
    document: form.Standing = "examples/shop/planning/persistence.md",
    brief: form.Coming = "examples/shop/INITIAL.md",
    project: form.Project = "",
    engine: form.Engine = "embedded",
    output: form.Around = "",
    date: form.Date = "",
    answers: form.Answers = "",
    last: form.Version = "",
) -> Evolution:
    """Turns a published design into the migration to a new brief, proven there and back on populated data."""
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
