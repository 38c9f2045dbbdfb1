"""What the schema promises, each promise with the trial that could refute it."""

import datetime as dt
from collections.abc import Iterable, Mapping

from agents.naming import shorten
from agents.schema_design.constraints import ENDED
from agents.schema_design.dataset import Dataset
from agents.schema_design.day_claims import day_claims
from agents.schema_design.days import day_checks
from agents.schema_design.ddl import is_touched
from agents.schema_design.indexes import Served
from contracts.base import Statement
from contracts.claims import Accepted, Claim, Executes, Refused, Returns, Trial, UsesIndex
from contracts.schema import Check, Column, Exclusion, ForeignKey, Index, Query, Table

NOT_NULL, FOREIGN_KEY, UNIQUE, CHECK, EXCLUSION = "23502", "23503", "23505", "23514", "23P01"
"""SQLSTATEs of class 23, integrity constraint violation (PostgreSQL, appendix Error Codes); engines with a single one
for all of them are read by their own error numbers."""

LONG_AGO = dt.date(1990, 1, 1)


def statement_claims(statements: Iterable[Statement], serves: Mapping[str, tuple[str, ...]]) -> list[Claim]:
    """Every statement executes when its turn comes."""
    return [
        Claim(
            id=f"{s.id}.executes",
            sentence=f"The statement that makes {s.element.partition('.')[2]} executes",
            element=s.element,
            serves=serves.get(s.element, ()),
            trial=Executes(statement=s.id),
        )
        for s in statements
    ]


def dataset_claims(statements: Iterable[Statement], rows: Mapping[str, int]) -> list[Claim]:
    """Every table takes rows that respect its constraints, so that a refusal means its constraint."""
    return [
        Claim(
            id=f"{s.id}.loads",
            sentence=f"{s.element.partition('.')[2]} takes {rows[s.element.partition('.')[2]]:,} valid rows",
            element=s.element,
            trial=Executes(statement=s.id),
        )
        for s in statements
    ]


def table_claims(table: Table, dataset: Dataset) -> list[Claim]:
    """One more valid row is accepted, and each constraint refuses the row that violates it alone."""
    made = [
        _claim(table, "accepts", f"{table.name} accepts a row that respects every constraint",
               Accepted(sql=(dataset.insert(table),), affects=1), table.serves)
    ]  # fmt: skip
    made += [_not_null(table, column, dataset) for column in table.columns if _is_tried(table, column)]
    days = list(day_checks(table))
    made += [_check(table, check, dataset) for check in table.checks if check not in days]
    made += [claim for check in days for claim in day_claims(table, check, dataset, CHECK)]
    for u in table.uniques:
        made.append(_same(table, u.name, u.columns, u.serves, dataset))
    made += [_overlap(table, rule, dataset) for rule in table.exclusions]
    for key in table.foreign_keys:
        sql = dataset.insert(table, {key.columns[0]: "-1"})
        sentence = f"{table.name} refuses a row whose {key.columns[0]} names no row of {key.references}"
        compared = any(key.columns[0] == own for k in table.foreign_keys for own, _ in k.agreeing)
        name = f"{key.name}.named" if compared else key.name  # an engine may name the key that compares it
        made.append(_claim(table, name, sentence, Refused(sql=(sql,), sqlstate=FOREIGN_KEY), key.serves))
    made += [_agreement(table, key, pair, dataset) for key in table.foreign_keys for pair in key.agreeing]
    if is_touched(table):
        made.append(_touched(table, dataset))
    if table.partitioning and table.partitioning.interval == "month":
        made.append(_headroom(table))
    return made


def _claim(table: Table, name: str, sentence: str, trial: Trial, serves: tuple[str, ...]) -> Claim:
    return Claim(
        id=f"{table.name}.{shorten(name, 100)}",
        sentence=sentence,
        element=f"table.{table.name}",
        serves=serves,
        trial=trial,
    )


def _is_tried(table: Table, column: Column) -> bool:
    """Columns that an application writes and that may not be empty."""
    return not (column.nullable or column.identity or column.generated or column.name in ("created_at", "updated_at"))


def _not_null(table: Table, column: Column, dataset: Dataset) -> Claim:
    sql = dataset.insert(table, {column.name: "NULL"})
    sentence = f"{table.name} refuses a row without {column.name}"
    return _claim(table, f"{column.name}.required", sentence, Refused(sql=(sql,), sqlstate=NOT_NULL), column.serves)


def _check(table: Table, check: Check, dataset: Dataset) -> Claim:
    if check.kind == "required_when":
        return _missing(table, check, dataset)
    value = violation(table, check, dataset)
    sql = dataset.insert(table, {check.column: value})
    sentence = f"{table.name} refuses {check.column} = {value}: {check.expression}"
    trial = Refused(sql=(*_set_aside(table, check, dataset), sql), sqlstate=CHECK)
    return _claim(table, check.name, sentence, trial, check.serves)


