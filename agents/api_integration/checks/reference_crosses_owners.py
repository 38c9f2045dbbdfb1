"""Can a caller refer to somebody else's row?"""

from collections.abc import Iterator

from agents.api_integration.checks._finding import finding
from contracts.api import ApiIntegration
from contracts.catalogue import PublishedForeignKey, PublishedTable
from contracts.checklist import Finding
from contracts.published import PublishedDesign, PublishedQuery

MEANS = "A foreign key is checked without policies, so a guessed id ties a stranger's row to one's own."
REMEDY = "Tie both to one owner in the database: a foreign key over the owner's column and the id."


def findings(design: PublishedDesign, api: ApiIntegration) -> Iterator[Finding]:
    """Bodies that name, by id alone, a row of a table that policies guard."""
    tables = {table.name: table for table in design.catalogue.tables}
    queries = {query.name: query for query in design.queries}
    for operation in api.operations:
        sent = operation.body.fields if operation.body else ()
        for field in [one for whole in sent for one in (whole, *whole.parts)]:
            home = tables.get(field.table)
            for key in home.foreign_keys if home else ():
                unseen = key.naming == (field.column,) and tables[key.references].row_security
                read = (queries[s.query] for s in operation.statements if s.query in queries)
                if home and unseen and not any(_needs(home, key, query) for query in read):
                    yield finding(
                        __name__,
                        f"operation.{operation.id}.{field.name}",
                        fact=f'"{field.name}" of {operation.method.upper()} {operation.path} may be the id of a row of '
                        f"{key.references} that the caller cannot see.",
                        evidence=f'{key.name} checks the id without the policies of "{key.references}"',
                        remedy=f"Make {key.name} a key over the owner's column and {field.column}.",
                        severity="advice",
                    )


def _needs(home: PublishedTable, key: PublishedForeignKey, query: PublishedQuery) -> bool:
    """Whether the statement reads the row under its policies for values that must not be missing: then a row that the
    caller cannot see leaves them empty, and the statement is refused."""
    kept = f"{key.columns[0].removesuffix('_id')}_"
    needed = any(c.name.startswith(kept) and c.name != key.columns[0] and not c.nullable for c in home.columns)
    return needed and query.table == home.name and key.references in query.tables
