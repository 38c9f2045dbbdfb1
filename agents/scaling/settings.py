"""PostgreSQL's settings for this machine, workload and number of connections.

Formulas: pgtune (github.com/le0pard/pgtune, src/features/configuration/configurationSlice.js), valid for PostgreSQL
15 to 18. `desktop` is for a server that shares its machine with the application.
"""

import math
from typing import Literal

from agents.dialects.postgresql.since import there
from agents.figures import (
    GB,
    MB,
    as_input,
    figure,
    given,
    plain,
    postgres_memory,
    read_share,
    serving,
    target,
)
from agents.scaling.demand import machine_inputs, working_set
from agents.scaling.limits import spelled, time_limits
from agents.scaling.wal import CHECKPOINT_SECONDS, peak_log
from contracts.base import Decision, Figure, Input, Origin
from contracts.brief import Machine
from contracts.requirements import Requirements
from contracts.scaling import Setting
from contracts.schema import SchemaDesign

Workload = Literal["web", "oltp", "dw", "mixed", "desktop"]
PGTUNE = "pgtune"
_WAL_SIZE = {"web": (1, 4), "mixed": (1, 4), "oltp": (2, 8), "dw": (4, 16), "desktop": (0.0977, 2)}
_CONCURRENCY = {"ssd": 200, "nvme": 1000, "san": 300, "hdd": 2}


def workload(requirements: Requirements, schema: SchemaDesign) -> tuple[Workload, str]:
    """The kind of load by pgtune's names, and the numbers that decide it."""
    share, reads = read_share(requirements), [q for q in schema.queries if q.kind != "write"]
    reports = [q.name for q in reads if q.kind == "aggregate"]
    percent = f"{plain(share.value * 100)} % of the requests read"
    if requirements.tier == "embedded":
        return "desktop", "the server shares one person's machine with the application"
    if reads and len(reports) * 2 > len(reads):
        return "dw", f"{len(reports)} of {len(reads)} read queries aggregate ({', '.join(reports)})"
    if share.value < 0.6:
        return "oltp", f"only {percent}"
    if reports and requirements.tier == "small":
        return (
            "mixed",
            f"{percent}, and {', '.join(reports)} {'runs' if len(reports) == 1 else 'run'} on the same server",
        )
    return "web", f"{percent}, most of them short look-ups and pages of lists"


def workload_decision(requirements: Requirements, schema: SchemaDesign) -> Decision:
    """The workload with its reason."""
    kind, reason = workload(requirements, schema)
    return Decision(
        id="scaling.workload",
        topic="Workload type of the server's settings",
        choice=kind,
        because=f"{reason[0].upper()}{reason[1:]}.",
        origin=Origin(kind="inferred", rule="read share and the kinds of the queries"),
        serves=serving(requirements, "performance.", "assumption.", "access."),
    )


class _Builder:
    """Collects settings that share machine, origin and served requirements."""

    def __init__(self, serves: tuple[str, ...]) -> None:
        self.serves = serves
        self.made: list[Setting] = []

    def add(
        self,
        name: str,
        made: Figure | tuple[str, tuple[Input, ...], str],
        value: str | None = None,
        rule: str = PGTUNE,
        because: str = "",
    ) -> Figure:
        """A setting from a formula; `value` is its spelling, by default the number itself, and `because` says by which
        rule a number becomes a word."""
        if not isinstance(made, Figure):
            formula, inputs, unit = made
            named = name if value is None else formula
            made = figure(
                named,
                formula,
                inputs,
                unit=unit,
                serves=self.serves,
                rule=rule,
                source=PGTUNE if rule == PGTUNE else "",
            )
        spelling = value if value is not None else _spelling(made)
        origin = Origin(
            kind="inferred" if rule == PGTUNE else "convention",
            rule=because or (f"formula of {PGTUNE}" if rule == PGTUNE else rule),
        )
        self.made.append(Setting(name=name, value=spelling, figure=made, origin=origin, serves=made.serves))
        return made


def _spelling(made: Figure) -> str:
    if made.unit == "bytes":
        return postgres_memory(made.value)
    if made.unit == "ms":
        return f"{int(made.value)}ms" if made.value % 1000 else f"{int(made.value // 1000)}s"
    return f"{int(made.value)}" if made.value == int(made.value) else f"{made.value:g}"


def settings(
    requirements: Requirements,
    schema: SchemaDesign,
    machine: Machine,
    was_given: bool,
    max_connections: Figure,
    replicas: int,
) -> tuple[Setting, ...]:
    """All settings in the order in which a reader looks for them: connections, memory, WAL, planner, safety."""
    kind, _ = workload(requirements, schema)
    memory, cores = machine_inputs(machine, was_given)
    add = _Builder(serving(requirements, "performance.", "volume.", "assumption."))
    add.add("max_connections", max_connections, rule="sum of the pools, a deployment's surge and reserved connections")
    _memory(add, kind, memory, cores, max_connections, working_set(requirements, schema))
    _wal(add, kind, requirements, schema, replicas)
    _planner(add, kind, machine, cores)
    _vacuum(add, schema)
    _safety(add, requirements)
    return tuple(add.made)


