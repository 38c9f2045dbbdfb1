"""Migrations on a real engine: every planted change there and back, and what must fail does fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.evolution import evolution_plan
from artifacts.evolution_document import evolution_md
from artifacts.evolution_files import step_files
from artifacts.statements import split_statements
from contracts.evolution import Answers, Evolution, EvolutionPlan, EvolutionProof, Schemas
from flows.engines.evolving import proven
from flows.engines.locate import engine
from flows.engines.sample_rows import sample_rows
from flows.engines.schema_state import schema_state
from flows.engines.server import Server, scratch, serving
from flows.engines.session import checked
from flows.report import evolution_report
from tests.evolution import planted
from tests.evolution.planted import filled, old_schema, planned, shown
from tests.evolution.small import SCRIPT
from tests.evolution.test_migration_files import DESIGN_CHOICES, squawk

GROUPS = {
    "things that come": (
        "table added", "column added", "column with a value a row added", "unique added", "check added",
        "index on partitions added", "partition added", "options, comments and rows guarded",
    ),
    "things that become others": (
        "type widened", "type changed", "type changed by an expression", "reference altered", "default removed",
        "function altered", "null forbidden",
    ),
    "things that go": ("table removed", "column removed", "column with an index removed", "unique removed"),
    "names": ("table with identity renamed", "column renamed", "allowed value added", "constraint renamed"),
}  # fmt: skip
"""The other planted changes, and each one alone, are tried by `python -m benchmarks.evolution`."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The server of the wheel."""
    with serving(engine("embedded")) as found:
        yield found


def tried(server: Server, plan: EvolutionPlan) -> EvolutionProof:
    """The proof on the planted rows."""
    return proven(server, [s.text for s in split_statements(planted.OLD)], plan, lambda *_: None, filled)


@pytest.mark.parametrize("group", GROUPS)
def test_planted_changes_go_there_and_back(server: Server, group: str, tmp_path: Path) -> None:
    plan = planned(server, *GROUPS[group])
    assert plan.questions == ()
    proof = tried(server, plan)
    assert [s.failure for s in proof.steps if s.failure] == []
    assert (proof.reaches, proof.returns, proof.lost) == ((), (), ())
    assert all(step.restored for step in proof.steps)
    assert not [step.rewritten for step in proof.steps if step.rewritten]  # nothing here needs a table written anew
    for step in plan.steps:
        name, text = next(iter(step_files(step).items()))
        (tmp_path / name).write_text(text)
    assert squawk(tmp_path, *DESIGN_CHOICES) == []
    text = evolution_md(plan, proof)
    assert text == evolution_md(plan, proof)
    assert all(f"### {step.version}" in text for step in plan.steps)


def test_what_a_migration_gets_wrong_is_seen(server: Server) -> None:
    plan = planned(server, "column removed", "check removed")
    steps = list(plan.steps)
    place = next(n for n, s in enumerate(steps) if s.removes and "DROP COLUMN" in "".join(s.forward))
    forgetful = [sql for sql in steps[place].back if not sql.startswith("UPDATE")]
    steps[place] = steps[place].changed(back=tuple(forgetful))
    assert tried(server, plan.changed(steps=tuple(steps))).lost == ("orders",)

    fewer = tuple(step for step in plan.steps if "ck_orders_total" not in step.title)
    assert tried(server, plan.changed(steps=fewer)).reaches == ("constraint orders.ck_orders_total is left",)


def test_data_that_break_a_new_rule_stop_it_before_anything_is_altered(server: Server) -> None:
    old = old_schema(server)
    new = shown(server, planted.OLD.replace("total >= 0", "total >= 100"))
    plan = evolution_plan("stall", SCRIPT, SCRIPT, Schemas(old=old, renamed=old, new=new, last="V001"), Answers())
    proof = tried(server, plan)
    assert plan.steps[0].phase == "check"
    assert "99 rows of orders break ck_orders_total" in proof.steps[0].failure
    assert len(proof.steps) == 1
    assert not proof.holds
    assert proof.returns == ()


def test_a_new_type_is_kept_in_step_while_the_old_application_writes(server: Server) -> None:
    plan = planned(server, "type changed")
    before = next(n for n, s in enumerate(plan.steps) if s.phase == "switch")
    with scratch(server, "experiment", planted.OLD) as connection:
        for statement in split_statements(planted.OLD + planted.ROWS):
            checked(connection, statement.text)

        def run(number: int, side: int = 0) -> None:
            for statement in split_statements(list(step_files(plan.steps[number]).values())[side]):
                checked(connection, statement.text)

        for number in range(before):
            run(number)
        checked(connection, "UPDATE orders SET total = 77 WHERE id = 1")
        checked(connection, "INSERT INTO orders (customer_id, total) VALUES (1, 88)")
        run(before)
        same = "SELECT count(*) FROM orders WHERE total IS DISTINCT FROM total_before"
        assert checked(connection, same).rows == (("0",),)
        checked(connection, "UPDATE orders SET total = 99 WHERE id = 2")  # the new application
        run(before, 1)
        assert checked(connection, "SELECT total FROM orders WHERE id IN (1, 2) ORDER BY id").rows == (("77",), ("99",))


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ("column moved to the table of its rows", "orders o JOIN retired.customers_nick r ON r.id = o.customer_id"
         " WHERE o.nick IS NOT DISTINCT FROM r.nick HAVING count(o.nick) = 4000"),
        ("entity split", "nicks n JOIN retired.customers_nick r ON r.id = n.customer_id AND r.nick = n.nick"
         " HAVING count(*) = 400"),
    ],
)  # fmt: skip
def test_values_stand_in_their_new_place_when_the_old_one_goes(server: Server, change: str, count: str) -> None:
    plan = planned(server, change)
    assert plan.questions == ()
    with scratch(server, "experiment", planted.OLD) as connection:
        for statement in split_statements(planted.OLD + planted.ROWS):
            checked(connection, statement.text)
        for step in plan.steps:
            for statement in split_statements(next(iter(step_files(step).values()))):
                checked(connection, statement.text)
        assert checked(connection, f"SELECT count(*) FROM {count}").rows
    proof = tried(server, plan)
    assert proof.holds, proof


