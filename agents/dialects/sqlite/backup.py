"""How the file comes back: a copy a day where a day may be lost, else Litestream, which ships the log as it grows.

Both copy a file that is in use: a plain `cp` beside a writer copies a torn database.
"""

from agents.dialects.sqlite.restoring import is_followed, repair_time, restore_time, snapshot_hours, switch_time
from agents.dialects.sqlite.spelling import quoted
from agents.figures import as_input, balance, figure, given, plain, serving
from agents.operations.archive import kept_days
from agents.operations.basis import database_name, found, largest, listed
from agents.operations.recovery_targets import archives, recovery_point_target, recovery_time_target
from contracts.base import Alternative, Decision, Figure, Input, Origin
from contracts.claims import Claim, Restores
from contracts.operations import Backup
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

LATER = "written_after_the_copy"
_RULE = "the method follows from what may be lost and how long it may take"


def backup(requirements: Requirements, schema: SchemaDesign) -> Backup:
    """The backup of one file with all its figures."""
    name, log = database_name(requirements), archives(requirements)
    method = (
        f"Litestream ships the log of {name}.db to another machine or an object store, with a snapshot a day"
        if log
        else f"VACUUM INTO copies {name}.db into one file while it is in use"
    )
    followed, whole = is_followed(requirements, schema), restore_time(requirements, schema)
    if followed:
        method += "; a second machine follows it with a copy that is ready"
    return Backup(
        method=method,
        full_interval_hours=full_interval(requirements),
        archive_interval_seconds=sync_interval(requirements) if log else None,
        recovery_point=_recovery_point(requirements),
        recovery_time=switch_time(requirements) if followed else whole,
        repair_time=repair_time(requirements) if followed else whole,
        restore_time=whole,
        snapshot_hours=snapshot_hours(requirements) if followed else None,
        retention_days=kept_days(requirements),
        commands=_commands(name, log, followed),
        restore_test=_restore_test(requirements, schema),
        origin=Origin(kind="inferred", rule=_RULE),
        serves=found(requirements, "availability.", "assumption.recovery")
        or serving(requirements, "availability.", "volume."),
    )


def full_interval(requirements: Requirements) -> Figure:
    """Hours between two copies, or between two snapshots of Litestream."""
    serves = serving(requirements, "availability.", "volume.")
    if archives(requirements):
        day = given("days", 1, "convention: a restore replays at most a day's log")
        rule = "a snapshot a day, and every change in between"
        return figure("full_interval_hours", "24 * days", (day,), unit="h", serves=serves, rule=rule)
    return figure(
        "full_interval_hours",
        "max(1, min(24, floor(recovery_point_seconds / 3600)))",
        (recovery_point_target(requirements),),
        unit="h",
        serves=serves,
        rule="a copy is as old as what may be lost, and a day at most",
    )


def _sent() -> Input:
    return given("send_seconds", 1, "convention: a second to send what changed", "s")


def sync_interval(requirements: Requirements) -> Figure:
    """Seconds after which Litestream sends what changed (its sync-interval)."""
    return figure(
        "archive_interval_seconds",
        "max(1, min(60, floor((recovery_point_seconds - send_seconds) / 2)))",
        (recovery_point_target(requirements), _sent()),
        unit="s",
        serves=serving(requirements, "availability.", "assumption.recovery", "assumption."),
        rule="two intervals and one transfer fit into what may be lost, so one failed attempt is repaired in time",
        source="Litestream, Configuration File",
    )


def _recovery_point(requirements: Requirements) -> Figure:
    """Seconds of work that are lost at worst with this method."""
    serves = serving(requirements, "availability.", "assumption.recovery", "assumption.")
    if archives(requirements):
        return figure(
            "recovery_point",
            "2 * archive_interval_seconds + send_seconds",
            (as_input(sync_interval(requirements)), _sent()),
            unit="s",
            serves=serves,
            rule="what changed since the last transfer, the one before having failed",
        )
    return figure(
        "recovery_point",
        "full_interval_hours * 3600",
        (as_input(full_interval(requirements)),),
        unit="s",
        serves=serves,
        rule="everything since the last copy is lost",
    )


