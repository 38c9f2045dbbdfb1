"""How two schemas differ, and what becomes of a schema when a difference is applied to it.

The two are inverse: `applied(difference(a, b), a)` equals b, so that a difference can be trusted to be whole.
"""

import re
from collections.abc import Iterable

from contracts.evolution import Change, SchemaDifference, SchemaObject, SchemaState

_RENAMABLE = ("constraint", "index")


def difference(old: SchemaState, new: SchemaState) -> SchemaDifference:
    """Every thing that is added, removed or has other facts, in the order of the new schema, removals last.

    A constraint or index that is the same but for its name is one change, because a rename costs nothing and loses
    nothing; a table or column never is, because only people know whether it is the same.
    """
    before, after = old.by_key(), new.by_key()
    gone = [thing for key, thing in before.items() if key not in after]
    came = [thing for key, thing in after.items() if key not in before]
    renamed = _renamed(gone, came)
    twins = {thing.key for pair in renamed for thing in pair}
    changes = [Change(before=a, after=b) for a, b in renamed]
    changes += [
        Change(before=before[k], after=t) for k, t in after.items() if k in before and before[k].facts != t.facts
    ]
    changes += [Change(after=thing) for thing in came if thing.key not in twins]
    changes += [Change(before=thing) for thing in reversed(gone) if thing.key not in twins]
    return SchemaDifference(changes=tuple(changes))


def applied(found: SchemaDifference, old: SchemaState) -> SchemaState:
    """The schema that the difference makes of this one."""
    objects = old.by_key()
    for change in found.changes:
        if change.before:
            del objects[change.before.key]
    for change in found.changes:
        if change.after:
            objects[change.after.key] = change.after
    return SchemaState(objects=tuple(objects.values()))


def without(found: SchemaDifference, left_out: Iterable[Change]) -> SchemaDifference:
    """The difference without some of its changes."""
    excluded = list(left_out)
    return SchemaDifference(changes=tuple(change for change in found.changes if change not in excluded))


def disagreements(seen: SchemaState, wanted: SchemaState) -> tuple[str, ...]:
    """What differs between the schema that a database has and the one that it should have, for people to read."""
    lines = []
    for change in difference(seen, wanted).changes:
        word = {"add": "is missing", "remove": "is left"}.get(change.action, f"differs in {_told(change)}")
        lines.append(f"{change.subject.label} {word}")
    return tuple(lines)


def _told(change: Change) -> str:
    if change.before and change.after and change.before.name != change.after.name:
        return f"its name ({change.before.name})"
    sides = [(side.facts if side else {}) for side in (change.before, change.after)]
    return ", ".join(f"{fact} ({sides[0].get(fact)} instead of {sides[1].get(fact)})" for fact in change.differing())


def _renamed(gone: list[SchemaObject], came: list[SchemaObject]) -> list[tuple[SchemaObject, SchemaObject]]:
    """Pairs that differ in the name alone, each thing in one pair at most."""
    waiting: dict[str, list[SchemaObject]] = {}
    for thing in gone:
        if thing.kind in _RENAMABLE:
            waiting.setdefault(_nameless(thing), []).append(thing)
    pairs = []
    for thing in came:
        twins = waiting.get(_nameless(thing), []) if thing.kind in _RENAMABLE else []
        if twins:
            pairs.append((twins.pop(0), thing))
    return pairs


def _nameless(thing: SchemaObject) -> str:
    """What a constraint or index is but for its name: an index's definition spells it."""
    facts = dict(thing.facts)
    if thing.kind == "index":
        facts["definition"] = re.sub(r"INDEX \S+ ON", "INDEX ON", thing.text("definition"), count=1)
    return repr((thing.kind, thing.table, sorted(facts.items(), key=lambda item: item[0])))
