"""The search for the cheapest set of a table's indexes: every query's cost through every candidate is known first."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agents.schema_design.costs import Candidate, Need, Relation, pages, through, upkeep, whole
from agents.schema_design.index_candidates import begins, candidates, distinct, is_able, leads, standing
from agents.schema_design.spelling import Abilities
from contracts.schema import ForeignKey

ENOUGH = 25.0
"""Cost below which a read is fast enough for good, in pages: some twenty rows fetched one by one, or a thousand read
in sequence, well under a millisecond. No index is worth its writes, its room and its name for less."""

ENOUGH_FOR_ONE = 5.0
"""The same for a row that is looked up by its code, which is what applications do most: twice what a tree takes."""

LARGEST = 10
"""The parents that are asked for most have this many times the average of rows: of two sets that cost the same, the
one under which such a parent's rows are read in order is better."""

KEPT_A_DAY = 1 / 86_400
"""Each block of an index is read and written once a day, by vacuum, checks and backups, in reads a second."""


@dataclass(frozen=True)
class Rates:
    """Reads a second of each query, new rows a second, and later changes of each row's state."""

    reads: Mapping[str, float]
    inserts: float
    changes: float


def enough(need: Need) -> float:
    """The cost below which a faster way to this query's rows is worth nothing."""
    return ENOUGH_FOR_ONE if need.kind == "lookup" else ENOUGH


class Choice:
    """The search for one table, whose indexes are made for the `worthy` needs.

    The cost of every query through every candidate is known before sets are compared.
    """

    def __init__(
        self,
        relation: Relation,
        needs: Sequence[Need],
        own: Sequence[Candidate],
        rates: Rates,
        worthy: Sequence[Need],
        abilities: Abilities,
    ) -> None:
        self._table, self._rates, self._own = relation.table, [rates.reads[need.query] for need in needs], own
        self._inserts, self._changes = rates.inserts, rates.changes
        there = (*standing(relation.table, abilities), *own)
        self._bound = frozenset(key.column for need in needs for key in need.order if key.column not in need.equal)
        possible = candidates(relation, worthy)
        found = distinct(one for one in possible if is_able(abilities, one.index))
        keys = standing(relation.table, abilities)
        self.candidates = [one for one in found if not any(begins(other, one, self._bound) for other in keys)]
        self._costs = [[_cost(relation, one, need) for need in needs] for one in self.candidates]
        skewed = replace(relation, parents={c: n / LARGEST for c, n in relation.parents.items()}, _distinct={})
        self._seen = [[_seen(skewed, one, need) for need in needs] for one in self.candidates]
        self._all_seen = [min(whole(skewed, n).seen, *(_seen(skewed, one, n) for one in there)) for n in needs]
        self._without = [
            min(max(enough(n), whole(relation, n).cost), *(_cost(relation, one, n) for one in there)) for n in needs
        ]
        self._upkeep = [upkeep(relation, one.index) for one in self.candidates]
        self._standing_upkeep = sum(upkeep(relation, one.index) for one in there)
        self._kept = [pages(relation, one) * KEPT_A_DAY for one in self.candidates]
        self._changing = [_changes(one) for one in self.candidates]
        self._longer = [self._prefixed(one) for one in self.candidates]
        self._leading = [[leads(self._table, key, [one.index]) for one in self.candidates] for key in self._open()]

    def _prefixed(self, one: Candidate) -> frozenset[int]:
        """The candidates that begin with this one and hold all that it holds: both together are one too many."""
        return frozenset(
            c for c, other in enumerate(self.candidates) if other is not one and begins(other, one, self._bound)
        )

    def _open(self) -> list[ForeignKey]:
        """The foreign keys that the table's own keys leave without an index."""
        own = [one.index for one in self._own]
        return [key for key in self._table.foreign_keys if not leads(self._table, key, own)]

    def best(self) -> tuple[Candidate, ...]:
        """The cheapest set that two searches find: one begins with the least, the other with all that help."""
        least = {leading.index(True) for leading in self._leading}
        helping = {min(range(len(self._costs)), key=lambda c: (self._costs[c][i], c))
                   for i in range(len(self._without)) if self._costs}  # fmt: skip
        longest = {c for c in least | helping if not self._longer[c] & (least | helping)}
        ends = [self._improved(tuple(sorted(start))) for start in (least, longest)]
        cheapest = min(ends, key=lambda end: (self._rounded(end), end))
        return (*self._own, *(self.candidates[c] for c in cheapest))

    def _improved(self, chosen: tuple[int, ...]) -> tuple[int, ...]:
        """Adds, drops or exchanges one index at a time, always the best step, until no step helps."""
        while True:
            best = min(((self._rounded(step), step) for step in self._steps(chosen)), default=None)
            if best is None or best[0] >= self._rounded(chosen):
                return chosen
            chosen = best[1]

    def _steps(self, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Sets that differ in one index, or in one for another, and still cover each foreign key."""
        others = [c for c in range(len(self.candidates)) if c not in chosen]
        for gone in (None, *chosen):
            kept = tuple(c for c in chosen if c != gone)
            for step in (kept, *(tuple(sorted((*kept, c))) for c in others)):
                covered = all(any(leading[c] for c in step) for leading in self._leading)
                if covered and not any(self._longer[c].intersection(step) for c in step):
                    yield step

    def _rounded(self, chosen: tuple[int, ...]) -> tuple[float, int, float]:
        """Cost a second of all reads, all writes and keeping the blocks; of sets that cost the same within a percent
        the smaller one is better, then the one that looks at fewer rows of large parents."""
        read = self._all_reads(self._costs, self._without, chosen)
        entered, changed = sum(self._upkeep[c] for c in chosen), 0.0
        if any(self._changing[c] for c in chosen):  # no update then stays in its page without new index entries
            changed = entered + self._standing_upkeep
        total = read + self._inserts * entered + self._changes * changed + sum(self._kept[c] for c in chosen)
        seen = self._all_reads(self._seen, self._all_seen, chosen)
        return float(f"{total:.3g}"), len(chosen), float(f"{seen:.6g}")

    def _all_reads(self, found: list[list[float]], without: list[float], chosen: tuple[int, ...]) -> float:
        """The best of the set for each query, times its rate."""
        best = (min(least, *(found[c][i] for c in chosen)) if chosen else least for i, least in enumerate(without))
        return sum(rate * each for rate, each in zip(self._rates, best, strict=True))


def _cost(relation: Relation, one: Candidate, need: Need) -> float:
    access = through(relation, one, need)
    return max(enough(need), access.cost) if access else math.inf


def _seen(relation: Relation, one: Candidate, need: Need) -> float:
    access = through(relation, one, need)
    return access.seen if access else math.inf


def _changes(one: Candidate) -> bool:
    """Whether the index holds or asks for what later changes."""
    columns = {*(key.column for key in one.index.keys), *one.index.include, *(held.column for held in one.held)}
    return bool(columns & {"status", "updated_at"})
