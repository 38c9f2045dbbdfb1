"""Runs an experiment on a PostgreSQL server and reports what was observed, unjudged.

The script runs statement by statement, as a person would run the document: a statement that fails is recorded
and the rest goes on, so that every fault is seen at once. Then come the synthetic rows, then the trials in the
order of their claims, then the way back in a second database. Nothing that is reported holds a time, an
object id or a path, so the same experiment on the same version gives the same observations.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from contracts.base import Statement
from contracts.claims import (
    Claim,
    Engine,
    Executes,
    Experiment,
    Observation,
    Observations,
    UsesIndex,
)
from flows.engines import works
from flows.engines.documents import applied as applied
from flows.engines.documents import offered as offered
from flows.engines.errors import EngineError
from flows.engines.lanes import Copies, at_once, copies, lanes, uncopied
from flows.engines.loading import loaded
from flows.engines.locate import SCHEMES as SCHEMES
from flows.engines.locate import EngineInfo, engine
from flows.engines.locate import available as available
from flows.engines.reports import completed, reported
from flows.engines.server import Server, forbidden, reached, scratch, serving
from flows.engines.session import Connection, Outcome, ran, rolled_back
from flows.engines.steps import Progress, Steps

found = engine


def observe(experiment: Experiment, info: EngineInfo, progress: Progress) -> Observations:
    """What this engine saw of the experiment: one observation for each claim that needs an engine."""
    with serving(info) as server:
        seen = observations_on(server, experiment, progress)
    return seen if server.ours else _with_a_server_of_ours(experiment, seen)


def version_at(info: EngineInfo) -> str:
    """The version of the server at a DSN; `EngineError` when it does not answer."""
    with reached(info) as connection:
        return str(connection.info.parameter_status("server_version")).split()[0]


def _with_a_server_of_ours(experiment: Experiment, seen: Observations) -> Observations:
    """What needs a server that may be started, copied and broken is tried on the embedded one, and said to be."""
    claims = tuple(claim for claim in experiment.claims if isinstance(claim.trial, works.ON_OUR_OWN))
    try:
        own = engine("embedded")
    except EngineError:
        return seen
    if not claims:
        return seen
    with serving(own) as server:
        there = observations_on(server, experiment.model_copy(update={"claims": claims}), lambda *_: None)
    limit = (
        f"{there.engine.name} {there.engine.version} (embedded) started with all settings, was replicated and restored,"
        " and its log was measured"
    )
    return completed(seen, there, limit)


def observations_on(server: Server, experiment: Experiment, progress: Progress) -> Observations:
    """The same on a server that already runs, for whoever has several experiments for it."""
    steps = Steps(progress, experiment)
    steps.next(f"{server.name} {server.version} ({server.origin}) is ready")
    seen = tuple(_unnumbered(server, one) for one in _observed(server, experiment, steps))
    engine = Engine(name=server.name, version=server.version, origin=server.origin, limits=server.all_limits)
    return reported(experiment, engine, seen)


def _unnumbered(server: Server, seen: Observation) -> Observation:
    """Without the process numbers in the name of a scratch database: they differ in each run."""
    if not server.suffix or server.suffix not in seen.message:
        return seen
    return seen.model_copy(update={"message": seen.message.replace(server.suffix, "")})


def _observed(server: Server, experiment: Experiment, steps: Steps) -> Iterator[Observation]:
    """On a server of ours plans, trials and other servers go on at once; on another's one after the other."""
    text = "\n".join(statement.sql for statement in (*experiment.script, *experiment.dataset))
    threads = lanes(server)
    outcomes: dict[str, Outcome | str] = {}
    with scratch(server, "experiment", text) as connection:
        _execute(server, connection, experiment.script, steps, outcomes)
        for done in _loaded(server, connection, experiment.dataset, outcomes):
            steps.next(str(done))
        lots = works.shares(experiment.claims, threads) if server.ours else works.by_commit(experiment.claims)
        with copies(server, connection, len(lots) if server.ours else 0) as bases:
            for item in at_once(_works(server, bases, lots, experiment, outcomes), threads):
                if isinstance(item, str):
                    steps.next(item)
                else:
                    yield _on_original(item, str(bases.original.info.dbname))
            name = str(bases.original.info.dbname)
        for item in works.at_last(server, name, experiment.claims):
            steps.next(item) if isinstance(item, str) else (yield item)
        for claim in experiment.claims:
            if isinstance(claim.trial, Executes):
                yield _execution(claim.id, claim.trial, outcomes)
    if not server.ours:
        for item in works.taken_back(server, experiment):
            steps.next(item) if isinstance(item, str) else (yield item)
    steps.finish()


