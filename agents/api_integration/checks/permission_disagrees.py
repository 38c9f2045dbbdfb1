"""Do the permissions of every operation agree with the database's grants and policies?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from agents.api_integration.permissions import refusal
from agents.api_integration.queries import query_facts
from contracts.api import ApiIntegration, ApiRole, Operation, Service
from contracts.checklist import Finding
from contracts.published import PublishedDesign

MEANS = "The API promises a role something that the database refuses it, or shows one person's rows to strangers."
REMEDY = "Grant what the query reads to the role, or take the role out of the operation."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Roles that may call what the database refuses them, and own rows that need no token or identity."""
    roles = {role.name: role for role in api.roles}
    for operation in api.operations:
        for service in operation.services:
            for name in service.roles:
                reason = _reason(design, service, roles.get(name))
                if reason:
                    yield finding(
                        __name__,
                        f"operation.{operation.id}.{name}",
                        fact=f'Role "{name}" may call {operation.method.upper()} {operation.path}, and {reason}.',
                        evidence=f'Query "{service.query}" on line {service.line}',
                        remedy=f'Grant it in the document, or take "{name}" out of "{operation.id}".',
                    )
        yield from _open_rows(design, operation)
    yield from _unreachable(design, api)


def _reason(design: PublishedDesign, service: Service, role: ApiRole | None) -> str:
    if role is None:
        return "no role of the API has that name"
    try:
        facts = query_facts(design.query(service.query), design.catalogue)
    except KeyError:
        return ""  # operation-without-statement names it
    if facts is None:
        return ""
    if any(b.source == "caller" for b in service.bindings) and not role.identity:
        return "its query asks for the caller, whom this role does not name"
    refused = refusal(facts, role.database_role, design.catalogue)
    return f"the database refuses it: {refused}" if refused else ""


def _open_rows(design: PublishedDesign, operation: Operation) -> Iterator[Finding]:
    """Operations that need no token although policies guard the rows that they show."""
    if not operation.anonymous or operation.answer == "token":
        return
    tables = {name for s in operation.statements for q in design.queries if q.name == s.query for name in q.tables}
    guarded = sorted(t.name for t in design.catalogue.tables if t.name in tables and t.row_security)
    if guarded:
        yield finding(
            __name__,
            f"operation.{operation.id}",
            fact=f"{operation.method.upper()} {operation.path} needs no token; policies guard {', '.join(guarded)}.",
            remedy=f'Ask for a token in "{operation.id}".',
        )


def _unreachable(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Queries of the document that answer no operation because no role may run them."""
    for left in api.not_offered:
        if left.reason.startswith("no role may run it"):
            yield finding(
                __name__,
                left.subject.replace(" ", "."),
                fact=f"The document prepares {left.subject}, and {left.reason}.",
                evidence=f"{len(design.catalogue.grants)} grants in the document",
                remedy=left.remedy,
            )
