"""Settings, pools, replicas and growth follow from numbers, and a changed number changes what depends on it."""

import datetime as dt
import doctest
import pathlib
from typing import Any

import pytest
from hypothesis import given as law
from hypothesis import settings as law_settings
from hypothesis import strategies as st

from agents.figures import GB, evaluate
from agents.requirement_analysis import requirement_analysis
from agents.scaling import scaling_plan, sizes
from agents.scaling.demand import days_until, rows_after
from agents.schema_design import schema_design
from agents.verification import proof
from contracts.base import Figure
from contracts.brief import Brief, Machine
from contracts.claims import Claim, Engine, Experiment, Observations
from contracts.requirements import Requirement, Requirements, Retention, Stack, Targets
from contracts.scaling import ScalingPlan
from contracts.schema import SchemaDesign
from tests.agents.sized import STATED, books_of_shelf, column, lend, query, requirements, schema, table

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
NAMES = ("shop", "clinic", "habits")
MACHINE = Machine(memory_gb=16, cores=8)


def example(name: str) -> tuple[Requirements, SchemaDesign]:
    text = (EXAMPLES / name / "INITIAL.md").read_text(encoding="utf-8")
    found = requirement_analysis(Brief(project=name, text=text, date=dt.date(2025, 1, 1)))
    return found, schema_design(found, dt.date(2025, 1, 1))


def targets(**changes: Any) -> Targets:
    return requirements().targets.model_copy(update=changes)


def setting(plan: ScalingPlan, name: str) -> str:
    return next(s.value for s in plan.settings if s.name == name)


def pool_names(plan: ScalingPlan) -> list[str]:
    return [p.name for p in plan.pools]


def size(plan: ScalingPlan, name: str) -> float:
    return next(p.size.value for p in plan.pools if p.name == name)


def failed(*claims: Claim) -> list[str]:
    """The ids of the balances that do not hold, by the judge that the pipeline uses."""
    sums = tuple(c for c in claims if c.trial.kind == "balances")
    seen = Observations(engine=Engine(name="none", version="", origin="none"), rows=0, observations=())
    judged = proof(Experiment(script=(), claims=sums, rows=0), seen)
    return [e.claim for e in judged.evidence if e.verdict != "holds"]


def figures(plan: ScalingPlan) -> list[Figure]:
    found = [s.figure for s in plan.settings] + [p.size for p in plan.pools] + [n.figure for n in plan.next_steps]
    return found + [f for g in plan.growth for f in (g.rows, g.heap_bytes, g.index_bytes)]


def outgrowing() -> SchemaDesign:
    """The library with four million loans a day, which nobody says how long to keep."""
    return schema(
        tables=tuple(
            t.model_copy(update={"rows_per_day": 4e6, "nature": "event"}) if t.name == "loans" else t
            for t in schema().tables
        )
    )


def test_a_table_that_outgrows_the_disk_is_asked_about() -> None:
    (asked,) = scaling_plan(requirements(), outgrowing(), MACHINE).questions
    assert asked.id == "question.retention-loans"
    assert "names no period" in asked.question
    assert "Proposed: 365 days" in asked.question
    kept = Retention(entity="loan", days=90, origin=STATED)
    assert not scaling_plan(requirements(retention=(kept,)), outgrowing(), MACHINE).questions
    assert not scaling_plan(requirements(), schema(), MACHINE).questions


def test_writes_that_land_anywhere_log_whole_pages() -> None:
    growth = {(g.table, g.years): g for g in scaling_plan(requirements(), outgrowing(), MACHINE).growth}
    loans = growth["loans", 1].log_bytes
    assert loans is not None
    given = {i.name: i.value for i in loans.inputs}
    assert given["writes_per_row"] == 1
    # 100,000 writes between two checkpoints lock rows of books (about 130 pages) and readers (about 90)
    assert 0 < given["images_per_write"] < 0.01
    assert loans.value > 4e6 * 365 * given["record_bytes"]
    assert growth["books", 1].log_bytes is None


def test_the_log_between_checkpoints_fits_twice_into_its_size() -> None:
    plan = scaling_plan(requirements(), outgrowing(), MACHINE)
    sizes = {s.name: s.figure for s in plan.settings}
    given = {i.name: i.value for i in sizes["max_wal_size"].inputs}
    assert sizes["max_wal_size"].value >= 2 * given["log_bytes_per_second"] * given["checkpoint_seconds"]
    assert setting(plan, "checkpoint_timeout") == "15min"


