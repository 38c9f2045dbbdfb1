"""Constraints and indexes, without a lock that lasts: added unproven, then validated; built while all write."""

import re

from agents.evolution.draft import Draft, Task, added_then_validated, by_table, counted
from agents.evolution.spelling import made
from contracts.evolution import Change, SchemaObject


def relaxed(task: Task, retyped: frozenset[tuple[str, str, str]], followed: bool) -> list[Draft]:
    """Rules that the new design gives up: the new application may break them, the old one cannot.

    Those that another rule over the same columns follows go when that one is there, so that no row slips through.
    """
    drafts = []
    heirs = {_over_what(c.subject) for c in task.of("constraint", "add")}
    gone_ = [c for c in task.of("constraint", "remove") if c.subject.key not in retyped]
    for table, changes in by_table(c for c in gone_ if (_over_what(c.subject) in heirs) == followed).items():
        gone = [c.subject for c in changes]
        drafts.append(
            Draft(
                "migrate" if followed else "expand",
                f"{table}: {counted(len(gone), 'constraint')} given up ({', '.join(c.name for c in gone)})",
                tuple(f"ALTER TABLE {table} DROP CONSTRAINT {c.name}" for c in gone),
                tuple(sql for c in reversed(gone) for sql in _again(c)),
                because="Changes the catalogue only.",
                risk="The way back is refused when rows have broken the rule since.",
            )
        )
    return drafts


def _over_what(rule: SchemaObject) -> tuple[str, str, tuple[str, ...]]:
    """Kind, table and columns of a rule."""
    return rule.text("type"), rule.table, rule.texts("columns")


def _again(constraint: SchemaObject) -> tuple[str, ...]:
    """A constraint of a table that holds rows; CHECK and FOREIGN KEY are validated apart, others are built."""
    text = constraint.text("definition")
    if constraint.text("type") not in ("c", "f") or text.endswith("NOT VALID"):
        return tuple(sql for sql in made(constraint))
    alter = f"ALTER TABLE {constraint.table}"
    return (
        f"{alter} ADD CONSTRAINT {constraint.name} {text} NOT VALID",
        f"{alter} VALIDATE CONSTRAINT {constraint.name}",
    )


def renamed(task: Task) -> list[Draft]:
    """Constraints and indexes that only have another name."""
    drafts = []
    pairs = [c for kind in ("constraint", "index") for c in task.of(kind, "alter") if _renames(c)]
    for table, changes in by_table(pairs).items():
        named = [(c.before, c.subject) for c in changes if c.before]
        drafts.append(
            Draft(
                "expand",
                f"{table}: {counted(len(named), 'other name')} of the same constraints and indexes",
                tuple(rename(a, b.name) for a, b in named),
                tuple(rename(b, a.name) for a, b in reversed(named)),
                because="Changes the catalogue only.",
            )
        )
    return drafts


def _renames(change: Change) -> bool:
    return change.before is not None and change.before.name != change.subject.name


def rename(thing: SchemaObject, name: str) -> str:
    """Another name for a constraint or index."""
    if thing.kind == "index":
        return f"ALTER INDEX {thing.name} RENAME TO {name.rpartition('.')[2]}"
    return f"ALTER TABLE {thing.table} RENAME CONSTRAINT {thing.name} TO {name}"


def indexes(task: Task, retyped: frozenset[tuple[str, str, str]]) -> list[Draft]:
    """New indexes and those behind new unique constraints, built while everybody writes."""
    drafts = []
    for change in task.of("index"):
        index = change.subject
        if index.key in retyped or index.text("parent") or change.action == "remove" or _renames(change):
            continue
        if change.before and set(change.differing()) == {"valid"}:
            continue
        drafts.append(_index(task, index, change.before))
    return drafts


