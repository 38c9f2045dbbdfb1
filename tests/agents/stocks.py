"""A brief whose orders name seeds of which so many packets are there, and the designs of it."""

import datetime as dt
import functools

from agents import dialects
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

DAY = dt.date(2026, 1, 1)
TEXT = """# Seed Bank

## Entities

### Gardener
- email: text, unique

### Seed
- name: text, unique
- price: money
{stock}

### {order}
- number: text, unique
- gardener: reference to Gardener, required
- status: {states}

### {order} Item
- {ref}: reference to {order}, required
- seed: reference to Seed, required
{quantity}

## Relationships
- {order} has many {order} Items, deleted with it

## Business Rules

- Status of {ref}: {moves}
- {rule}

## Numbers
200 gardeners, 500 seeds, 4,000 orders.
{more}
"""
USUAL = {
    "stock": "- stock_quantity: integer, at least 0",
    "order": "Order",
    "states": "placed, packed, shipped, cancelled",
    "quantity": "- quantity: integer, at least 1",
    "moves": "placed → packed → shipped, placed → cancelled, packed → cancelled",
    "rule": "An email is unique",
    "more": "",
}


@functools.cache
def analysed(**lines: str) -> Requirements:
    """What the analysis makes of the brief with these lines."""
    filled = USUAL | lines
    text = TEXT.format(ref=filled["order"].lower().replace(" ", "_"), **filled)
    return requirement_analysis(Brief(project="seedbank", text=text, date=DAY))


@functools.cache
def designed(family: str = "postgresql", **lines: str) -> SchemaDesign:
    """The design of it."""
    return dialects.family(family).schema_design(analysed(**lines), DAY)
