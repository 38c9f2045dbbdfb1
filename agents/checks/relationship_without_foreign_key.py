"""Is every relationship of the brief a foreign key, and every many-to-many a junction?"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.requirements import Relationship
from contracts.schema import Table

MEANS = "The database lets rows refer to nothing, and the relationship exists in the application's code alone."
REMEDY = "Add the foreign key, or the junction table with both."


def findings(design: Design) -> Iterator[Finding]:
    """Relationships that have fewer foreign keys than the brief states between their two entities."""
    tables = {table.entity: table for table in design.schema_design.tables if table.entity}
    junctions = _junctions(design.schema_design.tables)
    wanted: Counter[tuple[str, str, bool]] = Counter()
    for relationship in design.requirements.relationships:
        parent, child = tables.get(relationship.parent), tables.get(relationship.child)
        many = relationship.cardinality == "many_to_many"
        pair = (relationship.parent, relationship.child, many)
        wanted[pair] += 1
        if parent is None or child is None:
            found = 0
        elif many:
            found = junctions[frozenset((parent.name, child.name))]
        else:
            found = _references(parent, child, relationship)
        if found < wanted[pair]:
            yield _finding(relationship, found, wanted[pair])


def _references(parent: Table, child: Table, relationship: Relationship) -> int:
    found = sum(key.references == parent.name for key in child.foreign_keys)
    if relationship.cardinality == "one_to_one" and parent is not child:  # either side may hold the reference
        found += sum(key.references == child.name for key in parent.foreign_keys)
    return found


def _junctions(tables: tuple[Table, ...]) -> Counter[frozenset[str]]:
    """How many tables reference both of two partners; a set of one stands for a table that relates to itself."""
    counted: Counter[frozenset[str]] = Counter()
    for table in tables:
        references = [key.references for key in table.foreign_keys]
        counted.update({frozenset(pair) for pair in combinations(references, 2)})
    return counted


def _finding(relationship: Relationship, found: int, wanted: int) -> Finding:
    many = relationship.cardinality == "many_to_many"
    what = "junction tables" if many else "foreign keys"
    pair = f'"{relationship.parent}" and "{relationship.child}"'
    role = f' as "{relationship.role}"' if relationship.role else ""
    return finding(
        __name__,
        f"relationship.{relationship.parent}-{relationship.child}",
        fact=f"The brief relates {pair}{role} ({relationship.cardinality.replace('_', ' ')}), "
        f"and the schema has {found} of {wanted} {what} for it.",
        evidence=relationship.origin.quote or relationship.origin.rule,
        remedy=f"Add a junction table for {pair}." if many else f"Add a foreign key between {pair}.",
    )
