"""Are secrets kept from roles that only read?"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A reporting account is enough to read password hashes and tokens."
REMEDY = "Grant SELECT on the other columns, one by one."


def findings(design: Design) -> Iterator[Finding]:
    """Grants of SELECT that reach a secret column, to roles that may not write that table."""
    secrets = {t.name: [c.name for c in t.columns if c.sensitivity == "secret"] for t in design.schema_design.tables}
    writers = {(g.role, g.table) for g in design.security.grants if {"insert", "update"} & set(g.privileges)}
    for grant in design.security.grants:
        closed = [name for name in secrets.get(grant.table, []) if not grant.columns or name in grant.columns]
        if closed and "select" in grant.privileges and (grant.role, grant.table) not in writers:
            yield finding(
                __name__,
                f"grant.{grant.role}.{grant.table}",
                fact=f'Role "{grant.role}" only reads "{grant.table}", and reads its secret {names(closed)}.',
                evidence=f"Columns of the grant: {', '.join(grant.columns) or 'all'}",
                remedy=f'Grant "{grant.role}" SELECT on the columns of "{grant.table}" without {names(closed)}.',
            )