def _memory(add: _Builder, kind: Workload, memory: Input, cores: Input, connections: Figure, hot: Input) -> None:
    divisor = 16 if kind == "desktop" else 4
    shared = add.add("shared_buffers", (f"memory / {divisor}", (memory,), "bytes"))
    least = given("least", 2 * GB, PGTUNE, "bytes")
    ratio = ("shared_buffers / least", (as_input(shared), least), "")
    word = "try" if shared.value >= least.value else "off"
    add.add("huge_pages", ratio, word, because="try where shared_buffers / least is 1 or more, else off")
    cache = "memory / 4" if kind == "desktop" else "memory * 3 / 4"
    add.add("effective_cache_size", (cache, (memory,), "bytes"))
    part = 8 if kind == "dw" else 16
    # 2 GB is the limit of PostgreSQL 16 and earlier on 64-bit Windows; 8 GB would be pgtune's elsewhere
    limit = given("limit", 2 * GB, "convention: more gains little, and three workers may each take it", "bytes")
    add.add("maintenance_work_mem", (f"min(memory / {part}, limit)", (memory, limit), "bytes"))
    workers = given("workers", max(cores.value, 8) if cores.value < 4 else cores.value, "max_worker_processes")
    share = {"dw": 2.0, "mixed": 2.0, "desktop": 6.0}.get(kind, 1.0)
    fits = hot.value <= memory.value * 0.75
    fit = given(
        "fit",
        1.3 if fits else 0.9,
        f"the working set of {plain(hot.value / MB)} MB {'fits' if fits else 'exceeds'} the cache",
    )
    work = (
        memory,
        as_input(shared),
        as_input(connections, "connections"),
        workers,
        given("share", share, f"workload {kind}"),
        fit,
        given("limit", 256 * MB, "convention: a sort or hash of one request gains nothing beyond", "bytes"),
    )
    formula = "min(limit, max(4194304, (memory - shared_buffers) / ((connections + workers) * 3) / share * fit))"
    add.add("work_mem", (formula, work, "bytes"))


def _wal(add: _Builder, kind: Workload, requirements: Requirements, schema: SchemaDesign, replicas: int) -> None:
    shared = as_input(next(s.figure for s in add.made if s.name == "shared_buffers"))
    add.add("wal_buffers", ("max(32768, min(shared_buffers * 0.03, 16777216))", (shared,), "bytes"))
    least, most = (
        given("workload_size", math.floor(size * 1024) * MB, f"workload {kind}", "bytes") for size in _WAL_SIZE[kind]
    )
    add.add("min_wal_size", ("workload_size", (least,), "bytes"))
    if kind == "desktop":
        add.add("max_wal_size", ("workload_size", (most,), "bytes"))
    else:
        _checkpoints(add, requirements, schema, most)
    add.add("checkpoint_completion_target", ("target", (given("target", 0.9, PGTUNE),), ""))
    standbys = given("replicas", replicas, "replicas of this plan")
    rule = "replica at any number of replicas: the archive and standbys read it, and nothing here decodes rows"
    add.add("wal_level", ("replicas", (standbys,), ""), "replica", rule)
    senders = "replicas * 2 + 2"
    rule = "one sender for each standby and its rebuilding, two for base backups and the archive"
    add.add("max_wal_senders", (senders, (standbys,), ""), rule=rule)
    add.add("max_replication_slots", (senders, (standbys,), ""), rule="as many slots as senders")
    if replicas:
        _slots(add, requirements, schema)
    _commit(add, requirements, replicas)


def _checkpoints(add: _Builder, requirements: Requirements, schema: SchemaDesign, least: Input) -> None:
    """Checkpoints by the clock: the log between two of them fits twice, so that its size does not call one earlier."""
    every = given("checkpoint_seconds", CHECKPOINT_SECONDS, "convention: decision scaling.log", "s")
    rule = "a page is logged whole once a checkpoint, and after a crash so much log is replayed"
    add.add("checkpoint_timeout", ("checkpoint_seconds", (every,), "s"), f"{CHECKPOINT_SECONDS // 60}min", rule)
    formula = "ceil(max(workload_size, 2 * log_bytes_per_second * checkpoint_seconds) / 1073741824) * 1073741824"
    inputs = (least, as_input(peak_log(requirements, schema)), every)
    add.add("max_wal_size", (formula, inputs, "bytes"), rule=f"{PGTUNE}, and twice the log between two checkpoints")


