"""A few entities and a line: how the tests of single facts ask the analysis."""

import datetime as dt

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Requirements, Rule

NAMES = "**Primary Entities**: Customer, Order, Order Item, Product, Invoice, Appointment, Room\n\n"

SHOP = """# Shop

### Customer
- name
- email: unique

### Order
- customer_id (FK → Customer)
- number: string(20), unique
- placed_at: timestamp
- paid_on: date, optional
- status (draft, submitted, approved, cancelled, paid), default draft
- total: money

### Order Item
- order_id (FK → Order)
- quantity: integer
- unit_price: money

### Payment
- order_id (FK → Order)
- amount: money
- paid_at: timestamp

### Course
- title
- starts_on: date
- ends_on: date
- seats: integer

### Enrolment
- customer_id (FK → Customer)
- course_id (FK → Course)
- grade: decimal(3,1), optional

"""


def analysed(text: str) -> Requirements:
    return requirement_analysis(Brief(project="x", text=text, date=dt.date(2026, 1, 1)))


def rules_of(line: str, brief: str = SHOP, heading: str = "## Business Rules") -> list[Rule]:
    """The rules that the analysis reads out of one line under a heading."""
    found = analysed(f"{brief}{heading}\n\n- {line}\n")
    return [r for r in found.rules if r.origin.kind == "stated"]
