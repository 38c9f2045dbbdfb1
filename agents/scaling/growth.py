"""Rows and bytes after 1, 3 and 5 years, and the day on which the next piece of machinery is due."""

from collections.abc import Callable

from agents.figures import (
    GB,
    as_input,
    byte_text,
    counted,
    duration_text,
    figure,
    given,
    mentioned,
    merged,
    plain,
    serving,
    target,
)
from agents.scaling.demand import (
    DAYS_HORIZON,
    busy_connections,
    days_until,
    hot_bytes,
    rows_after,
    table_bytes,
    total_bytes,
)
from agents.scaling.layout import layout
from agents.scaling.logs import with_logs
from agents.scaling.wal import log_bytes, written_bytes
from contracts.base import Figure, Input, Origin
from contracts.brief import Machine
from contracts.requirements import Requirements
from contracts.scaling import Growth, NextStep
from contracts.schema import SchemaDesign, Table

YEARS = (1, 3, 5)
VOLUME_BYTES = 16 * 1024 * GB
LEAD_DAYS = 90
"""How long before a bound is passed somebody is told: a quarter, in which a server is ordered or a table split."""


def growth(requirements: Requirements, schema: SchemaDesign) -> tuple[Growth, ...]:
    """A line per table and year, tables in the schema's order and then what is recorded of them."""
    requirements, schema = with_logs(requirements, schema)
    return tuple(_growth(requirements, schema, table, years) for table in schema.tables for years in YEARS)


def _growth(requirements: Requirements, schema: SchemaDesign, table: Table, years: int) -> Growth:
    rows = rows_after(requirements, table, years)
    logged = table.rows_per_day > 0 and schema.dialect == "postgresql"  # the log's records are PostgreSQL's
    return Growth(
        table=table.name,
        years=years,
        rows=rows,
        heap_bytes=layout(schema).heap(table, as_input(rows)),
        index_bytes=layout(schema).indexes(table, schema, as_input(rows)),
        log_bytes=log_bytes(requirements, schema, table, years) if logged else None,
        written_bytes=written_bytes(requirements, schema, table, years) if logged else None,
        origin=Origin(kind="inferred", rule="volume, daily rows, yearly growth and retention"),
        serves=table.serves,
    )


def next_steps(
    requirements: Requirements, schema: SchemaDesign, machine: Machine, room: Input | None
) -> tuple[NextStep, ...]:
    """When memory, the largest tables, the disk's `room` for data, the cores and one server run out, by formula."""
    steps = [memory_step(requirements, schema, machine)]
    steps += [_partition(requirements, schema, machine, table) for table in outgrowing(requirements, schema, machine)]
    steps += [] if room is None else [disk_step(requirements, schema, room)]
    steps += shard_steps(requirements, schema)
    steps += [cores_step(requirements, machine)] if requirements.tier in ("standard", "large") else []
    return tuple(steps)


def memory_step(requirements: Requirements, schema: SchemaDesign, machine: Machine) -> NextStep:
    """When the working set no longer fits what caches data."""
    cache = given("cache", machine.memory_gb * 0.75 * GB, "three quarters of the machine's memory", "bytes")
    hot = given("after_five_years", round(hot_bytes(requirements, schema, 5)), "growth table, working set", "bytes")
    return next_step(
        f"more than {plain(machine.memory_gb)} GB of memory",
        f"the working set exceeds the {byte_text(cache.value)} that cache data ({byte_text(hot.value)} after five"
        " years)",
        lambda years: hot_bytes(requirements, schema, years),
        (hot, cache),
        "working set against cache",
        serving(requirements, "volume.", "assumption."),
        "monitor_cache_hits",
    )


def disk_step(requirements: Requirements, schema: SchemaDesign, room: Input) -> NextStep:
    """When all tables exceed the disk's room for them."""
    size = given("after_five_years", round(total_bytes(requirements, schema, 5)), "growth table, all tables", "bytes")
    return next_step(
        "a larger disk",
        f"all tables with their indexes exceed the {byte_text(room.value)} that the disk has for them"
        f" ({byte_text(size.value)} after five years)",
        lambda years: total_bytes(requirements, schema, years),
        (size, room),
        "growth against the disk",
        serving(requirements, "volume.", "assumption."),
        "monitor_table_sizes",
    )


