"""Runs an experiment on SQLite and reports what was observed, unjudged.

The script runs statement by statement on a real file in WAL mode; a statement that is refused is recorded and the
rest goes on. Then come the synthetic rows, then the trials, then the way back in a second file. Nothing that is
reported holds a time or a path, so the same experiment on the same library gives the same observations.
"""

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
    Races,
    Refused,
    Replicates,
    Restores,
    Returns,
    Reverts,
    SettingAccepted,
    Starts,
    UsesIndex,
)
from flows.engines.locate import EngineInfo
from flows.engines.reports import reported
from flows.engines.session import Outcome
from flows.engines.sqlite.following import followed
from flows.engines.sqlite.index_use import index_use
from flows.engines.sqlite.library import CACHE_LIMIT, built_without
from flows.engines.sqlite.races import raced
from flows.engines.sqlite.recovery import restored
from flows.engines.sqlite.reverts import reverted
from flows.engines.sqlite.script import execute, load
from flows.engines.sqlite.session import Database, checked, pragma
from flows.engines.sqlite.settings import setting_accepted, started
from flows.engines.sqlite.trials import accepted, refused, returned
from flows.engines.steps import Progress, Steps

QUERY = "query."
BEFORE_THE_LOG = ("page_size", "auto_vacuum", "encoding", "journal_mode")
"""Settings of a new file that the switch to WAL fixes."""


def observe(experiment: Experiment, info: EngineInfo, progress: Progress) -> Observations:
    """What SQLite saw of the experiment: one observation for each claim that needs an engine.

    `progress(done, total, text)` is called for each statement and each trial. A statement that is refused is an
    observation, never an exception; `EngineError` when the proof itself cannot go on.
    """
    steps = Steps(progress, experiment)
    steps.next(f"{info.name} {info.version} ({info.origin}) is ready")
    with tempfile.TemporaryDirectory(prefix="persistence-") as folder:
        seen = tuple(map(_untriable, _observed(Path(folder), experiment, steps)))
    steps.finish()
    engine = Engine(name=info.name, version=info.version, origin=info.origin, limits=info.limits)
    return reported(experiment, engine, seen)


def _untriable(seen: Observation) -> Observation:
    """What needs a part of SQLite that this library does not have was not tried."""
    reason = built_without(seen.message)
    return Observation(claim=seen.claim, tried=False, reason=reason) if reason else seen


def _observed(folder: Path, experiment: Experiment, steps: Steps) -> Iterator[Observation]:
    database = Database(folder / "experiment.db")
    outcomes: dict[str, Outcome] = {}
    with contextlib.closing(database.connected()) as connection:
        _logged(connection, experiment.script)
        execute(database, connection, experiment.script, steps.next, outcomes)
        load(database, connection, experiment.dataset, steps.next, outcomes)
        yield from _tried(folder, database, connection, experiment, steps)
        yield from _plans(database, connection, experiment, steps, outcomes)
        for claim in experiment.claims:
            if isinstance(claim.trial, Executes):
                yield _execution(claim.id, claim.trial, outcomes)
        for claim in experiment.claims:
            if isinstance(claim.trial, Replicates):
                steps.next(claim.sentence)
                yield followed(database, connection, claim.id, claim.trial)
        for claim in experiment.claims:
            if isinstance(claim.trial, Restores):  # the last on these rows: what it commits stays
                steps.next(claim.sentence)
                yield restored(database, connection, claim.id, claim.trial)
    for number, claim in enumerate(experiment.claims):
        if isinstance(claim.trial, Reverts):
            steps.next(claim.sentence)
            yield reverted(Database(folder / f"reverts{number}.db"), experiment.script, claim.id, claim.trial)


def _logged(connection: sqlite3.Connection, script: tuple[Statement, ...]) -> None:
    """WAL mode, unless the script itself decides about what that fixes."""
    if not any((pragma(statement.sql) or ("",))[0] in BEFORE_THE_LOG for statement in script):
        checked(connection, "PRAGMA journal_mode = WAL")


def _tried(
    folder: Path, database: Database, connection: sqlite3.Connection, experiment: Experiment, steps: Steps
) -> Iterator[Observation]:
    """The trials that leave the rows as they are; races come last, since what they commit leaves an audit trail."""
    for claim in sorted(experiment.claims, key=lambda claim: isinstance(claim.trial, Races)):
        trial = claim.trial
        if isinstance(trial, Executes | Balances | UsesIndex | Reverts | Replicates | Restores):
            continue
        steps.next(claim.sentence)
        match trial:
            case Accepted():
                yield accepted(database, connection, claim.id, trial)
            case Refused():
                yield refused(database, connection, claim.id, trial)
            case Returns():
                yield returned(database, connection, claim.id, trial)
            case Races():
                yield raced(database, connection, claim.id, trial)
            case Measures():
                yield returned(database, connection, claim.id, Returns(sql=trial.sql, rows=()))
            case SettingAccepted():
                yield setting_accepted(folder, claim.id, trial)
            case Starts():
                yield started(folder, claim.id, trial)
            case Invalidates() | Coherent():
                yield Observation(claim=claim.id, tried=False, reason=CACHE_LIMIT)


def _plans(
    database: Database, connection: sqlite3.Connection, experiment: Experiment, steps: Steps,
    outcomes: dict[str, Outcome],
) -> Iterator[Observation]:  # fmt: skip
    """What indexes are worth; where the claim asks for it again, on tables that have grown."""
    queries = {one.id.removeprefix(QUERY): one.sql for one in experiment.script if one.id.startswith(QUERY)}
    plans: dict[str, Observation] = {}
    for claim in experiment.claims:
        if isinstance(claim.trial, UsesIndex):
            steps.next(claim.sentence)
            seen = index_use(connection, queries, claim.id, claim.trial)
            if claim.trial.growth and experiment.growth:
                plans[claim.id] = seen
            else:
                yield seen
    if not plans:
        return
    load(database, connection, experiment.growth, steps.next, outcomes)
    for claim in experiment.claims:
        if claim.id in plans and isinstance(claim.trial, UsesIndex):
            steps.next(claim.sentence)
            again = index_use(connection, queries, claim.id, claim.trial)
            yield again if again.plan is None else plans[claim.id].model_copy(update={"grown": again.plan})


def _execution(claim: str, trial: Executes, outcomes: dict[str, Outcome]) -> Observation:
    outcome = outcomes.get(trial.statement)
    if outcome is None:
        message = f'statement "{trial.statement}" is neither in the script nor in the rows'
        return Observation(claim=claim, message=message)
    return Observation(claim=claim, sqlstate=outcome.sqlstate, message=outcome.message, affected=outcome.affected)
