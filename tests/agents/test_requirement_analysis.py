"""What the analysis makes of the three example briefs: the facts that a reader of each brief would expect."""

import datetime as dt
from pathlib import Path

import pytest

from agents.checks.misquoted_origin import misquoted, origins_of
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import AccessPattern, Entity, Requirements, Rule

EXAMPLES = Path(__file__).parents[2] / "examples"


def analysed(project: str) -> Requirements:
    text = (EXAMPLES / project / "INITIAL.md").read_text("utf-8")
    return requirement_analysis(Brief(project=project, text=text, date=dt.date(2026, 1, 1)))


@pytest.fixture(scope="module")
def shop() -> Requirements:
    return analysed("shop")


@pytest.fixture(scope="module")
def clinic() -> Requirements:
    return analysed("clinic")


@pytest.fixture(scope="module")
def habits() -> Requirements:
    return analysed("habits")


def entity(found: Requirements, name: str) -> Entity:
    return next(e for e in found.entities if e.name == name)


def rules(found: Requirements, kind: str, name: str) -> list[Rule]:
    return [r for r in found.rules if r.kind == kind and r.entity == name]


def stated(found: Requirements) -> list[AccessPattern]:
    return [p for p in found.access_patterns if p.origin.kind == "stated"]


def test_shop_entities_and_their_usual_attributes(shop: Requirements) -> None:
    assert [e.name for e in shop.entities] == [
        "user", "address", "category", "product", "order", "order_item", "payment", "order_history", "user_activity",
    ]  # fmt: skip
    order = entity(shop, "order")
    assert order.archetype == "order"
    assert {"order_number", "status", "total_amount"} <= {a.name for a in order.attributes}
    assert all(a.origin.kind in ("inferred", "stated") for a in order.attributes)
    assert "order" in next(a for a in order.attributes if a.origin.kind == "inferred").origin.rule
    assert entity(shop, "order_history").nature == "event"


def test_shop_soft_delete_gives_the_user_a_time_of_deletion(shop: Requirements) -> None:
    deleted = next(a for a in entity(shop, "user").attributes if a.name == "deleted_at")
    assert deleted.origin.kind == "stated"
    assert deleted.optional
    assert rules(shop, "unique", "user")[0].attributes == ("email",)


def test_shop_relationships_are_stated_once_with_roles(shop: Requirements) -> None:
    found = {(r.parent, r.child, r.role): r for r in shop.relationships}
    assert len(found) == len(shop.relationships)
    assert found["address", "order", "shipping_address"].origin.kind == "stated"
    assert found["order", "order_item", None].owned
    assert found["category", "category", "parent"].optional
    assert not found["user", "order", None].optional
    assert found["user", "user_activity", None].owned


def test_shop_state_machine_sets_the_allowed_values(shop: Requirements) -> None:
    machine = rules(shop, "state", "order")[0]
    assert ("pending", "processing") in machine.transitions
    assert ("processing", "cancelled") in machine.transitions
    assert len(rules(shop, "state", "order")) == 1
    status = next(a for a in entity(shop, "order").attributes if a.name == "status")
    assert status.allowed == ("pending", "processing", "shipped", "delivered", "cancelled")
    assert status.default == "pending"


def test_shop_rules_are_typed(shop: Requirements) -> None:
    price = rules(shop, "range", "product")
    assert any(r.attributes == ("price",) and r.minimum == 0 and r.exclusive_minimum for r in price)
    assert any(r.attributes == ("stock_quantity",) and r.minimum == 0 for r in price)
    assert rules(shop, "range", "order_item")[0].minimum == 1
    assert rules(shop, "unique", "order_item")[0].attributes == ("order", "product")
    assert rules(shop, "immutable", "order_history")


