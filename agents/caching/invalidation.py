"""Which writes make an entry stale, derived from the graph of tables and foreign keys.

A database tells nobody of the rows that ON DELETE CASCADE removes or SET NULL changes, so the delete of an ancestor
must invalidate what its descendants fed. Ancestors are found in a graph whose edges are the foreign keys that act.
"""

import itertools
from typing import Literal, TypeAlias

import networkx as nx

from agents.caching.keys import Candidate, entity
from contracts.caching import Invalidation
from contracts.schema import ForeignKey, SchemaDesign, Table

Operation = Literal["insert", "update", "delete"]
Cascades: TypeAlias = "nx.DiGraph[str]"
_EVENTS: dict[Operation, str] = {"insert": "created", "update": "updated", "delete": "deleted"}


def invalidations(schema: SchemaDesign, candidate: Candidate, graph: Cascades) -> tuple[Invalidation, ...]:
    """Every mutation that changes the entry's answer: on its own tables first, then on their ancestors."""
    own = [
        _own(schema, candidate, schema.table(name), o)
        for name in _read(candidate)
        for o in _operations(candidate, name)
    ]
    ancestors = [
        found for name in _read(candidate) for found in _from_above(schema, candidate, schema.table(name), graph)
    ]
    return tuple(_merged([*own, *ancestors]))


def _read(candidate: Candidate) -> tuple[str, ...]:
    return tuple(dict.fromkeys((candidate.table.name, *candidate.query.tables)))


def _operations(candidate: Candidate, name: str) -> tuple[Operation, ...]:
    """A row that is not there is not cached, so an insert makes no single row's copy stale."""
    if candidate.single and name == candidate.table.name:
        return ("update", "delete")
    return ("insert", "update", "delete")


def _own(schema: SchemaDesign, candidate: Candidate, table: Table, operation: Operation) -> Invalidation:
    event = f"{entity(table)}.{_EVENTS[operation]}"
    reads = ", ".join(sorted({c.name for t, c in candidate.shown if t == table.name} | set(candidate.equal)))
    if table.name == candidate.table.name:
        keys = _keys(candidate, operation)
        what = f"{candidate.query.name} reads {reads} of {table.name}"
        if len(keys) > 1:
            what += "; a row that moves leaves one key and enters another"
        return Invalidation(table=table.name, operations=(operation,), event=event, keys=keys, because=f"{what}.")
    way = _way(schema, table.name, candidate.table.name)
    because = (
        f"{candidate.query.name} joins {table.name}; the keys are those of each row of {candidate.table.name} that is"
        f" reached by {way}, read in the same transaction."
    )
    return Invalidation(
        table=table.name, operations=(operation,), event=event, keys=_keys(candidate, "delete"), because=because
    )


def target_key(candidate: Candidate) -> str:
    """What a write deletes (a single row's key) or increments (a list's version)."""
    return candidate.version or candidate.pattern


def _keys(candidate: Candidate, operation: Operation) -> tuple[str, ...]:
    """The exact keys; an update names them before and after when a column of the key may change."""
    key = target_key(candidate)
    movable = [c for c in candidate.equal if f"{{{c}}}" in key and c not in candidate.table.primary_key]
    if operation != "update" or not movable:
        return (key,)
    old, new = key, key
    for column in movable:
        old, new = old.replace(f"{{{column}}}", f"{{old.{column}}}"), new.replace(f"{{{column}}}", f"{{new.{column}}}")
    return (old, new)


def _way(schema: SchemaDesign, start: str, end: str) -> str:
    graph: nx.Graph[str] = nx.Graph()
    for table in schema.tables:
        for fk in table.foreign_keys:
            graph.add_edge(table.name, fk.references, name=fk.name)
    if start not in graph or end not in graph or not nx.has_path(graph, start, end):
        return "the query's own join"
    path = nx.shortest_path(graph, start, end)
    return ", ".join(graph.edges[a, b]["name"] for a, b in itertools.pairwise(path))


