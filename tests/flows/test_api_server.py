"""The description is kept: a server that is made from it answers whatever is sent, on the document's own queries."""

from collections.abc import Iterator
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


@pytest.fixture(scope="module", params=["shop", "clinic", "habits"])
def example(request: pytest.FixtureRequest, server: Server) -> Iterator[Served]:
    with served(server, document(request.param)) as running:
        yield running


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
    return sent | {f.name: 1 for f in operation.body.fields if f.name.endswith("_id")}


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
