"""Business rules: which sentences become which checkable rule, and which ones stay prose."""

from decimal import Decimal
from typing import Any

import pytest

from tests.agents.facts.reading import SHOP, analysed, rules_of


@pytest.mark.parametrize(
    ("line", "kind", "entity", "attributes", "more"),
    [
        ("Quantity of an order item is between 1 and 99", "range", "order_item", ("quantity",),
         {"minimum": Decimal(1), "maximum": Decimal(99)}),
        ("Quantity must be more than 0 and at most 70", "range", "order_item", ("quantity",),
         {"minimum": Decimal(0), "exclusive_minimum": True, "maximum": Decimal(70)}),
        ("Grades lie between 1.0 and 5.0", "range", "enrolment", ("grade",), {"maximum": Decimal("5.0")}),
        ("3.1 The total of an order can never be negative.", "range", "order", ("total",), {"minimum": Decimal(0)}),
        ("A course has at least 5 seats", "range", "course", ("seats",), {"minimum": Decimal(5)}),
        ("A course ends after it starts", "comparison", "course", ("ends_on", "starts_on"), {"operator": ">"}),
        ("The ending date is never before the starting date", "comparison", "course", ("ends_on", "starts_on"),
         {"operator": ">="}),
        ("Order numbers are unique", "unique", "order", ("number",), {}),
        ("A customer can enrol in a course only once", "unique", "enrolment", ("customer", "course"), {}),
        ("There is one enrolment per customer and course", "unique", "enrolment", ("customer", "course"), {}),
        ("Order status is one of draft, submitted, approved, cancelled, paid", "allowed", "order", ("status",), {}),
        ("At most 30 enrolments per course", "capacity", "enrolment", ("course",), {"maximum": Decimal(30)}),
        ("There are at most 30 customers per course", "capacity", "enrolment", ("course",), {"maximum": Decimal(30)}),
        ("A course cannot have more enrolments than its seats", "capacity", "enrolment", ("course",),
         {"terms": ("seats",), "child": "course"}),
        ("The total of an order is the sum of its items (quantity times unit price)", "sum", "order", ("total",),
         {"operator": "=", "child": "order_item", "terms": ("quantity", "unit_price")}),
        ("An order's total equals the sum of the amounts of its payments", "sum", "order", ("total",),
         {"operator": "=", "child": "payment", "terms": ("amount",)}),
        ("Payments must not exceed the total of the order", "sum", "order", ("total",),
         {"operator": "<=", "child": "payment", "terms": ("amount",)}),
        ("The sum of all payments of an order never exceeds its total", "sum", "order", ("total",),
         {"operator": "<=", "child": "payment"}),
        ("A cancelled order needs a reason", "conditional", "order", ("status", "reason"), {"values": ("cancelled",)}),
        ("Paid orders must have a payment date", "conditional", "order", ("status", "paid_on"), {"values": ("paid",)}),
        ("If an order is paid, paid on must be set", "conditional", "order", ("status", "paid_on"), {}),
        ("A grade is required if the quantity exceeds 5", "prose", "order", (), {}),
        ("An approved order cannot be changed", "immutable", "order", ("status",), {"values": ("approved",)}),
        ("An order can't be edited after it was submitted", "immutable", "order", ("status",),
         {"values": ("submitted",)}),
        ("Payments are append-only", "immutable", "payment", (), {}),
        ("Refunds are decided by the manager", "prose", None, (), {}),
        ("An order is cancelled unless the customer pays", "prose", "order", (), {}),
    ],
)  # fmt: skip
def test_a_line_is_read_as(
    line: str, kind: str, entity: str | None, attributes: tuple[str, ...], more: dict[str, Any]
) -> None:
    if kind == "prose" and line.startswith("A grade"):
        entity = None
    (found,) = rules_of(line)
    assert (found.kind, found.entity, found.attributes) == (kind, entity, attributes)
    assert {name: getattr(found, name) for name in more} == more
    assert found.text == line


def test_a_needed_attribute_is_added_and_optional() -> None:
    found = analysed(
        f"{SHOP}## Business Rules\n\n- A cancelled order needs a reason\n- A paid order has a payment date\n"
    )
    order = next(e for e in found.entities if e.name == "order")
    reason = next(a for a in order.attributes if a.name == "reason")
    assert (reason.optional, reason.origin.kind) == (True, "stated")


def test_an_amount_may_be_the_condition() -> None:
    brief = SHOP.replace("- amount: money\n", "- amount: money\n- receipt: string(200)\n")
    (found,) = rules_of("A receipt is required if the amount exceeds 25 EUR", brief)
    assert (found.kind, found.attributes, found.minimum) == ("conditional", ("amount", "receipt"), Decimal(25))


def test_a_rule_for_an_attribute_of_several_entities_holds_for_each() -> None:
    brief = "### Donation\n- donor\n- weight_kg: decimal(8,2)\n\n### Pickup\n- weight_kg: decimal(8,2)\n\n"
    found = rules_of("weight is always positive and never more than 2,000 kg", brief)
    assert [(r.entity, r.maximum) for r in found] == [("donation", Decimal(2000)), ("pickup", Decimal(2000))]
    assert len({r.id for r in found}) == 2


def test_uniqueness_per_parent_finds_the_entity_by_its_scope() -> None:
    brief = (
        "**Primary Entities**: Organization, User\n\n**Entity Relationships**:\n- Organization → User (one-to-many)\n\n"
    )
    (found,) = rules_of("Email is unique per organization", brief)
    assert (found.entity, found.attributes) == ("user", ("organization", "email"))


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("## Business Rules\n\n- Order numbers are unique\n", "high"),
        ("## Background\n\nWe sell things. A customer can enrol in a course only once.\n", "medium"),
    ],
)
def test_confidence_says_how_it_was_read(text: str, confidence: str) -> None:
    (found,) = [r for r in analysed(SHOP + text).rules if r.origin.kind == "stated"]
    assert found.confidence == confidence


def test_usual_rules_are_guesses() -> None:
    found = analysed("**Primary Entities**: Customer, Appointment\n")
    assert {r.confidence for r in found.rules if r.origin.kind == "inferred"} <= {"low"}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("Nobody may change an invoice", ("invoice", ())),
        ("Once an order is paid nobody touches it any more", ("order", ("paid",))),
        ("Nothing may be edited after an order is approved", ("order", ("approved",))),
        ("A paid order must not be touched", ("order", ("paid",))),
        ("Nobody but the boss may change an order", None),
        ("Nobody wants to touch an order", None),
    ],
)
def test_what_nobody_may_change(line: str, values: tuple[str, tuple[str, ...]] | None) -> None:
    brief = f"{SHOP}### Invoice\n- number, unique\n- amount: money\n\n"
    found = [(r.entity, r.values) for r in rules_of(line, brief) if r.kind == "immutable"]
    assert found == ([values] if values else [])


def test_a_limit_behind_what_it_limits() -> None:
    (rule,) = rules_of("A customer may have five orders at most")
    assert (rule.kind, rule.entity, rule.maximum) == ("capacity", "order", 5)
