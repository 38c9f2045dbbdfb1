"""Entities and relationships become tables with keys, foreign keys and constraints."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import networkx as nx

from agents.dialects.postgresql import quoted
from agents.inflection import article
from agents.naming import constraint_name, plural, singular
from agents.schema_design.columns import attribute_checks, attribute_column, timestamps
from agents.schema_design.constraints import rule_constraints
from agents.schema_design.names import column_name, reference_name, speaks_german, table_names, unused
from agents.schema_design.snapshots import with_snapshots
from contracts.base import Origin
from contracts.requirements import Attribute, Entity, Relationship, Requirements, Retention, Rule
from contracts.schema import Column, ForeignKey, Table, Unique

SURROGATE = Origin(kind="convention", rule="rows are identified by a surrogate key that never changes")


@dataclass(frozen=True)
class Lookup:
    """What is asked again and again of the requirements, indexed once so that 1,000 entities stay linear."""

    tables: Mapping[str, str]
    entities: Mapping[str, Entity]
    parents: Mapping[str, tuple[Relationship, ...]]
    rules: Mapping[str, tuple[Rule, ...]]
    retained: Mapping[str, Retention]
    volumes: Mapping[str, tuple[int, float, tuple[str, ...]]]
    embedded: bool
    zone: str


def lookup(requirements: Requirements) -> Lookup:
    """The indexes over one analysis."""
    parents: dict[str, list[Relationship]] = defaultdict(list)
    rules: dict[str, list[Rule]] = defaultdict(list)
    for relationship in requirements.relationships:
        if relationship.cardinality != "many_to_many":
            parents[relationship.child].append(relationship)
    for rule in requirements.rules:
        if rule.entity:
            rules[rule.entity].append(rule)
    return Lookup(
        tables=table_names(requirements.entities),
        entities={entity.name: entity for entity in requirements.entities},
        parents={name: tuple(found) for name, found in parents.items()},
        rules={name: tuple(found) for name, found in rules.items()},
        retained={rule.entity: rule for rule in requirements.retention if rule.entity},
        volumes={v.entity: (v.rows, v.rows_per_day, v.serves) for v in requirements.volumes},
        embedded=requirements.tier == "embedded",
        zone=requirements.time_zone,
    )


@dataclass
class Draft:
    """A table while it is being put together; `references` maps parent entity or role to its column."""

    columns: list[Column] = field(default_factory=list)
    uniques: list[Unique] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)


def tables(requirements: Requirements) -> tuple[Table, ...]:
    """All tables, parents before the tables that reference them (cycles are cut by the DDL, not here)."""
    index = lookup(requirements)
    made = [entity_table(entity, index) for entity in requirements.entities]
    taken = {table.name for table in made}
    junctions = [
        junction_table(relationship, index, taken)
        for relationship in requirements.relationships
        if relationship.cardinality == "many_to_many"
    ]
    return parents_first(startable(named_apart(with_snapshots([*made, *junctions]))))


def startable(made: Iterable[Table]) -> list[Table]:
    """Tables of which each can have a first row: a circle of required references is opened at one of them.

    The one that plays a role opens (a store's manager), else the last one that the brief names: it is known only once
    the other row is there. PostgreSQL would take a deferrable constraint instead, but then no row could be read back
    before the transaction ends, and every import would need both rows at once.
    """
    by_name = {table.name: table for table in made}
    while circle := _circle(by_name):
        table, key = max(circle, key=lambda edge: (edge[1].columns[0] != f"{singular(edge[1].references)}_id", edge[0]))
        by_name[table] = _relaxed(by_name[table], key)
    return list(by_name.values())


def _circle(tables: Mapping[str, Table]) -> list[tuple[str, ForeignKey]]:
    """The required references of one circle of tables; none where every table can have a first row."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for table in tables.values():
        strict = {column.name for column in table.columns if not column.nullable}
        edges = ((table.name, k.references, {"key": k}) for k in table.foreign_keys if set(k.columns) <= strict)
        graph.add_edges_from(edges)
    try:
        return [(child, graph.edges[child, parent, n]["key"]) for child, parent, n in nx.find_cycle(graph)]
    except nx.NetworkXNoCycle:
        return []


def _relaxed(table: Table, key: ForeignKey) -> Table:
    """The table with a reference that may be filled in later."""
    because = f"{key.because}; it may be missing, because {key.references} need a row of {table.name} first"
    relaxed = key.model_copy(update={"on_delete": "restrict", "because": because})
    columns = (c.model_copy(update={"nullable": True}) if c.name in key.columns else c for c in table.columns)
    keys = (relaxed if k is key else k for k in table.foreign_keys)
    return table.model_copy(update={"columns": tuple(columns), "foreign_keys": tuple(keys)})


def named_apart(made: Iterable[Table]) -> list[Table]:
    """Tables whose unique constraints have names of their own: `data.media_name` and `data_media.name` would not."""
    taken: set[str] = set()
    return [
        table.model_copy(
            update={
                "uniques": tuple(u.model_copy(update={"name": unused(u.name, taken)}) for u in table.uniques),
                "exclusions": tuple(e.model_copy(update={"name": unused(e.name, taken)}) for e in table.exclusions),
            }
        )
        for table in made
    ]


def parents_first(made: Iterable[Table]) -> tuple[Table, ...]:
    """Tables in an order in which each foreign key's target exists, stable for equals.

    In a circle the references that may be missing come last, so that rows can be inserted in this order.
    """
    by_name = {table.name: table for table in made}
    late = _optional_in_circles(by_name)
    done: dict[str, Table] = {}
    visiting: set[str] = set()

    for root in by_name.values():
        stack = [root]
        while stack:
            table = stack[-1]
            visiting.add(table.name)
            waiting = [
                by_name[key.references]
                for key in table.foreign_keys
                if key.references not in done and key.references not in visiting and key.name not in late
            ]
            if waiting:
                stack.append(waiting[0])
                continue
            stack.pop()
            done.setdefault(table.name, table)
    return tuple(done.values())


def _optional_in_circles(tables: Mapping[str, Table]) -> set[str]:
    """The names of foreign keys that may be NULL and whose target needs, over others, their own table."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((t.name, key.references) for t in tables.values() for key in t.foreign_keys)
    circle_of = {name: n for n, circle in enumerate(nx.strongly_connected_components(graph)) for name in circle}
    return {
        key.name
        for table in tables.values()
        for key in table.foreign_keys
        if circle_of[table.name] == circle_of[key.references] and table.column(key.columns[0]).nullable
    }


def entity_table(entity: Entity, index: Lookup) -> Table:
    """The table of one entity: surrogate key, references to its parents, its own attributes, its timestamps."""
    name = index.tables[entity.name]
    draft = Draft([surrogate_key(entity)])
    stated = {a.name: a for a in entity.attributes if a.references}
    for relationship in index.parents.get(entity.name, ()):
        _add_reference(name, entity, relationship, stated, index, draft)
    own = [a for a in entity.attributes if not a.references or a.references not in index.entities]
    _add_attributes(name, own, draft)
    # how often a row changes is not known here: rows of events and reference data do not
    draft.columns += timestamps(
        entity.nature not in ("event", "reference") and not index.embedded,
        [c.name for c in draft.columns],
        entity.serves,
    )
    key_columns = tuple(_resolved(a, draft) or "" for a in entity.key)
    if len(key_columns) > 1 and all(key_columns):
        draft.uniques.append(unique(name, key_columns, entity.origin, entity.serves))
    checks = [check for a in own for check in attribute_checks(name, a)]
    found = rule_constraints(
        name, index.rules.get(entity.name, ()), draft.columns, draft.references, checks, index.zone
    )
    live = any(column.name == "deleted_at" for column in draft.columns)
    ruled = [u for u in found.uniques if not (live and len(u.columns) == 1)]  # those are unique among live rows
    rows, per_day, volume_serves = index.volumes.get(entity.name, (0, 0.0, ()))
    return Table(
        name=name,
        entity=entity.name,
        nature=entity.nature,
        comment=_comment(entity),
        columns=tuple(draft.columns),
        primary_key=("id",),
        uniques=tuple(_distinct([*draft.uniques, *ruled])),
        checks=tuple(found.checks),
        exclusions=tuple(found.exclusions),
        soles=tuple({one.name: one for one in found.soles}.values()),
        foreign_keys=tuple(draft.foreign_keys),
        expected_rows=rows,
        rows_per_day=per_day,
        origin=entity.origin,
        serves=tuple(dict.fromkeys((*entity.serves, *volume_serves, *found.serves))),
    )


def surrogate_key(entity: Entity) -> Column:
    """`id bigint`, generated by the database alone."""
    return Column(name="id", type="integer", sql_type="bigint", identity=True, origin=SURROGATE, serves=entity.serves)


def _comment(entity: Entity) -> str:
    nature = {
        "person": "People who use the application or are described by it",
        "master": "Master data",
        "transaction": "Business transactions",
        "event": "Append-only events",
        "reference": "Reference data",
    }[entity.nature]
    return f"{nature}: {entity.label}"


def _add_attributes(table: str, attributes: Iterable[Attribute], draft: Draft) -> None:
    taken = {column.name for column in draft.columns}
    soft_delete = any(a.name == "deleted_at" for a in attributes)
    for attribute in attributes:
        column = attribute_column(attribute)
        if column.name in taken:
            continue
        taken.add(column.name)
        draft.columns.append(column)
        if attribute.unique and not soft_delete:
            draft.uniques.append(unique(table, (column.name,), attribute.origin, attribute.serves))


def _add_reference(
    table: str, entity: Entity, relationship: Relationship, stated: Mapping[str, Attribute], index: Lookup, draft: Draft
) -> None:
    """The foreign key column of one relationship, joined with the attribute that states it, if one does."""
    parent = index.tables.get(relationship.parent)
    if parent is None:
        return
    role = relationship.role
    if relationship.parent == relationship.child and role is None:
        role = f"parent_{relationship.parent}"
    name = reference_name(relationship.parent, role)
    if any(key.columns == (name,) for key in draft.foreign_keys):
        return
    attribute = next((a for a in stated.values() if reference_name(a.name, None) == name), None)
    optional = relationship.optional or (attribute is not None and attribute.optional)
    optional = optional or relationship.parent == relationship.child
    origin = attribute.origin if attribute else relationship.origin
    serves = tuple(dict.fromkeys((*relationship.serves, *(attribute.serves if attribute else ()))))
    draft.columns.append(
        Column(name=name, type="integer", sql_type="bigint", nullable=optional, origin=origin, serves=serves)
    )
    draft.foreign_keys.append(reference(table, name, parent, entity, relationship, optional, index, serves))
    draft.references.setdefault(relationship.parent, name)
    if relationship.role:
        draft.references[relationship.role] = name
    if relationship.cardinality == "one_to_one" or (attribute is not None and attribute.unique):
        draft.uniques.append(unique(table, (name,), origin, serves))


def reference(
    table: str,
    column: str,
    parent: str,
    entity: Entity,
    relationship: Relationship,
    optional: bool,
    index: Lookup,
    serves: tuple[str, ...],
) -> ForeignKey:
    """A foreign key whose ON DELETE follows from ownership, retention and what the rows are worth."""
    owner = index.entities[relationship.parent]
    kept = index.retained.get(entity.name)
    if (relationship.owned or relationship.deleted_with) and kept:
        action, why = "restrict", f"{table} is kept for {kept.days} days; its {owner.label} cannot take it along"
    elif relationship.deleted_with:
        action, why = "cascade", f"the brief wants rows of {table} deleted with their {owner.label}"
    elif relationship.owned and owner.nature == "person" and entity.nature in ("transaction", "event"):
        action, why = "restrict", f"business records outlive the {owner.label}; erase by anonymising the person"
    elif relationship.owned:
        action, why = "cascade", f"a row of {table} is a part of its {owner.label} and has no meaning without it"
    elif optional:
        action, why = "set null", f"a row of {table} stands on its own when its {owner.label} is gone"
    else:
        action, why = "restrict", f"{article(owner.label)} that {table} still needs must not vanish"
    return ForeignKey(
        name=constraint_name("fk", table, column),
        columns=(column,),
        references=parent,
        referenced_columns=("id",),
        on_delete=action,
        because=why,
        origin=relationship.origin,
        serves=serves,
    )


def unique(table: str, columns: tuple[str, ...], origin: Origin, serves: tuple[str, ...]) -> Unique:
    """A UNIQUE constraint over columns."""
    return Unique(name=constraint_name("uq", table, *columns), columns=columns, origin=origin, serves=serves)


def _resolved(attribute: str, draft: Draft) -> str | None:
    names = {column.name for column in draft.columns}
    for candidate in (attribute, f"{attribute}_id", draft.references.get(attribute), column_name(attribute, "string")):
        if candidate in names:
            return candidate
    return None


def _distinct(uniques: Iterable[Unique]) -> list[Unique]:
    """One constraint for each set of columns, serving all that ask for it."""
    made: dict[frozenset[str], Unique] = {}
    for one in uniques:
        key = frozenset(one.columns)
        present = made.setdefault(key, one)
        made[key] = present.model_copy(update={"serves": tuple(dict.fromkeys((*present.serves, *one.serves)))})
    return list(made.values())


def junction_table(relationship: Relationship, index: Lookup, taken: set[str]) -> Table:
    """The table of a many-to-many relationship; both references together are its key."""
    left, right = relationship.parent, relationship.child
    name = unused(relationship.role or plural(f"{left}_{right}", german=speaks_german(index.tables)), taken)
    other_role = f"other_{right}" if left == right else None
    draft = Draft()
    for parent, role in ((left, None), (right, other_role)):
        column = reference_name(parent, role)
        draft.columns.append(
            Column(
                name=column, type="integer", sql_type="bigint",
                origin=relationship.origin, serves=relationship.serves,
            )
        )  # fmt: skip
        draft.references.setdefault(parent, column)
        draft.foreign_keys.append(
            ForeignKey(
                name=constraint_name("fk", name, column),
                columns=(column,),
                references=index.tables[parent],
                referenced_columns=("id",),
                on_delete="cascade",
                because=f"a row of {name} only links two; without its {index.entities[parent].label} it says nothing",
                origin=relationship.origin,
                serves=relationship.serves,
            )
        )
    keys = tuple(column.name for column in draft.columns)
    _add_attributes(name, relationship.attributes, draft)
    draft.columns += timestamps(False, [c.name for c in draft.columns], relationship.serves)
    rows = 5 * max(index.volumes.get(left, (0, 0.0, ()))[0], index.volumes.get(right, (0, 0.0, ()))[0])
    return Table(
        name=name,
        entity=None,
        nature="junction",
        comment=f"Links {quoted(index.tables[left])} and {quoted(index.tables[right])}",
        columns=tuple(draft.columns),
        primary_key=keys,
        uniques=tuple(draft.uniques),
        checks=tuple(check for a in relationship.attributes for check in attribute_checks(name, a)),
        foreign_keys=tuple(draft.foreign_keys),
        expected_rows=rows,
        origin=relationship.origin,
        serves=relationship.serves,
    )
