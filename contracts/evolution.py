"""From a published design to a new one: two schemas as data, how they differ, what has to be asked, and the steps.

A schema is what an engine says after a script ran, never what somebody meant: then a document, a hand-written one
and plain DDL are compared in the same way. Names are spelled as SQL, so `"order"` carries its quotes.
"""

from typing import Literal

from pydantic import Field, JsonValue

from contracts.base import Contract, Slug
from contracts.claims import Engine

ObjectKind = Literal[
    "extension", "role", "schema", "type", "domain", "function", "sequence", "table", "column", "constraint", "index",
    "trigger", "policy", "view",
]  # fmt: skip

Phase = Literal["check", "expand", "migrate", "switch", "contract"]
"""`check` reads only; `expand` and `migrate` leave the old application working; `switch` goes with the new one;
`contract` removes what only the old one used."""

FactValue = JsonValue


class SchemaObject(Contract):
    """One thing of a schema. `table` is empty for what belongs to no table; `facts` is all that can be altered in it.

    `place` orders the columns of a table as they were made and says nothing else: two schemas that differ in it alone
    are equal.
    """

    kind: ObjectKind
    table: str = ""
    name: str
    facts: dict[str, FactValue] = Field(default_factory=dict)
    place: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies it in a schema."""
        return self.kind, self.table, self.name

    @property
    def label(self) -> str:
        """What people call it: `column orders.note`."""
        return f"{self.kind} {self.table}.{self.name}" if self.table else f"{self.kind} {self.name}"

    def text(self, fact: str) -> str:
        """A fact as text, empty where it is absent."""
        value = self.facts.get(fact)
        return "" if value is None or value is False else str(value)

    def texts(self, fact: str) -> tuple[str, ...]:
        """A fact that is a list."""
        value = self.facts.get(fact)
        return tuple(map(str, value)) if isinstance(value, list) else ()


class SchemaState(Contract):
    """A whole schema, things in the order in which they were made."""

    objects: tuple[SchemaObject, ...]

    def by_key(self) -> dict[tuple[str, str, str], SchemaObject]:
        """The things by what identifies them."""
        return {thing.key: thing for thing in self.objects}

    def of(self, kind: ObjectKind, table: str = "") -> tuple[SchemaObject, ...]:
        """The things of a kind, those of one table when it is named, columns in their order."""
        found = (o for o in self.objects if o.kind == kind and (not table or o.table == table))
        return tuple(sorted(found, key=lambda o: o.place)) if kind == "column" else tuple(found)

    def equals(self, other: "SchemaState") -> bool:
        """Whether both have the same things with the same facts, in whatever order they were made."""
        return {o.key: o.facts for o in self.objects} == {o.key: o.facts for o in other.objects}


class Change(Contract):
    """One thing that differs; `before` is absent for what is added, `after` for what is removed."""

    before: SchemaObject | None = None
    after: SchemaObject | None = None

    @property
    def action(self) -> Literal["add", "remove", "alter"]:
        """What happens to it."""
        return "add" if self.before is None else "remove" if self.after is None else "alter"

    @property
    def subject(self) -> SchemaObject:
        """The thing as it will be, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    def differing(self) -> tuple[str, ...]:
        """The facts that are not the same, sorted."""
        old, new = (side.facts if side else {} for side in (self.before, self.after))
        return tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))


class SchemaDifference(Contract):
    """Everything that differs between two schemas."""

    changes: tuple[Change, ...] = ()

    def find(self, kind: ObjectKind, action: str = "", table: str = "") -> tuple[Change, ...]:
        """The changes of a kind, of one action and table when they are named."""
        return tuple(
            c
            for c in self.changes
            if c.subject.kind == kind and (not action or c.action == action) and (not table or c.subject.table == table)
        )


class Answers(Contract):
    """What only people know. Names are `table` or `table.column`, as in the old design.

    `renames` map old to new names; `drops` may go, with their data in `retired`; `keeps` stay although the new design
    lacks them; `fills` give rows that exist the value of a column that must have one, `usings` convert a column's
    values to its new type; both are SQL expressions over the row.
    """

    renames: dict[str, str] = Field(default_factory=dict)
    drops: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    fills: dict[str, str] = Field(default_factory=dict)
    usings: dict[str, str] = Field(default_factory=dict)


class Question(Contract):
    """What cannot be decided without losing data or guessing; `answers` are the options that answer it."""

    subject: str
    text: str
    answers: tuple[str, ...]


class ScriptLine(Contract):
    """A statement of a script with the line on which it starts."""

    sql: str
    line: int


class SchemaScript(Contract):
    """What makes a schema: `source` is where it was read."""

    source: str
    title: str
    lines: tuple[ScriptLine, ...]

    def statements(self) -> tuple[str, ...]:
        """The SQL alone."""
        return tuple(line.sql for line in self.lines)


class Schemas(Contract):
    """Both schemas as an engine shows them, the old one also after its renames; `last` is its last recorded version."""

    old: SchemaState
    renamed: SchemaState
    new: SchemaState
    last: str = ""


class EvolutionStep(Contract):
    """One file forward and one back.

    `transactional` files are one transaction; the others run statement by statement and can be run again after a
    failure. `removes` names what the step takes out of use, kept in schema `retired`; a step with it waits for approval
    until `approved`.
    """

    version: str
    phase: Phase
    title: str
    forward: tuple[str, ...]
    back: tuple[str, ...]
    transactional: bool = True
    because: str = ""
    risk: str = ""
    removes: tuple[str, ...] = ()
    approved: bool = True


class EvolutionPlan(Contract):
    """The way from one schema to another. With an open question there is no step: a guess could lose data.

    `source` and `aim` say where both designs were read. `target` is what the last step reaches: the new schema and
    what stays although it lacks that, which `kept` tells.
    """

    project: Slug
    title: str
    source: str = ""
    aim: str = ""
    old: SchemaState
    new: SchemaState
    target: SchemaState
    difference: SchemaDifference
    answers: Answers = Answers()
    questions: tuple[Question, ...] = ()
    steps: tuple[EvolutionStep, ...] = ()
    kept: tuple[Change, ...] = ()


class Lock(Contract):
    """A lock that a step held on a table when it ended."""

    table: str
    mode: str


class StepEvidence(Contract):
    """What the engine saw of a step. `rewritten` names tables whose files were written anew while it ran.

    `restored` says that the way back gave the schema from before the step; None when it was not tried.
    """

    version: str
    failure: str = ""
    locks: tuple[Lock, ...] = ()
    rewritten: tuple[str, ...] = ()
    restored: bool | None = None


class EvolutionProof(Contract):
    """The migration on populated data, there and back.

    `reaches` holds what differs from the new design after the last step (empty: nothing), `returns` what differs from
    the old one after the last way back. `rows` counts the synthetic rows by table. `lost` names tables whose rows or
    values in kept columns changed on the way there or back. `untried` names tables that a step changes and that had no
    row in the trial; why stands in `unfilled`, which may also name tables that nothing changes.
    """

    engine: Engine
    rows: dict[str, int] = Field(default_factory=dict)
    unfilled: dict[str, str] = Field(default_factory=dict)
    steps: tuple[StepEvidence, ...] = ()
    reaches: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything that was claimed was seen, on rows of every table that is changed."""
        failed = any(step.failure or step.restored is False for step in self.steps)
        return not (failed or self.reaches or self.returns or self.lost or self.untried)


class Evolution(Contract):
    """What the command leaves behind. `ready`: no question is open and the proof holds."""

    plan: EvolutionPlan
    proof: EvolutionProof | None = None
    document: str = ""
    files: tuple[str, ...] = ()
    ready: bool = False
