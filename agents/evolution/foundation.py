"""What is new and stands for itself: extensions, roles, types, functions, tables with all that belongs to them."""

from collections.abc import Collection

import networkx as nx

from agents.evolution.draft import Draft, Task, counted
from agents.evolution.spelling import bare, fact_changes, made, table_sql, unmade
from contracts.evolution import ObjectKind, SchemaObject

_FIRST: tuple[ObjectKind, ...] = ("extension", "schema", "role", "type", "domain", "sequence")


RECORDS = "schema_migrations"


def records(task: Task) -> list[Draft]:
    """The table of steps, where the old database has none: it comes before everything that it records."""
    if RECORDS not in task.created:
        return []
    table = next(t for t in task.new.of("table") if t.name == RECORDS)
    forward = [table_sql(task.new, table, task.new.of("constraint", RECORDS))]
    forward += [sql for index in _indexes(task, {RECORDS}) for sql in made(index)]
    because = "Every step records itself here."
    return [Draft("expand", f"New: {RECORDS}", tuple(forward), (f"DROP TABLE {RECORDS}",), because=because)]


def foundation(task: Task) -> list[Draft]:
    """One transaction: nobody uses any of it yet, so its locks disturb nobody but for a moment on referenced tables."""
    things = [c.subject for kind in _FIRST for c in task.difference.find(kind, "add")]
    functions = [c.subject for c in task.difference.find("function", "add")]
    tables = [t for t in ordered_tables(task) if not _of_old_table(task, t) and t.name != RECORDS]
    forward = [sql for thing in things for sql in made(thing)]
    if functions:
        forward.append("SET LOCAL check_function_bodies = off")  # a function may name a table that comes below
    forward += [sql for f in functions for sql in (*made(f), *fact_changes(bare(f), f))]
    late: list[str] = []
    for table in tables:
        inline, after = _constraints(task, table, tables)
        forward.append(table_sql(task.new, table, inline))
        late += after
    forward += late
    forward += [sql for index in _indexes(task, task.created - {RECORDS}) for sql in made(index)]
    forward += [sql for thing in things if "grants" in thing.facts for sql in fact_changes(bare(thing), thing)]
    for table in (*tables, *(t for t in task.new.of("table") if t.name == RECORDS and RECORDS in task.created)):
        forward += _described(task, table)
    forward += [_owned(s) for s in things if s.kind == "sequence" and s.text("owned_by") and _new_table(task, s)]
    parts_of_old = partitions(task)
    if not forward:
        return parts_of_old
    back = _plain_record(task)
    back += [f"DROP TABLE {table.name}" for table in reversed(tables) if not table.text("parent")]
    back += [sql for thing in reversed(functions) for sql in unmade(thing)]
    back += [
        sql
        for thing in reversed(things)
        if not (thing.kind == "sequence" and _new_table(task, thing))
        for sql in (*_disarmed(thing), *unmade(thing))
    ]
    told = [t.name for t in tables if not t.text("parent")] + [t.name.partition("(")[0] for t in (*functions, *things)]
    named = f"{', '.join(told[:5])}{f' and {len(told) - 5} more' if len(told) > 5 else ''}"
    because = "Nothing uses these objects yet."
    return [Draft("expand", f"New: {named}", tuple(forward), tuple(back), because=because), *parts_of_old]


def _plain_record(task: Task) -> list[str]:
    """The table of steps without the owner, rights and comments that it got here."""
    mine = [t for t in task.new.of("table") if t.name == RECORDS and RECORDS in task.created]
    columns = [c for t in mine for c in task.new.of("column", t.name)]
    return [sql for thing in (*mine, *columns) for sql in fact_changes(thing, bare(thing))]


def _of_old_table(task: Task, table: SchemaObject) -> bool:
    return bool(table.text("parent")) and table.text("parent") not in task.created


def partitions(task: Task) -> list[Draft]:
    """New partitions of tables that were there, one table at a time: they lock it, and a default partition is read."""
    drafts = []
    found = [t for t in ordered_tables(task) if _of_old_table(task, t)]
    for parent in dict.fromkeys(t.text("parent") for t in found):
        parts = [t for t in found if t.text("parent") == parent]
        forward = [sql for t in parts for sql in (table_sql(task.new, t, ()), *fact_changes(bare(t), t))]
        drafts.append(
            Draft(
                "expand", f"{parent}: {counted(len(parts), 'new partition')}", tuple(forward),
                tuple(f"DROP TABLE {t.name}" for t in reversed(parts)),
                because="The partition is empty.",
                risk="A default partition is read for rows that belong into the new one, while the table is locked. "
                "The way back drops the rows that were written into it.",
            )
        )  # fmt: skip
    return drafts


def _new_table(task: Task, sequence: SchemaObject) -> bool:
    return sequence.text("owned_by").rpartition(".")[0] in task.created


def _owned(sequence: SchemaObject) -> str:
    return f"ALTER SEQUENCE {sequence.name} OWNED BY {sequence.text('owned_by')}"


def _disarmed(thing: SchemaObject) -> tuple[str, ...]:
    """A role's rights on schemas, which would keep it."""
    return (f"REVOKE ALL ON SCHEMA public FROM {thing.name}",) if thing.kind == "role" else ()


def ordered_tables(task: Task) -> list[SchemaObject]:
    """New tables after those that they reference or are a partition of.

    Within a cycle the order is that of the new schema, and the reference is added afterwards.
    """
    new = {c.subject.name: c.subject for c in task.difference.find("table", "add")}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(new)
    for name, table in new.items():
        needed = [c.text("references") for c in task.new.of("constraint", name) if c.text("type") == "f"]
        graph.add_edges_from((n, name) for n in (*needed, table.text("parent")) if n in new and n != name)
    place = {name: n for n, name in enumerate(new)}
    groups = nx.condensation(graph)
    rank = {m: min(place[x] for x in groups.nodes[m]["members"]) for m in groups}
    names = [
        name
        for group in nx.lexicographical_topological_sort(groups, key=rank.__getitem__)
        for name in sorted(groups.nodes[group]["members"], key=place.__getitem__)
    ]
    return [new[name] for name in names]


def _constraints(task: Task, table: SchemaObject, tables: list[SchemaObject]) -> tuple[list[SchemaObject], list[str]]:
    """Constraints that stand in CREATE TABLE, and those that must wait for a table that comes later."""
    if table.text("parent"):
        return [], [sql for c in task.new.of("constraint", table.name) for sql in made(c)]
    later = {t.name for t in tables[tables.index(table) + 1 :]}
    found = task.new.of("constraint", table.name)
    inline = [c for c in found if c.text("references") not in later or not c.text("references")]
    return inline, [sql for c in found if c not in inline for sql in made(c)]


def _indexes(task: Task, tables: Collection[str]) -> list[SchemaObject]:
    """Indexes of new tables; those of partitions come with their parent's."""
    found = (c.subject for c in task.difference.find("index", "add"))
    return [i for i in found if i.table in tables and not i.text("parent")]


def _described(task: Task, table: SchemaObject) -> list[str]:
    """Comments, rights, row security and the owner, who comes last; triggers and policies come with the others."""
    found: list[str] = []
    for thing in (table, *task.new.of("column", table.name)):
        found += fact_changes(bare(thing), thing)
    owner = [sql for sql in found if " OWNER TO " in sql]
    return [*(sql for sql in found if sql not in owner), *owner]
