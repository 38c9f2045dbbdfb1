"""The one spine: from a brief to a proven persistence architecture, read from top to bottom.

It runs as plain calls (`flows.direct`) and as Prefect tasks (`flows.tasks`); a run only decides how a step is
called, so both give the same bytes. A step is a function whose arguments and result are contracts or plain data.
"""

from collections.abc import Callable

from agents.designing import (
    caching_plan,
    migration_plan,
    operations_plan,
    scaling_plan,
    schema_design,
    security_plan,
)
from agents.engine_choice import engine_choice
from agents.qa_checklist import qa_checklist
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.plan import Design, Handoff, PersistencePlan
from contracts.requirements import Requirements
from flows.documents import documents
from flows.proving import proof_on_engine, proving_engine
from flows.run import Run

STEPS: tuple[Callable[..., object], ...] = (
    requirement_analysis,
    proving_engine,
    schema_design,
    caching_plan,
    scaling_plan,
    security_plan,
    operations_plan,
    migration_plan,
    proof_on_engine,
    qa_checklist,
    documents,
)
"""Every step in the order of its progress line; a run's length, and what can be forced by name."""

NEVER_REUSED: frozenset[Callable[..., object]] = frozenset({proving_engine, documents})
"""Steps that look at the world or write to it, so that a stored result would be a guess."""


EVIDENCE: frozenset[Callable[..., object]] = frozenset({proving_engine, proof_on_engine, qa_checklist, documents})
"""Steps whose result was seen or judged; nobody may give it by hand."""


def persistence_architecture(brief: Brief, engine: str, output: str, run: Run) -> Handoff:
    """The documents of this brief under `output`, proven on `engine` (embedded, installed, a DSN, env:NAME, none).

    The engine is looked at before anything is designed: nobody should wait for a design, or a review of the analysis,
    to learn of a mistyped address.
    """
    requirements = run.submit(requirement_analysis, brief).result()
    chosen = engine_choice(requirements)
    prover = run.submit(proving_engine, engine, chosen.family, chosen.version).result()
    brief, requirements = run.gate.analysis(brief, requirements)
    corrected = engine_choice(requirements)
    if (corrected.family, corrected.version) != (chosen.family, chosen.version):
        prover = run.submit(proving_engine, engine, corrected.family, corrected.version).result()
    design = whole_design(brief, requirements, run)
    proof = run.submit(proof_on_engine, design.experiment(), engine, prover, run.progress).result()
    checklist = run.submit(qa_checklist, design, proof).result()

    plan = PersistencePlan(design=design, proof=proof, checklist=checklist)
    # The agents downstream follow here: each is handed the document that was written and, with a review, approved.
    return run.gate.hand_over(run.submit(documents, plan, output).result())


def whole_design(brief: Brief, requirements: Requirements, run: Run) -> Design:
    """What the designing agents make of an analysis; nothing has been tried yet."""
    schema = run.submit(schema_design, requirements, brief.date).result()

    caching = run.submit(caching_plan, requirements, schema, brief.date)
    scaling = run.submit(scaling_plan, requirements, schema, brief.machine)
    security = run.submit(security_plan, requirements, schema, brief.date)
    operations = run.submit(operations_plan, requirements, schema)

    return Design(
        brief=brief,
        requirements=requirements,
        schema_design=schema,
        caching=caching.result(),
        scaling=scaling.result(),
        security=security.result(),
        operations=operations.result(),
        migrations=run.submit(migration_plan, schema, security.result(), operations.result()).result(),
    )
