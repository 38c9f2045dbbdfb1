"""What the application asks of the database server: busy connections, working set, and the machine that bears it."""

from collections.abc import Callable

from agents.figures import (
    GB,
    as_input,
    byte_text,
    counted,
    figure,
    given,
    plain,
    request_rate,
    serving,
    target,
)
from agents.scaling.availability import downtime
from agents.scaling.layout import layout
from agents.scaling.logs import with_logs
from contracts.base import Decision, Figure, Input, Origin
from contracts.brief import Machine
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

HEADROOM = 1.5
GB_PER_CORE = 4
DAYS_HORIZON = 3_650.0
BASE = {"embedded": (1, 1), "small": (4, 2), "standard": (16, 4), "large": (64, 16)}
"""(GB of memory, cores) that a tier starts from, the usual sizes of rented servers."""


def connection_seconds(requirements: Requirements) -> Figure:
    """Mean seconds for which a request holds a connection.

    A 95th percentile is about three times the mean of an exponential distribution (ln 20 = 3.0), and half of the
    mean is taken as the database's part; more than 10 ms would be a slow query, which is an alert and not a plan.
    """
    response = target(requirements, "response_ms", 500, "half a second where the brief is silent", "ms")
    return figure(
        "connection_seconds",
        "min(response_ms / 3 * database_part, 10) / 1000",
        (response, given("database_part", 0.5, "convention: half of the answer's time is the database's")),
        unit="s",
        serves=serving(requirements, "performance.", "assumption."),
        rule="mean from the 95th percentile of an exponential distribution",
    )


def busy_connections(requirements: Requirements) -> Figure:
    """Connections that are in use at the same time at peak (Little's law)."""
    return figure(
        "busy_connections",
        "requests_per_second * connection_seconds",
        (request_rate(requirements), as_input(connection_seconds(requirements))),
        unit="connections",
        serves=serving(requirements, "performance.", "assumption."),
        rule="Little's law: number in use = arrival rate x time in use",
        source="Little, A Proof for the Queuing Formula L = λW (1961)",
    )


def rows_after(requirements: Requirements, table: Table, years: float) -> Figure:
    """Rows of a table after some years: growth of what comes each day, bounded by retention.

    A table without a daily rate grows as a whole by the yearly growth, if people or master data are in it.
    """
    start = given("rows", table.expected_rows, f"volume of {table.name}")
    growth = target(requirements, "yearly_growth_percent", 0, "no growth is stated")
    inputs: tuple[Input, ...] = (start, given("years", years, "years from launch"))
    if table.rows_per_day > 0:
        inputs += (given("rows_per_day", table.rows_per_day, f"volume of {table.name}", "1/day"),)
        formula = "rows + rows_per_day * 365 * years"
        if growth.value > 0:
            inputs += (growth,)
            rate = "yearly_growth_percent / 100"
            formula = f"rows + rows_per_day * 365 * ((1 + {rate}) ** years - 1) / ({rate})"
        return _retained(requirements, table, formula, inputs, growth.value > 0)
    if growth.value > 0 and table.nature in ("person", "master", "transaction", "junction"):
        inputs += (growth,)
        return _rows(table, "round(rows * (1 + yearly_growth_percent / 100) ** years)", inputs)
    return _rows(table, "rows", inputs[:1])


def _retained(requirements: Requirements, table: Table, formula: str, inputs: tuple[Input, ...], grows: bool) -> Figure:
    """Bounded by what arrives within the retention period, where the entity has one."""
    keep = next((r for r in requirements.retention if r.entity is not None and r.entity == table.entity), None)
    days = keep.days if keep else table.kept_days
    if days is None:
        return _rows(table, f"round({formula})", inputs)
    source = keep.serves[0] if keep and keep.serves else f"retention of {table.name}"
    inputs += (given("retention_days", days, source, "days"),)
    daily = "rows_per_day * (1 + yearly_growth_percent / 100) ** years" if grows else "rows_per_day"
    return _rows(table, f"round(min({formula}, {daily} * retention_days))", inputs)


def _rows(table: Table, formula: str, inputs: tuple[Input, ...]) -> Figure:
    return figure("rows", formula, inputs, unit="rows", serves=table.serves, rule="launch rows plus what each day adds")


def table_bytes(requirements: Requirements, schema: SchemaDesign, table: Table, years: float) -> float:
    """Heap and index bytes of a table after some years."""
    rows = as_input(rows_after(requirements, table, years))
    sizes = layout(schema)
    return sizes.heap(table, rows).value + sizes.indexes(table, schema, rows).value


def total_bytes(requirements: Requirements, schema: SchemaDesign, years: float) -> float:
    """Bytes of all tables and indexes after some years, with what is recorded of them."""
    requirements, schema = with_logs(requirements, schema)
    return sum(table_bytes(requirements, schema, table, years) for table in schema.tables)


def hot_bytes(requirements: Requirements, schema: SchemaDesign, years: float) -> float:
    """The working set: all of what is small or looked up at random, the last 30 days of what only grows.

    Of events the last 7 days are taken, which are read to show what happened lately.
    """
    requirements, schema = with_logs(requirements, schema)
    return sum(_hot(requirements, schema, table, years) for table in schema.tables)


