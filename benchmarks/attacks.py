"""`python -m benchmarks.attacks`: coherence proof and attacks timed, faults planted, and protection's cost.

Every hole of `benchmarks.holes` is planted in the proven database, the plan's own claims are tried until one fails, and
it is undone. Every invalidation is left out of the coherence history in turn. It asserts nothing and prints figures.
"""

import contextlib
import functools
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from agents.requirement_analysis import requirement_analysis
from agents.security.recording import trigger_name
from agents.verification import proof
from benchmarks.holes import HOLES, Hole
from contracts.base import Statement
from contracts.claims import (
    Accepted,
    Claim,
    Coherent,
    Executes,
    Experiment,
    Invalidates,
    Observation,
    Observations,
    Refused,
    Returns,
)
from contracts.claims import Engine as ProofEngine
from contracts.plan import Design
from flows.direct import DirectRun
from flows.engines import engine
from flows.engines.caches import CacheServer, PostgreSQLSession, cache_server, coherent, invalidates
from flows.engines.server import Server, scratch, serving
from flows.engines.session import Connection, checked, connected
from flows.engines.works import tried
from flows.inputs import brief_from_file
from flows.progress import Silent
from flows.spine import whole_design

EXAMPLES = Path(__file__).parent.parent / "examples"
DATE = "2026-11-01"
FEW = 5_000
"""Rows of each table in the copies: as many as the longest list of parents has, so that every reference holds."""


@functools.cache
def designed(name: str) -> Design:
    """The design of an example, as the spine makes it."""
    brief = brief_from_file(str(EXAMPLES / name / "INITIAL.md"), name, DATE, 0, 0)
    return whole_design(brief, requirement_analysis(brief), DirectRun(Silent()))


def verdict(claim: Claim, seen: Observation) -> str:
    """`holds`, or what was observed instead."""
    whose = ProofEngine(name="PostgreSQL", version="", origin="embedded")
    experiment = Experiment(script=(), claims=(claim,), rows=0)
    (found,) = proof(experiment, Observations(engine=whose, rows=0, observations=(seen,))).evidence
    return "holds" if found.verdict == "holds" else f"{claim.id}: {found.observed}"


@contextlib.contextmanager
def proven_database(server: Server, design: Design) -> Iterator[str]:
    """The name of a database with the design's script and a few rows of each table, to be copied."""
    with scratch(
        server, f"attacks_{design.requirements.project}", "\n".join(statement.sql for statement in design.script())
    ) as connection:
        for statement in design.script():
            checked(connection, statement.sql)
        checked(connection, "SET session_replication_role = replica")
        for statement in design.schema_design.dataset:
            checked(connection, statement.sql.replace("generate_series(1, 10000)", f"generate_series(1, {FEW})"))
        checked(connection, "SET session_replication_role = origin")
        name = connection.info.dbname
        connection.close()
        yield name


@contextlib.contextmanager
def copied(server: Server, name: str, prepared: Iterable[Statement] = ()) -> Iterator[Connection]:
    """A connection to a copy of the database, which is gone afterwards, with its queries prepared."""
    copy = f"{name}_copy"
    checked(server.maintenance, f"CREATE DATABASE {copy} TEMPLATE {name}")
    try:
        with contextlib.closing(connected(server.conninfo, dbname=copy)) as connection:
            for statement in prepared:
                checked(connection, statement.sql)
            yield connection
    finally:
        checked(server.maintenance, f"DROP DATABASE {copy} WITH (FORCE)")


def queries(design: Design) -> list[Statement]:
    """The statements that prepare the document's queries."""
    return [statement for statement in design.schema_design.statements if statement.section == "queries"]


def attempts(design: Design) -> list[Claim]:
    """The security plan's claims that try something, the longest last."""
    claims = [claim for claim in design.security.claims if not isinstance(claim.trial, Executes)]
    return sorted(claims, key=lambda claim: claim.id.endswith(".commands"))


