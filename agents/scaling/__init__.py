"""Server settings, pools, replicas, routes and growth, computed from the brief's numbers.

Made in one direction: demand (busy connections, working set) gives the machine, the machine gives replicas and
pools, the pools give max_connections, and that gives the memory of each connection. Nothing is chosen twice.
"""

from agents.dialects.postgresql.sql import execute
from agents.figures import as_input, balance, given, plain, serving
from agents.scaling.availability import availability_claims
from agents.scaling.connections import max_connections, pool_claims, pool_omissions
from agents.scaling.demand import (
    assumed_machine,
    basis,
    machine_decision,
    machine_inputs,
)
from agents.scaling.disk import data_room, disk, disk_claims
from agents.scaling.growth import growth, next_steps
from agents.scaling.log_trials import log_claims
from agents.scaling.logs import log_size_claims
from agents.scaling.measured import size_claims
from agents.scaling.pgbouncer import pooler_decision, pooler_file
from agents.scaling.pools import pools
from agents.scaling.questions import growth_questions
from agents.scaling.replicas import (
    lag_claims,
    lag_seconds,
    no_replica,
    replica_claims,
    replicas,
    report_claims,
    report_request,
    routes,
)
from agents.scaling.replication import replication_claims
from agents.scaling.setting_claims import setting_claims
from agents.scaling.settings import settings, workload_decision
from agents.scaling.wal import log_decisions
from contracts.base import Decision, Omission, Origin
from contracts.brief import Machine
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.scaling import Pool, Replica, ScalingPlan, Setting
from contracts.schema import SchemaDesign

__all__ = ["lag_seconds", "scaling_plan"]


def scaling_plan(requirements: Requirements, schema: SchemaDesign, machine: Machine | None) -> ScalingPlan:
    """How the database is sized, reached and grown; `machine` is the hardware of the run, assumed when None.

    Settings are PostgreSQL's; a design for another engine gets pools and growth, and an omission that says so.
    """
    server = machine or assumed_machine(requirements, schema)
    standing = replicas(requirements, schema, server.cores)
    planned = routes(requirements, schema, standing)
    made = pools(requirements, schema, server.cores, standing, planned)
    connections = max_connections(requirements, made)
    tuned: tuple[Setting, ...] = ()
    if schema.dialect == "postgresql":
        tuned = settings(requirements, schema, server, machine is not None, connections, len(standing))
    room = disk(requirements, schema, tuned)
    return ScalingPlan(
        machine=server,
        basis=basis(requirements, schema),
        disk=room,
        settings=tuned,
        pools=made,
        pooler_file=pooler_file(requirements, made) if schema.dialect == "postgresql" else "",
        replicas=standing,
        routes=planned,
        growth=growth(requirements, schema),
        next_steps=next_steps(requirements, schema, server, data_room(room, tuned)),
        decisions=(
            *_decisions(requirements, schema, server, machine is not None, standing),
            *pooler_decision(requirements, made),
        ),
        questions=growth_questions(requirements, schema, room, data_room(room, tuned)),
        omissions=_omissions(requirements, schema, server, standing, made),
        claims=(
            *setting_claims(
                tuned, f"A server starts with all {len(tuned)} settings at once and reports each as it was set."
            ),
            *pool_claims(requirements, made, connections, server.cores),
            *_memory_claims(tuned, server, machine is not None),
            *_order_claims(tuned),
            *availability_claims(requirements, standing),
            *lag_claims(schema, planned),
            *size_claims(schema),
            *log_size_claims(requirements, schema),
            *log_claims(schema),
            *replica_claims(standing),
            *replication_claims(
                requirements, schema, standing, planned, execute, requirements.targets.recovery_point_seconds == 0
            ),
            *report_claims(requirements, schema, made),
            *disk_claims(requirements, schema, tuned, room),
        ),
    )


