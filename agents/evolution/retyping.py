"""A column's new type, when PostgreSQL would have to write the table anew under a lock that stops everybody.

Instead a second column stands beside the first: a trigger fills it for rows that are written, a backfill for rows
that exist, its constraints and indexes are built online, and one short transaction exchanges the names. The old column
stays in step by a second trigger, so that the way back loses nothing, until it is dropped.

Key columns, references, partition keys and generated columns cannot be exchanged so: they are rewritten in place, and
the step says that it needs a quiet hour.
"""

from dataclasses import dataclass

from agents.evolution.backfill import backfill
from agents.evolution.columns import REPLICA, bounded, widens
from agents.evolution.constraints import built, rename
from agents.evolution.conversions import Conversion, conversion
from agents.evolution.draft import Draft, Task, around, plain
from agents.evolution.retirement import archived, restored
from agents.evolution.spelling import bare, column_clause, fact_changes, mentions, renamed_in
from contracts.evolution import ObjectKind, SchemaObject


@dataclass(frozen=True)
class Retyped:
    """A column as it was and will be, how its values go over, and whether it can be done beside the old one."""

    old: SchemaObject
    new: SchemaObject
    way: Conversion
    online: bool

    @property
    def following(self) -> str:
        """What the new column is called until it takes over."""
        return f"{self.new.name}_next"[:63]

    @property
    def former(self) -> str:
        """What the old column is called afterwards."""
        return f"{self.new.name}_before"[:63]


def retyped_columns(task: Task) -> list[Retyped]:
    """The columns whose values have to be converted."""
    found = []
    for change in task.of("column", "alter"):
        old, new = change.before, change.subject
        differs = {"type", "collation", "generated", "virtual"} & set(change.differing())
        if old is None or not differs or widens(task, change):
            continue
        given = task.answers.usings.get(plain(new))
        way = (
            Conversion("copy", given, None, checked=False)
            if given
            else conversion(new.name, old.text("type"), new.text("type"))
        )
        if way:
            found.append(Retyped(old, new, way, _online(task, old, new)))
    return found


def _online(task: Task, old: SchemaObject, new: SchemaObject) -> bool:
    """Whether nothing depends on the column's place: keys, references to or from it, partitions, generated values."""
    table = old.table
    constraints = [*task.old.of("constraint"), *task.new.of("constraint")]
    bound = any(
        c.table == table
        and (
            (c.text("type") in ("p", "f") and old.name in c.texts("columns"))
            or (c.text("type") == "x" and mentions(c.text("definition"), {old.name}))  # its predicate as well
        )
        for c in constraints
    )
    referenced = any(
        c.text("references") == table and mentions(c.text("definition").partition("REFERENCES")[2], {old.name})
        for c in constraints
    )
    owner = next((t for t in task.old.of("table") if t.name == table), None)
    parted = owner is not None and bool(owner.text("partition_key"))
    generated = any(
        c.text("generated") and (c.name == old.name or mentions(c.text("generated"), {old.name}))
        for s in (task.old, task.new)
        for c in s.of("column", table)
    )
    computed = any(x.text("identity") or "nextval" in x.text("default") for x in (old, new))
    return bool(task.key(table)) and not (bound or referenced or parted or generated or computed)


def entangled(task: Task, found: list[Retyped]) -> frozenset[tuple[str, str, str]]:
    """Constraints and indexes of either schema over columns that are exchanged: they are built on the new column."""
    keys = set()
    for column in (r for r in found if r.online):
        for state in (task.old, task.new):
            keys |= {t.key for t in _over(state.of("constraint", column.new.table), column.new.name)}
            keys |= {t.key for t in _over(state.of("index", column.new.table), column.new.name)}
    return frozenset(keys)


def _over(things: tuple[SchemaObject, ...], column: str) -> list[SchemaObject]:
    return [
        t for t in things if column in t.texts("columns") or mentions(t.text("definition").partition("(")[2], {column})
    ]


