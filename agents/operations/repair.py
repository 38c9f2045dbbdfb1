"""What a mistake asks of the copies: a standby repeats it at once, so the rows come back from a copy or not at all."""

from agents.figures import MB, as_input, balance, byte_text, duration_text, given, plain
from agents.operations.archive import upload_rate
from agents.operations.basis import largest, listed, replicated
from agents.operations.recovery_targets import archives, bulk_of, recovery_time_target
from agents.operations.restoring import restore_time
from agents.scaling.wal import peak_log
from contracts.base import Alternative, Decision, Figure, Origin
from contracts.claims import Claim
from contracts.operations import Backup
from contracts.requirements import OpenQuestion, Requirements
from contracts.schema import SchemaDesign


def repair_claims(requirements: Requirements, schema: SchemaDesign, made: Backup) -> tuple[Claim, ...]:
    """A mistake is repaired in time as well, and the archive keeps up with the log that repairing needs."""
    return (*_repaired(requirements, made), *_uploaded(requirements, schema))


def _repaired(requirements: Requirements, made: Backup) -> tuple[Claim, ...]:
    """A mistake is repaired in time as well; without a standby both cases are one restore."""
    if made.repair_time is None or made.repair_time == made.recovery_time:
        return ()
    time = recovery_time_target(requirements)
    means = "a full restore" if made.snapshot_hours is None else "the last snapshot and the log since it"
    return (
        balance(
            "operations.backup.repair_time",
            f"What was deleted by mistake, on the standby too, is back in {plain(made.repair_time.value)} s by {means},"
            f" {plain(time.value)} s are allowed",
            "operations.backup",
            made.repair_time.serves,
            ((as_input(made.repair_time),),),
            "<=",
            ((time,),),
        ),
    )


def _uploaded(requirements: Requirements, schema: SchemaDesign) -> tuple[Claim, ...]:
    """An archive that is slower than the log at its peak falls behind, and the disk fills with what waits."""
    if not archives(requirements):
        return ()
    peak, upload = peak_log(requirements, schema), upload_rate()
    many = max(1.0, -(-peak.value // (upload.value * MB)))
    pushing = f"{plain(many)} processes of archive-push (archive-async, process-max) take"
    how = pushing if many > 1 else "The archive takes"
    processes = given("processes", many, "as many as the peak needs")
    return (
        balance(
            "operations.backup.upload",
            f"{how} the log as fast as it comes at peak, {byte_text(peak.value)} a second",
            "operations.backup",
            peak.serves,
            ((as_input(peak),),),
            "<=",
            ((upload, given("bytes_per_mb", MB, "bytes in a MB"), processes),),
        ),
    )


def repair_decision(requirements: Requirements, schema: SchemaDesign, made: Backup) -> tuple[Decision, ...]:
    """How a mistake is repaired where copying everything back takes longer than it may, with what each way takes."""
    hours, whole = made.snapshot_hours, made.restore_time
    if hours is None or whole is None or made.repair_time is None:
        return ()
    allowed = recovery_time_target(requirements).value
    later = [restore_time(requirements, bulk_of(requirements, schema, years)).value for years in (3, 5)]
    table = largest(schema, 1)[0].name
    standby = (
        (
            Alternative(
                name="the standby alone",
                refused_because="it repeats a DROP TABLE within its lag; it answers for a lost server only",
            ),
        )
        if replicated(requirements)
        else ()
    )
    return (
        Decision(
            id="operations.decision.repair",
            topic="Repair of a mistake",
            choice=f"a snapshot of the volume every {duration_text(hours.value * 3_600)}, and the archived log since"
            f" it: back after {duration_text(made.repair_time.value)}",
            because=f"{duration_text(allowed)} are allowed, and copying everything back takes"
            f" {duration_text(whole.value)} after one year, {duration_text(later[0])} after three and"
            f" {duration_text(later[1])} after five.",
            alternatives=(
                *standby,
                Alternative(
                    name="more processes for the full restore",
                    refused_because=f"{_processes(whole)} already copy at once; the network and the disk of one server"
                    " take no more",
                ),
                Alternative(
                    name="a standby that applies the log some hours late",
                    refused_because=f"a further server with all data, to be stopped by hand in time; due when {table}"
                    " may not be snapshotted",
                ),
            ),
            origin=Origin(kind="inferred", rule="the quickest copy that holds the rows decides"),
            serves=made.serves,
        ),
    )


def _processes(whole: Figure) -> str:
    return plain(next(i.value for i in whole.inputs if i.name == "restore_processes"))


def repair_questions(requirements: Requirements, schema: SchemaDesign, made: Backup) -> tuple[OpenQuestion, ...]:
    """Whether the volume can do what the recovery time asks of it; and what to agree on where nothing can."""
    if made.snapshot_hours is None or made.restore_time is None or made.repair_time is None:
        return ()
    allowed, tables = recovery_time_target(requirements).value, listed([t.name for t in largest(schema, 2)])
    if made.repair_time.value > allowed:
        return (
            OpenQuestion(
                id="question.recovery-time",
                question=f"May the recovery time be {duration_text(made.repair_time.value)} after a mistake?"
                f" {duration_text(allowed)} are less than any copy of {tables} needs",
                reading="the recovery time is kept for the loss of the server alone, and the claim on mistakes fails",
            ),
        )
    return (
        OpenQuestion(
            id="question.snapshots",
            question="Can the database's volume be snapshotted as a whole, every"
            f" {duration_text(made.snapshot_hours.value * 3_600)}? Without, rows of {tables} that were deleted by"
            f" mistake are back after {duration_text(made.restore_time.value)}, where {duration_text(allowed)} are"
            " allowed; a period for the largest table, or a later recovery time, answers it too",
            reading="it can, as volumes of clouds, LVM and ZFS do",
        ),
    )
