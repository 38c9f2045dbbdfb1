"""Can the backup bring data back as fresh, and as fast, as the brief asks?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._units import in_seconds as duration
from contracts.base import Figure
from contracts.checklist import Finding
from contracts.operations import Backup
from contracts.plan import Design

MEANS = "After a failure more work is lost, or the service is away longer, than was agreed."
REMEDY = "Archive more often, restore from a nearer copy, or agree on another figure."

SECONDS = {"": 1, "s": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}


def findings(design: Design) -> Iterator[Finding]:
    """Recovery point and time above their targets, a point that the method cannot reach, a server told otherwise."""
    backup, targets = design.operations.backup, design.requirements.targets
    for figure, target in (
        (backup.recovery_point, targets.recovery_point_seconds),
        (backup.recovery_time, targets.recovery_time_seconds),
        (backup.repair_time, targets.recovery_time_seconds),
    ):
        if figure is None or (figure is backup.repair_time and figure == backup.recovery_time):
            continue
        seconds = in_seconds(figure)
        if seconds is None:
            fact = f'"{figure.name}" is {figure.value:g} {figure.unit}, which is no unit of time.'
            yield _finding(fact, figure.formula, "State it in seconds, minutes, hours or days.")
        elif target is not None and seconds > target:
            fact = f'"{figure.name}" is {seconds:g} s, and the brief allows {target} s.'
            yield _finding(fact, f"{backup.method}: {figure.formula}", REMEDY)
    yield from _beyond_reach(backup)
    yield from _archived_later(design)


def _beyond_reach(backup: Backup) -> Iterator[Finding]:
    """What is lost at worst is all that was written since the last archived segment, or else the last full backup."""
    interval = backup.archive_interval_seconds
    reach = in_seconds(interval) if interval else backup.full_interval_hours.value * SECONDS["h"]
    point = in_seconds(backup.recovery_point)
    if reach is not None and point is not None and point < reach:
        fact = f"The backup promises to lose at most {point:g} s, but copies data every {reach:g} s only."
        yield _finding(fact, backup.method, f"State a recovery point of at least {reach:g} s, or copy more often.")


ARCHIVED_BY = {"postgresql": ("postgresql", "archive_timeout"), "sqlite": ("backup", "sync-interval")}
"""Where production is told how often to archive: the group of its settings, and the setting, by engine family."""


def _archived_later(design: Design) -> Iterator[Finding]:
    """What the plan archives every so often, and what production is told to."""
    interval = design.operations.backup.archive_interval_seconds
    planned = in_seconds(interval) if interval else None
    if planned is None or design.schema_design.dialect not in ARCHIVED_BY:
        return
    group, setting = ARCHIVED_BY[design.schema_design.dialect]
    for environment in (e for e in design.operations.environments if e.name == "production"):
        told = {name: value for subject, pairs in environment.groups for name, value in pairs if subject == group}
        every = duration(told.get(setting, ""))
        if every is None or every > planned:
            fact = f"The backup archives the log every {planned:g} s, and production is told to every "
            fact += "so often as segments fill." if every is None else f"{every:g} s."
            yield _finding(fact, f"{setting} of production", f"Set {setting} to {planned:g} s.")


def in_seconds(figure: Figure) -> float | None:
    """The figure in seconds, None where its unit is no unit of time."""
    unit = figure.unit.strip().lower()
    factor = SECONDS.get(unit, SECONDS.get(unit.removesuffix("s")))
    return None if factor is None else figure.value * factor


def _finding(fact: str, evidence: str, remedy: str) -> Finding:
    return finding(__name__, "backup", fact=fact, evidence=evidence, remedy=remedy)
