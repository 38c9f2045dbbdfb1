"""Masked views: what a role that has no need of persons' data may still see of them, to count, compare and recognise.

Reports count customers by region and domain, and service tells one customer from another, without any name or number.
The view belongs to the tables' owner, so its readers need no right on the table; it is a security barrier, so a
condition of the reader's own is given masked values alone; and it leaves out secrets, health data and whatever has no
mask. The roles with such a view see every row of the table anyway, or none of it.
"""

from collections.abc import Collection, Mapping, Sequence

from agents.dialects.postgresql import literal, quoted
from agents.knowledge import archetypes
from agents.naming import shorten
from agents.security.access import Access
from agents.security.basis import Draft, Part, filled, listed, role_name
from agents.security.grants import hidden
from agents.security.masking_trials import masking_trials
from agents.security.staff import entity_of
from contracts.base import Alternative, Decision, Origin
from contracts.requirements import Requirements
from contracts.schema import Column, SchemaDesign, Table
from contracts.security import Grant, MaskedColumn, MaskedView

_SHORT = 12
"""Characters below which the last four of a number would be most of it."""
_NUMBERS = frozenset(
    {"number", "no", "id", "iban", "token", "card", "code", "pan", "license", "licence", "ssn", "account"}
)
_MASKS: Mapping[str, tuple[str, str]] = {
    "email": ("left({0}, 1) || '***@' || split_part({0}, '@', 2)", "first letter and domain"),
    "phone": ("'***' || right({0}, 2)", "last two digits"),
    "date": ("date_trunc('year', {0})::date", "year"),
    "timestamp": ("date_trunc('year', {0})", "year"),
    "ip_address": (
        "network(set_masklen({0}, CASE family({0}) WHEN 4 THEN 24 ELSE 48 END))",
        "network of 24 or 48 bits",
    ),
}
"""By type: the expression, and what is left of the value."""
_INITIAL = ("left({0}, 1) || '***'", "first letter")
_POSTAL = ("left({0}, 2) || '***'", "first two characters")
_LAST = (f"CASE WHEN length({{0}}) >= {_SHORT} THEN '***' || right({{0}}, 4) ELSE '***' END", "last four of a long one")


def masked_views(
    requirements: Requirements, schema: SchemaDesign, grants: Sequence[Grant], own: Collection[tuple[str, str]]
) -> tuple[MaskedView, ...]:
    """The views of tables with hidden columns of which something can be shown; `own` are (role, table) of own rows."""
    made = []
    for table in schema.tables:
        roles = _readers(requirements, schema, table, grants, own)
        dark = hidden(requirements, table) or tuple(c.name for c in table.columns if c.sensitivity == "personal")
        masks = tuple(mask for name in dark if (mask := masked(table, table.column(name))))
        if roles and masks:
            left_out = tuple(name for name in dark if name not in {mask.column for mask in masks})
            made.append(_view(table, roles, masks, left_out))
    return tuple(made)


def _readers(
    requirements: Requirements,
    schema: SchemaDesign,
    table: Table,
    grants: Sequence[Grant],
    own: Collection[tuple[str, str]],
) -> tuple[str, ...]:
    """Reports, where columns are hidden from them; and roles that read rows of a person and nothing of the person."""
    machinery = {role_name(requirements, name) for name in ("app", "auth", "migrator", "auditor")}
    found = []
    for role in dict.fromkeys(grant.role for grant in grants):
        reads = {g.table for g in grants if g.role == role and "select" in g.privileges}
        referring = {t.name for t in schema.tables if any(key.references == table.name for key in t.foreign_keys)}
        known = _names(requirements, role.removeprefix(role_name(requirements, "x")[:-1]), table)
        stranger = not known and table.nature == "person" and table.name not in reads and bool(reads & referring)
        restricted = any(role == r for r, _ in own)
        reports = role == role_name(requirements, "readonly") and hidden(requirements, table)
        if reports or (stranger and role not in machinery and not restricted):
            found.append(role)
    return tuple(found)


def _names(requirements: Requirements, role: str, table: Table) -> bool:
    """Whether people in a role are the table's own rows: a doctor is a practitioner, and knows the colleagues."""
    usual = {
        synonym
        for entity in requirements.entities
        if entity.name == table.entity and entity.archetype and entity.archetype in archetypes()
        for synonym in archetypes()[entity.archetype].synonyms
    }
    return role in usual or entity_of(requirements, role) == table.entity


