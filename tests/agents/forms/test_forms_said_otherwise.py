"""Forms as strangers write them: words of modelling in names, lists beside lists, questions with answers, examples."""

import pytest

from tests.agents.forms.reading import analysed, columns, entity, links, names, rules, types, unread


def test_words_of_modelling_stay_in_names() -> None:
    found = analysed(
        "# Studio\n\n### Yoga Class\n- name, unique\n- seats: integer\n\n### Museum Object\n- title: string\n"
    )
    assert names(found) == ["yoga_class", "museum_object"]


def test_a_list_below_an_attribute_splits_it_up() -> None:
    found = analysed("# Cellar\n\n### Tank\n- number: integer, unique\n- location:\n  - hall\n  - row\n  - position\n")
    assert list(types(found, "tank")) == ["number", "hall", "row", "position"]


def test_units_examples_and_notes_of_names() -> None:
    found = analysed(
        "# Lab\n\n### Reading\n- pH: decimal(4,2) between 2.5 and 4.5\n- sugar in g/l, optional\n"
        '- must weight: integer, 40-200 °Oe\n- code [unique]\n- period "2026-03"\n- valid y/n\n'
    )
    assert list(types(found, "reading")) == ["ph", "sugar", "must_weight", "code", "period", "valid"]
    reading = columns(found, "reading")
    assert (reading["ph"].minimum, reading["sugar"].unit, reading["must_weight"].unit) == (2.5, "g/l", "°Oe")
    assert reading["code"].unique
    assert reading["valid"].type == "boolean"
    assert not found.open_questions


def test_a_unit_stays_in_a_name_that_tells_nothing_without_it() -> None:
    found = analysed(
        "# Lab\n\n### Sample\n- height in cm\n- depth in metres\n- fee in EUR\n- size of image in bytes\n"
        "- plot area in ares\n- time in seconds\n- fill level in percent\n- rank in set\n- duration in minutes\n\n"
        "## Rules\n- The duration of a sample is between 5 and 90.\n"
    )
    sample = {name: (each.type, each.unit) for name, each in columns(found, "sample").items()}
    assert sample == {
        "height": ("decimal", "cm"), "depth": ("decimal", "metres"), "fee": ("money", "EUR"),
        "plot_area": ("decimal", "ares"),
        "size_of_image_in_bytes": ("integer", "bytes"), "time_in_seconds": ("integer", "seconds"),
        "fill_level_in_percent": ("percentage", "percent"), "rank_in_set": ("string", ""),
        "duration_in_minutes": ("integer", "minutes"),
    }  # fmt: skip
    assert [(r.kind, r.attributes) for r in found.rules] == [("range", ("duration_in_minutes",))]


def test_attributes_behind_a_typed_one_with_values_of_their_own() -> None:
    found = analysed(
        "# W\n\n### Bottling\n- lot (unique), bottles: integer, closure (cork/screw cap)\n- code (4 chars), "
        "paid yes/no\n"
    )
    assert columns(found, "bottling")["closure"].allowed == ("cork", "screw cap")
    assert types(found, "bottling")["paid"] == "boolean"


def test_values_of_an_enum_stand_in_its_remarks() -> None:
    found = analysed(
        "# B\n\n| Entity | Attribute | Type | Notes |\n|---|---|---|---|\n| Unit | component | enum "
        "| red cells, plasma |\n"
        "| Unit | no | string | unique |\n"
    )
    assert columns(found, "unit")["component"].allowed == ("red cells", "plasma")


def test_aliases_hold_beyond_their_block() -> None:
    found = analysed(
        "Table players as P {\n  id bigint [pk]\n  name varchar\n}\n\n"
        "Table games {\n  id bigint [pk]\n  white_id bigint [ref: > P.id]\n}\n"
    )
    assert names(found) == ["player", "game"]
    assert [(p, c, role) for p, c, _, role, _ in links(found)] == [("player", "game", "white")]


@pytest.mark.parametrize(
    ("above", "sample", "name"),
    [
        ("A booking as the shop sends it:", '{"reference": "K7", "total": 61.0, "status": "paid"}', "booking"),
        ("and a sailing:", '{"id": 1, "line": "7", "seats": 240}', "sailing"),
        ("One message every 5 seconds:", '{"scooter": "SN-1", "ts": "2026-03-02T10:11:12Z", "lat": 59.9, "kmh": 14.2}',
         "scooter_reading"),
    ],
)  # fmt: skip
def test_samples_are_named_without_where_they_come_from(above: str, sample: str, name: str) -> None:
    assert names(analysed(f"# App\n\n{above}\n\n```json\n{sample}\n```\n")) == [name]


