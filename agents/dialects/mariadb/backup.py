"""How a MariaDB server's data come back: a copy by mariadb-backup and the binary log up to the moment, or a dump.

The binary log is copied as it is written (mariadb-binlog --read-from-remote-server --raw --stop-never), so that what
is lost with the server is what that connection is behind; below some seconds a commit waits for a replica instead.
"""

from agents.dialects.mariadb.scaling import daily_log
from agents.dialects.mariadb.spelling import quoted
from agents.figures import as_input, balance, figure, given, plain, serving
from agents.operations.archive import full_interval, kept_days, lost_at_worst, repository
from agents.operations.basis import database_name, found, largest, listed, replicated
from agents.operations.recovery_targets import (
    Bulk,
    archives,
    recovery_point_target,
    recovery_time_target,
    synchronous,
)
from agents.operations.restoring import recovery_serves
from agents.scaling.availability import failover_time
from agents.scaling.growth import data_bytes
from contracts.base import Alternative, Decision, Figure, Input, Origin
from contracts.claims import Claim, Restores
from contracts.operations import Backup
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

_LATER = "written_after_the_copy"
_COPY, _LOAD, _REPLAY = 100 * 2**20, 20 * 2**20, 10 * 2**20
_BUSY_HOURS = 10


def bulk_of(requirements: Requirements, schema: SchemaDesign) -> Bulk:
    """What has to be copied: data after one year, and a day's binary log."""
    return Bulk(data_bytes(requirements, schema), daily_log(requirements, schema))


def method(requirements: Requirements) -> str:
    """The tool, by what may be lost."""
    return "mariadb-backup" if archives(requirements) else "mariadb-dump"


def backup(requirements: Requirements, schema: SchemaDesign, bulk: Bulk) -> Backup:
    """The backup of one project with all its figures."""
    serves = found(requirements, "availability.", "assumption.recovery") or serving(
        requirements, "availability.", "volume."
    )
    restoring = restore_time(requirements, bulk)
    snapshots = snapshot_hours(requirements, bulk)
    return Backup(
        method=_described(requirements),
        full_interval_hours=full_interval(requirements, bulk),
        archive_interval_seconds=_behind(requirements) if archives(requirements) else None,
        recovery_point=recovery_point(requirements, bulk),
        recovery_time=failover_time(requirements) if replicated(requirements) else restoring,
        repair_time=restoring if snapshots is None else _snapshot_time(requirements, bulk, snapshots),
        restore_time=restoring,
        snapshot_hours=snapshots,
        repository_bytes=repository(requirements, bulk),
        retention_days=kept_days(requirements),
        commands=(*_snapshot(snapshots), *commands(requirements)),
        restore_test=_restore_test(requirements, schema, restoring),
        origin=Origin(kind="inferred", rule="the method follows from what may be lost and how long it may take"),
        serves=serves,
    )


def _described(requirements: Requirements) -> str:
    name = database_name(requirements)
    if not archives(requirements):
        return f"mariadb-dump of {name} into one file"
    waits = "; each commit waits for a replica" if synchronous(requirements) else ""
    return f"mariadb-backup of the server of {name}, and its binary log copied as it is written{waits}"


def _behind(requirements: Requirements) -> Figure:
    """Seconds that the copy of the binary log is behind at worst, while it works."""
    return figure(
        "archive_interval_seconds",
        "lag_seconds",
        (given("lag_seconds", 5, "convention: a dump connection gets each transaction at its commit", "s"),),
        unit="s",
        serves=recovery_serves(requirements),
        rule="the log is read as a replica reads it",
        source="MariaDB Knowledge Base, mariadb-binlog",
    )