def _hot(requirements: Requirements, schema: SchemaDesign, table: Table, years: float) -> float:
    size = table_bytes(requirements, schema, table, years)
    rows = rows_after(requirements, table, years).value
    if table.nature not in ("event", "transaction") or table.rows_per_day <= 0 or rows <= 0:
        return size
    days = 7 if table.nature == "event" else 30
    growth = 1 + (requirements.targets.yearly_growth_percent or 0) / 100
    return size * min(1.0, float(table.rows_per_day * growth**years * days / rows))


def working_set(requirements: Requirements, schema: SchemaDesign, years: float = 1) -> Input:
    """The working set as an input."""
    source = "growth table: whole tables, of growing ones the last 30 days (events 7), with their indexes"
    return given("working_set", round(hot_bytes(requirements, schema, years)), source, "bytes")


def required_cores(requirements: Requirements) -> Figure:
    """Cores for which HikariCP's bound lets the busy connections of the peak through, with headroom."""
    least = BASE[requirements.tier][1]
    return figure(
        "cores",
        "2 ** ceil(log2(max(tier_cores, (busy_connections * headroom - 1) / 2)))",
        (
            given("tier_cores", least, f"convention: tier {requirements.tier} starts from {least}"),
            as_input(busy_connections(requirements)),
            given("headroom", HEADROOM, "convention: half as much again for bursts"),
        ),
        unit="cores",
        serves=serving(requirements, "assumption.machine", "performance.", "volume.", "assumption."),
        rule="cores x 2 + 1 connections must carry the peak",
        source="HikariCP, About Pool Sizing",
    )


def required_memory(requirements: Requirements, schema: SchemaDesign) -> Figure:
    """GB of memory for which three quarters hold the working set of the first year."""
    least = BASE[requirements.tier][0]
    per_core = 0.25 if requirements.tier in ("embedded", "small") else GB_PER_CORE
    return figure(
        "memory",
        "2 ** ceil(log2(max(tier_memory, cores * memory_per_core, working_set / 0.75 / 1073741824)))",
        (
            given("tier_memory", least, f"convention: tier {requirements.tier} starts from {least} GB", "GB"),
            as_input(required_cores(requirements)),
            given(
                "memory_per_core", per_core, f"convention: the usual ratio of servers of tier {requirements.tier}", "GB"
            ),
            working_set(requirements, schema),
        ),
        unit="GB",
        serves=serving(requirements, "assumption.machine", "volume.", "performance.", "assumption."),
        rule="three quarters of the memory cache data",
    )


def basis(requirements: Requirements, schema: SchemaDesign) -> tuple[Figure, ...]:
    """The figures that pools, settings and replicas start from; one person's device is not sized by load."""
    if requirements.tier == "embedded":
        return ()
    allowed = downtime(requirements)
    return (
        connection_seconds(requirements),
        busy_connections(requirements),
        required_cores(requirements),
        required_memory(requirements, schema),
        *((allowed,) if allowed else ()),
    )


def assumed_machine(requirements: Requirements, schema: SchemaDesign) -> Machine:
    """The server that the numbers ask for when nobody names one."""
    memory = required_memory(requirements, schema).value
    return Machine(memory_gb=memory, cores=int(required_cores(requirements).value), disk="ssd")


def machine_inputs(machine: Machine, was_given: bool) -> tuple[Input, Input]:
    """Memory in bytes and cores as inputs of the server's settings."""
    source = "machine given with the run" if was_given else "assumption: decision scaling.machine"
    return given("memory", machine.memory_gb * GB, source, "bytes"), given("cores", machine.cores, source)


def machine_decision(requirements: Requirements, schema: SchemaDesign, machine: Machine, was_given: bool) -> Decision:
    """Why this server, with the numbers that would change it."""
    hot, cores = working_set(requirements, schema), required_cores(requirements)
    busy = busy_connections(requirements).value
    needs = required_memory(requirements, schema)
    numbers = (
        f"{counted(request_rate(requirements).value, 'request')} per second keep {counted(busy, 'connection')} busy,"
        f" which asks for {counted(cores.value, 'core')}; {byte_text(hot.value)} are in use after one year, which asks"
        f" for {plain(needs.value)} GB"
    )
    return Decision(
        id="scaling.machine",
        topic="Database server",
        choice=f"{plain(machine.memory_gb)} GB, {counted(machine.cores, 'core')}, {machine.disk}",
        because=f"{'It was given with the run' if was_given else 'Assumed, as no machine is named'}: {numbers}.",
        origin=Origin(
            kind="convention" if was_given else "inferred",
            rule="hardware of the run" if was_given else needs.origin.rule,
        ),
        serves=needs.serves,
    )


def days_until(reached: float, amount: Callable[[float], float], years: int = 10) -> float | None:
    """Days from launch until a growing amount exceeds a bound; None when it does not within `years`."""
    if amount(years) <= reached:
        return None
    low, high = 0, years * 365
    while low < high:
        middle = (low + high) // 2
        if amount(middle / 365) > reached:
            high = middle
        else:
            low = middle + 1
    return float(low)
