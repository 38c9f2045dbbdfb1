"""The set of indexes that serves all queries and foreign keys at the least cost: a search over candidates.

An index per query by rule makes too many: a query that filters a parent's twenty rows needs no index of its own, and
two queries may share one. So whole sets are compared, by what all reads, writes and blocks cost together (`costs`),
and the cheapest one is made. That is arithmetic over the brief's own volumes and rates, not a measurement, because a
design must come out the same where no engine is; the engine then has to show for every query that the set's index is
taken and what it saves, and `benchmarks.indexes` compares the sets with those of others on loaded tables.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name
from agents.schema_design.core import index_names, pk_name
from agents.schema_design.costs import (
    BRIN_PAGES,
    Candidate,
    Condition,
    Need,
    Relation,
    pages,
    rising,
    through,
    upkeep,
    whole,
)
from agents.schema_design.dataset import FAN_OUT, GROWN, Dataset
from agents.schema_design.names import unused
from agents.schema_design.spelling import Abilities
from contracts.base import Origin
from contracts.requirements import Attribute, Entity, Rule
from contracts.schema import ForeignKey, Index, IndexKey, Query, Table

COVERING_COLUMNS = 4
"""Columns that an index carries along at most; more make it a second table."""

FULL_READ_BELOW = 1_000
"""Rows after a year below which a table needs indexes for its keys alone: it is read as a whole in some ten pages."""

NARROW = ("integer", "decimal", "money", "percentage", "boolean", "date", "timestamp", "currency", "country", "uuid")

ENOUGH = 25.0
"""Cost below which a read is fast enough for good, in pages: some twenty rows fetched one by one, or a thousand read
in sequence, well under a millisecond. No index is worth its writes, its room and its name for less."""

LARGEST = 10
"""The parents that are asked for most have this many times the average of rows: of two sets that cost the same, the
one under which such a parent's rows are read in order is better."""

KEPT_A_DAY = 1 / 86_400
"""Each block of an index is read and written once a day, by vacuum, checks and backups, in reads a second."""

UNSTATED = 0.1
"""Rate of a query that is usual but that the brief does not ask for, beside one that it does."""

LIVE = Condition("deleted_at IS NULL", "deleted_at")

FLAT = 1.25
"""Blocks at the larger size of the proof over those at the smaller one, up to which a query is said to read as many."""

PIVOTAL = 2.5
"""An index that makes a query this many times cheaper than another one shows it in blocks; below, both are dropped
together when the engine looks what the query costs without them."""


@dataclass(frozen=True)
class Workload:
    """Reads and writes a second of the whole application, and the rows of the proof with the tables that it grows."""

    reads: float
    writes: float
    dataset: Dataset
    grown: tuple[str, ...]
    abilities: Abilities


@dataclass(frozen=True)
class Served:
    """The index or constraint that a query reads through, others that would do nearly as well, and whether the blocks
    that it reads grow with the table's rows (None where the proof does not grow the table)."""

    index: str
    stand_ins: tuple[str, ...] = ()
    growth: Literal["flat", "rows"] | None = None


def indexes(
    tables: Sequence[Table],
    queries: Iterable[Query],
    needs: Iterable[Need],
    entities: Mapping[str, Entity],
    rules: Mapping[str, Sequence[Rule]],
    workload: Workload,
) -> tuple[tuple[Index, ...], dict[str, Served]]:
    """The indexes, and for each query that an index or a constraint serves, which one."""
    by_table: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        by_table[need.table].append(need)
    serves = {query.name: query.serves for query in queries}
    rows = {table.name: _after_a_year(table) for table in tables}
    rates = _rates(tables, by_table, workload)
    made: list[Index] = []
    served: dict[str, Served] = {}
    taken = {name for table in tables for name in index_names(table)}
    for table in tables:
        own = [Candidate(index, (LIVE,)) for index in soft_delete_uniques(
            table, entities.get(table.entity or ""), rules.get(table.entity or "", ()))]  # fmt: skip
        parents = {key.columns[0]: rows.get(key.references, 0.0) for key in table.foreign_keys}
        parents = {c: n if n > 1 else rows[table.name] / FAN_OUT for c, n in parents.items()}
        relation = Relation(table, max(rows[table.name], FULL_READ_BELOW), parents)
        large = rows[table.name] >= FULL_READ_BELOW
        read = own if workload.abilities.partial else []  # elsewhere a generated column stands in, which no query names
        choice = _Choice(relation, by_table[table.name], read, rates[table.name], large, workload.abilities)
        chosen = [_named(one, taken) for one in (*(one for one in own if one not in read), *choice.best())]
        sizes = (workload.dataset.rows[table.name], *([GROWN] if table.name in workload.grown else []))
        shown = [_proof_relation(table, size, workload.dataset) for size in sizes]
        there = (*_standing(table), *(one for one in chosen if read or one not in own))
        found = _served(relation, shown, by_table[table.name], there, workload.abilities)
        served |= found
        explained = (_explained(table, one.index, by_table[table.name], found, serves) for one in chosen)
        made += [_in_method(index, workload.abilities) for index in explained]
    return tuple(made), served


