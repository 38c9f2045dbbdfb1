"""Claims, the trials that could refute them, what an engine observed, and the evidence that a judge made of it.

Agents state claims as data; an engine runs trials and reports observations without judging; the
verification agent turns observations into evidence; the checklist believes nothing else.
"""

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Contract, ElementId, Identifier, Input, Statement


class Session(Contract):
    """Who runs a statement: a role (`SET LOCAL ROLE`) and settings, both undone afterwards.

    A `fresh` session is a new connection: a setting that was ever made in a session is empty afterwards, never missing.
    """

    fresh: bool = False
    role: Identifier | None = None
    settings: tuple[tuple[str, str], ...] = ()


class Executes(Contract):
    """The statement of the script with this id executes when its turn comes."""

    kind: Literal["executes"] = "executes"
    statement: ElementId


class Accepted(Contract):
    """This SQL succeeds on the loaded data (it is rolled back afterwards).

    With `affects`, the last statement must touch exactly that many rows: an UPDATE that row-level
    security filters to nothing succeeds with 0.
    """

    kind: Literal["accepted"] = "accepted"
    sql: tuple[str, ...]
    session: Session = Session()
    affects: int | None = None


class Refused(Contract):
    """The last of these statements is refused with this SQLSTATE; those before it must succeed."""

    kind: Literal["refused"] = "refused"
    sql: tuple[str, ...]
    sqlstate: Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")]
    session: Session = Session()


class Returns(Contract):
    """The last of these statements returns exactly these rows, each value as the engine prints it (NULL is None)."""

    kind: Literal["returns"] = "returns"
    sql: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    session: Session = Session()


class UsesIndex(Contract):
    """The prepared query reads through this index and pays more without it.

    `query` is the name of a prepared statement of the script, `arguments` SQL literals for it. The engine
    reports blocks read (or steps taken) with the index and after dropping it in a transaction that is rolled back. With
    `prepare`, that PREPARE statement runs first: the read is the engine's own (a foreign key's), not the document's.
    `stand_ins` are other indexes that would do nearly as well; they are dropped as well. With `growth` it is run again
    when the table has grown: `flat` reads about as many blocks then, `rows` reads more in proportion to the rows.
    `enlarged` says how many times the rows are loaded that the brief expects after a year, where it expects fewer.
    """

    kind: Literal["uses_index"] = "uses_index"
    prepare: str | None = None
    query: Identifier
    arguments: tuple[str, ...]
    table: Identifier
    index: Identifier
    stand_ins: tuple[Identifier, ...] = ()
    growth: Literal["flat", "rows"] | None = None
    enlarged: float = 1.0


class Answers(Contract):
    """The prepared query answers within its goal, on the rows as they are when plans are read.

    The engine reports blocks read one by one, blocks read in sequence, and the milliseconds of the best of three runs.
    The blocks, as if none were cached, are judged strictly, for they are the same in each run; the time with much room,
    since it depends on what else the machine does, and no document repeats it.
    """

    kind: Literal["answers"] = "answers"
    query: Identifier
    arguments: tuple[str, ...]
    goal_ms: float


class PlansAtScale(Contract):
    """With so many rows the planner still reads the query's rows through this index, at a cost of at most `most`.

    Nobody loads a hundred million rows for a proof: the files of the table and of its indexes are lengthened sparsely,
    and its statistics are told that size (`rows`, `pages`, and the distinct values of references in `distinct`). So
    the planner's choice is seen, and no time; such evidence is synthetic, and said to be. `prepare` is the PREPARE
    statement of `query`.
    """

    kind: Literal["plans_at_scale"] = "plans_at_scale"
    prepare: str
    query: Identifier
    arguments: tuple[str, ...]
    table: Identifier
    index: Identifier
    rows: int
    pages: int
    distinct: tuple[tuple[Identifier, float], ...] = ()
    most: float


class Races(Contract):
    """Two sessions write at once, each in a transaction, and the rule holds whoever comes first.

    The second writes while the first has not committed. When the first commits, the second is refused with `sqlstate`;
    when the first gives up, the second goes through. Each of the two is first once. After each order `check` returns
    true, and `undo` removes what was committed; `setup` is committed before.
    """

    kind: Literal["races"] = "races"
    setup: tuple[str, ...] = ()
    one: tuple[str, ...]
    other: tuple[str, ...]
    sqlstate: Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")]
    check: str
    undo: tuple[str, ...]


class Shares(Contract):
    """Two sessions take work from a table at once: neither waits, both get rows, and no row goes to both.

    `take` reads and locks rows; the column number `key` of its answer tells them apart. Each runs in a transaction,
    the second while the first is open; both are rolled back.
    """

    kind: Literal["shares"] = "shares"
    take: str
    key: int = 0


class WriteCost(Contract):
    """What an index costs new rows: the records of log that `sql` writes, which inserts `rows`, with it and without it.

    At most `most` times as many as without it; a `partial` one may take none of the rows. They are rolled back.
    """

    kind: Literal["write_cost"] = "write_cost"
    sql: str
    rows: int
    index: Identifier
    most: float
    partial: bool = False


