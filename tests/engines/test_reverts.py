"""The way back: nothing may be left, and the script must run again; on a shared server nothing else may go."""

from collections.abc import Callable

import psycopg
import pytest

from contracts.claims import Executes, Observation, Returns, Reverts, Session, Trial
from flows.engines.locate import engine
from flows.engines.server import Server, serving
from tests.engines.conftest import experiment, seen_on

SCRIPT = {
    "extension": "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "kind": "CREATE TYPE kind AS ENUM ('a', 'b')",
    "items": "CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind kind NOT NULL)",
    "view": "CREATE VIEW shown AS SELECT id FROM items",
    "touch": "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "trigger": "CREATE TRIGGER touched BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION touch()",
    "role": "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'revert_app') THEN"
    " CREATE ROLE revert_app NOLOGIN; END IF; END $$",
    "grant": "GRANT SELECT ON items TO revert_app",
    "security": "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
    "policy": "CREATE POLICY own ON items TO revert_app USING (true)",
    "schema": "CREATE SCHEMA audit CREATE TABLE log (id bigint) CREATE SEQUENCE counter",
    "query": "PREPARE by_id (bigint) AS SELECT kind FROM items WHERE id = $1",
}
BACK = (
    "DROP SCHEMA audit CASCADE",
    "DROP VIEW shown",
    "DROP TABLE items",
    "DROP FUNCTION touch()",
    "DROP TYPE kind",
    "DROP ROLE revert_app",
    "DROP EXTENSION pg_trgm",
)
EVERYTHING = (
    "extension pg_trgm", "function touch()", "policy own on items", "role revert_app", "schema audit",
    "sequence counter", "sequence items_id_seq", "table items", "table log", "trigger touched on items",
    "type kind", "view shown",
)  # fmt: skip


def reverted(server: Server, rollbacks: tuple[str, ...], script: dict[str, str] | None = None) -> Observation:
    found = seen_on(server, experiment(script or SCRIPT, {"way.back": Reverts(rollbacks=rollbacks)}))
    return found["way.back"]


def test_a_whole_way_back_leaves_nothing_and_runs_again(server: Server) -> None:
    seen = reverted(server, BACK)
    assert seen.model_dump(exclude_defaults=True) == {"claim": "way.back"}


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        (0, ("schema audit", "sequence counter", "table log")),
        (3, ("function touch()",)),
        (4, ("type kind",)),
        (5, ("role revert_app",)),
        (6, ("extension pg_trgm",)),
    ],
)
def test_what_a_rollback_forgets_is_found(embedded: Server, missing: int, left: tuple[str, ...]) -> None:
    seen = reverted(embedded, BACK[:missing] + BACK[missing + 1 :])
    assert seen.leftovers == left


def test_without_rollbacks_everything_is_left_and_the_second_run_fails(server: Server) -> None:
    seen = reverted(server, ())
    assert seen.leftovers == EVERYTHING
    assert seen.sqlstate == "42710"
    assert seen.message == 'second run, statement kind: type "kind" already exists'


def test_a_rollback_that_fails_is_named_and_the_others_still_run(embedded: Server) -> None:
    seen = reverted(embedded, ("DROP TABLE nowhere", *BACK))
    assert (seen.sqlstate, seen.leftovers) == ("42P01", ())
    assert seen.message == 'rollback 1 of 8: table "nowhere" does not exist'


def test_a_script_that_fails_at_once_is_named(embedded: Server) -> None:
    seen = reverted(embedded, (), {"bad": "CREATE TABLE"})
    assert (seen.sqlstate, seen.message) == ("42601", "first run, statement bad: syntax error at end of input")


def roles_of(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1").fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize("login", ["owner", "maker"])
def test_a_role_that_was_there_before_stays(shared: Callable[[str], str], login: str) -> None:
    script = {key: sql.replace("revert_app", "kept_app") for key, sql in SCRIPT.items()}
    back = tuple(sql.replace("revert_app", "kept_app") for sql in BACK)
    before = roles_of(shared("owner"))
    with serving(engine(shared(login))) as server:
        seen = reverted(server, back, script)
    assert not seen.tried
    assert seen.reason == 'role "kept_app" was on this server before and is not altered'
    assert roles_of(shared("owner")) == before


def test_a_login_that_makes_roles_proves_them_and_takes_them_away(shared: Callable[[str], str]) -> None:
    count = Returns(sql=("SELECT count(*) FROM items",), rows=(), session=Session(role="revert_app"))
    before = roles_of(shared("owner"))
    with serving(engine(shared("maker"))) as server:
        seen = seen_on(server, experiment(SCRIPT, {"as.role": count, "way.back": Reverts(rollbacks=BACK)}))
    assert seen["as.role"].rows == (("0",),)
    assert seen["way.back"].model_dump(exclude_defaults=True) == {"claim": "way.back"}
    assert roles_of(shared("owner")) == before


def test_a_login_without_the_right_to_make_roles_says_so(shared: Callable[[str], str]) -> None:
    trials: dict[str, Trial] = {
        "makes.role": Executes(statement="role"),
        "grants.role": Executes(statement="grant"),
        "makes.table": Executes(statement="items"),
        "as.role": Returns(sql=("SELECT 1",), rows=(), session=Session(role="revert_app")),
        "way.back": Reverts(rollbacks=BACK),
    }
    with serving(engine(shared("guest"))) as server:
        seen = seen_on(server, experiment(SCRIPT, trials))
        assert any("CREATEROLE" in limit for limit in server.all_limits)
    assert {name for name, one in seen.items() if not one.tried} == set(trials) - {"makes.table"}
    assert all("CREATEROLE" in one.reason for one in seen.values() if not one.tried)


def test_a_server_that_is_not_ours_is_not_configured(shared: Callable[[str], str]) -> None:
    script = {"system": "ALTER SYSTEM SET work_mem = '5MB'", "role": "ALTER ROLE kept_app SET work_mem = '5MB'"}
    with serving(engine(shared("owner"))) as server:
        seen = seen_on(server, experiment(script, {key: Executes(statement=key) for key in script}))
        rows = server.maintenance.execute("SELECT rolconfig FROM pg_roles WHERE rolname = 'kept_app'").fetchall()
    assert [one.tried for one in seen.values()] == [False, False]
    assert rows == [(None,)]
