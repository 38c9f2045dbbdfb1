"""The whole design, and what is handed to the agents downstream."""

from contracts.base import Contract, Slug, Statement
from contracts.brief import Brief
from contracts.caching import CachingPlan
from contracts.checklist import Checklist
from contracts.claims import Claim, Engine, Experiment, Proof
from contracts.migrations import MigrationPlan
from contracts.operations import OperationsPlan
from contracts.requirements import Requirements
from contracts.scaling import ScalingPlan
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan


class Design(Contract):
    """What the designing agents made together, before anything was tried."""

    brief: Brief
    requirements: Requirements
    schema_design: SchemaDesign
    caching: CachingPlan
    scaling: ScalingPlan
    security: SecurityPlan
    operations: OperationsPlan
    migrations: MigrationPlan

    def script(self) -> tuple[Statement, ...]:
        """Every SQL statement of the document, in the order in which the document shows and executes them."""
        schema = self.schema_design.statements
        return (
            *(s for s in schema if s.section in ("schema", "queries")),
            *(s for s in self.operations.statements if s.section != "partitioning"),
            *(s for s in (*schema, *self.operations.statements) if s.section == "partitioning"),
            *self.migrations.statements,
            *self.security.statements,
        )

    def claims(self) -> tuple[Claim, ...]:
        """All claims of all agents."""
        plans = (self.schema_design, self.caching, self.scaling, self.security, self.operations, self.migrations)
        return tuple(claim for plan in plans for claim in plan.claims)

    def experiment(self) -> Experiment:
        """The experiment that tries every claim on the schema's synthetic rows."""
        return Experiment(
            dialect=self.schema_design.dialect,
            script=self.script(),
            dataset=self.schema_design.dataset,
            claims=self.claims(),
            rows=self.schema_design.dataset_rows,
            growth=self.schema_design.growth,
            grown_rows=self.schema_design.grown_rows,
        )


class PersistencePlan(Contract):
    """The design with its proof and checklist: what persistence.json holds and persistence.md shows."""

    design: Design
    proof: Proof
    checklist: Checklist


class Handoff(Contract):
    """What a downstream agent or a parent pipeline is given: where the documents are and what they are worth."""

    project: Slug
    document: str
    plan: str
    plan_digest: str
    engine: Engine
    claims: int
    held: int
    failed: int
    not_tried: int
    findings: int
    ready: bool
