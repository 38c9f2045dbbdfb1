"""`evolution.md`: what differs, what has to be decided, each step with its locks and its way back, and the evidence."""

from collections.abc import Iterable

from artifacts.environment import document_environment
from artifacts.statements import terminated
from contracts.evolution import Change, EvolutionPlan, EvolutionProof, EvolutionStep, Phase, StepEvidence

PHASES: dict[Phase, str] = {
    "check": "reads only, and stops when the data do not allow the rest",
    "expand": "adds what the old application does not notice",
    "migrate": "brings rows and rules into the new form while the old application works",
    "switch": "goes together with the new application",
    "contract": "removes what only the old application used, once no instance of it runs",
}
PER_STATEMENT = {
    "INDEX CONCURRENTLY": "SHARE UPDATE EXCLUSIVE while it is built or dropped",
    "$backfill$": "ROW EXCLUSIVE, a batch at a time",
}
"""What steps without a transaction lock, from PostgreSQL's documentation (explicit locking, CREATE INDEX)."""


def evolution_md(plan: EvolutionPlan, proof: EvolutionProof | None) -> str:
    """The document of one evolution; the same plan and proof give the same bytes."""
    evidence = {seen.version: seen for seen in proof.steps} if proof else {}
    template = document_environment().get_template("evolution.md.j2")
    text = template.render(
        plan=plan,
        proof=proof,
        phases=[(phase, PHASES[phase]) for phase in PHASES if any(s.phase == phase for s in plan.steps)],
        changes=[(c.subject.label, c.action, told(c)) for c in plan.difference.changes if shown(c, plan)],
        steps=[(step, evidence.get(step.version)) for step in plan.steps],
        locks=locks,
        sql=lambda statements: "\n\n".join(terminated(sql) for sql in statements),
        kept=[c.subject.label for c in plan.kept if not _inside(c, plan.kept)],
        waiting=[step for step in plan.steps if not step.approved],
        retiring=any(step.removes for step in plan.steps),
        dropping=tuple(dict.fromkeys(name for s in plan.steps if not s.approved for name in s.removes)),
    )
    return text.strip("\n") + "\n"


def shown(change: Change, plan: EvolutionPlan) -> bool:
    """Whether a change stands for itself: what comes or goes with its table is told by the table."""
    moved = {c.subject.name for c in plan.difference.find("table") if c.action != "alter"}
    return change.subject.table not in moved


def _inside(change: Change, kept: Iterable[Change]) -> bool:
    """Whether a thing belongs to a table that stays as a whole."""
    return change.subject.table in {c.subject.name for c in kept if c.subject.kind == "table"}


def told(change: Change) -> str:
    """What a change amounts to in a few words."""
    if change.before and change.after and change.before.name != change.after.name:
        return f"the same under another name; it was {change.before.name}"
    if change.action != "alter":
        text = change.subject.text("type") if change.subject.kind == "column" else change.subject.text("definition")
        return " ".join(text.split())[:160]
    return "; ".join(_fact(change, fact) for fact in change.differing())


def _fact(change: Change, fact: str) -> str:
    old, new = (_value(side.facts.get(fact)) if side else "" for side in (change.before, change.after))
    if fact == "definition" and len(old + new) > 200:
        return "another definition"
    return f"{fact.replace('_', ' ')}: {old or 'none'} → {new or 'none'}"


def _value(value: object) -> str:
    items: Iterable[object] = value if isinstance(value, list) else [value]
    return ", ".join(
        "" if v is None else str(v).lower() if isinstance(v, bool) else " ".join(str(v).split()) for v in items
    )[:160]


def locks(step: EvolutionStep, seen: StepEvidence | None) -> str:
    """The locks that were seen, or those that statements without a transaction take."""
    if seen and seen.locks:
        return "; ".join(f"{lock.mode} on {lock.table}" for lock in seen.locks)
    if step.transactional:
        return "none on tables that were there" if seen and not seen.failure else "not seen"
    found = {mode for sql in step.forward for word, mode in PER_STATEMENT.items() if word in sql}
    return "; ".join(sorted(found)) or "short ones, statement by statement"
