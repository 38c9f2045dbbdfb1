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
_ACTIVITIES = frozenset("management administration monitoring reporting handling processing tracking".split())
"""Last words of names that say what is done: quality management is no table, whoever lists it."""
_DOUBTFUL = frozenset({"output", "hardware"})
"""Kinds that a list of entities may well mean: the equipment of an inventory, the dashboards that users make."""


def refuse_unstored(found: Declarations, ledger: Ledger) -> None:
    """Withdraws such declarations, each with a question where the brief lists them by name."""
    related = {end for link in found.spoken for end in (link.parent, link.child)}
    related |= {name for link in found.links for name in (link.parent, link.child)}
    for name, declaration in list(found.by_name.items()):
        kind, why = unstored(name) or ("", "")
        if not kind or declaration.attributes or name in related or archetype_for(name) is not None:
            continue
        listed = declaration.confidence == "high"
        never = kind in _NEVER or name.rpartition("_")[2] in _ACTIVITIES
        if len(found.by_name) == 1 or (listed and not never):
            if listed and kind in _DOUBTFUL:
                _ask(declaration, why, ledger, kept=True)
            continue
        found.withdraw(name)
        if listed:
            _ask(declaration, why, ledger)


def _ask(declaration: Declaration, why: str, ledger: Ledger, *, kept: bool = False) -> None:
    label = declaration.label
    reading = f"nothing is kept about {label}; listing attributes of it makes it a table"
    ledger.question(
        f"{declaration.name} stored",
        f"Line {declaration.sentence.line} names {label} among what is stored, but {why}. What is kept about it?",
        f"a table of {label}, because the brief lists it" if kept else reading,
        (declaration.sentence.line,),
    )
