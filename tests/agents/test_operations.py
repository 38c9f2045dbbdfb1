"""The operations plan: figures that add up, queries that run, and machinery only where numbers ask for it."""

from decimal import Decimal

import pytest

from agents.figures import evaluate
from agents.operations import operations_plan, replicated, testing
from agents.operations.basis import writes
from agents.schema_design import schema_design
from agents.verification import proof
from contracts.base import Decision, Figure, Origin
from contracts.claims import Experiment, Observations
from contracts.operations import OperationsPlan
from contracts.requirements import Requirements, Rule, Targets
from flows.engines import observe
from tests.agents.numbers.test_balance import analysed
from tests.agents.protected import START, clinic, evidence, habits, plans, saas, tried


@pytest.mark.parametrize("name", ["clinic", "habits", "saas"])
def test_every_claim_of_the_plan_holds_on_the_engine(name: str) -> None:
    seen = evidence(name)
    failed = {c.id: seen[c.id].observed for c in plans(name).operations.claims if seen[c.id].verdict != "holds"}
    assert not failed


def plan_for(requirements: Requirements) -> OperationsPlan:
    return operations_plan(requirements, schema_design(requirements, START))


def figures(plan: OperationsPlan) -> list[Figure]:
    copies = plan.backup
    own = [copies.full_interval_hours, copies.recovery_point, copies.recovery_time, copies.retention_days]
    own += [copies.archive_interval_seconds] if copies.archive_interval_seconds else []
    return own + [alert.threshold for alert in plan.alerts]


@pytest.mark.parametrize("name", ["clinic", "habits", "saas"])
def test_a_reader_can_compute_every_figure_again(name: str) -> None:
    for figure in figures(plans(name).operations):
        assert evaluate(figure.formula, figure.inputs) == figure.value
        assert all(i.source for i in figure.inputs)


@pytest.mark.parametrize(
    ("tier", "lost", "tool", "archived"),
    [
        ("embedded", None, "pg_dump", False),
        ("embedded", 600, "pg_basebackup", True),
        ("small", None, "pg_dump", False),
        ("small", 3600, "pg_basebackup", True),
        ("standard", None, "pgBackRest", True),
        ("large", 86_400, "pgBackRest", True),
    ],
)
def test_the_method_follows_from_what_may_be_lost(tier: str, lost: int | None, tool: str, archived: bool) -> None:
    plan = plan_for(clinic(tier=tier, targets=Targets(recovery_point_seconds=lost)))
    assert plan.backup.method.startswith(tool)
    assert (plan.backup.archive_interval_seconds is not None) == archived
    if tier != "embedded":
        names = {n for e in plan.environments for s, pairs in e.groups if s == "postgresql" for n, _ in pairs}
        assert ("archive_timeout" in names) == archived


@pytest.mark.parametrize("lost", [5, 30, 60, 299, 3600, 50_000])
def test_the_archive_keeps_what_may_be_lost(lost: int) -> None:
    plan = plan_for(clinic(targets=Targets(recovery_point_seconds=lost)))
    interval = plan.backup.archive_interval_seconds
    assert interval is not None
    assert 1 <= interval.value <= 300
    assert plan.backup.recovery_point.value <= lost


def test_nothing_may_be_lost_means_a_synchronous_standby() -> None:
    plan = plans("saas").operations
    production = dict(dict(plan.environments[-1].groups)["postgresql"])
    assert plan.backup.recovery_point.value == 0
    assert production["synchronous_standby_names"] == "ANY 1 (*)"


def judged(plan: OperationsPlan) -> dict[str, str]:
    """Verdicts on claims that need no engine."""
    claims = tuple(c for c in plan.claims if c.trial.kind == "balances")
    experiment = Experiment(script=(), claims=claims, rows=0)
    seen: Observations = observe(experiment, "none", lambda done, total, text: None)
    return {e.claim: e.verdict for e in proof(experiment, seen).evidence}


def test_a_recovery_time_that_no_restore_can_keep_fails() -> None:
    fine = judged(plan_for(clinic()))
    short = judged(plan_for(clinic(targets=Targets(recovery_time_seconds=60))))
    assert fine["operations.backup.recovery_time"] == "holds"
    assert short["operations.backup.recovery_time"] == "fails"
    assert short["operations.backup.recovery_point"] == "holds"


def within(seconds: int) -> OperationsPlan:
    """Shop's plan when data must be back within so many seconds."""
    shop = analysed("shop")[1]
    return plan_for(shop.model_copy(update={"targets": shop.targets.changed(recovery_time_seconds=seconds)}))


