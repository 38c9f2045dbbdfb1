"""What every role tries: all commands on all tables against the grants, another role, the server, and ways around RLS.

The attempts are made by a function of the trial's own session, as the session's user (SET SESSION AUTHORIZATION), so
that SET ROLE is judged as for a real login. Each attempt that works is undone and named; the claim is the exact list.
Tables are taken from the catalogue, not from the plan: a partition, view or forgotten table counts as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

from agents.dialects.postgresql import literal, quoted
from agents.security.access import RECORD_READ, Access
from agents.security.basis import Draft, Part, as_user, filled, listed, role_name, served
from agents.security.guards import Guard
from agents.security.policy_trials import plain_column
from agents.security.seals import seals_name
from agents.security.trail import Trail
from contracts.claims import Accepted, Refused, Returns
from contracts.requirements import Requirements
from contracts.schema import Lifecycle, SchemaDesign, Table
from contracts.security import Grant, MaskedView, Policy, Role

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

_FUNCTIONS = """
SELECT p.proname FROM pg_proc AS p JOIN pg_roles AS o ON o.oid = p.proowner
WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    AND (o.rolsuper OR NOT coalesce(array_to_string(p.proconfig, ',') ~ 'search_path=', false)
        OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner
                AND p.proname || ' ' || pg_get_userbyid(a.grantee) <> ALL (ARRAY[%s]::text[])))
