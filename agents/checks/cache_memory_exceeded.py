"""Do the values that are cached at a time fit into each cache?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._units import in_bytes
from contracts.caching import CacheLayer
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The cache evicts what is about to be read, and the database gets the reads that it was spared by the plan."
REMEDY = "Give the cache more memory, or cache fewer or smaller values."

_UNITS = {"bytes": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}


def findings(design: Design) -> Iterator[Finding]:
    """Layers whose entries outgrow their capacity, and a maxmemory that the capacity contradicts."""
    for layer in design.caching.layers:
        held = [entry for entry in design.caching.entries if layer.layer in entry.layers]
        needed = sum(entry.items * entry.item_bytes for entry in held)
        limit = _limit(layer)
        if limit is None or needed > limit:
            room = "no size that can be read" if limit is None else f"{limit:.0f} bytes"
            yield finding(
                __name__,
                f"cache.{layer.layer}",
                fact=f"{layer.product} has to hold {needed:,} bytes and has {room}.",
                evidence=" + ".join(f"{e.name} {e.items} × {e.item_bytes}" for e in held),
                remedy=REMEDY,
            )


def _limit(layer: CacheLayer) -> float | None:
    """The smaller of the capacity that was computed and the one that the product is told."""
    factor = _UNITS.get(layer.capacity.unit.lower())
    computed = None if factor is None else layer.capacity.value * factor
    told = dict(layer.settings).get("maxmemory")
    if told is None or computed is None:
        return computed
    size = in_bytes(told)
    return None if size is None else min(computed, size)
