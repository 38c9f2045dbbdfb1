"""From a published design to its API: places, parameters, permissions, problems, caching and events."""

from decimal import Decimal

import pytest

from agents.api_integration import api_integration
from agents.api_integration.access import rate_limits
from agents.api_integration.externals import directions
from agents.api_integration.queries import query_facts
from artifacts.api_schemas import shape_schema
from contracts.api import Operation, Value
from contracts.published import Application, QueryParameter, QueryResult
from tests.agents.api import designs

DESIGN = designs.design()
API = api_integration(DESIGN)


def operation(identity: str) -> Operation:
    return API.operation(identity)


def test_a_sound_design_has_no_findings_but_advice() -> None:
    assert [f"{f.check}: {f.fact}" for f in API.findings if f.severity == "error"] == []


def test_each_query_has_its_place() -> None:
    places = {o.id: f"{o.method} {o.path}" for o in API.operations}
    assert places == {
        "createSession": "post /sessions",
        "getProduct": "get /products/{sku}",
        "listProducts": "get /products",
        "listOrders": "get /orders",
        "listProductOrders": "get /products/{product_id}/orders",
        "reportOrders": "get /reports/orders",
        "createOrder": "post /orders",
        "updateProduct": "patch /products/{id}",
        "deleteProduct": "delete /products/{id}",
    }


def test_own_rows_are_asked_for_by_who_the_caller_is() -> None:
    (service,) = operation("listOrders").services
    assert [b.source for b in service.bindings] == ["caller", "cursor", "cursor"]
    assert service.roles == ("customer",)
    assert [p.name for p in operation("listOrders").parameters] == ["cursor"]


def test_pages_start_before_the_first_row_in_their_direction() -> None:
    (service,) = operation("listOrders").services
    assert [(k.name, k.start) for k in service.cursor] == [("placed_at", "infinity"), ("id", "9223372036854775807")]


def test_a_report_is_for_those_who_see_all_rows() -> None:
    assert operation("reportOrders").roles == ("support",)
    assert operation("reportOrders").answer == "list"


def test_sign_in_needs_no_token_and_returns_no_secret() -> None:
    session = operation("createSession")
    assert session.anonymous and session.result is not None and session.body is not None
    assert [f.name for f in session.body.fields] == ["email", "password"]
    assert [f.name for f in session.result.fields] == ["token", "token_type", "expires_in"]
    assert session.services[0].roles == ("auth",)


def test_a_body_has_what_a_client_may_decide() -> None:
    body = operation("createOrder").body
    assert body is not None
    assert [f.name for f in body.fields] == ["product_id", "order_number", "placed_at"]
    bindings = {b.position: (b.source, b.name) for b in operation("createOrder").services[0].bindings}
    assert bindings[1] == ("caller", "id")
    assert bindings[4] == ("constant", "open")


def test_a_command_takes_the_parts_of_what_it_makes_in_its_body() -> None:
    api = api_integration(designs.with_lines("shop_app"))
    made = api.operation("createOrder")
    assert made.body is not None
    lines = made.body.field("order_lines")
    assert [(p.name, p.required) for p in lines.parts] == [("product_id", True), ("quantity", True), ("note", False)]
    assert (lines.value.type, lines.value.min_length) == ("array", 1)
    (service,) = made.services
    (part,) = service.parts
    assert [(b.source, b.name) for b in part.bindings] == [("made", "id"), ("body", "order_lines")]
    assert {"ck-order-lines-quantity", "fk-order-lines-product-id"} <= set(made.problems)
    assert made.events == ()  # it reads products and changes none
    assert not [o.id for o in api.operations if o.tag == "order-lines" and o.method == "post"]
    schema = shape_schema(made.body, closed=True)["properties"]["order_lines"]  # type: ignore[index]
    assert schema["minItems"] == 1 and schema["items"]["additionalProperties"] is False
    assert schema["items"]["required"] == ["product_id", "quantity"]


def test_who_may_not_write_the_parts_may_not_make_the_whole() -> None:
    api = api_integration(designs.with_lines())
    assert "createOrder" not in {o.id for o in api.operations}


