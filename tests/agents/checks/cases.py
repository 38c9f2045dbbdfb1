"""For each check: designs that it must refuse, with place and words of its finding, and designs that must pass."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from contracts.base import Decision, Input
from contracts.claims import (
    Accepted,
    Balances,
    CacheCase,
    Coherent,
    Executes,
    Invalidates,
    Reverts,
    SettingAccepted,
    Term,
)
from contracts.operations import Environment
from contracts.plan import Design
from contracts.requirements import AccessPattern, Attribute, OpenQuestion, Relationship, Requirement, Retention, Rule
from contracts.scaling import Growth, Route
from contracts.schema import Check, Column, Exclusion, IndexKey, Lifecycle, Query, Table, Total, Unique
from tests.agents import designs as d

Break = Callable[[Design], Design]

__all__ = ["FAILS", "PASSES", "Case"]


class Case(NamedTuple):
    """What is done to the valid design, and what the finding must name."""

    check: str
    name: str
    broken: Break
    element: str = ""
    words: str = ""


def requirement(identity: str, kind: str, text: str = "as asked") -> Requirement:
    return Requirement(id=identity, kind=kind, text=text, origin=d.stated(2))


def asking(whole: Design, *more: Requirement) -> Design:
    return d.changed(whole, "requirements", requirements=(*whole.requirements.requirements, *more))


def ruled(whole: Design, kind: str, *attributes: str, **more: Any) -> Design:
    rule = Rule(id="rule.new", text="as ruled", kind=kind, entity="order", attributes=attributes, origin=d.stated(6),
                **more)  # fmt: skip
    return d.changed(whole, "requirements", rules=(rule,))


def checked(whole: Design, **check: Any) -> Design:
    made = Check(name="ck_new", expression="true", origin=d.CONVENTION, **check)
    return d.with_table(whole, "orders", checks=(*whole.schema_design.table("orders").checks, made))


def dated(whole: Design) -> Design:
    """With a date beside the moment at which an order is placed."""
    table = whole.schema_design.table("orders")
    return d.with_table(whole, "orders", columns=(*table.columns, d.column("due", "date", "date")))


def unique(whole: Design, of: str, *columns: str) -> Design:
    return d.with_table(whole, of, uniques=(Unique(name="uq_new", columns=columns, origin=d.CONVENTION),))


def excluded(whole: Design, **more: Any) -> Design:
    made = Exclusion(name="ex_orders", start="placed_at", end="placed_at", origin=d.CONVENTION, **more)
    return d.with_table(whole, "orders", exclusions=(made,))


def living(whole: Design, **more: Any) -> Design:
    life = Lifecycle(name="orders_life", table="orders", origin=d.CONVENTION, **{"column": "total", **more})
    return d.changed(whole, "schema_design", lifecycles=(life,))


def summed(whole: Design) -> Design:
    total = Total(name="orders_total", table="orders", column="total", child="orders", reference="user_id",
                  terms=("total",), operator="=", origin=d.CONVENTION, serves=("rule.new",))  # fmt: skip
    return d.changed(whole, "schema_design", totals=(total,))


def tied(whole: Design, owner: str) -> Design:
    keys = whole.schema_design.table("orders").foreign_keys
    made = (k.model_copy(update={"agreeing": ((owner, "id"),)}) if k.columns == ("product_id",) else k for k in keys)
    return d.with_table(whole, "orders", foreign_keys=tuple(made))


def related(whole: Design, cardinality: str, parent: str, child: str) -> Design:
    more = Relationship(parent=parent, child=child, cardinality=cardinality, origin=d.stated(3))
    return d.changed(whole, "requirements", relationships=(*whole.requirements.relationships, more))


def partitioned(whole: Design, *parts: Any, **more: Any) -> Design:
    key = ("id", "happened_at")
    indexed = d.with_index(whole, d.index("ix_activities_user_id", "activities", "user_id"))
    return d.with_table(indexed, "activities", partitioning=d.by_month(*parts, **more), primary_key=key)


def hashed(whole: Design, *parts: Any) -> Design:
    found = whole.schema_design.table("activities").partitioning
    assert found is not None
    return d.with_table(whole, "activities", partitioning=found.model_copy(update={"partitions": parts}))


def queried(whole: Design, name: str, **changes: Any) -> Design:
    made = tuple(
        q.model_copy(update=changes) if q.name == name else q for q in whole.schema_design.queries
    )  # fmt: skip
    return d.changed(whole, "schema_design", queries=made)


def cached(whole: Design, **changes: Any) -> Design:
    return d.changed(whole, "caching", entries=(whole.caching.entries[0].model_copy(update=changes),))


def invalidated(whole: Design, *operations: str) -> Design:
    found = whole.caching.entries[0].invalidations[0].model_copy(update={"operations": operations})
    return cached(whole, invalidations=(found,))


def guarded(whole: Design, using: str) -> Design:
    kept = tuple(p for p in whole.security.policies if p.table != "orders")
    return d.changed(whole, "security", policies=(*kept, d.policy("orders", using)))


def granted(whole: Design, **changes: Any) -> Design:
    made = whole.security.grants[0].model_copy(update={"role": "stall_readonly", "privileges": ("select",), **changes})
    return d.changed(whole, "security", grants=(*whole.security.grants, made))


def backed_up(whole: Design, **changes: Any) -> Design:
    return d.changed(whole, "operations", backup=whole.operations.backup.model_copy(update=changes))


def configured(whole: Design, **values: str) -> Design:
    """With these settings beside max_connections, their figures as they are spelled."""
    made = tuple(
        d.setting("max_connections", "1").model_copy(update={"name": n, "value": v}) for n, v in values.items()
    )
    return d.changed(whole, "scaling", settings=(*whole.scaling.settings, *made))


def produced(whole: Design, **values: str) -> Design:
    """With a production environment whose server has these settings."""
    made = Environment(name="production", groups=(("postgresql", tuple(values.items())),), origin=d.CONVENTION)
    return d.changed(whole, "operations", environments=(made,))


def aiming(whole: Design, **targets: Any) -> Design:
    found = whole.requirements.targets.model_copy(update=targets)
    return d.changed(whole, "requirements", targets=found)


def figured(whole: Design, formula: str, value: float, *inputs: Input) -> Design:
    """The recovery time by this formula of these inputs."""
    made = d.figure("recovery time", 1, "h").model_copy(update={"formula": formula, "value": value, "inputs": inputs})
    return backed_up(whole, recovery_time=made)


def sourced(whole: Design, name: str, value: float, source: str) -> Design:
    return figured(whole, name, value, Input(name=name, value=value, source=source))


def grown(whole: Design, rows: float, **changes: Any) -> Design:
    """Activities with so many rows and a byte in each after a year."""
    size = d.figure("bytes", rows, "bytes")
    made = Growth(table="activities", years=1, rows=d.figure("rows", rows), heap_bytes=size,
                  index_bytes=d.figure("bytes", 0, "bytes"), origin=d.CONVENTION)  # fmt: skip
    return d.changed(whole, "scaling", growth=(made,), **changes)


def pooled(whole: Design, **settings: str) -> Design:
    """20 connections for each of four instances and one more, behind a pooler of 30."""
    told = {"default_pool_size": "30", "max_db_connections": "30", "max_client_conn": "125", **settings}
    made = d.pool("pgbouncer", 30, 1, settings=tuple((name, value) for name, value in told.items() if value))
    return d.changed(whole, "scaling", pools=(d.pool(), made))


def logged(whole: Design, rows: float, **changes: Any) -> Design:
    """So many entries in the trail of orders after a year."""
    made = d.with_table(grown(whole, rows, **changes), "orders", rows_per_day=100.0)
    growth = made.scaling.growth[0].model_copy(update={"table": "audit_log"})
    return d.changed(made, "scaling", growth=(growth,))


def asked(table: str) -> OpenQuestion:
    return OpenQuestion(id=f"question.{table}", question=f"How long are the rows of {table} kept?", reading="for good")


def layered(whole: Design, **changes: Any) -> Design:
    return d.changed(whole, "caching", layers=(whole.caching.layers[0].model_copy(update=changes),))


def local(whole: Design, product: str, name: str, life: str) -> Design:
    layer = whole.caching.layers[0].model_copy(
        update={"layer": "in_process", "product": product, "settings": ((name, life),)}
    )
    return d.changed(cached(whole, ttl=d.figure("ttl", 50, "s")), "caching", layers=(*whole.caching.layers, layer))


def kept_for(whole: Design, days: int) -> Design:
    rule = Retention(entity="activity", days=days, basis="the brief", origin=d.stated(11))
    return d.changed(whole, "requirements", retention=(rule,))


def said(whole: Design, sql: str) -> Design:
    more = d.statement("monitoring.more", "monitoring", sql, "monitoring.more")
    return d.changed(whole, "operations", statements=(*whole.operations.statements, more))


def without_policy(whole: Design, table: str) -> Design:
    kept = tuple(p for p in whole.security.policies if p.table != table)
    return d.changed(whole, "security", policies=kept)


def migrated(whole: Design, **changes: Any) -> Design:
    first, *rest = whole.migrations.migrations
    return d.changed(whole, "migrations", migrations=(first.model_copy(update=changes), *rest))


def first_origin(whole: Design, **changes: Any) -> Design:
    first, *rest = whole.requirements.requirements
    made = first.model_copy(update={"origin": first.origin.model_copy(update=changes)})
    return d.changed(whole, "requirements", requirements=(made, *rest))


def ordered_by(whole: Design, *keys: IndexKey, name: str = "ix_new", **more: Any) -> Design:
    made = d.index(name, "orders", **more).model_copy(update={"keys": keys})
    return d.with_index(whole, made)


def described(whole: Design, name: str, **attribute: Any) -> Design:
    """The order is given an attribute that the column of this name has to keep."""
    made = Attribute(name=name, label=name, origin=d.stated(6), **{"type": "money", **attribute})
    entities = tuple(
        e.model_copy(update={"attributes": (made,)}) if e.name == "order" else e for e in whole.requirements.entities
    )
    return d.changed(whole, "requirements", entities=entities)


def with_columns(whole: Design, of: str, *columns: Column, **more: Any) -> Design:
    table = whole.schema_design.table(of)
    return d.with_table(whole, of, columns=(*table.columns, *columns), **more)


def lined(whole: Design, *more: Column) -> Design:
    """Orders with lines of quantity and price, which belong to them."""
    made = d.table(
        "order_lines", "order_line", "transaction", d.key_column(), d.column("order_id", "bigint", "integer"),
        d.column("quantity", "integer", "integer"), d.column("unit_price", "numeric(14,2)", "money"), *more,
        serves=("entity.order",), foreign_keys=(d.reference("order_lines", "order_id", "orders", on_delete="cascade"),),
    )  # fmt: skip
    owned = Relationship(parent="order", child="order_line", cardinality="one_to_many", owned=True, origin=d.stated(3))
    related = (*whole.requirements.relationships, owned)
    grown = d.changed(whole, "schema_design", tables=(*whole.schema_design.tables, made))
    return d.changed(grown, "requirements", relationships=related)


def making(whole: Design, *more: Query) -> Design:
    """Orders with lines, and a statement that makes an order."""
    asked = AccessPattern(
        id="access.make-order", text="make an order", entity="order", kind="write", origin=d.stated(10)
    )
    made = Query(name="create_orders", title="make an order", access=asked.id, kind="write", table="orders",
                 tables=("orders",), sql="INSERT INTO orders (total) VALUES ($1)", origin=d.stated(10))  # fmt: skip
    grown = d.changed(lined(whole), "schema_design", queries=(*whole.schema_design.queries, made, *more))
    return d.changed(grown, "requirements", access_patterns=(*whole.requirements.access_patterns, asked))


def lines_of(command: str) -> Query:
    return Query(name="create_lines", title="its lines", access="access.make-order", kind="write", table="order_lines",
                 tables=("order_lines",), sql="INSERT INTO order_lines (order_id) VALUES ($1)", part_of=command,
                 origin=d.stated(10))  # fmt: skip


def addressed(whole: Design, *more: Column, **changed: Any) -> Design:
    """Orders that go to an address of their user."""
    there = d.table(
        "addresses", "address", "master", d.key_column(), d.column("user_id", "bigint", "integer"),
        d.column("label", "text", "text"), d.column("line1", "text", "text"), d.column("city", "text", "text"),
        serves=("entity.user",), foreign_keys=(d.reference("addresses", "user_id", "users"),),
    )  # fmt: skip
    orders = whole.schema_design.table("orders")
    keys = (*orders.foreign_keys, d.reference("orders", "billing_address_id", "addresses"))
    made = with_columns(whole, "orders", d.column("billing_address_id", "bigint", "integer"), *more, foreign_keys=keys)
    made = d.with_table(made, "orders", **changed)
    return d.changed(made, "schema_design", tables=(*made.schema_design.tables, there))


LINES = (d.column("billing_address_line1", "text", "text"), d.column("billing_address_city", "text", "text"))


def linking(whole: Design, **more: Any) -> Design:
    """A junction of users and products."""
    made = d.table(
        "favourites", None, "junction", d.column("user_id", "bigint", "integer"),
        d.column("product_id", "bigint", "integer"), serves=("entity.user",), **{
            "primary_key": ("user_id", "product_id"), "foreign_keys": (
                d.reference("favourites", "user_id", "users"), d.reference("favourites", "product_id", "products")),
            **more,
        },
    )  # fmt: skip
    return d.changed(whole, "schema_design", tables=(*whole.schema_design.tables, made))


def copying(whole: Design, nature: str = "transaction") -> Design:
    """Orders with the price of their product in a column that names both."""
    more = d.column("product_price", "numeric(14,2)", "money", comment="Unit: EUR")
    return d.with_table(with_columns(whole, "orders", more), "orders", nature=nature)


def excused(whole: Design, table: str, columns: str) -> Design:
    made = Decision(id=f"decision.copy.{table}", topic="copies", choice=columns, because="kept", origin=d.CONVENTION)
    return d.changed(whole, "schema_design", decisions=(made,))


def routed(whole: Design, lag: int, target: str = "reporting") -> Design:
    route = Route(query="get_product", target=target, fallback="none", lag_tolerance_seconds=lag, because="as routed",
                  origin=d.CONVENTION)  # fmt: skip
    return d.changed(whole, "scaling", routes=(route,))


def log() -> Table:
    return d.table("notes", None, "event", d.key_column(), serves=("entity.order",))


JAN = d.range_partition("activities_01", "2026-01-01", "2026-05-01")
MAY = d.range_partition("activities_05", "2026-05-01", "2026-06-01")
JUNE = d.range_partition("activities_06", "2026-06-01", "2026-07-01")
PARTS = tuple(d.hash_partition(4, part) for part in range(4))
USER, PLACED = IndexKey(column="user_id"), IndexKey(column="placed_at")

FAILS = (
    Case("unindexed-foreign-key", "no index at all",
         lambda w: d.changed(w, "schema_design", indexes=w.schema_design.indexes[:1]),
         "foreign_key.orders.fk_orders_product_id",
         'Table "orders" references "products" by "product_id", and no index starts with "product_id".'),
    Case("unindexed-foreign-key", "the column stands second",
         lambda w: d.with_index(d.changed(w, "schema_design", indexes=w.schema_design.indexes[:1]),
                                d.index("ix_new", "orders", "total", "product_id"))),
    Case("unindexed-foreign-key", "a partial index misses rows",
         lambda w: d.with_index(d.changed(w, "schema_design", indexes=w.schema_design.indexes[:1]),
                                d.index("ix_new", "orders", "product_id", where="total > 5"))),
    Case("missing-primary-key", "none", lambda w: d.with_table(w, "orders", primary_key=()), "table.orders",
         'Table "orders" has no primary key'),
    Case("missing-primary-key", "over a column that may be NULL",
         lambda w: d.with_column(w, "orders", "id", nullable=True), "table.orders", '"id"'),
    Case("redundant-index", "prefix of another", lambda w: ordered_by(w, USER), "index.ix_new",
         'is a prefix of "ix_orders_user_id"'),
    Case("redundant-index", "the same backwards", lambda w: ordered_by(w, IndexKey(column="user_id", descending=True)),
         "index.ix_new"),
    Case("redundant-index", "prefix of the primary key", lambda w: d.with_index(w, d.index("ix_new", "orders", "id")),
         "index.ix_new", "primary key"),
    Case("redundant-index", "twins", lambda w: ordered_by(w, USER, PLACED, name="ix_z"), "index.ix_z"),
    Case("index-without-query", "no query, no key", lambda w: d.with_index(w, d.index("ix_new", "orders", "total")),
         "index.ix_new", '"ix_new" on "orders"'),
    Case("index-without-query", "a query that does not exist",
         lambda w: d.with_index(w, d.index("ix_new", "orders", "total", queries=("gone",))), "index.ix_new"),
    Case("hash-partition-gap", "one left out", lambda w: hashed(w, *PARTS[1:]), "table.activities", "cover 3/4"),
    Case("hash-partition-gap", "whole sum with an overlap",
         lambda w: hashed(w, d.hash_partition(2, 0), d.hash_partition(4, 0), d.hash_partition(4, 2))),
    Case("hash-partition-gap", "the SQL says another remainder",
         lambda w: hashed(w, *PARTS[:3], PARTS[3].model_copy(update={"bounds": PARTS[2].bounds})), "", "activities_p3"),
    Case("hash-partition-gap", "no partitions", hashed),
    Case("range-partition-gap", "a gap", lambda w: partitioned(w, JAN, MAY, d.range_partition(
        "activities_07", "2026-07-01", "2026-08-01"), d.DEFAULT), "table.activities", "a gap between"),
    Case("range-partition-gap", "an overlap", lambda w: partitioned(w, MAY, d.range_partition(
        "activities_x", "2026-05-20", "2026-06-01"), d.DEFAULT), "", "an overlap between"),
    Case("range-partition-gap", "no default", lambda w: partitioned(w, MAY, JUNE), "", "no default partition"),
    Case("range-partition-gap", "the run's date outside", lambda w: partitioned(w, JUNE, d.DEFAULT), "", "2026-05-17"),
    Case("range-partition-gap", "ends before it starts", lambda w: partitioned(w, MAY, d.range_partition(
        "activities_x", "2026-09-01", "2026-08-01"), d.DEFAULT), "", "ends before"),
    Case("range-partition-gap", "no range in its SQL", lambda w: partitioned(w, MAY, d.hash_partition(4, 1), d.DEFAULT),
         "", "no range"),
    Case("partition-key-outside-primary-key", "primary key",
         lambda w: d.with_table(w, "activities", primary_key=("id",)), "table.activities", "its primary key lacks"),
    Case("partition-key-outside-primary-key", "unique", lambda w: unique(w, "activities", "id"), "", "uq_new"),
    Case("float-money", "double", lambda w: d.with_column(w, "orders", "total", sql_type="double precision"),
         "column.orders.total", "binary float"),
    Case("float-money", "real", lambda w: d.with_column(w, "products", "price", sql_type="REAL")),
    Case("timestamp-without-time-zone", "bare", lambda w: d.with_column(w, "orders", "placed_at", sql_type="timestamp"),
         "column.orders.placed_at"),
    Case("timestamp-without-time-zone", "spelled out",
         lambda w: d.with_column(w, "orders", "placed_at", sql_type="timestamp(3) without time zone")),
    Case("reserved-word-name", "table", lambda w: d.with_table(w, "orders", name="order"), "table.order"),
    Case("reserved-word-name", "column", lambda w: d.with_column(w, "orders", "total", name="limit"),
         "column.orders.limit"),
    Case("identifier-too-long", "a function", lambda w: said(w, f"CREATE FUNCTION f{'x' * 63}() …"), "monitoring.more",
         "64 bytes"),
    Case("foreign-key-type-mismatch", "types", lambda w: d.with_column(w, "orders", "user_id", sql_type="integer"),
         "foreign_key.orders.fk_orders_user_id", '"user_id" is integer, but "id" is bigint'),
    Case("foreign-key-type-mismatch", "no such table", lambda w: d.with_key(w, "orders", "user_id", references="gone"),
         "", 'no table "gone"'),
    Case("foreign-key-type-mismatch", "no key there",
         lambda w: d.with_key(d.with_column(w, "users", "email", sql_type="bigint"), "orders", "user_id",
                              references="products", referenced_columns=("price",)), "", "price"),
    Case("foreign-key-type-mismatch", "no such column",
         lambda w: d.with_key(w, "orders", "user_id", referenced_columns=("gone",)), "", '"gone" does not exist'),
    Case("nullable-unique-column", "one of two",
         lambda w: d.with_column(unique(w, "orders", "user_id", "total"), "orders", "total", nullable=True),
         "unique.orders.uq_new", '"total"'),
    Case("cascade-on-business-records", "orders", lambda w: d.with_key(w, "orders", "user_id", on_delete="cascade"),
         "foreign_key.orders.fk_orders_user_id", 'Deleting a row of "users"'),
    Case("entity-without-table", "none", lambda w: d.with_table(w, "products", entity=None), "entity.product",
         'Entity "Product" has no tables'),
    Case("entity-without-table", "two", lambda w: d.with_table(w, "products", entity="user"), "entity.user",
         "2 tables"),
    Case("entity-without-table", "unknown", lambda w: d.with_table(w, "products", entity="ghost"), "table.products"),
    Case("relationship-without-foreign-key", "dropped", lambda w: d.with_table(w, "orders", foreign_keys=()),
         "relationship.user-order", '"user" and "order"'),
    Case("relationship-without-foreign-key", "twice related",
         lambda w: related(w, "one_to_many", "user", "order"), "relationship.user-order", "1 of 2 foreign keys"),
    Case("relationship-without-foreign-key", "no junction",
         lambda w: related(w, "many_to_many", "product", "activity"), "", "junction"),
    Case("rule-not-enforced", "no CHECK", lambda w: d.with_table(w, "orders", checks=()), "rule.total",
         "The total of an order is never negative"),
    Case("rule-not-enforced", "a weaker CHECK", lambda w: checked(d.with_table(w, "orders", checks=()), kind="range",
         column="total", minimum=Decimal(-1)), "rule.total"),
    Case("rule-not-enforced", "the bound itself passes", lambda w: ruled(w, "range", "total", minimum=Decimal(0),
         exclusive_minimum=True), "rule.new"),
    Case("rule-not-enforced", "no upper bound", lambda w: ruled(w, "range", "total", maximum=Decimal(5))),
    Case("rule-not-enforced", "more values than allowed", lambda w: checked(ruled(w, "allowed", "total", values=("1",)),
         kind="one_of", column="total", values=("1", "2"))),
    Case("rule-not-enforced", "compared the other way", lambda w: checked(ruled(w, "comparison", "id", "total",
         operator="<"), kind="ordered", column="id", other="total", operator="<=")),
    Case("rule-not-enforced", "a leeway that no zone explains", lambda w: checked(ruled(dated(w), "comparison", "due",
         "placed_at", operator="<="), kind="ordered", column="due", other="placed_at", operator="<=", leeway_days=2),
         "rule.new"),
    Case("rule-not-enforced", "a leeway although the zone is known", lambda w: checked(ruled(dated(w), "comparison",
         "due", "placed_at", operator="<="), kind="ordered", column="due", other="placed_at", operator="<=",
         zone="Europe/Berlin", leeway_days=1), "rule.new"),
    Case("rule-not-enforced", "a leeway between moments", lambda w: checked(ruled(w, "comparison", "placed_at",
         "placed_at", operator="<="), kind="ordered", column="placed_at", other="placed_at", operator="<=",
         leeway_days=1), "rule.new"),
    Case("rule-not-enforced", "unique over more", lambda w: unique(ruled(w, "unique", "total"), "orders", "total",
         "user_id")),
    Case("rule-not-enforced", "unique for some rows", lambda w: d.with_index(ruled(w, "unique", "total"),
         d.index("uq_new", "orders", "total", unique=True, where="total > 1"))),
    Case("rule-not-enforced", "overlap for another key", lambda w: excluded(ruled(w, "no_overlap", "user", "placed_at",
         "placed_at"), equal=("product_id",))),
    Case("rule-not-enforced", "nothing asks for the value", lambda w: ruled(d.with_column(w, "orders", "total",
         nullable=True), "conditional", "id", "total", minimum=Decimal(1)), "rule.new", "enforces the rule"),
    Case("rule-not-enforced", "asked for in fewer states", lambda w: checked(ruled(d.with_column(w, "orders", "total",
         nullable=True), "conditional", "id", "total", values=("1", "2")), kind="required_when", column="total",
         other="id", values=("1",)), "rule.new"),
    Case("rule-not-enforced", "asked for from a larger amount on", lambda w: checked(ruled(d.with_column(w, "orders",
         "total", nullable=True), "conditional", "id", "total", minimum=Decimal(1)), kind="required_when",
         column="total", other="id", minimum=Decimal(9)), "rule.new"),
    Case("rule-not-enforced", "no trigger sums", lambda w: ruled(w, "sum", "total", operator="=", child="order",
         terms=("total",), serves=("rule.new",)), "rule.new", "No trigger keeps the sum"),
    Case("rule-not-enforced", "no trigger keeps the moves", lambda w: ruled(w, "state", "total", transitions=(
         ("a", "b"),)), "rule.new", "No constraint"),
    Case("rule-not-enforced", "a move that the trigger does not know", lambda w: living(ruled(
        w, "state", "total", transitions=(("a", "b"), ("b", "c"))), moves=(("a", "b"),)), "rule.new"),
    Case("rule-not-enforced", "nothing freezes", lambda w: living(ruled(w, "immutable", "total", values=("b",)),
         moves=(("a", "b"),)), "rule.new"),
    Case("rule-not-enforced", "another column is frozen", lambda w: living(ruled(w, "immutable", "total", values=(
        "b",)), frozen=("b",), columns=("placed_at",), column="id"), "rule.new"),
    Case("rule-not-enforced", "nobody counts", lambda w: ruled(w, "capacity", "user", maximum=Decimal(3)), "rule.new",
         "Nothing counts"),
    Case("rule-not-enforced", "two references that nothing ties", lambda w: ruled(w, "agreement", "product", "user"),
         "rule.new", "No constraint"),
    Case("rule-not-enforced", "tied to another owner", lambda w: tied(ruled(w, "agreement", "product", "user"), "id"),
         "rule.new"),
    Case("query-without-index", "none", lambda w: queried(w, "list_orders", index=None), "query.list_orders",
         '"orders" without an index'),
    Case("query-without-index", "one that is not made", lambda w: queried(w, "list_orders", index="ix_gone"), "",
         '"ix_gone", which the design does not make'),
    Case("index-claim-missing", "index", lambda w: d.without_claims(w, "list_orders.served"),
         "index.ix_orders_user_id"),
    Case("index-claim-missing", "query", lambda w: d.without_claims(w, "get_product.served"), "query.get_product"),
    Case("constraint-claim-missing", "check", lambda w: d.without_claims(w, "ck_orders_total"),
         "check.orders.ck_orders_total", '"ck_orders_total" of "orders"'),
    Case("constraint-claim-missing", "unique", lambda w: d.without_claims(w, "uq_users_email"), "", "uq_users_email"),
    Case("constraint-claim-missing", "foreign key", lambda w: d.without_claims(w, "fk_orders_user_id"), "", "23503"),
    Case("constraint-claim-missing", "exclusion", lambda w: excluded(w, equal=("user_id",)), "", "23P01"),
    Case("statement-claim-missing", "none", lambda w: d.without_claims(w, "table.users.executes"), "table.users",
         '"table.users" (schema)'),
    Case("statement-claim-missing", "of no statement",
         lambda w: d.with_claim(w, "caching", d.claim("x.executes", Executes(statement="gone"))), "x.executes", "gone"),
    Case("statement-claim-missing", "one id twice",
         lambda w: said(w, "SELECT 1").model_copy(update={"security": w.security.model_copy(update={
             "statements": (*w.security.statements, w.operations.statements[0])})}), "", "2 statements have the id"),
    Case("setting-claim-missing", "another value", lambda w: d.changed(
        w, "scaling", settings=(d.setting("max_connections", "120"),)), "setting.max_connections", "= 120"),
    Case("claim-that-cannot-fail", "the same figures on both sides", lambda w: d.with_claim(
        w, "caching", d.claim("same", d.balance("x", 1, 2).trial.model_copy(  # type: ignore[union-attr]
            update={"right": d.balance("x", 1, 2).trial.left}))), "claim.same", "both sides"),  # type: ignore[union-attr]
    Case("claim-that-cannot-fail", "an empty side", lambda w: d.with_claim(
        w, "caching", d.claim("empty", d.balance("x", 1, 2).trial.model_copy(update={"left": ()}))), "claim.empty"),
    Case("claim-that-cannot-fail", "SQL of no design", lambda w: d.with_claim(
        w, "caching", d.claim("one", Accepted(sql=("SELECT 1",)))), "claim.one", "names nothing"),
    Case("claim-that-cannot-fail", "no rollback", lambda w: d.with_claim(
        w, "migrations", d.claim("undo", Reverts(rollbacks=()))), "claim.undo"),
    Case("secret-in-cache", "named", lambda w: d.with_column(w, "products", "price", sensitivity="payment"),
         "cache_entry.get_product", "products.price is payment"),
    Case("secret-in-cache", "all columns", lambda w: queried(
        d.with_column(w, "products", "price", sensitivity="secret"), "get_product",
        sql="SELECT p.* FROM products p WHERE p.id = $1")),
    Case("cache-without-invalidation", "no delete", lambda w: invalidated(w, "update"), "cache_entry.get_product",
         'No delete on "products"'),
    Case("cache-without-invalidation", "a parent's cascade", lambda w: d.with_table(w, "products", foreign_keys=(
        d.reference("products", "id", "users", on_delete="cascade"),)), "", 'No delete on "users"'),
    Case("cache-without-invalidation", "lists grow", lambda w: queried(w, "get_product", kind="list"), "",
         'No insert on "products"'),
    Case("cache-without-invalidation", "a joined child", lambda w: queried(
        w, "get_product", tables=("products", "orders")), "", 'No insert on "orders"'),
    Case("cache-without-invalidation", "a trigger's total", lambda w: d.changed(w, "schema_design", totals=(Total(
        name="price_of_orders", table="products", column="price", child="orders", reference="id", terms=("id",),
        operator="=", origin=d.CONVENTION),)), "", 'No insert on "orders"'),
    Case("cache-without-invalidation", "a parent that is shown and emptied", lambda w: d.with_table(
        w, "products", foreign_keys=(d.reference("products", "id", "users", on_delete="set null"),)), "",
         'No delete on "users"'),
    Case("claim-that-cannot-fail", "a cached answer that nobody reads", lambda w: d.with_claim(
        w, "caching", d.claim("stale", Invalidates(caches=(), stale=(), case=CacheCase(
            table="products", operation="delete", made=(), sql="DELETE FROM products", reads=())))), "claim.stale"),
    Case("claim-that-cannot-fail", "a history of nothing", lambda w: d.with_claim(
        w, "caching", d.claim("coherent", Coherent(caches=(), cases=(), stale=()))), "claim.coherent"),
    Case("connections-exceed-maximum", "pools", lambda w: d.changed(w, "scaling", pools=(d.pool(), d.pool("batch", 18,
         1))), "setting.max_connections", "need 101 connections, and max_connections is 100"),
    Case("connections-exceed-maximum", "the default maximum", lambda w: d.changed(
        w, "scaling", settings=(), pools=(d.pool(size=30),)), "", "max_connections is 100"),
    Case("connections-exceed-maximum", "an empty pool", lambda w: d.changed(w, "scaling", pools=(d.pool(size=0),)),
         "pool.application"),
    Case("unjustified-component", "replica", lambda w: d.light(first_performance(w)), "read-replica.reporting"),
    Case("unjustified-component", "cache", lambda w: d.light(first_performance(w)), "distributed-cache.valkey"),
    Case("unjustified-component", "partitions", lambda w: d.light(d.with_table(w, "activities", partitioning=(
        w.schema_design.table("activities").partitioning.model_copy(  # type: ignore[union-attr]
            update={"serves": ("entity.activity",)})))), "partitioned-table.activities"),
    Case("unjustified-component", "pooler", lambda w: d.light(d.changed(first_performance(w), "scaling", pools=(
        d.pool(product="PgBouncer 1.24"),))), "connection-pool.application"),
    Case("unjustified-component", "a trail in a large project", lambda w: d.changed(w, "security", audit=(
        w.security.audit.model_copy(update={"serves": ("entity.order",)}))),  # type: ignore[union-attr]
        "audit-trail.audit_entries"),
    Case("unjustified-component", "a policy in a large project", lambda w: d.changed(w, "security", policies=(
        d.policy("orders", "true").model_copy(update={"serves": ("entity.order",)}),)), "row-level-policy.own_orders"),
    Case("unjustified-component", "a replica in a large project", lambda w: d.changed(w, "scaling", replicas=tuple(
        r.model_copy(update={"serves": ("entity.order",)}) for r in w.scaling.replicas)), "read-replica.reporting"),
    Case("unexplained-absence", "no cache", lambda w: d.changed(w, "caching", layers=(), entries=()), "omission.cache"),
    Case("unexplained-absence", "no figure", lambda w: d.changed(
        w, "scaling", replicas=(), omissions=(d.omission("read replicas", "not needed"),)), "omission.read-replica",
        "no figure"),
    Case("unexplained-absence", "in-process only", lambda w: d.changed(w, "caching", layers=(
        w.caching.layers[0].model_copy(update={"layer": "in_process"}),)), "omission.distributed-cache"),
    Case("unexplained-absence", "pools", lambda w: d.changed(w, "scaling", pools=()), "omission.connection-pool"),
    Case("unexplained-absence", "partitions", lambda w: d.with_table(w, "activities", partitioning=None),
         "omission.partitioned-table"),
    Case("unclassified-secret", "none", lambda w: d.changed(w, "security", classifications=()),
         "column.users.password_hash", "secret data without a treatment"),
    Case("unclassified-secret", "as something milder", lambda w: d.with_column(
        w, "users", "password_hash", sensitivity="health"), "", "health"),
    Case("secret-readable", "whole table", granted, "grant.stall_readonly.users", '"password_hash"'),
    Case("secret-readable", "named", lambda w: granted(w, columns=("id", "password_hash"))),
    Case("rls-table-without-policy", "a child", lambda w: without_policy(w, "orders"), "table.orders",
         '"orders" belongs to a row of "users"'),
    Case("rls-table-without-policy", "the owner", lambda w: without_policy(w, "users"), "table.users"),
    Case("rls-table-without-policy", "nobody owns anything", lambda w: d.changed(
        d.changed(w, "security", policies=()), "requirements",
        protection=w.requirements.protection.model_copy(update={"owner": None})), "policies"),
    Case("unindexed-policy", "total", lambda w: guarded(w, f"total = {d.OWN}"), "policy.orders.own_orders", '"total"'),
    Case("setting-read-per-row", "bare", lambda w: guarded(w, "user_id = current_setting('app.user_id', true)::bigint"),
         "policy.orders.own_orders", "for every row"),
    Case("setting-read-per-row", "an error when missing", lambda w: guarded(
        w, "user_id = (SELECT current_setting('app.user_id')::bigint)"), "", "never made"),
    Case("audit-missing", "no audit", lambda w: d.changed(w, "security", audit=None), "audit", "asks for an audit"),
    Case("audit-missing", "another table", lambda w: d.changed(w, "security", audit=w.security.audit.model_copy(  # type: ignore[union-attr]
        update={"tables": ("users",)})), "table.orders", "no audit trail"),
    Case("audit-missing", "no trigger", lambda w: d.without_statement(w, "security", "security.trigger"),
         "table.orders", "no trigger"),
    Case("recovery-point-unmet", "too old", lambda w: backed_up(w, recovery_point=d.figure("RPO", 10, "minutes")),
         "backup", "600 s, and the brief allows 300 s"),
    Case("recovery-point-unmet", "too slow", lambda w: d.changed(
        w, "requirements", targets=w.requirements.targets.model_copy(update={"recovery_time_seconds": 60})), "",
        "3600"),
    Case("recovery-point-unmet", "a mistake repaired too slowly", lambda w: backed_up(
        aiming(w, recovery_time_seconds=7_200), repair_time=d.figure("repair", 30, "h")), "", '"repair" is 108000 s'),
    Case("recovery-point-unmet", "beyond reach", lambda w: backed_up(w, archive_interval_seconds=None), "",
         "copies data every 86400 s only"),
    Case("recovery-point-unmet", "no unit of time", lambda w: backed_up(w, recovery_time=d.figure("RTO", 1, "GB")), "",
         "no unit of time"),
    Case("figure-off-formula", "a value by hand", lambda w: figured(
        w, "2 * n", 7, Input(name="n", value=3, source="x")), "backup", "is 7, and its formula gives 6"),
    Case("figure-off-formula", "a name that is no input", lambda w: figured(w, "2 * m", 6), "backup",
         "cannot be computed"),
    Case("figure-off-formula", "a division by nothing", lambda w: figured(w, "1 / 0", 6), "backup",
         "cannot be computed"),
    Case("stale-number", "a target", lambda w: aiming(sourced(w, "response_ms", 200, "performance.response-time"),
         response_ms=150), "backup", '"response_ms" was taken as 200, and its source now says 150'),
    Case("stale-number", "a volume", lambda w: sourced(w, "rows_per_day", 7, "volume of activities"), "backup",
         "taken as 7, and its source now says 500000"),
    Case("stale-number", "a pool", lambda w: sourced(w, "pool_size", 5, "pool application"), "backup", "now says 20"),
    Case("stale-number", "the machine", lambda w: sourced(w, "cores", 16, "decision scaling.machine"), "backup",
         "now says 4"),
    Case("stale-number", "another formula", lambda w: sourced(w, "archive", 61, "formula 60"), "backup", "now says 60"),
    Case("stale-number", "in a balance", lambda w: d.with_claim(w, "scaling", d.claim("scaling.new", Balances(
        left=(Term(factors=(Input(name="pool_size", value=21, source="pool application"),)),), relation="<=",
        right=(Term(factors=(Input(name="most", value=30, source="x"),)),)), "scaling")), "claim.scaling.new",
         "taken as 21"),
    Case("server-memory-exceeded", "work memory", lambda w: configured(w, work_mem="80MB"), "setting.work_mem",
         "may take 8.1 GB at once, and the machine has 8 GB"),
    Case("server-memory-exceeded", "buffers in pages", lambda w: configured(w, shared_buffers="1048576"), "",
         "shared_buffers 8589934592"),
    Case("server-memory-exceeded", "vacuum workers", lambda w: configured(w, maintenance_work_mem="2GB",
         autovacuum_max_workers="4"), "", "4 vacuum workers"),
    Case("server-memory-exceeded", "no size", lambda w: configured(w, work_mem="plenty"), "", "is no size"),
    Case("server-memory-exceeded", "with the cache beside it", lambda w: d.light(configured(
        layered(w, settings=(("maxmemory", "1gb"),)), work_mem="70MB")), "setting.work_mem",
         "the shared cache beside it"),
    Case("server-memory-exceeded", "a cache larger than a machine", lambda w: layered(w, settings=(
        ("maxmemory", "6gb"),)), "cache.distributed", "may take 9.0 GB"),
    Case("cache-memory-exceeded", "more items", lambda w: cached(w, items=400_000), "cache.distributed",
         "has to hold 80,000,000 bytes and has 67108864 bytes"),
    Case("cache-memory-exceeded", "a smaller maxmemory", lambda w: layered(w, settings=(("maxmemory", "100kb"),)), "",
         "has 102400 bytes"),
    Case("cache-memory-exceeded", "no unit", lambda w: layered(w, capacity=d.figure("capacity", 64, "items")), "",
         "no size that can be read"),
    Case("cached-answer-too-old", "a longer TTL", lambda w: cached(w, ttl=d.figure("ttl", 61, "s")),
         "cache_entry.get_product", "may be 61 s old, and 60 s are allowed"),
    Case("cached-answer-too-old", "the replica's lag", lambda w: routed(w, 5), "cache_entry.get_product",
         "TTL 60 s + lag 5 s"),
    Case("cached-answer-too-old", "the in-process copy", lambda w: local(w, "Caffeine", "expireAfterWrite", "11s"), "",
         "TTL 50 s + in-process copy 11 s"),
    Case("cached-answer-too-old", "in milliseconds", lambda w: local(w, "lru-cache", "ttl", "11000"), "", "61 s old"),
    Case("cached-answer-too-old", "on a clock", lambda w: local(
        w, "IMemoryCache", "AbsoluteExpirationRelativeToNow", "00:01:00"), "", "110 s old"),
    Case("cached-answer-too-old", "a route without a cache", lambda w: routed(
        d.changed(queried(w, "get_product", staleness_seconds=3), "caching", entries=()), 5), "route.get_product",
         "lag 5 s"),
    Case("pools-below-peak", "more requests", lambda w: aiming(w, requests_per_second=9_000), "pool.application",
         "90 connections are in use, and the pools hold 80"),
    Case("pools-below-peak", "behind a pooler", lambda w: d.changed(aiming(w, requests_per_second=1_000), "scaling",
         pools=(d.pool(), d.pool("pgbouncer", 9, 1))), "pool.pgbouncer", "hold 9"),
    Case("growth-exceeds-disk", "rows", lambda w: grown(w, 7 * 2**30, disk=d.figure("disk", 8, "GB")), "scaling.disk",
         "7.0 GB stand on a disk of 8 GB"),
    Case("growth-exceeds-disk", "the log", lambda w: configured(grown(
        w, 6 * 2**30, disk=d.figure("disk", 8, "GB")), max_wal_size="1GB"), "scaling.disk",
         "write-ahead log 1073741824"),
    Case("growth-exceeds-disk", "beyond retention", lambda w: kept_for(grown(w, 365 * 500_000.0), 90),
         "growth.activities", "45,000,000 arrive in the 90 days"),
    Case("growth-exceeds-disk", "a trail beyond its period", lambda w: logged(w, 10**9), "growth.audit_log",
         "in the 365 days that they are kept"),
    Case("pooler-out-of-balance", "more for one login", lambda w: pooled(w, default_pool_size="40"), "pool.pgbouncer",
         "counts 30 connections of the pooler, and its default_pool_size is 40"),
    Case("pooler-out-of-balance", "no bound for all logins", lambda w: pooled(w, max_db_connections=""),
         "pool.pgbouncer", "max_db_connections is not set"),
    Case("pooler-out-of-balance", "clients are refused", lambda w: pooled(w, max_client_conn="99"), "pool.pgbouncer",
         "100 clients connect during a deployment, and max_client_conn is 99"),
    Case("growth-without-period", "nobody is asked", lambda w: grown(w, 7 * 2**30, disk=d.figure("disk", 8, "GB")),
         "growth.activities", "takes 7 GB after 1 years on a disk of 8 GB, no period is stated"),
    Case("growth-without-period", "asked about another", lambda w: grown(w, 7 * 2**30, disk=d.figure("disk", 8, "GB"),
         questions=(asked("orders"),)), "growth.activities", "no question asks"),
    Case("setting-contradicted", "two values", lambda w: produced(configured(w, statement_timeout="5s"),
         statement_timeout="2000ms"), "setting.statement_timeout", "is 5s in the server's configuration and 2000ms"),
    Case("setting-contradicted", "locks outlive statements", lambda w: configured(
        w, lock_timeout="10s", statement_timeout="5s"), "setting.lock_timeout", "never ends by itself"),
    Case("setting-contradicted", "log sizes", lambda w: configured(w, min_wal_size="4GB", max_wal_size="1GB"),
         "setting.min_wal_size"),
    Case("availability-unmet", "a restore", lambda w: aiming(w, availability_percent=99.99), "replicas",
         "allow 3154 s of outage a year, and 3600 s are expected"),
    Case("availability-unmet", "slow failovers", lambda w: d.changed(aiming(w, availability_percent=99.9), "scaling",
         replicas=(w.scaling.replicas[0].model_copy(update={"name": "standby_1"}),)).model_copy(update={
             "operations": backed_up(w, recovery_time=d.figure("failover", 3, "h")).operations}), "", "4 failovers"),
    Case("recovery-point-unmet", "archived later", lambda w: produced(w, archive_timeout="300s"), "backup",
         "archives the log every 60 s, and production is told to every 300 s"),
    Case("recovery-point-unmet", "archived when full", lambda w: produced(w, work_mem="4MB"), "backup",
         "so often as segments fill"),
    Case("testing-gap", "no category", lambda w: d.changed(w, "operations", tests=w.operations.tests[1:]), "tests.unit",
         '"unit"'),
    Case("testing-gap", "a claim that nobody makes", lambda w: d.changed(
        w, "operations", tests=(*w.operations.tests, d.test_case("unit", "gone"))), "test.unit_case", '"gone"'),
    Case("unwatched-target", "a figure without an alert", lambda w: d.changed(w, "operations", alerts=(),
         monitoring=()), "performance.response-time", "<200ms"),
    Case("unknown-name", "route", lambda w: d.changed(w, "scaling", routes=(Route(
        query="gone", target="primary", fallback="primary", lag_tolerance_seconds=0, because="",
        origin=d.CONVENTION),)),
        "route.gone", 'query "gone"'),
    Case("unknown-name", "column of an index", lambda w: d.with_index(w, d.index("ix_new", "orders", "gone")),
         "index.ix_new", "orders.gone"),
    Case("unknown-name", "role of a grant", lambda w: granted(w), "grant.stall_readonly.users", "stall_readonly"),
    Case("unknown-name", "alert", lambda w: d.changed(w, "operations", alerts=(
        w.operations.alerts[0].model_copy(update={"query": "gone"}),)), "alert.many_connections"),
    Case("unknown-name", "cache", lambda w: cached(w, tables=("gone",)), "cache_entry.get_product"),
    Case("statement-without-migration", "none", lambda w: migrated(w, statements=()), "table.users",
         'Statement "table.users" stands in no migrations'),
    Case("statement-without-migration", "two", lambda w: migrated(
        w, statements=(*w.migrations.migrations[0].statements, "security.role")), "security.role", "2 migrations"),
    Case("statement-without-migration", "no way back", lambda w: migrated(w, rollback="-- nothing\n;"),
         "migration.0001", "no rollback"),
    Case("element-without-statement", "table", lambda w: d.changed(w, "schema_design", tables=(
        *w.schema_design.tables, log())), "table.notes", 'table "notes"'),
    Case("element-without-statement", "partition", lambda w: d.without_statement(
        w, "schema_design", "partition.activities_p3"), "partition.activities_p3"),
    Case("element-without-statement", "policy", lambda w: d.without_statement(w, "security", "security.policy.orders"),
         "policy.own_orders"),
    Case("unserved-requirement", "integration", lambda w: asking(w, requirement("integration.mail", "integration")),
         "integration.mail", '"integration.mail"'),
    Case("unserved-requirement", "content is not answered by an omission", lambda w: d.changed(
        asking(w, requirement("entity.ghost", "entity")), "caching", omissions=(
            d.omission("ghost", "0 rows").model_copy(update={"serves": ("entity.ghost",)}),)), "entity.ghost"),
    Case("unserved-requirement", "technology", lambda w: asking(w, requirement("stack.language", "stack")),
         "stack.language"),
    Case("purposeless-element", "inferred", lambda w: d.with_index(w, d.index(
        "ix_new", "orders", "total", origin=d.CONVENTION.model_copy(update={"kind": "inferred"}))),
        "index.ix_new", "serves no requirement"),
    Case("purposeless-element", "a convention without a name", lambda w: d.with_index(w, d.index(
        "ix_new", "orders", "total", origin=d.CONVENTION.model_copy(update={"rule": ""}))), "index.ix_new"),
    Case("unknown-requirement", "element", lambda w: d.with_index(w, d.index(
        "ix_new", "orders", "total", serves=("entity.ghost",))), "index.ix_new", '"entity.ghost"'),
    Case("unknown-requirement", "claim", lambda w: d.with_claim(w, "caching", d.claim(
        "x", SettingAccepted(name="a", value="1"), "x", "rule.ghost")), "claim.x"),
    Case("misquoted-origin", "other words", lambda w: first_origin(w, quote="Entities: Cat"), "entity.user",
         "reads otherwise"),
    Case("misquoted-origin", "no such line", lambda w: first_origin(w, line=99), "", "line 99 does not exist"),
    Case("misquoted-origin", "no words", lambda w: first_origin(w, quote=" "), "", "no words"),
    Case("transitive-dependency", "a product's price in an order", copying, "column.orders.product_price",
         '"product_id" determines "product_price"'),
    Case("transitive-dependency", "decided for another column", lambda w: excused(copying(w), "orders", "total")),
    Case("transitive-dependency", "a reference that the parent holds", lambda w: d.with_table(with_columns(
        d.with_table(w, "orders", uniques=()), "activities", d.column("order_id", "bigint", "integer")), "activities",
        foreign_keys=(d.reference("activities", "user_id", "users"), d.reference("activities", "order_id", "orders"))),
        "column.activities.user_id", '"order_id" determines "user_id"'),
    Case("attribute-not-kept", "no column", lambda w: described(w, "weight"), "column.orders.weight", "no column"),
    Case("attribute-not-kept", "shorter", lambda w: described(d.with_column(w, "orders", "total",
         sql_type="varchar(3)"), "total"), "column.orders.total", "asks for numeric(14,2)"),
    Case("attribute-not-kept", "may be NULL", lambda w: described(d.with_column(w, "orders", "total", nullable=True),
         "total"), "", "may be NULL"),
    Case("attribute-not-kept", "not unique", lambda w: described(w, "total", unique=True), "", "unique"),
    Case("attribute-not-kept", "any value", lambda w: described(d.with_column(w, "orders", "total",
         sql_type="varchar(32)"), "total", type="string", allowed=("a", "b")), "", "besides a, b"),
    Case("attribute-not-kept", "below the minimum", lambda w: described(w, "total", minimum=Decimal(1)), "", "less"),
    Case("attribute-not-kept", "above the maximum", lambda w: described(w, "total", maximum=Decimal(1)), "", "more"),
    Case("changeable-check", "the time of day", lambda w: d.with_table(
        w, "orders", checks=(w.schema_design.table("orders").checks[0].model_copy(
            update={"expression": "placed_at <= now()"}),)), "check.orders.ck_orders_total", "asks for now"),
    Case("changeable-check", "a generated column", lambda w: d.with_column(w, "orders", "total",
         generated="extract(year FROM current_date)"), "check.orders.total", "current_date"),
    Case("cycle-of-required-references", "two tables", lambda w: d.with_table(with_columns(
        w, "users", d.column("order_id", "bigint", "integer")), "users", foreign_keys=(
            d.reference("users", "order_id", "orders"),)), "table.orders", '"orders", "users"'),
    Case("cycle-of-required-references", "itself", lambda w: d.with_table(with_columns(
        w, "users", d.column("boss_id", "bigint", "integer")), "users", foreign_keys=(
            d.reference("users", "boss_id", "users"),)), "table.users"),
    Case("default-left-to-chance", "random", lambda w: d.with_column(w, "orders", "total", default="random() * 10"),
         "column.orders.total", "left to chance"),
    Case("default-left-to-chance", "a moment", lambda w: d.with_column(
        w, "orders", "placed_at", default="timestamptz '2026-01-01'"), "column.orders.placed_at", "one moment"),
    Case("delete-without-reason", "none", lambda w: d.with_key(w, "orders", "user_id", because=" "),
         "foreign_key.orders.fk_orders_user_id", "nobody decided"),
    Case("delete-without-reason", "set null where NULL is refused", lambda w: d.with_key(
        w, "orders", "user_id", on_delete="set null"), "", "the deletion fails"),
    Case("duplicate-foreign-key", "twice", lambda w: d.with_table(w, "orders", foreign_keys=(
        *w.schema_design.table("orders").foreign_keys,
        w.schema_design.table("orders").foreign_keys[0].model_copy(update={"name": "fk_again"}))),
        "foreign_key.orders.fk_again", "both check"),
    Case("index-unfit-for-query", "the sort first", lambda w: d.changed(w, "schema_design", indexes=(
        w.schema_design.indexes[0].model_copy(update={"keys": (PLACED, USER)}), *w.schema_design.indexes[1:])),
        "index.ix_orders_user_id", 'begins with "placed_at"'),
    Case("index-unfit-for-query", "half of the rows", lambda w: d.changed(w, "schema_design", indexes=(
        w.schema_design.indexes[0].model_copy(update={"where": "total > 5"}), *w.schema_design.indexes[1:])),
        "", "only rows with total > 5"),
    Case("junction-not-unique", "a key of its own", lambda w: linking(w, primary_key=()), "table.favourites",
         "same link twice"),
    Case("key-runs-out", "integer", lambda w: d.with_column(w, "orders", "id", sql_type="integer"), "column.orders.id",
         "generated as integer"),
    Case("money-without-currency", "no word", lambda w: d.with_column(w, "orders", "total", comment="net"),
         "column.orders.total", "of which currency"),
    Case("multi-valued-column", "an array", lambda w: d.with_column(w, "orders", "total", sql_type="text[]"),
         "column.orders.total", "several values"),
    Case("multi-valued-column", "numbered", lambda w: with_columns(w, "users", d.column("phone1", "text", "text"),
         d.column("phone2", "text", "text")), "column.users.phone1", "under a number"),
    Case("multi-valued-column", "names beside values", lambda w: with_columns(
        w, "users", d.column("attribute", "text", "text"), d.column("value", "text", "text")), "column.users.value"),
    Case("price-not-copied", "a quantity alone", lambda w: d.with_table(w, "orders", columns=(
        *(c for c in w.schema_design.table("orders").columns if c.type != "money"),
        d.column("quantity", "integer", "integer"))), "table.orders", "no price of its own"),
    Case("total-not-kept", "lines with quantity and price", lined, "column.orders.total", "Nothing ties"),
    Case("total-not-kept", "an amount whose part in it is open", lambda w: lined(
        w, d.column("deposit", "numeric(14,2)", "money")), "omissions", "deposit of order_lines may enter it or not"),
    Case("record-without-parts", "an order without its lines", making, "query.create_orders", "none of \"order_lin"),
    Case("record-without-parts", "lines of another command", lambda w: making(w, lines_of("create_carts")),
         "query.create_orders", "none of \"order_lines\""),
    Case("address-not-kept", "a reference alone", addressed, "foreign_key.fk_orders_billing_address_id",
         "does not keep \"billing_address_line1\", \"billing_address_city\""),
    Case("address-not-kept", "one line", lambda w: addressed(w, LINES[0]), "", "keep \"billing_address_city\""),
    Case("unique-blocks-deleted", "an address", lambda w: with_columns(w, "users", d.column(
        "deleted_at", "timestamptz", "timestamp", nullable=True)), "unique.users.uq_users_email", "marked as deleted"),
    Case("unsatisfiable-check", "no number", lambda w: checked(w, kind="range", column="total", minimum=Decimal(5),
         maximum=Decimal(3)), "check.orders.ck_new", "no value"),
    Case("unsatisfiable-check", "no value allowed", lambda w: checked(w, kind="one_of", column="total")),
    Case("unsatisfiable-check", "both orders", lambda w: checked(checked(
        w, kind="ordered", column="id", other="total", operator="<"), kind="ordered", column="total", other="id",
        operator="<"), "check.orders.ck_new", "contradicts"),
    Case("unsatisfiable-check", "a default outside", lambda w: d.with_column(w, "orders", "total", default="-1"),
         "check.orders.ck_orders_total", "refuses the default -1"),
    Case("unsatisfiable-check", "a default of no value", lambda w: d.with_column(checked(
        w, kind="one_of", column="total", values=("a",)), "orders", "total", default="'b'"), "", "refuses the default"),
)  # fmt: skip


def first_performance(whole: Design) -> Design:
    """The design whose response time is an inference and not the brief's own words."""
    made = tuple(
        r.model_copy(update={"origin": d.CONVENTION}) if r.kind == "performance" else r
        for r in whole.requirements.requirements
    )
    return d.changed(whole, "requirements", requirements=made)


