"""Tables about things and not about attributes, lists right below a heading, tables of roles and of figures."""

import pytest

from tests.agents.forms.reading import analysed, entity, links, names, rules, types, unread


def kept(text: str) -> dict[str, tuple[int, float]]:
    """(rows, rows a day) of the volumes that a text states."""
    return {v.entity: (v.rows, v.rows_per_day) for v in analysed(text).volumes if v.origin.kind == "stated"}


def test_a_row_for_each_thing() -> None:
    found = analysed(
        "# T\n\n## What we store\n\n| Object | Meaning | Key | Rows |\n|---|---|---|---|\n"
        "| Gizmo | one of a kind | gizmo_no | 300 |\n| Part | | part_code, gizmo_no | 2k |\n| Colour | | - | |\n"
    )
    assert names(found) == ["gizmo", "part", "colour"]
    assert (entity(found, "gizmo").key, entity(found, "part").key) == (("gizmo_no",), ("part_code", "gizmo_no"))
    assert {v.entity: v.rows for v in found.volumes if v.origin.kind == "stated"} == {"gizmo": 300, "part": 2000}


def test_the_key_of_what_is_described_elsewhere() -> None:
    found = analysed(
        "# T\n\n| Entity | Key |\n|---|---|\n| Gizmo | gizmo_no |\n\n### Gizmo\n\n| Field | Type |\n|---|---|\n"
        "| gizmo_no | char(7) |\n| size | int |\n"
    )
    assert (entity(found, "gizmo").key, types(found, "gizmo")) == (
        ("gizmo_no",),
        {"gizmo_no": "string", "size": "integer"},
    )
    assert not found.open_questions


def test_a_table_of_load_declares_nothing() -> None:
    found = analysed("# T\n\n### Gizmo\n- name: string\n\n## Load\n\n| Object | Rows |\n|---|---|\n| Photos | 5 GB |\n")
    assert names(found) == ["gizmo"]


COLUMNS = {
    "two columns": "| Object | initial | per day |\n|---|---|---|\n| Gizmos | 30k | 40 |\n",
    "two in a cell": "| Table | count |\n|---|---|\n| Gizmo | 30k, 40 a day |\n",
    "in parentheses": "| Table | rows today |\n|---|---|\n| Gizmo | 30 000 (+ 40 per day) |\n",
    "beside remarks": "| Table | Use | Rows | Growth per week |\n|---|---|---|---|\n| Gizmo | hire | ~30k | 280 |\n",
}


@pytest.mark.parametrize("case", COLUMNS)
def test_every_column_of_figures_counts(case: str) -> None:
    assert kept(f"# T\n\n### Gizmo\n- name: string\n\n## Volumes\n\n{COLUMNS[case]}") == {"gizmo": (30_000, 40)}


def test_other_columns_count_nothing() -> None:
    text = "# T\n\n### Gizmo\n- size: int\n\n## Volumes\n\n| Object | Rows | Kept |\n|---|---|---|\n| Gizmo | 5k | 90 |"
    assert kept(text) == {"gizmo": (5000, 0)}


def test_a_list_right_below_its_heading() -> None:
    found = analysed(
        "# T\n\n### Gizmo\nPart, weight_kg, label (optional)\n\n### Part\nname; size; made on\n\n### How it looks\n"
        "Blue, round and heavy.\n"
    )
    assert names(found) == ["gizmo", "part"]
    assert types(found, "part") == {"name": "string", "size": "string", "made_on": "date"}
    assert ("part", "gizmo", "one_to_many", None, False) in links(found)


def test_below_the_title_a_list_may_be_anything() -> None:
    found = analysed("# Gizmo works\n\nLists, search, name, e-mail\n\n### Gizmo\n- name: string\n")
    assert names(found) == ["gizmo"]


def test_who_may_do_what() -> None:
    found = analysed(
        "# T\n\n### Gizmo\n- name: string\n\n## Rights\n\n| Role | Gizmo |\n|---|---|\n| Shop Clerk | read |\n"
        "| Boss | all |\n"
    )
    assert (found.protection.roles, names(found)) == (("shop_clerk", "boss"), ["gizmo"])
    assert unread(found) == {}


def test_conditions_in_remarks_and_values_in_the_type() -> None:
    found = analysed(
        "# T\n\n### Gizmo\n\n| Field | Type | Remarks |\n|---|---|---|\n| made_on | date | |\n"
        "| sold_on | date | empty = in stock; not before made_on |\n| price | decimal(9,2) | min 0 |\n"
        "| state | new, sold, scrapped | default new |\n| maker | text | unique together with state |\n"
    )
    gizmo = {a.name: a for a in entity(found, "gizmo").attributes}
    assert (gizmo["price"].minimum, gizmo["state"].allowed) == (0, ("new", "sold", "scrapped"))
    assert gizmo["state"].default == "new"
    (compared,) = rules(found, "comparison")
    assert (compared.attributes, compared.operator) == (("sold_on", "made_on"), ">=")
    assert [r.attributes for r in rules(found, "unique")] == [("state", "maker")]


def test_the_status_of_something_is_no_thing() -> None:
    found = analysed(
        "# T\n\n## Data model\n\n### Gizmo\n- name: string\n\n### Status of a gizmo\n\n| From | To |\n|---|---|\n"
        "| new | sold |\n| sold | scrapped |\n"
    )
    assert names(found) == ["gizmo"]
    assert [r.transitions for r in rules(found, "state")] == [(("new", "sold"), ("sold", "scrapped"))]


def test_paths_name_what_ends_so() -> None:
    found = analysed(
        "# T\n\n### Repair Order\n- number: string\n- due_date\n\nGET /orders?sort=-due_date\nGET /orders/{id}\n"
    )
    assert names(found) == ["repair_order"]
    assert {p.entity for p in found.access_patterns if p.origin.kind == "stated"} == {"repair_order"}


def test_each_belongs_to_the_figure_before_it() -> None:
    brief = (
        "# T\n\n### Garage\n- name: string\n\n### Repair\n- garage\n- day: date\n\n### Spare\n- repair\n- size: int\n\n"
    )
    assert kept(f"{brief}## Load\n\n300 garages, 250 repairs a day with 3 spares each.\n")["repair"] == (91_250, 250)


def test_a_wide_rate_is_an_amount() -> None:
    found = analysed("# T\n\n### Gizmo\n- agreed_rate: decimal(9,2)\n- tax_rate: decimal(5,2)\n")
    assert types(found, "gizmo") == {"agreed_rate": "decimal", "tax_rate": "percentage"}
