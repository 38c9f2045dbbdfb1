"""What a persistence.md says, read from the document alone: the contract of every agent downstream.

The text side (sections, blocks, tables, YAML) comes from the document, the catalogue and the queries' types from an
engine on which its script was applied; never from the architect's memory, and never from persistence.json. Whatever
a hand-written document does not have is absent (empty or None), not guessed.
"""

import re
from typing import Literal

from pydantic import Field, JsonValue

from contracts.base import Contract
from contracts.catalogue import Catalogue, PublishedTable, PublishedTrigger, Sourced
from contracts.claims import Engine


class GeneratedFile(Contract):
    """A file that an agent downstream makes; `path` is relative to the project's folder, with forward slashes."""

    path: str = Field(pattern=r"^\.?[A-Za-z0-9_][A-Za-z0-9._-]*(/\.?[A-Za-z0-9_][A-Za-z0-9._-]*)*$", max_length=240)
    text: str


class Refusal(Sourced):
    """What the server refused of a document: a statement of its script, a metric's query or a server setting."""

    kind: Literal["statement", "metric", "setting", "extension"]
    subject: str
    sqlstate: str = ""
    message: str


class Defect(Sourced):
    """What is wrong with a document: where, and what to do. An `error` stops the hand-over, advice does not."""

    section: str = ""
    fact: str
    remedy: str
    severity: Literal["error", "advice"] = "error"


class ScriptStatement(Sourced):
    """A statement of the document's SQL blocks, with the comments above it and without its semicolon."""

    sql: str


class SourceSection(Sourced):
    """A heading of the document; the section's lines run to `end`."""

    title: str
    level: int
    end: int


class SourceBlock(Sourced):
    """A fenced block: its language, its text, and the data where it is YAML or JSON (else None).

    `source` is the block as it stands in the document, fences and line ends included; `before` is the text between
    it and the block above. All `before + source` and the document's `tail`, in order, are the document's characters.
    `line` is the line of the block's first text line.
    """

    language: str
    section: str
    text: str
    data: JsonValue = None
    before: str
    source: str


class SourceTable(Sourced):
    """A Markdown table as plain text; `line` is its header's line, row n stands on line + 2 + n."""

    section: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class EvidenceRow(Sourced):
    """A claim of the document with what was tried and observed, as the document shows it."""

    section: str
    claim: str
    tried: str
    observed: str
    holds: bool


class RequirementRow(Sourced):
    """A requirement or assumption of the trace: `id` such as `access.order-list`, `served_by` and `proof` as shown.

    `elements` names everything that serves it by kind (`table`, `foreign_key`, …), from the `traceability` block.
    """

    id: str
    text: str
    origin: str = ""
    served_by: str = ""
    proof: str = ""
    elements: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class ChecklistRow(Sourced):
    """An item of the checklist."""

    text: str
    verdict: str
    why: str = ""


class QueryParameter(Contract):
    """A parameter in its order: `name` from the document (`$1` where it has none), `type` from the engine.

    An engine that does not describe parameters leaves the type empty until the columns that they meet say it.
    """

    name: str
    type: str


class QueryResult(Contract):
    """A column that the query returns; `table` and `column` name its source, empty for an expression."""

    name: str
    type: str
    table: str = ""
    column: str = ""


class QuerySort(Contract):
    """One key of a query's order."""

    column: str
    descending: bool = False


class PublishedQuery(Sourced):
    """A query that the document prepares, in its engine's way.

    `sql` is the statement as its engine takes it. Where that spells parameters otherwise than `$n`, `numbered` is the
    statement with `$n`, and `places` the parameter of each mark where marks have no numbers.

    `purpose` is `operations` for the monitoring section's. The fields from `access`
    on come from the `access_patterns` block and are empty where a document has none: `access` is the requirement
    that it answers, `endpoints` the brief's own HTTP lines, `table` the one that is read or written, `filters` columns
    that parameters are compared with, `page_size` rows a page, `keyset` the names of parameters that continue a
    page, `index` the index that serves it. `part_of` is the query whose new row this statement gives its parts, in the
    same transaction; its first parameter is that row's key.
    """

    name: str
    title: str = ""
    section: str
    purpose: Literal["application", "operations"]
    command: Literal["select", "insert", "update", "delete", "other"]
    sql: str
    numbered: str = ""
    places: tuple[int, ...] = ()
    parameters: tuple[QueryParameter, ...] = ()
    results: tuple[QueryResult, ...] = ()
    access: str = ""
    kind: str = ""
    endpoints: tuple[str, ...] = ()
    table: str = ""
    tables: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    sort: tuple[QuerySort, ...] = ()
    page_size: int | None = None
    keyset: tuple[str, ...] = ()
    index: str = ""
    per_second: float | None = None
    stale_seconds: float | None = None
    part_of: str = ""
    evidence: tuple[EvidenceRow, ...] = ()


