"""How a MariaDB server is sized, reached and grown; what every engine shares is the shared agents' work.

Demand gives the machine, the machine gives replicas and pools, the pools give max_connections, and what the sessions
leave of the memory is the buffer pool's.
"""

from agents.dialects.mariadb.pooling import POOLER, pools
from agents.dialects.mariadb.product import MARIADB, Product
from agents.dialects.mariadb.settings import CONNECTION_BYTES, settings
from agents.dialects.mariadb.sizes import row_bytes
from agents.dialects.mariadb.sql import execute
from agents.figures import GB, MB, as_input, balance, byte_text, counted, figure, given, merged, plain, serving
from agents.scaling.availability import availability_claims
from agents.scaling.connections import max_connections, pool_claims, pool_omissions
from agents.scaling.demand import (
    assumed_machine,
    basis,
    machine_decision,
    machine_inputs,
    table_bytes,
)
from agents.scaling.disk import FILLED, data_input, disk_claims
from agents.scaling.growth import cores_step, disk_step, growth, memory_step, next_step, outgrowing
from agents.scaling.questions import growth_questions
from agents.scaling.replicas import lag_claims, no_replica, replica_claims, replicas, report_request, routes
from agents.scaling.replication import replication_claims
from agents.scaling.setting_claims import setting_claims
from contracts.base import Alternative, Decision, Figure, Input, Omission, Origin
from contracts.brief import Machine
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.scaling import NextStep, Pool, Replica, ScalingPlan, Setting
from contracts.schema import SchemaDesign

RESERVED = "one of SUPER beyond max_connections and two of administrators, monitoring 2, migration 1, operator 2"
_CONFIRMS = "rpl_semi_sync_slave_enabled"
IMAGES = 1.6
"""Row images in the binary log: an insert writes one, an update the row before and after (binlog_row_image = FULL)."""


def scaling_plan(
    requirements: Requirements, schema: SchemaDesign, machine: Machine | None, product: Product = MARIADB
) -> ScalingPlan:
    """How the database is sized, reached and grown; `machine` is the hardware of the run, assumed when None."""
    server = machine or assumed_machine(requirements, schema)
    standing = tuple(_own(requirements, r, server.cores, product) for r in replicas(requirements, schema, server.cores))
    planned = routes(requirements, schema, standing)
    made = pools(requirements, schema, server.cores, standing, planned)
    connections = max_connections(requirements, made, RESERVED)
    tuned = settings(requirements, server, machine is not None, connections, len(standing), product)
    room = _disk(requirements, schema, tuned)
    left = _data_room(room, requirements, schema, tuned)
    return ScalingPlan(
        machine=server,
        basis=basis(requirements, schema),
        disk=room,
        settings=tuned,
        pools=made,
        replicas=standing,
        routes=planned,
        growth=growth(requirements, schema),
        next_steps=_next_steps(requirements, schema, server, left),
        decisions=_decisions(requirements, schema, server, machine is not None, standing, made),
        questions=growth_questions(requirements, schema, room, left),
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
            *replica_claims(standing),
            *replication_claims(requirements, schema, standing, planned, execute, _waits(standing)),
            *disk_claims(requirements, schema, (), None),
            *_fits_disk(requirements, schema, tuned, room),
        ),
    )


def _own(requirements: Requirements, replica: Replica, cores: int, product: Product) -> Replica:
    """A replica's settings: it takes no writes but the primary's, applies them in parallel, and confirms if asked."""
    point = requirements.targets.recovery_point_seconds
    confirms = point is not None and point < 5 and replica.name.startswith("standby")
    made = [("read_only", "ON"), ("slave_parallel_threads", str(max(2, cores))), ("slave_parallel_mode", "optimistic")]
    if confirms:
        made.append((_CONFIRMS, "ON"))
    return replica.changed(settings=tuple(pair for pair in made if pair[0] not in product.lacks))


def _waits(standing: tuple[Replica, ...]) -> bool:
    """Whether a commit waits for one of the replicas."""
    return any(name == _CONFIRMS for replica in standing for name, _ in replica.settings)


def daily_log(requirements: Requirements, schema: SchemaDesign, years: float = 1) -> Figure:
    """Bytes of binary log of a day after some years: images of the rows that come and change."""
    growth_rate = 1 + (requirements.targets.yearly_growth_percent or 0) / 100
    size = sum(t.rows_per_day * growth_rate**years * (row_bytes(t) + 40) for t in schema.tables)
    return figure(
        "log_bytes_per_day",
        "round(row_bytes_per_day * images)",
        (
            given("row_bytes_per_day", round(size), "rows of a day with their event headers, all tables", "bytes"),
            given("images", IMAGES, "convention: a third of the rows change once, before and after"),
        ),
        unit="bytes",
        serves=serving(requirements, "volume.", "assumption."),
        rule="binary log in row format",
        source="MariaDB Knowledge Base, Binary Log Formats",
    )


