"""Every refusal that a caller can meet, from what can refuse: constraints, policies, the server, the request.

The identity of a problem is stable (it becomes the `type` of RFC 9457), and a constraint keeps its own name in it, so
that a client can tell two unique violations of one table apart without reading prose.
"""

from collections.abc import Iterable, Iterator

from agents.api_integration.queries import QueryFacts
from agents.api_integration.shapes import label
from agents.naming import singular
from contracts.api import Authentication, Operation, Problem
from contracts.catalogue import PublishedTable
from contracts.published import PublishedDesign

RETRY_SECONDS = 1
"""A serialization failure or deadlock is over when the other transaction ends, which takes less than a second here."""

REQUEST = Problem(
    id="invalid-request",
    status=400,
    title="The request does not fit the specification",
    detail="A parameter or field is missing, unknown, or outside of its limits; `detail` names it.",
    sqlstates=("22P02", "22003", "22007", "22008", "22021", "22001", "22P05", "22023", "23502"),
)
COMBINATION = Problem(
    id="unsupported-combination",
    status=400,
    title="No query answers this combination of filters and order",
    detail="`detail` lists the combinations that there are; any other would read a whole table.",
)
CURSOR = Problem(
    id="invalid-cursor",
    status=400,
    title="The cursor is not one of this list",
    detail="Start again without a cursor; a cursor belongs to the filters and the order that it was given for.",
)
UNAUTHENTICATED = Problem(
    id="not-authenticated",
    status=401,
    title="No valid token",
    detail="The request has no token, or one that ended.",
)
CREDENTIALS = Problem(
    id="wrong-credentials",
    status=401,
    title="Name or password is wrong",
    detail="Which of them is not told.",
)
FORBIDDEN = Problem(
    id="not-permitted",
    status=403,
    title="The caller's role may not do this",
    detail="The database refuses its role the statement, or a policy refuses the new row.",
    sqlstates=("42501",),
)
MISSING = Problem(
    id="not-found",
    status=404,
    title="No such row for this caller",
    detail="It does not exist, or policies hide it; the two are not told apart.",
)
MEDIA = Problem(
    id="unsupported-media-type",
    status=415,
    title="The body is not JSON",
    detail="Send application/json.",
)
LIMITED = Problem(
    id="too-many-requests",
    status=429,
    title="The rate limit is used up",
    detail="Wait for the seconds in Retry-After.",
    retry_after_seconds=1,
)
BUSY = Problem(
    id="database-busy",
    status=503,
    title="The database could not finish this now",
    detail="A serialization failure, deadlock, time-out or lost connection; the same request may be sent again.",
    sqlstates=("40001", "40P01", "55P03", "57014", "57P01", "57P03", "53300", "08006", "08001", "08003"),
    retry_after_seconds=RETRY_SECONDS,
)


def constraint_problems(table: PublishedTable) -> tuple[Problem, ...]:
    """What the constraints of a table refuse, each under its own name."""
    return tuple(_constraints(table))


def _constraints(table: PublishedTable) -> Iterator[Problem]:
    thing = label(singular(table.name))
    primary = table.primary_key.columns if table.primary_key else ()
    keys = [(key.name, key.columns, key.line, "") for key in table.uniques]
    indexes = [i for i in table.indexes if i.unique and not i.constraint]
    keys += [(i.name, i.columns, i.line, f" among rows with {i.predicate}" if i.predicate else "") for i in indexes]
    for name, columns, line, among in keys:
        if columns != primary:
            values = " and ".join(label(c) for c in columns)
            title = f"There is already {_a(thing)} with this {values}{among}"
            yield _problem(table, name, columns, line, 409, "23505", title)
    for exclusion in table.exclusions:
        values = ", ".join(label(c) for c in exclusion.columns)
        title = f"It overlaps another {thing} in {values}"
        yield _problem(table, exclusion.name, exclusion.columns, exclusion.line, 409, "23P01", title)
    for check in table.checks:
        title = f"The {thing} breaks the rule {check.expression}"
        yield _problem(table, check.name, check.columns, check.line, 422, "23514", title)
    for reference in table.foreign_keys:
        target = label(singular(reference.references))
        names = " and ".join(label(c) for c in reference.columns)
        yield _problem(
            table, reference.name, reference.columns, reference.line, 422, "23503", f"The {names} names no {target}"
        )


def _problem(
    table: PublishedTable, name: str, columns: tuple[str, ...], line: int | None, status: int, state: str, title: str
) -> Problem:
    return Problem(
        id=name.replace("_", "-"),
        status=status,
        title=title,
        detail=f"Refused by the constraint {name} of {table.name}.",
        sqlstates=(state,),
        constraint=name,
        table=table.name,
        columns=columns,
        line=line or table.line,
    )


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def still_referenced(design: PublishedDesign, table: str) -> tuple[Problem, ...]:
    """References that keep a row from being deleted."""
    return tuple(
        Problem(
            id=f"{key.name.replace('_', '-')}-in-use",
            status=409,
            title=f"{label(child.name).capitalize()} still refer to this {label(singular(table))}",
            detail=f"Refused by the constraint {key.name} of {child.name}.",
            sqlstates=("23503", "23001"),
            constraint=key.name,
            table=child.name,
            columns=key.columns,
            line=key.line or child.line,
        )
        for child in design.catalogue.tables
        for key in child.foreign_keys
        if key.references == table and key.on_delete in ("restrict", "no action")
    )


def with_problems(
    operations: Iterable[Operation],
    facts: dict[str, QueryFacts],
    design: PublishedDesign,
    authentication: Authentication,
    limited: bool,
) -> tuple[tuple[Operation, ...], tuple[Problem, ...]]:
    """The operations with the ids of the problems that each can answer with, and all of those problems once."""
    found: dict[str, Problem] = {}
    made = []
    for operation in operations:
        own = tuple(_problems(operation, facts, design, authentication, limited))
        found |= {problem.id: problem for problem in own}
        made.append(operation.model_copy(update={"problems": tuple(dict.fromkeys(p.id for p in own))}))
    return tuple(made), tuple(sorted(found.values(), key=lambda p: (p.status, bool(p.constraint), p.table, p.id)))


def _problems(
    operation: Operation,
    facts: dict[str, QueryFacts],
    design: PublishedDesign,
    authentication: Authentication,
    limited: bool,
) -> Iterator[Problem]:
    if operation.parameters or operation.body:
        yield REQUEST
    if len(operation.services) > 1:
        yield COMBINATION
    if any(parameter.name == "cursor" for parameter in operation.parameters):
        yield CURSOR
    if operation.answer == "token":
        yield CREDENTIALS
    elif authentication.kind != "none":
        yield UNAUTHENTICATED
        yield FORBIDDEN
    if operation.answer in ("item", "done") and operation.tag != "reports":
        yield MISSING
    if operation.body:
        yield MEDIA
    for service in operation.services:
        yield from _refusals(facts[service.query], design)
    if limited:
        yield LIMITED
    yield BUSY


def _refusals(facts: QueryFacts, design: PublishedDesign) -> Iterator[Problem]:
    """What the constraints of the written table can refuse of this statement."""
    command = facts.query.command
    if command in ("insert", "update"):
        written = {column for _, column in facts.writes}
        for problem in constraint_problems(design.data_table(facts.table)):
            if command == "insert" or "*" in written or written & set(problem.columns):
                yield problem
    elif command == "delete":
        yield from still_referenced(design, facts.table)
