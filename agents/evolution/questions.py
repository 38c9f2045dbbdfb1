"""What only people know: whether a thing that is gone was renamed, and what values become of rows that exist.

A wrong guess here loses data, and nobody would notice before the old name is asked for. So nothing is guessed, and
while a question is open there is no migration.
"""

import difflib
from collections.abc import Iterable, Iterator

from agents.envelopes import SEALED
from agents.evolution.carrying import carried_questions, references_of
from agents.evolution.conversions import conversion
from agents.evolution.draft import plain
from contracts.evolution import Answers, Change, Question, SchemaDifference, SchemaObject, SchemaState

ALIKE = 0.5
"""Tables share at least this part of their columns, or names are this alike, before anybody is asked about them."""


def questions(found: SchemaDifference, old: SchemaState, new: SchemaState, answers: Answers) -> tuple[Question, ...]:
    """The open questions; `found` holds neither what was renamed nor what is kept."""
    return (
        *_renamed_tables(found, old, new, answers),
        *_renamed_columns(found, answers),
        *carried_questions(found, old, new, answers),
        *_values(found, new, answers),
        *_types(found, answers),
        *_sealed(found),
        *_unsupported(found),
    )


def _removals(found: SchemaDifference, answers: Answers, kind: str) -> Iterator[SchemaObject]:
    """What is gone, unless it was said that it may go."""
    for change in found.changes:
        if change.action == "remove" and change.subject.kind == kind and plain(change.subject) not in answers.drops:
            yield change.subject


def _renamed_tables(
    found: SchemaDifference, old: SchemaState, new: SchemaState, answers: Answers
) -> Iterator[Question]:
    came = [c.subject for c in found.find("table", "add") if not c.subject.text("parent")]
    for gone in _removals(found, answers, "table"):
        columns = {c.name for c in old.of("column", gone.name)}
        likely = [t for t in came if _alike(gone.name, t.name, columns, {c.name for c in new.of("column", t.name)})]
        if likely:
            yield _rename_question(gone, likely)


def _alike(old: str, new: str, had: set[str], has: set[str]) -> bool:
    shared = len(had & has) / max(1, len(had | has))
    return shared >= ALIKE or (difflib.SequenceMatcher(None, old, new).ratio() >= 0.75 and shared >= ALIKE / 2)


def _renamed_columns(found: SchemaDifference, answers: Answers) -> Iterator[Question]:
    came = [c.subject for c in found.find("column", "add")]
    tables_gone = {c.subject.name for c in found.find("table", "remove")}
    for gone in _removals(found, answers, "column"):
        same = [c for c in came if c.table == gone.table and _kind(c) == _kind(gone)]
        if same and gone.table not in tables_gone:
            yield _rename_question(gone, same)


def _kind(column: SchemaObject) -> str:
    return column.text("type").split("(")[0].replace("character varying", "text")


def _rename_question(gone: SchemaObject, likely: list[SchemaObject]) -> Question:
    ranked = sorted(likely, key=lambda t: (-difflib.SequenceMatcher(None, gone.name, t.name).ratio(), t.name))[:3]
    name = plain(gone)
    return Question(
        subject=name,
        text=f"The new design has no {gone.label}. Is it {_either(plain(t) for t in ranked)} now, or may it go?",
        answers=(*(f"--rename {name}={plain(t)}" for t in ranked), f"--drop {name}", f"--keep {name}"),
    )


def _either(names: Iterable[str]) -> str:
    return " or ".join(names)


def _values(found: SchemaDifference, new: SchemaState, answers: Answers) -> Iterator[Question]:
    """A new column that every row must have, without anything that says what rows that exist get."""
    tables_new = {c.subject.name for c in found.find("table", "add")}
    for change in found.find("column", "add"):
        column = change.subject
        given = (
            any(column.text(fact) for fact in ("default", "identity", "generated")) or plain(column) in answers.fills
        )
        if column.facts.get("not_null") and column.table not in tables_new and not given:
            told = _told(column, new)
            yield Question(
                subject=plain(column),
                text=f"Every row must have a value in the new {column.label} ({column.text('type')}), and it has no "
                "default. Which value do the rows get that exist?",
                answers=(f'--fill "{plain(column)}={told}"' if told else f"--fill {plain(column)}=EXPRESSION",),
            )


