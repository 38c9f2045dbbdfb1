"""Planted design faults, and whether the checks and trials find each: `python -m benchmarks.mutations`.

Two kinds of fault. A *decision* is wrong in the design itself, so that its own claims would hold: the checks have to
find it. A *script* is wrong where the design is right, as when a statement was edited: the trials and lints have to
find it on an engine.
"""

import datetime as dt
from pathlib import Path

from agents.caching import caching_plan
from agents.migrations import migration_plan
from agents.operations import operations_plan
from agents.requirement_analysis import requirement_analysis
from agents.scaling import scaling_plan
from agents.schema_design import schema_design
from agents.security import security_plan
from contracts.brief import Brief
from contracts.plan import Design

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = dt.date(2026, 11, 1)


def designed(text: str, project: str = "shop") -> Design:
    """The whole design of a brief, before anything was tried."""
    brief = Brief(project=project, text=text, date=DAY)
    requirements = requirement_analysis(brief)
    schema = schema_design(requirements, brief.date)
    security, operations = security_plan(requirements, schema, brief.date), operations_plan(requirements, schema)
    return Design(
        brief=brief,
        requirements=requirements,
        schema_design=schema,
        caching=caching_plan(requirements, schema),
        scaling=scaling_plan(requirements, schema, brief.machine),
        security=security,
        operations=operations,
        migrations=migration_plan(schema, security, operations),
    )


def example(name: str) -> Design:
    """The design of one of the examples."""
    return designed((EXAMPLES / name / "INITIAL.md").read_text("utf-8"), name)