def test_the_moment_of_the_next_step_follows_the_numbers() -> None:
    def due(**changes: Any) -> float:
        plan = scaling_plan(requirements(targets=targets(**changes)), outgrowing(), MACHINE)
        step = next(s for s in plan.next_steps if s.step == "a larger disk")
        return next(i.value for i in step.figure.inputs if i.name == "due")

    assert 365 < due() < 3_650
    assert due(yearly_growth_percent=50) < due()


def test_settings_follow_pgtune_on_a_given_machine() -> None:
    plan = scaling_plan(requirements(), schema(), MACHINE)
    spelled = {s.name: s.value for s in plan.settings}
    assert spelled["shared_buffers"] == "4GB"
    assert spelled["effective_cache_size"] == "12GB"
    assert spelled["maintenance_work_mem"] == "1GB"
    assert spelled["wal_buffers"] == "16MB"
    assert (spelled["min_wal_size"], spelled["max_wal_size"]) == ("1GB", "4GB")
    assert spelled["checkpoint_completion_target"] == "0.9"
    assert (spelled["random_page_cost"], spelled["effective_io_concurrency"]) == ("1.1", "200")
    assert spelled["huge_pages"] == "try"
    assert spelled["max_parallel_workers_per_gather"] == "4"
    assert spelled["shared_preload_libraries"] == "pg_stat_statements"


def test_work_memory_is_pgtunes_share_of_what_the_buffers_leave() -> None:
    plan = scaling_plan(requirements(), schema(), MACHINE)
    connections = float(setting(plan, "max_connections"))
    by_hand = (16 * GB - 4 * GB) / ((connections + 8) * 3) * 1.3
    assert setting(plan, "work_mem") == f"{int(min(by_hand, 256 << 20) // (1 << 20))}MB"


@pytest.mark.parametrize(
    ("changes", "queries", "workload"),
    [
        ({}, (), "web"),
        ({"tier": "embedded"}, (), "desktop"),
        ({"targets": targets(read_share=0.4)}, (), "oltp"),
        ({}, (query("totals", "aggregate", "loans", "SELECT count(*) FROM loans"), lend()), "dw"),
        (
            {"tier": "small"},
            (query("totals", "aggregate", "loans", "SELECT count(*) FROM loans"), books_of_shelf()),
            "mixed",
        ),
    ],
)
def test_the_workload_comes_from_the_requirements(
    changes: dict[str, Any], queries: tuple[Any, ...], workload: str
) -> None:
    plan = scaling_plan(requirements(**changes), schema(*queries), MACHINE)
    assert next(d.choice for d in plan.decisions if d.id == "scaling.workload") == workload


@pytest.mark.parametrize(("disk", "cost", "reads"), [("hdd", "4", "2"), ("nvme", "1.1", "1000"), ("san", "1.1", "300")])
def test_the_disk_decides_costs_and_concurrency(disk: Any, cost: str, reads: str) -> None:
    plan = scaling_plan(requirements(), schema(), Machine(memory_gb=16, cores=8, disk=disk))
    assert (setting(plan, "random_page_cost"), setting(plan, "effective_io_concurrency")) == (cost, reads)


def test_a_server_without_four_cores_keeps_parallel_defaults() -> None:
    names = {s.name for s in scaling_plan(requirements(), schema(), Machine(memory_gb=4, cores=2)).settings}
    assert not {n for n in names if "parallel" in n or "worker" in n}


def test_pools_follow_littles_law() -> None:
    """1,000 requests a second hold a connection for 10 ms: 10 are busy, 15 with headroom, 4 for each of 4 instances."""
    plan = scaling_plan(requirements(), schema(), MACHINE)
    assert size(plan, "application") == 4
    assert plan.pools[0].instances == 4


def test_hikaricps_bound_caps_the_pool_and_the_shortage_is_seen() -> None:
    plan = scaling_plan(
        requirements(targets=targets(requests_per_second=9_000)), schema(), Machine(memory_gb=16, cores=8)
    )
    assert size(plan, "application") * 4 <= 8 * 2 + 1
    assert failed(*plan.claims) == ["scaling.peak"]


def test_an_assumed_machine_grows_until_the_peak_fits() -> None:
    plan = scaling_plan(requirements(targets=targets(requests_per_second=9_000)), schema(), None)
    assert plan.machine.cores == 128
    assert failed(*plan.claims) == []


