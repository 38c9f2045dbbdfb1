"""For each check of an API a way to break a sound one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agents.api_integration import api_integration
from contracts.api import ApiIntegration, Field, Operation
from contracts.published import PublishedDesign
from tests.agents.api import designs

Broken = tuple[PublishedDesign, ApiIntegration]


@dataclass(frozen=True)
class Case:
    """A check, what is broken, and words of the finding."""

    check: str
    name: str
    broken: Callable[[], Broken]
    words: str


def changed(identity: str, change: Callable[[Operation], dict[str, Any]]) -> Broken:
    """A sound design with one operation of its API tampered with."""
    design = designs.design()
    api = api_integration(design)
    made = tuple(o.model_copy(update=change(o)) if o.id == identity else o for o in api.operations)
    return design, api.model_copy(update={"operations": made})


def service(identity: str, **changes: Any) -> Callable[[], Broken]:
    """One operation whose first service is changed."""
    return lambda: changed(
        identity, lambda o: {"services": (o.services[0].model_copy(update=changes), *o.services[1:])}
    )


def field(identity: str, name: str, **changes: Any) -> Callable[[], Broken]:
    """One operation with a field of its answer changed."""

    def change(operation: Operation) -> dict[str, Any]:
        assert operation.result is not None
        fields = tuple(f.model_copy(update=changes) if f.name == name else f for f in operation.result.fields)
        return {"result": operation.result.model_copy(update={"fields": fields})}

    return lambda: changed(identity, change)


def with_secret() -> Broken:
    """The users' hash among the fields of a product."""
    users = designs.design().data_table("users")
    real = users.column("password_hash")

    def change(operation: Operation) -> dict[str, Any]:
        assert operation.result is not None
        first = operation.result.fields[0]
        leak = Field(name=real.name, table="users", column=real.name, value=first.value)
        return {"result": operation.result.model_copy(update={"fields": (*operation.result.fields, leak)})}

    return changed("getProduct", change)


def edited(design: PublishedDesign) -> Broken:
    """An edited document and the API that it gives."""
    return design, api_integration(design)


def with_sentence(sentence: str) -> PublishedDesign:
    """An order with lines of its own that the workflow speaks of."""
    lines = designs.ORDERS.model_copy(
        update={
            "name": "order_lines",
            "columns": (designs.ID, designs.column("order_id", "bigint")),
            "uniques": (),
            "checks": (),
            "foreign_keys": (designs.reference("order_lines", "order_id", "orders"),),
        }
    )
    queries = tuple(
        q.model_copy(update={"title": sentence}) if q.name == "create_orders" else q for q in designs.QUERIES
    )
    return designs.with_tables(lines, base=designs.design(queries=queries))


def without_event_field() -> Broken:
    design = designs.design()
    api = api_integration(design)
    return design, api.model_copy(update={"events": tuple(e.model_copy(update={"payload": ()}) for e in api.events)})


def revoked() -> Broken:
    """Nobody may read the hash any more."""
    design = designs.design()
    kept = tuple(g for g in design.catalogue.grants if g.role != "shop_auth")
    return edited(design.model_copy(update={"catalogue": design.catalogue.model_copy(update={"grants": kept})}))


def dropped_index() -> Broken:
    return edited(designs.with_tables(designs.PRODUCTS.model_copy(update={"indexes": ()})))


FAILS = (
    Case("operation-without-statement", "parts that nothing writes", lambda: (
        designs.design(), api_integration(designs.with_lines("shop_app"))), "create_orders_order_lines"),
    Case("operation-without-statement", "a query that is not there", service("listOrders", query="no_such"), "no_such"),
    Case("operation-without-statement", "no query", lambda: changed("listOrders", lambda o: {"services": ()}),
         "no query"),
    Case("operation-without-statement", "a GET that writes", service("listOrders", query="create_orders"), "insert"),
    Case("unknown-column", "a column that is gone", field("getProduct", "name", column="title"), "does not have"),
    Case("unknown-column", "another limit", lambda: changed("getProduct", lambda o: {
        "parameters": tuple(p.model_copy(update={"value": p.value.model_copy(update={"max_length": 99})})
                            for p in o.parameters)}), "max_length"),
    Case("permission-disagrees", "a role without the grant", service("listOrders", roles=("customer", "manager")),
         "manager"),
    Case("permission-disagrees", "a role that nobody has", service("listOrders", roles=("pope",)), "no role"),
    Case("permission-disagrees", "own rows for everybody", lambda: changed("listOrders", lambda o: {"anonymous": True}),
         "policies guard orders"),
    Case("permission-disagrees", "a query that nobody may run", revoked, "get_users_by_email"),
    Case("undocumented-event", "an event left out", lambda: (designs.design(), api_integration(
        designs.design()).model_copy(update={"events": ()})), "product.updated"),
    Case("undocumented-event", "a payload without its keys", without_event_field, "sku"),
    Case("undocumented-event", "a write that keeps silent", lambda: changed("updateProduct", lambda o: {"events": ()}),
         "does not name it"),
    Case("secret-leaves", "a hash in an answer", with_secret, "password_hash"),
    Case("secret-leaves", "personal data in a cache", lambda: kept_by_caches(), "email"),
    Case("unanswered-constraint", "a duplicate without a problem", lambda: changed("createOrder", lambda o: {
        "problems": tuple(p for p in o.problems if not p.startswith("uq"))}), "uq_orders_order_number"),
    Case("workflow-half-served", "an order without its lines", lambda: edited(
        with_sentence("A customer places an order with its order lines")), "order_lines"),
    Case("reference-crosses-owners", "the id of a hidden row", lambda: edited(hidden_products()), "product_id"),
    Case("unreachable-column", "a column that nothing shows", lambda: edited(designs.with_tables(
        designs.PRODUCTS.model_copy(update={"columns": (*designs.PRODUCTS.columns, designs.column("colour"))}))),
        "colour"),
    Case("index-missing", "an index dropped by hand", dropped_index, "ix_products_status"),
)  # fmt: skip


def hidden_products() -> PublishedDesign:
    """Products that policies guard."""
    own = designs.OWN.replace("user_id =", "id =")
    return designs.with_tables(
        designs.PRODUCTS.model_copy(update={"row_security": True, "policies": designs.policies("products", own)})
    )


def kept_by_caches() -> Broken:
    """People in an answer that caches may keep."""
    design = designs.design()
    api = api_integration(design)
    email = api.operation("createSession").body.field("email")  # type: ignore[union-attr]

    def change(operation: Operation) -> dict[str, Any]:
        assert operation.result is not None
        return {"result": operation.result.model_copy(update={"fields": (*operation.result.fields, email)})}

    return changed("getProduct", change)