def _index(task: Task, index: SchemaObject, before: SchemaObject | None) -> Draft:
    if before is None:
        return Draft(
            "migrate",
            f"Index {index.name} on {index.table}",
            built(task, index),
            (f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}",)
            if not split(task, index)
            else (f"DROP INDEX IF EXISTS {index.name}",),
            transactional=False,
            because="Built while everybody reads and writes.",
        )
    following = f"{index.name}_next"[:63]
    return Draft(
        "migrate",
        f"Index {index.name} on {index.table} in its new form",
        (
            *built(task, _called(index, following)),
            f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}",
            f"ALTER INDEX IF EXISTS {following} RENAME TO {index.name}",
        ),
        (
            *built(task, _called(before, following)),
            f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}",
            f"ALTER INDEX IF EXISTS {following} RENAME TO {index.name}",
        ),
        transactional=False,
        because="The new one is there before the old one goes.",
    )


def _called(index: SchemaObject, name: str) -> SchemaObject:
    text = re.sub(r"INDEX \S+ ON", f"INDEX {name} ON", index.text("definition"), count=1)
    return index.changed(name=name, facts={**index.facts, "definition": text})


def built(task: Task, index: SchemaObject) -> tuple[str, ...]:
    """Statements that may be run again: a build that failed leaves an invalid index of this name.

    On a partitioned table an index cannot be built concurrently: it is made of the partitions' own ones.
    """
    text = index.text("definition")
    if partitions := split(task, index):
        only = re.sub(r"INDEX (\S+) ON (?:ONLY )?", r"INDEX IF NOT EXISTS \1 ON ONLY ", text, count=1)
        known = {
            i.table: i.name for i in (*task.new.of("index"), *task.old.of("index")) if i.text("parent") == index.name
        }
        parts = [(p, known.get(p) or f"{p}_{index.name}".replace('"', "")[:63]) for p in partitions]
        made_parts = []
        for partition, name in parts:
            own = re.sub(
                r"INDEX \S+ ON (?:ONLY )?\S+", f"INDEX CONCURRENTLY IF NOT EXISTS {name} ON {partition}", text, count=1
            )
            made_parts += [f"DROP INDEX CONCURRENTLY IF EXISTS {name}", own]
        attached = [f"ALTER INDEX {index.name} ATTACH PARTITION {name}" for _, name in parts]
        return (*made_parts, f"DROP INDEX IF EXISTS {index.name}", only, *attached)
    concurrently = re.sub(r"INDEX (?=\S+ ON )", "INDEX CONCURRENTLY IF NOT EXISTS ", text, count=1)
    return (f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}", concurrently)


def split(task: Task, index: SchemaObject) -> tuple[str, ...]:
    """The partitions of the index's table, new ones as well, none for a plain table."""
    found = [t for t in (*task.old.of("table"), *task.new.of("table")) if t.text("parent") == index.table]
    return tuple(dict.fromkeys(t.name for t in found))


def rules(task: Task, retyped: frozenset[tuple[str, str, str]]) -> list[Draft]:
    """New and altered constraints: there for new rows at once, then validated; what it replaces goes last."""
    drafts: list[Draft] = []
    changes = [
        c
        for c in task.of("constraint")
        if c.action != "remove"
        and c.subject.key not in retyped
        and not _renames(c)
        and c.subject.text("type") in ("c", "f")
    ]
    for table, found in by_table(changes).items():
        drafts += _validated(table, found)
    for change in task.of("constraint"):
        if change.action != "remove" and change.subject.key not in retyped and not _renames(change):
            drafts += _built_rule(task, change)
    return drafts


