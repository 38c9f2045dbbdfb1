"""The tables change hands: from whoever ran the script to the migrator role, which nobody logs in as."""

from agents.dialects.postgresql import literal, quoted
from agents.security.basis import Draft, Part, as_user, role_name, served
from agents.security.trail import RECORD, REFUSE, Trail
from contracts.claims import Accepted, Returns
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def ownership_part(requirements: Requirements, schema: SchemaDesign, trail: Trail | None) -> Part:
    """The deploying login becomes a member of the migrator, which then owns every table made so far."""
    draft = Draft()
    migrator = role_name(requirements, "migrator")
    serves = served(requirements, "security.", otherwise=schema.tables)
    draft.run(
        "ownership.member",
        f"GRANT {quoted(migrator)} TO CURRENT_USER",
        "Whoever deploys keeps the right to change the tables, through the migrator",
        f"The deploying login is a member of {migrator}",
        serves,
    )
    draft.run(
        "ownership.tables",
        _handover(migrator),
        f"The {len(schema.tables)} tables and their partitions now belong to {migrator}; extensions keep their own",
        f"Every table belongs to {migrator}",
        serves,
    )
    for name in (RECORD, REFUSE) if trail else ():
        draft.run(
            f"ownership.{name}",
            f"ALTER FUNCTION {name}() OWNER TO {quoted(migrator)}",
            "A function that runs as its owner must not run as a superuser",
            f"{name} runs with the rights of {migrator}",
            serves,
        )
    _trials(draft, requirements, schema, migrator, serves)
    draft.rollback.append(f"REASSIGN OWNED BY {quoted(migrator)} TO CURRENT_USER")
    return draft.part()


def _handover(migrator: str) -> str:
    return (
        "DO $do$\nDECLARE\n    item regclass;\nBEGIN\n"
        "    FOR item IN\n"
        "        SELECT c.oid FROM pg_class AS c\n"
        "        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')\n"
        "            AND pg_get_userbyid(c.relowner) = current_user\n"
        "            AND NOT EXISTS (SELECT FROM pg_depend AS d\n"
        "                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')\n"
        "        ORDER BY c.oid\n"
        "    LOOP\n"
        f"        EXECUTE format('ALTER TABLE %s OWNER TO %I', item, {literal(migrator)});\n"
        "    END LOOP;\n"
        "END\n$do$"
    )


def _trials(
    draft: Draft, requirements: Requirements, schema: SchemaDesign, migrator: str, serves: tuple[str, ...]
) -> None:
    element = f"security.role.{migrator}"
    table = quoted(schema.tables[0].name)
    draft.claim(
        "ownership.complete",
        element,
        f"No table of {requirements.title or requirements.project} belongs to anybody but {migrator}",
        serves,
        Returns(
            sql=(f"SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> {literal(migrator)}",),
            rows=(("0",),),
        ),
    )
    draft.claim(
        "ownership.migrates",
        element,
        f"{migrator} can change {schema.tables[0].name}",
        serves,
        Accepted(sql=(f"ALTER TABLE {table} ADD COLUMN added_by_migration integer",), session=as_user(migrator)),
    )
