"""Walking through files that are data: every value with its path, every container with its workload."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.checks._finding import finding as finding
from contracts.deployment import ConfigurationFile, PlatformDeployment


@dataclass(frozen=True)
class Leaf:
    """A value in a file: the file, the path to it (`spec.instances`), the last key, the value."""

    file: str
    path: str
    key: str
    value: Any


def leaves(deployment: PlatformDeployment) -> Iterator[Leaf]:
    """Every scalar of every configuration file."""
    for file in deployment.configurations:
        yield from file_leaves(file)


def file_leaves(file: ConfigurationFile) -> Iterator[Leaf]:
    """Every scalar of one file; the second and later documents' paths start with their number."""
    for at, document in enumerate(file.documents):
        yield from _inside(file.path, f"[{at}]" if at else "", "", document)


def _inside(file: str, path: str, key: str, value: Any) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _inside(file, f"{path}.{name}" if path else str(name), str(name), child)
    elif isinstance(value, (list, tuple)):
        for at, child in enumerate(value):
            yield from _inside(file, f"{path}[{at}]", key, child)
    else:
        yield Leaf(file, path, key, value)


def texts(deployment: PlatformDeployment) -> Iterator[tuple[str, str]]:
    """Every file that is text, with its path."""
    for script in deployment.scripts:
        yield script.path, script.text


def compose(deployment: PlatformDeployment) -> dict[str, Any]:
    """The compose file's content; empty where there is none."""
    return next(
        (dict(file.documents[0]) for file in deployment.configurations if file.path == "docker-compose.yml"), {}
    )


def live_clusters(deployment: PlatformDeployment) -> Iterator[dict[str, Any]]:
    """The clusters that run, without the one that a restore would make."""
    for document in deployment.documents("Cluster"):
        content: Any = document
        if "recovery" not in content["spec"].get("bootstrap", {}):
            yield content


def pod_specs(deployment: PlatformDeployment) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind, name and pod of each workload."""
    for document in deployment.documents("Deployment", "StatefulSet", "CronJob"):
        content: Any = document
        spec = content["spec"]["jobTemplate"]["spec"] if content["kind"] == "CronJob" else content["spec"]
        yield content["kind"], content["metadata"]["name"], spec["template"]["spec"]


def metrics_of(expression: str) -> set[str]:
    """The metrics that a PromQL expression reads: names that are no function, label or keyword.

    >>> sorted(metrics_of('max by (pod) (a_total{x="b"}) / on (pod) rate(c[5m]) > 3 or absent(d)'))
    ['a_total', 'c', 'd']
    """
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    bare = re.sub(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", "", bare)
    names = re.findall(r"(?<![\w.])([a-zA-Z_:][\w:]*)(?!\s*\(|\w)", bare)
    return {name for name in names if name not in _KEYWORDS}


_KEYWORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}


def expressions(deployment: PlatformDeployment) -> Iterator[tuple[str, str, str]]:
    """File, place and expression of every rule and panel."""
    for leaf in leaves(deployment):
        if leaf.key == "expr":
            yield leaf.file, leaf.path, str(leaf.value)
