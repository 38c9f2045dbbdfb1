"""What `serve` offers in the UI: one line a deployment. `prefect.yaml` offers the same for work pools."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offered:
    """A flow by its dotted name, and how its deployment is called and found."""

    entrypoint: str
    name: str
    tags: tuple[str, ...] = ("persistence",)


OFFERED = (Offered("flows.architect.architect", "design"),)
"""Dotted names, because a path (`flows/architect.py:architect`) would put `flows` itself on the import path."""