def test_an_answer_lists_what_its_question_asks_about() -> None:
    found = analysed(
        "Hello,\n\n> What do you store about a scooter?\n\nSerial number, model, state (free, in ride, lost).\n\n"
        "> And about rides?\n\nWho rode which scooter, start and end time, distance in metres, price.\n"
    )
    assert list(types(found, "ride")) == ["start_time", "end_time", "distance", "price"]
    assert columns(found, "scooter")["state"].allowed == ("free", "in ride", "lost")


def test_lines_beside_each_other_tell_each_other() -> None:
    found = analysed(
        "hey,\n\nstuff per project: code, client, deadline, status = quoted/accepted/done\n"
        "job: target language, translator, words, rating 1-5 stars\ntranslators: name, mail, iban, available y/n\n"
        "client: company, contact, vat id\n"
    )
    assert set(names(found)) == {"project", "job", "translator", "client"}
    assert columns(found, "project")["status"].allowed == ("quoted", "accepted", "done")
    assert columns(found, "job")["rating"].maximum == 5
    assert {("client", "project"), ("translator", "job")} <= {(p, c) for p, c, *_ in links(found)}


def test_what_is_written_down_when_something_happens() -> None:
    found = analysed(
        "# Pianos\n\nWhen an instrument comes in we write a job: date received, what is to be done, an estimate, the "
        "promised date. For every instrument we note the maker, the serial number and the year it was built.\n"
    )
    assert types(found, "job")["date_received"] == "date"
    assert "year_built" in types(found, "instrument")


def test_scenarios_show_what_is_kept() -> None:
    found = analysed(
        "Feature: Loans\n\n  Background:\n    Given a customer with name \"Mia\", ID card number \"L01\" and "
        "birth date "
        '"1990-02-11"\n\n  Scenario: Granting\n    When the clerk grants a loan of 500.00\n'
        '    Then the loan has status "active"\n\n  Scenario: Auction\n    When 30 days have passed\n'
        '    Then the loan has status "auctioned"\n'
    )  # fmt: skip
    assert types(found, "customer")["birth_date"] == "date"
    assert set(columns(found, "loan")["status"].allowed) >= {"active", "auctioned"}


def test_reports_that_people_write_are_stored_and_those_that_they_read_are_not() -> None:
    found = analysed(
        "# Book\n\n- As an apprentice, I want to write a weekly report with tasks and hours.\n"
        "- As a trainer, I want to see the reports of my apprentices.\n- As a manager, I want to see a usage report.\n"
    )
    assert {"weekly_report", "apprentice"} <= set(names(found))
    assert "usage_report" not in names(found)


def test_numbered_things_with_parts_below() -> None:
    found = analysed(
        "# Payroll\n\n## Entities\n\n1. Payslip (gross, tax, net, issued at)\n   * Payslip Line (payslip, "
        "amount, quantity)\n"
        "2. Cost Centre (code, name, parent cost centre?)\n"
    )
    assert {"payslip", "payslip_line", "cost_centre"} <= set(names(found))
    assert ("cost_centre", "cost_centre", "one_to_many", "parent_cost_centre", True) in links(found)
    assert types(found, "payslip")["gross"] == "money"
    assert entity(found, "payslip_line").attributes
    assert rules(found, "unique") == [] and not unread(found)


def test_a_definition_among_others_needs_fewer_known_words() -> None:
    found = analysed(
        "# Seeds\n\n**Taxon** – scientific name, family, rank (species, subspecies)\n"
        "**Accession** – accession number, taxon, collected on, country\n"
        "**Institution** – name, country, contact email\n**Sample** – number within the accession, vault, "
        "shelf, stored on\n"
    )
    assert {"taxon", "accession", "institution", "sample"} == set(names(found))
    assert [r.attributes for r in rules(found, "unique")] == [("accession", "number")]


def test_what_its_author_leaves_open_is_no_riddle() -> None:
    found = analysed("# Shop\n\n**Primary Entities**: Customer, Order\n\n## Performance\n\n- Throughput: TBD\n- n/a\n")
    assert unread(found) == {}


def test_two_products_of_which_one_is_meant_are_asked_about() -> None:
    found = analysed(
        "# Shop\n\n**Primary Entities**: Customer, Order\n\n## Technology Stack\n\n"
        "- Primary database: MongoDB or PostgreSQL (to be decided)\n"
    )
    assert any("MongoDB" in q.question and "PostgreSQL" in q.question for q in found.open_questions)


def test_names_of_two_columns_may_be_compared_as_they_are_spelt() -> None:
    text = "# Hall\n\n### Pass\n- valid_from: date\n- valid_to: date\n- seeds sown\n- seeds germinated\n\n## Rules\n\n"
    found = analysed(f"{text}- valid_to must be later than valid_from\n- seeds germinated <= seeds sown\n")
    assert {r.attributes for r in rules(found, "comparison")} == {
        ("valid_to", "valid_from"), ("seeds_germinated", "seeds_sown")
    }  # fmt: skip
    assert columns(found, "pass")["seeds_sown"].type == "integer"
