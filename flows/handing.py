"""The command `handoff`: inputs checked first, then the spine, by plain calls or as a Prefect flow of this process."""

import argparse

from contracts.handover import DocumentHandover
from flows.designing import announce_server, engine_without_password, prepare_prefect
from flows.handover_spine import chosen, document_handover, steps
from flows.inputs import checked_output
from flows.progress import LISTENER, Lines


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
    """The flow in this process; without a server's address Prefect starts one for this run alone."""
    prepare_prefect()
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.handover import handover

    announce_server(lines)
    listening = LISTENER.set(lines)
    try:
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            return handover(
                document=arguments.document,
                engine=engine,
                output=output,
                only=arguments.only,
                packages=arguments.packages,
            )
    finally:
        LISTENER.reset(listening)
