"""Does every foreign key reference a key of the same type?"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import ForeignKey, Table

MEANS = "The constraint is refused, or each join converts values and misses the index."
REMEDY = "Give the referencing column the type of the column that it references."


def findings(design: Design) -> Iterator[Finding]:
    """Foreign keys with other types, other counts or missing columns, or to something that is no key."""
    tables = {table.name: table for table in design.schema_design.tables}
    for table in tables.values():
        for key in table.foreign_keys:
            problem = _problem(table, key, tables.get(key.references))
            if problem:
                yield finding(
                    __name__,
                    f"foreign_key.{table.name}.{key.name}",
                    fact=f'"{table.name}" references "{key.references}" by {names(key.columns)}: {problem}.',
                    evidence=f"{key.name}: ({', '.join(key.constrained)}) → ({', '.join(key.constrained_to)})",
                    remedy=f'Make {names(key.columns)} match a key of "{key.references}".',
                )


def _problem(table: Table, key: ForeignKey, parent: Table | None) -> str:
    if parent is None:
        return f'the design has no table "{key.references}"'
    mine = {column.name: column.sql_type.lower() for column in table.columns}
    theirs = {column.name: column.sql_type.lower() for column in parent.columns}
    missing = [c for c in key.constrained if c not in mine] + [c for c in key.constrained_to if c not in theirs]
    if missing or len(key.columns) != len(key.referenced_columns):
        return f"column {names(missing)} does not exist" if missing else "it pairs different numbers of columns"
    for ours, other in zip(key.constrained, key.constrained_to, strict=True):
        if mine[ours] != theirs[other]:
            return f'"{ours}" is {mine[ours]}, but "{other}" is {theirs[other]}'
    keys = [set(parent.primary_key), *(set(u.columns) for u in (*parent.uniques, *parent.targets))]
    return "" if set(key.constrained_to) in keys else f"{names(key.constrained_to)} is no key there"