def _validated(table: str, changes: list[Change]) -> list[Draft]:
    alter = f"ALTER TABLE {table}"
    named = [(c, c.subject.name if c.action == "add" else f"{c.subject.name}_next"[:63]) for c in changes]
    plain_text = {id(c): c.subject.text("definition").removesuffix(" NOT VALID") for c in changes}
    adds = [f"{alter} ADD CONSTRAINT {name} {plain_text[id(c)]} NOT VALID" for c, name in named]
    drops = [f"{alter} DROP CONSTRAINT {name}" for _, name in reversed(named)]
    told = ", ".join(c.subject.name for c in changes)
    lasting = [name for c, name in named if not c.subject.text("definition").endswith("NOT VALID")]
    drafts = added_then_validated(table, f"{told} for new rows", f"{told} for all rows", adds, drops, lasting)
    replaced = [(c.before, c.subject, name) for c, name in named if c.before]
    if replaced:
        forward = [
            sql
            for old, _, name in replaced
            for sql in (f"{alter} DROP CONSTRAINT {old.name}", f"{alter} RENAME CONSTRAINT {name} TO {old.name}")
        ]
        back = [
            sql
            for old, _, name in reversed(replaced)
            for sql in (f"{alter} RENAME CONSTRAINT {old.name} TO {name}", *_again(old))
        ]
        drafts.append(
            Draft(
                "migrate",
                f"{table}: {', '.join(new.name for _, new, _ in replaced)} instead of the old form",
                tuple(forward),
                tuple(back),
                because="Changes the catalogue only.",
                risk="The way back is refused when rows have broken the old form since.",
            )
        )
    return drafts


def _built_rule(task: Task, change: Change) -> list[Draft]:
    """Unique and primary keys over an index that was built before; exclusion constraints have no such way."""
    new, old = change.subject, change.before
    kind = new.text("type")
    if kind not in ("u", "p", "x"):
        return []
    alter = f"ALTER TABLE {new.table}"
    gone = [f"{alter} DROP CONSTRAINT {old.name}"] if old else []
    again = list(_again(old)) if old else []
    if (
        kind == "x"
        or split(task, new)
        or "DEFERRABLE" in new.text("definition")
        or "NULLS NOT DISTINCT" in new.text("definition")
    ):
        added = tuple(sql for sql in made(new))
        risk = "Locks the table against writes while the index behind the constraint is built: use a quiet hour."
        return [
            Draft(
                "migrate",
                f"{new.table}: {new.name}",
                (*gone, *added),
                (f"{alter} DROP CONSTRAINT {new.name}", *again),
                risk=risk,
            )
        ]
    return [
        Draft(
            "migrate",
            f"{new.table}: {new.name}",
            _exchanged(old, new),
            _exchanged(new, old),
            transactional=False,
            because="Its index is built while everybody reads and writes; rows that break it stop the build.",
        )
    ]


def _exchanged(old: SchemaObject | None, new: SchemaObject | None) -> tuple[str, ...]:
    """One key instead of another, either of which may be missing, in one statement over an index that is there."""
    thing = new or old
    assert thing is not None
    gone = [f"DROP CONSTRAINT IF EXISTS {old.name}"] if old else []
    if new is None:
        return (f"ALTER TABLE {thing.table} {gone[0]}",)
    following = f"{new.name}_next"[:63]
    include = re.search(r" INCLUDE \([^)]*\)", new.text("definition"))
    listed = f"({', '.join(new.texts('columns'))}){include[0] if include else ''}"
    word = "PRIMARY KEY" if new.text("type") == "p" else "UNIQUE"
    return (
        f"DROP INDEX CONCURRENTLY IF EXISTS {following}",
        f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {following} ON {new.table} {listed}",
        "BEGIN",
        f"ALTER TABLE {new.table} {', '.join([*gone, f'ADD CONSTRAINT {new.name} {word} USING INDEX {following}'])}",
        "COMMIT",
    )


def unused_indexes(task: Task, retyped: frozenset[tuple[str, str, str]]) -> list[Draft]:
    """Indexes that the new design lacks, once nobody asks the old queries any more."""
    gone = [
        c.subject for c in task.of("index", "remove") if c.subject.key not in retyped and not c.subject.text("parent")
    ]
    return [
        Draft(
            "contract",
            f"Index {index.name} on {index.table} goes",
            (f"DROP INDEX IF EXISTS {index.name}",)
            if split(task, index)
            else (f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}",),
            built(task, index),
            transactional=False,
            because="No query of the new application reads it.",
        )
        for index in gone
    ]
