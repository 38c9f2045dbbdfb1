"""Takes back what names nothing to store: screens, the system itself, parts of the document, reports, hardware.

What a brief lists by name is taken back only where it cannot be meant (a login screen, the backend, an introduction),
and a question says so; what sentences only mention needs less. A thing with attributes or references stays in any case.
"""

from agents.knowledge import archetype_for
from agents.knowledge.deeds import unstored
from agents.requirement_analysis.entities import Declaration, Declarations
from agents.requirement_analysis.ledger import Ledger

_NEVER = frozenset({"interface", "system", "document", "quality"})
"""Kinds that are nothing to store even where a list of entities names them."""


def refuse_unstored(found: Declarations, ledger: Ledger) -> None:
    """Withdraws such declarations, each with a question where the brief lists them by name."""
    related = {end for link in found.spoken for end in (link.parent, link.child)}
    related |= {name for link in found.links for name in (link.parent, link.child)}
    for name, declaration in list(found.by_name.items()):
        kind, why = unstored(name) or ("", "")
        if not kind or declaration.attributes or name in related or archetype_for(name) is not None:
            continue
        listed = declaration.confidence == "high"
        if len(found.by_name) == 1 or (listed and kind not in _NEVER):
            continue
        found.withdraw(name)
        if listed:
            _ask(declaration, why, ledger)


def _ask(declaration: Declaration, why: str, ledger: Ledger) -> None:
    label = declaration.label
    ledger.question(
        f"{declaration.name} stored",
        f"Line {declaration.sentence.line} names {label} among what is stored, but {why}. What is kept about it?",
        f"nothing is kept about {label}; listing attributes of it makes it a table",
        (declaration.sentence.line,),
    )
