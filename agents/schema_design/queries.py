"""Access patterns become parameterised queries, and each query says which index would serve it.

Lists page by keyset (the values of the last row seen), never by OFFSET: page 1,000 costs what page 1 costs.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ClauseElement

from agents.naming import shorten
from agents.schema_design.amounts import adds_up, is_quantity
from agents.schema_design.costs import Condition, Need
from agents.schema_design.dataset import FRAGMENT, WORD, Dataset
from agents.schema_design.sign_in import sign_in_columns
from agents.schema_design.snapshots import AS_IT_WAS
from agents.schema_design.spelling import Spelling
from contracts.requirements import AccessPattern, Filter, Requirements
from contracts.schema import Column, IndexKey, Parameter, Query, Table

DEFAULT_PAGE = 50
SUMMARY = 7
"""Columns of a list, at most: what a row of a screen shows, and little enough for a covering index."""


@dataclass
class Draft:
    """A query while it is being put together."""

    table: Table
    core: sa.Table
    dataset: Dataset
    c: dict[str, Any]
    conditions: list[Any] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    equal: list[str] = field(default_factory=list)
    ranged: list[str] = field(default_factory=list)
    fixed: list[Condition] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    @property
    def spelling(self) -> Spelling:
        return self.dataset.spelling

    def parameter(self, name: str, column: Column, sample: str, sql_type: str = "") -> Any:
        """A new bind parameter; names are numbered when they repeat."""
        known = {p.name for p in self.parameters}
        unique, number = name, 2
        while unique in known:
            unique, number = shorten(f"{name}_{number}"), number + 1
        self.parameters.append(Parameter(name=unique, sql_type=sql_type or base_type(column), sample=sample))
        return sa.bindparam(unique, type_=self.c[column.name].type)


def base_type(column: Column) -> str:
    """The type of a parameter for this column: no length or scale, so that no value is cut silently."""
    return column.sql_type.split("(")[0]


def query(
    pattern: AccessPattern, table: Table, core: sa.Table, references: Mapping[str, str], dataset: Dataset, name: str
) -> tuple[Query, Need | None] | None:
    """The query of one access pattern and the index that it needs; None where no column answers the pattern."""
    draft = Draft(table, core, dataset, {c.name: sa.column(c.name, c.type) for c in core.columns})
    columns = {column.name: column for column in table.columns}
    for condition in pattern.filters:
        column = resolve(condition.attribute, columns, references)
        if column is None or (condition.operator == "empty" and not column.nullable):
            return None
        _condition(draft, condition, column, pattern.kind)
    if pattern.kind == "write":
        return write_query(pattern, draft, columns, name)
    if "deleted_at" in columns:
        draft.conditions.append(draft.c["deleted_at"].is_(None))
        draft.fixed.append(Condition("deleted_at IS NULL", "deleted_at"))
    build = {"lookup": _lookup, "list": _list, "search": _search, "aggregate": _aggregate}[pattern.kind]
    built = build(pattern, draft, columns, references, name)
    if built is None:
        return None
    statement, need = built
    return compiled_query(pattern, draft, name, statement), need


def compiled_query(pattern: AccessPattern, draft: Draft, name: str, statement: ClauseElement) -> Query:
    """The query of a statement, with its parameters in the order in which it takes them."""
    sql, order = draft.spelling.compiled(statement)
    named = {parameter.name: parameter for parameter in draft.parameters}
    return Query(
        name=name,
        title=pattern.text,
        access=pattern.id,
        kind=pattern.kind,
        table=draft.table.name,
        tables=(draft.table.name,),
        sql=sql,
        parameters=tuple(named[name] for name in order),
        per_second=pattern.per_second,
        staleness_seconds=pattern.staleness_seconds,
        origin=pattern.origin,
        serves=pattern.serves,
    )


def resolve(name: str, columns: Mapping[str, Column], references: Mapping[str, str]) -> Column | None:
    """The column that a filter or sort means: an attribute, or the reference to a parent or role."""
    for candidate in (name, references.get(name, ""), f"{name}_id", f"{name}_at", f"{name}_on", f"{name}_value"):
        if candidate in columns:
            return columns[candidate]
    return None


def named_references(table: Table, made: Iterable[Table]) -> dict[str, str]:
    """The column of the first reference to each entity that the table refers to, by the entity's name."""
    entity_of = {other.name: other.entity for other in made}
    found: dict[str, str] = {}
    for key in table.foreign_keys:
        found.setdefault(entity_of.get(key.references) or key.references, key.columns[0])
    return found