def test_a_column_that_an_exclusions_condition_names_is_written_in_place(server: Server) -> None:
    """Beside the old one it would have to carry the exclusion, which cannot be built without a lock."""
    ddl = """CREATE TABLE spans (id bigint PRIMARY KEY, at tstzrange NOT NULL, state varchar(10) NOT NULL,
        CONSTRAINT ex_spans EXCLUDE USING gist (at WITH &&) WHERE (state <> 'cancelled'));"""
    old, new = shown(server, ddl), shown(server, ddl.replace("varchar(10)", "varchar(9)"))
    plan = evolution_plan("spans", SCRIPT, SCRIPT, Schemas(old=old, renamed=old, new=new), Answers())
    proof = proven(server, [s.text for s in split_statements(ddl)], plan, lambda *_: None)
    assert proof.holds and proof.rows == {"spans": 6020}, proof


@pytest.mark.parametrize(
    ("table", "more", "untried"),
    [
        ("odd", "", ("odd",)),
        ("odd", "INSERT INTO odd VALUES (1, 12345679);", ()),
        ("plain", "", ()),  # nothing of the empty table changes
    ],
)
def test_a_changed_table_without_rows_is_not_tried(
    server: Server, table: str, more: str, untried: tuple[str, ...]
) -> None:
    ddl = """CREATE TABLE odd (id bigint PRIMARY KEY, x bigint NOT NULL CHECK (x * x = 152415789971041));
    CREATE TABLE plain (id bigint PRIMARY KEY, x bigint);"""
    old = shown(server, ddl)
    new = shown(server, f"{ddl} ALTER TABLE {table} ADD y integer CHECK (y > 0);")
    plan = evolution_plan("odd", SCRIPT, SCRIPT, Schemas(old=old, renamed=old, new=new), Answers())
    proof = proven(server, [s.text for s in split_statements(ddl + more)], plan, lambda *_: None)
    assert (proof.untried, proof.holds, set(proof.unfilled)) == (untried, not untried, {"odd"})
    assert all(step.restored and not step.failure for step in proof.steps)
    assert ("**not tried**" in evolution_md(plan, proof)) == bool(untried)
    told = evolution_report(Evolution(plan=plan, proof=proof, document="evolution.md"))
    assert ("FAILS not tried: odd has no row in the trial (" in told) == bool(untried)


def test_rows_are_made_for_a_schema_that_is_known_by_its_catalogue_alone(server: Server) -> None:
    ddl = """CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE TABLE parents (code char(3) PRIMARY KEY, mood mood NOT NULL,
        at timestamptz NOT NULL, done timestamptz NOT NULL,
        CHECK (done > at), kind text NOT NULL CHECK (kind IN ('a', 'b')), mail text UNIQUE CHECK (mail LIKE '%@%'),
        sealed text NOT NULL UNIQUE CHECK (sealed ~ '^v1\\.[a-z]{2}\\.[A-Za-z0-9_-]{22,}$'));
    CREATE TABLE children (id serial PRIMARY KEY, code char(3) NOT NULL REFERENCES parents,
        size smallint CHECK (size > 3), stars numeric(2,1) NOT NULL, part numeric(2,2) NOT NULL,
        state text NOT NULL CHECK (state IN ('old', 'both', 'open')) CHECK (state IN ('open', 'both', 'new')));
    CREATE TABLE owners (id bigint PRIMARY KEY);
    CREATE TABLE places (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners, UNIQUE (id, owner_id));
    INSERT INTO owners SELECT 8000 - n FROM generate_series(1, 50) n;
    INSERT INTO places SELECT 9000 + n, 8000 - n FROM generate_series(1, 50) n;
    CREATE TABLE orders (id bigint PRIMARY KEY, owner_id bigint NOT NULL REFERENCES owners, place_id bigint NOT NULL,
        FOREIGN KEY (place_id, owner_id) REFERENCES places (id, owner_id));
    CREATE TABLE never (x int CHECK (x < 0 AND x > 0), y int NOT NULL CHECK (y > 0 AND y < 0));"""
    with scratch(server, "experiment", ddl) as connection:
        for statement in split_statements(ddl):
            checked(connection, statement.text)
        unfilled = sample_rows(connection, schema_state(connection, ddl))
        assert set(unfilled) == {"never"}
        assert "never" in unfilled["never"]
        counts = "SELECT (SELECT count(*) FROM parents) > 1000, (SELECT count(*) FROM children) > 1000"
        counts += ", (SELECT count(*) FROM orders) > 1000"
        assert checked(connection, counts).rows == (("t", "t", "t"),)
