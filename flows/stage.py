"""The architect as a stage of a larger pipeline: what the pipeline hears when a document is there.

A parent that waits has the run's result; one that does not listens for an event, with an automation of Prefect.
"""

from prefect.events import emit_event

from contracts.plan import Handoff

READY = "persistence-architect.document.ready"
"""A document whose checklist holds was written and, with a review, approved."""
NOT_READY = "persistence-architect.document.not-ready"
"""A document was written, and its checklist has failing items."""


def tell_written(handoff: Handoff) -> str:
    """Emits the event for this hand-over, which is its payload, and gives the event's name.

    The resource is `persistence.<project>`, so that an automation can follow one project.
    """
    event = READY if handoff.ready else NOT_READY
    emit_event(
        event=event,
        resource={
            "prefect.resource.id": f"persistence.{handoff.project}",
            "prefect.resource.name": handoff.project,
            "persistence.plan-digest": handoff.plan_digest,
        },
        payload=handoff.model_dump(mode="json"),
    )
    return event
