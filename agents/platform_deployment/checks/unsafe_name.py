"""Is every name one that Kubernetes and Compose accept, and each used once?"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from agents.platform_deployment.checks._walk import compose, finding
from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment

_LABEL = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_LONGEST = {"Cluster": 50, "CronJob": 52}


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """A name that the cluster refuses stops the whole deployment half-way."""
    named: Counter[tuple[str, str]] = Counter()
    for document in deployment.documents():
        content: Any = document
        if content["kind"] == "Kustomization":
            continue
        kind, name = content["kind"], str(content["metadata"]["name"])
        named[kind, name] += 1
        longest = _LONGEST.get(kind, 63)
        if not _LABEL.fullmatch(name) or len(name) > longest:
            yield _finding(
                f"{kind}.{name}",
                f'{kind} "{name}" has a name that Kubernetes refuses',
                f"at most {longest} of a-z, 0-9 and dashes, a letter first",
            )
    for (kind, name), count in named.items():
        if count > 1:
            yield _finding(f"{kind}.{name}", f'{kind} "{name}" is there {count} times', "one name, one thing")
    project = str(compose(deployment).get("name", ""))
    if not _LABEL.fullmatch(project):
        yield _finding(
            "compose", f'Compose refuses the project name "{project}"', "a-z, 0-9 and dashes, a letter first"
        )


def _finding(element: str, fact: str, rule: str) -> Finding:
    return finding(__name__, element, fact=f"{fact}: {rule}.", remedy="Give the project another name in the document.")
