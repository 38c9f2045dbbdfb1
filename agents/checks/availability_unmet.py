"""Do a year's outages fit into the availability that the brief asks for?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks.recovery_point_unmet import in_seconds
from agents.scaling.availability import FAILURES_A_YEAR, LOSSES_A_YEAR, YEAR
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A single failure of the server uses up more than the year's allowance."
REMEDY = "Let a standby take over, make its failover faster, or agree on another figure."


def findings(design: Design) -> Iterator[Finding]:
    """Failovers with a standby, or a restore without one, that take longer in a year than may be lost."""
    goal = design.requirements.targets.availability_percent
    seconds = in_seconds(design.operations.backup.recovery_time)
    if goal is None or seconds is None:
        return
    standby = any(replica.name.startswith("standby") for replica in design.scaling.replicas)
    failures = FAILURES_A_YEAR if standby else LOSSES_A_YEAR
    allowed, away = (100 - goal) / 100 * YEAR, failures * seconds
    if away > allowed:
        how = "failovers to a standby" if standby else "restore from backup, as no standby takes over"
        yield finding(
            __name__,
            "replicas",
            fact=f"{goal:g} % allow {allowed:.0f} s of outage a year, and {away:.0f} s are expected.",
            evidence=f"{failures} {how} × {seconds:g} s",
            remedy=REMEDY,
        )
