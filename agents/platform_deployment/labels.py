"""Names and labels by which Kubernetes, the server and people find what belongs to the project."""

import re
from typing import Any

from agents.dialects.postgresql import RESERVED
from agents.platform_deployment.facts import Facts
from contracts.deployment import Content


def labels(facts: Facts, component: str) -> dict[str, str]:
    """The recommended labels of Kubernetes for one component."""
    return {"app.kubernetes.io/part-of": facts.project, "app.kubernetes.io/component": component}


def monitoring_map(facts: Facts) -> str:
    """The ConfigMap with the monitoring queries."""
    return f"{facts.project}-database-queries"


def sql_name(name: str) -> str:
    """A name of the document's own database in SQL: in double quotes wherever it needs them.

    >>> sql_name("shop_app"), sql_name('odd"; name')
    ('shop_app', '"odd""; name"')
    """
    if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def custom_resource(
    facts: Facts, kind: str, name: str, spec: dict[str, Any], version: str = "postgresql.cnpg.io/v1"
) -> Content:
    """A custom resource of the database."""
    metadata: dict[str, Any] = {"name": name, "labels": labels(facts, "database")}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
