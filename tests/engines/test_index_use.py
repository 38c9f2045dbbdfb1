"""The price of an index: what it saves, that a useless one saves nothing, and names on partitioned tables."""

import pytest

from contracts.claims import Executes, Observation, PlanFacts, Trial, UsesIndex
from flows.engines.server import Server
from tests.engines.conftest import experiment, seen_on, statement

SCRIPT = {
    "events": "CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, account bigint NOT NULL,"
    " kind text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
    "events.2024": "CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "events.2025": "CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    "events.index": "CREATE INDEX ix_events_account ON events (account, at DESC)",
    "accounts": "CREATE TABLE accounts (id bigint PRIMARY KEY, email text NOT NULL, country text NOT NULL)",
    "email": "CREATE UNIQUE INDEX uq_accounts_email ON accounts (email)",
    "country": "CREATE INDEX ix_accounts_country ON accounts (country)",
    "events_of": "PREPARE events_of (bigint) AS SELECT at, kind FROM events WHERE account = $1"
    " ORDER BY at DESC LIMIT 5",
    "by_email": "PREPARE by_email (text) AS SELECT id FROM accounts WHERE email = $1",
    "grouped": "PREPARE grouped (bigint) AS SELECT id, email, count(*) FROM accounts WHERE id = $1 GROUP BY id",
    "rename": "PREPARE rename (bigint, text) AS UPDATE accounts SET email = $2 WHERE id = $1",
    "signup": "PREPARE signup (bigint, text) AS INSERT INTO accounts VALUES ($1, $2, 'DE')",
    "everything": "PREPARE everything AS SELECT count(email) FROM accounts WHERE country = 'DE'",
}
DATASET = {
    "rows.accounts": "INSERT INTO accounts SELECT i, 'a' || i || '@example.org', 'DE' FROM generate_series(1, 10000) i",
    "rows.events": "INSERT INTO events (account, kind, at) SELECT 1 + i % 500, 'k',"
    " timestamptz '2024-01-01 00:00Z' + i * interval '1 hour' FROM generate_series(1, 10000) i",
}


def use(query: str, arguments: tuple[str, ...], table: str, index: str) -> UsesIndex:
    return UsesIndex(query=query, arguments=arguments, table=table, index=index)


TRIALS = {
    "partitioned": use("events_of", ("7",), "events", "ix_events_account"),
    "unique": use("by_email", ("'a77@example.org'",), "accounts", "uq_accounts_email"),
    "grouped": use("grouped", ("77",), "accounts", "accounts_pkey"),
    "update": use("rename", ("77", "'new@example.org'"), "accounts", "accounts_pkey"),
    "insert": use("signup", ("20000", "'b@example.org'"), "accounts", "accounts_pkey"),
    "useless": use("everything", (), "accounts", "ix_accounts_country"),
    "wrong": use("by_email", ("'a77@example.org'",), "accounts", "ix_accounts_country"),
    "no_index": use("by_email", ("'x'",), "accounts", "ix_nowhere"),
    "wrong_table": use("by_email", ("'x'",), "events", "uq_accounts_email"),
    "no_query": use("nowhere", (), "accounts", "uq_accounts_email"),
    "bad_argument": use("grouped", ("'x'",), "accounts", "accounts_pkey"),
}

_SEEN: dict[str, dict[str, Observation]] = {}


@pytest.fixture
def seen(server: Server) -> dict[str, Observation]:
    if server.origin not in _SEEN:
        _SEEN[server.origin] = seen_on(server, experiment(SCRIPT, TRIALS, DATASET))
    return _SEEN[server.origin]


def plan_of(seen: Observation) -> PlanFacts:
    assert seen.plan is not None, seen
    return seen.plan


@pytest.mark.parametrize(("case", "rows"), [("partitioned", 5), ("unique", 1), ("grouped", 1), ("update", 1)])
def test_a_needed_index_stands_in_the_plan_and_saves_blocks(seen: dict[str, Observation], case: str, rows: int) -> None:
    plan = plan_of(seen[case])
    assert plan.indexes == (TRIALS[case].index,)
    assert plan.blocks * 2 < plan.blocks_without
    assert (plan.rows, plan.rows_removed) == (rows, 0)


@pytest.mark.parametrize("case", ["useless", "wrong"])
def test_an_index_that_the_query_does_not_need_is_seen_to_save_nothing(seen: dict[str, Observation], case: str) -> None:
    plan = plan_of(seen[case])
    assert TRIALS[case].index not in plan.indexes
    assert plan.blocks == plan.blocks_without


def test_an_insert_runs_twice_and_leaves_no_row(seen: dict[str, Observation]) -> None:
    assert plan_of(seen["insert"]).indexes == ()


@pytest.mark.parametrize(
    ("case", "sqlstate", "message"),
    [
        ("no_index", "42704", 'index "ix_nowhere" does not exist'),
        ("wrong_table", "42809", 'index "uq_accounts_email" belongs to table "accounts", not to "events"'),
        ("no_query", "26000", 'prepared statement "nowhere" does not exist'),
        ("bad_argument", "22P02", 'invalid input syntax for type bigint: "x"'),
    ],
)
def test_what_stands_in_the_way_is_reported(
    seen: dict[str, Observation], case: str, sqlstate: str, message: str
) -> None:
    assert seen[case].plan is None
    assert (seen[case].sqlstate, seen[case].message) == (sqlstate, message)


def test_plans_are_looked_at_again_when_the_table_has_grown(server: Server) -> None:
    more = "INSERT INTO accounts SELECT i, 'a' || i || '@example.org', 'FR' FROM generate_series(10001, 40000) i"
    trials: dict[str, Trial] = {
        "unique": TRIALS["unique"].model_copy(update={"growth": "flat"}),
        "all": use("abroad", (), "accounts", "ix_accounts_country").model_copy(update={"growth": "rows"}),
        "once": TRIALS["grouped"],
        "more": Executes(statement="more"),
    }
    script = {**SCRIPT, "abroad": "PREPARE abroad AS SELECT count(*) FROM accounts WHERE country = 'FR'"}
    tried = experiment(script, trials, DATASET).model_copy(
        update={"growth": (statement("more", more),), "grown_rows": 40_000}
    )
    seen = seen_on(server, tried)
    assert seen["more"].affected == 30_000
    before, after = plan_of(seen["unique"]), seen["unique"].grown
    assert after is not None and after.blocks <= before.blocks + 1
    assert after.blocks_without > 3 * before.blocks_without
    again = seen["all"].grown
    assert again is not None and again.blocks > 10 * plan_of(seen["all"]).blocks
    assert seen["once"].grown is None


def test_a_filter_that_throws_rows_away_is_counted(embedded: Server) -> None:
    script = {**SCRIPT, "all_but": "PREPARE all_but (text) AS SELECT id FROM accounts WHERE email <> $1"}
    trial = use("all_but", ("'a77@example.org'",), "accounts", "uq_accounts_email")
    plan = plan_of(seen_on(embedded, experiment(script, {"filter": trial}, DATASET))["filter"])
    assert (plan.rows, plan.rows_removed) == (9999, 1)
