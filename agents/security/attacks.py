"""What every role tries: all commands on all tables against its grants, other roles, the server, and past policies."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

from agents.dialects.postgresql import literal, quoted
from agents.security.access import RECORD_READ, Access
from agents.security.attempts import (
    BEYOND,
    COMMANDS,
    FUNCTIONS,
    PASSED_ON,
    POLICIES,
    PROTECTED,
    SERVER,
    VIEWS,
)
from agents.security.basis import Draft, Part, as_user, filled, listed, role_name, served
from agents.security.guards import Guard
from agents.security.seals import seals_name
from agents.security.trail import Trail
from contracts.claims import Refused, Returns
from contracts.requirements import Requirements
from contracts.schema import Lifecycle, SchemaDesign, Table
from contracts.security import Grant, MaskedView, Policy, Role

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
            FUNCTIONS % ", ".join(map(literal, callers)),
            (),
        ),
        (
            "views",
            f"{f'No view but {listed([view.name for view in views], 8)}' if views else 'No view'} shows rows with its"
            " owner's rights, past grants and policies" + (", and those are only read" if views else ""),
            VIEWS,
            planned,
        ),
        (
            "passed_on",
            "No role may pass on its privileges or its membership, or refer to tables; later objects are closed",
            PASSED_ON % names,
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
        Returns(sql=(POLICIES,), rows=rows),
    )
    draft.claim(
        "attack.row_level",
        f"security.policy.{tables[0]}",
        f"Row-level security is on for {listed(tables, 12)}",
        serves,
        Returns(sql=(PROTECTED,), rows=tuple(sorted((table,) for table in tables))),
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


def _whole_update(grants: Sequence[Grant], guard: Guard) -> bool:
    return any(
        (g.role, g.table) == (guard.role, guard.table.name) and "update" in g.privileges and not g.columns
        for g in grants
    )
