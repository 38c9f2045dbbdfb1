"""The plans for SQLite: numbers that can be checked by head, and every statement and claim tried on the library."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from agents.dialects.sqlite.caching import caching_plan
from agents.dialects.sqlite.migrations import migration_plan, ways_back
from agents.dialects.sqlite.operations import operations_plan
from agents.dialects.sqlite.rules import bans
from agents.dialects.sqlite.scaling import scaling_plan
from agents.dialects.sqlite.schema import schema_design
from agents.dialects.sqlite.security import security_plan
from agents.dialects.sqlite.spelling import quoted
from agents.requirement_analysis import requirement_analysis
from agents.verification import proof
from contracts.base import Origin, Statement
from contracts.brief import Brief
from contracts.claims import Claim, Evidence, Experiment
from contracts.requirements import Protection, Requirements, Retention, Rule, Targets
from contracts.schema import Column, Lifecycle, SchemaDesign, Table
from flows.engines.sqlite import found, observe
from tests.agents import sized

DAY = dt.date(2026, 11, 1)
STATED = Origin(kind="stated", line=1, quote="as the brief says")
ROWS = 5_000
AUDITED = Protection(audit=True, audited=("reader", "loan"), regulations=("gdpr",), encryption=True)

BRIEFS = Path(__file__).parents[2] / "briefs"
START = dt.date(2026, 11, 1)


def native(column: Column) -> Column:
    """The column in SQLite's own types."""
    whole = column.sql_type == "bigint"
    return column.model_copy(update={"sql_type": "INTEGER" if whole else "TEXT", "default": None})


def created(table: Table) -> Statement:
    """The table as SQL."""
    lines = [f"{quoted(c.name)} {c.sql_type}{'' if c.nullable else ' NOT NULL'}" for c in table.columns]
    lines.append(f"CONSTRAINT pk_{table.name} PRIMARY KEY ({', '.join(table.primary_key)})")
    lines += [f"CONSTRAINT {u.name} UNIQUE ({', '.join(u.columns)})" for u in table.uniques]
    lines += [
        f"CONSTRAINT {k.name} FOREIGN KEY ({', '.join(k.columns)}) REFERENCES {k.references}"
        for k in table.foreign_keys
    ]
    sql = f"CREATE TABLE {table.name} (\n    " + ",\n    ".join(lines) + "\n) STRICT"
    return Statement(id=f"table.{table.name}", section="schema", sql=sql, element=f"table.{table.name}")


def loaded(table: Table) -> Statement:
    """Synthetic rows whose references all exist, since each table has as many."""
    values = ", ".join("i" if c.sql_type == "INTEGER" else f"'{c.name} ' || i" for c in table.columns)
    series = f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})"
    return Statement(
        id=f"dataset.{table.name}",
        section="schema",
        sql=f"INSERT INTO {table.name} {series} SELECT {values} FROM n",
        element=f"table.{table.name}",
    )


def schema(**changes: Any) -> SchemaDesign:
    """The library of books as SQLite would have it."""
    tables = tuple(t.model_copy(update={"columns": tuple(native(c) for c in t.columns)}) for t in sized.tables())
    return sized.schema(
        dialect="sqlite",
        floor="3.37",
        tables=tables,
        indexes=(),
        statements=tuple(created(t) for t in tables),
        dataset=tuple(loaded(t) for t in tables),
        **changes,
    )


def one_person(**changes: Any) -> Requirements:
    """The same library on one person's device."""
    return sized.requirements(tier="embedded", targets=Targets(users=1), **changes)


def proven(requirements: Requirements, design: SchemaDesign) -> tuple[dict[str, Evidence], dict[str, Claim]]:
    """Evidence on all claims of all plans, with the document's statements in their order."""
    scaling, security = scaling_plan(requirements, design, None), security_plan(requirements, design, DAY)
    operations = operations_plan(requirements, design)
    migrations = migration_plan(design, security, operations)
    script = (*design.statements, *operations.statements, *migrations.statements, *security.statements)
    claims = (*scaling.claims, *security.claims, *operations.claims, *migrations.claims)
    experiment = Experiment(script=script, dataset=design.dataset, claims=claims, rows=ROWS)
    evidence = proof(experiment, observe(experiment, found("embedded"), lambda *_: None)).evidence
    return {one.claim: one for one in evidence}, {claim.id: claim for claim in claims}


