"""What is cached and what is not: by data, by freshness, by what it spares the database."""

from dataclasses import dataclass
from typing import Literal

from agents.caching.keys import Candidate, entity, process_rate
from agents.figures import DAY, as_input, figure, given, instances, merged, plain, read_share, serving, significant
from agents.scaling.demand import BASE, busy_connections
from agents.scaling.replicas import lag_seconds
from contracts.base import Figure, Input, Omission, Origin
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

Layer = Literal["in_process", "distributed"]
SKEW = 0.8
LOCAL_SECONDS = 10
"""Life of an in-process copy beside a distributed one: other instances hear of no write, so it is short."""
LEAST_TTL = 5
CHANGED_SHARE = 0.1
PERSONAL_SECONDS = 60
FORBIDDEN = ("secret", "payment", "health")
DEFAULT_STALENESS = {"reference": 3_600, "master": 300}
"""Seconds that an answer may be old where the brief is silent; other natures are then taken to need the truth."""
SPARED_ROWS = {"small": 200, "standard": 10, "large": 10}
"""Row reads per second that a cached query must spare the database; 1 where an in-process copy beside the
shared one serves it, since that takes no server and no round trip."""
LEAST_HITS = 0.5
USUAL_READS = 2 * BASE["standard"][1] + 1
"""Connections that a database server of the usual size works on at once (HikariCP: cores x 2 + 1); reads that keep more
busy ask for a larger server, and a shared cache costs less."""
_CHANGES = {"person": 30 * DAY, "master": 30 * DAY, "reference": 365 * DAY, "junction": 30 * DAY}
"""Seconds between two changes of a row where no write pattern gives a rate."""


@dataclass(frozen=True)
class Chosen:
    """A query that is cached, with the figures that decided it."""

    candidate: Candidate
    layers: tuple[Layer, ...]
    staleness: Input
    ttl: Figure
    reads: Input
    keys: Input
    hits: Figure
    items: Figure
    personal: bool
    lag: int
    local: int


def distributed(requirements: Requirements) -> bool:
    """Whether a shared cache is worth its server: the brief names one, or several instances read more than one usual
    database server answers at once."""
    if requirements.tier == "embedded":
        return False
    return is_stated(requirements) or (instances(requirements).value > 1 and busy_reads(requirements) > USUAL_READS)


def is_stated(requirements: Requirements) -> bool:
    """Whether the brief names a shared cache."""
    return any(word in requirements.stack.cache.lower() for word in ("redis", "valkey"))


def busy_reads(requirements: Requirements) -> float:
    """Connections that the reads of the peak keep busy without a cache."""
    return busy_connections(requirements).value * read_share(requirements).value


def chosen(requirements: Requirements, schema: SchemaDesign, candidate: Candidate, reads: Input) -> Chosen | Omission:
    """The candidate with its figures, or why it is not cached; `reads` is its rate at peak."""
    if forbidden := _forbidden(candidate) or _others_rows(candidate):
        return _never(candidate, forbidden)
    if fresh := _must_be_fresh(candidate):
        return _never(candidate, fresh, "age that the answer may have")
    return _weighed(requirements, schema, candidate, reads)


def _never(candidate: Candidate, reason: str, rule: str = "data that a cache must not hold") -> Omission:
    origin = Origin(kind="inferred", rule=rule)
    return Omission(subject=candidate.query.name, reason=reason, origin=origin, serves=candidate.query.serves)


def _forbidden(candidate: Candidate) -> str:
    """Secrets, payment and health data never; personal data only under its owner's key."""
    worst = {c.sensitivity: f"{t}.{c.name}" for t, c in reversed(candidate.shown)}
    for kind in FORBIDDEN:
        if kind in worst:
            columns = ", ".join(f"{t}.{c.name}" for t, c in candidate.shown if c.sensitivity == kind)
            return f"It returns {kind} data ({columns}); a cache has no row-level security, no audit and no erasure."
    if "personal" in worst and not _owner_key(candidate):
        columns = ", ".join(f"{t}.{c.name}" for t, c in candidate.shown if c.sensitivity == "personal")
        return (
            f"It returns personal data ({columns}) under a key that is not one person's own, so an erasure could not"
            " find its copies."
        )
    return ""


def _owner_key(candidate: Candidate) -> bool:
    """Whether the key names the person that the rows belong to: the row's own column, not one of a parent's."""
    table, guard = candidate.table, candidate.guard
    if table.nature == "person" and candidate.single and set(table.primary_key) <= set(candidate.equal):
        return True
    if guard is None or any(len(path) > 1 for path in guard.paths):
        return False
    return bool(set(guard.indexed_columns()) & set(candidate.equal))


def personal(candidate: Candidate) -> bool:
    """Whether the answer holds personal data."""
    return any(c.sensitivity == "personal" for _, c in candidate.shown)