def asked_empty(requirements: Requirements, made: Collection[Table]) -> frozenset[tuple[str, str]]:
    """(table, column) of the columns by whose lack of a value rows are sought: some rows of the proof lack it, too."""
    by_entity = {table.entity: table for table in made if table.entity}
    found = set()
    for pattern in requirements.access_patterns:
        table = by_entity.get(pattern.entity)
        for condition in pattern.filters if table else ():
            if table and condition.operator == "empty":
                columns = {column.name: column for column in table.columns}
                column = resolve(condition.attribute, columns, named_references(table, made))
                found |= {(table.name, column.name)} if column and column.nullable else set()
    return frozenset(found)


def _condition(draft: Draft, condition: Filter, column: Column, kind: str) -> None:
    quoted, literal = draft.spelling.quoted, draft.spelling.literal
    target = draft.c[column.name]
    sample = draft.dataset.rare(draft.table.name, column.name)  # a value that most rows have needs no index
    constants: list[Any] = [sa.literal_column(literal(value)) for value in condition.values]
    listed = ", ".join(literal(value) for value in condition.values)
    if condition.operator == "equals" and len(constants) == 1:
        draft.conditions.append(target == constants[0])
        draft.fixed.append(Condition(f"{quoted(column.name)} = {listed}", column.name, condition.values))
    elif condition.operator in ("equals", "one_of") and constants:
        draft.conditions.append(target.in_(constants))
        draft.fixed.append(Condition(f"{quoted(column.name)} IN ({listed})", column.name, condition.values))
    elif condition.operator == "not_in" and constants:
        draft.conditions.append(target.not_in(constants))
        draft.fixed.append(Condition(f"{quoted(column.name)} NOT IN ({listed})", column.name, condition.values, True))
    elif condition.operator == "empty":
        draft.conditions.append(target.is_(None))
        draft.fixed.append(Condition(f"{quoted(column.name)} IS NULL", column.name, empty=True))
    elif condition.operator == "range":
        low, high = draft.dataset.window(draft.table.name, column.name)
        draft.conditions.append(target >= draft.parameter(f"{column.name}_from", column, low))
        draft.conditions.append(target < draft.parameter(f"{column.name}_to", column, high))
        draft.ranged.append(column.name)
    elif condition.operator == "contains" and column.type in ("string", "text", "email", "phone", "identifier"):
        value = draft.parameter(column.name, column, FRAGMENT, "text")
        draft.conditions.append(draft.spelling.contains(target, value))
        draft.inside.append(column.name)
    elif condition.operator == "one_of":
        sql_type, several = draft.spelling.listed(column, sample)
        draft.conditions.append(draft.spelling.among(target, draft.parameter(column.name, column, several, sql_type)))
        draft.equal.append(column.name)
    else:
        draft.conditions.append(target == draft.parameter(column.name, column, sample))
        draft.equal.append(column.name)


Built = tuple[Any, Need | None] | None


def _need(draft: Draft, pattern: AccessPattern, name: str, reads: Iterable[str], **more: Any) -> Need:
    """What the query asks of its table; of several searched columns the first has an index."""
    words = IndexKey(column=draft.inside[0], operator_class="gin_trgm_ops") if draft.inside else None
    return Need(
        query=name, table=draft.table.name, kind=pattern.kind, stated=pattern.origin.kind == "stated",
        equal=tuple(dict.fromkeys(draft.equal)), fixed=tuple(draft.fixed), ranged=tuple(dict.fromkeys(draft.ranged)),
        reads=tuple(dict.fromkeys((*reads, *draft.equal, *draft.ranged))),
        per_second=pattern.per_second, **({"words": words} | more),
    )  # fmt: skip


