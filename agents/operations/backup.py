"""How the data come back: a method and figures that follow from what may be lost and how long it may take.

Below a loss of a day, a daily dump is not enough and the write-ahead log is archived; below a few seconds the
archive is not enough either, and a commit waits for a second server.
"""

from dataclasses import dataclass

from agents.dialects.postgresql import quoted
from agents.figures import as_input, balance, figure, given, plain, serving, target
from agents.operations.basis import database_name, found, largest, listed, replicated
from agents.scaling.availability import failover_time
from agents.scaling.demand import total_bytes
from agents.scaling.growth import data_bytes
from contracts.base import Alternative, Decision, Figure, Input, Origin
from contracts.claims import Claim, Restores
from contracts.operations import Backup
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

DAY = 86_400
SYNCHRONOUS_BELOW = 5  # seconds: an archive that ships whole segments cannot promise less
RARE_FULL_FROM = (
    200 * 2**30
)  # bytes from which a daily full copy takes hours and a weekly one with differences does not

_POINT = {"embedded": DAY, "small": DAY, "standard": 300, "large": 60}
_TIME = {"embedded": DAY, "small": 14_400, "standard": 3_600, "large": 900}
_KEPT = {"embedded": 7, "small": 14, "standard": 30, "large": 30}
_LATER = "written_after_the_copy"
_UPLOAD = 20.0
_RESTORE = 100 * 2**20
_REPLAY = 20 * 2**20


@dataclass(frozen=True)
class Bulk:
    """What has to be copied: bytes after one year, and bytes that a day adds; computed once for a plan."""

    size: Figure
    daily_bytes: float


def bulk_of(requirements: Requirements, schema: SchemaDesign) -> Bulk:
    """The bulk of one project, from the same growth figures as the scaling plan's."""
    size = data_bytes(requirements, schema)
    return Bulk(size, max(0.0, size.value - total_bytes(requirements, schema, 0)) / 365)


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


def backup(requirements: Requirements, schema: SchemaDesign, bulk: Bulk) -> Backup:
    """The backup of one project with all its figures."""
    serves = found(requirements, "availability.", "assumption.recovery") or serving(
        requirements, "availability.", "volume."
    )
    tool = method(requirements)
    interval = full_interval(requirements, bulk)
    return Backup(
        method=_described(requirements, tool),
        full_interval_hours=interval,
        archive_interval_seconds=archive_interval(requirements) if archives(requirements) else None,
        recovery_point=recovery_point(requirements, bulk),
        recovery_time=recovery_time(requirements, bulk),
        retention_days=kept_days(requirements),
        commands=commands(requirements, bulk, tool),
        restore_test=_restore_test(requirements, schema, bulk),
        origin=Origin(kind="inferred", rule="the method follows from what may be lost and how long it may take"),
        serves=serves,
    )


def _described(requirements: Requirements, tool: str) -> str:
    name = database_name(requirements)
    described = {
        "pg_dump": f"pg_dump of {name} into one file",
        "pg_basebackup": f"pg_basebackup of the server of {name} and an archive of its write-ahead log",
        "pgBackRest": f"pgBackRest (stanza {name}): full and differential copies and an archive of the write-ahead log",
    }[tool]
    return f"{described}; each commit waits for a standby" if synchronous(requirements) else described


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
    return (
        given("segment_mb", 16, "convention: PostgreSQL's segment size (wal_segment_size)", "MB"),
        given("upload_mb_per_second", _UPLOAD, "convention: a fifth of a gigabit link", "MB/s"),
    )


