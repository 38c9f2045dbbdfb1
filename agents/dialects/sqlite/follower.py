"""The second machine that keeps a copy ready, where copying the file back takes longer than may pass."""

from agents.dialects.sqlite.restoring import is_followed, restore_time, switch_time
from agents.figures import duration_text, merged, plain
from agents.operations.recovery_targets import recovery_time_target
from agents.operations.restoring import recovery_serves
from contracts.base import Alternative, Decision, Origin
from contracts.claims import Claim, Replicates
from contracts.requirements import Requirements
from contracts.scaling import Replica
from contracts.schema import SchemaDesign

LAG_SECONDS = 5
"""How far the copy may be behind: one sync and one poll, of a second each, and what they take."""
_RULE = "a copy stands ready where copying the file back takes longer than may pass"


def followers(requirements: Requirements, schema: SchemaDesign) -> tuple[Replica, ...]:
    """The copy that is ready, if one has to be."""
    if not is_followed(requirements, schema):
        return ()
    whole = duration_text(restore_time(requirements, schema).value)
    return (
        Replica(
            name="standby_1",
            purpose=f"follows by litestream restore -f and takes over when the machine fails; copying the file back"
            f" would take {whole}",
            lag_tolerance_seconds=LAG_SECONDS,
            origin=Origin(kind="inferred", rule=_RULE),
            serves=recovery_serves(requirements),
        ),
    )


def follower_claims(requirements: Requirements, standing: tuple[Replica, ...]) -> tuple[Claim, ...]:
    """It follows, takes no writes of its own, and takes over with every row when the machine is lost."""
    if not standing:
        return ()
    took = switch_time(requirements)
    apply = next(i.value for i in took.inputs if i.name == "apply_seconds")
    return (
        Claim(
            id=f"scaling.replica.{standing[0].name}.follows",
            sentence=f"{standing[0].name} is at most {LAG_SECONDS} s behind, takes no writes of its own, and is ready"
            f" within {plain(apply)} s of the decision.",
            element=f"replica.{standing[0].name}",
            serves=merged(*(replica.serves for replica in standing)),
            trial=Replicates(
                settings=(), queries=(), lag_seconds=LAG_SECONDS, promote_seconds=apply, synchronous=False
            ),
        ),
    )


def follower_decision(requirements: Requirements, schema: SchemaDesign) -> tuple[Decision, ...]:
    """Why the copy stands ready, what it costs, and that the numbers speak for a server."""
    if not is_followed(requirements, schema):
        return ()
    whole = restore_time(requirements, schema).value
    allowed = recovery_time_target(requirements).value
    return (
        Decision(
            id="scaling.follower",
            topic="A copy that is ready",
            choice="standby_1 on a second machine, by litestream restore -f",
            because=f"copying the file of a year back takes {duration_text(whole)}, and {duration_text(allowed)} may"
            " pass; a copy that is written as the log arrives is opened at once. Somebody decides that it takes over:"
            " no witness tells two machines which of them may write, and what two copies have written cannot be put"
            " together. This need speaks for a server, whose standby takes over by itself",
            alternatives=(
                Alternative(
                    name="PostgreSQL or MariaDB with a standby",
                    refused_because="SQLite is asked for; both take over within a minute or two, without anybody",
                ),
                Alternative(
                    name="sqlite3_rsync every few minutes",
                    refused_because="it reads and hashes both files as a whole each time",
                ),
            ),
            origin=Origin(kind="inferred", rule=_RULE),
            serves=recovery_serves(requirements),
        ),
    )
