"""Whole designs of briefs, without their proof."""

import functools

from agents.caching import caching_plan
from agents.migrations import migration_plan
from agents.operations import operations_plan
from agents.requirement_analysis import requirement_analysis
from agents.scaling import scaling_plan
from agents.schema_design import schema_design
from agents.security import security_plan
from contracts.plan import Design
from flows.inputs import brief_from_file


@functools.cache
def design(path: str) -> Design:
    """The design of the brief in this file, on a fixed date."""
    brief = brief_from_file(path, date="2026-11-01")
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