def recovery_point(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds of work that are lost at worst with this method."""
    serves = serving(requirements, "availability.", "assumption.recovery", "assumption.")
    if synchronous(requirements):
        return figure(
            "recovery_point",
            "unconfirmed_seconds",
            (given("unconfirmed_seconds", 0, "a commit returns when the standby has it (synchronous_commit)", "s"),),
            unit="s",
            serves=serves,
            rule="what is not confirmed by a second server was never reported as saved",
        )
    if not archives(requirements):
        return figure(
            "recovery_point",
            "full_interval_hours * 3600",
            (as_input(full_interval(requirements, bulk)),),
            unit="s",
            serves=serves,
            rule="everything since the last copy is lost",
        )
    return figure(
        "recovery_point",
        "2 * archive_interval_seconds + ceil(segment_mb / upload_mb_per_second)",
        (as_input(archive_interval(requirements)), *_transfer()),
        unit="s",
        serves=serves,
        rule="a segment whose first transfer failed, and the one after it",
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


def commands(requirements: Requirements, bulk: Bulk, tool: str) -> tuple[str, ...]:
    """The commands for this database; places come from the environment (BACKUP_DIR, PGDATA, RECOVERY_TARGET_TIME)."""
    name = database_name(requirements)
    copy = f'"$BACKUP_DIR/{name}-$(date +%F)"'
    if tool == "pg_dump":
        return (
            f'pg_dump --format=custom --file="$BACKUP_DIR/{name}-$(date +%F).dump" {name}',
            f"createdb {name}_restored",
            f'pg_restore --exit-on-error --dbname={name}_restored "$BACKUP_DIR/{name}-$(date +%F).dump"',
        )
    if tool == "pg_basebackup":
        return (
            f"pg_basebackup --pgdata={copy} --checkpoint=fast --wal-method=stream --manifest-checksums=SHA256",
            f"pg_verifybackup {copy}",
            f'cp -a {copy}/. "$PGDATA" && touch "$PGDATA/recovery.signal"',
        )
    many = int(processes(requirements, bulk).value)
    return (
        f"pgbackrest --stanza={name} stanza-create",
        f"pgbackrest --stanza={name} --type=full backup",
        f"pgbackrest --stanza={name} --type=diff backup",
        f"pgbackrest --stanza={name} verify",
        f'pgbackrest --stanza={name} --delta --process-max={many} --type=time --target="$RECOVERY_TARGET_TIME" '
        f"--target-action=promote restore",
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


def _restore_test(requirements: Requirements, schema: SchemaDesign, bulk: Bulk) -> str:
    name, tables = database_name(requirements), [table.name for table in largest(schema)]
    every = "each month" if requirements.tier in ("standard", "large") else "each quarter"
    return (
        f"{every}, restore the last copy beside {name}, compare the rows of {listed(tables)} with those of {name} at "
        f"the time "
        f"of the copy, run the document's monitoring queries, and note the time beside the estimate of "
        f"{plain(restore_time(requirements, bulk).value)} s"
    )


def backup_claims(requirements: Requirements, schema: SchemaDesign, made: Backup) -> tuple[Claim, ...]:
    """What is lost and how long it takes stay within the targets, and a restore brings every row back."""
    point, time = recovery_point_target(requirements), recovery_time_target(requirements)
    return (
        balance(
            "operations.backup.recovery_point",
            f"At worst {plain(made.recovery_point.value)} s of work are lost, {plain(point.value)} s may be",
            "operations.backup",
            made.recovery_point.serves,
            ((as_input(made.recovery_point),),),
            "<=",
            ((point,),),
        ),
        balance(
            "operations.backup.recovery_time",
            f"The data are back after {plain(made.recovery_time.value)} s, {plain(time.value)} s are allowed",
            "operations.backup",
            made.recovery_time.serves,
            ((as_input(made.recovery_time),),),
            "<=",
            ((time,),),
        ),
        *_restored(requirements, schema, made),
    )


def _restored(requirements: Requirements, schema: SchemaDesign, made: Backup) -> tuple[Claim, ...]:
    """The largest table is dropped, and brought back by the means of the plan as it was the moment before."""
    if schema.dialect != "postgresql" or not schema.tables:
        return ()
    lost, tool = largest(schema)[0].name, method(requirements)
    log = archives(requirements)
    how = "a base backup and the archived log bring" if log else "a dump brings"
    stand_in = " (pg_basebackup stands in for pgBackRest: both copy the files and replay the log)"
    return (
        Claim(
            id="operations.backup.restored",
            sentence=f"After DROP TABLE {lost}, {how} back every row of every table as of the moment before"
            f"{stand_in if tool == 'pgBackRest' else ''}",
            element="operations.backup",
            serves=made.serves,
            trial=Restores(
                method="log" if log else "dump",
                changes=(f"CREATE TABLE {_LATER} AS TABLE {quoted(lost)}",) if log else (),
                mishap=(f"DROP TABLE {quoted(lost)} CASCADE",),
            ),
        ),
    )


def backup_decision(requirements: Requirements, made: Backup, bulk: Bulk) -> Decision:
    """Why this method and not its neighbours."""
    point = plain(recovery_point_target(requirements).value)
    others = {
        "pg_dump": (
            "an archive of the write-ahead log",
            f"{point} s may be lost, which a copy every {plain(made.full_interval_hours.value)} h keeps",
        ),
        "pg_basebackup": ("pg_dump alone", f"up to a day would be lost where {point} s may be"),
        "pgBackRest": (
            "pg_dump alone",
            f"up to a day would be lost where {point} s may be, and every index would be built again",
        ),
    }
    name, reason = others[method(requirements)]
    standby = (
        " A standby takes over when the server fails; the copy repairs what was deleted by mistake, and restoring"
        f" the data of a year takes {plain(restore_time(requirements, bulk).value)} s."
        if replicated(requirements)
        else ""
    )
    return Decision(
        id="operations.decision.backup",
        topic="Backup and recovery",
        choice=made.method,
        because=f"{point} s of work may be lost and the data must be back within "
        f"{plain(recovery_time_target(requirements).value)} s.{standby}",
        alternatives=(Alternative(name=name, refused_because=reason),),
        origin=made.origin,
        serves=made.serves,
    )
