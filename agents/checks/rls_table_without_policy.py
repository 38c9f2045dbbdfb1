"""Where rows belong to somebody, does a policy keep others away from them?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Table

MEANS = "One customer reads another one's rows as soon as a query forgets its filter."
REMEDY = "Enable row-level security on the table and add a policy that follows the reference to the owner."


def findings(design: Design) -> Iterator[Finding]:
    """Readable tables that lead to the owner or tenant by foreign keys and have no policy, where the brief asks."""
    protection = design.requirements.protection
    if not protection.row_level:
        return
    owned = _owned(design.schema_design.tables, {protection.owner, protection.tenant} - {None})
    readable = {grant.table for grant in design.security.grants if "select" in grant.privileges}
    guarded = {policy.table for policy in design.security.policies}
    if not guarded and any("row-level" in omission.subject.lower() for omission in design.security.omissions):
        return  # the engine has no policies, and the design says who keeps rows apart instead
    if not guarded and not owned:
        yield finding(
            __name__,
            "policies",
            fact="The brief asks for row-level protection, and no table is known to belong to anybody.",
            evidence=f"Owner: {protection.owner or 'none'}; tenant: {protection.tenant or 'none'}",
            remedy="Name the entity that rows belong to.",
        )
    for name, path in owned.items():
        if name in readable and name not in guarded:
            yield finding(
                __name__,
                f"table.{name}",
                fact=f'"{name}" belongs to a row of "{path[-1]}", and has no row-level policy.',
                evidence=" → ".join(path),
                remedy=f'Enable row-level security on "{name}" and add a policy that follows {" → ".join(path)}.',
            )


def _owned(tables: tuple[Table, ...], roots: set[str | None]) -> dict[str, tuple[str, ...]]:
    """Tables that lead to an owner's table by required foreign keys, each with its shortest path there."""
    found: dict[str, tuple[str, ...]] = {table.name: (table.name,) for table in tables if table.entity in roots}
    followers = [table for table in tables if table.nature not in ("reference", "master")]
    fresh = dict(found)
    while fresh:
        steps = {table.name: _step(table, found) for table in followers if table.name not in found}
        fresh = {name: (name, *path) for name, path in steps.items() if path}
        found |= fresh
    return found


def _step(table: Table, found: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    required = {column.name for column in table.columns if not column.nullable}
    paths = [found[k.references] for k in table.foreign_keys if k.references in found and set(k.columns) <= required]
    return min(paths, key=len, default=())
