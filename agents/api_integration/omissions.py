"""What the API does not have, so that nobody looks for it in vain: each with its reason and what would bring it."""

from collections.abc import Iterator

from agents import dialects
from agents.api_integration.permissions import MACHINERY, refusal
from agents.api_integration.placement import Naming
from agents.api_integration.queries import QueryFacts
from agents.api_integration.services import Draft
from agents.schema_design.outbox import NAME as OUTBOX
from contracts.api import ApiRole, NotOffered, Operation
from contracts.catalogue import PublishedTable
from contracts.published import PublishedDesign

INTERNAL = frozenset({"schema_migrations", OUTBOX})
"""Tables that only the design's own machinery reads and writes."""


def not_offered(
    design: PublishedDesign,
    facts: dict[str, QueryFacts],
    drafts: tuple[Draft, ...],
    operations: tuple[Operation, ...],
    roles: tuple[ApiRole, ...],
) -> tuple[NotOffered, ...]:
    """Queries that nobody may run or that were not understood, and tables that nothing reads or writes."""
    return (
        *_queries(design, facts, drafts, roles),
        *_unread(design, facts),
        *_unwritten(design, facts, operations),
        *_webhooks(design),
    )


def _queries(
    design: PublishedDesign, facts: dict[str, QueryFacts], drafts: tuple[Draft, ...], roles: tuple[ApiRole, ...]
) -> Iterator[NotOffered]:
    for query in design.queries:
        if query.purpose == "application" and query.name not in facts:
            yield NotOffered(
                subject=f"query {query.name}",
                reason="its statement names no table of the document, or is not one that an API can serve",
                remedy="Prepare one SELECT, INSERT, UPDATE or DELETE on a table of the document.",
            )
    gate = [role.database_role for role in roles if role.database_role == design.application.sign_in]
    for one in drafts:
        if roles and not one.service.roles:
            nearest = gate[0] if gate and one.place.kind == "session" else roles[0].database_role
            yield NotOffered(
                subject=f"query {one.service.query}",
                reason=f"no role may run it: {refusal(one.facts, nearest, design.catalogue)}",
                remedy="Grant the columns that it reads to the role that needs it, or read fewer columns.",
            )


def _unread(design: PublishedDesign, facts: dict[str, QueryFacts]) -> Iterator[NotOffered]:
    read = {name for fact in facts.values() for name in fact.tables}
    for table in design.catalogue.tables:
        if table.name not in read | _internal(design) and not _is_trail(table.name, design):
            yield NotOffered(
                subject=f"table {table.name}",
                reason="no query of the document reads or writes it",
                remedy="State in the brief who looks at it and how, or add the query to the document.",
            )


def _internal(design: PublishedDesign) -> frozenset[str]:
    return INTERNAL | dialects.handover(design.catalogue.dialect).own_tables


def _only_recorded(table: PublishedTable) -> bool:
    """Whether triggers alone write the table: it has the columns of a trail."""
    return {"recorded_at", "table_name", "row_key", "action"} <= {column.name for column in table.columns}


def _is_trail(table: str, design: PublishedDesign) -> bool:
    """Whether only machinery looks at the table: the trail of an audit, for instance."""
    holders = {g.role for g in design.catalogue.grants if g.table == table}
    return all(role.rpartition("_")[2] in MACHINERY for role in holders)


def _unwritten(
    design: PublishedDesign, facts: dict[str, QueryFacts], operations: tuple[Operation, ...]
) -> Iterator[NotOffered]:
    """Tables whose rows somebody may write, without a statement that does."""
    written = {f.table for f in facts.values() if f.query.command in ("insert", "update", "delete")}
    granted = (g.table for g in design.catalogue.grants if g.command in ("insert", "update", "delete"))
    open_to = {name for name in granted if name not in _internal(design)}
    if not design.catalogue.grants:
        trail = {table.name for table in design.catalogue.tables if _only_recorded(table)}
        open_to = {table.name for table in design.catalogue.tables} - _internal(design) - trail
    lacking = [t.name for t in design.catalogue.tables if t.name in open_to - written]
    if lacking:
        yield NotOffered(
            subject=f"adding or changing rows of {', '.join(lacking)}",
            reason="the document prepares no statement that writes them, so no statement was tried against their rules",
            remedy="State the workflow in the brief, or add an INSERT, UPDATE or DELETE to the document's queries.",
        )


def _webhooks(design: PublishedDesign) -> Iterator[NotOffered]:
    for system in design.application.integrations:
        if "webhook" in system.purpose.lower():
            yield NotOffered(
                subject=f"a receiver for the webhooks of {system.name}",
                reason="the document has no statement that records a message, and its signature is the system's own",
                remedy="Add a table of received messages with their id as unique key, and its INSERT to the document.",
            )


def notes(design: PublishedDesign, names: Naming) -> tuple[str, ...]:
    """Where the API differs from what the brief literally wrote."""
    said = " ".join(endpoint for query in design.queries for endpoint in (*query.endpoints, query.title))
    found = []
    if "page=" in said:
        found.append(
            "The brief writes page=1; the document's queries continue after the last row, so the API takes a cursor."
        )
    if not design.application.purpose and not design.requirements:
        found.append("The document states no requirement; operations follow from its queries alone.")
    return tuple(found)
