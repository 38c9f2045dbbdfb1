"""Access patterns out of workflows, stories, prose and items: entity, kind, filters, sort, page, rate and freshness."""

from typing import Any

import pytest

from contracts.requirements import AccessPattern
from tests.agents.facts.reading import SHOP, analysed


def patterns_of(text: str) -> list[AccessPattern]:
    return [p for p in analysed(SHOP + text).access_patterns if p.origin.kind == "stated"]


@pytest.mark.parametrize(
    ("line", "entity", "kind", "filters", "sort", "more"),
    [
        ("Staff list orders of a customer, newest first, 20 per page", "order", "list", ["customer"], ["-placed_at"],
         {"page_size": 20}),
        ("Staff list orders of a customer, newest first, pages of 20", "order", "list", ["customer"], ["-placed_at"],
         {"page_size": 20}),
        ("As a clerk, I want to look up an order by number so that I can help.", "order", "lookup", ["number"], [], {}),
        ("As a customer, I want to see my orders, newest first", "order", "list", ["customer"], ["-placed_at"], {}),
        ("As an accountant I want to export payments of a "
         "month", "payment", "list", ["created_at"], ["-created_at"], {}),
        ("Support looks at the last 20 orders of a customer", "order", "list", ["customer"], ["-placed_at"],
         {"page_size": 20}),
        ("Customers track an order by number, 200 times a second at peak", "order", "lookup", ["number"], [],
         {"per_second": 200}),
        ("A manager sees the number of orders by status, refreshed every minute", "order", "aggregate", ["status"], [],
         {"staleness_seconds": 60}),
        ("Staff list approved orders, at most 5 minutes old", "order", "list", ["status"], [],
         {"staleness_seconds": 300}),
        ("Monthly report of revenue by customer", "order", "aggregate", ["customer"], [], {}),
        ("Office: list of orders by status, oldest first", "order", "list", ["status"], ["placed_at"], {}),
        ("A clerk searches customers by name", "customer", "search", [], [], {"search": ("name",)}),
        ("A customer places an order", "order", "write", [], [], {}),
    ],
)  # fmt: skip
def test_a_line_of_the_workflows(
    line: str, entity: str, kind: str, filters: list[str], sort: list[str], more: dict[str, Any]
) -> None:
    (found,) = patterns_of(f"## User Workflows\n\n- {line}\n")
    order = [f"{'-' if s.descending else ''}{s.attribute}" for s in found.sort]
    assert (found.entity, found.kind, [f.attribute for f in found.filters], order) == (entity, kind, filters, sort)
    assert {name: getattr(found, name) for name in more} == more
    assert found.confidence == "high"


TASKS = """# Yard

### Boat
- registration: string(10), unique
- length: decimal
- stock of ropes: integer
- owner_id (FK → Owner)

### Owner
- last name
- phone number: phone

### Permit
- boat_id (FK → Boat)
- valid until: date
- status (asked, granted, refused), default asked
- paid: boolean

### Mooring
- boat_id (FK → Boat)
- day: date
- noted at: timestamp

"""


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("Each Monday the office receives a list of granted permits that expire within 30 days",
         [("list", "permit", ["valid_until", "status"], ["valid_until"])]),
        ("Boats with a stock of ropes below 3 pop up on a list", [("list", "boat", ["stock_of_ropes"], [])]),
        ("A guard types the registration and gets the boat with its permits, newest first",
         [("lookup", "boat", ["registration"], []), ("list", "permit", ["boat"], ["-created_at"])]),
        ("A clerk finds an owner by last name or phone number",
         [("lookup", "owner", ["last_name"], []), ("lookup", "owner", ["phone_number"], [])]),
        ("A clerk opens an owner and goes through the boats of the owner", [("list", "boat", ["owner"], [])]),
        ("The office lists permits by status and counts the boats of each owner",
         [("list", "permit", ["status"], []), ("aggregate", "boat", ["owner"], [])]),
        ("Guards see granted permits of a boat, next visit first", [("list", "permit", ["boat", "status"], [])]),
        ("Owners look at boats of an owner, best length first", [("list", "boat", ["owner"], ["-length"])]),
        ("The office sees a chart of permits per boat", [("aggregate", "permit", ["boat"], [])]),
        ("A guard lists the moorings of a boat, by day", [("list", "mooring", ["boat", "day"], ["day"])]),
        ("A guard lists the moorings of a boat by day, newest first",
         [("list", "mooring", ["boat", "noted_at"], ["-noted_at"])]),
        ("boats of an owner by length then registration, pages of 50",
         [("list", "boat", ["owner"], ["length", "registration"])]),
        ("unpaid permits", [("list", "permit", ["paid"], [])]),
        ("all permits of a boat, last one first", [("list", "permit", ["boat"], ["-created_at"])]),
        ("Guards: asked permits of a boat; boats by length", [("list", "permit", ["boat", "status"], []),
         ("list", "boat", ["length"], [])]),
        ("Which permits are refused must be visible at any time", [("list", "permit", ["status"], [])]),
        ("Boats are searched by registration", [("lookup", "boat", ["registration"], [])]),
        ("A permit belongs to nobody who is late", []),
        ("The permit is shown", []),
    ],
)  # fmt: skip
def test_tasks_reminders_and_titles(line: str, reads: list[tuple[str, str, list[str], list[str]]]) -> None:
    found = [
        p for p in analysed(f"{TASKS}## What people do\n\n- {line}\n").access_patterns if p.origin.kind == "stated"
    ]
    assert [
        (p.kind, p.entity, [f.attribute for f in p.filters], [f"{'-' * s.descending}{s.attribute}" for s in p.sort])
        for p in found
    ] == reads