def _others_rows(candidate: Candidate) -> str:
    """Row-level security gives each person another answer to the same parameters; a shared copy would leak."""
    guard = candidate.guard
    if guard is None or guard.published or _owner_key(candidate):
        return ""
    if candidate.tenant in {column.name for column in candidate.table.columns}:
        return ""  # otherwise no write of a row could name its tenant's keys
    owner, table = entity(guard.subject.table), candidate.table.name
    if any(len(path) > 1 for path in guard.paths):
        way = f"rows of {table} belong to their {owner} only through {', '.join(guard.indexed_columns())}"
    else:
        way = f"the key has no {' or '.join(guard.indexed_columns())}"
    return f"Row-level security shows each {owner} other rows of {table}, and {way}: a shared copy would leak."


def staleness(candidate: Candidate) -> Input | None:
    """How old an answer may be: stated, or by the nature of what seldom changes; None where it must be fresh."""
    query, nature = candidate.query, candidate.table.nature
    if query.staleness_seconds is not None:
        return given("staleness", query.staleness_seconds, query.access, "s")
    if nature in DEFAULT_STALENESS and not personal(candidate):
        why = f"convention: {nature} data such as {candidate.table.name} may be this old where the brief is silent"
        return given("staleness", DEFAULT_STALENESS[nature], why, "s")
    return None


def row_count(table: Table) -> int:
    """Rows of a table: at launch, or where it starts empty, after the first year."""
    return table.expected_rows or int(table.rows_per_day * 365)


def _must_be_fresh(candidate: Candidate) -> str:
    age = staleness(candidate)
    if age is None:
        return (
            f"The brief does not say how old its answer may be, and rows of {candidate.table.name}"
            f" ({candidate.table.nature}) are read by those who have just changed them."
        )
    return "" if age.value >= LEAST_TTL else f"Its answer may be {plain(age.value)} s old, less than a cache is worth."


def _weighed(requirements: Requirements, schema: SchemaDesign, candidate: Candidate, reads: Input) -> Chosen | Omission:
    if row_count(candidate.table) == 0:
        return _never(candidate, f"Nothing tells how many rows {candidate.table.name} has.", "volume of the table")
    layers = _layers(requirements, candidate)
    age = staleness(candidate)
    assert age is not None
    lag = lag_seconds(requirements, candidate.query)
    local = LOCAL_SECONDS if len(layers) == 2 else 0
    writes = _writes_per_key(schema, candidate)
    ttl = _ttl(candidate, age, lag, local, writes)
    seen = reads if "distributed" in layers else process_rate(requirements, reads)
    keys, lifetime = _keys(requirements, schema, candidate), _lifetime(candidate, ttl, writes)
    hits, items = _hits(candidate, keys, seen, lifetime), _items(candidate, keys, seen, ttl)
    spared = reads.value * hits.value * rows_read(requirements, candidate)
    wanted = 1 if len(layers) == 2 else SPARED_ROWS.get(requirements.tier, 10)
    numbers = (
        f"{plain(reads.value)} reads per second, {plain(hits.value * 100)} % of them hits by formula, spare"
        f" {plain(spared)} row reads per second"
    )
    if ttl.value < LEAST_TTL:
        return _never(candidate, f"Its TTL would be {plain(ttl.value)} s.", "TTL by formula")
    if spared < wanted or hits.value < LEAST_HITS:
        return _never(
            candidate,
            f"{numbers}; worth a cache from {wanted} and from {LEAST_HITS:.0%} hits.",
            "reads, hits and rows by formula",
        )
    return Chosen(candidate, layers, age, ttl, reads, keys, hits, items, personal(candidate), lag, local)


def _layers(requirements: Requirements, candidate: Candidate) -> tuple[Layer, ...]:
    """Both layers for single rows that seldom change; lists need the shared version number on every read."""
    if not distributed(requirements):
        return ("in_process",)
    age = staleness(candidate)
    both = candidate.single and candidate.table.nature in ("master", "reference") and not personal(candidate)
    return ("in_process", "distributed") if both and age is not None and age.value >= 60 else ("distributed",)


def rows_read(requirements: Requirements, candidate: Candidate) -> int:
    """Rows that one answer takes from the database: one, or a page."""
    pattern = next((a for a in requirements.access_patterns if a.id == candidate.query.access), None)
    page = (pattern.page_size if pattern else None) or 50
    return 1 if candidate.single else page


def changes(schema: SchemaDesign, table: Table) -> Input:
    """Updates and deletes per second on a table: of its write queries, else by its nature."""
    verbs = ("update", "delete")
    writes = [
        q for q in schema.queries if q.kind == "write" and q.table == table.name and q.sql.lower().startswith(verbs)
    ]
    if any(q.per_second for q in writes):
        return given("changes", sum(q.per_second or 0 for q in writes), ", ".join(q.access for q in writes), "1/s")
    if table.nature == "event":
        return given("changes", 0, f"{table.name} holds events, which never change", "1/s")
    if table.nature == "transaction":
        source = f"convention: a row of {table.name} changes twice after it was added"
        return given("changes", significant(2 * table.rows_per_day / DAY), source, "1/s")
    seconds = _CHANGES[table.nature]
    source = (
        f"convention: each of {row_count(table):,} rows of {table.name} ({table.nature}) changes every"
        f" {seconds // DAY} days"
    )
    return given("changes", significant(row_count(table) / seconds), source, "1/s")


