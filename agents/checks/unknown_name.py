"""Do the agents speak of tables, columns, queries and roles that the design has?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.claims import UsesIndex
from contracts.plan import Design

MEANS = "Two agents disagree about the design, and one of their sections is wrong."
REMEDY = "Name something that the design has."

Mention = tuple[str, str, str]
"""(who names it, what kind of thing it must be, the name)."""


def findings(design: Design) -> Iterator[Finding]:
    """Names in one agent's contract that nothing in the design bears."""
    schema = design.schema_design
    known = {
        "table": {table.name for table in schema.tables} | _made_elsewhere(design),
        "column": {f"{table.name}.{column.name}" for table in schema.tables for column in table.columns},
        "query": {query.name for query in schema.queries},
        "prepared query": schema.prepared() | {q.name for q in design.operations.monitoring},
        "role": {role.name for role in design.security.roles},
        "statement": {statement.id for statement in design.script()},
    }
    for who, kind, name in (*_schema(design), *_caching(design), *_security(design), *_running(design)):
        if name not in known[kind]:
            yield finding(
                __name__,
                who,
                fact=f'"{who}" names {kind} "{name}", which the design does not have.',
                evidence=f"{len(known[kind])} of that kind are known.",
                remedy=f'Name a {kind} of the design in "{who}".',
            )


def _made_elsewhere(design: Design) -> set[str]:
    """Tables that are no entity's: the log of the audit and what migrations make for themselves."""
    log = {design.security.audit.log_table} if design.security.audit else set()
    return log | {s.element.rpartition(".")[2] for s in (*design.migrations.statements, *design.security.statements)}


def _schema(design: Design) -> Iterator[Mention]:
    for index in design.schema_design.indexes:
        columns = [key.column for key in index.keys if key.column] + list(index.include)
        yield f"index.{index.name}", "table", index.table
        yield from ((f"index.{index.name}", "column", f"{index.table}.{column}") for column in columns)
        yield from ((f"index.{index.name}", "prepared query", query) for query in index.queries)
    for query in design.schema_design.queries:
        yield from ((f"query.{query.name}", "table", table) for table in (query.table, *query.tables))


def _caching(design: Design) -> Iterator[Mention]:
    for entry in design.caching.entries:
        who = f"cache_entry.{entry.name}"
        yield who, "query", entry.query
        yield from ((who, "table", table) for table in (*entry.tables, *(i.table for i in entry.invalidations)))


def _security(design: Design) -> Iterator[Mention]:
    plan = design.security
    for grant in plan.grants:
        who = f"grant.{grant.role}.{grant.table}"
        yield from ((who, "role", grant.role), (who, "table", grant.table))
        yield from ((who, "column", f"{grant.table}.{column}") for column in grant.columns)
    for policy in plan.policies:
        who = f"policy.{policy.table}.{policy.name}"
        yield from ((who, "role", policy.role), (who, "table", policy.table))
    yield from ((f"classification.{c.table}", "column", f"{c.table}.{c.column}") for c in plan.classifications)
    yield from ((f"retention.{rule.table}", "table", rule.table) for rule in plan.retention)
    yield from (("audit", "table", table) for table in (plan.audit.tables if plan.audit else ()))


def _running(design: Design) -> Iterator[Mention]:
    yield from ((f"route.{route.query}", "query", route.query) for route in design.scaling.routes)
    yield from ((f"growth.{growth.table}", "table", growth.table) for growth in design.scaling.growth)
    yield from ((f"alert.{a.name}", "prepared query", a.query) for a in design.operations.alerts if a.query)
    for claim in design.claims():
        if isinstance(claim.trial, UsesIndex) and claim.trial.prepare is None:
            yield f"claim.{claim.id}", "prepared query", claim.trial.query
    for step in design.migrations.migrations:
        yield from ((f"migration.{step.version}", "statement", name) for name in step.statements)