@pytest.mark.parametrize(
    ("language", "product", "name", "value"),
    [
        ("java", "HikariCP", "maximumPoolSize", "4"),
        ("typescript", "node-postgres", "max", "4"),
        ("python", "SQLAlchemy QueuePool", "pool_size", "4"),
        ("csharp", "Npgsql", "Maximum Pool Size", "4"),
        ("", "SQLAlchemy QueuePool", "pool_size", "4"),
    ],
)
def test_the_pool_is_the_languages_own(language: Any, product: str, name: str, value: str) -> None:
    plan = scaling_plan(requirements(stack=Stack(language=language, instances=4)), schema(), MACHINE)
    assert plan.pools[0].product == product
    assert dict(plan.pools[0].settings)[name] == value


def test_a_pooler_comes_when_instances_outnumber_the_cores() -> None:
    many = requirements(stack=Stack(language="python", instances=40))
    plan = scaling_plan(many, schema(), MACHINE)
    pooler = next(p for p in plan.pools if p.name == "pgbouncer")
    assert dict(pooler.settings)["pool_mode"] == "transaction"
    assert size(plan, "pgbouncer") == 17
    assert int(setting(plan, "max_connections")) < 40 * 2
    assert "PgBouncer" in {o.subject for o in scaling_plan(requirements(), schema(), MACHINE).omissions}


def test_a_standby_comes_with_the_availability_target() -> None:
    assert [r.name for r in scaling_plan(requirements(), schema(), MACHINE).replicas] == ["standby_1"]
    assert not scaling_plan(requirements(targets=targets(availability_percent=99.5)), schema(), MACHINE).replicas
    two = scaling_plan(requirements(targets=targets(availability_percent=99.99)), schema(), MACHINE)
    assert [r.name for r in two.replicas] == ["standby_1", "standby_2"]


def test_readers_come_when_one_server_is_not_enough() -> None:
    busy = requirements(targets=targets(requests_per_second=4_000, availability_percent=None))
    assert [r.name for r in scaling_plan(busy, schema(), MACHINE).replicas] == ["reader_1", "reader_2", "reader_3"]


def test_reports_get_a_replica_when_the_brief_says_so() -> None:
    asked = Requirement(
        id="performance.reports", kind="performance", text="Reports run on a reporting replica", origin=STATED
    )
    found = requirements()
    found = found.model_copy(update={"requirements": (*found.requirements, asked)})
    report = query("loans_by_month", "aggregate", "loans", "SELECT count(*) FROM loans")
    plan = scaling_plan(found, schema(books_of_shelf(), report, lend()), MACHINE)
    reporting = next(r for r in plan.replicas if r.name == "reporting")
    assert (reporting.serves, reporting.origin) == (("performance.reports",), STATED)
    assert next(r.target for r in plan.routes if r.query == "loans_by_month") == "reporting"
    assert "reporting" in pool_names(plan)


def test_every_query_has_one_route_and_only_old_answers_leave_the_primary() -> None:
    fresh = books_of_shelf(staleness_seconds=None)
    design = schema(fresh, query("recent", "list", "books", "SELECT id FROM books", staleness_seconds=60), lend())
    routes = {r.query: r for r in scaling_plan(requirements(), design, MACHINE).routes}
    assert list(routes) == ["books_of_shelf", "recent", "lend"]
    assert (routes["books_of_shelf"].target, routes["lend"].target) == ("primary", "primary")
    assert (routes["recent"].target, routes["recent"].fallback) == ("standby_1", "primary")


@pytest.mark.parametrize(
    ("language", "name", "value"),
    [
        ("java", "connectionInitSql", "SET statement_timeout = '10min'"),
        ("typescript", "statement_timeout", "600000"),
        ("python", "connect_args", "options: -c statement_timeout=10min"),
        ("csharp", "Options", "-c statement_timeout=10min"),
    ],
)
def test_long_jobs_have_a_limit_of_their_own(language: Any, name: str, value: str) -> None:
    report = query("report_loans", "aggregate", "loans", "SELECT count(*) FROM loans")
    found = requirements(stack=Stack(language=language, instances=4))
    plan = scaling_plan(found, schema(books_of_shelf(), report), MACHINE)
    batch = next(p for p in plan.pools if p.name == "batch")
    assert dict(batch.settings)[name] == value
    assert name not in dict(plan.pools[0].settings)
    claims = {c.id: c.trial for c in plan.claims}
    assert claims["scaling.report.limit"].model_dump()["sql"] == ("EXECUTE report_loans",)
    assert claims["scaling.report.limit"].model_dump()["session"]["settings"] == (("statement_timeout", "10min"),)
    assert claims["scaling.report.cancelled"].kind == "refused"


