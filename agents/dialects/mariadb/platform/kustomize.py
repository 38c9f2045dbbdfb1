"""What ties the Kubernetes files together: one `kubectl apply -k deploy`."""

from agents.platform_deployment.facts import Facts
from agents.platform_deployment.kustomize import together
from contracts.deployment import ConfigurationFile


def kustomize_files(facts: Facts, files: list[ConfigurationFile]) -> list[ConfigurationFile]:
    """The namespace and the kustomization, which makes ConfigMaps of the schema, the settings and the queries."""
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
    return together(facts, files, maps)
