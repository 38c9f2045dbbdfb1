"""Who may do anything at all: the project's roles, made only where they are absent, and how they are taken back.

Roles belong to the whole server, not to this database: a second database of the project on the same server
uses the same ones, so making and dropping them must both be repeatable and must never take rights away elsewhere.
"""

from collections.abc import Iterable, Sequence

from agents.dialects.postgresql import literal, quoted
from agents.security.basis import Draft, Part, found, listed, origin_of, role_name, served
from contracts.base import Alternative, Decision
from contracts.claims import Returns
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from contracts.security import Role


def project_roles(
    requirements: Requirements, schema: SchemaDesign, audited: bool, gated: Sequence[str]
) -> tuple[Role, ...]:
    """The roles that the project's own machinery needs; `gated` are tables that sign-in must search in.

    The brief's roles of people are made by `staff`.
    """
    tables = schema.tables
    security = served(requirements, "security.", otherwise=tables)
    volumes = listed([t.name for t in sorted(tables, key=lambda t: (-t.expected_rows, t.name))], 3)
    roles = [
        _role(
            requirements,
            "app",
            f"the application's connections: reads and writes rows, owns no table of {volumes}",
            security,
        ),
        _role(requirements, "migrator", f"owns the {len(tables)} tables and changes them in a deployment", security),
    ]
    if reporting(requirements):
        reads = served(requirements, "performance.", "availability.", otherwise=tables)
        roles.append(_role(requirements, "readonly", f"reports and replicas: reads {volumes}, writes nothing", reads))
    if gated:
        purpose = f"sign-in and registration: finds rows of {listed(gated)} before it is known who asks"
        roles.append(_role(requirements, "auth", purpose, security))
    if audited:
        trail = found(requirements, "security.audit", "compliance.") or security
        roles.append(_role(requirements, "auditor", "reads what was recorded and nothing else", trail))
    return tuple(roles)


def reporting(requirements: Requirements) -> bool:
    """Whether somebody reads without writing: a tier with replicas, or a brief that asks for sums over rows."""
    return requirements.tier in ("standard", "large") or any(
        p.kind == "aggregate" for p in requirements.access_patterns
    )


def _role(requirements: Requirements, suffix: str, purpose: str, serves: tuple[str, ...]) -> Role:
    rule = f"each duty has a role of its own, so {suffix} holds the privileges of its duty alone"
    return Role(
        name=role_name(requirements, suffix),
        purpose=purpose,
        origin=origin_of(requirements, serves, rule),
        serves=serves,
    )


def role_part(requirements: Requirements, roles: tuple[Role, ...]) -> Part:
    """Creates the roles and lets them, and nobody else, use the schema `public`."""
    draft = Draft()
    for role in roles:
        draft.run(
            f"role.{role.name}",
            creation(role.name),
            f"{role.name}: {role.purpose}",
            f"The role {role.name} is made where it is absent",
            role.serves,
        )
        _powerless(draft, role)
    _schema_use(draft, requirements, roles)
    draft.rollback += _removal(requirements, roles)
    draft.decisions += [_groups(requirements, roles), _shared(requirements, roles)]
    return draft.part()


def creation(name: str) -> str:
    """A DO block that makes a role without login unless the server has it; two deployments at once do not collide."""
    return (
        "DO $do$\nBEGIN\n"
        f"    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(name)}) THEN\n"
        f"        CREATE ROLE {quoted(name)} NOLOGIN;\n"
        "    END IF;\n"
        "EXCEPTION\n"
        "    WHEN duplicate_object OR unique_violation THEN\n"
        f"        RAISE NOTICE 'another deployment has just made the role {name}';\n"
        "END\n$do$"
    )


def _powerless(draft: Draft, role: Role) -> None:
    draft.claim(
        f"role.{role.name}.is_powerless",
        f"security.role.{role.name}",
        f"{role.name} cannot log in, is no superuser, bypasses no row policy and makes neither roles nor databases",
        role.serves,
        Returns(
            sql=(
                "SELECT (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)::text "
                f"FROM pg_roles WHERE rolname = {literal(role.name)}",
            ),
            rows=(("false",),),
        ),
    )