def recovery_point(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds of work that are lost at worst with this method."""
    archived = figure(
        "recovery_point",
        "archive_interval_seconds + restart_seconds",
        (
            as_input(_behind(requirements)),
            given("restart_seconds", 30, "convention: its connection broke and was made anew just before", "s"),
        ),
        unit="s",
        serves=recovery_serves(requirements),
        rule="what the copy of the log had not read yet",
    )
    return lost_at_worst(requirements, bulk, archived, "a commit returns when a replica has it (AFTER_SYNC)")


def restore_time(requirements: Requirements, bulk: Bulk) -> Figure:
    """Seconds from the fault until the data are back, by restoring the last copy and replaying what came after it."""
    size = as_input(bulk.size, "data_bytes")
    decide = given("decide_seconds", 300, "convention: five minutes from the alert to the decision to restore", "s")
    copy = given("copy_bytes_per_second", _COPY, "convention: 100 MB/s; measure it in the restore test", "bytes/s")
    if not archives(requirements):
        load = given("load_bytes_per_second", _LOAD, "convention: 20 MB/s with all indexes", "bytes/s")
        return figure(
            "restore_time", "round(decide_seconds + data_bytes / load_bytes_per_second)", (decide, size, load),
            unit="s", serves=recovery_serves(requirements), rule="notice and decide, read the dump in again",
        )  # fmt: skip
    many = as_input(_threads(requirements, bulk))
    return figure(
        "restore_time",
        "round(decide_seconds + data_bytes / (copy_bytes_per_second * threads) + replay_seconds)",
        (decide, size, copy, many, as_input(_replay(requirements, bulk))),
        unit="s",
        serves=recovery_serves(requirements),
        rule="notice and decide, copy everything back, replay the binary log since the last copy",
    )


def _threads(requirements: Requirements, bulk: Bulk) -> Figure:
    """How many files are copied back at once (mariadb-backup --parallel), so that it is in time."""
    return figure(
        "threads",
        "max(1, min(8, ceil(data_bytes / copy_bytes_per_second / max(1, recovery_time_seconds - 300 - "
        "replay_seconds))))",
        (
            as_input(bulk.size, "data_bytes"),
            given("copy_bytes_per_second", _COPY, "convention: 100 MB/s; measure it in the restore test", "bytes/s"),
            recovery_time_target(requirements),
            as_input(_replay(requirements, bulk)),
        ),
        serves=recovery_serves(requirements),
        rule="as many as the recovery time needs, eight at most",
    )


def _replay(requirements: Requirements, bulk: Bulk) -> Figure:
    interval = as_input(full_interval(requirements, bulk))
    return figure(
        "replay_seconds",
        "min(1, full_interval_hours / busy_hours) * log_bytes_per_day / replay_bytes_per_second",
        (
            interval if interval.value <= 24 else given("full_interval_hours", 24, "an incremental copy a day", "h"),
            *_log_of_a_day(bulk),
        ),
        unit="s",
        serves=recovery_serves(requirements),
        rule="mariadb-binlog feeds one session, which does everything again",
    )


def snapshot_hours(requirements: Requirements, bulk: Bulk) -> Figure | None:
    """Hours between snapshots of the volume; None where copying everything back is quick enough."""
    allowed = recovery_time_target(requirements)
    if not archives(requirements) or restore_time(requirements, bulk).value <= allowed.value:
        return None
    return figure(
        "snapshot_hours",
        "max(1, min(96, floor(4 * (recovery_time_seconds - decide_seconds - attach_seconds) * replay_bytes_per_second "
        "/ max(1, log_bytes_per_day / busy_hours)))) / 4",
        (allowed, *_steps(), *_log_of_a_day(bulk)),
        unit="h",
        serves=recovery_serves(requirements),
        rule="as seldom as replaying the log since the last one allows, in quarters of an hour",
    )


def _steps() -> tuple[Input, Input]:
    return (
        given("decide_seconds", 300, "convention: five minutes from the alert to the decision to restore", "s"),
        given("attach_seconds", 120, "convention: a volume is made of the snapshot, and InnoDB recovers on it", "s"),
    )


def _log_of_a_day(bulk: Bulk) -> tuple[Input, Input, Input]:
    return (
        as_input(bulk.log),
        given("busy_hours", _BUSY_HOURS, "convention: a day's rows arrive within ten hours", "h"),
        given("replay_bytes_per_second", _REPLAY, "convention: 10 MB/s, one thread; measure it", "bytes/s"),
    )


def _snapshot_time(requirements: Requirements, bulk: Bulk, hours: Figure) -> Figure:
    return figure(
        "repair_time",
        "round(decide_seconds + attach_seconds + min(1, snapshot_hours / busy_hours) * log_bytes_per_day / "
        "replay_bytes_per_second)",
        (*_steps(), as_input(hours), *_log_of_a_day(bulk)),
        unit="s",
        serves=recovery_serves(requirements),
        rule="notice and decide, attach the last snapshot, replay the binary log since it",
    )


def _snapshot(hours: Figure | None) -> tuple[str, ...]:
    """One session holds commits back while the volume is snapshotted (BACKUP STAGE, 10.4 and later)."""
    if hours is None:
        return ()
    stages = "BACKUP STAGE START; BACKUP STAGE BLOCK_COMMIT; SHOW MASTER STATUS; SYSTEM $SNAPSHOT_COMMAND"
    return (f'mariadb --execute="{stages}; BACKUP STAGE END" > "$BACKUP_DIR/snapshot_position"',)


def commands(requirements: Requirements) -> tuple[str, ...]:
    """The commands; places come from the environment (BACKUP_DIR, DATA_DIR, BINLOG_FILE, RESTORE_TO, …)."""
    name = database_name(requirements)
    if not archives(requirements):
        dump = f'"$BACKUP_DIR/{name}-$(date +%F).sql"'
        words = "--single-transaction --routines --triggers --events"
        return (
            f"mariadb-dump {words} --result-file={dump} {name}",
            f"mariadb --execute='CREATE DATABASE {name}_restored'",
            f"mariadb {name}_restored < {dump}",
        )
    copy = f'"$BACKUP_DIR/{name}-$(date +%F)"'
    return (
        f"mariadb-backup --backup --target-dir={copy}",
        f"mariadb-backup --prepare --target-dir={copy}",
        'mariadb-binlog --read-from-remote-server --raw --stop-never --result-file="$BACKUP_DIR/" "$BINLOG_FILE"',
        f'mariadb-backup --copy-back --target-dir={copy} --datadir="$DATA_DIR"',
        'mariadb-binlog --start-position="$BINLOG_POSITION" --stop-datetime="$RESTORE_TO" "$BACKUP_DIR/$BINLOG_FILE"'
        " | mariadb",
    )


def _restore_test(requirements: Requirements, schema: SchemaDesign, restoring: Figure) -> str:
    name, tables = database_name(requirements), [table.name for table in largest(schema)]
    every = "each month" if requirements.tier in ("standard", "large") else "each quarter"
    return (
        f"{every}, restore the last copy beside {name}, compare the rows and CHECKSUM TABLE of {listed(tables)} with"
        f" those of {name} at the time of the copy, and note the time beside the estimate of {plain(restoring.value)} s"
    )


def backup_claims(requirements: Requirements, schema: SchemaDesign, made: Backup) -> tuple[Claim, ...]:
    """What is lost and how long it takes stay within the targets, and a restore brings every row back."""
    point, time = recovery_point_target(requirements), recovery_time_target(requirements)
    lost, back = made.recovery_point, made.recovery_time
    pairs = [
        ("recovery_point", f"At worst {plain(lost.value)} s of work are lost", lost, point),
        ("recovery_time", f"After the loss of the server the data are back in {plain(back.value)} s", back, time),
    ]
    repaired = made.repair_time or back
    if repaired != back:
        means = "the last copy" if made.snapshot_hours is None else "the last snapshot"
        sentence = f"What was deleted by mistake is back in {plain(repaired.value)} s by {means} and the log since it"
        pairs.append(("repair_time", sentence, repaired, time))
    sums = tuple(
        balance(
            f"operations.backup.{name}",
            f"{sentence}, {plain(most.value)} s may be",
            "operations.backup",
            amount.serves,
            ((as_input(amount),),),
            "<=",
            ((most,),),
        )
        for name, sentence, amount, most in pairs
    )
    return (*sums, *_restored(requirements, schema, made))


def _restored(requirements: Requirements, schema: SchemaDesign, made: Backup) -> tuple[Claim, ...]:
    """The largest table loses its rows, and they come back by the means of the plan as of the moment before."""
    if not schema.tables:
        return ()
    lost, log = largest(schema)[0].name, archives(requirements)
    how = "a copy and the binary log up to the position before bring" if log else "a dump brings"
    stand_in = " (mariadb-dump stands in for mariadb-backup: both tell the position at which the log goes on)"
    return (
        Claim(
            id="operations.backup.restored",
            sentence=f"After DROP TABLE {lost}, {how} back every row of every table as of the moment before"
            f"{stand_in if log else ''}",
            element="operations.backup",
            serves=made.serves,
            trial=Restores(
                method="log" if log else "dump",
                changes=(f"CREATE TABLE {_LATER} AS SELECT * FROM {quoted(lost)}",) if log else (),
                mishap=("SET foreign_key_checks = 0", f"DROP TABLE {quoted(lost)}"),
            ),
        ),
    )


def backup_decision(requirements: Requirements, made: Backup) -> Decision:
    """Why this method and not its neighbours."""
    point, time = recovery_point_target(requirements), recovery_time_target(requirements)
    if archives(requirements):
        others = [
            Alternative(
                name="mariadb-dump alone",
                refused_because=f"up to a day would be lost where {plain(point.value)} s may be, and every index would"
                " be built again",
            )
        ]
        if replicated(requirements):
            others.append(
                Alternative(
                    name="a delayed replica (MASTER_DELAY)",
                    refused_because="it would bring back a mistake sooner, for one more server; it is the next step if"
                    f" {plain((made.repair_time or made.recovery_time).value)} s are too long",
                )
            )
    else:
        others = [
            Alternative(
                name="the binary log",
                refused_because=f"{plain(point.value)} s may be lost, which a copy every"
                f" {plain(made.full_interval_hours.value)} h keeps",
            )
        ]
    return Decision(
        id="operations.decision.backup",
        topic="Backup and recovery",
        choice=made.method,
        because=f"{plain(point.value)} s of work may be lost and the data must be back within {plain(time.value)} s.",
        alternatives=tuple(others),
        origin=made.origin,
        serves=made.serves,
    )