def test_shop_access_patterns(shop: Requirements) -> None:
    patterns = stated(shop)
    orders = [p for p in patterns if p.entity == "order" and p.kind == "list"]
    newest = next(p for p in orders if [f.attribute for f in p.filters] == ["user"])
    assert (newest.sort[0].attribute, newest.sort[0].descending, newest.page_size) == ("placed_at", True, 20)
    active = next(p for p in orders if any(f.operator == "not_in" for f in p.filters))
    assert active.filters[1].values == ("delivered", "cancelled")
    search = next(p for p in patterns if p.kind == "search")
    assert (search.entity, search.search) == ("product", ("name", "description"))
    catalogue = next(p for p in patterns if p.entity == "product" and p.staleness_seconds == 300)
    assert [f.attribute for f in catalogue.filters] == ["category"]
    assert (catalogue.sort[0].attribute, catalogue.page_size) == ("price", 24)
    login = next(p for p in patterns if p.entity == "user" and p.kind == "lookup")
    assert [f.attribute for f in login.filters] == ["email"]
    report = next(p for p in patterns if p.kind == "aggregate")
    assert (report.entity, report.filters[0].operator) == ("order_history", "range")
    assert any(p.kind == "write" and p.entity == "order" for p in patterns)


def test_shop_activities_are_read_per_user_only(shop: Requirements) -> None:
    reads = [p for p in shop.access_patterns if p.entity == "user_activity"]
    assert reads
    assert all("user" in [f.attribute for f in p.filters] for p in reads)


def test_shop_numbers(shop: Requirements) -> None:
    targets = shop.targets
    assert (targets.response_ms, targets.requests_per_second, targets.concurrent_users) == (200, 1500, 5000)
    assert (targets.users, targets.read_share, targets.availability_percent) == (500_000, 0.9, 99.9)
    assert (targets.recovery_point_seconds, targets.recovery_time_seconds) == (300, 1800)
    assert targets.yearly_growth_percent == 40
    volumes = {v.entity: v for v in shop.volumes}
    assert set(volumes) == {e.name for e in shop.entities}
    assert (volumes["product"].rows, volumes["order"].rows_per_day) == (50_000, 10_000)
    assert (volumes["order_item"].rows_per_day, volumes["order_history"].rows_per_day) == (30_000, 50_000)
    assert volumes["user_activity"].rows_per_day == 5_000_000
    assert volumes["payment"].origin.kind == "inferred"
    assert shop.tier == "standard"


def test_shop_protection_stack_and_the_rest(shop: Requirements) -> None:
    protection = shop.protection
    assert (protection.authentication, protection.public_api, protection.row_level) == ("JWT", True, True)
    assert (protection.owner, protection.audited) == ("user", ("order", "payment"))
    assert protection.regulations == ("gdpr", "pci-dss")
    assert protection.roles == ("customer", "customer_service", "catalogue_manager")
    assert protection.encryption
    assert (shop.stack.language, shop.stack.framework, shop.stack.instances) == ("java", "Spring Boot", 4)
    assert (shop.stack.database, shop.stack.cache) == ("PostgreSQL", "Redis")
    assert [i.name for i in shop.integrations] == ["Payment provider", "Shipping carrier"]
    assert shop.future == ("Wishlists", "Prices in several currencies")
    assert "wishlist" not in {e.name for e in shop.entities}
    assert [(r.entity, r.days) for r in shop.retention] == [("order_history", 7 * 365)]


def test_clinic_keeps_exactly_the_stated_attributes(clinic: Requirements) -> None:
    prescription = entity(clinic, "prescription")
    assert [a.name for a in prescription.attributes] == [
        "encounter_id", "prescriber", "medication", "dosage", "days_supply", "prescribed_on",
    ]  # fmt: skip
    days = prescription.attributes[4]
    assert (days.type, days.minimum, days.maximum) == ("integer", 1, 365)
    stated = [a for e in clinic.entities for a in e.attributes if a.type != "blind"]
    assert all(a.origin.kind == "stated" and a.origin.line for a in stated)
    status = next(a for a in entity(clinic, "appointment").attributes if a.name == "status")
    assert status.allowed == ("booked", "checked in", "completed", "cancelled", "no show")
    assert status.default == "booked"
    room = next(a for a in entity(clinic, "appointment").attributes if a.name == "room_id")
    assert (room.references, room.optional) == ("room", True)
    number, index = entity(clinic, "patient").attributes[:2]  # HIPAA names it, so it is encrypted and has a blind index
    assert (number.name, number.type, number.unique) == ("medical_record_number", "sealed", False)
    assert (index.name, index.type, index.unique) == ("medical_record_number_index", "blind", True)
    assert next(a for a in entity(clinic, "patient").attributes if a.name == "allergies").sensitivity == "health"


