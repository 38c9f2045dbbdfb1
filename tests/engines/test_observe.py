"""An experiment as a whole: order, progress, the same answer twice, and none of it with `none`."""

import os
from collections.abc import Callable

import psycopg
import pytest

from contracts.base import Input
from contracts.claims import Accepted, Balances, Executes, Returns, Reverts, SettingAccepted, Term, Trial, UsesIndex
from flows.engines import EngineError, observe
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from tests.engines.conftest import experiment, seen_on, silent

SCRIPT = {
    "items": "CREATE TABLE items (id bigint PRIMARY KEY, owner bigint NOT NULL, name text NOT NULL)",
    "index": "CREATE INDEX ix_items_owner ON items (owner)",
    "query": "PREPARE items_of (bigint) AS SELECT id, name FROM items WHERE owner = $1",
}
DATASET = {"rows": "INSERT INTO items SELECT i, i % 100, 'n' || i FROM generate_series(1, 10000) i"}
ONE = Term(factors=(Input(name="one", value=1, source="a test"),))
TRIALS: dict[str, Trial] = {
    "back": Reverts(rollbacks=("DROP TABLE items",)),
    "uses": UsesIndex(query="items_of", arguments=("7",), table="items", index="ix_items_owner"),
    "balances": Balances(left=(ONE,), relation="=", right=(ONE,)),
    "setting": SettingAccepted(name="work_mem", value="16MB"),
    "database": Returns(sql=("SELECT count(*) FROM items",), rows=()),
    "fails": Accepted(sql=("DO $$ BEGIN RAISE 'in %', current_database(); END $$",)),
    "executes": Executes(statement="rows"),
}
Progress = tuple[list[tuple[int, int, str]], Callable[[int, int, str], None]]


def test_two_runs_give_the_same_observations() -> None:
    tried = experiment(SCRIPT, TRIALS, DATASET)
    first = observe(tried, "embedded", silent)
    assert first == observe(tried, "embedded", silent)
    assert (first.engine.origin, first.engine.version.split(".")[0], first.rows) == ("embedded", "18", 1000)
    assert first.observations[1].plan is not None


def test_observations_stand_in_the_order_of_claims_without_what_needs_no_engine(server: Server) -> None:
    seen = seen_on(server, experiment(SCRIPT, TRIALS, DATASET))
    assert list(seen) == [name for name in TRIALS if name != "balances"]


def test_two_runs_on_a_shared_server_are_the_same(remote: Server) -> None:
    tried = experiment(SCRIPT, TRIALS, DATASET)
    first = observations_on(remote, tried, silent)
    assert first == observations_on(remote, tried, silent)
    message = {seen.claim: seen.message for seen in first.observations}["fails"]
    assert message == "in persistence_experiment"


def test_a_dsn_is_reached_and_left_clean(dsn: str) -> None:
    found = observe(experiment(SCRIPT, TRIALS, DATASET), dsn, silent)
    with psycopg.connect(dsn) as connection:
        sql = "SELECT count(*) FROM pg_database WHERE datname ~ %s"
        left = connection.execute(sql, (f"^persistence_.*_{os.getpid()}_",)).fetchone()
    assert (found.engine.origin, left) == ("dsn", (0,))


def test_progress_counts_up_to_the_total(embedded: Server, progress_log: Progress) -> None:
    log, progress = progress_log
    observations_on(embedded, experiment(SCRIPT, TRIALS, DATASET), progress)
    assert [done for done, _, _ in log] == list(range(len(log)))
    assert {total for _, total, _ in log} == {len(log) - 1}
    assert ("executing index" in [text for _, _, text in log]) is True


def test_none_tries_nothing_and_says_so(progress_log: Progress) -> None:
    log, progress = progress_log
    found = observe(experiment(SCRIPT, TRIALS, DATASET), "none", progress)
    assert (found.engine.origin, found.engine.version) == ("none", "")
    assert [seen.claim for seen in found.observations] == [name for name in TRIALS if name != "balances"]
    assert not any(seen.tried for seen in found.observations)
    assert all(seen.reason for seen in found.observations)
    assert log == []


def test_an_empty_experiment_is_no_error(embedded: Server) -> None:
    assert seen_on(embedded, experiment({}, {})) == {}


def test_every_fault_of_a_long_script_is_seen(embedded: Server) -> None:
    good = {f"t.{n}": f"CREATE TABLE t{n} (id bigint PRIMARY KEY, t bigint)" for n in range(100)}
    rest = {f"i.{n}": f"CREATE INDEX ix_{n} ON t{n if n % 10 else 999} (t)" for n in range(100)}
    script = {**good, **rest}
    seen = seen_on(embedded, experiment(script, {f"ok.{key}": Executes(statement=key) for key in script}))
    assert [name for name, one in seen.items() if one.sqlstate] == [f"ok.i.{n}" for n in range(0, 100, 10)]


def test_of_two_statements_with_one_id_the_fault_counts(embedded: Server) -> None:
    tried = experiment({"same": "SELECT 1 FROM nowhere"}, {"ok": Executes(statement="same")}, {"same": "SELECT 1"})
    assert seen_on(embedded, tried)["ok"].sqlstate == "42P01"


def test_a_transaction_that_the_script_leaves_open_is_undone(embedded: Server) -> None:
    trial = Returns(sql=("SELECT count(*) FROM pg_tables WHERE tablename = 'open'",), rows=())
    tried = experiment({"begin": "BEGIN", "table": "CREATE TABLE open (id bigint)"}, {"open": trial})
    assert seen_on(embedded, tried)["open"].rows == (("0",),)


def test_a_connection_that_the_script_cuts_is_an_engine_error() -> None:
    cut = experiment({"cut": "SELECT pg_terminate_backend(pg_backend_pid())"}, {"cut": Executes(statement="cut")})
    with pytest.raises(EngineError, match="closed the connection"):
        observe(cut, "embedded", silent)
