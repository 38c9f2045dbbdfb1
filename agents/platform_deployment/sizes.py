"""Memory and disk: the plan's figures as requests and limits, and what they add up to."""

from dataclasses import dataclass

from agents.platform_deployment.facts import Facts, alert_of, archive_seconds, recovery_point, shared_cache
from agents.platform_deployment.quantities import memory_bytes, server_size, threshold_of
from contracts.deployment import Part, Sum

GIB = 1 << 30
DEVELOPMENT_BYTES = 2 * GIB
"""What the database may take on a developer's machine; a larger plan is scaled down to it in proportion."""

_PER_MEMORY = ("shared_buffers", "effective_cache_size", "maintenance_work_mem", "work_mem")
_PER_MACHINE = (
    "huge_pages", "min_wal_size", "max_wal_size", "max_worker_processes", "max_parallel_workers",
    "max_parallel_workers_per_gather", "max_parallel_maintenance_workers", "wal_buffers",
)  # fmt: skip
_LEAST = {
    "shared_buffers": 16 << 20,
    "effective_cache_size": 16 << 20,
    "maintenance_work_mem": 16 << 20,
    "work_mem": 4 << 20,
}
_DEFAULTS = {"shared_buffers": "128MB", "work_mem": "4MB", "maintenance_work_mem": "64MB", "max_connections": "100"}
_AUTOVACUUM_WORKERS = 3  # PostgreSQL's default of autovacuum_max_workers
CACHE_OVERHEAD = 2
"""A cache's limit as a multiple of maxmemory: buffers of its clients and fragmentation come on top of the data."""

_LEAST_VOLUME = 10 * GIB
_VOLUME_ABOVE_ALERT = 1.5
_LOG_ROOM = 2


@dataclass(frozen=True)
class Sized:
    """Settings for a machine of this memory."""

    settings: dict[str, str]
    memory: int
    divisor: int


def development(facts: Facts) -> Sized:
    """The plan's settings where its machine fits a developer's, else its memory divided and its cores left out."""
    divisor = -(-facts.memory_bytes // DEVELOPMENT_BYTES) if facts.memory_bytes else 1
    if facts.embedded or divisor <= 2:
        return Sized(dict(facts.settings), facts.memory_bytes, 1)
    settings = {name: value for name, value in facts.settings.items() if name not in _PER_MACHINE}
    for name in _PER_MEMORY:
        size = memory_bytes(settings.get(name, ""))
        if size:
            settings[name] = server_size(max(_LEAST[name], size // divisor))
    return Sized(settings, DEVELOPMENT_BYTES, divisor)


def memory_sum(settings: dict[str, str], limit: float, name: str) -> Sum:
    """What the server takes when every connection sorts once and every autovacuum worker works.

    After pgtune, whose work_mem leaves room for three such operations at once; one is the least that must fit.
    """
    value = {key: memory_bytes(settings.get(key, default)) or 0 for key, default in _DEFAULTS.items()}
    connections = int(settings.get("max_connections", "100")) if settings.get("max_connections", "100").isdigit() else 0
    parts = (
        Part(name="shared_buffers", value=value["shared_buffers"]),
        Part(name=f"work_mem of {connections} connections", value=value["work_mem"] * connections),
        Part(
            name=f"maintenance_work_mem of {_AUTOVACUUM_WORKERS} autovacuum workers",
            value=value["maintenance_work_mem"] * _AUTOVACUUM_WORKERS,
        ),
    )
    return Sum(name=name, unit="bytes", parts=parts, bound=limit, bound_name="memory limit")


def loss_sum(facts: Facts) -> tuple[Sum, ...]:
    """Work that a lost server takes along, against what the document promises; nothing where nothing is archived.

    After PostgreSQL's documentation: a segment waits for archive_timeout, and may be lost while the next one fills.
    """
    interval, promised = archive_seconds(facts), recovery_point(facts)
    if interval is None or promised is None:
        return ()
    parts = (
        Part(name="a segment that is being filled", value=interval),
        Part(name="a segment on its way", value=interval),
    )
    return (
        Sum(name="work that may be lost", unit="seconds", parts=parts, bound=promised, bound_name="recovery point"),
    )


def cache_sum(facts: Facts) -> Sum | None:
    """The cache's data and what comes on top of them, against its limit."""
    limit = cache_limit(facts)
    if not limit:
        return None
    data = limit // CACHE_OVERHEAD
    return Sum(
        name="memory of the cache",
        unit="bytes",
        parts=(Part(name="maxmemory", value=data), Part(name="buffers and fragmentation", value=limit - data)),
        bound=limit,
        bound_name="memory limit",
    )


def cache_limit(facts: Facts) -> int:
    """The memory limit of the shared cache; 0 where there is none or the plan gives it no maxmemory."""
    cache = shared_cache(facts.design)
    if cache is None:
        return 0
    text = str(cache.settings.get("maxmemory", ""))
    data = memory_bytes(text) or round(cache.capacity_bytes or 0)
    return data * CACHE_OVERHEAD


def volume_bytes(facts: Facts) -> int:
    """Disk for the data: the alert on its size must come long before the disk is full; whole gibibytes."""
    alert = alert_of(facts.design, "table_sizes")
    planned = threshold_of(alert.threshold, "bytes") if alert else None
    return max(_LEAST_VOLUME, -(-round((planned or 0) * _VOLUME_ABOVE_ALERT) // GIB) * GIB)


def log_volume_bytes(facts: Facts) -> int:
    """Disk for the write-ahead log: what the settings let pile up, twice, so that a stopped archive leaves time."""
    kept = sum(memory_bytes(facts.settings.get(name, "")) or 0 for name in ("max_wal_size", "max_slot_wal_keep_size"))
    return max(GIB, -(-(kept or GIB) * _LOG_ROOM // GIB) * GIB)
