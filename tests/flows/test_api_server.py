"""The description is kept: a server that is made from it answers whatever is sent, on the document's own queries."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from agents.api_integration.queries import query_facts
from artifacts.api_openapi import openapi
from contracts.api import Parameter
from flows.api_server.callers import Limiter
from flows.engines import engine
from flows.engines.server import Server, serving
from tests.flows.api_examples import Served, document, served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
CALLS = 12  # of each operation and each kind of data


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(engine("embedded")) as running:
        yield running


@pytest.fixture(scope="module")
def running(server: Server) -> Iterator[Callable[[str], Served]]:
    """The API of an example, started once."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def start(name: str) -> Served:
            return stack.enter_context(served(server, document(name)))

        yield start


@pytest.fixture(params=["shop", "clinic", "habits"])
def example(request: pytest.FixtureRequest, running: Callable[[str], Served]) -> Served:
    return running(request.param)


@pytest.fixture
def shop(running: Callable[[str], Served]) -> Served:
    return running("shop")


def described(example: Served) -> Any:
    """The API for schemathesis, its parameters' examples replaced by values that the rows have."""
    schema = schemathesis.openapi.from_dict(openapi(example.api))
    schema.app = example.app
    return schema


def known(example: Served, parameter: Parameter, query: str) -> str:
    """A value that a row has; words of the searched column for a search."""
    facts = query_facts(example.design.query(query), example.design.catalogue)
    assert facts is not None
    searched = (facts.table, facts.search[0]) if facts.search and not parameter.column else ("", "")
    place = searched if searched[1] else (parameter.table, parameter.column)
    found = example.seeds.get(place)
    if found is None:
        found = 1 if parameter.value.type == "integer" else parameter.value.example
    return str(found)


def test_every_operation_answers_with_rows_that_are_there(example: Served) -> None:
    client = TestClient(example.app)
    schema = described(example)
    for operation in example.api.operations:
        for service in operation.services:
            path = operation.path
            query = {name: value for name, value in service.given if value}
            for parameter in operation.parameters:
                if parameter.place == "path":
                    path = path.replace(f"{{{parameter.name}}}", known(example, parameter, service.query))
                elif parameter.name in dict(service.given) and parameter.name not in query:
                    query[parameter.name] = _wide(parameter.name, known(example, parameter, service.query))
            if service.sort and any(p.name == "sort" for p in operation.parameters):
                query["sort"] = service.sort
            role = next((r for r in example.api.roles if r.name in service.roles), None)
            headers = {"Authorization": f"Bearer {role.name}:1"} if role else {}
            body = _body(operation, example)
            url = f"{example.api.base_path}{path}"
            response = client.request(operation.method.upper(), url, params=query, headers=headers, json=body)
            assert response.status_code in (200, 201), (operation.id, service.query, response.text)
            data = response.json()
            assert "items" not in data or data["items"], (operation.id, service.query, "no row was found")
            assert schema[operation.path][operation.method.upper()].is_valid_response(response), operation.id


def _wide(name: str, value: str) -> str:
    """A span that holds the rows."""
    if name.endswith(("_from", "_to")):
        return ("2000-01-01" if name.endswith("_from") else "2100-01-01") + value[10:]
    return value


def _body(operation: Any, example: Served) -> dict[str, Any] | None:
    if operation.body is None:
        return None
    if operation.answer == "token":
        return {
            f.name: example.seeds.get((f.table, f.column), None) or _password(example) for f in operation.body.fields
        }
    sent = {f.name: f.value.example for f in operation.body.fields}
    sent |= {f.name: [_seeded(f.parts)] for f in operation.body.fields if f.parts}
    return sent | {f.name: 1 for f in operation.body.fields if f.name.endswith("_id")}


def _seeded(fields: Any) -> dict[str, Any]:
    return {f.name: 1 if f.name.endswith("_id") else f.value.example for f in fields}


def _password(example: Served) -> Any:
    return next(v for (_, column), v in example.seeds.items() if column.endswith(("password_hash", "secret_hash")))


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_nothing_that_is_sent_gets_an_answer_outside_of_the_description(example: Served, mode: str) -> None:
    schema = described(example)
    for operation in example.api.operations:
        if operation.parameters or operation.body:
            found = schema[operation.path][operation.method.upper()]
            _tried(found.as_strategy(generation_mode=schemathesis.GenerationMode(mode)), example.token(operation))


