"""Faults of the design itself, planted in the shop that the examples hold; each is one change of one contract."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from contracts.base import Origin
from contracts.plan import Design
from contracts.schema import Check, Column, ForeignKey, Index, IndexKey, SchemaDesign, Table, Unique

Change = Callable[[Design], Design]
WHY = Origin(kind="convention", rule="planted")


class Fault(NamedTuple):
    """What is wrong, how it is planted, and the check that must find it."""

    name: str
    plant: Change
    check: str


def _schema(design: Design, **changes: Any) -> Design:
    return design.model_copy(update={"schema_design": design.schema_design.model_copy(update=changes)})


def _table(name: str, change: Callable[[Table], dict[str, Any]]) -> Change:
    """One table with some of its fields changed."""

    def plant(design: Design) -> Design:
        made = tuple(t.model_copy(update=change(t)) if t.name == name else t for t in design.schema_design.tables)
        assert made != design.schema_design.tables, name
        return _schema(design, tables=made)

    return plant


def _column(table: str, of: str, **changes: Any) -> Change:
    return _table(
        table,
        lambda t: {"columns": tuple(c.model_copy(update=changes) if c.name == of else c for c in t.columns)},
    )


def _more(table: str, *columns: Column) -> Change:
    return _table(table, lambda t: {"columns": (*t.columns, *columns)})


def _new(name: str, sql_type: str, kind: str, **more: Any) -> Column:
    return Column(name=name, sql_type=sql_type, type=kind, origin=WHY, **more)


def _key(table: str, column: str, **changes: Any) -> Change:
    return _table(
        table,
        lambda t: {
            "foreign_keys": tuple(k.model_copy(update=changes) if k.columns == (column,) else k for k in t.foreign_keys)
        },
    )


def _check(table: str, name: str, **changes: Any) -> Change:
    return _table(
        table, lambda t: {"checks": tuple(c.model_copy(update=changes) if c.name == name else c for c in t.checks)}
    )


def _without(table: str, field: str, name: str) -> Change:
    return _table(table, lambda t: {field: tuple(e for e in getattr(t, field) if e.name != name)})


def _index(query: str, **changes: Any) -> Change:
    """The index that serves a query, changed; its name is the search's matter."""

    def plant(design: Design) -> Design:
        name = next(q.index for q in design.schema_design.queries if q.name == query)
        made = tuple(i.model_copy(update=changes) if i.name == name else i for i in design.schema_design.indexes)
        assert made != design.schema_design.indexes, query
        return _schema(design, indexes=made)

    return plant


def _indexes(change: Callable[[SchemaDesign], tuple[Index, ...]]) -> Change:
    return lambda design: _schema(design, indexes=change(design.schema_design))


def _reference(table: str, column: str, parent: str, **more: Any) -> ForeignKey:
    return ForeignKey(
        name=f"fk_{table}_{column}_planted", columns=(column,), references=parent, referenced_columns=("id",),
        on_delete="restrict", because="planted", origin=WHY, **more,
    )  # fmt: skip


def _linked(*keys: str) -> Change:
    """A junction of users and products whose key is these columns."""

    def plant(design: Design) -> Design:
        columns = tuple(_new(n, "bigint", "integer") for n in ("id", "user_id", "product_id"))
        made = Table(
            name="favourites", entity=None, nature="junction", comment="planted", columns=columns, primary_key=keys,
            foreign_keys=(_reference("favourites", "user_id", "users"),
                          _reference("favourites", "product_id", "products")),
            expected_rows=10, origin=WHY,
        )  # fmt: skip
        return _schema(design, tables=(*design.schema_design.tables, made))

    return plant


def _parts(table: str, drop: Callable[[Any], bool]) -> Change:
    """A partitioned table without some of its partitions."""

    def change(found: Table) -> dict[str, Any]:
        assert found.partitioning is not None
        kept = tuple(p for p in found.partitioning.partitions if not drop(p))
        return {"partitioning": found.partitioning.model_copy(update={"partitions": kept})}

    return _table(table, change)


def _both(*changes: Change) -> Change:
    def plant(design: Design) -> Design:
        for change in changes:
            design = change(design)
        return design

    return plant


BY_USER = "list_orders_by_user"
PLACED = IndexKey(column="placed_at", descending=True)

