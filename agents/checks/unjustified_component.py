"""Does a small project stay small?

On a device or a single small server a replica, a shared cache, partitions or a pooler cost more than they give,
unless the brief itself asks for them or states a number that does.
"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.base import Element
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The team runs, patches and pays for machinery that its load does not need."
REMEDY = "Leave the component out, and say by which number it becomes due."

LIGHT = frozenset({"embedded", "small"})
REASONS = {
    "read replica": frozenset({"availability", "performance", "stack"}),
    "distributed cache": frozenset({"stack", "performance"}),
    "partitioned table": frozenset({"volume", "retention", "compliance", "stack"}),
    "connection pool": frozenset({"stack", "performance"}),
}
"""The kinds of stated requirement that can justify each component in a light project."""

POOLERS = ("pgbouncer", "pgpool", "pgcat", "odyssey", "proxysql", "supavisor")


def findings(design: Design) -> Iterator[Finding]:
    """Heavy components of a light project that serve no stated requirement of a kind that could ask for them."""
    if design.requirements.tier not in LIGHT:
        return
    stated = {r.id: r.kind for r in design.requirements.requirements if r.origin.kind == "stated"}
    for what, name, element in _components(design):
        kinds = {stated[served] for served in element.serves if served in stated}
        if not kinds & REASONS[what]:
            yield finding(
                __name__,
                f"{what}.{name}",
                fact=f'The project is of tier "{design.requirements.tier}", and has the {what} "{name}".',
                evidence=f"It serves {', '.join(element.serves) or 'nothing'}; no stated number asks for it.",
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
