"""How long it takes until the file is back: copied as a whole, or on a second machine that has followed it.

Litestream's follow mode (`restore -f`, from 0.5.9 on) applies each shipped change to a copy within a second. Somebody
decides that it takes over, since two machines that write to two copies could not be put together again; and it repeats
a mistake at once, so that snapshots of its volume answer for that.
"""

from agents.dialects.sqlite.sizes import file_bytes
from agents.figures import figure, given, serving
from agents.operations.recovery_targets import archives, recovery_point_target, recovery_time_target
from agents.operations.restoring import recovery_serves
from agents.scaling.availability import LOSSES_A_YEAR, downtime
from agents.scaling.demand import total_bytes
from contracts.base import Figure, Input
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def restore_time(requirements: Requirements, schema: SchemaDesign) -> Figure:
    """Seconds from the fault until the whole file is copied back."""
    rate = given("restore_bytes_per_second", 100 * 2**20, "convention: 100 MB/s; measure it in the restore test")
    inputs = [_decide(), file_bytes(requirements, schema, 1), rate]
    replayed = ""
    if archives(requirements):
        inputs += [
            given("daily_bytes", round(daily_bytes(requirements, schema)), "growth of the first year, a day", "bytes"),
            given("log_factor", 3, "convention: whole pages of rows and indexes in the log"),
        ]
        replayed = " + daily_bytes * log_factor / restore_bytes_per_second"
    return figure(
        "recovery_time",
        f"round(decide_seconds + file_bytes / restore_bytes_per_second{replayed})",
        inputs,
        unit="s",
        serves=serving(requirements, "availability.", "assumption.recovery", "assumption."),
        rule="notice and decide, then copy the file of a year back",
    )


def daily_bytes(requirements: Requirements, schema: SchemaDesign) -> float:
    """Bytes that a day adds in the first year."""
    return max(0.0, total_bytes(requirements, schema, 1) - total_bytes(requirements, schema, 0)) / 365


def is_followed(requirements: Requirements, schema: SchemaDesign) -> bool:
    """Whether a second machine keeps a copy ready: copying back takes longer than may pass, or than a year allows."""
    whole, allowed = restore_time(requirements, schema).value, downtime(requirements)
    late = whole > recovery_time_target(requirements).value
    away = allowed is not None and LOSSES_A_YEAR * whole > allowed.value
    return archives(requirements) and requirements.tier in ("standard", "large") and (late or away)


def switch_time(requirements: Requirements) -> Figure:
    """Seconds from the machine's failure until the application answers on the second one."""
    return figure(
        "recovery_time",
        "decide_seconds + apply_seconds + start_seconds",
        (
            _decide(),
            given("apply_seconds", 30, "convention: what has been shipped is applied, and the follower stopped", "s"),
            given("start_seconds", 30, "convention: the application starts there, and its address is moved", "s"),
        ),
        unit="s",
        serves=recovery_serves(requirements),
        rule="a copy that is ready takes over when somebody has decided it",
        source="Litestream, Restore Command: follow mode",
    )


def snapshot_hours(requirements: Requirements) -> Figure:
    """Hours between snapshots of the second machine's volume: no log leads on from them, so no more may be lost."""
    return figure(
        "snapshot_hours",
        "recovery_point_seconds / 3600",
        (recovery_point_target(requirements),),
        unit="h",
        serves=recovery_serves(requirements),
        rule="a snapshot is as old as what may be lost",
    )


def repair_time(requirements: Requirements) -> Figure:
    """Seconds from a mistake until the rows are back, from the last snapshot before it."""
    return figure(
        "repair_time",
        "decide_seconds + attach_seconds",
        (
            _decide(),
            given("attach_seconds", 120, "convention: two minutes to mount a snapshot and ATTACH its file", "s"),
        ),
        unit="s",
        serves=recovery_serves(requirements),
        rule="notice and decide, attach the last snapshot",
    )


def _decide() -> Input:
    return given("decide_seconds", 300, "convention: five minutes from the alert to the decision to restore", "s")
