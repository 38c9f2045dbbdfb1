"""Which writes make an entry stale, and exactly which keys: from the graph of tables, foreign keys and triggers.

A key is filled by the written row. Where the written row is another table's, or rows below it change as well, `finds`
is the SQL that reads the rows whose columns fill the keys, in the writer's own transaction: nothing is scanned for.
"""

import re
from collections.abc import Iterable, Iterator

from agents.caching.effects import (
    Effect,
    Hop,
    Operation,
    effects,
    passes_tree,
    rows_sql,
    tree,
    used_columns,
    way,
)
from agents.caching.keys import Candidate, entity
from agents.dialects.postgresql import quoted
from contracts.caching import Invalidation
from contracts.schema import SchemaDesign

_EVENTS: dict[Operation, str] = {"insert": "created", "update": "updated", "delete": "deleted"}
_WHEN: dict[Operation, str] = {
    "insert": "after the insert",
    "update": "before and after the update",
    "delete": "before the delete",
}
_ACTS: dict[Operation, str] = {"insert": "Adding to", "update": "Changing", "delete": "Deleting from"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def invalidations(schema: SchemaDesign, candidate: Candidate) -> tuple[Invalidation, ...]:
    """Every mutation that changes the entry's answer: on its own tables first, then those that reach them."""
    return tuple(
        _merged(
            one
            for name in dict.fromkeys((candidate.table.name, *candidate.query.tables))
            for effect in effects(schema, candidate.query, name)
            for one in _of_effect(schema, candidate, name, effect)
        )
    )


def target_key(candidate: Candidate) -> str:
    """What a write deletes (a single row's key) or increments (a list's version)."""
    return candidate.version or candidate.pattern


def _of_effect(schema: SchemaDesign, candidate: Candidate, read: str, effect: Effect) -> Iterator[Invalidation]:
    """The invalidation of one effect, none where it cannot change the answer."""
    key_table = candidate.table
    joined = () if read == key_table.name else way(schema, read, key_table.name)
    if not is_felt(effect, joined):
        return
    keys, finds = _keys(candidate, effect.operation), ""
    if own := _own_parent(schema, candidate, effect):
        keys = (own,)
    elif read != key_table.name or effect.hops or passes_tree(schema, effect):
        keys = (target_key(candidate),)
        finds = _finds(schema, candidate, effect, joined, keys)
    yield Invalidation(
        table=effect.table,
        operations=(effect.operation,),
        event=f"{entity(schema.table(effect.table))}.{_EVENTS[effect.operation]}",
        keys=keys,
        finds=finds,
        because=_because(schema, candidate, read, effect, finds),
    )


def is_felt(effect: Effect, joined: tuple[Hop, ...]) -> bool:
    """Whether a write on a joined table changes answers: a parent's row is there before the rows that join it.

    Its removal, where a foreign key lets it go, is an effect of its own.
    """
    parent = bool(joined) and joined[0].down
    return not parent or bool(effect.hops) or effect.operation == "update"


def _own_parent(schema: SchemaDesign, candidate: Candidate, effect: Effect) -> str:
    """The version key of the list that a deleted parent had: its key stands in the deleted row itself."""
    if len(effect.hops) != 1 or effect.target != candidate.table.name or passes_tree(schema, effect):
        return ""
    own = next((a for a, b in effect.hops[0].on if b == candidate.scope and effect.operation == "delete"), "")
    return target_key(candidate).replace(f"{{{candidate.scope}}}", f"{{{own}}}") if own else ""


def _finds(
    schema: SchemaDesign, candidate: Candidate, effect: Effect, joined: tuple[Hop, ...], keys: tuple[str, ...]
) -> str:
    columns = tuple(dict.fromkeys(c for key in keys for c in _PLACEHOLDER.findall(key)))
    if not columns:
        return ""
    names = [hop.target for hop in (*effect.hops, *joined)] or [effect.table]
    if names[-1] != candidate.table.name:  # joined by no foreign key: every key that there is
        return f"SELECT DISTINCT {', '.join(map(quoted, columns))} FROM {quoted(candidate.table.name)}"
    return rows_sql(schema, effect, joined, columns)


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


def _because(schema: SchemaDesign, candidate: Candidate, read: str, effect: Effect, finds: str) -> str:
    found = f" Its keys are those of the rows that this finds {_WHEN[effect.operation]}: {finds}." if finds else ""
    if effect.hops:
        told = f"{_ACTS[effect.operation]} {effect.table} changes rows of {read} by {effect.by}, unannounced"
        return f"{told}.{found}" if found else f"{told}; the written row fills the key."
    reads = ", ".join(sorted(used_columns(candidate.query, schema.table(read))))
    what = f"{candidate.query.name} reads {reads} of {read}"
    if read != candidate.table.name:
        by = ", ".join(hop.by for hop in way(schema, read, candidate.table.name)) or "the query's own join"
        return f"{what} by {by}.{found}"
    if found and (key := tree(candidate.table)):
        return f"{what}, and a delete takes all rows below along by {key.name}.{found}"
    if len(_keys(candidate, effect.operation)) > 1:
        what += "; a row that moves leaves one key and enters another"
    if candidate.single and effect.operation == "insert":
        what += "; that there was no such row is remembered, too"
    return f"{what}.{found}"


def _merged(found: Iterable[Invalidation]) -> list[Invalidation]:
    """One line for each table, event and way to the rows."""
    made: dict[tuple[str, str, str], Invalidation] = {}
    for one in found:
        place = (one.table, one.event, one.finds)
        before = made.get(place)
        if before is None:
            made[place] = one
        else:
            keys = tuple(dict.fromkeys((*before.keys, *one.keys)))
            because = before.because if one.because in before.because else f"{before.because} {one.because}"
            made[place] = before.model_copy(update={"keys": keys, "because": because})
    return list(made.values())
