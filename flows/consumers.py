"""The agents that are handed a published design: each a pure function, and what writes its result as files.

They are found by name, so that a hand-over says which of them this installation lacks instead of failing for all.
"""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contracts.base import Contract
from contracts.handover import AgentFiles, AgentName
from contracts.published import GeneratedFile, PublishedDesign


@dataclass(frozen=True)
class Consumer:
    """An agent downstream: `agent` makes its plan, `files` writes the plan out."""

    name: AgentName
    agent: Callable[[PublishedDesign], Contract]
    files: Callable[[Any], tuple[GeneratedFile, ...]]

    def handed(self, plan: Contract) -> AgentFiles:
        """The plan's files with the findings of the agent's own checks."""
        return AgentFiles(agent=self.name, files=self.files(plan), findings=getattr(plan, "findings", ()))


PLACES: dict[AgentName, tuple[str, str]] = {
    "api": ("agents.api_integration.api_integration", "artifacts.api_files.api_files"),
    "deployment": (
        "agents.platform_deployment.platform_deployment",
        "artifacts.deployment_files.deployment_files",
    ),
    "validation": (
        "agents.application_validation.application_validation",
        "artifacts.validation_files.validation_files",
    ),
}
"""Agent and renderer of each, in the order in which they are told of."""

AGENTS: tuple[AgentName, ...] = tuple(PLACES)


def consumer(name: AgentName) -> Consumer | None:
    """The agent of this name, or None when this installation does not have it."""
    agent, files = (_function(place) for place in PLACES[name])
    return Consumer(name, agent, files) if agent and files else None


def _function(place: str) -> Callable[..., Any] | None:
    module, _, function = place.rpartition(".")
    if importlib.util.find_spec(module) is None:
        return None
    found: Callable[..., Any] | None = getattr(importlib.import_module(module), function, None)
    return found