def rewritten(task: Task, found: list[Retyped]) -> list[Draft]:
    """The columns that must be converted in place, table by table."""
    drafts = []
    for table in dict.fromkeys(r.new.table for r in found if not r.online):
        columns = [r for r in found if r.new.table == table and not r.online]
        names = ", ".join(r.new.name for r in columns)
        forward = [sql for r in columns for sql in _in_place(r.old, r.new, r.way.forward)]
        back = [
            sql
            for r in reversed(columns)
            for sql in _in_place(r.new, r.old, r.way.back or f"NULL::{r.old.text('type')}")
        ]
        drafts.append(
            Draft(
                "switch",
                f"{table}: new type of {names}, in place",
                around(task.new, [r.new for r in columns], forward),
                around(task.new, [r.new for r in columns], back),
                risk="Writes the whole table anew while nobody can read or write it: use a maintenance window.",
            )
        )
    return drafts


def _in_place(old: SchemaObject, new: SchemaObject, value: str) -> list[str]:
    alter = f"ALTER TABLE {new.table}"
    if old.text("generated") or new.text("generated"):
        again = [f"{alter} ADD COLUMN {column_clause(new)}", *fact_changes(bare(new), new)]
        return [f"{alter} DROP COLUMN {new.name}", *again]
    collation = f" COLLATE {new.text('collation')}" if new.text("collation") else ""
    sql = f"{alter} ALTER COLUMN {new.name} TYPE {new.text('type')}{collation} USING {value}"
    counts = any(x.text("identity") or "nextval" in x.text("default") for x in (old, new))  # done in an earlier step
    had, has = ("", "") if counts else (old.text("default"), new.text("default"))
    before = [f"{alter} ALTER COLUMN {new.name} DROP DEFAULT"] if had else []
    after = [f"{alter} ALTER COLUMN {new.name} SET DEFAULT {has}"] if has else []
    nulls = []
    if bool(old.facts.get("not_null")) != bool(new.facts.get("not_null")):
        word = "SET" if new.facts.get("not_null") else "DROP"
        nulls = [f"{alter} ALTER COLUMN {new.name} {word} NOT NULL"]
    return [*before, sql, *after, *nulls]


def exchanged(task: Task, found: list[Retyped]) -> list[Draft]:
    """All steps of the columns that are exchanged, table by table."""
    drafts: list[Draft] = []
    for table in dict.fromkeys(r.new.table for r in found if r.online):
        columns = [r for r in found if r.new.table == table and r.online]
        drafts += [_beside(table, columns), _filled(task, table, columns)]
        drafts += _ruled(task, table, columns)
        drafts.append(_switched(task, table, columns))
        lossy = [r for r in columns if r.way.back is None]
        drafts += [archived(task, r.old, r.former, (plain(r.old),)) for r in lossy]
        drafts.append(_finished(task, table, columns, tuple(plain(r.old) for r in lossy)))
    return drafts


def _sync(table: str, name: str, columns: list[tuple[str, str]]) -> tuple[str, str]:
    """Function and trigger that set `column` to an expression over the row, for each pair, before it is written.

    The name starts with a `z`, so that it runs after the application's own triggers, which may change the row.
    """
    function = f"{table.replace('.', '_')}_{name}".replace('"', "")[:60]
    lines = "".join(f"    NEW.{c} := (SELECT {e} FROM (SELECT NEW.*) AS written);\n" for c, e in columns)
    body = f"BEGIN\n{lines}    RETURN NEW;\nEND"
    made = f"CREATE FUNCTION zz_{function}() RETURNS trigger\nLANGUAGE plpgsql\nAS $sync$\n{body}\n$sync$"
    return (
        made,
        f"CREATE TRIGGER zz_{function} BEFORE INSERT OR UPDATE ON {table}\n"
        f"    FOR EACH ROW EXECUTE FUNCTION zz_{function}()",
    )


