"""Is there a claim for every statement of the document that it executes?"""

from collections import Counter
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.claims import Executes
from contracts.plan import Design

MEANS = "A reader may paste SQL from the document that nobody has run."
REMEDY = "Claim by trial executes that the statement runs when its turn comes."


def findings(design: Design) -> Iterator[Finding]:
    """Statements without an `executes` claim, claims on statements that are not there, and ids used twice."""
    claimed = {claim.trial.statement: claim.id for claim in design.claims() if isinstance(claim.trial, Executes)}
    counted = Counter(statement.id for statement in design.script())
    for statement in design.script():
        first = next((line.strip() for line in statement.sql.splitlines() if line.strip()), "")
        if statement.id not in claimed:
            fact = f'No claim says that statement "{statement.id}" ({statement.section}) executes.'
            yield _finding(statement.element, fact, first, f'Add an executes claim for "{statement.id}".')
        if counted[statement.id] > 1:
            fact = f'{counted[statement.id]} statements have the id "{statement.id}".'
            yield _finding(statement.element, fact, first, "Give each statement its own id.")
    rows = {statement.id for statement in (*design.schema_design.dataset, *design.schema_design.growth)}
    for name in sorted(set(claimed) - set(counted) - rows):
        fact = f'Claim "{claimed[name]}" is about statement "{name}", which the script does not hold.'
        yield _finding(claimed[name], fact, f"{len(counted)} statements", "Drop the claim or add the statement.")


def _finding(element: str, fact: str, evidence: str, remedy: str) -> Finding:
    return finding(__name__, element, fact=fact, evidence=evidence, remedy=remedy)
