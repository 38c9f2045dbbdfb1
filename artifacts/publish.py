"""A plan as Prefect artifacts: the document with its diagram, and tables that the UI can sort.

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

from artifacts.escape import shortened
from artifacts.summary import checklist_rows, evidence_rows, requirement_rows, summary_md
from contracts.base import Slug
from contracts.plan import PersistencePlan


def artifact_key(project: Slug, subject: str) -> str:
    """A key as Prefect wants it: lower case, digits and dashes.

    >>> artifact_key("shop", "persistence")
    'shop-persistence'
    """
    return f"{project}-{subject}"


def published(plan: PersistencePlan, document: str) -> tuple[str, ...]:
    """Publish the document, a summary, and the checklist, evidence and requirements as tables; gives their keys."""
    project = plan.design.requirements.project
    title = shortened(plan.design.requirements.title, 100)
    texts = (
        ("persistence", document, f"Persistence architecture of {title}"),
        ("summary", summary_md(plan), f"Outcome for {title}"),
    )
    tables = (
        ("checklist", checklist_rows(plan), f"Quality assurance checklist of {title}"),
        ("evidence", evidence_rows(plan), f"Claims and evidence of {title}, what fails first"),
        ("requirements", requirement_rows(plan), f"Requirements of {title}, what serves them and its proof"),
    )
    for subject, text, description in texts:
        create_markdown_artifact(markdown=text, key=artifact_key(project, subject), description=description)
    for subject, rows, description in tables:
        create_table_artifact(table=rows, key=artifact_key(project, subject), description=description)
    return tuple(artifact_key(project, subject) for subject, *_ in (*texts, *tables))


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
