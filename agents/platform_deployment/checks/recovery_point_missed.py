"""Is no more lost and kept no shorter than the document promises?"""

from collections.abc import Iterator
from typing import Any

from agents.platform_deployment.checks._walk import finding, live_clusters
from agents.platform_deployment.facts import Facts, recovery_point
from contracts.checklist import Finding
from contracts.deployment import PlatformDeployment
from contracts.quantities import seconds

_INTERVALS = 2  # a segment waits one interval to be closed and, at worst, another for a retried upload


def findings(facts: Facts, deployment: PlatformDeployment) -> Iterator[Finding]:
    """An archive slower than the recovery point loses what somebody was promised to keep."""
    backup = facts.design.backup
    if backup is None or deployment.platform != "kubernetes":
        return
    promised = recovery_point(facts)
    for content in live_clusters(deployment):
        spec = content["spec"]
        if spec.get("replica"):
            continue
        yield from _archive(spec, content["metadata"]["name"], promised, backup.archive_every_seconds is not None)
    yield from _kept(deployment, backup.kept_days, backup.full_every_hours)


def _archive(spec: dict[str, Any], name: str, promised: float | None, archives: bool) -> Iterator[Finding]:
    archiver = any(plugin.get("isWALArchiver") for plugin in spec.get("plugins", ()))
    interval = seconds(spec["postgresql"]["parameters"].get("archive_timeout", ""))
    if archives and not archiver:
        yield _finding(
            name,
            "archives no write-ahead log",
            "the document archives it",
            "Give the cluster the plugin that archives.",
        )
    elif archives and promised is not None and (interval is None or interval * _INTERVALS > promised):
        told = f"{interval:g} s" if interval is not None else "its default"
        yield _finding(
            name,
            f"archives every {told}, so that up to {(interval or 300) * _INTERVALS:g} s may be lost",
            f"the document promises {promised:g} s",
            f"Set archive_timeout to {promised // _INTERVALS:g}s or less.",
        )


def _kept(deployment: PlatformDeployment, days: float | None, hours: float | None) -> Iterator[Finding]:
    for document in deployment.documents("ObjectStore"):
        content: Any = document
        kept = content["spec"].get("retentionPolicy", "")
        if days is not None and kept != f"{round(days)}d":
            yield _finding(
                content["metadata"]["name"],
                f"keeps copies for {kept or 'good'}",
                f"the document says {days:g} days",
                f"Set retentionPolicy to {round(days)}d.",
            )
    for document in deployment.documents("ScheduledBackup"):
        schedule: Any = document
        fields = schedule["spec"]["schedule"].split()
        every = 168 if len(fields) == 6 and fields[5] != "*" else 24
        if hours is not None and every > max(hours, 24):
            yield _finding(
                schedule["metadata"]["name"],
                f"copies every {every} h",
                f"the document says {hours:g} h",
                "Copy at least as often.",
            )


def _finding(element: str, fact: str, evidence: str, remedy: str) -> Finding:
    return finding(__name__, f"backup.{element}", fact=f"{element} {fact}; {evidence}.", remedy=remedy)