def test_a_restore_that_takes_too_long_is_answered_by_snapshots() -> None:
    plan = within(1_800)
    copies = plan.backup
    assert copies.restore_time is not None
    assert copies.repair_time is not None
    assert copies.restore_time.value > 1_800 >= copies.repair_time.value
    assert copies.snapshot_hours is not None
    assert [q.id for q in plan.questions] == ["question.snapshots"]
    decided = next(x for x in plan.decisions if x.id == "operations.decision.repair")
    assert "copying everything back takes" in decided.because
    assert "pg_backup_start" in copies.commands[0]
    assert judged(plan)["operations.backup.repair_time"] == "holds"
    patient = within(14_400)
    assert patient.backup.snapshot_hours is None
    assert not patient.questions


def test_no_copy_is_quick_enough_for_minutes() -> None:
    hurried = within(300)
    assert judged(hurried)["operations.backup.repair_time"] == "fails"
    assert judged(hurried)["operations.backup.recovery_time"] == "holds"
    assert [q.id for q in hurried.questions] == ["question.recovery-time"]


def test_commands_name_this_database_and_no_host() -> None:
    for name, database in (("clinic", "city_clinic"), ("habits", "habits"), ("saas", "pg_tasks")):
        commands = plans(name).operations.backup.commands
        assert all(database in c or "$PGDATA" in c for c in commands)
        assert not any("example" in c or "localhost" in c or "<" in c for c in commands)


def test_one_person_s_device_watches_its_disk_only() -> None:
    plan = plans("habits").operations
    assert {q.name for q in plan.monitoring} == {"monitor_table_sizes", "monitor_dead_rows"}
    assert {e.name for e in plan.environments} == {"development", "test", "production"}
    assert any("1 user" in o.reason for o in plan.omissions)


@pytest.mark.parametrize(
    ("tier", "availability", "expected"),
    [("standard", 99.9, True), ("standard", 99.5, False), ("small", 99.99, False), ("large", None, False)],
)
def test_replication_is_watched_where_there_is_a_standby(tier: str, availability: float | None, expected: bool) -> None:
    requirements = clinic(tier=tier, targets=Targets(availability_percent=availability))
    plan = plan_for(requirements)
    assert replicated(requirements) == expected
    assert ("monitor_replication_lag" in {q.name for q in plan.monitoring}) == expected
    assert any("replication" in o.subject for o in plan.omissions) == (not expected)


def test_without_the_extension_statements_are_not_watched() -> None:
    schema = plans("clinic").schema
    assert "pg_stat_statements" in schema.extensions
    plan = operations_plan(clinic(), schema.model_copy(update={"extensions": ()}))
    assert "monitor_slow_statements" not in {q.name for q in plan.monitoring}
    assert "slow_statements" not in {a.name for a in plan.alerts}


def test_partitions_are_watched_with_those_of_the_trail() -> None:
    query = next(q for q in plans("saas").operations.monitoring if q.name == "monitor_partition_headroom")
    assert "'task_events', 'audit_log'" in query.sql
    query = next(q for q in plans("clinic").operations.monitoring if q.name == "monitor_partition_headroom")
    assert "IN ('access_log')" in query.sql


def test_vacuum_is_tuned_for_fast_tables_that_are_not_split() -> None:
    tuned = [s.sql for s in plans("saas").operations.statements if s.sql.startswith("ALTER TABLE")]
    assert [sql.split()[2] for sql in tuned] == ["tasks", "messages"]
    assert not any(s.sql.startswith("ALTER TABLE") for s in plans("clinic").operations.statements)


def test_vacuum_is_tuned_on_every_partition_by_hash() -> None:
    plan = within(1_800)
    (leaves,) = [s for s in plan.statements if s.section == "partitioning"]
    assert "pg_partition_tree('user_activities') WHERE isleaf" in leaves.sql
    assert "SET (autovacuum_vacuum_insert_scale_factor = 0.001)" in leaves.sql
    assert "5,000,000 rows a day" in leaves.comment


def test_a_deployment_s_steps_follow_the_tables() -> None:
    decided = next(x for x in within(1_800).decisions if x.id == "operations.decision.deploy")
    assert "under lock_timeout 1s" in decided.choice
    assert "for order_histories and user_activities partition by partition" in decided.choice
    assert not any(x.id == "operations.decision.deploy" for x in plans("habits").operations.decisions)


