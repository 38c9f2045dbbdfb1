"""Whether a MariaDB design can be taken back: script, rollbacks, nothing left, and the script once more."""

import re
from collections.abc import Iterable, Sequence

from contracts.base import Statement
from contracts.claims import Observation, Reverts
from flows.engines.mariadb.server import Scratch, Server, forbidden, new_accounts, scratch
from flows.engines.mariadb.session import checked, ran, rows_of
from flows.engines.reports import first_failure
from flows.engines.session import Outcome

_OBJECTS = """
SELECT CASE table_type WHEN 'VIEW' THEN 'view ' WHEN 'SEQUENCE' THEN 'sequence ' ELSE 'table ' END || table_name
FROM information_schema.tables WHERE table_schema = DATABASE()
UNION ALL SELECT LOWER(routine_type) || ' ' || routine_name FROM information_schema.routines
WHERE routine_schema = DATABASE()
UNION ALL SELECT 'trigger ' || trigger_name || ' on ' || event_object_table FROM information_schema.triggers
WHERE trigger_schema = DATABASE()
UNION ALL SELECT 'event ' || event_name FROM information_schema.events WHERE event_schema = DATABASE()
"""


def reverted(server: Server, script: Sequence[Statement], claim: str, trial: Reverts) -> Observation:
    """The first failure of script, rollbacks and second script with its place, and what the rollbacks left.

    It runs in a database of its own and needs the experiment's roles gone, because roles belong to the server.
    """
    statements = (*(statement.sql for statement in script), *trial.rollbacks)
    reason = next(filter(None, (_untriable(server, sql) for sql in statements)), "")
    if reason:
        return Observation(claim=claim, tried=False, reason=reason)
    text = "\n".join(statements)
    with scratch(server, "reverts", text) as place:
        failure, leftovers = _there_and_back(server, place, script, trial.rollbacks, text)
    return Observation(claim=claim, sqlstate=failure.sqlstate, message=failure.message, leftovers=leftovers)


def _untriable(server: Server, sql: str) -> str:
    if not server.creates_roles and re.search(r"\bcreate\s+(role|user)\b", sql, re.IGNORECASE):
        return "the script creates roles, and the login of this server lacks CREATE USER"
    return forbidden(server, sql)


def _there_and_back(
    server: Server, place: Scratch, script: Sequence[Statement], rollbacks: Sequence[str], text: str
) -> tuple[Outcome, tuple[str, ...]]:
    forward = tuple((statement.id, statement.sql) for statement in script)
    back = tuple((f"{number} of {len(rollbacks)}", sql) for number, sql in enumerate(rollbacks, start=1))
    failure = _run(place, "first run, statement", forward)
    failure = _run(place, "rollback", back) or failure
    roles_left = (name.replace("`", "") for name in new_accounts(server, text))
    kinds = (f"user {name}" if "@" in name else f"role {name}" for name in roles_left)
    leftovers = tuple(sorted((*(str(row[0]) for row in rows_of(place.trials, _OBJECTS)), *kinds)))
    again = _run(place, "second run, statement", forward)
    return failure or again or Outcome(), leftovers


def _run(place: Scratch, what: str, statements: Iterable[tuple[str, str]]) -> Outcome | None:
    failure = first_failure(lambda sql: ran(place.script, sql), what, statements)
    checked(place.script, "ROLLBACK")
    return failure