def _unsynced(table: str, name: str) -> tuple[str, str]:
    function = f"{table.replace('.', '_')}_{name}".replace('"', "")[:60]
    return f"DROP TRIGGER zz_{function} ON {table}", f"DROP FUNCTION zz_{function}()"


def _beside(table: str, columns: list[Retyped]) -> Draft:
    adds = tuple(
        f"ALTER TABLE {table} ADD COLUMN {r.following} {r.new.text('type')}{_collated(r.new)}" for r in columns
    )
    drops = tuple(f"ALTER TABLE {table} DROP COLUMN {r.following}" for r in reversed(columns))
    sync = _sync(table, "next", [(r.following, r.way.forward) for r in columns])
    names = ", ".join(r.new.name for r in columns)
    return Draft(
        "migrate", f"{table}: {names} in its new type beside the old one",
        (*adds, *sync), (*_unsynced(table, "next"), *drops),
        because="Changes the catalogue only; a trigger fills the new column for rows that are written.",
    )  # fmt: skip


def _collated(column: SchemaObject) -> str:
    return f" COLLATE {column.text('collation')}" if column.text("collation") else ""


def _filled(task: Task, table: str, columns: list[Retyped]) -> Draft:
    key = task.key(table)
    values = ", ".join(f"{r.following} = {r.way.forward}" for r in columns)
    needed = " OR ".join(f"{r.following} IS DISTINCT FROM {r.way.forward}" for r in columns)
    if any(r.new.text("type") == "json" for r in columns):
        needed = "true"  # json has no equality
    work = backfill(table, key, values, needed)
    return Draft(
        "migrate",
        f"{table}: rows that exist get {', '.join(r.following for r in columns)}",
        (REPLICA[0], work, REPLICA[1]),  # our own trigger is there in any case
        (),
        transactional=False,
        because=bounded(key),
    )  # fmt: skip


def _ruled(task: Task, table: str, columns: list[Retyped]) -> list[Draft]:
    """NOT NULL, constraints and indexes of the new design on the columns that will take over."""
    alter = f"ALTER TABLE {table}"
    drafts = []
    rules = [
        (f"{r.new.name}_next_required", f"CHECK ({r.following} IS NOT NULL)")
        for r in columns
        if r.new.facts.get("not_null")
    ]
    rules += [
        (_next(c), renamed_in(c.text("definition"), _following(columns)))
        for c in _involved(task, table, columns, "constraint")
        if c.text("type") == "c"
    ]
    if rules:
        adds = tuple(f"{alter} ADD CONSTRAINT {name} {text} NOT VALID" for name, text in rules)
        drops = tuple(f"{alter} DROP CONSTRAINT {name}" for name, _ in reversed(rules))
        drafts.append(
            Draft(
                "migrate",
                f"{table}: rules of the new column for new rows",
                adds,
                drops,
                because="Rows that exist are not read.",
            )
        )
        drafts.append(
            Draft(
                "migrate", f"{table}: rules of the new column for all rows",
                tuple(f"{alter} VALIDATE CONSTRAINT {name}" for name, _ in rules), (*drops, *adds),
                because="Reads the table while everybody reads and writes.",
            )
        )  # fmt: skip
    for index in _built_on(task, table, columns):
        drafts.append(
            Draft(
                "migrate", f"Index {index.name} on {table}", built(task, index),
                (f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}",),
                transactional=False, because="Built while everybody reads and writes.",
            )
        )  # fmt: skip
    return drafts


def _involved(
    task: Task, table: str, columns: list[Retyped], kind: ObjectKind, old: bool = False
) -> list[SchemaObject]:
    state = task.old if old else task.new
    things = state.of(kind, table)
    return [t for t in things if any(t in _over(things, r.new.name) for r in columns) and not t.text("parent")]


def _following(columns: list[Retyped]) -> dict[str, str]:
    return {r.new.name: r.following for r in columns}


