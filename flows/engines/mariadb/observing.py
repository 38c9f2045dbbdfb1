"""Runs an experiment on a MariaDB server and reports what was observed, unjudged.

The script runs statement by statement, as a person would run the document: a statement that fails is recorded and
the rest goes on. Then come the synthetic rows, then the trials, then the way back in a second database. Nothing that
is reported holds a time, a process number or a path, so the same experiment gives the same observations.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from contracts.base import Statement
from contracts.claims import (
    Accepted,
    Balances,
    Claim,
    Coherent,
    Engine,
    Executes,
    Experiment,
    Invalidates,
    Measures,
    Observation,
    Observations,
    Refused,
    Replicates,
    Restores,
    Returns,
    Reverts,
    SettingAccepted,
    Shares,
    Starts,
    UsesIndex,
)
from flows.engines.errors import EngineError
from flows.engines.locate import EngineInfo
from flows.engines.mariadb.caching import caches_tried
from flows.engines.mariadb.index_use import index_use, prepared_text
from flows.engines.mariadb.locate import found
from flows.engines.mariadb.product import MARIADB, Product
from flows.engines.mariadb.recovery import restored
from flows.engines.mariadb.replication import replicated
from flows.engines.mariadb.reverts import reverted
from flows.engines.mariadb.server import Scratch, Server, forbidden, scratch, serving
from flows.engines.mariadb.session import Connection, checked, literal, one, quoted, ran, rows_of
from flows.engines.mariadb.settings import setting_accepted, started
from flows.engines.mariadb.sharing import shared
from flows.engines.mariadb.trials import accepted, refused
from flows.engines.reports import completed, reported
from flows.engines.session import Outcome
from flows.engines.steps import Progress, Steps

_TRIGGERS = """
SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()
ORDER BY event_object_table, action_timing, event_manipulation, action_order
"""
_TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name
"""


def observe(experiment: Experiment, info: EngineInfo, progress: Progress, product: Product = MARIADB) -> Observations:
    """What this engine saw of the experiment: one observation for each claim that needs an engine.

    Raises `EngineError` when the engine cannot be had; a statement that is refused is an observation.
    """
    with serving(info, product) as server:
        seen = observations_on(server, experiment, progress)
    return seen if server.ours else _with_a_server_of_ours(experiment, seen, product)


def _with_a_server_of_ours(experiment: Experiment, seen: Observations, product: Product) -> Observations:
    """What needs a server that may be started, copied and broken is tried on this machine's, and said to be."""
    claims = tuple(claim for claim in experiment.claims if isinstance(claim.trial, Starts | Replicates | Restores))
    try:
        own = found("installed", product)
    except EngineError:
        return seen
    if not claims:
        return seen
    with serving(own, product) as server:
        there = observations_on(server, experiment.model_copy(update={"claims": claims}), lambda *_: None)
    limit = (
        f"{there.engine.name} {there.engine.version} (installed) started with all settings, was replicated and restored"
    )
    return completed(seen, there, limit)


def observations_on(server: Server, experiment: Experiment, progress: Progress) -> Observations:
    """The same on a server that already runs, for whoever has several experiments for it."""
    steps = Steps(progress, experiment)
    steps.next(f"{server.name} {server.version} ({server.origin}) is ready")
    seen = tuple(_observed(server, experiment, steps))
    engine = Engine(name=server.name, version=server.version, origin=server.origin, limits=server.all_limits)
    return reported(experiment, engine, seen)


@dataclass
class _Run:
    """One experiment in its database: outcomes of statements by id, texts of prepared queries by name."""

    server: Server
    place: Scratch
    steps: Steps
    outcomes: dict[str, Outcome | str] = field(default_factory=dict)
    prepared: dict[str, str] = field(default_factory=dict)


def _observed(server: Server, experiment: Experiment, steps: Steps) -> Iterator[Observation]:
    text = "\n".join(statement.sql for statement in (*experiment.script, *experiment.dataset))
    with scratch(server, "experiment", text) as place:
        run = _Run(server, place, steps)
        _execute(run, place.script, experiment.script)
        checked(place.script, "ROLLBACK")
        _load(run, experiment.dataset)
        yield from _tried_all(run, experiment)
        for claim in experiment.claims:
            if isinstance(claim.trial, Executes):
                yield _execution(claim.id, claim.trial, run.outcomes)
        for item in caches_tried(server, place, run.prepared, experiment.claims):
            if isinstance(item, str):
                steps.next(item)
            else:
                yield item
        for claim in experiment.claims:
            if isinstance(claim.trial, Replicates):
                steps.next(claim.sentence)
                yield replicated(server, place, claim.id, claim.trial)
        for claim in experiment.claims:
            if isinstance(claim.trial, Restores):  # the last on these rows: what it commits stays
                steps.next(claim.sentence)
                yield restored(server, place, claim.id, claim.trial)
    for claim in experiment.claims:
        if isinstance(claim.trial, Reverts):
            steps.next(claim.sentence)
            yield reverted(server, experiment.script, claim.id, claim.trial)
    steps.finish()


