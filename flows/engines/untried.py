"""What is said of an experiment that no engine is asked to run."""

from collections.abc import Callable

from contracts.claims import Balances, Engine, Experiment, Observation, Observations
from flows.engines.locate import EngineInfo

Progress = Callable[[int, int, str], None]
"""How many statements and trials are done, of how many, and what comes next."""


def untried(experiment: Experiment, info: EngineInfo) -> Observations:
    """An observation for each claim that says that it was not tried, and why."""
    reason = "no engine was asked for (--engine none)"
    claims = (claim for claim in experiment.claims if not isinstance(claim.trial, Balances))
    return Observations(
        engine=Engine(name="none", version="", origin="none", limits=info.limits),
        rows=experiment.rows,
        observations=tuple(Observation(claim=claim.id, tried=False, reason=reason) for claim in claims),
    )