def _lookup(
    pattern: AccessPattern, draft: Draft, columns: Mapping[str, Column], references: Mapping[str, str], name: str
) -> Built:
    """One row by its key: all columns but secrets; a lookup by e-mail is a login where there are any."""
    if not draft.equal:
        column = columns["id"] if "id" in columns else columns[draft.table.primary_key[0]]
        draft.conditions.insert(
            0,
            draft.c[column.name]
            == draft.parameter(column.name, column, draft.dataset.sample(draft.table.name, column.name)),
        )
        draft.equal.append(column.name)
    open_columns = [c.name for c in draft.table.columns if c.sensitivity != "secret"]
    login = any(columns[c].type == "email" for c in draft.equal) and len(open_columns) < len(draft.table.columns)
    shown = sign_in_columns(draft.table) if login else open_columns
    statement = sa.select(*(draft.c[c] for c in shown)).select_from(draft.core).where(*draft.conditions)
    return statement, _need(draft, pattern, name, shown, single_row=True)


def _list(
    pattern: AccessPattern, draft: Draft, columns: Mapping[str, Column], references: Mapping[str, str], name: str
) -> Built:
    """A page of rows in a total order: the stated sort, then the key as tie-breaker."""
    order = _order(pattern, draft, columns, references)
    if order is None:
        return None
    after = _after(draft, order, columns)
    summary = summary_columns(draft.table, [*draft.equal, *(column for column, _ in order)])
    statement = (
        sa.select(*(draft.c[c] for c in summary))
        .select_from(draft.core)
        .where(*draft.conditions, after)
        .order_by(*(draft.c[c].desc() if down else draft.c[c] for c, down in order))
        .limit(sa.literal_column(str(pattern.page_size or DEFAULT_PAGE)))
    )
    keys = tuple(IndexKey(column=c, descending=down) for c, down in order)
    return statement, _need(draft, pattern, name, summary, order=keys, limit=pattern.page_size or DEFAULT_PAGE)


def _order(
    pattern: AccessPattern, draft: Draft, columns: Mapping[str, Column], references: Mapping[str, str]
) -> list[tuple[str, bool]] | None:
    order: list[tuple[str, bool]] = []
    for sort in pattern.sort:
        column = resolve(sort.attribute, columns, references)
        if column is None:
            return None
        order.append((column.name, sort.descending))
        if column.nullable and column.name not in draft.equal:
            draft.conditions.append(draft.c[column.name].is_not(None))
    down = order[-1][1] if order else False
    known = {*draft.equal, *(name for name, _ in order)}
    if not any(set(u.columns) <= known for u in draft.table.uniques):
        order += [(c, down) for c in draft.table.primary_key if c not in known]
    return [(c, d) for c, d in dict(order).items() if c not in draft.equal] or [(draft.table.primary_key[0], False)]


def _after(draft: Draft, order: list[tuple[str, bool]], columns: Mapping[str, Column]) -> Any:
    """The keyset condition: rows after the last one seen. One row comparison where all keys run the same way."""
    bound = [(draft.c[c], down, draft.parameter(f"after_{c}", columns[c], _first(draft, columns[c], down)))
             for c, down in order]  # fmt: skip
    if len({down for _, down, _ in bound}) == 1:
        return draft.spelling.in_order([(column, value) for column, _, value in bound], bound[0][1])
    either = []
    for position, (column, down, value) in enumerate(bound):
        same = [earlier == seen for earlier, _, seen in bound[:position]]
        either.append(sa.and_(*same, column < value if down else column > value))
    return sa.or_(*either)


def _first(draft: Draft, column: Column, down: bool) -> str:
    """Where the first page begins: at the end of the asked span, if there is one, else before every row. PostgreSQL 15
    would walk from the keyset's value to the span."""
    if column.name in draft.ranged:
        return draft.dataset.window(draft.table.name, column.name)[down]
    return draft.spelling.first_page(column, down)