def test_clinic_foreign_keys_are_relationships_too(clinic: Requirements) -> None:
    found = {(r.parent, r.child, r.role): r for r in clinic.relationships}
    assert ("practitioner", "prescription", "prescriber") in found
    assert found["room", "appointment", None].optional
    assert all(r.origin.kind == "stated" for r in clinic.relationships)


def test_clinic_rules(clinic: Requirements) -> None:
    overlaps = {r.attributes[0]: r for r in rules(clinic, "no_overlap", "appointment")}
    assert overlaps["practitioner"].attributes == ("practitioner", "starts_at", "ends_at")
    assert overlaps["practitioner"].values == ("cancelled",)
    assert "room" in overlaps
    later = rules(clinic, "comparison", "appointment")[0]
    assert (later.attributes, later.operator) == (("ends_at", "starts_at"), ">")
    due = rules(clinic, "comparison", "invoice")[0]
    assert (due.attributes, due.operator) == (("due_on", "issued_on"), ">=")
    assert rules(clinic, "range", "invoice")[0].minimum == 0
    assert ("draft", "cancelled") in rules(clinic, "state", "invoice")[0].transitions


def test_clinic_access_patterns(clinic: Requirements) -> None:
    by_entity = {(p.entity, p.kind): p for p in stated(clinic)}
    day = by_entity["appointment", "list"]
    assert [(f.attribute, f.operator) for f in day.filters] == [("practitioner", "equals"), ("starts_at", "range")]
    assert day.sort[0].attribute == "starts_at"
    assert by_entity["patient", "search"].search == ("last_name",)
    assert by_entity["patient", "lookup"].filters[0].attribute == "medical_record_number_index"
    assert by_entity["encounter", "list"].page_size == 20
    assert by_entity["invoice", "list"].sort[0].attribute == "due_on"


def test_clinic_numbers_and_protection(clinic: Requirements) -> None:
    targets = clinic.targets
    assert (targets.response_ms, targets.concurrent_users, targets.availability_percent) == (500, 25, 99.5)
    assert (targets.recovery_point_seconds, targets.recovery_time_seconds) == (900, 4 * 3600)
    assert next(v for v in clinic.volumes if v.entity == "appointment").rows_per_day == 200
    assert {v.rows for v in clinic.volumes if v.entity in ("patient", "practitioner", "room")} == {30_000, 12, 9}
    assert clinic.tier == "small"
    assert set(clinic.protection.regulations) == {"gdpr", "hipaa"}
    assert {"patient", "encounter", "diagnosis", "prescription"} <= set(clinic.protection.audited)
    assert "practitioner" not in clinic.protection.audited
    assert clinic.protection.roles == ("doctor", "receptionist", "billing")
    assert (clinic.protection.row_level, clinic.protection.owner) == (False, None)
    assert [(r.entity, r.days) for r in clinic.retention] == [(None, 3650)]
    assert (clinic.stack.language, clinic.stack.framework, clinic.stack.instances) == ("python", "FastAPI", 1)


def test_habits_stay_tiny(habits: Requirements) -> None:
    assert habits.tier == "embedded"
    assert [e.name for e in habits.entities] == ["habit", "tick"]
    assert (habits.targets.users, habits.stack.instances, habits.stack.cache) == (1, 1, "")
    assert not habits.protection.authentication
    assert rules(habits, "unique", "tick")[0].attributes == ("habit", "day")
    week = next(a for a in entity(habits, "habit").attributes if a.name == "times_per_week")
    assert (week.minimum, week.maximum, week.default) == (1, 7, "7")
    archived = next(a for a in entity(habits, "habit").attributes if a.name == "archived")
    assert (archived.type, archived.default) == ("boolean", "false")
    assert {v.entity: v.rows for v in habits.volumes}["habit"] == 15


@pytest.mark.parametrize("project", ["shop", "clinic", "habits"])
def test_every_line_is_accounted_for(project: str) -> None:
    found = analysed(project)
    lines = (EXAMPLES / project / "INITIAL.md").read_text("utf-8").split("\n")
    assert {number for number, text in enumerate(lines, start=1) if text.strip()} == {t.line for t in found.trace}
    assert [t.text for t in found.trace if t.use == "not_understood"] == []
    assert all(t.by for t in found.trace if t.use == "used")
    assert all(t.reason for t in found.trace if t.use == "irrelevant")