def owned(whole: Design) -> Design:
    made = tuple(r.model_copy(update={"owned": True}) for r in whole.requirements.relationships)
    return d.changed(whole, "requirements", relationships=made)


PASSES = (
    Case("unindexed-foreign-key", "rows without a parent need no entry", lambda w: d.with_index(
        d.changed(w, "schema_design", indexes=w.schema_design.indexes[:1]),
        d.index("ix_new", "orders", "product_id", where="product_id IS NOT NULL"))),
    Case("redundant-index", "another predicate", lambda w: ordered_by(w, USER, where="total > 5")),
    Case("redundant-index", "another order", lambda w: ordered_by(w, PLACED, USER)),
    Case("redundant-index", "carries more columns", lambda w: ordered_by(w, USER, include=("total",))),
    Case("redundant-index", "keeps values unique", lambda w: ordered_by(w, USER, unique=True)),
    Case("index-without-query", "backs a foreign key", lambda w: d.with_index(
        w, d.index("ix_new", "activities", "user_id"))),
    Case("hash-partition-gap", "unequal moduli", lambda w: hashed(
        w, d.hash_partition(2, 1), d.hash_partition(4, 0), d.hash_partition(4, 2))),
    Case("range-partition-gap", "in any order", lambda w: partitioned(w, JUNE, d.DEFAULT, JAN, MAY)),
    Case("range-partition-gap", "no default, and why", lambda w: partitioned(
        w, MAY, because="a default partition would lock the attaching of months")),
    Case("float-money", "a measured length", lambda w: d.with_column(
        w, "orders", "total", sql_type="double precision", type="decimal")),
    Case("identifier-too-long", "long text is no name", lambda w: said(w, f"SELECT '{'x' * 80}' -- {'y' * 80}")),
    Case("nullable-unique-column", "alone, NULL means unknown", lambda w: d.with_column(
        unique(w, "orders", "total"), "orders", "total", nullable=True)),
    Case("cascade-on-business-records", "the person owns them", lambda w: owned(
        d.with_key(w, "orders", "user_id", on_delete="cascade"))),
    Case("cascade-on-business-records", "with their product", lambda w: d.with_key(
        w, "orders", "product_id", on_delete="cascade")),
    Case("relationship-without-foreign-key", "orders join users and products", lambda w: related(
        w, "many_to_many", "user", "product")),
    Case("relationship-without-foreign-key", "one to one from either side", lambda w: related(
        w, "one_to_one", "activity", "user")),
    Case("rule-not-enforced", "stricter bounds", lambda w: checked(d.with_table(w, "orders", checks=()), kind="range",
         column="total", minimum=Decimal(1), maximum=Decimal(9))),
    Case("rule-not-enforced", "fewer values", lambda w: checked(ruled(w, "allowed", "total", values=("1", "2")),
         kind="one_of", column="total", values=("1",))),
    Case("rule-not-enforced", "compared from the other side", lambda w: checked(ruled(
        w, "comparison", "id", "total", operator="<="), kind="ordered", column="total", other="id", operator=">")),
    Case("unsatisfiable-check", "both orders with a day of leeway", lambda w: checked(checked(
        w, kind="ordered", column="id", other="total", operator="<", leeway_days=1), kind="ordered", column="total",
        other="id", operator="<", leeway_days=1)),
    Case("rule-not-enforced", "the day between the zones", lambda w: checked(ruled(dated(w), "comparison", "due",
         "placed_at", operator="<="), kind="ordered", column="due", other="placed_at", operator="<=", leeway_days=1)),
    Case("rule-not-enforced", "unique over fewer", lambda w: unique(ruled(w, "unique", "total", "user"), "orders",
         "total")),
    Case("rule-not-enforced", "unique among rows that stand", lambda w: d.with_index(ruled(w, "unique", "total"),
         d.index("uq_new", "orders", "total", unique=True, where="deleted_at IS NULL"))),
    Case("rule-not-enforced", "exclusion", lambda w: excluded(ruled(
        w, "no_overlap", "user", "placed_at", "placed_at"), equal=("user_id",))),
    Case("rule-not-enforced", "a column that always has a value", lambda w: ruled(
        w, "conditional", "id", "total", values=("1",))),
    Case("rule-not-enforced", "asked for in more states", lambda w: checked(ruled(d.with_column(w, "orders", "total",
         nullable=True), "conditional", "id", "total", values=("1",)), kind="required_when", column="total",
         other="id", values=("1", "2"))),
    Case("rule-not-enforced", "a total with triggers", lambda w: summed(ruled(w, "sum", "total", operator="=",
         child="order", terms=("total",), serves=("rule.new",)))),
    Case("rule-not-enforced", "a trigger knows the moves", lambda w: living(ruled(
        w, "state", "total", transitions=(("a", "b"),)), moves=(("a", "b"), ("b", "a")))),
    Case("rule-not-enforced", "a trigger freezes the row", lambda w: living(ruled(
        w, "immutable", "total", values=("b",)), frozen=("b", "c"), columns=("placed_at",))),
    Case("rule-not-enforced", "two references that a key ties", lambda w: tied(ruled(
        w, "agreement", "product", "user"), "user_id")),
    Case("rule-not-enforced", "what never changes is not granted", lambda w: ruled(w, "immutable", "total")),
    Case("rule-not-enforced", "prose is for people", lambda w: ruled(w, "prose")),
    Case("query-without-index", "a small table", lambda w: d.with_table(queried(w, "list_orders", index=None), "orders",
         expected_rows=900)),
    Case("query-without-index", "a report reads all", lambda w: queried(
        w, "list_orders", index=None, kind="aggregate")),
    Case("secret-in-cache", "another column", lambda w: queried(
        d.with_column(w, "products", "price", sensitivity="payment"), "get_product",
        sql="SELECT p.id FROM products p WHERE p.id = $1")),
    Case("secret-in-cache", "another table's alias", lambda w: queried(
        d.with_column(w, "products", "price", sensitivity="payment"), "get_product",
        tables=("products", "orders"), sql="SELECT o.price FROM orders o JOIN products p ON p.id = o.product_id")),
    Case("secret-in-cache", "in this process only", lambda w: cached(
        d.with_column(w, "products", "price", sensitivity="payment"), layers=("in_process",))),
    Case("connections-exceed-maximum", "to the last one", lambda w: d.changed(
        w, "scaling", pools=(d.pool(), d.pool("batch", 17, 1)))),
    Case("unjustified-component", "the brief states the number", d.light),
    Case("unjustified-component", "a requirement asks for each", lambda w: w),
    Case("unexplained-absence", "with its figure", lambda w: d.changed(w, "scaling", replicas=(), omissions=(
        d.omission("read replicas", "3 reads per second need none"),))),
    Case("secret-readable", "other columns only", lambda w: granted(w, columns=("id", "email"))),
    Case("rls-table-without-policy", "not asked for", lambda w: d.changed(
        without_policy(w, "orders"), "requirements",
        protection=w.requirements.protection.model_copy(update={"row_level": False}))),
    Case("rls-table-without-policy", "nobody may read it", lambda w: d.changed(
        without_policy(w, "orders"), "security", grants=tuple(g for g in w.security.grants if g.table != "orders"),
        policies=tuple(p for p in w.security.policies if p.table != "orders"))),
    Case("setting-read-per-row", "once, in an EXISTS", lambda w: guarded(
        w, f"EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.id = {d.OWN})")),
    Case("recovery-point-unmet", "no target", lambda w: d.changed(
        backed_up(w, recovery_point=d.figure("RPO", 10, "h")), "requirements",
        targets=w.requirements.targets.model_copy(update={"recovery_point_seconds": None}))),
    Case("figure-off-formula", "twelve digits", lambda w: figured(w, "n / 3", 0.333333333333,
         Input(name="n", value=1, source="x"))),
    Case("stale-number", "a share of a percentage", lambda w: aiming(sourced(
        w, "read_share", 0.9, "performance.read-share"), read_share=90)),
    Case("stale-number", "a convention stands where the brief is silent", lambda w: sourced(
        w, "response_ms", 500, "convention: half a second")),
    Case("server-memory-exceeded", "to the last byte", lambda w: configured(
        w, work_mem="76MB", wal_buffers="16MB", maintenance_work_mem="148MB")),
    Case("server-memory-exceeded", "a cache on its own machine", lambda w: configured(
        layered(w, settings=(("maxmemory", "1gb"),)), work_mem="70MB")),
    Case("server-memory-exceeded", "another engine", lambda w: d.changed(
        configured(w, work_mem="80MB"), "schema_design", dialect="sqlite")),
    Case("cache-memory-exceeded", "to the last item", lambda w: cached(w, items=335_544)),
    Case("cached-answer-too-old", "the primary answers", lambda w: routed(w, 5, "primary")),
    Case("cached-answer-too-old", "with the in-process copy", lambda w: local(w, "cachetools TTLCache", "ttl", "10")),
    Case("pools-below-peak", "all of it", lambda w: aiming(w, requests_per_second=8_000)),
    Case("growth-exceeds-disk", "four fifths", lambda w: grown(w, 6.4 * 2**30, disk=d.figure("disk", 8, "GB"))),
    Case("growth-exceeds-disk", "what arrives", lambda w: kept_for(grown(w, 90 * 500_000.0), 90)),
    Case("growth-exceeds-disk", "a trail within its period", lambda w: logged(w, 1)),
    Case("pooler-out-of-balance", "as planned", pooled),
    Case("growth-without-period", "asked", lambda w: grown(
        w, 7 * 2**30, disk=d.figure("disk", 8, "GB"), questions=(asked("activities"),))),
    Case("growth-without-period", "a period", lambda w: kept_for(grown(
        w, 7 * 2**30, disk=d.figure("disk", 8, "GB")), 90)),
    Case("growth-without-period", "a trail's period", lambda w: d.changed(
        logged(w, 7 * 2**30, disk=d.figure("disk", 8, "GB")), "security",
        audit=w.security.audit.model_copy(update={"log_table": "audit_log"}))),  # type: ignore[union-attr]
    Case("growth-without-period", "it fits", lambda w: grown(w, 6 * 2**30, disk=d.figure("disk", 8, "GB"))),
    Case("connections-exceed-maximum", "behind a pooler", lambda w: d.changed(
        w, "scaling", pools=(d.pool(size=40), d.pool("pgbouncer", 30, 1)))),
    Case("setting-contradicted", "two spellings", lambda w: produced(
        configured(w, statement_timeout="5s"), statement_timeout="5000ms")),
    Case("availability-unmet", "one restore", lambda w: aiming(w, availability_percent=99.9)),
    Case("recovery-point-unmet", "archived as planned", lambda w: produced(w, archive_timeout="1min")),
    Case("testing-gap", "an omission says why", lambda w: d.changed(
        w, "operations", tests=w.operations.tests[1:], omissions=(d.omission("unit tests", "0 functions"),))),
    Case("unserved-requirement", "later", lambda w: asking(w, requirement("future.app", "future"))),
    Case("unserved-requirement", "an explained omission answers a quality", lambda w: d.changed(
        asking(w, requirement("integration.mail", "integration")), "caching", omissions=(
            d.omission("mail", "0 tables").model_copy(update={"serves": ("integration.mail",)}),))),
    Case("misquoted-origin", "Markdown's marks are no words", lambda w: first_origin(w, quote="**Entities**: `User`")),
    Case("transitive-dependency", "a reference that may be missing", lambda w: d.with_table(with_columns(
        d.with_table(w, "orders", uniques=()), "activities", d.column("order_id", "bigint", "integer", nullable=True)),
        "activities", foreign_keys=(d.reference("activities", "user_id", "users"),
                                    d.reference("activities", "order_id", "orders")))),
    Case("transitive-dependency", "kept as it was", lambda w: excused(copying(w), "orders", "product_price copied")),
    Case("attribute-not-kept", "as asked", lambda w: described(w, "total", minimum=Decimal(0))),
    Case("cycle-of-required-references", "the first may be missing", lambda w: d.with_table(with_columns(
        w, "users", d.column("boss_id", "bigint", "integer", nullable=True)), "users", foreign_keys=(
            d.reference("users", "boss_id", "users"),))),
    Case("default-left-to-chance", "the time of the row", lambda w: d.with_column(
        w, "orders", "placed_at", default="now()")),
    Case("index-unfit-for-query", "the rows that it compares", lambda w: d.changed(w, "schema_design", indexes=(
        w.schema_design.indexes[0].model_copy(update={"where": "user_id IS NOT NULL"}),
        *w.schema_design.indexes[1:]))),
    Case("junction-not-unique", "both together", linking),
    Case("money-without-currency", "the order's currency", lambda w: d.with_column(
        with_columns(w, "orders", d.column("currency_code", "char(3)", "currency")), "orders", "total", comment="")),
    Case("money-without-currency", "a parent's currency", lambda w: d.with_column(
        with_columns(w, "products", d.column("currency_code", "char(3)", "currency")), "orders", "total", comment="")),
    Case("multi-valued-column", "lines of an address", lambda w: with_columns(
        w, "users", d.column("line1", "text", "text"), d.column("line2", "text", "text"))),
    Case("record-without-parts", "with its lines", lambda w: making(w, lines_of("create_orders"))),
    Case("address-not-kept", "every line", lambda w: addressed(w, *LINES)),
    Case("address-not-kept", "a subscription follows its address", lambda w: addressed(w, entity="subscription")),
    Case("multi-valued-column", "lines of an address that is kept", lambda w: with_columns(
        w, "orders", d.column("to_address_line1", "text", "text"), d.column("to_address_line2", "text", "text"))),
    Case("multi-valued-column", "lines of a German brief's address", lambda w: with_columns(
        w, "orders", d.column("lieferadresse_line1", "text", "text"), d.column("lieferadresse_line2", "text", "text"))),
    Case("total-not-kept", "triggers keep it", lambda w: summed(lined(w))),
    Case("total-not-kept", "the application keeps it, and the design says so", lambda w: d.changed(
        lined(w, d.column("deposit", "numeric(14,2)", "money")), "schema_design", omissions=(
            d.omission("A trigger that keeps orders.total the sum over order_lines", "0 triggers"),))),
    Case("price-not-copied", "a price of its own", lambda w: with_columns(
        w, "orders", d.column("quantity", "integer", "integer"))),
    Case("misquoted-origin", "other spaces and capitals", lambda w: first_origin(w, quote="ENTITIES:  User, product")),
    Case("misquoted-origin", "a mark beside a comma", lambda w: first_origin(w, quote="Entities: `User`, **product**")),
)  # fmt: skip