def _log_input(requirements: Requirements, schema: SchemaDesign, tuned: tuple[Setting, ...]) -> Input:
    """Redo log and the binary log that is kept."""
    known = {s.name: s.figure.value for s in tuned}
    kept = known.get("binlog_expire_logs_seconds", 0) / 86_400 * daily_log(requirements, schema).value
    days = f" + {plain(known['binlog_expire_logs_seconds'] / 86_400)} days of binary log" if kept else ""
    return given("log_bytes", round(known["innodb_log_file_size"] + kept), f"innodb_log_file_size{days}", "bytes")


def _disk(requirements: Requirements, schema: SchemaDesign, tuned: tuple[Setting, ...]) -> Figure | None:
    """GB of the database server's disk for the first year; a person's own device has whatever disk it has."""
    if requirements.tier == "embedded":
        return None
    return figure(
        "disk",
        "2 ** ceil(log2(max(least, (data_bytes + log_bytes) / filled / 1073741824)))",
        (
            data_input(requirements, schema),
            _log_input(requirements, schema, tuned),
            _filled(),
            given("least", 32, "convention: nobody rents less", "GB"),
        ),
        unit="GB",
        serves=serving(requirements, "volume.", "assumption."),
        rule="data, indexes, redo and binary log of the first year, in the sizes that disks come in",
    )


def _filled() -> Input:
    return given("filled", FILLED, "convention: a fifth stays free for temporary files and a table that is rebuilt")


def _data_room(
    room: Figure | None, requirements: Requirements, schema: SchemaDesign, tuned: tuple[Setting, ...]
) -> Input | None:
    """Bytes that the disk has for data and indexes."""
    if room is None:
        return None
    left = figure(
        "room_for_data",
        "disk * 1073741824 * filled - log_bytes",
        (as_input(room, "disk"), _filled(), _log_input(requirements, schema, tuned)),
        unit="bytes",
        serves=room.serves,
        rule="what the logs leave of four fifths of the disk",
    )
    return as_input(left)


def _fits_disk(
    requirements: Requirements, schema: SchemaDesign, tuned: tuple[Setting, ...], room: Figure | None
) -> tuple[Claim, ...]:
    if room is None:
        return ()
    sentence = f"After a year data, indexes and logs fill at most four fifths of a disk of {plain(room.value)} GB."
    left = [(data_input(requirements, schema),), (_log_input(requirements, schema, tuned),)]
    right = [(as_input(room), given("bytes", GB, "bytes in a GB"), _filled())]
    return (balance("scaling.disk", sentence, "scaling.disk", room.serves, left, "<=", right),)


def _next_steps(
    requirements: Requirements, schema: SchemaDesign, machine: Machine, room: Input | None
) -> tuple[NextStep, ...]:
    """When memory, the largest tables, the disk and the cores run out, by formula."""
    steps = [memory_step(requirements, schema, machine)]
    for table in outgrowing(requirements, schema, machine):
        limit = given("memory", machine.memory_gb * GB, "decision scaling.machine", "bytes")
        size = table_bytes(requirements, schema, table, 5)
        kept = [key.name for key in table.foreign_keys]
        lost = f"; its {counted(len(kept), 'foreign key')} would have to become triggers then" if kept else ""
        steps.append(
            next_step(
                f"partitions of {table.name}",
                f"{table.name} with its indexes exceeds the server's {byte_text(limit.value)} of memory"
                f" ({byte_text(size)} after five years){lost}",
                lambda years, t=table: table_bytes(requirements, schema, t, years),  # type: ignore[misc]
                (given("after_five_years", size, f"growth table, {table.name}", "bytes"), limit),
                "table against memory; MariaDB's partitions have no foreign keys",
                table.serves,
                "monitor_table_sizes",
            )
        )
    steps += [] if room is None else [disk_step(requirements, schema, room)]
    steps += [cores_step(requirements, machine)] if requirements.tier in ("standard", "large") else []
    return tuple(steps)


def _decisions(
    requirements: Requirements,
    schema: SchemaDesign,
    server: Machine,
    was_given: bool,
    standing: tuple[Replica, ...],
    made: tuple[Pool, ...],
) -> tuple[Decision, ...]:
    decisions = [machine_decision(requirements, schema, server, was_given)]
    if standing:
        decisions.append(_replication(requirements, standing))
    if any(pool.name == POOLER[0] for pool in made):
        decisions.append(_proxy(requirements, made))
    return tuple(decisions)


