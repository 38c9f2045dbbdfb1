"""Protection of one project on MariaDB: roles and grants, views before tables, a trail by triggers, erasure.

Roles, grants, duties of people, classes of data and periods are the shared agents'; how they are made, and what has
no equal here, is this family's.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from agents.dialects.mariadb.audit import audit_part
from agents.dialects.mariadb.erasure import erasure_part
from agents.dialects.mariadb.product import MARIADB, Product
from agents.dialects.mariadb.rows import View, place, policies, row_part, shared_rows, views
from agents.dialects.mariadb.spelling import delimited, literal, quoted
from agents.security.audit import no_audit
from agents.security.basis import Draft, as_user, found, personal_device, role_name, served
from agents.security.grants import DENIED, app_grants, gate_grants, readonly_grants
from agents.security.guards import Guard, guards
from agents.security.policy_trials import plain_column
from agents.security.protection import classifications, retention_rules
from agents.security.roles import project_roles, reporting
from agents.security.sealing import sealing_decisions, sealing_omissions
from agents.security.staff import own_conditions, staff, staff_decisions, staff_grants, staff_questions, staff_roles
from agents.security.trail import Trail, audit_of, trail
from contracts.base import Omission, Origin
from contracts.claims import Claim, Refused, Returns
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table
from contracts.security import Grant, Role, SecurityPlan

_ORDER = ("select", "insert", "update", "delete")
_OWNER = (
    "ALTER, CREATE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, DROP, INDEX, REFERENCES, TRIGGER,"
    " EVENT, LOCK TABLES, SELECT, INSERT, UPDATE, DELETE"
)


def security_plan(
    requirements: Requirements, schema: SchemaDesign, start: dt.date, product: Product = MARIADB
) -> SecurityPlan:
    """The whole plan; `start` is the run's date, from which the trail's retention runs."""
    rules = retention_rules(requirements, schema)
    draft = Draft()
    if not schema.tables or personal_device(requirements):
        erasure_part(draft, requirements, schema, rules)
        return SecurityPlan(
            classifications=classifications(requirements, schema),
            retention=rules,
            decisions=tuple(draft.decisions),
            claims=(*draft.claims, *(_closed(table) for table in schema.tables)),
            omissions=(*_one_person(requirements, schema), *sealing_omissions(requirements, schema)),
        )
    made_guards = guards(requirements, schema)
    watched = trail(requirements, schema, start)
    duties = staff(requirements, schema)
    gated = [guard.table.name for guard in made_guards if guard.gated]
    roles = (
        *(_own(role) for role in project_roles(requirements, schema, watched is not None, gated)),
        *staff_roles(requirements, schema, duties),
    )
    grants = (
        *app_grants(requirements, schema, made_guards),
        *(readonly_grants(requirements, schema) if reporting(requirements) else ()),
        *gate_grants(requirements, made_guards),
        *staff_grants(requirements, schema, duties),
    )
    made_views = views(requirements, made_guards, own_conditions(requirements, schema, duties, made_guards))
    _roles(draft, requirements, roles)
    if watched:
        audit_part(draft, requirements, schema, watched)
    if made_views:
        row_part(draft, schema, made_views, made_guards, grants)
    _grants(draft, requirements, grants, made_views, made_guards, watched, product)
    _attacks(draft, requirements, schema, roles, grants, made_views, made_guards)
    erasure_part(draft, requirements, schema, rules)
    shared = shared_rows(requirements, schema, made_guards)
    return SecurityPlan(
        roles=roles,
        grants=grants,
        policies=policies(made_views, made_guards),
        classifications=classifications(requirements, schema),
        audit=audit_of(requirements, watched) if watched else None,
        retention=rules,
        statements=tuple(map(delimited, draft.statements)),
        rollback=(*draft.rollback, *(f"DROP ROLE IF EXISTS {quoted(role.name)}" for role in reversed(roles))),
        decisions=(
            *draft.decisions,
            *((shared,) if shared else ()),
            *staff_decisions(requirements, schema, duties),
            *sealing_decisions(requirements, schema),
        ),
        omissions=(
            *_omissions(requirements, schema, made_guards, watched),
            *sealing_omissions(requirements, schema),
        ),
        questions=staff_questions(schema, duties),
        claims=tuple(draft.claims),
    )


def _own(role: Role) -> Role:
    """MariaDB knows no owner of a table: the migrator's rights are grants like all others."""
    purpose = role.purpose.replace("owns the", "changes the").replace(
        " and changes them in a deployment", " in a deployment"
    )
    return role.model_copy(update={"purpose": purpose.replace(", owns no table of", " of")})


