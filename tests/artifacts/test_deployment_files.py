"""The written files: what parsers, schemas and the tools of the platforms themselves say to them."""

import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import promql_parser
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from artifacts.deployment_files import configuration_text, deployment_files, environment_example
from artifacts.yaml_block import Lines, yaml_text
from contracts.deployment import ConfigurationFile
from tests.agents.deployment.published import EXAMPLES, deployment_of

SERVICES = ("shop", "clinic")
KUBERNETES = kubernetes_validate.latest_version()
CUSTOM = ("cnpg.io", "monitoring.coreos.com", "kustomize")


@functools.cache
def files_of(example: str) -> dict[str, str]:
    """The example's files by their paths."""
    return {file.path: file.text for file in deployment_files(deployment_of(example))}


def documents_of(example: str) -> list[tuple[str, Any]]:
    """Every Kubernetes document as a parser reads it, with its file."""
    found = []
    for path, text in files_of(example).items():
        if path.startswith("deploy/") and path.endswith(".yaml") and "/monitoring/" not in path:
            found += [(path, document) for document in yaml.safe_load_all(text)]
    return found


def written(example: str, folder: Path) -> Path:
    """The example's files on disk."""
    for path, text in files_of(example).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_a_parser_reads_is_what_was_checked(example: str) -> None:
    for file in deployment_of(example).configurations:
        text = files_of(example)[file.path]
        read = [json.loads(text)] if file.format == "json" else list(yaml.safe_load_all(text))
        assert read == [dict(document) for document in file.documents], file.path


@pytest.mark.parametrize("example", EXAMPLES)
def test_compose_follows_its_specification(example: str, tmp_path: Path) -> None:
    schema_accepts(written(example, tmp_path) / "docker-compose.yml", "vendor.compose-spec")


def test_the_specification_refuses_what_is_wrong(tmp_path: Path) -> None:
    file = written("habits", tmp_path) / "docker-compose.yml"
    file.write_text(file.read_text().replace("healthcheck:", "healthchek:"))
    with pytest.raises(AssertionError, match="healthchek"):
        schema_accepts(file, "vendor.compose-spec")


@pytest.mark.parametrize("example", SERVICES)
def test_the_pipeline_follows_the_workflow_schema(example: str, tmp_path: Path) -> None:
    schema_accepts(written(example, tmp_path) / ".github/workflows/database.yml", "vendor.github-workflows")


