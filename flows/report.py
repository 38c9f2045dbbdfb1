"""What a command prints: plain lines that a person reads and a script can search."""

from collections.abc import Iterable, Iterator

from artifacts.evidence import Tally, proof_lines, tally_text
from artifacts.figures import whence
from artifacts.tracing import trace_rows
from contracts.claims import Evidence, Proof
from contracts.evolution import Evolution
from contracts.handover import DocumentHandover
from contracts.plan import Handoff, PersistencePlan
from contracts.requirements import Assumption
from flows.document_trial import Verification
from flows.engines import EngineInfo
from flows.progress import count, engine_name
from flows.publishing import DefectiveDocumentError, defect_text

SHOWN = 20
"""Faults are listed up to this number; the document has them all."""


def design_report(handoff: Handoff, plan: PersistencePlan) -> str:
    """Where the documents are, what they are worth, and every reason why they are not ready."""
    items = plan.checklist.items
    held = sum(item.verdict == "holds" for item in items)
    lines = [
        handoff.document,
        handoff.plan,
        f"{tally_text(Tally(handoff.held, handoff.failed, handoff.not_tried))} on {engine_name(handoff.engine)}; "
        f"{held} of {count(items, 'item')} of the checklist hold.",
        *(f"FAILS {item.text}: {item.reason}" for item in items if item.verdict == "fails"),
    ]
    errors = [finding for finding in plan.checklist.findings if finding.severity == "error"]
    lines += _some(f"finding {f.check} at {f.element}: {_sentence(f.fact)} {f.remedy}" for f in errors)
    return _text(lines)


def evolution_report(found: Evolution) -> str:
    """Where the migration is, what has to be answered, what waits, and what failed."""
    plan, proof = found.plan, found.proof
    lines = [found.document, *(f"question {q.text} {' or '.join(q.answers)}" for q in plan.questions)]
    if proof is not None:
        waiting = sorted({name for step in plan.steps if not step.approved for name in step.removes})
        lines.append(
            f"{count(plan.steps, 'step')} from {plan.source} to {plan.aim}, tried there and back on "
            f"{sum(proof.rows.values()):,} rows on {engine_name(proof.engine)}: {'holds' if proof.holds else 'FAILS'}."
        )
        lines += [f"waits for {' '.join(f'--drop {name}' for name in waiting)}"] if waiting else []
        lines += [f"FAILS {step.version} {step.failure}" for step in proof.steps if step.failure]
        lines += [f"FAILS after the last step: {text}" for text in _some(proof.reaches)]
        lines += [f"FAILS after the last way back: {text}" for text in _some(proof.returns)]
        lines += [f"FAILS rows changed: {table}" for table in proof.lost]
        lines += [
            f"FAILS not tried: {table} has no row in the trial ({proof.unfilled.get(table, 'nothing filled it')}). "
            "Add an INSERT of some rows that both designs allow to the old script."
            for table in proof.untried
        ]
    return _text(lines)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def verification_report(found: Verification, document: str) -> str:
    """How much of a document holds, and what does not."""
    evidence = found.proof.evidence
    verdicts = [seen.verdict for seen in evidence]
    counts = Tally(*(verdicts.count(verdict) for verdict in ("holds", "fails", "not_tried")))
    alone = "" if found.plan else "; the claims of its plan were not tried"
    lines = [
        f"{document}: {count(range(found.statements), 'SQL statement')}; {tally_text(counts)} on "
        f"{engine_name(found.proof.engine)}{alone}.",
        *([found.foreign_plan] if found.foreign_plan else []),
        *_some(_fault(seen, found.proof) for seen in evidence if seen.verdict != "holds"),
    ]
    return _text(lines)


def _fault(seen: Evidence, proof: Proof) -> str:
    sentence = next(claim.sentence for claim in proof.claims if claim.id == seen.claim)
    return f"{'FAILS' if seen.verdict == 'fails' else 'not tried'} {sentence} {_sentence(seen.observed)}"


def handover_report(found: DocumentHandover) -> str:
    """What each agent wrote, what it found, and the verdict of the suite that was run."""
    edited = {True: ", edited after it was generated", False: "", None: ", without a seal of its own"}[found.edited]
    lines = [f"{found.document}: read on {engine_name(found.engine)}{edited}."]
    for outcome in found.outcomes:
        lines.append(f"{outcome.agent}: {count(outcome.files, 'file')} under {found.folder}")
        lines += _some(
            f"{finding.severity} {finding.check} at {finding.element}: {_sentence(finding.fact)} {finding.remedy}"
            for finding in outcome.findings
        )
    lines += [f"{name}: this installation does not have the agent" for name in found.absent]
    lines += _some(f"advice {defect_text(defect)}" for defect in found.advice)
    if found.report:
        lines.append(f"{found.report}: {found.verdict}; {found.failed} of {found.tests} tests failed.")
    return _text(lines)


def defects_report(error: DefectiveDocumentError) -> str:
    """Every defect of a document on a line of its own, in the document's order."""
    errors = [defect for defect in error.defects if defect.severity == "error"]
    lines = [f"error: {error.place} cannot be handed over: {count(errors, 'defect')}."]
    lines += [f"{'' if defect.severity == 'error' else 'advice: '}{defect_text(defect)}" for defect in error.defects]
    return _text(lines)


def trace_report(plan: PersistencePlan) -> str:
    """Each requirement and assumption, what serves it, and what was proven of that."""
    return _text(_trace_lines(plan))


def _trace_lines(plan: PersistencePlan) -> Iterator[str]:
    for row in trace_rows(plan.design, proof_lines(plan.design.claims(), plan.proof)):
        asked = row.requirement
        if isinstance(asked, Assumption):
            yield f"{asked.id} (assumed): {asked.fact}: {asked.value}"
        else:
            yield f"{asked.id} ({whence(asked.origin)}): {asked.text}"
        yield f"    design: {', '.join(f'{e.kind} {e.name}' for e in row.elements) or 'nothing serves it'}"
        yield f"    proof: {tally_text(row.proof)}"


def engines_report(engines: Iterable[EngineInfo]) -> str:
    """One paragraph an engine: how it is named, what it is, what it can prove and what it cannot."""
    lines = []
    for engine in engines:
        what = f"{engine.name} {engine.version} in {engine.place}" if engine.proves else "nothing is run"
        lines.append(f"{engine.spec}: {what}")
        lines.append(f"    proves: {', '.join(engine.proves) or 'nothing'}")
        lines += [f"    limit: {limit}" for limit in engine.limits]
    lines.append(
        "A running server: --engine postgresql://user@host:5432/postgres, mariadb://user@host:3306/test "
        "or mysql://user@host:3306/test, "
        "or env:NAME to keep it off the command line. A design is proven on an engine of its own family."
    )
    return _text(lines)


def _some(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    return [
        *every[:SHOWN],
        *([f"… and {len(every) - SHOWN} more; the document has them all."] if len(every) > SHOWN else []),
    ]


def _text(lines: Iterable[str]) -> str:
    """Lines without control characters, because a brief's words must not drive somebody's terminal."""
    clean = ("".join(c if c.isprintable() else " " for c in line) for line in lines)
    return "\n".join(clean) + "\n"
