"""Months for tables that are partitioned by time: made before they begin, by the document's own function."""

from typing import Any

from agents.dialects.postgresql import literal
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.images import cluster_image
from agents.platform_deployment.labels import labels, sql_name
from agents.platform_deployment.pods import (
    certificate_mount,
    certificate_volume,
    container_security,
    document,
    from_secret,
    pod_security,
    tls_variables,
)
from contracts.deployment import ConfigurationFile

MONTHS_AHEAD = 6
"""As the document's own comment beside ensure_monthly_partitions says."""

_USER = 26  # postgres in the operator's images


def monthly_tables(facts: Facts) -> tuple[str, ...]:
    """Tables partitioned by time that the document's own function extends."""
    catalogue = facts.design.catalogue
    if not any(function.name == "ensure_monthly_partitions" for function in catalogue.functions):
        return ()
    return tuple(table.name for table in catalogue.tables if table.partition_key.upper().startswith("RANGE"))


def upkeep_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The monthly job; none where no table needs it."""
    if not monthly_tables(facts):
        return ()
    spec = {
        "schedule": "0 3 1 * *",
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {
            "spec": {
                "backoffLimit": 3,
                "activeDeadlineSeconds": 3600,
                "template": {"metadata": {"labels": labels(facts, "maintenance")}, "spec": _pod(facts)},
            }
        },
    }
    return (
        ConfigurationFile(
            path="deploy/kubernetes/maintenance.yaml",
            comment="Months for tables that are partitioned by time, made before they begin",
            documents=(document(facts, "batch/v1", "CronJob", "partitions", spec, component="maintenance"),),
            notes={"spec.schedule": "UTC; missing a month is caught by the alert on partitions"},
        ),
    )


def _pod(facts: Facts) -> dict[str, Any]:
    return {
        "restartPolicy": "OnFailure",
        "automountServiceAccountToken": False,
        "securityContext": {**pod_security(), "runAsUser": _USER, "runAsGroup": _USER},
        "containers": [_container(facts)],
        "volumes": [certificate_volume(facts)],
    }


def _container(facts: Facts) -> dict[str, Any]:
    secret = f"{facts.cluster}-app"
    return {
        "name": "partitions",
        "image": cluster_image(facts),
        "command": ["psql"],
        "args": ["--no-psqlrc", "-v", "ON_ERROR_STOP=1", *_commands(facts)],
        "env": [
            {"name": "PGHOST", "value": f"{facts.cluster}-rw"},
            {"name": "PGDATABASE", "value": facts.database},
            *tls_variables(),
            from_secret("PGUSER", secret, "username"),
            from_secret("PGPASSWORD", secret, "password"),
        ],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": container_security(),
        "volumeMounts": [certificate_mount()],
    }


def _commands(facts: Facts) -> list[str]:
    """As the owner of the tables, one call for each."""
    role = facts.role("migrator")
    commands = [f"SET ROLE {sql_name(role)}"] if role else []
    commands += [
        f"SELECT ensure_monthly_partitions({literal(sql_name(table))}::regclass, {MONTHS_AHEAD})"
        for table in monthly_tables(facts)
    ]
    return [part for command in commands for part in ("-c", command)]