def _told(column: SchemaObject, new: SchemaState) -> str:
    """The value of today for a column that keeps what the row says to which it refers, by their names: an order's
    `shipping_address_city` beside `shipping_address_id`; empty where no reference tells."""
    for reference, table, key in references_of(new, column.table):
        stem = reference.removesuffix("_id") + "_"
        kept = column.name.removeprefix(stem)
        if column.name.startswith(stem) and any(c.name == kept for c in new.of("column", table)):
            mine = f"{column.table}.{reference}"
            return f"(SELECT there.{kept} FROM {table} AS there WHERE there.{key} = {mine})"
    return ""


def _types(found: SchemaDifference, answers: Answers) -> Iterator[Question]:
    for change in found.find("column", "alter"):
        if "type" not in change.differing() or plain(change.subject) in answers.usings or not change.before:
            continue
        old, new = change.before.text("type"), change.subject.text("type")
        if conversion(change.subject.name, old, new) is None:
            yield Question(
                subject=plain(change.subject),
                text=f"{change.subject.label} becomes {new}, it was {old}: which expression over the row converts it?",
                answers=(f"--using {plain(change.subject)}=EXPRESSION",),
            )


def _sealed(found: SchemaDifference) -> Iterator[Question]:
    """Columns that the application encrypts from now on: nothing on the server knows the key."""
    came = {(c.subject.table, c.subject.name) for c in found.find("column", "add")}
    tables_new = {c.subject.name for c in found.find("table", "add")}
    for change in found.find("constraint"):
        rule, columns = change.subject, change.subject.texts("columns")
        if change.action == "remove" or rule.table in tables_new or SEALED not in rule.text("definition"):
            continue
        if not any((rule.table, column) in came for column in columns):
            yield Question(
                subject=plain(rule),
                text=f"The application encrypts {rule.table}.{', '.join(columns)} from now on, and the database cannot "
                "do it for the rows that exist. Leave the rule out of this migration, let the application write "
                "every row anew, and let a second migration bring the rule.",
                answers=(f"--keep {plain(rule)}",),
            )


def _unsupported(found: SchemaDifference) -> Iterator[Question]:
    """Changes that no online step carries out: they are planned by people, or left as they are."""
    tables_gone = {c.subject.name for c in found.find("table", "remove")}
    split = {c.subject.name for c in found.find("table", "alter") if "partition_key" in c.differing()}
    for change in found.changes:
        if change.subject.table not in tables_gone | split and (reason := _reason(change)):
            name = plain(change.subject)
            yield Question(subject=name, text=f"{reason} evolve does not do this.", answers=(f"--keep {name}",))


def _reason(change: Change) -> str:
    thing = change.subject
    differing = change.differing() if change.action == "alter" else ()
    if thing.kind == "table" and "partition_key" in differing and change.before:
        ways = (change.before.text("partition_key") or "one table", thing.text("partition_key") or "one table")
        return (
            f"{thing.label} is split in another way ({ways[0]} becomes {ways[1]}): make a second table, copy it "
            "by ranges while triggers keep both in step, and exchange their names."
        )
    if thing.kind == "table" and {"bounds", "parent"} & set(differing):
        return f"The bounds of partition {thing.name} differ: rows would have to move between partitions."
    if thing.kind == "table" and "unlogged" in differing:
        return f"{thing.label} is no longer logged in the same way: that rewrites it under a lock."
    if thing.kind == "constraint" and thing.text("type") == "p" and change.action != "add":
        if change.before and change.before.name != thing.name:
            return ""
        return f"The primary key of {thing.table} differs: every reference to it would have to follow."
    if thing.kind == "domain" and change.action == "alter":
        return f"{thing.label} is defined in another way: its columns would have to be checked again."
    return ""
