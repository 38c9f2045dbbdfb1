"""The spine's steps as Prefect tasks: stored under content keys, side by side, watched in the UI.

Three measured facts shape this file. Prefect walks every argument field by field, so contracts travel boxed in
`opaque`. Tasks that were made by one factory share their source, so the key carries the step's name. A task's
result is stored when it ends, so a proof that failed must be forced to run when it is asked for again.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from prefect import Task
from prefect.cache_policies import NO_CACHE, CachePolicy
from prefect.context import TaskRunContext
from prefect.futures import PrefectFuture
from prefect.results import ResultStore, get_result_store
from prefect.utilities.annotations import opaque

from contracts.base import Contract
from flows.keys import code_digest, step_key
from flows.progress import Progress
from flows.proving import engine_identity
from flows.run import Gate, OpenGate, relieve_collector, step_name
from flows.serializer import ContractSerializer

P = ParamSpec("P")
R = TypeVar("R")

SERIALIZER = ContractSerializer()
AS_INPUT: dict[str, Callable[[Any], Any]] = {"progress": lambda _: None, "engine": engine_identity}
"""How parameters that are no plain data count in a key: saying how far a step is cannot change its result, and an
engine counts by what its address means today, without a password."""


@dataclass
class ContentKey(CachePolicy):
    """`<step>/<digest of inputs>/<digest of the code that makes it>` for a step of this module."""

    step: str = ""
    module: str = ""

    def compute_key(
        self, task_ctx: TaskRunContext, inputs: dict[str, Any], flow_parameters: dict[str, Any], **kwargs: Any
    ) -> str:
        """The key; an input without a stable digest raises, and Prefect then stores nothing."""
        return self.key(inputs)

    def key(self, inputs: dict[str, Any]) -> str:
        """The key of a call with these arguments by name."""
        counted = {name: AS_INPUT[name](value) if name in AS_INPUT else value for name, value in inputs.items()}
        return step_key(self.step.replace(" ", "-"), counted, code_digest(self.module))


class TaskRun:
    """Runs steps as tasks of the flow that is running.

    `forced` names steps that run even if their result is stored; `given` has, by a step's name, the contract that
    stands in for its result; `never_reused` are not looked up at all; `trusted` says for a step whether a stored
    result may stand in for it.
    """

    def __init__(
        self,
        progress: Progress,
        *,
        forced: frozenset[str] = frozenset(),
        given: Mapping[str, Contract] | None = None,
        gate: Gate | None = None,
        never_reused: frozenset[Callable[..., Any]] = frozenset(),
        trusted: dict[Callable[..., Any], Callable[[Any], bool]] | None = None,
    ) -> None:
        relieve_collector()
        self.progress, self.gate = progress, gate or OpenGate()
        self._forced, self._given = forced, given or {}
        self._never_reused, self._trusted = never_reused, trusted or {}
        self._waiting: list[Submitted[Any]] = []

    def submit(self, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> "Submitted[R]":
        """The step as a task; its arguments are seen as inputs, but not walked."""
        name = step_name(step)
        if name in self._given:
            return self._submitted(name, _stand_in(name), {"contract": self._given[name]})
        task = _task(step, step not in self._never_reused)
        inputs = inspect.signature(step).bind(*args, **kwargs).arguments
        if name in self._forced or self._is_doubtful(step, task, inputs):
            task = task.with_options(refresh_cache=True)
        return self._submitted(name, task, inputs)

    def _submitted(self, name: str, task: Task[..., Any], inputs: Mapping[str, Any]) -> "Submitted[Any]":
        boxed = {key: opaque(value) for key, value in inputs.items()}
        seen = functools.partial(self.progress.finished, name)
        self._waiting.append(Submitted(task, boxed, seen, self._waiting))
        return self._waiting[-1]

    def _is_doubtful(self, step: Callable[..., Any], task: Task[..., Any], inputs: dict[str, Any]) -> bool:
        """Whether a stored result of this call exists and is one that has to be tried again."""
        trusted = self._trusted.get(step)
        if trusted is None or not isinstance(task.cache_policy, ContentKey):
            return False
        store: ResultStore = get_result_store().update_for_task(task, _sync=True)  # type: ignore[call-arg,assignment]
        key = task.cache_policy.key(inputs)
        return store.exists(key) and not trusted(store.read(key).result)


class Submitted(Generic[R]):
    """A step whose result is to come; the run is told of it when it is first asked for, so in the spine's order."""

    def __init__(
        self, task: Task[..., R], inputs: Mapping[str, Any], seen: Callable[[R], None], waiting: "list[Submitted[Any]]"
    ) -> None:
        self._task, self._inputs, self._seen, self._waiting = task, inputs, seen, waiting
        self._future: PrefectFuture[R] | None = None
        self._value: list[R] = []

    def result(self) -> R:
        """The result, waited for."""
        if not self._value:
            self._value.append(self._finished())
            self._seen(self._value[0])
        return self._value[0]

    def _finished(self) -> R:
        """All that was submitted runs now: others in threads, and this one here, which spares it the way to one.

        In a chain of steps that is all of them, and a third of what a task costs.
        """
        if self._future is not None:
            return self._future.result()
        waiting, self._waiting[:] = [step for step in self._waiting if step is not self], []
        for step in waiting:
            step._future = step._task.submit(**step._inputs)
        value: R = self._task(**self._inputs)
        return value


@functools.cache
def _task(step: Callable[..., Any], reused: bool) -> Task[..., Any]:
    """The step as a task that is called what its function is called."""
    name = step_name(step)
    return Task(
        step,
        name=name,
        task_run_name=name,
        persist_result=True,
        result_serializer=SERIALIZER,
        cache_policy=ContentKey(step=name, module=step.__module__) if reused else NO_CACHE,
    )


def _given(contract: Contract) -> Contract:
    """What a person gives instead of a step's result."""
    return contract


@functools.cache
def _stand_in(name: str) -> Task[..., Any]:
    """A task that shows in the UI where a step was overridden; its result must not be found under the step's key."""
    called = f"{name} (given)"
    return Task(_given, name=called, task_run_name=called, persist_result=False, cache_policy=NO_CACHE)
