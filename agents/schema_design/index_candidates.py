"""The indexes that might serve the queries and foreign keys of a table, before any of them is chosen."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from agents.schema_design.core import pk_name
from agents.schema_design.costs import BRIN_PAGES, Candidate, Condition, Need, Relation, rising
from agents.schema_design.spelling import Abilities
from contracts.base import Origin
from contracts.schema import ForeignKey, Index, IndexKey, Table

COVERING_COLUMNS = 4
"""Columns that an index carries along at most; more make it a second table."""

NARROW = ("integer", "decimal", "money", "percentage", "boolean", "date", "timestamp", "currency", "country", "uuid")

LIVE = Condition("deleted_at IS NULL", "deleted_at")


def is_able(abilities: Abilities, index: Index) -> bool:
    """Whether the engine has such an index."""
    if index.method == "gin":
        of_parts = any(key.operator_class for key in index.keys)
        return bool(abilities.parts if of_parts else abilities.words) and (abilities.partial or not index.where)
    return (abilities.partial or not index.where) and (abilities.spans or index.method != "brin")


def begins(longer: Candidate, one: Candidate, bound: Collection[str | None]) -> bool:
    """Whether reading the longer index, forwards or backwards, gives all that reading the other one gives.

    Only the `bound` columns order rows for some query; of a column that every query fixes the direction means nothing.
    """
    if longer.index.method != "btree" or one.index.method != "btree" or longer.held != one.held:
        return False
    keys = [(key.column, key.descending and key.column in bound, key.expression) for key in one.index.keys]
    head = [(k.column, k.descending and k.column in bound, k.expression) for k in longer.index.keys[: len(keys)]]
    turned = [(column, column in bound and not down, expression) for column, down, expression in head]
    stored = {*(key.column for key in longer.index.keys), *longer.index.include}
    return keys in (head, turned) and set(one.index.include) <= stored


def _rank(one: Candidate) -> tuple[int, int, str]:
    return len(one.index.keys), len(one.index.include), one.index.model_dump_json()


def distinct(found: Iterable[Candidate]) -> list[Candidate]:
    """Each index once, the simplest first, so that equal costs give the simplest set."""
    return sorted(dict.fromkeys(found), key=_rank)


def standing(table: Table, abilities: Abilities) -> tuple[Candidate, ...]:
    """The indexes of the keys and of the rules against overlaps, which stand for reasons of their own."""
    keys = [(pk_name(table), table.primary_key), *((u.name, u.columns) for u in (*table.uniques, *table.targets))]
    return tuple(
        Candidate(_index(table, name, tuple(IndexKey(column=c) for c in columns), unique=True))
        for name, columns in keys
    ) + tuple(
        Candidate(_index(table, rule.name, tuple(IndexKey(column=c) for c in rule.equal), method="gist"))
        for rule in table.exclusions
        if abilities.excludes and rule.where is None
    )


def candidates(relation: Relation, needs: Sequence[Need]) -> Iterator[Candidate]:
    table = relation.table
    for key in table.foreign_keys:
        if not leads(table, key, ()):
            yield _candidate(table, tuple(IndexKey(column=name) for name in key.indexed), ())
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
    fixing = (c for c in need.fixed if c.sole or relation.seeks(c))
    constant = tuple(dict.fromkeys(c.column for c in fixing))
    for equal in itertools.permutations(need.equal) if len(need.equal) <= 3 else (need.equal,):
        heads = {equal: (), (*equal, *(c for c in constant if c not in equal)): ()}
        for head in heads:
            after = tuple(key for key in need.order if key.column not in head)
            ranged = tuple(IndexKey(column=c) for c in need.ranged if c not in (*head, *(k.column for k in after)))
            first = tuple(IndexKey(column=c) for c in head)
            held = need.fixed if head == equal and not _is_outdone(relation, need) else ()
            for keys in dict.fromkeys(((*first, *after, *ranged), (*first, *ranged), first)):
                if keys:
                    yield from (_candidate(table, keys, some) for some in dict.fromkeys(((), held)))
    for column in need.ranged:
        if relation.pages > 10 * BRIN_PAGES and rising(table, column):
            yield _candidate(table, (IndexKey(column=column),), (), "brin")


def _is_outdone(relation: Relation, need: Need) -> bool:
    """Whether the planner prefers the index of a reference or a unique column: SQLite takes the lack of a value for as
    rare as any value."""
    leading = {key.columns[0] for key in relation.table.foreign_keys} | relation.unique
    return not relation.proves and any(one.empty and one.column in leading for one in need.fixed)


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


def leads(table: Table, key: ForeignKey, own: Iterable[Index]) -> bool:
    """Whether some complete index begins with the foreign key's columns."""
    width, wanted = len(key.indexed), set(key.indexed)
    keys = (table.primary_key, *(u.columns for u in (*table.uniques, *table.targets)))
    if any(set(columns[:width]) == wanted for columns in keys):
        return True
    if any(e.where is None and e.equal[:width] == key.indexed for e in table.exclusions):  # its GiST index leads
        return True
    return any(
        index.method == "btree" and index.where is None and {k.column for k in index.keys[:width]} == wanted
        for index in own
    )
