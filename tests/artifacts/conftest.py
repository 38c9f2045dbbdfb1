"""A small plan made by hand, with hostile words wherever words of a brief may go."""

import datetime as dt

import pytest

from contracts.base import Alternative, Decision, Figure, Input, Omission, Origin, Statement
from contracts.brief import Brief, Machine
from contracts.caching import CacheEntry, CacheLayer, CachingPlan, CodeSample, Invalidation
from contracts.checklist import Checklist, ChecklistItem, Finding
from contracts.claims import (
    Accepted,
    Balances,
    Claim,
    Engine,
    Evidence,
    Executes,
    Proof,
    Refused,
    Session,
    SettingAccepted,
    Term,
    UsesIndex,
)
from contracts.migrations import Migration, MigrationPlan
from contracts.operations import Alert, Backup, Environment, MonitoringQuery, OperationsPlan, TestCase
from contracts.plan import Design, PersistencePlan
from contracts.requirements import (
    Assumption,
    Attribute,
    Entity,
    OpenQuestion,
    Requirement,
    Requirements,
    Targets,
    TraceLine,
)
from contracts.scaling import Growth, NextStep, Pool, ScalingPlan, Setting
from contracts.schema import (
    Check,
    Column,
    ForeignKey,
    Index,
    IndexKey,
    Parameter,
    Query,
    SchemaDesign,
    Table,
)
from contracts.security import Audit, Classification, Grant, Policy, RetentionRule, Role, SecurityPlan

HOSTILE = (
    "{{ 7*7 }}",
    "a | b || c",
    "`x` ``y`` ```sql\nDROP TABLE orders;\n```",
    "<script>alert(1)</script> <!-- x",
    "[x](javascript:alert(1)) ![y](z)",
    "first\n# Second\n\n```sql\nselect 1;\n```\n---\n- third",
    "--> */ ; '; \" $$ \\",
    "pay\u202efdp \u0000 \u200b \U000e0041 \u2028 end",
    "~~~\n1. one\n| a |\n|---|",
    "&lt;b&gt; *bold* _under_ order_items $x$ C:\\dir\\",
    "%}{% raw %}{#",
    "key: value # not a comment\n- item",
)

STATED = Origin(kind="stated", line=12, quote="Order: id, total")
INFERRED = Origin(kind="inferred", rule="archetype customer")
CONVENTION = Origin(kind="convention", rule="surrogate keys")
BY = {"origin": STATED, "serves": ("entity.order",)}


def figure(name: str, value: float, unit: str = "") -> Figure:
    """A figure with one input."""
    return Figure(
        name=name,
        value=value,
        unit=unit,
        formula="cores × 2 + 1",
        inputs=(Input(name="cores", value=2, source="assumption.machine"),),
        source="HikariCP",
        **BY,
    )


def column(name: str, sql_type: str, origin: Origin = STATED) -> Column:
    """A column of no special kind."""
    return Column(name=name, type="string", sql_type=sql_type, origin=origin, serves=("entity.order",))


def requirements(words: str) -> Requirements:
    """An analysis with one entity; `words` stand wherever the brief is quoted."""
    total = Attribute(name="total", label=words, type="money", **BY)
    return Requirements(
        project="shop",
        title=words,
        purpose=words,
        domain=words,
        tier="small",
        requirements=(
            Requirement(id="entity.order", kind="entity", text=words, origin=STATED),
            Requirement(id="future.loyalty", kind="future", text="Loyalty points", origin=STATED),
        ),
        entities=(Entity(name="order", label=words, nature="transaction", attributes=(total,), **BY),),
        targets=Targets(response_ms=200, requests_per_second=12.5, availability_percent=99.9),
        assumptions=(Assumption(id="assumption.concurrent-users", fact=words, value=words, reason=words, knob=words),),
        open_questions=(OpenQuestion(id="question.total", question=words, reading=words, lines=(3, 4)),),
        trace=(
            TraceLine(line=1, text=words, use="not_understood", reason=words),
            TraceLine(line=2, text="Order", use="used"),
        ),
    )