class CacheEvent(Contract):
    """A write that makes copies stale: its event, the key patterns to delete, and the SQL that `finds` their values.

    A hand-written trigger that names an event alone has an empty `table`.
    """

    event: str
    table: str = ""
    operations: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    finds: str = ""


class PublishedCacheEntry(Sourced):
    """One kind of cached value; `layers` are keys of the caching block such as `distributed_cache`."""

    name: str
    layers: tuple[str, ...]
    key_pattern: str
    query: str = ""
    ttl_seconds: float | None = None
    stale_seconds: float | None = None
    events: tuple[CacheEvent, ...] = ()


class PublishedCache(Sourced):
    """A cache layer; `settings` are in the product's spelling."""

    layer: str
    provider: str
    version: str = ""
    capacity_bytes: float | None = None
    settings: dict[str, JsonValue] = Field(default_factory=dict)


class PublishedSetting(Sourced):
    """A server setting as the document gives it."""

    name: str
    value: str


class PublishedPool(Sourced):
    """A connection pool; `size` counts the connections of one instance."""

    name: str
    provider: str = ""
    purpose: str = ""
    size: int | None = None
    instances: int = 1
    settings: dict[str, JsonValue] = Field(default_factory=dict)


class PublishedReplica(Sourced):
    """A read replica."""

    name: str
    purpose: str = ""
    lag_seconds: float | None = None


class PublishedRoute(Sourced):
    """Where a query runs, and where it goes when the target is away or too far behind."""

    query: str
    target: str
    fallback: str = ""
    lag_seconds: float | None = None


class PublishedBackup(Sourced):
    """How data are brought back; seconds, hours and days as the names say; `commands` are shell lines."""

    method: str
    recovery_point_seconds: float | None = None
    recovery_time_seconds: float | None = None
    full_every_hours: float | None = None
    archive_every_seconds: float | None = None
    kept_days: float | None = None
    commands: tuple[str, ...] = ()
    restore_test: str = ""


class PublishedAlert(Sourced):
    """An alert; `threshold` is the text (`50 ms`), `query` the monitoring query that it looks at."""

    name: str
    metric: str = ""
    query: str = ""
    threshold: str = ""
    severity: str = ""
    runbook: str = ""


class PublishedEnvironment(Sourced):
    """One environment's groups of settings, as the YAML has them."""

    name: str
    groups: dict[str, JsonValue]


class ExternalSystem(Contract):
    """A system outside that the application talks to, with the requirement that names it."""

    name: str
    purpose: str = ""
    requirement: str = ""


class StateChange(Contract):
    """The changes of a state column that the brief allows."""

    table: str
    column: str
    transitions: tuple[tuple[str, str], ...]
    requirement: str = ""


class PublishedVolume(Contract):
    """How many rows a table has at launch, and how many come each day."""

    table: str
    rows: int
    rows_per_day: float = 0.0


class PublishedMachine(Contract):
    """The database machine that the settings were sized for."""

    memory_gb: float
    cores: int
    disk: str = ""


