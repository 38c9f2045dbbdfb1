"""Commands that make a business record: one statement for the record, one for each kind of its parts, one transaction.

The parts travel as one JSON array, so that an order of thirty lines costs two statements and not thirty-one. They are
two and not one with a data-modifying WITH, because all parts of such a statement see the rows as they were before it: a
policy that lets a part through only below a row that its writer may see would refuse every part of a new record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from agents.naming import identifier, shorten
from agents.schema_design.aggregates import Copy, Part, copies
from agents.schema_design.dataset import Dataset
from agents.schema_design.queries import Draft, compiled_query
from contracts.base import Alternative, Decision, Origin
from contracts.requirements import AccessPattern
from contracts.schema import Column, Parameter, Query, Table, Total

PARTS = 3
"""Parts of a record that a trial writes."""


@dataclass(frozen=True)
class PartWrite:
    """The statement that writes one kind of parts; `fields` are the members of each item of its array."""

    query: Query
    part: Part
    fields: tuple[Column, ...]
    copied: tuple[Copy, ...]


@dataclass(frozen=True)
class Command:
    """The statement that makes a record, the values that it copies, and the statements of its parts."""

    query: Query
    table: Table
    copied: tuple[Copy, ...]
    parts: tuple[PartWrite, ...]


def command(
    pattern: AccessPattern,
    table: Table,
    parts: Sequence[Part],
    core: Mapping[str, sa.Table],
    dataset: Dataset,
    kept: Iterable[Total],
    name: str,
) -> Command:
    """The statements of one command that makes a row of `table` with its parts."""
    kept = tuple(kept)
    made = _whole(pattern, table, core, dataset, kept, name)
    return Command(*made, tuple(_part(pattern, table, part, core, dataset, name) for part in parts))


def _draft(table: Table, core: Mapping[str, sa.Table], dataset: Dataset) -> Draft:
    return Draft(
        table, core[table.name], dataset, {c.name: sa.column(c.name, c.type) for c in core[table.name].columns}
    )


def given(table: Table) -> list[str]:
    """The columns that an application gives a new row: those that the database makes or has a default for are not."""
    later = _later(table)
    names = [
        c.name
        for c in table.columns
        if not c.identity and c.generated is None and c.default is None and not (c.nullable and c.name in later)
    ]
    return names + [c.name for c in table.columns if c.name == "status" and c.default is not None]


def _later(table: Table) -> set[str]:
    """The moments of states that a new row is not in yet: when an order was shipped is known when it is."""
    states = next((c.values for c in table.checks if c.kind == "one_of" and c.column == "status"), ())
    first = next((c.default for c in table.columns if c.name == "status" and c.default), "").strip("'")
    return {f"{identifier(state)}{end}" for state in states if first and state != first for end in ("_at", "_on")}


def _whole(
    pattern: AccessPattern,
    table: Table,
    core: Mapping[str, sa.Table],
    dataset: Dataset,
    kept: tuple[Total, ...],
    name: str,
) -> tuple[Query, Table, tuple[Copy, ...]]:
    """An INSERT of one row: what it keeps of others is read in the same statement, a sum of parts is not asked for."""
    draft = _draft(table, core, dataset)
    copied = {copy.column.name: copy for copy in copies(table, dataset.tables)}
    sums = {total.column for total in kept if total.table == table.name and total.operator == "="}
    values: dict[str, Any] = {}
    for column in given(table):
        if column in copied:
            continue
        found = table.column(column)
        if column in sums:
            values[column] = sa.literal_column(dataset.spelling.number(found, _least(table, found)))
        else:
            values[column] = draft.parameter(column, found, _first_state(table, found, dataset))
    statement: Any = sa.insert(draft.core)
    if copied:
        source, copied_values = _sources(copied.values(), core, values)
        values |= copied_values
        ordered = {c.name: values[c.name] for c in table.columns if c.name in values}
        statement = _selected(statement, ordered, source)
    else:
        statement = statement.values(values)
    if any(c.name == "id" for c in table.columns) and dataset.spelling.returning:
        statement = statement.returning(draft.c["id"])
    read = tuple(dict.fromkeys(copy.key.references for copy in copied.values()))
    query = compiled_query(pattern, draft, name, statement)
    return query.model_copy(update={"tables": (table.name, *read)}), table, tuple(copied.values())


def _first_state(table: Table, column: Column, dataset: Dataset) -> str:
    """A value for a new row; of states the one in which it begins, since later ones may let no part in."""
    states = next((c.values for c in table.checks if c.kind == "one_of" and c.column == column.name), ())
    if column.name == "status" and states:
        first = (column.default or "").strip("'")
        return dataset.spelling.literal(first if first in states else states[0])
    return dataset.fresh(table.name, column.name)


def _least(table: Table, column: Column) -> str:
    """An amount that the column's CHECK lets stand until the first part comes."""
    limit = next((c for c in table.checks if c.kind == "range" and c.column == column.name), None)
    least = max(limit.minimum if limit and limit.minimum is not None else Decimal(0), Decimal(0))
    return f"{least + 1 if limit and limit.exclusive_minimum and limit.minimum == least else least:f}"