def first_failure(server: Server, connection: Connection, claims: Iterable[Claim]) -> str:
    """The first claim that does not hold, with what was seen; empty when all hold."""
    verdicts = (verdict(claim, tried(server, connection, claim.id, claim.trial)) for claim in claims)
    return next((found for found in verdicts if found != "holds"), "")


def caught(server: Server, name: str, hole: Hole, claims: Iterable[Claim]) -> str:
    """The claim that notices a hole; empty when none does. The database is as before afterwards."""
    if hole.committed:
        with copied(server, name) as connection:
            checked(connection, hole.sql)
            return first_failure(server, connection, claims)
    with contextlib.closing(connected(server.conninfo, dbname=name)) as connection:
        checked(connection, "BEGIN")
        checked(connection, hole.sql)
        return first_failure(server, connection, (claim for claim in claims if not in_new_session(claim)))


def in_new_session(claim: Claim) -> bool:
    """Whether a claim is tried in a session of its own, which cannot see an open transaction's hole."""
    return isinstance(claim.trial, Accepted | Refused | Returns) and claim.trial.session.fresh


def omissions(trial: Coherent) -> Iterator[tuple[str, Coherent]]:
    """The history with one key of one write left out, each in turn; lists of one table and parent share theirs."""
    edges = dict.fromkeys((s.table, s.operation, key, s.finds) for s in trial.stale for key in s.keys)
    for table, operation, omitted, finds in edges:
        stale = tuple(
            s.model_copy(update={"keys": tuple(k for k in s.keys if k != omitted)})
            if (s.table, s.operation, s.finds) == (table, operation, finds)
            else s
            for s in trial.stale
        )
        yield f"{operation} on {table}: {omitted}", trial.model_copy(update={"stale": stale})


def history(server: Server, cache: CacheServer, name: str, design: Design, trial: Coherent) -> str:
    """The verdict on a history, played in a copy of the database."""
    claim = design.caching.claims[-1]
    with copied(server, name, queries(design)) as connection:
        changed = claim.model_copy(update={"trial": trial})
        session = PostgreSQLSession(connection, server.conninfo)
        return verdict(changed, coherent(cache, session, claim.id, trial))


def timed(what: str, call: Callable[[], str]) -> None:
    """A line with the seconds of a call and what it says."""
    begun = time.perf_counter()
    said = call()
    print(f"{what}: {time.perf_counter() - begun:.2f} s; {said}")


def main() -> None:
    """Prints proof, attacks, holes, omissions and costs."""
    with serving(engine("embedded")) as server, cache_server() as cache:
        print(f"{server.name} {server.version}, {cache.name}")
        design = designed("shop")
        with proven_database(server, design) as name:
            timed(
                "shop: coherence (aim, with the attacks: under 10 s)", lambda: _coherence(server, cache, name, design)
            )
            timed("shop: attacks", lambda: _attacks(server, name, design))
            timed("shop: cost", lambda: _costs(server, name, design))
            timed("shop: planted holes", lambda: _holes(server, name, design, HOLES["shop"]))
            timed("shop: omitted invalidations", lambda: _omissions(server, cache, name, design))
        clinic = designed("clinic")
        with proven_database(server, clinic) as name:
            timed("clinic: attacks", lambda: _attacks(server, name, clinic))
            timed("clinic: cost of recorded reads", lambda: _read_costs(server, name, clinic))
            timed("clinic: planted holes", lambda: _holes(server, name, clinic, HOLES["clinic"]))


def _coherence(server: Server, cache: CacheServer, name: str, design: Design) -> str:
    found = []
    with copied(server, name, queries(design)) as connection:
        session = PostgreSQLSession(connection, server.conninfo)
        for claim in design.caching.claims:
            if isinstance(claim.trial, Invalidates):
                found.append(verdict(claim, invalidates(cache, session, claim.id, claim.trial)))
    claim = design.caching.claims[-1]
    assert isinstance(claim.trial, Coherent)
    found.append(history(server, cache, name, design, claim.trial))
    return f"{found.count('holds')} of {len(found)} claims hold"


def _attacks(server: Server, name: str, design: Design) -> str:
    claims = attempts(design)
    with copied(server, name) as connection:
        failure = first_failure(server, connection, claims)
    return failure or f"all {len(claims)} claims hold"


