"""The claim that replication does what the plan relies on: it is tried with a standby, and with a primary that dies."""

from collections.abc import Callable

from agents.figures import merged, plain
from agents.scaling.availability import failover_time
from agents.scaling.replicas import LAG_SECONDS
from contracts.claims import Claim, Replicates
from contracts.requirements import Requirements
from contracts.scaling import Replica, Route
from contracts.schema import Query, SchemaDesign


def replication_claims(
    requirements: Requirements,
    schema: SchemaDesign,
    standing: tuple[Replica, ...],
    planned: tuple[Route, ...],
    execute: Callable[[Query], str],
    synchronous: bool,
) -> tuple[Claim, ...]:
    """One claim for all replicas: they are made, followed, read and promoted in the same way.

    `execute` runs a prepared query with its sample arguments; where replication is `synchronous`, a commit waits for
    one of them.
    """
    if not standing:
        return ()
    routed = {route.query for route in planned if route.target != "primary"}
    statements = {s.element.rpartition(".")[2]: s.sql for s in schema.statements if s.sql.startswith("PREPARE ")}
    queries = [q for q in schema.queries if q.name in routed and q.name in statements]
    promote = next(i.value for i in failover_time(requirements).inputs if i.name == "promote_seconds")
    takes = [r for r in standing if r.name.startswith("standby")]
    kept = " and no acknowledged row is lost" if synchronous else ""
    return (
        Claim(
            id=f"scaling.replica.{standing[0].name}.follows",
            sentence=f"{standing[0].name} is at most {LAG_SECONDS} s behind, answers what is routed to a replica, tells"
            f" a session whether its own write is there, and takes over within {plain(promote)} s{kept}.",
            element=f"replica.{standing[0].name}",
            serves=merged(*(r.serves for r in (takes or standing))),
            trial=Replicates(
                settings=standing[0].settings,
                queries=tuple((statements[q.name], execute(q)) for q in queries),
                lag_seconds=LAG_SECONDS,
                promote_seconds=promote,
                synchronous=synchronous,
            ),
        ),
    )