def test_a_table_says_who_does_what() -> None:
    table = "## Usage\n\n| # | Who | What |\n|---|---|---|\n| U1 | Guard | sees permits that expire within 9 days |\n"
    (found,) = [p for p in analysed(TASKS + table).access_patterns if p.origin.kind == "stated"]
    assert (found.entity, [f.operator for f in found.filters]) == ("permit", ["range"])


def test_a_table_of_endpoints() -> None:
    table = "## Endpoints\n\n| Method | Path |\n|---|---|\n| GET | /boats/{id}/permits?status= |\n| POST | /permits |\n"
    found = [p for p in analysed(TASKS + table).access_patterns if p.origin.kind == "stated"]
    assert [(p.kind, p.entity, [f.attribute for f in p.filters]) for p in found] == [
        ("list", "permit", ["boat", "status"]), ("write", "permit", []),
    ]  # fmt: skip


def test_what_arrives_is_written() -> None:
    (found,) = [
        p for p in analysed(TASKS + "## Load\n\nPermits arrive at 30 per second.\n").access_patterns if p.per_second
    ]
    assert (found.kind, found.entity, found.per_second) == ("write", "permit", 30)


@pytest.mark.parametrize(
    "line",
    [
        "The system is used by clerks.",
        "An order is something that a customer places.",
        "Orders are important to us.",
    ],
)
def test_prose_about_the_system_is_no_access(line: str) -> None:
    assert patterns_of(f"## Background\n\n{line}\n") == []


def test_prose_is_understood_with_less_confidence() -> None:
    (found,) = patterns_of("## Something else\n\nThe office lists orders of a customer, newest first.\n")
    assert (found.kind, found.confidence) == ("list", "medium")


def test_usual_accesses_are_guesses() -> None:
    found = analysed("**Primary Entities**: Customer, Order\n").access_patterns
    assert found
    assert {p.confidence for p in found} == {"low"}


def test_a_rule_is_no_access() -> None:
    assert patterns_of("## Business Rules\n\n- The total of an order is the sum of its items\n") == []


def test_steps_of_a_scenario_are_read() -> None:
    text = (
        "## Behaviour\n\n```gherkin\nFeature: Orders\n\n  Scenario: Own orders\n    Given a customer\n"
        "    When a customer views their orders, newest first\n    Then the first 20 orders are shown\n```\n"
    )
    found = analysed(SHOP + text)
    (pattern,) = [p for p in found.access_patterns if p.origin.kind == "stated" and p.kind == "list" and p.filters]
    assert [f.attribute for f in pattern.filters] == ["customer"]
    assert any(w.startswith("Own orders: ") for w in found.workflows)
    steps = ("Feature", "Scenario", "Given", "When", "Then")
    assert {t.use for t in found.trace if t.text.startswith(steps)} == {"used"}


def test_attributes_say_how_sure_they_are() -> None:
    listed = analysed("# T\n\n### Gizmo\n- sku, unique\n- price: money\n")
    told = analysed("# T\n\nEach gizmo has a name, a price and a serial number.\n")
    named = analysed("# T\n\n**Primary Entities**: Customer\n")
    found = [{a.confidence for e in r.entities for a in e.attributes} for r in (listed, told, named)]
    assert found == [{"high"}, {"medium"}, {"low"}]


def test_an_attribute_that_only_a_rule_names_is_understood() -> None:
    found = analysed("**Primary Entities**: Invoice\n\n## Rules\n\n- Discount on an invoice is between 0 and 25 %\n")
    (discount,) = [a for a in found.entities[0].attributes if a.name == "discount_percent"]
    assert discount.confidence == "medium"


def test_what_is_searched_by_a_reference_is_a_list_with_a_filter() -> None:
    text = (
        "# Inn\n\n### Room\n- number, unique\n- room_type (references Room type)\n\n### Room type\n- name, unique\n\n"
    )
    found = analysed(f"{text}## Usage\n\n- Guests search for free rooms by room type and date.\n")
    made = [p for p in found.access_patterns if p.entity == "room" and p.origin.kind == "stated"]
    assert [(p.kind, [f.attribute for f in p.filters]) for p in made] == [("list", ["room_type"])]


def test_who_plays_a_part_leaves_none_of_it_to_the_user() -> None:
    text = "# Gym\n\n**Primary Entities**: User, Member, Membership\n"
    assert {r.parent for r in analysed(text).relationships if r.child == "membership"} == {"member"}
