"""Does a write do all that its workflow says?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from agents.naming import singular, words
from contracts.api import ApiIntegration
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "People build an endpoint that stores half of what the brief describes, and the other half has no statement."
REMEDY = "Add an INSERT for the other tables to the document's queries, and run both in one transaction."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Creating operations whose sentence names children of the written table that no statement writes."""
    inserted = {query.table for query in design.queries if query.command == "insert"}
    for operation in api.operations:
        for service in operation.services if operation.answer == "created" else ():
            home = next((q.table for q in design.queries if q.name == service.query), "")
            said = " ".join(words(service.sentence))
            children = [t.name for t in design.catalogue.tables if any(k.references == home for k in t.foreign_keys)]
            lacking = [name for name in children if name not in inserted and _named(name, said)]
            if lacking:
                yield finding(
                    __name__,
                    f"operation.{operation.id}",
                    fact=f'"{service.sentence}": {service.query} writes {home} and not {", ".join(lacking)}.',
                    evidence=f"Line {service.line}",
                    remedy=f"Prepare an INSERT for {', '.join(lacking)} in the document.",
                    severity="advice",
                )


def _named(table: str, said: str) -> bool:
    plain = " ".join(words(table))
    return f" {plain} " in f" {said} " or f" {' '.join(words(singular(table)))} " in f" {said} "
