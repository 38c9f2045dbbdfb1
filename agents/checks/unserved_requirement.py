"""Does something in the design serve every requirement of the brief?

What is for later (`future`) is not asked: it must not be built. Technology and workflows are advice, because part of
them lies outside the database. An explained omission answers a requirement of quality, never one of content.
"""

from collections.abc import Iterator

from agents.checks._elements import elements
from agents.checks._finding import finding
from contracts.base import Omission
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The brief asks for something, and nobody can say where it went."
REMEDY = "Design an element that serves the requirement, or say why it is left out."

BUILT = frozenset({"entity", "attribute", "relationship", "access", "volume"})
ANSWERED = frozenset({"rule", "performance", "availability", "security", "compliance", "retention", "integration"})
ADVISED = frozenset({"stack", "workflow"})


def findings(design: Design) -> Iterator[Finding]:
    """Requirements whose id stands in no element's `serves`."""
    built: set[str] = set()
    explained: set[str] = set()
    for placed in elements(design):
        (explained if isinstance(placed.element, Omission) else built).update(placed.element.serves)
    for requirement in design.requirements.requirements:
        kind = requirement.kind
        if kind not in BUILT | ANSWERED | ADVISED or requirement.id in built:
            continue
        if kind in BUILT or requirement.id not in explained:
            line = requirement.origin.line
            yield finding(
                __name__,
                requirement.id,
                fact=f'Nothing in the design serves requirement "{requirement.id}": {requirement.text}',
                evidence=f"Line {line} of the brief" if line else requirement.origin.rule,
                remedy=f'Design an element that serves "{requirement.id}", or say why it is left out.',
                severity="advice" if kind in ADVISED else "error",
            )
