"""Who changed what, and when: an append-only trail that the changing statement cannot avoid.

Triggers write it in the same transaction, for the application and for a shell alike. Who is behind a change stands in
a table of one row that the application sets in the same transaction: one connection writes at a time, so nobody else
can come between.
"""

from agents.dialects.sqlite.rules import bans, first_row
from agents.dialects.sqlite.spelling import literal, quoted
from agents.naming import constraint_name, shorten
from agents.security.basis import Draft, Part, filled, listed, origin_of
from agents.security.grants import DENIED
from agents.security.trail import Trail, removed_columns
from contracts.base import Alternative, Decision, Omission
from contracts.claims import Refused, Returns, Session
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

ACTOR = "current_actor"
_EVENTS = ("INSERT", "UPDATE", "DELETE")
_MOMENT = "strftime('%Y-%m-%d %H:%M:%f', 'now')"


def trail_part(requirements: Requirements, schema: SchemaDesign, made: Trail) -> Part:
    """The trail's table and triggers, and the attempts to avoid or change it.

    A table whose columns nobody may change has no change to try; that it is refused is a claim of its own.
    """
    draft = Draft()
    _tables(draft, made)
    for table in made.tables:
        for event in _EVENTS:
            _watch(draft, made, table, event)
    _append_only(draft, made)
    fixed: dict[str, set[str]] = {}
    for ban in bans(requirements, schema):
        fixed.setdefault(ban.table.name, set()).update(ban.columns)
    for life in schema.lifecycles:
        fixed.setdefault(life.table, set()).update((life.column, *life.columns))
    _attacks(draft, made)
    for table in made.tables:
        if f"table.{table.name}" in filled(schema):
            _recorded(draft, made, table, fixed.get(table.name, set()))
            _hides(draft, made, table)
    draft.rollback[:0] = [f"DROP TRIGGER IF EXISTS {quoted(_watcher(t, e))}" for t in made.tables for e in _EVENTS]
    draft.rollback += [f"DROP TABLE IF EXISTS {made.log}", f"DROP TABLE IF EXISTS {ACTOR}"]
    draft.decisions.append(_decision(requirements, made))
    draft.omissions.append(_no_seals(requirements, made))
    return draft.part()


def _tables(draft: Draft, made: Trail) -> None:
    draft.run(
        f"audit.{made.log}",
        f"CREATE TABLE {made.log} (\n"
        "    id INTEGER NOT NULL,\n"
        f"    recorded_at TEXT NOT NULL DEFAULT ({_MOMENT}),\n"
        "    table_name TEXT NOT NULL,\n"
        "    row_key TEXT NOT NULL,\n"
        "    action TEXT NOT NULL,\n"
        "    old_values TEXT,\n"
        "    new_values TEXT,\n"
        "    actor_id TEXT,\n"
        f"    CONSTRAINT {constraint_name('pk', made.log)} PRIMARY KEY (id AUTOINCREMENT),\n"
        f"    CONSTRAINT {constraint_name('ck', made.log, 'action')} CHECK (action IN {_EVENTS}),\n"
        f"    CONSTRAINT {constraint_name('ck', made.log, 'old_values')}\n"
        "        CHECK (old_values IS NULL OR json_valid(old_values)),\n"
        f"    CONSTRAINT {constraint_name('ck', made.log, 'new_values')}\n"
        "        CHECK (new_values IS NULL OR json_valid(new_values))\n"
        ") STRICT",
        f"Changes of {listed([t.name for t in made.tables], 12)}: {made.rows_per_day:g} rows a day, kept for "
        f"{made.days} days. AUTOINCREMENT gives no number twice, so that a gap shows",
        f"The trail {made.log} is made",
        made.serves,
    )
    draft.run(
        f"audit.{made.log}.by_row",
        f"CREATE INDEX {constraint_name('ix', made.log, 'row')} ON {made.log} (table_name, row_key, recorded_at DESC)",
        "Serves the auditor's question: what happened to this row?",
        "The history of one row is found by an index",
        made.serves,
    )
    draft.run(
        f"audit.{ACTOR}",
        f"CREATE TABLE {ACTOR} (\n"
        "    id INTEGER NOT NULL,\n    actor_id TEXT,\n"
        f"    CONSTRAINT {constraint_name('pk', ACTOR)} PRIMARY KEY (id),\n"
        f"    CONSTRAINT {constraint_name('ck', ACTOR, 'id')} CHECK (id = 1)\n"
        ") STRICT",
        "The person behind the running transaction: set after BEGIN IMMEDIATE, set to NULL before COMMIT",
        "The application can say who acts",
        made.serves,
    )
    draft.run(
        f"audit.{ACTOR}.row",
        f"INSERT INTO {ACTOR} (id) VALUES (1)",
        "One row, nobody acting",
        "Nobody acts at first",
        made.serves,
    )


