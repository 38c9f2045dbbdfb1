"""What the new design lacks: it goes last, only when somebody said so, and its data stay in the schema `retired`.

So no step of a migration loses a row: a table is moved there as a whole, a column's values are copied beside the key of
their rows, and the way back brings both again. Removing them for good is a statement of its own, by a person, later.
"""

from agents.evolution.backfill import kept_rows
from agents.evolution.columns import bounded
from agents.evolution.draft import Draft, Task, plain
from agents.evolution.spelling import bare, column_clause, fact_changes, made, rights, unmade
from contracts.evolution import SchemaObject

SCHEMA = "retired"
_MADE = f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"
_UNMADE = (
    f"DO $retired$\nBEGIN\n    DROP SCHEMA IF EXISTS {SCHEMA};\n"
    "EXCEPTION\n    WHEN dependent_objects_still_exist THEN\n"
    f"        RAISE NOTICE 'an earlier migration left data in {SCHEMA}';\nEND\n$retired$"
)


def retirement(task: Task) -> list[Draft]:
    """Columns, then tables, then what only these used."""
    columns = [c.subject for c in task.of("column", "remove")]
    tables = [c.subject for c in task.difference.find("table", "remove") if not c.subject.text("parent")]
    drafts = [draft for column in columns for draft in _column(task, column)]
    drafts += _detached(task, tables) + [_table(task, table) for table in tables]
    names = tuple(plain(thing) for thing in (*columns, *tables))
    return drafts + _unused(task, names)


def archive(column: SchemaObject, name: str = "") -> str:
    """Where the values of a column are kept."""
    return f"{SCHEMA}.{(column.table + '_' + (name or column.name)).replace('.', '_').replace(chr(34), '')}"[:72]


def archived(task: Task, column: SchemaObject, stands_as: str, removes: tuple[str, ...]) -> Draft:
    """The step that copies a column's values beside their keys."""
    key, place = task.key(column.table), archive(column)
    listed = ", ".join(key)
    values = f"SELECT {listed}, {stands_as} AS {column.name} FROM {column.table}"
    table = f"CREATE TABLE IF NOT EXISTS {place} AS\n    {values} WITH NO DATA"
    unique = f"CREATE UNIQUE INDEX IF NOT EXISTS {place.rpartition('.')[2][:59]}_key ON {place} ({listed})"
    return Draft(
        "contract", f"Values of {plain(column)} kept in {place}",
        (_MADE, table, unique, kept_rows(column.table, key, stands_as, place)),
        (f"DROP TABLE IF EXISTS {place}", _UNMADE), transactional=False, because=bounded(key), removes=removes,
    )  # fmt: skip


def restored(task: Task, column: SchemaObject, stands_as: str) -> tuple[str, ...]:
    """The values again, without the table's triggers taking it for somebody's change."""
    place = archive(column)
    same = " AND ".join(f"{place}.{k} = {column.table}.{k}" for k in task.key(column.table))
    return (
        "SET LOCAL session_replication_role = replica",
        f"UPDATE {column.table} SET {stands_as} = {place}.{column.name} FROM {place} WHERE {same}",
        "SET LOCAL session_replication_role = origin",
    )


def _column(task: Task, column: SchemaObject) -> list[Draft]:
    alter, name = f"ALTER TABLE {column.table}", (plain(column),)
    keeps = bool(task.key(column.table)) and not column.text("generated")
    required = column.facts.get("not_null") and not any(map(column.text, ("default", "identity", "generated")))
    again = column.changed(facts={**column.facts, "not_null": False}) if required else column
    back = [f"{alter} ADD COLUMN {column_clause(again)}", *fact_changes(bare(column), column)]
    back += restored(task, column, column.name) if keeps else ()
    kept = [archived(task, column, column.name, name)] if keeps else []
    risk = "The way back gives rows that were written since no value, and writes every other row again."
    if not keeps and not column.text("generated"):
        risk = "The table has no primary key, so its values cannot be kept: make a backup first."
    drop = f"{alter} DROP COLUMN {column.name}"
    return [*kept, Draft("contract", f"{plain(column)} goes", (drop,), tuple(back), risk=risk, removes=name)]


def _detached(task: Task, tables: list[SchemaObject]) -> list[Draft]:
    """References, triggers, policies and rights of the tables that go: they would still act on the others."""
    drafts = []
    for table in tables:
        things = [c for c in task.old.of("constraint", table.name) if c.text("type") == "f"]
        things += [*task.old.of("trigger", table.name), *task.old.of("policy", table.name)]
        had = [(t, t.texts("grants")) for t in (table, *task.old.of("column", table.name)) if t.texts("grants")]
        forward = [sql for t in things for sql in unmade(t)] + [sql for t, g in had for sql in rights(t, g, take=True)]
        back = [sql for t, g in had for sql in rights(t, g, take=False)]
        back += [sql for t in things for sql in _again(t)]
        if forward:
            drafts.append(
                Draft("contract", f"{plain(table)} is used by nobody", tuple(forward), tuple(back),
                      removes=(plain(table),),
                      because="Changes the catalogue only.")
            )  # fmt: skip
    return drafts


def _again(thing: SchemaObject) -> tuple[str, ...]:
    if thing.kind != "constraint":
        return made(thing)
    alter = f"ALTER TABLE {thing.table}"
    return (
        f"{alter} ADD CONSTRAINT {thing.name} {thing.text('definition')} NOT VALID",
        f"{alter} VALIDATE CONSTRAINT {thing.name}",
    )


def _table(task: Task, table: SchemaObject) -> Draft:
    whole = [table, *(t for t in task.old.of("table") if t.text("parent") == table.name)]
    home = table.name.rpartition(".")[0] or "public"
    forward = (_MADE, *(f"ALTER TABLE {t.name} SET SCHEMA {SCHEMA}" for t in whole))
    back = (*(f"ALTER TABLE {SCHEMA}.{t.name.rpartition('.')[2]} SET SCHEMA {home}" for t in reversed(whole)), _UNMADE)
    return Draft(
        "contract", f"{plain(table)} moves to {SCHEMA}", forward, back, removes=(plain(table),),
        because="Changes the catalogue only; every row stays.",
    )  # fmt: skip


def _unused(task: Task, names: tuple[str, ...]) -> list[Draft]:
    """Functions, sequences, types and extensions that the new design lacks."""
    gone = [
        c.subject for kind in ("function", "type", "domain", "extension") for c in task.difference.find(kind, "remove")
    ]
    gone += [s for c in task.difference.find("sequence", "remove") if not (s := c.subject).text("owned_by")]
    if not gone:
        return []
    forward = [sql for thing in gone for sql in unmade(thing)]
    back = [
        sql
        for thing in reversed(gone)
        for sql in (*made(thing), *(fact_changes(bare(thing), thing) if "grants" in thing.facts else ()))
    ]
    return [
        Draft(
            "contract", f"Gone: {', '.join(plain(t) for t in gone)}"[:200], tuple(forward), tuple(back), removes=names,
            because="They hold no rows.",
        )
    ]  # fmt: skip
