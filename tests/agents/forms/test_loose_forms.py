"""Forms as people write them: on one line, as a letter, as a sentence that describes; and figures told in passing."""

import pytest

from tests.agents.forms.reading import analysed, columns, links, names


def test_boxes_of_a_diagram_may_begin_on_the_line_of_the_brace() -> None:
    text = (
        "# T\n\n```mermaid\nerDiagram\n  SITE ||--o{ VISIT : has\n  SITE { string code UK\n    string city }\n"
        '  VISIT { int visit_no date planned_on "when" string arm }\n```\n'
    )
    found = analysed(text)
    assert set(columns(found, "site")) == {"code", "city"} and columns(found, "site")["code"].unique
    assert set(columns(found, "visit")) == {"visit_no", "planned_on", "arm"}


def test_dbml_tables_may_stand_on_one_line() -> None:
    text = (
        "# S\n\n```dbml\nTable venues { id int [pk] name varchar [not null] }\n"
        "Table seats { id int [pk] venue_id int [ref: > venues.id] row varchar number int }\n"
        "Enum kind { a b }\n```\n"
    )
    found = analysed(text)
    assert set(columns(found, "seat")) == {"venue_id", "row", "number"}
    assert ("venue", "seat", "one_to_many", None, False) in links(found)


def test_the_head_of_a_letter_is_no_list() -> None:
    text = (
        "From: Joan\nTo: dev team, ops team\nSubject: kennels\n\nHi,\n\nEvery owner has a name, an email and a phone.\n"
    )
    assert names(analysed(text)) == ["owner"]


@pytest.mark.parametrize(
    ("sentence", "entity", "wanted"),
    [
        ("For every animal they want name, breed, date of birth and vaccination date.", "animal", "breed"),
        ("For each tree the register shall hold the species, the height and the position.", "tree", "species"),
        ("We keep for each tablet its serial number, its model and its purchase date.", "tablet", "model"),
        ("For every delivery the driver notes the time, the place and the weight.", "delivery", "weight"),
    ],
)
def test_what_is_wanted_of_each_is_an_attribute_list(sentence: str, entity: str, wanted: str) -> None:
    found = analysed(f"# App\n\nEach customer has a name and an email.\n\n{sentence}\n")
    assert {"customer", entity} <= set(names(found))  # a described thing hides no other one
    assert wanted in columns(found, entity)


PLANT = "# Plant\n\n**Primary Entities**: Site, Sensor, Reading, Participant, Visit, Order\n\n"
RELATED = (
    f"{PLANT}**Entity Relationships**:\n- Site → Participant (one-to-many)\n- Participant → Visit (one-to-many)\n\n"
)


@pytest.mark.parametrize(
    ("sentence", "entity", "rows", "per_day"),
    [
        ("There are 400 sensors. Sensors send a reading every 5 minutes.", "reading", None, 400 * 288),
        ("There are 10 sensors. Each sensor takes a reading once per hour.", "reading", None, 240),
        ("30 sites, 1,200 participants, 12 visits each.", "visit", 14_400, None),
        ("30 sites, 1,200 participants, 12 visits each.", "participant", 1_200, None),
    ],
)
def test_figures_told_in_passing(sentence: str, entity: str, rows: int | None, per_day: float | None) -> None:
    volume = next(v for v in analysed(f"{RELATED}## Numbers\n\n{sentence}\n").volumes if v.entity == entity)
    assert rows is None or volume.rows == rows
    assert per_day is None or volume.rows_per_day == per_day


def test_what_is_older_may_be_deleted() -> None:
    found = analysed(f"{PLANT}## Rules\n\n- Orders older than ten years may be deleted.\n")
    assert [(r.entity, r.days) for r in found.retention] == [("order", 3650)]
