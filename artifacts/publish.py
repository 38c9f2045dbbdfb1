"""A run as Prefect artifacts: what each step found as soon as it did, then the document, the trace and the files.

The only module here that knows Prefect. Call it inside a flow or task run; keys start with the project's
name, so each project keeps its own history.
"""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from artifacts.escape import fenced, shortened
from artifacts.summary import Row, checklist_rows, evidence_rows, requirement_rows, summary_md, trace_table
from contracts.base import Slug
from contracts.checklist import Checklist
from contracts.claims import Proof
from contracts.evolution import Evolution
from contracts.handover import DocumentHandover
from contracts.plan import Handoff, PersistencePlan
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def artifact_key(project: Slug, subject: str) -> str:
    """A key as Prefect wants it: lower case, digits and dashes.

    >>> artifact_key("shop", "persistence")
    'shop-persistence'
    """
    return f"{project}-{subject}"


def published_step(project: Slug, result: object) -> tuple[str, ...]:
    """Publish what a step's result is best read as, as soon as it is there; gives the keys, none for most steps."""
    if isinstance(result, Requirements):
        return (_table(project, "requirements", requirement_rows(result), "What the brief asks for, and where"),)
    if isinstance(result, SchemaDesign):
        return (_markdown(project, "er-diagram", fenced(result.diagram, "mermaid"), "Entity-relationship diagram"),)
    if isinstance(result, Proof):
        return (_table(project, "evidence", evidence_rows(result), "Claims and evidence, failures first"),)
    if isinstance(result, Checklist):
        return (_table(project, "checklist", checklist_rows(result), "Quality assurance checklist"),)
    return ()


def published(plan: PersistencePlan, handoff: Handoff, document: str) -> tuple[str, ...]:
    """Publish what needs the whole plan: the document, the trace, and a summary with the files; gives their keys."""
    project = handoff.project
    title = shortened(plan.design.requirements.title, 100)
    return (
        _markdown(project, "persistence", document, f"Architecture of {title}"),
        _table(project, "trace", trace_table(plan), "Requirements, what serves them, proof"),
        _markdown(project, "summary", summary_md(plan, handoff), f"Outcome for {title}"),
    )


def _markdown(project: Slug, subject: str, text: str, description: str) -> str:
    key = artifact_key(project, subject)
    create_markdown_artifact(markdown=text, key=key, description=description)
    return key


def _table(project: Slug, subject: str, rows: list[Row], description: str) -> str:
    key = artifact_key(project, subject)
    create_table_artifact(table=rows, key=key, description=description)
    return key


def proof_progress(project: Slug, steps: int = 20) -> Callable[[int, int], None]:
    """A function to call with (done, total) while claims are tried.

    It shows a progress bar in the UI and writes at most `steps` times: each write is a call to the server.
    """
    key = artifact_key(project, "proof")
    artifact = cast(UUID, create_progress_artifact(progress=0.0, key=key, description="Claims tried on the engine"))
    shown = 0

    def show(done: int, total: int) -> None:
        """Move the bar when it would move by a step."""
        nonlocal shown
        step = steps if done >= total else int(steps * done / total)
        if step > shown:
            shown = step
            update_progress_artifact(artifact_id=artifact, progress=100.0 * step / steps)

    return show


def handed_over(found: DocumentHandover, report: str) -> tuple[str, ...]:
    """Publish what a hand-over left behind: its files by agent, and the validation report; gives their keys."""
    table = [{"agent": outcome.agent, "file": file} for outcome in found.outcomes for file in outcome.files]
    key = artifact_key(found.project, "handover")
    create_table_artifact(table=table, key=key, description=f"Files made from {found.document}")
    if not report:
        return (key,)
    own = artifact_key(found.project, "validation")
    create_markdown_artifact(markdown=report, key=own, description=f"Validation: {found.verdict}")
    return key, own


def evolved(found: Evolution, document: str) -> tuple[str, ...]:
    """Publish the document of an evolution; gives its key."""
    questions = len(found.plan.questions)
    worth = f"{questions} questions are open" if questions else "proven" if found.ready else "not proven"
    return (_markdown(found.plan.project, "evolution", document, f"Migration: {worth}"),)