def _set_aside(table: Table, check: Check, dataset: Dataset) -> list[str]:
    """The order of two columns is dropped while the bound of one of them is tried: a row beyond the bound breaks the
    order too, and the engine may name that."""
    if check.kind != "range":
        return []
    both = (c for c in table.checks if c.kind == "ordered" and check.column in (c.column, c.other))
    return [statement for c in both for statement in dataset.spelling.set_aside(table, c.name)]


def _missing(table: Table, check: Check, dataset: Dataset) -> Claim:
    """A row in the state, or above the amount, without the value that it then needs."""
    assert check.other is not None
    spelled = dataset.spelling
    above = spelled.number(table.column(check.other), f"{(check.minimum or 0) + 1:f}")
    met = spelled.literal(check.values[0]) if check.values else above
    sql = dataset.insert(table, {check.other: met, check.column: "NULL"})
    sentence = f"{table.name} refuses {check.other} = {met} without {check.column}"
    return _claim(table, check.name, sentence, Refused(sql=(sql,), sqlstate=CHECK), check.serves)


def violation(table: Table, check: Check, dataset: Dataset) -> str:
    """An SQL expression that the check refuses and that the column's type accepts."""
    column, literal = table.column(check.column), dataset.spelling.literal
    if check.kind == "one_of":
        return literal(next(c for c in "?~!#" if c not in check.values))
    if check.kind == "range":
        return dataset.spelling.number(column, _outside(check))
    if check.kind == "not_blank":
        return literal(" ")
    if check.kind == "matches":
        return literal(check.values[1])
    assert check.other is not None and check.operator is not None
    other = dataset.value(table, check.other)
    if check.operator in (">", "<", "<>"):
        return other  # an equal value does not pass
    return dataset.spelling.apart(column, other, "-" if check.operator == ">=" else "+")


def _outside(check: Check) -> str:
    if check.minimum is not None:
        beyond = check.minimum if check.exclusive_minimum else check.minimum - 1
        return f"{beyond:f}"
    assert check.maximum is not None
    return f"{check.maximum + 1:f}"


def _same(table: Table, name: str, columns: tuple[str, ...], serves: tuple[str, ...], dataset: Dataset) -> Claim:
    """A row that repeats the key of one that stands and is not deleted."""
    live = ["deleted_at IS NULL"] if any(c.name == "deleted_at" for c in table.columns) else []
    values = _taken(table, columns, live, dataset)
    for other in table.uniques:  # must not refuse the row in this one's place
        for column in other.columns:
            if column not in columns and dataset.is_reference(table, column):
                values[column] = str(dataset.last_parent(table, column))
            elif column not in columns and _is_free_number(table, column):
                greatest = f"max({dataset.spelling.quoted(column)})"
                values[column] = f"(SELECT {greatest} + 1 FROM {dataset.spelling.quoted(table.name)})"
    sql = dataset.insert(table, values)
    sentence = f"{table.name} refuses a second row with the same {', '.join(columns)}"
    return _claim(table, name, sentence, Refused(sql=(sql,), sqlstate=UNIQUE), serves)


def _is_free_number(table: Table, column: str) -> bool:
    """Whether any greater number will do."""
    bounded = any(c.column == column and (c.maximum is not None or c.kind == "one_of") for c in table.checks)
    return table.column(column).type == "integer" and not bounded


def _overlap(table: Table, rule: Exclusion, dataset: Dataset) -> Claim:
    """A row in the time of another one that holds its place, with a status that holds it as well."""
    values = _taken(table, (*rule.equal, rule.start, rule.end), [rule.where] if rule.where else [], dataset)
    for other in table.exclusions:  # must not refuse the row in this one's place: somebody who has no other row
        values |= {c: str(dataset.last_parent(table, c)) for c in other.equal if c not in rule.equal}
    if rule.where:
        stated = next(c.values for c in table.checks if c.kind == "one_of" and c.column == "status")
        values["status"] = dataset.spelling.literal(next((v for v in stated if v not in ENDED), stated[0]))
    sentence = f"{table.name} refuses a row that overlaps another of the same {', '.join(rule.equal)}"
    trial = Refused(sql=(dataset.insert(table, values),), sqlstate=EXCLUSION)
    return _claim(table, rule.name, sentence, trial, rule.serves)


