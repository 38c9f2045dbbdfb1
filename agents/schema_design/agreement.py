"""Two references that lead to one row are tied by a composite foreign key: an order's address is its own user's.

The row in the middle gets a UNIQUE constraint over its owner and its key, and the reference to it is over the owner,
too. So the engine itself compares them, at any isolation and whoever writes; a trigger would have to lock for that. A
reference that may be missing stays so: with MATCH SIMPLE a NULL in it names nothing and is compared with nothing.
"""

from collections.abc import Iterable, Sequence

from agents.naming import constraint_name, singular
from agents.schema_design.names import unused
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.requirements import Rule
from contracts.schema import ForeignKey, Table, Unique


def with_agreements(tables: Sequence[Table], rules: Iterable[Rule]) -> tuple[tuple[Table, ...], list[Omission]]:
    """The tables with their tied references, and why the application keeps the others."""
    made = {table.name: table for table in tables}
    by_entity = {table.entity: table.name for table in tables if table.entity}
    entities = {table.name: table.entity for table in tables}
    taken = {name for table in tables for name in (u.name for u in table.uniques)}
    left: list[Omission] = []
    for rule in (r for r in rules if r.kind == "agreement"):
        child = made.get(by_entity.get(rule.entity or "", ""))
        keys = [_named(child, name, entities) for name in rule.attributes] if child else []
        problem = _tie(rule, child, keys, made, taken) if child else "the brief stores no such rows"
        if problem:
            reason = f"{problem}, so the application has to look before it writes"
            left.append(
                Omission(
                    subject=f"A foreign key for: {rule.text}", reason=reason, origin=rule.origin, serves=rule.serves
                )
            )
    return tuple(made.values()), left


def _named(table: Table, name: str, entities: dict[str, str | None]) -> ForeignKey | None:
    """The reference that an attribute of a rule means: by its column, else by what it refers to."""
    keys = {key.columns[0]: key for key in table.foreign_keys}
    by_target = [key for key in table.foreign_keys if entities.get(key.references) == name]
    return keys.get(name) or keys.get(f"{name}_id") or (by_target[0] if len(by_target) == 1 else None)


def _tie(rule: Rule, child: Table, keys: Sequence[ForeignKey | None], made: dict[str, Table], taken: set[str]) -> str:
    """Ties the two references, or says why they cannot be."""
    if len(keys) != 2 or keys[0] is None or keys[1] is None:
        return f"{child.name} does not hold both references"
    key, owner = keys[0], keys[1]
    middle = made[key.references]
    theirs = [k for k in middle.foreign_keys if k.references == owner.references]
    plain = [k for k in theirs if k.columns == owner.columns] or theirs
    if len(plain) != 1 or middle.primary_key != key.referenced_columns:
        return f"{middle.name} says not which of its references to {owner.references} is meant"
    own, other = owner.columns[0], plain[0].columns[0]
    if child.column(own).nullable or middle.column(other).nullable:
        loose = child.name if child.column(own).nullable else middle.name
        return f"{loose} may be without its row of {owner.references}, and a key with a NULL in it compares nothing"
    if (own, other) in key.agreeing:
        return ""
    who = singular(owner.references).replace("_", " ")
    tied = key.model_copy(
        update={
            "agreeing": (*key.agreeing, (own, other)),
            "because": f"{key.because}; {rule.text[:1].lower()}{rule.text[1:]}, which the key over {own} compares",
            "serves": tuple(dict.fromkeys((*key.serves, *rule.serves))),
        }
    )
    made[child.name] = child.model_copy(
        update={"foreign_keys": tuple(tied if k is key else k for k in child.foreign_keys)}
    )
    made[middle.name] = _with_target(made[middle.name], other, who, rule, taken)
    return ""


def _with_target(middle: Table, owner: str, who: str, rule: Rule, taken: set[str]) -> Table:
    """The table in the middle with a key over its owner and its own key, by which an owner's rows are found, too."""
    columns = (owner, *middle.primary_key)
    if any(target.columns == columns for target in middle.targets):
        return middle
    target = Unique(
        name=unused(constraint_name("uq", middle.name, *columns), taken),
        columns=columns,
        origin=Origin(kind="inferred", rule=f"a reference that is compared with the {who} names both"),
        serves=rule.serves,
    )
    return middle.model_copy(update={"targets": (*middle.targets, target)})


def agreement_decisions(tables: Iterable[Table], rules: Iterable[Rule]) -> list[Decision]:
    """Why a foreign key over two columns keeps each pair of references together."""
    rules = tuple(r for r in rules if r.kind == "agreement")
    return [
        _decision(table, key, [r for r in rules if r.entity == table.entity and set(r.serves) <= set(key.serves)])
        for table in tables
        for key in table.foreign_keys
        if key.agreeing
    ]


def _decision(table: Table, key: ForeignKey, rules: Sequence[Rule]) -> Decision:
    pairs = ", ".join(f"{table.name}.{own} = {key.references}.{theirs}" for own, theirs in key.agreeing)
    owners = ", ".join(own for own, _ in key.agreeing)
    return Decision(
        id=f"decision.agreement.{table.name}.{key.columns[0]}",
        topic=f"{key.columns[0]} of {table.name} and its {owners}",
        choice=f"one foreign key over ({', '.join(key.constrained)}) instead of {key.columns[0]} alone: {pairs}",
        because=(f"{rules[0].origin.rule or rules[0].text}; " if rules else "")
        + f"two keys of one column each would let a row of {table.name} name somebody else's row of {key.references}",
        alternatives=(
            Alternative(
                name=f"no {owners} in {table.name}, read through {key.references}",
                refused_because=f"the brief gives {table.name} its own {owners}, and every list by it would join"
                + (f"; without its {key.columns[0]} a row would belong to nobody" if _may_lack(table, key) else ""),
            ),
            Alternative(
                name="a trigger that looks",
                refused_because=f"it has to lock the row of {key.references}, or a change of that row at the same "
                "time passes it by; a foreign key does so by itself",
            ),
            Alternative(
                name="the application alone",
                refused_because="a script, an import or a second application writes the row without looking",
            ),
        ),
        origin=rules[0].origin if rules else key.origin,
        serves=key.serves,
    )


def _may_lack(table: Table, key: ForeignKey) -> bool:
    return table.column(key.columns[0]).nullable
