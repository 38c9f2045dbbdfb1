"""Values that a record keeps as they were: which sentences ask for them, and what the design makes of it."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.schema_design import schema_design
from agents.verification import proof
from contracts.base import Statement
from contracts.brief import Brief
from contracts.claims import Experiment
from contracts.requirements import Requirements
from flows.engines.locate import engine
from flows.engines.postgresql import observations_on
from flows.engines.server import serving
from tests.engines.conftest import silent

DAY = dt.date(2026, 1, 1)
RULE = "An order item keeps the name and tax rate of its product as they were when the order was placed"
TEXT = """# Depot

## Entities

### Product
- sku: text, unique
- name: text
- price: money
- tax rate: percent

### Customer
- name: text

### Order
- customer: reference to Customer, required
- number: text, unique
- placed_at: timestamp

### Order Item
- order: reference to Order, required
- product: reference to Product, required
- quantity: integer
- price: money

## Business Rules

- {rule}

## User Workflows
1. A customer places an order with its order items

## Numbers
200 customers, 5,000 orders.
"""


def analysed(rule: str) -> Requirements:
    return requirement_analysis(Brief(project="depot", text=TEXT.format(rule=rule), date=DAY))


@pytest.mark.parametrize(
    ("line", "entity", "names"),
    [
        (RULE, "order_item", ("product_name", "product_tax_rate")),
        ("Order items show the product name and price at the time of order", "order_item", ("product_name",)),
        ("An order shows the customer name as it was", "order", ("customer_name",)),
        ("The order keeps the tax rate of its products at the time of purchase", "order_item", ("product_tax_rate",)),
    ],
)
def test_what_a_record_keeps_stands_beside_its_reference(line: str, entity: str, names: tuple[str, ...]) -> None:
    found = analysed(line)
    (kept,) = [rule for rule in found.rules if rule.origin.kind == "stated"]
    assert (kept.kind, kept.entity, kept.attributes) == ("immutable", entity, names)
    record = {a.name: a for e in found.entities if e.name == entity for a in e.attributes}
    source = {a.name: a for e in found.entities if e.name == names[0].partition("_")[0] for a in e.attributes}
    assert all(record[name].type == source[name.partition("_")[2]].type for name in names)


@pytest.mark.parametrize(
    "line",
    [
        "Order items show the product price at the time of order",  # they have a price of their own
        "An order item shows the name of its product",
        "The customer is told the time of the order",
    ],
)
def test_other_sentences_add_nothing(line: str) -> None:
    known = {e.name: [a.name for a in e.attributes] for e in analysed("Order numbers are unique").entities}
    assert {e.name: [a.name for a in e.attributes] for e in analysed(line).entities} == known


def test_a_later_change_of_the_source_does_not_reach_the_record() -> None:
    design = schema_design(analysed(RULE), DAY)
    tried = tuple(claim for claim in design.claims if claim.id.endswith("_as_it_was"))
    assert tried
    follows = (
        "UPDATE order_items SET product_name = NEW.name, product_tax_rate = NEW.tax_rate WHERE product_id = NEW.id"
    )
    rule = f"CREATE RULE follow AS ON UPDATE TO products DO ALSO {follows}"
    more = Statement(id="rule.follow", section="schema", sql=rule, element="table.products")
    with serving(engine("embedded")) as server:
        for script, verdict in ((design.statements, "holds"), ((*design.statements, more), "fails")):
            asked = Experiment(script=script, dataset=design.dataset, claims=tried, rows=design.dataset_rows)
            seen = proof(asked, observations_on(server, asked, silent)).evidence
            assert {one.verdict for one in seen} == {verdict}, [one.observed for one in seen]