def _watcher(table: Table, event: str) -> str:
    return shorten(f"tr_{table.name}_audit_{event.lower()}")


def _values(table: Table, side: str) -> str:
    """The row as a JSON object, without the columns whose values never enter the trail."""
    hidden = set(removed_columns(table))
    pairs = (f"{literal(c.name)}, {side}.{quoted(c.name)}" for c in table.columns if c.name not in hidden)
    return "json_object(" + ", ".join(pairs) + ")"


def _changes(table: Table) -> str:
    """A row of name, old and new value for each column; of a hidden one it shows only that it changed."""
    hidden = set(removed_columns(table))
    rows: list[str] = []
    for column in table.columns:
        name, old, new = literal(column.name), f"old.{quoted(column.name)}", f"new.{quoted(column.name)}"
        if column.name in hidden:
            old, new = "'removed'", f"iif({old} IS {new}, 'removed', 'removed, changed')"
        names = ("", "", "") if rows else (" AS name", " AS before_it", " AS after_it")
        rows.append(f"SELECT {name}{names[0]}, {old}{names[1]}, {new}{names[2]}")
    return "\n        UNION ALL ".join(rows)


def _watch(draft: Draft, made: Trail, table: Table, event: str) -> None:
    side = "old" if event == "DELETE" else "new"
    key = " || ',' || ".join(f"{side}.{quoted(c)}" for c in table.primary_key)
    actor = f"(SELECT actor_id FROM {ACTOR})"
    if event == "UPDATE":
        compared = [quoted(c.name) for c in table.columns if c.name != "updated_at" and c.generated is None]
        when = "\nWHEN " + " OR ".join(f"old.{name} IS NOT new.{name}" for name in compared)
        said = (
            f"    SELECT {literal(table.name)}, {key}, 'UPDATE',\n"
            f"        json_group_object(name, before_it), json_group_object(name, after_it), {actor}\n"
            f"    FROM (\n        {_changes(table)}\n    ) WHERE before_it IS NOT after_it;"
        )
    else:
        when, row = "", _values(table, side)
        old, new = ("NULL", row) if event == "INSERT" else (row, "NULL")
        said = f"    VALUES ({literal(table.name)}, {key}, {literal(event)},\n        {old},\n        {new},\n"
        said += f"        {actor});"
    draft.run(
        f"audit.{table.name}.{event.lower()}",
        f"CREATE TRIGGER {quoted(_watcher(table, event))} AFTER {event} ON {quoted(table.name)}{when}\nBEGIN\n"
        f"    INSERT INTO {made.log} (table_name, row_key, action, old_values, new_values, actor_id)\n{said}\nEND",
        f"{event} of {table.name} is recorded in the same transaction",
        f"{event} of {table.name} is watched",
        made.serves,
    )


def _append_only(draft: Draft, made: Trail) -> None:
    log = made.log
    young = f"\nWHEN old.recorded_at >= datetime('now', '-{made.days} days')"
    taken = f"\nWHEN EXISTS (SELECT 1 FROM {log} WHERE id = new.id)"
    for event, when, comment in (
        ("UPDATE", "", f"No row of {log} is ever changed"),
        ("DELETE", young, f"A row of {log} leaves after {made.days} days, never before"),
        ("INSERT", taken, "INSERT OR REPLACE would put another row in a row's place, and fires no DELETE trigger"),
    ):
        name = f"{log}_append_only_{event.lower()}"
        message = literal(f"{DENIED}: {log} is append-only for {made.days} days")
        draft.run(
            f"audit.{log}.append_only.{event.lower()}",
            f"CREATE TRIGGER {name} BEFORE {event} ON {log}{when}\nBEGIN\n    SELECT RAISE(ABORT, {message});\nEND",
            comment,
            f"{log} refuses what would change it by {event}",
            made.serves,
        )
        draft.rollback.append(f"DROP TRIGGER IF EXISTS {name}")


def _attacks(draft: Draft, made: Trail) -> None:
    log = made.log
    row = (
        f"INSERT INTO {log} (id, table_name, row_key, action) VALUES (1, {literal(made.tables[0].name)}, '1', 'UPDATE')"
    )
    replaced = row.replace("INSERT INTO", "INSERT OR REPLACE INTO").replace("'UPDATE'", "'DELETE'")
    quiet = Session(settings=(("recursive_triggers", "off"),))
    for name, what, sql, session in (
        ("changed", "Changing a row", f"UPDATE {log} SET actor_id = 'somebody else'", Session()),
        ("removed", "Removing a row", f"DELETE FROM {log}", Session()),
        ("replaced", "INSERT OR REPLACE of a row", replaced, quiet),
    ):
        draft.claim(
            f"audit.{log}.{name}",
            f"security.audit.{log}",
            f"{what} of {log} is refused, whoever opened the file",
            made.serves,
            Refused(sql=(row, sql), sqlstate=DENIED, session=session),
        )


