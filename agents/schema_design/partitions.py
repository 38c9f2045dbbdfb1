"""Which tables are split, by what, and into which parts: decided by their rows, never by fashion."""

import datetime as dt
import itertools
import math
import re
from collections.abc import Iterable, Mapping

from agents.dialects.postgresql import literal, quoted
from agents.naming import shorten
from contracts.base import Origin, Statement
from contracts.claims import Claim, Returns
from contracts.requirements import AccessPattern, Requirements, Retention
from contracts.schema import Column, Partition, Partitioning, Query, Table

ROWS_FROM = 50_000_000
"""Rows after three years from which a table is split: at some 100 bytes a row its indexes leave memory, and
VACUUM and retention by DELETE take hours. PostgreSQL's documentation gives the rule by size instead: when the
table outgrows the server's memory (chapter Table Partitioning)."""

HASH_ROWS = 500_000_000
"""Rows in one hash partition after three years, about 50 GB at 100 bytes a row."""

MONTHS_AHEAD = 6


def partitioned(tables: tuple[Table, ...], requirements: Requirements, start: dt.date) -> tuple[Table, ...]:
    """The tables, with large append-only ones split.

    A table that others reference stays whole, because their foreign keys could not name it by its id alone,
    and so does one with a unique constraint, which would hold within a partition only.
    """
    if requirements.tier in ("embedded", "small"):
        return tables
    referenced = {key.references for table in tables for key in table.foreign_keys}
    retained = {rule.entity: rule for rule in requirements.retention if rule.entity}
    patterns: dict[str, list[AccessPattern]] = {}
    for pattern in requirements.access_patterns:
        patterns.setdefault(pattern.entity, []).append(pattern)
    return tuple(
        table
        if table.name in referenced or table.uniques or table.nature != "event" or rows_after(table, 3) < ROWS_FROM
        else _split(table, patterns.get(table.entity or "", []), retained, start)
        for table in tables
    )


def unsplit(tables: tuple[Table, ...], requirements: Requirements, start: dt.date) -> tuple[Table, ...]:
    """The tables as they are, for an engine without partitions or whose partitions may have no foreign keys."""
    return tables


def rows_after(table: Table, years: int) -> float:
    """Rows after some years at today's rate."""
    return table.expected_rows + table.rows_per_day * 365 * years


def _split(table: Table, patterns: Iterable[AccessPattern], retained: Mapping[str, Retention], start: dt.date) -> Table:
    moment = _moment(table)
    reads = [p for p in patterns if p.kind != "write"]
    spans = any(f.operator == "range" for p in reads for f in p.filters)
    owner = _common_parent(table, reads)
    if owner and not spans and table.entity not in retained:
        return _with(table, _hashed(table, owner))
    if moment is None:
        return table
    return _with(table, _monthly(table, moment, retained.get(table.entity or ""), start))


def _moment(table: Table) -> Column | None:
    """When the event happened: its own timestamp, or else when the row was made."""
    times = [c for c in table.columns if c.type in ("timestamp", "date") and not c.nullable]
    own = [c for c in times if c.name != "created_at"]
    return next(iter(own or times), None)


def _common_parent(table: Table, reads: list[AccessPattern]) -> str | None:
    """The reference that every read filters by, if there is one."""
    for key in table.foreign_keys:
        column = key.columns[0]
        names = {column, column.removesuffix("_id")}
        if reads and all(any(f.attribute in names and f.operator == "equals" for f in p.filters) for p in reads):
            return column
    return None


def _with(table: Table, partitioning: Partitioning) -> Table:
    """The table with the partition key in its primary key, as PostgreSQL demands."""
    column = partitioning.column
    key = table.primary_key if column in table.primary_key else (*table.primary_key, column)
    columns = tuple(c.model_copy(update={"nullable": False}) if c.name == column else c for c in table.columns)
    serves = tuple(dict.fromkeys((*table.serves, *partitioning.serves)))
    return table.model_copy(
        update={"partitioning": partitioning, "primary_key": key, "columns": columns, "serves": serves}
    )


