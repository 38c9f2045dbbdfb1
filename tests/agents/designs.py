"""A whole design made by hand, small and valid in every check, so that a test breaks exactly one thing in it.

The SQL is real: the design runs on an engine and all its claims hold there.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from contracts.base import Figure, Input, Omission, Origin, Statement
from contracts.brief import Brief, Machine
from contracts.caching import CacheEntry, CacheLayer, CachingPlan, Invalidation
from contracts.claims import (
    Accepted,
    Balances,
    Claim,
    Executes,
    Refused,
    Returns,
    Reverts,
    Session,
    SettingAccepted,
    Term,
    Trial,
    UsesIndex,
)
from contracts.migrations import Migration, MigrationPlan
from contracts.operations import Alert, Backup, MonitoringQuery, OperationsPlan, TestCase
from contracts.plan import Design
from contracts.requirements import (
    AccessPattern,
    Assumption,
    Entity,
    Protection,
    Relationship,
    Requirement,
    Requirements,
    Rule,
    Targets,
)
from contracts.scaling import Pool, Replica, ScalingPlan, Setting
from contracts.schema import (
    Check,
    Column,
    ForeignKey,
    Index,
    IndexKey,
    Parameter,
    Partition,
    Partitioning,
    Query,
    SchemaDesign,
    Table,
    Unique,
)
from contracts.security import Audit, Classification, Grant, Policy, Role, SecurityPlan

TEXT = """# Stall - Data Application Requirements
- Entities: User, Product, Order, Activity
- User → Order (one-to-many)
- Product → Order (one-to-many)
- User → Activity (one-to-many)
- The total of an order is never negative
- Response time <200ms for 95th percentile
- Users see only their own orders, and every change of an order is audited
- At most 5 minutes of work may be lost
- Users list their orders; products are read by id
- Activities: 300 million, 500000 a day"""

LINES = TEXT.split("\n")
CONVENTION = Origin(kind="convention", rule="a convention of this project")


def stated(line: int) -> Origin:
    return Origin(kind="stated", line=line, quote=LINES[line - 1].removeprefix("- "))


def asked(identity: str, kind: str, line: int) -> Requirement:
    return Requirement(id=identity, kind=kind, text=LINES[line - 1], origin=stated(line))


REQUIREMENTS = (
    *(asked(f"entity.{name}", "entity", 2) for name in ("user", "product", "order", "activity")),
    asked("relationship.user-order", "relationship", 3),
    asked("relationship.product-order", "relationship", 4),
    asked("relationship.user-activity", "relationship", 5),
    asked("rule.total", "rule", 6),
    asked("performance.response-time", "performance", 7),
    asked("security.own-rows", "security", 8),
    asked("security.audit", "security", 8),
    asked("availability.recovery-point", "availability", 9),
    asked("access.orders-of-user", "access", 10),
    asked("access.product-by-id", "access", 10),
    asked("volume.activity", "volume", 11),
)


def figure(name: str, value: float, unit: str = "", serves: str = "performance.response-time") -> Figure:
    return Figure(name=name, value=value, unit=unit, formula=f"{value:g}", origin=CONVENTION, serves=(serves,))


def requirements() -> Requirements:
    natures = {"user": "person", "product": "master", "order": "transaction", "activity": "event"}
    return Requirements(
        project="stall",
        title="Stall",
        tier="standard",
        requirements=REQUIREMENTS,
        entities=tuple(
            Entity(name=n, label=n.title(), nature=nature, origin=stated(2), serves=(f"entity.{n}",))
            for n, nature in natures.items()
        ),
        relationships=tuple(
            Relationship(
                parent=p, child=c, cardinality="one_to_many", origin=stated(line), serves=(f"relationship.{p}-{c}",)
            )
            for p, c, line in (("user", "order", 3), ("product", "order", 4), ("user", "activity", 5))
        ),
        rules=(total_rule(),),
        access_patterns=(
            AccessPattern(
                id="access.orders-of-user", text="orders of a user", entity="order", kind="list", origin=stated(10)
            ),
        ),
        targets=Targets(response_ms=200, recovery_point_seconds=300),
        protection=Protection(
            row_level=True, owner="user", audit=True, audited=("order",), roles=("customer",)
        ),
        assumptions=(
            Assumption(id="assumption.instances", fact="instances", value="2", reason="two", knob="instances"),
        ),
    )  # fmt: skip


def total_rule() -> Rule:
    return Rule(
        id="rule.total", text="The total of an order is never negative", kind="range", entity="order",
        attributes=("total",), minimum=0, origin=stated(6), serves=("rule.total",),
    )  # fmt: skip


# schema


def column(name: str, sql_type: str, kind: str, **more: Any) -> Column:
    return Column(name=name, sql_type=sql_type, type=kind, origin=CONVENTION, **more)


def key_column() -> Column:
    return column("id", "bigint", "integer", identity=True)


def reference(table: str, name: str, parent: str, **more: Any) -> ForeignKey:
    return ForeignKey(
        name=f"fk_{table}_{name}", columns=(name,), references=parent, referenced_columns=("id",),
        on_delete=more.pop("on_delete", "restrict"), because="records stay", origin=CONVENTION, **more,
    )  # fmt: skip


def table(name: str, entity: str | None, nature: str, *columns: Column, **more: Any) -> Table:
    more.setdefault("primary_key", ("id",))
    more.setdefault("expected_rows", 10_000)
    return Table(
        name=name, entity=entity, nature=nature, comment=name, columns=columns, origin=stated(2),
        serves=more.pop("serves", (f"entity.{entity}",)), **more,
    )  # fmt: skip


def tables() -> tuple[Table, ...]:
    email = column("email", "varchar(254)", "email", sensitivity="personal")
    secret = column("password_hash", "text", "text", sensitivity="secret")
    total = Check(
        name="ck_orders_total", kind="range", column="total", minimum=0, expression="total >= 0",
        origin=stated(6), serves=("rule.total",),
    )  # fmt: skip
    hashed = Partitioning(
        strategy="hash", column="user_id", partitions=tuple(hash_partition(4, part) for part in range(4)),
        because="847 million rows after three years", origin=CONVENTION, serves=("volume.activity",),
    )  # fmt: skip
    return (
        table(
            "users", "user", "person", key_column(), email, secret,
            uniques=(Unique(name="uq_users_email", columns=("email",), origin=CONVENTION),),
        ),
        table(
            "products", "product", "master", key_column(),
            column("price", "numeric(14,2)", "money", comment="Unit: EUR"),
        ),
        table(
            "orders", "order", "transaction", key_column(), column("user_id", "bigint", "integer"),
            column("product_id", "bigint", "integer"), column("total", "numeric(14,2)", "money", comment="Unit: EUR"),
            column("placed_at", "timestamptz", "timestamp"), checks=(total,),
            foreign_keys=(
                reference("orders", "user_id", "users", serves=("relationship.user-order",)),
                reference("orders", "product_id", "products", serves=("relationship.product-order",)),
            ),
        ),
        table(
            "activities", "activity", "event", key_column(), column("user_id", "bigint", "integer"),
            column("happened_at", "timestamptz", "timestamp"), primary_key=("user_id", "id"),
            foreign_keys=(reference("activities", "user_id", "users", serves=("relationship.user-activity",)),),
            partitioning=hashed, expected_rows=300_000_000, rows_per_day=500_000.0,
        ),
    )  # fmt: skip


def hash_partition(modulus: int, remainder: int) -> Partition:
    return Partition(
        name=f"activities_p{remainder}", modulus=modulus, remainder=remainder,
        bounds=f"FOR VALUES WITH (MODULUS {modulus}, REMAINDER {remainder})",
    )  # fmt: skip


def range_partition(name: str, lower: str, upper: str) -> Partition:
    return Partition(name=name, lower=lower, upper=upper, bounds=f"FOR VALUES FROM ('{lower}') TO ('{upper}')")


DEFAULT = Partition(name="activities_default", bounds="DEFAULT", default=True)


def by_month(*partitions: Partition, because: str = "847 million rows") -> Partitioning:
    return Partitioning(
        strategy="range", column="happened_at", interval="month", partitions=partitions, because=because,
        origin=CONVENTION, serves=("volume.activity",),
    )  # fmt: skip


def index(name: str, of: str, *keys: str, **more: Any) -> Index:
    return Index(
        name=name, table=of, keys=tuple(IndexKey(column=key) for key in keys), because="read by it",
        origin=more.pop("origin", CONVENTION), **more,
    )  # fmt: skip


def indexes() -> tuple[Index, ...]:
    return (
        index(
            "ix_orders_user_id", "orders", "user_id", "placed_at", queries=("list_orders",),
            serves=("access.orders-of-user",),
        ),
        index("ix_orders_product_id", "orders", "product_id", queries=("list_orders_of_product",)),
    )  # fmt: skip


def query(name: str, kind: str, of: str, sql: str, by: str | None, access: str, sample: str = "7") -> Query:
    return Query(
        name=name, title=name.replace("_", " "), access=access, kind=kind, table=of, tables=(of,), sql=sql, index=by,
        parameters=(Parameter(name="id", sql_type="bigint", sample=sample),), origin=stated(10), serves=(access,),
    )  # fmt: skip


def queries() -> tuple[Query, ...]:
    return (
        query(
            "list_orders", "list", "orders",
            "SELECT o.id, o.total FROM orders o WHERE o.user_id = $1 ORDER BY o.placed_at LIMIT 20",
            "ix_orders_user_id", "access.orders-of-user",
        ),
        query(
            "list_orders_of_product", "list", "orders",
            "SELECT o.id FROM orders o WHERE o.product_id = $1", "ix_orders_product_id", "access.orders-of-user",
        ),
        query(
            "get_product", "lookup", "products", "SELECT p.id, p.price FROM products p WHERE p.id = $1",
            "pk_products", "access.product-by-id",
        ),
    )  # fmt: skip


def statement(identity: str, section: str, sql: str, element: str) -> Statement:
    return Statement(id=identity, section=section, sql=sql, element=element)


SCHEMA_SQL = {
    "table.users": "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY, email varchar(254) NOT NULL, "
    "password_hash text NOT NULL, CONSTRAINT pk_users PRIMARY KEY (id), CONSTRAINT uq_users_email UNIQUE (email))",
    "table.products": "CREATE TABLE products (id bigint GENERATED ALWAYS AS IDENTITY, price numeric(14,2) NOT NULL, "
    "CONSTRAINT pk_products PRIMARY KEY (id))",
    "table.orders": "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, user_id bigint NOT NULL, "
    "product_id bigint NOT NULL, total numeric(14,2) NOT NULL, placed_at timestamptz NOT NULL DEFAULT now(), "
    "CONSTRAINT pk_orders PRIMARY KEY (id), CONSTRAINT ck_orders_total CHECK (total >= 0), "
    "CONSTRAINT fk_orders_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT, "
    "CONSTRAINT fk_orders_product_id FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT)",
    "table.activities": "CREATE TABLE activities (id bigint GENERATED BY DEFAULT AS IDENTITY, user_id bigint NOT NULL, "
    "happened_at timestamptz NOT NULL DEFAULT now(), CONSTRAINT pk_activities PRIMARY KEY (user_id, id), "
    "CONSTRAINT fk_activities_user_id FOREIGN KEY (user_id) REFERENCES users (id)) PARTITION BY HASH (user_id)",
    "index.ix_orders_user_id": "CREATE INDEX ix_orders_user_id ON orders (user_id, placed_at)",
    "index.ix_orders_product_id": "CREATE INDEX ix_orders_product_id ON orders (product_id)",
}

DATASET = {
    "users": "INSERT INTO users (email, password_hash) SELECT 'u' || g || '@example.org', 'x' "
    "FROM generate_series(1, 1000) g",
    "products": "INSERT INTO products (price) SELECT g FROM generate_series(1, 10000) g",
    "orders": "INSERT INTO orders (user_id, product_id, total, placed_at) "
    "SELECT g % 1000 + 1, g % 2000 + 1, g, timestamptz '2026-01-01' + g * interval '1 minute' "
    "FROM generate_series(1, 10000) g",
    "activities": "INSERT INTO activities (id, user_id) SELECT g, g % 1000 + 1 FROM generate_series(1, 10000) g",
}


def schema_statements(partitions: int = 4) -> tuple[Statement, ...]:
    return (
        *(statement(name, "schema", sql, name) for name, sql in SCHEMA_SQL.items()),
        *(
            statement(f"query.{q.name}", "queries", f"PREPARE {q.name} (bigint) AS {q.sql}", f"query.{q.name}")
            for q in queries()
        ),
        *(
            statement(
                f"partition.activities_p{part}", "partitioning",
                f"CREATE TABLE activities_p{part} PARTITION OF activities "
                f"FOR VALUES WITH (MODULUS 4, REMAINDER {part})",
                "table.activities",
            )
            for part in range(partitions)
        ),
    )  # fmt: skip


def claim(identity: str, trial: Trial, element: str = "design", *serves: str) -> Claim:
    return Claim(id=identity, sentence=f"{identity} is so", element=element, serves=serves, trial=trial)


def executes(statements: Iterable[Statement]) -> tuple[Claim, ...]:
    return tuple(claim(f"{s.id}.executes", Executes(statement=s.id), s.element) for s in statements)


def balance(identity: str, left: float, right: float, element: str = "design") -> Claim:
    sides = [(Term(factors=(Input(name=n, value=v, source=n),)),) for n, v in (("needed", left), ("there", right))]
    return claim(identity, Balances(left=sides[0], relation="<=", right=sides[1]), element)


ORDER = "INSERT INTO orders (user_id, product_id, total) VALUES ({user}, 1, {total})"


def schema_claims() -> tuple[Claim, ...]:
    email = "INSERT INTO users (email, password_hash) VALUES ('u1@example.org', 'x')"
    orders = {
        "ck_orders_total": ("23514", ORDER.format(user=1, total=-1)),
        "fk_orders_user_id": ("23503", ORDER.format(user=-1, total=1)),
        "fk_orders_product_id": ("23503", "INSERT INTO orders (user_id, product_id, total) VALUES (1, -1, 1)"),
        "fk_activities_user_id": ("23503", "INSERT INTO activities (id, user_id) VALUES (1, -1)"),
        "uq_users_email": ("23505", email),
    }
    return (
        *executes(schema_statements()),
        claim("orders.accepts", Accepted(sql=(ORDER.format(user=1, total=0),), affects=1), "table.orders"),
        *(claim(f"orders.{n}", Refused(sql=(sql,), sqlstate=s), "table.orders") for n, (s, sql) in orders.items()),
        claim(
            "orders.counted", Returns(sql=("SELECT count(*), min(total) FROM orders",), rows=(("10000", "1.00"),)),
            "table.orders",
        ),
        *(
            claim(
                f"{q.name}.served",
                UsesIndex(query=q.name, arguments=("7",), table=q.table, index=q.index or ""), f"query.{q.name}",
                *q.serves,
            )
            for q in queries()
        ),
    )  # fmt: skip


def schema() -> SchemaDesign:
    return SchemaDesign(
        dialect="postgresql", floor="15", tables=tables(), indexes=indexes(), queries=queries(),
        statements=schema_statements(),
        dataset=tuple(statement(f"rows.{n}", "schema", sql, f"table.{n}") for n, sql in DATASET.items()),
        diagram="erDiagram", claims=schema_claims(),
    )  # fmt: skip


# caching and scaling


def caching() -> CachingPlan:
    entry = CacheEntry(
        name="get_product", layers=("in_process", "distributed"), key_pattern="stall:product:{id}",
        query="get_product", tables=("products",), ttl=figure("ttl", 60, "s"), staleness_seconds=60, items=1000,
        item_bytes=200, because="read often", origin=stated(10), serves=("access.product-by-id",),
        invalidations=(
            Invalidation(
                table="products", operations=("update", "delete"), event="product_changed",
                keys=("stall:product:{id}",), because="the row changed",
            ),
        ),
    )  # fmt: skip
    layer = CacheLayer(
        layer="distributed", product="Valkey", capacity=figure("capacity", 64, "MB"), because="two instances",
        origin=CONVENTION, serves=("performance.response-time",),
    )  # fmt: skip
    return CachingPlan(layers=(layer,), entries=(entry,), claims=(balance("caching.memory", 0.2, 64),))


def pool(name: str = "application", size: float = 20, instances: int = 4, **more: Any) -> Pool:
    return Pool(
        name=name, product=more.pop("product", "HikariCP"), purpose="requests", size=figure("size", size),
        instances=instances, origin=CONVENTION, serves=("performance.response-time",), **more,
    )  # fmt: skip


def setting(name: str, value: str) -> Setting:
    return Setting(name=name, value=value, figure=figure(name, float(value)), origin=CONVENTION)


def scaling() -> ScalingPlan:
    replica = Replica(
        name="reporting", purpose="reads", lag_tolerance_seconds=5, origin=CONVENTION,
        serves=("performance.response-time",),
    )  # fmt: skip
    return ScalingPlan(
        machine=Machine(memory_gb=8, cores=4),
        settings=(setting("max_connections", "100"),),
        pools=(pool(),),
        replicas=(replica,),
        claims=(
            balance("scaling.connections", 83, 100, "setting.max_connections"),
            claim("scaling.setting.max_connections", SettingAccepted(name="max_connections", value="100")),
        ),
    )


# security

OWN = "(SELECT nullif(current_setting('app.user_id', true), '')::bigint)"
MINE = {"users": "id", "orders": "user_id", "activities": "user_id"}
TRAIL = """CREATE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO audit_entries (table_name, operation) VALUES (tg_table_name, tg_op);
    RETURN NULL;