def _writes_per_key(schema: SchemaDesign, candidate: Candidate) -> Input:
    """Invalidations per second of one key: changes of a row, or all writes within a list's scope."""
    table = candidate.table
    changed = changes(schema, table)
    if candidate.single:
        value = changed.value / row_count(table)
        return given("writes", significant(value), f"{changed.source}; {row_count(table):,} rows", "1/s")
    total, groups = changed.value + table.rows_per_day / DAY, scopes(schema, candidate)
    source = f"{changed.source}, and {plain(table.rows_per_day)} new rows a day, over {groups:,} version keys"
    return given("writes", significant(total / groups), source, "1/s")


def scopes(schema: SchemaDesign, candidate: Candidate) -> int:
    """How many version keys a list has: one per row of the parent it is kept by."""
    for fk in candidate.table.foreign_keys:
        if candidate.scope and fk.columns == (candidate.scope,):
            return max(1, row_count(schema.table(fk.references)))
    return 1


def _ttl(candidate: Candidate, age: Input, lag: int, local: int, writes: Input) -> Figure:
    """Seconds that a shared copy lives, so that with a replica's lag and a process's copy it is never too old."""
    inputs = [
        age,
        given("lag", lag, "lag that the query's route to a replica tolerates" if lag else "read from the primary", "s"),
    ]
    inputs.append(given("local", local, "life of the in-process copy on top" if local else "one layer", "s"))
    bound = "staleness - lag - local"
    if personal(candidate):
        inputs.append(
            given("personal", PERSONAL_SECONDS, "convention: personal data is erased from caches within a minute", "s")
        )
        bound = f"{bound}, personal"
    if writes.value > 0:
        interval = given(
            "write_interval", significant(1 / writes.value), f"between two invalidations: {writes.source}", "s"
        )
        share = given("share", CHANGED_SHARE, "convention: were an event lost, one copy in ten would be outdated")
        inputs += [interval, share]
        bound = f"{bound}, max(60, write_interval * share)"
    formula = f"floor(min({bound}))" if "," in bound else f"floor({bound})"
    return figure(
        "ttl",
        formula,
        inputs,
        unit="s",
        serves=candidate.query.serves,
        rule="age that the answer may have, and how often it changes",
    )


def _lifetime(candidate: Candidate, ttl: Figure, writes: Input) -> Figure:
    inputs = (as_input(ttl), writes)
    return figure(
        "lifetime",
        "1 / (1 / ttl + writes)",
        inputs,
        unit="s",
        serves=candidate.query.serves,
        rule="a copy ends by its TTL or by a write",
    )


def _keys(requirements: Requirements, schema: SchemaDesign, candidate: Candidate) -> Input:
    """Different keys that readers may ask for."""
    table, rows = candidate.table, row_count(candidate.table)
    if candidate.single:
        return given("keys", rows, f"volume of {table.name}")
    if candidate.query.kind == "search":
        return given("keys", rows, f"convention: as many different texts are searched as {table.name} has rows")
    groups = scopes(schema, candidate)
    pages = min(3, -(-rows // (groups * rows_read(requirements, candidate))))
    return given("keys", groups * pages, f"{groups:,} lists; readers see the first {pages} pages by convention")


def _hits(candidate: Candidate, keys: Input, reads: Input, lifetime: Figure) -> Figure:
    inputs = (keys, reads, as_input(lifetime), _skew())
    return figure(
        "hits",
        "hit_ratio(keys, reads, lifetime, skew)",
        inputs,
        serves=candidate.query.serves,
        rule="reads within a copy's lifetime",
        source="Jung, Berger, Balakrishnan, Modeling TTL-based Internet caches (2003): sum of p x / (1 + x)",
    )


def _items(candidate: Candidate, keys: Input, reads: Input, ttl: Figure) -> Figure:
    inputs = (keys, reads, as_input(ttl), _skew())
    return figure(
        "items",
        "ceil(resident(keys, reads, ttl, skew))",
        inputs,
        unit="items",
        serves=candidate.query.serves,
        rule="keys that were read within one TTL",
        source="Che, Tung, Wang, Hierarchical Web caching systems (2002): sum of 1 - e^(-reads p ttl)",
    )


def _skew() -> Input:
    return given("skew", SKEW, "convention: popularity by rank^-0.8 (Breslau et al. 1999: 0.6 to 0.8)")


def coherence_serves(requirements: Requirements, made: tuple[Chosen, ...]) -> tuple[str, ...]:
    """What all entries serve together."""
    return merged(*(c.candidate.query.serves for c in made)) or serving(requirements, "performance.", "assumption.")
