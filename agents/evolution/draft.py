"""What every builder of steps is given, and what it gives back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.evolution.spelling import made, mentions, unmade
from contracts.evolution import Answers, Change, ObjectKind, Phase, SchemaDifference, SchemaObject, SchemaState


def plain(thing: SchemaObject) -> str:
    """What an answer calls the thing: `orders`, `orders.note`."""
    return ".".join(filter(None, (thing.table, thing.name))).replace('"', "")


@dataclass(frozen=True)
class Draft:
    """A step before it has a number; statements without semicolons."""

    phase: Phase
    title: str
    forward: tuple[str, ...]
    back: tuple[str, ...]
    transactional: bool = True
    because: str = ""
    risk: str = ""
    removes: tuple[str, ...] = ()


def added_then_validated(
    table: str, new_rows: str, all_rows: str, adds: Sequence[str], drops: Sequence[str], lasting: Sequence[str]
) -> list[Draft]:
    """Rules added NOT VALID, which bind new rows at once; the `lasting` ones are then proven for rows that exist."""
    added = Draft("migrate", f"{table}: {new_rows}", tuple(adds), tuple(drops), because="Rows that exist are not read.")
    if not lasting:
        return [added]
    validated = Draft(
        "migrate",
        f"{table}: {all_rows}",
        tuple(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}" for name in lasting),
        (*drops, *adds),
        because="Reads the table while everybody reads and writes.",
    )
    return [added, validated]


@dataclass(frozen=True)
class Task:
    """The two schemas (`old` with its renames already carried out), what differs, and what people said."""

    old: SchemaState
    new: SchemaState
    difference: SchemaDifference
    answers: Answers
    created: frozenset[str] = field(default=frozenset())
    removed: frozenset[str] = field(default=frozenset())

    def of(self, kind: ObjectKind, action: str = "") -> tuple[Change, ...]:
        """The changes of a kind on tables that both schemas have."""
        found = self.difference.find(kind, action)
        return tuple(c for c in found if c.subject.table not in self.created | self.removed)

    def key(self, table: str) -> tuple[str, ...]:
        """The columns of a table's primary key, in the old schema."""
        keys = (c for c in self.old.of("constraint", table) if c.text("type") == "p")
        return next((c.texts("columns") for c in keys), ())

    def has_triggers(self, table: str) -> bool:
        """Whether somebody's triggers see a change of a row."""
        return bool(self.old.of("trigger", table))


def task(old: SchemaState, new: SchemaState, difference: SchemaDifference, answers: Answers) -> Task:
    """The task with its tables that come and go."""
    created = frozenset(c.subject.name for c in difference.find("table", "add"))
    removed = frozenset(c.subject.name for c in difference.find("table", "remove"))
    return Task(old, new, difference, answers, created, removed)


def by_table(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes by the table that they are locked with."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.subject.table or change.subject.name, []).append(change)
    return found


def around(state: SchemaState, columns: Sequence[SchemaObject], inside: Sequence[str]) -> tuple[str, ...]:
    """Statements on columns, with the policies, triggers and views that name them taken away and made again.

    PostgreSQL refuses to alter the type of a column that one of these uses.
    """
    names = {column.name for column in columns}
    using = [
        thing
        for kind in ("view", "policy", "trigger")
        for thing in state.of(kind)
        if mentions(" ".join(map(thing.text, ("definition", "using", "check"))), names)
        and (kind != "trigger" or _names_column(thing, names))
    ]
    gone = [sql for thing in using for sql in unmade(thing)]
    again = [sql for thing in reversed(using) for sql in made(thing)]
    return (*gone, *inside, *again)


def _names_column(trigger: SchemaObject, names: set[str]) -> bool:
    """Whether a trigger's own definition, before its function's name, names a column (UPDATE OF, WHEN)."""
    return mentions(trigger.text("definition").partition(" EXECUTE ")[0].partition(trigger.name)[2], names)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 column`, `2 columns`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
