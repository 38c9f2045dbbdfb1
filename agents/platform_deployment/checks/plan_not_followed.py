"""Do instances, pools, limits and memory of the files equal the document's?"""

from collections.abc import Iterator
from typing import Any

from agents.platform_deployment.checks._walk import finding, live_clusters
from agents.platform_deployment.facts import SINGLE_PROCESS, Facts, is_pooler, shared_cache
from agents.platform_deployment.quantities import memory_bytes
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """A file that says another number than the document was changed alone; the next hand-over would undo it."""
    if deployment.platform != "kubernetes":
        return
    yield from _servers(facts, deployment)
    yield from _pools(facts, deployment)
    caches = [d for d in deployment.documents("Deployment") if _name(d).endswith("-cache")]
    if len(caches) != (1 if shared_cache(facts.design) else 0):
        yield _differs("cache", "components that cache", str(len(caches)), "1" if shared_cache(facts.design) else "0")


def _servers(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    clusters = list(live_clusters(deployment))
    sets = deployment.documents("StatefulSet")
    servers = sum(_spec(document)["instances"] for document in clusters)
    servers += sum(_spec(document)["replicas"] for document in sets)
    planned = 1 + len(facts.design.replicas)
    if servers != planned:
        yield _differs("database", "servers", str(servers), str(planned))
    for document in clusters:
        yield from _memory(facts, document, _spec(document)["resources"])
    for found in sets:
        yield from _memory(facts, found, _spec(found)["template"]["spec"]["containers"][0]["resources"])


def _memory(facts: Facts, document: Any, resources: Any) -> Iterator[Finding]:
    limit = memory_bytes(str(resources["limits"]["memory"])) or 0
    if facts.memory_bytes and limit != facts.memory_bytes:
        yield _differs(_name(document), "bytes of memory", str(limit), str(facts.memory_bytes))


def _pools(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """Each pool's size is in one process's variables, and its processes are as many as the document counts."""
    sizes: dict[str, tuple[int, int, str]] = {}
    for document in deployment.documents("Deployment"):
        spec = _spec(document)
        surge = spec.get("strategy", {}).get("rollingUpdate", {}).get("maxSurge", 0)
        for container in spec["template"]["spec"]["containers"]:
            for entry in container.get("env", ()):
                if entry["name"].endswith("_DATABASE_POOL_SIZE"):
                    pool = entry["name"].removesuffix("_DATABASE_POOL_SIZE").lower()
                    sizes[pool] = (int(entry["value"]), spec["replicas"] + surge, _name(document))
    for pool in facts.design.pools:
        if is_pooler(pool):
            continue
        copies = 1 if pool.name in SINGLE_PROCESS else facts.copies(pool)
        planned = (pool.size or 1, copies)
        size, found, name = sizes.get(pool.name.lower(), (0, 0, "no file"))
        if (size, found) != planned:
            yield _differs(
                f"pool.{pool.name}",
                f"connections x processes of pool {pool.name} in {name}",
                f"{size} x {found}",
                f"{planned[0]} x {planned[1]}",
            )


def _spec(document: Any) -> Any:
    return document["spec"]


def _name(document: Any) -> str:
    return str(document["metadata"]["name"])


def _differs(element: str, what: str, found: str, planned: str) -> Finding:
    return finding(
        __name__,
        element,
        fact=f"The files have {found} {what}, and the document asks for {planned}.",
        remedy="Change the document and hand it over again.",
    )