def test_a_report_that_may_be_old_counts_among_the_reads_of_its_replica() -> None:
    fresh = books_of_shelf(staleness_seconds=None)
    report = query("books", "aggregate", "books", "SELECT count(*) FROM books", staleness_seconds=300)
    plan = scaling_plan(requirements(), schema(fresh, report, lend()), MACHINE)
    assert 0 < size(plan, "readonly") <= size(plan, "application")


def test_a_read_on_a_replica_holds_the_log_back_no_longer_than_its_answer_may_be_old() -> None:
    for replica in scaling_plan(*example("shop"), None).replicas:
        assert dict(replica.settings)["max_standby_streaming_delay"] == f"{replica.lag_tolerance_seconds}s"


def test_retention_jobs_run_on_the_primary_in_their_own_pool() -> None:
    kept = requirements(retention=(Retention(entity="loan", days=365, origin=STATED),))
    plan = scaling_plan(kept, schema(), MACHINE)
    assert "retention of loan on the primary" in {p.purpose for p in plan.pools}


def test_commits_wait_for_a_standby_only_when_nothing_may_be_lost() -> None:
    plain = {s.name: s.value for s in scaling_plan(requirements(), schema(), MACHINE).settings}
    assert plain["synchronous_commit"] == "on"
    assert "synchronous_standby_names" not in plain
    strict = requirements(targets=targets(recovery_point_seconds=0))
    assert setting(scaling_plan(strict, schema(), MACHINE), "synchronous_standby_names") == "ANY 1 (*)"
    alone = requirements(targets=targets(recovery_point_seconds=0, availability_percent=99))
    assert "synchronous_standby_names" not in {s.name for s in scaling_plan(alone, schema(), MACHINE).settings}


@pytest.mark.parametrize(
    ("growth", "rows"), [(0, 1_000 * 365 * 3), (100, 1_000 * 365 * 7)], ids=["steady", "doubling each year: 1 + 2 + 4"]
)
def test_daily_rows_add_up_over_the_years(growth: float, rows: int) -> None:
    found = requirements(targets=targets(yearly_growth_percent=growth))
    assert rows_after(found, schema().table("loans"), 3).value == rows


def test_retention_bounds_the_growth() -> None:
    kept = requirements(retention=(Retention(entity="loan", days=30, origin=STATED),))
    assert rows_after(kept, schema().table("loans"), 5).value == 30_000


def test_growth_has_a_line_for_each_table_and_year() -> None:
    plan = scaling_plan(requirements(), schema(), MACHINE)
    assert [(g.table, g.years) for g in plan.growth][:4] == [
        ("floors", 1),
        ("floors", 3),
        ("floors", 5),
        ("shelves", 1),
    ]
    assert len(plan.growth) == len(schema().tables) * 3


def test_row_width_is_postgresqls_layout() -> None:
    """Header 24; bigint 8; boolean 1, padded to 8, then bigint 8: 24 + 24 bytes."""
    made = table("t", "t", "event", 1, column("flag", "boolean", "boolean"), column("n", "bigint", "integer"))
    assert sizes.row_bytes(made) == 48


def test_wider_rows_and_more_indexes_take_more_room() -> None:
    design = schema()
    bare = design.model_copy(update={"indexes": ()})
    books = design.table("books")
    slim = books.model_copy(update={"columns": books.columns[:3]})
    assert sizes.row_bytes(slim) < sizes.row_bytes(books)
    assert len(sizes.index_entries(books, bare)) + 1 == len(sizes.index_entries(books, design))


def test_the_next_step_has_its_day() -> None:
    huge = table("events", "event", "event", 0, column("payload", "jsonb", "json"), rows_per_day=5_000_000.0)
    plan = scaling_plan(requirements(), schema(tables=(*schema().tables, huge)), MACHINE)
    step = next(s for s in plan.next_steps if s.step == "partitions of events")
    assert step.when.startswith("after ")
    assert step.figure.value > 1
    quiet = scaling_plan(requirements(), schema(), MACHINE)
    assert all("not within ten years" in s.when for s in quiet.next_steps)


@pytest.mark.parametrize(("bound", "day"), [(0.5, 183), (3, 1096), (10, None), (-1, 0)])
def test_the_day_on_which_a_bound_is_exceeded(bound: float, day: int | None) -> None:
    assert days_until(bound, lambda years: years) == day


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_what_its_formula_gives(name: str) -> None:
    for made in figures(scaling_plan(*example(name), None)):
        assert evaluate(made.formula, made.inputs) == made.value, made


