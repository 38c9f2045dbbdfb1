"""Queries for operators over this project's own tables and indexes; they run on PostgreSQL 15 to 18.

Each is prepared by the document and executed in the proof, so a view or column that a version lacks is found
before an operator needs the query at night.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from agents.dialects.postgresql import literal
from agents.figures import figure, given, serving, target
from agents.operations.backup import archives
from agents.operations.basis import changing_tables, executes, listed, prepared, replicated
from agents.security.trail import trail
from contracts.base import Figure, Omission, Origin, Statement
from contracts.claims import Accepted, Claim
from contracts.operations import MonitoringQuery
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

LONG_SECONDS = 300  # CloudNativePG's alert for a transaction
SLOW_CALLS = 100  # PgHero's least number of calls


def slow_threshold(requirements: Requirements) -> Figure:
    """Milliseconds from which a statement is slow for this project."""
    return figure(
        "slow_statement_ms",
        "response_ms * database_share / statements_per_request",
        (
            target(
                requirements, "response_ms", 500, "half a second feels immediate enough where the brief is silent", "ms"
            ),
            given("database_share", 0.5, "convention: the other half is network and application"),
            given("statements_per_request", 2, "convention: a request reads who asks and what is asked for"),
        ),
        unit="ms",
        serves=serving(requirements, "performance.response", "performance.", "assumption."),
        rule="the response time, shared out among the statements of a request",
    )


def monitoring(requirements: Requirements, schema: SchemaDesign) -> tuple[MonitoringQuery, ...]:
    """The queries that this project's size asks for; a person's own device gets those about its disk."""
    if not schema.tables:
        return ()
    made = [_sizes(requirements, schema), _dead_rows(requirements, schema)]
    if requirements.tier == "embedded":
        return tuple(made)
    if "pg_stat_statements" in schema.extensions:
        made.insert(0, _slow(requirements))
    made += [
        _cache_hits(requirements, schema),
        _connections(requirements),
        _long_transactions(requirements),
        _xid_age(requirements, schema),
    ]
    if schema.indexes:
        made.append(_index_usage(requirements, schema))
    if replicated(requirements):
        made.append(_replication(requirements))
    if archives(requirements):
        made.append(_archiving(requirements))
    if partitioned_tables(requirements, schema):
        made.append(_headroom(requirements, schema))
    return tuple(made)


def partitioned_tables(requirements: Requirements, schema: SchemaDesign) -> tuple[str, ...]:
    """Tables that need a new partition each month, the audit trail included."""
    names = [t.name for t in schema.tables if t.partitioning and t.partitioning.strategy == "range"]
    watched = trail(requirements, schema, dt.date(2000, 1, 1)) if requirements.tier != "embedded" else None
    return (*names, *((watched.log,) if watched and watched.partitioned else ()))


def _query(
    name: str, title: str, sql: str, serves: Sequence[str], rule: str, needs: tuple[str, ...] = ()
) -> MonitoringQuery:
    return MonitoringQuery(
        name=f"monitor_{name}",
        title=title,
        sql=sql,
        needs=needs,
        origin=Origin(kind="inferred", rule=rule),
        serves=tuple(serves),
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(literal(name) for name in names)


def _slow(requirements: Requirements) -> MonitoringQuery:
    threshold = slow_threshold(requirements)
    sql = (
        "SELECT queryid, calls, round(mean_exec_time::numeric, 1) AS mean_ms, round(total_exec_time::numeric) AS "
        "total_ms,\n"
        "    rows, left(query, 200) AS query\n"
        "FROM pg_stat_statements\n"
        "WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())\n"
        f"    AND calls >= {SLOW_CALLS} AND mean_exec_time > {threshold.value:g}\n"
        "ORDER BY total_exec_time DESC\nLIMIT 20"
    )
    title = (
        f"Statements over {threshold.value:g} ms on average, the share of the response time that a statement may take"
    )
    return _query("slow_statements", title, sql, threshold.serves, threshold.origin.rule, ("pg_stat_statements",))


def _index_usage(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    sql = (
        "SELECT relname AS table_name, indexrelname AS index_name, idx_scan AS scans,\n"
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
    return _query(
        "index_usage", title, sql, serves, "every index of the design was made for a query and must be read by it"
    )


def _cache_hits(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
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
    return _query("cache_hits", title, sql, serves, "tables that queries read should stay in memory")


def _these(names: Iterable[str]) -> str:
    """A condition on `relname` and `relid` that also takes the partitions of these tables."""
    listing = _names(names)
    return (
        f"relname IN ({listing})\n"
        "    OR relid IN (SELECT i.inhrelid FROM pg_inherits AS i JOIN pg_class AS p ON p.oid = i.inhparent\n"
        f"        WHERE p.relname IN ({listing}))"
    )


def _dead_rows(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
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
    title = f"Dead rows of {listed([t.name for t in tables])}; {busiest.name} gets {busiest.rows_per_day:g} rows a day"
    serves = tuple(dict.fromkeys(i for table in tables for i in table.serves))
    return _query(
        "dead_rows", title, sql, serves, "tables that change most are watched for rows that VACUUM has not removed"
    )


def _sizes(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
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
    return _query("table_sizes", title, sql, serves, "growth is compared with the plan")


def _connections(requirements: Requirements) -> MonitoringQuery:
    sql = (
        "SELECT count(*) AS used, current_setting('max_connections')::integer AS allowed,\n"
        "    round(count(*)::numeric / current_setting('max_connections')::numeric, 3) AS share,\n"
        "    count(*) FILTER (WHERE state = 'active') AS active,\n"
        "    count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,\n"
        "    count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting_for_locks\n"
        "FROM pg_stat_activity\nWHERE backend_type = 'client backend'"
    )
    serves = serving(requirements, "performance.", "assumption.")
    users = requirements.targets.concurrent_users
    title = f"Connections in use for {users} concurrent users" if users else "Connections in use and what they wait for"
    return _query("connections", title, sql, serves, "pools must leave room for administrators")


def _long_transactions(requirements: Requirements) -> MonitoringQuery:
    sql = (
        "SELECT pid, usename, state, now() - xact_start AS age, wait_event_type, left(query, 200) AS query\n"
        "FROM pg_stat_activity\n"
        f"WHERE xact_start < now() - interval '{LONG_SECONDS} seconds' AND backend_type = 'client backend'\n"
        "ORDER BY xact_start"
    )
    ratio = LONG_SECONDS * 1000 / target(requirements, "response_ms", 500, "no response time is stated").value
    title = (
        f"Transactions older than {LONG_SECONDS} s, {ratio:,.0f} times the response time; they keep VACUUM from "
        f"removing dead rows"
    )
    return _query(
        "long_transactions",
        title,
        sql,
        serving(requirements, "performance.", "assumption."),
        "a transaction lasts about as long as a request",
    )


def _xid_age(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    sql = (
        "SELECT datname, age(datfrozenxid) AS xid_age, mxid_age(datminmxid) AS multixact_age\n"
        "FROM pg_database\nWHERE datname = current_database()"
    )
    rate = sum(table.rows_per_day for table in schema.tables)
    title = (
        f"Age of the oldest transaction id; at {rate:,.0f} new rows a day, one transaction each, 3e8 takes "
        f"{3e8 / max(rate, 1) / 365:,.1f} years"
    )
    return _query(
        "xid_age",
        title,
        sql,
        serving(requirements, "availability.", "assumption."),
        "the server stops accepting writes when ids run out",
    )


def _replication(requirements: Requirements) -> MonitoringQuery:
    sql = (
        "SELECT application_name, state, sync_state,\n"
        "    coalesce(extract(epoch FROM replay_lag), 0)::numeric(12, 3) AS lag_seconds,\n"
        "    pg_wal_lsn_diff(sent_lsn, replay_lsn) AS lag_bytes\n"
        "FROM pg_stat_replication\nORDER BY lag_seconds DESC, application_name"
    )
    goal = requirements.targets.availability_percent
    title = f"How far each standby is behind; {goal:g} % availability relies on them"
    return _query(
        "replication_lag",
        title,
        sql,
        serving(requirements, "availability."),
        "a standby that is behind loses data when it takes over",
    )


def _archiving(requirements: Requirements) -> MonitoringQuery:
    sql = (
        "SELECT archived_count, last_archived_wal, round(extract(epoch FROM now() - last_archived_time)) AS "
        "seconds_since,\n"
        "    failed_count, last_failed_wal, last_failed_time\n"
        "FROM pg_stat_archiver"
    )
    serves = serving(requirements, "availability.", "assumption.recovery", "assumption.")
    return _query(
        "archiving",
        "When the write-ahead log was last archived, and failures",
        sql,
        serves,
        "what is not archived is lost with the server",
    )


def _headroom(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
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
    return _query(
        "partition_headroom",
        title,
        sql,
        serves,
        "a row without a month lands in the default partition and is costly to move",
    )


def monitoring_statements(made: Iterable[MonitoringQuery]) -> tuple[Statement, ...]:
    """The PREPARE statements."""
    return tuple(prepared(query.name, query.sql, query.title) for query in made)


def monitoring_claims(made: Iterable[MonitoringQuery], statements: Iterable[Statement]) -> tuple[Claim, ...]:
    """Each query is prepared and runs."""
    by_id = {statement.id: statement for statement in statements}
    claims = []
    for query in made:
        statement = by_id[f"monitoring.{query.name}"]
        claims.append(executes(statement, f"{query.name} is prepared", query.serves))
        claims.append(
            Claim(
                id=f"monitoring.{query.name}.runs",
                sentence=f"{query.name} runs: {query.title}",
                element=statement.element,
                serves=query.serves,
                trial=Accepted(sql=(f"EXECUTE {query.name}",)),
            )
        )
    return tuple(claims)


def monitoring_omissions(requirements: Requirements, schema: SchemaDesign) -> list[Omission]:
    """What is not watched, and the number that says why."""
    origin = Origin(kind="inferred", rule="what cannot happen is not watched")
    serves = serving(requirements, "availability.", "assumption.", "volume.")
    made = []
    if requirements.tier == "embedded":
        users = requirements.targets.concurrent_users or requirements.targets.users or 1
        made.append(
            (
                "Monitoring of connections, statements and archiving",
                f"{users} user on one device is the whole load; sizes and dead rows are what can grow",
            )
        )
    elif not replicated(requirements):
        goal = requirements.targets.availability_percent
        said = f"{goal:g} % availability" if goal is not None else "no availability in the brief"
        made.append(
            (
                "Monitoring of replication",
                f"{said}, so no standby is needed ({requirements.tier} tier; from 99.9 % on a service gets one)",
            )
        )
    if not partitioned_tables(requirements, schema) and requirements.tier != "embedded" and schema.tables:
        most = max(schema.tables, key=lambda t: (t.rows_per_day, t.name))
        made.append(
            (
                "Monitoring of partitions",
                f"no table is split by time; the busiest, {most.name}, gets {most.rows_per_day:g} rows a day",
            )
        )
    return [Omission(subject=subject, reason=reason, origin=origin, serves=serves) for subject, reason in made]
