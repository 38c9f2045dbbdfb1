"""mermaid erDiagram: marks, words, names, roles, several diagrams."""

import pytest

from tests.agents.forms.reading import analysed, columns, links, names, types, unread

LINES = {
    "PERSON ||--o{ PET : has": ("one_to_many", False),
    "PERSON |o--o{ PET : has": ("one_to_many", True),
    "PET }o--|| PERSON : of": ("one_to_many", False),
    "PET }|..o| PERSON : of": ("one_to_many", True),
    "PERSON ||--|| PET : has": ("one_to_one", False),
    "PERSON ||--o| PET : may-have": ("one_to_one", False),
    "PERSON }o--o{ PET : knows": ("many_to_many", False),
    "PERSON }|--|{ PET": ("many_to_many", False),
    "PERSON one to many PET : has": ("one_to_many", False),
    "PERSON only one to zero or more PET : has": ("one_to_many", False),
    "PERSON zero or one optionally to one or more PET : has": ("one_to_many", True),
    "PERSON many(0) to many(1) PET : knows": ("many_to_many", False),
    'PERSON ||--o{ PET : "is the owner of"': ("one_to_many", False),
}


@pytest.mark.parametrize("line", LINES)
def test_every_mark_and_word_of_cardinality(line: str) -> None:
    found = analysed(f"# Pets\n\n```mermaid\nerDiagram\n  {line}\n```\n")
    cardinality, optional = LINES[line]
    assert {(c, o) for _, _, c, _, o in links(found)} == {(cardinality, optional)}
    assert set(names(found)) == {"person", "pet"}
    if cardinality == "one_to_many":
        assert {(p, c) for p, c, *_ in links(found)} == {("person", "pet")}
    assert unread(found) == {}


def test_aliases_quoted_names_keys_and_comments() -> None:
    found = analysed(
        '# Shop\n\nerDiagram\n  direction LR\n  p[Person] ||--o{ "Order Line" : places\n  p {\n    string tax_no PK\n'
        '    string email UK "unique, the login"\n    string nick "optional"\n  }\n  "Order Line" {\n    int id PK\n'
        "    int p_id FK\n    decimal(10,2) price\n    string[] marks\n    ???\n  }\n  %% a remark\n\nAnd prose.\n"
    )
    assert names(found) == ["person", "order_line"]
    person = columns(found, "person")
    assert (person["tax_no"].unique, person["email"].unique, person["nick"].optional) == (True, True, True)
    assert types(found, "order_line")["price"] == "money"
    assert types(found, "order_line")["marks"] == "json"
    assert list(unread(found)) == [16]


def test_a_label_that_names_a_foreign_key_is_a_role() -> None:
    found = analysed(
        "# Firm\n\n```mermaid\nerDiagram\n  EMPLOYEE ||--o{ PROJECT : leader\n  EMPLOYEE |o--o{ PROJECT : has\n"
        "  EMPLOYEE |o--o{ EMPLOYEE : leads\n  PROJECT {\n    int leader_id FK\n    int deputy_id FK\n"
        "    string title\n  }\n"
        "  EMPLOYEE {\n    int parent_id FK\n    string name\n  }\n```\n"
    )
    assert links(found) == {
        ("employee", "project", "one_to_many", "leader", False),
        ("employee", "project", "one_to_many", "deputy", True),
        ("employee", "employee", "one_to_many", "parent", True),
    }


def test_several_diagrams_are_one_model() -> None:
    found = analysed(
        "# Zoo\n\n```mermaid\nerDiagram\n  CAGE ||--o{ ANIMAL : holds\n```\n\nMore:\n\n```mermaid\nerDiagram\n"
        "  ANIMAL {\n    string name\n    date born_on\n  }\n```\n\n```mermaid\nflowchart LR\n  A --> B\n```\n"
    )
    assert set(names(found)) == {"cage", "animal"}
    assert types(found, "animal") == {"name": "string", "born_on": "date"}
