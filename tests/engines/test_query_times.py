"""Queries against the clock and at sizes that nobody loads: what holds, and a wrong index that fails at scale."""

from typing import Any

import pytest

from agents.verification import proof
from contracts.claims import Answers, Evidence, PlansAtScale, Trial
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from tests.engines.conftest import experiment, silent

LIST = (
    "PREPARE list_orders (bigint) AS SELECT id, placed_at FROM orders WHERE user_id = $1"
    " ORDER BY placed_at DESC LIMIT 20"
)
SCRIPT = {
    "orders": "CREATE TABLE orders (id bigint NOT NULL, user_id bigint NOT NULL, placed_at timestamptz NOT NULL,"
    " note text, PRIMARY KEY (id))",
    "right": "CREATE INDEX ix_orders_user_id_placed_at ON orders (user_id, placed_at DESC)",
    "list": LIST,
    "everything": "PREPARE everything AS SELECT count(note) FROM orders",
    "slow": "PREPARE slow AS SELECT pg_sleep(0.01)",
}
WRONG = {**SCRIPT, "right": "CREATE INDEX ix_orders_placed_at_user_id ON orders (placed_at DESC, user_id)"}
ROWS = {
    "rows": "INSERT INTO orders SELECT g, 1 + g % 50, timestamptz '2026-01-01Z' + g * interval '1 minute',"
    " repeat('n', 60) FROM generate_series(1, 5000) AS g"
}
MANY = PlansAtScale(
    prepare=LIST, query="list_orders", arguments=("7",), table="orders", index="ix_orders_user_id_placed_at",
    rows=100_000_000, pages=1_400_000, distinct=(("user_id", 1_000_000.0),), most=400.0,
)  # fmt: skip


def judged(server: Server, trial: Trial, script: dict[str, str] = SCRIPT) -> Evidence:
    asked = experiment(script, {"claim": trial}, ROWS)
    return proof(asked, observations_on(server, asked, silent)).evidence[0]


def test_the_planner_keeps_the_index_with_a_hundred_million_rows(server: Server) -> None:
    found = judged(server, MANY)
    assert found.verdict == ("holds" if server.ours else "not_tried"), found.observed
    if server.ours:
        assert "planned for 100,000,000 rows (synthetic" in found.observed
        assert found == judged(server, MANY)


@pytest.mark.parametrize(
    ("change", "script", "why"),
    [
        ({"index": "ix_orders_placed_at_user_id"}, WRONG, "it costs"),
        ({}, WRONG, "ix_orders_user_id_placed_at is not in the plan"),
        ({"distinct": ()}, SCRIPT, ""),  # fifty users with two million orders each: still twenty rows in order
        ({"table": "nowhere"}, SCRIPT, 'relation "nowhere" does not exist'),
        ({"most": 0.1}, SCRIPT, "where 0 were planned"),
        ({"prepare": "PREPARE list_orders AS SELECT nowhere FROM orders"}, SCRIPT, 'column "nowhere" does not exist'),
    ],
)
def test_a_wrong_index_fails_at_scale(
    embedded: Server, change: dict[str, Any], script: dict[str, str], why: str
) -> None:
    found = judged(embedded, MANY.model_copy(update=change), script)
    assert (found.verdict, why in found.observed) == ("fails" if why else "holds", True), found.observed


def test_at_the_size_that_is_loaded_the_wrong_index_looks_as_good(embedded: Server) -> None:
    """What the trial is for: among 5,000 rows in 50 users a walk in order of time finds twenty at once."""
    small = {"index": "ix_orders_placed_at_user_id", "rows": 5_000, "pages": 60, "distinct": ()}
    assert judged(embedded, MANY.model_copy(update=small), WRONG).verdict == "holds"


def test_files_beyond_a_gigabyte_are_planned_for(embedded: Server) -> None:
    scan = SCRIPT["everything"].replace("everything", "scanning")
    whole = MANY.model_copy(update={"prepare": scan, "query": "scanning", "arguments": ()})
    assert "is not in the plan, which reads the whole table" in judged(embedded, whole).observed


@pytest.mark.parametrize(
    ("query", "goal", "verdict", "why"),
    [
        ("list_orders", 50.0, "holds", "16 blocks, 1.6 ms from an SSD with nothing cached, the goal is 50 ms"),
        ("list_orders", 1.0, "fails", "1.6 ms from an SSD with nothing cached, the goal is 1 ms"),
        ("everything", 5.0, "holds", "72 blocks, 1.4 ms"),
        ("slow", 0.5, "fails", "0 blocks, 0 ms from an SSD with nothing cached, the goal is 0.5 ms; it took 1"),
        ("nowhere", 5.0, "fails", "26000"),
    ],
)
def test_a_query_answers_within_its_goal_or_is_found(
    embedded: Server, query: str, goal: float, verdict: str, why: str
) -> None:
    found = judged(embedded, Answers(query=query, arguments=("7",) if query == "list_orders" else (), goal_ms=goal))
    assert (found.verdict, why in found.observed) == (verdict, True), found.observed


def test_what_a_query_took_is_told_as_it_goes_and_stands_in_no_evidence(embedded: Server) -> None:
    told: list[str] = []
    asked = experiment(SCRIPT, {"c": Answers(query="list_orders", arguments=("7",), goal_ms=2_000.0)}, ROWS)
    seen = observations_on(embedded, asked, lambda done, total, text: told.append(text))
    assert any(text.startswith("list_orders: ") and "the goal is 2000" in text for text in told)
    assert "took" not in proof(asked, seen).evidence[0].observed
