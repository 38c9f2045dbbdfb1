"""What reading through an index costs, and what keeping it costs, by PostgreSQL's own formulas.

A set of indexes is chosen by comparing sets, and a design is made where no engine is: so the planner's arithmetic
(`src/backend/optimizer/path/costsize.c`, manual "Planner Cost Constants") is done here, in its unit, the cost of one
page read in sequence. The engine then proves the choice. Two things differ from the planner on purpose: rows that a
filter drops behind an index are taken to lie as badly as they can (open orders are the newest ones, so a scan that
hopes to stop early meets them last), and a page costs the same whether it was cached or not.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agents.naming import is_public_id
from agents.scaling.sizes import INDEX_PAGE_BODY, LINE_POINTER, PAGE_BODY, entry_bytes, row_bytes
from contracts.schema import Column, Index, IndexKey, Table

RANDOM_PAGE = 1.1
CPU_ROW, CPU_ENTRY, CPU_OPERATOR = 0.01, 0.005, 0.0025
DESCENT = 50 * CPU_OPERATOR
"""random_page_cost as the design sets it for SSDs, cpu_tuple_cost, cpu_index_tuple_cost, cpu_operator_cost, and what
`btcostestimate` charges for each level of a tree."""

FAN = 256
"""Entries of an inner page, roughly: three levels hold 16 million entries."""

USUAL, RARE = 0.85, 0.15
"""Share of the usual value of a state, and of all others together, as the synthetic rows have them."""

RANGES = {"aggregate": 1 / 12}
RANGE = 0.005
"""Share of rows in a span: a month of a year in reports, else the planner's own DEFAULT_RANGE_INEQ_SEL."""

WORDS_MATCH = 0.0005
"""Share of rows that hold a searched word or part of a word."""
WORDS_CPU = 0.25
"""Taking a text apart into words, or matching a pattern in it, in each row of a whole read: 100 operators."""
WORDS_A_ROW = 10

SEVERAL = {"boolean": 2, "country": 100, "currency": 20, "language": 20, "date": 1_000, "percentage": 100,
           "integer": 1_000, "decimal": 1_000, "money": 1_000, "duration": 1_000, "time": 1_000}  # fmt: skip
"""Distinct values by type, at most one a row; types that are not here tell nearly every row apart."""

BRIN_PAGES = 128
"""pages_per_range, PostgreSQL's default."""


@dataclass(frozen=True)
class Condition:
    """A condition with constants that a query always has: its SQL, its column, and how it picks among the values.

    With `empty` it keeps the few rows whose column has no value yet.
    """

    sql: str
    column: str
    values: tuple[str, ...] = ()
    negated: bool = False
    empty: bool = False

    @property
    def sole(self) -> bool:
        """Whether the rows that it keeps have one and the same value."""
        return len(self.values) == 1 and not self.negated

    def implies(self, other: "Condition") -> bool:
        """Whether every row that meets this condition meets the other one.

        >>> Condition("", "state", ("open",)).implies(Condition("", "state", ("done", "void"), negated=True))
        True
        """
        if self == other:
            return True
        if self.column != other.column or not self.values or not other.values:
            return False
        own, asked = set(self.values), set(other.values)
        if self.negated:
            return other.negated and asked <= own
        return not own & asked if other.negated else own <= asked


@dataclass(frozen=True)
class Need:
    """What a query asks of its table: equality columns, constant conditions, a total order and ranges.

    `reads` are the columns that it returns or compares with parameters, `words` is the key of a GIN index where it
    searches inside values, `limit` the page's size.
    """

    query: str
    table: str
    kind: str
    equal: tuple[str, ...] = ()
    fixed: tuple[Condition, ...] = ()
    order: tuple[IndexKey, ...] = ()
    ranged: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    words: IndexKey | None = None
    limit: int | None = None
    single_row: bool = False
    stated: bool = True
    per_second: float | None = None

    @property
    def where(self) -> str | None:
        """All constant conditions, as the predicate of a partial index."""
        return " AND ".join(one.sql for one in self.fixed) or None