def statements() -> tuple[Statement, ...]:
    """Statements with every kind of ending: bare, with a semicolon, with a comment, with a function body."""
    body = "create function touch() returns trigger language plpgsql as $$\nbegin\n  return new; -- ;\nend $$ ;\n"
    return (
        Statement(id="s.fn", section="schema", sql=body, comment="Sets updated_at.", element="function.touch"),
        Statement(
            id="s.customers",
            section="schema",
            sql="create table customers (\n  id bigint primary key\n)",
            element="table.customers",
        ),
        Statement(
            id="s.orders",
            section="schema",
            sql="create table orders (\n  id bigint primary key,\n  total numeric(12, 2) check (total >= 0)\n);",
            comment="Orders; one row each.\n*/ -- second line",
            element="table.orders",
        ),
        Statement(
            id="s.ix",
            section="schema",
            sql="create index ix_orders_total on orders (total) -- covering",
            element="index.ix_orders_total",
        ),
        Statement(
            id="s.q",
            section="queries",
            sql="prepare list_orders (numeric) as\nselect id from orders where total > $1",
            element="query.list_orders",
        ),
    )


def claims() -> tuple[Claim, ...]:
    """Claims on the schema of every verdict."""
    serves = ("entity.order",)
    return (
        *(
            Claim(id=f"c.{s.id}", sentence="It executes.", element=s.element, trial=Executes(statement=s.id))
            for s in statements()
        ),
        Claim(
            id="c.total",
            sentence="No order has a negative total | ever.",
            element="check.ck_orders_total",
            serves=serves,
            trial=Refused(sql=("insert into orders values (1, -1)",), sqlstate="23514"),
        ),
        Claim(
            id="c.index",
            sentence="Listing reads ix_orders_total.",
            element="query.list_orders",
            serves=serves,
            trial=UsesIndex(query="list_orders", arguments=("1",), table="orders", index="ix_orders_total"),
        ),
    )


def schema(words: str) -> SchemaDesign:
    """Two tables, one index, one query."""
    id_column = column("id", "bigint", CONVENTION)
    customers = Table(
        name="customers",
        entity="customer",
        nature="person",
        comment=words,
        columns=(id_column,),
        primary_key=("id",),
        expected_rows=100,
        origin=INFERRED,
    )
    check = Check(
        name="ck_orders_total",
        kind="range",
        column="total",
        expression="total >= 0",
        **BY,
    )
    key = ForeignKey(
        name="fk_orders_customer_id",
        columns=("customer_id",),
        references="customers",
        referenced_columns=("id",),
        on_delete="restrict",
        because=words,
        **BY,
    )
    orders = Table(
        name="orders",
        entity="order",
        nature="transaction",
        comment=words,
        columns=(id_column, column("total", "numeric(12,2)"), column("customer_id", "bigint", INFERRED)),
        primary_key=("id",),
        checks=(check,),
        foreign_keys=(key,),
        expected_rows=1_000_000,
        rows_per_day=2.5,
        **BY,
    )
    index = Index(
        name="ix_orders_total",
        table="orders",
        keys=(IndexKey(column="total"),),
        queries=("list_orders",),
        because=words,
        **BY,
    )
    query = Query(
        name="list_orders",
        title=words,
        access="access.list-orders",
        kind="list",
        table="orders",
        tables=("orders",),
        sql="select id from orders where total > $1",
        parameters=(Parameter(name="total", sql_type="numeric", sample="1"),),
        index="ix_orders_total",
        per_second=12.5,
        staleness_seconds=60,
        **BY,
    )
    return SchemaDesign(
        dialect="postgresql",
        floor="15",
        extensions=("pg_trgm",),
        tables=(customers, orders),
        indexes=(index,),
        queries=(query,),
        statements=statements(),
        decisions=(decision(words),),
        omissions=(Omission(subject="Partitions of orders", reason=words, **BY),),
        diagram="erDiagram\n  customers ||--o{ orders : places",
        claims=claims(),
    )


