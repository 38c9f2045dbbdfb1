"""Does every value have exactly one hash partition?

PostgreSQL accepts a table whose hash partitions leave gaps, and inserts pass for as long as no value falls into one.
The partitions cover every value when the sum of 1 / modulus is 1 and no two of them overlap.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import gcd

from agents.checks._bounds import hash_bounds
from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Partitioning, Table

MEANS = "Inserts fail for some values and pass for others, so tests may pass while production loses rows."
REMEDY = "Create the missing hash partitions."


def findings(design: Design) -> Iterator[Finding]:
    """Hash-partitioned tables with gaps, overlaps, or bounds that contradict what the design says of them."""
    for table in design.schema_design.tables:
        if table.partitioning is not None and table.partitioning.strategy == "hash":
            yield from _judged(table, table.partitioning)


def _judged(table: Table, partitioning: Partitioning) -> Iterator[Finding]:
    stated = [hash_bounds(partition) for partition in partitioning.partitions]
    pairs = zip(partitioning.partitions, stated, strict=True)
    unlike = [partition.name for partition, found in pairs if found != (partition.modulus, partition.remainder)]
    if unlike:
        yield _finding(table, f"The SQL of {names(unlike)} states another modulus or remainder than the design.", "")
        return
    bounds = [found for found in stated if found]
    share = covered(bounds)
    clashes = [pair for pair in combinations(bounds, 2) if overlap(*pair)]
    if share != 1 or clashes:
        fact = f'The hash partitions of "{table.name}" cover {share} of all values of "{partitioning.column}".'
        listed = "; ".join(f"modulus {m}, remainder {r}" for m, r in bounds) or "no partition"
        yield _finding(table, fact, listed)


def covered(bounds: list[tuple[int, int]]) -> Fraction:
    """The share of all hash values that these (modulus, remainder) pairs take, counting overlaps twice.

    >>> covered([(4, 0), (4, 1)])
    Fraction(1, 2)
    """
    return sum((Fraction(1, modulus) for modulus, _ in bounds), Fraction(0))


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether some hash value belongs to both (the Chinese remainder theorem for two congruences)."""
    return (one[1] - other[1]) % gcd(one[0], other[0]) == 0


def _finding(table: Table, fact: str, evidence: str) -> Finding:
    remedy = f'Give "{table.name}" one partition for each remainder of one modulus.'
    return finding(__name__, f"table.{table.name}", fact=fact, evidence=evidence, remedy=remedy)