def test_a_query_over_a_column_that_is_gone_fails() -> None:
    made = plans("clinic")
    wrong = "monitoring.monitor_slow_statements"
    script = tuple(
        s.model_copy(update={"sql": s.sql.replace("mean_exec_time", "mean_time")}) if s.id == wrong else s
        for s in made.script()
        if s.section in ("schema", "monitoring")
    )
    claims = tuple(c for c in made.operations.claims if c.element == wrong)
    seen = tried(script, (), claims)
    assert {e.verdict for e in seen.values()} == {"fails"}


def test_cases_point_at_claims_that_exist() -> None:
    for name in ("clinic", "habits", "saas"):
        made = plans(name)
        known = {c.id for c in (*made.schema.claims, *made.operations.claims)}
        cases = made.operations.tests
        assert all(set(case.claims) <= known for case in cases)
        names = [(case.category, case.name) for case in cases]
        assert len(names) == len(set(names))
        assert {"unit", "integration", "data_quality", "recovery"} <= {case.category for case in cases}


def test_cases_come_from_rules_and_workflows() -> None:
    cases = {case.name: case for case in plans("clinic").operations.tests}
    assert "23P01" in cases["appointments_doctor_id_at_once"].what
    assert cases["appointments_doctor_id_at_once"].claims
    assert "appointments" in cases["workflow_1"].what
    assert "pooled_connections" in cases
    assert "appointments_prescriptions" not in cases
    assert "prescriptions" in cases["appointments_with_parts"].what


def test_alerts_have_a_query_that_exists_and_a_runbook_on_this_project() -> None:
    for name in ("clinic", "habits", "saas"):
        made = plans(name)
        queries = {q.name for q in made.operations.monitoring}
        tables = {t.name for t in made.schema.tables}
        for alert in made.operations.alerts:
            assert alert.query is None or alert.query in queries
            assert alert.threshold.value > 0
            assert any(t in alert.runbook for t in tables) or "of the query" in alert.runbook or "by" in alert.runbook


def test_every_element_serves_something_and_the_bytes_are_stable() -> None:
    for requirements in (clinic(), habits(), saas()):
        first, second = plan_for(requirements), plan_for(requirements)
        assert first.model_dump_json() == second.model_dump_json()
        elements = (first.backup, *first.monitoring, *first.alerts, *first.environments, *first.tests, *first.decisions)
        assert all(e.serves for e in elements)
        assert all(c.serves for c in first.claims)


def decided(requirements: Requirements) -> dict[str, Decision]:
    made = plan_for(requirements).decisions
    return {d.topic.partition(": ")[2]: d for d in made if d.topic.startswith("Transaction of")}


def test_a_workflow_that_writes_says_how_its_transaction_is_kept_right() -> None:
    shop = analysed("shop")[1]
    ((workflow, made),) = decided(shop).items()
    assert workflow == "A customer places an order with its order items and pays it"
    assert made.choice.startswith("READ COMMITTED, one transaction over orders and order_items; 40P01 (deadlock)")
    assert "sent again with the same order_number" in made.choice
    assert "products.stock_quantity is taken by the triggers of order_items" in made.because
    assert "order_items.quantity" not in made.because
    assert decided(shop.model_copy(update={"tier": "embedded"})) == {}


def test_a_limit_on_rows_is_kept_by_a_lock() -> None:
    shop = analysed("shop")[1]
    limit = Rule(id="rule.five", text="A user has at most five open orders", kind="capacity", entity="order",
                 maximum=Decimal(5), origin=Origin(kind="stated", line=1), serves=())  # fmt: skip
    ((_, made),) = decided(shop.model_copy(update={"rules": (*shop.rules, limit)})).items()
    assert '"A user has at most five open orders" is kept by SELECT … FOR UPDATE' in made.because


@pytest.mark.parametrize(
    ("workflow", "does"),
    [
        ("A customer places an order", True),
        ("A patient books an appointment", True),
        ("A customer views own active orders (not delivered or cancelled), newest first", False),
        ("The office reports order history by month and status", False),
    ],
)
def test_what_a_workflow_names_is_not_what_it_does(workflow: str, does: bool) -> None:
    assert writes(workflow) == does


def test_a_brief_without_a_query_has_its_references_tried_for_speed() -> None:
    found = clinic().model_copy(update={"access_patterns": ()})
    schema = schema_design(found, START)
    (tested,) = [t for t in testing.testing_strategy(found, schema, ()) if t.category == "performance"]
    claims = {c.id: c for c in schema.claims}
    assert tested.claims and all(claims[name].trial.kind == "uses_index" for name in tested.claims)
    bare = schema.model_copy(update={"claims": ()})
    (untried,) = [t for t in testing.testing_strategy(found, bare, ()) if t.category == "performance"]
    assert not untried.claims and "each query that the application adds" in untried.what
