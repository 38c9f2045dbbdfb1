"""How one file is set up, reached and grown, and by which number a server takes its place.

SQLite runs inside the application: there is no server to size. What bounds it is that one connection writes at a
time, that the file lies on one machine, and how long a copy of the file takes to come back.
"""

from agents.dialects.sqlite.follower import follower_claims, follower_decision, followers
from agents.dialects.sqlite.load import (
    STATEMENTS_SECONDS,
    WRITER_BOUND,
    assumed_machine,
    processes,
    readers,
    required_memory,
    writer_share,
    writes_per_second,
)
from agents.dialects.sqlite.measured import size_claims
from agents.dialects.sqlite.pragmas import cache, connections, durability_decision, log_size, pragma_omissions, pragmas
from agents.dialects.sqlite.restoring import switch_time
from agents.dialects.sqlite.sizes import file_bytes, heap, indexes
from agents.figures import (
    GB,
    KB,
    as_input,
    balance,
    byte_text,
    counted,
    figure,
    given,
    merged,
    plain,
    request_rate,
    serving,
    target,
)
from agents.scaling.availability import availability_claims, downtime
from agents.scaling.demand import (
    busy_connections,
    connection_seconds,
    machine_inputs,
    required_cores,
    rows_after,
)
from agents.scaling.disk import FILLED, kept, retained
from agents.scaling.growth import YEARS, next_step
from agents.scaling.pools import language
from agents.scaling.questions import growth_questions
from agents.scaling.setting_claims import setting_claims
from contracts.base import Alternative, Decision, Figure, Input, Omission, Origin
from contracts.brief import Machine
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.scaling import Growth, NextStep, Pool, Replica, ScalingPlan, Setting
from contracts.schema import SchemaDesign, Table

PRODUCTS = {
    "java": "HikariCP over sqlite-jdbc",
    "typescript": "better-sqlite3",
    "python": "sqlite3 of the standard library",
    "csharp": "Microsoft.Data.Sqlite",
}
RESTORE_RATE = 100 << 20  # bytes a second: a file is copied back as it is


def scaling_plan(requirements: Requirements, schema: SchemaDesign, machine: Machine | None) -> ScalingPlan:
    """How the file is set up, reached and grown; `machine` is the hardware of the run, assumed when None."""
    host = machine or assumed_machine(requirements, schema)
    tuned = pragmas(requirements, schema, host, machine is not None)
    made = _pools(requirements, schema, host)
    room = _disk(requirements, schema)
    standing = followers(requirements, schema)
    return ScalingPlan(
        machine=host,
        basis=_basis(requirements, schema),
        disk=room,
        settings=tuned,
        pools=made,
        replicas=standing,
        growth=tuple(_growth(requirements, schema, table, years) for table in schema.tables for years in YEARS),
        next_steps=_next_steps(requirements, schema, host),
        questions=growth_questions(requirements, schema, room, _data_room(room)),
        decisions=(
            _machine_decision(requirements, schema, host, machine is not None),
            _connection_decision(requirements, made),
            *follower_decision(requirements, schema),
            durability_decision(requirements),
        ),
        omissions=(*_omissions(requirements, made, standing), *pragma_omissions(requirements, schema, tuned)),
        claims=(
            *setting_claims(
                tuned,
                f"A new file takes all {len(tuned)} settings in this order, and a second connection reads each back.",
                "SQLite takes PRAGMA",
            ),
            _writer_claim(requirements),
            *_reader_claims(requirements, made),
            _memory_claim(requirements, schema, tuned, host, machine is not None),
            *availability_claims(requirements, standing, switch_time(requirements)),
            *follower_claims(requirements, standing),
            *size_claims(schema),
            *_disk_claims(requirements, schema, room),
        ),
    )


def _basis(requirements: Requirements, schema: SchemaDesign) -> tuple[Figure, ...]:
    """The figures that all others start from; one person's device is not sized by load."""
    if requirements.tier == "embedded":
        return ()
    allowed = downtime(requirements)
    return (
        connection_seconds(requirements),
        busy_connections(requirements),
        writes_per_second(requirements),
        writer_share(requirements),
        required_cores(requirements),
        required_memory(requirements, schema),
        *((allowed,) if allowed else ()),
    )


