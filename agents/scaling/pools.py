"""Connection pools by purpose, sized by Little's law and bounded by what the server's cores can do at once."""

from typing import Literal

from agents.figures import as_input, figure, given, instances, mentioned, merged, plain, serving
from agents.scaling.demand import HEADROOM, busy_connections
from agents.scaling.limits import report_timeout, spelled
from contracts.base import Origin
from contracts.requirements import Requirements
from contracts.scaling import Pool, Replica, Route
from contracts.schema import SchemaDesign

Language = Literal["java", "typescript", "python", "csharp"]
PRODUCTS: dict[Language, str] = {
    "java": "HikariCP",
    "typescript": "node-postgres",
    "python": "SQLAlchemy QueuePool",
    "csharp": "Npgsql",
}
RESERVED = 8
"""superuser_reserved_connections (3), monitoring (2), a migration (1), an operator (2)."""
BATCH_CONNECTIONS = 2
MAX_LIFETIME_SECONDS = 1_740  # a minute below the half hour after which firewalls and balancers drop connections
_WAIT_SECONDS = {"application": 3, "readonly": 3, "reporting": 30, "batch": 30}


def language(requirements: Requirements) -> Language:
    """The application's language; Python where the brief names none."""
    return requirements.stack.language or "python"


def bound(cores: int) -> int:
    """Connections that a server with one effective spindle (SSD) works on at once (HikariCP, About Pool Sizing)."""
    return cores * 2 + 1


def surge(requirements: Requirements) -> int:
    """Instances that a rolling deployment starts before it stops an old one."""
    return 1 if requirements.tier in ("standard", "large") else 0


def pools(
    requirements: Requirements,
    schema: SchemaDesign,
    cores: int,
    replicas: tuple[Replica, ...],
    routes: tuple[Route, ...],
) -> tuple[Pool, ...]:
    """The application's own pool, one for reads on replicas, one for batches, a pooler when instances ask for it."""
    jobs = _jobs(requirements, schema, replicas)
    on_primary = BATCH_CONNECTIONS if any(p.name == "batch" for p in jobs) else 0
    count = int(instances(requirements).value)
    pooled = count * 2 > bound(cores) - on_primary
    made = [_application(requirements, schema, cores, on_primary, pooled, routes)]
    if any(r.fallback == "primary" for r in routes):
        made.append(_readonly(requirements, schema, cores, routes))
    made += jobs
    if pooled:
        made.append(
            _pooler(requirements, cores, on_primary, tuple(p for p in made if p.name in ("application", "readonly")))
        )
    return tuple(made)


def _reporting(replicas: tuple[Replica, ...]) -> bool:
    return any(r.name == "reporting" for r in replicas)


def _application(
    requirements: Requirements,
    schema: SchemaDesign,
    cores: int,
    on_primary: int,
    pooled: bool,
    routes: tuple[Route, ...],
) -> Pool:
    least = 1 if requirements.tier == "embedded" else 2
    wanted = "ceil(busy_connections * headroom / instances)"
    formula = (
        f"max({least}, {wanted})"
        if pooled
        else f"max({least}, min({wanted}, floor((cores * 2 + 1 - batch) / instances)))"
    )
    inputs = [
        as_input(busy_connections(requirements)),
        given("headroom", HEADROOM, "convention: half as much again for bursts"),
        instances(requirements),
    ]
    if not pooled:
        inputs += [
            given("cores", cores, "decision scaling.machine"),
            given("batch", on_primary, "batch pool on the primary"),
        ]
    here = [r.query for r in routes if r.target == "primary"]
    purpose = f"{len(here) if routes else len(schema.queries)} of {len(schema.queries)} queries, and all writes"
    return _pool(requirements, "application", purpose, formula, inputs, instances(requirements).value)


