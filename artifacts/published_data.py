"""YAML of a persistence.md → typed facts, for documents of our own form and of the seed's.

The seed's examples spell the same things in several ways (`application_cache.cache_patterns`,
`redis_cache.cache_strategies[].pattern`, a pool's `pool_size` or an environment's `connection_pool_size`); what is
recognised becomes a fact, what is absent stays absent, and the raw data remain in the blocks.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from artifacts.source import Lined, lined
from contracts.published import (
    CacheEvent,
    PublishedAlert,
    PublishedBackup,
    PublishedCache,
    PublishedCacheEntry,
    PublishedEnvironment,
    PublishedMachine,
    PublishedPool,
    PublishedReplica,
    PublishedRoute,
    PublishedSetting,
    SourceBlock,
)
from contracts.quantities import seconds, size_bytes

Data = dict[str, Any]
ENVIRONMENTS = ("development", "test", "staging", "production")
SETTING_GROUPS = (("database", "configuration"), ("read_scaling", "replication_setup", "replication_config"))
"""Where documents list server settings."""


class Facts:
    """All YAML of a document, asked by key; the first block that has a key gives its value."""

    def __init__(self, blocks: Sequence[SourceBlock]) -> None:
        self._found: dict[str, tuple[Lined, Any]] = {}
        for block in blocks:
            if block.language in ("yaml", "yml") and isinstance(block.data, dict):
                placed = lined(block)
                for key, value in block.data.items():
                    self._found.setdefault(key, (placed, value))

    def get(self, *path: str) -> Any:
        """The value at a path of keys, or None."""
        value: Any = self._found.get(path[0], (None, None))[1]
        for key in path[1:]:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def mapping(self, *path: str) -> Data:
        """The mapping at a path, empty when there is none."""
        value = self.get(*path)
        return value if isinstance(value, dict) else {}

    def items(self, *path: str) -> Iterator[tuple[int, Data]]:
        """The mappings of a list with their positions."""
        value = self.get(*path)
        for position, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, dict):
                yield position, item

    def line(self, *path: str | int) -> int | None:
        """The document's line of a path."""
        found = self._found.get(str(path[0]))
        return found[0].line(*path) if found else None


def text(value: Any) -> str:
    """A scalar as the document spells it; a list as its items, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(text, value))
    return " ".join(str(value).split())


def number(value: Any) -> float | None:
    """The number that a value is or begins with (`6 connections`)."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(str(value).split()[0].replace(",", ""))
    except (ValueError, IndexError):
        return None


def whole(value: Any) -> int | None:
    """`number` as a whole one."""
    found = number(value)
    return None if found is None else int(found)


def machine(facts: Facts) -> PublishedMachine | None:
    """The machine that the settings were sized for."""
    sized = facts.mapping("database", "sized_for")
    memory, cores = number(sized.get("memory_gb")), whole(sized.get("cores"))
    if memory is None or cores is None:
        return None
    return PublishedMachine(memory_gb=memory, cores=cores, disk=text(sized.get("disk")))


def settings(facts: Facts) -> Iterator[PublishedSetting]:
    """Server settings wherever the document lists them."""
    for path in SETTING_GROUPS:
        for name, value in facts.mapping(*path).items():
            yield PublishedSetting(name=name, value=text(value), line=facts.line(*path, name))


def caches(facts: Facts) -> Iterator[PublishedCache]:
    """Cache layers: every part of the caching block that names a provider, or is one by its name."""
    for layer, data in facts.mapping("caching_architecture").items():
        if isinstance(data, dict) and layer.endswith("_cache"):
            yield PublishedCache(
                layer=layer,
                provider=text(data.get("provider")) or layer.removesuffix("_cache"),
                version=text(data.get("version")),
                capacity_bytes=size_bytes(data.get("capacity")),
                settings=data.get("settings") if isinstance(data.get("settings"), dict) else {},
                line=facts.line("caching_architecture", layer),
            )


def cache_entries(facts: Facts) -> Iterator[PublishedCacheEntry]:
    """Kinds of cached values in all layers; one that a second layer `also_holds` names both."""
    layers = {k: v for k, v in facts.mapping("caching_architecture").items() if isinstance(v, dict)}
    for layer in layers:
        for listing in ("cache_patterns", "cache_strategies"):
            path = ("caching_architecture", layer, listing)
            for position, item in facts.items(*path):
                name = text(item.get("name") or item.get("pattern"))
                others = tuple(n for n, d in layers.items() if n != layer and name in (d.get("also_holds") or ()))
                yield PublishedCacheEntry(
                    name=name,
                    layers=(layer, *others),
                    key_pattern=text(item.get("key_pattern") or item.get("pattern")),
                    query=text(item.get("query")),
                    ttl_seconds=seconds(item.get("ttl")),
                    stale_seconds=seconds(item.get("may_be_stale")),
                    events=tuple(_event(e) for e in item.get("invalidation_triggers") or ()),
                    line=facts.line(*path, position),
                )


