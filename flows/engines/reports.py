"""What engines report of an experiment, in the same form whichever engine it was."""

from collections.abc import Callable, Iterable, Mapping

from contracts.claims import Balances, Engine, Experiment, Observation, Observations
from flows.engines.locate import EngineInfo
from flows.engines.session import Outcome


def untried(experiment: Experiment, info: EngineInfo) -> Observations:
    """An observation for each claim that says that it was not tried, and why."""
    reason = "no engine was asked for (--engine none)"
    claims = (claim for claim in experiment.claims if not isinstance(claim.trial, Balances))
    return Observations(
        engine=Engine(name="none", version="", origin="none", limits=info.limits),
        rows=experiment.rows,
        observations=tuple(Observation(claim=claim.id, tried=False, reason=reason) for claim in claims),
    )


def reported(experiment: Experiment, engine: Engine, seen: Iterable[Observation]) -> Observations:
    """What was seen, in the order of the experiment's claims."""
    by_claim = {observation.claim: observation for observation in seen}
    return Observations(
        engine=engine,
        rows=experiment.rows,
        grown_rows=experiment.grown_rows,
        observations=tuple(by_claim[claim.id] for claim in experiment.claims if claim.id in by_claim),
    )


def completed(seen: Observations, there: Observations, limit: str) -> Observations:
    """What was seen on somebody's server, with what another one was asked in its place; `limit` says so."""
    by_claim: Mapping[str, Observation] = {observation.claim: observation for observation in there.observations}
    return seen.model_copy(
        update={
            "engine": seen.engine.model_copy(update={"limits": (*seen.engine.limits, limit)}),
            "observations": tuple(by_claim.get(one.claim, one) for one in seen.observations),
        }
    )


def first_failure(run: Callable[[str], Outcome], what: str, statements: Iterable[tuple[str, str]]) -> Outcome | None:
    """All statements, each with its place, run whatever fails, so that what is left does not depend on where the first
    fault lies; the first fault tells its place."""
    first = None
    for place, sql in statements:
        outcome = run(sql)
        if outcome.failed and first is None:
            first = Outcome(sqlstate=outcome.sqlstate, message=f"{what} {place}: {outcome.message}")
    return first
