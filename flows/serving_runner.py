"""The process that registers the deployments and starts a process for each flow run: `python -m flows.serving_runner`.

It says `ready` on its standard output once, when the deployments can be run; everything else goes to its log.
"""

import asyncio
import os
import sys
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.runner import Runner
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from flows.serving_deployments import OFFERED, Offered

GOING = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
LEFT_BEHIND = "The server was stopped while this run was going. Retry runs what had not finished."


async def offered(limit: int) -> None:
    """Serve every deployment until this process is told to stop; at most `limit` runs at once."""
    runner = Runner(name="persistence-architect", limit=limit)
    async with get_client() as client:
        for entry in OFFERED:
            identity = await _register(client, runner, entry)
            await _end_left_behind(client, identity)
    print("ready", flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    await runner.start()


async def _register(client: PrefectClient, runner: Runner, entry: Offered) -> UUID:
    """The deployment, whose form refuses a parameter that it does not have: such a run could only fail."""
    flow: Flow[..., Any] = load_flow_from_entrypoint(entry.entrypoint)
    deployment = await flow.ato_deployment(
        entry.name,
        tags=list(entry.tags),
        entrypoint_type=EntrypointType.MODULE_PATH,
        enforce_parameter_schema=True,
    )
    identity = await runner.aadd_deployment(deployment)
    schema = flow.parameters.model_dump_for_openapi() | {"additionalProperties": False}
    await client.update_deployment(identity, DeploymentUpdate(parameter_openapi_schema=schema))
    return identity


async def _end_left_behind(client: PrefectClient, deployment: UUID) -> None:
    """Runs that were going when the last server or runner ended, however it did, have no process any more.

    They say so, instead of running for ever in the UI, and can then be retried.
    """
    going = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(GOING)))
    of_ours = FlowRunFilterDeploymentId(any_=[deployment])
    for run in await client.read_flow_runs(flow_run_filter=FlowRunFilter(state=going, deployment_id=of_ours)):
        await client.set_flow_run_state(run.id, Crashed(message=LEFT_BEHIND), force=True)


if __name__ == "__main__":
    asyncio.run(offered(int(sys.argv[1])))
