"""Small schemas without an engine, for the difference and the questions."""

from typing import Any

from contracts.evolution import (
    Answers,
    EvolutionPlan,
    ObjectKind,
    SchemaObject,
    Schemas,
    SchemaScript,
    SchemaState,
)

SCRIPT = SchemaScript(source="old.sql", title="Stall", lines=())


def thing(kind: ObjectKind, name: str, table: str = "", **facts: Any) -> SchemaObject:
    """A thing with these facts."""
    return SchemaObject(kind=kind, name=name, table=table, facts=facts)


def table(name: str, *columns: SchemaObject, **facts: Any) -> tuple[SchemaObject, ...]:
    """A table with its columns and a primary key over `id`."""
    owned = tuple(c.changed(table=name, place=n) for n, c in enumerate(columns, 1))
    key = thing("constraint", f"pk_{name}", name, type="p", definition="PRIMARY KEY (id)", columns=["id"])
    return (thing("table", name, **facts), thing("column", "id", name, type="bigint", not_null=True), *owned, key)


def column(name: str, kind: str = "text", **facts: Any) -> SchemaObject:
    """A column that is put into a table by `table`."""
    return thing("column", name, type=kind, **facts)


def state(*groups: tuple[SchemaObject, ...]) -> SchemaState:
    """A schema of these things."""
    return SchemaState(objects=tuple(o for group in groups for o in group))


def planned(old: SchemaState, new: SchemaState, **answers: Any) -> EvolutionPlan:
    """The plan, where nothing is renamed."""
    from agents.evolution import evolution_plan

    schemas = Schemas(old=old, renamed=old, new=new, last="V001")
    return evolution_plan("stall", SCRIPT, SCRIPT, schemas, Answers(**answers))
