"""Questions to PostgreSQL's catalogue; each answers with rows whose names are those of the contract's fields.

What an extension brought, system schemas, partitions (they stand inside of their parent) and constraints that a
partition inherits are left out. Everything is ordered by creation, which is the script's order.
"""

RELATIONS = """
WITH relation AS MATERIALIZED (
    SELECT c.oid, c.relname, n.nspname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
)
"""

TABLES = f"""{RELATIONS}
SELECT oid::text AS relation, relname AS name, nspname AS schema_name,
    coalesce(obj_description(oid, 'pg_class'), '') AS comment,
    pg_get_userbyid(relowner) AS owner, relrowsecurity AS row_security, relforcerowsecurity AS forced,
    CASE WHEN relkind = 'p' THEN pg_get_partkeydef(oid) ELSE '' END AS partition_key
FROM relation ORDER BY oid
"""

COLUMNS = f"""{RELATIONS}
SELECT a.attrelid::text AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, b.typname AS base,
    CASE WHEN b.typname IN ('varchar', 'bpchar') AND m.mod > 4 THEN m.mod - 4 END AS length,
    CASE WHEN b.typname = 'numeric' AND m.mod > 4 THEN ((m.mod - 4) >> 16) & 65535 END AS precision,
    CASE WHEN b.typname = 'numeric' AND m.mod > 4 THEN (((m.mod - 4) & 2047) # 1024) - 1024 END AS scale,
    NOT (a.attnotnull OR t.typnotnull) AS nullable,
    CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS default,
    CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
    CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
    coalesce((SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e
     WHERE e.enumtypid = b.oid), '[]') AS allowed,
    coalesce(col_description(a.attrelid, a.attnum), '') AS comment,
    CASE WHEN t.typtype = 'd' THEN t.typname ELSE '' END AS domain,
    coalesce((SELECT i.typname FROM pg_type i WHERE i.oid = b.typelem AND b.typcategory = 'A'), '') AS element
FROM relation r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS mod) m
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
ORDER BY a.attrelid, a.attnum
"""

CONSTRAINTS = f"""{RELATIONS}
SELECT c.conrelid::text AS relation, c.contype AS kind, c.conname AS name,
    coalesce((SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY k(number, place)
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number), '[]') AS columns,
    coalesce(f.relname, '') AS references,
    coalesce((SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY k(number, place)
     JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number), '[]') AS referenced_columns,
    c.confdeltype AS on_delete, c.confupdtype AS on_update, c.condeferrable AS deferrable,
    CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) END AS expression,
    pg_get_constraintdef(c.oid, true) AS definition
FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid LEFT JOIN pg_class f ON f.oid = c.confrelid
WHERE c.contype IN ('p', 'u', 'f', 'c', 'x') AND c.conparentid = 0
ORDER BY c.conrelid, c.oid
"""

INDEXES = f"""{RELATIONS}
SELECT i.indrelid::text AS relation, x.relname AS name, r.relname AS table, m.amname AS method, i.indisunique AS unique,
    (SELECT json_agg(pg_get_indexdef(i.indexrelid, k, true)
        || CASE WHEN (i.indoption[k - 1] & 1) = 1 THEN ' DESC' ELSE '' END ORDER BY k)
     FROM generate_series(1, i.indnkeyatts) k) AS keys,
    coalesce((SELECT json_agg(a.attname ORDER BY k.place)
     FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
     WHERE k.place <= i.indnkeyatts), '[]') AS columns,
    coalesce((SELECT json_agg(a.attname ORDER BY k.place)
     FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
     WHERE k.place > i.indnkeyatts), '[]') AS include,
    pg_get_expr(i.indpred, i.indrelid, true) AS predicate, i.indisvalid AS valid,
    EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')) AS constraint,
    pg_get_indexdef(i.indexrelid) AS definition
FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
ORDER BY i.indrelid, i.indexrelid
"""

