"""Whole briefs of mixed forms, as different people write them: what an architect would take from each."""

import functools
from pathlib import Path

import pytest

from contracts.requirements import Requirements
from tests.agents.forms.reading import analysed, columns, links, names, rules, types, unread

BRIEFS = Path(__file__).parents[2] / "briefs"


@functools.cache
def brief(name: str) -> Requirements:
    """The analysis of one of the test briefs."""
    return analysed((BRIEFS / f"{name}.md").read_text("utf-8"))


def kept(found: Requirements) -> dict[str | None, int]:
    return {r.entity: r.days for r in found.retention}


def counted(found: Requirements) -> dict[str, int]:
    return {v.entity: v.rows for v in found.volumes if v.origin.kind == "stated"}


def test_a_planners_form_with_states_and_tenants() -> None:
    found = brief("veterinary")
    assert (found.protection.tenant, counted(found)["clinic"]) == ("clinic", 38)
    status = columns(found, "appointment")["status"]
    assert status.allowed == ("requested", "confirmed", "checked in", "completed", "cancelled", "no-show")
    (machine,) = rules(found, "state")
    assert machine.transitions == (("confirmed", "checked in"),)
    assert [r.attributes for r in rules(found, "unique")] == [("microchip_number",)]
    assert rules(found, "capacity") == []  # so many a day is no limit of all rows
    assert ("invoice", ("discount_percent",), 25) in {
        (r.entity, r.attributes, r.maximum) for r in rules(found, "range")
    }
    assert ("pet", "vaccination") in {(r.parent, r.child) for r in found.relationships}


def test_sql_server_tables_with_wishes_below() -> None:
    found = brief("slotting")
    assert (found.stack.database, found.stack.language) == ("PostgreSQL", "csharp")
    location = columns(found, "location")
    assert (location["is_blocked"].type, location["is_blocked"].default) == ("boolean", "false")
    assert columns(found, "item")["row_ver"].type == "integer"
    assert ("aisle", "bay", "level") in [r.attributes for r in rules(found, "unique")]
    assert kept(found) == {"movement": 1095}
    ranges = {(r.entity, r.attributes, r.minimum, r.exclusive_minimum) for r in rules(found, "range")}
    assert ("movement", ("qty",), 0, True) in ranges
    tasks = columns(found, "replenishment_task")
    assert (tasks["source_location"].references, tasks["priority"].length) == ("location", None)
    assert not [line for line in unread(found) if line <= 53]


def test_a_mysql_dump_with_a_mail_around_it() -> None:
    found = brief("forum")
    assert found.stack.database == ""
    assert (columns(found, "user")["is_mod"].default, columns(found, "user")["pw_hash"].sensitivity) == (
        "false",
        "secret",
    )
    assert found.targets.requests_per_second == 80


def test_a_diagram_with_rules_in_words() -> None:
    found = brief("music")
    assert types(found, "student")["guardian_email"] == "email?"
    assert types(found, "enrollment")["left_on"] == "date?"
    assert columns(found, "enrollment")["status"].allowed == ("active", "paused", "ended")
    (comparison,) = rules(found, "comparison")
    assert (comparison.attributes, comparison.operator) == (("left_on", "enrolled_on"), ">=")
    (capacity,) = rules(found, "capacity")
    assert (capacity.entity, capacity.child, capacity.terms) == ("enrollment", "course", ("capacity",))
    assert set(types(found, "payment")) == {"amount", "due_date", "paid_date", "mandate_reference"}
    assert kept(found) == {"attendance": 730, "payment": 3650}
    assert ("student", "student", "one_to_many", "sibling", True) in links(found)


