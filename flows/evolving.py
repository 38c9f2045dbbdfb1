"""The command `evolve`: inputs checked first, then the spine, by plain calls or as a Prefect flow of this process."""

import argparse
import re

from contracts.evolution import Evolution
from flows.designing import engine_without_password
from flows.evolve_inputs import answers_from, is_design
from flows.evolve_spine import default_output, evolution, steps
from flows.here import DIRECTLY, begin_server, heard, prepare_prefect
from flows.inputs import InputError, brief_from_file, checked_output, checked_project, file_text
from flows.progress import Lines


def evolved(arguments: argparse.Namespace) -> Evolution:
    """The evolution of one document; what can be known to be wrong is refused before anything starts."""
    given = {name: getattr(arguments, name) for name in ("renames", "drops", "keeps", "fills", "usings")}
    answers = answers_from(arguments.answers, given)
    file_text(arguments.document)
    brief = None if is_design(arguments.brief) else brief_from_file(arguments.brief, arguments.project, arguments.date)
    project = brief.project if brief else project_of(arguments.project, arguments.document)
    output = checked_output(arguments.output or default_output(arguments.document))
    engine = engine_without_password(arguments.engine)
    last = checked_version(arguments.last)
    lines = Lines(steps(brief is not None))
    if arguments.direct:
        from flows.direct import DirectRun

        run = DirectRun(lines)
        return evolution(arguments.document, brief, arguments.brief, project, engine, output, answers, last, run)
    return _as_flow(arguments, engine, output, answers.model_dump_json(), lines)


def project_of(given: str, document: str) -> str:
    """The project that was named, else the folder around `planning`, else the document's name."""
    from pathlib import Path

    from agents.naming import slug

    file = Path(document).absolute()
    named = file.parent.parent.name if file.parent.name == "planning" else file.stem
    return checked_project(given or slug(named))


def checked_version(last: str) -> str:
    """A version such as V012, or nothing; `InputError` for anything else."""
    if last and not re.fullmatch(r"V\d{1,9}", last):
        raise InputError(
            f"{last[:40]!r} is no version of a migration. Write it as schema_migrations has it, such as V012."
        )
    return last


def _as_flow(arguments: argparse.Namespace, engine: str, output: str, answers: str, lines: Lines) -> Evolution:
    prepare_prefect()
    begin_server(lines.note, DIRECTLY)
    from flows.evolve import evolve

    with heard(lines):
        return evolve(
            document=arguments.document,
            brief=arguments.brief,
            project=arguments.project,
            engine=engine,
            output=output,
            date=arguments.date,
            answers=answers,
            last=arguments.last,
        )