def _sources(
    copied: Iterable[Copy], core: Mapping[str, sa.Table], keys: Mapping[str, Any], start: Any = None
) -> tuple[Any, dict[str, Any]]:
    """The rows that values are copied from, joined so that a missing one leaves them empty, and the copied values.

    A constraint then refuses the new row; a plain join would make none, and say nothing.
    """
    source = sa.select(sa.literal_column("1").label("one")).subquery("made") if start is None else start
    values: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    for copy in copied:
        if copy.alias not in rows:
            there = core[copy.key.references].alias(copy.alias)
            rows[copy.alias] = there
            source = source.outerjoin(there, there.c[copy.key.referenced_columns[0]] == keys[copy.key.columns[0]])
        values[copy.column.name] = rows[copy.alias].c[copy.source.name]
    return source, values


def _selected(insert: Any, values: Mapping[str, Any], source: Any) -> Any:
    select = sa.select(*(value.label(name) for name, value in values.items())).select_from(source)
    return insert.from_select(list(values), select)


def _part(
    pattern: AccessPattern, whole: Table, part: Part, core: Mapping[str, sa.Table], dataset: Dataset, name: str
) -> PartWrite:
    """An INSERT of all parts of one kind, whose values are the members of an array's items."""
    table, spelled = part.table, dataset.spelling
    draft = _draft(table, core, dataset)
    copied = {copy.column.name: copy for copy in copies(table, dataset.tables, part.key)}
    own = {part.reference, part.ordinal, *copied}
    fields = tuple(table.column(c) for c in given(table) if c not in own and table.column(c).default is None)
    reference = table.column(part.reference)
    parent = draft.parameter(part.reference, reference, str(dataset.last_parent(table, part.reference)))
    rows = [{c.name: dataset.fresh(table.name, c.name, n) for c in fields} for n in range(2, 2 + PARTS)]
    sql_type, sample = spelled.item_list(rows)
    draft.parameters.append(Parameter(name=table.name, sql_type=sql_type, sample=sample))
    source, members, nth = spelled.items(sa.bindparam(table.name), fields)
    values: dict[str, Any] = {part.reference: parent} | {c.name: members[c.name] for c in fields}
    if part.ordinal:
        values[part.ordinal] = nth
    source, copied_values = _sources(copied.values(), core, values, source)
    ordered = {c.name: (values | copied_values)[c.name] for c in table.columns if c.name in values | copied_values}
    statement = _selected(sa.insert(draft.core), ordered, source)
    title = f"{pattern.text}: its {table.name.replace('_', ' ')}"
    query = compiled_query(pattern, draft, shorten(identifier(f"{name}_{table.name}"), 60), statement)
    read = tuple(dict.fromkeys(copy.key.references for copy in copied.values()))
    changes = {"title": title, "part_of": name, "tables": (table.name, *read)}
    return PartWrite(query.model_copy(update=changes), part, fields, tuple(copied.values()))


def command_decisions(made: Iterable[Command]) -> tuple[Decision, ...]:
    """Why a record and its parts are written as they are, once for all commands that have parts."""
    whole = [one for one in made if one.parts]
    if not whole:
        return ()
    copied = [f"{w.query.table}.{c.column.name}" for one in whole for w in one.parts for c in w.copied]
    named = [f"{one.query.name} with {', '.join(w.query.name for w in one.parts)}" for one in whole]
    kept = f"; {', '.join(dict.fromkeys(copied))} are read from their source in it, not taken from the caller"
    return (
        Decision(
            id="decision.commands",
            topic="Commands that make a record with its parts",
            choice=f"one transaction, a statement for the record and one for each kind of parts: {'; '.join(named)}",
            because="a record without its parts is never seen, and however many parts there are, they are one JSON "
            "array and one round trip" + (kept if copied else ""),
            alternatives=(
                Alternative(
                    name="one statement with a data-modifying WITH",
                    refused_because="its parts see the rows as they were before it, so that a row-level policy which "
                    "looks for the new record finds none; other engines have no such statement",
                ),
                Alternative(
                    name="an INSERT for each part",
                    refused_because="a round trip for each, while the locks of the record are held",
                ),
                Alternative(
                    name="a stored procedure",
                    refused_because="the rules are in constraints and triggers already; what remains are statements "
                    "that the application's transaction holds together",
                ),
            ),
            origin=Origin(kind="inferred", rule="what makes a record writes its parts"),
            serves=tuple(dict.fromkeys(s for one in whole for s in one.query.serves)),
        ),
    )