def shard_steps(requirements: Requirements, schema: SchemaDesign) -> list[NextStep]:
    """Only data that one server's volume cannot hold ask for several servers, and only where a key splits them."""
    key = next(
        (t.partitioning.column for t in schema.tables if t.partitioning and t.partitioning.strategy == "hash"), ""
    )
    if not key or total_bytes(requirements, schema, DAYS_HORIZON / 365) <= VOLUME_BYTES:
        return []
    most = given("volume", VOLUME_BYTES, "convention: the largest volume that clouds commonly rent, 16 TB", "bytes")
    size = given("after_five_years", round(total_bytes(requirements, schema, 5)), "growth table, all tables", "bytes")
    step = next_step(
        f"shards by {key}",
        f"all tables exceed {byte_text(VOLUME_BYTES)}, the largest volume of one server ({byte_text(size.value)} after"
        f" five years); the hash partitions by {key} already say which row goes where, so each can move as it is",
        lambda years: total_bytes(requirements, schema, years),
        (size, most),
        "growth against one server's volume",
        serving(requirements, "volume.", "assumption."),
        "monitor_table_sizes",
    )
    return [step]


def outgrowing(requirements: Requirements, schema: SchemaDesign, machine: Machine) -> list[Table]:
    """Unpartitioned tables that outgrow the memory within ten years, largest first, three at most."""
    years = DAYS_HORIZON / 365
    sizes = [(table_bytes(requirements, schema, t, years), t) for t in schema.tables if t.partitioning is None]
    large = sorted((s for s in sizes if s[0] > machine.memory_gb * GB), key=lambda s: (-s[0], s[1].name))
    return [table for _, table in large[:3]]


def _partition(requirements: Requirements, schema: SchemaDesign, machine: Machine, table: Table) -> NextStep:
    """The PostgreSQL manual's rule of thumb: partition when a table exceeds the server's memory."""
    limit = given("memory", machine.memory_gb * GB, "decision scaling.machine", "bytes")
    size = table_bytes(requirements, schema, table, 5)
    later = given("after_five_years", size, f"growth table, {table.name}", "bytes")
    return next_step(
        f"partitions of {table.name}",
        f"{table.name} with its indexes exceeds the server's {byte_text(limit.value)} of memory, the manual's rule of"
        f" thumb ({byte_text(size)} after five years)",
        lambda years: table_bytes(requirements, schema, table, years),
        (later, limit),
        "table against memory (PostgreSQL manual, Table Partitioning)",
        table.serves,
        "monitor_table_sizes",
    )


def cores_step(requirements: Requirements, machine: Machine) -> NextStep:
    """Requests grow as the data does; a replica or more cores are due when they fill HikariCP's bound."""
    rate = target(requirements, "yearly_growth_percent", 0, "no growth is stated", "%")
    busy = busy_connections(requirements)
    bound = given("bound", machine.cores * 2 + 1, "HikariCP: cores x 2 + 1", "connections")
    later = busy.value * (1 + rate.value / 100) ** 5
    return next_step(
        "a further read replica or more cores",
        f"the busy connections at peak, {plain(busy.value)} at launch, exceed {plain(bound.value)}",
        lambda years: busy.value * (1 + rate.value / 100) ** years,
        (given("after_five_years", round(later, 3), f"Little's law, growing by {rate.source}", "connections"), bound),
        "Little's law against HikariCP's bound",
        merged(busy.serves, mentioned(requirements, "future.")),
        "monitor_connections",
    )


def next_step(
    step: str,
    what: str,
    amount: Callable[[float], float],
    numbers: tuple[Input, Input],
    rule: str,
    serves: tuple[str, ...],
    watched: str,
) -> NextStep:
    """The moment in words, how full the bound is after five years, and what the monitoring query shows before it."""
    after, bound = numbers
    days = days_until(bound.value, amount)
    share = figure(
        "filled_after_five_years",
        f"{after.name} / {bound.name}",
        (*numbers, given("due", days if days is not None else DAYS_HORIZON, _DUE, "days")),
        serves=serves,
        rule=rule,
    )
    if days is None:
        when = f"not within ten years; it would be when {what}"
    else:
        when = f"{'at launch' if days == 0 else f'after {duration_text(days * 86_400)}'}: {what}"
        if days > LEAD_DAYS:
            early = amount((days - LEAD_DAYS) / 365)
            shown = (
                byte_text(early) if bound.unit == "bytes" else counted(round(early, 1), bound.unit.removesuffix("s"))
            )
            when += f"; {LEAD_DAYS} days before, at {shown}, {watched} is the place to see it come"
    return NextStep(step=step, when=when, figure=share, origin=Origin(kind="inferred", rule=rule), serves=serves)


_DUE = "first day on which the growth formulas exceed the bound; ten years are looked at"


def data_bytes(requirements: Requirements, schema: SchemaDesign, years: float = 1) -> Figure:
    """Bytes on disk after some years, of all tables and indexes."""
    source = f"growth table, {counted(years, 'year')}"
    size = given("all_tables", round(total_bytes(requirements, schema, years)), source, "bytes")
    serves = serving(requirements, "volume.", "assumption.")
    return figure("data_bytes", "all_tables", (size,), unit="bytes", serves=serves, rule="sum of the growth table")
