"""The set of indexes that serves all queries and foreign keys at the least cost: a search over candidates.

An index per query by rule makes too many: a query that filters a parent's twenty rows needs no index of its own, and
two queries may share one. So whole sets are compared, by what all reads, writes and blocks cost together (`costs`),
and the cheapest one is made. That is arithmetic over the brief's own volumes and rates, not a measurement, because a
design must come out the same where no engine is; the engine then has to show for every query that the set's index is
taken and what it saves, and `benchmarks.indexes` compares the sets with those of others on loaded tables.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name
from agents.schema_design.core import index_names
from agents.schema_design.costs import Candidate, Condition, Need, Relation, through, whole
from agents.schema_design.dataset import FAN_OUT, GROWN, Dataset
from agents.schema_design.index_candidates import LIVE, leads, standing
from agents.schema_design.index_search import Choice, Rates, enough
from agents.schema_design.names import unused
from agents.schema_design.one_default import one_default_indexes, singled
from agents.schema_design.row_values import DAYS, PERCENT, repeats_days
from agents.schema_design.soles import sole_indexes
from agents.schema_design.spelling import Abilities
from contracts.base import Origin
from contracts.requirements import Attribute, Entity, Rule
from contracts.schema import Index, IndexKey, Query, Table

FULL_READ_BELOW = 1_000
"""Rows after a year below which a table needs indexes for its keys and look-ups alone: it is read as a whole in some
ten pages."""

UNSURE = 10_000
"""People whom a table may come to hold where the brief does not say how many there are."""

UNSTATED = 0.1
"""Rate of a query that is usual but that the brief does not ask for, beside one that it does."""

FLAT = 1.25
"""Blocks at the larger size of the proof over those at the smaller one, up to which a query is said to read as many."""

YEARS = 3
"""The time after which a table is as large as the design must bear without being looked at again."""

DEARER, CHEAP = 4.0, 100.0
"""How many times our arithmetic the planner's cost may be at that size: it sees the synthetic rows' own spread of
values and their order on disk. A wrong index is dearer by the ratio of sizes. A cost below the second is never dear."""

FEW = 50
"""Values before the second key of an index up to which a search behind each of them is cheap."""

PIVOTAL = 2.5
"""An index that makes a query this many times cheaper than another one shows it in blocks; below, both are dropped
together when the engine looks what the query costs without them."""


@dataclass(frozen=True)
class Workload:
    """Reads and writes a second of the whole application, and the rows of the proof with the tables that it grows.

    `unsure` are tables of people whose number the brief does not state: their indexes are those of `UNSURE` rows at
    least, because an index too many costs little, and one too few is missed when the guess was wrong.
    """

    reads: float
    writes: float
    dataset: Dataset
    grown: tuple[str, ...]
    abilities: Abilities
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AtScale:
    """A table as it is after three years: rows, blocks of its heap, distinct values of its references, and the cost
    that the planner may see at most for the query."""

    rows: int
    pages: int
    distinct: tuple[tuple[str, float], ...]
    most: float


@dataclass(frozen=True)
class Served:
    """The index or constraint that a query reads through, others that would do nearly as well, whether the blocks
    that it reads grow with the table's rows (None where the proof does not grow the table), and what it reads when
    the table is large (None where it never is). `crowded` is how many pages of rows one owner has, among which a query
    looks for the few that a limit lets be open."""

    index: str
    stand_ins: tuple[str, ...] = ()
    growth: Literal["flat", "rows"] | None = None
    at_scale: AtScale | None = None
    crowded: float = 1.0


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
        defaults = _defaults(table, workload.dataset)
        parents = {key.columns[0]: rows.get(key.references, 0.0) for key in table.foreign_keys}
        parents = {c: n if n > 1 else rows[table.name] / FAN_OUT for c, n in parents.items()}
        size = max(rows[table.name], UNSURE if table.name in workload.unsure else 1)
        proves = workload.abilities.proves
        relation = Relation(table, max(size, FULL_READ_BELOW), parents, proves=proves)
        actual = Relation(table, size, parents, proves=proves)
        worthy = [need for need in by_table[table.name] if is_worthy(actual, need)]
        read = own if workload.abilities.partial else []  # elsewhere a generated column stands in, which no query names
        read, own = [*read, *(defaults if proves else [])], [*own, *defaults]
        unread = [one for one in own if one not in read]
        choice = Choice(relation, by_table[table.name], read, rates[table.name], worthy, workload.abilities)
        chosen = [_named(one, taken) for one in (*unread, *choice.best())]
        sizes = (workload.dataset.rows[table.name], *([GROWN] if table.name in workload.grown else []))
        shown = [_proof_relation(table, size, workload) for size in sizes]
        there = (*standing(table, workload.abilities), *(one for one in chosen if one not in unread))
        found = _served(relation, shown, by_table[table.name], there, workload.abilities)
        ahead = _ahead(table, {t.name: _after_years(t) for t in tables}, proves)
        served |= {name: _at_scale(ahead, way, by_table[table.name], name, there) for name, way in found.items()}
        explained = (_explained(table, one.index, by_table[table.name], found, serves) for one in chosen)
        made += [_in_method(index, workload.abilities) for index in explained]
    return tuple(made), served


def is_worthy(relation: Relation, need: Need) -> bool:
    """Whether the table is large enough for an index that serves this query alone."""
    if relation.rows >= FULL_READ_BELOW:
        return True
    return need.kind == "lookup" and whole(relation, need).cost > enough(need)


def _in_method(index: Index, abilities: Abilities) -> Index:
    """An index of words by the method of the engine."""
    method = abilities.parts if any(key.operator_class for key in index.keys) else abilities.words
    return index.model_copy(update={"method": method}) if index.method == "gin" else index


def _after_a_year(table: Table) -> float:
    return max(1.0, table.expected_rows + 365 * table.rows_per_day)


def _rates(
    tables: Iterable[Table], needs: Mapping[str, Sequence[Need]], workload: Workload
) -> Mapping[str, Rates]:  # fmt: skip
    """The brief's own rates; where it has none, the reads shared out over queries, the writes by new rows a day."""
    tables = tuple(tables)
    weights = {n.query: 1.0 if n.stated else UNSTATED for of in needs.values() for n in of}
    all_weights, all_rows = sum(weights.values()) or 1.0, sum(t.rows_per_day + 1 for t in tables) or 1.0
    found = {}
    for table in tables:
        reads = {n.query: n.per_second or workload.reads * weights[n.query] / all_weights for n in needs[table.name]}
        inserts = workload.writes * (table.rows_per_day + 1) / all_rows
        states = next((len(c.values) - 1 for c in table.checks if c.kind == "one_of" and c.column == "status"), 0)
        found[table.name] = Rates(reads, inserts, inserts * states)
    return found


