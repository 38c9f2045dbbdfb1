"""From a published schema to a new one while everybody works: the difference, what has to be asked, and the steps.

Expand and contract: first whatever the old application does not notice, then the data, then the switch, and last what
only the old application used. Each step has its way back, and none loses a row.
"""

import re
from collections.abc import Iterable, Sequence

from agents.dialects.postgresql import literal
from agents.evolution.behaviour import behaviour, functions, labels
from agents.evolution.carrying import filled_tables
from agents.evolution.columns import expanded_columns, filled_columns, required_columns, widens
from agents.evolution.constraints import indexes, relaxed, renamed, rules, unused_indexes
from agents.evolution.difference import applied, difference, without
from agents.evolution.draft import Draft, Task, plain, task
from agents.evolution.foundation import RECORDS, foundation, records
from agents.evolution.questions import questions
from agents.evolution.retirement import retirement
from agents.evolution.retyping import Retyped, entangled, exchanged, precheck, retyped_columns, rewritten
from agents.migrations import dollar_quoted
from contracts.evolution import (
    Answers,
    Change,
    EvolutionPlan,
    EvolutionStep,
    SchemaObject,
    Schemas,
    SchemaScript,
    SchemaState,
)

__all__ = ["evolution_plan", "rename_statements"]


def renamed_answers(answers: Answers) -> Answers:
    """The answers with the tables that they speak of called as after the renames."""
    return answers.changed(
        drops=tuple(answers_name(answers, n) for n in answers.drops),
        keeps=tuple(answers_name(answers, n) for n in answers.keeps),
        fills={answers_name(answers, n): sql for n, sql in answers.fills.items()},
        usings={answers_name(answers, n): sql for n, sql in answers.usings.items()},
    )


def answers_name(answers: Answers, name: str) -> str:
    """A name of the old design as it is after the renames."""
    table, dot, column = name.rpartition(".")
    called = answers.renames.get(name, column).rpartition(".")[2]
    return f"{answers.renames.get(table, table)}{dot}{called}" if dot else answers.renames.get(name, name)


