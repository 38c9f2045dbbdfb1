"""MariaDB's backup, monitoring, alerts, environments and migrations, on a hand-made schema."""

import re

import pytest

from agents.dialects.mariadb.migrations import migration_plan, undone, ways_back
from agents.dialects.mariadb.operations import native, operations_plan
from agents.figures import evaluate
from contracts.base import Statement
from contracts.claims import Restores, Reverts
from contracts.operations import OperationsPlan
from contracts.requirements import Requirements
from contracts.security import SecurityPlan
from tests.agents import designs
from tests.agents.dialects.test_mariadb_scaling import schema


def asked(**targets: object) -> Requirements:
    made = designs.requirements()
    return made.model_copy(update={"targets": made.targets.model_copy(update=targets)})


def plan(**targets: object) -> OperationsPlan:
    return operations_plan(asked(**targets), schema())


def busy() -> OperationsPlan:
    """The plan for five hundred times the rows, which have to be back within a quarter of an hour."""
    made = schema()
    tables = tuple(t.model_copy(update={"rows_per_day": t.rows_per_day * 500}) for t in made.tables)
    return operations_plan(asked(recovery_time_seconds=900), made.model_copy(update={"tables": tables}))


def statement(sql: str, section: str = "schema") -> Statement:
    return Statement.model_validate({"id": "x", "section": section, "sql": sql, "element": "x"})


def test_what_may_be_lost_decides_between_dump_and_binary_log() -> None:
    small = designs.requirements().model_copy(update={"tier": "small"})
    daily = small.model_copy(update={"targets": small.targets.model_copy(update={"recovery_point_seconds": 86_400})})
    dump, log = operations_plan(daily, schema()), plan(recovery_point_seconds=300)
    assert "mariadb-dump" in dump.backup.method and dump.backup.archive_interval_seconds is None
    assert "mariadb-backup" in log.backup.method and log.backup.recovery_point.value == 35
    methods = [claim.trial.method for made in (dump, log) for claim in made.claims if isinstance(claim.trial, Restores)]
    assert methods == ["dump", "log"]


def test_a_restore_that_takes_too_long_gets_snapshots() -> None:
    quick, slow = plan(recovery_time_seconds=86_400 * 7), busy()
    assert quick.backup.snapshot_hours is None
    assert slow.backup.snapshot_hours and slow.backup.repair_time
    assert slow.backup.repair_time.value <= 900
    assert any("BACKUP STAGE" in command for command in slow.backup.commands)


def test_figures_of_backup_and_alerts_follow_from_their_formulas() -> None:
    made = busy()
    copies = made.backup
    figures = [
        copies.recovery_point,
        copies.recovery_time,
        copies.repair_time,
        copies.restore_time,
        copies.snapshot_hours,
    ]
    for one in (*figures, *(alert.threshold for alert in made.alerts)):
        assert one is not None
        assert evaluate(one.formula, one.inputs) == one.value


def test_each_monitoring_query_is_standard_sql_and_is_prepared_and_run() -> None:
    made = plan(availability_percent=99.95)
    assert {"monitor_slow_statements", "monitor_history", "monitor_keys", "monitor_log_readers"} <= {
        query.name for query in made.monitoring
    }
    for query in made.monitoring:
        assert '"' not in query.sql and "\\" not in query.sql
        assert f"monitoring.{query.name}.executes" in {c.id for c in made.claims}
        runs = f"monitoring.{query.name}.runs" in {c.id for c in made.claims}
        assert runs is not query.sql.startswith("SHOW")
    assert {alert.query for alert in made.alerts} - {None} <= {query.name for query in made.monitoring}


def test_nothing_of_another_engine_is_said() -> None:
    text = plan(availability_percent=99.95, recovery_point_seconds=0).model_dump_json()
    for word in ("pg_", "VACUUM", "pgBackRest", "write-ahead", "gets 23", "40P01", "PostgreSQL"):
        assert word not in text, re.findall(rf".{{60}}{word}.{{40}}", text)[:2]


def test_errors_have_mariadbs_numbers() -> None:
    assert native("40P01 (deadlock) is tried again twice") == (
        "1213 (deadlock) and 1205 (lock wait timeout) are tried again twice"
    )


@pytest.mark.parametrize(
    ("sql", "back"),
    [
        ("CREATE TABLE a (id INT)", "DROP TABLE IF EXISTS a"),
        ("CREATE OR REPLACE SQL SECURITY DEFINER VIEW `own` AS SELECT 1", "DROP VIEW IF EXISTS `own`"),
        ("CREATE FUNCTION f() RETURNS INT RETURN 1", "DROP FUNCTION IF EXISTS f"),
        ("CREATE PROCEDURE p() SELECT 1", "DROP PROCEDURE IF EXISTS p"),
        ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DO 0", "DROP EVENT IF EXISTS e"),
        ("CREATE FULLTEXT INDEX ft_a ON a (b)", "DROP INDEX IF EXISTS ft_a ON a"),
        (
            "ALTER TABLE a ADD CONSTRAINT fk_a_b FOREIGN KEY (b) REFERENCES c (id)",
            "ALTER TABLE a DROP FOREIGN KEY IF EXISTS fk_a_b",
        ),
        ("ALTER TABLE a ADD CONSTRAINT ck_a CHECK (b > 0)", "ALTER TABLE a DROP CONSTRAINT IF EXISTS ck_a"),
        ("SELECT 1", None),
    ],
)
def test_what_a_statement_makes_is_undone(sql: str, back: str | None) -> None:
    assert undone(sql) == back


def test_indexes_and_triggers_go_with_their_tables() -> None:
    made = (
        "CREATE TABLE a (id INT)",
        "CREATE INDEX ix_a ON a (id)",
        "CREATE TRIGGER a_t BEFORE INSERT ON a FOR EACH ROW SET NEW.id = 1",
        "CREATE INDEX ix_b ON b (id)",
    )
    assert ways_back(map(statement, made)) == ("DROP INDEX IF EXISTS ix_b ON b", "DROP TABLE IF EXISTS a")


def test_steps_are_recorded_with_an_end_and_a_way_back() -> None:
    tables = tuple(statement(f"CREATE TABLE {name} (id INT)") for name in ("a", "b"))
    made = migration_plan(schema().model_copy(update={"statements": tables}), SecurityPlan(), plan())
    (step,) = made.migrations
    assert step.rollback == "DROP TABLE IF EXISTS b;\nDROP TABLE IF EXISTS a;\n"
    assert "finished_at" in made.statements[1].sql
    trial = next(claim.trial for claim in made.claims if isinstance(claim.trial, Reverts))
    assert trial.rollbacks == ("DROP TABLE IF EXISTS b", "DROP TABLE IF EXISTS a", "DROP TABLE schema_migrations")
