"""What ties the Kubernetes files together: one `kubectl apply -k deploy`."""

from typing import Any

from agents.platform_deployment.cluster import sql_map
from agents.platform_deployment.connections import logins
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.monitoring import own_queries, queries_map
from agents.platform_deployment.processes import UNRELEASED, application_image, processes
from contracts.deployment import ConfigurationFile

ROOT = "deploy"


def kustomize_files(facts: Facts, files: list[ConfigurationFile]) -> list[ConfigurationFile]:
    """The namespace and the kustomization, which makes ConfigMaps of the schema, the dashboard and the queries."""
    sql = ["database/schema.sql", *(["database/logins.sql"] if logins(facts) else [])]
    dashboard = {
        "name": f"{facts.project}-dashboard",
        "files": ["monitoring/dashboard.json"],
        "options": {"labels": {"grafana_dashboard": "1"}},
    }
    maps: list[dict[str, Any]] = [{"name": sql_map(facts), "files": sql}, dashboard]
    if own_queries(facts):
        maps.append(queries_map(facts))
    return together(facts, files, maps)


def together(facts: Facts, files: list[ConfigurationFile], maps: list[dict[str, Any]]) -> list[ConfigurationFile]:
    """The namespace, and the kustomization that lists every Kubernetes file and makes the ConfigMaps from files."""
    first = namespace_file(facts)
    resources = [
        file.path.removeprefix(f"{ROOT}/") for file in (first, *files) if file.path.startswith(f"{ROOT}/kubernetes/")
    ]
    return [
        first,
        ConfigurationFile(
            path=f"{ROOT}/kustomization.yaml",
            comment=f"kubectl apply --kustomize {ROOT}",
            documents=(_kustomization(facts, resources, maps),),
        ),
    ]


def namespace_file(facts: Facts) -> ConfigurationFile:
    """The project's namespace, which takes pods of the restricted profile alone."""
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": facts.project, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
    }
    return ConfigurationFile(path=f"{ROOT}/kubernetes/namespace.yaml", documents=(namespace,))


def _kustomization(facts: Facts, resources: list[str], maps: list[dict[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": facts.project,
        "resources": resources,
        "generatorOptions": {"disableNameSuffixHash": True},
        "configMapGenerator": maps,
    }
    if processes(facts):
        content["images"] = [{"name": application_image(facts), "newTag": UNRELEASED}]
    return content
