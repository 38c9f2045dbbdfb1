"""Do range partitions follow each other without gap or overlap, from the run's date on, and is the rest caught?"""

from collections.abc import Iterator
from itertools import pairwise

from agents.checks._bounds import Bound, bound, is_default, range_bounds
from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Partition, Partitioning, Table

MEANS = "A row whose time lies in the gap is refused, at the moment it is written."
REMEDY = "Let each partition start where the one before ends, and catch the rest in a default partition."

Span = tuple[Bound, Bound, Partition]


def findings(design: Design) -> Iterator[Finding]:
    """Gaps, overlaps, empty ranges, a run's date outside, and a missing default partition."""
    today = bound(f"'{design.brief.date.isoformat()}'")
    for table in design.schema_design.tables:
        if table.partitioning is not None and table.partitioning.strategy == "range":
            spans = _spans(table.partitioning)
            yield from _unreadable(table, table.partitioning)
            yield from _breaks(table, spans)
            yield from _uncaught(table, table.partitioning)
            if table.partitioning.interval and not any(low <= today < high for low, high, _ in spans):
                fact = f'No partition of "{table.name}" takes rows of {design.brief.date.isoformat()}, the run\'s date.'
                remedy = f'Start the partitions of "{table.name}" on or before that date.'
                yield _finding(table, fact, f"{len(spans)} ranges", remedy)


def _spans(partitioning: Partitioning) -> list[Span]:
    read = [(range_bounds(partition), partition) for partition in partitioning.partitions]
    return sorted(((b[0], b[1], p) for b, p in read if b), key=lambda span: (span[0], span[1]))


def _unreadable(table: Table, partitioning: Partitioning) -> Iterator[Finding]:
    for partition in partitioning.partitions:
        bounds = range_bounds(partition)
        if bounds is None and not is_default(partition):
            fact = f'Partition "{partition.name}" of "{table.name}" has no range in its SQL.'
            yield _finding(table, fact, partition.bounds, "Write FOR VALUES FROM (…) TO (…), or DEFAULT.")
        elif bounds is not None and not bounds[0] < bounds[1]:
            fact = f'Partition "{partition.name}" of "{table.name}" ends before it starts.'
            yield _finding(table, fact, partition.bounds, "Put the earlier bound first.")


def _breaks(table: Table, spans: list[Span]) -> Iterator[Finding]:
    for (_, end, before), (start, _, after) in pairwise(spans):
        if end != start:
            what = "a gap" if end < start else "an overlap"
            fact = f'"{table.name}" has {what} between its partitions "{before.name}" and "{after.name}".'
            evidence = f"{before.bounds}; {after.bounds}"
            yield _finding(table, fact, evidence, f'Let "{after.name}" start where "{before.name}" ends.')


def _uncaught(table: Table, partitioning: Partitioning) -> Iterator[Finding]:
    caught = any(is_default(partition) for partition in partitioning.partitions)
    if not caught and "default" not in partitioning.because.lower():
        fact = f'"{table.name}" has no default partition, and its reason does not say why.'
        remedy = f'Add a default partition to "{table.name}", or say why rows outside its ranges must be refused.'
        yield _finding(table, fact, partitioning.because, remedy)


def _finding(table: Table, fact: str, evidence: str, remedy: str) -> Finding:
    return finding(__name__, f"table.{table.name}", fact=fact, evidence=evidence, remedy=remedy)
