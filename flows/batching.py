"""The command `batch`: what was given is checked, then the flow submits the briefs."""

import argparse
from pathlib import Path
from typing import Any

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from contracts.batch import BatchReport
from flows.batch import batch, briefs_in, task_runner
from flows.here import heard, server_address
from flows.inputs import InputError, checked_engine, checked_output, run_date
from flows.progress import Lines


def batched(arguments: argparse.Namespace) -> BatchReport:
    """The report of a batch; InputError before anything is submitted when something given cannot be used."""
    if arguments.concurrency < 1:
        raise InputError(f"{arguments.concurrency} briefs at once are none. Give --concurrency 1 or more.")
    found = briefs_in(arguments.folder)
    options = {
        "output": str(Path(checked_output(arguments.output)).absolute()),
        "engine": checked_engine(arguments.engine),
        "date": run_date(arguments.date).isoformat(),
    }
    runner = task_runner(arguments.runner or "threads", arguments.concurrency)
    if not arguments.runner and not server_address():
        raise InputError(
            "A batch is run by workers of a Prefect server, and PREFECT_API_URL names none. Set it, or give "
            "--runner threads to run the briefs in this process."
        )
    lines = Lines(len(found))
    with heard(lines):
        deployment = "" if arguments.runner else _existing(arguments.deployment)
        lines.note(f"{len(found)} briefs, {arguments.concurrency} at once, {_where(deployment, arguments.runner)}")
        given: dict[str, Any] = {"folder": arguments.folder, "deployment": deployment, "options": options}
        report: BatchReport = batch.with_options(task_runner=runner)(**given)
        return report


def _where(deployment: str, runner: str) -> str:
    return f"as runs of {deployment}" if deployment else f"as tasks on {runner}"


def _existing(deployment: str) -> str:
    """The deployment's name if the server has it."""
    with get_client(sync_client=True) as client:
        try:
            client.read_deployment_by_name(deployment)
        except (ObjectNotFound, ValueError):
            known = sorted(d.name for d in client.read_deployments())
            raise InputError(
                f'The server has no deployment "{deployment[:80]}"; it has {", ".join(known) or "none"}. Start '
                "`python -m flows serve` or a worker, or give --runner threads."
            ) from None
    return deployment
