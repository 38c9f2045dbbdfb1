"""Queries for operators over the file: its size, its soundness, its log; what they show, and when somebody is told."""

from agents.dialects.sqlite.backup import full_interval, sync_interval
from agents.dialects.sqlite.pragmas import checkpoint
from agents.dialects.sqlite.sizes import file_bytes
from agents.figures import as_input, byte_text, counted, figure, given, merged, plain, serving
from agents.operations.basis import changing_tables, database_name, executes, largest, listed
from agents.operations.recovery_targets import archives
from contracts.base import Figure, Omission, Origin, Statement
from contracts.claims import Accepted, Claim, Returns, UsesIndex
from contracts.operations import Alert, MonitoringQuery
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

FREE_SHARE = 0.25
_SIZES = """SELECT s.tbl_name AS table_name, sum(d.pgsize) AS bytes, sum(d.unused) AS unused_bytes
FROM dbstat AS d
JOIN sqlite_schema AS s ON s.name = d.name
WHERE d.aggregate = TRUE
GROUP BY s.tbl_name
ORDER BY bytes DESC, table_name"""
_FREE = """SELECT page_count * page_size AS bytes, freelist_count * page_size AS free_bytes,
    round(freelist_count * 1.0 / max(1, page_count), 3) AS free_share
FROM pragma_page_count, pragma_page_size, pragma_freelist_count"""
_INTEGRITY = "SELECT integrity_check AS finding FROM pragma_integrity_check"
_REFERENCES = """SELECT "table" AS table_name, parent AS refers_to, count(*) AS broken
FROM pragma_foreign_key_check
GROUP BY "table", parent
ORDER BY table_name, refers_to"""
_LOG = "PRAGMA wal_checkpoint(PASSIVE)"
_OPTIMIZE = "PRAGMA optimize"


def monitoring(requirements: Requirements, schema: SchemaDesign) -> tuple[MonitoringQuery, ...]:
    """The queries that this project's size asks for; a person's own device gets size and soundness."""
    if not schema.tables:
        return ()
    volume, available = (
        serving(requirements, "volume.", "assumption."),
        serving(requirements, "availability.", "assumption."),
    )
    count = len(schema.tables)
    keys = sum(len(table.foreign_keys) for table in schema.tables)
    made = [
        _query(
            "table_sizes",
            f"Size of each of the {count} tables with its indexes, to compare with the growth that was planned",
            _SIZES,
            volume,
            "growth is compared with the plan",
            ("dbstat",),
        ),
        _query(
            "integrity",
            "One row that says ok, or what is damaged; read all of the file before a copy of it is trusted",
            _INTEGRITY,
            available,
            "a damaged page is found before the last sound copy is thrown away",
        ),
    ]
    if keys:
        title = f"Rows that break {counted(keys, 'reference')}: a connection that forgot foreign_keys leaves them"
        made.append(_query("references", title, _REFERENCES, available, "references hold whoever wrote the rows"))
    if requirements.tier != "embedded":
        busiest = changing_tables(schema)[0]
        made += [
            _query(
                "free_pages",
                f"Room that deleted rows left in the file; {busiest.name} changes most",
                _FREE,
                volume,
                "room that nothing fills again is given back",
            ),
            _query(
                "log",
                "Whether a checkpoint was kept from finishing (busy), pages in the log, and pages copied from it",
                _LOG,
                serving(requirements, "performance.", "assumption."),
                "a reader that never ends keeps the log from starting anew",
            ),
        ]
    return tuple(made)


def _query(
    name: str, title: str, sql: str, serves: tuple[str, ...], rule: str, needs: tuple[str, ...] = ()
) -> MonitoringQuery:
    return MonitoringQuery(
        name=f"monitor_{name}",
        title=title,
        sql=sql,
        needs=needs,
        origin=Origin(kind="inferred", rule=rule),
        serves=serves,
    )


def monitoring_statements(watched: tuple[MonitoringQuery, ...]) -> tuple[Statement, ...]:
    """The queries as they are: SQLite prepares nothing by name; and the upkeep of the planner's statistics."""
    made = [
        Statement(
            id=f"monitoring.{query.name}",
            section="monitoring",
            sql=query.sql,
            comment=f"{query.name}: {query.title}",
            element=f"monitoring.{query.name}",
        )
        for query in watched
    ]
    if made:
        made.append(
            Statement(
                id="monitoring.optimize",
                section="monitoring",
                sql=_OPTIMIZE,
                comment="Run when a connection closes, and daily on one that stays open: it refreshes the planner's "
                "statistics of tables that changed, and does nothing otherwise",
                element="monitoring.optimize",
            )
        )
    return tuple(made)


def monitoring_claims(
    watched: tuple[MonitoringQuery, ...], statements: tuple[Statement, ...], serves: tuple[str, ...]
) -> tuple[Claim, ...]:
    """Each query executes and runs on the loaded rows; what finds damage finds none."""
    by_name = {f"monitoring.{query.name}": query for query in watched}
    claims = []
    for statement in statements:
        query = by_name.get(statement.id)
        if query is None:
            claims.append(executes(statement, "The planner's statistics are refreshed", serves))
            continue
        claims.append(executes(statement, f"{query.name} executes in the empty file", query.serves))
        trial = _SOUND.get(query.sql) or Accepted(sql=(query.sql,))
        found = "finds none" if query.sql in _SOUND else "runs"
        claims.append(
            Claim(
                id=f"monitoring.{query.name}.runs",
                sentence=f"{query.name} {found}: {query.title}",
                element=statement.element,
                serves=query.serves,
                trial=trial,
            )
        )
    return tuple(claims)


