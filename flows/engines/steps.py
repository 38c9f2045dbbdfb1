"""How far an experiment is, for whoever waits for it: the same count on every engine."""

from collections.abc import Callable

from contracts.claims import Balances, Executes, Experiment, UsesIndex

Progress = Callable[[int, int, str], None]


class Steps:
    """Counts what is done, so that progress says how far it is and what comes next."""

    def __init__(self, progress: Progress, experiment: Experiment) -> None:
        tried = sum(not isinstance(claim.trial, Executes | Balances) for claim in experiment.claims)
        tried += sum(isinstance(claim.trial, UsesIndex) and bool(claim.trial.growth) for claim in experiment.claims)
        statements = (*experiment.script, *experiment.dataset, *experiment.growth)
        self._progress, self._done = progress, 0
        self._total = 2 + bool(experiment.growth) + len(statements) + tried

    def next(self, text: str) -> None:
        """Says what is done now."""
        self._progress(self._done, self._total, text)
        self._done += 1

    def finish(self) -> None:
        """Says that all is done."""
        self._progress(self._total, self._total, "all trials done")