def _in_method(index: Index, abilities: Abilities) -> Index:
    """An index of words by the method of the engine."""
    method = abilities.parts if any(key.operator_class for key in index.keys) else abilities.words
    return index.model_copy(update={"method": method}) if index.method == "gin" else index


def _after_a_year(table: Table) -> float:
    return max(1.0, table.expected_rows + 365 * table.rows_per_day)


@dataclass(frozen=True)
class _Rates:
    """Reads a second of each query, new rows a second, and later changes of each row's state."""

    reads: Mapping[str, float]
    inserts: float
    changes: float


def _rates(
    tables: Iterable[Table], needs: Mapping[str, Sequence[Need]], workload: Workload
) -> Mapping[str, _Rates]:  # fmt: skip
    """The brief's own rates; where it has none, the reads shared out over queries, the writes by new rows a day."""
    tables = tuple(tables)
    weights = {n.query: 1.0 if n.stated else UNSTATED for of in needs.values() for n in of}
    all_weights, all_rows = sum(weights.values()) or 1.0, sum(t.rows_per_day + 1 for t in tables) or 1.0
    found = {}
    for table in tables:
        reads = {n.query: n.per_second or workload.reads * weights[n.query] / all_weights for n in needs[table.name]}
        inserts = workload.writes * (table.rows_per_day + 1) / all_rows
        states = next((len(c.values) - 1 for c in table.checks if c.kind == "one_of" and c.column == "status"), 0)
        found[table.name] = _Rates(reads, inserts, inserts * states)
    return found


class _Choice:
    """The search for one table: the cost of every query through every candidate is known before sets are compared."""

    def __init__(
        self,
        relation: Relation,
        needs: Sequence[Need],
        own: Sequence[Candidate],
        rates: _Rates,
        large: bool,
        abilities: Abilities,
    ) -> None:
        self._table, self._rates, self._own = relation.table, [rates.reads[need.query] for need in needs], own
        self._inserts, self._changes = rates.inserts, rates.changes
        standing = (*_standing(relation.table), *own)
        possible = _candidates(relation, needs if large else ())
        found = _distinct(one for one in possible if _is_able(abilities, one.index))
        self.candidates = [one for one in found if not any(_begins(other, one) for other in _standing(self._table))]
        self._costs = [[_cost(relation, one, need) for need in needs] for one in self.candidates]
        skewed = Relation(relation.table, relation.rows, {c: n / LARGEST for c, n in relation.parents.items()})
        self._seen = [[_seen(skewed, one, need) for need in needs] for one in self.candidates]
        self._all_seen = [min(whole(skewed, n).seen, *(_seen(skewed, one, n) for one in standing)) for n in needs]
        self._without = [
            min(max(ENOUGH, whole(relation, n).cost), *(_cost(relation, one, n) for one in standing)) for n in needs
        ]
        self._upkeep = [upkeep(relation, one.index) for one in self.candidates]
        self._standing_upkeep = sum(upkeep(relation, one.index) for one in standing)
        self._kept = [pages(relation, one) * KEPT_A_DAY for one in self.candidates]
        self._changing = [_changes(one) for one in self.candidates]
        self._longer = [self._prefixed(one) for one in self.candidates]
        self._leading = [[_leads(self._table, key, [one.index]) for one in self.candidates] for key in self._open()]

    def _prefixed(self, one: Candidate) -> frozenset[int]:
        """The candidates that begin with this one and hold all that it holds: both together are one too many."""
        return frozenset(c for c, other in enumerate(self.candidates) if other is not one and _begins(other, one))

    def _open(self) -> list[ForeignKey]:
        """The foreign keys that the table's own keys leave without an index."""
        own = [one.index for one in self._own]
        return [key for key in self._table.foreign_keys if not _leads(self._table, key, own)]

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


