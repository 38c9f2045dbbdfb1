"""A database's schema as data, in the server's own spelling: what two designs are compared by.

What an extension brought, what a partition inherits and the schema `retired` are left out; partitions themselves are
tables that name their parent. Rights of the owner are left out, and so is the login that ran the script.
"""

import json
import re

from contracts.evolution import SchemaObject, SchemaState
from flows.engines.server import names
from flows.engines.session import Connection, checked

RETIRED = "retired"

_SHOWN = """
WITH ns AS MATERIALIZED (
    SELECT oid, nspname, nspacl, nspowner,
        CASE WHEN nspname = 'public' THEN '' ELSE quote_ident(nspname) || '.' END AS head
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'retired')
),
brought AS MATERIALIZED (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
rel AS MATERIALIZED (
    SELECT c.*, n.head || quote_ident(c.relname) AS called FROM pg_class c JOIN ns n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM brought b WHERE b.classid = 'pg_class'::regclass AND b.objid = c.oid)
),
tab AS MATERIALIZED (SELECT * FROM rel WHERE relkind IN ('r', 'p'))
"""
_RIGHTS = """(SELECT coalesce(json_agg(g ORDER BY g), '[]') FROM (
    SELECT privilege_type || CASE WHEN is_grantable THEN ' GRANTABLE' ELSE '' END || ' TO '
        || CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS g
    FROM aclexplode({acl}) WHERE grantee <> {owner}) r)"""
_OWNER = "CASE WHEN pg_get_userbyid({0}) = current_user THEN '' ELSE quote_ident(pg_get_userbyid({0})) END"


def _rights(acl: str, owner: str) -> str:
    return _RIGHTS.format(acl=acl, owner=owner)


_QUESTIONS = (
    """SELECT 'extension', '', quote_ident(extname), 0, '{}'::json, 0 AS sort, oid
    FROM pg_extension WHERE extname <> 'plpgsql'""",
    f"""SELECT 'schema', '', quote_ident(nspname), 0,
    json_build_object('grants', {_rights("coalesce(nspacl, acldefault('n', nspowner))", "nspowner")}), 1, oid
    FROM ns""",
    """SELECT 'role', '', quote_ident(rolname), 0, json_build_object('login', rolcanlogin, 'bypass', rolbypassrls,
    'member_of', (SELECT coalesce(json_agg(quote_ident(g.rolname) ORDER BY g.rolname), '[]') FROM pg_auth_members m
        JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid)), 2, r.oid
    FROM pg_roles r WHERE rolname !~ '^pg_' AND NOT rolsuper""",
    """SELECT 'type', '', n.head || quote_ident(typname), 0, json_build_object('labels',
    (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)), 3, t.oid
    FROM pg_type t JOIN ns n ON n.oid = typnamespace WHERE typtype = 'e'
    AND NOT EXISTS (SELECT FROM brought b WHERE b.classid = 'pg_type'::regclass AND b.objid = t.oid)""",
    """SELECT 'domain', '', n.head || quote_ident(typname), 0, json_build_object('definition',
    format_type(typbasetype, typtypmod) || coalesce(' DEFAULT ' || typdefault, '')
    || CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END
    || coalesce((SELECT string_agg(
        ' CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(c.oid, true), '' ORDER BY conname)
        FROM pg_constraint c WHERE contypid = t.oid AND contype = 'c'), '')), 4, t.oid
    FROM pg_type t JOIN ns n ON n.oid = typnamespace WHERE typtype = 'd'
    AND NOT EXISTS (SELECT FROM brought b WHERE b.classid = 'pg_type'::regclass AND b.objid = t.oid)""",
    f"""SELECT 'function', '',
    n.head || quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', 0,
    json_build_object('definition', pg_get_functiondef(p.oid), 'owner', {_OWNER.format("proowner")}, 'kind', prokind,
    'comment', obj_description(p.oid, 'pg_proc'),
    'grants', {_rights("coalesce(proacl, acldefault('f', proowner))", "proowner")}), 5, p.oid
    FROM pg_proc p JOIN ns n ON n.oid = pronamespace WHERE prokind IN ('f', 'p')
    AND NOT EXISTS (SELECT FROM brought b WHERE b.classid = 'pg_proc'::regclass AND b.objid = p.oid)""",
    f"""SELECT 'sequence', '', called, 0, json_build_object(
    'definition', format(
        'AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s',
        format_type(seqtypid, NULL),
        seqincrement, seqmin, seqmax, seqstart, seqcache) || CASE WHEN seqcycle THEN ' CYCLE' ELSE '' END,
    'owned_by', (SELECT t.called || '.' || quote_ident(a.attname) FROM pg_depend d JOIN rel t ON t.oid = d.refobjid
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = rel.oid AND d.deptype = 'a'),
    'owner', {_OWNER.format("relowner")}, 'grants', {_rights("relacl", "relowner")}), 6, rel.oid
    FROM rel JOIN pg_sequence s ON s.seqrelid = rel.oid
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = rel.oid AND d.deptype = 'i')""",
    f"""SELECT 'table', '', called, 0, json_build_object('owner', {_OWNER.format("relowner")},
    'comment', obj_description(tab.oid, 'pg_class'), 'row_security', relrowsecurity, 'forced', relforcerowsecurity,
    'partition_key', CASE WHEN relkind = 'p' THEN pg_get_partkeydef(tab.oid) END,
    'parent', (SELECT p.called FROM pg_inherits i JOIN tab p ON p.oid = i.inhparent WHERE i.inhrelid = tab.oid),
    'bounds', pg_get_expr(relpartbound, tab.oid), 'unlogged', relpersistence = 'u',
    'options', (SELECT coalesce(json_agg(o ORDER BY o), '[]') FROM unnest(reloptions) o),
    'grants', {_rights("relacl", "relowner")}), 7, tab.oid FROM tab""",
    f"""SELECT 'column', called, quote_ident(attname), attnum::int, json_build_object(
    'type', format_type(atttypid, atttypmod),
    'not_null', attnotnull, 'identity', CASE attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END,
    'sequence', CASE WHEN attidentity <> '' THEN (SELECT q.called FROM pg_depend d
        JOIN rel q ON q.oid = d.objid AND q.relkind = 'S'
        WHERE d.refobjid = tab.oid AND d.refobjsubid = attnum AND d.deptype = 'i') END,
    'default', CASE WHEN attgenerated = '' THEN pg_get_expr(adbin, adrelid) END,
    'generated', CASE WHEN attgenerated <> '' THEN pg_get_expr(adbin, adrelid) END, 'virtual', attgenerated = 'v',
    'collation', (SELECT quote_ident(collname) FROM pg_collation c JOIN pg_type t ON t.oid = atttypid
        WHERE c.oid = attcollation AND c.oid <> t.typcollation),
    'comment', col_description(tab.oid, attnum), 'grants', {_rights("attacl", "relowner")}), 8, tab.oid
    FROM tab JOIN pg_attribute ON attrelid = tab.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = tab.oid AND adnum = attnum WHERE NOT relispartition""",
    """SELECT 'constraint', called, quote_ident(conname), 0, json_build_object('type', contype,
    'definition', pg_get_constraintdef(c.oid, true), 'references', (SELECT f.called FROM tab f WHERE f.oid = confrelid),
    'columns', (SELECT coalesce(json_agg(quote_ident(attname) ORDER BY k.n), '[]')
        FROM unnest(conkey) WITH ORDINALITY k(a, n)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = k.a)), 9, c.oid
    FROM tab JOIN pg_constraint c ON conrelid = tab.oid
    WHERE contype IN ('p', 'u', 'f', 'c', 'x') AND conparentid = 0 AND conislocal""",
    """SELECT 'index', tab.called, x.called, 0, json_build_object(
    'definition', pg_get_indexdef(x.oid), 'valid', indisvalid,
    'unique', indisunique, 'parent', (SELECT p.called FROM pg_inherits h JOIN rel p ON p.oid = h.inhparent
        WHERE h.inhrelid = x.oid)), 10, x.oid
    FROM tab JOIN pg_index i ON indrelid = tab.oid JOIN rel x ON x.oid = indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))""",
    """SELECT 'trigger', called, quote_ident(tgname), 0, json_build_object('definition', pg_get_triggerdef(t.oid),
    'enabled', tgenabled), 11, t.oid FROM tab JOIN pg_trigger t ON tgrelid = tab.oid
    WHERE NOT tgisinternal AND tgparentid = 0""",
    """SELECT 'policy', called, quote_ident(polname), 0, json_build_object('permissive', polpermissive,
    'command', CASE polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
        ELSE 'DELETE' END,
    'roles', (SELECT json_agg(CASE WHEN o = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(o)) END
        ORDER BY pg_get_userbyid(o)) FROM unnest(polroles) o),
    'using', pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid)), 12, p.oid
    FROM tab JOIN pg_policy p ON polrelid = tab.oid""",
    f"""SELECT 'view', '', called, 0, json_build_object(
    'definition', pg_get_viewdef(rel.oid), 'materialized', relkind = 'm',
    'owner', {_OWNER.format("relowner")}, 'comment', obj_description(rel.oid, 'pg_class'),
    'options', (SELECT coalesce(json_agg(o ORDER BY o), '[]') FROM unnest(reloptions) o),
    'grants', {_rights("relacl", "relowner")}), 13, rel.oid FROM rel WHERE relkind IN ('v', 'm')""",
)


