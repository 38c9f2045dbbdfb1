"""Choices of the caching that a colleague could argue about, with this plan's numbers."""

from agents.caching.layers import client_pool, product, version_keys
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