def _view(
    table: Table, roles: tuple[str, ...], masks: tuple[MaskedColumn, ...], left_out: tuple[str, ...]
) -> MaskedView:
    return MaskedView(
        name=shorten(f"{table.name}_masked"),
        table=table.name,
        roles=roles,
        masks=masks,
        left_out=left_out,
        origin=Origin(kind="inferred", rule="who needs no person's data sees them masked"),
        serves=tuple(dict.fromkeys((*table.serves, *(i for m in masks for i in table.column(m.column).serves)))),
    )


def masked(table: Table, column: Column) -> MaskedColumn | None:
    """What may be shown of a column's value; None where nothing may, or where a part would tell all of it.

    One of a few values is known by its first letter.
    """
    chosen = any(check.kind == "one_of" and check.column == column.name for check in table.checks)
    if chosen or column.sensitivity in ("secret", "health") or column.generated is not None:
        return None
    mask = _MASKS.get(column.type) or (_of_text(column) if column.type in ("string", "text") else None)
    if mask is None:
        return None
    return MaskedColumn(column=column.name, expression=mask[0].format(quoted(column.name)), shows=mask[1])


def _of_text(column: Column) -> tuple[str, str] | None:
    words = set(column.name.split("_"))
    if words & {"postal", "postcode", "zip"}:
        return _POSTAL
    if words & _NUMBERS or column.sensitivity == "payment":
        return _LAST
    return _INITIAL if column.type == "string" else None


def masking_part(
    requirements: Requirements, schema: SchemaDesign, views: Sequence[MaskedView], reads: Access | None
) -> Part:
    """The views, who may read them, and the attempts to see more."""
    draft = Draft()
    recorded = {table.name: table for table in reads.log.tables} if reads else {}
    for view in views:
        table = schema.table(view.table)
        condition = reads.condition(table, True) if reads and table.name in recorded else ""
        element = f"masking.{view.name}"
        draft.run(
            element,
            view_sql(table, view, condition),
            f"{view.table} for {listed(view.roles)}: {listed([f'{m.column} by {m.shows}' for m in view.masks], 12)}"
            + (f"; without {listed(view.left_out, 12)}" if view.left_out else ""),
            f"The view {view.name} is made",
            view.serves,
        )
        draft.run(
            f"{element}.grant",
            f"GRANT SELECT ON {quoted(view.name)} TO {', '.join(quoted(role) for role in view.roles)}",
            f"{listed(view.roles)} may read it, and not the columns behind it",
            f"{listed(view.roles)} may read {view.name}",
            view.serves,
        )
        masking_trials(draft, table, view, f"table.{table.name}" in filled(schema))
        draft.rollback.insert(0, f"DROP VIEW IF EXISTS {quoted(view.name)}")
    if views:
        draft.decisions.append(_decision(views))
    return draft.part()


def view_sql(table: Table, view: MaskedView, condition: str = "") -> str:
    """The statement; `condition` records the read where reads of the table are recorded."""
    masks = {mask.column: mask.expression for mask in view.masks}
    shown = [
        f"{masks[c.name]} AS {quoted(c.name)}" if c.name in masks else quoted(c.name)
        for c in table.columns
        if c.name not in view.left_out and c.sensitivity not in ("secret", "health")
    ]
    where = f"\n    WHERE {condition}" if condition else ""
    columns = ",\n        ".join(shown)
    return (
        f"CREATE VIEW {quoted(view.name)} WITH (security_barrier) AS\n    SELECT\n        {columns}\n"
        f"    FROM {quoted(table.name)}{where}"
    )


def _decision(views: Sequence[MaskedView]) -> Decision:
    roles = tuple(dict.fromkeys(role for view in views for role in view.roles))
    masks = tuple(dict.fromkeys(f"{mask.column} by {mask.shows}" for view in views for mask in view.masks))
    serves = tuple(dict.fromkeys(i for view in views for i in view.serves))
    return Decision(
        id="security.decision.masking",
        topic="Who sees persons' data masked",
        choice=f"{listed(roles, 8)} read {listed([view.name for view in views], 8)}: {listed(masks, 16)}",
        because=f"{listed(roles, 8)} count, compare and recognise; a view of the owner with a security barrier gives"
        " masked values even to a condition that would tell what it is given, and no right on the column is needed",
        alternatives=(
            Alternative(
                name="security_invoker",
                refused_because="the reader would need a right on the raw columns, which is what the view is to spare",
            ),
            Alternative(
                name="masking in the application",
                refused_because=f"{literal(roles[0])} reads the database with tools of its own",
            ),
            Alternative(
                name="the extension anon",
                refused_because="it needs a superuser's library and labels on roles; views of one expression a column"
                " do the same for reading",
            ),
        ),
        origin=Origin(kind="inferred", rule="who needs no person's data sees them masked"),
        serves=serves,
    )