class Application(Sourced):
    """What the brief asks for beyond the schema, from the `application` block; empty in a document without one.

    `callers` maps the brief's roles to the database role that acts for them; `sign_in` and `reports` are the database
    roles for these two; `identity` is the setting that policies compare with (`app.user_id`), as the database has it;
    `rate_limits` are the brief's own sentences; `retention_days` is by table.
    """

    purpose: str = ""
    domain: str = ""
    tier: str = ""
    language: str = ""
    framework: str = ""
    database: str = ""
    cache: str = ""
    architecture: str = ""
    instances: int | None = None
    authentication: str = ""
    public_api: bool = False
    encryption: bool = False
    owner_table: str = ""
    identity: str = ""
    regulations: tuple[str, ...] = ()
    callers: dict[str, str] = Field(default_factory=dict)
    sign_in: str = ""
    reports: str = ""
    workflows: tuple[str, ...] = ()
    rate_limits: tuple[str, ...] = ()
    integrations: tuple[ExternalSystem, ...] = ()
    states: tuple[StateChange, ...] = ()
    volumes: tuple[PublishedVolume, ...] = ()
    retention_days: dict[str, int] = Field(default_factory=dict)
    response_ms: float | None = None
    requests_per_second: float | None = None
    concurrent_users: int | None = None
    users: int | None = None
    read_share: float | None = None
    availability_percent: float | None = None
    recovery_point_seconds: int | None = None
    recovery_time_seconds: int | None = None
    yearly_growth_percent: float | None = None


class PublishedDesign(Contract):
    """A persistence.md with what its script made of an empty database.

    `document_digest` is the SHA-256 of the document's bytes, `plan_digest` the closing comment's (empty without one).
    `edited` compares the document with the digest that was written into it when it was generated; None for a
    document that carries none, such as a hand-written one. `engine` ran the script. `advice` is what a reviewer found
    and what does not stop the hand-over.
    """

    project: str
    title: str
    document_digest: str
    plan_digest: str = ""
    edited: bool | None = None
    engine: Engine
    engine_family: str = ""
    floor: str = ""
    application: Application = Application()
    machine: PublishedMachine | None = None
    catalogue: Catalogue = Catalogue()
    statements: tuple[ScriptStatement, ...] = ()
    queries: tuple[PublishedQuery, ...] = ()
    settings: tuple[PublishedSetting, ...] = ()
    caches: tuple[PublishedCache, ...] = ()
    cache_entries: tuple[PublishedCacheEntry, ...] = ()
    pools: tuple[PublishedPool, ...] = ()
    replicas: tuple[PublishedReplica, ...] = ()
    routes: tuple[PublishedRoute, ...] = ()
    backup: PublishedBackup | None = None
    alerts: tuple[PublishedAlert, ...] = ()
    environments: tuple[PublishedEnvironment, ...] = ()
    requirements: tuple[RequirementRow, ...] = ()
    evidence: tuple[EvidenceRow, ...] = ()
    checklist: tuple[ChecklistRow, ...] = ()
    sections: tuple[SourceSection, ...]
    blocks: tuple[SourceBlock, ...]
    tables: tuple[SourceTable, ...] = ()
    tail: str = ""
    advice: tuple[Defect, ...] = ()

    def document(self) -> str:
        """The document's text: blocks and what stands between them, so that reading loses no character."""
        return "".join(block.before + block.source for block in self.blocks) + self.tail

    def query(self, name: str) -> PublishedQuery:
        """The query of this name; KeyError if there is none."""
        for query in self.queries:
            if query.name == name:
                return query
        raise KeyError(f'no query "{name}"')

    def data_table(self, name: str) -> PublishedTable:
        """The table of the database with this name; KeyError if there is none."""
        return self.catalogue.table(name)

    def moved_by(self, trigger: PublishedTrigger) -> tuple[tuple[str, str], ...]:
        """Tables and their columns to which a trigger adds or from which it takes, as its text or its function's says:
        a stock that parts of an order take."""
        made = (s.sql for s in self.statements if _makes(s.sql, trigger.function))
        return tuple(dict.fromkeys(_MOVED.findall(" ".join((trigger.definition, *made)))))

    def script(self) -> tuple[SourceBlock, ...]:
        """The SQL blocks in the order in which they run."""
        return tuple(block for block in self.blocks if block.language == "sql")


_MOVED = re.compile(
    r"""\bUPDATE\s+(?:public\.)?["`]?(\w+)["`]?\s+(?:AS\s+\w+\s+)?SET\s+["`]?(\w+)["`]?\s*=\s*"""
    r"""(?:\w+\.)?["`]?\2["`]?\s*[-+]""", re.IGNORECASE,
)  # fmt: skip


def _makes(sql: str, function: str) -> bool:
    return bool(function) and re.search(rf"\bFUNCTION (?:public\.)?{function}\(\) RETURNS", sql) is not None
