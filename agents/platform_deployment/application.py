"""The application's Deployments: their pools' connections, the cache, probes, room, restarts."""

from typing import Any

from agents.platform_deployment.facts import Facts
from agents.platform_deployment.labels import labels
from agents.platform_deployment.pods import (
    POSTGRES_PORT,
    certificate_mount,
    certificate_volume,
    container_security,
    document,
    pod_security,
    service,
    tls_variables,
    workload,
)
from agents.platform_deployment.processes import UNRELEASED, Process, application_image, host, processes, runtime
from agents.platform_deployment.reached import reached
from contracts.deployment import ConfigurationFile, Content


def application_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The file of the application's processes; none where the document has no pools."""
    made = processes(facts)
    if not made:
        return ()
    return (
        ConfigurationFile(
            path="deploy/kubernetes/application.yaml",
            comment=f"Processes of {facts.design.title}; their image is set in deploy/kustomization.yaml",
            documents=tuple(content for process in made for content in _documents(facts, process)),
            notes=_application_notes(facts),
        ),
    )


def _documents(facts: Facts, process: Process) -> list[Content]:
    documents = [_deployment(facts, process)]
    if process.name == "application":
        documents.append(service(facts, process.name, runtime(facts)["port"]))
        if process.replicas > 1:
            documents.append(_budget(facts, process.name))
    return documents


def _deployment(facts: Facts, process: Process) -> Content:
    pod: dict[str, Any] = {
        "automountServiceAccountToken": False,
        "securityContext": pod_security(),
        "containers": [_container(facts, process)],
        "volumes": [certificate_volume(facts), {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}],
    }
    if process.replicas > 1:
        pod["topologySpreadConstraints"] = [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": labels(facts, process.name)},
            }
        ]
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": facts.surge, "maxUnavailable": 1 - facts.surge}}
    strategy = rolling if process.rolling else {"type": "Recreate"}
    return workload(facts, process.name, pod, process.replicas, strategy)


def _container(facts: Facts, process: Process) -> dict[str, Any]:
    used = runtime(facts)
    return {
        "name": process.name,
        "image": f"{application_image(facts)}:{UNRELEASED}",
        "env": environment(facts, process),
        "ports": [{"name": "http", "containerPort": used["port"]}],
        "startupProbe": _probe(used["liveness"], periodSeconds=2, failureThreshold=60),
        "livenessProbe": _probe(used["liveness"], periodSeconds=10, timeoutSeconds=2),
        "readinessProbe": _probe(used["readiness"], periodSeconds=5, timeoutSeconds=2),
        "resources": {"requests": {"cpu": used["cpu"], "memory": used["memory"]}, "limits": {"memory": used["memory"]}},
        "securityContext": container_security(),
        "volumeMounts": [certificate_mount(), {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - in the container
    }


def _probe(path: str, **times: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "http"}, **times}


def environment(facts: Facts, process: Process) -> list[dict[str, Any]]:
    """The process's variables: for each pool where, as whom and how many; where the cache is."""
    return [
        {"name": "APPLICATION_PROCESS", "value": process.name},
        *tls_variables(),
        *reached(facts, process, host, POSTGRES_PORT),
    ]


def _budget(facts: Facts, name: str) -> Content:
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": labels(facts, name)}}
    return document(facts, "policy/v1", "PodDisruptionBudget", name, spec)


def _application_notes(facts: Facts) -> dict[str, str]:
    copies = facts.surge
    rolling = (
        "the plan's connections count one instance more during a deployment"
        if copies
        else "no instance more than the plan counts"
    )
    return {
        f"{facts.project}-application#spec.strategy": rolling,
        f"{facts.project}-application#spec.replicas": "an autoscaler would open more connections than the plan has",
        f"{facts.project}-worker#spec.strategy": "its pools are counted once: the old process stops first",
    }
