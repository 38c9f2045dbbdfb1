"""What has to be called at fixed times: months that begin, periods that end, seals of what was recorded."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Job:
    """Statements that run at fixed times: what they are for, when, and what misses them."""

    name: str
    schedule: str
    seconds: int
    calls: tuple[str, ...]
    why: str
    note: str


def jobs(facts: Facts) -> tuple[Job, ...]:
    """The document's own functions that somebody has to call; none where it has none."""
    tables, ended, sealing = monthly_tables(facts), _called(facts, "remove_expired_"), _called(facts, "seal_")
    months = [
        f"SELECT ensure_monthly_partitions({literal(sql_name(table))}::regclass, {MONTHS_AHEAD})" for table in tables
    ]
    ends = [name.removeprefix("remove_expired_") for name in ended]
    about = [f"months of {', '.join(tables)}"] if tables else []
    about += [f"the end of the period of {', '.join(ends)}"] if ends else []
    monthly = Job(
        name="partitions" if tables else "retention",
        schedule="0 3 1 * *",
        seconds=3600,
        calls=(*months, *(f"SELECT {sql_name(name)}()" for name in ended)),
        why="; ".join(about),
        note="UTC; missing a month is caught by the alert on partitions"
        if tables
        else "UTC; a missed month is made up by the next",
    )
    published = _called(facts, "remove_published_")
    daily = Job(
        name="published",
        schedule="17 3 * * *",
        seconds=3600,
        calls=tuple(f"SELECT {sql_name(name)}()" for name in published),
        why=f"the end of the period of {', '.join(name.removeprefix('remove_published_') for name in published)}",
        note="UTC; a missed day is made up by the next",
    )
    hourly = Job(
        name="seals",
        schedule="7 * * * *",
        seconds=600,
        calls=tuple(f"SELECT {sql_name(name)}()" for name in sealing),
        why=f"seals of {', '.join(name.removeprefix('seal_') for name in sealing)}; its log keeps their digests outside"
        " of the database",
        note="its output is the newest digest of each trail: keep this pod's log where no owner of the database writes",
    )
    return tuple(job for job in (monthly, daily, hourly) if job.calls)


def monthly_tables(facts: Facts) -> tuple[str, ...]:
    """Tables partitioned by time that the document's own function extends."""
    catalogue = facts.design.catalogue
    if not any(function.name == "ensure_monthly_partitions" for function in catalogue.functions):
        return ()
    return tuple(table.name for table in catalogue.tables if table.partition_key.upper().startswith("RANGE"))


def _called(facts: Facts, prefix: str) -> tuple[str, ...]:
    """Functions of the document that begin so and take nothing."""
    functions = facts.design.catalogue.functions
    return tuple(f.name for f in functions if f.name.startswith(prefix) and not f.arguments and f.returns != "trigger")


def upkeep_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The jobs; none where the document has nothing to call."""
    made = jobs(facts)
    if not made:
        return ()
    return (
        ConfigurationFile(
            path="deploy/kubernetes/maintenance.yaml",
            comment="; ".join(job.why for job in made),
            documents=tuple(
                document(facts, "batch/v1", "CronJob", job.name, _spec(facts, job), component="maintenance")
                for job in made
            ),
            notes={"spec.schedule": "; ".join(f"{job.name}: {job.note}" for job in made)},
        ),
    )


def _spec(facts: Facts, job: Job) -> dict[str, Any]:
    return {
        "schedule": job.schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {
            "spec": {
                "backoffLimit": 3,
                "activeDeadlineSeconds": job.seconds,
                "template": {"metadata": {"labels": labels(facts, "maintenance")}, "spec": _pod(facts, job)},
            }
        },
    }


def _pod(facts: Facts, job: Job) -> dict[str, Any]:
    return {
        "restartPolicy": "OnFailure",
        "automountServiceAccountToken": False,
        "securityContext": {**pod_security(), "runAsUser": _USER, "runAsGroup": _USER},
        "containers": [_container(facts, job)],
        "volumes": [certificate_volume(facts)],
    }


def _container(facts: Facts, job: Job) -> dict[str, Any]:
    secret = f"{facts.cluster}-app"
    return {
        "name": job.name,
        "image": cluster_image(facts),
        "command": ["psql"],
        "args": ["--no-psqlrc", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1", *_commands(facts, job)],
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


def _commands(facts: Facts, job: Job) -> list[str]:
    """As the owner of the tables, one call for each."""
    role = facts.role("migrator")
    commands = [f"SET ROLE {sql_name(role)}"] if role else []
    commands += job.calls
    return [part for command in commands for part in ("-c", command)]
