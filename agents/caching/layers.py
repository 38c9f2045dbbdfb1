"""The caches themselves: product, memory and settings, added up from the entries that they hold."""

import math

from agents.caching.keys import Candidate
from agents.caching.selection import LOCAL_SECONDS, Chosen, Layer, coherence_serves, rows_read, scopes
from agents.figures import MB, as_input, balance, byte_text, figure, given, instances, merged, plain, serving
from agents.scaling.pools import language, surge
from agents.scaling.sizes import value_bytes
from contracts.base import Alternative, Decision, Figure, Input, Origin
from contracts.caching import CacheLayer
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.schema import Column, SchemaDesign

LOCAL_PRODUCTS = {
    "java": "Caffeine",
    "typescript": "lru-cache",
    "python": "cachetools TTLCache",
    "csharp": "IMemoryCache",
}
_MAXIMUM = {"java": "maximumSize", "typescript": "max", "python": "maxsize", "csharp": "SizeLimit"}
_LIFE = {"java": "expireAfterWrite", "typescript": "ttl", "python": "ttl", "csharp": "AbsoluteExpirationRelativeToNow"}
CLIENTS = {
    "java": ("Lettuce", 1),
    "typescript": ("ioredis", 1),
    "python": ("redis-py", 4),
    "csharp": ("StackExchange.Redis", 2),
}
"""Client and connections of an instance: all but redis-py send every thread's commands over one connection
(StackExchange.Redis keeps a second one for subscriptions); redis-py takes one for each command under way."""
KEY_OVERHEAD = 100
"""Bytes of a key besides its text and value: dictionary entries, object and expiry (MEMORY USAGE of small strings)."""
OBJECT_FACTOR = 2
FRAGMENTATION = 1.25
LOCAL_LIMIT = 64 * MB
RESERVED_CLIENTS = 10


def item_bytes(requirements: Requirements, candidate: Candidate) -> int:
    """Bytes of one answer as JSON: names, punctuation and average values, times the rows of a page."""
    row = sum(len(name_of(c)) + 6 + text_bytes(c) for _, c in candidate.shown) + 2
    return int(row * rows_read(requirements, candidate)) + 2


def name_of(column: Column) -> str:
    return column.name


def text_bytes(column: Column) -> float:
    """A value as text is longer than in a row: a timestamp has 32 characters, a number its digits."""
    return {"timestamp": 32, "date": 12, "boolean": 5, "uuid": 38}.get(column.type, max(6, value_bytes(column) + 2))