def test_attribute_lists_as_people_shorten_them() -> None:
    found = brief("sitediary")
    assert {"trade", "daily_report", "defect"} <= set(names(found))
    assert columns(found, "company")["plan"].allowed == ("trial", "standard", "enterprise")
    budget = columns(found, "project")["budget"]
    assert (budget.precision, budget.scale, budget.unit) == (14, 2, "EUR")
    defect = columns(found, "defect")
    assert (defect["severity"].minimum, defect["severity"].maximum) == (1, 4)
    assert (defect["reported_by"].references, defect["assigned_to"].references) == ("user", "company")
    assert columns(found, "daily_report")["temperature_min"].unit == "°C"
    (machine,) = rules(found, "state")
    assert machine.transitions[0] == ("planned", "running")
    assert {("paused", "running"), ("running", "paused")} <= set(machine.transitions)
    uniques = {(r.entity, r.attributes) for r in rules(found, "unique")}
    assert {("project", ("company", "code")), ("daily_report", ("project", "report_date"))} <= uniques
    assert rules(found, "immutable") == []  # after an approval that no state shows


def test_samples_of_messages_files_and_types() -> None:
    found = brief("irrigation")
    assert names(found) == ["device", "device_reading", "farm", "field", "schedule", "alert"]
    assert types(found, "device_reading")["ts"] == "timestamp"
    assert ("farm", "field", "one_to_many", None, False) in links(found)
    assert rules(found, "capacity") == []
    (one,) = rules(found, "unique")  # `one open alert` speaks of some rows only: those that nobody has resolved
    assert (one.entity, one.attributes, one.terms) == ("alert", ("device", "kind"), ("resolved_at",))
    assert columns(found, "field")["area_ha"].type == "decimal"


def test_tables_with_remarks_and_a_table_of_queries() -> None:
    found = brief("assets")
    asset = columns(found, "asset")
    assert asset["state"].allowed == ("in use", "in repair", "disposed")
    assert (asset["useful_life_months"].maximum, asset["serial_no"].unique, asset["acquired_on"].default) == (
        600,
        True,
        "now",
    )
    assert [r.attributes for r in rules(found, "unique")] == [("building", "room")]
    stated = {
        (p.kind, p.entity, tuple(f.attribute for f in p.filters))
        for p in found.access_patterns
        if p.origin.kind == "stated"
    }
    assert ("list", "asset", ("location",)) in stated
    assert ("aggregate", "asset", ("category_code",)) in stated
    assert counted(found) == {"asset": 48_000, "transfer": 15_642}


def test_dbml_with_requirements_as_remarks() -> None:
    found = brief("podcasts")
    assert columns(found, "episode")["state"].allowed == ("draft", "scheduled", "published", "withdrawn")
    (machine,) = rules(found, "state")
    assert (machine.entity, len(machine.transitions)) == ("episode", 4)
    assert kept(found) == {"download": 390}
    assert next(e.nature for e in found.entities if e.name == "episode_guest") != "person"


def test_a_german_mail() -> None:
    found = brief("german/werkstatt")
    assert {"kunde", "fahrzeug", "werkstattauftrag", "rechnung"} <= set(names(found))
    vehicle = columns(found, "fahrzeug")
    assert (vehicle["fahrgestellnummer"].unique, vehicle["erstzulassung"].type) == (True, "date")
    invoice = columns(found, "rechnung")
    assert (invoice["mwst"].type, invoice["rechnungsnummer"].unique) == ("money", True)
    assert counted(found)["fahrzeug"] == 40_000


def test_a_german_list() -> None:
    found = brief("german/verein")
    assert columns(found, "mitglied")["status"].allowed == ("aktiv", "passiv", "ausgetreten")
    assert columns(found, "abteilung")["leiter"].references == "mitglied"
    assert columns(found, "kurs")["maximale_teilnehmerzahl"].type == "integer"
    assert ("beitrag", ("mitglied", "jahr")) in {(r.entity, r.attributes) for r in rules(found, "unique")}
    assert found.targets.concurrent_users == 10
    assert rules(found, "immutable") == []  # only what is paid may not change