@pytest.mark.parametrize("project", ["shop", "clinic", "habits"])
def test_every_element_says_where_it_comes_from_and_what_it_serves(project: str) -> None:
    found = analysed(project)
    known = {r.id for r in found.requirements} | {a.id for a in found.assumptions}
    elements = [
        *found.entities, *(a for e in found.entities for a in e.attributes), *found.relationships, *found.rules,
        *found.access_patterns, *found.volumes, *found.retention, *found.integrations,
    ]  # fmt: skip
    for element in elements:
        assert element.serves, element
        assert set(element.serves) <= known, element
        if element.origin.kind == "stated":
            assert element.origin.line, element
            assert element.origin.quote, element
        else:
            assert element.origin.rule, element
    quoted = (EXAMPLES / project / "INITIAL.md").read_text("utf-8").split("\n")
    for requirement in found.requirements:
        if requirement.origin.kind == "stated":
            first = requirement.origin.quote.split()[0].strip("`:")
            assert first in quoted[(requirement.origin.line or 0) - 1]


@pytest.mark.parametrize("project", ["shop", "clinic", "habits"])
def test_access_patterns_name_only_what_exists(project: str) -> None:
    found = analysed(project)
    for pattern in found.access_patterns:
        thing = entity(found, pattern.entity)
        parents = {r.role or r.parent for r in found.relationships if r.child == thing.name}
        names = {a.name for a in thing.attributes} | parents | {"id", "created_at", "updated_at"}
        assert {f.attribute for f in pattern.filters} | {s.attribute for s in pattern.sort} <= names, pattern
        assert set(pattern.search) <= names, pattern


@pytest.mark.parametrize("project", ["shop", "clinic", "habits"])
def test_no_figure_that_later_agents_need_is_missing(project: str) -> None:
    found = analysed(project)
    missing = [name for name, value in found.targets if value is None and name not in ("data_gb", "peak_factor")]
    assert missing == []
    assert found.stack.instances
    assert {v.entity for v in found.volumes} == {e.name for e in found.entities}
    for assumption in found.assumptions:
        assert assumption.value
        assert assumption.reason
        assert assumption.knob


def test_the_same_brief_gives_the_same_bytes() -> None:
    assert analysed("shop").digest() == analysed("shop").digest()


def test_names_and_lists_of_one_section_make_no_entity_of_the_section() -> None:
    text = "# Inn\n\n## Entities\n\n**Primary Entities**: Guest, Room\n\n- Guest: name, email\n- Room: number, floor\n"
    found = requirement_analysis(Brief(project="inn", text=text, date=dt.date(2026, 1, 1)))
    assert [e.name for e in found.entities] == ["guest", "room"]


BRIEFS = sorted([*EXAMPLES.glob("*/INITIAL.md"), *(EXAMPLES.parent / "tests" / "briefs").rglob("*.md")])


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_analysis_is_spelled_the_same_after_it_was_stored_and_quotes_its_brief(path: Path) -> None:
    brief = Brief(project="x", text=path.read_text("utf-8"), date=dt.date(2026, 1, 1))
    found = requirement_analysis(brief)
    assert not list(misquoted(brief.text, origins_of(found)))
    again = Requirements.model_validate_json(found.model_dump_json())
    assert again.model_dump_json() == found.model_dump_json()
    assert again.digest() == found.digest()


@pytest.mark.parametrize(
    ("searched", "found"), [("by last name", [("last_name",)]), ("", [("last_name", "first_name")])]
)
def test_a_stated_search_stands_in_for_the_usual_one(searched: str, found: list[tuple[str, ...]]) -> None:
    said = f"\n## How it is used\n- Reception searches patients {searched}\n" if searched else ""
    text = f"# Clinic\n\n## Data model\n\n### Patient\n- first_name\n- last_name\n- birth_date: date\n{said}"
    patients = requirement_analysis(Brief(project="p", text=text, date=dt.date(2026, 1, 1)))
    assert [p.search for p in patients.access_patterns if p.kind == "search"] == found
