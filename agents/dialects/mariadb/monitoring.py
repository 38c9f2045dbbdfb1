"""Queries for operators over this project's own tables and indexes, and when somebody is told; MariaDB 10.6 and later.

Each is prepared by the document and run in the proof, so a view or column that a version lacks is found before an
operator needs the query at night. mysqld_exporter collects the same figures.
"""

from collections.abc import Iterable, Sequence

from agents.dialects.mariadb.product import MARIADB, Product
from agents.dialects.mariadb.spelling import literal
from agents.figures import counted, duration_text, figure, given, merged, plain, serving, statement_goal
from agents.operations.alerts import missed_backup
from agents.operations.basis import changing_tables, executes, largest, listed, replicated, watching
from agents.operations.recovery_targets import Bulk, archives
from agents.operations.server_queries import LONG_SECONDS
from contracts.base import Omission, Origin, Statement
from contracts.claims import Accepted, Claim
from contracts.operations import Alert, MonitoringQuery
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

_STATUS = "(SELECT variable_value FROM {} WHERE variable_name = '{}')"
HISTORY = 1_000_000
SLOW_CALLS = 100


def _status(product: Product, name: str) -> str:
    return _STATUS.format(product.status, name)


def monitoring(
    requirements: Requirements, schema: SchemaDesign, product: Product = MARIADB
) -> tuple[MonitoringQuery, ...]:
    """The queries that this project's size asks for; a person's own device gets those about its disk."""
    if not schema.tables:
        return ()
    made = [_sizes(requirements, schema)]
    if requirements.tier == "embedded":
        return tuple(made)
    made = [
        _slow(requirements),
        *made,
        _cache_hits(requirements, product),
        _connections(requirements, product),
        _long_transactions(requirements, product),
        _history(schema, product),
        _keys(requirements, schema),
    ]
    if schema.indexes:
        made.append(_index_usage(schema, product))
    if replicated(requirements):
        made.append(_replication(requirements, product))
    if replicated(requirements) or archives(requirements):
        made.append(_log_readers(requirements))
    if partitioned_tables(schema):
        made.append(_headroom(schema))
    return tuple(made)


def partitioned_tables(schema: SchemaDesign) -> tuple[str, ...]:
    """Tables that need a new partition each month; the trail is one table here, and loses its oldest rows each hour."""
    return tuple(t.name for t in schema.tables if t.partitioning and t.partitioning.strategy == "range")


def _names(names: Iterable[str]) -> str:
    return ", ".join(literal(name) for name in names)


def _slow(requirements: Requirements) -> MonitoringQuery:
    threshold = statement_goal(requirements)
    sql = (
        "SELECT digest, count_star AS calls, ROUND(avg_timer_wait / 1e9, 1) AS mean_ms,\n"
        "    ROUND(sum_timer_wait / 1e9) AS total_ms, sum_rows_examined AS rows_examined, sum_rows_sent AS rows_sent,\n"
        "    LEFT(digest_text, 200) AS query\n"
        "FROM performance_schema.events_statements_summary_by_digest\n"
        f"WHERE schema_name = DATABASE() AND count_star >= {SLOW_CALLS}\n"
        f"    AND avg_timer_wait > {threshold.value:g} * 1e9\n"
        "ORDER BY sum_timer_wait DESC\nLIMIT 20"
    )
    title = (
        f"Statements over {threshold.value:g} ms on average, the share of the response time that a statement may take"
    )
    return watching(
        "slow_statements", title, sql, threshold.serves, threshold.origin.rule, ("performance_schema = ON",)
    )