@pytest.mark.parametrize(
    ("dialect", "parts", "product", "position"),
    [
        ("mariadb", "json_table(?, '$[*]' COLUMNS (nth FOR ORDINALITY, product_id BIGINT PATH '$.product_id')) AS part",
         "part.product_id", "part.nth"),
        ("sqlite", "json_each(?) AS part", "json_extract(part.value, '$.product_id')", "part.key + 1"),
    ],
)  # fmt: skip
def test_members_of_a_list_are_read_from_each_familys_statement(
    dialect: str, parts: str, product: str, position: str
) -> None:
    sql = (
        "INSERT INTO order_lines (order_id, product_id, line_number, unit_price) SELECT ? AS order_id, "
        f"{product} AS product_id, {position} AS line_number, product.price AS unit_price FROM {parts} "
        f"LEFT OUTER JOIN products AS product ON product.id = {product}"
    )
    given = designs.query("made", "made", sql, "order_id bigint, order_lines json", table="order_lines")
    numbered = sql.replace("?", "$1", 1).replace("(?", "($2")
    catalogue = designs.with_lines().catalogue.model_copy(update={"dialect": dialect})
    facts = query_facts(given.model_copy(update={"numbered": numbered}), catalogue)
    assert facts is not None and facts.table == "order_lines"
    assert facts.members == ("product_id",)
    assert next((c.position, c.operator, c.column) for c in facts.comparisons) == (1, "set", "order_id")


def test_limits_are_the_databases_own() -> None:
    product = operation("getProduct").result
    assert product is not None
    assert product.field("sku").value.max_length == 32
    assert product.field("price").value.pattern == r"^(?=.*[1-9])\d{1,8}(\.\d{1,2})?$"
    assert product.field("id").value.minimum == Decimal(1) and product.field("id").read_only
    session = operation("createSession").body
    assert session is not None and session.field("email").value.pattern == "^[^@A-Z]+@[^@]+$"


def test_constraints_become_problems_where_they_can_be_broken() -> None:
    assert [p for p in operation("createOrder").problems if p.startswith(("uq", "ck", "fk"))] == [
        "uq-orders-order-number", "ck-orders-sent-at", "fk-orders-user-id", "fk-orders-product-id"
    ]  # fmt: skip
    assert [p for p in operation("updateProduct").problems if "-" in p and p.startswith("ck")] == ["ck-products-price"]
    assert "fk-orders-product-id-in-use" in operation("deleteProduct").problems
    status = {p.id: p.status for p in API.problems}
    assert status["uq-orders-order-number"] == 409 and status["ck-orders-sent-at"] == 422
    assert status["fk-orders-product-id-in-use"] == 409 and status["database-busy"] == 503


def test_what_caches_may_keep_is_what_is_left_of_the_allowed_age() -> None:
    assert operation("getProduct").cache.header == "public, max-age=25"  # 60 allowed, 30 held, 5 of lag
    assert operation("listProducts").cache.header == "no-cache"
    assert operation("listOrders").cache.header == "no-store"


def test_a_write_names_its_events() -> None:
    assert operation("updateProduct").events == ("product.updated",)
    (event,) = API.events
    assert [f.name for f in event.payload] == ["id", "sku"]
    assert event.operations == ("updateProduct",)


def test_a_public_api_shows_open_tables_to_strangers_and_nothing_else() -> None:
    assert {o.id for o in API.operations if o.anonymous} == {"createSession", "getProduct", "listProducts"}
    closed = api_integration(designs.design(application=designs.application(public_api=False)))
    assert {o.id for o in closed.operations if o.anonymous} == {"createSession"}


def test_two_queries_of_one_path_are_told_apart_by_filters_and_order() -> None:
    second = designs.query(
        "search_products", "A customer searches products by name",
        "SELECT id, sku, name, price, status FROM products WHERE to_tsvector('english', name) "
        "@@ websearch_to_tsquery('english', $1) ORDER BY ts_rank(to_tsvector('english', name), "
        "websearch_to_tsquery('english', $1)) DESC LIMIT 9",
        "words text", "id sku name price status", table="products",
    )  # fmt: skip
    both = api_integration(designs.design(queries=(*designs.QUERIES, second))).operation("listProducts")
    assert [(s.given, s.sort) for s in both.services] == [
        ((("status", ""),), "price"), ((("name", ""),), "relevance")
    ]  # fmt: skip
    assert {p.name: p.required for p in both.parameters} == {
        "status": False, "name": False, "sort": False, "cursor": False
    }  # fmt: skip
    assert "unsupported-combination" in both.problems


