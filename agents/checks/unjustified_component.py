"""Does a project have only the machinery that its brief or a number asks for?

A replica, a shared cache, partitions, a pooler, a trail or policies cost somebody's time for as long as they run. On a
device or a single small server the brief itself must ask for them or state a number that does; in a larger project a
requirement of a fitting kind or an assumption about the load must, whoever inferred it.
"""

from collections.abc import Iterator, Mapping

from agents.checks._finding import finding
from contracts.base import Element
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The team runs, patches and pays for machinery that nothing asks for."
REMEDY = "Leave the component out, and say by which number it becomes due."

LIGHT = frozenset({"embedded", "small"})
PROTECTING = frozenset({"security", "compliance"})
REASONS: Mapping[str, frozenset[str]] = {
    "read replica": frozenset({"availability", "performance", "stack"}),
    "distributed cache": frozenset({"stack", "performance"}),
    "partitioned table": frozenset({"volume", "retention", "compliance", "stack"}),
    "connection pool": frozenset({"stack", "performance"}),
    "audit trail": PROTECTING,
    "log of reads": PROTECTING,
    "row-level policy": PROTECTING,
}
"""The kinds of requirement that can justify each component."""
_ASSUMED = {"read replica": "load", "distributed cache": "load", "partitioned table": "load", "connection pool": "load"}
"""What an assumption about the load can justify as well, where the project is no light one."""

POOLERS = ("pgbouncer", "pgpool", "pgcat", "odyssey", "proxysql", "supavisor")


def findings(design: Design) -> Iterator[Finding]:
    """Heavy components that serve no requirement of a kind that could ask for them."""
    light = design.requirements.tier in LIGHT
    known = {r.id: r.kind for r in design.requirements.requirements if r.origin.kind == "stated" or not light}
    assumed = {a.id for a in design.requirements.assumptions} if not light else set()
    for what, name, element in _components(design):
        kinds = {known[served] for served in element.serves if served in known}
        loaded = what in _ASSUMED and bool(assumed & set(element.serves))
        if not kinds & REASONS[what] and not loaded:
            asks = "no stated number" if light else "no requirement or number"
            yield finding(
                __name__,
                f"{what}.{name}",
                fact=f'The project is of tier "{design.requirements.tier}", and has the {what} "{name}".',
                evidence=f"It serves {', '.join(element.serves) or 'nothing'}; {asks} asks for it.",
                remedy=f'Leave "{name}" out, and name the number from which it is due.',
            )


def _components(design: Design) -> Iterator[tuple[str, str, Element]]:
    yield from (("read replica", replica.name, replica) for replica in design.scaling.replicas)
    for layer in design.caching.layers:
        if layer.layer == "distributed":
            yield "distributed cache", layer.product, layer
    for table in design.schema_design.tables:
        if table.partitioning is not None:
            yield "partitioned table", table.name, table.partitioning
    for pool in design.scaling.pools:
        if any(product in pool.product.lower() for product in POOLERS):
            yield "connection pool", pool.name, pool
    if design.security.audit:
        yield "audit trail", design.security.audit.log_table, design.security.audit
    if design.security.access_log:
        yield "log of reads", design.security.access_log.log_table, design.security.access_log
    yield from (("row-level policy", policy.name, policy) for policy in design.security.policies)