def _named(one: Candidate, taken: set[str]) -> Candidate:
    index = one.index
    if not index.unique:
        parts = [key.column or "search" for key in index.keys]
        marks = [*(["partial"] if index.where else []), *([index.method] if index.method == "brin" else [])]
        index = index.model_copy(update={"name": constraint_name("ix", index.table, *parts, *marks)})
    return Candidate(index.model_copy(update={"name": unused(index.name, taken)}), one.held)


def _proof_relation(table: Table, rows: int, workload: Workload) -> Relation:
    """The table as the proof loads it: what is said there of an index must be seen there."""
    dataset, proves = workload.dataset, workload.abilities.proves
    children = {key.columns[0]: dataset.children(table, key) for key in table.foreign_keys}
    together = frozenset(column for column in children if dataset.in_blocks(table, column))
    loaded = {c: rows if dataset.spreads(table, c) else min(rows, dataset.rows[table.name]) for c in children}
    parents = {column: loaded[column] / each for column, each in children.items()}
    spans = {column.name: 1 / PERCENT for column in table.columns if column.type == "percentage"}
    again = {column.name: float(DAYS) for column in table.columns if repeats_days(table, column)}
    return Relation(table, rows, parents, together, evenly=True, proves=proves, scattered=again, spans=spans)


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
    limits = [limit.state for limit in relation.table.capacities if limit.state and not limit.values]
    for need in needs:
        ways = {one.index.name: access.cost for one in there if (access := through(relation, one, need))}
        name = min(ways, key=lambda way: (ways[way], way), default=None)
        if name is None or ways[name] >= whole(relation, need).cost:
            continue
        near = dict.fromkeys(other for at in shown for other in _near(at, need, there, name))
        one = next(one for one in there if one.index.name == name)
        if abilities.skips:
            near |= dict.fromkeys(_skipped(one, there))
        elif abilities.proves and not one.held:
            few = [other for other in there if not other.held and _searches(relation, other) <= FEW]
            near |= dict.fromkeys(way for way in _skipped(one, few) if way != name)
        crowded = 1.0
        if need.where and any(f"{quoted(c)} IS NULL" in need.where for c in limits):
            near |= dict.fromkeys(o.index.name for o in there if o.index.where == need.where and o is not one)
            crowded = max([1.0, *(shown[-1].rows * shown[-1].equal(c) / FAN_OUT for c in need.equal)])
        found[need.query] = Served(name, tuple(near), _growth(shown, need, one), crowded=float(f"{crowded:.3g}"))
    return found


