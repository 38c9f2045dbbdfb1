"""Replicas by availability, read load and what the brief says of reports; the route of every query follows."""

import re

from agents.figures import as_input, balance, counted, figure, given, merged, plain, read_share, serving
from agents.scaling.availability import STANDBY_FROM
from agents.scaling.demand import HEADROOM, busy_connections
from agents.scaling.limits import report_timeout, spelled, statement_timeout
from agents.security.access import recorded_tables
from contracts.base import Figure, Omission, Origin
from contracts.claims import Accepted, Claim, Refused, Session, SettingAccepted
from contracts.requirements import Requirement, Requirements
from contracts.scaling import Pool, Replica, Route
from contracts.schema import Query, SchemaDesign

LAG_SECONDS = 5
"""How far a replica may be behind before reads go back to the primary; streaming replication is usually under 1 s."""
REPORT_LAG_SECONDS = 60


def replicas(requirements: Requirements, schema: SchemaDesign, cores: int) -> tuple[Replica, ...]:
    """The replicas that a number or a sentence of the brief asks for, in order of importance."""
    if requirements.tier in ("embedded", "small"):
        return ()
    return (*_standbys(requirements), *_readers(requirements, cores), *_reporting(requirements, schema))


def _standbys(requirements: Requirements) -> tuple[Replica, ...]:
    goal = requirements.targets.availability_percent
    if goal is None or goal < STANDBY_FROM:
        return ()
    count = 2 if goal >= 99.99 else 1
    return tuple(
        Replica(
            name=f"standby_{n}",
            purpose=(
                f"takes over when the primary fails ({goal:g} % availability); answers reads that may be"
                f" {LAG_SECONDS} s old"
            ),
            lag_tolerance_seconds=LAG_SECONDS,
            settings=_patience(LAG_SECONDS),
            origin=Origin(kind="inferred", rule=f"from {STANDBY_FROM} % availability on a standby takes over"),
            serves=serving(requirements, "availability.", "assumption."),
        )
        for n in range(1, count + 1)
    )


def readers(requirements: Requirements, cores: int) -> Figure:
    """Read replicas so that the primary's share of the busy connections stays within HikariCP's bound."""
    return figure(
        "read_replicas",
        "max(0, ceil(busy_connections * headroom / (cores * 2 + 1)) - 1)",
        (
            as_input(busy_connections(requirements)),
            given("headroom", HEADROOM, "convention: half as much again for bursts"),
            given("cores", cores, "decision scaling.machine"),
        ),
        unit="replicas",
        serves=serving(requirements, "performance.", "assumption."),
        rule="connections beyond one server's bound go to replicas",
        source="HikariCP, About Pool Sizing",
    )


def _readers(requirements: Requirements, cores: int) -> tuple[Replica, ...]:
    count = readers(requirements, cores)
    share = read_share(requirements)
    wanted = int(min(count.value, 8)) if share.value >= 0.5 else 0  # writes cannot go to a replica
    return tuple(
        Replica(
            name=f"reader_{n}",
            purpose=f"bears a part of the reads ({plain(share.value * 100)} % of the requests)",
            lag_tolerance_seconds=LAG_SECONDS,
            settings=_patience(LAG_SECONDS),
            origin=Origin(kind="inferred", rule=count.origin.rule),
            serves=count.serves,
        )
        for n in range(1, wanted + 1)
    )


def _patience(seconds: int) -> tuple[tuple[str, str], ...]:
    """A read may hold the log back for as long as its answer may be old, and is then cancelled (40001)."""
    return (("max_standby_streaming_delay", f"{seconds}s"), ("hot_standby_feedback", "on"))


def report_request(requirements: Requirements) -> Requirement | None:
    """The sentence of the brief that wants reports kept off the primary, if there is one."""
    wanted = re.compile(
        r"report\w*\b.*\breplica|\breplica\w*\b.*\breport|\breporting replica", re.IGNORECASE | re.DOTALL
    )
    return next((r for r in requirements.requirements if wanted.search(r.text) or wanted.search(r.origin.quote)), None)


def _reporting(requirements: Requirements, schema: SchemaDesign) -> tuple[Replica, ...]:
    asked = report_request(requirements)
    reports = [q.name for q in schema.queries if q.kind == "aggregate"]
    if asked is None or not reports:
        return ()
    return (
        Replica(
            name="reporting",
            purpose=f"runs {', '.join(reports)}, so that long reads never slow the primary down",
            lag_tolerance_seconds=REPORT_LAG_SECONDS,
            settings=_patience(REPORT_LAG_SECONDS),
            origin=asked.origin,
            serves=(asked.id,),
        ),
    )


def may_lag(requirements: Requirements, query: Query) -> bool:
    """Whether a replica may answer the query at all: in a tier with replicas, and if its answer may be old."""
    known = query.staleness_seconds is not None and query.staleness_seconds > LAG_SECONDS
    return requirements.tier in ("standard", "large") and query.kind != "write" and known


def lag_seconds(requirements: Requirements, query: Query) -> int:
    """Seconds of lag that a cached copy of the query's answer may start with; 0 when only the primary answers it."""
    return LAG_SECONDS if may_lag(requirements, query) else 0


def routes(requirements: Requirements, schema: SchemaDesign, available: tuple[Replica, ...]) -> tuple[Route, ...]:
    """Where each query runs; none when there is no choice."""
    if not available:
        return ()
    recorded = recorded_tables(requirements, schema)
    return tuple(_route(requirements, query, available, recorded) for query in schema.queries)