AUDITED = "UPDATE {0} SET {1} = {1} + interval '1 second'"
ROUNDS = 7


def _costs(server: Server, name: str, design: Design) -> str:
    """Ratios of the same statements: with the trail's trigger and without, with the policy and past it; medians."""
    audit, listed = design.security.audit, "SELECT count(*) FROM orders WHERE user_id = 1"
    assert audit is not None
    table = audit.tables[0]
    statement = AUDITED.format(table, "created_at")
    with copied(server, name) as connection:
        switch = f"ALTER TABLE {table} {{}} TRIGGER {trigger_name(design.schema_design.table(table), 'UPDATE')}"
        pairs = [
            (_rolled_back(connection, statement), _rolled_back(connection, statement, switch.format("DISABLE")))
            for _ in range(ROUNDS)
        ]
        checked(connection, "VACUUM ANALYZE orders")
        asked = "; ".join([listed] * 200)
        within = "SET LOCAL ROLE shop_app; SET LOCAL app.user_id = '1'"
        guarded = [(_rolled_back(connection, asked, within), _rolled_back(connection, asked)) for _ in range(ROUNDS)]
    changes, reads = (statistics.median(a / b for a, b in found) for found in (pairs, guarded))
    return (
        f"an UPDATE of {FEW} rows of {table} takes {changes:.1f} times as long with its trail;"
        f" a list of one user's orders {reads:.2f} times with its policy"
    )


def _read_costs(server: Server, name: str, design: Design) -> str:
    """Ratios of the same reads: as a role whose reads are recorded, and as the owner, whom no policy holds; medians."""
    log = design.security.access_log
    assert log is not None
    table = log.by_row[0]
    role = next(p.role for p in design.security.policies if p.table == table and "record_read(" in p.using)
    within = f"SET LOCAL ROLE {role}; SET LOCAL app.user_id = '1'"
    key = design.schema_design.table(table).primary_key[0]
    reads = {
        "of one row by its key": "; ".join(f"SELECT * FROM {table} WHERE {key} = {n}" for n in range(1, 201)),
        "of a page of 50 rows": f"SELECT * FROM {table} ORDER BY {key} LIMIT 50",
    }
    with copied(server, name) as connection:
        checked(connection, f"VACUUM ANALYZE {table}")
        told = []
        for what, sql in reads.items():
            pairs = [(_rolled_back(connection, sql, within), _rolled_back(connection, sql)) for _ in range(ROUNDS)]
            told.append(f"{what} {statistics.median(a / b for a, b in pairs):.1f} times")
    return f"a recorded read of {table} takes as long as an unrecorded one: {', '.join(told)}"


def _rolled_back(connection: Connection, sql: str, before: str = "SELECT 1") -> float:
    """Seconds of the SQL after another statement, in a transaction that is undone."""
    checked(connection, f"BEGIN; {before}")
    begun = time.perf_counter()
    checked(connection, sql)
    seconds = time.perf_counter() - begun
    checked(connection, "ROLLBACK")
    return seconds


def _holes(server: Server, name: str, design: Design, holes: Sequence[Hole]) -> str:
    claims, count = attempts(design), 0
    with copied(server, name) as connection:
        if failure := first_failure(server, connection, claims):
            return f"nothing is proven by it: without a hole {failure}"
    for hole in holes:
        found = caught(server, name, hole, claims)
        count += bool(found)
        print(f"  {hole.name}: {found[:110] or 'NOT CAUGHT'}")
    return f"{count} of {len(holes)} caught"


def _omissions(server: Server, cache: CacheServer, name: str, design: Design) -> str:
    claim, count, total = design.caching.claims[-1], 0, 0
    assert isinstance(claim.trial, Coherent)
    for omitted, trial in omissions(claim.trial):
        found = history(server, cache, name, design, trial)
        total, count = total + 1, count + ("too old" in found)
        if "too old" not in found:
            print(f"  {omitted}: NOT CAUGHT")
    return f"{count} of {total} caught"


if __name__ == "__main__":
    main()
