"""Does what the database server may take at once fit into its memory, with the shared cache where they share a machine?

On a device or a single small server the cache runs beside the database; in larger projects it has a machine of its own,
which is taken to be no larger than the database's.
"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._units import in_bytes
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Under full load the server swaps, or the kernel kills it with every connection that it serves."
REMEDY = "Lower work_mem, or take fewer connections or more memory."

GB = 1 << 30
PAGE, KB = 8_192, 1_024
DEFAULTS = {
    "shared_buffers": ("128MB", PAGE),
    "wal_buffers": ("4MB", PAGE),
    "work_mem": ("4MB", KB),
    "maintenance_work_mem": ("64MB", KB),
}
"""PostgreSQL's own values where the plan sets none, and the bytes that a bare number counts."""
LIGHT = frozenset({"embedded", "small"})
FRAGMENTED = 1.5
"""Redis documentation, Memory optimization: an allocator's fragmentation of up to 1.5 is normal."""
WORKERS = 3  # autovacuum_max_workers, each of which may take maintenance_work_mem


def findings(design: Design) -> Iterator[Finding]:
    """A sum above the machine's memory, and sizes that are none."""
    if design.schema_design.dialect != "postgresql":
        return
    said = {setting.name: setting.value for setting in design.scaling.settings}
    sizes = {name: in_bytes(said.get(name, value), bare) for name, (value, bare) in DEFAULTS.items()}
    for name in (name for name, size in sizes.items() if size is None):
        fact = f'"{name}" is "{said[name]}", which is no size.'
        yield finding(__name__, f"setting.{name}", fact=fact, evidence=said[name], remedy="Write it as 256MB or 4GB.")
    shared, wal, work, maintenance = (size or 0.0 for size in sizes.values())
    connections = int(said["max_connections"]) if said.get("max_connections", "").isdigit() else 100
    workers = int(said["autovacuum_max_workers"]) if said.get("autovacuum_max_workers", "").isdigit() else WORKERS
    memory, cache = design.scaling.machine.memory_gb * GB, _cache(design)
    if cache > memory:
        yield finding(
            __name__,
            "cache.distributed",
            fact=f"The shared cache may take {cache / GB:.1f} GB, and a machine has {memory / GB:g} GB.",
            evidence=f"maxmemory × {FRAGMENTED:g} for fragmentation and clients is {cache:.0f} bytes",
            remedy="Cache fewer or smaller values, or give the cache a larger machine.",
        )
    beside = cache if design.requirements.tier in LIGHT else 0.0
    total = shared + wal + connections * work + workers * maintenance + beside
    if total > memory:
        yield finding(
            __name__,
            "setting.work_mem",
            fact=f"The server may take {total / GB:.1f} GB at once, and the machine has {memory / GB:g} GB.",
            evidence=f"shared_buffers {shared:.0f} + wal_buffers {wal:.0f} + {connections} connections × work_mem "
            f"{work:.0f} + {workers} vacuum workers × maintenance_work_mem {maintenance:.0f} bytes"
            + (f" + the shared cache beside it {beside:.0f} bytes" if beside else ""),
            remedy=REMEDY,
        )


def _cache(design: Design) -> float:
    """Bytes that the shared cache may take, with what its allocator and its clients need beside the values."""
    told = (dict(layer.settings).get("maxmemory") for layer in design.caching.layers if layer.layer == "distributed")
    return FRAGMENTED * sum(in_bytes(size) or 0.0 for size in told if size)