def decision(words: str) -> Decision:
    """A decision on the database."""
    return Decision(
        id="decision.database",
        topic="Database",
        choice=words,
        because=words,
        alternatives=(Alternative(name=words, refused_because=words),),
        **BY,
    )


def caching(words: str) -> CachingPlan:
    """One entry in one layer."""
    stale = Invalidation(
        table="orders", operations=("insert", "update"), event="orders_changed", keys=("orders:{id}",), because=words
    )
    entry = CacheEntry(
        name="orders_list",
        layers=("in_process",),
        key_pattern="orders:{id}",
        query="list_orders",
        tables=("orders",),
        ttl=figure("ttl", 60, "s"),
        staleness_seconds=60,
        items=100,
        item_bytes=200,
        invalidations=(stale,),
        because=words,
        **BY,
    )
    layer = CacheLayer(
        layer="in_process",
        product="cachetools",
        capacity=figure("capacity", 100, "entries"),
        settings=(("maximum_size", "100"),),
        because=words,
        **BY,
    )
    return CachingPlan(
        layers=(layer,),
        entries=(entry,),
        never_cached=(Omission(subject="orders.total", reason=words, **BY),),
        code=CodeSample(language="python", text="CACHE = {}  # ```\n"),
        omissions=(Omission(subject="Redis", reason=words, **BY),),
    )


def scaling(words: str) -> ScalingPlan:
    """One setting, one pool, one growth."""
    size = figure("pool_size", 5)
    pool = Pool(
        name="application",
        product="psycopg_pool",
        purpose=words,
        size=size,
        instances=1,
        settings=(("max_size", "5"),),
        **BY,
    )
    term = Term(factors=(Input(name="connections", value=5, source="pool"),))
    limit = Term(factors=(Input(name="max_connections", value=100, source="setting"),))
    return ScalingPlan(
        machine=Machine(memory_gb=4, cores=2),
        settings=(Setting(name="shared_buffers", value="1GB", figure=figure("shared_buffers", 2**30, "bytes"), **BY),),
        pools=(pool,),
        growth=(
            Growth(
                table="orders",
                years=3,
                rows=figure("rows", 1e6),
                heap_bytes=figure("heap", 2e8, "bytes"),
                index_bytes=figure("indexes", 3e7, "bytes"),
                **BY,
            ),
        ),
        next_steps=(NextStep(step=words, when=words, figure=figure("requests", 500), **BY),),
        omissions=(Omission(subject="Read replicas", reason=words, **BY),),
        claims=(
            Claim(
                id="c.setting",
                sentence="shared_buffers is accepted.",
                element="setting.shared_buffers",
                trial=SettingAccepted(name="shared_buffers", value="1GB"),
            ),
            Claim(
                id="c.pools",
                sentence="All pools fit.",
                element="pool.application",
                serves=("assumption.concurrent-users",),
                trial=Balances(left=(term,), relation="<=", right=(limit,)),
            ),
        ),
    )


def security(words: str) -> SecurityPlan:
    """One role that may read, with one policy."""
    grant = Statement(
        id="s.grant",
        section="security",
        sql="grant select on orders to shop_app",
        element="role.shop_app",
        comment=words,
    )
    return SecurityPlan(
        roles=(Role(name="shop_app", purpose=words, **BY),),
        grants=(Grant(role="shop_app", table="orders", privileges=("select",), **BY),),
        policies=(
            Policy(
                name="own_rows", table="orders", role="shop_app", command="all", using="a = 1 or b || c = 'x'", **BY
            ),
        ),
        classifications=(Classification(table="orders", column="total", sensitivity="payment", treatment=words, **BY),),
        audit=Audit(tables=("orders",), log_table="audit_log", retention_days=365, **BY),
        retention=(RetentionRule(table="orders", days=3650, method="drop_partition", basis=words, **BY),),
        statements=(grant,),
        claims=(
            Claim(
                id="c.rls",
                sentence=words,
                element="policy.own_rows",
                serves=("entity.order",),
                trial=Accepted(
                    sql=("update orders set total = 1",),
                    session=Session(role="shop_app", settings=(("app.user_id", ""),)),
                    affects=0,
                ),
            ),
        ),
    )


