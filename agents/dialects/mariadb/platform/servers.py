"""The servers on Kubernetes: a StatefulSet each, with the plan's settings, and replicas that follow by GTID.

A replica begins as an empty server that reads the primary's binary log from its start (the image does both). One that
joins later, when the log has been purged, is restored from the last copy first.
"""

from typing import Any

from agents.dialects.mariadb.platform.names import (
    ACCOUNT,
    PORT,
    all_logins,
    image,
    login_secret,
    password_variable,
    primary,
    replica_name,
)
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.labels import labels
from agents.platform_deployment.pods import container_security, document, from_secret, pod_security
from agents.platform_deployment.quantities import binary
from agents.platform_deployment.sizes import volume_bytes
from contracts.deployment import ConfigurationFile, Content

REPLICATION = "replication"


def secret(facts: Facts, name: str) -> str:
    """A secret of the servers."""
    return f"{facts.cluster}-{name}"


def server_files(facts: Facts) -> list[ConfigurationFile]:
    """The primary and the plan's replicas."""
    documents = [_service(facts, primary(facts), "database"), _server(facts, primary(facts), 1, "")]
    for number, replica in enumerate(facts.design.replicas, start=2):
        name = replica_name(facts, replica)
        documents += [_service(facts, name, component_of(facts, name)), _server(facts, name, number, replica.name)]
    return [
        ConfigurationFile(
            path="deploy/kubernetes/database.yaml",
            comment=f"MariaDB of {facts.design.title}: a primary and {len(facts.design.replicas)} replicas",
            documents=tuple(documents),
            notes={
                "spec.replicas": "one server each: a second pod would be an empty primary",
                "spec.template.spec.containers[].resources": "the machine that the settings were sized for",
            },
        )
    ]


def component_of(facts: Facts, name: str) -> str:
    """The component's label of a server's pods."""
    return "database" if name == primary(facts) else name.removeprefix(f"{facts.project}-")


def _service(facts: Facts, name: str, component: str) -> Content:
    spec: dict[str, Any] = {
        "clusterIP": "None",
        "selector": labels(facts, component),
        "ports": [{"name": "mariadb", "port": PORT, "targetPort": "mariadb"}],
    }
    metadata: dict[str, Any] = {"name": name, "labels": labels(facts, component)}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _server(facts: Facts, name: str, number: int, replica: str) -> Content:
    component = component_of(facts, name)
    pod: dict[str, Any] = {
        "automountServiceAccountToken": False,
        "securityContext": {**pod_security(), "runAsUser": ACCOUNT, "runAsGroup": ACCOUNT, "fsGroup": ACCOUNT},
        "containers": [_container(facts, number, replica)],
        "volumes": [
            {"name": "settings", "configMap": {"name": f"{facts.project}-database-settings"}},
            *([] if replica else [{"name": "schema", "configMap": {"name": f"{facts.project}-database-sql"}}]),
            {"name": "run", "emptyDir": {}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "2Gi"}},
        ],
        "terminationGracePeriodSeconds": 120,
    }
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": binary(volume_bytes(facts))}}},
    }
    spec: dict[str, Any] = {
        "serviceName": name,
        "replicas": 1,
        "selector": {"matchLabels": labels(facts, component)},
        "template": {"metadata": {"labels": labels(facts, component)}, "spec": pod},
        "volumeClaimTemplates": [claim],
    }
    metadata: dict[str, Any] = {"name": name, "labels": labels(facts, component)}
    return {**document(facts, "apps/v1", "StatefulSet", "database", spec), "metadata": metadata}


def _container(facts: Facts, number: int, replica: str) -> dict[str, Any]:
    resources = {"cpu": str(facts.cores or 1), "memory": binary(facts.memory_bytes or 1 << 30)}
    alive = {"exec": {"command": ["healthcheck.sh", "--connect"]}, "periodSeconds": 10, "timeoutSeconds": 5}
    begun = {"exec": {"command": ["healthcheck.sh", "--connect", "--innodb_initialized"]}}
    ready = {**begun, "periodSeconds": 5, "timeoutSeconds": 5}
    mounts = [
        {"name": "data", "mountPath": "/var/lib/mysql"},
        {"name": "settings", "mountPath": "/etc/mysql/conf.d", "readOnly": True},
        {"name": "run", "mountPath": "/run/mysqld"},
        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in the container
    ]
    if not replica:
        mounts.append({"name": "schema", "mountPath": "/docker-entrypoint-initdb.d", "readOnly": True})
    return {
        "name": "mariadb",
        "image": image(facts),
        "args": [f"--server-id={number}", *(["--read-only=ON", "--log-slave-updates=ON"] if replica else [])],
        "env": _environment(facts, replica),
        "ports": [{"name": "mariadb", "containerPort": PORT}],
        "startupProbe": {**ready, "failureThreshold": 120},
        "livenessProbe": {**alive, "failureThreshold": 6},
        "readinessProbe": ready,
        "resources": {"requests": dict(resources), "limits": dict(resources)},
        "securityContext": container_security(),
        "volumeMounts": mounts,
    }


def _environment(facts: Facts, replica: str) -> list[dict[str, Any]]:
    found = [from_secret("MARIADB_ROOT_PASSWORD", secret(facts, "root"), "password")]
    if facts.design.replicas:
        found += [
            from_secret("MARIADB_REPLICATION_USER", secret(facts, REPLICATION), "username"),
            from_secret("MARIADB_REPLICATION_PASSWORD", secret(facts, REPLICATION), "password"),
        ]
    if replica:
        return [*found, {"name": "MARIADB_MASTER_HOST", "value": primary(facts)}]
    owner = secret(facts, "app")
    return [
        *found,
        {"name": "MARIADB_DATABASE", "value": facts.database},
        from_secret("MARIADB_USER", owner, "username"),
        from_secret("MARIADB_PASSWORD", owner, "password"),
        *(from_secret(password_variable(login), login_secret(facts, login), "password") for login in all_logins(facts)),
    ]
