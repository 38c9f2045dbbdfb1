"""Which image runs what: always a version, the one that the document was proven on or that the plan names."""

from typing import Any

from agents.platform_deployment.facts import Facts, shared_cache
from agents.platform_deployment.knowledge import knowledge


def database_image(facts: Facts) -> str:
    """PostgreSQL for one machine and for the pipeline."""
    return f"{knowledge('images')['postgres']['image']}:{facts.version}"


def cluster_image(facts: Facts) -> str:
    """PostgreSQL as CloudNativePG runs it."""
    entry = knowledge("images")["cnpg"]
    return f"{entry['image']}:{facts.version}{entry['suffix']}"


def data_folder(facts: Facts) -> str:
    """Where the image wants its volume, which changed with a major version."""
    folders: dict[str, str] = knowledge("images")["postgres"]["data_folder"]
    since = max((int(major) for major in folders if int(major) <= facts.major), default=0)
    return folders[str(since)]


def cache_entry(facts: Facts) -> dict[str, Any]:
    """What is known of the plan's cache product; the Redis one for a product that is not known."""
    cache = shared_cache(facts.design)
    name = cache.provider.lower() if cache else "redis"
    entry: dict[str, Any] = knowledge("images").get(name) or knowledge("images")["redis"]
    return entry


def cache_image(facts: Facts) -> str:
    """The newest known patch of the version that the plan names."""
    cache = shared_cache(facts.design)
    entry = cache_entry(facts)
    versions: dict[str, str] = entry["versions"]
    named = cache.version if cache else ""
    line = named if named in versions else ".".join(named.split(".")[:2])
    tag = versions.get(line) or named or next(iter(versions.values()))
    return f"{entry['image']}:{tag}"


def cache_exporter_image() -> str:
    """The exporter beside the cache."""
    entry = knowledge("images")["redis_exporter"]
    return f"{entry['image']}:{entry['version']}"
