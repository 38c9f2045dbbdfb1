"""Can the rows that reference a parent be found without reading the whole child table?

PostgreSQL indexes the referenced side by itself, the referencing side never.
"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from agents.checks._keys import indexes_by_table, lookup_keys, starts_with
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Each delete or key change of a parent row reads the whole child table, and so does each join from the parent."
REMEDY = "Create an index that starts with the referencing columns."


def findings(design: Design) -> Iterator[Finding]:
    """Foreign keys whose columns lead no index, unique or primary key."""
    indexes = indexes_by_table(design)
    for table in design.schema_design.tables:
        keys = list(lookup_keys(table, indexes[table.name]))
        for key in table.foreign_keys:
            if not any(starts_with(candidate, key.indexed) for candidate in keys):
                columns = names(key.indexed)
                yield finding(
                    __name__,
                    f"foreign_key.{table.name}.{key.name}",
                    fact=f'Table "{table.name}" references "{key.references}" by {columns}, '
                    f"and no index starts with {columns}.",
                    evidence=f'Keys of "{table.name}": ' + "; ".join(names(k) for k in keys if k),
                    remedy=f'Create an index on "{table.name}" that starts with {columns}.',
                )
