"""openapi.yaml is valid and says what the contract says; both files are harmless whatever the document's words are."""

from typing import Any

import jsonschema
import pytest
import yaml
from markdown_it import MarkdownIt
from openapi_spec_validator import validate

from agents.api_integration import api_integration
from artifacts.api_document import api_integration_md
from artifacts.api_files import api_files
from artifacts.api_openapi import openapi, openapi_yaml
from contracts.published import ExternalSystem
from tests.agents.api import designs
from tests.artifacts.conftest import HOSTILE

API = api_integration(designs.design())
DATA: dict[str, Any] = yaml.safe_load(openapi_yaml(API))


def resolved(schema: Any) -> Any:
    """The schema with its references replaced."""
    if isinstance(schema, dict) and "$ref" in schema:
        part: Any = DATA
        for key in schema["$ref"].removeprefix("#/").split("/"):
            part = part[key]
        return resolved(part)
    if isinstance(schema, dict):
        return {key: resolved(value) for key, value in schema.items()}
    return [resolved(value) for value in schema] if isinstance(schema, list) else schema


def examples(data: Any) -> list[tuple[Any, Any]]:
    """(schema, example) wherever a media type, parameter or property has one."""
    found = []
    if isinstance(data, dict):
        if "schema" in data and "example" in data:
            found.append((data["schema"], data["example"]))
        for value in data.get("examples", {}).values() if isinstance(data.get("examples"), dict) else ():
            found.append((data["schema"], value["value"]))
        if "properties" in data:
            found += [(p, e) for p in data["properties"].values() for e in p.get("examples", ())]
        for value in data.values():
            found += examples(value)
    elif isinstance(data, list):
        for value in data:
            found += examples(value)
    return found


def test_the_description_is_valid_openapi() -> None:
    validate(DATA)


def test_the_yaml_says_what_the_data_say() -> None:
    assert openapi(API) == DATA


def test_every_example_fits_its_schema() -> None:
    found = examples(resolved(DATA))
    assert len(found) > 40
    for schema, example in found:
        jsonschema.Draft202012Validator(schema).validate(example)


def test_every_operation_and_problem_is_described() -> None:
    operations = [o for path in DATA["paths"].values() for o in path.values()]
    assert [o["operationId"] for o in operations] == [o.id for o in API.operations]
    refused = {name for r in DATA["components"]["responses"].values()
               for name in r["content"]["application/problem+json"]["examples"]}  # fmt: skip
    assert refused == {problem.id for problem in API.problems}


def test_who_may_call_is_in_the_description() -> None:
    assert DATA["paths"]["/orders"]["get"]["security"] == [{"bearer": ["customer"]}]
    assert DATA["paths"]["/sessions"]["post"]["security"] == []
    assert {} in DATA["paths"]["/products"]["get"]["security"]


def test_the_document_names_each_operation_problem_event_and_figure() -> None:
    text = api_integration_md(API)
    for operation in API.operations:
        assert f"#### `{operation.method.upper()} {operation.path}`" in text
    for problem in API.problems:
        assert f"`/problems/{problem.id}`" in text
    assert "`product.updated`" in text and "7.5 seconds" in text and "100 requests" in text


def test_the_files_have_safe_places() -> None:
    assert [f.path for f in api_files(API)] == ["planning/api-integration.md", "planning/openapi.yaml"]
    assert all(f.text.endswith("\n") and not f.text.endswith("\n\n") for f in api_files(API))


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_the_document_stay_words(text: str) -> None:
    queries = tuple(q.model_copy(update={"title": text}) for q in designs.QUERIES)
    application = designs.application(
        authentication=text,
        rate_limits=(f"{text} 5 requests per second",),
        integrations=(ExternalSystem(name=text, purpose=text),),
    )
    api = api_integration(designs.design(title=text, queries=queries, application=application))
    data = yaml.safe_load(openapi_yaml(api))
    validate(data)
    assert data == openapi(api)
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").parse(api_integration_md(api))
    kinds = {child.type for token in rendered for child in (token, *(token.children or ()))}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "fence", "code_block"}
