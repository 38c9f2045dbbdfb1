"""The API as people read it: api-integration.md, from the contract that openapi.yaml comes from as well."""

import functools

from jinja2 import Environment

from artifacts import figures
from artifacts.api_openapi import combination, tags
from artifacts.api_responses import limit_policy, problem_type, success_status
from artifacts.document import tidied
from artifacts.environment import Verbatim, code, document_environment
from contracts.api import ApiIntegration, Operation, Problem, Service
from contracts.base import Figure


def api_integration_md(api: ApiIntegration) -> str:
    """The document; ends with exactly one newline."""
    template = _environment().get_template("api-integration.md.j2")
    return tidied(
        template.render(
            api=api,
            groups=_groups(api),
            tags=tags(api),
            combination=combination,
            statuses=_statuses(api),
            raised_by=lambda problem: raised_by(api, problem),
            problem_type=problem_type,
            limit_policy=limit_policy,
            success_status=success_status,
            callers=_callers,
            queries=_queries,
            gates={role for operation in api.operations if operation.answer == "token" for role in operation.roles},
            pages=[operation.id for operation in api.operations if operation.answer == "page"],
            figures=_figures(api),
            errors=[finding for finding in api.findings if finding.severity == "error"],
            advice=[finding for finding in api.findings if finding.severity == "advice"],
            quantity=figures.quantity,
        )
    )


def _groups(api: ApiIntegration) -> dict[str, list[Operation]]:
    """Operations by tag, in the order of the API."""
    found: dict[str, list[Operation]] = {}
    for operation in api.operations:
        found.setdefault(operation.tag, []).append(operation)
    return found


def _statuses(api: ApiIntegration) -> dict[str, list[Problem]]:
    """Problems of requests and of the server, and those that constraints raise."""
    return {
        "general": [problem for problem in api.problems if not problem.constraint],
        "constraints": [problem for problem in api.problems if problem.constraint],
    }


def raised_by(api: ApiIntegration, problem: Problem) -> list[str]:
    """The operations that can answer with this problem."""
    return [operation.id for operation in api.operations if problem.id in operation.problems]


def _callers(operation: Operation, service: Service | None = None) -> str:
    """Who may call, in words."""
    roles = service.roles if service else operation.roles
    return "anybody" if operation.anonymous else ", ".join(role.replace("_", " ") for role in roles)


def _queries(operation: Operation) -> Verbatim:
    """The queries with their lines."""
    lines = ((code(s.query), f" (line {s.line})" if s.line else "") for s in operation.statements)
    return Verbatim(", ".join(f"{name}{line}" for name, line in lines))


def _figures(api: ApiIntegration) -> list[tuple[Figure, str]]:
    """Every figure of the external systems once, with the systems that it holds for."""
    found: dict[str, tuple[Figure, list[str]]] = {}
    for external in api.externals:
        for figure in external.figures:
            found.setdefault(figure.name, (figure, []))[1].append(external.name)
    return [(figure, ", ".join(names)) for figure, names in found.values()]


@functools.cache
def _environment() -> Environment:
    """Compiling the template costs more than rendering it."""
    return document_environment()
