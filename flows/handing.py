"""The command `handoff`: inputs checked first, then the spine, by plain calls or as a Prefect flow of this process."""

import argparse

from contracts.handover import DocumentHandover
from flows.designing import engine_without_password
from flows.handover_spine import chosen, document_handover, steps
from flows.here import DIRECTLY, begin_server, heard, prepare_prefect
from flows.inputs import checked_output
from flows.progress import Lines


def handed(arguments: argparse.Namespace) -> DocumentHandover:
    """The hand-over of one document; a document with defects raises `DefectiveDocumentError` with all of them."""
    agents = chosen(arguments.only)
    output = checked_output(arguments.output) if arguments.output else ""
    engine = engine_without_password(arguments.engine)
    lines = Lines(steps(agents, arguments.packages))
    if not arguments.direct:
        return _as_flow(arguments, output, engine, lines)
    from flows.direct import DirectRun

    return document_handover(arguments.document, engine, output, agents, arguments.packages, DirectRun(lines))


def _as_flow(arguments: argparse.Namespace, output: str, engine: str, lines: Lines) -> DocumentHandover:
    """The flow in this process."""
    prepare_prefect()
    begin_server(lines.note, DIRECTLY)
    from flows.handover import handover

    with heard(lines):
        return handover(
            document=arguments.document,
            engine=engine,
            output=output,
            only=arguments.only,
            packages=arguments.packages,
        )
