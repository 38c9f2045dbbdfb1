"""Queries for operators over the server: statements, connections, transactions, replication and the archive."""

from agents.figures import serving, statement_goal, target
from agents.operations.basis import watching
from contracts.operations import MonitoringQuery
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

LONG_SECONDS = 300  # CloudNativePG's alert for a transaction
SLOW_CALLS = 100  # PgHero's least number of calls


def slow_statements(requirements: Requirements) -> MonitoringQuery:
    threshold = statement_goal(requirements)
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
    return watching("slow_statements", title, sql, threshold.serves, threshold.origin.rule, ("pg_stat_statements",))


def connections(requirements: Requirements) -> MonitoringQuery:
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
    return watching("connections", title, sql, serves, "pools must leave room for administrators")


def long_transactions(requirements: Requirements) -> MonitoringQuery:
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
    return watching(
        "long_transactions",
        title,
        sql,
        serving(requirements, "performance.", "assumption."),
        "a transaction lasts about as long as a request",
    )


def xid_age(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    sql = (
        "SELECT datname, age(datfrozenxid) AS xid_age, mxid_age(datminmxid) AS multixact_age\n"
        "FROM pg_database\nWHERE datname = current_database()"
    )
    rate = sum(table.rows_per_day for table in schema.tables)
    title = (
        f"Age of the oldest transaction id; at {rate:,.0f} new rows a day, one transaction each, 3e8 takes "
        f"{3e8 / max(rate, 1) / 365:,.1f} years"
    )
    return watching(
        "xid_age",
        title,
        sql,
        serving(requirements, "availability.", "assumption."),
        "the server stops accepting writes when ids run out",
    )


def replication_lag(requirements: Requirements) -> MonitoringQuery:
    sql = (
        "SELECT application_name, state, sync_state,\n"
        "    coalesce(extract(epoch FROM replay_lag), 0)::numeric(12, 3) AS lag_seconds,\n"
        "    pg_wal_lsn_diff(sent_lsn, replay_lsn) AS lag_bytes\n"
        "FROM pg_stat_replication\nORDER BY lag_seconds DESC, application_name"
    )
    goal = requirements.targets.availability_percent
    title = f"How far each standby is behind; {goal:g} % availability relies on them"
    return watching(
        "replication_lag",
        title,
        sql,
        serving(requirements, "availability."),
        "a standby that is behind loses data when it takes over",
    )


def archiving(requirements: Requirements) -> MonitoringQuery:
    sql = (
        "SELECT archived_count, last_archived_wal, round(extract(epoch FROM now() - last_archived_time)) AS "
        "seconds_since,\n"
        "    failed_count, last_failed_wal, last_failed_time\n"
        "FROM pg_stat_archiver"
    )
    serves = serving(requirements, "availability.", "assumption.recovery", "assumption.")
    return watching(
        "archiving",
        "When the write-ahead log was last archived, and failures",
        sql,
        serves,
        "what is not archived is lost with the server",
    )
