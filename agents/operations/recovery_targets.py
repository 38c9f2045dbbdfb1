"""What may be lost and how long it may take, how much there is to copy, and the method that follows."""

from dataclasses import dataclass

from agents.figures import target
from agents.scaling.growth import data_bytes
from agents.scaling.wal import daily_log
from contracts.base import Figure, Input
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

DAY = 86_400
SYNCHRONOUS_BELOW = 5  # seconds: an archive that ships whole segments cannot promise less
_POINT = {"embedded": DAY, "small": DAY, "standard": 300, "large": 60}
_TIME = {"embedded": DAY, "small": 14_400, "standard": 3_600, "large": 900}


@dataclass(frozen=True)
class Bulk:
    """What has to be copied: bytes of data after some years, and the log of a day; computed once for a plan."""

    size: Figure
    log: Figure


def bulk_of(requirements: Requirements, schema: SchemaDesign, years: float = 1) -> Bulk:
    """The bulk of one project, from the same growth figures as the scaling plan's."""
    return Bulk(data_bytes(requirements, schema, years), daily_log(requirements, schema, years))


def recovery_point_target(requirements: Requirements) -> Input:
    """Seconds of work that may be lost."""
    why = f"a {requirements.tier} project repeats this much work without harm"
    return target(requirements, "recovery_point_seconds", _POINT[requirements.tier], why, "s")


def recovery_time_target(requirements: Requirements) -> Input:
    """Seconds until the data are back."""
    why = f"a {requirements.tier} project can wait this long"
    return target(requirements, "recovery_time_seconds", _TIME[requirements.tier], why, "s")


def archives(requirements: Requirements) -> bool:
    """Whether the write-ahead log is archived: whenever less than a day may be lost, and for every service."""
    point = recovery_point_target(requirements).value
    return (
        point < 3_600 or (requirements.tier != "embedded" and point < DAY) or requirements.tier in ("standard", "large")
    )


def synchronous(requirements: Requirements) -> bool:
    """Whether a commit must wait for a second server."""
    return recovery_point_target(requirements).value < SYNCHRONOUS_BELOW


def method(requirements: Requirements) -> str:
    """The tool, by tier and by what may be lost."""
    if not archives(requirements):
        return "pg_dump"
    return "pgBackRest" if requirements.tier in ("standard", "large") else "pg_basebackup"
