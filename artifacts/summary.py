"""A plan in short: rows for tables and a few lines of Markdown, for a UI that shows no nested values."""

from pathlib import Path

from artifacts.escape import clause, code_span, markdown, shortened
from artifacts.evidence import proof_lines, tally, tally_text, trial_text
from artifacts.figures import counted, whence
from artifacts.tracing import trace_rows
from contracts.checklist import Checklist
from contracts.claims import Proof
from contracts.plan import Handoff, PersistencePlan
from contracts.requirements import Requirement, Requirements

Row = dict[str, str]
"""Columns in the order of their use: the UI wraps no line, and the first two or three of them are what one sees."""
_WORST_FIRST = {"fails": 0, "not_tried": 1, "holds": 2}


def checklist_rows(checklist: Checklist) -> list[Row]:
    """One row an item of the checklist."""
    return [
        {
            "verdict": item.verdict,
            "item": shortened(item.text),
            "hold": str(item.held),
            "fail": str(item.failed),
            "not tried": str(item.not_tried),
            "why": shortened(item.reason, 300),
        }
        for item in checklist.items
    ]


def evidence_rows(proof: Proof) -> list[Row]:
    """One row a claim, what fails first, then what was not tried."""
    lines = proof_lines(proof.claims, proof)
    return [
        {
            "verdict": line.verdict,
            "claim": shortened(line.claim.sentence, 240),
            "tried": shortened(trial_text(line.claim), 160),
            "observed": shortened(line.evidence.observed, 300),
            "id": line.claim.id,
        }
        for line in sorted(lines, key=lambda line: _WORST_FIRST[line.evidence.verdict])
    ]


def requirement_rows(found: Requirements) -> list[Row]:
    """One row a requirement, with the line and words of the brief that it comes from, then one an assumption."""
    return [
        *(
            {
                "where from": whence(asked.origin),
                "requirement": asked.id,
                "text": shortened(asked.text, 300),
                "quote or reason": shortened(asked.origin.quote, 200),
            }
            for asked in found.requirements
        ),
        *(
            {
                "where from": "assumed",
                "requirement": assumed.id,
                "text": shortened(_text(assumed), 300),
                "quote or reason": shortened(assumed.reason, 200),
            }
            for assumed in found.assumptions
        ),
    ]


def trace_table(plan: PersistencePlan) -> list[Row]:
    """One row a requirement or assumption: what serves it, and how many of its claims hold."""
    rows = trace_rows(plan.design, proof_lines(plan.design.claims(), plan.proof))
    return [
        {
            "proof": f"{row.proof.held} of {row.proof.total} hold" if row.proof.total else "no claim",
            "requirement": row.requirement.id,
            "served by": shortened(
                ", ".join(map(str, row.served_by)) or "nothing",
                200,
            ),
            "where from": whence(row.requirement.origin) if isinstance(row.requirement, Requirement) else "assumption",
            "text": shortened(_text(row.requirement), 200),
        }
        for row in rows
    ]


def _text(asked: object) -> str:
    """What a requirement or an assumption says."""
    if isinstance(asked, Requirement):
        return asked.text
    return f"{clause(getattr(asked, 'fact', ''))}: {getattr(asked, 'value', '')}"


def _file(path: str) -> str:
    """A link to a file of the machine that ran the flow; elsewhere its path is what helps."""
    return f"[{code_span(path)}]({Path(path).absolute().as_uri()})"


def summary_md(plan: PersistencePlan, handoff: Handoff) -> str:
    """The outcome in a few lines of Markdown: counts, engine, whatever failed, and where the documents are."""
    requirements, schema, engine = plan.design.requirements, plan.design.schema_design, plan.proof.engine
    lines = proof_lines(plan.design.claims(), plan.proof)
    failed = [line for line in lines if line.evidence.verdict == "fails"]
    items = [item for item in plan.checklist.items if item.verdict == "fails"]
    ran = "no engine" if engine.origin == "none" else f"{engine.name} {engine.version} ({engine.origin})"
    parts = [
        f"**{markdown(requirements.title)}**: {counted(len(schema.tables), 'table')}, "
        f"{counted(len(schema.indexes), 'index', 'indexes')}, {counted(len(schema.queries), 'query', 'queries')}; "
        f"on {markdown(ran)}, {tally_text(tally(lines))}.",
        *(f"- Checklist: {markdown(item.text)} **fails**: {markdown(shortened(item.reason, 200))}" for item in items),
        *(
            f"- Claim {code_span(f.claim.id)} **fails**: {markdown(shortened(f.evidence.observed, 200))}"
            for f in failed
        ),
        f"- Document: {_file(handoff.document)}",
        f"- Plan for other programs: {_file(handoff.plan)}, digest {code_span(handoff.plan_digest)}",
    ]
    return "\n".join((parts[0], "", *parts[1:])).rstrip() + "\n"
