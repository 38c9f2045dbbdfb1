"""How long it takes until the data are back: after the loss of the server, and after a mistake that a standby copies.

A standby answers within a minute or two when the server is lost, and repeats a DROP TABLE at once. So the second case
has a time of its own, and where copying everything back takes longer than it may, snapshots of the volume are the
nearer copy: attached in seconds, with at most their interval's log to replay.
"""

from agents.figures import as_input, figure, given, serving
from agents.operations.basis import replicated
from agents.operations.recovery_targets import Bulk, archives, method, recovery_time_target
from agents.scaling.availability import failover_time
from contracts.base import Figure, Input
from contracts.requirements import Requirements

_RESTORE = 100 * 2**20
_LOAD = 20 * 2**20
_REPLAY = 50 * 2**20
_BUSY_HOURS = 10


def recovery_time(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds from the server's failure until the data are served again: by the standby, or else by a restore."""
    if not replicated(requirements):
        return restore_time(requirements, bulk)
    return failover_time(requirements)


def repair_time(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds from a mistake (rows deleted, a table dropped) until the rows are back, by the quickest copy there is."""
    hours = snapshot_hours(requirements, bulk)
    return restore_time(requirements, bulk) if hours is None else snapshot_time(requirements, bulk, hours)


def snapshot_hours(requirements: Requirements, bulk: Bulk) -> Figure | None:
    """Hours between snapshots of the volume; None where copying everything back is quick enough."""
    allowed = recovery_time_target(requirements)
    if not archives(requirements) or restore_time(requirements, bulk).value <= allowed.value:
        return None
    return figure(
        "snapshot_hours",
        "max(1, min(96, floor(4 * (recovery_time_seconds - decide_seconds - attach_seconds) * replay_bytes_per_second "
        "/ max(1, log_bytes_per_day / busy_hours)))) / 4",
        (allowed, _decide(), _attach(), _replay_rate(), as_input(bulk.log), _busy_hours()),
        unit="h",
        serves=recovery_serves(requirements),
        rule="as seldom as replaying the log since the last one allows, in quarters of an hour",
    )


def snapshot_time(requirements: Requirements, bulk: Bulk, hours: Figure) -> Figure:
    """Seconds until the data are back from a snapshot of the volume."""
    return figure(
        "repair_time",
        "round(decide_seconds + attach_seconds + min(1, snapshot_hours / busy_hours) * log_bytes_per_day / "
        "replay_bytes_per_second)",
        (_decide(), _attach(), as_input(hours), _busy_hours(), as_input(bulk.log), _replay_rate()),
        unit="s",
        serves=recovery_serves(requirements),
        rule="notice and decide, attach the last snapshot, replay the log since it",
    )


def copy_hours(requirements: Requirements, bulk: Bulk) -> Figure:
    """Hours between copies that shorten a replay (pgBackRest's differences): a third of the time is for the log."""
    return figure(
        "copy_hours",
        "max(1, min(24, floor(recovery_time_seconds / 3 * replay_bytes_per_second / max(1, log_bytes_per_day / "
        "busy_hours))))",
        (recovery_time_target(requirements), _replay_rate(), as_input(bulk.log), _busy_hours()),
        unit="h",
        serves=recovery_serves(requirements),
        rule="replaying the log since the last copy takes a third of the recovery time at most",
    )


def processes(requirements: Requirements, bulk: Bulk) -> Figure:
    """How many files are restored at once so that the copy is back in time (pgBackRest --process-max)."""
    return figure(
        "restore_processes",
        "max(1, min(8, ceil(data_bytes / restore_bytes_per_second / max(1, recovery_time_seconds - decide_seconds - "
        "replay_seconds))))",
        (
            as_input(bulk.size, "data_bytes"),
            _restore_rate(),
            recovery_time_target(requirements),
            _decide(),
            as_input(_replay(requirements, bulk)),
        ),
        serves=serving(requirements, "availability.", "volume."),
        rule="as many as the recovery time needs, eight at most",
    )


def restore_time(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds from the fault until the data are back, by restoring the last copy and replaying what came after it."""
    parallel = as_input(processes(requirements, bulk)) if method(requirements) == "pgBackRest" else None
    many = parallel or given("restore_processes", 1, f"{method(requirements)} restores with one process")
    return figure(
        "restore_time",
        "round(decide_seconds + data_bytes / (restore_bytes_per_second * restore_processes) + replay_seconds)",
        (
            _decide(),
            as_input(bulk.size, "data_bytes"),
            _restore_rate(),
            many,
            as_input(_replay(requirements, bulk)),
        ),
        unit="s",
        serves=recovery_serves(requirements),
        rule="notice and decide, copy everything back, replay the log since the last copy",
    )


def _decide() -> Input:
    return given("decide_seconds", 300, "convention: five minutes from the alert to the decision to restore", "s")


def _restore_rate() -> Input:
    return given(
        "restore_bytes_per_second",
        _RESTORE,
        "convention: 100 MB/s from a disk or object store; measure it in the restore test",
        "bytes/s",
    )


def _replay(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds to replay the log since the last copy, or to read in a dump again."""
    serves = serving(requirements, "volume.", "assumption.")
    if not archives(requirements):
        return figure(
            "replay_seconds",
            "data_bytes / load_bytes_per_second",
            (
                as_input(bulk.size, "data_bytes"),
                given("load_bytes_per_second", _LOAD, "convention: 20 MB/s; measure it in the restore test", "bytes/s"),
            ),
            unit="s",
            serves=serves,
            rule="a dump is loaded and its indexes are built again",
        )
    hours = as_input(copy_hours(requirements, bulk)) if method(requirements) == "pgBackRest" else _full_day()
    return figure(
        "replay_seconds",
        "min(1, copy_hours / busy_hours) * log_bytes_per_day / replay_bytes_per_second",
        (hours, _busy_hours(), as_input(bulk.log), _replay_rate()),
        unit="s",
        serves=serves,
        rule="the log since the last copy is replayed",
    )


def _full_day() -> Input:
    return given("copy_hours", 24, "a full copy a day at least", "h")


def _attach() -> Input:
    return given(
        "attach_seconds", 120, "convention: two minutes to make a volume of a snapshot and start a server on it", "s"
    )


def _busy_hours() -> Input:
    return given("busy_hours", _BUSY_HOURS, "convention: a day's rows arrive within ten hours", "h")


def recovery_serves(requirements: Requirements) -> tuple[str, ...]:
    """Whom a figure of recovery serves."""
    return serving(requirements, "availability.", "assumption.recovery", "assumption.")


def _replay_rate() -> Input:
    return given(
        "replay_bytes_per_second",
        _REPLAY,
        "convention: 50 MB/s, one process that reads ahead (recovery_prefetch); measure it in the restore test",
        "bytes/s",
    )
