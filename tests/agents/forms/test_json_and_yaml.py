"""JSON samples, JSON Schema and YAML models."""

import pytest

from tests.agents.forms.reading import analysed, columns, entity, links, names, types, unread

VALUES = {
    '"2026-01-05"': "date", '"2026-01-05T10:00:00Z"': "timestamp", '"10:30"': "time", "true": "boolean", "5": "integer",
    "5.25": "decimal", '"3f2504e0-4f89-11d3-9a0c-0305e82c3301"': "uuid", '"a@example.org"': "email",
    '"https://example.org/x"': "url", '"10.0.0.1"': "ip_address", '"word"': "string", "null": "string?",
}  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_types_from_values(value: str) -> None:
    found = analysed(f'# Things\n\n### Gizmo\n\n```json\n{{"id": 1, "glorp": {value}, "name": "x"}}\n```\n')
    assert types(found, "gizmo")["glorp"] == VALUES[value]


NAMED = {
    "by a key": '{"gizmo": {"id": 1, "name": "x"}}',
    "by an array": '{"gizmos": [{"id": 1, "name": "x"}]}',
    "by the line above": 'A gizmo looks like this:\n\n{\n  "id": 1,\n  "name": "x"\n}',
    "by the heading": '## Gizmo\n\n```json\n{"id": 1, "name": "x"}\n```',
    "by an endpoint": '```json\nPOST /api/gizmos\n{"id": 1, "name": "x"}\n```',
    "by its first key": '{"gizmo_id": 1, "name": "x"}',
    "in a wrapper": '## Gizmos\n\n{"data": [{"id": 1, "name": "x"}], "page": 1, "total": 1}',
    "with remarks": '{"gizmos": [{"id": 1, // the key\n  "name": "x",}, …]}',
}


@pytest.mark.parametrize("case", NAMED)
def test_what_names_an_object(case: str) -> None:
    found = analysed(f"# Things\n\n{NAMED[case]}\n")
    assert names(found) == ["gizmo"]
    assert types(found, "gizmo") == {"name": "string"}
    assert unread(found) == {}


def test_an_object_that_nothing_names_is_reported() -> None:
    found = analysed('# Things\n\n### Gizmo\n- name: string\n\n# JSON samples\n\n{"alpha": 1, "beta": 2}\n')
    assert names(found) == ["gizmo"]
    assert list(unread(found)) == [8]


def test_nested_objects_are_parents_parts_or_groups() -> None:
    found = analysed(
        '# Shop\n\n{"orders": [{"id": 1, "customer": {"id": 2, "name": "A"}, "address": {"street": "x", "city": "y"},\n'
        ' "lines": [{"sku": "a", "quantity": 1}, {"sku": "b", "quantity": 2, "note": "z"}], "product_ids": [1, 2],\n'
        ' "tags": ["gift"], "corner": [1.5, 2.5]}], "products": [{"id": 1, "name": "x"}]}\n'
    )
    assert set(names(found)) == {"order", "customer", "order_line", "product", "order_tag"}
    assert {"address_street", "address_city", "customer_id", "corner"} == set(types(found, "order"))
    assert types(found, "order_line") == {"sku": "string", "quantity": "integer", "note": "text?"}
    assert types(found, "order_tag") == {"order_id": "identifier", "value": "string"}
    assert ("order", "order_line", "one_to_many", None, False) in links(found)
    assert ("order", "product", "many_to_many", None, False) in links(found)
    asked = {q.question.split('"')[1]: q.reading for q in found.open_questions if "several values" in q.question}
    assert asked["tags"].startswith("a child table")
    assert asked["corner"].startswith("one JSON value")


def test_keys_that_differ_between_samples_are_optional() -> None:
    found = analysed(
        '# T\n\n{"gizmos": [{"id": 1, "name": "a", "size": 1}, {"id": 2, "name": "b"}, {"id": 3, "name": null}]}\n'
    )
    assert types(found, "gizmo") == {"name": "string?", "size": "integer?"}


def test_a_json_schema_describes() -> None:
    found = analysed(
        '# T\n\n```json\n{"title": "Gizmo", "type": "object", "required": ["name"], "properties": {\n'
        ' "id": {"type": "integer"}, "name": {"type": "string", "maxLength": 40},\n'
        ' "state": {"enum": ["on", "off"]}, "made": {"type": "string", "format": "date"},\n'
        ' "parts": {"type": "array", "items": {"type": "object", "properties": {"label": {"type": "string"}}}}}}\n```\n'
    )
    gizmo = columns(found, "gizmo")
    assert (gizmo["name"].length, gizmo["name"].optional, gizmo["state"].allowed) == (40, False, ("on", "off"))
    assert (gizmo["made"].type, gizmo["made"].optional) == ("date", True)
    assert "part" in names(found)


YAMLS = {
    "mapping": "Gizmo:\n  id: int\n  name: string(40), unique\n  owner: Person?\nPerson:\n  name: string\n",
    "entities": "entities:\n  Gizmo:\n    id: int\n    name: string(40), unique\n    owner: Person?\n  Person:\n"
    "    name: string\n",
    "list": "entities:\n  - name: Gizmo\n    attributes:\n      - name: string(40), unique\n      - owner: Person?\n"
    "  - name: Person\n    attributes:\n      - name: string\n",
    "pairs": "Gizmo:\n  name: {type: string, unique: true, max_length: 40}\n  owner: {type: Person, required: false}\n"
    "Person:\n  name: {type: string}\n",
}


@pytest.mark.parametrize("case", YAMLS)
def test_yaml_models(case: str) -> None:
    found = analysed(f"# T\n\n```yaml\n{YAMLS[case]}```\n")
    assert names(found) == ["gizmo", "person"]
    name = columns(found, "gizmo")["name"]
    assert (name.unique, name.length) == (True, 40)
    assert links(found) == {("person", "gizmo", "one_to_many", "owner", True)}


def test_yaml_that_is_no_model_declares_nothing() -> None:
    found = analysed(
        "# T\n\n### Gizmo\n- name: string\n\n```yaml\nservices:\n  web:\n    image: nginx\n    ports: ['80']\n```\n"
    )
    assert names(found) == ["gizmo"]


def test_aliases_do_not_multiply() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}, *{p}]\n" for p, c in zip("abcdefghijk", "bcdefghijkl", strict=True)
    )
    assert names(analysed(f"# T\n\n### Gizmo\n- name: string\n\n```yaml\n{bomb}```\n")) == ["gizmo"]


def test_depth_is_limited() -> None:
    found = analysed("# T\n\n### Gizmo\n- name: string\n\n```json\n" + '{"a":' * 3000 + "1" + "}" * 3000 + "\n```\n")
    assert entity(found, "gizmo")


def test_a_value_that_names_another_sample_refers_to_it() -> None:
    found = analysed(
        'Gizmos:\n\n```jsonl\n{"gizmoNo": "G-1", "weightG": 10}\n```\n\nThis is what the old system emits:\n\n'
        '```json\n{"saleId": 7, "shop": {"shopNo": 4, "city": "Ulm"}, "lines": [{"gizmo": "G-1", "pieces": 2}]}\n```\n'
    )
    assert names(found) == ["gizmo", "sale", "shop", "sale_line"]
    assert {(p, c) for p, c, *_ in links(found)} == {("shop", "sale"), ("sale", "sale_line"), ("gizmo", "sale_line")}