DECISIONS = (
    Fault("foreign key without an index",
          _indexes(lambda s: tuple(i for i in s.indexes if i.name != "ix_orders_shipping_address_id")),
          "unindexed-foreign-key"),
    Fault("index columns in the wrong order", _index(BY_USER, keys=(PLACED, IndexKey(column="user_id"))),
          "index-unfit-for-query"),
    Fault("partial predicate that no query states", _index(BY_USER, where="total_amount > 100"),
          "index-unfit-for-query"),
    Fault("index that is the beginning of another",
          _indexes(lambda s: (*s.indexes, Index(name="ix_again", table="orders", keys=(IndexKey(column="user_id"),),
                                                queries=("list_orders_by_user",), because="planted", origin=WHY))),
          "redundant-index"),
    Fault("index that no query reads",
          _indexes(lambda s: (*s.indexes, Index(name="ix_alone", table="orders", keys=(IndexKey(column="notes"),),
                                                because="planted", origin=WHY))), "index-without-query"),
    Fault("index over a column that is not there", _index(BY_USER, keys=(IndexKey(column="customer"),)),
          "unknown-name"),
    Fault("query on a large table without an index",
          lambda d: _schema(d, queries=tuple(q.model_copy(update={"index": None}) for q in d.schema_design.queries)),
          "query-without-index"),
    Fault("CHECK that asks for the time", _check("orders", "ck_orders_delivered_at_shipped_at",
                                                 expression="delivered_at <= now()"), "changeable-check"),
    Fault("CHECK that lets no value pass", _check("products", "ck_products_price_range", maximum=Decimal(0)),
          "unsatisfiable-check"),
    Fault("CHECK that refuses the default", _column("orders", "status", default="'new'"), "unsatisfiable-check"),
    Fault("two CHECKs that exclude each other",
          _table("orders", lambda t: {"checks": (*t.checks, *(
              Check(name=f"ck_planted_{a}", kind="ordered", column=a, other=b, operator="<", expression=f"{a} < {b}",
                    origin=WHY) for a, b in (("shipped_at", "placed_at"), ("placed_at", "shipped_at"))))}),
          "unsatisfiable-check"),
    Fault("rule of the brief without its CHECK", _without("products", "checks", "ck_products_price_range"),
          "rule-not-enforced"),
    Fault("CHECK that is weaker than its rule", _check("products", "ck_products_price_range", exclusive_minimum=False,
                                                       expression="price >= 0"), "rule-not-enforced"),
    Fault("states without a list of them", _without("orders", "checks", "ck_orders_status"), "attribute-not-kept"),
    Fault("states without a guard of their moves", lambda d: _schema(d, lifecycles=()), "rule-not-enforced"),
    Fault("guard that does not know a move", lambda d: _schema(d, lifecycles=tuple(
        life.model_copy(update={"moves": life.moves[1:]}) for life in d.schema_design.lifecycles)),
        "rule-not-enforced"),
    Fault("gap in hash partitions", _parts("user_activities", lambda p: p.remainder == 5), "hash-partition-gap"),
    Fault("gap between months", _parts("order_histories", lambda p: p.lower == "2027-01-01"), "range-partition-gap"),
    Fault("no partition for the rest", _parts("order_histories", lambda p: p.default), "range-partition-gap"),
    Fault("primary key without the partition key", _table("user_activities", lambda t: {"primary_key": ("id",)}),
          "partition-key-outside-primary-key"),
    Fault("deleting a user deletes the orders", _key("orders", "user_id", on_delete="cascade"),
          "cascade-on-business-records"),
    Fault("on delete by default, undecided", _key("orders", "user_id", on_delete="no action", because=""),
          "delete-without-reason"),
    Fault("set null where NULL is refused", _key("orders", "user_id", on_delete="set null"), "delete-without-reason"),
    Fault("reference without a foreign key", _table("orders", lambda t: {"foreign_keys": t.foreign_keys[1:]}),
          "relationship-without-foreign-key"),
    Fault("foreign key of another type", _column("orders", "user_id", sql_type="integer"), "foreign-key-type-mismatch"),
    Fault("foreign key to a column that is no key", _key("orders", "user_id", referenced_columns=("last_name",)),
          "foreign-key-type-mismatch"),
    Fault("the same reference twice", _table("orders", lambda t: {"foreign_keys": (
        *t.foreign_keys, _reference("orders", "user_id", "users"))}), "duplicate-foreign-key"),
    Fault("tables that need each other first", _both(
        _more("users", _new("address_id", "bigint", "integer")),
        _table("users", lambda t: {"foreign_keys": (_reference("users", "address_id", "addresses"),)})),
        "cycle-of-required-references"),
    Fault("money as a binary float", _column("orders", "total_amount", sql_type="double precision"), "float-money"),
    Fault("money without decimals", _column("orders", "total_amount", sql_type="numeric(14,0)"), "attribute-not-kept"),
    Fault("money without a currency", _both(
        _table("products", lambda t: {"columns": tuple(c for c in t.columns if c.type != "currency")})),
        "money-without-currency"),
    Fault("order items without the price of their day", _table("order_items", lambda t: {
        "columns": tuple(c for c in t.columns if c.type != "money")}), "price-not-copied"),
    Fault("timestamp without time zone", _column("orders", "placed_at", sql_type="timestamp"),
          "timestamp-without-time-zone"),
    Fault("moment of the installation as a default", _column("orders", "placed_at", default="timestamptz '2026-11-01'"),
          "default-left-to-chance"),
    Fault("default by chance", _column("products", "stock_quantity", default="(random() * 100)::integer"),
          "default-left-to-chance"),
    Fault("key of four bytes", _column("orders", "id", sql_type="integer"), "key-runs-out"),
    Fault("no primary key", _table("orders", lambda t: {"primary_key": ()}), "missing-primary-key"),
    Fault("unique key over a column that may be NULL", _table("payments", lambda t: {"uniques": (*t.uniques, Unique(
        name="uq_planted", columns=("order_id", "provider_reference"), origin=WHY))}), "nullable-unique-column"),
    Fault("natural key that repeats", _without("products", "uniques", "uq_products_sku"), "rule-not-enforced"),
    Fault("unique key over one column too many", _table("order_items", lambda t: {"uniques": tuple(
        u.model_copy(update={"columns": (*u.columns, "quantity")}) for u in t.uniques)}), "rule-not-enforced"),
    Fault("name that a deleted row blocks", _table("users", lambda t: {"uniques": (Unique(
        name="uq_planted", columns=("email",), origin=WHY),)}), "unique-blocks-deleted"),
    Fault("required attribute that may be NULL", _column("products", "name", nullable=True), "attribute-not-kept"),
    Fault("length that nobody asked for", _column("products", "name", sql_type="varchar(20)"), "attribute-not-kept"),
    Fault("attribute that is not stored", _table("products", lambda t: {"columns": tuple(
        c for c in t.columns if c.name != "description")}), "attribute-not-kept"),
    Fault("junction that links twice", _linked("id"), "junction-not-unique"),
    Fault("copy of a parent's column", _more("addresses", _new("user_email", "varchar(254)", "email")),
          "transitive-dependency"),
    Fault("reference that the parent holds", _both(
        _more("order_items", _new("buyer_id", "bigint", "integer"), _new("user_id", "bigint", "integer")),
        _table("order_items", lambda t: {"foreign_keys": (*t.foreign_keys,
                                                          _reference("order_items", "user_id", "users"))})),
        "transitive-dependency"),
    Fault("several values in one column", _column("products", "description", sql_type="text[]"), "multi-valued-column"),
    Fault("phone1 and phone2", _more("users", _new("phone1", "text", "text"), _new("phone2", "text", "text")),
          "multi-valued-column"),
    Fault("names of attributes beside their values", _more("products", _new("attribute", "text", "text"),
                                                           _new("value", "text", "text")), "multi-valued-column"),
    Fault("reserved word for a column", _column("orders", "notes", name="order"), "reserved-word-name"),
    Fault("entity without a table", lambda d: _schema(d, tables=tuple(
        t for t in d.schema_design.tables if t.name != "payments")), "entity-without-table"),
    Fault("row-level security without a policy", lambda d: d.model_copy(update={"security": d.security.model_copy(
        update={"policies": tuple(p for p in d.security.policies if p.table != "orders")})}),
        "rls-table-without-policy"),
    Fault("secret that a reader sees", lambda d: d.model_copy(update={"security": d.security.model_copy(
        update={"grants": tuple(g.model_copy(update={"columns": ()}) if g.table == "users" else g
                                for g in d.security.grants)})}), "secret-readable"),
    Fault("audited table without a trail", lambda d: d.model_copy(update={"security": d.security.model_copy(
        update={"audit": d.security.audit and d.security.audit.model_copy(update={"tables": ("orders",)})})}),
        "audit-missing"),
    Fault("name that the engine would cut", lambda d: _schema(d, statements=tuple(
        s.model_copy(update={"sql": s.sql.replace("fk_orders_user_id", "fk_orders_user_id_" + "x" * 50)})
        for s in d.schema_design.statements)), "identifier-too-long"),
)  # fmt: skip