def layers(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> tuple[CacheLayer, ...]:
    """The layers that at least one entry uses, nearest first."""
    return tuple(
        build(requirements, schema, held)
        for name, build in (("in_process", _in_process), ("distributed", _distributed))
        if (held := tuple(c for c in made if name in c.layers))
    )


def _entry_inputs(requirements: Requirements, made: tuple[Chosen, ...]) -> list[Input]:
    inputs = []
    for one in made:
        name = one.candidate.query.name
        inputs.append(given(f"{name}_items", one.items.value, f"formula {one.items.formula}", "items"))
        size = item_bytes(requirements, one.candidate)
        inputs.append(
            given(
                f"{name}_bytes",
                size,
                f"{len(one.candidate.shown)} columns x {rows_read(requirements, one.candidate)} rows as JSON",
                "bytes",
            )
        )
    return inputs


def _sum(made: tuple[Chosen, ...], overhead: str) -> str:
    return " + ".join(f"{c.candidate.query.name}_items * ({c.candidate.query.name}_bytes{overhead})" for c in made)


def _in_process(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> CacheLayer:
    del schema
    spoken = language(requirements)
    inputs = [
        *_entry_inputs(requirements, made),
        given("objects", OBJECT_FACTOR, "convention: objects take twice their JSON"),
        given("limit", LOCAL_LIMIT, "convention: a process gives its cache 64 MB at most", "bytes"),
    ]
    serves = coherence_serves(requirements, made)
    capacity = figure(
        "capacity",
        f"ceil(min(limit, ({_sum(made, '')}) * objects))",
        inputs,
        unit="bytes",
        serves=serves,
        rule="items that are read within their TTL, in each instance",
    )
    beside = any("distributed" in c.layers for c in made)
    life = LOCAL_SECONDS if beside else int(max(c.ttl.value for c in made))
    count = local_items(requirements, made)
    names = ", ".join(c.candidate.query.name for c in made)
    why = f"{names}: read often, changed seldom"
    why += (
        f"; a copy lives {life} s, because other instances hear of no write."
        if beside
        else (
            f" ({plain(instances(requirements).value)} instance{'' if instances(requirements).value == 1 else 's'}, so"
            " no shared cache is needed)."
        )
    )
    return CacheLayer(
        layer="in_process",
        product=LOCAL_PRODUCTS[spoken],
        capacity=capacity,
        settings=((_MAXIMUM[spoken], str(count)), (_LIFE[spoken], _spelled(spoken, life))),
        because=why,
        origin=_language_origin(requirements),
        serves=serves,
    )


def local_items(requirements: Requirements, made: tuple[Chosen, ...]) -> int:
    """Items that one process may hold: all that are read within a TTL, if 64 MB hold them."""
    items = sum(c.items.value for c in made)
    size = sum(c.items.value * item_bytes(requirements, c.candidate) for c in made) * OBJECT_FACTOR
    return max(1, int(items if size <= LOCAL_LIMIT else items * LOCAL_LIMIT / size))


def _spelled(spoken: str, seconds: int) -> str:
    """Seconds as the product's own setting takes them."""
    return {
        "java": f"{seconds}s",
        "typescript": str(seconds * 1000),
        "python": str(seconds),
        "csharp": f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}",
    }[spoken]


def _language_origin(requirements: Requirements) -> Origin:
    if requirements.stack.language:
        return Origin(kind="inferred", rule=f"the usual cache of {requirements.stack.language}")
    return Origin(kind="convention", rule="no language is stated; Python is taken")


def product(requirements: Requirements) -> str:
    """Redis where the brief says so, else Valkey."""
    return "Redis" if "redis" in requirements.stack.cache.lower() else "Valkey"


def memory_needed(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> Figure:
    """Bytes in the shared cache: entries and version keys, with the allocator's loss."""
    shared = tuple(c for c in made if "distributed" in c.layers)
    versions = version_keys(schema, shared)
    inputs = [
        *_entry_inputs(requirements, shared),
        given("overhead", KEY_OVERHEAD, "convention: dictionary entries, object, expiry and key text", "bytes"),
        given("version_keys", versions, "one for each parent of a cached list"),
        given("fragmentation", FRAGMENTATION, "convention: what the allocator loses"),
    ]
    formula = f"ceil(({_sum(shared, ' + overhead')} + version_keys * overhead) * fragmentation)"
    return figure(
        "memory_needed",
        formula,
        inputs,
        unit="bytes",
        serves=coherence_serves(requirements, shared),
        rule="items that are read within their TTL",
    )


def version_keys(schema: SchemaDesign, made: tuple[Chosen, ...]) -> int:
    """Version keys of all lists; lists of the same table and parent share them."""
    return sum({c.candidate.version: scopes(schema, c.candidate) for c in made if not c.candidate.single}.values())


def max_memory(needed: Figure) -> Figure:
    """The next power of two in MB above what is needed, 64 MB at least, so that eviction is the exception."""
    formula = "2 ** ceil(log2(max(64, memory_needed / 1048576))) * 1048576"
    return figure(
        "maxmemory",
        formula,
        [as_input(needed, "memory_needed")],
        unit="bytes",
        serves=needed.serves,
        rule="room for all items, rounded up",
    )


def client_pool(requirements: Requirements) -> tuple[str, Input]:
    """The client of the application's language and its connections in one instance."""
    client, size = CLIENTS[language(requirements)]
    return client, given("pool_size", size, f"connections of {client} in one instance")


def max_clients(requirements: Requirements) -> Figure:
    """Connections of all instances during a deployment, and a few for exporter, replica and operator; then doubled."""
    _, size = client_pool(requirements)
    copies = given(
        "instances", instances(requirements).value + surge(requirements), "instances with a deployment's surge"
    )
    inputs = [size, copies, given("reserved", RESERVED_CLIENTS, "convention: exporter, replica, operator")]
    return figure(
        "maxclients",
        "(pool_size * instances + reserved) * 2",
        inputs,
        unit="clients",
        serves=serving(requirements, "stack.cache", "performance.", "assumption."),
        rule="clients of all instances, doubled for reconnects",
    )


def _distributed(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> CacheLayer:
    needed = memory_needed(requirements, schema, made)
    capacity, count = max_memory(needed), int(instances(requirements).value)
    stated = any(word in requirements.stack.cache.lower() for word in ("redis", "valkey"))
    stack = serving(requirements, "stack.cache") if stated else ()
    origin = next((r.origin for r in requirements.requirements if r.id in stack and "cache" in r.id), None)
    shared = (
        f"{count} instances share {', '.join(c.candidate.query.name for c in made)}"
        if count > 1
        else f"the brief asks for {requirements.stack.cache}"
    )
    return CacheLayer(
        layer="distributed",
        product=product(requirements),
        version="7.2",
        capacity=capacity,
        settings=(
            ("maxmemory", f"{int(capacity.value // MB)}mb"),
            ("maxmemory-policy", "volatile-lru"),
            ("maxclients", plain(max_clients(requirements).value).replace(",", "")),
            ("save", '""'),
            ("appendonly", "no"),
            ("tcp-keepalive", "60"),
        ),
        because=f"{shared[0].upper()}{shared[1:]}; {byte_text(needed.value)} are in use by formula.",
        origin=origin if stated and origin else Origin(kind="inferred", rule="several instances share cached data"),
        serves=merged(coherence_serves(requirements, made), stack),
    )


def decisions(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> tuple[Decision, ...]:
    """Choices that a colleague could argue about, with this plan's numbers."""
    shared = tuple(c for c in made if "distributed" in c.layers)
    found = [_fallback(requirements, made)]
    if shared:
        found = [_product(requirements, shared), _eviction(schema, shared), _client(requirements, shared), *found]
    if any(c.personal for c in made):
        found.append(_personal(made))
    return tuple(found)


def _product(requirements: Requirements, shared: tuple[Chosen, ...]) -> Decision:
    name = product(requirements)
    other = Alternative(name="Redis 7.4 to 7.8", refused_because="RSALv2 and SSPLv1 are no open source licences")
    because = (
        f"The brief says {requirements.stack.cache}"
        if name == "Redis"
        else "It is the open source continuation of Redis 7.2 (BSD)"
    )
    return Decision(
        id="caching.product",
        topic="Shared cache",
        choice=f"{name} 7.2 (BSD licence), standalone",
        because=(
            f"{because}; it holds copies of {', '.join(c.candidate.query.name for c in shared)} and nothing that the"
            " database lacks, so its loss costs reads and no data."
        ),
        alternatives=(other,),
        origin=Origin(kind="inferred", rule="stated product, open source licence"),
        serves=serving(requirements, "stack.cache", "performance.", "assumption."),
    )


def _eviction(schema: SchemaDesign, shared: tuple[Chosen, ...]) -> Decision:
    lists = [c for c in shared if not c.candidate.single]
    versions = version_keys(schema, shared)
    names = ", ".join(c.candidate.query.name for c in lists)
    because = (
        f"The {versions:,} version keys of {names} have no TTL and must outlive the pages they guard: an evicted one"
        " would start at 1 again and bring old pages back. volatile-lru evicts only keys with a TTL."
        if lists
        else (
            f"Every key of {', '.join(c.candidate.query.name for c in shared)} has a TTL; a key without one would be a"
            " mistake, and volatile-lru shows it by never evicting it."
        )
    )
    return Decision(
        id="caching.eviction",
        topic="Eviction",
        choice="volatile-lru",
        because=because,
        alternatives=(
            Alternative(
                name="allkeys-lru",
                refused_because=(
                    "it may evict a version key before its pages"
                    if lists
                    else "it would hide a key that was stored without a TTL"
                ),
            ),
        ),
        origin=Origin(kind="inferred", rule="version keys have no TTL"),
        serves=merged(*(c.candidate.query.serves for c in shared)),
    )


def _client(requirements: Requirements, shared: tuple[Chosen, ...]) -> Decision:
    client, size = client_pool(requirements)
    reads = sum(c.reads.value for c in shared) / instances(requirements).value
    return Decision(
        id="caching.client",
        topic="Cache client",
        choice=(
            f"{client}, {plain(size.value)} connection{'' if size.value == 1 else 's'} for each instance, 100 ms"
            " time-out, no retry"
        ),
        because=(
            f"An instance asks the cache {plain(reads)} times a second; at 1 ms each that keeps {plain(reads / 1000)}"
            " connections busy. A slow cache must not be slower than the database, so after 100 ms the database"
            " answers."
        ),
        origin=Origin(kind="convention", rule="Little's law at 1 ms a command"),
        serves=merged(*(c.candidate.query.serves for c in shared)),
    )


def _fallback(requirements: Requirements, made: tuple[Chosen, ...]) -> Decision:
    full = sum(c.reads.value for c in made)
    missed = sum(c.reads.value * (1 - c.hits.value) for c in made)
    return Decision(
        id="caching.fallback",
        topic="When a cache is away or empty",
        choice="read the database; report it, fail nothing",
        because=(
            f"The database then answers {plain(full)} instead of {plain(missed)} of these reads per second; its pools"
            " are sized for the whole peak without any cache (claim scaling.peak)."
        ),
        origin=Origin(kind="inferred", rule="reads and hits by formula"),
        serves=coherence_serves(requirements, made),
    )


def _personal(made: tuple[Chosen, ...]) -> Decision:
    held = [c for c in made if c.personal]
    names = ", ".join(c.candidate.query.name for c in held)
    return Decision(
        id="caching.personal-data",
        topic="Personal data in caches",
        choice=(
            f"{names}: only under its owner's key, for {plain(max(c.ttl.value for c in held))} s at most, never on disk"
        ),
        because=(
            "An erasure deletes the owner's keys by name, and what is missed is gone within a minute; the cache writes"
            " no snapshot and no log."
        ),
        alternatives=(
            Alternative(
                name="lists and searches with personal data", refused_because="no key tells whose data a page holds"
            ),
        ),
        origin=Origin(kind="inferred", rule="sensitivity of the columns returned"),
        serves=merged(*(c.candidate.query.serves for c in held)),
    )


def claims(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> tuple[Claim, ...]:
    """Memory, clients and ages that must add up."""
    found = [_age(one) for one in made]
    shared = tuple(c for c in made if "distributed" in c.layers)
    if shared:
        needed = memory_needed(requirements, schema, made)
        found += [_memory(needed), _clients(requirements)]
    return tuple(found)


def _age(one: Chosen) -> Claim:
    query = one.candidate.query
    left = [
        (as_input(one.ttl),),
        (given("local", one.local, "life of the in-process copy", "s"),),
        (given("lag", one.lag, "lag that the route tolerates", "s"),),
    ]
    sentence = (
        f"A copy of {query.name} is never older than {plain(one.staleness.value)} s, even when an invalidation is lost."
    )
    return balance(
        f"caching.age.{query.name}", sentence, f"cache.{query.name}", query.serves, left, "<=", [(one.staleness,)]
    )


def _memory(needed: Figure) -> Claim:
    entries = [i for i in needed.inputs if i.name.endswith(("_items", "_bytes"))]
    by_name = {i.name: i for i in needed.inputs}
    pairs = zip(entries[::2], entries[1::2], strict=True)
    factor = by_name["fragmentation"]
    left = []
    for items, size in pairs:
        whole = size.model_copy(
            update={"value": size.value + KEY_OVERHEAD, "source": f"{size.source}, {KEY_OVERHEAD} bytes overhead"}
        )
        left.append((items, whole, factor))
    left.append((by_name["version_keys"], by_name["overhead"], factor))
    limit = max_memory(needed)
    sentence = f"Everything that is cached at a time fits in maxmemory = {int(limit.value // MB)}mb."
    return balance("caching.memory", sentence, "cache.distributed", needed.serves, left, "<=", [(as_input(limit),)])


def _clients(requirements: Requirements) -> Claim:
    limit = max_clients(requirements)
    by_name = {i.name: i for i in limit.inputs}
    left = [(by_name["pool_size"], by_name["instances"]), (by_name["reserved"],)]
    sentence = (
        f"Cache clients of all instances stay within maxclients = {plain(limit.value)}, even while a deployment runs"
        " one instance more."
    )
    return balance("caching.clients", sentence, "cache.distributed", limit.serves, left, "<=", [(as_input(limit),)])


def expected_hits(made: tuple[Chosen, ...]) -> float:
    """Share of the cached queries' reads that hit, weighted by their rates."""
    reads = math.fsum(c.reads.value for c in made)
    return math.fsum(c.reads.value * c.hits.value for c in made) / reads if reads else 0.0


def uses(made: tuple[Chosen, ...], layer: Layer) -> bool:
    """Whether any entry uses the layer."""
    return any(layer in c.layers for c in made)
