"""Migrations: every step has its way back, recorded and proven both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.migrations import dollar_quoted, migration_plan, undone, ways_back
from contracts.base import Statement
from contracts.claims import Reverts
from contracts.security import SecurityPlan
from tests.agents.protected import evidence, plans, tried


@pytest.mark.parametrize("name", ["clinic", "habits", "saas"])
def test_every_claim_of_the_plan_holds_on_the_engine(name: str) -> None:
    seen = evidence(name)
    failed = {c.id: seen[c.id].observed for c in plans(name).migrations.claims if seen[c.id].verdict != "holds"}
    assert not failed


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("habits", ["Schema"]),
        ("clinic", ["Schema", "Security"]),
        ("saas", ["Schema", "Autovacuum", "Partitions", "Security"]),
    ],
)
def test_there_are_as_many_steps_as_the_project_needs(name: str, titles: list[str]) -> None:
    found = plans(name).migrations.migrations
    assert [m.title.split()[0].rstrip(":") for m in found] == titles
    assert [m.version for m in found] == [f"V{n:03}" for n in range(1, len(found) + 1)]
    assert all(m.rollback and m.statements and m.serves for m in found)


def test_a_way_back_that_forgets_something_fails() -> None:
    made = plans("clinic")
    claim = next(c for c in made.migrations.claims if c.trial.kind == "reverts")
    assert isinstance(claim.trial, Reverts)
    fewer = tuple(sql for sql in claim.trial.rollbacks if "touch_updated_at" not in sql)
    assert len(fewer) == len(claim.trial.rollbacks) - 1
    forgetful = claim.model_copy(update={"trial": Reverts(rollbacks=fewer)})
    seen = tried(made.script(), (), (forgetful,))[claim.id]
    assert seen.verdict == "fails"


def test_the_way_back_goes_from_the_last_step_to_the_first() -> None:
    claim = next(c for c in plans("saas").migrations.claims if c.trial.kind == "reverts")
    assert isinstance(claim.trial, Reverts)
    steps = plans("saas").migrations.migrations
    joined = "".join(f"{sql};\n" for sql in claim.trial.rollbacks)
    assert joined == "".join(m.rollback for m in reversed(steps)) + "DROP TABLE schema_migrations;\n"


def test_without_security_there_is_no_security_step() -> None:
    made = plans("clinic")
    found = migration_plan(made.schema, SecurityPlan(), made.operations)
    assert [m.title.split()[0] for m in found.migrations] == ["Schema"]


@pytest.mark.parametrize(
    ("sql", "drop"),
    [
        ('CREATE TABLE "user" (id bigint)', 'DROP TABLE IF EXISTS "user"'),
        ("CREATE TABLE a_2026 PARTITION OF a DEFAULT", "DROP TABLE IF EXISTS a_2026"),
        ("CREATE EXTENSION IF NOT EXISTS pg_trgm", "DROP EXTENSION IF EXISTS pg_trgm"),
        ("CREATE FUNCTION f(a integer, b text) RETURNS text", "DROP FUNCTION IF EXISTS f(a integer, b text)"),
        ("CREATE TYPE mood AS ENUM ('x')", "DROP TYPE IF EXISTS mood"),
        ("CREATE TRIGGER t BEFORE UPDATE ON a\n FOR EACH ROW EXECUTE FUNCTION f()", "DROP TRIGGER IF EXISTS t ON a"),
        ("ALTER TABLE a ADD CONSTRAINT fk_b FOREIGN KEY (b)", "ALTER TABLE a DROP CONSTRAINT IF EXISTS fk_b"),
        ("ALTER TABLE a SET (fillfactor = 90)", "ALTER TABLE a RESET (fillfactor)"),
        ("PREPARE q AS SELECT 1", None),
        ("COMMENT ON TABLE a IS 'CREATE TABLE b'", None),
    ],
)
def test_each_kind_of_statement_has_its_way_back(sql: str, drop: str | None) -> None:
    assert undone(sql) == drop


def test_what_goes_with_its_table_needs_no_line() -> None:
    made = [
        Statement(id=f"s{n}", section="schema", sql=sql, element="e")
        for n, sql in enumerate(("CREATE TABLE a (b int)", "CREATE INDEX i ON a (b)", "CREATE INDEX j ON other (b)"))
    ]
    assert ways_back(made) == ("DROP INDEX IF EXISTS j", "DROP TABLE IF EXISTS a")


@given(st.text(alphabet=st.sampled_from(list("$rolback2;\n '")), max_size=60))
def test_dollar_quotes_never_end_early(text: str) -> None:
    quoted = dollar_quoted(text)
    tag = quoted[: quoted.index("$", 1) + 1]
    assert quoted == f"{tag}{text}{tag}"
    assert tag not in text
