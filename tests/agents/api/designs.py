"""A small published design made by hand: a shop with people, products and orders, and what its database says."""

from typing import Any

from contracts.catalogue import (
    Catalogue,
    PublishedCheck,
    PublishedColumn,
    PublishedForeignKey,
    PublishedGrant,
    PublishedIndex,
    PublishedKey,
    PublishedPolicy,
    PublishedRole,
    PublishedTable,
)
from contracts.claims import Engine
from contracts.published import (
    Application,
    CacheEvent,
    ExternalSystem,
    PublishedCacheEntry,
    PublishedDesign,
    PublishedQuery,
    PublishedRoute,
    QueryParameter,
    QueryResult,
    StateChange,
)

OWN = "(user_id = ( SELECT (NULLIF(current_setting('app.user_id'::text, true), ''::text))::bigint AS \"nullif\"))"


def column(name: str, base: str = "varchar", **more: Any) -> PublishedColumn:
    return PublishedColumn.model_validate({"name": name, "type": base, "base": base, "nullable": False, **more})


def key(name: str, *columns: str) -> PublishedKey:
    return PublishedKey(name=name, columns=columns, line=10)


def reference(table: str, name: str, target: str) -> PublishedForeignKey:
    return PublishedForeignKey(
        name=f"fk_{table}_{name}", columns=(name,), references=target, referenced_columns=("id",),
        on_delete="restrict", on_update="no action", line=12,
    )  # fmt: skip


def check(name: str, expression: str, *columns: str) -> PublishedCheck:
    return PublishedCheck(name=name, columns=columns, expression=expression, line=11)


ID = column("id", "bigint", identity="always")


def policies(table: str, own: str) -> tuple[PublishedPolicy, ...]:
    return (
        PublishedPolicy(name=f"{table}_own", table=table, command="all", roles=("shop_app",), using=own, check=own),
        PublishedPolicy(name=f"{table}_staff", table=table, command="select", roles=("shop_support",), using="true"),
    )


USERS = PublishedTable(
    name="users",
    line=5,
    columns=(
        ID,
        column("email", length=254, sensitivity="personal"),
        column("password_hash", length=255, sensitivity="secret"),
        column("status", length=20, allowed=("active", "closed"), default="'active'::character varying"),
    ),
    primary_key=key("pk_users", "id"),
    uniques=(key("uq_users_email", "email"),),
    checks=(check("ck_users_email", "((email)::text ~ '^[^@[:upper:]]+@[^@]+$'::text)", "email"),),
    policies=(
        *policies("users", OWN.replace("user_id =", "id =")),
        PublishedPolicy(name="users_auth", table="users", command="all", roles=("shop_auth",), using="true"),
    ),
    row_security=True,
)
PRODUCTS = PublishedTable(
    name="products",
    line=20,
    columns=(
        ID,
        column("sku", length=32),
        column("name", length=80),
        column("price", "numeric", precision=10, scale=2),
        column("status", length=8, allowed=("active", "gone"), default="'active'::character varying"),
    ),
    primary_key=key("pk_products", "id"),
    uniques=(key("uq_products_sku", "sku"),),
    checks=(check("ck_products_price", "(price > (0)::numeric)", "price"),),
    indexes=(
        PublishedIndex(
            name="ix_products_status", table="products", method="btree", unique=False, keys=("status", "price", "id"),
            columns=("status", "price", "id"), definition="",
        ),
    ),
)  # fmt: skip
ORDERS = PublishedTable(
    name="orders",
    line=30,
    columns=(
        ID,
        column("user_id", "bigint"),
        column("product_id", "bigint"),
        column("order_number", length=20),
        column("status", length=10, allowed=("open", "sent"), default="'open'::character varying"),
        column("placed_at", "timestamptz"),
        column("sent_at", "timestamptz", nullable=True),
    ),
    primary_key=key("pk_orders", "id"),
    uniques=(key("uq_orders_order_number", "order_number"),),
    foreign_keys=(reference("orders", "user_id", "users"), reference("orders", "product_id", "products")),
    checks=(check("ck_orders_sent_at", "(sent_at >= placed_at)", "sent_at", "placed_at"),),
    policies=policies("orders", OWN),
    row_security=True,
)
TABLES = {table.name: table for table in (USERS, PRODUCTS, ORDERS)}