def _next(thing: SchemaObject) -> str:
    return f"{thing.name}_next"[:63]


def _built_on(task: Task, table: str, columns: list[Retyped]) -> list[SchemaObject]:
    """Indexes of the new design on the new columns, those behind unique constraints as well."""
    found = []
    for index in _involved(task, table, columns, "index"):
        head, _, rest = index.text("definition").partition(" ON ")
        text = f"{head.rpartition(' ')[0]} {_next(index)} ON {renamed_in(rest, _following(columns))}"
        found.append(index.changed(name=_next(index), facts={**index.facts, "definition": text}))
    for unique in _involved(task, table, columns, "constraint"):
        if unique.text("type") == "u":
            listed = ", ".join(_following(columns).get(c, c) for c in unique.texts("columns"))
            text = f"CREATE UNIQUE INDEX {_next(unique)} ON {table} ({listed})"
            found.append(unique.changed(kind="index", name=_next(unique), facts={"definition": text}))
    return found


def _switched(task: Task, table: str, columns: list[Retyped]) -> Draft:
    forward: list[str] = [*_unsynced(table, "next")]
    back: list[str] = [*_sync(table, "next", [(r.following, r.way.forward) for r in columns])]
    for r in columns:
        there, again = _exchange(r)
        forward += there
        back = [*again, *back]
    for old in (
        *_involved(task, table, columns, "constraint", old=True),
        *_involved(task, table, columns, "index", old=True),
    ):
        forward.append(rename(old, f"{old.name}_before"[:63]))
        back.insert(0, rename(old.changed(name=f"{old.name}_before"[:63]), old.name))
    for new in _involved(task, table, columns, "index"):
        forward.append(rename(new.changed(name=_next(new)), new.name))
        back.insert(0, rename(new, _next(new)))
    for new in _involved(task, table, columns, "constraint"):
        there, again = _taken_over(new)
        forward += there
        back = [*again, *back]
    if any(r.way.back for r in columns):
        forward += _sync(table, "before", [(r.former, r.way.back) for r in columns if r.way.back])
        back = [*_unsynced(table, "before"), *back]
    state = task.new
    return Draft(
        "switch", f"{table}: the new type of {', '.join(r.new.name for r in columns)} takes over",
        around(state, [r.new for r in columns], forward), around(state, [r.new for r in columns], back),
        because="Changes names in the catalogue only.",
        risk="Deploy the application that uses the new type together with it.",
    )  # fmt: skip


def _exchange(r: Retyped) -> tuple[list[str], list[str]]:
    """Names, defaults, NOT NULL, comments and rights of one column, there and back."""
    alter = f"ALTER TABLE {r.new.table}"
    named = [(r.new.name, r.former), (r.following, r.new.name)]
    forward = [f"{alter} RENAME COLUMN {a} TO {b}" for a, b in named]
    back = [f"{alter} RENAME COLUMN {b} TO {a}" for a, b in reversed(named)]
    forward += fact_changes(bare(r.new), r.new)
    back = [*fact_changes(r.new, bare(r.new)), *back]
    if r.new.text("default"):
        forward.append(f"{alter} ALTER COLUMN {r.new.name} SET DEFAULT {r.new.text('default')}")
        back.insert(0, f"{alter} ALTER COLUMN {r.new.name} DROP DEFAULT")
    if r.new.facts.get("not_null"):
        check = f"{r.new.name}_next_required"
        forward += [
            f"{alter} ALTER COLUMN {r.new.name} SET NOT NULL",
            f"{alter} DROP CONSTRAINT {check}",
        ]
        back = [
            f"{alter} ALTER COLUMN {r.new.name} DROP NOT NULL",
            f"{alter} ADD CONSTRAINT {check} CHECK ({r.new.name} IS NOT NULL) NOT VALID",
            f"{alter} VALIDATE CONSTRAINT {check}",
            *back,
        ]
    if r.old.facts.get("not_null") and not r.way.back:
        forward.append(f"{alter} ALTER COLUMN {r.former} DROP NOT NULL")
        back.insert(0, f"{alter} ALTER COLUMN {r.former} SET NOT NULL")
    return forward, back


