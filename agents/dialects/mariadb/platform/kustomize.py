"""What ties the Kubernetes files together: one `kubectl apply -k deploy`."""

from typing import Any

from agents.platform_deployment.facts import Facts
from agents.platform_deployment.kustomize import ROOT, namespace_file
from agents.platform_deployment.processes import UNRELEASED, application_image, processes
from contracts.deployment import ConfigurationFile


def kustomize_files(facts: Facts, files: list[ConfigurationFile]) -> list[ConfigurationFile]:
    """The namespace, and the kustomization that lists every Kubernetes file and makes the ConfigMaps from files."""
    first = namespace_file(facts)
    resources = [f.path.removeprefix(f"{ROOT}/") for f in (first, *files) if f.path.startswith(f"{ROOT}/kubernetes/")]
    sql = [
        "10-schema.sql=database/schema.sql",
        "20-logins.sql=database/logins.sql",
        "30-passwords.sh=database/passwords.sh",
    ]
    maps = [
        {"name": f"{facts.project}-database-sql", "files": sql},
        {"name": f"{facts.project}-database-settings", "files": ["server.cnf=database/server.cnf"]},
        {"name": f"{facts.project}-database-queries", "files": ["monitoring/sql_exporter.yaml"]},
    ]
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
    comment = f"kubectl apply --kustomize {ROOT}"
    return [first, ConfigurationFile(path=f"{ROOT}/kustomization.yaml", comment=comment, documents=(content,))]