def query(name: str, title: str, sql: str, parameters: str, results: str = "", **more: Any) -> PublishedQuery:
    """A query; `parameters` are `name type` pairs with commas, `results` columns of its table."""
    table = more.pop("table")
    known = {c.name: c for c in TABLES[table].columns} if table in TABLES else {}
    found = [QueryResult(name=r, type=known[r].base, table=table, column=r) for r in results.split()]
    given = [QueryParameter(name=p.split()[0], type=p.split()[1]) for p in parameters.split(", ") if p]
    return PublishedQuery(
        name=name,
        title=title,
        section="Queries",
        purpose="application",
        command=sql.split()[0].lower(),
        sql=sql,
        parameters=tuple(given),
        results=tuple(more.pop("found", found)),
        table=table,
        tables=(table,),
        line=more.pop("line", 100),
        **more,
    )


QUERIES = (
    query(
        "get_users_by_email", "A user logs in with email",
        "SELECT id, email, password_hash FROM users WHERE email = $1", "email varchar",
        "id email password_hash", table="users",
    ),
    query(
        "get_products_by_sku", "GET /api/products/{sku}", "SELECT id, sku, name, price FROM products WHERE sku = $1",
        "sku varchar", "id sku name price", table="products", index="uq_products_sku", stale_seconds=60,
    ),
    query(
        "list_products", "products of a status, cheapest first",
        "SELECT id, sku, name, price, status FROM products WHERE status = $1 AND (price, id) > ($2, $3) "
        "ORDER BY price, id LIMIT 10",
        "status varchar, after_price numeric, after_id bigint", "id sku name price status",
        table="products", index="ix_products_status",
    ),
    query(
        "list_orders_by_user", "A customer views own orders, newest first",
        "SELECT id, user_id, order_number, status, placed_at FROM orders WHERE user_id = $1 "
        "AND (placed_at, id) < ($2, $3) ORDER BY placed_at DESC, id DESC LIMIT 20",
        "user_id bigint, after_placed_at timestamptz, after_id bigint", "id user_id order_number status placed_at",
        table="orders",
    ),
    query(
        "list_orders_of_product", "orders of a product",
        "SELECT id, order_number FROM orders WHERE product_id = $1 AND id > $2 ORDER BY id LIMIT 5",
        "product_id bigint, after_id bigint", "id order_number", table="orders",
    ),
    query(
        "count_orders", "orders of a month",
        "SELECT date_trunc('month', placed_at) AS month, count(*) AS row_count FROM orders WHERE placed_at >= $1 "
        "AND placed_at < $2 GROUP BY 1 ORDER BY 1",
        "placed_at_from timestamptz, placed_at_to timestamptz", table="orders",
        found=(QueryResult(name="month", type="timestamptz"), QueryResult(name="row_count", type="bigint")),
    ),
    query(
        "create_orders", "A customer places an order",
        "INSERT INTO orders (user_id, product_id, order_number, status, placed_at) VALUES ($1, $2, $3, $4, $5) "
        "RETURNING id",
        "user_id bigint, product_id bigint, order_number varchar, status varchar, placed_at timestamptz", "id",
        table="orders",
    ),
    query(
        "update_products", "A manager changes the price of a product",
        "UPDATE products SET price = $2 WHERE id = $1", "id bigint, price numeric", table="products",
    ),
    query("delete_products", "A manager removes a product", "DELETE FROM products WHERE id = $1", "id bigint",
          table="products"),
)  # fmt: skip


def grants() -> tuple[PublishedGrant, ...]:
    def allowed(role: str, table: str, commands: str, *columns: str) -> list[PublishedGrant]:
        return [
            PublishedGrant.model_validate({"role": role, "table": table, "command": command, "columns": columns})
            for command in commands.split()
        ]

    return (
        *allowed("shop_app", "orders", "select insert update"),
        *allowed("shop_app", "products", "select"),
        *allowed("shop_app", "users", "select", "id", "email", "status"),
        *allowed("shop_support", "orders", "select"),
        *allowed("shop_manager", "products", "select insert update delete"),
        *allowed("shop_auth", "users", "select", "id", "email", "password_hash", "status"),
    )