def test_a_query_that_asks_the_same_again_is_not_offered_twice() -> None:
    twin = designs.QUERIES[2].model_copy(update={"name": "list_products_2"})
    api = api_integration(designs.design(queries=(*designs.QUERIES, twin)))
    assert [n.subject for n in api.not_offered if "list_products_2" in n.subject] == ["query list_products_2"]


def test_no_roles_means_no_login() -> None:
    bare = DESIGN.catalogue.model_copy(update={"grants": (), "roles": ()})
    api = api_integration(
        designs.design(catalogue=bare, application=designs.application(authentication="", callers={}))
    )
    assert api.authentication.kind == "none"
    assert all(o.anonymous and not o.roles for o in api.operations)


def test_a_document_without_an_application_block_is_served_by_its_grants() -> None:
    plain = tuple(q.model_copy(update={"title": "", "access": "", "index": ""}) for q in designs.QUERIES)
    api = api_integration(designs.design(application=Application(), queries=plain, cache_entries=(), routes=()))
    assert {role.name for role in api.roles} == {"app", "support", "manager", "auth"}
    assert api.authentication.kind == "bearer" and api.base_path == "/api"
    assert api.operation("listProducts").services[0].index == "ix_products_status"
    assert not [f.fact for f in api.findings if f.severity == "error"]


def test_an_unknown_statement_is_named_and_left_out() -> None:
    odd = designs.query("odd", "nothing", "SELECT 1", "", table="products").model_copy(
        update={"tables": (), "table": ""}
    )
    api = api_integration(designs.design(queries=(*designs.QUERIES, odd)))
    assert any(n.subject == "query odd" for n in api.not_offered)
    assert len(api.operations) == len(API.operations)


def test_the_same_design_gives_the_same_api() -> None:
    assert api_integration(type(DESIGN).model_validate_json(DESIGN.model_dump_json())).digest() == API.digest()


def test_a_renamed_column_renames_field_filter_and_cursor() -> None:
    old, new = designs.PRODUCTS, "cost"
    columns = tuple(c.model_copy(update={"name": new}) if c.name == "price" else c for c in old.columns)
    table = old.model_copy(update={"columns": columns, "checks": ()})

    def renamed(query: object) -> object:
        sql = query.sql.replace("price", new)  # type: ignore[attr-defined]
        results = tuple(
            QueryResult(name=new, type=r.type, table=r.table, column=new) if r.name == "price" else r
            for r in query.results  # type: ignore[attr-defined]
        )
        parameters = tuple(
            QueryParameter(name=p.name.replace("price", new), type=p.type)
            for p in query.parameters  # type: ignore[attr-defined]
        )
        return query.model_copy(  # type: ignore[attr-defined]
            update={"sql": sql, "results": results, "parameters": parameters}
        )

    api = api_integration(
        designs.with_tables(table, base=designs.design(queries=tuple(renamed(q) for q in designs.QUERIES)))
    )
    listed = api.operation("listProducts")
    assert listed.result is not None and new in [f.name for f in listed.result.fields]
    assert listed.services[0].sort == new
    assert [f.name for f in api.operation("updateProduct").body.fields] == [new]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Rate limits: 100 requests per minute per user", [(100, 60, "user")]),
        ("1,000 calls per hour for each API key; 20 requests/second", [(1000, 3600, "api key"), (20, 1, "caller")]),
        ("Rate limits apply", []),
    ],
)
def test_rate_limits_are_read_from_the_briefs_sentences(sentence: str, expected: list[object]) -> None:
    found = rate_limits(designs.design(application=designs.application(rate_limits=(sentence,))))
    assert [(limit.requests, limit.seconds, limit.per) for limit in found] == expected


def test_directions_of_external_systems() -> None:
    assert directions("creates labels, reports delivery") == (("creates labels",), ("reports delivery",))
    assert directions("") == ((), ())


def test_the_time_of_a_call_is_computed_and_compared_with_the_request() -> None:
    (external,) = API.externals
    worst = next(f for f in external.figures if f.name == "worst_case_seconds")
    assert worst.value == 7.5
    assert "200 ms" in worst.source
    assert "orders.order_number" in external.idempotency


def test_values_without_a_column_are_known_by_their_type() -> None:
    report = operation("reportOrders").result
    assert report is not None
    assert report.field("row_count").value == Value(
        type="integer", format="int64", minimum=Decimal(0), maximum=Decimal(2**63 - 1), example=3
    )
    assert report.field("month").value.format == "date-time"
