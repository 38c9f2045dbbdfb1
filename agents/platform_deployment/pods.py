"""What every pod of the project shares: its names, its few rights, the server's certificate, secrets by reference."""

from typing import Any

from agents.platform_deployment.facts import Facts
from agents.platform_deployment.labels import labels
from contracts.deployment import Content

POSTGRES_PORT = 5432
CA_FOLDER = "/etc/database-ca"


def document(facts: Facts, version: str, kind: str, name: str, spec: dict[str, Any], component: str = "") -> Content:
    """A document with the project's name before its own."""
    metadata: dict[str, Any] = {"name": f"{facts.project}-{name}", "labels": labels(facts, component or name)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def service(facts: Facts, name: str, port: int, target: str = "http") -> Content:
    """A service in front of one component."""
    spec = {"selector": labels(facts, name), "ports": [{"name": target, "port": port, "targetPort": target}]}
    return document(facts, "v1", "Service", name, spec)


def workload(facts: Facts, name: str, pod: dict[str, Any], replicas: int, strategy: dict[str, Any]) -> Content:
    """A Deployment of one component."""
    spec = {
        "replicas": replicas,
        "strategy": strategy,
        "selector": {"matchLabels": labels(facts, name)},
        "template": {"metadata": {"labels": labels(facts, name)}, "spec": pod},
    }
    return document(facts, "apps/v1", "Deployment", name, spec)


def pod_security() -> dict[str, Any]:
    """What the restricted profile of Kubernetes asks of a pod."""
    return {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def container_security() -> dict[str, Any]:
    """What it asks of a container, and a file system that cannot be written."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def from_secret(name: str, secret: str, key: str) -> dict[str, Any]:
    """A variable whose value stands in a secret."""
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def tls_variables() -> list[dict[str, Any]]:
    """Variables by which libpq and its relatives check the server's certificate."""
    return [
        {"name": "PGSSLMODE", "value": "verify-full"},
        {"name": "PGSSLROOTCERT", "value": f"{CA_FOLDER}/ca.crt"},
    ]


def certificate_volume(facts: Facts) -> dict[str, Any]:
    """The certificate of the server's authority, without its key."""
    items = [{"key": "ca.crt", "path": "ca.crt"}]
    return {"name": "database-ca", "secret": {"secretName": f"{facts.cluster}-ca", "items": items}}


def certificate_mount() -> dict[str, Any]:
    """Where a container finds it."""
    return {"name": "database-ca", "mountPath": CA_FOLDER, "readOnly": True}
