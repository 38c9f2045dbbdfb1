"""Which tables are under row-level security, and by which chains of foreign keys their rows belong to somebody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from agents.dialects.postgresql import literal, quoted
from agents.knowledge import PUBLISHED
from agents.naming import singular
from agents.security.basis import as_user, role_name, served
from contracts.claims import Session
from contracts.requirements import Requirements
from contracts.schema import ForeignKey, SchemaDesign, Table

LONGEST_PATH = 3
"""Foreign keys from a table to its owner, at most: beyond two joins a policy costs more than a copied key column."""


@dataclass(frozen=True)
class Subject:
    """Whose rows are told apart: the table of persons or tenants and the setting that names one of them."""

    table: Table
    setting: str
    suffix: str

    def key(self) -> str:
        return self.table.primary_key[0]

    def current(self) -> str:
        """The id of who is asking, NULL when nobody said."""
        spelled = self.table.column(self.key()).sql_type
        return f"(SELECT nullif(current_setting({literal(self.setting)}, true), '')::{spelled})"


@dataclass(frozen=True)
class Guard:
    """A table with row-level security: how it reaches its subject, and whether sign-in must search in it.

    `paths` are alternatives (a message has a sender and a recipient), each a chain of foreign keys from this
    table upwards; the subject's own table has the empty path.
    """

    table: Table
    subject: Subject
    paths: tuple[tuple[ForeignKey, ...], ...]
    role: str
    serves: tuple[str, ...]
    published: bool = False
    gated: bool = False

    def condition(self) -> str:
        """The rows that belong to who is asking."""
        return " OR ".join(self._path(path) for path in self.paths)

    def _path(self, path: tuple[ForeignKey, ...]) -> str:
        if not path:
            return f"{quoted(self.subject.key())} = {self.subject.current()}"
        inner = f"{quoted(path[-1].columns[0])} = {self.subject.current()}"
        for key, table in zip(reversed(path[:-1]), reversed([k.references for k in path[:-1]]), strict=True):
            inner = (
                f"{quoted(key.columns[0])} IN (SELECT {quoted(key.referenced_columns[0])} FROM {quoted(table)} "
                f"WHERE {inner})"
            )
        return inner

    def session(self) -> Session:
        """The application on behalf of subject 1."""
        return as_user(self.role, self.subject.setting)

    def mine(self) -> dict[str, str]:
        """The column values of a new row that belongs to subject 1, in the synthetic rows."""
        return {self.paths[0][0].columns[0]: "1"} if self.paths[0] else {}

    def indexed_columns(self) -> tuple[str, ...]:
        """The columns of this table that the policy compares."""
        return tuple(dict.fromkeys(path[0].columns[0] if path else self.subject.key() for path in self.paths))


def guards(requirements: Requirements, schema: SchemaDesign) -> tuple[Guard, ...]:
    """The tables under row-level security, in the schema's order; none when the brief asks for no such thing."""
    if requirements.tier == "embedded":
        return ()
    made: dict[str, Guard] = {}
    for subject in subjects(requirements, schema):
        for guard in _of_subject(requirements, schema, subject):
            made.setdefault(guard.table.name, guard)
    return tuple(made[table.name] for table in schema.tables if table.name in made)


def subjects(requirements: Requirements, schema: SchemaDesign) -> tuple[Subject, ...]:
    """Tenants before persons: members of a tenant share its rows."""
    protection = requirements.protection
    by_entity = {table.entity: table for table in schema.tables if table.entity}
    made = []
    if protection.tenant in by_entity:
        made.append(Subject(by_entity[protection.tenant], "app.tenant_id", "tenant"))
    owner = protection.owner
    if owner is None and protection.row_level and not made:
        owner = _likely_owner(schema)
    if owner in by_entity and owner != protection.tenant:
        made.append(Subject(by_entity[owner], "app.user_id", "own"))
    return tuple(subject for subject in made if len(subject.table.primary_key) == 1)


def _likely_owner(schema: SchemaDesign) -> str | None:
    """The kind of person that most tables refer to."""
    counts = {
        table.entity: sum(key.references == table.name for other in schema.tables for key in other.foreign_keys)
        for table in schema.tables
        if table.nature == "person" and table.entity
    }
    return max(counts, key=lambda name: (counts[name], name), default=None)


def _of_subject(requirements: Requirements, schema: SchemaDesign, subject: Subject) -> Iterable[Guard]:
    serves = served(requirements, "security.", "compliance.", otherwise=(subject.table,))
    app = role_name(requirements, "app")
    paths = _paths(schema, subject.table.name)
    published = {e.name for e in requirements.entities if {e.name, e.archetype} & PUBLISHED}
    for table in schema.tables:
        if table.name not in paths or len(table.primary_key) == 0:
            continue
        secret = any(column.sensitivity == "secret" for column in table.columns)
        yield Guard(
            table=table,
            subject=subject,
            paths=paths[table.name],
            role=app,
            serves=tuple(dict.fromkeys((*serves, *table.serves))),
            published=table.entity in published,
            gated=table.name == subject.table.name or (secret and table.nature == "person"),
        )


def _paths(schema: SchemaDesign, owner: str) -> Mapping[str, tuple[tuple[ForeignKey, ...], ...]]:
    """The cheapest chains of foreign keys to the owner's table; required and owning references are cheaper."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node(owner)
    keys: dict[tuple[str, str], list[ForeignKey]] = {}
    for table in schema.tables:
        for key in table.foreign_keys:
            if len(key.columns) == 1 and key.references != table.name and table.name != owner:
                keys.setdefault((table.name, key.references), []).append(key)
                weight = _weight(table, key)
                if weight < graph.get_edge_data(table.name, key.references, {"weight": 9.0})["weight"]:
                    graph.add_edge(table.name, key.references, weight=weight)
    chains = nx.single_source_dijkstra_path(graph.reverse(copy=False), owner, cutoff=LONGEST_PATH * 3.0)
    return {
        name: _alternatives(schema, list(reversed(chain)), keys)
        for name, chain in chains.items()
        if len(chain) <= LONGEST_PATH + 1
    }


def _weight(table: Table, key: ForeignKey) -> float:
    """What a reference costs in a chain: a required one that owns the row is cheapest.

    A reference with a role of its own (`changed_by_id`) names somebody who touched the row rather than whose it is;
    it costs more than a detour over a parent (an order's history belongs to who ordered, not to who changed it).
    """
    nullable = table.column(key.columns[0]).nullable
    return (1.5 if nullable else 1.0) + (0.0 if key.on_delete == "cascade" else 0.05) + (0.0 if _is_plain(key) else 1.2)


def _is_plain(key: ForeignKey) -> bool:
    """Whether the column is named for the table it refers to, without a role."""
    return key.columns[0] == f"{singular(key.references)}_id"


def _alternatives(
    schema: SchemaDesign, chain: Sequence[str], keys: Mapping[tuple[str, str], list[ForeignKey]]
) -> tuple[tuple[ForeignKey, ...], ...]:
    """Direct references to the owner: the plain one, or else all (sender, recipient); of chains the cheapest keys."""
    if len(chain) == 1:
        return ((),)
    if len(chain) == 2:
        direct = keys[chain[0], chain[1]]
        return tuple((key,) for key in direct if _is_plain(key)) or tuple((key,) for key in direct)
    steps = pairwise(chain)
    return (tuple(min(keys[a, b], key=lambda k: _weight(schema.table(a), k)) for a, b in steps),)