def _taken(table: Table, columns: tuple[str, ...], conditions: list[str], dataset: Dataset) -> dict[str, str]:
    """The values of the last row that stands, meets the conditions and misses none of the columns.

    The last, because synthetic values repeat: a new row would agree with the first one in more than these columns.
    """
    quoted = dataset.spelling.quoted
    met = " AND ".join([*conditions, *(f"{quoted(c)} IS NOT NULL" for c in columns)])
    order = " DESC, ".join(map(quoted, table.primary_key))
    tail = f"FROM {quoted(table.name)} WHERE {met} ORDER BY {order} DESC LIMIT 1"
    return {c: f"(SELECT {quoted(c)} {tail})" for c in columns}


def _agreement(table: Table, key: ForeignKey, pair: tuple[str, str], dataset: Dataset) -> Claim:
    """A row that names its owner and somebody else's row in the middle; one of its own is what every other trial
    writes."""
    (own, theirs), column, quoted = pair, key.columns[0], dataset.spelling.quoted
    owner = dataset.value(table, own)
    foreign = f"(SELECT min(id) FROM {quoted(key.references)} WHERE {quoted(theirs)} <> {owner})"
    sql = dataset.insert(table, {own: owner, column: foreign})
    sentence = f"{table.name} refuses a row whose {column} belongs to another {own} than its own"
    trial = Refused(sql=(sql,), sqlstate=FOREIGN_KEY)
    return _claim(table, f"{key.name}.{own}_agrees", sentence, trial, key.serves)


def _touched(table: Table, dataset: Dataset) -> Claim:
    quoted, column = dataset.spelling.quoted, table.column("updated_at")
    key, name = ", ".join(map(quoted, table.primary_key)), quoted(table.name)
    old = dataset.spelling.boundary(column, LONG_AGO)
    first = f"SELECT {key} FROM {name} ORDER BY {key} LIMIT 1"
    sql = (
        f"UPDATE {name} SET updated_at = {old} WHERE ({key}) = ({first})",
        f"SELECT updated_at > {old} FROM {name} WHERE ({key}) = ({first})",
    )
    sentence = f"an update of {table.name} sets updated_at, whatever the application writes"
    trial = Returns(sql=sql, rows=((dataset.spelling.true,),))
    return _claim(table, "updated_at.touched", sentence, trial, table.serves)


def _headroom(table: Table) -> Claim:
    ensure = f"SELECT ensure_monthly_partitions('{table.name}', 24)"
    sentence = f"{table.name} gets the partitions of the next 24 months, once"
    trial = Returns(sql=(f"{ensure} > 0", ensure), rows=(("0",),))
    return _claim(table, "partitions.ensured", sentence, trial, table.serves)


def live_unique_claim(table: Table, index: Index, dataset: Dataset) -> Claim:
    """A unique index under soft delete refuses a second live row."""
    columns = tuple(key.column for key in index.keys if key.column)
    return _same(table, index.name, columns, index.serves, dataset)


def query_claim(query: Query, served: Served | None, dataset: Dataset) -> Claim:
    """The query reads through its index and pays for its absence; without an index it executes."""
    arguments = tuple(parameter.sample for parameter in query.parameters)
    if served is None:
        trial: Trial = Accepted(sql=(dataset.spelling.call(query),), affects=1 if query.kind == "write" else None)
        sentence = f"{query.name} runs on the loaded tables"
    else:
        others = served.stand_ins
        trial = UsesIndex(
            query=query.name,
            arguments=arguments,
            table=query.table,
            index=served.index,
            stand_ins=others,
            growth=served.growth,
            enlarged=max(dataset.enlarged(query.table), served.crowded),
        )
        besides = (
            f" (and without {' and '.join(others)}, which would do nearly as well on these rows)" if others else ""
        )
        sentence = f"{query.name} reads {query.table} through {served.index} and costs more without it{besides}"
    return Claim(
        id=f"{query.name}.{'served' if served else 'runs'}",
        sentence=sentence,
        element=f"query.{query.name}",
        serves=query.serves,
        trial=trial,
    )


def reference_claim(index: Index, table: Table, dataset: Dataset) -> Claim:
    """An index that no query names is used by the read that a foreign key's check makes."""
    column = index.keys[0].column
    assert column is not None
    name = shorten(f"probe_{index.name}")
    quoted = dataset.spelling.quoted
    select = f"SELECT 1 FROM {quoted(table.name)} WHERE {quoted(column)} = {{}}"
    prepare = dataset.spelling.probe(name, table.column(column), select)
    return Claim(
        id=f"{index.name}.served",
        sentence=f"the rows of {table.name} with one {column} are found through {index.name}",
        element=f"index.{index.name}",
        serves=index.serves,
        trial=UsesIndex(
            query=name, prepare=prepare, arguments=(dataset.sample(table.name, column),),
            table=table.name, index=index.name,
            stand_ins=tuple(rule.name for rule in table.exclusions if rule.equal[:1] == (column,)),
        ),
    )  # fmt: skip
