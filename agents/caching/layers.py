"""The caches themselves: product, memory and settings, added up from the entries that they hold."""

from agents.caching.keys import Candidate
from agents.caching.selection import (
    LOCAL_SECONDS,
    USUAL_READS,
    Chosen,
    busy_reads,
    coherence_serves,
    is_stated,
    rows_read,
    scopes,
)
from agents.figures import MB, as_input, byte_text, counted, figure, given, instances, merged, plain, serving
from agents.scaling.pools import language, surge
from agents.scaling.sizes import value_bytes
from contracts.base import Figure, Input, Origin
from contracts.caching import CacheLayer
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
    row = sum(len(c.name) + 6 + text_bytes(c) for _, c in candidate.shown) + 2
    return int(row * rows_read(requirements, candidate)) + 2


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


def _held(requirements: Requirements, made: tuple[Chosen, ...], overhead: int) -> list[Input]:
    """Bytes of each entry's items, with the overhead of each item."""
    inputs = []
    for one in made:
        size = item_bytes(requirements, one.candidate)
        extra = f" + {overhead}" if overhead else ""
        what = f"{len(one.candidate.shown)} columns of {counted(rows_read(requirements, one.candidate), 'row')} as JSON"
        source = f"{counted(one.items.value, 'item')} of {size:,}{extra} bytes ({what})"
        name = f"{one.candidate.query.name}_bytes"
        inputs.append(given(name, one.items.value * (size + overhead), source, "bytes"))
    return inputs


def _sum(inputs: list[Input]) -> str:
    return f"sum({', '.join(i.name for i in inputs)})"


def _in_process(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> CacheLayer:
    del schema
    spoken = language(requirements)
    held = _held(requirements, made, 0)
    inputs = [
        *held,
        given("objects", OBJECT_FACTOR, "convention: objects take twice their JSON"),
        given("limit", LOCAL_LIMIT, "convention: a process gives its cache 64 MB at most", "bytes"),
    ]
    serves = coherence_serves(requirements, made)
    capacity = figure(
        "capacity",
        f"ceil(min(limit, {_sum(held)} * objects))",
        inputs,
        unit="bytes",
        serves=serves,
        rule="items that are read within their TTL, in each instance",
    )
    beside = any("distributed" in c.layers for c in made)
    life = LOCAL_SECONDS if beside else int(min(c.ttl.value for c in made))
    count = local_items(requirements, made)
    names = ", ".join(c.candidate.query.name for c in made)
    why = f"{names}: read often, changed seldom"
    why += (
        f"; a copy lives {life} s, because other instances hear of no write."
        if beside
        else (
            f"; {counted(instances(requirements).value, 'instance')} of the application, each with copies of its own,"
            " whose age the TTL bounds, so no shared cache is needed."
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
    held = _held(requirements, shared, KEY_OVERHEAD)
    inputs = [
        *held,
        given("overhead", KEY_OVERHEAD, "convention: dictionary entries, object, expiry and key text", "bytes"),
        given("version_keys", versions, "one for each parent of a cached list"),
        given("fragmentation", FRAGMENTATION, "convention: what the allocator loses"),
    ]
    formula = f"ceil(({_sum(held)} + version_keys * overhead) * fragmentation)"
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
    stated = is_stated(requirements)
    stack = serving(requirements, "stack.cache") if stated else ()
    origin = next((r.origin for r in requirements.requirements if r.id in stack and "cache" in r.id), None)
    names = ", ".join(c.candidate.query.name for c in made)
    shared = (
        f"the brief asks for {requirements.stack.cache}, and {counted(count, 'instance')} of the application "
        f"{'shares' if count == 1 else 'share'} {names}"
        if stated
        else f"{count} instances share {names}, and without it reads keep {plain(busy_reads(requirements))} connections"
        f" busy at peak, where {USUAL_READS} are what a database server of the usual size works on at once"
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
        serves=merged(
            coherence_serves(requirements, made), stack or serving(requirements, "performance.", "assumption.")
        ),
    )