@dataclass(frozen=True)
class Candidate:
    """An index that might be made, with the conditions that its predicate holds."""

    index: Index
    held: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Access:
    """One way to a query's rows: blocks of 8 kB, the planner's cost, and entries or rows that are looked at."""

    blocks: float
    cost: float
    seen: float


@dataclass
class Relation:
    """A table with as many rows as are thought of, and distinct values of its references.

    `together` are references whose rows lie side by side. With `evenly` a scan that filters may hope to stop early, as
    the planner hopes; without, the wanted rows lie at its end. With `proves` the planner reads a partial index for
    each condition that implies its predicate; without, for the predicate's own words alone. `scattered` are dates that
    rise in life and come again and again in the rows that are thought of, `spans` shares of rows in a span of a column.
    """

    table: Table
    rows: float
    parents: Mapping[str, float]
    together: frozenset[str] = frozenset()
    evenly: bool = False
    proves: bool = True
    scattered: Mapping[str, float] = field(default_factory=dict)
    spans: Mapping[str, float] = field(default_factory=dict)
    _distinct: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.per_page = max(1.0, PAGE_BODY // (row_bytes(self.table) + LINE_POINTER))
        self.pages = max(1.0, math.ceil(self.rows / self.per_page))
        self.unique = {u.columns[0] for u in self.table.uniques if len(u.columns) == 1}
        self.unique |= {c.name for c in self.table.columns if c.identity or (c.name,) == self.table.primary_key}
        self.parts = len(self.table.partitioning.partitions) if self.table.partitioning else 1
        self.listed = {c.column: c.values for c in self.table.checks if c.kind == "one_of"}

    def equal(self, column: str) -> float:
        """Share of rows with one value of the column: one of the rarer values where they are listed."""
        if column not in self._distinct:
            self._distinct[column] = self._equal(self.table.column(column))
        return self._distinct[column]

    def _equal(self, column: Column) -> float:
        if column.name in self.unique:
            return 1 / self.rows
        if column.name in self.parents:
            return 1 / max(1.0, min(self.rows, self.parents[column.name]))
        if column.name in self.scattered:
            return 1 / min(self.rows, self.scattered[column.name])
        if column.name in self.listed:
            return RARE / max(1, len(self.listed[column.name]) - 1)
        several = SEVERAL.get(column.type)
        return 1 / min(self.rows, several) if several else 1 / self.rows

    def share(self, condition: Condition) -> float:
        """Share of rows that a constant condition keeps."""
        if condition.empty:
            return RARE
        if not condition.values:
            return 1.0  # nearly all rows are not deleted
        listed = self.listed.get(condition.column, ())
        others = RARE / max(1, len(listed) - 1) if listed else self.equal(condition.column)
        kept = min(1.0, others * len(condition.values))
        return max(RARE, 1 - USUAL - kept) if condition.negated else kept

    def seeks(self, condition: Condition) -> bool:
        """Whether rows without a value are found through keys as those of a value are, and come in order behind it:
        PostgreSQL sorts them, and few rows of a unique column lack one."""
        return condition.empty and not self.proves and condition.column not in self.unique

    def levels(self, need: Need) -> int:
        """Blocks from the root to a leaf, in each partition that the query's conditions do not rule out."""
        split = self.table.partitioning
        tried = 1 if split is None or split.column in (*need.equal, *need.ranged) else self.parts
        return tried * (1 + math.ceil(math.log(max(2.0, self.rows / self.parts), FAN)))

    def range(self, need: Need, column: str) -> float:
        """Share of rows in a span of values."""
        return self.spans.get(column, RANGES.get(need.kind, RANGE))

    def in_order(self, column: str | None) -> bool:
        """Whether rows with neighbouring values of the column lie side by side."""
        return column in self.together or (column not in self.scattered and rising(self.table, column))

    def fetched(self, rows: float, in_order: bool) -> float:
        """Blocks of the heap that hold so many of the rows: side by side, or anywhere (Cardenas 1975)."""
        if in_order:
            return math.ceil(rows / self.per_page)
        return self.pages * -math.expm1(rows * math.log1p(-1 / self.pages)) if self.pages > 1 else 1.0


def whole(relation: Relation, need: Need) -> Access:
    """Reading all rows and sorting those that are wanted."""
    cpu = CPU_ROW + CPU_OPERATOR * (len(need.equal) + len(need.fixed) + len(need.ranged))
    cpu += WORDS_CPU if need.words else 0
    found = relation.rows * _kept(relation, need, need.equal, need.ranged, need.fixed)
    return Access(relation.pages, relation.pages + relation.rows * cpu + _sorted(need, found), relation.rows)


def through(relation: Relation, candidate: Candidate, need: Need) -> Access | None:
    """Reading through the index; None where it is of no use to the query."""
    if not all(_is_held(relation, one, need) for one in candidate.held):
        return None
    if candidate.index.method == "gin":
        return _words(relation, candidate, need)
    if candidate.index.method == "brin":
        return _spans(relation, candidate, need)
    return _tree(relation, candidate, need) if need.words is None else None


def _is_held(relation: Relation, predicate: Condition, need: Need) -> bool:
    if predicate in need.fixed:
        return True
    return relation.proves and any(one.implies(predicate) for one in need.fixed)


def rising(table: Table, column: str | None) -> bool:
    """Whether new rows have ever greater values: a counter, or the moment at which something is recorded."""
    if column is None:
        return False
    found = table.column(column)
    moment = found.type in ("timestamp", "date") and not found.nullable and table.nature in ("transaction", "event")
    return found.identity or found.default == "now()" or moment or is_public_id(found)


def _kept(
    relation: Relation, need: Need, equal: Iterable[str], ranged: Iterable[str], fixed: Iterable[Condition]
) -> float:
    share = math.prod(relation.equal(c) for c in equal) * math.prod(relation.share(one) for one in fixed)
    return share * math.prod(relation.range(need, column) for column in ranged) * (WORDS_MATCH if need.words else 1.0)


def _sorted(need: Need, rows: float) -> float:
    """Sorting, or keeping the first of, so many rows."""
    if not need.order or rows < 2:
        return 0.0
    return 2 * CPU_OPERATOR * rows * math.log2(max(2.0, min(rows, need.limit or rows)))


def _tree(relation: Relation, candidate: Candidate, need: Need) -> Access | None:
    """A B-tree: the leading keys that the query fixes, then its order or its range, then what is filtered there."""
    index, held = candidate.index, set(candidate.held)
    keys = [key.column or "" for key in index.keys]
    constant = {one.column: one for one in need.fixed if one.sole or relation.seeks(one)}
    equal, conditions, ranged = set(need.equal), [one for one in need.fixed if one not in held], list(need.ranged)
    entries, position = relation.rows * math.prod(relation.share(one) for one in held), 0
    within = {one.column: relation.share(one) for one in held if one not in need.fixed}
    while position < len(keys) and (keys[position] in equal or constant.get(keys[position]) in conditions):
        column = keys[position]
        if column in equal:
            entries *= relation.equal(column)
            equal.discard(column)
        else:
            entries *= min(1.0, relation.share(constant[column]) / within.pop(column, 1.0))
            conditions.remove(constant[column])
        position += 1
    ordered = index.method == "btree" and _in_order(index.keys[position:], need.order, set(need.equal) | set(constant))
    narrowed = position > 0 or bool(held)
    if position < len(keys) and keys[position] in ranged:
        entries *= relation.range(need, keys[position])
        ranged.remove(keys[position])
        narrowed = True
    needed = {*need.reads, *(key.column for key in need.order), *(c.column for c in need.fixed if c not in held)}
    covers = index.method == "btree" and needed <= {*keys, *index.include}
    if not (narrowed or covers or (ordered and need.limit)):
        return None
    return _priced(relation, index, need, entries, (equal, ranged, conditions, within), ordered, covers)


def _priced(
    relation: Relation, index: Index, need: Need, entries: float,
    rest: tuple[set[str], list[str], list[Condition], dict[str, float]], ordered: bool, covers: bool,
) -> Access:  # fmt: skip
    """The blocks and the cost, with what is left to a filter; the last of `rest` are shares that the index's predicate
    keeps already of what a narrower condition keeps."""
    equal, ranged, conditions, within = rest
    filtered = bool(equal or ranged or conditions)
    stored = {key.column for key in index.keys}
    inside = _kept(
        relation, need, (c for c in equal if c in stored), (c for c in ranged if c in stored),
        (one for one in conditions if one.column in stored),
    ) / math.prod(share for column, share in within.items() if column in stored)  # fmt: skip
    found = entries * _kept(relation, need, equal, ranged, conditions) / math.prod(within.values())
    scanned = max(1.0, entries)
    if need.limit and ordered and (relation.evenly or not filtered):
        scanned = min(scanned, need.limit * scanned / max(1.0, found))
    rows = max(min(1.0, scanned), scanned * inside)
    leaves = math.ceil(scanned * entry_bytes(relation.table, index) / INDEX_PAGE_BODY)
    levels = relation.levels(need)
    heap = 0.0 if covers else relation.fetched(rows, relation.in_order(index.keys[0].column))
    cpu = scanned * CPU_ENTRY + rows * (CPU_ROW + CPU_OPERATOR * (len(equal) + len(conditions) + len(ranged)))
    sort = 0.0 if ordered else _sorted(need, found)
    cost = RANDOM_PAGE * (leaves + heap) + cpu + levels * DESCENT + sort
    return Access(levels + leaves - 1 + heap, cost, scanned)


def _in_order(keys: tuple[IndexKey, ...], order: tuple[IndexKey, ...], held: set[str]) -> bool:
    """Whether the index's next keys, read forwards or backwards, give the order; columns held equal do not matter."""
    wanted = [(key.column, key.descending) for key in order if key.column not in held]
    given = [(key.column, key.descending) for key in keys if key.column not in held][: len(wanted)]
    return given == wanted or given == [(column, not down) for column, down in wanted]


def _words(relation: Relation, candidate: Candidate, need: Need) -> Access | None:
    """A GIN index: the lists of the words, then each row once."""
    if need.words is None or candidate.index.keys != (need.words,):
        return None
    rows = max(1.0, relation.rows * WORDS_MATCH)
    heap = relation.fetched(rows, in_order=False)
    cpu = rows * (CPU_ROW + WORDS_CPU) + _sorted(need, rows)
    return Access(4 + heap, RANDOM_PAGE * (4 + heap) + cpu, rows)


def _spans(relation: Relation, candidate: Candidate, need: Need) -> Access | None:
    """A BRIN index: whole ranges of pages, whose rows are all looked at."""
    column = candidate.index.keys[0].column
    if column is None or column not in need.ranged:
        return None
    pages = min(relation.pages, relation.pages * relation.range(need, column) + 2 * BRIN_PAGES)
    summary = 1 + math.ceil(relation.pages / BRIN_PAGES / 200)
    found = relation.rows * _kept(relation, need, need.equal, need.ranged, need.fixed)
    seen = pages * relation.per_page
    cpu = seen * (CPU_ROW + CPU_OPERATOR)
    return Access(summary + pages, RANDOM_PAGE * summary + pages + cpu + _sorted(need, found), seen)


def pages(relation: Relation, candidate: Candidate) -> float:
    """Blocks that the index takes; a partial one holds only the rows of its predicate."""
    entries = relation.rows * math.prod(relation.share(one) for one in candidate.held)
    return max(1.0, math.ceil(entries * entry_bytes(relation.table, candidate.index) / INDEX_PAGE_BODY))


def upkeep(relation: Relation, index: Index) -> float:
    """One new entry: a page found and written anywhere in the tree, or the next place of the last page."""
    if index.method == "gin":
        return WORDS_A_ROW * (2 * RANDOM_PAGE * 0.5 + DESCENT)
    if index.method == "brin":
        return 2 * RANDOM_PAGE / (BRIN_PAGES * relation.per_page)
    if rising(relation.table, index.keys[0].column):
        return DESCENT + 2 * RANDOM_PAGE * entry_bytes(relation.table, index) / INDEX_PAGE_BODY
    return DESCENT + 2 * RANDOM_PAGE
