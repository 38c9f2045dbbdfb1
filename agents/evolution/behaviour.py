"""What rows and people meet: functions, triggers, policies, views, rights, comments and storage options."""

from agents.dialects.postgresql import literal
from agents.evolution.draft import Draft, Task, by_table, counted
from agents.evolution.spelling import bare, fact_changes, made, rights, unmade
from contracts.evolution import Change, ObjectKind, SchemaObject, SchemaState

_OF_TABLES: tuple[ObjectKind, ...] = ("trigger", "policy")


def functions(task: Task) -> list[Draft]:
    """Functions in their new form; who runs one meanwhile finishes with the old form."""
    changes = task.difference.find("function", "alter")
    if not changes:
        return []
    return [
        Draft(
            "migrate",
            f"{counted(len(changes), 'function')} in a new form",
            tuple(sql for c in changes for sql in _function(c.before, c.after)),
            tuple(sql for c in reversed(changes) for sql in _function(c.after, c.before)),
            because="Replaces the text in the catalogue.",
        )
    ]


def _function(old: SchemaObject | None, new: SchemaObject | None) -> tuple[str, ...]:
    assert old is not None and new is not None
    text = made(new) if old.text("definition") != new.text("definition") else ()
    return (*text, *fact_changes(old, new))


def labels(task: Task) -> list[Draft]:
    """Labels of enumerations: one that comes is added; when one goes, the columns are written anew."""
    drafts = []
    for change in task.difference.find("type", "alter"):
        old, new = change.before, change.subject
        assert old is not None
        columns = [c for c in task.old.of("column") if c.text("type") in (new.name, f"{new.name}[]")]
        had, has = old.texts("labels"), new.texts("labels")
        if [label for label in has if label in had] == list(had):
            drafts.append(
                Draft(
                    "expand", f"Labels of {new.name}",
                    tuple(_label(new.name, has, n) for n, x in enumerate(has) if x not in had),
                    _remade(old, columns), because="Changes the catalogue only.",
                    risk="The way back writes the tables that use the type anew; refused where a new label is used.",
                )
            )  # fmt: skip
        else:
            drafts.append(
                Draft(
                    "switch", f"Labels of {new.name}", _remade(new, columns), _remade(old, columns),
                    risk="Writes the tables that use the type anew while nobody can use them; "
                    "refused where a label that goes is used.",
                )
            )  # fmt: skip
    return drafts


def _label(name: str, labels_: tuple[str, ...], place: int) -> str:
    after = f"AFTER {literal(labels_[place - 1])}" if place else f"BEFORE {literal(labels_[1])}"
    return f"ALTER TYPE {name} ADD VALUE {literal(labels_[place])} {after}"


def _remade(kind: SchemaObject, columns: list[SchemaObject]) -> tuple[str, ...]:
    former = f"{kind.name}_before"
    found = [f"ALTER TYPE {kind.name} RENAME TO {former.rpartition('.')[2]}", *made(kind)]
    for column in columns:
        alter = f"ALTER TABLE {column.table} ALTER COLUMN {column.name}"
        array = "[]" if column.text("type").endswith("[]") else ""
        use = f"{alter} TYPE {kind.name}{array} USING {column.name}::text{array}::{kind.name}{array}"
        default = column.text("default")
        found += [f"{alter} DROP DEFAULT"] if default else []
        found.append(use)
        found += [f"{alter} SET DEFAULT {default}"] if default else []
    return (*found, f"DROP TYPE {former}")


