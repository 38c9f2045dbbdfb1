"""The spine as plain calls with a clock at each step, and at each phase of the proof."""

import resource
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from contracts.claims import Experiment
from flows.direct import Done
from flows.progress import Progress, Silent
from flows.run import OpenGate, step_name

P = ParamSpec("P")
R = TypeVar("R")

PHASES = ("start", "script", "rows", "statistics", "trials", "stop and verdicts")


class TimedRun:
    """Calls each step when it is submitted and keeps its seconds by the step's name; phases as in `PHASES`.

    `processor` holds the seconds that this process was computing, which other work on the machine does not lengthen.
    """

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self.phases: dict[str, float] = {}
        self._clock = _PhaseClock()
        self.progress: Progress = self._clock
        self.gate = OpenGate()

    def submit(self, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Done[R]:
        """The step's result, made now."""
        experiment = next((given for given in args if isinstance(given, Experiment)), None)
        begun, computed = time.perf_counter(), time.process_time()
        if experiment:
            self._clock.begin(experiment)
        value = step(*args, **kwargs)
        if experiment:
            self.phases = self._clock.ended()
        self.steps[step_name(step)] = time.perf_counter() - begun
        self.processor[step_name(step)] = time.process_time() - computed
        return Done(value)


class _PhaseClock(Silent):
    """Hears what an engine does next; the time until the next call belongs to what was said."""

    def begin(self, experiment: Experiment) -> None:
        """The engine is asked for now; which statements are rows is known from the experiment."""
        self._rows = {f"executing {statement.id}" for statement in experiment.dataset}
        self._seconds: dict[str, float] = defaultdict(float)
        self._phase, self._since = "start", time.perf_counter()

    def trial(self, done: int, total: int, text: str) -> None:
        """What comes next; the first call says that the server is ready."""
        self._to(self._phase_of(done, total, text))

    def ended(self) -> dict[str, float]:
        """Seconds of each phase."""
        self._to("")
        return dict(self._seconds)

    def _to(self, phase: str) -> None:
        now = time.perf_counter()
        self._seconds[self._phase] += now - self._since
        self._phase, self._since = phase, now

    def _phase_of(self, done: int, total: int, text: str) -> str:
        if done == total:
            return "stop and verdicts"
        if self._phase == "trials":  # growth, plans, trials and other servers go on beside each other
            return "trials"
        if text == "collecting statistics":
            return "statistics"
        if done == 0 or text.startswith("executing "):
            return "rows" if text in self._rows else "script"
        return "trials"


def seconds(call: Callable[..., Any], *args: Any) -> float:
    """How long the call takes."""
    begun = time.perf_counter()
    call(*args)
    return time.perf_counter() - begun


def computed(call: Callable[..., Any], *args: Any) -> tuple[float, float]:
    """How long the call takes, and how much of it this process computed."""
    begun = time.process_time()
    return seconds(call, *args), time.process_time() - begun


def children_seconds() -> float:
    """Processor seconds of all processes below this one that have ended and were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