def _pools(requirements: Requirements, schema: SchemaDesign, host: Machine) -> tuple[Pool, ...]:
    """One connection that writes, and readers beside it where more than one person asks."""
    beside = readers(requirements, host.cores)
    reads = sum(query.kind != "write" for query in schema.queries)
    one = figure(
        "pool_size",
        "writers",
        (given("writers", 1, "SQLite: one connection writes at a time"),),
        unit="connections",
        serves=serving(requirements, "performance.", "assumption."),
        rule="a second writer would only wait for the first",
        source="SQLite, File Locking And Concurrency",
    )
    writer = "all writes" if beside else f"all writes and all {reads} read queries of one person"
    made = [_pool(requirements, "application", writer, one, "IMMEDIATE")]
    if beside:
        size = beside.model_copy(update={"name": "pool_size"})
        made.append(_pool(requirements, "readonly", f"{reads} read queries, beside the writer", size, "DEFERRED"))
    return tuple(made)


def _pool(requirements: Requirements, name: str, purpose: str, size: Figure, begin: str) -> Pool:
    spoken = language(requirements)
    return Pool(
        name=name,
        product=PRODUCTS[spoken],
        purpose=purpose,
        size=size,
        instances=processes(requirements),
        settings=(("begin", begin), ("query_only", "off" if name == "application" else "on"), ("open_for", "process")),
        origin=Origin(kind="inferred", rule=f"the usual driver of {spoken}"),
        serves=size.serves,
    )


def _growth(requirements: Requirements, schema: SchemaDesign, table: Table, years: int) -> Growth:
    rows = rows_after(requirements, table, years)
    return Growth(
        table=table.name,
        years=years,
        rows=rows,
        heap_bytes=heap(table, as_input(rows)),
        index_bytes=indexes(table, schema, as_input(rows)),
        origin=Origin(kind="inferred", rule="volume, daily rows, yearly growth and retention"),
        serves=table.serves,
    )


def _disk(requirements: Requirements, schema: SchemaDesign) -> Figure | None:
    """GB of disk for the first year; a person's own device has whatever disk it has."""
    if requirements.tier == "embedded":
        return None
    log = log_size(requirements, schema).figure
    return figure(
        "disk",
        "2 ** ceil(log2(max(least, (file_bytes * copies + wal_bytes) / filled / 1073741824)))",
        (
            file_bytes(requirements, schema, 1),
            given("copies", 3, "the file, a copy by VACUUM INTO, and a restored one beside them"),
            as_input(log, "wal_bytes"),
            given("filled", FILLED, "convention: a fifth stays free"),
            given("least", 8, "convention: nobody rents less", "GB"),
        ),
        unit="GB",
        serves=serving(requirements, "volume.", "assumption."),
        rule="file, log and copies of the first year, in the sizes that disks come in",
    )


def _data_room(room: Figure | None) -> Input | None:
    """Bytes that the disk has for the file itself, two copies of which stand beside it."""
    if room is None:
        return None
    left = figure(
        "room_for_data",
        "disk * 1073741824 * filled / copies",
        (
            as_input(room, "disk"),
            given("filled", FILLED, "convention: a fifth stays free"),
            given("copies", 3, "the file and two copies"),
        ),
        unit="bytes",
        serves=room.serves,
        rule="a third of four fifths of the disk",
    )
    return as_input(left)


