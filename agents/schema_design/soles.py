"""At most one row that counts for each owner: one open work order a vehicle, one active subscription a member.

A UNIQUE constraint would refuse the second order of all time, and an application that looks before it inserts lets two
through that come at once. A unique index over the rows that count (the open ones) refuses the second of them alone.
"""

from collections.abc import Callable, Iterable

from agents.naming import constraint_name, identifier
from contracts.base import Alternative, Decision, Origin
from contracts.requirements import Rule
from contracts.schema import Column, Index, IndexKey, Sole, Table

MOMENTS = ("date", "timestamp")
RULE = "a rule for the rows of now is kept by a unique index over them"


def sole(table: str, rule: Rule, columns: tuple[str, ...], counts: Column) -> Sole | None:
    """What a rule about some rows allows; None where nothing tells which rows those are."""
    if not (rule.values or counts.type == "boolean" or (counts.type in MOMENTS and counts.nullable)):
        return None
    which = rule.values or ((counts.name,) if counts.type == "boolean" else ("open",))
    return Sole(
        name=constraint_name("uq", table, *columns, *map(identifier, which)), columns=columns, counts=counts.name,
        values=rule.values, origin=rule.origin, serves=rule.serves,
    )  # fmt: skip


def counted(table: Table, one: Sole, quoted: Callable[[str], str], literal: Callable[[str], str]) -> str:
    """The condition under which a row counts."""
    column = quoted(one.counts)
    if len(one.values) == 1:
        return f"{column} = {literal(one.values[0])}"
    if one.values:
        return f"{column} IN ({', '.join(map(literal, one.values))})"
    return column if table.column(one.counts).type == "boolean" else f"{column} IS NULL"


def sole_indexes(
    table: Table, quoted: Callable[[str], str], literal: Callable[[str], str]
) -> list[tuple[Sole, Index, str]]:  # fmt: skip
    """The unique index of each such rule, with its condition for live rows."""
    live = " AND deleted_at IS NULL" if any(c.name == "deleted_at" for c in table.columns) else ""
    return [
        (
            one,
            Index(
                name=one.name, table=table.name, keys=tuple(IndexKey(column=c) for c in one.columns),
                where=(condition := counted(table, one, quoted, literal)) + live, unique=True,
                because=f"{told(table, one)}; it holds those rows alone", origin=one.origin, serves=one.serves,
            ),
            condition,
        )
        for one in table.soles
    ]  # fmt: skip


def told(table: Table, one: Sole) -> str:
    """What it allows, in words."""
    which = f"{one.counts} {' or '.join(one.values)}" if one.values else one.counts
    if not one.values and table.column(one.counts).type != "boolean":
        which = f"no {one.counts} yet"
    return f"at most one row of {table.name} for each {' and '.join(one.columns)} has {which}"


def sole_decision(tables: Iterable[Table]) -> list[Decision]:
    """Why an index over some rows, once for all such rules."""
    found = [(table, one) for table in tables for one in table.soles]
    if not found:
        return []
    return [
        Decision(
            id="decision.soles",
            topic="One row at a time",
            choice=f"a unique index over the rows that count: {'; '.join(told(t, one) for t, one in found)}",
            because="the engine refuses the second one whoever writes it, also when two come at once; rows that no "
            "longer count take no room in it and free their place by themselves",
            alternatives=(
                Alternative(
                    name="a UNIQUE constraint",
                    refused_because="it would refuse the second row of all time, not of now",
                ),
                Alternative(
                    name="a trigger that counts",
                    refused_because="it locks the owner and counts for each row, where an entry of an index is enough",
                ),
                Alternative(
                    name="the application sees to it",
                    refused_because="neither of two transactions sees what the other has not committed",
                ),
            ),
            origin=Origin(kind="inferred", rule=RULE),
            serves=tuple(dict.fromkeys(s for _, one in found for s in one.serves)),
        )
    ]