def _readonly(requirements: Requirements, schema: SchemaDesign, cores: int, routes: tuple[Route, ...]) -> Pool:
    names = [r.query for r in routes if r.fallback == "primary"]
    rates = {q.name: q.per_second or 0.0 for q in schema.queries if q.kind != "aggregate" or q.name in names}
    total = sum(rates.values())
    share = sum(rates[n] for n in names) / total if total else len(names) / len(rates)
    source = f"rates of {', '.join(names)} in all queries"
    inputs = [
        as_input(busy_connections(requirements)),
        given("headroom", HEADROOM, "convention: half as much again for bursts"),
        given("routed_share", round(share, 3), source),
        instances(requirements),
        given("cores", cores, "decision scaling.machine"),
    ]
    formula = (
        "max(2, min(ceil(busy_connections * headroom * routed_share / instances), floor((cores * 2 + 1) / instances)))"
    )
    return _pool(
        requirements, "readonly", f"{', '.join(names)} on a replica", formula, inputs, instances(requirements).value
    )


def _jobs(requirements: Requirements, schema: SchemaDesign, replicas: tuple[Replica, ...]) -> list[Pool]:
    """Two connections apart from the requests, so that a long report or deletion never takes a request's place."""
    if requirements.tier in ("embedded", "small"):
        return []
    reports, deletions = batch_jobs(requirements, schema)
    size = given("batch_connections", BATCH_CONNECTIONS, "convention: one job runs while the next starts")
    made = []
    if reports and _reporting(replicas):
        purpose = f"{', '.join(reports)} on the reporting replica"
        made.append(_pool(requirements, "reporting", purpose, "batch_connections", [size], 1))
        reports = []
    if reports or deletions:
        purpose = f"{', '.join((*reports, *deletions))} on the primary"
        made.append(_pool(requirements, "batch", purpose, "batch_connections", [size], 1))
    return made


def batch_jobs(requirements: Requirements, schema: SchemaDesign) -> tuple[list[str], list[str]]:
    """Reports, which only read, and retention jobs, which delete: by name."""
    reports = [q.name for q in schema.queries if q.kind == "aggregate"]
    return reports, [f"retention of {r.entity}" for r in requirements.retention if r.entity]