FINAL = Rule(id="rule.final", text="Loans are final", kind="immutable", entity="loan", origin=STATED)
FIXED = Rule(id="rule.isbn", text="The ISBN never changes", kind="immutable", entity="book", attributes=("isbn",),
             origin=STATED)  # fmt: skip
KEPT = Retention(entity="loan", days=365, basis="tax law", origin=STATED)


@pytest.mark.parametrize(
    "requirements",
    [
        one_person(),
        sized.requirements(targets=Targets(requests_per_second=50, read_share=0.9, response_ms=60)),
        sized.requirements(
            targets=Targets(requests_per_second=50, recovery_point_seconds=60), protection=AUDITED,
            rules=(FINAL, FIXED), retention=(KEPT,),
        ),
    ],
    ids=["one person", "a service", "audited"],
)  # fmt: skip
def test_every_claim_of_the_plans_holds(requirements: Requirements) -> None:
    evidence, claims = proven(requirements, schema())
    assert {name: one.observed for name, one in evidence.items() if one.verdict == "fails"} == {}
    untried = {claims[name].trial.kind for name, one in evidence.items() if one.verdict == "not_tried"}
    assert untried <= {"restores"}  # where Litestream is not installed


def test_one_persons_plan_stays_small() -> None:
    requirements, design = one_person(), schema()
    scaling, security = scaling_plan(requirements, design, None), security_plan(requirements, design, DAY)
    assert [pool.name for pool in scaling.pools] == ["application"]
    assert not scaling.replicas and scaling.disk is None and not scaling.basis
    assert not security.statements and not security.roles and security.audit is None
    assert operations_plan(requirements, design).backup.method.startswith("VACUUM INTO")
    assert "mmap_size" not in [setting.name for setting in scaling.settings]
    assert not caching_plan(requirements, design, DAY).layers


@pytest.mark.parametrize(
    ("rate", "point", "value"), [(50, None, "full"), (1_000, None, "normal"), (1_000, 0, "full"), (1_000, 60, "normal")]
)
def test_commits_wait_for_the_disk_where_it_is_cheap_or_asked_for(rate: float, point: int | None, value: str) -> None:
    targets = Targets(requests_per_second=rate, read_share=0.9, recovery_point_seconds=point)
    tuned = scaling_plan(sized.requirements(targets=targets), schema(), None).settings
    assert next(setting.value for setting in tuned if setting.name == "synchronous") == value


def test_what_the_log_fixes_is_set_before_it() -> None:
    long = tuple(sized.column(f"text_{number}", "TEXT", "text") for number in range(10))
    wide = tuple(t.model_copy(update={"columns": (*t.columns, *long)}) for t in schema().tables)
    design = schema().model_copy(update={"tables": wide})
    tuned = [s.name for s in scaling_plan(sized.requirements(retention=(KEPT,)), design, None).settings]
    assert tuned.index("page_size") < tuned.index("journal_mode") > tuned.index("auto_vacuum")


def test_what_sqlite_does_by_itself_is_not_set() -> None:
    tuned = {s.name for s in scaling_plan(one_person(), schema(), None).settings}
    assert not tuned & {"page_size", "wal_autocheckpoint", "auto_vacuum"}


def test_a_writer_that_is_too_busy_is_a_claim_that_fails() -> None:
    targets = Targets(requests_per_second=20_000, read_share=0.5, recovery_point_seconds=60)
    evidence, _ = proven(sized.requirements(targets=targets), schema())
    assert evidence["scaling.writer"].verdict == "fails"


def test_the_day_of_a_server_comes_by_number() -> None:
    targets = Targets(requests_per_second=500, read_share=0.9, yearly_growth_percent=100)
    steps = {s.step: s.when for s in scaling_plan(sized.requirements(targets=targets), schema(), None).next_steps}
    when = steps["a PostgreSQL server for more writers"]
    assert when.startswith("after ") and "50 % of the time" in when