def _is_able(abilities: Abilities, index: Index) -> bool:
    """Whether the engine has such an index."""
    if index.method == "gin":
        of_parts = any(key.operator_class for key in index.keys)
        return bool(abilities.parts if of_parts else abilities.words) and (abilities.partial or not index.where)
    return (abilities.partial or not index.where) and (abilities.spans or index.method != "brin")


def _begins(longer: Candidate, one: Candidate) -> bool:
    """Whether reading the longer index, forwards or backwards, gives all that reading the other one gives."""
    if longer.index.method != "btree" or one.index.method != "btree" or longer.held != one.held:
        return False
    head = longer.index.keys[: len(one.index.keys)]
    turned = tuple(key.model_copy(update={"descending": not key.descending}) for key in head)
    stored = {*(key.column for key in longer.index.keys), *longer.index.include}
    return one.index.keys in (head, turned) and set(one.index.include) <= stored


def _cost(relation: Relation, one: Candidate, need: Need) -> float:
    access = through(relation, one, need)
    return max(ENOUGH, access.cost) if access else math.inf


def _seen(relation: Relation, one: Candidate, need: Need) -> float:
    access = through(relation, one, need)
    return access.seen if access else math.inf


def _changes(one: Candidate) -> bool:
    """Whether the index holds or asks for what later changes."""
    columns = {*(key.column for key in one.index.keys), *one.index.include, *(held.column for held in one.held)}
    return bool(columns & {"status", "updated_at"})


def _rank(one: Candidate) -> tuple[int, int, str]:
    return len(one.index.keys), len(one.index.include), one.index.model_dump_json()


def _distinct(found: Iterable[Candidate]) -> list[Candidate]:
    """Each index once, the simplest first, so that equal costs give the simplest set."""
    return sorted(dict.fromkeys(found), key=_rank)


def _standing(table: Table) -> tuple[Candidate, ...]:
    """The indexes of the keys, which stand for reasons of their own."""
    keys = [(pk_name(table), table.primary_key), *((u.name, u.columns) for u in table.uniques)]
    return tuple(
        Candidate(_index(table, name, tuple(IndexKey(column=c) for c in columns), unique=True))
        for name, columns in keys
    )


def _candidates(relation: Relation, needs: Sequence[Need]) -> Iterator[Candidate]:
    table = relation.table
    for key in table.foreign_keys:
        if not _leads(table, key, ()):
            yield _candidate(table, tuple(IndexKey(column=name) for name in key.columns), ())
    plain = [one for need in needs for one in _of_need(relation, need)]
    yield from plain
    for need in needs:
        for one in plain:
            carried = [c for c in need.reads if c not in {k.column for k in one.index.keys}]
            if need.words is None and one.index.method == "btree" and _carries(table, carried):
                yield Candidate(one.index.model_copy(update={"include": tuple(carried)}), one.held)


