"""The quality checklist: decided by evidence and checks, and by nothing else.

An item (`agents.qa_items`) holds when it has claims, all of them hold, and none of its checks found an error. An item
without evidence has failed, so a component that a project rightly lacks needs a claim as well: the balance that shows
why the project does without it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from agents.checks import all_findings, checks
from agents.checks._finding import element_id
from agents.checks.unexplained_absence import absences
from agents.qa_items import COMPONENT_CHECKS, ITEMS, PLANS, TESTS, Item
from contracts.checklist import Checklist, ChecklistItem, Finding
from contracts.claims import Claim, Evidence, Proof
from contracts.plan import Design

CLAIM_FAILS = "claim-fails"
CLAIM_NOT_TRIED = "claim-not-tried"


def qa_checklist(design: Design, proof: Proof) -> Checklist:
    """The verdict on each item, with every finding of the checks and of the claims."""
    found = all_findings(design)
    evidence = {seen.claim: seen for seen in proof.evidence}
    parts = _claims_by_part(design)
    failures = {claim.id: _failure(claim, evidence[claim.id]) for claim in design.claims() if _fails(claim, evidence)}
    absent = {absence.subject: absence.explanations() for absence in absences(design)}
    items = tuple(_judged(item, parts, evidence, found, failures, absent) for item in ITEMS)
    return Checklist(
        items=items,
        findings=(*found, *failures.values(), *_not_tried(design.claims(), evidence)),
        checks=(*(check.id for check in checks()), CLAIM_FAILS, CLAIM_NOT_TRIED),
    )


def _claims_by_part(design: Design) -> dict[str, tuple[Claim, ...]]:
    parts: dict[str, tuple[Claim, ...]] = {part: getattr(design, field).claims for part, field in PLANS.items()}
    named = {name for test in design.operations.tests for name in test.claims}
    return parts | {TESTS: tuple(claim for claim in design.claims() if claim.id in named)}


def _selected(item: Item, parts: Mapping[str, tuple[Claim, ...]]) -> tuple[Claim, ...]:
    chosen: dict[str, Claim] = {}
    for selection in item.claims:
        about = re.compile(selection.about)
        for claim in (claim for part in selection.parts for claim in parts[part]):
            wanted = not selection.kinds or claim.trial.kind in selection.kinds
            if wanted and (about.search(claim.id) or about.search(claim.element)):
                chosen.setdefault(claim.id, claim)
    return tuple(chosen.values())


def _judged(
    item: Item,
    parts: Mapping[str, tuple[Claim, ...]],
    evidence: Mapping[str, Evidence],
    found: Iterable[Finding],
    failures: Mapping[str, Finding],
    absent: Mapping[str, tuple[str, ...]],
) -> ChecklistItem:
    claims = _selected(item, parts)
    counted = Counter(_verdict(claim, evidence) for claim in claims)
    mine = tuple(finding for finding in found if finding.check in item.checks and _concerns(item, finding))
    errors = [finding for finding in mine if finding.severity == "error"]
    failed = tuple(failures[claim.id] for claim in claims if claim.id in failures)
    holds = counted["holds"] > 0 and counted["holds"] == len(claims) and not errors
    good = _why_it_holds(item, counted["holds"], len(mine), absent)
    return ChecklistItem(
        id=item.id,
        text=item.text,
        verdict="holds" if holds else "fails",
        claims=tuple(claim.id for claim in claims),
        held=counted["holds"],
        failed=counted["fails"],
        not_tried=counted["not_tried"],
        checks=item.checks,
        findings=(*mine, *failed),
        reason=good if holds else _why_it_fails(item, claims, evidence, errors),
    )


def _concerns(item: Item, finding: Finding) -> bool:
    """A check of components decides an item by the components that the item is about, not by the others."""
    if finding.check not in COMPONENT_CHECKS:
        return True
    parts = finding.element.split(".")
    return bool({name.replace(" ", "-") for name in item.components} & set(parts[:2]))


def _why_it_holds(item: Item, held: int, advice: int, absent: Mapping[str, tuple[str, ...]]) -> str:
    """The evidence in numbers, and for each component that the project lacks the reason it gives."""
    checks = _counted(len(item.checks), "check", "finds", "find")
    noted = f"{_counted(advice, 'piece', '', '')} of advice" if advice else "nothing"
    evidence = f"{_counted(held, 'claim', 'holds', 'hold')}, and {checks} {noted}."
    missing = [f"No {name}: {reasons[0]}" for name, reasons in absent.items() if name in item.components and reasons]
    return " ".join([evidence, *(text if text.endswith(".") else f"{text}." for text in missing)])


def _why_it_fails(
    item: Item, claims: tuple[Claim, ...], evidence: Mapping[str, Evidence], errors: list[Finding]
) -> str:
    if not claims and not errors:
        return f"No claim gives evidence for it; {len(item.checks)} checks alone do not decide an item."
    told = [] if claims else ["No claim gives evidence for it."]
    for verdict, one, many in (("fails", "fails", "fail"), ("not_tried", "was not tried", "were not tried")):
        hit = [claim for claim in claims if _verdict(claim, evidence) == verdict]
        if hit:
            first = evidence[hit[0].id].observed if hit[0].id in evidence else "the proof does not hold it"
            count = f"{len(hit)} of {_counted(len(claims), 'claim')} {one if len(hit) == 1 else many}"
            told.append(f'{count}, the first "{hit[0].id}": {first.rstrip(".")}.')
    if errors:
        where = f"{len(errors)} errors, the first by {errors[0].check}" if len(errors) > 1 else errors[0].check
        told.append(f"{where}: {errors[0].fact}")
    return " ".join(told)


def _counted(number: int, noun: str, one: str = "", many: str = "") -> str:
    return f"{number} {noun}{'' if number == 1 else 's'} {one if number == 1 else many}".strip()


def _verdict(claim: Claim, evidence: Mapping[str, Evidence]) -> str:
    return evidence[claim.id].verdict if claim.id in evidence else "not_tried"


def _fails(claim: Claim, evidence: Mapping[str, Evidence]) -> bool:
    return _verdict(claim, evidence) == "fails"


def _failure(claim: Claim, seen: Evidence) -> Finding:
    return Finding(
        check=CLAIM_FAILS,
        element=claim.element,
        fact=f'Claim "{claim.id}" fails: {claim.sentence.rstrip(".")}.',
        evidence=seen.observed,
        remedy=REMEDIES[claim.trial.kind].format(element=claim.element),
    )


REMEDIES = {
    "executes": 'Correct the statement that makes "{element}"; everything that follows may need it.',
    "accepted": 'Allow what "{element}" must allow, or correct the values of the trial.',
    "refused": 'Make the constraint or privilege of "{element}" refuse it by the SQLSTATE that is claimed.',
    "returns": 'Correct "{element}", or the rows that are claimed for it.',
    "write_cost": 'Make "{element}" narrower or partial, or drop it: it makes every write too dear.',
    "races": 'Let the database keep the rule of "{element}": a constraint, a condition in the write, or a lock.',
    "shares": 'Let "{element}" lock the rows that it takes, and pass over those that are locked.',
    "uses_index": 'Give "{element}" an index that starts with the columns it fixes, or drop the index.',
    "answers": 'Let "{element}" read fewer rows, or give it more time than its share of the response time.',
    "plans_at_scale": 'Give "{element}" an index that stays cheap when its table is large, or split the table.',
    "setting_accepted": 'Correct name, unit or range of the value in "{element}".',
    "measures": 'Plan "{element}" with what the engine measures, or store it in less.',
    "starts": 'Correct the setting of "{element}" that the server refuses or reports otherwise.',
    "writes_log": 'Count the log of "{element}" with what the engine wrote, and what follows from it.',
    "replicates": 'Correct the replica "{element}" or what is routed to it, and try it again.',
    "collides": 'Let "{element}" keep its rule between two sessions, or say the error that the second gets.',
    "restores": 'Repair the backup of "{element}", and restore it again, before you rely on it.',
    "reverts": 'Complete the rollbacks of "{element}", in the opposite order of the statements.',
    "invalidates": 'Forget on this write every key of "{element}" that it makes stale, and no key for nothing.',
    "coherent": "Find the write behind the old answer, and forget its keys after the commit.",
    "balances": 'Change the figures of "{element}" until the two sides agree.',
}


def _not_tried(claims: Iterable[Claim], evidence: Mapping[str, Evidence]) -> Iterable[Finding]:
    """One finding for each kind of trial and reason: without an engine hundreds of claims share one."""
    groups: dict[tuple[str, str], list[str]] = {}
    for claim in claims:
        if _verdict(claim, evidence) == "not_tried":
            reason = evidence[claim.id].observed if claim.id in evidence else "the proof does not hold it"
            groups.setdefault((claim.trial.kind, reason), []).append(claim.id)
    for (kind, reason), ids in groups.items():
        word = kind.replace("_", " ")
        yield Finding(
            check=CLAIM_NOT_TRIED,
            element=element_id(f"claims.{kind}"),
            fact=f'{_counted(len(ids), "claim")} of kind "{word}" {"was" if len(ids) == 1 else "were"} not tried, '
            f'the first "{ids[0]}".',
            evidence=reason,
            remedy="Run the design on an engine that can try it; python -m flows engines lists what each can prove.",
        )