def _tried(strategy: Any, headers: dict[str, str]) -> None:
    """Some calls of one operation; the same ones each time."""

    @given(case=strategy)
    @settings(
        max_examples=CALLS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def calls(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    calls()


ORDER = {
    "order_number": "ON-77",
    "total_amount": "19.90",
    "placed_at": "2026-11-09T09:30:00Z",
    "order_items": [{"product_id": 1, "quantity": 2}],
}


def order(shop: Served, address: int, **more: Any) -> dict[str, Any]:
    """An order to an address, with what the description asks of one; the first user has addresses 1 and 2."""
    body = shop.api.operation("createOrder").body
    assert body is not None
    asked_for = {name: value for name, value in ORDER.items() if name in {f.name for f in body.fields}}
    return asked_for | {"shipping_address_id": address} | more


def asked(example: Served, method: str, path: str, token: str = "", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return TestClient(example.app).request(method, f"/api{path}", headers=headers | more.pop("headers", {}), **more)


def test_refusals_are_told_as_described(shop: Served) -> None:
    number = shop.seeds["orders", "order_number"]

    def problem(*call: Any, **more: Any) -> tuple[int, str]:
        response = asked(shop, *call, **more)
        assert response.headers["content-type"] == "application/problem+json"
        return response.status_code, response.json()["type"].removeprefix("/problems/")

    assert problem("GET", "/orders") == (401, "not-authenticated")
    assert problem("GET", "/orders", "nobody") == (401, "not-authenticated")
    assert problem("GET", "/users?status=active", "customer:1") == (403, "not-permitted")
    assert problem("GET", f"/orders/{number}", "customer:3") == (404, "not-found")  # there, and somebody else's
    assert problem("GET", "/products?status=active", "customer:1") == (400, "unsupported-combination")
    assert problem("GET", "/orders?cursor=YWJj", "customer:1") == (400, "invalid-cursor")
    assert problem("GET", "/orders?page=1", "customer:1") == (400, "invalid-request")
    assert problem("POST", "/orders", "customer:1", content="x") == (415, "unsupported-media-type")
    body = shop.api.operation("createOrder").body
    late = order(shop, 1, shipped_at="2026-11-10T00:00:00Z", delivered_at="2026-11-09T00:00:00Z")
    known = body is not None and "shipped_at" in {f.name for f in body.fields}
    refused = (422, "ck-orders-delivered-at-shipped-at") if known else (400, "invalid-request")
    assert problem("POST", "/orders", "customer:1", json=late) == refused
    missing = problem("POST", "/orders", "customer:1", json=order(shop, 99))
    kept = "shipping_address_line1" in {c.name for c in shop.design.data_table("orders").columns}
    assert missing == ((400, "invalid-request") if kept else (422, "fk-orders-shipping-address-id"))
    again = order(shop, 1, order_number=number)
    assert problem("POST", "/orders", "customer:1", json=again) == (409, "uq-orders-order-number")
    forged = order(shop, 1, user_id=3)
    assert problem("POST", "/orders", "customer:1", json=forged) == (400, "invalid-request")


def test_what_was_created_is_the_callers_and_can_be_read_where_it_says(shop: Served) -> None:
    created = asked(shop, "POST", "/orders", "customer:3", json=order(shop, 3))
    assert created.status_code == 201
    assert created.headers["location"] == "/api/orders/ON-77"
    made = asked(shop, "GET", "/orders/ON-77", "customer:3").json()
    assert (made["user_id"], made["status"]) == (3, "pending")
    assert asked(shop, "GET", "/orders/ON-77", "customer:1").status_code == 404


def test_pages_follow_each_other_without_gap_or_repetition(shop: Served) -> None:
    for number in range(45):
        row = order(shop, 3, order_number=f"P-{number:03}", placed_at=f"2026-11-10T00:{number % 30:02}:00Z")
        assert asked(shop, "POST", "/orders", "customer:3", json=row).status_code == 201
    seen: list[str] = []
    cursor = ""
    while True:
        page = asked(shop, "GET", f"/orders{cursor and f'?cursor={cursor}'}", "customer:3").json()
        seen += [item["order_number"] for item in page["items"] if item["order_number"].startswith("P-")]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 45 and len(set(seen)) == 45


def test_an_unchanged_answer_is_not_sent_again(shop: Served) -> None:
    path = f"/products/{shop.seeds['products', 'sku']}"
    first = asked(shop, "GET", path)
    assert first.headers["cache-control"] == "public, max-age=55"
    again = asked(shop, "GET", path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_callers_beyond_the_limit_wait(shop: Served) -> None:
    now = [0.0]
    limiter = Limiter(shop.api.rate_limits, clock=lambda: now[0])
    assert [limiter.wait("1") for _ in range(101)] == [0] * 100 + [60]
    assert limiter.wait("2") == 0
    now[0] = 61.0
    assert limiter.wait("1") == 0