def _of_need(relation: Relation, need: Need) -> Iterator[Candidate]:
    """Equality, then order, then range; with constant conditions as predicate, as keys, or left to a filter."""
    table = relation.table
    if need.words:
        yield from (_candidate(table, (need.words,), held, "gin") for held in dict.fromkeys(((), need.fixed)))
        return
    constant = tuple(dict.fromkeys(c.column for c in need.fixed if len(c.values) == 1 and not c.negated))
    for equal in itertools.permutations(need.equal) if len(need.equal) <= 3 else (need.equal,):
        heads = {equal: (), (*equal, *(c for c in constant if c not in equal)): ()}
        for head in heads:
            after = tuple(key for key in need.order if key.column not in head)
            ranged = tuple(IndexKey(column=c) for c in need.ranged if c not in (*head, *(k.column for k in after)))
            first = tuple(IndexKey(column=c) for c in head)
            held = need.fixed if head == equal else ()
            for keys in dict.fromkeys(((*first, *after, *ranged), (*first, *ranged), first)):
                if keys:
                    yield from (_candidate(table, keys, some) for some in dict.fromkeys(((), held)))
    for column in need.ranged:
        if relation.pages > 10 * BRIN_PAGES and rising(table, column):
            yield _candidate(table, (IndexKey(column=column),), (), "brin")


def _carries(table: Table, names: Sequence[str]) -> bool:
    if not 0 < len(names) <= COVERING_COLUMNS or "*" in names:
        return False
    columns = [table.column(name) for name in names]
    return all(c.type in NARROW or (c.type in ("string", "identifier") and _width(c.sql_type) <= 64) for c in columns)


def _width(spelling: str) -> int:
    return int(spelling.partition("(")[2].rstrip(")") or 10**6)


def _candidate(table: Table, keys: tuple[IndexKey, ...], held: Sequence[Any], method: str = "btree") -> Candidate:
    where = " AND ".join(one.sql for one in held) or None
    return Candidate(_index(table, "", keys, where=where, method=method), tuple(held))


def _index(table: Table, name: str, keys: tuple[IndexKey, ...], **more: Any) -> Index:
    """An index before it is chosen: why it stands and whom it serves is known afterwards."""
    origin = Origin(kind="convention", rule="every foreign key is covered by an index")
    return Index(name=name or "ix", table=table.name, keys=keys, because="", origin=origin, serves=(), **more)


def _named(one: Candidate, taken: set[str]) -> Candidate:
    index = one.index
    if not index.unique:
        parts = [key.column or "search" for key in index.keys]
        marks = [*(["partial"] if index.where else []), *([index.method] if index.method == "brin" else [])]
        index = index.model_copy(update={"name": constraint_name("ix", index.table, *parts, *marks)})
    return Candidate(index.model_copy(update={"name": unused(index.name, taken)}), one.held)


def _proof_relation(table: Table, rows: int, dataset: Dataset) -> Relation:
    """The table as the proof loads it: what is said there of an index must be seen there."""
    children = {key.columns[0]: dataset.children(table, key) for key in table.foreign_keys}
    together = frozenset(column for column in children if dataset.in_blocks(table, column))
    return Relation(table, rows, {column: rows / each for column, each in children.items()}, together, evenly=True)


def _served(
    relation: Relation,
    shown: Sequence[Relation],
    needs: Sequence[Need],
    there: Sequence[Candidate],
    abilities: Abilities,
) -> dict[str, Served]:
    """For each query the cheapest way at the expected size, if it is better than a full read; and the other ways that
    cost hardly more blocks on the rows of the proof."""
    found = {}
    for need in needs:
        ways = {one.index.name: access.cost for one in there if (access := through(relation, one, need))}
        name = min(ways, key=lambda way: (ways[way], way), default=None)
        if name is None or ways[name] >= whole(relation, need).cost:
            continue
        near = dict.fromkeys(other for at in shown for other in _near(at, need, there, name))
        one = next(one for one in there if one.index.name == name)
        if abilities.skips:
            near |= dict.fromkeys(_skipped(one, there))
        found[need.query] = Served(name, tuple(near), _growth(shown, need, one))
    return found


def _near(shown: Relation, need: Need, there: Sequence[Candidate], name: str) -> list[str]:
    """The other ways whose blocks are hardly more, the best first."""
    blocks = {one.index.name: access.blocks for one in there if (access := through(shown, one, need))}
    near = (way for way in blocks if way != name and blocks[way] < PIVOTAL * blocks[name])
    return sorted(near, key=lambda way: (blocks[way], way))


