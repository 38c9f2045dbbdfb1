"""Attempts to read without leaving an entry in the log of reads."""

from collections.abc import Sequence

from agents.dialects.postgresql import literal, quoted
from agents.security.access import Access
from agents.security.audit_trials import cannot_be_changed
from agents.security.basis import Draft, filled
from contracts.claims import Refused, Returns, Session
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from contracts.security import Policy

_FEW = 3
_PEEK = """
CREATE FUNCTION pg_temp.peek(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $peek$
BEGIN
    PERFORM set_config('app.peeked',
        (coalesce(nullif(current_setting('app.peeked', true), ''), '0')::integer + 1)::text, true);
    RETURN true;
END
$peek$"""
"""The cheapest condition there is, which the planner would like to ask first, and which tells what it is given."""


def access_trials(
    draft: Draft, requirements: Requirements, schema: SchemaDesign, made: Access, policies: Sequence[Policy]
) -> None:
    """Each role reads each table; then a function of its own, a read-only transaction, a rollback, policies off."""
    cannot_be_changed(draft, requirements, made.log)
    loaded = filled(schema)
    tried = [policy for policy in policies if f"table.{policy.table}" in loaded]
    for policy in {(policy.table, policy.role): policy for policy in reversed(tried)}.values():
        _recorded(draft, made, policy)
    for policy in {policy.table: policy for policy in reversed(tried)}.values():
        _unrecorded(draft, made, policy)
    if tried:
        _rolled_back(draft, made, tried[0])


def _session(role: str) -> Session:
    """Person (and tenant) 1, whose rows the synthetic rows hold."""
    return Session(role=role, settings=(("app.user_id", "1"), ("app.tenant_id", "1")))


def _mine(made: Access, table: str) -> str:
    return f"FROM {made.log.log} WHERE transaction_id = pg_current_xact_id() AND table_name = {literal(table)}"


def _by_row(policy: Policy) -> bool:
    return "NULL)" not in policy.using


def _recorded(draft: Draft, made: Access, policy: Policy) -> None:
    """A count of a few rows, which names no column."""
    table, role, by_row = policy.table, policy.role, _by_row(policy)
    entries = (
        "(count(DISTINCT row_key) = current_setting('app.seen')::bigint)::text"
        if by_row
        else "(count(*) = 1 AND min(statement) LIKE '%app.seen%')::text"
    )
    few = f"SELECT FROM {quoted(table)} LIMIT {_FEW}"
    seen = f"SELECT set_config('app.seen', (SELECT count(*) FROM ({few}) AS few)::text, true)"
    draft.claim(
        f"audit.{made.log.log}.{table}.{role}",
        f"security.audit.{made.log.log}",
        f"When {role} counts {_FEW} rows of {table}, {made.log.log} has "
        + ("an entry for each" if by_row else "the statement")
        + ", with who asked",
        made.log.serves,
        Returns(
            sql=(
                seen,
                "RESET ROLE",
                f"SELECT {entries}, (count(*) > 0)::text, min(actor_id), min(actor_role) {_mine(made, table)}",
            ),
            rows=(("true", "true", "1", role),),
            session=_session(role),
        ),
    )


def _unrecorded(draft: Draft, made: Access, policy: Policy) -> None:
    """Ways to read that leave no entry: all of them read nothing."""
    table, role = policy.table, policy.role
    log, name = made.log.log, quoted(table)
    for case, how, before, sqlstate in (
        ("read_only", "in a read-only transaction, as on a replica,", "SET TRANSACTION READ ONLY", "25006"),
        ("policies_off", "with row_security off", "SET LOCAL row_security = off", "42501"),
    ):
        draft.claim(
            f"audit.{log}.{table}.{case}",
            f"security.audit.{log}",
            f"{role} reads nothing of {table} {how} where no entry can be made",
            made.log.serves,
            Refused(sql=(before, f"SELECT FROM {name} LIMIT 1"), sqlstate=sqlstate, session=_session(role)),
        )
    if not _by_row(policy):
        return
    draft.claim(
        f"audit.{log}.{table}.peeking",
        f"security.audit.{log}",
        f"A condition of {role}'s own is given no row of {table} before there is an entry for it",
        made.log.serves,
        Returns(
            sql=(
                _PEEK,
                f"SELECT FROM {name} WHERE pg_temp.peek({_key(made, table)}) LIMIT {_FEW}",
                "RESET ROLE",
                "SELECT (count(*) >= current_setting('app.peeked')::integer)::text,"
                f" (current_setting('app.peeked')::integer > 0)::text {_mine(made, table)}",
            ),
            rows=(("true", "true"),),
            session=_session(role),
        ),
    )


def _key(made: Access, table: str) -> str:
    found = next(each for each in made.log.tables if each.name == table)
    return f"{quoted(found.primary_key[0])}::text"


def _rolled_back(draft: Draft, made: Access, policy: Policy) -> None:
    read = f"SELECT FROM {quoted(policy.table)} LIMIT 1"
    draft.claim(
        f"audit.{made.log.log}.rolled_back",
        f"security.audit.{made.log.log}",
        f"A read of {policy.table} that is rolled back takes its entry along and leaves a gap that"
        f" {made.unfinished()}() finds",
        made.log.serves,
        Returns(
            sql=(
                read,
                "SAVEPOINT reading",
                read,
                "ROLLBACK TO SAVEPOINT reading",
                read,
                "RESET ROLE",
                f"SELECT sum(missing) FROM {made.unfinished()}(now())",
            ),
            rows=(("1",),),
            session=_session(policy.role),
        ),
    )
