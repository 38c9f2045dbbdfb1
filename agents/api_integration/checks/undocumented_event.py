"""Is every event of the invalidation plan documented, with what its keys need, and named by the writes that emit it?"""

import re
from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from agents.api_integration.http_caching import writes
from contracts.api import ApiIntegration, Event
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "A cache keeps what is no longer true, because nobody was told of the write."
REMEDY = "Document the event with the columns of its keys, and emit it from every operation that makes the write."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Events that are missing, lack a column of their keys, or are not named by an operation that causes them."""
    known = {event.name: event for event in api.events}
    for entry in design.cache_entries:
        for name in [event.event for event in entry.events if event.event not in known]:
            yield finding(
                __name__,
                f"event.{name}",
                fact=f'"{entry.name}" relies on the event {name}, which the API does not document.',
                evidence=f"Documented: {', '.join(known) or 'none'}",
                remedy=f"Document {name} with its payload.",
            )
    for event in api.events:
        yield from _payload(event, design)
        yield from _emitters(design, api, event)


def _payload(event: Event, design: PublishedDesign) -> Iterator[Finding]:
    """Columns of the keys that the event does not carry."""
    columns = {c.name for t in design.catalogue.tables if t.name == event.table for c in t.columns}
    named = {name for key in event.keys for name in re.findall(r"\{(?:old\.|new\.)?(\w+)\}", key)}
    lacking = sorted((named & columns) - {field.column for field in event.payload})
    if lacking:
        yield finding(
            __name__,
            f"event.{event.name}",
            fact=f"The event {event.name} does not carry {', '.join(lacking)}, which its keys name.",
            evidence=f"Keys: {', '.join(event.keys)}",
            remedy=f"Add {', '.join(lacking)} to the payload of {event.name}.",
        )


def _emitters(design: PublishedDesign, api: ApiIntegration, event: Event) -> Iterator[Finding]:
    known = {query.name for query in design.queries}
    for operation in api.operations:
        ours = all(service.query in known for service in operation.services)
        if ours and writes(operation, event, design) and event.name not in operation.events:
            yield finding(
                __name__,
                f"operation.{operation.id}",
                fact=f"{operation.method.upper()} {operation.path} causes {event.name} and does not name it.",
                evidence=f"It writes {event.table}",
                remedy=f'Add {event.name} to the events of "{operation.id}".',
            )
