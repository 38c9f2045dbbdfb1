"""How long it takes until the data are back, after the loss of the server and after a mistake."""

from agents.figures import as_input, figure, given, serving
from agents.operations.basis import replicated
from agents.operations.recovery_targets import Bulk, archives, method, recovery_time_target
from agents.scaling.availability import failover_time
from contracts.base import Figure, Input
from contracts.requirements import Requirements

_RESTORE = 100 * 2**20
_REPLAY = 20 * 2**20


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


def recovery_time(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds from the server's failure until the data are served again: by the standby, or else by a restore."""
    if not replicated(requirements):
        return restore_time(requirements, bulk)
    return failover_time(requirements)


def restore_time(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds from the fault until the data are back, by restoring the last copy and replaying what came after it."""
    parallel = as_input(processes(requirements, bulk)) if method(requirements) == "pgBackRest" else None
    many = parallel or given("restore_processes", 1, f"{method(requirements)} restores with one process")
    return figure(
        "restore_time" if replicated(requirements) else "recovery_time",
        "round(decide_seconds + data_bytes / (restore_bytes_per_second * restore_processes) + replay_seconds)",
        (
            _decide(),
            as_input(bulk.size, "data_bytes"),
            _restore_rate(),
            many,
            as_input(_replay(requirements, bulk)),
        ),
        unit="s",
        serves=serving(requirements, "availability.", "assumption.recovery", "assumption."),
        rule="notice and decide, copy back, replay; the data are those after one year",
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
    """Seconds to replay a day's write-ahead log, or to read in a dump again."""
    serves = serving(requirements, "volume.", "assumption.")
    if not archives(requirements):
        return figure(
            "replay_seconds",
            "data_bytes / replay_bytes_per_second",
            (as_input(bulk.size, "data_bytes"), _replay_rate()),
            unit="s",
            serves=serves,
            rule="a dump is loaded and its indexes are built again",
        )
    return figure(
        "replay_seconds",
        "daily_bytes * wal_factor / replay_bytes_per_second",
        (
            given("daily_bytes", round(bulk.daily_bytes), "growth of all tables in the first year, a day", "bytes"),
            given("wal_factor", 3, "convention: row, index entries and full pages in the log"),
            _replay_rate(),
        ),
        unit="s",
        serves=serves,
        rule="at most a day's log is replayed on the last copy",
    )


def _replay_rate() -> Input:
    return given(
        "replay_bytes_per_second",
        _REPLAY,
        "convention: 20 MB/s, one process; measure it in the restore test",
        "bytes/s",
    )
