"""What `serve` offers in the UI: one line a deployment. `prefect.yaml` offers the same for work pools."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offered:
    """A flow by its dotted name, and how its deployment is called and found."""

    entrypoint: str
    name: str
    tags: tuple[str, ...] = ("persistence",)


OFFERED = (
    Offered("flows.architect.architect", "design"),
    Offered("flows.planning.application_planning", "plan"),
    Offered("flows.handover.handover", "hand-over"),
    Offered("flows.handover.api_integration_handover", "api"),
    Offered("flows.handover.platform_deployment_handover", "deployment"),
    Offered("flows.handover.application_validation_handover", "validation"),
    Offered("flows.evolve.evolve", "evolve"),
)
"""Dotted names, because a path (`flows/architect.py:architect`) would put `flows` itself on the import path."""