def _tried_all(run: _Run, experiment: Experiment) -> Iterator[Observation]:
    """Plans first, on rows that nothing has touched, and again when the tables have grown."""
    plans: dict[str, Observation] = {}
    for claim in sorted(experiment.claims, key=lambda claim: not isinstance(claim.trial, UsesIndex)):
        if isinstance(claim.trial, Executes | Balances | Reverts | Invalidates | Coherent | Replicates | Restores):
            continue
        run.steps.next(claim.sentence)
        seen = _tried(run, claim)
        if isinstance(claim.trial, UsesIndex) and claim.trial.growth and experiment.growth:
            plans[claim.id] = seen
        else:
            yield seen
    if plans:
        _load(run, experiment.growth)
    for claim in experiment.claims:
        if claim.id in plans:
            run.steps.next(claim.sentence)
            again = _tried(run, claim)
            yield again if again.plan is None else plans[claim.id].model_copy(update={"grown": again.plan})


def _tried(run: _Run, claim: Claim) -> Observation:
    """The observation of one trial on the loaded data."""
    server, place, trial = run.server, run.place, claim.trial
    match trial:
        case Accepted() | Returns():
            return accepted(server, place, claim.id, trial)
        case Refused():
            return refused(server, place, claim.id, trial)
        case Measures():
            return accepted(server, place, claim.id, Returns(sql=trial.sql, rows=()))
        case Shares():
            return shared(server, place, claim.id, trial)
        case UsesIndex():
            return index_use(place, claim.id, trial, run.prepared)
        case SettingAccepted():
            return setting_accepted(server, place, claim.id, trial)
        case Starts():
            return started(server, claim.id, trial)
    raise EngineError("This engine has no such trial", place=claim.id, evidence=trial.kind)


def _execute(run: _Run, connection: Connection, statements: Iterable[Statement]) -> None:
    """Keeps the outcome of each statement by its id, or why this server cannot try it."""
    for statement in statements:
        run.steps.next(f"executing {statement.id}")
        outcome = _run_or_reason(run.server, connection, statement.sql)
        before = run.outcomes.get(statement.id)
        if not (isinstance(before, Outcome) and before.failed):  # of two statements with one id, the fault counts
            run.outcomes[statement.id] = outcome
        named = prepared_text(connection, statement.sql)
        if named is not None:
            run.prepared[named[0]] = named[1]


def _load(run: _Run, rows: tuple[Statement, ...]) -> None:
    """Synthetic rows without the design's triggers, and statistics about them.

    The rows are not somebody's changes: an audit of them would take longer than their load. Foreign keys, checks and
    unique constraints hold for them all the same.
    """
    kept = _triggers_set_aside(run.place.script) if rows else ()
    _execute(run, run.place.trials, rows)
    checked(run.place.trials, "COMMIT")
    mode_before = one(run.place.script, "SELECT @@SESSION.sql_mode") if kept else ""
    for mode, sql in (*kept, *([(mode_before, "DO 0")] if kept else ())):
        checked(run.place.script, f"SET SESSION sql_mode = {literal(mode)}")
        checked(run.place.script, sql)
    run.steps.next("collecting statistics")
    names = ", ".join(quoted(str(row[0])) for row in rows_of(run.place.trials, _TABLES))
    if names:
        checked(run.place.trials, f"ANALYZE TABLE {names}")


def _triggers_set_aside(connection: Connection) -> tuple[tuple[str, str], ...]:
    """The sql_mode and text of each trigger, which is dropped; in the order in which they fire."""
    kept = []
    for (name,) in rows_of(connection, _TRIGGERS):
        row = rows_of(connection, f"SHOW CREATE TRIGGER {quoted(str(name))}")[0]
        kept.append((str(row[1]), str(row[2])))
        checked(connection, f"DROP TRIGGER {quoted(str(name))}")
    return tuple(kept)


def _run_or_reason(server: Server, connection: Connection, sql: str) -> Outcome | str:
    reason = forbidden(server, sql)
    if reason:
        return reason
    outcome = ran(connection, sql)
    if outcome.sqlstate == "42501" and not server.creates_roles:
        return f"the login of this server may not do this: {outcome.message}"
    return outcome


def _execution(claim: str, trial: Executes, outcomes: dict[str, Outcome | str]) -> Observation:
    outcome = outcomes.get(trial.statement)
    if outcome is None:
        message = f'statement "{trial.statement}" is neither in the script nor in the rows'
        return Observation(claim=claim, message=message)
    if isinstance(outcome, str):
        return Observation(claim=claim, tried=False, reason=outcome)
    return Observation(claim=claim, sqlstate=outcome.sqlstate, message=outcome.message, affected=outcome.affected)