def _hashed(table: Table, column: str) -> Partitioning:
    rows = rows_after(table, 3)
    modulus = max(4, min(64, 2 ** math.ceil(math.log2(max(1.0, rows / HASH_ROWS)))))
    return Partitioning(
        strategy="hash",
        column=column,
        partitions=tuple(
            Partition(
                name=shorten(f"{table.name}_p{number:02d}"),
                bounds=f"FOR VALUES WITH (MODULUS {modulus}, REMAINDER {number})",
                modulus=modulus,
                remainder=number,
            )
            for number in range(modulus)
        ),
        because=(
            f"{rows:,.0f} rows after three years; every read gives {column}, so it touches one of {modulus} "
            f"partitions of {rows / modulus:,.0f} rows"
        ),
        origin=Origin(kind="inferred", rule=f"append-only, over {ROWS_FROM:,} rows in three years, read by {column}"),
        serves=table.serves,
    )


def _monthly(table: Table, column: Column, retention: Retention | None, start: dt.date) -> Partitioning:
    months = [_month(start, offset) for offset in range(MONTHS_AHEAD + 1)]
    cast = "" if column.type == "date" else " 00:00:00+00"
    parts = [
        Partition(
            name=shorten(f"{table.name}_{lower:%Y_%m}"),
            bounds=f"FOR VALUES FROM ('{lower}{cast}') TO ('{upper}{cast}')",
            lower=lower.isoformat(),
            upper=upper.isoformat(),
        )
        for lower, upper in itertools.pairwise(months)
    ]
    parts.append(Partition(name=shorten(f"{table.name}_default"), bounds="DEFAULT", default=True))
    keep = f"; a month older than {retention.days} days is detached and dropped at once" if retention else ""
    return Partitioning(
        strategy="range",
        column=column.name,
        interval="month",
        partitions=tuple(parts),
        because=f"{rows_after(table, 3):,.0f} rows after three years, read by spans of {column.name}{keep}",
        origin=Origin(kind="inferred", rule=f"append-only, over {ROWS_FROM:,} rows in three years, read by time"),
        serves=tuple(dict.fromkeys((*table.serves, *(retention.serves if retention else ())))),
    )


def _month(start: dt.date, offset: int) -> dt.date:
    years, month = divmod(start.month - 1 + offset, 12)
    return dt.date(start.year + years, month + 1, 1)


ENSURE = """CREATE FUNCTION ensure_monthly_partitions(parent regclass, months integer) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    first date := date_trunc('month', now() AT TIME ZONE 'UTC');
    lower date;
    child text;
    made integer := 0;
BEGIN
    FOR step IN 0 .. months LOOP
        lower := first + make_interval(months => step);
        child := format('%s_%s', (SELECT relname FROM pg_class WHERE oid = parent), to_char(lower, 'YYYY_MM'));
        IF to_regclass(format('public.%I', child)) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE public.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                child, parent, lower || ' 00:00:00+00', (lower + interval '1 month')::date || ' 00:00:00+00');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$"""


DROP = """CREATE FUNCTION drop_expired_partitions(parent regclass, keep interval) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    child regclass;
    removed integer := 0;
BEGIN
    FOR child IN
        SELECT c.oid::regclass
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent
            AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz <= now() - keep
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, child);
        EXECUTE format('DROP TABLE %s', child);
        removed := removed + 1;
    END LOOP;
    RETURN removed;
END
$$"""
"""Rows whose period is over go as a file that is removed, not as a million deletions that VACUUM has to clean up."""

SCANNED = """CREATE FUNCTION pg_temp.partitions_read(call text, parent regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || call INTO plan;
    RETURN (SELECT count(DISTINCT c.oid)
        FROM regexp_matches(plan::text, '"Relation Name": "([^"]+)"', 'g') AS named
        JOIN pg_class AS c ON c.relname = named[1]
        JOIN pg_inherits AS i ON i.inhrelid = c.oid AND i.inhparent = parent);
END
$$"""
"""How many partitions the planner means to read for a call of a prepared query; gone with the trial's session."""


def partition_claims(tables: Iterable[Table], queries: Iterable[Query], retained: Iterable[str]) -> list[Claim]:
    """Queries that fix the partition key read fewer partitions than there are; months past their period are dropped."""
    made: list[Claim] = []
    kept, asked = frozenset(retained), tuple(queries)
    for table in tables:
        if table.partitioning is not None:
            made += [_pruned(table, table.partitioning, query) for query in asked if _fixes(query, table)]
            if table.name in kept:
                made.append(_expired(table))
    return made


def _fixes(query: Query, table: Table) -> bool:
    """Whether the query compares the partition key with a parameter."""
    if query.table != table.name or query.kind == "write" or table.partitioning is None:
        return False
    return re.search(rf"\b{table.partitioning.column}\s*(=|>=|<)\s*\$", query.sql) is not None