def schema_state(connection: Connection, script: str) -> SchemaState:
    """The schema of the database; of the server's roles those that the script names."""
    parts = (f"SELECT * FROM ({q}) AS q(kind, part, name, place, facts, sort, oid)" for q in _QUESTIONS)
    united = "\nUNION ALL\n".join(parts)
    asked = (
        f"SELECT json_agg(json_build_array(kind, part, name, place, facts) ORDER BY sort, oid, place) FROM ({united}) u"
    )
    answer = checked(connection, f"{_SHOWN} {asked}").rows or ()
    found = json.loads(str(answer[0][0]))
    objects = (
        SchemaObject(kind=kind, table=table, name=name, place=place, facts={f: settled(v) for f, v in facts.items()})
        for kind, table, name, place, facts in found
    )
    return SchemaState(objects=tuple(o for o in objects if o.kind != "role" or names(script, o.name.strip('"'))))


_LIST = re.compile(r"ARRAY\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\](\))?::text\[\](?(2)\))")
_ITEM = re.compile(r"'(?:[^']|'')*'::character varying")


def settled(value: object) -> object:
    """An expression in the spelling that it keeps: PostgreSQL prints a list of varchar values in one form, and reads
    that form as another one.

    >>> settled("a::text = ANY (ARRAY['x'::character varying]::text[])")
    "a::text = ANY (ARRAY['x'::character varying::text])"
    >>> settled("(a)::text = ANY ((ARRAY['x'::character varying])::text[])")
    "(a)::text = ANY (ARRAY[('x'::character varying)::text])"
    """
    if not isinstance(value, str):
        return value
    return _LIST.sub(_spread, value.replace("((ARRAY[", "(ARRAY[") if "])::text[])" in value else value)


def _spread(found: "re.Match[str]") -> str:
    """The cast of the whole list on each of its items."""
    item = r"(\g<0>)::text" if found[2] else r"\g<0>::text"
    return f"ARRAY[{_ITEM.sub(item, found[1])}]" + (")" if found[2] else "")
