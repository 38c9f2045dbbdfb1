"""The smallest set of indexes that serves every query and every foreign key.

Each query names the index it needs; needs that another index answers are merged into it; unique
constraints and primary keys serve what they can; foreign keys without an index get one, because deleting
or updating a parent would otherwise read the whole child table.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name
from agents.schema_design.core import index_names, pk_name
from agents.schema_design.names import unused
from agents.schema_design.queries import Need
from contracts.base import Origin
from contracts.requirements import Attribute, Entity, Rule
from contracts.schema import ForeignKey, Index, IndexKey, Query, Table

COVERING_COLUMNS = 4
"""Columns that an index carries along at most; more make it a second table."""

FULL_READ_BELOW = 1_000
"""Rows after a year below which a list of the whole table needs no index: some ten pages of 8 kB."""

NARROW = ("integer", "decimal", "money", "percentage", "boolean", "date", "timestamp", "currency", "country", "uuid")


def indexes(
    tables: Iterable[Table],
    queries: Iterable[Query],
    needs: Iterable[Need],
    entities: Mapping[str, Entity],
    rules: Mapping[str, Sequence[Rule]],
    read_heavy: bool,
) -> tuple[tuple[Index, ...], dict[str, str]]:
    """The indexes, and for each query the index (or constraint) that serves it."""
    by_table: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        by_table[need.table].append(need)
    serves = {query.name: query.serves for query in queries}
    made: list[Index] = []
    served: dict[str, str] = {}
    tables = tuple(tables)
    taken = {name for table in tables for name in index_names(table)}
    for table in tables:
        own = soft_delete_uniques(table, entities.get(table.entity or ""), rules.get(table.entity or "", ()))
        for need in sorted(by_table[table.name], key=_breadth):
            _serve(table, need, own, served, serves, read_heavy)
        for key in table.foreign_keys:
            if not _leads(table, key, own):
                own.append(reference_index(table, key))
        for index in own:
            name = unused(index.name, taken)
            served |= dict.fromkeys(index.queries, name)
            made.append(index.model_copy(update={"name": name}))
    return tuple(made), served


def _breadth(need: Need) -> tuple[bool, int, int]:
    """What the brief states comes before what is usual; then few equality columns and no predicate, since an index
    of a parent's rows in order serves those who filter them further; then many keys, since they serve fewer."""
    return not need.stated, need.equal + len(need.where or ""), -len(need.keys)


def _serve(
    table: Table, need: Need, own: list[Index], served: dict[str, str],
    serves: Mapping[str, tuple[str, ...]], read_heavy: bool,
) -> None:  # fmt: skip
    if not need.equal and not need.single_row and table.expected_rows + 365 * table.rows_per_day < FULL_READ_BELOW:
        return  # a few pages are read as a whole, faster than by any index
    constraint = _constraint(table, need)
    if constraint:
        served[need.query] = constraint
        return
    references = {key.columns[0] for key in table.foreign_keys}
    for position, index in enumerate(own):
        if _answers(index, need) or _narrows(index, need, references):
            own[position] = index.model_copy(
                update={
                    "queries": (*index.queries, need.query),
                    "serves": tuple(dict.fromkeys((*index.serves, *serves[need.query]))),
                }
            )
            served[need.query] = index.name
            return
    index = need_index(table, need, serves[need.query], read_heavy, {i.name for i in own})
    own.append(index)
    served[need.query] = index.name


def _constraint(table: Table, need: Need) -> str | None:
    """The primary key or unique constraint that finds the row of a lookup, or whose order a list can read."""
    if need.method != "btree":
        return None
    wanted = tuple(key.column for key in need.keys)
    if need.single_row:
        if set(table.primary_key[:1]) <= set(wanted):
            return pk_name(table)
        return next((u.name for u in table.uniques if set(u.columns) <= set(wanted)), None)
    sorts = {key.descending for key in need.keys[need.equal :]}
    if len(sorts) > 1:
        return None
    if table.primary_key[: len(wanted)] == wanted:
        return pk_name(table)
    return next((u.name for u in table.uniques if u.columns[: len(wanted)] == wanted), None)


def _answers(index: Index, need: Need) -> bool:
    """Whether an index serves a need: its first keys are the need's, and its predicate is the same."""
    if index.method != need.method or index.where != need.where or len(index.keys) < len(need.keys):
        return False
    head = index.keys[: len(need.keys)]
    if head == need.keys:
        return True
    return need.single_row and {k.column for k in head} == {k.column for k in need.keys}


def _narrows(index: Index, need: Need, references: set[str]) -> bool:
    """Whether an index finds a parent's rows in the need's order, so that filtering them costs less than
    writing another index: its keys are the reference among the need's equality columns, then the same sort. A read
    of some of a parent's rows, or one that the brief does not state, may sort those few itself."""
    if index.method != "btree" or index.where is not None or not need.equal:
        return False
    equal, sort = need.keys[: need.equal], need.keys[need.equal :] if need.stated and not need.where else ()
    kept = tuple(key for key in equal if key.column in references)
    return bool(kept) and index.keys[: len(kept) + len(sort)] == (*kept, *sort)


def need_index(table: Table, need: Need, serves: tuple[str, ...], read_heavy: bool, taken: set[str]) -> Index:
    """The index of one need; covering where the application mostly reads and the columns are few and narrow."""
    include = need.include if read_heavy and _carries(table, need) else ()
    names = [key.column or "search" for key in need.keys]
    name = constraint_name("ix", table.name, *names)
    if need.where:
        name = constraint_name("ix", table.name, *names, "partial")
    if name in taken:
        name = constraint_name("ix", need.query)
    return Index(
        name=name,
        table=table.name,
        method="gin" if need.method == "gin" else "btree",
        keys=need.keys,
        include=include,
        where=need.where,
        queries=(need.query,),
        because=_because(need, include),
        origin=Origin(kind="inferred", rule=f"the query {need.query} reads by it"),
        serves=serves,
    )


def _carries(table: Table, need: Need) -> bool:
    if need.method != "btree" or not 0 < len(need.include) <= COVERING_COLUMNS:
        return False
    columns = [table.column(name) for name in need.include]
    return all(c.type in NARROW or (c.type in ("string", "identifier") and _width(c.sql_type) <= 64) for c in columns)


def _width(spelling: str) -> int:
    return int(spelling.partition("(")[2].rstrip(")") or 10**6)


def _because(need: Need, include: tuple[str, ...]) -> str:
    if need.method == "gin":
        return f"{need.query} looks for words inside values; each write also updates the words' lists"
    parts = [f"{need.query} finds and orders its rows by these keys"]
    if need.where:
        parts.append(f"only rows with {need.where} are wanted, so others cost no index write")
    if include:
        parts.append(f"{', '.join(include)} ride along, so that the page is read from the index alone")
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


def reference_index(table: Table, key: ForeignKey) -> Index:
    """The index that lets the engine check a foreign key from the parent's side."""
    return Index(
        name=constraint_name("ix", table.name, *key.columns),
        table=table.name,
        keys=tuple(IndexKey(column=name) for name in key.columns),
        because=f"deleting or joining from {quoted(key.references)} finds the rows of {table.name} by it",
        origin=Origin(kind="convention", rule="every foreign key is covered by an index"),
        serves=key.serves,
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
