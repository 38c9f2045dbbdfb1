"""The spine as plain calls: no server, no stored results, and nothing imported for them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar

from flows.progress import Progress
from flows.run import OpenGate, relieve_collector, step_name

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Done(Generic[R]):
    """A result that is already there."""

    value: R

    def result(self) -> R:
        """The result."""
        return self.value


class DirectRun:
    """Calls each step when it is submitted; steps that could run side by side run one after the other."""

    def __init__(self, progress: Progress) -> None:
        relieve_collector()
        self.progress, self.gate = progress, OpenGate()

    def submit(self, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Done[R]:
        """The step's result, made now."""
        value = step(*args, **kwargs)
        self.progress.finished(step_name(step), value)
        return Done(value)
