"""Rows that satisfy both designs: a migration is tried on data that it may meet, not on data that it must refuse.

While the rows are made, the old tables carry the rules of the new design as well, as far as their columns
are there already; the server then says which of them a row breaks, like any other.
"""

from collections.abc import Iterator

from agents.evolution.spelling import renamed_in
from contracts.evolution import EvolutionPlan, SchemaObject, SchemaState
from flows.engines.sample_rows import sample_rows
from flows.engines.session import Connection, checked, ran


def rows_for_both(connection: Connection, plan: EvolutionPlan) -> dict[str, str]:
    """Fills the old schema's tables; gives, by table, why one stayed empty."""
    lent = [rule for rule in _rules(plan) if not ran(connection, _added(rule)).failed]
    unfilled = sample_rows(connection, SchemaState(objects=(*plan.old.objects, *lent)))
    for rule in lent:
        checked(connection, f"ALTER TABLE {rule.table} DROP CONSTRAINT {rule.name}")
    return unfilled


def _added(rule: SchemaObject) -> str:
    return f"ALTER TABLE {rule.table} ADD CONSTRAINT {rule.name} {rule.text('definition')}"


def _rules(plan: EvolutionPlan) -> Iterator[SchemaObject]:
    """The rules that come or differ, over the old names."""
    for number, (table, columns, definition) in enumerate(_new_rules(plan)):
        facts = {"type": "c", "definition": definition, "columns": columns}
        yield SchemaObject(kind="constraint", table=table, name=f"zz_lent_{number}", facts=facts)


def _new_rules(plan: EvolutionPlan) -> Iterator[tuple[str, list[str], str]]:
    tables = {new: old for old, new in plan.answers.renames.items() if "." not in old}
    for change in plan.difference.changes:
        thing = change.subject
        if change.action == "remove" or thing.kind not in ("constraint", "column"):
            continue
        table = tables.get(thing.table, thing.table)
        former = {new.rpartition(".")[2]: old.rpartition(".")[2] for old, new in _columns_of(plan, table)}
        if thing.kind == "constraint" and thing.text("type") in ("c", "u"):
            columns = [former.get(c, c) for c in thing.texts("columns")]
            yield table, columns, renamed_in(thing.text("definition").removesuffix(" NOT VALID"), former)
        if thing.kind == "column" and change.before:
            name, old, new = former.get(thing.name, thing.name), change.before.text("type"), thing.text("type")
            if thing.facts.get("not_null") and f"{thing.table}.{thing.name}" not in plan.answers.fills:
                yield table, [name], f"CHECK ({name} IS NOT NULL)"
            if old != new and f"{thing.table}.{thing.name}" not in plan.answers.usings:
                yield table, [name], f"CHECK ((({name})::{new})::{old} IS NOT DISTINCT FROM {name})"


def _columns_of(plan: EvolutionPlan, table: str) -> list[tuple[str, str]]:
    return [(old, new) for old, new in plan.answers.renames.items() if old.rpartition(".")[0] == table]
