"""The API that a published design can serve: operations with the queries behind them, and everything that callers see.

Nothing here is a wish: an operation names the prepared statements that answer it, a field the column that it comes
from, a problem the constraint or SQLSTATE that raises it, a permission the database role that acts for the caller.
"""

from decimal import Decimal
from typing import Literal

from pydantic import JsonValue

from contracts.base import Contract, Figure
from contracts.checklist import Finding

Method = Literal["get", "post", "patch", "delete"]


class Value(Contract):
    """What a value may be on the wire, with the database's own limits; `type` json is any JSON value.

    Bounds are inclusive unless marked. `example` fits all of it.
    """

    type: Literal["integer", "number", "string", "boolean", "json", "array"]
    format: str = ""
    nullable: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    min_length: int | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    exclusive_minimum: bool = False
    maximum: Decimal | None = None
    exclusive_maximum: bool = False
    items: str = ""
    example: JsonValue = None


class Field(Contract):
    """A member of a body. `table` and `column` are empty for what no column holds (a total, a token).

    `parts` are the members of each item where the member is a list of objects.
    """

    name: str
    table: str = ""
    column: str = ""
    value: Value
    description: str = ""
    required: bool = True
    read_only: bool = False
    default: JsonValue = None
    sensitivity: str = ""
    parts: tuple["Field", ...] = ()


class Shape(Contract):
    """An object schema; `name` is its name among the components."""

    name: str
    description: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of this name; KeyError if there is none."""
        return next(field for field in self.fields if field.name == name)


class Parameter(Contract):
    """A parameter of the path or the query string; `column` is what the document's query compares it with."""

    name: str
    place: Literal["path", "query"]
    required: bool = False
    value: Value
    description: str
    table: str = ""
    column: str = ""
    default: str = ""


class Binding(Contract):
    """Where the value of parameter `$position` comes from: a part of the request, who asks, the cursor, or a constant.

    `name` is the parameter's, field's or cursor key's name, and the value itself for a constant. With `made` it is the
    key of the row that the service's own statement made, for a statement of its parts.
    """

    position: int
    source: Literal["path", "query", "body", "caller", "cursor", "constant", "made"]
    name: str
    type: str


class CursorKey(Contract):
    """A key of the order in which a page continues; `start` is what the engine reads as before the first row."""

    name: str
    column: str
    type: str
    descending: bool
    start: str


class Service(Contract):
    """A prepared statement of the document that answers an operation, and when it is the one that does.

    `given` are the query parameters that choose it, with the only value that it serves where its SQL fixes one.
    `roles` are the callers' roles for whom the database lets it run. `parts` run after it, in the same transaction, and
    write the parts of the row that it made.
    """

    query: str
    line: int | None
    sentence: str
    requirement: str = ""
    given: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    page_size: int | None = None
    bindings: tuple[Binding, ...] = ()
    cursor: tuple[CursorKey, ...] = ()
    index: str = ""
    evidence: str = ""
    target: str = ""
    cache_entry: str = ""
    roles: tuple[str, ...] = ()
    parts: tuple["Service", ...] = ()


class CacheRule(Contract):
    """What HTTP caches may do with an answer, and why: the seconds are what is left of the age that is allowed."""

    header: str
    because: str
    validates: bool = False


class Operation(Contract):
    """One method of one path. `result` is the shape of one item; `answer` says how items are returned.

    `anonymous` callers need no token. `location` is the path of what was made, with names of the body in braces.
    """

    id: str
    method: Method
    path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    body: Shape | None = None
    result: Shape | None = None
    answer: Literal["item", "page", "list", "created", "done", "token"]
    services: tuple[Service, ...]
    roles: tuple[str, ...] = ()
    anonymous: bool = False
    location: str = ""
    cache: CacheRule
    problems: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[Service, ...]:
        """Everything that may run for it: its services and the parts of each."""
        return tuple(one for service in self.services for one in (service, *service.parts))


class Problem(Contract):
    """A refusal (RFC 9457) and what raises it: a constraint, SQLSTATEs (two characters are a class), or the request.

    `codes` are the codes by which an engine that tells no SQLSTATE of the standard's, or one for many things, says it.
    """

    id: str
    status: int
    title: str
    detail: str
    sqlstates: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    constraint: str = ""
    table: str = ""
    columns: tuple[str, ...] = ()
    line: int | None = None
    retry_after_seconds: int | None = None


class ApiRole(Contract):
    """A caller's role: the database role that acts for it, and the setting that carries who asks."""

    name: str
    database_role: str
    identity: str = ""
    description: str = ""


class Authentication(Contract):
    """How callers prove who they are; `kind` none when the document knows no login and no role."""

    kind: Literal["bearer", "openid", "none"]
    token_format: str = ""
    token_seconds: int | None = None
    sentence: str = ""


class Event(Contract):
    """A change that others hear of; `keys` are the cache keys that it makes stale, `fields` what it must carry.

    `operations` of this API emit it; none when only other writers of the table do.
    """

    name: str
    table: str
    writes: tuple[str, ...]
    keys: tuple[str, ...]
    entries: tuple[str, ...]
    payload: tuple[Field, ...]
    operations: tuple[str, ...] = ()


class ExternalPolicy(Contract):
    """How an external system is called and heard: each number with its formula or assumption."""

    name: str
    slug: str
    purpose: str
    requirement: str
    calls: tuple[str, ...]
    hears: tuple[str, ...]
    figures: tuple[Figure, ...]
    idempotency: str
    dead_letters: str


class Conduct(Contract):
    """A rule for the client of an engine: what it does, and why."""

    topic: str
    rule: str
    because: str


class RateLimit(Contract):
    """So many requests in so many seconds for each `per`, as the brief says it."""

    requests: int
    seconds: int
    per: str
    sentence: str


class NotOffered(Contract):
    """What the API does not have, why, and what would bring it."""

    subject: str
    reason: str
    remedy: str


class ApiIntegration(Contract):
    """The whole API of one published design, with what its own checks found."""

    project: str
    title: str
    purpose: str
    version: str
    base_path: str
    document_digest: str
    edited: bool | None
    engine: str
    authentication: Authentication
    roles: tuple[ApiRole, ...] = ()
    operations: tuple[Operation, ...] = ()
    problems: tuple[Problem, ...] = ()
    events: tuple[Event, ...] = ()
    externals: tuple[ExternalPolicy, ...] = ()
    rate_limits: tuple[RateLimit, ...] = ()
    conduct: tuple[Conduct, ...] = ()
    not_offered: tuple[NotOffered, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def operation(self, identity: str) -> Operation:
        """The operation of this id; KeyError if there is none."""
        for operation in self.operations:
            if operation.id == identity:
                return operation
        raise KeyError(f'no operation "{identity}"')