def _event(data: Any) -> CacheEvent:
    if not isinstance(data, dict):
        return CacheEvent(event=text(data))
    return CacheEvent(
        event=text(data.get("event")),
        table=text(data.get("table")),
        operations=tuple(data.get("operations") or ()),
        keys=tuple(data.get("keys") or ()),
        finds=text(data.get("finds")),
    )


def pools(facts: Facts) -> Iterator[PublishedPool]:
    """Connection pools by name."""
    for name, data in facts.mapping("connection_pooling").items():
        if isinstance(data, dict):
            yield PublishedPool(
                name=name,
                provider=text(data.get("provider")),
                purpose=text(data.get("purpose")),
                size=whole(data.get("pool_size")),
                instances=whole(data.get("instances")) or 1,
                settings=data.get("settings") if isinstance(data.get("settings"), dict) else {},
                line=facts.line("connection_pooling", name),
            )


def replicas(facts: Facts) -> Iterator[PublishedReplica]:
    """Read replicas; the seed's form names them by host."""
    for path in (("read_scaling", "replicas"), ("read_scaling", "replication_setup", "replicas")):
        for position, item in facts.items(*path):
            yield PublishedReplica(
                name=text(item.get("name") or item.get("host")),
                purpose=text(item.get("purpose")),
                lag_seconds=seconds(item.get("lag_tolerance")),
                line=facts.line(*path, position),
            )


def routes(facts: Facts) -> Iterator[PublishedRoute]:
    """Where each query runs; queries that go the same way stand together."""
    for position, item in facts.items("read_scaling", "read_routing"):
        for query in item.get("queries") or ():
            yield PublishedRoute(
                query=text(query),
                target=text(item.get("target")),
                fallback=text(item.get("fallback")),
                lag_seconds=seconds(item.get("lag_tolerance")),
                line=facts.line("read_scaling", "read_routing", position),
            )


def backup(facts: Facts, blocks: Sequence[SourceBlock]) -> PublishedBackup | None:
    """Backup and recovery, with the shell commands of the same section."""
    data = facts.mapping("backup")
    if not data:
        return None
    section = next((b.section for b in blocks if isinstance(b.data, dict) and "backup" in b.data), "")
    commands = [line for b in blocks if b.language == "sh" and b.section == section for line in b.text.splitlines()]
    hours, days = seconds(data.get("full_copy_every")), seconds(data.get("kept_for"))
    return PublishedBackup(
        method=text(data.get("method")),
        recovery_point_seconds=seconds(data.get("recovery_point")),
        recovery_time_seconds=seconds(data.get("recovery_time")),
        full_every_hours=None if hours is None else hours / 3600,
        archive_every_seconds=seconds(data.get("log_archived_every")),
        kept_days=None if days is None else days / 86_400,
        commands=tuple(filter(None, commands)),
        restore_test=text(data.get("restore_test")),
        line=facts.line("backup"),
    )


def alerts(facts: Facts) -> Iterator[PublishedAlert]:
    """Alerts of the monitoring block; in the seed's form a metric with a threshold is one."""
    for position, item in facts.items("performance_monitoring", "alerts"):
        yield PublishedAlert(
            **{key: text(item.get(key)) for key in ("name", "metric", "query", "threshold", "severity", "runbook")},
            line=facts.line("performance_monitoring", "alerts", position),
        )
    for position, item in facts.items("performance_monitoring", "database_metrics"):
        threshold = item.get("threshold") or item.get("alert_threshold") or item.get("target")
        if threshold is not None:
            yield PublishedAlert(
                name=text(item.get("name")),
                metric=text(item.get("metric_path") or item.get("metrics")),
                threshold=text(threshold),
                line=facts.line("performance_monitoring", "database_metrics", position),
            )


def environments(facts: Facts) -> Iterator[PublishedEnvironment]:
    """The environments in their usual order."""
    for name in ENVIRONMENTS:
        groups = facts.mapping(name)
        if groups:
            yield PublishedEnvironment(name=name, groups=groups, line=facts.line(name))