def application(**changes: Any) -> Application:
    return Application.model_validate(
        {
            "authentication": "Authentication: JWT bearer tokens, 15 minutes valid",
            "public_api": True,
            "owner_table": "users",
            "identity": "app.user_id",
            "callers": {"customer": "shop_app", "support": "shop_support", "manager": "shop_manager"},
            "sign_in": "shop_auth",
            "rate_limits": ("100 requests per minute per user",),
            "integrations": (ExternalSystem(name="Carrier", purpose="ships orders, reports delivery"),),
            "states": (StateChange(table="orders", column="status", transitions=(("open", "sent"),)),),
            "response_ms": 200,
            **changes,
        }
    )


def design(**changes: Any) -> PublishedDesign:
    """The whole design; `changes` replace fields."""
    names = ("shop_app", "shop_support", "shop_manager", "shop_auth")
    return PublishedDesign.model_validate(
        {
            "project": "shop",
            "title": "Little Shop",
            "document_digest": "0" * 64,
            "engine": Engine(name="PostgreSQL", version="18.6", origin="embedded"),
            "application": application(),
            "catalogue": Catalogue(
                tables=tuple(TABLES.values()), grants=grants(), roles=tuple(PublishedRole(name=n) for n in names)
            ),
            "queries": QUERIES,
            "cache_entries": (
                PublishedCacheEntry(
                    name="get_products_by_sku",
                    layers=("distributed_cache",),
                    key_pattern="shop:product:{sku}",
                    query="get_products_by_sku",
                    ttl_seconds=30,
                    stale_seconds=60,
                    events=(
                        CacheEvent(
                            event="product.updated", table="products", operations=("update",),
                            keys=("shop:product:{old.sku}", "shop:product:{new.sku}"),
                        ),
                    ),
                ),
            ),
            "routes": (PublishedRoute(query="get_products_by_sku", target="standby_1", lag_seconds=5),),
            "sections": (),
            "blocks": (),
            **changes,
        }
    )  # fmt: skip


def with_tables(*tables: PublishedTable, base: PublishedDesign | None = None) -> PublishedDesign:
    """The design with some tables replaced."""
    found = base or design()
    replaced = {table.name: table for table in tables}
    kept = tuple(replaced.pop(t.name, t) for t in found.catalogue.tables)
    catalogue = found.catalogue.model_copy(update={"tables": (*kept, *replaced.values())})
    return found.model_copy(update={"catalogue": catalogue})


LINES = PublishedTable(
    name="order_lines",
    line=40,
    columns=(
        ID,
        column("order_id", "bigint"),
        column("product_id", "bigint"),
        column("line_number", "integer"),
        column("quantity", "integer"),
        column("note", length=80, nullable=True),
        column("unit_price", "numeric", precision=10, scale=2),
    ),
    primary_key=key("pk_order_lines", "id"),
    foreign_keys=(reference("order_lines", "order_id", "orders"), reference("order_lines", "product_id", "products")),
    checks=(check("ck_order_lines_quantity", "(quantity > 0)", "quantity"),),
)


def with_lines(*roles: str) -> PublishedDesign:
    """Orders that are made with their lines, which these roles may write."""
    made = with_tables(LINES)
    lines = query(
        "create_orders_order_lines", "its lines",
        "INSERT INTO order_lines (order_id, product_id, line_number, quantity, note, unit_price) "
        "SELECT $1 AS order_id, (part.item ->> 'product_id')::bigint AS product_id, part.nth AS line_number, "
        "(part.item ->> 'quantity')::integer AS quantity, (part.item ->> 'note') AS note, product.price AS unit_price "
        "FROM jsonb_array_elements($2) WITH ORDINALITY AS part(item, nth) "
        "LEFT OUTER JOIN products AS product ON product.id = (part.item ->> 'product_id')::bigint",
        "order_id bigint, order_lines jsonb", table="order_lines", part_of="create_orders",
    )  # fmt: skip
    given = (
        *(PublishedGrant(role=r, table="order_lines", command="insert") for r in roles),
        *(PublishedGrant(role=r, table="products", command="select") for r in roles),
    )
    catalogue = made.catalogue.model_copy(update={"grants": (*made.catalogue.grants, *given)})
    return made.model_copy(update={"catalogue": catalogue, "queries": (*made.queries, lines)})