def _closed(table: Table) -> Claim:
    """Without roles of its own, the project rests on what the server gives to others: nothing of its tables."""
    sql = (
        "SELECT COUNT(*) FROM information_schema.table_privileges WHERE table_schema = DATABASE()"
        f" AND table_name = {literal(table.name)}"
    )
    return Claim(
        id=f"security.{table.name}.closed",
        sentence=f"No account but its administrator holds a right on {table.name}",
        element=f"security.{table.name}",
        serves=table.serves,
        trial=Returns(sql=(sql,), rows=(("0",),)),
    )


def _one_person(requirements: Requirements, schema: SchemaDesign) -> tuple[Omission, ...]:
    serves = found(requirements, "assumption.concurrent", "assumption.users", "volume.") or tuple(
        i for table in schema.tables[:1] for i in table.serves
    )
    origin = Origin(kind="inferred", rule="roles and views keep people apart; one person needs no wall")
    reasons = (
        ("Roles and grants", f"one person owns the {len(schema.tables)} tables"),
        ("Row-level security", "no row belongs to somebody else"),
        ("Audit trail", "a trail would tell that person what the same person did"),
    )
    return tuple(Omission(subject=s, reason=r, origin=origin, serves=serves) for s, r in reasons)


def _omissions(
    requirements: Requirements, schema: SchemaDesign, made_guards: Sequence[Guard], watched: Trail | None
) -> tuple[Omission, ...]:
    made = [] if watched else [no_audit(requirements, schema)]
    if not made_guards:
        made.append(
            Omission(
                subject="Row-level security",
                reason=f"the brief names no owner, tenant or per-person access for its {len(schema.tables)} tables; "
                "roles and grants decide alone",
                origin=Origin(
                    kind="inferred", rule="views are made when the brief says that people see different rows"
                ),
                serves=found(requirements, "assumption.", "security.")[:3] or tuple(schema.tables[0].serves),
            )
        )
    return tuple(made)


def _roles(draft: Draft, requirements: Requirements, roles: Sequence[Role]) -> None:
    for role in roles:
        draft.run(
            f"role.{role.name}",
            f"CREATE ROLE IF NOT EXISTS {quoted(role.name)}",
            f"{role.purpose}; people and services get it by GRANT {role.name} TO their user and SET DEFAULT ROLE",
            f"The role {role.name} is there",
            role.serves,
        )
    migrator = role_name(requirements, "migrator")
    serves = next(role.serves for role in roles if role.name == migrator)
    draft.run(
        f"grant.{migrator}",
        f"GRANT {_OWNER} ON * TO {quoted(migrator)}",
        f"{migrator} changes this database in a deployment; MariaDB has no owner of a table, these rights make one",
        f"{migrator} may change this database and no other",
        serves,
    )


def _grants(
    draft: Draft,
    requirements: Requirements,
    grants: Sequence[Grant],
    made_views: Sequence[View],
    made_guards: Sequence[Guard],
    watched: Trail | None,
    product: Product,
) -> None:
    """One GRANT for each role and table or view, in the order of the grants."""
    joined: dict[tuple[str, str], dict[str, tuple[str, ...]]] = defaultdict(dict)
    about: dict[tuple[str, str], Grant] = {}
    for grant in grants:
        for name, privileges in place(made_views, made_guards, grant):
            about.setdefault((grant.role, name), grant)
            for privilege in privileges:
                joined[grant.role, name].setdefault(privilege, grant.columns)
    for (role, name), privileges_of in joined.items():
        words = ", ".join(
            p.upper() + (f" ({', '.join(map(quoted, privileges_of[p]))})" if privileges_of[p] else "")
            for p in _ORDER
            if p in privileges_of
        )
        grant = about[role, name]
        draft.run(
            f"grant.{role}.{name}",
            f"GRANT {words} ON {quoted(name)} TO {quoted(role)}",
            grant.origin.rule,
            f"{role} is granted its rights on {name}",
            grant.serves,
        )
    if watched:
        auditor = role_name(requirements, "auditor")
        draft.run(
            f"grant.{auditor}.{watched.log}",
            f"GRANT SELECT ON {watched.log} TO {quoted(auditor)}",
            f"{auditor} reads the trail and nothing else",
            f"{auditor} may read {watched.log}",
            watched.serves,
        )
    _exactly(draft, joined, {grant.role: grant.serves for grant in grants}, product)


