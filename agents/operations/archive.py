"""Full copies and the archive of the write-ahead log: how often, for how long, and what is lost at worst."""

from agents.figures import as_input, figure, given, plain, serving
from agents.operations.basis import database_name, listed
from agents.operations.recovery_targets import Bulk, archives, method, recovery_point_target, synchronous
from contracts.base import Figure, Input
from contracts.requirements import Requirements

RARE_FULL_FROM = (
    200 * 2**30
)  # bytes from which a daily full copy takes hours and a weekly one with differences does not
_KEPT = {"embedded": 7, "small": 14, "standard": 30, "large": 30}
_UPLOAD = 20.0


def full_interval(requirements: Requirements, bulk: Bulk) -> Figure:
    """Hours between two full copies."""
    serves = serving(requirements, "availability.", "volume.")
    if not archives(requirements):
        return figure(
            "full_interval_hours",
            "max(1, min(24, floor(recovery_point_seconds / 3600)))",
            (recovery_point_target(requirements),),
            unit="h",
            serves=serves,
            rule="without an archive, a copy is as old as what may be lost, and a day at most",
        )
    size = as_input(bulk.size, "data_bytes")
    weekly = size.value >= RARE_FULL_FROM
    return figure(
        "full_interval_hours",
        "24 * days",
        (
            given(
                "days",
                7 if weekly else 1,
                f"{plain(size.value / 2**30)} GB after a year, {'at least' if weekly else 'less than'} "
                f"{RARE_FULL_FROM // 2**30} GB",
            ),
        ),
        unit="h",
        serves=serves,
        rule="a full copy a day until it takes hours, then one a week with daily differences",
    )


def archive_interval(requirements: Requirements) -> Figure:
    """Seconds after which a segment of the write-ahead log is archived even if it is not full (archive_timeout)."""
    return figure(
        "archive_interval_seconds",
        "max(1, min(300, floor((recovery_point_seconds - ceil(segment_mb / upload_mb_per_second)) / 2)))",
        (recovery_point_target(requirements), *_transfer()),
        unit="s",
        serves=serving(requirements, "availability.", "assumption.recovery", "assumption."),
        rule="two intervals and one transfer fit into what may be lost, so one failed attempt is repaired in time",
        source="PostgreSQL documentation, Continuous Archiving and Point-in-Time Recovery",
    )


def _transfer() -> tuple[Input, Input]:
    return given("segment_mb", 16, "convention: PostgreSQL's segment size (wal_segment_size)", "MB"), upload_rate()


def upload_rate() -> Input:
    """How fast the archive takes segments; more than one process where the log comes faster."""
    return given("upload_mb_per_second", _UPLOAD, "convention: a fifth of a gigabit link", "MB/s")


def recovery_point(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds of work that are lost at worst with this method."""
    serves = serving(requirements, "availability.", "assumption.recovery", "assumption.")
    archived = figure(
        "recovery_point",
        "2 * archive_interval_seconds + ceil(segment_mb / upload_mb_per_second)",
        (as_input(archive_interval(requirements)), *_transfer()),
        unit="s",
        serves=serves,
        rule="a segment whose first transfer failed, and the one after it",
    )
    return lost_at_worst(requirements, bulk, archived, "a commit returns when the standby has it (synchronous_commit)")


def lost_at_worst(requirements: Requirements, bulk: Bulk, archived: Figure, confirmed: str) -> Figure:
    """What is `archived` where the log is copied away; nothing where a commit is `confirmed` by a second server, and
    all since the last copy where there are copies alone."""
    if synchronous(requirements):
        return figure(
            archived.name,
            "unconfirmed_seconds",
            (given("unconfirmed_seconds", 0, confirmed, "s"),),
            unit="s",
            serves=archived.serves,
            rule="what is not confirmed by a second server was never reported as saved",
        )
    if archives(requirements):
        return archived
    return figure(
        archived.name,
        "full_interval_hours * 3600",
        (as_input(full_interval(requirements, bulk)),),
        unit="s",
        serves=archived.serves,
        rule="everything since the last copy is lost",
    )


def kept_days(requirements: Requirements) -> Figure:
    """Days that copies are kept; erased people live on in them for as long."""
    laws, days = requirements.protection.regulations, _KEPT[requirements.tier]
    why = f"convention: {days} days to notice a fault in a project of tier {requirements.tier}"
    why += f", and no longer, since erased rows live on in copies ({listed(laws)})" if laws else ""
    return figure(
        "retention_days",
        "days",
        (given("days", days, why, "days"),),
        unit="days",
        serves=serving(requirements, "availability.", "compliance.", "assumption."),
        rule="copies outlive the faults that they repair",
    )


def repository(requirements: Requirements, bulk: Bulk) -> Figure:
    """Bytes of all copies and of the archived log at the end of their time."""
    inputs = [
        as_input(kept_days(requirements)),
        as_input(full_interval(requirements, bulk)),
        as_input(bulk.size, "data_bytes"),
        given("compressed", 0.5, "convention: text and numbers compress to a half; measure it on real ones"),
    ]
    copies = "(floor(retention_days * 24 / full_interval_hours) + 1) * data_bytes"
    log = archives(requirements)
    return figure(
        "repository_bytes",
        f"round(({copies}{' + retention_days * log_bytes_per_day' if log else ''}) * compressed)",
        [*inputs, *([as_input(bulk.log)] if log else [])],
        unit="bytes",
        serves=serving(requirements, "availability.", "volume.", "assumption."),
        rule="every copy that is kept, the one being made, and the log of as many days",
    )


def archive_settings(requirements: Requirements) -> tuple[tuple[str, str], ...]:
    """The server's settings for the archive; none without one."""
    if not archives(requirements):
        return ()
    name = database_name(requirements)
    push = {
        "pgBackRest": f"pgbackrest --stanza={name} archive-push %p",
        "pg_basebackup": 'test ! -f "$BACKUP_DIR/wal/%f" && cp %p "$BACKUP_DIR/wal/%f"',
    }[method(requirements)]
    fetch = {
        "pgBackRest": f"pgbackrest --stanza={name} archive-get %f %p",
        "pg_basebackup": 'cp "$BACKUP_DIR/wal/%f" %p',
    }[method(requirements)]
    made = (
        ("archive_mode", "on"),
        ("archive_timeout", f"{int(archive_interval(requirements).value)}s"),
        ("archive_command", push),
        ("restore_command", fetch),
    )
    return (*made, ("synchronous_standby_names", "ANY 1 (*)")) if synchronous(requirements) else made
