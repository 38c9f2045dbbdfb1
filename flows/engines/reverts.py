"""Whether a design can be taken back: script, rollbacks, nothing left, and the script once more."""

import re
from collections.abc import Iterable, Sequence

from contracts.base import Statement
from contracts.claims import Observation, Reverts
from flows.engines.reports import first_failure
from flows.engines.server import Server, forbidden, new_roles, scratch
from flows.engines.session import Connection, Outcome, checked, ran, rolled_back

_OBJECTS = """
WITH extension_made AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
user_schema AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
found(kind, name, class, id) AS (
    SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
           WHEN 'c' THEN 'type' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
           relname::text, 'pg_class'::regclass, c.oid
    FROM pg_class c JOIN user_schema s ON s.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'c', 'f')
    UNION ALL
    SELECT 'type', typname, 'pg_type'::regclass, t.oid
    FROM pg_type t JOIN user_schema s ON s.oid = typnamespace WHERE typtype IN ('e', 'd', 'r')
    UNION ALL
    SELECT CASE prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
           proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', 'pg_proc'::regclass, p.oid
    FROM pg_proc p JOIN user_schema s ON s.oid = pronamespace
    UNION ALL
    SELECT 'trigger', tgname || ' on ' || relname, 'pg_trigger'::regclass, t.oid
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL
    SELECT 'policy', polname || ' on ' || relname, 'pg_policy'::regclass, p.oid
    FROM pg_policy p JOIN pg_class c ON c.oid = polrelid
    UNION ALL
    SELECT 'schema', nspname, 'pg_namespace'::regclass, oid FROM user_schema WHERE nspname <> 'public'
    UNION ALL
    SELECT 'extension', extname, 'pg_extension'::regclass, oid FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL
    SELECT 'event trigger', evtname, 'pg_event_trigger'::regclass, oid FROM pg_event_trigger
    UNION ALL
    SELECT 'publication', pubname, 'pg_publication'::regclass, oid FROM pg_publication
    UNION ALL
    SELECT 'text search configuration', cfgname, 'pg_ts_config'::regclass, c.oid
    FROM pg_ts_config c JOIN user_schema s ON s.oid = cfgnamespace
    UNION ALL
    SELECT 'default privileges of role', pg_get_userbyid(defaclrole)::text, 'pg_default_acl'::regclass, oid
    FROM pg_default_acl
)
SELECT DISTINCT kind || ' ' || name FROM found
WHERE NOT EXISTS (SELECT FROM extension_made e WHERE e.classid = found.class AND e.objid = found.id)
"""
"""Everything that a design makes in a database, but for what comes and goes with a table or an extension."""


def reverted(server: Server, script: Sequence[Statement], claim: str, trial: Reverts) -> Observation:
    """The first failure of script, rollbacks and second script with its place, and what the rollbacks left.

    It runs in a database of its own and needs the experiment's roles gone, because roles belong to the server.
    """
    statements = (*(statement.sql for statement in script), *trial.rollbacks)
    reason = next(filter(None, (_untriable(server, sql) for sql in statements)), "")
    if reason:
        return Observation(claim=claim, tried=False, reason=reason)
    text = "\n".join(statements)
    with scratch(server, "reverts", text) as connection:
        failure, leftovers = _there_and_back(server, connection, script, trial.rollbacks, text)
    return Observation(claim=claim, sqlstate=failure.sqlstate, message=failure.message, leftovers=leftovers)


def _untriable(server: Server, sql: str) -> str:
    if not server.creates_roles and re.search(r"\bcreate\s+role\b", sql, re.IGNORECASE):
        return "the script creates roles, and the login of this server lacks CREATEROLE"
    return forbidden(server, sql)


def _there_and_back(
    server: Server, connection: Connection, script: Sequence[Statement], rollbacks: Sequence[str], text: str
) -> tuple[Outcome, tuple[str, ...]]:
    forward = tuple((statement.id, statement.sql) for statement in script)
    back = tuple((f"{number} of {len(rollbacks)}", sql) for number, sql in enumerate(rollbacks, start=1))
    failure = _run(connection, "first run, statement", forward)
    failure = _run(connection, "rollback", back) or failure
    roles_left = tuple(f"role {role}" for role in new_roles(server, text))
    leftovers = tuple(sorted((*_objects(connection), *roles_left)))
    checked(connection, "DEALLOCATE ALL")
    again = _run(connection, "second run, statement", forward)
    return failure or again or Outcome(), leftovers


def _run(connection: Connection, what: str, statements: Iterable[tuple[str, str]]) -> Outcome | None:
    failure = first_failure(lambda sql: ran(connection, sql), what, statements)
    rolled_back(connection)
    return failure


def _objects(connection: Connection) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in checked(connection, _OBJECTS).rows or ())
