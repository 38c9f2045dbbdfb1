"""What the brief asks for beyond the schema, and which query answers what, as plain data for YAML blocks.

The agents downstream are handed the document and nothing else, so whatever an API, a deployment or a validation
must know (callers, limits, outside systems, targets, parameters' names) stands in it as data that people can read.
"""

import re

from artifacts.figures import duration
from artifacts.tracing import TraceRow
from artifacts.yaml_block import Noted
from artifacts.yaml_sections import Data, asked_by, figure_value
from contracts.operations import Backup
from contracts.plan import Design
from contracts.requirements import Requirements
from contracts.schema import Query

_ENDPOINT = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE)\s+/\S*")


def application(design: Design) -> Data:
    """The facts of the brief that no table holds; what it does not say is left out."""
    asked = design.requirements
    facts: Data = {"project": asked.project, "title": asked.title, "domain": asked.domain, "size_class": asked.tier}
    facts |= {
        "stack": _filled(asked.stack.model_dump()),
        "targets": _filled(asked.targets.model_dump()),
        "access": _access(design),
        "workflows": list(asked.workflows),
        "external_systems": [
            _filled(
                {
                    "name": Noted(system.name, asked_by(system)),
                    "purpose": system.purpose,
                    "requirement": _first(system.serves),
                }
            )
            for system in asked.integrations
        ],
        "states": _states(design),
        "volumes": {
            table.name: _volume(table.expected_rows, table.rows_per_day) for table in design.schema_design.tables
        },
        "retention_days": {rule.table: rule.days for rule in design.security.retention if rule.days},
    }
    return {"application": _filled(facts)}


def _first(ids: tuple[str, ...]) -> str:
    return ids[0] if ids else ""


def _filled(data: Data) -> Data:
    """The data without keys that have nothing behind them."""
    return {key: value for key, value in data.items() if value not in (None, "", (), [], {}, False)}


def _access(design: Design) -> Data:
    """Who calls, how they are known, and which database role acts for them."""
    protection = design.requirements.protection
    made = [role.name for role in design.security.roles]
    owner = protection.tenant or protection.owner
    return _filled({
        "public_api": protection.public_api,
        "authentication": protection.authentication,
        "rate_limits": _said(design.requirements, "security.rate-limit"),
        "owner_table": next((t.name for t in design.schema_design.tables if owner and t.entity == owner), ""),
        "callers": {role: _acting(role, made) for role in protection.roles if _acting(role, made)},
        "sign_in": _ending(made, "_auth"),
        "reports": _ending(made, "_readonly"),
        "regulations": list(protection.regulations),
        "encryption": protection.encryption,
    })  # fmt: skip


def _acting(role: str, made: list[str]) -> str:
    """The role of this caller's own, else the application's."""
    return _ending(made, f"_{role}") or _ending(made, "_app")


def _ending(made: list[str], suffix: str) -> str:
    return next((name for name in made if name.endswith(suffix)), "")


def _said(asked: Requirements, requirement: str) -> list[str]:
    """The brief's own sentences on a requirement."""
    found = [line.text for line in asked.trace if requirement in line.by]
    return found or [r.origin.quote for r in asked.requirements if r.id == requirement and r.origin.quote]


def _states(design: Design) -> list[Data]:
    """The changes of a state that the brief allows, each as `from → to`."""
    tables = {table.entity: table for table in design.schema_design.tables}
    return [
        {
            "table": Noted(tables[rule.entity].name, asked_by(rule)),
            "column": rule.attributes[0],
            "transitions": [f"{before} → {after}" for before, after in rule.transitions],
            "requirement": rule.id,
        }
        for rule in design.requirements.rules
        if rule.kind == "state" and rule.entity in tables and rule.attributes
    ]


def _volume(rows: int, rows_per_day: float) -> Data:
    if not rows_per_day:
        return {"rows": rows}
    return {"rows": rows, "rows_per_day": int(rows_per_day) if rows_per_day == int(rows_per_day) else rows_per_day}


def access_patterns(design: Design) -> Data:
    """Each query with the requirement that it answers, its parameters by name, and what the brief says of its use."""
    return {"access_patterns": [_pattern(design.requirements, query) for query in design.schema_design.queries]}


def _pattern(asked: Requirements, query: Query) -> Data:
    endpoints = [m[0] for line in asked.trace if query.access in line.by for m in _ENDPOINT.finditer(line.text)]
    return _filled({
        "query": query.name,
        "answers": query.access,
        "kind": query.kind,
        "in_transaction_of": query.part_of,
        "table": query.table,
        "tables": list(query.tables) if len(query.tables) > 1 else [],
        "parameters": [parameter.name for parameter in query.parameters],
        "endpoints": [endpoint.rstrip(":,;") for endpoint in dict.fromkeys(endpoints)],
        "served_by": query.index,
        "at_most_per_second": query.per_second,
        "may_be_stale": None if query.staleness_seconds is None else duration(query.staleness_seconds),
    })  # fmt: skip


def backup(plan: Backup) -> Data:
    """The figures of backup and recovery, each with its derivation."""
    data: Data = {
        "method": plan.method,
        "recovery_point": figure_value(plan.recovery_point),
        "recovery_time": figure_value(plan.recovery_time),
    }
    if plan.repair_time is not None and plan.repair_time != plan.recovery_time:
        data["repair_time"] = figure_value(plan.repair_time)
    if plan.restore_time not in (None, plan.recovery_time, plan.repair_time):
        data["restore_time"] = figure_value(plan.restore_time)
    data["full_copy_every"] = figure_value(plan.full_interval_hours)
    for name, hours in (("difference_every", plan.copy_hours), ("snapshot_every", plan.snapshot_hours)):
        if hours is not None:
            data[name] = figure_value(hours)
    if plan.archive_interval_seconds is not None:
        data["log_archived_every"] = figure_value(plan.archive_interval_seconds)
    if plan.repository_bytes is not None:
        data["repository"] = figure_value(plan.repository_bytes)
    return {"backup": data | {"kept_for": figure_value(plan.retention_days), "restore_test": plan.restore_test}}


TRIED = (
    "table", "column", "check", "unique", "exclusion", "foreign key", "index", "query", "partitioning", "policy",
    "role", "audit", "retention rule", "cache entry", "setting", "pool", "replica", "backup", "alert",
)  # fmt: skip
"""Kinds of elements that a test can look for; a decision or an omission leaves nothing to try."""


def traceability(rows: tuple[TraceRow, ...]) -> Data:
    """Every requirement with all elements that serve it, by kind; columns only where nothing larger serves it."""
    served: Data = {}
    for row in rows:
        kinds: dict[str, list[str]] = {}
        for element in row.elements:
            if element.kind in TRIED:
                kinds.setdefault(element.kind.replace(" ", "_"), []).append(element.name)
        if len(kinds) > 1:
            kinds.pop("column", None)
        if kinds:
            served[row.requirement.id] = {kind: ", ".join(dict.fromkeys(names)) for kind, names in kinds.items()}
    return {"traceability": served}
