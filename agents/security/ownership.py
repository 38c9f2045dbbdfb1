"""The tables change hands: from whoever ran the script to the migrator role, which nobody logs in as."""

from agents.dialects.postgresql import literal, quoted
from agents.security.basis import Draft, Part, as_user, role_name, served
from contracts.claims import Accepted, Returns
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def ownership_part(requirements: Requirements, schema: SchemaDesign) -> Part:
    """The deploying login becomes a member of the migrator, which then owns every table and function made so far."""
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
        f"The {len(schema.tables)} tables, their partitions and the functions now belong to {migrator}: a function that"
        " runs as its owner must not run as a superuser. Extensions keep their own",
        f"Every table and function belongs to {migrator}",
        serves,
    )
    _trials(draft, requirements, schema, migrator, serves)
    draft.rollback.append(f"REASSIGN OWNED BY {quoted(migrator)} TO CURRENT_USER")
    return draft.part()


def _handover(migrator: str) -> str:
    return (
        "DO $do$\nDECLARE\n    item text;\nBEGIN\n"
        "    FOR item IN\n"
        "        SELECT c.oid::regclass FROM pg_class AS c\n"
        "        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')\n"
        "            AND pg_get_userbyid(c.relowner) = current_user\n"
        "            AND NOT EXISTS (SELECT FROM pg_depend AS d\n"
        "                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')\n"
        "        ORDER BY c.oid\n"
        "    LOOP\n"
        f"        EXECUTE format('ALTER TABLE %s OWNER TO %I', item, {literal(migrator)});\n"
        "    END LOOP;\n"
        "    FOR item IN\n"
        "        SELECT p.oid::regprocedure FROM pg_proc AS p\n"
        "        WHERE p.pronamespace = 'public'::regnamespace AND pg_get_userbyid(p.proowner) = current_user\n"
        "            AND NOT EXISTS (SELECT FROM pg_depend AS d\n"
        "                WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')\n"
        "        ORDER BY p.oid\n"
        "    LOOP\n"
        f"        EXECUTE format('ALTER FUNCTION %s OWNER TO %I', item, {literal(migrator)});\n"
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
