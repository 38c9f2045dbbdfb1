"""Trials of SQL on every kind of server: what holds, what fails, and what must not be taken for either."""

from collections.abc import Callable

import pytest

from contracts.claims import Accepted, Executes, Observation, Refused, Returns, Session, Trial
from flows.engines import engine, trials
from flows.engines.server import Server, serving
from tests.engines.conftest import experiment, seen_on

SCRIPT = {
    "parents": "CREATE TABLE parents (id bigint PRIMARY KEY, name text NOT NULL CHECK (name ~ '%'))",
    "children": "CREATE TABLE children (id bigint PRIMARY KEY, owner bigint NOT NULL,"
    " parent bigint REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
    "role": "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'trial_app') THEN"
    " CREATE ROLE trial_app NOLOGIN; END IF; END $$",
    "grant": "GRANT SELECT, UPDATE ON children TO trial_app",
    "security": "ALTER TABLE children ENABLE ROW LEVEL SECURITY",
    "policy": "CREATE POLICY own ON children TO trial_app"
    " USING (owner = (SELECT nullif(current_setting('app.user_id', true), '')::bigint))",
    "query": "PREPARE children_of (bigint) AS SELECT id FROM children WHERE owner = $1 ORDER BY id",
    "broken": "CREATE TABLE broken (id bigint, INDEX (id))",
    "after": "COMMENT ON TABLE parents IS '100% of %s'",
}
DATASET = {
    "rows.parents": "INSERT INTO parents SELECT i, i || '%' FROM generate_series(1, 10) i",
    "rows.children": "INSERT INTO children SELECT i, i % 2, i FROM generate_series(1, 10) i",
}
APP = Session(role="trial_app", settings=(("app.user_id", "1"),))
UNSET = Session(role="trial_app")
EMPTY = Session(role="trial_app", settings=(("app.user_id", ""),))
INSERT = "INSERT INTO parents VALUES (11, '%')"

CASES: dict[str, tuple[Trial, dict[str, object]]] = {
    "executes": (Executes(statement="parents"), {}),
    "executes.rows": (Executes(statement="rows.parents"), {"affected": 10}),
    "executes.percent": (Executes(statement="after"), {}),
    "executes.broken": (
        Executes(statement="broken"),
        {"sqlstate": "42601", "message": 'syntax error at or near "("'},
    ),
    "executes.unknown": (
        Executes(statement="nowhere"),
        {"message": 'statement "nowhere" is neither in the script nor in the rows'},
    ),
    "accepted": (Accepted(sql=(INSERT,)), {"affected": 1}),
    "accepted.again": (Accepted(sql=(INSERT,)), {"affected": 1}),
    "accepted.none": (Accepted(sql=("UPDATE parents SET name = '%' WHERE id = 99",), affects=0), {"affected": 0}),
    "accepted.filtered": (Accepted(sql=("UPDATE children SET owner = owner",), session=APP), {"affected": 5}),
    "accepted.fails": (
        Accepted(sql=(INSERT, INSERT)),
        {
            "sqlstate": "23505",
            "message": 'statement 2 of 2: duplicate key value violates unique constraint "parents_pkey"',
        },
    ),
    "accepted.nothing": (Accepted(sql=()), {"message": "the trial has no statement"}),
    "accepted.commits": (
        Accepted(sql=("COMMIT",)),
        {"message": "the trial's statements ended their own transaction"},
    ),
    "accepted.nul": (
        Accepted(sql=("SELECT 1\0",)),
        {"message": "the statement contains a NUL character, which no SQL text may hold"},
    ),
    "accepted.copy": (
        Accepted(sql=("COPY parents FROM STDIN",)),
        {"message": "COPY from or to the client needs a client that feeds it; use INSERT"},
    ),
    "refused": (
        Refused(sql=("INSERT INTO parents VALUES (12, 'x')",), sqlstate="23514"),
        {
            "sqlstate": "23514",
            "message": 'new row for relation "parents" violates check constraint "parents_name_check"',
        },
    ),
    "refused.not": (Refused(sql=(INSERT,), sqlstate="23505"), {"affected": 1}),
    "refused.deferred": (
        Refused(sql=("INSERT INTO children VALUES (11, 1, 99)",), sqlstate="23503"),
        {
            "sqlstate": "23503",
            "message": 'insert or update on table "children" violates foreign key constraint "children_parent_fkey"',
        },
    ),
    "refused.too_early": (
        Refused(sql=("INSERT INTO parents VALUES (1, '%')", INSERT), sqlstate="23505"),
        {"message": 'statement 1 of 2: duplicate key value violates unique constraint "parents_pkey" (SQLSTATE 23505)'},
    ),
    "refused.to_role": (
        Refused(sql=("DELETE FROM children",), sqlstate="42501", session=APP),
        {"sqlstate": "42501", "message": "permission denied for table children"},
    ),
    "refused.no_role": (
        Refused(sql=("SELECT 1",), sqlstate="22023", session=Session(role="no_such_role")),
        {"message": 'role "no_such_role" does not exist'},
    ),
    "returns": (
        Returns(sql=("SELECT 1, NULL, 'a', true, 1.50, date '2024-02-03'",), rows=()),
        {"affected": 1, "rows": (("1", None, "a", "t", "1.50", "2024-02-03"),)},
    ),
    "returns.nothing": (Returns(sql=("SELECT 1 WHERE false",), rows=()), {"affected": 0, "rows": ()}),
    "returns.prepared": (
        Returns(sql=("EXECUTE children_of(1)",), rows=()),
        {"affected": 5, "rows": (("1",), ("3",), ("5",), ("7",), ("9",))},
    ),
    "returns.own": (
        Returns(sql=("SELECT count(*) FROM children",), rows=(), session=APP),
        {"affected": 1, "rows": (("5",),)},
    ),
    "returns.prepared_as_role": (
        Returns(sql=("EXECUTE children_of(0)",), rows=(), session=APP),
        {"affected": 0, "rows": ()},
    ),
    "returns.unset": (
        Returns(sql=("SELECT count(*) FROM children",), rows=(), session=UNSET),
        {"affected": 1, "rows": (("0",),)},
    ),
    "returns.set_back": (
        Returns(sql=("SELECT count(*) FROM children",), rows=(), session=EMPTY),
        {"affected": 1, "rows": (("0",),)},
    ),
    "returns.bad_setting": (
        Returns(sql=("SELECT 1",), rows=(), session=Session(settings=(("work_mem", "much"),))),
        {"message": 'setting work_mem: invalid value for parameter "work_mem": "much"'},
    ),
    "returns.as_superuser_again": (
        Returns(sql=("SELECT count(*) FROM children",), rows=()),
        {"affected": 1, "rows": (("10",),)},
    ),
    "returns.missing": (
        Returns(sql=("SELECT * FROM broken",), rows=()),
        {"sqlstate": "42P01", "message": 'relation "broken" does not exist'},
    ),
}

