"""The one spine of an evolution: from a published design and a new brief to a proven migration, top to bottom."""

from collections.abc import Callable
from pathlib import Path

from agents.engine_choice import engine_choice
from agents.evolution import evolution_plan
from agents.migrations import migration_plan
from agents.operations import operations_plan
from agents.requirement_analysis import requirement_analysis
from agents.schema_design import schema_design
from agents.security import security_plan
from contracts.brief import Brief
from contracts.evolution import Answers, Evolution, SchemaScript
from flows.evolve_inputs import published_script, require_postgresql
from flows.evolve_steps import designed_script, evolution_documents, evolution_proof, schemas_on_engine
from flows.proving import proving_engine
from flows.run import Run

DESIGNING = (requirement_analysis, schema_design, security_plan, operations_plan, migration_plan, designed_script)
STEPS: tuple[Callable[..., object], ...] = (
    proving_engine,
    published_script,
    *DESIGNING,
    schemas_on_engine,
    evolution_plan,
    evolution_proof,
    evolution_documents,
)
"""Every step in the order of its progress line, when the new design is made from a brief."""

EVOLVE_NEVER_REUSED: frozenset[Callable[..., object]] = frozenset(
    {proving_engine, published_script, evolution_documents}
)
"""Steps that look at the world or write to it, so that a stored result would be a guess."""


def evolution(
    document: str,
    new: Brief | None,
    aim: str,
    project: str,
    engine: str,
    output: str,
    answers: Answers,
    last: str,
    run: Run,
) -> Evolution:
    """The migration from the design in `document` to the brief `new` of the file `aim`, or to that file's design.

    `last` is the last version that the database has recorded; empty takes the document's.
    """
    prover = run.submit(proving_engine, engine, "postgresql").result()
    old = run.submit(published_script, document).result()
    to = _designed(new, aim, run) if new else run.submit(published_script, aim).result()

    schemas = run.submit(schemas_on_engine, old, to, answers, engine, prover).result()
    if last:
        schemas = schemas.changed(last=last)
    plan = run.submit(evolution_plan, project, old, to, schemas, answers).result()
    proof = None
    if not plan.questions:
        proof = run.submit(evolution_proof, plan, old, engine, prover, run.progress).result()
    return run.submit(evolution_documents, plan, proof, output).result()


def _designed(brief: Brief, aim: str, run: Run) -> SchemaScript:
    """The new design as far as it makes a schema."""
    requirements = run.submit(requirement_analysis, brief).result()
    require_postgresql(engine_choice(requirements).family, brief.project)
    schema = run.submit(schema_design, requirements, brief.date).result()
    security = run.submit(security_plan, requirements, schema, brief.date).result()
    operations = run.submit(operations_plan, requirements, schema).result()
    migrations = run.submit(migration_plan, schema, security, operations).result()
    return run.submit(designed_script, requirements, aim, schema, security, operations, migrations).result()


def steps(designs: bool) -> int:
    """How many steps an evolution has, for the count on its progress lines."""
    return len(STEPS) if designs else len(STEPS) - len(DESIGNING) + 1


def default_output(document: str) -> str:
    """The folder around the project's, when the document lies in a project's `planning`, else applications."""
    file = Path(document)
    inside = file.absolute().parent.name == "planning"
    return file.parent.parent.parent.as_posix() if inside else "applications"
