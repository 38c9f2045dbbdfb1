"""What a write changes beyond its own row: a graph of (table, operation) whose edges are foreign keys and triggers.

A database tells nobody of the rows that ON DELETE CASCADE removes, that SET NULL changes, whose totals a trigger keeps
or from whose stock a part of an order takes. So the writes that reach a table are found by walking this graph
backwards, each with the way from the written row to the rows that change with it; the way is SQL, since only the
database knows which rows those are.
"""

import itertools
import re
from dataclasses import dataclass
from typing import Literal

import networkx as nx

from agents.dialects.postgresql import quoted
from contracts.schema import ForeignKey, Query, SchemaDesign, Table

Operation = Literal["insert", "update", "delete"]
OPERATIONS: tuple[Operation, ...] = ("insert", "update", "delete")


@dataclass(frozen=True)
class Hop:
    """One step from rows of `source` to rows of `target`: those that refer to them (`down`), or that they refer to."""

    source: str
    target: str
    on: tuple[tuple[str, str], ...]
    by: str
    down: bool = True

    def reversed(self) -> "Hop":
        return Hop(self.target, self.source, tuple((b, a) for a, b in self.on), self.by, not self.down)


@dataclass(frozen=True)
class Effect:
    """A write on `table` that makes `operation_there` happen to rows of `target`, by the hops between them.

    No hop where they are the same row. A table that refers to itself has a tree: of a deleted row all rows below are
    deleted, too (CASCADE), or the rows right below change (SET NULL, the hop from the table to itself).
    """

    table: str
    operation: Operation
    target: str
    operation_there: Operation
    hops: tuple[Hop, ...] = ()

    @property
    def by(self) -> str:
        """The names of the foreign keys and triggers on the way."""
        return ", ".join(hop.by for hop in self.hops)


def used_columns(query: Query, table: Table) -> frozenset[str]:
    """Columns of a table that a query names anywhere, all of them where it says `*`."""
    sql = re.sub(r"'(?:[^']|'')*'", " ", query.sql)
    names = {column.name for column in table.columns}
    if re.search(r"(?:\bselect|,)\s*(?:\w+\.)?\*", sql, re.IGNORECASE):
        return frozenset(names)
    return frozenset(names & set(re.findall(r"\w+", sql)))


def effects(schema: SchemaDesign, query: Query, target: str) -> tuple[Effect, ...]:
    """Every write that changes what the query reads of `target`: those on it first, then what reaches it from above."""
    used = used_columns(query, schema.table(target))
    found = [Effect(target, operation, target, operation) for operation in OPERATIONS]
    reached = {(target, "delete", "delete")}
    open_effects = [*_into(schema, found[1], used), *_into(schema, found[2], used)]
    while open_effects:
        effect = open_effects.pop(0)
        place = (effect.table, effect.operation, effect.operation_there)
        if place not in reached:
            reached.add(place)
            found.append(effect)
            open_effects += _into(schema, effect, None)
    return tuple(found)


def _into(schema: SchemaDesign, effect: Effect, used: frozenset[str] | None) -> list[Effect]:
    """The writes that have this one as their effect; with `used`, only where one of these columns changes."""
    table, found = schema.table(effect.table), []

    def above(name: str, operation: Operation, hop: Hop) -> None:
        found.append(Effect(name, operation, effect.target, effect.operation_there, (hop, *effect.hops)))

    acts = {"delete": "cascade", "update": "set null"}.get(effect.operation)
    for key in table.foreign_keys:
        touched = effect.operation == "delete" or used is None or used & set(key.columns)
        if key.on_delete == acts and touched:
            above(key.references, "delete", down(table, key))
    for total in schema.totals if effect.operation == "update" else ():
        if total.table == table.name and total.operator == "=" and (used is None or total.column in used):
            by = f"the trigger that keeps {table.name}.{total.column}"
            hop = Hop(total.child, table.name, ((total.reference, table.primary_key[0]),), by, down=False)
            for operation in OPERATIONS:
                above(total.child, operation, hop)
    for one in schema.withdrawals if effect.operation == "update" else ():
        if one.table == table.name and (used is None or one.column in used):
            by = f"the trigger that takes {one.child} from {one.table}.{one.column}"
            hop = Hop(one.child, one.table, ((one.reference, table.primary_key[0]),), by, down=False)
            for operation in OPERATIONS:
                above(one.child, operation, hop)
            if one.state:
                parts = Hop(one.whole, one.child, (("id", one.key),), f"{one.state} of {one.whole}")
                back = Effect(one.whole, "update", effect.target, effect.operation_there, (parts, hop, *effect.hops))
                found.append(back)
    return found


