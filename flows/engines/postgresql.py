"""Runs an experiment on a PostgreSQL server and reports what was observed, unjudged.

The script runs statement by statement, as a person would run the document: a statement that fails is recorded
and the rest goes on, so that every fault is seen at once. Then come the synthetic rows, then the trials in the
order of their claims, then the way back in a second database. Nothing that is reported holds a time, an
object id or a path, so the same experiment on the same version gives the same observations.
"""

import re
from collections.abc import Iterable, Iterator

import psycopg

from contracts.base import Statement
from contracts.claims import (
    Accepted,
    Balances,
    Coherent,
    Engine,
    Executes,
    Experiment,
    Invalidates,
    Measures,
    Observation,
    Observations,
    Refused,
    Restores,
    Returns,
    Reverts,
    SettingAccepted,
    Starts,
    Trial,
    UsesIndex,
)
from flows.engines.caches import NoCacheServerError, cache_server, coherent, invalidates
from flows.engines.errors import EngineError
from flows.engines.index_use import index_use
from flows.engines.locate import SCHEMES as SCHEMES
from flows.engines.locate import EngineInfo, engine, masked
from flows.engines.locate import available as available
from flows.engines.recovery import restored
from flows.engines.reverts import reverted
from flows.engines.server import Server, forbidden, scratch, serving
from flows.engines.session import Connection, Outcome, checked, connected, ran, rolled_back
from flows.engines.settings import setting_accepted
from flows.engines.started import started
from flows.engines.trials import accepted, refused, returned
from flows.engines.untried import Progress

found = engine

TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
WHERE NOT tgisinternal AND tgparentid = 0 AND tgenabled = 'O' ORDER BY 1, 2
"""
"""Synthetic rows are not somebody's changes: an audit of them would take longer than their load. Foreign keys, checks
and unique constraints hold for them all the same; where the login may not do this, the rows are audited."""

SETTLED = ("SET synchronous_commit = on", "ANALYZE", "RESET synchronous_commit", "VACUUM")
"""Commits whose log is not flushed yet leave their rows unhinted, and VACUUM then marks no page all-visible.
ANALYZE writes, so that its synchronous commit flushes all before it, and index-only scans become index-only."""


def observe(experiment: Experiment, info: EngineInfo, progress: Progress) -> Observations:
    """What this engine saw of the experiment: one observation for each claim that needs an engine."""
    with serving(info) as server:
        seen = observations_on(server, experiment, progress)
    return seen if server.ours else _with_a_server_of_ours(experiment, seen)


def version_at(info: EngineInfo) -> str:
    """The version of the server at a DSN; `EngineError` when it does not answer."""
    try:
        with connected(info.conninfo) as connection:
            return str(connection.info.parameter_status("server_version")).split()[0]
    except psycopg.Error as error:
        raise EngineError(
            "The database server of the DSN cannot be reached",
            place=info.place,
            evidence=masked(str(error).strip()),
            remedy="Check host, port, database, user and password, or use --engine embedded.",
        ) from error


def _with_a_server_of_ours(experiment: Experiment, seen: Observations) -> Observations:
    """What needs a server that may be started, copied and broken is tried on the embedded one, and said to be."""
    claims = tuple(claim for claim in experiment.claims if isinstance(claim.trial, Starts | Restores))
    try:
        own = engine("embedded")
    except EngineError:
        return seen
    if not claims:
        return seen
    with serving(own) as server:
        there = observations_on(server, experiment.model_copy(update={"claims": claims}), lambda *_: None)
    limit = f"{there.engine.name} {there.engine.version} (embedded) started with all settings, and was restored"
    by_claim = {observation.claim: observation for observation in there.observations}
    return seen.model_copy(
        update={
            "engine": seen.engine.model_copy(update={"limits": (*seen.engine.limits, limit)}),
            "observations": tuple(by_claim.get(one.claim, one) for one in seen.observations),
        }
    )


def observations_on(server: Server, experiment: Experiment, progress: Progress) -> Observations:
    """The same on a server that already runs, for whoever has several experiments for it."""
    steps = _Steps(progress, experiment)
    steps.next(f"{server.name} {server.version} ({server.origin}) is ready")
    observed = (_unnumbered(server, one) for one in _observed(server, experiment, steps))
    seen = {observation.claim: observation for observation in observed}
    return Observations(
        engine=Engine(name=server.name, version=server.version, origin=server.origin, limits=server.all_limits),
        rows=experiment.rows,
        grown_rows=experiment.grown_rows,
        observations=tuple(seen[claim.id] for claim in experiment.claims if claim.id in seen),
    )


class _Steps:
    """Counts what is done, so that progress says how far it is and what comes next."""

    def __init__(self, progress: Progress, experiment: Experiment) -> None:
        tried = sum(not isinstance(claim.trial, Executes | Balances) for claim in experiment.claims)
        tried += sum(isinstance(claim.trial, UsesIndex) and bool(claim.trial.growth) for claim in experiment.claims)
        statements = (*experiment.script, *experiment.dataset, *experiment.growth)
        self._progress, self._done = progress, 0
        self._total = 2 + bool(experiment.growth) + len(statements) + tried

    def next(self, text: str) -> None:
        self._progress(self._done, self._total, text)
        self._done += 1

    def finish(self) -> None:
        self._progress(self._total, self._total, "all trials done")


def _unnumbered(server: Server, seen: Observation) -> Observation:
    """Without the process numbers in the name of a scratch database: they differ in each run."""
    if not server.suffix or server.suffix not in seen.message:
        return seen
    return seen.model_copy(update={"message": seen.message.replace(server.suffix, "")})


def _observed(server: Server, experiment: Experiment, steps: _Steps) -> Iterator[Observation]:
    text = "\n".join(statement.sql for statement in (*experiment.script, *experiment.dataset))
    plans: dict[str, Observation] = {}
    with scratch(server, "experiment", text) as connection:
        outcomes: dict[str, Outcome | str] = {}
        _execute(server, connection, experiment.script, steps, outcomes)
        _load(server, connection, experiment.dataset, steps, outcomes)
        # plans are measured first: a write, even rolled back, makes index-only scans visit the heap
        for claim in sorted(experiment.claims, key=lambda claim: not isinstance(claim.trial, UsesIndex)):
            if not isinstance(claim.trial, Executes | Balances | Reverts | Invalidates | Coherent | Restores):
                steps.next(claim.sentence)
                seen = tried(server, connection, claim.id, claim.trial)
                if isinstance(claim.trial, UsesIndex) and claim.trial.growth and experiment.growth:
                    plans[claim.id] = seen
                else:
                    yield seen
        if plans:
            _load(server, connection, experiment.growth, steps, outcomes)
            yield from _seen_again(server, connection, experiment, plans, steps)
        for claim in experiment.claims:
            if isinstance(claim.trial, Executes):
                yield _execution(claim.id, claim.trial, outcomes)
        yield from _cached(server, connection, experiment, steps)
        for claim in experiment.claims:
            if isinstance(claim.trial, Restores):  # the last on these rows: what it commits stays
                steps.next(claim.sentence)
                yield restored(server, connection, claim.id, claim.trial)
    for claim in experiment.claims:
        if isinstance(claim.trial, Reverts):
            steps.next(claim.sentence)
            yield reverted(server, experiment.script, claim.id, claim.trial)
    steps.finish()


def _cached(server: Server, connection: Connection, experiment: Experiment, steps: _Steps) -> Iterator[Observation]:
    """Trials of a cache, at the end and the history last: it commits, and no other trial may see its rows."""
    claims = [claim for claim in experiment.claims if isinstance(claim.trial, Invalidates | Coherent)]
    claims.sort(key=lambda claim: isinstance(claim.trial, Coherent))
    if not claims:
        return
    try:
        with cache_server() as cache:
            for claim in claims:
                steps.next(claim.sentence)
                if isinstance(claim.trial, Invalidates):
                    yield invalidates(cache, connection, claim.id, claim.trial)
                elif isinstance(claim.trial, Coherent):
                    yield coherent(cache, connection, lambda: _beside(server, connection), claim.id, claim.trial)
    except NoCacheServerError as error:
        steps.next(f"skipped: {error}")
        for claim in claims:
            yield Observation(claim=claim.id, tried=False, reason=str(error))


def _beside(server: Server, connection: Connection) -> Connection:
    """Another connection to the same scratch database."""
    return connected(server.conninfo, dbname=connection.info.dbname)


def _seen_again(
    server: Server, connection: Connection, experiment: Experiment, plans: dict[str, Observation], steps: _Steps
) -> Iterator[Observation]:
    """The plans of queries on tables that have grown, beside what they were before."""
    for claim in experiment.claims:
        if claim.id in plans and isinstance(claim.trial, UsesIndex):
            steps.next(claim.sentence)
            again = index_use(server, connection, claim.id, claim.trial)
            yield again if again.plan is None else plans[claim.id].model_copy(update={"grown": again.plan})


def _execute(
    server: Server, connection: Connection, statements: Iterable[Statement], steps: _Steps,
    outcomes: dict[str, Outcome | str],
) -> None:  # fmt: skip
    """Keeps the outcome of each statement by its id, or why this server cannot try it."""
    for statement in statements:
        steps.next(f"executing {statement.id}")
        outcome = _run_or_reason(server, connection, statement)
        before = outcomes.get(statement.id)
        if not (isinstance(before, Outcome) and before.failed):  # of two statements with one id, the fault counts
            outcomes[statement.id] = outcome
    rolled_back(connection)  # a transaction that the statements leave open ends with them, as in psql


def _load(
    server: Server, connection: Connection, rows: tuple[Statement, ...], steps: _Steps,
    outcomes: dict[str, Outcome | str],
) -> None:  # fmt: skip
    """Synthetic rows without the tables' triggers, and statistics about them."""
    triggers = (ran(connection, TRIGGERS).rows or ()) if rows else ()
    for table, trigger in triggers:
        ran(connection, f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    _execute(server, connection, rows, steps, outcomes)
    for table, trigger in triggers:
        ran(connection, f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    steps.next("collecting statistics")
    for statement in SETTLED:
        checked(connection, statement)


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


def _execution(claim: str, trial: Executes, outcomes: dict[str, Outcome | str]) -> Observation:
    outcome = outcomes.get(trial.statement)
    if outcome is None:
        return Observation(
            claim=claim, message=f'statement "{trial.statement}" is neither in the script nor in the rows'
        )
    if isinstance(outcome, str):
        return Observation(claim=claim, tried=False, reason=outcome)
    return Observation(claim=claim, sqlstate=outcome.sqlstate, message=outcome.message, affected=outcome.affected)


def tried(server: Server, connection: Connection, claim: str, trial: Trial) -> Observation:
    """The observation of one trial on the loaded data."""
    match trial:
        case Accepted():
            return accepted(server, connection, claim, trial)
        case Refused():
            return refused(server, connection, claim, trial)
        case Returns():
            return returned(server, connection, claim, trial)
        case UsesIndex():
            return index_use(server, connection, claim, trial)
        case SettingAccepted():
            return setting_accepted(server, connection, claim, trial)
        case Measures():
            return returned(server, connection, claim, Returns(sql=trial.sql, rows=()))
        case Starts():
            return started(server, claim, trial)
    raise EngineError("This engine has no such trial", place=claim, evidence=trial.kind)
