"""What a year allows to be away and what it takes: one place for the failover that replicas and backups speak of."""

from agents.figures import as_input, balance, figure, given, serving, target
from contracts.base import Figure, Input
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.scaling import Replica

YEAR = 365 * 86_400
FAILURES_A_YEAR = 4
LOSSES_A_YEAR = 1
STANDBY_FROM = 99.9
"""Availability in percent from which a restore from backup (hours) no longer fits the year's 8 h 46 min."""


def failover_time(requirements: Requirements) -> Figure:
    """Seconds from the primary's failure until the standby answers."""
    return figure(
        "failover_seconds",
        "detect_seconds + promote_seconds + reconnect_seconds",
        (
            given("detect_seconds", 30, "convention: three missed health checks, 10 s apart", "s"),
            given("promote_seconds", 30, "convention: promotion and the replay of what has arrived", "s"),
            given("reconnect_seconds", 30, "convention: pools drop their connections and find the new primary", "s"),
        ),
        unit="s",
        serves=serving(requirements, "availability.", "assumption.recovery", "assumption."),
        rule="the standby that the availability asks for takes over",
    )


def downtime(requirements: Requirements) -> Figure | None:
    """Seconds of a year for which the application may be away; None where no availability is asked for."""
    if requirements.targets.availability_percent is None:
        return None
    return figure(
        "downtime_seconds",
        "(100 - availability_percent) / 100 * 365 * 86400",
        (target(requirements, "availability_percent", 0, "", "%"),),
        unit="s",
        serves=serving(requirements, "availability.", "assumption."),
        rule="share of a year",
    )


def availability_claims(
    requirements: Requirements, available: tuple[Replica, ...], failover: Figure | None = None
) -> tuple[Claim, ...]:
    """The year's outages fit the availability target: failovers with a standby, one restore without.

    `failover` is how long a standby takes where it is not promoted by itself.
    """
    goal, allowed = requirements.targets.availability_percent, downtime(requirements)
    if goal is None or allowed is None:
        return ()
    standby = any(r.name.startswith("standby") for r in available)
    left, how = _outages(requirements, (failover or failover_time(requirements)) if standby else None)
    sentence = f"A year's outages with {how} stay within {goal:g} % availability."
    return (
        balance(
            "scaling.availability", sentence, "scaling.replicas", allowed.serves, [left], "<=", [(as_input(allowed),)]
        ),
    )


def _outages(requirements: Requirements, failover: Figure | None) -> tuple[tuple[Input, ...], str]:
    if failover is not None:
        count = given("failures_a_year", FAILURES_A_YEAR, "convention: one a quarter, planned ones included")
        return (count, as_input(failover)), "failovers to a standby"
    restore = target(requirements, "recovery_time_seconds", 14_400, "four hours where the brief is silent", "s")
    count = given("failures_a_year", LOSSES_A_YEAR, "convention: one loss of the server a year")
    return (count, restore), "a restore from backup"
