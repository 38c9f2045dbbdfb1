"""Does a copy's life, with the lag of the replica it was read from, stay within the age that its answer may have?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._units import in_seconds
from contracts.caching import CachingPlan
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "When an invalidation is lost, people are shown data that are older than was agreed."
REMEDY = "Shorten the TTL by the replica's lag and the in-process copy's life, or read from the primary."

_LIVES = frozenset({"expireAfterWrite", "ttl", "AbsoluteExpirationRelativeToNow"})
_MILLISECONDS = frozenset({"lru-cache"})  # a bare number counts milliseconds there, seconds elsewhere


def findings(design: Design) -> Iterator[Finding]:
    """Entries and routes whose answers may be older than their query allows."""
    lags = {r.query: r.lag_tolerance_seconds for r in design.scaling.routes if r.target != "primary"}
    ages = {q.name: q.staleness_seconds for q in design.schema_design.queries}
    local = _local_seconds(design.caching)
    for entry in design.caching.entries:
        both = len(entry.layers) > 1
        parts = {"TTL": entry.ttl.value, "in-process copy": local if both else 0.0, "lag": lags.get(entry.query, 0)}
        allowed = min(a for a in (entry.staleness_seconds, ages.get(entry.query)) if a is not None)
        if sum(parts.values()) > allowed:
            yield _finding(f"cache_entry.{entry.name}", entry.query, parts, allowed)
    for query, lag in lags.items():
        age = ages.get(query)
        if age is not None and lag > age:
            yield _finding(f"route.{query}", query, {"lag": lag}, age)


def _finding(place: str, query: str, parts: dict[str, float], allowed: float) -> Finding:
    return finding(
        __name__,
        place,
        fact=f'An answer of "{query}" may be {sum(parts.values()):g} s old, and {allowed:g} s are allowed.',
        evidence=" + ".join(f"{name} {value:g} s" for name, value in parts.items() if value),
        remedy=REMEDY,
    )


def _local_seconds(plan: CachingPlan) -> float:
    """The life of an in-process copy, as the product's own setting says it."""
    for layer in plan.layers:
        if layer.layer == "in_process":
            bare = 0.001 if layer.product in _MILLISECONDS else 1.0
            lives = [in_seconds(value, bare) for name, value in layer.settings if name in _LIVES]
            return max((life for life in lives if life is not None), default=0.0)
    return 0.0