def _after_years(table: Table) -> float:
    return max(1.0, table.expected_rows + YEARS * 365 * table.rows_per_day)


def _ahead(table: Table, rows: Mapping[str, float], proves: bool) -> Relation | None:
    """The table as it is after some years; None where it is not large even then."""
    if rows[table.name] < GROWN:
        return None
    parents = {key.columns[0]: rows.get(key.references, 0.0) for key in table.foreign_keys}
    parents = {c: n if n > 1 else rows[table.name] / FAN_OUT for c, n in parents.items()}
    return Relation(table, rows[table.name], parents, evenly=True, proves=proves)


def _at_scale(
    ahead: Relation | None, served: Served, needs: Iterable[Need], query: str, there: Iterable[Candidate]
) -> Served:
    """With the size at which the planner is asked again, if a whole read would be much dearer there."""
    if ahead is None:
        return served
    need = next(need for need in needs if need.query == query)
    access, everything = (
        through(ahead, next(one for one in there if one.index.name == served.index), need),
        whole(ahead, need),
    )
    if access is None or access.cost * DEARER >= everything.cost or need.words:  # words repeat more often than in life
        return served
    # a report reads its span of the rows at any size: it must only stay cheaper than a read of them all
    most = everything.cost if need.kind == "aggregate" else max(CHEAP, DEARER * access.cost)
    distinct = tuple((c, float(f"{min(n, ahead.rows):.6g}")) for c, n in ahead.parents.items())
    return replace(served, at_scale=AtScale(round(ahead.rows), int(ahead.pages), distinct, float(f"{most:.3g}")))


def _near(shown: Relation, need: Need, there: Sequence[Candidate], name: str) -> list[str]:
    """The other ways whose blocks are hardly more, the best first."""
    blocks = {one.index.name: access.blocks for one in there if (access := through(shown, one, need))}
    near = (way for way in blocks if way != name and blocks[way] < PIVOTAL * blocks[name])
    return sorted(near, key=lambda way: (blocks[way], way))


def _skipped(one: Candidate, there: Sequence[Candidate]) -> list[str]:
    """The indexes that hold the first key of this one behind keys of their own."""
    key = one.index.keys[0].column
    return [other.index.name for other in there if key and key in [k.column for k in other.index.keys[1:]]]


def _searches(relation: Relation, one: Candidate) -> float:
    """How many values stand before the second key of an index: PostgreSQL 18 looks behind each of them, earlier
    versions read through all, so that on one of them the index stands in for another and on the other it does not."""
    key = one.index.keys[0].column
    if one.index.method != "btree" or key is None or len(one.index.keys) < 2:
        return math.inf
    bounds = [c for c in relation.table.checks if c.column == key and c.kind in ("one_of", "range")]
    listed = [len(c.values) for c in bounds if c.kind == "one_of"]
    whole = relation.table.column(key).type == "integer"
    both = ((c.minimum, c.maximum) for c in bounds if whole)
    spans = [float(high - low) + 1 for low, high in both if low is not None and high is not None]
    return min([1 / relation.equal(key), *listed, *spans])


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
    key = next((key for key in table.foreign_keys if leads(table, key, [index])), None)
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


def soft_delete_uniques(table: Table, entity: Entity | None, rules: Iterable[Rule]) -> list[Index]:
    """Unique attributes of a table with soft delete: unique among rows that are not deleted."""
    if entity is None or not any(c.name == "deleted_at" for c in table.columns):
        return []
    names = {column.name for column in table.columns}
    ruled = {r.attributes[0]: r.serves for r in rules if r.kind == "unique" and len(r.attributes) == 1 and not r.terms}
    return [
        _live_unique(table, a, ruled.get(a.name, ()))
        for a in entity.attributes
        if (a.unique or a.name in ruled) and not a.references and a.name in names
    ]


def _defaults(table: Table, dataset: Dataset) -> list[Candidate]:
    """The indexes of one default, or one row that counts, for each owner; a query for those rows may read them."""
    live = (LIVE,) if any(column.name == "deleted_at" for column in table.columns) else ()
    quoted = dataset.spelling.quoted
    pairs = zip(singled(table), one_default_indexes(table, quoted), strict=True)
    defaults = [
        Candidate(index, (Condition(f"{quoted(one.flag.name)} = 'true'", one.flag.name, ("true",)), *live))
        for one, index in pairs
    ]
    soles = sole_indexes(table, quoted, dataset.spelling.literal)
    return defaults + [
        Candidate(index, (Condition(condition, sole.counts, sole.values), *live)) for sole, index, condition in soles
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
