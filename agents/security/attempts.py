"""The SQL of what every role tries, and of what the catalogue must and must not hold.

The attempts are made by a function of the trial's own session, as the session's user (SET SESSION AUTHORIZATION), so
that SET ROLE is judged as for a real login. Each attempt that works is undone and named; the claim is the exact list.
Tables are taken from the catalogue, not from the plan: a partition, view or forgotten table counts as well.
"""

COMMANDS = """
CREATE FUNCTION pg_temp.commands_of(who name) RETURNS TABLE (relation text, command text, columns text)
LANGUAGE plpgsql AS $attempts$
DECLARE
    item record;
    tried text;
    attempt text;
    allowed text[];
    operator CONSTANT name := session_user;
BEGIN
    PERFORM set_config('session_authorization', who, true);
    FOR item IN
        SELECT c.oid, quote_ident(c.relname) AS name, c.relkind = 'v' AS view,
            array_agg(quote_ident(a.attname) ORDER BY a.attnum) AS every,
            (array_agg(quote_ident(a.attname)
                ORDER BY a.attidentity <> '' OR a.attgenerated <> '', a.attnum))[1:1] AS plain
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            AND NOT EXISTS (SELECT FROM pg_depend AS d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        GROUP BY c.oid, c.relname
    LOOP
        FOREACH tried IN ARRAY ARRAY['alter', 'delete', 'insert', 'select', 'trigger', 'truncate', 'update'] LOOP
            allowed := '{}';
            FOREACH attempt IN ARRAY CASE WHEN tried IN ('select', 'update') THEN item.every ELSE item.plain END LOOP
                BEGIN
                    EXECUTE CASE tried
                        WHEN 'select' THEN format('SELECT %s FROM %s WHERE false', attempt, item.name)
                        WHEN 'insert' THEN format('INSERT INTO %s (%s) SELECT NULL WHERE false', item.name, attempt)
                        WHEN 'update' THEN format('UPDATE %s SET %s = DEFAULT WHERE false', item.name, attempt)
                        WHEN 'delete' THEN format('DELETE FROM %s WHERE false', item.name)
                        WHEN 'truncate' THEN format('TRUNCATE %s', item.name)
                        WHEN 'trigger' THEN format('CREATE TRIGGER intruder BEFORE INSERT ON %s FOR EACH ROW'
                            ' EXECUTE FUNCTION suppress_redundant_updates_trigger()', item.name)
                        ELSE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', item.name)
                    END;
                    RAISE EXCEPTION 'it worked, and is undone';
                EXCEPTION
                    WHEN insufficient_privilege THEN CONTINUE;
                    WHEN feature_not_supported OR wrong_object_type OR object_not_in_prerequisite_state
                        OR generated_always THEN
                        CONTINUE WHEN item.view;
                        allowed := allowed || attempt;
                    WHEN OTHERS THEN allowed := allowed || attempt;
                END;
            END LOOP;
            IF allowed <> '{}' THEN
                RETURN QUERY SELECT item.name::text, tried,
                    CASE WHEN tried IN ('select', 'update') AND allowed <> item.every
                        THEN array_to_string(allowed, ', ') ELSE 'all' END;
            END IF;
        END LOOP;
    END LOOP;
    PERFORM set_config('session_authorization', operator, true);
END
$attempts$"""
"""Each attempt touches no row, so that a refusal is one of privileges and never of a policy or a constraint.
What a view cannot do at all, whoever asks, is said before privileges are looked at; `attack.views` looks at those."""

BEYOND = """
CREATE FUNCTION pg_temp.beyond(who name, VARIADIC attempts text[]) RETURNS SETOF text
LANGUAGE plpgsql AS $attempts$
DECLARE
    attempt text;
    operator CONSTANT name := session_user;
BEGIN
    PERFORM set_config('session_authorization', who, true);
    FOREACH attempt IN ARRAY attempts || ARRAY(
        SELECT format('SET LOCAL ROLE %I', rolname) FROM pg_roles WHERE rolname <> who ORDER BY rolname)
    LOOP
        BEGIN
            EXECUTE attempt;
            RAISE EXCEPTION 'it worked, and is undone';
        EXCEPTION
            WHEN insufficient_privilege THEN CONTINUE;
            WHEN OTHERS THEN RETURN NEXT attempt;
        END;
    END LOOP;
    PERFORM set_config('session_authorization', operator, true);
END
$attempts$"""

SERVER = (
    "SET LOCAL session_replication_role = replica",
    "CREATE SCHEMA intruder",
    "CREATE ROLE intruder",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    "CREATE TABLE public.intruder (id integer)",
)
"""What switches triggers off, makes objects and logins, or leaves the database."""

FUNCTIONS = """
SELECT p.proname FROM pg_proc AS p JOIN pg_roles AS o ON o.oid = p.proowner
WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    AND (o.rolsuper OR NOT coalesce(array_to_string(p.proconfig, ',') ~ 'search_path=', false)
        OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner
                AND p.proname || ' ' || pg_get_userbyid(a.grantee) <> ALL (ARRAY[%s]::text[])))
ORDER BY p.proname"""

VIEWS = """
SELECT c.relname, (SELECT string_agg(DISTINCT lower(a.privilege_type), ', ') FROM aclexplode(c.relacl) AS a
    WHERE a.grantee <> c.relowner)
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace
    AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false))
    AND NOT EXISTS (SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname"""

PASSED_ON = """
SELECT 'default privileges' FROM pg_default_acl
UNION ALL SELECT c.relname FROM pg_class AS c, aclexplode(c.relacl) AS a
WHERE c.relnamespace = 'public'::regnamespace AND (a.is_grantable OR a.privilege_type = 'REFERENCES')
    AND a.grantee <> c.relowner
UNION ALL SELECT r.rolname FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member
WHERE m.admin_option AND m.roleid IN (SELECT oid FROM pg_roles WHERE rolname = ANY (%s)) AND NOT r.rolsuper
    AND r.rolname <> session_user
ORDER BY 1"""

POLICIES = """
SELECT p.tablename, p.policyname, p.permissive, p.roles::text, lower(p.cmd), (coalesce(p.qual, 'true') = 'true')::text,
    (p.with_check IS NOT DISTINCT FROM p.qual)::text
FROM pg_policies AS p WHERE p.schemaname = 'public' ORDER BY 1, 2"""

PROTECTED = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND c.relkind IN ('r', 'p') ORDER BY 1"""
