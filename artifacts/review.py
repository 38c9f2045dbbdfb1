"""What a person is shown at a review: short enough to be read in a form, with the ids that corrections name."""

from collections.abc import Iterable

from artifacts.escape import code_span, markdown, shortened
from artifacts.figures import counted
from contracts.plan import Handoff
from contracts.requirements import Entity, Relationship, Requirements

SHOWN = 60
"""Lines of a list in the form; the artifacts of the run have everything."""


def analysis_md(found: Requirements, remarks: Iterable[str] = ()) -> str:
    """What the design will rest on, and what is open; `remarks` on earlier corrections come first."""
    unread = [line for line in found.trace if line.use == "not_understood"]
    assumptions = [(a.id, f"{a.fact}: {a.value} ({a.knob})") for a in found.assumptions]
    questions = [(q.id, f"{q.question} Taken: {q.reading}") for q in found.open_questions]
    parts = (
        ("Remarks on the last corrections", [f"- {_words(remark, 400)}" for remark in remarks]),
        ("Entities", [_entity(entity) for entity in found.entities]),
        ("Relationships", [_relationship(relationship) for relationship in found.relationships]),
        ("Rules", [f"- {code_span(rule.id)}: {_words(rule.text)}" for rule in found.rules]),
        ("Assumptions", [f"- {code_span(id)}: {_words(text)}" for id, text in assumptions]),
        ("Open questions", [f"- {code_span(id)}: {_words(text, 400)}" for id, text in questions]),
        ("Not understood", [f"- line {line.line}: {_words(line.text)}" for line in unread]),
    )
    head = (
        f"**{_words(found.title, 100)}**: {counted(len(found.entities), 'entity', 'entities')}, "
        f"{counted(len(found.relationships), 'relationship')}, {counted(len(found.rules), 'rule')}, tier {found.tier}. "
        f"Digest `{found.digest()[:16]}`."
    )
    return "\n\n".join([head, *(_part(title, lines) for title, lines in parts if lines)])


def hand_over_md(handoff: Handoff, digest: str) -> str:
    """Where the documents lie and what they are worth."""
    worth = "ready" if handoff.ready else "not ready: the checklist has failing items"
    return (
        f"**{handoff.project}** is {worth}. {handoff.held} of {handoff.claims} claims hold, {handoff.failed} fail, "
        f"{handoff.not_tried} were not tried.\n\nRead {code_span(handoff.document)}. "
        f"The approval is for the documents with the digest `{digest[:16]}` and for no other text."
    )


def _part(title: str, lines: list[str]) -> str:
    rest = [f"- and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join([f"**{title}**", "", *lines[:SHOWN], *rest])


def _entity(entity: Entity) -> str:
    """Its name as corrections say it, its label, and its attributes; `?` stands after one that may be empty."""
    names = [f"{attribute.name}{'?' if attribute.optional else ''}" for attribute in entity.attributes]
    return (
        f"- {code_span(entity.name)} ({_words(entity.label, 60)}): {_words(', '.join(names), 400) or 'no attributes'}"
    )


def _relationship(found: Relationship) -> str:
    """Its ends from parent to child, with the role and whether a child may be without."""
    role = f" as {code_span(found.role)}" if found.role else ""
    optional = ", optional" if found.optional else ""
    kind = found.cardinality.replace("_", " ")
    return f"- {code_span(found.parent)} to {code_span(found.child)}{role}: {kind}{optional}"


def _words(text: str, length: int = 200) -> str:
    return markdown(shortened(text, length))
