"""Does something watch every target that the brief states in numbers?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The target is missed for weeks before somebody tells, and that somebody is a user."
REMEDY = "Add an alert or a monitoring query that serves the target."


def findings(design: Design) -> Iterator[Finding]:
    """Stated performance and availability requirements with a figure that no alert and no monitoring query serves."""
    operations = design.operations
    watched = {name for element in (*operations.alerts, *operations.monitoring) for name in element.serves}
    for requirement in design.requirements.requirements:
        stated = requirement.origin.kind == "stated" and any(letter.isdigit() for letter in requirement.text)
        if requirement.kind in ("performance", "availability") and stated and requirement.id not in watched:
            yield finding(
                __name__,
                requirement.id,
                fact=f'No alert and no monitoring query watches "{requirement.id}": {requirement.text}',
                evidence=f"{len(operations.alerts)} alerts and {len(operations.monitoring)} monitoring queries",
                remedy=f'Add an alert that serves "{requirement.id}".',
                severity="advice",
            )
