"""Whose rows go with whose, which rows carry a version, and the currency of amounts."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Attribute, Requirements

HEAD = """# Wiki

## Entities

**Primary Entities**: User, Article, Visit

- User: name, email
- Article: title, body (text), price (money)
- Visit: page, seen at (timestamp)

**Entity Relationships**:
- User → Article (one-to-many)
- User → Visit (one-to-many)

## Rules

- {rule}
"""


def read(rule: str) -> Requirements:
    return requirement_analysis(Brief(project="wiki", text=HEAD.format(rule=rule), date=dt.date(2026, 11, 1)))


def attributes(found: Requirements, entity: str) -> dict[str, Attribute]:
    return {a.name: a for e in found.entities if e.name == entity for a in e.attributes}


@pytest.mark.parametrize(
    ("rule", "child"),
    [
        ("Visits are deleted with their user", "visit"),
        ("An article disappears with its user", "article"),
        ("Articles are deleted together with the user", "article"),
    ],
)
def test_rows_that_go_with_another_row(rule: str, child: str) -> None:
    found = read(rule)
    assert [r.child for r in found.relationships if r.deleted_with] == [child]


def test_rows_that_are_deleted_go_with_nobody() -> None:
    assert not [r for r in read("Visits are deleted after 30 days").relationships if r.deleted_with]


@pytest.mark.parametrize(
    "rule",
    [
        "Two users may edit the same article at the same time",
        "Articles use optimistic locking",
        "Concurrent edits of an article must not overwrite each other",
    ],
)
def test_what_is_edited_at_once_carries_a_version(rule: str) -> None:
    found = read(rule)
    assert "row_version" in attributes(found, "article")
    assert "row_version" not in attributes(found, "user")


def test_nothing_else_carries_a_version() -> None:
    assert "row_version" not in attributes(read("Users see the same article at the same time as others"), "article")


@pytest.mark.parametrize(("through", "keyed"), [("Stripe: card payments", True), ("DHL: labels", False)])
def test_a_payment_through_a_provider_is_made_once(through: str, keyed: bool) -> None:
    text = "# Shop\n\n**Primary Entities**: Order, Payment\n\n- Payment: amount (money), paid at\n\n## Integrations\n\n"
    found = requirement_analysis(Brief(project="shop", text=f"{text}- {through}\n", date=dt.date(2026, 11, 1)))
    key = attributes(found, "payment").get("idempotency_key")
    assert (key is not None and key.unique and not key.optional) == keyed


@pytest.mark.parametrize(
    ("rule", "unit"),
    [
        ("All amounts are in EUR", "EUR"),
        ("An article costs at most $30", "USD"),
        ("Prices are in CHF or in EUR", "the one currency of the business"),
        ("Titles are short", "the one currency of the business"),
    ],
)
def test_an_amount_says_its_currency(rule: str, unit: str) -> None:
    found = read(rule)
    assert attributes(found, "article")["price"].unit == unit
    assert "assumption.currency" in {a.id for a in found.assumptions}
