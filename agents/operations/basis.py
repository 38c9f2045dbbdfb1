"""What the parts of the operations plan share: the project's name as a database, its busy tables, its standby."""

import re
from collections.abc import Sequence

from agents.naming import identifier, shorten
from agents.scaling.availability import STANDBY_FROM
from agents.security.basis import found, listed
from agents.security.sentences import changes
from contracts.base import Origin, Statement
from contracts.claims import Claim, Executes, SettingAccepted
from contracts.operations import MonitoringQuery
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

__all__ = [
    "changing_tables",
    "database_name",
    "executes",
    "found",
    "largest",
    "listed",
    "named_tables",
    "prepared",
    "replicated",
    "setting_claim",
    "watching",
    "writes",
]


def database_name(requirements: Requirements, suffix: str = "") -> str:
    """The database of one environment: the project's name, with a suffix everywhere but in production."""
    tail = f"_{suffix}" if suffix else ""
    return f"{shorten(identifier(requirements.project), 62 - len(tail))}{tail}"


def replicated(requirements: Requirements) -> bool:
    """Whether a standby takes over: a service (tier standard or large) with three nines or more."""
    goal = requirements.targets.availability_percent
    return requirements.tier in ("standard", "large") and goal is not None and goal >= STANDBY_FROM


def changing_tables(schema: SchemaDesign, most: int = 8) -> tuple[Table, ...]:
    """Tables whose rows come or change each day, the busiest first; without rates, those that are no reference data."""
    busy = [table for table in schema.tables if table.rows_per_day > 0]
    found_tables = busy or [table for table in schema.tables if table.nature != "reference"]
    return tuple(sorted(found_tables, key=lambda t: (-t.rows_per_day, -t.expected_rows, t.name))[:most])


def largest(schema: SchemaDesign, most: int = 3) -> tuple[Table, ...]:
    """The largest tables after a year."""
    return tuple(sorted(schema.tables, key=lambda t: (-(t.expected_rows + 365 * t.rows_per_day), t.name))[:most])


def named_tables(schema: SchemaDesign, text: str) -> list[str]:
    """Tables whose name or entity a sentence speaks of, in the schema's order."""
    stream = f"_{identifier(text)}_"
    return [t.name for t in schema.tables if f"_{t.name}_" in stream or (t.entity and f"_{t.entity}_" in stream)]


_READING = re.compile(r"\b(views?|sees?|browses?|search(es)?|reads?|finds?|lists?|looks?|follows?|reports?)\b", re.I)


def writes(workflow: str) -> bool:
    """Whether a workflow's first clause changes rows; states that it names ("not cancelled") change nothing.

    >>> writes("A customer places an order and pays it"), writes("A customer views own orders (not cancelled)")
    (True, False)
    """
    return changes(workflow) and not _READING.search(workflow.split(",")[0].split("(")[0])


def prepared(name: str, sql: str, title: str) -> Statement:
    """A monitoring query as a statement of the document."""
    return Statement(
        id=f"monitoring.{name}",
        section="monitoring",
        sql=f"PREPARE {name} AS\n{sql}",
        comment=title,
        element=f"monitoring.{name}",
    )


def watching(
    name: str, title: str, sql: str, serves: Sequence[str], rule: str, needs: tuple[str, ...] = ()
) -> MonitoringQuery:
    """A query for operators, by its name without `monitor_`."""
    return MonitoringQuery(
        name=f"monitor_{name}",
        title=title,
        sql=sql,
        needs=needs,
        origin=Origin(kind="inferred", rule=rule),
        serves=tuple(serves),
    )


def executes(statement: Statement, sentence: str, serves: tuple[str, ...]) -> Claim:
    """The claim that a statement of this plan executes."""
    return Claim(
        id=f"{statement.id}.executes",
        sentence=sentence,
        element=statement.element,
        serves=serves,
        trial=Executes(statement=statement.id),
    )


def setting_claim(environment: str, name: str, value: str, serves: tuple[str, ...]) -> Claim:
    """The claim that the server accepts a setting of an environment."""
    return Claim(
        id=f"operations.setting.{environment}.{name}",
        sentence=f"The server accepts {name} = {value}, as {environment} sets it",
        element=f"operations.environment.{environment}",
        serves=serves,
        trial=SettingAccepted(name=name, value=value),
    )
