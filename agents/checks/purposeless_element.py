"""Does every element of the design serve a requirement, an assumption or a convention?"""

from collections.abc import Iterator

from agents.checks._elements import elements
from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Somebody must build, pay for and run something that nobody asked for."
REMEDY = "Name the requirement that the element serves, or leave it out."


def findings(design: Design) -> Iterator[Finding]:
    """Elements that serve nothing, neither by themselves nor as part of another, and follow no convention."""
    for placed in elements(design):
        origin = placed.element.origin
        if not placed.serves() and (origin.kind != "convention" or not origin.rule):
            yield finding(
                __name__,
                placed.id,
                fact=f'"{placed.id}" serves no requirement and no assumption.',
                evidence=f"Its origin is {origin.kind}: {origin.quote or origin.rule or 'no reason given'}",
                remedy=f'Name the requirement that "{placed.id}" serves, or leave it out.',
            )