def _decisions(
    requirements: Requirements, schema: SchemaDesign, server: Machine, was_given: bool, standing: tuple[Replica, ...]
) -> tuple[Decision, ...]:
    made = [machine_decision(requirements, schema, server, was_given), workload_decision(requirements, schema)]
    made += log_decisions(requirements, schema)
    if standing:
        made.append(_replication(requirements, standing))
    return tuple(made)


def _replication(requirements: Requirements, standing: tuple[Replica, ...]) -> Decision:
    names = ", ".join(r.name for r in standing)
    point = requirements.targets.recovery_point_seconds
    synchronous = point == 0
    because = (
        "No committed row may be lost, so a commit waits for one of them."
        if synchronous
        else (
            f"{'No recovery point is stated' if point is None else f'{point} s of data may be lost with the primary'};"
            " waiting for a standby would add a round trip to every write."
        )
    )
    return Decision(
        id="scaling.replication",
        topic="Replication",
        choice=f"streaming, {'synchronous' if synchronous else 'asynchronous'}, to {names}",
        because=because,
        origin=Origin(kind="inferred", rule="recovery point and availability"),
        serves=serving(requirements, "availability.", "assumption."),
    )


def _omissions(
    requirements: Requirements,
    schema: SchemaDesign,
    server: Machine,
    standing: tuple[Replica, ...],
    made: tuple[Pool, ...],
) -> tuple[Omission, ...]:
    left = [] if standing else [no_replica(requirements, server.cores)]
    left += pool_omissions(requirements, schema, made, server.cores)
    asked = report_request(requirements)
    if asked is not None and not any(r.name == "reporting" for r in standing):
        reason = (
            f"The brief wants reports on a replica, but tier {requirements.tier} with {len(schema.queries)} queries has"
            " none that aggregates, or too small a load for one."
        )
        left.append(Omission(subject="reporting replica", reason=reason, origin=asked.origin, serves=(asked.id,)))
    if schema.dialect != "postgresql":
        reason = f"The design is for {schema.dialect}; the formulas of this plan's settings are PostgreSQL's."
        origin = Origin(kind="inferred", rule="dialect of the schema")
        left.append(
            Omission(subject="server settings", reason=reason, origin=origin, serves=serving(requirements, "stack."))
        )
    return tuple(left)


def _memory_claims(tuned: tuple[Setting, ...], server: Machine, was_given: bool) -> tuple[Claim, ...]:
    """Shared memory, every connection's work memory and three vacuum workers fit in RAM at the same time."""
    if not tuned:
        return ()
    by_name = {s.name: as_input(s.figure, s.name) for s in tuned}
    workers = given("autovacuum_max_workers", 3, "PostgreSQL's default")
    left = [
        (by_name["shared_buffers"],),
        (by_name["wal_buffers"],),
        (by_name["max_connections"], by_name["work_mem"]),
        (workers, by_name["maintenance_work_mem"]),
    ]
    memory, _ = machine_inputs(server, was_given)
    connections = plain(by_name["max_connections"].value)
    sentence = (
        f"Buffers, work memory of {connections} connections and three vacuum workers fit in"
        f" {plain(server.memory_gb)} GB."
    )
    return (balance("scaling.memory", sentence, "setting.work_mem", tuned[0].serves, left, "<=", [(memory,)]),)


def _order_claims(tuned: tuple[Setting, ...]) -> tuple[Claim, ...]:
    """A lock wait that outlives its statement, or a WAL floor above its ceiling, would never take effect."""
    if not tuned:
        return ()
    by_name = {s.name: as_input(s.figure, s.name) for s in tuned}
    serves = tuned[0].serves
    pairs = (
        ("lock_timeout", "statement_timeout"),
        ("statement_timeout", "idle_in_transaction_session_timeout"),
        ("min_wal_size", "max_wal_size"),
    )
    return tuple(
        balance(
            f"scaling.order.{low}",
            f"{low} is shorter than {high}." if "timeout" in low else f"{low} is below {high}.",
            f"setting.{low}",
            serves,
            [(by_name[low],)],
            "<",
            [(by_name[high],)],
        )
        for low, high in pairs
    )
