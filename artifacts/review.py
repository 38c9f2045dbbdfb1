"""What a person is shown at a review: short enough to be read in a form, with the ids that corrections name."""

from collections.abc import Iterable

from artifacts.escape import code_span, markdown, shortened
from contracts.plan import Handoff
from contracts.requirements import Requirements

SHOWN = 60
"""Lines of a list in the form; the artifacts of the run have everything."""


def analysis_md(found: Requirements, remarks: Iterable[str] = ()) -> str:
    """Entities, assumptions and open questions of an analysis; `remarks` on earlier corrections come first."""
    unread = [line for line in found.trace if line.use == "not_understood"]
    assumptions = [(a.id, f"{a.fact}: {a.value} ({a.knob})") for a in found.assumptions]
    questions = [(q.id, f"{q.question} Taken: {q.reading}") for q in found.open_questions]
    parts = (
        ("Remarks on the last corrections", [f"- {_words(remark, 400)}" for remark in remarks]),
        ("Entities", [_entity(entity.name, len(entity.attributes), entity.label) for entity in found.entities]),
        ("Assumptions", [f"- {code_span(id)}: {_words(text)}" for id, text in assumptions]),
        ("Open questions", [f"- {code_span(id)}: {_words(text, 400)}" for id, text in questions]),
        ("Not understood", [f"- line {line.line}: {_words(line.text)}" for line in unread]),
    )
    head = (
        f"**{_words(found.title, 100)}**: {len(found.entities)} entities, {len(found.relationships)} relationships, "
        f"{len(found.rules)} rules, tier {found.tier}. Digest `{found.digest()[:16]}`."
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


def _entity(name: str, attributes: int, label: str) -> str:
    return f"- {code_span(name)} ({_words(label, 60)}), {attributes} attributes"


def _words(text: str, length: int = 200) -> str:
    return markdown(shortened(text, length))