def _taken_over(new: SchemaObject) -> tuple[list[str], list[str]]:
    """A constraint of the new design gets its name: a CHECK by a rename, a unique one over its index."""
    alter = f"ALTER TABLE {new.table}"
    if new.text("type") == "c":
        named = new.changed(name=_next(new))
        return [rename(named, new.name)], [rename(new, _next(new))]
    if new.text("type") != "u":
        return [], []
    index = f"CREATE UNIQUE INDEX {_next(new)} ON {new.table} ({', '.join(new.texts('columns'))})"
    return (
        [f"{alter} ADD CONSTRAINT {new.name} UNIQUE USING INDEX {_next(new)}"],
        [f"{alter} DROP CONSTRAINT {new.name}", index],
    )


def _finished(task: Task, table: str, columns: list[Retyped], lossy: tuple[str, ...]) -> Draft:
    """The old column goes with its constraints and indexes; on the way back it is made and filled again."""
    alter = f"ALTER TABLE {table}"
    back_columns = [(r.former, r.way.back) for r in columns if r.way.back]
    forward: list[str] = list(_unsynced(table, "before")) if back_columns else []
    forward += [f"{alter} DROP COLUMN {r.former}" for r in columns]
    return Draft(
        "contract", f"{table}: the former {', '.join(r.new.name for r in columns)} goes",
        tuple(forward), tuple(_made_again(task, table, columns, back_columns)),
        because="" if lossy else "Every value was converted and compared, so nothing is lost.",
        risk="The way back writes every row again.", removes=lossy,
    )  # fmt: skip


def _made_again(task: Task, table: str, columns: list[Retyped], synced: list[tuple[str, str]]) -> list[str]:
    alter = f"ALTER TABLE {table}"
    found = []
    for r in columns:
        former = r.old.changed(name=r.former, facts={**r.old.facts, "not_null": False})
        found += [f"{alter} ADD COLUMN {column_clause(former)}", *fact_changes(bare(former), former)]
    if synced:
        values = ", ".join(f"{c} = {e}" for c, e in synced)
        found += [
            "SET LOCAL session_replication_role = replica",
            f"UPDATE {table} SET {values}",
            "SET LOCAL session_replication_role = origin",
        ]
        found += _sync(table, "before", synced)
    found += [sql for r in columns if r.way.back is None for sql in restored(task, r.old, r.former)]
    names = {r.new.name: r.former for r in columns}
    for r in columns:
        if r.old.facts.get("not_null") and r.way.back:
            found.append(f"{alter} ALTER COLUMN {r.former} SET NOT NULL")
    for old in _involved(task, table, columns, "constraint", old=True):
        name = f"{old.name}_before"[:63]
        text = renamed_in(old.text("definition"), names)
        unproven = (f"{alter} ADD CONSTRAINT {name} {text} NOT VALID", f"{alter} VALIDATE CONSTRAINT {name}")
        found += unproven if old.text("type") == "c" else (f"{alter} ADD CONSTRAINT {name} {text}",)
    for old in _involved(task, table, columns, "index", old=True):
        head, _, rest = old.text("definition").partition(" ON ")
        found.append(
            f"{head.rpartition(' ')[0]} {old.name}_before ON {renamed_in(rest, names)}",
        )
    return found


def precheck(column: Retyped) -> tuple[str, str] | None:
    """The question that must count nothing before anything is altered, and what it means."""
    if not column.way.checked:
        return None
    name = column.old.name
    back = f"({column.way.forward})::{column.old.text('type')}"
    sql = f"SELECT count(*) FROM {column.old.table} WHERE {back} IS DISTINCT FROM {name}"
    return sql, f"values of {column.old.table}.{name} do not fit {column.new.text('type')} unchanged"
