"""The quality checklist: findings of checks and evidence of claims, and nothing else, decide it."""

from typing import Literal

from contracts.base import Contract, ElementId


class Finding(Contract):
    """What a check found: the fact and its place, the evidence, the remedy.

    `severity` error makes the run end with 1; advice does not.
    """

    check: str
    element: ElementId
    fact: str
    evidence: str = ""
    remedy: str
    severity: Literal["error", "advice"] = "error"


class ChecklistItem(Contract):
    """One item of the checklist with the claims and checks that decided it."""

    id: ElementId
    text: str
    verdict: Literal["holds", "fails"]
    claims: tuple[ElementId, ...]
    held: int
    failed: int
    not_tried: int
    checks: tuple[str, ...]
    findings: tuple[Finding, ...]
    reason: str


class Checklist(Contract):
    """The checklist of one plan."""

    items: tuple[ChecklistItem, ...]
    findings: tuple[Finding, ...]
    checks: tuple[str, ...]
