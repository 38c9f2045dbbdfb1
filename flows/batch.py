"""A folder of briefs, designed side by side: `python -m flows batch DIR`.

Prefect distributes. By default each brief is a run of the deployment, so that every worker of every machine takes part,
and this flow only submits, at most `concurrency` at once, and counts. With a task runner the designs run as its tasks
instead: threads of this process, or processes of a Dask or Ray cluster.

No `from __future__ import annotations` here: Prefect reads real annotations.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.futures import as_completed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from contracts.base import Slug
from contracts.batch import BatchItem, BatchReport
from flows.architect import architect
from flows.inputs import InputError, project_of
from flows.progress import LISTENER, Silent
from flows.serializer import ContractSerializer

PLACES = ("*.md", "*/INITIAL.md", "*/planning/INITIAL.md")
POLL = 2


def briefs_in(folder: str) -> dict[Slug, str]:
    """The briefs below a folder by their project, sorted; each lies directly in it or in its own project's folder.

    One that cannot be read is among them, and fails alone.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f"{folder} is no folder. Give a folder of briefs, for example applications.")
    files = sorted({file.absolute() for place in PLACES for file in root.glob(place) if file.is_file()})
    if not files:
        raise InputError(f"{folder} holds no brief: none of {', '.join(PLACES)} is there.")
    found: dict[Slug, str] = {}
    for file in files:
        project = project_of(str(file))
        if project in found:
            raise InputError(f'{found[project]} and {file} are both of the project "{project}". Rename one of them.')
        found[project] = str(file)
    return dict(sorted(found.items()))


def task_runner(name: str, concurrency: int) -> TaskRunner[Any]:
    """`threads`, `dask`, `ray`, or `dask=ADDRESS` and `ray=ADDRESS` for a cluster that runs already."""
    kind, _, address = name.partition("=")
    try:
        if kind == "threads" and not address:
            return ThreadPoolTaskRunner(max_workers=concurrency)
        if kind == "dask":
            return _dask(address, concurrency)
        if kind == "ray":
            return _ray(address, concurrency)
    except ImportError as error:
        raise InputError(f"The task runner {kind} is not installed: {error}. Install prefect-{kind}.") from None
    raise InputError(f'There is no task runner "{name[:80]}". Give threads, dask, ray, dask=ADDRESS or ray=ADDRESS.')


def _dask(address: str, concurrency: int) -> TaskRunner[Any]:
    """The cluster at this address, or one of processes of this machine that lives as long as the batch."""
    from prefect_dask.task_runners import DaskTaskRunner

    local = {"n_workers": concurrency, "threads_per_worker": 1, "dashboard_address": None}
    runner: TaskRunner[Any] = DaskTaskRunner(address=address) if address else DaskTaskRunner(cluster_kwargs=local)
    return runner


def _ray(address: str, concurrency: int) -> TaskRunner[Any]:
    """The same with Ray."""
    from prefect_ray.task_runners import RayTaskRunner

    local = {"num_cpus": concurrency, "include_dashboard": False}
    runner: TaskRunner[Any] = RayTaskRunner(address=address) if address else RayTaskRunner(init_kwargs=local)
    return runner


def brief_designed(project: str, deployment: str, parameters: dict[str, Any]) -> BatchItem:
    """One brief as a run of the deployment, or as a flow of this task when there is none; a failure is an item."""
    if deployment:
        run: Any = run_deployment(deployment, parameters=parameters, poll_interval=POLL, timeout=None)
        state = run.state
    else:
        listening = LISTENER.set(Silent())
        try:
            state = architect(**parameters, return_state=True)
        finally:
            LISTENER.reset(listening)
    if not state.is_completed():
        return BatchItem(project=project, brief=parameters["brief"], error=state.message or str(state.name))
    return BatchItem(project=project, brief=parameters["brief"], handoff=state.result(_sync=True))


BRIEF_TASK = task(name="brief", task_run_name="{project}", persist_result=False, cache_policy=NO_CACHE)(brief_designed)
"""Not a decorator: a cluster's workers import the function by its name, and find it there."""


@flow(name="persistence-architect-batch", persist_result=True, result_serializer=ContractSerializer())
def batch(folder: str, deployment: str = "", options: dict[str, Any] = {}) -> BatchReport:  # noqa: B006  # Prefect's form
    """Designs every brief of a folder.

    Args:
        folder: Folder of briefs.
        deployment: Deployment that runs them; empty runs them as tasks of this flow.
        options: Parameters of persistence-architect that hold for all of them.
    """
    found = briefs_in(folder)
    waiting = [
        BRIEF_TASK.submit(project, deployment, {**options, "brief": brief, "project": project})
        for project, brief in found.items()
    ]
    items = list[BatchItem]()
    for future in as_completed(waiting):
        items.append(future.result())
        _say(f"[{len(items)}/{len(found)}] {worth(items[-1])}")
    return BatchReport(items=tuple(sorted(items, key=lambda item: item.project)))


def _say(text: str) -> None:
    """To whoever listens in this process; not in the flow itself, which travels to a cluster and takes along the
    globals that it names: a context variable cannot travel.
    """
    (LISTENER.get() or Silent()).note(text)


def worth(item: BatchItem) -> str:
    """One line on one brief.

    >>> worth(BatchItem(project="shop", brief="shop.md", error="The brief is empty."))
    'shop: failed: The brief is empty.'
    """
    if item.handoff is None:
        return f"{item.project}: failed: {' '.join(item.error.split())}"
    held = f"{item.handoff.held} of {item.handoff.claims} claims hold"
    return f"{item.project}: {held if item.handoff.ready else f'not ready, {held}'}, {item.handoff.document}"


def summary(items: Iterable[BatchItem]) -> str:
    """The last line: how many are ready, not ready, failed."""
    every = list(items)
    ready = sum(item.handoff is not None and item.handoff.ready for item in every)
    failed = sum(item.handoff is None for item in every)
    return f"{ready} of {len(every)} briefs are ready, {len(every) - ready - failed} are not, {failed} failed."
