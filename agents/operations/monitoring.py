"""Queries for operators over this project's own tables and indexes; they run on PostgreSQL 15 to 18.

Each is prepared by the document and executed in the proof, so a view or column that a version lacks is found
before an operator needs the query at night.
"""

from collections.abc import Iterable

from agents.figures import plain, serving
from agents.operations.basis import executes, prepared, replicated
from agents.operations.recovery_targets import archives
from agents.operations.server_queries import (
    archiving,
    connections,
    long_transactions,
    replication_lag,
    slow_statements,
    xid_age,
)
from agents.operations.table_queries import (
    cache_hits,
    dead_rows,
    index_usage,
    partition_headroom,
    partitioned_tables,
    table_sizes,
    waiting_events,
)
from agents.schema_design.outbox import NAME as OUTBOX
from contracts.base import Omission, Origin, Statement
from contracts.claims import Accepted, Claim
from contracts.operations import MonitoringQuery
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def monitoring(requirements: Requirements, schema: SchemaDesign) -> tuple[MonitoringQuery, ...]:
    """The queries that this project's size asks for; a person's own device gets those about its disk."""
    if not schema.tables:
        return ()
    made = [table_sizes(requirements, schema), dead_rows(requirements, schema)]
    if requirements.tier == "embedded":
        return tuple(made)
    if "pg_stat_statements" in schema.extensions:
        made.insert(0, slow_statements(requirements))
    made += [
        cache_hits(requirements, schema),
        connections(requirements),
        long_transactions(requirements),
        xid_age(requirements, schema),
    ]
    if schema.indexes:
        made.append(index_usage(requirements, schema))
    if replicated(requirements):
        made.append(replication_lag(requirements))
    if archives(requirements):
        made.append(archiving(requirements))
    if partitioned_tables(requirements, schema):
        made.append(partition_headroom(requirements, schema))
    if any(table.name == OUTBOX for table in schema.tables):
        made.append(waiting_events(requirements, schema))
    return tuple(made)


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
                f"no table is split by time; the busiest, {most.name}, gets {plain(most.rows_per_day)} rows a day",
            )
        )
    return [Omission(subject=subject, reason=reason, origin=origin, serves=serves) for subject, reason in made]
