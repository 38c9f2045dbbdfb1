"""The steps of an evolution that touch an engine or the disk."""

from pathlib import Path

from agents.evolution import rename_statements
from artifacts.evolution_document import evolution_md
from artifacts.evolution_files import step_files
from artifacts.files import project_files, write_files
from artifacts.migration_files import stale_files
from contracts.claims import Engine
from contracts.evolution import (
    Answers,
    Evolution,
    EvolutionPlan,
    EvolutionProof,
    Schemas,
    SchemaScript,
    SchemaState,
    ScriptLine,
)
from contracts.migrations import MigrationPlan
from contracts.operations import OperationsPlan
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan
from flows.engines import EngineError
from flows.engines import engine as engine_of
from flows.engines.evolving import proven
from flows.engines.schema_state import schema_state
from flows.engines.server import Server, forbidden, scratch, serving
from flows.engines.session import Connection, checked, ran, rolled_back
from flows.evolve_inputs import refuse_unknown
from flows.inputs import InputError, engine_address, writing
from flows.progress import Progress

_LAST = "SELECT coalesce(max(version), '') FROM schema_migrations"


def schemas_on_engine(old: SchemaScript, new: SchemaScript, answers: Answers, engine: str, prover: Engine) -> Schemas:
    """Both schemas as this engine shows them; `InputError` for a script that it refuses, with its line."""
    info = engine_of(engine_address(engine))
    if info.origin == "none":
        raise EngineError(
            "An evolution is made from what an engine says of both designs",
            place="--engine none",
            evidence="a migration that was never run has lost data more than once",
            remedy="Give embedded, installed or a DSN.",
        )
    with serving(info) as server:
        after, _ = _shown(server, new)
        before, last = _shown(server, old)
        refuse_unknown(answers, before, after)
        forward, _ = rename_statements(before, answers)
        renamed = _shown(server, old, forward)[0] if forward else before
    return Schemas(old=before, renamed=renamed, new=after, last=last)


def _shown(server: Server, script: SchemaScript, more: tuple[str, ...] = ()) -> tuple[SchemaState, str]:
    """The schema after the script, and the last version that its table of steps has."""
    text = "\n".join((*script.statements(), *more))
    with scratch(server, "experiment", text) as connection:
        _applied(server, connection, script)
        for sql in more:
            outcome = ran(connection, sql)
            if outcome.failed:
                raise InputError(f"A rename is refused: {outcome.message}. Give another name, or leave it out.")
        state = schema_state(connection, text)
        recorded = any(t.name == "schema_migrations" for t in state.of("table"))
        last = str((checked(connection, _LAST).rows or (("",),))[0][0]) if recorded else ""
    return state, last


def _applied(server: Server, connection: Connection, script: SchemaScript) -> None:
    for line in script.lines:
        reason = forbidden(server, line.sql)
        outcome = ran(connection, line.sql)
        if outcome.failed or reason:
            raise InputError(
                f"{script.source}, line {line.line}: the engine refuses this statement: {reason or outcome.message}. "
                "Correct the script: it has to run as a whole in an empty database."
            )
    rolled_back(connection)


def evolution_proof(
    plan: EvolutionPlan, old: SchemaScript, engine: str, prover: Engine, progress: Progress
) -> EvolutionProof:
    """The steps on populated data, there and back, on this engine."""
    with serving(engine_of(engine_address(engine))) as server:
        return proven(server, old.statements(), plan, progress.trial)


def designed_script(
    requirements: Requirements,
    source: str,
    schema: SchemaDesign,
    security: SecurityPlan,
    operations: OperationsPlan,
    migrations: MigrationPlan,
) -> SchemaScript:
    """What a new design makes, without its queries: they make nothing that lasts."""
    statements = (
        *(s for s in schema.statements if s.section == "schema"),
        *operations.statements,
        *(s for s in schema.statements if s.section == "partitioning"),
        *migrations.statements,
        *security.statements,
    )
    lines = tuple(ScriptLine(sql=s.sql, line=1) for s in statements if not s.sql.lstrip().upper().startswith("PREPARE"))
    return SchemaScript(source=source, title=requirements.title, lines=lines)


def evolution_documents(plan: EvolutionPlan, proof: EvolutionProof | None, output: str) -> Evolution:
    """`evolution.md` and the files of the approved steps, under `output/<project>/planning`."""
    place = project_files(Path(output), plan.project)
    folder = place.folder / "evolution"
    ready = bool(proof and proof.holds)
    written = plan.steps if ready else ()
    files = {folder / name: text for step in written if step.approved for name, text in step_files(step).items()}
    document = place.folder / "evolution.md"
    with writing("The migration", place.folder):
        write_files({**files, document: evolution_md(plan, proof)})
        for file in stale_files(folder, (path.name for path in files)):
            file.unlink()
    return Evolution(
        plan=plan, proof=proof, document=document.as_posix(), files=tuple(p.as_posix() for p in files), ready=ready
    )
