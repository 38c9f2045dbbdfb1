"""Choices of the caching that a colleague could argue about, with this plan's numbers."""

from agents.caching.layers import client_pool, product, version_keys
from agents.caching.lease import LEASE_SECONDS, NOTHING_SECONDS
from agents.caching.selection import Chosen, coherence_serves
from agents.figures import instances, merged, plain, serving
from contracts.base import Alternative, Decision, Origin
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def decisions(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> tuple[Decision, ...]:
    """Choices that a colleague could argue about, with this plan's numbers."""
    shared = tuple(c for c in made if "distributed" in c.layers)
    found = [_fallback(requirements, made)]
    if shared:
        found = [
            _product(requirements, shared), _eviction(schema, shared), _client(requirements, shared),
            _misses(shared), _start(requirements, shared), *found, _sessions(requirements, shared),
        ]  # fmt: skip
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


def _misses(shared: tuple[Chosen, ...]) -> Decision:
    """Stampedes and late fills by one mechanism, and what is remembered of rows that are not there."""
    busiest = max(shared, key=lambda c: (c.reads.value, c.candidate.query.name))
    per_key = busiest.reads.value / max(1.0, busiest.keys.value)
    rows = [c.candidate.query.name for c in shared if c.candidate.single]
    nothing = (
        f" That there is no row is stored as well, for {NOTHING_SECONDS} s at most and under the same key, so that the"
        f" insert which makes one deletes it: {', '.join(rows)}."
        if rows
        else " An empty page is an answer like any other and is stored like one."
    )
    return Decision(
        id="caching.misses",
        topic="Many readers miss at once, and a write overtakes a reader",
        choice=(
            f"a lease: SET key:lease NX EX {LEASE_SECONDS}; who gets it asks the database and stores only while holding"
            " it, a write deletes it with the key, the others wait 200 ms for the answer and then ask themselves"
        ),
        because=(
            f"A key of {busiest.candidate.query.name} is read {plain(per_key)} times per second on average and the most"
            f" popular far more often; without it each of them asks the database while the key is missing.{nothing}"
        ),
        alternatives=(
            Alternative(
                name="SET without a lease",
                refused_because="an answer read before a write's commit could be stored after its DEL, until the TTL",
            ),
        ),
        origin=Origin(kind="convention", rule="Nishtala et al., Scaling Memcache at Facebook (2013): leases"),
        serves=merged(*(c.candidate.query.serves for c in shared)),
    )


def _start(requirements: Requirements, shared: tuple[Chosen, ...]) -> Decision:
    """How long an empty cache takes to be of use, from the reads alone."""
    full = {c.candidate.query.name: c.items.value / c.reads.value for c in shared if c.reads.value}
    slowest = max(full, key=lambda name: (full[name], name))
    whole = sum(c.reads.value for c in shared)
    return Decision(
        id="caching.warm-up",
        topic="After a start with an empty cache",
        choice="no warm-up: readers fill it",
        because=(
            f"Until then the database answers all {plain(whole)} of these reads per second, for which its pools are"
            f" sized (claim scaling.peak); {slowest}, the slowest to fill, has read as many keys as it holds after"
            f" {plain(full[slowest])} s."
        ),
        alternatives=(
            Alternative(
                name="a job that reads every key",
                refused_because="it would load what nobody asks for and compete with those who do",
            ),
        ),
        origin=Origin(kind="inferred", rule="items and reads by formula"),
        serves=coherence_serves(requirements, shared),
    )


def _sessions(requirements: Requirements, shared: tuple[Chosen, ...]) -> Decision:
    """Sessions end with an eviction or a restart here, so they stay away; a fact of the plan's own settings."""
    del shared
    return Decision(
        id="caching.sessions",
        topic="Login sessions",
        choice="not in this cache: a signed token that lasts minutes, its renewal checked in the database",
        because=(
            'With save "" and volatile-lru an eviction or a restart would log people out, and a session that was ended'
            " could live on in a copy."
        ),
        alternatives=(
            Alternative(
                name="sessions in the shared cache",
                refused_because="it would need a server of its own with appendonly yes and noeviction",
            ),
        ),
        origin=Origin(kind="inferred", rule="a cache may lose everything at any time"),
        serves=serving(requirements, "security.authentication", "security.", "performance.", "assumption."),
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