def takes_stock(schema: SchemaDesign, effect: Effect) -> bool:
    """Whether parts that are taken from a stock are on the way: which of them move it is a matter of their whole."""
    ways = {(one.child, one.table) for one in schema.withdrawals}
    return any((hop.source, hop.target) in ways and not hop.down for hop in effect.hops)


def tree(table: Table) -> ForeignKey | None:
    """The key by which a delete takes the rows below it in the same table along."""
    return next((k for k in table.foreign_keys if k.references == table.name and k.on_delete == "cascade"), None)


def down(table: Table, key: ForeignKey) -> Hop:
    """From a parent's row to the rows that refer to it."""
    on = tuple(zip(key.referenced_columns, key.columns, strict=True))
    return Hop(key.references, table.name, on, f"{key.name} (ON DELETE {key.on_delete.upper()})")


def way(schema: SchemaDesign, start: str, end: str) -> tuple[Hop, ...]:
    """The shortest chain of foreign keys between two tables that a query joins; empty where there is none."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for table in schema.tables:
        for key in table.foreign_keys:
            if key.references != table.name and not graph.has_edge(key.references, table.name):
                full = down(table, key)
                hop = Hop(full.source, full.target, full.on, key.name)
                graph.add_edge(key.references, table.name, hop=hop)
                graph.add_edge(table.name, key.references, hop=hop.reversed())
    if start not in graph or end not in graph or not nx.has_path(graph, start, end):
        return ()
    return tuple(graph.edges[pair]["hop"] for pair in itertools.pairwise(nx.shortest_path(graph, start, end)))


def rows_sql(schema: SchemaDesign, effect: Effect, joined: tuple[Hop, ...], columns: tuple[str, ...]) -> str:
    """SQL for `columns` of the rows that the written row, whose key is $1, reaches by an effect and then by joins."""
    hops = (*effect.hops, *joined)
    start = schema.table(effect.table)
    where = " AND ".join(f"t.{quoted(c)} = ${n}" for n, c in enumerate(start.primary_key, 1))
    parts = [_whole_tree("t0", f"SELECT t.* FROM {quoted(start.name)} AS t WHERE {where}", _deleted(schema, effect, 0))]
    for number, hop in enumerate(hops, 1):
        on = " AND ".join(f"t.{quoted(b)} = p.{quoted(a)}" for a, b in hop.on)
        step = f"SELECT t.* FROM {quoted(hop.target)} AS t JOIN t{number - 1} AS p ON {on}"
        parts.append(_whole_tree(f"t{number}", step, _deleted(schema, effect, number)))
    recursive = "RECURSIVE " if any(key for key in (_deleted(schema, effect, n) for n in range(len(hops) + 1))) else ""
    names = ", ".join(map(quoted, columns))
    return f"WITH {recursive}{', '.join(parts)} SELECT DISTINCT {names} FROM t{len(hops)}"


def _deleted(schema: SchemaDesign, effect: Effect, number: int) -> tuple[Table, ForeignKey] | None:
    """The table after so many hops with its tree, where its rows are deleted and so all rows below them."""
    names = [effect.table, *(hop.target for hop in effect.hops)]
    last = number == len(effect.hops)
    gone = (effect.operation_there if last else effect.operation) == "delete" and number < len(names)
    key = tree(schema.table(names[number])) if gone else None
    return (schema.table(names[number]), key) if key else None


def _whole_tree(name: str, sql: str, below: tuple[Table, ForeignKey] | None) -> str:
    if below is None:
        return f"{name} AS ({sql})"
    table, key = below
    on = " AND ".join(
        f"t.{quoted(c)} = p.{quoted(r)}" for r, c in zip(key.referenced_columns, key.columns, strict=True)
    )
    return f"{name} AS ({sql} UNION ALL SELECT t.* FROM {quoted(table.name)} AS t JOIN {name} AS p ON {on})"


def passes_tree(schema: SchemaDesign, effect: Effect) -> bool:
    """Whether rows below the deleted ones go along somewhere on the way."""
    return any(_deleted(schema, effect, number) for number in range(len(effect.hops) + 1))