def _next_steps(requirements: Requirements, schema: SchemaDesign, host: Machine) -> tuple[NextStep, ...]:
    """When one file on one machine is no longer enough, by number."""
    rate = target(requirements, "yearly_growth_percent", 0, "no growth is stated", "%")
    writes, share = writes_per_second(requirements), writer_share(requirements)
    seconds = share.value / writes.value if writes.value else STATEMENTS_SECONDS

    def at_peak(years: float) -> float:
        return float(writes.value * (1 + rate.value / 100) ** years)

    later = given("after_five_years", round(at_peak(5), 3), f"writes_per_second, growing by {rate.source}", "writes")
    told = f"{plain(WRITER_BOUND * 100)} % of a second at {plain(seconds * 1000)} ms a write"
    bound = given("bound", round(WRITER_BOUND / seconds, 1), told, "writes")
    time = target(requirements, "recovery_time_seconds", 14_400, "four hours where the brief is silent", "s")
    most = given("restorable", time.value * RESTORE_RATE, f"{time.source}: {plain(time.value)} s at 100 MB/s", "bytes")
    half = given("half_of_memory", host.memory_gb * GB / 2, "decision scaling.machine: half of it", "bytes")
    return (
        next_step(
            "a PostgreSQL server for more writers",
            f"writes exceed the {plain(bound.value)} a second at which the one writer is busy for"
            f" {plain(WRITER_BOUND * 100)} % of the time ({plain(at_peak(5))} a second after five years), or a second"
            " machine has to write",
            at_peak,
            (later, bound),
            "utilisation of the one writer",
            share.serves,
            "monitor_table_sizes",
        ),
        _by_size(requirements, schema, "more memory", "the system can cache", half),
        _by_size(
            requirements,
            schema,
            "a PostgreSQL server with a standby",
            f"a copy brings back within {plain(time.value)} s",
            most,
        ),
    )


def _by_size(requirements: Requirements, schema: SchemaDesign, step: str, what: str, bound: Input) -> NextStep:
    after = file_bytes(requirements, schema, 5)
    return next_step(
        step,
        f"the file exceeds the {byte_text(bound.value)} that {what} ({byte_text(after.value)} after five years)",
        lambda years: file_bytes(requirements, schema, years).value,
        (given("after_five_years", after.value, after.source, "bytes"), bound),
        "growth of the file against its bound",
        serving(requirements, "volume.", "assumption."),
        "monitor_table_sizes",
    )


def _machine_decision(requirements: Requirements, schema: SchemaDesign, host: Machine, was_given: bool) -> Decision:
    """Why this machine, with the numbers that would change it."""
    needs = required_memory(requirements, schema)
    numbers = (
        f"the file has {byte_text(file_bytes(requirements, schema, 1).value)} after one year, which asks for"
        f" {plain(needs.value)} GB; {counted(request_rate(requirements).value, 'request')} per second keep its writer"
        f" busy for {plain(writer_share(requirements).value * 100)} % of the time"
    )
    return Decision(
        id="scaling.machine",
        topic="Machine of the application and its file",
        choice=f"{plain(host.memory_gb)} GB, {counted(host.cores, 'core')}, {host.disk}",
        because=f"{'It was given with the run' if was_given else 'Assumed, as no machine is named'}: {numbers}.",
        origin=Origin(
            kind="convention" if was_given else "inferred",
            rule="hardware of the run" if was_given else needs.origin.rule,
        ),
        serves=needs.serves,
    )


def _connection_decision(requirements: Requirements, made: tuple[Pool, ...]) -> Decision:
    beside = next((pool.size.value for pool in made if pool.name == "readonly"), 0)
    share = plain(writer_share(requirements).value * 100)
    many = processes(requirements)
    choice = "one connection that writes" + (f" and {counted(beside, 'reader')}" if beside else "")
    choice += f" in {'the one process' if many == 1 else f'each of {many} processes, all on the machine of the file'}"
    queued = "" if many == 1 else (
        f" The {many} instances wait for each other's writes by busy_timeout, and none of them may run on another"
        " machine: if they must, PostgreSQL is due now."
    )  # fmt: skip
    return Decision(
        id="scaling.connections",
        topic="Connections to the file",
        choice=choice,
        because=f"SQLite lets one connection write at a time, and the writer is busy for {share} % of the time at peak;"
        " a transaction that will write begins with BEGIN IMMEDIATE, since one that reads first and writes then is"
        f" refused with SQLITE_BUSY whatever busy_timeout says.{queued}",
        alternatives=(
            Alternative(
                name="a pool of connections that all write",
                refused_because="they would wait for one lock in no order, where a queue in the application is fair",
            ),
            Alternative(
                name="the file on a network file system",
                refused_because="its locks do not hold there, and the log needs shared memory of one machine",
            ),
        ),
        origin=Origin(kind="inferred", rule="one writer, readers beside it"),
        serves=merged(*(pool.serves for pool in made)),
    )