def rename_statements(old: SchemaState, answers: Answers) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What carries out the renames that people gave, columns before tables, and what takes them back.

    KeyError names the first one that the old schema does not have.
    """
    there = {plain(o): o for o in old.objects if o.kind in ("table", "column")}
    forward: list[str] = []
    back: list[str] = []
    moved: dict[str, str] = {}
    for name, new in sorted(answers.renames.items(), key=lambda item: (-item[0].count("."), item[0])):
        thing, called = there[name], new.rpartition(".")[2] if there[name].kind == "column" else new
        if thing.kind == "table":
            forward.append(f"ALTER TABLE {thing.name} RENAME TO {called}")
            back.insert(0, f"ALTER TABLE {called} RENAME TO {thing.name.rpartition('.')[2]}")
            moved[thing.name] = called
        else:
            alter = f"ALTER TABLE {thing.table} RENAME COLUMN"
            forward.append(f"{alter} {thing.name} TO {called}")
            back.insert(0, f"{alter} {called} TO {thing.name}")
    for column in old.of("column"):
        table = moved.get(column.table)
        if table and column.text("sequence") == f"{column.table}_{column.name}_seq":
            forward.append(f"ALTER SEQUENCE {column.text('sequence')} RENAME TO {table}_{column.name}_seq")
            back.insert(0, f"ALTER SEQUENCE {table}_{column.name}_seq RENAME TO {column.text('sequence')}")
    return tuple(forward), tuple(back)


def evolution_plan(
    project: str, old: SchemaScript, new: SchemaScript, schemas: Schemas, answers: Answers
) -> EvolutionPlan:
    """The steps from the old schema to the new one, or the questions that come first."""
    answers = renamed_answers(answers)
    found = difference(schemas.renamed, schemas.new)
    kept = tuple(change for change in found.changes if _stays(change, found.changes, answers))
    remaining = without(found, kept)
    asked = questions(remaining, schemas.renamed, schemas.new, answers)
    steps: tuple[EvolutionStep, ...] = ()
    if not asked:
        drafts = _drafts(task(schemas.renamed, schemas.new, remaining, answers), schemas.old, answers)
        steps = _numbered(drafts, schemas.last, answers, recorded=_recorded(schemas.renamed, schemas.new))
    return EvolutionPlan(
        project=project, title=new.title, source=old.source, aim=new.source, old=schemas.old, new=schemas.new,
        target=applied(remaining, schemas.renamed), difference=remaining, answers=answers, questions=asked, steps=steps,
        kept=kept,
    )  # fmt: skip


def _recorded(old: SchemaState, new: SchemaState) -> bool:
    return any(o.kind == "table" and o.name == RECORDS for o in (*old.objects, *new.objects))


def _stays(change: Change, changes: Sequence[Change], answers: Answers) -> bool:
    """Roles belong to the server, partitions hold rows of their time, and people may keep what they want."""
    thing = change.subject
    if change.action == "remove" and thing.kind in ("role", "schema"):
        return True
    if thing.kind == "table" and change.action == "remove" and thing.text("parent"):
        return not any(
            c.action == "remove" and c.subject.kind == "table" and c.subject.name == thing.text("parent")
            for c in changes
        )
    if change.action == "remove" and thing.table.replace('"', "") in answers.keeps:
        return True
    if _parted_otherwise(change, changes, answers):
        return True
    if thing.kind == "index" and thing.text("parent") and change.action == "remove":
        return not any(c.action == "remove" and c.subject.name == thing.text("parent") for c in changes)
    return plain(thing) in answers.keeps


def _parted_otherwise(change: Change, changes: Sequence[Change], answers: Answers) -> bool:
    """Whether this belongs to another partitioning of a table that stays as it is: its key, indexes and partitions."""
    thing = change.subject
    split = {c.subject.name for c in changes if c.subject.kind == "table" and "partition_key" in c.differing()}
    kept = {name for name in split if name.replace('"', "") in answers.keeps}
    if thing.table in kept and (thing.kind == "index" or thing.text("type") == "p"):
        return True
    owner = thing.name if thing.kind == "table" else thing.table
    came = (c.subject for c in changes if c.action == "add" and c.subject.kind == "table")
    return any(table.name == owner and table.text("parent") in kept for table in came)


def _drafts(work: Task, old: SchemaState, answers: Answers) -> list[Draft]:
    """The order of all steps."""
    retyped = retyped_columns(work)
    bound = entangled(work, retyped)
    columns = frozenset(r.new.key for r in retyped if r.online)
    return [
        *records(work),
        *_renames(old, answers),
        *_checked(work, retyped),
        *foundation(work),
        *renamed(work),
        *relaxed(work, bound, followed=False),
        *labels(work),
        *expanded_columns(work),
        *filled_tables(work),
        *filled_columns(work),
        *required_columns(work),
        *rules(work, bound),
        *relaxed(work, bound, followed=True),
        *indexes(work, bound),
        *functions(work),
        *behaviour(work, columns),
        *rewritten(work, retyped),
        *exchanged(work, retyped),
        *unused_indexes(work, bound),
        *retirement(work),
    ]


def _renames(old: SchemaState, answers: Answers) -> list[Draft]:
    forward, back = rename_statements(old, answers)
    if not forward:
        return []
    names = ", ".join(f"{a} is {b}" for a, b in sorted(answers.renames.items()))
    return [
        Draft(
            "expand", f"Renamed: {names}", forward, back, because="Changes names in the catalogue only.",
            risk="The old application does not find the old names any more: deploy the new one together with it.",
        )
    ]  # fmt: skip


def _checked(work: Task, retyped: Iterable[Retyped]) -> list[Draft]:
    """Everything that the data could have against the new rules, counted before anything is altered."""
    asked = [*_rule_checks(work), *(found for r in retyped if (found := precheck(r)))]
    if not asked:
        return []
    lines = "".join(
        f"    SELECT ({sql}) INTO found;\n    IF found > 0 THEN\n"
        f"        RAISE EXCEPTION USING MESSAGE = found || {literal(' ' + means)},\n"
        "            HINT = 'Correct these rows, then run this step again.';\n"
        "    END IF;\n"
        for sql, means in asked
    )
    block = f"DO $check$\nDECLARE\n    found bigint;\nBEGIN\n{lines}END\n$check$"
    return [Draft("check", "The data allow what follows", (block,), (), because="Reads only.")]


def _rule_checks(work: Task) -> list[tuple[str, str]]:
    found = []
    added = {c.subject.key for c in work.difference.find("column", "add")}
    for change in work.of("column", "alter"):
        column = change.subject
        if (
            "not_null" in change.differing()
            and column.facts.get("not_null")
            and plain(column) not in work.answers.fills
        ):
            sql = f"SELECT count(*) FROM {column.table} WHERE {column.name} IS NULL"
            found.append((sql, f"rows of {column.table} have no {column.name}, which every row must have"))
    for change in work.of("constraint"):
        rule = change.subject
        keys = {("column", rule.table, name) for name in rule.texts("columns")}
        if change.action == "remove" or keys & added or (change.before and change.before.name != rule.name):
            continue
        if sql := _violations(work, rule):
            means = f"rows of {rule.table} break {rule.name}: {rule.text('definition')}"[:400]
            found.append((sql, means + _renamed_values(change)))
    return found


def _renamed_values(change: Change) -> str:
    """How a value gets another name, where a list loses some and gains others: no row can hold it under both rules."""
    texts = [side.text("definition") for side in (change.before, change.after) if side]
    if len(texts) < 2 or not all("= ANY (" in text for text in texts):
        return ""
    before, after = (set(re.findall(r"'(?:[^']|'')*'", text)) for text in texts)
    lost, gained = ", ".join(sorted(before - after)), ", ".join(sorted(after - before))
    if not (lost and gained):
        return ""
    return (
        f". If {gained} came in the place of {lost}, migrate to a design that allows both, change the rows, and "
        "migrate to this one"
    )


def _violations(work: Task, rule: SchemaObject) -> str:
    """The number of rows that break a rule; empty for a kind that is found out only when it is built."""
    retyped = {c.subject.key for c in work.of("column", "alter") if "type" in c.differing() and not widens(work, c)}
    if {("column", rule.table, name) for name in rule.texts("columns")} & retyped:
        return ""
    if rule.text("type") == "c" and (
        inside := re.fullmatch(r"CHECK \((.*)\)(?: NO INHERIT)?", rule.text("definition"), re.S)
    ):
        return f"SELECT count(*) FROM {rule.table} WHERE NOT ({inside[1]})"
    columns = rule.texts("columns")
    present = " AND ".join(f"{name} IS NOT NULL" for name in columns)
    if rule.text("type") == "u" and "NULLS NOT DISTINCT" not in rule.text("definition"):
        listed = ", ".join(columns)
        twice = f"SELECT 1 FROM {rule.table} WHERE {present} GROUP BY {listed} HAVING count(*) > 1"
        return f"SELECT count(*) FROM ({twice}) twice"
    if rule.text("type") == "f" and rule.text("references") not in work.created:
        keyed = re.search(r"REFERENCES \S+?\(([^)]*)\)", rule.text("definition"))
        if keyed:
            same = " AND ".join(f"p.{p.strip()} = c.{c}" for p, c in zip(keyed[1].split(","), columns, strict=True))
            has = " AND ".join(f"c.{name} IS NOT NULL" for name in columns)
            parent = f"SELECT FROM {rule.text('references')} p WHERE {same}"
            return f"SELECT count(*) FROM {rule.table} c WHERE {has} AND NOT EXISTS ({parent})"
    return ""


def _numbered(drafts: Sequence[Draft], last: str, answers: Answers, recorded: bool) -> tuple[EvolutionStep, ...]:
    """The steps with their versions, each recording itself in the table of steps until it is taken back.

    A step that removes waits until everything that it removes was named as free to go; these come last, so that what is
    approved later has the number that it has today.
    """
    drafts = sorted(drafts, key=lambda draft: bool(draft.removes))
    digits = re.search(r"\d+", last)
    first, width = (int(digits[0]) + 1, len(digits[0])) if digits else (1, 3)
    steps = []
    for number, draft in enumerate(drafts, first):
        version = f"V{number:0{width}}"
        back = "".join(f"{sql};\n" for sql in draft.back)
        record = (
            f"INSERT INTO {RECORDS} (version, description, rollback_sql)\n    VALUES ({literal(version)}, "
            f"{literal(draft.title)}, {dollar_quoted(back)})"
        )
        forget = f"DELETE FROM {RECORDS} WHERE version = {literal(version)}"
        steps.append(
            EvolutionStep(
                version=version,
                phase=draft.phase,
                title=draft.title,
                forward=(*draft.forward, *((record,) if recorded else ())),
                back=_forgotten(draft, forget, recorded),
                transactional=draft.transactional,
                because=draft.because,
                risk=draft.risk,
                removes=draft.removes,
                approved=set(draft.removes) <= set(answers.drops),
            )
        )
    return tuple(steps)


def _forgotten(draft: Draft, forget: str, recorded: bool) -> tuple[str, ...]:
    """The way back with the record's removal, which comes first where the table of steps goes with the step."""
    if not recorded or any(RECORDS in sql and sql.startswith("DROP TABLE") for sql in draft.back):
        return draft.back
    return (*draft.back, forget)
