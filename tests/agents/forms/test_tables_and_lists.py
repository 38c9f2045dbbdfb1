"""Attribute tables of any titles, definition lists, bullets of any style."""

import pytest

from tests.agents.forms.reading import analysed, columns, names, types

TITLES = {
    "field": ("Field | Type | Required | Description", "size | integer | no | how big"),
    "german": ("Spalte | Typ | Pflicht | Beschreibung", "size | integer | nein | wie groß"),
    "null": ("Column Name | Data Type | NULL | Key", "size | integer | YES | "),
    "nullable": ("Property | Datatype | Nullable | Default | Notes", "size | integer | yes | | x"),
    "mandatory": ("Attribute | Format | Mandatory | Length", "`size` | integer | N | "),
    "optional": ("Name | Type | Optional", "**size** | integer | ✓"),
    "constraints": ("Attribute | Type | Constraints", "size | integer | optional"),
    "in the type": ("Attribute | Type", "size | integer, nullable"),
}


@pytest.mark.parametrize("case", TITLES)
def test_titles(case: str) -> None:
    titles, row = TITLES[case]
    rule = "|".join("---" for _ in titles.split("|"))
    found = analysed(f"# T\n\n## Gizmo\n\n| {titles} |\n|{rule}|\n| {row} |\n")
    assert types(found, "gizmo") == {"size": "integer?"}
    assert columns(found, "gizmo")["size"].origin.line == 7


def test_one_table_with_a_column_of_entities() -> None:
    found = analysed(
        "# T\n\n| Table | Column | Type | Null | Reference |\n|---|---|---|---|---|\n| Gizmo | name | text | no | |\n"
        "| | owner_id | int | yes | Person.id |\n| Person | name | text | no | |\n| [Entity] | [x] | | | |\n"
    )
    assert names(found) == ["gizmo", "person"]
    assert types(found, "gizmo") == {"name": "text", "owner_id": "identifier?"}


def test_a_table_of_entities_with_lists_of_attributes() -> None:
    found = analysed(
        "# T\n\n| Entity | Attributes |\n|---|---|\n| Gizmo | name, size: integer |\n| Person | name, email |\n"
    )
    assert names(found) == ["gizmo", "person"]
    assert types(found, "person") == {"name": "string", "email": "email"}


def test_other_tables_are_no_attribute_tables() -> None:
    found = analysed(
        "# T\n\n### Gizmo\n- name: string\n\n## Performance\n\n| Metric | Target |\n|---|---|\n| p95 | 200 ms |\n\n"
        "## Roles\n\n| Role | Description |\n|---|---|\n| clerk | sells |\n"
    )
    assert names(found) == ["gizmo"]


BULLETS = ["- ", "* ", "+ ", "1. ", "1) ", "• ", "◦ ", "▪ ", "‣ ", "  • "]


@pytest.mark.parametrize("mark", BULLETS)
def test_bullets_of_every_style(mark: str) -> None:
    found = analysed(f"# T\n\n### Gizmo\n\n{mark}name: string, unique\n{mark}size: integer, optional\n")
    assert types(found, "gizmo") == {"name": "string", "size": "integer?"}


DASHES = ["–", "—"]


@pytest.mark.parametrize("dash", DASHES)
def test_definitions(dash: str) -> None:
    found = analysed(
        f"# T\n\n**Customer** {dash} name, email (unique), status (active|blocked), created date\n"
        f"**Order** {dash} order number (unique), total, placed at\n\n- Gizmo {dash} name, size: integer\n"
    )
    assert names(found) == ["customer", "order", "gizmo"]
    customer = columns(found, "customer")
    assert (customer["email"].unique, customer["status"].allowed) == (True, ("active", "blocked"))
    assert set(types(found, "order")) == {"order_number", "total", "placed_at"}


def test_a_dash_in_prose_defines_nothing() -> None:
    found = analysed(
        "# T\n\n### Gizmo\n- name: string\n\nWarehouse – the place where people work, eat and sleep, is far.\n"
    )
    assert names(found) == ["gizmo"]


HALF = {
    "no line of dashes": "| Field | Type | Null |\n| size | integer | yes |\n| name | text |\n",
    "too few dashes": "| Field | Type | Null |\n|---|---|\n| size | integer | yes |\n| name | text | no |\n",
    "borders": "+-------+---------+------+\n| Field | Type    | Null |\n+=======+=========+======+\n"
    "| size  | integer | yes  |\n| name  | text    | no   |\n+-------+---------+------+\n",
}


@pytest.mark.parametrize("case", HALF)
def test_half_a_table_is_one(case: str) -> None:
    found = analysed(f"# T\n\n## Gizmo\n\n{HALF[case]}")
    assert types(found, "gizmo") == {"size": "integer?", "name": "text"}


def test_long_dashes_are_bullets_in_a_row_only() -> None:
    found = analysed("# T\n\n### Gizmo\n\n– name: string\n– size: integer\n\nIt weighs\n– as we know – a lot.\n")
    assert types(found, "gizmo") == {"name": "string", "size": "integer"}
    assert "It weighs – as we know – a lot." in [t.text for t in found.trace]


def test_lines_as_programmers_jot_them() -> None:
    found = analysed(
        "# T\n\n### Gizmo\n- sold_on date not null\n- made_in  int  optional   # the year it was made\n"
        "- due date\n- remark (text, opt.)\n"
    )
    assert types(found, "gizmo") == {"sold_on": "date", "made_in": "integer?", "due_date": "date", "remark": "text?"}


def test_two_pairs_of_parentheses_are_no_name_with_a_list() -> None:
    found = analysed("# T\n\n### Gizmo\n- size: integer\n\nGizmo code (unique), colour, weight (optional)\n")
    assert names(found) == ["gizmo"]
