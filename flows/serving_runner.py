"""The process that registers the deployments and starts a process for each flow run: `python -m flows.serving_runner`.

It says `ready` on its standard output once, when the deployments can be run; everything else goes to its log.
"""

import asyncio
import os
import sys
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.serving_deployments import OFFERED, Offered


async def offered(limit: int) -> None:
    """Serve every deployment until this process is told to stop; at most `limit` runs at once."""
    runner = Runner(name="persistence-architect", limit=limit)
    for entry in OFFERED:
        await _register(runner, entry)
    print("ready", flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    await runner.start()


async def _register(runner: Runner, entry: Offered) -> None:
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
    async with get_client() as client:
        await client.update_deployment(identity, DeploymentUpdate(parameter_openapi_schema=schema))


if __name__ == "__main__":
    asyncio.run(offered(int(sys.argv[1])))
