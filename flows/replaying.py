"""Replaying a run: which step is forced, which contract stands in for a step, and the same run started again.

Stored results already say what is finished. So a replay only names what must not be taken from them: a step that is
to run again, or one whose result a person gives. Whatever depends on it follows by its key.
"""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_type_hints

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.context import FlowRunContext
from pydantic import ValidationError

from artifacts.reading import DocumentError, plan_of
from contracts.base import Contract, Slug
from contracts.plan import PersistencePlan
from flows.inputs import InputError, file_text
from flows.run import step_name
from flows.spine import EVIDENCE, STEPS

Step = Callable[..., object]
COMPLETED = StateType.COMPLETED


@dataclasses.dataclass(frozen=True)
class Replay:
    """Names of steps that run although their result is stored, and results that a person gives instead of a step's."""

    forced: frozenset[str] = frozenset()
    given: Mapping[str, Contract] = dataclasses.field(default_factory=dict)


def replay_of(start: str, override: str, project: Slug = "") -> Replay:
    """What `--from` and `--override` (or the parameters of the same names) mean; InputError when they mean nothing.

    With an override the step is not run: the contract in the file is its result. An empty `project` is not known yet.
    """
    if not start.strip():
        if override.strip():
            raise InputError(
                f"The override {override} belongs to no step. Say whose result it is, for example with "
                f'--from "{step_name(_designing()[0])}".'
            )
        return Replay()
    step = step_called(start)
    if not override.strip():
        return Replay(forced=frozenset({step_name(step)}))
    return Replay(given={step_name(step): overriding_contract(step, override.strip(), project)})


def step_called(name: str) -> Step:
    """The step of this name; spaces, dashes and underscores are the same.

    >>> step_called("Schema-Design").__name__
    'schema_design'
    """
    wanted = " ".join(name.lower().replace("-", " ").replace("_", " ").split())
    found = next((step for step in STEPS if step_name(step) == wanted), None)
    if found is None:
        raise InputError(f'There is no step "{name[:80]}". The steps are {_names(STEPS)}.')
    return found


def overriding_contract(step: Step, path: str, project: Slug) -> Contract:
    """The contract in this file that stands in for the step's result; of a whole plan, its part.

    Evidence is never taken from a file: a proof that somebody wrote proves nothing.
    """
    if step not in _designing():
        raise InputError(
            f'The step "{step_name(step)}" looks at the world, and its result cannot be given by hand. '
            f"Steps that can be overridden are {_names(_designing())}."
        )
    expected: type[Contract] = get_type_hints(step)["return"]
    found = _contract_in(path, expected)
    if project and getattr(found, "project", project) != project:
        raise InputError(
            f'{path} is of the project "{getattr(found, "project", "")}", the run is of "{project}". '
            "Give the contract of this project."
        )
    return found


def _contract_in(path: str, expected: type[Contract]) -> Contract:
    text = file_text(path)
    try:
        return expected.model_validate_json(text)
    except ValidationError as error:
        part = _part_of_plan(text, expected)
        if part is not None:
            return part
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(key) for key in first["loc"]) or "the whole file"
        raise InputError(
            f"{path} is no {expected.__name__}: at {place}: {first['msg']}. Its form is "
            f"{expected.__name__}.schema.json, which `python -m flows schema DIR` writes; a whole persistence.json "
            "serves as well."
        ) from None


def _part_of_plan(text: str, expected: type[Contract]) -> Contract | None:
    """This contract out of a persistence.json."""
    try:
        plan: PersistencePlan = plan_of(text)
    except (DocumentError, ValueError):
        return None
    return next((part for _, part in plan.design if isinstance(part, expected)), None)


def _designing() -> tuple[Step, ...]:
    """The steps whose result is a design, and not what was seen of the world."""
    return tuple(step for step in STEPS if step not in EVIDENCE)


def _names(steps: tuple[Step, ...]) -> str:
    return ", ".join(f'"{step_name(step)}"' for step in steps)


def run_parameters(flow_run: FlowRun, start: str, override: str) -> dict[str, Any]:
    """The parameters of a run for running it again; the day of its first start stays the design's date."""
    kept = dict(flow_run.parameters)
    given = str(Path(override).absolute()) if override else ""
    return {**kept, "date": kept.get("date") or _day_of(flow_run), "replay_from": start, "override": given}


def first_day() -> str:
    """The day on which the run of this flow was first started, as YYYY-MM-DD; empty outside of a run.

    A run that is retried tomorrow must give the documents of today.
    """
    context = FlowRunContext.get()
    return _day_of(context.flow_run) if context and context.flow_run else ""


def _day_of(flow_run: FlowRun) -> str:
    state = flow_run.state
    started = flow_run.start_time or (state.timestamp if state and state.is_running() else None)
    return started.astimezone().date().isoformat() if started else ""


def still_forced(steps: frozenset[str]) -> frozenset[str]:
    """The steps that have not ended well in this very run: a Retry of a replay does not repeat what it has done."""
    context = FlowRunContext.get()
    if not steps or context is None or context.flow_run is None or context.flow_run.run_count < 2:
        return steps
    with get_client(sync_client=True) as client:
        ended = client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[context.flow_run.id])),
            task_run_filter=TaskRunFilter(state=TaskRunFilterState(type=TaskRunFilterStateType(any_=[COMPLETED]))),
        )
    return steps - {run.name for run in ended}