def _skipped(one: Candidate, there: Sequence[Candidate]) -> list[str]:
    """The indexes that hold the first key of this one behind keys of their own."""
    key = one.index.keys[0].column
    return [other.index.name for other in there if key and key in [k.column for k in other.index.keys[1:]]]


def _growth(shown: Sequence[Relation], need: Need, one: Candidate) -> Literal["flat", "rows"] | None:
    if len(shown) == 1:
        return None
    small, large = (access.blocks for at in shown if (access := through(at, one, need)))
    return "flat" if large <= FLAT * small else "rows"


def _explained(
    table: Table, index: Index, needs: Sequence[Need], served: Mapping[str, Served],
    serves: Mapping[str, tuple[str, ...]],
) -> Index:  # fmt: skip
    """The index with the queries that read through it, whom it serves, and why it is there."""
    read = [need for need in needs if need.query in served and served[need.query].index == index.name]
    queries = {"queries": tuple(need.query for need in read)}
    if index.unique:
        return index.model_copy(update=queries)
    key = next((key for key in table.foreign_keys if _leads(table, key, [index])), None)
    if read:
        asked = dict.fromkeys(s for need in read for s in serves[need.query])
        origin = Origin(kind="inferred", rule="the set of indexes whose reads and writes cost the least")
        return index.model_copy(
            update=queries | {"serves": tuple(asked), "origin": origin, "because": _because(index, read)}
        )
    assert key is not None, index  # every other index lowers the cost of a query that it serves
    because = f"deleting or joining from {quoted(key.references)} finds the rows of {table.name} by it"
    return index.model_copy(update={"because": because, "serves": key.serves})


def _because(index: Index, needs: Sequence[Need]) -> str:
    names, many = ", ".join(need.query for need in needs), len(needs) > 1
    if index.method == "gin":
        return f"{names} look{'' if many else 's'} for words inside values; each write also updates the words' lists"
    if index.method == "brin":
        return f"{names} read{'' if many else 's'} spans of time, in which the rows were written side by side"
    parts = [f"{names} find{'' if many else 's'} rows by these keys"]
    if any(need.order for need in needs):
        parts = [f"{names} find{'' if many else 's'} and order{'' if many else 's'} rows by these keys"]
    if index.where:
        parts.append(f"only rows with {index.where} are wanted, so the others take no room in it")
    if index.include:
        parts.append(f"{', '.join(index.include)} ride along, so that the page is read from the index alone")
    return "; ".join(parts)


def _leads(table: Table, key: ForeignKey, own: Iterable[Index]) -> bool:
    """Whether some complete index begins with the foreign key's columns."""
    width = len(key.columns)
    wanted = set(key.columns)
    if set(table.primary_key[:width]) == wanted or any(set(u.columns[:width]) == wanted for u in table.uniques):
        return True
    if any(e.where is None and e.equal[:width] == key.columns for e in table.exclusions):  # its GiST index leads
        return True
    return any(
        index.method == "btree" and index.where is None and {k.column for k in index.keys[:width]} == wanted
        for index in own
    )


def soft_delete_uniques(table: Table, entity: Entity | None, rules: Iterable[Rule]) -> list[Index]:
    """Unique attributes of a table with soft delete: unique among rows that are not deleted."""
    if entity is None or not any(c.name == "deleted_at" for c in table.columns):
        return []
    names = {column.name for column in table.columns}
    ruled = {r.attributes[0]: r.serves for r in rules if r.kind == "unique" and len(r.attributes) == 1}
    return [
        _live_unique(table, a, ruled.get(a.name, ()))
        for a in entity.attributes
        if (a.unique or a.name in ruled) and not a.references and a.name in names
    ]


def _live_unique(table: Table, attribute: Attribute, ruled: tuple[str, ...]) -> Index:
    return Index(
        name=constraint_name("uq", table.name, attribute.name, "live"),
        table=table.name,
        keys=(IndexKey(column=attribute.name),),
        where="deleted_at IS NULL",
        unique=True,
        because=f"{attribute.label} is unique among rows that are not deleted, and free again after deletion",
        origin=attribute.origin,
        serves=tuple(dict.fromkeys((*attribute.serves, *ruled))),
    )
