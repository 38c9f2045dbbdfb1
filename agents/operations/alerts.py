"""When somebody is told: thresholds by formula, and what to look at first, in this project's own tables."""

from agents.figures import as_input, figure, given, merged, plain, statement_goal, target
from agents.operations.archive import archive_interval, full_interval
from agents.operations.basis import changing_tables, database_name, largest, listed
from agents.operations.recovery_targets import Bulk, archives
from agents.operations.server_queries import LONG_SECONDS
from agents.schema_design.outbox import NAME as OUTBOX
from contracts.base import Figure, Input, Origin
from contracts.operations import Alert, MonitoringQuery
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

LAG_SECONDS = 300  # CloudNativePG's alert
XID_AGE = 3e8  # CloudNativePG's alert; autovacuum forces itself at 2e8, writes stop near 2.1e9
OLDEST_EVENT_SECONDS = 300  # as long as a standby may lag
HIT_SHARE = 0.99  # PgHero's threshold


def alerts(
    requirements: Requirements, schema: SchemaDesign, bulk: Bulk, watched: tuple[MonitoringQuery, ...]
) -> tuple[Alert, ...]:
    """One alert for each monitoring query with a limit, and one for a backup that did not come."""
    made = [missed_backup(requirements, schema, bulk)]
    for query in watched:
        if query.name == "monitor_table_sizes":
            made.append(_sizes(schema, bulk, query))
        known = _LIMITS.get(query.name)
        if known:
            made.append(known(requirements, schema, query))
    return tuple(made)


def _alert(query: MonitoringQuery, metric: str, threshold: Figure, severity: str, runbook: str) -> Alert:
    return Alert.model_validate(
        {
            "name": query.name.removeprefix("monitor_"),
            "query": query.name,
            "metric": metric,
            "threshold": threshold,
            "severity": severity,
            "runbook": runbook,
            "origin": query.origin,
            "serves": merged(query.serves, threshold.serves),
        }
    )


def _limit(name: str, value: Input, query: MonitoringQuery, unit: str, source: str = "") -> Figure:
    """A threshold that is a known limit."""
    return figure(name, value.name, (value,), unit=unit, serves=query.serves, rule=query.origin.rule, source=source)


def missed_backup(requirements: Requirements, schema: SchemaDesign, bulk: Bulk, ends: str = "") -> Alert:
    """The copy is late by half its interval; `ends` says how the log of a good one ends."""
    interval = full_interval(requirements, bulk)
    tables = listed([t.name for t in largest(schema)])
    return Alert(
        name="missed_backup",
        query=None,
        metric=f"hours since the last good copy of {database_name(requirements)}",
        threshold=figure(
            "missed_backup_hours",
            "1.5 * full_interval_hours",
            (as_input(interval),),
            unit="h",
            serves=interval.serves,
            rule="half an interval late is late",
        ),
        severity="page" if archives(requirements) else "ticket",
        runbook=f"Read the last line of the backup's log{ends}, check the space in $BACKUP_DIR, start a copy by hand, "
        f"and restore {tables} from it into {database_name(requirements, 'restored')} before you trust it.",
        origin=Origin(kind="inferred", rule="a copy that nobody misses is missing when it is needed"),
        serves=interval.serves,
    )