def _from_above(schema: SchemaDesign, candidate: Candidate, table: Table, graph: Cascades) -> list[Invalidation]:
    """Deletes of ancestors that reach the table by foreign keys that act on delete."""
    found = []
    for fk in table.foreign_keys:
        if fk.on_delete in ("cascade", "set null"):
            for name in (fk.references, *_cascading_ancestors(schema, fk.references, graph)):
                if name != table.name:
                    found.append(_ancestor(schema, candidate, table, fk, schema.table(name)))
                else:
                    found.append(_itself(candidate, table, fk))
    return found


def cascades(schema: SchemaDesign) -> Cascades:
    """Parent → child for every foreign key that deletes the child with its parent."""
    graph: Cascades = nx.DiGraph()
    graph.add_nodes_from(table.name for table in schema.tables)
    for table in schema.tables:
        graph.add_edges_from((fk.references, table.name) for fk in table.foreign_keys if fk.on_delete == "cascade")
    return graph


def _cascading_ancestors(schema: SchemaDesign, name: str, graph: Cascades) -> list[str]:
    """Tables whose delete cascades down to `name`, in the schema's order."""
    above = nx.ancestors(graph, name)
    return [table.name for table in schema.tables if table.name in above]


def _ancestor(schema: SchemaDesign, candidate: Candidate, table: Table, fk: ForeignKey, above: Table) -> Invalidation:
    act = "removes" if fk.on_delete == "cascade" else "changes"
    by = f"{fk.name} (ON DELETE {fk.on_delete.upper()})"
    through = "" if above.name == fk.references else f" through {fk.references}"
    key = target_key(candidate)
    direct = (
        above.name == fk.references
        and candidate.scope
        and fk.columns == (candidate.scope,)
        and table is candidate.table
    )
    if direct:
        key = key.replace(f"{{{candidate.scope}}}", f"{{{fk.referenced_columns[0]}}}")
        how = f"the deleted {entity(above)} is the list's own parent"
    else:
        how = (
            f"the keys of these rows are read in the same transaction, before the delete: SELECT … FROM {table.name} by"
            f" {fk.columns[0]}"
        )
    because = (
        f"Deleting from {above.name} {act} rows of {table.name}{through} by {by}, and no event tells of it; {how}."
    )
    return Invalidation(
        table=above.name, operations=("delete",), event=f"{entity(above)}.deleted", keys=(key,), because=because
    )


def _itself(candidate: Candidate, table: Table, fk: ForeignKey) -> Invalidation:
    """A tree's own delete: the list below the deleted row ends with it, and rows further down go or move."""
    act = "removes" if fk.on_delete == "cascade" else "changes"
    because = (
        f"A delete {act} the rows below it in {table.name} by {fk.name} as well; their keys are read in the same"
        " transaction, before the delete, down the whole tree."
    )
    keys = _keys(candidate, "delete")
    if fk.columns == (candidate.scope,) and table.name == candidate.table.name:
        below = target_key(candidate).replace(f"{{{candidate.scope}}}", f"{{{fk.referenced_columns[0]}}}")
        keys = (*keys, below)
    event = f"{entity(table)}.deleted"
    return Invalidation(table=table.name, operations=("delete",), event=event, keys=keys, because=because)


def _merged(found: list[Invalidation]) -> list[Invalidation]:
    """One line for each table and event: keys of all ways together."""
    made: dict[tuple[str, str], Invalidation] = {}
    for one in found:
        place = (one.table, one.event)
        if place not in made:
            made[place] = one
        else:
            before = made[place]
            keys = tuple(dict.fromkeys((*before.keys, *one.keys)))
            because = before.because if one.because in before.because else f"{before.because} {one.because}"
            made[place] = before.model_copy(update={"keys": keys, "because": because})
    return list(made.values())