def _slots(add: _Builder, requirements: Requirements, schema: SchemaDesign) -> None:
    """Log that a slot may hold back for a standby that is away; beyond, it would fill the disk."""
    inputs = (
        as_input(peak_log(requirements, schema)),
        given("standby_hours", 6, "convention: a standby that is away longer reads the archive", "h"),
        given("max_wal_size", next(s.figure.value for s in add.made if s.name == "max_wal_size"), "setting", "bytes"),
    )
    formula = "ceil(max(log_bytes_per_second * standby_hours * 3600, max_wal_size) / 1073741824) * 1073741824"
    rule = "log of the hours that a standby may be away, at least max_wal_size"
    add.add("max_slot_wal_keep_size", (formula, inputs, "bytes"), rule=rule)
    if there("idle_replication_slot_timeout", schema.floor):
        rule = "a slot that nobody has read for a week belongs to a standby that is gone; a new one is cloned anyway"
        days = given("days", 7, "convention: over a week-end and a repair", "d")
        figured = ("days * 86400", (days,), "s")
        add.add("idle_replication_slot_timeout", figured, f"{days.value:g}d", rule)


def _commit(add: _Builder, requirements: Requirements, replicas: int) -> None:
    """Synchronous only when no committed row may be lost and a standby is there to wait for."""
    point = target(requirements, "recovery_point_seconds", 300, "five minutes where the brief is silent", "s")
    rule = f"up to {plain(point.value)} s may be lost with the server, so a commit waits for the local disk alone"
    if point.value == 0 and replicas:
        rule = "no committed row may be lost, so a commit waits for one standby"
        add.add("synchronous_standby_names", ("recovery_point_seconds", (point,), "s"), "ANY 1 (*)", rule)
    add.add("synchronous_commit", ("recovery_point_seconds", (point,), "s"), "on", rule)


def _planner(add: _Builder, kind: Workload, machine: Machine, cores: Input) -> None:
    statistics = given("statistics", 500 if kind == "dw" else 100, f"workload {kind}")
    add.add("default_statistics_target", ("statistics", (statistics,), ""))
    cost = given("cost", 4 if machine.disk == "hdd" else 1.1, f"disk {machine.disk}")
    add.add("random_page_cost", ("cost", (cost,), ""))
    reads = given("reads", _CONCURRENCY[machine.disk], f"disk {machine.disk}")
    add.add("effective_io_concurrency", ("reads", (reads,), ""))
    if cores.value < 4:
        return
    add.add(
        "max_worker_processes", ("max(cores, 8)", (cores,), ""), rule="cores, and at least PostgreSQL's default of 8"
    )
    add.add("max_parallel_workers", ("cores", (cores,), ""))
    add.add(
        "max_parallel_workers_per_gather",
        ("ceil(cores / 2)" if kind == "dw" else "min(4, ceil(cores / 2))", (cores,), ""),
    )
    add.add("max_parallel_maintenance_workers", ("min(4, ceil(cores / 2))", (cores,), ""))


def _vacuum(add: _Builder, schema: SchemaDesign) -> None:
    """A share of 0.2 means 20 million dead rows in a table of 100 million; above 1 million rows it is lowered."""
    changed = [t for t in schema.tables if t.nature != "event"]  # rows that are only added leave no dead ones
    largest = max(changed, key=lambda t: (t.expected_rows, t.name), default=None)
    if largest is None or largest.expected_rows <= 1_000_000:
        return
    dead = given("dead_rows", 200_000, "convention: vacuum starts at this many")
    if there("autovacuum_vacuum_max_threshold", schema.floor):
        rule = f"{largest.name} holds {plain(largest.expected_rows)} rows; small tables keep the usual share"
        add.add("autovacuum_vacuum_max_threshold", ("dead_rows", (dead,), ""), rule=rule)
        return
    inputs = (given("rows", largest.expected_rows, f"volume of {largest.name}"), dead)
    made = figure(
        "autovacuum_vacuum_scale_factor",
        "max(0.01, round(dead_rows / rows * 100) / 100)",
        inputs,
        serves=add.serves,
        rule=f"dead rows allowed in {largest.name}",
    )
    add.add("autovacuum_vacuum_scale_factor", made, rule=f"{largest.name} holds {plain(largest.expected_rows)} rows")


def _safety(add: _Builder, requirements: Requirements) -> None:
    """Time limits, and what the monitoring queries need."""
    for limit, rule in time_limits(requirements):
        add.add(limit.name, limit, value=spelled(limit), rule=rule)
    modules = given("modules", 1, "pg_stat_statements, which the monitoring queries read")
    add.add(
        "shared_preload_libraries", ("modules", (modules,), ""), "pg_stat_statements", "the monitoring queries read it"
    )