def schema_accepts(file: Path, schema: str) -> None:
    """The schema that check-jsonschema ships accepts the file."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("example", SERVICES)
def test_kubernetes_accepts_its_own_kinds(example: str) -> None:
    seen = set()
    for path, document in documents_of(example):
        if not any(group in document["apiVersion"] for group in CUSTOM):
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
            seen.add((path, document["kind"]))
    assert len(seen) >= 4


def test_kubernetes_refuses_what_is_wrong() -> None:
    service = next(document for _, document in documents_of("shop") if document["kind"] == "Service")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**service, "spec": {**service["spec"], "portz": []}}, KUBERNETES, strict=True)


@functools.cache
def custom_fields() -> dict[str, Any]:
    """The fields of the custom resources, as JSON Schemas by their kind."""
    listed = yaml.safe_load((Path(__file__).parent / "cnpg_fields.yaml").read_text())
    return {kind: schema_of(fields) for kind, fields in listed.items()}


def schema_of(fields: Any) -> dict[str, Any]:
    """The list's own short notation as a JSON Schema."""
    if fields == "any":
        return {}
    if fields == "map":
        return {"type": "object", "additionalProperties": {"type": "string"}}
    if isinstance(fields, str):
        return {"type": fields}
    if isinstance(fields, list):
        return {"type": "array", "items": schema_of(fields[0])}
    if list(fields) == ["oneOf"]:
        return {"enum": fields["oneOf"]}
    return {
        "type": "object",
        "properties": {name.rstrip("!"): schema_of(inner) for name, inner in fields.items()},
        "required": [name.rstrip("!") for name in fields if name.endswith("!")],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("example", SERVICES)
def test_custom_resources_have_fields_that_exist(example: str) -> None:
    kinds = set()
    for _, document in documents_of(example):
        if document["kind"] in custom_fields():
            jsonschema.validate(document["spec"], custom_fields()[document["kind"]])
            kinds.add(document["kind"])
    assert {"Cluster", "ScheduledBackup", "ObjectStore", "PodMonitor", "PrometheusRule"} <= kinds


def test_a_field_that_does_not_exist_is_refused() -> None:
    cluster = next(document for _, document in documents_of("shop") if document["kind"] == "Cluster")
    with pytest.raises(jsonschema.ValidationError, match="instancez"):
        jsonschema.validate({**cluster["spec"], "instancez": 1}, custom_fields()["Cluster"])


def rules_of(example: str) -> dict[str, Any]:
    """The rule groups as a rule file of Prometheus has them."""
    found: dict[str, Any] = next(d["spec"] for _, d in documents_of(example) if d["kind"] == "PrometheusRule")
    return found


@pytest.mark.parametrize("example", SERVICES)
def test_every_expression_parses(example: str) -> None:
    rules = [rule["expr"] for group in rules_of(example)["groups"] for rule in group["rules"]]
    panels = json.loads(files_of(example)["deploy/monitoring/dashboard.json"])["panels"]
    for expression in (*rules, *(target["expr"] for panel in panels for target in panel["targets"])):
        promql_parser.parse(expression)
    assert len(rules) >= 9
    with pytest.raises(ValueError, match=r"."):
        promql_parser.parse("sum by (")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed")
@pytest.mark.parametrize("example", SERVICES)
def test_promtool_accepts_the_rules(example: str, tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump(rules_of(example)))
    done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.parametrize("example", SERVICES)
def test_kustomize_builds_every_file(example: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", str(written(example, tmp_path) / "deploy")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    assert {document["kind"] for document in built} >= {"Cluster", "ConfigMap", "Deployment", "NetworkPolicy"}
    assert all(d["metadata"].get("namespace") == example for d in built if d["kind"] != "Namespace")


@pytest.mark.parametrize("example", SERVICES)
def test_the_dashboard_is_one_that_grafana_reads(example: str) -> None:
    dashboard = json.loads(files_of(example)["deploy/monitoring/dashboard.json"])
    assert dashboard["schemaVersion"] >= 36
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(set(places)) == len(places)
    assert all(p["gridPos"]["x"] + p["gridPos"]["w"] <= 24 for p in panels)
    assert all(len({t["refId"] for t in p["targets"]}) == len(p["targets"]) for p in panels)
    assert all(p["datasource"]["uid"] == "${datasource}" for p in panels)
    assert [variable["name"] for variable in dashboard["templating"]["list"]] == ["datasource"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("example", EXAMPLES)
def test_shell_parses(example: str, tmp_path: Path) -> None:
    folder = written(example, tmp_path)
    texts = [path.read_text() for path in folder.rglob("*.sh")]
    if example in SERVICES:
        jobs = yaml.safe_load((folder / ".github/workflows/database.yml").read_text())["jobs"]
        texts += [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    for text in texts:
        done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert texts


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_secret_has_a_value_in_the_example_of_the_environment(example: str) -> None:
    deployment = deployment_of(example)
    lines = dict(
        line.split("=", 1)
        for line in environment_example(deployment.variables).splitlines()
        if "=" in line and line[0] != "#"
    )
    assert set(lines) == {variable.name for variable in deployment.variables}
    assert all(not lines[variable.name] for variable in deployment.variables if variable.secret)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_schema_holds_the_script_without_prepared_queries(example: str) -> None:
    text = files_of(example)["deploy/database/schema.sql"]
    assert "CREATE TABLE" in text
    assert "\nPREPARE " not in text


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_document_for_people_says_what_is_not_there(example: str) -> None:
    text = files_of(example)["planning/platform-operations.md"]
    assert "Not here:" in text
    assert "Findings" not in text
    assert ("kubectl apply" in text) == (example != "habits")


HOSTILE = (
    "no",
    "NO",
    "on",
    "0777",
    "1e3",
    "12:30",
    "null",
    "~",
    "a: b",
    "# x",
    "{{ x }}",
    "- y",
    "",
    " z",
    "'",
    '"',
    "!tag",
    "&a",
    "*a",
    "%",
    "@",
)


@given(
    st.dictionaries(st.sampled_from(HOSTILE) | st.text(min_size=1), st.sampled_from(HOSTILE) | st.text(), min_size=1)
)
def test_any_text_survives_the_way_through_yaml(content: dict[str, str]) -> None:
    try:
        text = configuration_text(ConfigurationFile(path="x.yaml", documents=({"data": content},)))
    except UnicodeEncodeError:
        return  # a lone surrogate is no text
    assert yaml.safe_load(text) == {"data": content}


@given(st.text(alphabet=st.sampled_from("ab \n#:'\"{-\t\\"), min_size=1))
def test_text_of_several_lines_is_the_same_when_it_is_read_again(text: str) -> None:
    assert yaml.safe_load(yaml_text({"a": [{"run": Lines(text)}], "b": 1})) == {"a": [{"run": text}], "b": 1}
