"""Has every container limits, probes and no more rights than it needs?"""

from collections.abc import Iterator
from typing import Any

from agents.platform_deployment.checks._walk import compose, finding, pod_specs
from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """Without a limit one container takes the machine; without a probe a hung one keeps its clients."""
    for kind, name, pod in pod_specs(deployment):
        for container in pod["containers"]:
            for what, remedy in _missing(kind, pod, container):
                yield finding(
                    __name__,
                    f"container.{name}.{container['name']}",
                    fact=f"{kind} {name}, container {container['name']} has {what}.",
                    remedy=remedy,
                )
    for name, service in compose(deployment).get("services", {}).items():
        for field in ("healthcheck", "mem_limit"):
            if field not in service:
                yield finding(
                    __name__,
                    f"container.{name}",
                    fact=f"docker-compose.yml: {name} has no {field}.",
                    remedy=f"Add {field}.",
                )


def _missing(kind: str, pod: dict[str, Any], container: dict[str, Any]) -> Iterator[tuple[str, str]]:
    resources = container.get("resources", {})
    if "memory" not in resources.get("limits", {}) or not {"cpu", "memory"} <= set(resources.get("requests", {})):
        yield "no memory limit or no requests", "Set requests for CPU and memory and a limit for memory."
    if kind in ("Deployment", "StatefulSet") and not {"livenessProbe", "readinessProbe"} <= set(container):
        yield "no liveness or no readiness probe", "Add both."
    rights = container.get("securityContext", {})
    if not pod.get("securityContext", {}).get("runAsNonRoot") or rights.get("allowPrivilegeEscalation") is not False:
        yield (
            "rights that the restricted profile refuses",
            "Run as another user than root, without privilege escalation.",
        )
