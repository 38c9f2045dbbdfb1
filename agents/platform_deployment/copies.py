"""Where copies and the archive go, how often and for how long: the Barman Cloud plugin at the plan's intervals."""

from typing import Any

from agents.platform_deployment.facts import Facts, archived
from agents.platform_deployment.labels import custom_resource
from contracts.deployment import ConfigurationFile, Content

PLUGIN = "barman-cloud.cloudnative-pg.io"
NIGHT = 2
"""Copies start at this hour (UTC)."""


def copy_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The store and the schedule; none where the document archives nothing."""
    if not archived(facts):
        return ()
    return (
        ConfigurationFile(
            path="deploy/kubernetes/backup.yaml",
            comment=_backup_comment(facts),
            documents=(_store(facts), _schedule(facts)),
            notes={"spec.schedule": "seconds first: six fields, in UTC"},
        ),
    )


def store_name(facts: Facts) -> str:
    """The object store's resource and bucket."""
    return f"{facts.project}-backup"


def store_secret(facts: Facts) -> str:
    """The secret with the object store's keys."""
    return f"{facts.project}-backup-store"


def schedule(facts: Facts) -> str:
    """The plan's interval as a schedule that is never longer: every week, every day, or every few hours."""
    backup = facts.design.backup
    hours = (backup.full_every_hours if backup else None) or 24
    if hours >= 168:
        return f"0 0 {NIGHT} * * 0"
    if hours >= 24:
        return f"0 0 {NIGHT} * * *"
    divisor = max(step for step in (1, 2, 3, 4, 6, 8, 12) if step <= max(1, hours))
    return f"0 0 */{divisor} * * *"


def _store(facts: Facts) -> Content:
    backup = facts.design.backup
    days = round(backup.kept_days) if backup and backup.kept_days else 0
    encrypted = {"encryption": "AES256"} if facts.design.application.encryption else {}
    spec: dict[str, Any] = {
        "configuration": {
            "destinationPath": f"s3://{store_name(facts)}/",
            "s3Credentials": {
                "accessKeyId": {"name": store_secret(facts), "key": "ACCESS_KEY_ID"},
                "secretAccessKey": {"name": store_secret(facts), "key": "ACCESS_SECRET_KEY"},
            },
            "wal": {"compression": "gzip", **encrypted},
            "data": {"compression": "gzip", **encrypted},
        }
    }
    if days:
        spec["retentionPolicy"] = f"{days}d"
    return custom_resource(facts, "ObjectStore", store_name(facts), spec, "barmancloud.cnpg.io/v1")


def _schedule(facts: Facts) -> Content:
    spec = {
        "schedule": schedule(facts),
        "immediate": True,
        "backupOwnerReference": "self",
        "cluster": {"name": facts.cluster},
        "target": "prefer-standby" if facts.standbys else "primary",
        "method": "plugin",
        "pluginConfiguration": {"name": PLUGIN},
    }
    return custom_resource(facts, "ScheduledBackup", f"{facts.cluster}-full", spec)


def _backup_comment(facts: Facts) -> str:
    backup = facts.design.backup
    if backup is None:
        return ""
    return f"In the plan: {backup.method}. The operator archives and copies instead, at the plan's intervals"
