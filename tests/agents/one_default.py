"""A brief whose customers have addresses, one of which is their default, and the designs of it."""

import datetime as dt
import functools

from agents import dialects
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.schema import SchemaDesign

DAY = dt.date(2026, 1, 1)
USUAL = "- is_default: boolean, default false"
TEXT = """# Depot

## Entities

### Customer
- email: text, unique

### Crate
- customer: reference to Customer, {reference}
- note: text
{lines}

## Numbers
200 customers, 5,000 crates.
{more}
"""


@functools.cache
def designed(
    family: str = "postgresql", lines: str = USUAL, reference: str = "required", more: str = ""
) -> SchemaDesign:
    """The design of the brief with these lines for the child; every customer's rows go with the customer."""
    more = f"\n## Relationships\n- A customer has many crates, deleted with the customer\n\n{more}"
    text = TEXT.format(lines=lines, reference=reference, more=more)
    return dialects.family(family).schema_design(requirement_analysis(Brief(project="depot", text=text, date=DAY)), DAY)