END
$$"""

SECURITY_SQL = {
    "role": "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stall_app') "
    "THEN CREATE ROLE stall_app NOLOGIN; END IF; END $$",
    "audit_entries": "CREATE TABLE audit_entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
    "table_name text NOT NULL, operation text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    "log_change": TRAIL,
    "trigger": "CREATE TRIGGER audit_orders AFTER INSERT OR UPDATE OR DELETE ON orders "
    "FOR EACH ROW EXECUTE FUNCTION log_change()",
    "grant": "GRANT SELECT, INSERT, UPDATE ON users, products, orders, activities TO stall_app",
} | {
    f"{kind}.{name}": sql
    for name, key in MINE.items()
    for kind, sql in (
        ("enable", f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"),
        ("policy", f"CREATE POLICY own_{name} ON {name} TO stall_app USING ({key} = {OWN})"),
    )
}

SECURITY_ROLLBACK = (
    *(f"DROP POLICY own_{name} ON {name}" for name in MINE),
    "REVOKE ALL ON users, products, orders, activities FROM stall_app",
    "DROP TRIGGER audit_orders ON orders",
    "DROP FUNCTION log_change",
    "DROP TABLE audit_entries",
    "DROP ROLE stall_app",
)


def security_statements() -> tuple[Statement, ...]:
    return tuple(statement(f"security.{n}", "security", sql, f"security.{n}") for n, sql in SECURITY_SQL.items())


def policy(of: str, using: str, **more: Any) -> Policy:
    return Policy(
        name=f"own_{of}", table=of, role="stall_app", command="all", using=using, origin=stated(8),
        serves=("security.own-rows",), **more,
    )  # fmt: skip


def security() -> SecurityPlan:
    granted = ("select", "insert", "update")
    seen = claim(
        "security.orders.own",
        Returns(
            sql=("SELECT count(*) FROM orders",), rows=(("10",),),
            session=Session(role="stall_app", settings=(("app.user_id", "7"),)),
        ),
        "policy.own_orders", "security.own-rows",
    )  # fmt: skip
    return SecurityPlan(
        roles=(Role(name="stall_app", purpose="the application", origin=CONVENTION),),
        grants=tuple(
            Grant(role="stall_app", table=t.name, privileges=granted, origin=CONVENTION) for t in tables()
        ),
        policies=tuple(policy(name, f"{key} = {OWN}") for name, key in MINE.items()),
        classifications=(
            Classification(
                table="users", column="password_hash", sensitivity="secret", treatment="argon2id in the application",
                origin=CONVENTION,
            ),
        ),
        audit=Audit(
            tables=("orders",), log_table="audit_entries", retention_days=365, origin=stated(8),
            serves=("security.audit",),
        ),
        statements=security_statements(),
        rollback=SECURITY_ROLLBACK,
        claims=(*executes(security_statements()), seen),
    )  # fmt: skip


# operations and migrations

CONNECTIONS = "SELECT count(*) AS busy FROM pg_stat_activity WHERE state = 'active'"


def test_case(category: str, *claims: str) -> TestCase:
    return TestCase(category=category, name=f"{category}_case", what=category, claims=claims, origin=CONVENTION)


def operations() -> OperationsPlan:
    watch = statement(
        "monitoring.busy_connections", "monitoring", f"PREPARE busy_connections AS {CONNECTIONS}", "monitoring.busy"
    )
    serves = ("performance.response-time", "availability.recovery-point")
    return OperationsPlan(
        backup=Backup(
            method="base backup and WAL archive", full_interval_hours=figure("full", 24, "h"),
            archive_interval_seconds=figure("archive", 60, "s"), recovery_point=figure("recovery point", 120, "s"),
            recovery_time=figure("recovery time", 1, "h"), retention_days=figure("kept", 14, "d"),
            restore_test="monthly", origin=stated(9), serves=("availability.recovery-point",),
        ),
        monitoring=(
            MonitoringQuery(
                name="busy_connections", title="busy", sql=CONNECTIONS, origin=CONVENTION, serves=serves
            ),
        ),
        alerts=(
            Alert(
                name="many_connections", query="busy_connections", metric="busy", threshold=figure("limit", 80),
                severity="ticket", runbook="look at pg_stat_activity", origin=CONVENTION, serves=serves,
            ),
        ),
        tests=(
            test_case("unit", "orders.accepts"),
            test_case("integration", "orders.counted"),
            test_case("performance", "list_orders.served"),
            test_case("data_quality", "orders.ck_orders_total"),
            test_case("security", "security.orders.own"),
            test_case("recovery", "operations.backup.recovery_point"),
        ),
        statements=(watch,),
        claims=(*executes((watch,)), balance("operations.backup.recovery_point", 120, 300, "operations.backup")),
    )  # fmt: skip


ROLLBACK = ("DROP TABLE activities", "DROP TABLE orders", "DROP TABLE products", "DROP TABLE users")


def migrations() -> MigrationPlan:
    made = [s.id for s in schema_statements() if s.section != "queries"]
    protected = [s.id for s in security_statements()]
    return MigrationPlan(
        migrations=(
            Migration(
                version="0001", title="schema", statements=tuple(made), rollback=";\n".join(ROLLBACK),
                origin=CONVENTION,
            ),
            Migration(
                version="0002", title="security", statements=tuple(protected),
                rollback=";\n".join(SECURITY_ROLLBACK), origin=CONVENTION,
            ),
        ),
        statements=(),
        claims=(claim("migrations.reverts", Reverts(rollbacks=(*SECURITY_ROLLBACK, *ROLLBACK)), "migrations"),),
    )  # fmt: skip


def design() -> Design:
    """The whole design, on a fixed date."""
    return Design(
        brief=Brief(project="stall", text=TEXT, date=dt.date(2026, 5, 17)),
        requirements=requirements(),
        schema_design=schema(),
        caching=caching(),
        scaling=scaling(),
        security=security(),
        operations=operations(),
        migrations=migrations(),
    )


# breaking it


def changed(whole: Design, part: str, **changes: Any) -> Design:
    """The design with fields of one part (`scaling`, `schema_design`, …) replaced."""
    return whole.model_copy(update={part: getattr(whole, part).model_copy(update=changes)})


def with_table(whole: Design, of: str, /, **changes: Any) -> Design:
    """The design with fields of one table replaced."""
    made = tuple(
        t.model_copy(update=changes) if t.name == of else t for t in whole.schema_design.tables
    )  # fmt: skip
    return changed(whole, "schema_design", tables=made)


def with_column(whole: Design, of: str, name: str, /, **changes: Any) -> Design:
    """The design with fields of one column replaced."""
    found = whole.schema_design.table(of)
    made = tuple(c.model_copy(update=changes) if c.name == name else c for c in found.columns)
    return with_table(whole, of, columns=made)


def with_key(whole: Design, of: str, column: str, **changes: Any) -> Design:
    """The design with fields of the foreign key on one column replaced."""
    found = whole.schema_design.table(of)
    made = tuple(k.model_copy(update=changes) if k.columns == (column,) else k for k in found.foreign_keys)
    return with_table(whole, of, foreign_keys=made)


def with_index(whole: Design, *more: Index) -> Design:
    return changed(whole, "schema_design", indexes=(*whole.schema_design.indexes, *more))


def with_claim(whole: Design, part: str, *more: Claim) -> Design:
    return changed(whole, part, claims=(*getattr(whole, part).claims, *more))


def without_claims(whole: Design, *parts_of_id: str) -> Design:
    """The design without the claims whose id holds one of these texts."""
    for part in ("schema_design", "caching", "scaling", "security", "operations", "migrations"):
        kept = tuple(c for c in getattr(whole, part).claims if not any(text in c.id for text in parts_of_id))
        whole = changed(whole, part, claims=kept)
    return whole


def without_statement(whole: Design, part: str, identity: str) -> Design:
    kept = tuple(s for s in getattr(whole, part).statements if s.id != identity)
    return changed(whole, part, statements=kept)


def light(whole: Design) -> Design:
    """The design as one of tier small."""
    return changed(whole, "requirements", tier="small")


def omission(subject: str, reason: str) -> Omission:
    return Omission(subject=subject, reason=reason, origin=CONVENTION, serves=("performance.response-time",))