def _route(requirements: Requirements, query: Query, available: tuple[Replica, ...], recorded: frozenset[str]) -> Route:
    names = [r.name for r in available]
    if query.kind != "write" and (told := sorted(recorded & {query.table, *query.tables})):
        why = f"reads of {', '.join(told)} are recorded, and a replica can record nothing"
        return _routed(query, "primary", "none", 0, why)
    if query.kind == "write":
        why = f"it changes {query.table}; it waits for the failover and is then tried again"
        return _routed(query, "primary", "none", 0, why)
    if query.kind == "aggregate" and "reporting" in names:
        why = (
            f"reports may be {REPORT_LAG_SECONDS} s behind; while the replica is away they wait rather than load the"
            " primary"
        )
        return _routed(query, "reporting", "none", REPORT_LAG_SECONDS, why)
    reading = [n for n in names if n.startswith("reader")] or [n for n in names if n.startswith("standby")]
    if may_lag(requirements, query) and reading:
        why = (
            f"its answer may be {query.staleness_seconds} s old; beyond {LAG_SECONDS} s of lag, and for a session that"
            f" has just written to {query.table}, the primary answers"
        )
        return _routed(
            query, reading[0] if len(reading) == 1 else f"any of {', '.join(reading)}", "primary", LAG_SECONDS, why
        )
    age = (
        "the brief does not say how old its answer may be"
        if query.staleness_seconds is None
        else f"its answer may be {query.staleness_seconds} s old, less than the lag that is tolerated"
    )
    return _routed(query, "primary", "none", 0, f"{age}, so a writer reads its own write")


def _routed(query: Query, target_name: str, fallback: str, lag: int, because: str) -> Route:
    return Route(
        query=query.name,
        target=target_name,
        fallback=fallback,
        lag_tolerance_seconds=lag,
        because=because,
        origin=Origin(kind="inferred", rule="kind of the query and the age that its answer may have"),
        serves=query.serves,
    )


def no_replica(requirements: Requirements, cores: int) -> Omission:
    """Why there is no replica, with the number that would change it."""
    goal = requirements.targets.availability_percent
    busy = busy_connections(requirements)
    bound = cores * 2 + 1
    asked = "no availability is stated" if goal is None else f"{goal:g} % availability is asked for"
    limit = f"a standby comes with {STANDBY_FROM} % and a read replica beyond {bound} busy connections"
    reason = f"Tier {requirements.tier}: {asked}, {counted(busy.value, 'connection')} busy at peak; {limit}."
    return Omission(
        subject="replicas",
        reason=reason,
        origin=Origin(kind="inferred", rule="availability target and busy connections"),
        serves=serving(requirements, "availability.", "performance.", "assumption."),
    )


def replica_claims(available: tuple[Replica, ...]) -> tuple[Claim, ...]:
    """The server accepts what a replica sets for itself, each value once."""
    claims: dict[tuple[str, str], Claim] = {}
    for replica in available:
        for name, value in replica.settings:
            claims.setdefault(
                (name, value),
                Claim(
                    id=f"scaling.replica.{replica.name}.{name}",
                    sentence=f"The server accepts {name} = {value}, as {replica.name} sets it.",
                    element=f"replica.{replica.name}",
                    serves=replica.serves,
                    trial=SettingAccepted(name=name, value=value),
                ),
            )
    return tuple(claims.values())


def report_claims(requirements: Requirements, schema: SchemaDesign, made: tuple[Pool, ...]) -> tuple[Claim, ...]:
    """The pool of long jobs has a limit of its own: the reports run under it, and a limit that is passed cancels."""
    reports = tuple(q for q in schema.queries if q.kind == "aggregate")
    pool = next((p for p in made if p.name in ("reporting", "batch")), None)
    if pool is None or not reports or schema.dialect != "postgresql":
        return ()
    limit, short = report_timeout(requirements), statement_timeout(requirements)
    calls = tuple(
        f"EXECUTE {q.name}" + (f" ({', '.join(p.sample for p in q.parameters)})" if q.parameters else "")
        for q in reports
    )
    hundredth = int(short.value // 100)
    return (
        Claim(
            id="scaling.report.limit",
            sentence=f"The {len(reports)} reports run under pool {pool.name}'s own limit of {spelled(limit)}.",
            element=f"pool.{pool.name}",
            serves=pool.serves,
            trial=Accepted(sql=calls, session=Session(settings=(("statement_timeout", spelled(limit)),))),
        ),
        Claim(
            id="scaling.report.cancelled",
            sentence=f"The server's own limit of {spelled(short)} would cancel a report that takes twice as long"
            " (tried at a hundredth of both).",
            element=f"pool.{pool.name}",
            serves=pool.serves,
            trial=Refused(
                sql=(f"SELECT pg_sleep({hundredth * 2 / 1_000:g})",),
                sqlstate="57014",
                session=Session(settings=(("statement_timeout", f"{hundredth}ms"),)),
            ),
        ),
    )


def lag_claims(schema: SchemaDesign, planned: tuple[Route, ...]) -> tuple[Claim, ...]:
    """No route tolerates more lag than its query's answer may be old."""
    queries = {q.name: q for q in schema.queries}
    claims = []
    for route in planned:
        query = queries[route.query]
        if route.target == "primary" or query.staleness_seconds is None:
            continue
        lag = given("lag_tolerance", route.lag_tolerance_seconds, f"route of {query.name}", "s")
        age = given("staleness", query.staleness_seconds, query.access, "s")
        sentence = f"{query.name} on {route.target} is never older than {query.staleness_seconds} s."
        claims.append(
            balance(
                f"scaling.lag.{query.name}",
                sentence,
                f"route.{query.name}",
                merged(query.serves),
                [(lag,)],
                "<=",
                [(age,)],
            )
        )
    return tuple(claims)
