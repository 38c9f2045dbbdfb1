"""Could every claim turn out false?"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.claims import Accepted, Balances, Claim, Coherent, Invalidates, Races, Refused, Returns, Reverts, Shares
from contracts.plan import Design

MEANS = "The checklist counts as proof what proves nothing."
CATALOGUES = ("pg_", "pragma_", "sqlite_", "dbstat", "information_schema", "performance_schema")
"""Where engines keep what was made: a question to one of them is a question about the design."""
REMEDY = "Let the trial touch the design: its tables, its figures, its rollbacks."


def findings(design: Design) -> Iterator[Finding]:
    """Claims whose trial holds whatever the design is."""
    names = {table.name for table in design.schema_design.tables} | {role.name for role in design.security.roles}
    names |= set(re.findall(r"\w{4,}", " ".join(s.element for s in design.script())))
    for claim in design.claims():
        problem = _problem(claim, names)
        if problem:
            yield finding(
                __name__,
                f"claim.{claim.id}",
                fact=f'Claim "{claim.id}" cannot fail: {problem}.',
                evidence=claim.sentence,
                remedy=REMEDY,
            )


def _problem(claim: Claim, names: set[str]) -> str:
    trial = claim.trial
    if isinstance(trial, Balances):
        return _tautology(trial)
    if isinstance(trial, Reverts) and not trial.rollbacks:
        return "it has no rollback"
    if isinstance(trial, Invalidates) and not trial.case.reads:
        return "it reads nothing"
    if isinstance(trial, Coherent) and not trial.cases:
        return "nothing is written"
    if isinstance(trial, Races) and not (trial.one and trial.other and trial.check):
        return "only one session writes, or nothing is looked at afterwards"
    if isinstance(trial, Accepted | Refused | Returns | Shares):
        text = (trial.take if isinstance(trial, Shares) else " ".join(trial.sql)).lower()
        touched = set(re.findall(r"\w+", text)) & names or any(catalogue in text for catalogue in CATALOGUES)
        return "" if touched else "its SQL names nothing of this design"
    return ""


def _tautology(trial: Balances) -> str:
    if not trial.left or not trial.right:
        return "one side has no term"
    left, right = ([[(i.value, i.source) for i in t.factors] for t in side] for side in (trial.left, trial.right))
    return "both sides are the same figures from the same source" if left == right else ""
