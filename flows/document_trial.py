"""A persistence.md run again from its own text: what a reader would paste, and what its plan claims about it."""

from dataclasses import dataclass
from pathlib import Path

from agents.verification import proof
from artifacts.reading import DocumentError, plan_digest, plan_of, sql_statements
from contracts.base import Statement
from contracts.claims import Claim, Executes, Experiment, Proof
from contracts.plan import PersistencePlan
from flows.engines import observe
from flows.families import family_of
from flows.inputs import engine_address, file_text
from flows.progress import Progress


@dataclass(frozen=True)
class Verification:
    """What running a document showed.

    `statements` is the number of its SQL statements, `plan` whether the claims of its plan were tried too, and
    `foreign_plan` says in a sentence why the file beside it is not its plan (empty otherwise).
    """

    proof: Proof
    statements: int
    plan: bool
    foreign_plan: str

    @property
    def holds(self) -> bool:
        """Whether everything was tried and holds."""
        return not self.foreign_plan and all(seen.verdict == "holds" for seen in self.proof.evidence)


def verification(document: str, engine: str, progress: Progress) -> Verification:
    """The document's SQL in order in an empty database, then every claim of the plan that lies beside it.

    Raises `DocumentError` or `InputError` for a file that is no such document, `EngineError` for the engine.
    """
    text = file_text(document)
    script = _script(text)
    plan, foreign = _plan_beside(Path(document), text)
    experiment = _experiment(script, plan, family_of(text))
    observations = observe(experiment, engine_address(engine), progress.trial)
    return Verification(proof(experiment, observations), len(script), plan is not None, foreign)


def plan_beside(document: str) -> PersistencePlan:
    """The plan of this document; `DocumentError` when the file beside it is missing or belongs to another one."""
    plan, foreign = _plan_beside(Path(document), file_text(document))
    if plan is None:
        raise DocumentError(
            foreign or f"There is no persistence.json beside {document}.",
            "Keep both files together, or run design again.",
        )
    return plan


def _script(text: str) -> tuple[Statement, ...]:
    """The document's statements, called by their place and line; nothing is taken from the plan."""
    return tuple(
        Statement(id=f"document.{place}.line.{found.line}", section="schema", sql=found.text, element="document")
        for place, found in enumerate(sql_statements(text), start=1)
    )


def _plan_beside(document: Path, text: str) -> tuple[PersistencePlan | None, str]:
    """The plan if it is this document's, and else why not; a document that travels alone has none."""
    place = document.with_name("persistence.json")
    if not place.is_file():
        return None, ""
    plan, digest = plan_of(file_text(str(place))), plan_digest(text)
    if plan.digest() == digest:
        return plan, ""
    return None, (
        f"{place} is not the plan of this document: its digest is {plan.digest()[:12]}…, "
        f"the document names {digest[:12]}…."
    )


def _experiment(script: tuple[Statement, ...], plan: PersistencePlan | None, family: str) -> Experiment:
    """Each statement of the document executes, and whatever the plan claims beyond that."""
    executes = tuple(
        Claim(
            id=f"executes.{statement.id}",
            sentence=f"The statement on line {statement.id.rpartition('.')[2]} executes.",
            element=statement.id,
            trial=Executes(statement=statement.id),
        )
        for statement in script
    )
    if plan is None:
        return Experiment(dialect=family, script=script, claims=executes, rows=0)
    planned = plan.design.experiment()
    if planned.dialect != "postgresql":  # other engines know a query by its statement's id, not by a name in its text
        script = (*script, *(s for s in plan.design.schema_design.statements if s.section == "queries"))
    loaded = {statement.id for statement in (*planned.dataset, *planned.growth)}
    others = (c for c in planned.claims if not isinstance(c.trial, Executes) or c.trial.statement in loaded)
    return planned.model_copy(update={"script": script, "claims": (*executes, *others)})