def summary_columns(table: Table, wanted: Iterable[str]) -> list[str]:
    """What a list shows: the key, what it is filtered and sorted by, then names, states, quantity, money and dates."""
    chosen = dict.fromkeys([*table.primary_key, *wanted])
    unique = {u.columns[0] for u in table.uniques if len(u.columns) == 1}
    ranking = [
        *(c.name for c in table.columns if c.name in unique and _is_shown(c)),
        *(c.name for c in table.columns if c.name in ("name", "title", "status")),
        *(c.name for c in table.columns if is_quantity(c)),
        *(c.name for c in table.columns if c.type in ("money", "currency")),
        *(c.name for c in table.columns if c.type in ("date", "timestamp") and c.origin.kind != "convention"),
        *(c.name for c in table.columns if c.type in ("integer", "boolean", "decimal", "string")),
        *(c.name for c in table.columns if c.type == "text" and len(table.columns) <= SUMMARY),
    ]
    secret = {c.name for c in table.columns if c.sensitivity in ("secret", "payment") or c.origin == AS_IT_WAS}
    room = SUMMARY + sum(map(is_quantity, table.columns))  # a quantity stands beside its price
    for name in ranking:
        if len(chosen) >= room:
            break
        if name not in secret:
            chosen.setdefault(name)
    order = {column.name: position for position, column in enumerate(table.columns)}
    return sorted(chosen, key=order.__getitem__)


def _is_shown(column: Column) -> bool:
    """Whether a unique value is for readers: neither private nor a key that only a repeated request needs."""
    return column.sensitivity in ("public", "internal") and "idempoten" not in column.name


def _search(
    pattern: AccessPattern, draft: Draft, columns: Mapping[str, Column], references: Mapping[str, str], name: str
) -> Built:
    """Full-text search, best match first."""
    found = [resolve(c, columns, references) for c in pattern.search]
    texts = [c.name for c in found if c and c.type in ("string", "text", "identifier", "email", "url", "phone")]
    if not texts:
        return None
    asked = draft.parameter("words", columns[texts[0]], WORD, "text")
    source, found_by, best_first = draft.spelling.search(draft.table, draft.core, texts, asked)
    statement = (
        sa.select(*(draft.c[c] for c in summary_columns(draft.table, [*draft.equal, *texts])))
        .select_from(source)
        .where(*found_by, *draft.conditions)
        .order_by(best_first, draft.c[draft.table.primary_key[0]])
        .limit(sa.literal_column(str(pattern.page_size or DEFAULT_PAGE)))
    )
    words = IndexKey(expression=draft.spelling.words(draft.table, texts))
    return statement, _need(draft, pattern, name, (), words=words)


def _aggregate(
    pattern: AccessPattern, draft: Draft, columns: Mapping[str, Column], references: Mapping[str, str], name: str
) -> Built:
    """Counts and sums, per month when the pattern asks for a span of time, else per status or in all."""
    core = draft.c
    moment = next((c for c in draft.ranged if columns[c].type in ("timestamp", "date")), None)
    group: Any = None
    if moment:
        group = draft.spelling.month(core[moment]).label("month")
    elif "status" in columns and "status" not in draft.equal:
        group = core["status"]
    summed = [c.name for c in draft.table.columns if adds_up(c)][:3]
    sums = [sa.func.sum(core[name]).label(f"{name}_sum") for name in summed]
    values = [sa.func.count().label("row_count"), *sums]
    statement = sa.select(*([group] if group is not None else []), *values)
    statement = statement.select_from(draft.core).where(*draft.conditions)
    if group is not None:
        statement = statement.group_by(sa.literal_column("1")).order_by(sa.literal_column("1"))
    if not (draft.equal or draft.ranged or draft.inside):
        return statement, None
    read = [*summed, *(["status"] if group is not None and not moment else [])]
    return statement, _need(draft, pattern, name, read)


def write_query(
    pattern: AccessPattern, draft: Draft, columns: Mapping[str, Column], name: str
) -> tuple[Query, Need | None] | None:
    """An UPDATE of the status of the row that the filters find; a command without filters makes a row."""
    table, core = draft.table, draft.core
    if "status" not in columns or not draft.equal:
        return None
    conditions = list(draft.conditions)
    value = draft.parameter("new_status", columns["status"], draft.dataset.sample(table.name, "status"))
    statement = sa.update(core).where(*conditions).values(status=value)
    need = _need(draft, pattern, name, ("*",), single_row=True)
    return compiled_query(pattern, draft, name, statement), need