def operations(words: str) -> OperationsPlan:
    """A backup, a monitoring query with an alert, two environments, one test."""
    prepare = Statement(
        id="s.slow",
        section="monitoring",
        sql="prepare slow as select 1;",
        element="monitoring.slow",
    )
    backup = Backup(
        method=words,
        full_interval_hours=figure("full interval", 24, "hours"),
        archive_interval_seconds=None,
        recovery_point=figure("RPO", 300, "s"),
        recovery_time=figure("RTO", 3600, "s"),
        retention_days=figure("retention", 30, "days"),
        commands=("pg_basebackup --pgdata=$TARGET",),
        restore_test=words,
        **BY,
    )
    groups = (("database", (("pool_size", "5"), ("query_logging", "all"))),)
    return OperationsPlan(
        backup=backup,
        monitoring=(MonitoringQuery(name="slow", title=words, sql="select 1", **BY),),
        alerts=(
            Alert(
                name="slow_queries",
                query="slow",
                metric="mean_exec_time",
                threshold=figure("threshold", 20, "ms"),
                severity="ticket",
                runbook=words,
                **BY,
            ),
        ),
        environments=(
            Environment(name="development", groups=groups, **BY),
            Environment(name="production", groups=groups, **BY),
        ),
        tests=(TestCase(category="data_quality", name="totals", what=words, claims=("c.total",), **BY),),
        statements=(prepare,),
    )


def migrations(words: str) -> MigrationPlan:
    """One step and the table that records it."""
    table = Statement(
        id="s.versions",
        section="migration",
        sql="create table schema_migrations (version text primary key)",
        element="table.schema_migrations",
    )
    step = Migration(version="V001", title=words, statements=("s.orders",), rollback="drop table orders", **BY)
    return MigrationPlan(migrations=(step,), statements=(table,))


def evidence(design: Design, words: str) -> tuple[Evidence, ...]:
    """One claim fails, one was not tried, the others hold."""
    verdicts = {"c.index": "fails", "c.setting": "not_tried"}
    return tuple(
        Evidence(claim=claim.id, verdict=verdicts.get(claim.id, "holds"), observed=words) for claim in design.claims()
    )


def plan_with(words: str) -> PersistencePlan:
    """The whole plan with these words wherever words of a brief may go."""
    design = Design(
        brief=Brief(project="shop", text=words, date=dt.date(2025, 3, 1), machine=Machine(memory_gb=4, cores=2)),
        requirements=requirements(words),
        schema_design=schema(words),
        caching=caching(words),
        scaling=scaling(words),
        security=security(words),
        operations=operations(words),
        migrations=migrations(words),
    )
    proof = Proof(
        engine=Engine(name="PostgreSQL", version="18.6", origin="embedded", limits=(words,)),
        rows=10_000,
        claims=design.claims(),
        evidence=evidence(design, words),
    )
    finding = Finding(check="index-used", element="index.ix_orders_total", fact=words, remedy=words)
    item = ChecklistItem(
        id="qa.schema",
        text="Schema design includes performance optimization",
        verdict="fails",
        claims=("c.index",),
        held=0,
        failed=1,
        not_tried=0,
        checks=("index-used",),
        findings=(finding,),
        reason=words,
    )
    return PersistencePlan(
        design=design,
        proof=proof,
        checklist=Checklist(items=(item,), findings=(finding,), checks=("index-used",)),
    )


@pytest.fixture(scope="session")
def plan() -> PersistencePlan:
    """The plan with words as a planner writes them."""
    return plan_with("Orders of a small shop.")