def _omissions(
    requirements: Requirements, made: tuple[Pool, ...], standing: tuple[Replica, ...]
) -> tuple[Omission, ...]:
    share = plain(writer_share(requirements).value * 100)
    goal = requirements.targets.availability_percent
    said = f"{goal:g} % availability" if goal is not None else "No availability"
    reasons = [
        (
            "read replica",
            f"{said} is asked for, and one machine serves {counted(request_rate(requirements).value, 'request')} per"
            f" second with its writer busy for {share} % of the time: "
            + ("the copy that stands ready answers nobody." if standing else "a second copy would serve nobody."),
        ),
        (
            "PgBouncer and other poolers",
            f"SQLite runs inside the application: {counted(sum(p.size.value for p in made), 'connection')} of a"
            " process need no server between them and the file.",
        ),
    ]
    if not any(pool.name == "readonly" for pool in made):
        reasons.append(("read-only pool", "1 person reads what the same person writes, through one connection."))
    origin = Origin(kind="inferred", rule="a piece of machinery has a number that asks for it, or does not exist")
    serves = serving(requirements, "performance.", "availability.", "assumption.")
    return tuple(Omission(subject=s, reason=r, origin=origin, serves=serves) for s, r in reasons)


def _writer_claim(requirements: Requirements) -> Claim:
    share = writer_share(requirements)
    return balance(
        "scaling.writer",
        f"The one writer is busy for at most {plain(WRITER_BOUND * 100)} % of the time at peak.",
        "pool.application",
        share.serves,
        [(as_input(share),)],
        "<=",
        [(given("bound", WRITER_BOUND, "convention: at a half, a write waits as long again as it takes"),)],
    )


def _reader_claims(requirements: Requirements, made: tuple[Pool, ...]) -> tuple[Claim, ...]:
    """The peak finds a connection: the writer's and the readers'."""
    if not any(pool.name == "readonly" for pool in made):
        return ()
    busy = as_input(busy_connections(requirements))
    held = [
        (
            given("pool_size", pool.size.value, f"pool {pool.name}", "connections"),
            given("instances", pool.instances, f"pool {pool.name}"),
        )
        for pool in made
    ]
    sentence = f"Writer and readers carry the peak, {counted(busy.value, 'connection')} busy, without any cache."
    return (balance("scaling.peak", sentence, "pool.readonly", made[0].serves, [(busy,)], "<=", held),)


def _memory_claim(
    requirements: Requirements, schema: SchemaDesign, tuned: tuple[Setting, ...], host: Machine, was_given: bool
) -> Claim:
    """Caches of all connections and the mapped file fit into half of the memory; the application has the rest."""
    held = cache(requirements, schema, host, was_given).figure
    memory, _ = machine_inputs(host, was_given)
    left = [(connections(requirements, host), as_input(held), given("bytes", KB, "bytes in a kB"))]
    mapped = next((s.figure for s in tuned if s.name == "mmap_size"), None)
    sentence = f"Page caches{' and the mapped file' if mapped else ''} take at most half of {plain(host.memory_gb)} GB."
    return balance(
        "scaling.memory",
        sentence,
        "scaling.memory",
        held.serves,
        [*left, *([(as_input(mapped),)] if mapped else [])],
        "<=",
        [(memory, given("half", 0.5, "convention: the application and the system have the other half"))],
    )


def _disk_claims(requirements: Requirements, schema: SchemaDesign, room: Figure | None) -> tuple[Claim, ...]:
    """A year's growth fits on the disk; rows that have a period do not outlive it."""
    claims = [kept(requirements, table, rule) for table, rule in retained(requirements, schema)]
    if room is not None:
        sentence = f"After a year the file and two copies of it fill at most four fifths of {plain(room.value)} GB."
        filled = given("filled", FILLED, "convention: a fifth stays free")
        left = [(file_bytes(requirements, schema, 1), given("copies", 3, "the file and two copies"))]
        right = [(as_input(room), given("bytes", GB, "bytes in a GB"), filled)]
        claims.append(balance("scaling.disk", sentence, "scaling.disk", room.serves, left, "<=", right))
    return tuple(claims)