def _commands(name: str, log: bool, followed: bool) -> tuple[str, ...]:
    """The commands; places come from the environment: DATA_DIR, BACKUP_DIR, BACKUP_URL, STANDBY_DIR and the moment."""
    live, back = f'"$DATA_DIR/{name}.db"', f'"$DATA_DIR/{name}_restored.db"'
    whole = f'sqlite3 {back} "PRAGMA integrity_check; PRAGMA foreign_key_check"'
    if log:
        ready = f'litestream restore -f -o "$STANDBY_DIR/{name}.db" "$BACKUP_URL/{name}"'
        return (
            f'litestream replicate {live} "$BACKUP_URL/{name}"',
            *((ready,) if followed else ()),
            f'litestream restore -timestamp "$RECOVERY_TARGET_TIME" -o {back} "$BACKUP_URL/{name}"',
            whole,
        )
    copy = f"$BACKUP_DIR/{name}-$(date +%F).db"
    return (f"sqlite3 {live} \"VACUUM INTO '{copy}'\"", f'cp "{copy}" {back}', whole)


def _restore_test(requirements: Requirements, schema: SchemaDesign) -> str:
    name, tables = database_name(requirements), [table.name for table in largest(schema)]
    every = "each month" if requirements.tier in ("standard", "large") else "each quarter"
    return (
        f"{every}, restore the last copy beside {name}.db, run both checks on it, compare the rows of {listed(tables)}"
        f" with those of {name}.db at the time of the copy, and note the time beside the estimate of"
        f" {plain(restore_time(requirements, schema).value)} s"
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
            f"{'The second machine answers' if made.snapshot_hours else 'The file is back'} after"
            f" {plain(made.recovery_time.value)} s, {plain(time.value)} s are allowed",
            "operations.backup",
            made.recovery_time.serves,
            ((as_input(made.recovery_time),),),
            "<=",
            ((time,),),
        ),
        *_repaired(made, time),
        *_restored(requirements, schema, made),
    )


def _repaired(made: Backup, time: Input) -> tuple[Claim, ...]:
    """What the second machine has repeated is repaired in time as well."""
    if made.repair_time is None or made.snapshot_hours is None:
        return ()
    return (
        balance(
            "operations.backup.repair_time",
            f"What was deleted by mistake, on the second machine too, is back in {plain(made.repair_time.value)} s by"
            f" its last snapshot, {plain(time.value)} s are allowed",
            "operations.backup",
            made.repair_time.serves,
            ((as_input(made.repair_time),),),
            "<=",
            ((time,),),
        ),
    )


def _restored(requirements: Requirements, schema: SchemaDesign, made: Backup) -> tuple[Claim, ...]:
    """The largest table is dropped, and brought back by the means of the plan as it was the moment before.

    SQLite's shell checks no reference unless it is told to, which is how such a mishap gets through.
    """
    if not schema.tables:
        return ()
    lost, log = largest(schema)[0].name, archives(requirements)
    how = "Litestream brings" if log else "a copy by VACUUM INTO brings"
    return (
        Claim(
            id="operations.backup.restored",
            sentence=f"After DROP TABLE {lost} in a shell that checks no references, {how} back every row of every "
            "table as of the moment before",
            element="operations.backup",
            serves=made.serves,
            trial=Restores(
                method="log" if log else "dump",
                changes=(f"CREATE TABLE {LATER} AS SELECT * FROM {quoted(lost)}",) if log else (),
                mishap=("PRAGMA foreign_keys = OFF", f"DROP TABLE {quoted(lost)}"),
            ),
        ),
    )


def backup_decision(requirements: Requirements, made: Backup) -> Decision:
    """Why this method and not its neighbours."""
    point = plain(recovery_point_target(requirements).value)
    hours = plain(made.full_interval_hours.value)
    others = (
        [("VACUUM INTO alone", f"up to {hours} h would be lost where {point} s may be")]
        if archives(requirements)
        else [("Litestream", f"{point} s may be lost, which a copy every {hours} h keeps without another process")]
    )
    if made.snapshot_hours and made.restore_time:
        whole = plain(made.restore_time.value)
        others.append(("a restore of the whole file", f"copying it back takes {whole} s after a year"))
    others.append(("cp of the file", "beside a writer it copies half of a transaction, and it leaves the log behind"))
    return Decision(
        id="operations.decision.backup",
        topic="Backup and recovery",
        choice=made.method,
        because=f"{point} s of work may be lost and {plain(recovery_time_target(requirements).value)} s may pass until"
        f" the data are back; this loses {plain(made.recovery_point.value)} s at worst and takes"
        f" {plain(made.recovery_time.value)} s",
        alternatives=tuple(Alternative(name=n, refused_because=r) for n, r in others),
        origin=Origin(kind="inferred", rule=_RULE),
        serves=made.serves,
    )