def _slow(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    indexed = listed([f"{q.name} by {q.index}" for q in schema.queries if q.index], 4)
    runbook = (
        f"EXPLAIN (ANALYZE, BUFFERS) the statement. The design serves {indexed}: look which of them is no longer used."
    )
    return _alert(query, "mean_ms of any row", statement_goal(requirements), "ticket", runbook)


def _hits(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = given("hit_share", HIT_SHARE, "convention: PgHero's threshold")
    big = listed([t.name for t in largest(schema)])
    runbook = (
        f"Compare monitor_table_sizes with the server's memory; {big} grow first. Read the indexes that a "
        f"report may have pushed out."
    )
    return _alert(
        query,
        "hit_share of a table with over 100,000 blocks, below",
        _limit("hit_share", value, query, "share", "PgHero"),
        "ticket",
        runbook,
    )


def _dead(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = figure(
        "dead_share",
        "2 * default_scale",
        (given("default_scale", 0.2, "PostgreSQL: autovacuum_vacuum_scale_factor"),),
        unit="share",
        serves=query.serves,
        rule="twice what autovacuum waits for means that it does not keep up",
    )
    first = changing_tables(schema)[0].name
    after = (
        ""
        if requirements.tier == "embedded"
        else " Look in monitor_long_transactions for the one that holds rows back;"
    )
    return _alert(
        query,
        "dead_share of any row",
        value,
        "ticket",
        f"{first} changes most.{after} then run VACUUM (VERBOSE, ANALYZE) {first}.",
    )


def _connections(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = given("share_in_use", 0.8, "convention: a fifth stays free for administrators and a failover")
    users = target(requirements, "concurrent_users", 0, "no number of users is stated").value
    said = f" for {plain(users)} concurrent users" if users else ""
    runbook = (
        f"See in monitor_connections whether they are active, idle in a transaction or waiting for locks on "
        f"{changing_tables(schema)[0].name}; the pools are sized{said}, so an instance too many or a leak is "
        f"likelier than load."
    )
    return _alert(query, "share", _limit("share_in_use", value, query, "share"), "page", runbook)


def _long(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = given("transaction_seconds", LONG_SECONDS, "convention: CloudNativePG's alert", "s")
    runbook = (
        f"Ask its owner, then pg_cancel_backend(pid), last pg_terminate_backend(pid); afterwards look at "
        f"monitor_dead_rows for {listed([t.name for t in changing_tables(schema, 3)])}."
    )
    return _alert(
        query, "age of any row", _limit("transaction_seconds", value, query, "s", "CloudNativePG"), "ticket", runbook
    )


def _xid(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = given("xid_age", XID_AGE, "convention: CloudNativePG's alert; autovacuum forces itself at 2e8")
    runbook = (
        f"VACUUM (FREEZE) the tables with the highest age(relfrozenxid), first "
        f"{listed([t.name for t in largest(schema)])}."
    )
    return _alert(query, "xid_age", _limit("xid_age", value, query, "transactions", "CloudNativePG"), "page", runbook)


def _lag(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = given("lag_seconds", LAG_SECONDS, "convention: CloudNativePG's alert", "s")
    runbook = (
        f"Check network and disk of the standby, and monitor_long_transactions there; send reads of "
        f"{listed([t.name for t in largest(schema)])} to the primary meanwhile. No row at all means that no "
        f"standby is connected."
    )
    return _alert(
        query,
        "lag_seconds of any row, or no row",
        _limit("lag_seconds", value, query, "s", "CloudNativePG"),
        "page",
        runbook,
    )


def _archive(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = figure(
        "seconds_since_archived",
        "2 * archive_interval_seconds",
        (as_input(archive_interval(requirements)),),
        unit="s",
        serves=query.serves,
        rule="one missed interval is repaired, two are not",
    )
    first = changing_tables(schema)[0]
    runbook = (
        f"Read last_failed_wal and the server's log, check space and rights in the archive; until it works, "
        f"what {first.name} gains ({plain(first.rows_per_day)} rows a day) exists once."
    )
    return _alert(query, "seconds_since while there are writes, or failed_count rising", value, "page", runbook)


def _headroom(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = given("future_partitions", 2, "convention: two months to react")
    runbook = (
        "Run SELECT ensure_monthly_partitions(table_name::regclass, 6) for each table of the query; if "
        "rows_in_default is above 0, move those rows first."
    )
    return _alert(
        query,
        "future_partitions of any row, below; rows_in_default above 0",
        _limit("future_partitions", value, query, "months"),
        "ticket",
        runbook,
    )


def _sizes(schema: SchemaDesign, bulk: Bulk, query: MonitoringQuery) -> Alert:
    size = bulk.size
    value = figure(
        "bytes_of_all_tables",
        "data_bytes",
        (as_input(size, "data_bytes"),),
        unit="bytes",
        serves=merged(size.serves, query.serves),
        rule="what was planned for the end of the first year is reached; a fifth of the disk is still free then",
    )
    grown = listed([t.name for t in largest(schema)])
    return _alert(
        query,
        "sum of bytes",
        value,
        "ticket",
        f"Compare {grown} with the growth table: either the brief's volumes were passed, or rows are not removed "
        f"when their time is up. The next steps beside the table say how long the disk lasts at this rate.",
    )


def _waiting(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Alert:
    value = given("oldest_seconds", OLDEST_EVENT_SECONDS, "convention: a dispatcher looks every second")
    runbook = (
        "See whether a dispatcher runs and what the systems that it calls answer; read the events that are set "
        f"aside: UPDATE {OUTBOX} SET attempts = 0 for those that are to be tried again, once their cause is gone."
    )
    threshold = _limit("oldest_event_seconds", value, query, "s")
    return _alert(query, "oldest_seconds, or set_aside above 0", threshold, "page", runbook)


_LIMITS = {
    "monitor_slow_statements": _slow,
    "monitor_cache_hits": _hits,
    "monitor_dead_rows": _dead,
    "monitor_connections": _connections,
    "monitor_long_transactions": _long,
    "monitor_xid_age": _xid,
    "monitor_replication_lag": _lag,
    "monitor_archiving": _archive,
    "monitor_partition_headroom": _headroom,
    "monitor_waiting_events": _waiting,
}
"""monitor_index_usage has no alert: an index that is not read is looked at in a monthly review."""
