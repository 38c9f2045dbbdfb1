"""The command `design`: inputs checked first, then the spine, by plain calls or as a Prefect flow of this process."""

import argparse
import os

from contracts.plan import Handoff
from flows.here import DIRECTLY, begin_server, heard, prepare_prefect, server_address
from flows.inputs import InputError, brief_from_file, checked_engine, checked_output, has_password
from flows.progress import Lines

DSN_VARIABLE = "PERSISTENCE_ARCHITECT_DSN"
"""Where a DSN with a password travels from the command line to the proof, past Prefect's stored parameters."""


def designed(arguments: argparse.Namespace) -> Handoff:
    """The hand-over of one design; everything that can be known to be wrong is refused before anything starts."""
    given = (arguments.project, arguments.date, arguments.memory_gb, arguments.cores, arguments.database)
    brief = brief_from_file(arguments.brief, *given)
    output, engine = checked_output(arguments.output), engine_without_password(arguments.engine)
    if arguments.direct and arguments.review:
        raise InputError("A review is answered in the Prefect UI, which --direct does without. Leave one of them out.")
    if not arguments.direct:
        return _as_flow(arguments, brief.project, brief.date.isoformat(), engine)
    from flows.direct import DirectRun
    from flows.spine import STEPS, persistence_architecture

    return persistence_architecture(brief, engine, output, DirectRun(Lines(len(STEPS))))


def engine_without_password(engine: str) -> str:
    if has_password(engine):
        os.environ[DSN_VARIABLE] = engine
        return f"env:{DSN_VARIABLE}"
    return checked_engine(engine)


def _as_flow(arguments: argparse.Namespace, project: str, date: str, engine: str) -> Handoff:
    """The design's own flow run; a review needs a server whose UI somebody can open."""
    prepare_prefect()
    if arguments.review and not server_address():
        raise InputError(
            "A review is answered in the Prefect UI, and a server that lives for one run has none. Start a server, "
            "set PREFECT_API_URL, and run this again."
        )
    begin_server(Lines(0).note, DIRECTLY)
    from flows.architect import STEP_NAMES, architect

    with heard(Lines(len(STEP_NAMES))):
        handoff: Handoff = architect(
            brief=arguments.brief,
            project=project,
            output=arguments.output,
            engine=engine,
            date=date,
            memory_gb=arguments.memory_gb,
            cores=arguments.cores,
            database=arguments.database,
            review=arguments.review,
        )
        return handoff
