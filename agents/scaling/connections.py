"""What the pools add up to on the server, which pools are left out, and the claims that hold them together."""

from agents.figures import as_input, balance, counted, figure, given, instances, merged, plain, serving
from agents.scaling.demand import busy_connections
from agents.scaling.pools import RESERVED, batch_jobs, bound, surge
from contracts.base import Figure, Input, Omission, Origin
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.scaling import Pool
from contracts.schema import SchemaDesign

POOLERS = ("pgbouncer", "proxysql")
_SINGLE = ("reporting", "batch", *POOLERS)
"""Pools of one process, which a rolling deployment does not double."""


def direct(made: tuple[Pool, ...]) -> tuple[Pool, ...]:
    """Pools that hold connections of the server itself; behind a pooler those of the application's instances do not."""
    pooler = any(p.name in POOLERS for p in made)
    return tuple(p for p in made if not (pooler and p.name in ("application", "readonly")))


def max_connections(
    requirements: Requirements,
    made: tuple[Pool, ...],
    reserved: str = "superuser 3, monitoring 2, migration 1, operator 2",
) -> Figure:
    """Every pool on one server (a failover brings them together), during a deployment, plus reserved connections."""
    inputs = [_held(requirements, p) for p in direct(made)]
    inputs.append(given("reserved", RESERVED, f"convention: {reserved}"))
    total = " + ".join(i.name for i in inputs)
    return figure(
        "max_connections",
        f"max(20, ceil(({total}) / 10) * 10)",
        inputs,
        unit="connections",
        serves=merged(*(p.serves for p in made)),
        rule="pools and reserved connections, rounded up to tens",
    )


def _held(requirements: Requirements, pool: Pool) -> Input:
    copies = _copies(requirements, pool)
    return given(
        pool.name, pool.size.value * copies, f"pool {pool.name}: {plain(pool.size.value)} x {copies} instances"
    )


def _copies(requirements: Requirements, pool: Pool) -> int:
    return pool.instances + (0 if pool.name in _SINGLE else surge(requirements))


def pool_omissions(
    requirements: Requirements,
    schema: SchemaDesign,
    made: tuple[Pool, ...],
    cores: int,
    pooler: tuple[str, str] = ("pgbouncer", "PgBouncer"),
) -> tuple[Omission, ...]:
    """The pools that this project does not need, each with its number; `pooler` is the engine's."""
    reasons = {
        "readonly": _no_readonly(schema),
        "batch": _no_batch(requirements, schema),
        pooler[0]: (
            f"{int(instances(requirements).value)} x 2 connections stay within the {bound(cores)} that"
            f" {counted(cores, 'core')} can work on at once; a pooler would add a hop and no room."
        ),
    }
    titles = {"readonly": "read-only pool", "batch": "batch pool", pooler[0]: pooler[1]}
    names = {p.name for p in made}
    return tuple(
        Omission(
            subject=titles[name],
            reason=reason,
            origin=Origin(kind="inferred", rule="a pool has a purpose of its own or does not exist"),
            serves=serving(requirements, "performance.", "assumption."),
        )
        for name, reason in reasons.items()
        if name not in names
    )


def _no_readonly(schema: SchemaDesign) -> str:
    reads = sum(q.kind != "write" for q in schema.queries)
    return f"None of the {reads} read queries goes to a replica, so a read-only pool would have nothing to serve."


def _no_batch(requirements: Requirements, schema: SchemaDesign) -> str:
    reports, deletions = batch_jobs(requirements, schema)
    busy = busy_connections(requirements).value
    if requirements.tier in ("embedded", "small") and (reports or deletions):
        jobs = (*reports, *deletions)
        return (
            f"{', '.join(jobs)} {'share' if jobs[1:] else 'shares'} the application's own pool: tier"
            f" {requirements.tier} has {counted(busy, 'connection')} busy at peak."
        )
    none = "no entity has a retention period of its own"
    if reports:
        return f"{', '.join(reports)} have their own replica and {none}, so there is no long job on the primary."
    return f"None of the {len(schema.queries)} queries aggregates and {none}, so there is no long job to keep apart."


def pool_claims(
    requirements: Requirements, made: tuple[Pool, ...], connections: Figure, cores: int
) -> tuple[Claim, ...]:
    """Connections add up on the server, fit its cores, and carry the peak without any cache."""
    return (
        _fits_server(requirements, made, connections),
        _fits_cores(made, connections.serves, cores),
        _carries_peak(requirements, made, connections.serves),
    )


def _fits_server(requirements: Requirements, made: tuple[Pool, ...], connections: Figure) -> Claim:
    sums = [
        (
            given("pool_size", p.size.value, f"pool {p.name}", "connections"),
            given("instances", _copies(requirements, p), f"pool {p.name}, with a deployment's surge"),
        )
        for p in direct(made)
    ]
    reserved = given("reserved", RESERVED, "superuser, monitoring, migration, operator", "connections")
    during = ", even while a deployment runs one instance more" if surge(requirements) else ""
    return balance(
        "scaling.connections",
        f"All pools and {RESERVED} reserved connections stay within max_connections ="
        f" {plain(connections.value)}{during}.",
        "setting.max_connections",
        connections.serves,
        [*sums, (reserved,)],
        "<=",
        [(as_input(connections, "max_connections"),)],
    )


def _fits_cores(made: tuple[Pool, ...], serves: tuple[str, ...], cores: int) -> Claim:
    return balance(
        "scaling.cores",
        f"The pools on the primary open no more connections than {counted(cores, 'core')} can work on at once.",
        "pool.application",
        serves,
        [_on_primary(p) for p in direct(made) if p.name in ("application", "batch", *POOLERS)],
        "<=",
        [
            (given("cores", cores, "decision scaling.machine"), given("two", 2, "HikariCP: two connections a core")),
            (given("spindles", 1, "HikariCP: one for the SSD"),),
        ],
    )


def _carries_peak(requirements: Requirements, made: tuple[Pool, ...], serves: tuple[str, ...]) -> Claim:
    busy = as_input(busy_connections(requirements))
    entry = next((p for p in made if p.name in POOLERS), made[0])
    return balance(
        "scaling.peak",
        f"Pool {entry.name} carries the peak, {counted(busy.value, 'connection')} busy, without any cache.",
        f"pool.{entry.name}",
        serves,
        [(busy,)],
        "<=",
        [_on_primary(entry)],
    )


def _on_primary(pool: Pool) -> tuple[Input, Input]:
    """Connections to the primary: of every instance, but of one pooler alone."""
    count = 1 if pool.name in POOLERS else pool.instances
    size = given("pool_size", pool.size.value, f"pool {pool.name}", "connections")
    return size, given("instances", count, f"pool {pool.name}, on the primary")
