"""Progress inside a Prefect flow: lines of the run's log for each step, its artifacts, and a bar for the proof."""

from collections.abc import Callable

from prefect.logging import get_run_logger

from artifacts.publish import proof_progress, published_step
from flows.progress import Progress, Silent, decided, summary


class Logged:
    """Tells the run's log and the UI, and a listener of this process if there is one."""

    def __init__(self, project: str, steps: int, listener: Progress | None) -> None:
        self._log, self._listener = get_run_logger(), listener or Silent()
        self._project, self._steps, self._done = project, steps, 0
        self._bar: Callable[[int, int], None] | None = None

    def finished(self, step: str, result: object) -> None:
        """`[3/11] schema design: 9 tables, 24 indexes`, then a line for each decision, and the step's artifacts."""
        self._done += 1
        self._log.info("[%d/%d] %s: %s", self._done, self._steps, step, summary(result))
        for line in decided(result):
            self._log.info("%s: %s", step, line)
        published_step(self._project, result)
        self._listener.finished(step, result)

    def trial(self, done: int, total: int, text: str) -> None:
        """Called in the proof's own task, which the bar then belongs to."""
        self._listener.trial(done, total, text)
        if self._bar is None:
            self._bar = proof_progress(self._project)
        self._bar(done, total)

    def note(self, text: str) -> None:
        """The text as a line of the log."""
        self._log.info("%s", text)
        self._listener.note(text)