_SOUND = {_INTEGRITY: Returns(sql=(_INTEGRITY,), rows=(("ok",),)), _REFERENCES: Returns(sql=(_REFERENCES,), rows=())}


def monitoring_omissions(requirements: Requirements, schema: SchemaDesign) -> tuple[Omission, ...]:
    """What is not watched, and why."""
    tried = sum(isinstance(claim.trial, UsesIndex) for claim in schema.claims)
    reasons = [
        (
            "Monitoring of index use",
            f"SQLite counts no scans of an index; {counted(tried, 'claim')} on an index tried it against its absence"
            " instead, and EXPLAIN QUERY PLAN tells at any time",
        ),
        (
            "Monitoring of connections and slow statements",
            "SQLite runs inside the application: the driver's own timer sees each statement, and no server is there "
            f"to ask; {counted(len(schema.queries), 'statement')} of this document can be timed there",
        ),
    ]
    origin = Origin(kind="inferred", rule="what cannot be asked is not watched")
    serves = serving(requirements, "performance.", "assumption.", "volume.")
    return tuple(Omission(subject=s, reason=r, origin=origin, serves=serves) for s, r in reasons)


def alerts(requirements: Requirements, schema: SchemaDesign, watched: tuple[MonitoringQuery, ...]) -> tuple[Alert, ...]:
    """One alert for each monitoring query with a limit, and one for a copy that did not come."""
    made = [_missed(requirements, schema)]
    for query in watched:
        metric, threshold, severity, runbook = _LIMITS[query.name](requirements, schema, query)
        made.append(
            Alert.model_validate(
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
        )
    return tuple(made)


Limit = tuple[str, Figure, str, str]


def _missed(requirements: Requirements, schema: SchemaDesign) -> Alert:
    log, name = archives(requirements), database_name(requirements)
    every = sync_interval(requirements) if log else full_interval(requirements)
    factor = 4 if log else 1.5
    threshold = figure(
        "missed_backup",
        f"{factor:g} * {every.name}",
        (as_input(every),),
        unit=every.unit,
        serves=every.serves,
        rule="some intervals late is late",
    )
    first = listed([t.name for t in largest(schema)])
    return Alert(
        name="missed_backup",
        query=None,
        metric=f"{'seconds since Litestream last sent' if log else 'hours since the last good copy of'} {name}.db",
        threshold=threshold,
        severity="page" if log else "ticket",
        runbook=f"Read the last line of {'Litestream' if log else 'the job'}'s log, check the space and rights where "
        f"copies go, start one by hand, and restore {first} from it before you trust it.",
        origin=Origin(kind="inferred", rule="a copy that nobody misses is missing when it is needed"),
        serves=every.serves,
    )


def _sizes(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Limit:
    planned = file_bytes(requirements, schema, 1)
    limit = figure(
        "bytes_of_all_tables",
        "file_bytes",
        (planned,),
        unit="bytes",
        serves=query.serves,
        rule="what was planned for the end of the first year is reached",
    )
    grown = listed([t.name for t in largest(schema)])
    return (
        "sum of bytes",
        limit,
        "ticket",
        f"Compare {grown} with the growth table: the brief's volumes were passed, or rows are not removed when their "
        f"time is up. {byte_text(planned.value)} were planned for a year.",
    )


def _damage(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Limit:
    limit = _known("damaged", 0, "anything else than ok", query)
    return (
        "rows other than ok",
        limit,
        "page",
        f"Stop the application, keep the damaged {database_name(requirements)}.db with its -wal file, restore the last "
        "copy beside it, and take what is newer by .recover. Then look at the disk: SQLite seldom damages a file.",
    )


def _broken(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Limit:
    return (
        "broken of any row",
        _known("broken_references", 0, "no reference may be broken", query),
        "page",
        "Find the connection that does not set foreign_keys = on (a shell does not); repair the rows by hand, since "
        "they name a parent that is gone.",
    )


def _free(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Limit:
    how = "PRAGMA incremental_vacuum" if requirements.retention else "VACUUM at a quiet hour (it copies the file)"
    return (
        "free_share",
        _known("free_share", FREE_SHARE, "convention: a quarter of the file stands empty", query),
        "ticket",
        f"New rows fill free pages first; where they do not come, {how} gives them back.",
    )


def _log(requirements: Requirements, schema: SchemaDesign, query: MonitoringQuery) -> Limit:
    limit = figure(
        "log_pages",
        "10 * wal_autocheckpoint",
        (as_input(checkpoint(requirements, schema).figure),),
        unit="pages",
        serves=query.serves,
        rule="ten checkpoints that did not finish",
    )
    return (
        "log of the row, or busy = 1 for more than a minute",
        limit,
        "ticket",
        f"A read transaction stands open: find it in the application and end it; at {plain(limit.value)} pages each "
        "read has to search a long log.",
    )


def _known(name: str, value: float, why: str, query: MonitoringQuery) -> Figure:
    return figure(name, name, (given(name, value, why),), serves=query.serves, rule=query.origin.rule)


_LIMITS = {
    "monitor_table_sizes": _sizes,
    "monitor_integrity": _damage,
    "monitor_references": _broken,
    "monitor_free_pages": _free,
    "monitor_log": _log,
}
