"""Whole briefs of domains that no rule was made for: what an architect wrote down before the analysis ran."""

from tests.agents.forms.reading import columns, links, names, rules, types, unread
from tests.agents.forms.test_whole_briefs import brief, counted, kept


def test_a_planners_form_that_names_entities_only() -> None:
    found = brief("observatory")
    assert len(names(found)) == 7
    assert {
        ("astronomer", "proposal", "one_to_many", "principal_investigator", False),
        ("astronomer", "proposal", "many_to_many", "co_investigators", False),
        ("telescope", "observing_block", "one_to_many", None, False),
    } <= links(found)
    (overlap,) = rules(found, "no_overlap")
    assert (overlap.entity, overlap.attributes) == ("observing_block", ("telescope", "starts_at", "ends_at"))
    (machine,) = rules(found, "state")
    assert ("under review", "rejected") in machine.transitions
    assert [(r.entity, r.maximum) for r in rules(found, "capacity")] == [("observing_block", 12)]
    assert kept(found) == {"observation": 9125}
    assert (found.targets.response_ms, found.targets.recovery_point_seconds) == (300, 900)
    assert {i.name for i in found.integrations} == {"ORCID", "NOIRLab archive", "Keycloak"}
    assert len(found.future) == 2


def test_attribute_lists_with_lists_inside() -> None:
    found = brief("cellar")
    assert names(found)[:2] == ["vineyard_parcel", "wine_class"]
    assert list(types(found, "tank")) == ["number", "capacity", "material", "hall", "row", "position"]
    assert columns(found, "harvest_lot")["must_weight"].maximum == 200
    assert [(r.entity, r.attributes[0]) for r in rules(found, "no_overlap")] == [("fill", "tank")]
    assert (kept(found)["measurement"], kept(found)[None]) == (1095, 3650)
    assert unread(found) == {}


def test_one_table_for_all_entities() -> None:
    found = brief("bloodbank")
    assert len(names(found)) == 7
    assert columns(found, "blood_unit")["component"].allowed == ("red cells", "plasma", "platelets")
    assert ("blood_unit", "issue", "one_to_one", "unit_no", False) in links(found)
    (machine,) = rules(found, "state")
    assert {("released", "issued"), ("quarantine", "discarded"), ("released", "discarded")} <= set(machine.transitions)
    assert [(r.entity, r.values) for r in rules(found, "immutable")] == [("blood_unit", ("issued",))]
    assert found.protection.regulations == ("gdpr",)
    assert {v.entity: v.rows_per_day for v in found.volumes}["blood_unit"] == 930


def test_dbml_without_fences() -> None:
    found = brief("chess")
    assert {"player", "club", "tournament", "entry", "game"} <= set(names(found))
    assert {("player", "game", "white"), ("player", "game", "black"), ("player", "tournament", "arbiter")} <= {
        (p, c, role) for p, c, _, role, _ in links(found)
    }
    assert {(r.entity, r.operator) for r in rules(found, "comparison")} == {("game", "<>"), ("tournament", ">=")}
    assert rules(found, "immutable") == []  # games of a finished tournament are some of them
    assert counted(found)["game"] == 12_000_000


def test_numbered_things_of_tenants() -> None:
    found = brief("payroll")
    assert {"employer", "employee", "cost_centre", "pay_run", "payslip", "payslip_line", "wage_type"} == set(
        names(found)
    )
    assert (found.protection.tenant, found.protection.regulations) == ("employer", ("sox",))
    uniques = {(r.entity, r.attributes) for r in rules(found, "unique")}
    assert {("employee", ("employer", "employee_number")), ("pay_run", ("employer", "period"))} <= uniques
    (machine,) = rules(found, "state")
    assert (machine.entity, machine.values) == ("pay_run", ("draft", "calculated", "approved", "paid"))
    assert types(found, "employee")["left_on"] == "date?"
    assert {v.entity: v.rows_per_day for v in found.volumes}["payslip"] < 100_000  # 30 a second at the end of the month
    assert len(found.integrations) == 3


def test_a_mail_of_questions_and_answers_with_a_sample() -> None:
    found = brief("scooters")
    assert {"scooter", "ride", "rider", "scooter_reading"} <= set(names(found))
    assert len(columns(found, "scooter")["state"].allowed) == 6
    assert types(found, "ride")["start_time"] == "timestamp"
    assert [(r.entity, r.attributes[0]) for r in rules(found, "no_overlap")] == [("ride", "rider")]
    assert counted(found)["scooter"] == 7_500
    assert kept(found)["ride"] == 1095


def test_a_german_planners_form() -> None:
    found = brief("german/bestatter")
    assert names(found)[0] == "sterbefall" and "grabstelle" in names(found)
    assert columns(found, "sterbefall")["sterbedatum"].type == "date"
    (machine,) = rules(found, "state")
    assert machine.values == ("offen", "geplant", "durchgeführt", "abgerechnet")
    assert [r.attributes[0] for r in rules(found, "no_overlap")] == ["kapelle"]
    assert kept(found) == {"rechnung": 3650, "sterbefall": 10950}
    assert (found.stack.language, found.targets.recovery_time_seconds) == ("csharp", 28_800)


def test_german_tables_with_a_paragraph_for_a_title() -> None:
    found = brief("german/labor")
    assert set(names(found)) == {"probe", "messwert", "parameter", "entnahmestelle", "mitarbeiter"}
    assert columns(found, "probe")["status"].allowed == ("eingegangen", "in Prüfung", "freigegeben", "verworfen")
    (machine,) = rules(found, "state")
    assert machine.transitions[0] == ("eingegangen", "in Prüfung")
    assert {r.attributes for r in rules(found, "unique")} == {("probe", "parameter")}
    assert {v.entity: v.rows_per_day for v in found.volumes}["messwert"] == 8_100
