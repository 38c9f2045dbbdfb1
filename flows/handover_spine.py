"""The one spine of a hand-over: from a persistence.md to the files of the agents downstream, read from top to bottom.

It runs as plain calls (`flows.direct`) and as Prefect tasks (`flows.tasks`), like the architect's own spine.
"""

from collections.abc import Callable
from pathlib import Path

from agents.application_validation import application_validation, validation_report
from artifacts.files import write_files
from artifacts.validation_files import validation_report_md
from contracts.handover import AgentFiles, AgentName, AgentOutcome, DocumentHandover
from contracts.published import PublishedDesign
from contracts.validation import ValidationReport
from flows.consumers import AGENTS, consumer
from flows.inputs import InputError, writing
from flows.publishing import published_design
from flows.run import Run
from flows.validating import suite_run

REPORT = "VALIDATION_REPORT.md"

HANDOVER_NEVER_REUSED: frozenset[Callable[..., object]] = frozenset({published_design, suite_run})
"""Steps that look at the world, so that a stored result would be a guess."""


def document_handover(
    document: str, engine: str, output: str, agents: tuple[AgentName, ...], packages: str, run: Run
) -> DocumentHandover:
    """The files of these agents for the document at this path, under the project's folder.

    `packages` says with whose packages the generated suite is run (`own`, `here`), and `none` writes it only.
    """
    there = {name: found for name in agents if (found := consumer(name))}
    design = run.submit(published_design, document, engine, frozenset(there)).result()

    pending = {name: run.submit(found.agent, design) for name, found in there.items()}
    handed = tuple(there[name].handed(plan.result()) for name, plan in pending.items())
    folder = project_folder(document, output, design)
    outcomes = tuple(written(files, folder) for files in handed)

    report = None
    if "validation" in there and packages != "none":
        suite = application_validation(design)
        seen = run.submit(suite_run, folder.as_posix(), engine, packages).result()
        report = run.submit(validation_report, suite, seen).result()
        write_files({folder / REPORT: validation_report_md(report)})
    return handover_of(document, design, folder, outcomes, tuple(a for a in agents if a not in there), report)


def steps(agents: tuple[AgentName, ...], packages: str) -> int:
    """How many steps a hand-over to these agents has, for the count on its progress lines."""
    runs = 2 if "validation" in agents and packages != "none" else 0
    return 1 + sum(consumer(name) is not None for name in agents) + runs


def chosen(only: str) -> tuple[AgentName, ...]:
    """All agents, or the one that is named; `InputError` for a name that no agent has."""
    if not only:
        return AGENTS
    found = tuple(name for name in AGENTS if name == only)
    if not found:
        raise InputError(f'"{only}" is no agent of the hand-over. Give one of {", ".join(AGENTS)}, or leave it out.')
    return found


def project_folder(document: str, output: str, design: PublishedDesign) -> Path:
    """`output/<project>` when a folder is given, else the project's folder around `planning/`, else applications/."""
    file = Path(document)
    if output:
        return Path(output) / design.project
    if file.absolute().parent.name == "planning":
        return file.parent.parent
    return Path("applications") / design.project


def written(handed: AgentFiles, folder: Path) -> AgentOutcome:
    """The agent's files on disk, each whole; `InputError` when the folder cannot be written."""
    with writing(f"The files of {handed.agent}", folder):
        paths = write_files({folder / file.path: file.text for file in handed.files})
    return AgentOutcome(agent=handed.agent, files=tuple(p.as_posix() for p in paths), findings=handed.findings)


def handover_of(
    document: str,
    design: PublishedDesign,
    folder: Path,
    outcomes: tuple[AgentOutcome, ...],
    absent: tuple[AgentName, ...],
    report: ValidationReport | None,
) -> DocumentHandover:
    """What the hand-over is worth: no finding is an error, and the suite, where it ran, has no verdict against it."""
    errors = any(finding.severity == "error" for outcome in outcomes for finding in outcome.findings)
    results = report.run.results if report else ()
    passed = report is None or report.verdict != "not ready"
    return DocumentHandover(
        project=design.project,
        title=design.title,
        document=document,
        document_digest=design.document_digest,
        plan_digest=design.plan_digest,
        edited=design.edited,
        engine=design.engine,
        folder=folder.as_posix(),
        outcomes=outcomes,
        absent=absent,
        advice=design.advice,
        report=(folder / REPORT).as_posix() if report else "",
        verdict=report.verdict if report else "",
        tests=len(results),
        failed=sum(result.outcome == "failed" for result in results),
        ready=not errors and passed,
    )
