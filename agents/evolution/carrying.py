"""Values that go on in another table: a column that moves, an entity that is split, one of many that becomes many.

A column that is gone looks as if it were given up, and the new place of its values as if it began empty; everything
works, and the values are missed weeks later. So where the new design has a place for them people are asked, and what
they give carries the values over before anything old goes.
"""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from agents.evolution.draft import Draft, Task, plain
from contracts.evolution import Answers, Question, SchemaDifference, SchemaObject, SchemaState

KEPT_BY_TABLES = ("id", "created_at", "updated_at", "deleted_at", "version")
"""Columns that every table has of its own, and that say nothing of another table's."""


def carried_questions(
    found: SchemaDifference, old: SchemaState, new: SchemaState, answers: Answers
) -> Iterator[Question]:
    """A question for each column that is gone while a place for its values came in another table."""
    tables_new = {c.subject.name for c in found.find("table", "add")}
    tables_gone = {c.subject.name for c in found.find("table", "remove")}
    came = [c.subject for c in found.find("column", "add")]
    for change in found.find("column", "remove"):
        gone = change.subject
        if gone.table in tables_gone or gone.name in KEPT_BY_TABLES or plain(gone) in answers.drops:
            continue
        joined = _joined(gone, old, new, tables_new)
        places = [*joined, *(p for p in _moved(gone, came, new) if p.table not in {j.table for j in joined})]
        targets = [(plain(p) if p.table not in tables_new else p.table.replace(chr(34), "")) for p in places]
        if places and not {*targets} & {*answers.fills}:
            fills = [_fill(gone, p, old, new, tables_new) for p in places[:2]]
            yield Question(
                subject=plain(gone),
                text=f"The new design has no {gone.label}, and {' and '.join(map(plain, places[:2]))} came. Which of "
                "its values go there, or may they go?",
                answers=(*fills, f"--drop {plain(gone)}", f"--keep {plain(gone)}"),
            )


def references_of(state: SchemaState, table: str) -> list[tuple[str, str, str]]:
    """Column, referenced table and referenced column of the table's references over one column."""
    found = []
    for rule in state.of("constraint", table):
        if rule.text("type") == "f" and len(rule.texts("columns")) == 1:
            key = rule.text("definition").partition("REFERENCES")[2].partition("(")[2].partition(")")[0]
            found.append((rule.texts("columns")[0], rule.text("references"), key or "id"))
    return found


def _moved(gone: SchemaObject, came: list[SchemaObject], new: SchemaState) -> list[SchemaObject]:
    """Columns of the same name in tables that refer to this one, or that this one refers to."""
    linked = {table for _, table, _ in references_of(new, gone.table)}
    return [
        column
        for column in came
        if column.name == gone.name and column.table != gone.table
        and (column.table in linked or any(t == gone.table for _, t, _ in references_of(new, column.table)))
    ]  # fmt: skip


def _joined(gone: SchemaObject, old: SchemaState, new: SchemaState, tables_new: set[str]) -> list[SchemaObject]:
    """Columns of new tables that refer to what this column referred to, beside a reference to its own table."""
    aims = {table for column, table, _ in references_of(old, gone.table) if column == gone.name}
    found = []
    for table in sorted(tables_new):
        references = references_of(new, table)
        mine = [c for c, aim, _ in references if aim == gone.table]
        theirs = [c for c, aim, _ in references if aim in aims and c not in mine[:1]]
        if mine and theirs:
            found += [c for c in new.of("column", table) if c.name == theirs[0]]
    return found


def _fill(gone: SchemaObject, place: SchemaObject, old: SchemaState, new: SchemaState, tables_new: set[str]) -> str:
    """The option that carries the values to the place; what people have to add stands in capitals."""
    up = next(((c, key) for c, table, key in references_of(new, place.table) if table == gone.table), None)
    if place.table in tables_new:
        source = {place.name: gone.name}
        if up:
            source[up[0]] = up[1]
        needed = (c for c in new.of("column", place.table) if c.facts.get("not_null"))
        for column in needed:
            if not any(column.text(fact) for fact in ("default", "identity", "generated")):
                source.setdefault(column.name, "EXPRESSION")
        listed = ", ".join(name if name == of else f"{of} AS {name}" for name, of in sorted(source.items()))
        only = "" if gone.facts.get("not_null") else f" WHERE {gone.name} IS NOT NULL"
        return f'--fill "{place.table}=SELECT {listed} FROM {gone.table}{only}"'.replace('""', '"')
    if up:
        same = f"a.{up[1]} = {place.table}.{up[0]}"
        return f'--fill "{plain(place)}=(SELECT a.{gone.name} FROM {gone.table} a WHERE {same})"'
    down = next((c, key) for c, table, key in references_of(new, gone.table) if table == place.table)
    same = f"a.{down[0]} = {place.table}.{down[1]}"
    return f'--fill "{plain(place)}=(SELECT max(a.{gone.name}) FROM {gone.table} a WHERE {same})"'


def selected(query: str) -> tuple[str, ...]:
    """The columns that a query gives by name; none where it is no query or one of them has no name.

    >>> selected("SELECT id AS user_id, email FROM users"), selected("now()"), selected("SELECT 1 FROM users")
    (('user_id', 'email'), (), ())
    """
    try:
        found = sqlglot.parse_one(query, dialect="postgres")
    except sqlglot.errors.SqlglotError:
        return ()
    names = tuple(found.named_selects) if isinstance(found, exp.Query) else ()
    return names if all(name.isidentifier() for name in names) else ()


def filled_tables(task: Task) -> list[Draft]:
    """New tables whose rows are made of what is there."""
    drafts = []
    for table, query in sorted(task.answers.fills.items()):
        name = next((t for t in sorted(task.created) if t.replace('"', "") == table), None)
        if name is None:
            continue
        spelled = {c.name.replace('"', ""): c.name for c in task.new.of("column", name)}
        columns = ", ".join(spelled.get(column, column) for column in selected(query))
        drafts.append(
            Draft(
                "migrate", f"{name} gets its rows from what is there",
                (f"INSERT INTO {name} ({columns})\n{query}",), (f"DELETE FROM {name}",),
                because="One transaction, which reads the old tables while everybody reads and writes.",
                risk="What the old application writes afterwards is not carried over: run this step when it writes no "
                "more. The way back empties the new table.",
            )
        )  # fmt: skip
    return drafts
