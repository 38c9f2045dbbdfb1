"""The designing agents as the spine calls them: each step is done by the agent of the design's engine family.

The schema's step chooses the family; what follows reads it from the schema.
"""

import datetime as dt

from agents import dialects
from agents.engine_choice import engine_choice
from contracts.brief import Machine
from contracts.caching import CachingPlan
from contracts.migrations import MigrationPlan
from contracts.operations import OperationsPlan
from contracts.requirements import Requirements
from contracts.scaling import ScalingPlan
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan


def schema_design(requirements: Requirements, start: dt.date) -> SchemaDesign:
    """The schema for the engine family that fits; the first decision says which and why."""
    chosen = engine_choice(requirements)
    design = dialects.family(chosen.family).schema_design(requirements, start)
    return design.model_copy(update={"decisions": (chosen.decision, *design.decisions)})


def caching_plan(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> CachingPlan:
    """What is cached where, and which writes make it stale."""
    return dialects.family(schema.dialect).caching_plan(requirements, schema, start)


def scaling_plan(requirements: Requirements, schema: SchemaDesign, machine: Machine | None) -> ScalingPlan:
    """How the database is sized, reached and grown."""
    return dialects.family(schema.dialect).scaling_plan(requirements, schema, machine)


def security_plan(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> SecurityPlan:
    """How the data is protected."""
    return dialects.family(schema.dialect).security_plan(requirements, schema, start)


def operations_plan(requirements: Requirements, schema: SchemaDesign) -> OperationsPlan:
    """How the database is run."""
    return dialects.family(schema.dialect).operations_plan(requirements, schema)


def migration_plan(schema: SchemaDesign, security: SecurityPlan, operations: OperationsPlan) -> MigrationPlan:
    """The versioned steps that the design consists of."""
    return dialects.family(schema.dialect).migration_plan(schema, security, operations)