def _replication(requirements: Requirements, standing: tuple[Replica, ...]) -> Decision:
    """Asynchronous, or a commit waits for a replica; Galera is weighed where two would stand by."""
    names = ", ".join(r.name for r in standing)
    point = requirements.targets.recovery_point_seconds
    waits = point is not None and point < 5
    because = (
        "No committed row may be lost, so a commit waits until one of them has it (AFTER_SYNC)."
        if waits
        else (
            f"{'No recovery point is stated' if point is None else f'{point} s of data may be lost with the primary'};"
            " waiting for a replica would add a round trip to every write."
        )
    )
    return Decision(
        id="scaling.replication",
        topic="Replication",
        choice=f"row-based with GTID, {'semi-synchronous' if waits else 'asynchronous'}, to {names};"
        " replication-manager or mariadb-operator promotes the one that has most",
        because=because,
        alternatives=(
            Alternative(
                name="Galera (three nodes)",
                refused_because="two writers of one row at different nodes end in a deadlock (1213) at COMMIT, large"
                " transactions stop all nodes, and writing to one node alone gives what a replica gives",
            ),
        ),
        origin=Origin(kind="inferred", rule="recovery point and availability"),
        serves=serving(requirements, "availability.", "assumption."),
    )


def _proxy(requirements: Requirements, made: tuple[Pool, ...]) -> Decision:
    pool = next(p for p in made if p.name == POOLER[0])
    return Decision(
        id="scaling.pooler",
        topic="Pooler",
        choice=f"ProxySQL: it {pool.purpose}",
        because="it lends a connection for a transaction and routes by query rules; a session that sets a user variable"
        " (the identity of row-level protection) keeps its connection until it is reset, so it is set in a transaction"
        " and taken back before COMMIT.",
        alternatives=(
            Alternative(
                name="MaxScale", refused_because="its licence (BSL) is no open-source licence until a version is old"
            ),
        ),
        origin=pool.origin,
        serves=pool.serves,
    )


def _omissions(
    requirements: Requirements,
    schema: SchemaDesign,
    server: Machine,
    standing: tuple[Replica, ...],
    made: tuple[Pool, ...],
) -> tuple[Omission, ...]:
    left = [] if standing else [no_replica(requirements, server.cores)]
    left += pool_omissions(requirements, schema, made, server.cores, POOLER)
    asked = report_request(requirements)
    if asked is not None and not any(r.name == "reporting" for r in standing):
        reason = (
            f"The brief wants reports on a replica, but tier {requirements.tier} with {len(schema.queries)} queries has"
            " none that aggregates, or too small a load for one."
        )
        left.append(Omission(subject="reporting replica", reason=reason, origin=asked.origin, serves=(asked.id,)))
    return tuple(left)


def _memory_claims(tuned: tuple[Setting, ...], server: Machine, was_given: bool) -> tuple[Claim, ...]:
    """The buffer pool, its management, and the buffers of every session fit in RAM at the same time."""
    by_name = {s.name: as_input(s.figure, s.name) for s in tuned}
    connections = by_name["max_connections"]
    left = [
        (by_name["innodb_buffer_pool_size"], given("managed", 1.1, "convention: a tenth for its page hash and locks")),
        (given("log_buffer", 16 * MB, "MariaDB's default", "bytes"),),
        (connections, given("connection_bytes", CONNECTION_BYTES, "buffers of a session at their defaults", "bytes")),
        (
            by_name["tmp_table_size"],
            connections,
            given("at_once", 0.1, "convention: one session of ten sorts"),
        ),
    ]
    memory, _ = machine_inputs(server, was_given)
    sentence = f"Buffer pool and buffers of {plain(connections.value)} connections fit in {plain(server.memory_gb)} GB."
    element = "setting.innodb_buffer_pool_size"
    return (balance("scaling.memory", sentence, element, tuned[0].serves, left, "<=", [(memory,)]),)


def _order_claims(tuned: tuple[Setting, ...]) -> tuple[Claim, ...]:
    """A lock wait that outlives its statement would never take effect, nor a statement its transaction."""
    by_name = {s.name: as_input(s.figure, s.name) for s in tuned}
    pairs = (("innodb_lock_wait_timeout", "max_statement_time"), ("max_statement_time", "idle_transaction_timeout"))
    return tuple(
        balance(
            f"scaling.order.{low}",
            f"{low} is shorter than {high}.",
            f"setting.{low}",
            merged(tuned[0].serves),
            [(by_name[low],)],
            "<",
            [(by_name[high],)],
        )
        for low, high in pairs
        if low in by_name and high in by_name and by_name[low].unit == by_name[high].unit
    )
