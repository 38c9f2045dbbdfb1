"""What the brief asks for, as data: the contract that every other agent reads."""

from decimal import Decimal
from typing import Literal

from contracts.base import Confidence, Contract, Element, ElementId, Identifier, Origin, Slug

AttributeType = Literal[
    "identifier", "string", "text", "integer", "decimal", "money", "percentage", "boolean",
    "date", "time", "timestamp", "duration", "uuid", "json", "email", "phone", "url", "file",
    "country", "currency", "language", "ip_address", "coordinates", "sealed", "blind",
]  # fmt: skip
"""What a value means, before any engine's spelling. `file` is a reference to a stored object, never bytes; `sealed` is
the envelope of a text that the application encrypts, `blind` the keyed digest by which such a text is found."""

Sensitivity = Literal["public", "internal", "personal", "health", "payment", "secret"]

RequirementKind = Literal[
    "entity", "attribute", "relationship", "rule", "workflow", "access", "volume", "performance",
    "availability", "security", "compliance", "retention", "integration", "stack", "future", "assumption",
]  # fmt: skip

Tier = Literal["embedded", "small", "standard", "large"]
"""How much machinery the numbers ask for: one person's device, one server, a service with replicas, a fleet."""


class Requirement(Contract):
    """One thing that the brief (or an assumption that stands in for it) asks for; designs must serve it.

    `id` is `<kind>.<slug>` made from content, so that reordering the brief does not change it.
    """

    id: ElementId
    kind: RequirementKind
    text: str
    origin: Origin


class Attribute(Element):
    """A fact stored about an entity. Bounds are inclusive unless `exclusive_minimum`.

    `confidence` is high where a list or schema states it, medium where prose or a rule names it, low where it is usual.
    """

    name: Identifier
    label: str
    type: AttributeType
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    optional: bool = False
    unique: bool = False
    default: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: Decimal | None = None
    exclusive_minimum: bool = False
    maximum: Decimal | None = None
    unit: str = ""
    sensitivity: Sensitivity = "internal"
    references: Identifier | None = None
    confidence: Confidence = "high"


class Entity(Element):
    """A thing that the application stores. `name` is singular, `label` the brief's own word.

    `nature`: master data changes seldom; transactions are written and updated; events are append-only;
    reference data is small and nearly constant; `person` is whoever logs in or is described. `identifier` is the
    brief's own word for what tells one from another (`Student ID`), empty where it gives none; it becomes the primary
    key's column by convention. `key` is a natural key among the attributes.
    """

    name: Identifier
    label: str
    synonyms: tuple[str, ...] = ()
    nature: Literal["person", "master", "transaction", "event", "reference"]
    archetype: str | None = None
    identifier: str = ""
    attributes: tuple[Attribute, ...] = ()
    key: tuple[Identifier, ...] = ()
    confidence: Confidence = "high"


class Relationship(Element):
    """`parent` has many (or one) `child`. For many-to-many, both are equal partners.

    `role` names the child's reference when it is not the parent's name (`captain` for an employee);
    `owned` means that the child cannot live without the parent, `deleted_with` that the brief wants the child's rows
    deleted with the parent's.
    """

    parent: Identifier
    child: Identifier
    cardinality: Literal["one_to_one", "one_to_many", "many_to_many"]
    role: Identifier | None = None
    optional: bool = False
    owned: bool = False
    deleted_with: bool = False
    attributes: tuple[Attribute, ...] = ()
    confidence: Confidence = "high"


RuleKind = Literal[
    "range", "allowed", "comparison", "unique", "no_overlap", "state", "immutable", "capacity", "sum", "conditional",
    "agreement", "prose",
]  # fmt: skip
"""The shapes of a business rule; `Rule` says what each one means."""


class Rule(Element):
    """A business rule, checkable where `kind` says how; `text` keeps the brief's words.

    `range`, `allowed`, `comparison` (attribute `operator` other), `unique` (attributes together; with `terms` among
    the rows alone whose attribute of that name has one of `values`, is true, or has no value where it is a moment),
    `no_overlap` (per `attributes[0]`, between `attributes[1]` and `attributes[2]`), `state` (transitions),
    `immutable` (from the states in `values` on, or always), `capacity` (at most `maximum` rows per `attributes[0]`,
    of those in which the moment in `terms` has not come, if there is one).
    `sum`: the sum of `terms` (multiplied with each other) over the rows of `child` stands in the relation `operator`
    to `attributes[0]` of `entity`; "=" for a total of items, "<=" for payments that may not exceed one.
    `conditional`: where `attributes[0]` has one of `values`, the other attributes must have a value.
    `agreement`: the row that `attributes[0]` names belongs to the same `attributes[1]` as the row that names it.
    `prose` is a rule that the database cannot check by itself.
    """

    id: ElementId
    text: str
    kind: RuleKind
    entity: Identifier | None = None
    attributes: tuple[Identifier, ...] = ()
    operator: Literal["<", "<=", ">", ">=", "=", "<>"] | None = None
    minimum: Decimal | None = None
    exclusive_minimum: bool = False
    maximum: Decimal | None = None
    values: tuple[str, ...] = ()
    transitions: tuple[tuple[str, str], ...] = ()
    child: Identifier | None = None
    terms: tuple[Identifier, ...] = ()
    confidence: Confidence = "high"