def _schema_use(draft: Draft, requirements: Requirements, roles: tuple[Role, ...]) -> None:
    names = ", ".join(quoted(role.name) for role in roles)
    serves = tuple(dict.fromkeys(i for role in roles for i in role.serves))
    draft.run(
        "schema.public.revoke",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "Without this, any login of the server may look up the names in this schema",
        "Every login's right to the schema public is taken back",
        serves,
    )
    draft.run(
        "schema.public.usage",
        f"GRANT USAGE ON SCHEMA public TO {names}",
        "The project's roles may use the schema",
        f"{len(roles)} roles may use the schema public",
        serves,
    )
    migrator = quoted(role_name(requirements, "migrator"))
    draft.run(
        "schema.public.create",
        f"GRANT CREATE ON SCHEMA public TO {migrator}",
        "Only the migrator may make new objects",
        "Only the migrator may make objects in the schema public",
        serves,
    )
    draft.claim(
        "schema.public.closed",
        "security.schema.public.revoke",
        "A login without one of the project's roles can neither use the schema nor make objects in it",
        serves,
        Returns(
            sql=(
                "SELECT has_schema_privilege('public', 'public', 'USAGE')::text, "
                "has_schema_privilege('public', 'public', 'CREATE')::text",
            ),
            rows=(("false", "false"),),
        ),
    )


def _removal(requirements: Requirements, roles: tuple[Role, ...]) -> list[str]:
    """REVOKE instead of DROP OWNED BY: the latter would drop the tables that the migrator owns."""
    names = ", ".join(quoted(role.name) for role in roles)
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {names}",
        f"REVOKE ALL ON SCHEMA public FROM {names}",
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
        *(removal(role.name) for role in roles),
    ]


def removal(name: str) -> str:
    """A DO block that drops a role unless another database of the server still gives it privileges (2BP01)."""
    return (
        "DO $do$\nBEGIN\n"
        f"    DROP ROLE IF EXISTS {quoted(name)};\n"
        "EXCEPTION\n"
        "    WHEN dependent_objects_still_exist THEN\n"
        f"        RAISE NOTICE 'the role {name} stays: another database of this server uses it';\n"
        "END\n$do$"
    )


def _groups(requirements: Requirements, roles: tuple[Role, ...]) -> Decision:
    names = [role.name for role in roles]
    serves = tuple(dict.fromkeys(i for role in roles for i in role.serves))
    app = role_name(requirements, "app")
    return Decision(
        id="security.decision.roles",
        topic="Logins and roles",
        choice=f"{listed(names, 8)} hold privileges and cannot log in; a login of an environment is made a member",
        because=f"a password can then be changed, or a service be added to {app}, without touching a grant",
        alternatives=(
            Alternative(
                name=f"one login that owns the tables of {requirements.title or requirements.project}",
                refused_because="an injected statement could then drop them, and row policies do not bind owners",
            ),
        ),
        origin=origin_of(requirements, serves, "privileges are held by roles, passwords by logins"),
        serves=serves,
    )


def _shared(requirements: Requirements, roles: Iterable[Role]) -> Decision:
    names = [role.name for role in roles]
    serves = tuple(dict.fromkeys(i for role in roles for i in role.serves))
    return Decision(
        id="security.decision.shared_roles",
        topic="Roles belong to the server",
        choice=f"{names[0]} and its {len(names) - 1} companions are made only where absent; a rollback revokes by name "
        "and drops a role only when no other database of the server uses it",
        because=f"a test or staging database of {requirements.project} on the same server shares these names",
        alternatives=(
            Alternative(
                name="DROP OWNED BY",
                refused_because=f"it would drop the tables that {role_name(requirements, 'migrator')} owns",
            ),
        ),
        origin=origin_of(requirements, serves, "PostgreSQL keeps roles for the whole server"),
        serves=serves,
    )
