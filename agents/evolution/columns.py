"""Columns that come, that may be empty from now on, that must not be, and that have another default."""

import re

from agents.evolution.backfill import backfill
from agents.evolution.conversions import conversion
from agents.evolution.draft import Draft, Task, added_then_validated, around, by_table, counted, plain
from agents.evolution.spelling import bare, column_clause, fact_changes
from contracts.evolution import Change, SchemaObject

_VOLATILE = re.compile(r"random|clock_timestamp|nextval|timeofday|uuid", re.IGNORECASE)
REPLICA = ("SET session_replication_role = replica", "RESET session_replication_role")


def expanded_columns(task: Task) -> list[Draft]:
    """One short transaction a table: new columns, columns that may be empty, defaults, types that widen."""
    drafts = []
    for table, changes in by_table(task.of("column")).items():
        forward: list[str] = []
        back: list[str] = []
        told: list[str] = []
        for change in changes:
            there, again = _expanded(task, change)
            if there:
                told.append(change.subject.name)
            forward += there
            back = [*again, *back]
        if forward:
            narrows = any(_widened(change) for change in changes)
            drafts.append(
                Draft(
                    "expand",
                    f"{table}: {counted(len(told), 'column')} ({', '.join(told)})",
                    tuple(forward),
                    tuple(back),
                    because="Changes the catalogue only; no row is read or written.",
                    risk="The way back checks or writes every row again, under the table's lock." if narrows else "",
                )
            )
    return drafts


def _expanded(task: Task, change: Change) -> tuple[list[str], list[str]]:
    column, old = change.subject, change.before
    alter = f"ALTER TABLE {column.table}"
    if change.action == "add":
        first = _added(task, column)
        more = list(fact_changes(bare(first), first))
        drop = f"{alter} DROP COLUMN {column.name}"
        adds = [f"{alter} ADD COLUMN {column_clause(first)}", *more]
        if _late_default(column):
            adds.append(f"{alter} ALTER COLUMN {column.name} SET DEFAULT {column.text('default')}")
        return adds, [drop]
    if change.action == "remove" or old is None:
        if column.facts.get("not_null") and not any(map(column.text, ("default", "identity", "generated"))):
            return [f"{alter} ALTER COLUMN {column.name} DROP NOT NULL"], list(_not_null_again(column))
        return [], []
    return _altered(task, old, column)


def _added(task: Task, column: SchemaObject) -> SchemaObject:
    """The column as it can be added without touching a row: a value that needs writing comes by a backfill."""
    if _late_default(column) or plain(column) in task.answers.fills:
        return column.changed(facts={**column.facts, "default": None, "not_null": False})
    return column


def _late_default(column: SchemaObject) -> bool:
    """A default that differs from row to row would rewrite the table if it were there from the start."""
    return bool(_VOLATILE.search(column.text("default")))


def _altered(task: Task, old: SchemaObject, new: SchemaObject) -> tuple[list[str], list[str]]:
    """Nullability that is given up, defaults and identities that differ, types that widen."""
    alter = f"ALTER TABLE {new.table} ALTER COLUMN {new.name}"
    forward: list[str] = []
    back: list[str] = []
    if old.facts.get("not_null") and not new.facts.get("not_null"):
        forward.append(f"{alter} DROP NOT NULL")
        back += _not_null_again(new)
    if widens(task, Change(before=old, after=new)):
        inside = f"{alter} TYPE {new.text('type')}"
        narrow = f"{alter} TYPE {old.text('type')}"
        forward += around(task.old, (new,), (inside,))
        back += around(task.old, (new,), (narrow,))
    counts = any(x.text("identity") or "nextval" in x.text("default") for x in (old, new))
    if "type" not in Change(before=old, after=new).differing() or widens(task, Change(before=old, after=new)) or counts:
        there, again = _generated_values(old, new)
        forward += there
        back = [*again, *back]
    return forward, back


def _generated_values(old: SchemaObject, new: SchemaObject) -> tuple[list[str], list[str]]:
    """A default or an identity instead of the other; an identity goes on after the largest value."""
    if (old.text("default"), old.text("identity")) == (new.text("default"), new.text("identity")):
        return [], []
    return _turned(old, new), _turned(new, old)


def _turned(old: SchemaObject, new: SchemaObject) -> list[str]:
    alter = f"ALTER TABLE {new.table} ALTER COLUMN {new.name}"
    found = []
    if old.text("identity") and new.text("identity"):
        return [f"{alter} SET GENERATED {new.text('identity')}"]
    if old.text("default") and not new.text("default"):
        found.append(f"{alter} DROP DEFAULT")
        if owned := re.fullmatch(r"nextval\('(.+)'::regclass\)", old.text("default")):
            found.append(f"DROP SEQUENCE {owned[1]}")
    if old.text("identity"):
        found.append(f"{alter} DROP IDENTITY")
        if owned := re.fullmatch(r"nextval\('(.+)'::regclass\)", new.text("default")):
            found += [
                f"CREATE SEQUENCE {owned[1]} AS {new.text('type')} OWNED BY {new.table}.{new.name}",
                _resumed(new, owned[1]),
            ]
    if new.text("identity"):
        named = f" (SEQUENCE NAME {new.text('sequence')})" if new.text("sequence") else ""
        found += [
            f"{alter} ADD GENERATED {new.text('identity')} AS IDENTITY{named}",
            _resumed(new, new.text("sequence")),
        ]
    if new.text("default"):
        found.append(f"{alter} SET DEFAULT {new.text('default')}")
    return found