_SEEN: dict[str, dict[str, Observation]] = {}


@pytest.fixture
def seen(server: Server) -> dict[str, Observation]:
    """One experiment a server holds all the cases, as a design does; it runs once."""
    if server.origin not in _SEEN:
        _SEEN[server.origin] = seen_on(server, experiment(SCRIPT, {k: case[0] for k, case in CASES.items()}, DATASET))
    return _SEEN[server.origin]


@pytest.mark.parametrize("case", CASES)
def test_a_trial_reports_what_happened(seen: dict[str, Observation], case: str) -> None:
    assert seen[case].model_dump(exclude_defaults=True, exclude={"claim"}) == CASES[case][1]


def test_nothing_of_the_trials_stays_on_the_server(server: Server, seen: dict[str, Observation]) -> None:
    sql = "SELECT datname FROM pg_database WHERE starts_with(datname, 'persistence_') AND right(datname, %s) = %s"
    left = server.maintenance.execute(sql, (len(server.suffix), server.suffix)).fetchall()
    roles = server.maintenance.execute("SELECT rolname FROM pg_roles WHERE rolname = 'trial_app'").fetchall()
    assert (left, roles, server.notes) == ([], [], [])


def test_a_statement_that_never_ends_is_cut_off(embedded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "TRIAL_SECONDS", 0.05)
    slow = Accepted(sql=("SELECT count(*) FROM generate_series(1, 1e12::bigint)",))
    found = seen_on(embedded, experiment({}, {"slow": slow, "next": Accepted(sql=("SELECT 1",))}))
    assert found["slow"].sqlstate == "57014"
    assert found["next"].affected == 1


def test_a_login_that_is_no_superuser_cannot_be_another(shared: Callable[[str], str]) -> None:
    with serving(engine(shared("maker"))) as server:
        trial = Returns(sql=("SELECT set_config('session_authorization', 'kept_app', true)",), rows=(("kept_app",),))
        seen = seen_on(server, experiment({"t": "CREATE TABLE t (a int)"}, {"x": trial}))["x"]
    assert not seen.tried and "superuser" in seen.reason


def test_a_new_session_has_never_made_a_setting(embedded: Server) -> None:
    missing = Returns(sql=("SELECT current_setting('app.user_id', true) IS NULL",), rows=(("t",),))
    trials = {
        "used": missing.model_copy(update={"session": Session(settings=(("app.user_id", "1"),))}),
        "again": missing,
        "fresh": missing.model_copy(update={"session": Session(fresh=True)}),
    }
    seen = seen_on(embedded, experiment({"t": "CREATE TABLE t (a int)"}, trials))
    assert [seen[name].rows for name in trials] == [(("f",),), (("f",),), (("t",),)]
