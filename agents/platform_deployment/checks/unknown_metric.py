"""Does every rule and panel read metrics that an exporter of these files has?"""

from collections.abc import Iterator
from typing import Any

from agents.platform_deployment.checks._walk import expressions, finding, metrics_of
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.knowledge import known_metrics
from agents.platform_deployment.monitoring import QUERIES
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment

_PROMETHEUS = {"up", "ALERTS"}


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """An alert over a metric that does not exist never fires, and nothing says so."""
    known = known_metrics() | own_metrics(deployment) | _PROMETHEUS
    for file, place, expression in expressions(deployment):
        for name in sorted(metrics_of(expression) - known):
            yield finding(
                __name__,
                f"file.{file}",
                fact=f'{file}, {place}: no exporter of these files has the metric "{name}".',
                evidence=expression,
                remedy=f"Take a metric of knowledge/metrics.yaml, or add the query that gives {name} to {QUERIES}.",
            )


def own_metrics(deployment: PlatformDeployment) -> set[str]:
    """What the project's own queries define: cnpg_, the query's name and the column, or an exporter's own names."""
    found: set[str] = set()
    for file in deployment.configurations:
        collectors: Any = file.documents[0].get("collectors", ())
        found |= {metric["metric_name"] for collector in collectors for metric in collector["metrics"]}
        if file.path == QUERIES:
            for name, query in file.documents[0].items():
                columns = query["metrics"] if isinstance(query, dict) else []
                found |= {f"cnpg_{name}_{column}" for entry in columns for column in entry}  # type: ignore[union-attr]
    return found
