"""The command line: `python -m flows <command>`. Progress to standard error, results to standard output.

Exit codes: 0 all checks hold, 1 findings, 2 what was given cannot be used, 70 a fault of ours (with its traceback).
Modules that cost time to import are imported by the command that needs them.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flows.ownership import ownership_warnings

HOLDS, FINDINGS, BAD_INPUT, OUR_FAULT, INTERRUPTED = 0, 1, 2, 70, 130
ENGINE_HELP = (
    "embedded (default), installed, none, a DSN such as postgresql://user@host:5432/postgres, "
    "or env:NAME for a DSN in an environment variable"
)
DATABASE_HELP = (
    "engine family to design for, whatever the brief says: mariadb, mysql, postgresql or sqlite, with a version as in "
    "mariadb:10.6"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    for warning in ownership_warnings():
        print(f"warning: {warning}", file=sys.stderr)
    try:
        arguments = command_line().parse_args(argv)
    except SystemExit as end:  # argparse has printed help or the fault
        return int(end.code or 0)
    return _exit_code(arguments)


def _exit_code(arguments: argparse.Namespace) -> int:
    from flows.errors import USER_ERRORS

    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except USER_ERRORS as error:
        start_of_line = "\r\x1b[K" if sys.stderr.isatty() else ""  # the count of trials may stand there
        print(f"{start_of_line}error: {one_line(str(error))}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `… | head`
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # the interpreter flushes it at exit
        return HOLDS
    except Exception:
        traceback.print_exc()
        print(
            "This is a fault of the application, not of your input. Please report the lines above.",
            file=sys.stderr,
        )
        return OUR_FAULT
    return code


def one_line(text: str) -> str:
    """A message as one line of printable characters: names and words in it come from elsewhere."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in " ".join(text.split()))


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m flows",
        description="Turns an application's brief into a persistence architecture that was executed and proven.",
        epilog="Exit codes: 0 all checks hold, 1 findings, 2 what was given cannot be used.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_design(commands)
    verify = _command(commands, "verify", _verify, "run a persistence.md again: every SQL block, every claim")
    verify.add_argument("document", metavar="persistence.md")
    verify.add_argument("--engine", default="embedded", help=ENGINE_HELP)
    _add_handoff(commands)
    _add_evolve(commands)
    trace = _command(commands, "trace", _trace, "show requirement, design and proof side by side")
    trace.add_argument("document", metavar="persistence.md")
    _add_replay(commands)
    _add_batch(commands)
    _command(commands, "engines", _engines, "list the engines that are here and what each can prove")
    schema = _command(commands, "schema", _schema, "write the JSON Schemas of all contracts into a folder")
    schema.add_argument("folder", metavar="DIR")
    _add_serve(commands)
    return parser


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
    """A command of argparse's sub-parsers, whose class it does not name in public."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.set_defaults(run=run)
    return parser


def _add_design(commands: Any) -> None:
    design = _command(commands, "design", _design, "turn a brief into a proven persistence architecture")
    design.add_argument("brief", metavar="BRIEF", help="the brief, usually applications/<project>/planning/INITIAL.md")
    design.add_argument("--project", default="", metavar="SLUG", help="default: from the brief's path or title")
    design.add_argument("--output", default="applications", metavar="DIR", help="default: applications")
    design.add_argument("--engine", default="embedded", help=ENGINE_HELP)
    design.add_argument("--date", default="", metavar="YYYY-MM-DD", help="the date of the design; default: today")
    design.add_argument("--memory-gb", type=float, default=0, metavar="N", help="memory of the database machine")
    design.add_argument("--cores", type=int, default=0, metavar="N", help="cores of the database machine")
    design.add_argument("--database", default="", metavar="FAMILY[:VERSION]", help=DATABASE_HELP)
    design.add_argument("--review", action="store_true", help="wait for a person's approval in the Prefect UI")
    design.add_argument("--direct", action="store_true", help="plain calls: no Prefect, nothing stored, nothing reused")
    design.add_argument("--json", action="store_true", help="print the hand-over contract as JSON")


def _add_evolve(commands: Any) -> None:
    text = "make the migration from a published design to a new brief, proven there and back"
    evolve = _command(commands, "evolve", _evolve, text)
    evolve.add_argument("document", metavar="persistence.md", help="the design that stands; a .json or DDL will do")
    evolve.add_argument("brief", metavar="BRIEF", help="the new brief, or a design with its SQL")
    evolve.add_argument("--project", default="", metavar="SLUG", help="default: from the brief's path or title")
    evolve.add_argument("--output", default="", metavar="DIR", help="default: the folder around the document's project")
    evolve.add_argument("--engine", default="embedded", help=ENGINE_HELP)
    evolve.add_argument("--date", default="", metavar="YYYY-MM-DD", help="the date of the new design; default: today")
    evolve.add_argument(
        "--last", default="", metavar="VERSION", help="last version of the database; default: the design's"
    )
    evolve.add_argument("--answers", default="", metavar="FILE", help="YAML with what the options below say")
    for option, name, meta, told in (
        ("--rename", "renames", "OLD=NEW", "a table or table.column has another name now"),
        ("--drop", "drops", "NAME", "it may go; its data are kept in the schema retired"),
        ("--keep", "keeps", "NAME", "it stays although the new design lacks it"),
        ("--fill", "fills", "COLUMN=SQL", "the value that rows that exist get"),
        ("--using", "usings", "COLUMN=SQL", "how a column's values become its new type"),
    ):
        evolve.add_argument(option, dest=name, action="append", default=[], metavar=meta, help=told)
    evolve.add_argument("--direct", action="store_true", help="plain calls: no Prefect, nothing stored, nothing reused")
    evolve.add_argument("--json", action="store_true", help="print the evolution as JSON")


def _add_replay(commands: Any) -> None:
    replay = _command(
        commands, "replay", _replay, "run a run of Prefect again; what is finished and unaffected is kept"
    )
    replay.add_argument("flow_run", metavar="RUN", help="the id or name of a run of persistence-architect")
    replay.add_argument("--from", dest="start", default="", metavar="STEP", help="a step that runs although it is done")
    replay.add_argument("--override", default="", metavar="FILE", help="a contract as JSON instead of STEP's result")
    replay.add_argument("--json", action="store_true", help="print the hand-over contract as JSON")


def _add_batch(commands: Any) -> None:
    batch = _command(commands, "batch", _batch, "design a folder of briefs side by side, by the workers of a server")
    batch.add_argument("folder", metavar="DIR", help="briefs, or folders of projects with their INITIAL.md")
    batch.add_argument("--concurrency", type=int, default=2, metavar="N", help="briefs at once; default: 2")
    batch.add_argument("--deployment", default="persistence-architect/design", metavar="NAME", help="who runs them")
    batch.add_argument("--runner", default="", metavar="NAME", help="tasks instead: threads, dask, ray or dask=ADDRESS")
    batch.add_argument("--output", default="applications", metavar="DIR", help="default: applications")
    batch.add_argument("--engine", default="embedded", help=ENGINE_HELP)
    batch.add_argument("--date", default="", metavar="YYYY-MM-DD", help="the date of the designs; default: today")
    batch.add_argument("--json", action="store_true", help="print the report as JSON")


def _add_serve(commands: Any) -> None:
    serve = _command(commands, "serve", _serve, "serve the UI and the deployments of a local, closed Prefect server")
    serve.add_argument("--port", type=int, default=4200, metavar="N", help="default: 4200; 0 takes any free one")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1, this machine alone")
    serve.add_argument("--password-file", default="", metavar="FILE", help="a password of yours; default: a new one")
    serve.add_argument("--state", default="", metavar="DIR", help="password, database, results, logs; default: yours")
    serve.add_argument("--limit", type=int, default=2, metavar="N", help="runs at the same time; default: 2")


def _add_handoff(commands: Any) -> None:
    text = "hand a persistence.md to the agents downstream: API, deployment, validation"
    handoff = _command(commands, "handoff", _handoff, text)
    handoff.add_argument("document", metavar="persistence.md")
    handoff.add_argument("--only", default="", choices=("api", "deployment", "validation"), help="one agent alone")
    handoff.add_argument(
        "--output", default="", metavar="DIR", help="default: the folder around the document's planning/"
    )
    handoff.add_argument("--engine", default="embedded", help=ENGINE_HELP)
    handoff.add_argument(
        "--packages", default="own", choices=("own", "here", "none"),
        help="own environment for the validation suite (default), this one, or none: write the suite and do not run it",
    )  # fmt: skip
    handoff.add_argument(
        "--direct", action="store_true", help="plain calls: no Prefect, nothing stored, nothing reused"
    )
    handoff.add_argument("--json", action="store_true", help="print the hand-over contract as JSON")


def _handoff(arguments: argparse.Namespace) -> int:
    from flows.handing import handed
    from flows.publishing import DefectiveDocumentError
    from flows.report import defects_report, handover_report

    try:
        found = handed(arguments)
    except DefectiveDocumentError as error:
        print(defects_report(error), end="", file=sys.stderr)
        return BAD_INPUT
    print(
        found.model_dump_json(indent=2) if arguments.json else handover_report(found),
        end="\n" if arguments.json else "",
    )
    return HOLDS if found.ready else FINDINGS


def _evolve(arguments: argparse.Namespace) -> int:
    from flows.evolving import evolved
    from flows.report import evolution_report

    found = evolved(arguments)
    print(found.model_dump_json(indent=2) if arguments.json else evolution_report(found).rstrip("\n"))
    return HOLDS if found.ready else FINDINGS


def _design(arguments: argparse.Namespace) -> int:
    from flows.designing import designed

    return _reported(designed(arguments), arguments.json)


def _replay(arguments: argparse.Namespace) -> int:
    from flows.here import prepare_prefect

    prepare_prefect()
    from flows.rerun import replayed

    return _reported(replayed(arguments.flow_run, arguments.start, arguments.override), arguments.json)


def _batch(arguments: argparse.Namespace) -> int:
    from flows.here import prepare_prefect

    prepare_prefect()
    from flows.batch import summary, worth
    from flows.batching import batched

    report = batched(arguments)
    if arguments.json:
        print(report.model_dump_json(indent=2))
    else:
        print("\n".join([*map(worth, report.items), summary(report.items)]))
    return HOLDS if all(item.handoff and item.handoff.ready for item in report.items) else FINDINGS


def _reported(handoff: Any, as_json: bool) -> int:
    if as_json:
        print(handoff.model_dump_json(indent=2))
    else:
        from artifacts.reading import plan_of
        from flows.inputs import file_text
        from flows.report import design_report

        print(design_report(handoff, plan_of(file_text(handoff.plan))), end="")
    return HOLDS if handoff.ready else FINDINGS


def _verify(arguments: argparse.Namespace) -> int:
    from flows.document_trial import verification
    from flows.progress import Lines
    from flows.report import verification_report

    found = verification(arguments.document, arguments.engine, Lines(1))
    print(verification_report(found, arguments.document), end="")
    return HOLDS if found.holds else FINDINGS


def _trace(arguments: argparse.Namespace) -> int:
    from flows.document_trial import plan_beside
    from flows.report import trace_report

    print(trace_report(plan_beside(arguments.document)), end="")
    return HOLDS


def _engines(arguments: argparse.Namespace) -> int:
    from flows.engines import available
    from flows.report import engines_report

    print(engines_report(available()), end="")
    return HOLDS


def _schema(arguments: argparse.Namespace) -> int:
    from flows.contract_schemas import written_schemas
    from flows.inputs import checked_output

    for file in written_schemas(Path(checked_output(arguments.folder))):
        print(file)
    return HOLDS


def _serve(arguments: argparse.Namespace) -> int:
    from flows.serving import served

    return served(arguments)
