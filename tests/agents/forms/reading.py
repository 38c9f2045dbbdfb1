"""Reading a brief in tests, and what is compared of it."""

import datetime as dt
from typing import Any

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Entity, Requirements, Rule


def analysed(text: str) -> Requirements:
    """The analysis of a text."""
    return requirement_analysis(Brief(project="forms", text=text, date=dt.date(2026, 1, 1)))


def entity(found: Requirements, name: str) -> Entity:
    """One entity by name."""
    return next(e for e in found.entities if e.name == name)


def names(found: Requirements) -> list[str]:
    """The names of the entities in order."""
    return [e.name for e in found.entities]


def columns(found: Requirements, name: str) -> dict[str, Any]:
    """The attributes of one entity by name."""
    return {a.name: a for a in entity(found, name).attributes}


def types(found: Requirements, name: str) -> dict[str, str]:
    """The types of one entity's attributes, optional ones with a question mark."""
    return {a.name: a.type + ("?" if a.optional else "") for a in entity(found, name).attributes}


def links(found: Requirements) -> set[tuple[str, str, str, str | None, bool]]:
    """(parent, child, cardinality, role, optional) of each stated relationship."""
    return {
        (r.parent, r.child, r.cardinality, r.role, r.optional) for r in found.relationships if r.origin.kind == "stated"
    }


def rules(found: Requirements, kind: str) -> list[Rule]:
    """The stated rules of one kind."""
    return [r for r in found.rules if r.kind == kind and r.origin.kind == "stated"]


def unread(found: Requirements) -> dict[int, str]:
    """The lines that were not understood, with the reason."""
    return {t.line: t.reason for t in found.trace if t.use == "not_understood"}
