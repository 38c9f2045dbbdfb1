"""The command `replay`: a run that Prefect knows, run again where it ran before.

A run of a deployment goes back to its workers; one that was started by hand runs in this process. Either way it is a
new run, because the old one may be of a process that was killed and is still shown as running.
"""

from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from contracts.plan import Handoff
from flows.architect import STEP_NAMES, architect
from flows.here import heard
from flows.inputs import InputError
from flows.progress import Lines
from flows.replaying import replay_of, run_parameters

POLL = 2


def replayed(name: str, start: str, override: str) -> Handoff:
    """The hand-over of the run of this id or name, run again; InputError for a wrong run, step or override."""
    replay_of(start, override)  # before a server is asked and a worker is waited for
    lines = Lines(len(STEP_NAMES))
    with heard(lines), get_client(sync_client=True) as client:
        found = run_called(client, name)
        _refuse_other_flows(client, found)
        if found.state is not None and not found.state.is_final():
            lines.note(
                f'the run "{found.name}" is shown as {found.state.name}; if its process is gone, '
                f"`prefect flow-run cancel {found.id}` clears that up"
            )
        parameters = run_parameters(found, start, override)
        if found.deployment_id:
            return _by_worker(found, parameters, lines)
        handoff: Handoff = architect(**parameters)
        return handoff


def run_called(client: SyncPrefectClient, name: str) -> FlowRun:
    """The run of this id, or the only one of this name."""
    try:
        return client.read_flow_run(UUID(name))
    except ValueError:
        pass
    except ObjectNotFound:
        raise InputError(
            f"There is no run with the id {name} on this server. `prefect flow-run ls` lists them."
        ) from None
    by_name = FlowRunFilter(name=FlowRunFilterName(any_=[name]))
    found = client.read_flow_runs(flow_run_filter=by_name, sort=FlowRunSort.START_TIME_DESC, limit=10)
    if not found:
        raise InputError(f'There is no run called "{name[:80]}" on this server. `prefect flow-run ls` lists them.')
    if len(found) > 1:
        ids = ", ".join(f"{run.id} ({run.state_name})" for run in found)
        raise InputError(f'Several runs are called "{name[:80]}". Give the id of one of them, newest first: {ids}.')
    return found[0]


def _refuse_other_flows(client: SyncPrefectClient, run: FlowRun) -> None:
    flow = client.read_flow(run.flow_id)
    if flow.name != architect.name:
        raise InputError(
            f'The run "{run.name}" is of the flow "{flow.name}". Give a run of "{architect.name}"; '
            "`prefect flow-run retry` repeats any other."
        )


def _by_worker(run: FlowRun, parameters: dict[str, Any], lines: Lines) -> Handoff:
    """The result of a new run of the same deployment; Ctrl-C stops the waiting and not the run."""
    assert run.deployment_id is not None
    lines.note(f'waiting for a worker to replay "{run.name}"')
    again: Any = run_deployment(run.deployment_id, parameters=parameters, poll_interval=POLL, as_subflow=False)
    if not again.state.is_completed():
        raise InputError(f'The replay "{again.name}" ({again.id}) ended as {again.state.name}: {again.state.message}')
    handoff: Handoff = again.state.result(_sync=True)
    return handoff