class SettingAccepted(Contract):
    """The server accepts this configuration value (name, unit and range)."""

    kind: Literal["setting_accepted"] = "setting_accepted"
    name: str
    value: str


class Measures(Contract):
    """The number that the last of these statements returns is what was planned, times `least` to `most`."""

    kind: Literal["measures"] = "measures"
    sql: tuple[str, ...]
    planned: float
    unit: str
    least: float
    most: float


class Starts(Contract):
    """A server that is started with all these settings at once reports each of them as it was set."""

    kind: Literal["starts"] = "starts"
    settings: tuple[tuple[str, str], ...]


class Restores(Contract):
    """What is restored after a mishap holds every row of the moment before it.

    By the log: a base backup is taken, `changes` are committed, the moment is noted, `mishap` is committed, and the
    backup with the archived log is brought to that moment as a second server. By a dump: it is taken after the
    changes, and read back after the mishap. The trial comes last, since both are committed.
    """

    kind: Literal["restores"] = "restores"
    method: Literal["log", "dump"]
    changes: tuple[str, ...]
    mishap: tuple[str, ...]


class WritesLog(Contract):
    """Rows that are written in transactions of their own log as many bytes and page images as was planned.

    `sql` writes the row with the number `{row}`; `count` rows are written, from `first` on, and as many again right
    after a checkpoint, with full_page_writes on. `planned` is bytes of records a row, `images` the pages in that case.
    """

    kind: Literal["writes_log"] = "writes_log"
    table: Identifier
    sql: str
    first: int
    count: int
    planned: float
    images: float
    least: float
    most: float


class Replicates(Contract):
    """A standby is made, follows, answers what is routed to it, refuses writes, and takes over with every row.

    It is copied from the server with its own `settings`. The `queries` (each as PREPARE and EXECUTE) run on it. While
    it is told to wait, its position says that a write is not there yet, which is how a session finds its own writes.
    Then it is promoted, gets a standby itself, and is stopped at once while rows are written: with `synchronous` every
    acknowledged row must be on that standby.
    """

    kind: Literal["replicates"] = "replicates"
    settings: tuple[tuple[str, str], ...]
    queries: tuple[tuple[str, str], ...]
    lag_seconds: float
    promote_seconds: float
    synchronous: bool


