"""Does the testing strategy cover every category, and rest on claims that exist?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A kind of fault is met first in production."
REMEDY = "Add a case for the category, and name the claims that prove it."

CATEGORIES = {
    "unit": "one constraint or query by itself",
    "integration": "statements of several tables in one transaction",
    "performance": "plans and blocks on loaded tables",
    "data_quality": "rows that constraints must refuse",
    "security": "roles that must be refused",
    "recovery": "restoring a backup and undoing migrations",
}


def findings(design: Design) -> Iterator[Finding]:
    """Categories without a case or an omission, and cases that name a claim which nobody makes."""
    tests, claims = design.operations.tests, {claim.id for claim in design.claims()}
    covered = {test.category for test in tests}
    omitted = " ".join(omission.subject.lower().replace(" ", "_") for omission in design.operations.omissions)
    for category, about in CATEGORIES.items():
        if category not in covered and category not in omitted:
            yield finding(
                __name__,
                f"tests.{category}",
                fact=f'The testing strategy has no case of category "{category}": {about}.',
                evidence=f"{len(tests)} cases in: {', '.join(sorted(covered)) or 'none'}",
                remedy=f'Add a case of category "{category}", or an omission that says why it has none.',
            )
    for test in tests:
        unknown = [name for name in test.claims if name not in claims]
        if unknown:
            yield finding(
                __name__,
                f"test.{test.name}",
                fact=f'Test case "{test.name}" rests on claim "{unknown[0]}", which no agent makes.',
                evidence=f"{len(unknown)} of its {len(test.claims)} claims are unknown.",
                remedy=f'Name claims that exist in "{test.name}".',
            )
