"""Does each index do something that no other index, unique or primary key of its table does?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._keys import columns_of, indexes_by_table
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Index, IndexKey, Table

MEANS = "Every write maintains it, backups and memory carry it, and no query would miss it."
REMEDY = "Drop the shorter index; the longer one answers the same queries."


def findings(design: Design) -> Iterator[Finding]:
    """Indexes that are a prefix of another one of the same method and predicate."""
    by_table = indexes_by_table(design)
    for table in design.schema_design.tables:
        indexes = by_table[table.name]
        for index in indexes:
            other = _index_that_covers(index, indexes) or _constraint_that_covers(index, table)
            if other:
                yield finding(
                    __name__,
                    f"index.{index.name}",
                    fact=f'Index "{index.name}" on "{table.name}" is a prefix of "{other}".',
                    evidence=f"Keys of {index.name}: {_spelled(index)}",
                    remedy=f'Drop "{index.name}"; "{other}" serves its queries.',
                )


def _index_that_covers(index: Index, others: tuple[Index, ...]) -> str | None:
    for other in others:
        same = other.name != index.name and other.method == index.method and other.where == index.where
        if same and index.method == "btree" and not index.unique and _is_prefix(index, other):
            twins = len(other.keys) == len(index.keys) and set(other.include) == set(index.include) and not other.unique
            if not twins or other.name < index.name:  # of two that are equal, name the later one only
                return other.name
    return None


def _is_prefix(index: Index, other: Index) -> bool:
    """Whether reading `other`, forwards or backwards, gives what reading `index` gives."""
    mine, theirs = list(index.keys), list(other.keys)[: len(index.keys)]
    carried = {key.column for key in other.keys} | set(other.include)
    return set(index.include) <= carried and (mine == theirs or [_reversed(key) for key in mine] == theirs)


def _reversed(key: IndexKey) -> IndexKey:
    return key.model_copy(update={"descending": not key.descending})


def _constraint_that_covers(index: Index, table: Table) -> str | None:
    plain = index.method == "btree" and index.where is None and not index.unique
    columns = columns_of(index)
    if not plain or len(columns) != len(index.keys) or len({key.descending for key in index.keys}) > 1:
        return None
    named = (("primary key", table.primary_key), *((u.name, u.columns) for u in (*table.uniques, *table.targets)))
    for name, key in named:
        if key[: len(columns)] == columns and set(index.include) <= set(key):
            return name
    return None


def _spelled(index: Index) -> str:
    return ", ".join((key.column or key.expression or "") + (" desc" if key.descending else "") for key in index.keys)
