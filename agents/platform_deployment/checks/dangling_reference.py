"""Does everything that a Kubernetes file names exist: secrets, ConfigMaps, services, clusters, ports, pods?"""

from collections.abc import Iterator
from typing import Any

from agents.platform_deployment.checks._walk import finding, leaves
from agents.platform_deployment.facts import Facts
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment

_SECRETS = (
    "secretKeyRef.name",
    "passwordSecret.name",
    "secretName",
    "accessKeyId.name",
    "secretAccessKey.name",
    "sslKey.name",
    "sslCert.name",
    "sslRootCert.name",
)
_COMPONENT = "app.kubernetes.io/component"


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """A name that leads nowhere keeps a pod waiting for ever, or a policy from matching anything."""
    if deployment.platform != "kubernetes":
        return
    secrets = {need.name for need in deployment.secrets}
    maps = _maps(deployment)
    hosts = _hosts(deployment)
    components = _components(deployment)
    for leaf in leaves(deployment):
        value = str(leaf.value)
        if not leaf.file.startswith("deploy/kubernetes/"):
            continue
        if leaf.path.endswith(_SECRETS) and value not in secrets:
            yield _finding(leaf.file, leaf.path, f'secret "{value}"', "List it among the secrets that have to be made.")
        if (
            ("configMapRefs" in leaf.path or "customQueriesConfigMap" in leaf.path)
            and leaf.key == "name"
            and value not in maps
        ):
            yield _finding(leaf.file, leaf.path, f'ConfigMap "{value}"', "Make it in deploy/kustomization.yaml.")
        if leaf.key == _COMPONENT and ".metadata." not in f".{leaf.path}" and value not in components:
            yield _finding(
                leaf.file, leaf.path, f'component "{value}"', "Select the labels of a workload of these files."
            )
    for place, value in _named_hosts(deployment):
        if value not in hosts:
            yield _finding(
                "deploy/kubernetes/application.yaml", place, f'host "{value}"', "Name a service of these files."
            )


def _maps(deployment: PlatformDeployment) -> set[str]:
    found: set[str] = set()
    for document in deployment.documents("Kustomization"):
        content: Any = document
        found |= {entry["name"] for entry in content["configMapGenerator"]}
    return found


def _hosts(deployment: PlatformDeployment) -> set[str]:
    """Services of the files, and those that the operator makes for clusters and poolers."""
    found = {_name(document) for document in deployment.documents("Service", "Pooler")}
    for document in deployment.documents("Cluster"):
        found |= {f"{_name(document)}-{kind}" for kind in ("rw", "ro", "r")}
    return found


def _components(deployment: PlatformDeployment) -> set[str]:
    found = set()
    for leaf in leaves(deployment):
        if leaf.path.endswith(f"template.metadata.labels.{_COMPONENT}"):
            found.add(str(leaf.value))
    return found


def _named_hosts(deployment: PlatformDeployment) -> Iterator[tuple[str, str]]:
    for document in deployment.documents("Deployment"):
        content: Any = document
        for container in content["spec"]["template"]["spec"]["containers"]:
            for entry in container.get("env", ()):
                if entry["name"].endswith("_HOST"):
                    yield f"{_name(document)}, {entry['name']}", str(entry.get("value", ""))


def _name(document: Any) -> str:
    return str(document["metadata"]["name"])


def _finding(file: str, place: str, what: str, remedy: str) -> Finding:
    return finding(__name__, f"file.{file}", fact=f"{file}, {place}: {what} does not exist.", remedy=remedy)