@pytest.mark.parametrize(
    ("line", "entity", "expected"),
    [
        ("For donors we store name, date of birth and mail.", "donor", ["name", "date_of_birth", "mail"]),
        ("We store donors: name, date of birth, phone.", "donor", ["name", "date_of_birth", "phone"]),
        ("For every visit I write down date, mood (1 to 5), whether it rained.", "visit", ["date", "mood", "rained"]),
        ("1) Donors. We store name, date of birth, phone.", "donor", ["name", "date_of_birth", "phone"]),
        ("charging session = driver + vehicle; start time; energy kWh; cost", "charging_session",
         ["driver", "vehicle", "start_time", "energy", "cost"]),
    ],
)  # fmt: skip
def test_what_somebody_writes_down(line: str, entity: str, expected: list[str]) -> None:
    found = analysed(line)
    assert names(found) == [entity]
    assert list(columns(found, entity)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "For customers we store orders and invoices.",  # things, and nothing about them
        "Load: 6 locations, 4,200 members, 700 bookings",
        "total = price * quantity",
    ],
)
def test_what_is_no_list_of_attributes(line: str) -> None:
    found = analysed(f"### Gizmo\n- name: string\n\n{line}\n")
    assert names(found) == ["gizmo"]


def test_a_signature_makes_no_title() -> None:
    found = analysed("### Gizmo\n- name: string\n\nBest regards\nPetra\n--\nNational Office\n")
    assert found.title != "Best regards Petra"


def test_things_whose_names_begin_like_others() -> None:
    found = brief("claims")
    assert types(found, "claim_payment") == {
        "claim": "identifier", "amount": "money", "paid_on": "date", "payee": "string", "approved_by": "string"
    }  # fmt: skip
    assert types(found, "note")["text"] == "text" and columns(found, "note")["adjuster"].references == "adjuster"
    (total,) = rules(found, "sum")
    assert (total.entity, total.attributes, total.child, total.terms) == (
        "claim",
        ("reserve",),
        "claim_payment",
        ("amount",),
    )
    assert ("adjuster", "claim") in {(r.parent, r.child) for r in found.relationships}
    assert ("deductible", "sum_insured") in {r.attributes for r in rules(found, "comparison")}
    assert unread(found) == {}


def test_tables_of_everything_one_of_them_half() -> None:
    found = brief("cranes")
    assert {e.name: e.key for e in found.entities} == {
        "customer": ("customer_no",),
        "machine": ("serial_no",),
        "machine_model": (),
        "hire": ("hire_no",),
        "damage_report": (),
    }
    assert counted(found) == {
        "customer": 4000,
        "machine": 850,
        "machine_model": 120,
        "hire": 30_000,
        "damage_report": 2000,
    }
    machine = columns(found, "machine")
    assert machine["status"].allowed == ("available", "hired", "workshop", "scrapped")
    assert (machine["status"].default, machine["model"].references) == ("available", "machine_model")
    assert types(found, "damage_report")["repair_cost"] == "money?"
    assert [r.attributes for r in rules(found, "comparison")] == [("ends_on", "starts_on")]
    assert ("manufacturer", "model_name") in [tuple(sorted(r.attributes)) for r in rules(found, "unique")]
    (machine_of,) = rules(found, "state")
    assert ("reserved", "cancelled") in machine_of.transitions
    assert (found.protection.roles, found.protection.owner) == (("office", "yard", "boss"), None)
    hires = {(p.kind, tuple(f.attribute for f in p.filters)) for p in found.access_patterns if p.entity == "hire"}
    assert ("list", ("customer",)) in hires


def test_two_diagrams_and_jotted_rules() -> None:
    found = brief("festival")
    assert len(names(found)) == 9
    (machine,) = rules(found, "state")
    assert (machine.entity, len(machine.transitions)) == ("submission", 6)
    uniques = {(r.entity, frozenset(r.attributes)) for r in rules(found, "unique")}
    assert ("screening", frozenset({"venue", "starts_at"})) in uniques
    (compared,) = rules(found, "comparison")
    assert (compared.entity, compared.attributes, compared.operator) == (
        "festival_edition",
        ("submission_closes", "submission_opens"),
        ">",
    )
    assert ("submission", "genre", "many_to_many", None, False) in links(found)
    assert kept(found) == {"filmmaker": 730}
