"""Queries for operators over this project's own tables and indexes: size, dead rows, memory, use, partitions."""

import datetime as dt
from collections.abc import Iterable

from agents.dialects.postgresql import literal
from agents.dialects.postgresql.since import there
from agents.figures import plain, serving
from agents.operations.basis import changing_tables, listed, watching
from agents.schema_design.outbox import ATTEMPTS
from agents.schema_design.outbox import NAME as OUTBOX
from agents.security.access import access
from agents.security.trail import trail
from contracts.operations import MonitoringQuery
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def table_sizes(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    sql = (
        "SELECT c.relname AS table_name, c.reltuples::bigint AS rows_estimated,\n"
        "    pg_size_pretty(pg_total_relation_size(c.oid)) AS size, pg_total_relation_size(c.oid) AS bytes\n"
        "FROM pg_class AS c\n"
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace\n"
        "ORDER BY bytes DESC, table_name"
    )
    serves = serving(requirements, "volume.", "assumption.")
    title = (
        f"Size of each of the {len(schema.tables)} tables with its indexes, to compare with the growth that was planned"
    )
    return watching("table_sizes", title, sql, serves, "growth is compared with the plan")


def dead_rows(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    tables = changing_tables(schema)
    sql = (
        "SELECT relname AS table_name, n_live_tup AS live_rows, n_dead_tup AS dead_rows,\n"
        "    round(n_dead_tup::numeric / nullif(n_live_tup + n_dead_tup, 0), 4) AS dead_share, last_autovacuum, "
        "last_autoanalyze\n"
        "FROM pg_stat_user_tables\n"
        f"WHERE {_these(t.name for t in tables)}\n"
        "ORDER BY n_dead_tup DESC, table_name"
    )
    busiest = tables[0]
    title = (
        f"Dead rows of {listed([t.name for t in tables])}; {busiest.name} gets {plain(busiest.rows_per_day)} rows a day"
    )
    serves = tuple(dict.fromkeys(i for table in tables for i in table.serves))
    return watching(
        "dead_rows", title, sql, serves, "tables that change most are watched for rows that VACUUM has not removed"
    )


def cache_hits(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    read = tuple(dict.fromkeys(t for query in schema.queries for t in query.tables)) or tuple(
        t.name for t in schema.tables
    )
    sql = (
        "SELECT relname AS table_name, heap_blks_hit + heap_blks_read AS blocks,\n"
        "    round(heap_blks_hit::numeric / nullif(heap_blks_hit + heap_blks_read, 0), 4) AS hit_share\n"
        "FROM pg_statio_user_tables\n"
        f"WHERE {_these(read)}\n"
        "ORDER BY hit_share NULLS LAST, table_name"
    )
    serves = tuple(dict.fromkeys(i for query in schema.queries for i in query.serves)) or schema.tables[0].serves
    title = f"Share of blocks found in memory for {listed(read)}"
    return watching("cache_hits", title, sql, serves, "tables that queries read should stay in memory")


def index_usage(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    last = " last_idx_scan AS last_scan," if there("last_idx_scan", schema.floor) else ""
    sql = (
        f"SELECT relname AS table_name, indexrelname AS index_name, idx_scan AS scans,{last}\n"
        "    pg_size_pretty(pg_relation_size(indexrelid)) AS size\n"
        "FROM pg_stat_user_indexes\n"
        f"WHERE indexrelname IN ({_names(index.name for index in schema.indexes)})\n"
        "ORDER BY idx_scan, pg_relation_size(indexrelid) DESC"
    )
    serves = tuple(dict.fromkeys(i for index in schema.indexes for i in index.serves)) or schema.tables[0].serves
    title = (
        f"How often each of the {len(schema.indexes)} indexes was read; one that stays at 0 for a month only "
        f"costs writes"
    )
    return watching(
        "index_usage", title, sql, serves, "every index of the design was made for a query and must be read by it"
    )


def waiting_events(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    """The health of the dispatcher, seen from its table: how old the oldest event that waits is."""
    sql = (
        f"SELECT {literal(OUTBOX)} AS table_name, count(*) AS waiting,\n"
        "    coalesce(round(extract(epoch FROM now() - min(occurred_at))), 0) AS oldest_seconds,\n"
        f"    count(*) FILTER (WHERE attempts >= {ATTEMPTS}) AS set_aside\n"
        f"FROM {OUTBOX}\n"
        "WHERE published_at IS NULL"
    )
    title = f"Events of {OUTBOX} that wait, how old the oldest is, and those set aside after {ATTEMPTS} attempts"
    rule = "a dispatcher that stands still is seen by the age of what waits for it"
    return watching("waiting_events", title, sql, schema.table(OUTBOX).serves, rule)


def partition_headroom(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    tables = partitioned_tables(requirements, schema)
    bound = "pg_get_expr(c.relpartbound, c.oid)"
    sql = (
        "SELECT p.relname AS table_name,\n"
        f"    count(*) FILTER (WHERE substring({bound} FROM '^FOR VALUES FROM \\(''(\\d{{4}}-\\d\\d-\\d\\d)')::date "
        f"> current_date) AS future_partitions,\n"
        f"    max(c.reltuples) FILTER (WHERE {bound} = 'DEFAULT') AS rows_in_default\n"
        "FROM pg_inherits AS i\n"
        "JOIN pg_class AS p ON p.oid = i.inhparent\n"
        "JOIN pg_class AS c ON c.oid = i.inhrelid\n"
        f"WHERE p.relname IN ({_names(tables)})\n"
        "GROUP BY p.relname\nORDER BY p.relname"
    )
    serves = tuple(dict.fromkeys(i for t in schema.tables if t.name in tables for i in t.serves)) or serving(
        requirements, "security.audit", "security."
    )
    title = f"Months that {listed(tables)} can still take, and rows that found no month"
    return watching(
        "partition_headroom",
        title,
        sql,
        serves,
        "a row without a month lands in the default partition and is costly to move",
    )


def partitioned_tables(requirements: Requirements, schema: SchemaDesign) -> tuple[str, ...]:
    """Tables that need a new partition each month, the audit trail and the log of reads included."""
    names = [t.name for t in schema.tables if t.partitioning and t.partitioning.strategy == "range"]
    watched = trail(requirements, schema, dt.date(2000, 1, 1)) if requirements.tier != "embedded" else None
    reads = access(requirements, schema, watched)
    logs = (log for log in (watched, reads.log if reads else None) if log and log.partitioned)
    return (*names, *(log.log for log in logs))


def _names(names: Iterable[str]) -> str:
    return ", ".join(literal(name) for name in names)


def _these(names: Iterable[str]) -> str:
    """A condition on `relname` and `relid` that also takes the partitions of these tables."""
    listing = _names(names)
    return (
        f"relname IN ({listing})\n"
        "    OR relid IN (SELECT i.inhrelid FROM pg_inherits AS i JOIN pg_class AS p ON p.oid = i.inhparent\n"
        f"        WHERE p.relname IN ({listing}))"
    )
