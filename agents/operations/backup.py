"""How the data come back: a method and figures that follow from what may be lost and how long it may take.

Below a loss of a day, a daily dump is not enough and the write-ahead log is archived; below a few seconds the
archive is not enough either, and a commit waits for a second server.
"""

from agents.dialects.postgresql import quoted
from agents.figures import as_input, balance, plain, serving
from agents.operations.archive import archive_interval, full_interval, kept_days, recovery_point, repository
from agents.operations.basis import database_name, found, largest, listed
from agents.operations.recovery_targets import (
    Bulk,
    archives,
    method,
    recovery_point_target,
    recovery_time_target,
    synchronous,
)
from agents.operations.repair import repair_claims
from agents.operations.restoring import (
    copy_hours,
    processes,
    recovery_time,
    repair_time,
    restore_time,
    snapshot_hours,
)
from contracts.base import Alternative, Decision, Origin
from contracts.claims import Claim, Restores
from contracts.operations import Backup
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

_LATER = "written_after_the_copy"


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
        repair_time=repair_time(requirements, bulk),
        restore_time=restore_time(requirements, bulk),
        copy_hours=copy_hours(requirements, bulk) if tool == "pgBackRest" else None,
        snapshot_hours=snapshot_hours(requirements, bulk),
        repository_bytes=repository(requirements, bulk),
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
            *_snapshot(requirements, bulk, name),
            f"pg_basebackup --pgdata={copy} --checkpoint=fast --wal-method=stream --manifest-checksums=SHA256",
            f"pg_verifybackup {copy}",
            f'cp -a {copy}/. "$PGDATA" && touch "$PGDATA/recovery.signal"',
        )
    many = int(processes(requirements, bulk).value)
    return (
        *_snapshot(requirements, bulk, name),
        f"pgbackrest --stanza={name} stanza-create",
        f"pgbackrest --stanza={name} --type=full backup",
        f"pgbackrest --stanza={name} --type=diff backup",
        f"pgbackrest --stanza={name} verify",
        f'pgbackrest --stanza={name} --delta --process-max={many} --type=time --target="$RECOVERY_TARGET_TIME" '
        f"--target-action=promote restore",
    )


def _snapshot(requirements: Requirements, bulk: Bulk, name: str) -> tuple[str, ...]:
    """One session starts and stops the copy; the label that it gives is laid beside the snapshot."""
    if snapshot_hours(requirements, bulk) is None:
        return ()
    return (
        f"psql --dbname={name} --tuples-only --no-align"
        " -c \"SELECT pg_backup_start('snapshot', fast => true)\" -c '\\! sh -c \"$SNAPSHOT_COMMAND\"'"
        " -c 'SELECT labelfile FROM pg_backup_stop()' > \"$BACKUP_DIR/backup_label\"",
    )


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
            f"After the loss of the server the data are back in {plain(made.recovery_time.value)} s,"
            f" {plain(time.value)} s are allowed",
            "operations.backup",
            made.recovery_time.serves,
            ((as_input(made.recovery_time),),),
            "<=",
            ((time,),),
        ),
        *repair_claims(requirements, schema, made),
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


def backup_decision(requirements: Requirements, made: Backup) -> Decision:
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
    return Decision(
        id="operations.decision.backup",
        topic="Backup and recovery",
        choice=made.method,
        because=f"{point} s of work may be lost and the data must be back within "
        f"{plain(recovery_time_target(requirements).value)} s.",
        alternatives=(Alternative(name=name, refused_because=reason),),
        origin=made.origin,
        serves=made.serves,
    )