def _pruned(table: Table, split: Partitioning, query: Query) -> Claim:
    count = len(split.partitions)
    call = f"EXECUTE {query.name} ({', '.join(p.sample for p in query.parameters)})"
    read = f"pg_temp.partitions_read({literal(call)}, {literal(quoted(table.name))}::regclass)"
    one = split.strategy == "hash"
    return Claim(
        id=f"{table.name}.pruned.{query.name}",
        sentence=f"{query.name} reads {'one' if one else 'fewer than all'} of the {count} partitions of {table.name}",
        element=f"table.{table.name}",
        serves=query.serves,
        trial=Returns(sql=(SCANNED, f"SELECT {read} {'= 1' if one else f'BETWEEN 1 AND {count - 1}'}"), rows=(("t",),)),
    )


def _expired(table: Table) -> Claim:
    old = shorten(f"{table.name}_1901_01")
    bounds = "FROM ('1901-01-01 00:00:00+00') TO ('1901-02-01 00:00:00+00')"
    left = f"SELECT count(*) FROM pg_inherits WHERE inhparent = {literal(quoted(table.name))}::regclass"
    drop = f"drop_expired_partitions({literal(quoted(table.name))}, interval '100 years')"
    assert table.partitioning is not None
    return Claim(
        id=f"{table.name}.partitions.expired",
        sentence=f"a month of {table.name} that is past its period is dropped, and no other",
        element="function.drop_expired_partitions",
        serves=table.partitioning.serves,
        trial=Returns(
            sql=(
                f"CREATE TABLE {old} PARTITION OF {quoted(table.name)} FOR VALUES {bounds}",
                f"SELECT {drop}",
                f"SELECT to_regclass({literal(old)}) IS NULL, ({left}) = {len(table.partitioning.partitions)}",
            ),
            rows=(("t", "t"),),
        ),
    )


def retained_months(tables: Iterable[Table], requirements: Requirements) -> dict[str, int]:
    """Days for which the rows of a table that is split by month are kept, by table."""
    days = {rule.entity: rule.days for rule in requirements.retention if rule.entity}
    return {
        t.name: days[t.entity]
        for t in tables
        if t.partitioning and t.partitioning.interval == "month" and t.entity in days
    }


def partition_statements(tables: Iterable[Table], kept: Mapping[str, int]) -> list[Statement]:
    """The partitions of every split table, the function that adds months, and the one that drops them.

    `kept` holds the days for which the months of a table are kept.
    """
    made: list[Statement] = []
    for table in tables:
        if table.partitioning is None:
            continue
        for position, part in enumerate(table.partitioning.partitions):
            made.append(
                Statement(
                    id=f"partition.{part.name}",
                    section="partitioning",
                    sql=f"CREATE TABLE {part.name} PARTITION OF {table.name}\n    {part.bounds}",
                    comment=f"{table.name} by {table.partitioning.strategy} of {table.partitioning.column}"
                    if position == 0
                    else "",
                    element=f"table.{table.name}",
                )
            )
    if any(t.partitioning and t.partitioning.interval == "month" for t in tables):
        made.append(
            Statement(
                id="function.ensure_monthly_partitions",
                section="partitioning",
                sql=ENSURE,
                comment="Run monthly: SELECT ensure_monthly_partitions('<table>', 6) adds the months that are missing",
                element="function.ensure_monthly_partitions",
            )
        )
    if kept:
        made.append(
            Statement(
                id="function.drop_expired_partitions",
                section="partitioning",
                sql=DROP,
                comment="Detaches and drops the months whose period is over",
                element="function.drop_expired_partitions",
            )
        )
        made += [_period(name, days) for name, days in kept.items()]
    return made


def _period(table: str, days: int) -> Statement:
    """The table's own period as a function without arguments, so that a job need know nothing."""
    name = shorten(f"remove_expired_{table}")
    return Statement(
        id=f"function.{name}",
        section="partitioning",
        sql=f"CREATE FUNCTION {name}() RETURNS integer\nLANGUAGE sql SET search_path = pg_catalog, public AS $$\n"
        f"    SELECT drop_expired_partitions({literal(quoted(table))}, interval '{days} days')\n$$",
        comment=f"Run monthly: SELECT {name}() removes the months of {table} that ended more than {days} days ago",
        element="function.drop_expired_partitions",
    )