def _pooler(requirements: Requirements, cores: int, on_primary: int, clients: tuple[Pool, ...]) -> Pool:
    """One PgBouncer beside each server that instances connect to, each with what its server's cores bear."""
    inputs = [
        given("cores", cores, "decision scaling.machine"),
        given("batch", on_primary, "batch pool on the primary"),
    ]
    application = clients[0]
    serves = merged(application.serves, mentioned(requirements, "stack.architecture", "stack.instances"))
    size = figure(
        "pool_size",
        "cores * 2 + 1 - batch",
        inputs,
        unit="connections",
        serves=serves,
        rule="HikariCP's bound",
        source="HikariCP, About Pool Sizing",
    )
    count = sum(int(p.size.value) * (p.instances + surge(requirements)) for p in clients)
    return Pool(
        name="pgbouncer",
        product="PgBouncer",
        purpose=(
            f"lets {count} client connections of {application.instances} instances share {plain(size.value)} server"
            " connections each of"
            f" {' and '.join('the primary' if p is application else 'the replicas' for p in clients)}"
        ),
        size=size,
        instances=len(clients),
        settings=(
            ("pool_mode", "transaction"),
            ("default_pool_size", plain(size.value)),
            ("max_db_connections", plain(size.value)),  # of all logins, where default_pool_size is each one's
            ("max_client_conn", str(-(-count * 5 // 4))),
            ("max_prepared_statements", "200"),  # from PgBouncer 1.21; earlier ones lose prepared statements here
            ("server_lifetime", str(MAX_LIFETIME_SECONDS)),
            ("query_wait_timeout", str(_WAIT_SECONDS["application"])),
        ),
        origin=Origin(
            kind="inferred", rule=f"{application.instances} instances with two connections each exceed {bound(cores)}"
        ),
        serves=serves,
    )


def _pool(requirements: Requirements, name: str, purpose: str, formula: str, inputs: list, count: float) -> Pool:  # type: ignore[type-arg]
    serves = serving(requirements, "performance.", "assumption.")
    size = figure(
        "pool_size",
        formula,
        inputs,
        unit="connections",
        serves=serves,
        rule="Little's law within HikariCP's bound",
        source="HikariCP, About Pool Sizing",
    )
    spoken = language(requirements)
    stated = requirements.stack.language == spoken
    return Pool(
        name=name,
        product=PRODUCTS[spoken],
        purpose=purpose,
        size=size,
        instances=int(count),
        settings=(*_SETTINGS[spoken](name, int(size.value), _WAIT_SECONDS[name]), *_own_limit(requirements, name)),
        origin=Origin(
            kind="inferred", rule=f"the usual pool of {spoken}" if stated else "no language is stated; Python is taken"
        ),
        serves=merged(serves, mentioned(requirements, "stack.language") if stated else ()),
    )


def _own_limit(requirements: Requirements, name: str) -> tuple[tuple[str, str], ...]:
    """Long jobs get a statement_timeout of their own: the server's is made for requests and would cancel them."""
    if name not in ("reporting", "batch"):
        return ()
    limit = report_timeout(requirements)
    options = f"-c statement_timeout={spelled(limit)}"
    return {
        "java": (("connectionInitSql", f"SET statement_timeout = '{spelled(limit)}'"),),
        "typescript": (("statement_timeout", str(int(limit.value))),),
        "python": (("connect_args", f"options: {options}"),),
        "csharp": (("Options", options),),
    }[language(requirements)]


def _hikari(name: str, size: int, wait: int) -> tuple[tuple[str, str], ...]:
    """HikariCP's properties, times in ms; a fixed size (no minimumIdle) is what its authors advise."""
    return (
        ("poolName", name),
        ("maximumPoolSize", str(size)),
        ("connectionTimeout", str(wait * 1000)),
        ("validationTimeout", "1000"),
        ("maxLifetime", str(MAX_LIFETIME_SECONDS * 1000)),
        ("keepaliveTime", "120000"),
        ("leakDetectionThreshold", "0" if name in ("reporting", "batch") else str(wait * 10_000)),
        ("readOnly", "true" if name in ("readonly", "reporting") else "false"),
    )


def _node(name: str, size: int, wait: int) -> tuple[tuple[str, str], ...]:
    """node-postgres's Pool options; times in ms unless the name says seconds."""
    return (
        ("application_name", name),
        ("max", str(size)),
        ("connectionTimeoutMillis", str(wait * 1000)),
        ("idleTimeoutMillis", "600000"),
        ("maxLifetimeSeconds", str(MAX_LIFETIME_SECONDS)),
        ("keepAlive", "true"),
    )


def _sqlalchemy(name: str, size: int, wait: int) -> tuple[tuple[str, str], ...]:
    """create_engine's arguments, times in seconds; no overflow, or the sum of connections would not hold."""
    del name
    return (
        ("pool_size", str(size)),
        ("max_overflow", "0"),
        ("pool_timeout", str(wait)),
        ("pool_recycle", str(MAX_LIFETIME_SECONDS)),
        ("pool_pre_ping", "True"),
        ("pool_use_lifo", "True"),
    )


def _npgsql(name: str, size: int, wait: int) -> tuple[tuple[str, str], ...]:
    """Npgsql's connection string keywords, times in seconds."""
    return (
        ("Application Name", name),
        ("Maximum Pool Size", str(size)),
        ("Timeout", str(wait)),
        ("Connection Lifetime", str(MAX_LIFETIME_SECONDS)),
        ("Connection Idle Lifetime", "300"),
        ("Keepalive", "120"),
    )


_SETTINGS = {"java": _hikari, "typescript": _node, "python": _sqlalchemy, "csharp": _npgsql}