def behaviour(task: Task, exchanged: frozenset[tuple[str, str, str]]) -> list[Draft]:
    """One short transaction a table, so that no two tables are locked at once."""
    changes = [c for kind in _OF_TABLES for c in task.difference.find(kind) if c.subject.table not in task.removed]
    changes += [c for c in task.of("column", "alter") if c.subject.key not in exchanged and _facts(c)]
    changes += [c for c in task.difference.find("table", "alter") if _facts(c)]
    drafts = []
    for_new = [c for c in changes if c.subject.table in task.created]
    groups = {"new tables": for_new} if for_new else {}
    groups |= by_table(c for c in changes if c not in for_new)
    for table, found in groups.items():
        wide, rest = [c for c in found if c.subject.kind == "table"], [c for c in found if c.subject.kind != "table"]
        told = frozenset(c.subject.key for c in rest)
        forward = [sql for c in wide for sql in _widely(c.before, c.after, task.new, told)]
        forward += [sql for c in rest for sql in _turned(c.before, c.after)]
        back = [sql for c in wide for sql in _widely(c.after, c.before, task.old, told)]
        back += [sql for c in reversed(rest) for sql in _turned(c.after, c.before)]
        kinds = sorted({_plural(c.subject.kind) for c in found})
        drafts.append(
            Draft(
                "migrate",
                f"{table}: {', '.join(kinds)}",
                tuple(forward),
                tuple(back),
                because="Changes the catalogue only.",
            )
        )
    return drafts + _views(task) + _others(task)


def _plural(kind: str) -> str:
    return {"trigger": "triggers", "policy": "policies"}.get(kind, "rights, comments and options")


def _facts(change: Change) -> bool:
    return bool(change.before and fact_changes(change.before, change.subject))


def _turned(old: SchemaObject | None, new: SchemaObject | None) -> tuple[str, ...]:
    """From one state of a thing to another, either of which may be its absence."""
    thing = new or old
    assert thing is not None
    if thing.kind not in _OF_TABLES:
        return fact_changes(old, new) if old and new else ()
    return (*(unmade(old) if old else ()), *(made(new) if new else ()))


def _widely(
    old: SchemaObject | None, new: SchemaObject | None, there: SchemaState, told: frozenset[tuple[str, str, str]]
) -> tuple[str, ...]:
    """A table's own facts, before those of its columns: who loses a right on the table loses it on each column too, so
    that columns which are not `told` get theirs again."""
    assert old is not None and new is not None
    gone = set(old.texts("grants")) - set(new.texts("grants"))
    columns = (c for c in there.of("column", new.name) if c.key not in told)
    again = [sql for c in columns for sql in rights(c, (g for g in c.texts("grants") if g in gone), take=False)]
    return (*fact_changes(old, new), *again)


def _views(task: Task) -> list[Draft]:
    changes = task.difference.find("view")
    if not changes:
        return []
    gone = [c.before for c in reversed(changes) if c.before]
    came = [c.after for c in changes if c.after]
    there = [*(s for v in gone for s in unmade(v)), *(s for v in came for s in _view(v))]
    again = [*(s for v in reversed(came) for s in unmade(v)), *(s for v in reversed(gone) for s in _view(v))]
    return [
        Draft(
            "migrate", f"{counted(len(changes), 'view')}", tuple(there), tuple(again), because="A view holds no rows."
        )
    ]


def _view(view: SchemaObject) -> tuple[str, ...]:
    return (*made(view), *fact_changes(bare(view), view))


def _others(task: Task) -> list[Draft]:
    """Rights on schemas, and sequences that stand for themselves."""
    forward: list[str] = []
    back: list[str] = []
    for kind in ("schema", "sequence"):
        for change in task.difference.find(kind, "alter"):
            old, new = change.before, change.subject
            assert old is not None
            if kind == "sequence" and old.text("definition") != new.text("definition"):
                forward.append(f"ALTER SEQUENCE {new.name} {new.text('definition')}")
                back.insert(0, f"ALTER SEQUENCE {new.name} {old.text('definition')}")
            forward += fact_changes(old, new)
            back = [*fact_changes(new, old), *back]
    if not forward:
        return []
    return [
        Draft(
            "migrate",
            "Rights on schemas and sequences",
            tuple(forward),
            tuple(back),
            because="Changes the catalogue only.",
        )
    ]