def _exactly(
    draft: Draft,
    joined: dict[tuple[str, str], dict[str, tuple[str, ...]]],
    serves: dict[str, tuple[str, ...]],
    product: Product,
) -> None:
    """What the server knows of each role's rights is what was planned, no more and no less."""
    by_role: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (role, name), privileges in joined.items():
        for privilege, columns in privileges.items():
            by_role[role] += [(f"{name}.{c}", privilege.upper()) for c in columns] or [(name, privilege.upper())]
    for role, rights in by_role.items():
        mine = f"WHERE grantee = {product.grantee.format(role)} AND table_schema = DATABASE()"
        sql = (
            "SELECT place, privilege_type FROM (SELECT table_name AS place, privilege_type"
            f" FROM information_schema.table_privileges {mine} UNION ALL"
            f" SELECT CONCAT(table_name, '.', column_name), privilege_type"
            f" FROM information_schema.column_privileges {mine}) AS rights ORDER BY BINARY place, BINARY privilege_type"
        )
        draft.claim(
            f"grant.{role}.exactly",
            f"security.role.{role}",
            f"{role} holds these {len(rights)} rights and no other",
            serves[role],
            Returns(sql=(sql,), rows=tuple(sorted(rights))),
        )


def _attacks(
    draft: Draft,
    requirements: Requirements,
    schema: SchemaDesign,
    roles: Sequence[Role],
    grants: Sequence[Grant],
    made_views: Sequence[View],
    made_guards: Sequence[Guard],
) -> None:
    """What each role tries beyond its grants: on every table, as another role, on the server and its files."""
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for grant in grants:
        for name, privileges in place(made_views, made_guards, grant):
            held[grant.role, name].update(privileges)
    migrator = role_name(requirements, "migrator")
    for role in roles:
        if role.name != migrator:
            _on_tables(draft, schema, role, held)
    app = role_name(requirements, "app")
    serves = served(requirements, "security.", otherwise=schema.tables)
    first = quoted(schema.tables[0].name).replace("`", '"')
    for action, sql in (
        ("alter", f"ALTER TABLE {first} ADD COLUMN intruder INT"),
        ("drop", f"DROP TABLE {first}"),
        ("truncate", f"TRUNCATE TABLE {first}"),
        ("create", "CREATE TABLE intruder (id INT)"),
        ("trigger", f"CREATE TRIGGER intruder BEFORE INSERT ON {first} FOR EACH ROW SET @intruder = 1"),
        ("grant", f"GRANT SELECT ON {first} TO {quoted(app)}".replace("`", '"')),
        ("write_a_file_of", f"SELECT * FROM {_readable(app, grants, made_views)} INTO OUTFILE '/tmp/intruder'"),
    ):
        draft.claim(
            f"grant.app.no_{action}",
            f"security.role.{app}",
            f"{app} cannot {action.replace('_', ' ')} a table, even when a statement is injected into the application",
            serves,
            Refused(sql=(sql,), sqlstate=DENIED, session=as_user(app)),
        )
    draft.claim(
        "grant.app.no_other_role",
        f"security.role.{app}",
        f"{app} cannot become {migrator}",
        serves,
        Refused(sql=(f"SET ROLE {quoted(migrator)}".replace("`", '"'),), sqlstate=DENIED, session=as_user(app)),
    )


def _readable(role: str, grants: Sequence[Grant], made_views: Sequence[View]) -> str:
    """What the role reads as a whole, so that a refusal is about the file and not about the table."""
    views_of = {view.table: view.name for view in made_views if view.role == role}
    whole = (g.table for g in grants if g.role == role and "select" in g.privileges and not g.columns)
    table = next(whole, "schema_migrations")
    return quoted(views_of.get(table, table)).replace("`", '"')


def _on_tables(draft: Draft, schema: SchemaDesign, role: Role, held: dict[tuple[str, str], set[str]]) -> None:
    """The strongest command that the role was not given on each table."""
    for table in schema.tables:
        missing = [p for p in ("delete", "update", "select") if p not in held[role.name, table.name]]
        if not missing:
            continue
        name, column = (quoted(n).replace("`", '"') for n in (table.name, plain_column(table)))
        sql = {
            "delete": f"DELETE FROM {name}",
            "update": f"UPDATE {name} SET {column} = {column}",
            "select": f"SELECT {quoted(table.primary_key[0])} FROM {name} LIMIT 1".replace("`", '"'),
        }[missing[-1] if "select" in missing else missing[0]]
        verb = sql.split(" ")[0]
        draft.claim(
            f"grant.{role.name}.no_{verb.lower()}.{table.name}",
            f"security.role.{role.name}",
            f"{role.name} is refused {verb} on {table.name}",
            role.serves,
            Refused(sql=(sql,), sqlstate=DENIED, session=as_user(role.name)),
        )
