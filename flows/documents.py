"""The last step: the documents of a plan on disk, and what they are worth in one contract."""

from pathlib import Path

from artifacts.document import persistence_md
from artifacts.er_picture import er_svg
from artifacts.exports import exports
from artifacts.files import ProjectFiles, plan_json, project_files, write_files
from artifacts.migration_files import migration_files, stale_files
from contracts.plan import Handoff, PersistencePlan
from flows.inputs import writing


def documents(plan: PersistencePlan, output: str) -> Handoff:
    """`persistence.md` and what lies beside it under `output/<project>/planning`, each whole or not at all.

    The document comes last, because its digest comment names the plan that must then lie beside it.
    """
    files = project_files(Path(output), plan.design.brief.project)
    with writing("The documents", files.folder):
        beside = _beside(files, plan)
        write_files({**beside, files.plan: plan_json(plan), files.document: persistence_md(plan)})
        for file in stale_files(files.migrations, (path.name for path in beside)):
            file.unlink()
    return handed_over(plan, files.document.as_posix(), files.plan.as_posix())


def _beside(files: ProjectFiles, plan: PersistencePlan) -> dict[Path, str]:
    """The files that the document's schema is used through."""
    design = plan.design
    steps = {files.migrations / name: text for name, text in migration_files(design).items()}
    picture = er_svg(design.requirements.title, design.schema_design.tables)
    models = {files.folder / name: text for name, text in exports(design).items()}
    return {**steps, files.folder / "er-diagram.svg": picture, **models}


def handed_over(plan: PersistencePlan, document: str, place: str) -> Handoff:
    """What the plan is worth: `ready` when every item of the checklist holds and no finding is an error."""
    verdicts = [evidence.verdict for evidence in plan.proof.evidence]
    errors = [finding for finding in plan.checklist.findings if finding.severity == "error"]
    return Handoff(
        project=plan.design.brief.project,
        document=document,
        plan=place,
        plan_digest=plan.digest(),
        engine=plan.proof.engine,
        claims=len(verdicts),
        held=verdicts.count("holds"),
        failed=verdicts.count("fails"),
        not_tried=verdicts.count("not_tried"),
        findings=len(errors),
        ready=not errors and all(item.verdict == "holds" for item in plan.checklist.items),
    )