@pytest.mark.parametrize(("point", "method"), [(300, "Litestream"), (None, "Litestream"), (86_400, "Litestream")])
def test_a_service_ships_its_log(point: int | None, method: str) -> None:
    copies = operations_plan(sized.requirements(targets=Targets(recovery_point_seconds=point)), schema()).backup
    assert method in copies.method and copies.archive_interval_seconds is not None
    if point:
        assert copies.recovery_point.value <= point


def test_rules_are_kept_by_triggers_but_for_what_must_move() -> None:
    requirements = sized.requirements(rules=(FINAL, FIXED))
    made = {(ban.table.name, ban.event, ban.columns) for ban in bans(requirements, schema())}
    loan = ("id", "book_id", "reader_id")
    assert made == {("loans", "UPDATE", loan), ("loans", "DELETE", ()), ("books", "UPDATE", ("isbn",))}
    life = Lifecycle(name="lc_books_isbn", table="books", column="isbn", origin=STATED)
    assert ("books", "UPDATE", ("isbn",)) not in {
        (ban.table.name, ban.event, ban.columns) for ban in bans(requirements, schema(lifecycles=(life,)))
    }


def test_rows_that_leave_by_a_period_can_be_deleted() -> None:
    requirements = sized.requirements(rules=(FINAL,), retention=(KEPT,))
    assert {ban.event for ban in bans(requirements, schema())} == {"UPDATE"}


def test_without_its_triggers_the_trail_is_open() -> None:
    """The attacks on the trail fail because of its triggers, and of nothing else."""
    requirements, design = sized.requirements(protection=AUDITED), schema()
    security = security_plan(requirements, design, DAY)
    unguarded = tuple(s for s in security.statements if "append_only" not in s.id)
    attacks = tuple(c for c in security.claims if c.id.endswith((".changed", ".removed", ".replaced")))
    experiment = Experiment(script=(*design.statements, *unguarded), claims=attacks, rows=0)
    evidence = proof(experiment, observe(experiment, found("embedded"), lambda *_: None)).evidence
    assert [one.verdict for one in evidence] == ["fails"] * 3


def test_ways_back_drop_triggers_first_and_tables_last() -> None:
    made = [
        Statement(id=f"made.{number}", section="schema", sql=sql, element="x")
        for number, sql in enumerate(
            (
                "CREATE TABLE a (b INTEGER) STRICT",
                "CREATE INDEX ix_a ON a (b)",
                'CREATE VIEW "all" AS SELECT b FROM a',
                "CREATE TRIGGER tr_a BEFORE DELETE ON a BEGIN SELECT 1; END",
                "PRAGMA foreign_keys = ON",
            )
        )
    ]
    back = ("DROP TRIGGER IF EXISTS tr_a", 'DROP VIEW IF EXISTS "all"', "DROP TABLE IF EXISTS a")
    assert ways_back(made) == back


def test_instances_are_processes_of_one_machine() -> None:
    plan = scaling_plan(sized.requirements(), schema(), None)
    assert {pool.instances for pool in plan.pools} == {4}
    chosen = next(decision for decision in plan.decisions if decision.id == "scaling.connections")
    assert "each of 4 processes" in chosen.choice and "PostgreSQL is due now" in chosen.because


@pytest.mark.parametrize(("brief", "follows"), [("helpdesk", True), ("hotel", False)])
def test_a_copy_stands_ready_where_copying_the_file_back_takes_too_long(brief: str, follows: bool) -> None:
    read = Brief(project="p", text=(BRIEFS / f"{brief}.md").read_text(), date=START, database="sqlite")
    requirements = requirement_analysis(read)
    schema = schema_design(requirements, START)
    made, scaled = operations_plan(requirements, schema), scaling_plan(requirements, schema, None)
    whole, back = made.backup.restore_time, made.backup.recovery_time
    assert whole is not None
    allowed = requirements.targets.recovery_time_seconds or 0
    assert (whole.value > allowed) == follows
    assert back.value <= allowed
    assert [replica.name for replica in scaled.replicas] == (["standby_1"] if follows else [])
    assert any("restore -f" in command for command in made.backup.commands) == follows
    assert any(claim.trial.kind == "replicates" for claim in scaled.claims) == follows
    assert any(question.id == "question.snapshots" for question in made.questions) == follows
