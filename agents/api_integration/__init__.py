"""The API integration agent: from a published persistence design to the API that its queries can serve."""

from agents import dialects
from agents.api_integration.access import authentication, rate_limits
from agents.api_integration.checks import all_findings
from agents.api_integration.externals import externals
from agents.api_integration.http_caching import events
from agents.api_integration.omissions import not_offered, notes
from agents.api_integration.operations import operations
from agents.api_integration.permissions import api_roles
from agents.api_integration.placement import naming, place
from agents.api_integration.problems import with_problems
from agents.api_integration.public import opened
from agents.api_integration.queries import QueryFacts, query_facts
from agents.api_integration.services import draft
from contracts.api import ApiIntegration
from contracts.published import PublishedDesign

VERSION = "1.0.0"


def _parts(whole: QueryFacts, facts: dict[str, QueryFacts]) -> tuple[QueryFacts, ...]:
    """The statements that write the parts of the row that this one makes."""
    return tuple(fact for fact in facts.values() if fact.query.part_of == whole.query.name)


def api_integration(design: PublishedDesign) -> ApiIntegration:
    """The API of a published design: operations for its queries and nothing else, judged by this agent's own checks."""
    application = [query for query in design.queries if query.purpose == "application"]
    facts = {q.name: fact for q in application if (fact := query_facts(q, design.catalogue)) is not None}
    roles = api_roles(design)
    names = naming(design, tuple(facts.values()))
    drafts = tuple(
        draft(fact, place(fact, design, names, roles), design, roles, _parts(fact, facts))
        for fact in facts.values()
        if fact.query.part_of not in facts
    )
    served = tuple(one for one in drafts if one.service.roles or not roles)
    made, twins = operations(served, design, names, roles)
    scheme, limits = authentication(design, roles), rate_limits(design)
    made = opened(made, design, scheme)
    made, problems = with_problems(made, facts, design, scheme, bool(limits))
    changes = events(design, made)
    used = {role for operation in made for role in operation.roles}
    api = ApiIntegration(
        project=design.project,
        title=design.title,
        purpose=design.application.purpose,
        version=VERSION,
        base_path=names.base,
        document_digest=design.document_digest,
        edited=design.edited,
        engine=f"{design.engine.name} {design.engine.version}".strip(),
        authentication=scheme,
        roles=tuple(role for role in roles if role.name in used),
        operations=tuple(
            o.model_copy(update={"events": tuple(e.name for e in changes if o.id in e.operations)}) for o in made
        ),
        problems=problems,
        events=changes,
        externals=externals(design),
        rate_limits=limits,
        conduct=dialects.handover(design.catalogue.dialect).conduct(design),
        not_offered=(*twins, *not_offered(design, facts, drafts, made, roles)),
        notes=notes(design, names),
    )
    return api.model_copy(update={"findings": all_findings(design, api)})