@pytest.mark.parametrize("name", NAMES)
def test_every_element_serves_something_that_exists(name: str) -> None:
    found, design = example(name)
    plan = scaling_plan(found, design, None)
    known = {r.id for r in found.requirements} | {a.id for a in found.assumptions}
    parts = (plan.settings, plan.pools, plan.replicas, plan.routes, plan.growth, plan.next_steps)
    for element in (e for part in (*parts, plan.decisions, plan.omissions) for e in part):
        assert element.serves, element
        assert set(element.serves) <= known, element


@pytest.mark.parametrize("name", NAMES)
def test_all_sums_of_the_examples_hold(name: str) -> None:
    plan = scaling_plan(*example(name), None)
    assert failed(*plan.claims) == []
    assert len({c.id for c in plan.claims}) == len(plan.claims)


def test_a_small_server_for_a_large_load_is_found() -> None:
    found, design = example("shop")
    assert "scaling.peak" in failed(*scaling_plan(found, design, Machine(memory_gb=1, cores=1)).claims)


def test_a_slow_restore_breaks_the_availability_claim() -> None:
    strict = requirements(targets=targets(availability_percent=99.8, recovery_time_seconds=86_400))
    assert failed(*scaling_plan(strict, schema(), MACHINE).claims) == ["scaling.availability"]


@pytest.mark.parametrize(
    "claim", ["scaling.connections", "scaling.memory", "scaling.cores", "scaling.order.lock_timeout"]
)
def test_a_planted_contradiction_is_visible(claim: str) -> None:
    """One number a hundred times as large on the left side, and the sum no longer holds."""
    made = next(c for c in scaling_plan(requirements(), schema(), MACHINE).claims if c.id == claim)
    assert made.trial.kind == "balances"
    first, *rest = made.trial.left
    larger = first.factors[0].model_copy(update={"value": first.factors[0].value * 100})
    term = first.model_copy(update={"factors": (larger, *first.factors[1:])})
    trial = made.trial.model_copy(update={"left": (term, *rest)})
    assert failed(made) == []
    assert failed(made.model_copy(update={"trial": trial})) == [claim]


def test_one_person_gets_one_pool_and_reasons() -> None:
    found, design = example("habits")
    plan = scaling_plan(found, design, None)
    assert (found.tier, plan.machine.memory_gb, plan.machine.cores) == ("embedded", 1, 1)
    assert [(p.name, p.size.value, p.instances) for p in plan.pools] == [("application", 1, 1)]
    assert (plan.replicas, plan.routes) == ((), ())
    assert [o.subject for o in plan.omissions] == ["replicas", "read-only pool", "batch pool", "PgBouncer"]
    assert all(any(c.isdigit() for c in o.reason) for o in plan.omissions)


def test_the_shop_gets_what_its_brief_asks_for() -> None:
    plan = scaling_plan(*example("shop"), None)
    assert [r.name for r in plan.replicas] == ["standby_1", "reporting"]
    assert pool_names(plan)[0] == "application"
    assert plan.pools[0].product == "HikariCP"
    assert {r.target for r in plan.routes} == {"primary", "standby_1", "reporting"}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"targets": targets(requests_per_second=400)}, {"application"}),
        ({"stack": Stack(language="python", instances=2)}, {"application"}),
    ],
)
def test_one_changed_input_recomputes_what_depends_on_it(change: dict[str, Any], names: set[str]) -> None:
    before = scaling_plan(requirements(), schema(), MACHINE)
    after = scaling_plan(requirements(**change), schema(), MACHINE)
    for name in names:
        assert size(before, name) != size(after, name)
    more = scaling_plan(requirements(), schema(), Machine(memory_gb=32, cores=8))
    assert setting(more, "shared_buffers") == "8GB"


@law_settings(max_examples=30, deadline=None)
@law(
    st.sampled_from(("embedded", "small", "standard", "large")),
    st.floats(0.1, 20_000),
    st.integers(1, 60),
    st.sampled_from((None, 99.0, 99.9, 99.99)),
    st.floats(0, 1),
)
def test_an_assumed_machine_bears_every_load(
    tier: Any, rate: float, count: int, goal: float | None, share: float
) -> None:
    found = requirements(
        tier=tier,
        targets=targets(
            requests_per_second=rate, availability_percent=goal, read_share=share, recovery_time_seconds=600
        ),
        stack=Stack(language="java", instances=count),
    )
    plan = scaling_plan(found, schema(), None)
    assert failed(*plan.claims) == []
    assert scaling_plan(found, schema(), None).digest() == plan.digest()


def test_another_dialect_gets_no_postgresql_settings() -> None:
    plan = scaling_plan(requirements(), schema(dialect="sqlite"), MACHINE)
    assert plan.settings == ()
    assert "server settings" in {o.subject for o in plan.omissions}


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(sizes).failed == 0
