"""A request that is refused, and the answer that says so as the API describes it."""

import psycopg
from starlette.responses import JSONResponse, Response

from artifacts.api_responses import problem_type
from contracts.api import ApiIntegration, Operation, Problem


class RefusedError(Exception):
    """A problem of the API by its id, with what this request met."""

    def __init__(self, problem: str, detail: str = "", retry_after: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.detail, self.retry_after = problem, detail, retry_after


def answer(api: ApiIntegration, operation: Operation, refused: RefusedError) -> Response:
    """The problem as RFC 9457; a problem that the operation does not describe is our own error and is raised."""
    if refused.problem not in operation.problems:
        raise LookupError(f"{operation.id} does not describe the problem {refused.problem}") from refused
    problem = next(p for p in api.problems if p.id == refused.problem)
    body = {"type": problem_type(problem), "title": problem.title, "status": problem.status}
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after_seconds:
        headers["Retry-After"] = str(refused.retry_after or problem.retry_after_seconds)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    detail = {"detail": refused.detail or problem.detail}
    return JSONResponse(body | detail, problem.status, headers, media_type="application/problem+json")


def from_database(error: psycopg.Error, operation: Operation, problems: tuple[Problem, ...]) -> RefusedError:
    """The problem that describes what the database refused: its constraint by name, else its SQLSTATE.

    The error itself is raised again when nothing describes it.
    """
    known = [problem for problem in problems if problem.id in operation.problems]
    named = [p for p in known if p.constraint and p.constraint == error.diag.constraint_name]
    state = [p for p in known if not p.constraint and (error.sqlstate or "08").startswith(p.sqlstates or ("-",))]
    if not (named or state):
        raise error
    return RefusedError((named or state)[0].id)