POLICIES = f"""{RELATIONS}
SELECT p.polrelid::text AS relation, p.polname AS name, r.relname AS table, p.polpermissive AS permissive,
    CASE p.polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
        ELSE 'delete' END AS command,
    (SELECT json_agg(CASE WHEN o = 0 THEN 'public' ELSE pg_get_userbyid(o) END ORDER BY o)
     FROM unnest(p.polroles) o) AS roles,
    pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check
FROM relation r JOIN pg_policy p ON p.polrelid = r.oid ORDER BY p.polrelid, p.oid
"""

TRIGGERS = f"""{RELATIONS}
SELECT t.tgrelid::text AS relation, t.tgname AS name, r.relname AS table, f.proname AS function,
    pg_get_triggerdef(t.oid, true) AS definition
FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid JOIN pg_proc f ON f.oid = t.tgfoid
WHERE NOT t.tgisinternal ORDER BY t.tgrelid, t.oid
"""

PARTITIONS = f"""{RELATIONS}
SELECT i.inhparent::text AS relation, c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds
FROM relation r JOIN pg_inherits i ON i.inhparent = r.oid JOIN pg_class c ON c.oid = i.inhrelid
WHERE c.relispartition ORDER BY i.inhparent, c.oid
"""

GRANTS = f"""{RELATIONS}
SELECT CASE WHEN g.grantee = 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END AS role, g.name AS table,
    lower(g.privilege_type) AS command,
    coalesce(json_agg(g.attname ORDER BY g.attnum) FILTER (WHERE g.attname IS NOT NULL), '[]') AS columns
FROM (
    SELECT r.oid, r.relname AS name, r.relowner, e.grantee, e.privilege_type, NULL::name AS attname, 0 AS attnum
    FROM relation r CROSS JOIN LATERAL aclexplode(r.relacl) e
    UNION ALL
    SELECT r.oid, r.relname, r.relowner, e.grantee, e.privilege_type, a.attname, a.attnum
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    CROSS JOIN LATERAL aclexplode(a.attacl) e
) g
WHERE g.grantee <> g.relowner AND g.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
GROUP BY g.oid, g.name, g.grantee, g.privilege_type, g.attname IS NULL
ORDER BY role, g.oid, g.privilege_type, g.attname IS NULL DESC
"""

ROLES = """
SELECT r.rolname AS name, r.rolcanlogin AS login, (r.rolsuper OR r.rolbypassrls) AS bypasses_policies,
    coalesce((SELECT json_agg(g.rolname ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
     WHERE m.member = r.oid), '[]') AS member_of
FROM pg_roles r WHERE r.rolname !~ '^pg_' AND r.rolname <> current_user ORDER BY r.oid
"""

FUNCTIONS = """
SELECT p.proname AS name, pg_get_function_identity_arguments(p.oid) AS arguments,
    coalesce(pg_get_function_result(p.oid), '') AS returns, p.prosecdef AS security_definer
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY p.oid
"""

NAMES = """
SELECT
    coalesce((SELECT json_agg(extname ORDER BY oid) FROM pg_extension WHERE extname <> 'plpgsql'), '[]') AS extensions,
    coalesce((SELECT json_agg(c.relname ORDER BY c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )), '[]') AS views
"""

HAS_MIGRATIONS = """
SELECT count(*) = 3 AS there FROM pg_attribute
WHERE attrelid = to_regclass('public.schema_migrations') AND attname IN ('version', 'description', 'rollback_sql')
"""

MIGRATIONS = """
SELECT version, coalesce(description, '') AS description, coalesce(rollback_sql, '') AS rollback
FROM schema_migrations ORDER BY version
"""

COLUMN_NAMES = """
SELECT c.oid::text AS relation, c.relname AS table, json_object_agg(a.attnum, a.attname) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
GROUP BY c.oid, c.relname
"""

TYPE_NAMES = "SELECT oid::text AS type, format_type(oid, NULL) AS name FROM pg_type"