ORDER BY p.proname"""

_VIEWS = """
SELECT c.relname, (SELECT string_agg(DISTINCT lower(a.privilege_type), ', ') FROM aclexplode(c.relacl) AS a
    WHERE a.grantee <> c.relowner)
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace
    AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false))
    AND NOT EXISTS (SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname"""

_PASSED_ON = """
SELECT 'default privileges' FROM pg_default_acl
UNION ALL SELECT c.relname FROM pg_class AS c, aclexplode(c.relacl) AS a
WHERE c.relnamespace = 'public'::regnamespace AND (a.is_grantable OR a.privilege_type = 'REFERENCES')
    AND a.grantee <> c.relowner
UNION ALL SELECT r.rolname FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member
WHERE m.admin_option AND m.roleid IN (SELECT oid FROM pg_roles WHERE rolname = ANY (%s)) AND NOT r.rolsuper
    AND r.rolname <> session_user
ORDER BY 1"""

_POLICIES = """
SELECT p.tablename, p.policyname, p.permissive, p.roles::text, lower(p.cmd), (coalesce(p.qual, 'true') = 'true')::text,
    (p.with_check IS NOT DISTINCT FROM p.qual)::text
FROM pg_policies AS p WHERE p.schemaname = 'public' ORDER BY 1, 2"""

_PROTECTED = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND c.relkind IN ('r', 'p') ORDER BY 1"""

_ORDER = ("alter", "delete", "insert", "select", "trigger", "truncate", "update")


def attack_part(
    requirements: Requirements,
    schema: SchemaDesign,
    roles: Sequence[Role],
    grants: Sequence[Grant],
    policies: Sequence[Policy],
    guards: Sequence[Guard],
    trail: Trail | None,
    reads: Access | None,
    views: Sequence[MaskedView],
) -> Part:
    """The attempts; no statement, since what is attacked is what the other parts made."""
    draft = Draft()
    migrator, auditor = role_name(requirements, "migrator"), role_name(requirements, "auditor")
    kept = [log for log in (trail, reads.log if reads else None) if log]
    for role in roles:
        if role.name != migrator:
            logs = [name for log in kept for name in (log.log, seals_name(log.log))] if role.name == auditor else []
            shown = [*logs, *(view.name for view in views if role.name in view.roles)]
            _commands(draft, schema, role, [g for g in grants if g.role == role.name], shown)
        _beyond(draft, role, role.name == migrator)
    serves = served(requirements, "security.", otherwise=schema.tables)
    callers = [f"{RECORD_READ} {role}" for role in reads.callers(policies, views)] if reads else []
    _catalogue(draft, roles, callers, views, serves)
    if policies:
        _policies_stand(draft, policies, serves)
    for guard in guards:
        held = {p for g in grants if (g.role, g.table) == (guard.role, guard.table.name) for p in g.privileges}
        if f"table.{guard.table.name}" in filled(schema):
            _rows(draft, guard, held, grants, schema.lifecycles)
    return draft.part()


def matrix(
    schema: SchemaDesign, grants: Iterable[Grant], shown: Iterable[str] = ()
) -> tuple[tuple[str, str, str], ...]:
    """(table, command, columns) of everything that these grants allow, as the attempts report it.

    `shown` are logs and views that are read as a whole.
    """
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for grant in grants:
        every = {column.name for column in schema.table(grant.table).columns}
        for privilege in grant.privileges:
            held[grant.table, privilege] |= set(grant.columns) or every
    found = [
        (quoted(table), command, _columns(schema.table(table), columns, command))
        for (table, command), columns in held.items()
    ]
    return tuple(sorted([*found, *((quoted(name), "select", "all") for name in shown)]))


def _columns(table: Table, held: set[str], command: str) -> str:
    if command not in ("select", "update") or held == {column.name for column in table.columns}:
        return "all"
    return ", ".join(quoted(column.name) for column in table.columns if column.name in held)


def _commands(draft: Draft, schema: SchemaDesign, role: Role, grants: Sequence[Grant], shown: Sequence[str]) -> None:
    allowed = matrix(schema, grants, shown)
    draft.claim(
        f"attack.{role.name}.commands",
        f"security.role.{role.name}",
        f"Of {len(_ORDER)} commands on every table and column, {role.name} has the {len(allowed)} granted, no other",
        role.serves,
        Returns(
            sql=(
                COMMANDS,
                f"SELECT relation, command, columns FROM pg_temp.commands_of({literal(role.name)}) ORDER BY"
                ' relation COLLATE "C", command COLLATE "C"',
            ),
            rows=allowed,
        ),
    )


def _beyond(draft: Draft, role: Role, migrates: bool) -> None:
    attempts = [*SERVER, f"ALTER ROLE {quoted(role.name)} CREATEROLE"]
    works = tuple((attempt,) for attempt in SERVER if migrates and attempt.startswith("CREATE TABLE"))
    told = "nothing but making a table" if works else "nothing"
    draft.claim(
        f"attack.{role.name}.beyond",
        f"security.role.{role.name}",
        f"Of SET ROLE to every role, new roles, schemas and tables, triggers off, files and programs, {told} works for"
        f" {role.name}",
        role.serves,
        Returns(
            sql=(BEYOND, f"SELECT * FROM pg_temp.beyond({', '.join(map(literal, (role.name, *attempts)))})"), rows=works
        ),
    )


def _catalogue(
    draft: Draft, roles: Sequence[Role], callers: Sequence[str], views: Sequence[MaskedView], serves: tuple[str, ...]
) -> None:
    names = f"ARRAY[{', '.join(literal(role.name) for role in roles)}]"
    planned = tuple(sorted((view.name, "select") for view in views))
    for name, sentence, sql, rows in (
        (
            "functions",
            "No function with its owner's rights runs as a superuser, has an open search path or may be called"
            + (f" but {RECORD_READ}, by roles whose reads are recorded" if callers else ""),
            _FUNCTIONS % ", ".join(map(literal, callers)),
            (),
        ),
        (
            "views",
            f"{f'No view but {listed([view.name for view in views], 8)}' if views else 'No view'} shows rows with its"
            " owner's rights, past grants and policies" + (", and those are only read" if views else ""),
            _VIEWS,
            planned,
        ),
        (
            "passed_on",
            "No role may pass on its privileges or its membership, or refer to tables; later objects are closed",
            _PASSED_ON % names,
            (),
        ),
    ):
        draft.claim(f"attack.{name}", "security.schema.public.revoke", sentence, serves, Returns(sql=(sql,), rows=rows))


def _policies_stand(draft: Draft, policies: Sequence[Policy], serves: tuple[str, ...]) -> None:
    """The policies that stand are those of the plan, and only those that the plan says let every row through do."""
    rows = tuple(
        sorted(
            (p.table, p.name, "PERMISSIVE", f"{{{p.role}}}", p.command, str(p.using == "true").lower(), _checks(p))
            for p in policies
        )
    )
    open_to = dict.fromkeys(p.role for p in policies if p.using == "true")
    tables = tuple(dict.fromkeys(p.table for p in policies))
    let = f"; {listed(tuple(open_to))} alone may see every row of a table" if open_to else ""
    draft.claim(
        "attack.policies",
        f"security.policy.{tables[0]}",
        f"{len(rows)} policies stand on {len(tables)} tables as planned{let}",
        serves,
        Returns(sql=(_POLICIES,), rows=rows),
    )
    draft.claim(
        "attack.row_level",
        f"security.policy.{tables[0]}",
        f"Row-level security is on for {listed(tables, 12)}",
        serves,
        Returns(sql=(_PROTECTED,), rows=tuple(sorted((table,) for table in tables))),
    )


def _checks(policy: Policy) -> str:
    return str(policy.check == policy.using).lower()


def _rows(
    draft: Draft, guard: Guard, held: Set[str], grants: Sequence[Grant], lives: Iterable[Lifecycle]
) -> None:  # fmt: skip
    """A forged setting, policies switched off, and a row of one's own given to somebody else."""
    table, element, path = guard.table, f"security.policy.{guard.table.name}", guard.paths[0]
    key = quoted(table.primary_key[0])
    count = f"SELECT count({key}) FROM {quoted(table.name)}"
    if not guard.published and "select" in held:
        draft.claim(
            f"attack.{table.name}.forged_setting",
            element,
            f"{guard.subject.setting} = '1 OR true' shows no row of {table.name} but an error",
            guard.serves,
            Refused(sql=(count,), sqlstate="22P02", session=as_user(guard.role, guard.subject.setting, "1 OR true")),
        )
        draft.claim(
            f"attack.{table.name}.policies_off",
            element,
            f"{guard.role} with row_security off reads nothing of {table.name}",
            guard.serves,
            Refused(sql=("SET LOCAL row_security = off", count), sqlstate="42501", session=guard.session()),
        )
    if len(guard.paths) == 1 and len(path) == 1 and "update" in held:
        column = path[0].columns[0]
        granted = {c for g in grants if (g.role, g.table) == (guard.role, table.name) for c in g.columns}
        if granted and column not in granted and not _whole_update(grants, guard):
            return  # the column is not granted: the commands' trial refuses it
        if any(life.table == table.name and life.frozen and column in life.columns for life in lives):
            return  # a finished row keeps its owner, so that its trigger would speak before the policy
        own = quoted(column)
        draft.claim(
            f"attack.{table.name}.given_away",
            element,
            f"On behalf of {guard.subject.table.name} row 1, its rows of {table.name} cannot be given to another",
            guard.serves,
            Refused(
                sql=(f"UPDATE {quoted(table.name)} SET {own} = 2 WHERE {own} = 1",),
                sqlstate="42501",
                session=guard.session(),
            ),
        )
    if len(path) > 1:
        column, plain = quoted(path[0].columns[0]), quoted(plain_column(table))
        for privilege, sql in (
            ("update", f"UPDATE {quoted(table.name)} SET {plain} = {plain} WHERE {column} = 22"),
            ("delete", f"DELETE FROM {quoted(table.name)} WHERE {column} = 22"),
        ):
            if privilege in held:
                draft.claim(
                    f"attack.{table.name}.foreign_{privilege}",
                    element,
                    f"On behalf of {guard.subject.table.name} row 1, {privilege} of {table.name} below another's"
                    f" {path[0].references} touches no row",
                    guard.serves,
                    Accepted(sql=(sql,), session=guard.session(), affects=0),
                )


def _whole_update(grants: Sequence[Grant], guard: Guard) -> bool:
    return any(
        (g.role, g.table) == (guard.role, guard.table.name) and "update" in g.privileges and not g.columns
        for g in grants
    )