def _recorded(draft: Draft, made: Trail, table: Table, fixed: set[str]) -> None:
    """A change leaves one row with both values and who did it; one that changes nothing leaves none."""
    change = _harmless(table, fixed)
    if change is None:
        return
    log, name, (column, value) = made.log, quoted(table.name), change
    update, path = f"UPDATE {name} SET {quoted(column)} = {value} {first_row(table)}", literal(f"$.{column}")
    told = f"json_extract(new_values, {path}) IS NOT json_extract(old_values, {path})"
    draft.claim(
        f"audit.{table.name}.records",
        f"security.audit.{table.name}",
        f"A change of {table.name}.{column} leaves one row in {log} with both values and who did it",
        made.serves,
        Returns(
            sql=(
                f"UPDATE {ACTOR} SET actor_id = '42'",
                update,
                f"SELECT action, table_name, {told}, actor_id FROM {log}",
            ),
            rows=(("UPDATE", table.name, "1", "42"),),
        ),
    )
    draft.claim(
        f"audit.{table.name}.ignores_no_change",
        f"security.audit.{table.name}",
        f"An UPDATE of {table.name} that changes nothing leaves no row in {log}",
        made.serves,
        Returns(
            sql=(update.replace(f"= {value} ", f"= {quoted(column)} ", 1), f"SELECT count(*) FROM {log}"),
            rows=(("0",),),
        ),
    )


def _hides(draft: Draft, made: Trail, table: Table) -> None:
    """That a hidden column changed is recorded; what it was and is, is not."""
    tied = {check.column for check in table.checks} | {n for k in table.foreign_keys for n in k.columns}
    for column in removed_columns(table):
        if column in tied or table.column(column).type not in ("string", "text"):
            continue
        name, path = quoted(column), literal(f"$.{column}")
        draft.claim(
            f"audit.{table.name}.hides.{column}",
            f"security.audit.{table.name}",
            f"A new {table.name}.{column} leaves a trace in {made.log} without its old or new value",
            made.serves,
            Returns(
                sql=(
                    f"UPDATE {quoted(table.name)} SET {name} = coalesce({name}, '') || 'x' {first_row(table)}",
                    f"SELECT json_extract(old_values, {path}), json_extract(new_values, {path}) FROM {made.log}",
                ),
                rows=(("removed", "removed, changed"),),
            ),
        )


def _harmless(table: Table, fixed: set[str]) -> tuple[str, str] | None:
    """A column and a new value that no constraint refuses."""
    tied = {n for c in table.checks for n in (c.column, c.other) if n}
    tied |= {n for u in table.uniques for n in u.columns} | {n for k in table.foreign_keys for n in k.columns}
    tied |= {n for e in table.exclusions for n in (*e.equal, e.start, e.end)} | set(table.primary_key) | fixed
    for column in table.columns:
        if column.name in tied or column.name in removed_columns(table) or column.generated is not None:
            continue
        if column.type in ("string", "text"):
            return column.name, f"coalesce({quoted(column.name)}, '') || '.'"
        if column.type == "integer":
            return column.name, f"coalesce({quoted(column.name)}, 0) + 1"
    return None


def _decision(requirements: Requirements, made: Trail) -> Decision:
    names = listed([t.name for t in made.tables], 12)
    secrets = [f"{t.name}.{c}" for t in made.tables for c in removed_columns(t)]
    return Decision(
        id="security.decision.audit",
        topic="Which tables leave a trail",
        choice=f"{names}, by triggers into {made.log}, {made.kept_rows():,} rows after {made.days} days"
        + (f"; the values of {listed(secrets)} never enter it" if secrets else ""),
        because=f"a trigger also sees changes that somebody makes in a shell; {made.basis}",
        alternatives=(
            Alternative(
                name="a log that the application writes", refused_because="a statement by hand would leave no trace"
            ),
        ),
        origin=origin_of(requirements, made.serves, "changes of sensitive data and of transactions leave a trail"),
        serves=made.serves,
    )


def _no_seals(requirements: Requirements, made: Trail) -> Omission:
    return Omission(
        subject="Seals over the trail",
        reason=f"whoever may write the file can drop a trigger, and SQLite has no digest to chain over its rows; what "
        f"was sent to the copy's place is out of that account's reach, where {made.log} of {made.days} days can be "
        "compared",
        origin=origin_of(requirements, made.serves, "a trail that its owner can rewrite proves nothing"),
        serves=made.serves,
    )
