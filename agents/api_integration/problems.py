"""Every refusal that a caller can meet, from what can refuse: constraints, policies, the server, the request.

The identity of a problem is stable (it becomes the `type` of RFC 9457), and a constraint keeps its own name in it, so
that a client can tell two unique violations of one table apart without reading prose.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from agents import dialects
from agents.api_integration.queries import QueryFacts
from agents.api_integration.shapes import label
from agents.naming import singular
from contracts.api import Authentication, Operation, Problem, Service
from contracts.catalogue import PublishedCheck, PublishedTable
from contracts.published import PublishedDesign

RETRY_SECONDS = 1
"""A serialization failure or deadlock is over when the other transaction ends, which takes less than a second here."""

REQUEST = Problem(
    id="invalid-request",
    status=400,
    title="The request does not fit the specification",
    detail="A parameter or field is missing, unknown, or outside of its limits; the detail names it.",
    sqlstates=("22", "23502"),
)
COMBINATION = Problem(
    id="unsupported-combination",
    status=400,
    title="No query answers this combination of filters and order",
    detail="The detail lists the combinations that there are; any other would read a whole table.",
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
    sqlstates=("40001", "40P01", "55P03", "57", "53", "08"),
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
        if not set(primary) <= set(columns):  # a key over the primary key and more tells no rows apart
            values = " and ".join(label(c) for c in columns)
            title = f"There is already {_a(thing)} with this {values}{among}"
            yield _problem(table, name, columns, line, 409, "23505", title)
    for exclusion in table.exclusions:
        values = ", ".join(label(c) for c in exclusion.columns)
        title = f"It overlaps another {thing} in {values}"
        yield _problem(table, exclusion.name, exclusion.columns, exclusion.line, 409, "23P01", title)
    for check in table.checks:
        yield _problem(table, check.name, check.columns, check.line, 422, "23514", _rule(table, check))
    for reference in table.foreign_keys:
        target = label(singular(reference.references))
        names = " and ".join(label(c) for c in reference.naming)
        alike = [label(c).removesuffix(" id") for c in reference.columns if c not in reference.naming]
        title = f"The {names} names no {target}" + (f" of the same {' and '.join(alike)}" if alike else "")
        yield _problem(table, reference.name, reference.columns, reference.line, 422, "23503", title)


def _rule(table: PublishedTable, check: PublishedCheck) -> str:
    """What a check asks, in words where it is a list of values or a pattern."""
    thing = label(singular(table.name))
    if len(check.columns) == 1:
        column = table.column(check.columns[0])
        if column.allowed and check.columns[0] in check.expression and "ANY" in check.expression.upper():
            return f"The {label(column.name)} of {_a(thing)} is one of {', '.join(column.allowed)}"
        if "~" in check.expression:
            return f"The {label(column.name)} of the {thing} has not the form that it must have"
    return f"{_a(thing).capitalize()} must keep {plain(check.expression)}"


def plain(expression: str) -> str:
    """A check as people write it, without the server's casts and outer brackets.

    >>> plain("(total_amount >= (0)::numeric)")
    'total_amount >= 0'
    """
    text = re.sub(r"::(?:[a-z]+(?: varying| precision| with(?:out)? time zone)?)(?:\[\])?", "", expression).strip()
    text = re.sub(r"\((-?[\d.]+|'[^']*')\)", r"\1", text)
    while text.startswith("(") and text.endswith(")") and _closes_at_end(text):
        text = text[1:-1]
    return text


def _closes_at_end(text: str) -> bool:
    """Whether the first bracket is closed by the last character."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return place == len(text) - 1
    return False


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
    codes = dialects.handover(design.catalogue.dialect).codes
    made = []
    for operation in operations:
        own = tuple(_problems(operation, facts, design, authentication, limited))
        found |= {p.id: p.model_copy(update={"codes": _codes(p, codes)}) for p in own}
        made.append(operation.model_copy(update={"problems": tuple(dict.fromkeys(p.id for p in own))}))
    return tuple(made), tuple(sorted(found.values(), key=lambda p: (p.status, bool(p.constraint), p.table, p.id)))


def _codes(problem: Problem, codes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The engine's own codes of the problem's SQLSTATEs and classes."""
    found = (code for state, names in codes.items() if state.startswith(problem.sqlstates or ("-",)) for code in names)
    return tuple(dict.fromkeys(found))


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
    for service in operation.statements:
        yield from breakable(facts[service.query], service, design)
    if limited:
        yield LIMITED
    yield BUSY


def breakable(facts: QueryFacts, service: Service, design: PublishedDesign) -> tuple[Problem, ...]:
    """What the constraints of the written table can refuse of this statement."""
    if facts.query.command == "delete":
        return still_referenced(design, facts.table)
    if facts.query.command not in ("insert", "update"):
        return ()
    written = {column for _, column in facts.writes} - _constants(facts, service)
    known = constraint_problems(design.data_table(facts.table))
    own = tuple(problem for problem in known if "*" in written or written & set(problem.columns))
    return (*own, *_moved(facts, written, design))


def _moved(facts: QueryFacts, written: set[str], design: PublishedDesign) -> Iterator[Problem]:
    """What the CHECKs of another table refuse, where a trigger of the written one takes from a stock in it."""
    event = (facts.query.command or "").upper()
    for trigger in design.data_table(facts.table).triggers:
        when = _WHEN.search(trigger.definition)
        if when is None or event not in when[1].upper():
            continue
        columns = {name.strip('`" ') for name in when[2].split(",")} if when[2] else set()
        if event == "UPDATE" and columns and not ("*" in written or columns & written):
            continue
        for table, column in design.moved_by(trigger):
            found = design.data_table(table)
            named = {check.name for check in found.checks if column in check.columns}
            yield from (p for p in constraint_problems(found) if p.constraint in named)


_WHEN = re.compile(r"\b(?:BEFORE|AFTER)\s+((?:INSERT|UPDATE|DELETE| OR )+)(?:\s+OF\s+(.*?))?\s+ON\b", re.I | re.S)


def _constants(facts: QueryFacts, service: Service) -> set[str]:
    """Columns that always get the same value, which was tried."""
    fixed = {binding.position for binding in service.bindings if binding.source == "constant"}
    return {c.column for c in facts.comparisons if c.position in fixed}
