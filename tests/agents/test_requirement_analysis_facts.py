"""One fact at a time: how a line of a brief is read, and which lines are not read as that fact."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.document import read_document
from contracts.brief import Brief, BriefError
from contracts.requirements import Requirements

NAMES = "**Primary Entities**: Customer, Order, Order Item, Product, Invoice, Appointment, Room\n\n"


def analysed(text: str) -> Requirements:
    return requirement_analysis(Brief(project="x", text=text, date=dt.date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("email: string(200), optional", {"type": "string", "length": 200, "optional": True}),
        ("status (open, closed), default open", {"allowed": ("open", "closed"), "default": "open"}),
        ("status: one of open, done or closed", {"allowed": ("open", "done", "closed")}),
        ("status: open | closed", {"allowed": ("open", "closed")}),
        ("kind: enum(a, b)", {"allowed": ("a", "b")}),
        ("price decimal(10,2) not null", {"type": "decimal", "precision": 10, "scale": 2, "optional": False}),
        ("price: decimal(8,2), >= 0", {"minimum": Decimal(0), "exclusive_minimum": False}),
        ("price: money, positive", {"minimum": Decimal(0), "exclusive_minimum": True}),
        ("rating: integer, 1-5", {"minimum": Decimal(1), "maximum": Decimal(5)}),
        ("weight (kg)", {"unit": "kg"}),
        ("title (max 80 characters)", {"length": 80}),
        ("nickname?", {"optional": True}),
        ("customer_id (FK → Customer)", {"references": "Customer"}),
        ("customer_id → Customer", {"references": "Customer"}),
        ("customer_id: integer REFERENCES customers(id)", {"references": "customers", "type": "integer"}),
        ("buyer (references Customer), optional", {"references": "Customer", "optional": True}),
        ("`isbn` (PK)", {"key": True}),
        ("email - string, unique", {"type": "string", "unique": True}),
        ("label (unique!!)", {"unique": True}),
        ("label (no two the same)", {"unique": True}),
        ("line_number: integer, unique per order", {"unique": False, "unique_per": "order"}),
        ("archived: yes/no, default no", {"type": "boolean", "default": "no"}),
        ("notes — free text for the reception", {"description": "free text for the reception"}),
        ("items: list of Order Item", {"references": "Order Item", "many": True}),
    ],
)
def test_one_attribute_a_line(text: str, expected: dict[str, Any]) -> None:
    (found,) = stated_attributes(text)
    assert {name: getattr(found, name) for name in expected} == expected


def test_names_in_a_row_are_attributes_of_their_own() -> None:
    assert [a.name for a in stated_attributes("id, sku, name, price, date")] == ["id", "sku", "name", "price", "date"]
    mixed = stated_attributes("name, optional, price (EUR), stock: integer")
    assert [a.name for a in mixed] == ["name", "price", "stock"]
    assert (mixed[0].optional, mixed[1].unit, mixed[2].type) == (True, "EUR", "integer")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- Customer → Order (one-to-many)", ("customer", "order", "one_to_many", None)),
        ("- Customer -> Order (1:N)", ("customer", "order", "one_to_many", None)),
        ("- Order N:1 Customer", ("customer", "order", "one_to_many", None)),
        ("- Order → Customer (many-to-one)", ("customer", "order", "one_to_many", None)),
        ("- Order → Product (many-to-many)", ("order", "product", "many_to_many", None)),
        ("- Order ↔ Product (M:N)", ("order", "product", "many_to_many", None)),
        ("- Order → Invoice (one-to-one)", ("order", "invoice", "one_to_one", None)),
        ("- Customer has many orders", ("customer", "order", "one_to_many", None)),
        ("- Each customer can have multiple orders", ("customer", "order", "one_to_many", None)),
        ("- An order belongs to a customer", ("customer", "order", "one_to_many", None)),
        ("- An order has exactly one invoice", ("order", "invoice", "one_to_one", None)),
        ("- Customer → Order (one-to-many, as buyer)", ("customer", "order", "one_to_many", "buyer")),
        ("- Room → Room (one-to-many)", ("room", "room", "one_to_many", "parent")),
    ],
)
def test_relationships(line: str, expected: tuple[str, str, str, str | None]) -> None:
    found = analysed(f"{NAMES}**Entity Relationships**:\n{line}\n")
    stated = [r for r in found.relationships if r.origin.kind == "stated"]
    assert [(r.parent, r.child, r.cardinality, r.role) for r in stated] == [expected]
    assert stated[0].serves[0].startswith("relationship.")


def test_contradicting_cardinalities_become_a_question() -> None:
    text = f"{NAMES}**Entity Relationships**:\n- Customer → Order (one-to-many)\n- Customer → Order (one-to-one)\n"
    found = analysed(text)
    assert [r.cardinality for r in found.relationships if (r.parent, r.child) == ("customer", "order")] == [
        "one_to_many"
    ]
    assert [q.lines for q in found.open_questions if "disagree" in q.question] == [(4, 5)]


def test_an_entity_that_only_a_relationship_names_is_declared() -> None:
    found = analysed(
        "**Primary Entities**: Customer\n\n**Entity Relationships**:\n- Customer → Spaceship (one-to-many)\n"
    )
    assert [e.name for e in found.entities] == ["customer", "spaceship"]
    assert [a.origin.kind for a in found.entities[1].attributes] == ["convention"]
    assert any("spaceship" in q.id for q in found.open_questions)


def test_a_state_rule_adds_a_status_where_there_is_none() -> None:
    found = analysed("### Ticket\n- title: string\n\n## Rules\n- Ticket status: open → closed\n")
    status = found.entities[0].attributes[-1]
    assert (status.name, status.allowed, status.default) == ("status", ("open", "closed"), "open")
    assert status.origin.line == 5


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET /api/orders/{id}", ("order", "lookup", ["id"], [])),
        ("GET /api/customers/{id}/orders?sort=-created_at", ("order", "list", ["customer"], ["-placed_at"])),
        ("GET /products?category=1&sort=price:desc&limit=30", ("product", "list", [], ["-price"])),
        ("GET /products?q=…", ("product", "search", [], [])),
        ("GET /products?min_price=1&max_price=9", ("product", "list", ["price"], [])),
        ("DELETE /orders/:id", ("order", "write", [], [])),
    ],
)
def test_endpoints(line: str, expected: tuple[str, str, list[str], list[str]]) -> None:
    found = analysed(f"{NAMES}- Customer → Order (one-to-many)\n\n## API Requirements\n- `{line}`\n")
    (pattern,) = [p for p in found.access_patterns if p.origin.kind == "stated"]
    sort = [f"{'-' if s.descending else ''}{s.attribute}" for s in pattern.sort]
    assert (pattern.entity, pattern.kind, [f.attribute for f in pattern.filters], sort) == expected


def test_form_two_in_its_variants() -> None:
    found = analysed(
        "# Library\n\n## Entities\n\n### Book\n- isbn (PK): string(13)\n- title\n- authors: list of Author\n\n"
        "### Author\n* id, name, born_on\n\n### Loan\n\n| Field | Type | Required | References |\n|---|---|---|---|\n"
        "| book_id | integer | yes | Book |\n| lent_on | date | yes | |\n| returned_on | date | no | |\n\n"
        "### Member\n+ name\n+ parent_member_id, optional\n"
    )
    book, author, loan, member = found.entities
    assert (book.key, [a.name for a in author.attributes]) == (("isbn",), ["name", "born_on"])
    assert [(a.name, a.references, a.optional) for a in loan.attributes] == [
        ("book_id", "book", False), ("lent_on", None, False), ("returned_on", None, True),
    ]  # fmt: skip
    assert member.attributes[1].references == "member"
    found_relationships = {(r.parent, r.child, r.cardinality, r.role) for r in found.relationships}
    assert ("book", "author", "many_to_many", None) in found_relationships
    assert ("member", "member", "one_to_many", "parent_member") in found_relationships


def test_mermaid_diagram() -> None:
    found = analysed(
        "# D\n\n```mermaid\nerDiagram\n    CUSTOMER ||--o{ ORDER : places\n    CUSTOMER {\n        string name\n"
        "        string custNumber UK\n    }\n    ORDER {\n        int id PK\n        string city\n    }\n```\n"
    )
    assert [(e.name, [a.name for a in e.attributes]) for e in found.entities] == [
        ("customer", ["name", "cust_number"]), ("order", ["city"]),
    ]  # fmt: skip
    assert [(r.parent, r.child, r.cardinality) for r in found.relationships] == [("customer", "order", "one_to_many")]


def test_mixed_forms_join_in_one_entity() -> None:
    found = analysed("**Primary Entities**: Customer, Orders\n\n### Order\n- number: string, unique\n- customer_id\n")
    assert [e.name for e in found.entities] == ["customer", "order"]
    assert [a.name for a in found.entities[1].attributes] == ["number", "customer_id"]
    assert [(r.parent, r.child) for r in found.relationships] == [("customer", "order")]


@pytest.mark.parametrize(
    ("names", "joined"),
    [("Order, Product", True), ("Order, Product, Order Item", False)],
)
def test_words_that_say_many_of_a_shared_thing_mean_many_to_many(names: str, joined: bool) -> None:
    found = analysed(f"**Primary Entities**: {names}\n\n**Relationships**:\n- An order contains many products\n")
    pairs = {(r.parent, r.child, r.cardinality) for r in found.relationships}
    assert (("order", "product", "many_to_many") in pairs) == joined
    assert ("order", "product", "one_to_many") not in pairs


def test_entities_in_prose_like_lines() -> None:
    found = analysed(
        "# Farm\n\nSensor (serial_number, farm, model)\n\nFarm: name, location, owner email\n\n"
        "- show the sensors of a farm\n"
    )
    assert [(e.name, [a.name for a in e.attributes]) for e in found.entities] == [
        ("sensor", ["serial_number", "farm", "model"]), ("farm", ["name", "location", "owner_email"]),
    ]  # fmt: skip
    assert [r.parent for r in found.relationships] == ["farm"]
    assert [[f.attribute for f in p.filters] for p in found.access_patterns if p.origin.kind == "stated"] == [["farm"]]


def test_a_usual_parent_is_inferred_only_when_both_are_there() -> None:
    found = analysed("**Primary Entities**: Customer, Order\n")
    (relationship,) = [r for r in found.relationships if r.child == "order"]
    assert (relationship.parent, relationship.origin.kind) == ("customer", "inferred")
    assert analysed("**Primary Entities**: Order\n").relationships == ()


def test_a_label_right_below_a_list_starts_the_next_list() -> None:
    found = analysed(
        f"{NAMES}**Entity Relationships**:\n- Customer → Order (one-to-many)\n"
        "**Business Rules**:\n- Order number is unique\n"
    )
    assert [r.kind for r in found.rules if r.origin.kind == "stated"] == ["unique"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\n",
        "hello world",
        "# Minutes of a meeting\n\nWe met on Monday. Nobody decided anything.\n",
        "# [Project Name]\n\n**Purpose**: [describe the purpose]\n\n**Primary Entities**: [Entity 1], [Entity 2]\n",
    ],
)
def test_no_brief(text: str) -> None:
    with pytest.raises(BriefError) as caught:
        analysed(text)
    assert "Primary Entities" in caught.value.remedy
    if "[" in text:
        assert caught.value.line == 5
        assert "unfilled template" in caught.value.fact
        assert caught.value.evidence == "[Entity 1]"


def test_a_single_bracket_is_a_question() -> None:
    found = analysed(f"{NAMES}**Business Rules**:\n- [List the rules]\n")
    assert [q.lines for q in found.open_questions if "bracket" in q.id] == [(4,)]
    assert [t.use for t in found.trace if t.line == 4] == ["not_understood"]


def test_hostile_names_become_safe_ones() -> None:
    found = analysed(
        "**Primary Entities**: Order, Select, Robert'); DROP TABLE students;--, {{ 7*7 }}, 👍, ---, Größe\n"
    )
    names = [e.name for e in found.entities]
    assert names[:3] == ["order", "select", "robert_drop_table_student"]
    assert "entity_1" in names
    assert "groesse" in names
    assert len(set(names)) == 7


def test_duplicates_after_normalising_are_one_entity() -> None:
    found = analysed("**Primary Entities**: Order Item, order-item, OrderItems\n")
    assert [e.name for e in found.entities] == ["order_item"]
    assert found.entities[0].synonyms == ("order-item", "OrderItems")


def test_what_is_planned_for_later_is_not_built() -> None:
    found = analysed(
        f"{NAMES}## Future Considerations\n- Loyalty points: 1,000 requests per second\n### Voucher\n- code\n"
    )
    assert "voucher" not in {e.name for e in found.entities}
    assert any(a.id == "assumption.requests-per-second" for a in found.assumptions)
    assert "Loyalty points: 1,000 requests per second" in found.future


def test_what_is_not_understood_is_listed() -> None:
    found = analysed(f"{NAMES}## Performance\n- Blorp the orders gently\n")
    (line,) = [t for t in found.trace if t.use == "not_understood"]
    assert (line.line, line.text) == (4, "Blorp the orders gently")
    assert "order" in line.reason


def test_sentences_know_their_lines() -> None:
    document = read_document("# T\n\nFirst one. Second\nsentence goes on. Third (e.g. this) ends.\n\n- a\n  b\n")
    assert [(s.line, s.text) for s in document.sentences] == [
        (1, "T"), (3, "First one."), (3, "Second sentence goes on."), (4, "Third (e.g. this) ends."), (6, "a b"),
    ]  # fmt: skip


def test_a_wrapped_sentence_is_quoted_as_far_as_its_first_line_goes() -> None:
    document = read_document("Orders are kept\nfor 7 years. They are\nnever deleted.\n")
    assert [(s.line, s.quote) for s in document.sentences] == [(1, "Orders are kept…"), (2, "They are…")]
