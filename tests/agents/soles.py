"""A brief whose workshops have orders, of which one at a time may be open, and the designs of it."""

import datetime as dt
import functools

from agents import dialects
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Rule
from contracts.schema import SchemaDesign

DAY = dt.date(2026, 1, 1)
RULE = "There is at most one open job per vehicle"
TEXT = """# Workshop

## Entities

### Vehicle
- plate: text, unique

### Job
- number: text, unique
- vehicle: reference to Vehicle, required
- bay: text, required
- status: open, waiting, done
- is_urgent: boolean, default false
- begins_at: timestamp
- ends_at: timestamp, optional

## Business Rules

- {rule}

## Numbers
200 vehicles, 5,000 jobs.
"""


def rules(rule: str = RULE) -> list[Rule]:
    """What the analysis reads out of the rule."""
    found = requirement_analysis(Brief(project="workshop", text=TEXT.format(rule=rule), date=DAY))
    return [r for r in found.rules if r.origin.kind == "stated"]


@functools.cache
def designed(family: str = "postgresql", rule: str = RULE) -> SchemaDesign:
    """The design of the brief with this rule."""
    brief = Brief(project="workshop", text=TEXT.format(rule=rule), date=DAY)
    return dialects.family(family).schema_design(requirement_analysis(brief), DAY)
