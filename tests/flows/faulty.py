"""The real flow and the real command line, with a fault planted in one step and every step counted when it runs.

The folder that `FAULTS` names holds `executed`, a line a step, and a file named like a step with the kind of the fault
in it. A fault happens once: its file is taken away first. Nothing of the application is replaced; a step is wrapped
where it is defined, before the spine imports it.
"""

import asyncio
import functools
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

STEPS = {
    "proving_engine": "flows.proving",
    "requirement_analysis": "agents.requirement_analysis",
    "schema_design": "agents.schema_design",
    "caching_plan": "agents.caching",
    "scaling_plan": "agents.scaling",
    "security_plan": "agents.security",
    "operations_plan": "agents.operations",
    "migration_plan": "agents.migrations",
    "proof_on_engine": "flows.proving",
    "qa_checklist": "agents.qa_checklist",
    "documents": "flows.documents",
}


def _folder() -> Path:
    return Path(os.environ["FAULTS"])


def _planted(step: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(step)
    def counted(*args: Any, **kwargs: Any) -> Any:
        with (_folder() / "executed").open("a") as log:
            log.write(f"{step.__name__}\n")
        (_folder() / "flow.pid").write_text(str(os.getpid()))
        place = _folder() / step.__name__
        if not place.exists():
            return step(*args, **kwargs)
        kind = place.read_text()
        place.unlink()
        return FAULTS[kind](step, *args, **kwargs)

    return counted


def _exception(step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("a planted fault")


def _failed_check(step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The engine says of the last claim that it does not hold."""
    proof = step(*args, **kwargs)
    last = proof.evidence[-1].model_copy(update={"verdict": "fails", "observed": "a planted fault"})
    return proof.model_copy(update={"evidence": (*proof.evidence[:-1], last)})


def _kill_flow(step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_server(step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The Prefect server dies; what the step would have told it is lost."""
    os.kill(int((_folder() / "server.pid").read_text()), signal.SIGKILL)
    return step(*args, **kwargs)


def _kill_engine(step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """All processes of the engine are killed when half of the experiment is done."""
    progress = inspect.signature(step).bind(*args, **kwargs).arguments["progress"]
    heard = progress.trial

    def trial(done: int, total: int, text: str) -> None:
        if done == total // 2:
            for engine in tuple(_engines(os.getpid())):
                os.kill(engine, signal.SIGKILL)
        heard(done, total, text)

    progress.trial = trial
    try:
        return step(*args, **kwargs)
    finally:
        progress.trial = heard


def _engines(parent: int) -> Iterator[int]:
    """Processes called postgres below this one, from /proc: (pid, name in parentheses, state, parent, …)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, tail = stat.read_text().rpartition(")")
        except OSError:
            continue
        if int(tail.split()[1]) == parent:
            pid = int(head.split(" ", 1)[0])
            yield from _engines(pid)
            if head.endswith("(postgres"):
                yield pid


def _serve() -> None:
    """The served deployment."""
    from prefect import serve

    serve(_deployment(name="served"))


def _work() -> None:
    """The deployment of a process work pool, and its worker."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.workers.process import ProcessWorker

    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name="architects", type="process"), overwrite=True)
    variables = {
        "working_dir": os.getcwd(),
        "command": f'"{sys.executable}" -m prefect.engine',
    }  # as prefect.yaml has it
    _deployment(name="pooled", work_pool_name="architects", job_variables=variables).apply()
    asyncio.run(ProcessWorker(work_pool_name="architects").start())


def _deployment(**options: Any) -> Any:
    from prefect.deployments.runner import RunnerDeployment

    return RunnerDeployment.from_entrypoint("tests.flows.faulty.architect", **options)


FAULTS: dict[str, Callable[..., Any]] = {
    "exception": _exception,
    "failed check": _failed_check,
    "kill flow": _kill_flow,
    "kill engine": _kill_engine,
    "kill server": _kill_server,
}

for name, module in STEPS.items():
    home = importlib.import_module(module)
    setattr(home, name, _planted(getattr(home, name)))

from flows.architect import architect  # noqa: E402  # after the wrapping
from flows.cli import main  # noqa: E402

__all__ = ["architect"]

if __name__ == "__main__":
    if sys.argv[1] in ("serve", "work"):
        globals()[f"_{sys.argv[1]}"]()
    else:
        sys.exit(main())