class Filter(Contract):
    """A condition of an access pattern; `attribute` may also name a parent entity (its reference is meant).

    `empty` asks for the rows without a value: what is not returned yet, what nobody has taken.
    """

    attribute: Identifier
    operator: Literal["equals", "one_of", "range", "contains", "not_in", "empty"] = "equals"
    values: tuple[str, ...] = ()


class Sort(Contract):
    """One sort key."""

    attribute: Identifier
    descending: bool = False


class AccessPattern(Element):
    """How the application reads or writes an entity; each read becomes a parameterised query.

    `per_second` is the peak rate, `staleness_seconds` how old a value may be when it is read, `response_ms` the
    goal of this access alone, where it differs from the goal of all.
    """

    id: ElementId
    text: str
    entity: Identifier
    kind: Literal["lookup", "list", "search", "aggregate", "write"]
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    search: tuple[Identifier, ...] = ()
    page_size: int | None = None
    per_second: float | None = None
    staleness_seconds: int | None = None
    response_ms: float | None = None
    confidence: Confidence = "high"


class Volume(Element):
    """How many rows an entity has at launch, and how many come each day."""

    entity: Identifier
    rows: int
    rows_per_day: float = 0.0


class Targets(Contract):
    """Measurable goals; None where neither the brief nor an assumption gives one.

    `peak_factor` says how many times the usual load comes at peak (Black Friday, Monday morning).
    """

    response_ms: float | None = None
    requests_per_second: float | None = None
    concurrent_users: int | None = None
    users: int | None = None
    read_share: float | None = None
    availability_percent: float | None = None
    recovery_point_seconds: int | None = None
    recovery_time_seconds: int | None = None
    yearly_growth_percent: float | None = None
    data_gb: float | None = None
    peak_factor: float | None = None


class Retention(Element):
    """How long rows of an entity (or of everything, when `entity` is None) are kept, and by what duty."""

    entity: Identifier | None
    days: int
    basis: str = ""


class Protection(Contract):
    """What the brief asks of security: who may see what, which laws apply, what is recorded."""

    authentication: str = ""
    public_api: bool = False
    roles: tuple[Identifier, ...] = ()
    regulations: tuple[str, ...] = ()
    audit: bool = False
    audited: tuple[Identifier, ...] = ()
    row_level: bool = False
    tenant: Identifier | None = None
    owner: Identifier | None = None
    encryption: bool = False


class Stack(Contract):
    """Technology that the brief states; empty where it leaves the choice to us.

    `database_version` is the oldest version of `database` that the design has to run on, such as `16` or `10.6`.
    """

    language: Literal["java", "typescript", "python", "csharp", ""] = ""
    framework: str = ""
    database: str = ""
    database_version: str = ""
    cache: str = ""
    architecture: str = ""
    hosting: str = ""
    instances: int | None = None


class Integration(Element):
    """An external system that data goes to or comes from; `direction` is empty where nothing says it."""

    name: str
    purpose: str = ""
    direction: Literal["in", "out", "both", ""] = ""


class Assumption(Contract):
    """A fact that the brief lacks, the value taken, why, and the words in the brief that would change it."""

    id: ElementId
    fact: str
    value: str
    reason: str
    knob: str


class OpenQuestion(Contract):
    """A contradiction or gap that a person should settle, with the reading that was taken meanwhile."""

    id: ElementId
    question: str
    reading: str
    lines: tuple[int, ...] = ()


class TraceLine(Contract):
    """What became of one sentence or item of the brief."""

    line: int
    text: str
    use: Literal["used", "irrelevant", "not_understood"]
    by: tuple[ElementId, ...] = ()
    reason: str = ""


class Requirements(Contract):
    """The whole analysis of one brief; `time_zone` is the one by whose calendar a rule compares dates with moments."""

    project: Slug
    title: str
    purpose: str = ""
    domain: str = ""
    tier: Tier
    requirements: tuple[Requirement, ...]
    entities: tuple[Entity, ...]
    relationships: tuple[Relationship, ...] = ()
    rules: tuple[Rule, ...] = ()
    access_patterns: tuple[AccessPattern, ...] = ()
    workflows: tuple[str, ...] = ()
    volumes: tuple[Volume, ...] = ()
    targets: Targets = Targets()
    retention: tuple[Retention, ...] = ()
    protection: Protection = Protection()
    stack: Stack = Stack()
    integrations: tuple[Integration, ...] = ()
    time_zone: str = ""
    future: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    trace: tuple[TraceLine, ...] = ()