def _resumed(column: SchemaObject, sequence: str) -> str:
    largest = f"(SELECT coalesce(max({column.name}), 0) + 1 FROM {column.table})"
    return f"SELECT setval('{sequence}', {largest}, false)"


def widens(task: Task, change: Change) -> bool:
    """Whether the column's type changes in the catalogue alone."""
    return plain(change.subject) not in task.answers.usings and _widened(change)


def _widened(change: Change) -> bool:
    if change.action != "alter" or change.before is None or "type" not in change.differing():
        return False
    found = conversion(change.subject.name, change.before.text("type"), change.subject.text("type"))
    return found is not None and found.manner == "widen"


def filled_columns(task: Task) -> list[Draft]:
    """A backfill for each new column whose rows get a value, and for each that must not be empty any more."""
    drafts = []
    for change in task.of("column"):
        column = change.subject
        value = task.answers.fills.get(plain(column)) or (column.text("default") if _late_default(column) else "")
        wants = change.action == "add" or (change.action == "alter" and "not_null" in change.differing())
        given = change.action == "add" and plain(column) in task.answers.fills
        if not value or not wants or not (given or column.facts.get("not_null")):
            continue
        key = task.key(column.table)
        work = backfill(column.table, key, f"{column.name} = {value}", f"{column.name} IS NULL")
        drafts.append(
            Draft(
                "migrate",
                f"{column.table}.{column.name} filled in rows that exist",
                quietly(task, column.table, work),
                (),
                transactional=False,
                because=bounded(key),
                risk="" if change.action == "add" else "The way back does not empty the column again.",
            )
        )
    return drafts


def quietly(task: Task, table: str, work: str) -> tuple[str, ...]:
    """A backfill that the table's triggers do not see, without a limit on how long it runs in all."""
    if not task.has_triggers(table):
        return (work,)
    return (REPLICA[0], work, REPLICA[1])


def bounded(key: tuple[str, ...]) -> str:
    """What a backfill locks."""
    if not key:
        return "One transaction: the table has no primary key to cut it by."
    return "Batches of 5,000 rows by the primary key, a transaction each; it may be stopped and run again."


def required_columns(task: Task) -> list[Draft]:
    """NOT NULL without a long lock: a CHECK that is not valid yet, its validation, and only then NOT NULL."""
    drafts: list[Draft] = []
    found = [c.subject for c in task.of("column") if _becomes_required(task, c)]
    for table in dict.fromkeys(column.table for column in found):
        columns = [column for column in found if column.table == table]
        checks = [(f"{column.name} IS NOT NULL", _check_name(column)) for column in columns]
        names = ", ".join(column.name for column in columns)
        alter = f"ALTER TABLE {table}"
        adds = tuple(f"{alter} ADD CONSTRAINT {name} CHECK ({text}) NOT VALID" for text, name in checks)
        drops = tuple(f"{alter} DROP CONSTRAINT {name}" for _, name in checks)
        drafts += added_then_validated(
            table,
            f"new rows have a value in {names}",
            f"all rows have a value in {names}",
            adds,
            drops,
            [name for _, name in checks],
        )
        required = [f"{alter} ALTER COLUMN {c.name} SET NOT NULL" for c in columns]
        again = [f"{alter} ALTER COLUMN {c.name} DROP NOT NULL" for c in columns]
        valid = [
            sql
            for add, (_, name) in zip(adds, checks, strict=True)
            for sql in (add, f"{alter} VALIDATE CONSTRAINT {name}")
        ]
        drafts.append(
            Draft(
                "migrate",
                f"{table}: NOT NULL on {names}",
                (*required, *drops),
                (*again, *valid),
                because="PostgreSQL believes the validated CHECK and reads nothing.",
            )
        )
    return drafts


def _becomes_required(task: Task, change: Change) -> bool:
    column = change.subject
    if not column.facts.get("not_null") or column.text("generated") or column.text("identity"):
        return False
    if change.action == "add":
        return not _added(task, column).facts.get("not_null")
    same_type = "type" not in change.differing() or widens(task, change)
    return change.action == "alter" and "not_null" in change.differing() and same_type


def _check_name(column: SchemaObject) -> str:
    return f"{column.table.rpartition('.')[2]}_{column.name}_required".replace('"', "")[:63]


def _not_null_again(column: SchemaObject) -> tuple[str, ...]:
    """NOT NULL on the way back: checked while everybody works, then believed."""
    alter, name = f"ALTER TABLE {column.table}", _check_name(column)
    return (
        f"{alter} ADD CONSTRAINT {name} CHECK ({column.name} IS NOT NULL) NOT VALID",
        f"{alter} VALIDATE CONSTRAINT {name}",
        f"{alter} ALTER COLUMN {column.name} SET NOT NULL",
        f"{alter} DROP CONSTRAINT {name}",
    )
