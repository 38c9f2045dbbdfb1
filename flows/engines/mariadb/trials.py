"""Trials of SQL on MariaDB: accepted, refused, returns. Each in a transaction that is rolled back."""

import contextlib
from collections.abc import Iterator, Sequence

import pymysql

from contracts.claims import Accepted, Observation, Refused, Returns, Session
from flows.engines.mariadb import sqlstates
from flows.engines.mariadb.server import Scratch, Server, trial_user
from flows.engines.mariadb.session import Connection, checked, connected, literal, one, quoted, ran
from flows.engines.session import Outcome

TRIAL_SECONDS = 60
_BEGUN = "persistence_begun"
"""A savepoint that is gone when a statement ended the transaction."""


def accepted(server: Server, place: Scratch, claim: str, trial: Accepted | Returns) -> Observation:
    """SQLSTATE and message of the statement that failed, or what the last one affected and returned."""
    return _observation(server, place, claim, trial.sql, trial.session)[0]


def refused(server: Server, place: Scratch, claim: str, trial: Refused) -> Observation:
    """SQLSTATE and message of the last statement.

    When an earlier statement fails the last one was never tried: the message says so and there is no SQLSTATE,
    since the same SQLSTATE at the wrong place would look like the refusal that was claimed.
    """
    seen, reached = _observation(server, place, claim, trial.sql, trial.session)
    if seen.sqlstate is None or reached == len(trial.sql):
        return seen
    return seen.model_copy(update={"sqlstate": None, "message": f"{seen.message} (SQLSTATE {seen.sqlstate})"})


def _observation(
    server: Server, place: Scratch, claim: str, sql: Sequence[str], session: Session
) -> tuple[Observation, int]:
    """What happened, and the number of the last statement that was sent."""
    if not sql:
        return Observation(claim=claim, message="the trial has no statement"), 0
    reason = _role_reason(server, session.role)
    if reason is not None:
        return reason.model_copy(update={"claim": claim}), 0
    with _entered(server, place, session) as entered:
        if isinstance(entered, Outcome):  # the role may not even enter the database: so is every statement refused
            return Observation(claim=claim, sqlstate=entered.sqlstate, message=entered.message), len(sql)
        outcome, reached, whole = _tried(entered, server.address.product.limit, sql)
    if not whole and not outcome.failed:
        return Observation(claim=claim, message="the trial's statements ended their own transaction"), reached
    seen = Observation(
        claim=claim, sqlstate=outcome.sqlstate, message=outcome.message, affected=outcome.affected, rows=outcome.rows
    )
    return seen, reached


def _tried(connection: Connection, limit: str, sql: Sequence[str]) -> tuple[Outcome, int, bool]:
    """The outcome of the last statement or of the first that failed, its number, and whether all can be undone.

    A statement of data definition commits; a deadlock's victim has lost its transaction, which is no fault of it.
    """
    checked(connection, f"SET SESSION {limit.format(TRIAL_SECONDS)}")
    checked(connection, "START TRANSACTION")
    checked(connection, f"SAVEPOINT {_BEGUN}")
    outcome, reached = Outcome(), 0
    try:
        for reached, statement in enumerate(sql, start=1):
            outcome = ran(connection, statement)
            if outcome.failed:
                prefix = f"statement {reached} of {len(sql)}: " if len(sql) > 1 else ""
                outcome = Outcome(sqlstate=outcome.sqlstate, message=prefix + outcome.message)
                break
        whole = outcome.failed or not ran(connection, f"RELEASE SAVEPOINT {_BEGUN}").failed
    finally:
        checked(connection, "ROLLBACK")
    return outcome, reached, whole


@contextlib.contextmanager
def _entered(server: Server, place: Scratch, session: Session) -> Iterator[Connection | Outcome]:
    """A session as the trial asks for it; its settings are user variables, which end with the session.

    A role is taken by a user of its own that has nothing else: MariaDB adds a role to what its user may do.
    """
    if session.role is None and not session.fresh and not session.settings:
        yield place.trials
        return
    address = server.address if session.role is None else trial_user(server, session.role)
    with contextlib.closing(connected(address)) as connection:
        if session.role is not None:
            checked(connection, f"SET ROLE {quoted(session.role)}")
        try:
            connection.select_db(place.database)
        except pymysql.MySQLError as error:
            number = int(error.args[0])
            yield Outcome(sqlstates.sqlstate(number, "42000"), sqlstates.message(number, str(error.args[1])))
            return
        for name, value in session.settings:
            checked(connection, f"SET @{quoted(name)} = {literal(value)}")
        yield connection


def _role_reason(server: Server, role: str | None) -> Observation | None:
    """Why nothing can be tried as this role. No SQLSTATE: it is no proof that a statement was refused."""
    if role is None:
        return None
    if quoted(role) in server.roles_before:
        reason = f'role "{role}" was on this server before, with rights that are not the design\'s'
        return Observation(claim="session", tried=False, reason=reason)
    if not server.creates_roles:
        reason = f'role "{role}" could not be created: the login of this server lacks CREATE USER'
        return Observation(claim="session", tried=False, reason=reason)
    is_role = server.address.product.role
    found = one(server.maintenance, f"SELECT COUNT(*) FROM mysql.user WHERE user = {literal(role)} AND {is_role} = 'Y'")
    return None if found != "0" else Observation(claim="session", message=f'role "{role}" does not exist')
