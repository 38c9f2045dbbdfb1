"""The application's processes as the document's pools imply them, and where each pool connects to.

Instances are doubled one by one in a rolling deployment; the pools for reports and batches share a single process.
"""

import re
from dataclasses import dataclass
from typing import Any

from agents.platform_deployment.cluster import dedicated_name
from agents.platform_deployment.facts import SINGLE_PROCESS, Facts, is_pooler
from agents.platform_deployment.knowledge import knowledge
from contracts.published import PublishedPool

UNRELEASED = "unreleased"
"""The tag of an image that nobody has built yet; nothing can start from it by accident."""


@dataclass(frozen=True)
class Process:
    """One kind of process of the application and the pools that it holds."""

    name: str
    replicas: int
    pools: tuple[PublishedPool, ...]
    rolling: bool


def processes(facts: Facts) -> tuple[Process, ...]:
    """The application's processes; at least one pool each."""
    pools = [pool for pool in facts.design.pools if not is_pooler(pool)]
    served = tuple(pool for pool in pools if pool.name not in SINGLE_PROCESS)
    single = tuple(pool for pool in pools if pool.name in SINGLE_PROCESS)
    found = []
    if served:
        found.append(Process("application", max(pool.instances for pool in served), served, True))
    if single:
        found.append(Process("worker", 1, single, False))
    return tuple(found)


def runtime(facts: Facts) -> dict[str, Any]:
    """Port, probe paths and room of the application's language."""
    known: dict[str, dict[str, Any]] = knowledge("runtimes")
    spoken = facts.design.application.language.lower()
    words = re.findall(r"[a-z#+.]+", spoken)
    names = {"c#": "csharp", "node.js": "typescript", "javascript": "typescript", "kotlin": "java", ".net": "csharp"}
    return next((known[names.get(w, w)] for w in words if names.get(w, w) in known), known["other"])


def application_image(facts: Facts) -> str:
    """The application's image, which its own build makes and tags."""
    return f"{facts.project}-application"


def host(facts: Facts, pool: PublishedPool) -> str:
    """The service that a pool connects to: the primary, the standbys, or the replica kept for reports."""
    if pool.name == "reporting" and facts.dedicated:
        return f"{dedicated_name(facts, facts.dedicated[0])}-r"
    if pool.name in ("readonly", "reporting") and facts.standbys:
        return f"{facts.cluster}-pooler-ro" if facts.pooled and pool.name == "readonly" else f"{facts.cluster}-ro"
    if facts.pooled and pool.name in ("application", "readonly"):
        return f"{facts.cluster}-pooler-rw"
    return f"{facts.cluster}-rw"