def _works(
    server: Server, bases: Copies, lots: Sequence[tuple[Claim, ...]], experiment: Experiment,
    outcomes: dict[str, Outcome | str],
) -> list[works.Seen]:  # fmt: skip
    """What goes on at once, the long ones first: plans on the original, which then grows, and trials on copies. Without
    copies the trials come before the growth, whose rows they would meet, and what commits comes last."""
    claims = experiment.claims
    again = (c.id for c in claims if isinstance(c.trial, UsesIndex) and c.trial.growth and experiment.growth)
    seen = {claim: Observation(claim=claim) for claim in again}
    small = works.plans(server, bases.original, claims, seen)
    grow = _loaded(server, bases.original, experiment.growth, outcomes)
    grown = works.grown_plans(server, bases.original, claims, seen, grow)
    first, *rest = (works.trials(server, bases.share(number), lot) for number, lot in enumerate(lots))
    servers = works.servers(server, experiment)
    if bases.copies:
        return [works.one_after_other(small, grown), first, *rest, servers]
    return [small, first, grown, *rest, servers]


def _execute(
    server: Server, connection: Connection, statements: Iterable[Statement], steps: Steps,
    outcomes: dict[str, Outcome | str],
) -> None:  # fmt: skip
    """Keeps the outcome of each statement by its id, or why this server cannot try it."""
    for statement in statements:
        steps.next(f"executing {statement.id}")
        _keep(outcomes, statement, _run_or_reason(server, connection, statement))
    rolled_back(connection)  # a transaction that the statements leave open ends with them, as in psql


def _execution(claim: str, trial: Executes, outcomes: dict[str, Outcome | str]) -> Observation:
    outcome = outcomes.get(trial.statement)
    if outcome is None:
        return Observation(
            claim=claim, message=f'statement "{trial.statement}" is neither in the script nor in the rows'
        )
    if isinstance(outcome, str):
        return Observation(claim=claim, tried=False, reason=outcome)
    return Observation(claim=claim, sqlstate=outcome.sqlstate, message=outcome.message, affected=outcome.affected)


def _on_original(seen: Observation, database: str) -> Observation:
    """The observation as the original database would have given it, whichever copy it was made on."""
    return seen.model_copy(update={"message": uncopied(seen.message, database)}) if seen.message else seen


def _loaded(
    server: Server, connection: Connection, rows: tuple[Statement, ...], outcomes: dict[str, Outcome | str]
) -> works.Seen:
    """Synthetic rows and statistics about them, with the outcomes of their statements."""
    found = yield from loaded(server, connection, rows, partial(_run_or_reason, server))
    for statement, outcome in zip(rows, found, strict=True):
        _keep(outcomes, statement, outcome)


def _keep(outcomes: dict[str, Outcome | str], statement: Statement, outcome: Outcome | str) -> None:
    """Of two statements with one id, the fault counts."""
    before = outcomes.get(statement.id)
    if not (isinstance(before, Outcome) and before.failed):
        outcomes[statement.id] = outcome


def _run_or_reason(server: Server, connection: Connection, statement: Statement) -> Outcome | str:
    reason = forbidden(server, statement.sql)
    if reason:
        return reason
    outcome = ran(connection, statement.sql)
    if outcome.failed and not server.superuser:
        return _missing_right(server, statement.sql, outcome) or outcome
    return outcome


def _missing_right(server: Server, sql: str, outcome: Outcome) -> str:
    """Why a refusal speaks of the login and not of the design; nothing when it does speak of the design."""
    denied = outcome.sqlstate == "42501"
    role_missing = outcome.sqlstate == "42704" and outcome.message.startswith("role ")
    if not server.creates_roles and (role_missing or (denied and re.search(r"\brole\b", sql, re.I))):
        return f"the login of this server lacks CREATEROLE: {outcome.message}"
    if denied and re.search(r"\bcreate\s+extension\b", sql, re.I):
        return f"the login of this server may not create the extension: {outcome.message}"
    return ""