def _sizes(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    sql = (
        "SELECT table_name, table_rows AS rows_estimated, data_length + index_length AS bytes,\n"
        "    ROUND((data_length + index_length) / 1048576, 1) AS megabytes, data_free AS bytes_free\n"
        "FROM information_schema.tables\n"
        "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'\n"
        "ORDER BY bytes DESC, table_name"
    )
    title = (
        f"Size of each of the {len(schema.tables)} tables with its indexes, to compare with the growth that was planned"
    )
    serves = serving(requirements, "volume.", "assumption.")
    return watching("table_sizes", title, sql, serves, "growth is compared with the plan")


def _cache_hits(requirements: Requirements, product: Product) -> MonitoringQuery:
    reads, asked = _status(product, "INNODB_BUFFER_POOL_READS"), _status(product, "INNODB_BUFFER_POOL_READ_REQUESTS")
    sql = (
        f"SELECT ROUND(1 - {reads}\n"
        f"    / GREATEST(1, {asked}), 4) AS hit_share,\n"
        f"    {_status(product, 'INNODB_BUFFER_POOL_WAIT_FREE')} AS waits_for_a_free_page"
    )
    serves = serving(requirements, "performance.", "volume.", "assumption.")
    title = "Share of pages that the buffer pool had when a statement asked for them"
    return watching("cache_hits", title, sql, serves, "tables that queries read should stay in memory")


def _connections(requirements: Requirements, product: Product) -> MonitoringQuery:
    used, running = _status(product, "THREADS_CONNECTED"), _status(product, "THREADS_RUNNING")
    sql = (
        f"SELECT {used} AS used,\n    @@max_connections AS allowed,\n"
        f"    ROUND({used} / @@max_connections, 3) AS share,\n"
        f"    {running} AS active,\n"
        "    (SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT') AS waiting_for_locks"
    )
    users = requirements.targets.concurrent_users
    title = f"Connections in use for {users} concurrent users" if users else "Connections in use and what they wait for"
    serves = serving(requirements, "performance.", "assumption.")
    return watching("connections", title, sql, serves, "pools must leave room for administrators")


def _long_transactions(requirements: Requirements, product: Product) -> MonitoringQuery:
    waits, waiting = product.waits
    sql = (
        "SELECT t.trx_mysql_thread_id AS connection_id, p.user, t.trx_state AS state,\n"
        "    TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS age_seconds, t.trx_rows_locked AS rows_locked,\n"
        "    w.blocking_trx_id AS waits_for, LEFT(t.trx_query, 200) AS query\n"
        "FROM information_schema.innodb_trx AS t\n"
        "LEFT JOIN information_schema.processlist AS p ON p.id = t.trx_mysql_thread_id\n"
        f"LEFT JOIN {waits} AS w ON w.{waiting} = t.trx_id\n"
        f"WHERE t.trx_started < NOW() - INTERVAL {LONG_SECONDS} SECOND OR w.blocking_trx_id IS NOT NULL\n"
        "ORDER BY t.trx_started"
    )
    title = f"Transactions older than {LONG_SECONDS} s, and who waits for whom; they hold purge back"
    serves = serving(requirements, "performance.", "assumption.")
    return watching("long_transactions", title, sql, serves, "a transaction lasts about as long as a request")


def _history(schema: SchemaDesign, product: Product) -> MonitoringQuery:
    sql = (
        f"SELECT {product.history.format(product.counters[0])} AS undo_entries,\n"
        f"    {product.history.format(product.counters[1])} AS deadlocks"
    )
    busiest = changing_tables(schema)[0]
    title = (
        f"Old versions of rows that purge has not removed; {busiest.name} gets {plain(busiest.rows_per_day)} rows a day"
    )
    return watching("history", title, sql, busiest.serves, "reads pass over old versions, so they must go")


def _keys(requirements: Requirements, schema: SchemaDesign) -> MonitoringQuery:
    sql = (
        "SELECT t.table_name, t.auto_increment AS next_id,\n"
        "    ROUND(t.auto_increment / CASE c.data_type WHEN 'bigint' THEN 9223372036854775807\n"
        "        WHEN 'int' THEN 2147483647 ELSE 32767 END, 6) AS share_used\n"
        "FROM information_schema.tables AS t\n"
        "JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name\n"
        "    AND c.extra LIKE '%auto_increment%'\n"
        "WHERE t.table_schema = DATABASE()\n"
        "ORDER BY share_used DESC, t.table_name"
    )
    first = largest(schema)[0]
    title = f"How much of its numbers each generated key has used; {first.name} grows first"
    return watching("keys", title, sql, first.serves, "an INSERT is refused when numbers run out")


def _index_usage(schema: SchemaDesign, product: Product) -> MonitoringQuery:
    used, of, table, rows = product.usage
    sql = (
        f"SELECT s.table_name, s.index_name, COALESCE(MAX(u.{rows}), 0) AS rows_read\n"
        "FROM information_schema.statistics AS s\n"
        f"LEFT JOIN {used} AS u ON u.{of} = s.table_schema\n"
        f"    AND u.{table} = s.table_name AND u.index_name = s.index_name\n"
        f"WHERE s.table_schema = DATABASE() AND s.index_name IN ({_names(index.name for index in schema.indexes)})\n"
        "GROUP BY s.table_name, s.index_name\n"
        "ORDER BY rows_read, s.table_name, s.index_name"
    )
    serves = tuple(dict.fromkeys(i for index in schema.indexes for i in index.serves)) or schema.tables[0].serves
    needs = ("userstat = ON",) if "userstat" not in product.lacks else ("performance_schema = ON",)
    title = (
        f"Rows read by each of the {len(schema.indexes)} indexes since the start; one that stays at 0 for a month only"
        " costs writes"
    )
    return watching("index_usage", title, sql, serves, "every index was made for a query", needs)


def _replication(requirements: Requirements, product: Product) -> MonitoringQuery:
    goal = requirements.targets.availability_percent
    title = f"On a replica: Seconds_Behind_Master, the threads' state and the last error; {goal:g} % relies on them"
    serves = serving(requirements, "availability.")
    rule = "a replica that is behind loses data when it takes over"
    return watching("replication_lag", title, product.replication, serves, rule)


def _log_readers(requirements: Requirements) -> MonitoringQuery:
    sql = (
        "SELECT id, user, host, time AS seconds_connected, state\n"
        "FROM information_schema.processlist\n"
        "WHERE command LIKE 'Binlog Dump%'\nORDER BY user, host"
    )
    serves = serving(requirements, "availability.", "assumption.recovery", "assumption.")
    title = "On the primary: who reads the binary log, the replicas and its copy"
    return watching("log_readers", title, sql, serves, "what nobody has read is lost with the server")


def _headroom(schema: SchemaDesign) -> MonitoringQuery:
    tables = partitioned_tables(schema)
    sql = (
        "SELECT table_name,\n"
        "    SUM(partition_description <> 'MAXVALUE'\n"
        "        AND TRIM(BOTH '''' FROM partition_description) > CURRENT_DATE) AS future_partitions,\n"
        "    MAX(CASE WHEN partition_description = 'MAXVALUE' THEN table_rows END) AS rows_in_last\n"
        "FROM information_schema.partitions\n"
        f"WHERE table_schema = DATABASE() AND table_name IN ({_names(tables)})\n"
        "GROUP BY table_name\nORDER BY table_name"
    )
    serves = tuple(dict.fromkeys(i for t in schema.tables if t.name in tables for i in t.serves))
    title = f"Months that {listed(tables)} can still take, and rows that found no month"
    rule = "a row without a month lands in the last partition and is costly to move"
    return watching("partition_headroom", title, sql, serves, rule)


def monitoring_statements(made: Iterable[MonitoringQuery]) -> tuple[Statement, ...]:
    """The PREPARE statements."""
    return tuple(
        Statement(
            id=f"monitoring.{query.name}",
            section="monitoring",
            sql=f"PREPARE {query.name} FROM {literal(query.sql)}",
            comment=query.title,
            element=f"monitoring.{query.name}",
        )
        for query in made
    )


def monitoring_claims(made: Sequence[MonitoringQuery], statements: Iterable[Statement]) -> tuple[Claim, ...]:
    """Each query is prepared and runs."""
    by_id = {statement.id: statement for statement in statements}
    claims = []
    for query in made:
        statement = by_id[f"monitoring.{query.name}"]
        claims.append(executes(statement, f"{query.name} is prepared", query.serves))
        if query.sql.startswith("SHOW"):  # it says nothing of this database, only of the server that it runs on
            continue
        claims.append(
            Claim(
                id=f"monitoring.{query.name}.runs",
                sentence=f"{query.name} runs: {query.title}",
                element=statement.element,
                serves=query.serves,
                trial=Accepted(sql=(query.sql,)),
            )
        )
    return tuple(claims)


def monitoring_omissions(requirements: Requirements, schema: SchemaDesign) -> tuple[Omission, ...]:
    """What is not watched, and the number that says why."""
    origin = Origin(kind="inferred", rule="what cannot happen is not watched")
    serves = serving(requirements, "availability.", "assumption.", "volume.")
    made = []
    if requirements.tier == "embedded":
        users = requirements.targets.concurrent_users or requirements.targets.users or 1
        made.append(("Monitoring of the server's load", f"{users} user on one device is the whole load"))
    elif not replicated(requirements):
        goal = requirements.targets.availability_percent
        said = f"{goal:g} % availability" if goal is not None else "no availability in the brief"
        made.append(("Monitoring of replication", f"{said}, so no replica stands by"))
    return tuple(Omission(subject=subject, reason=reason, origin=origin, serves=serves) for subject, reason in made)


def alerts(
    requirements: Requirements, schema: SchemaDesign, bulk: Bulk, watched: Sequence[MonitoringQuery]
) -> tuple[Alert, ...]:
    """One alert for each monitoring query with a limit, and one for a backup that did not come."""
    by_name = {query.name: query for query in watched}
    made = [missed_backup(requirements, schema, bulk, " ('completed OK!' ends it)")]
    for name, (metric, value, unit, source, severity, runbook) in _limits(requirements, schema, bulk).items():
        query = by_name.get(f"monitor_{name}")
        if query is not None:
            limit = figure(
                name, "threshold", (given("threshold", value, source, unit),),
                unit=unit, serves=query.serves, rule=query.origin.rule,
            )  # fmt: skip
            made.append(
                Alert.model_validate(
                    {
                        "name": name,
                        "query": query.name,
                        "metric": metric,
                        "threshold": limit,
                        "severity": severity,
                        "runbook": runbook,
                        "origin": query.origin,
                        "serves": merged(query.serves),
                    }
                )
            )
    return tuple(made)


_Limit = tuple[str, float, str, str, str, str]


def _limits(requirements: Requirements, schema: SchemaDesign, bulk: Bulk) -> dict[str, _Limit]:
    """Metric, threshold, unit, source of the threshold, severity and runbook, by the query's name."""
    busiest, big = changing_tables(schema)[0].name, listed([t.name for t in largest(schema)])
    served = listed([f"{q.name} by {q.index}" for q in schema.queries if q.index], 4)
    slow = statement_goal(requirements)
    return {
        "slow_statements": (
            "mean_ms of any row", slow.value, "ms", slow.formula, "ticket",
            f"ANALYZE FORMAT=JSON the statement. The design serves {served}: look which of them is no longer used, and"
            " ANALYZE TABLE when its estimates are wrong.",
        ),
        "table_sizes": (
            "sum of bytes", bulk.size.value, "bytes", "growth table after one year", "ticket",
            f"Compare {big} with the growth table: either the brief's volumes were passed, or rows are not removed when"
            " their time is up.",
        ),
        "cache_hits": (
            "hit_share, below", 0.99, "share", "convention: one page of a hundred from the disk", "ticket",
            f"Compare monitor_table_sizes with innodb_buffer_pool_size; {big} grow first.",
        ),
        "connections": (
            "share", 0.8, "share", "convention: a fifth stays free for administrators and a failover", "page",
            f"See whether they are active or wait for locks on {busiest}; a leak is likelier than load.",
        ),
        "long_transactions": (
            "age_seconds of any row", LONG_SECONDS, "s", "convention: five minutes", "ticket",
            "Ask its owner, then KILL QUERY connection_id, last KILL; afterwards look at monitor_history.",
        ),
        "history": (
            "undo_entries", HISTORY, "entries", "convention: reads slow down", "ticket",
            f"Look in monitor_long_transactions for the one that holds purge back; {busiest} changes most.",
        ),
        "keys": (
            "share_used of any row", 0.5, "share", "convention: half leaves time to change the type", "ticket",
            "ALTER TABLE … MODIFY the key and its references to BIGINT, in a window: the table is copied.",
        ),
        "replication_lag": (
            "Seconds_Behind_Master, or NULL while a thread is stopped", 300, "s", "convention: five minutes", "page",
            f"Read Last_Error; check network, disk and long transactions there; send reads of {big} to the primary.",
        ),
        "log_readers": (
            "rows, below", 1 + replicated(requirements), "readers", "replicas and the copy of the log", "page",
            f"Start mariadb-binlog --stop-never again, or the replica; until then what {busiest} gains exists once"
            f" (the log is kept for {duration_text(7 * 86_400)}).",
        ),
        "partition_headroom": (
            "future_partitions of any row, below; rows_in_last above 0", 2, "months", "convention: two months to react",
            "ticket", f"Add months by REORGANIZE PARTITION; {counted(2, 'month')} are left.",
        ),
    }  # fmt: skip