class Collides(Contract):
    """Two sessions run these statements at once: the first commits, the second is refused, and says how it goes on.

    `setup` is committed before. The second session starts its statements before the first commits; with `crossed`,
    the first runs its last statement only after the second waits, so that each waits for the other. What is refused
    with `sqlstate` is run once more in a new transaction, which ends with `again` (None: it commits).
    """

    kind: Literal["collides"] = "collides"
    isolation: Literal["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] = "READ COMMITTED"
    setup: tuple[str, ...] = ()
    first: tuple[str, ...]
    second: tuple[str, ...]
    crossed: bool = False
    sqlstate: Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")]
    again: Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")] | None = None


class SealedColumn(Contract):
    """A column of envelopes, and the column of its blind index, if it has one."""

    column: Identifier
    index: Identifier | None = None


class Seals(Contract):
    """Values are encrypted before they reach this table, by the document's own code, and stay what they are there.

    Plain text is refused by the column's form; what was sealed opens again, and does not open in another row or column
    or after a change; it is found by its blind index; a rotation leaves nothing under the old key; what a dump reads
    of the database holds no plain text. `key` is the table's key; the rows are existing ones, and rolled back.
    """

    kind: Literal["seals"] = "seals"
    table: Identifier
    key: Identifier
    columns: tuple[SealedColumn, ...]


class Reverts(Contract):
    """In a fresh database: the script runs, the rollbacks leave nothing behind, and the script runs again."""

    kind: Literal["reverts"] = "reverts"
    rollbacks: tuple[str, ...]


class CachedQuery(Contract):
    """A cached entry as its readers use it: the prepared query and the key that its arguments fill.

    `parameters` are the key's placeholders in the order of the query's parameters; `version` is the key of a list's
    version, which stands in `key` as `{version}`. With `role`, the query runs as that role, and the value of the
    placeholder `tenant` is in `setting`.
    """

    entry: Identifier
    query: Identifier
    key: str
    version: str = ""
    parameters: tuple[str, ...]
    ttl_seconds: int
    local_seconds: int = 0
    role: Identifier | None = None
    setting: str = ""
    tenant: str = ""


class StaleKeys(Contract):
    """The keys of one entry that one kind of write makes stale; `finds` as in an invalidation of the caching plan."""

    entry: Identifier
    table: Identifier
    operation: Literal["insert", "update", "delete"]
    keys: tuple[str, ...]
    finds: str = ""


class MadeRow(Contract):
    """A row that a case needs; `{name.column}` in later SQL of the case is a value of it."""

    name: Identifier
    table: Identifier
    sql: str


class CachedRead(Contract):
    """A read of an entry: one SQL expression for each parameter, and one for the tenant where there is one."""

    entry: Identifier
    arguments: tuple[str, ...]
    tenant: str = ""


class CacheCase(Contract):
    """One write with the rows that it needs and the reads whose answers it changes.

    `row` finds the written row (of an update or delete) before the write; `sql` returns it (of an insert or update).
    """

    table: Identifier
    operation: Literal["insert", "update", "delete"]
    made: tuple[MadeRow, ...]
    row: str = ""
    sql: str
    reads: tuple[CachedRead, ...]


class Invalidates(Contract):
    """With these keys forgotten the cached reads are current after the write; without, at least one is stale.

    The cache is a server of the Redis protocol, the rows and the write are real and rolled back afterwards.
    """

    kind: Literal["invalidates"] = "invalidates"
    caches: tuple[CachedQuery, ...]
    case: CacheCase
    stale: tuple[StaleKeys, ...]


class Coherent(Contract):
    """No cached read is older than its bound under a seeded history of reads and writes on real servers.

    Writers commit, roll back and overlap with each other and with readers that are filling the cache; the history is a
    function of `seed` alone. `stale` is everything that a writer forgets after its commit.
    """

    kind: Literal["coherent"] = "coherent"
    caches: tuple[CachedQuery, ...]
    cases: tuple[CacheCase, ...]
    stale: tuple[StaleKeys, ...]
    seed: int = 0


class Term(Contract):
    """A product of inputs, such as pool size × instances."""

    factors: tuple[Input, ...]


class Balances(Contract):
    """The sum of the left terms stands in this relation to the sum of the right terms; needs no engine."""

    kind: Literal["balances"] = "balances"
    left: tuple[Term, ...]
    relation: Literal["<=", "<", "=", ">=", ">"]
    right: tuple[Term, ...]


Trial = Annotated[
    Executes
    | Accepted
    | Refused
    | Returns
    | Races
    | Shares
    | UsesIndex
    | Answers
    | PlansAtScale
    | WriteCost
    | SettingAccepted
    | Measures
    | Starts
    | WritesLog
    | Replicates
    | Collides
    | Seals
    | Restores
    | Reverts
    | Invalidates
    | Coherent
    | Balances,
    Field(discriminator="kind"),
]


class Claim(Contract):
    """A sentence of the design that can be false, the elements and requirements it speaks for, and its trial."""

    id: ElementId
    sentence: str
    element: ElementId
    serves: tuple[ElementId, ...] = ()
    trial: Trial


class Experiment(Contract):
    """All that an engine of this family needs: the document's script, the synthetic rows, and the claims to try.

    `dataset` statements run after the script, in order; `rows` is the number of rows of a large table. `growth`
    statements run when everything was tried, and bring the largest tables to `grown_rows`.
    """

    dialect: Identifier = "postgresql"
    script: tuple[Statement, ...]
    dataset: tuple[Statement, ...] = ()
    claims: tuple[Claim, ...]
    rows: int
    growth: tuple[Statement, ...] = ()
    grown_rows: int = 0


class Engine(Contract):
    """The engine that ran the trials. `origin` is how it was reached; `none` means that nothing was run."""

    name: str
    version: str
    origin: Literal["embedded", "installed", "dsn", "none"]
    limits: tuple[str, ...] = ()


class PlanFacts(Contract):
    """What an engine tells about a query with its index and without it.

    `blocks` is what the query paid, counted in `unit`: blocks read where the engine reports them, else the steps that
    its program took; never a time. `rows_removed` is 0 where the engine does not count what a filter throws away;
    `seen` and `seen_without` are the rows that were looked at, 0 where it does not count them.
    """

    indexes: tuple[str, ...]
    blocks: int
    blocks_without: int
    rows: int
    rows_removed: int
    seen: int = 0
    seen_without: int = 0
    unit: str = "blocks"


class Observation(Contract):
    """What happened in one trial, unjudged. `tried` is False with a `reason` when this engine cannot try it.

    `grown` is the same plan on the grown tables.
    """

    claim: ElementId
    tried: bool = True
    reason: str = ""
    sqlstate: str | None = None
    message: str = ""
    affected: int | None = None
    rows: tuple[tuple[str | None, ...], ...] | None = None
    plan: PlanFacts | None = None
    grown: PlanFacts | None = None
    leftovers: tuple[str, ...] = ()


class Observations(Contract):
    """All observations of one experiment on one engine."""

    engine: Engine
    rows: int
    grown_rows: int = 0
    observations: tuple[Observation, ...]


class Evidence(Contract):
    """The verdict on one claim with what was seen; `not_tried` never counts as proof.

    No time stands in it, nor a count that differs from run to run: documents repeat it.
    """

    claim: ElementId
    verdict: Literal["holds", "fails", "not_tried"]
    observed: str


class Proof(Contract):
    """Every claim's evidence and the engine that gave it."""

    engine: Engine
    rows: int
    grown_rows: int = 0
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
