"""Which rows a person (or a tenant's member) sees: MariaDB has no policies, so views stand before the tables.

A view runs with its definer's rights, shows the rows of who is asking and refuses to make others (WITH CASCADED CHECK
OPTION); the application holds rights on the view and none on the table. Who is asking is a variable of the session,
read by a function that is DETERMINISTIC, so that the optimizer takes it for a constant and reads through an index.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.dialects.mariadb.spelling import quoted
from agents.naming import shorten
from agents.security.basis import Draft, as_user, filled, listed, origin_of, role_name
from agents.security.grants import DENIED
from agents.security.guards import Guard, Subject
from agents.security.policy_trials import plain_column
from contracts.base import Alternative, Decision, Origin
from contracts.claims import Accepted, Refused, Returns, Session
from contracts.requirements import Requirements
from contracts.schema import ForeignKey, SchemaDesign
from contracts.security import Grant, Policy

CHECK_OPTION = "44000"  # with_check_option_violation


@dataclass(frozen=True)
class View:
    """The rows of a table that one role reaches, and the condition that says which."""

    name: str
    table: str
    role: str
    condition: str
    variable: str
    serves: tuple[str, ...]


def variable(subject: Subject) -> str:
    """The session's variable, and the function that reads it."""
    return subject.setting.replace(".", "_")


def condition(guard: Guard) -> str:
    """The rows that belong to who is asking, by the guard's chains of foreign keys."""
    return " OR ".join(_path(guard.subject, path) for path in guard.paths)


def _path(subject: Subject, path: tuple[ForeignKey, ...]) -> str:
    current = f"{variable(subject)}()"
    if not path:
        return f"{quoted(subject.key())} = {current}"
    inner = f"{quoted(path[-1].columns[0])} = {current}"
    for key in reversed(path[:-1]):
        inner = (
            f"{quoted(key.columns[0])} IN (SELECT {quoted(key.referenced_columns[0])} FROM {quoted(key.references)} "
            f"WHERE {inner})"
        )
    return inner


def views(requirements: Requirements, guards: Sequence[Guard], own: Mapping[tuple[str, str], str]) -> tuple[View, ...]:
    """A view of the application for each guarded table, and one for each role of people that sees its own rows only."""
    app = [
        View(shorten(f"own_{g.table.name}"), g.table.name, g.role, condition(g), variable(g.subject), g.serves)
        for g in guards
    ]
    prefix = role_name(requirements, "x")[:-1]
    by_table = {guard.table.name: guard for guard in guards}
    staff = []
    for (role, table), said in own.items():
        column = re.match(r'"?(\w+)"? = ', said)
        if column and table in by_table:
            name = shorten(f"{role.removeprefix(prefix)}_{table}")
            mine = f"{quoted(column[1])} = app_user_id()"
            staff.append(View(name, table, role, mine, "app_user_id", by_table[table].serves))
    return (*app, *staff)


def policies(made: Sequence[View], guards: Sequence[Guard]) -> tuple[Policy, ...]:
    """The views as the contract's rules of rows."""
    shared = {guard.table.name for guard in guards if guard.published}
    return tuple(
        Policy(
            name=view.name,
            table=view.table,
            role=view.role,
            command="all",
            using=view.condition,
            check=view.condition,
            origin=Origin(
                kind="inferred",
                rule=f"{view.role} reaches its rows of {view.table} through the view {view.name}"
                + (f", and reads all of {view.table}" if view.table in shared else ""),
            ),
            serves=view.serves,
        )
        for view in made
    )


def place(made: Sequence[View], guards: Sequence[Guard], grant: Grant) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """On what a grant stands: the role's view of the table where it has one; a published table is read as it is."""
    view = next((view for view in made if (view.role, view.table) == (grant.role, grant.table)), None)
    if view is None:
        return ((grant.table, grant.privileges),)
    published = any(guard.published and guard.table.name == grant.table for guard in guards)
    if published and "select" in grant.privileges:
        return ((grant.table, ("select",)), (view.name, grant.privileges))
    return ((view.name, grant.privileges),)


def row_part(
    draft: Draft, schema: SchemaDesign, made: Sequence[View], guards: Sequence[Guard], grants: Sequence[Grant]
) -> None:
    """The functions, the views, and what happens to who asks for another's rows."""
    for subject in dict.fromkeys(guard.subject for guard in guards):
        _identity(draft, subject, tuple(dict.fromkeys(i for g in guards if g.subject == subject for i in g.serves)))
    names = {variable(guard.subject) for guard in guards}
    if any(view.variable not in names for view in made):
        key = schema.table(made[-1].table).column(schema.table(made[-1].table).primary_key[0]).sql_type
        _function(draft, "app_user_id", key, made[-1].serves)
    for view in made:
        draft.run(
            f"view.{view.name}",
            f"CREATE SQL SECURITY DEFINER VIEW {quoted(view.name)} AS\n    SELECT * FROM {quoted(view.table)}\n"
            f"    WHERE {view.condition}\n    WITH CASCADED CHECK OPTION",
            f"{view.role} reads and writes {view.name} where the queries name {view.table}",
            f"The view {view.name} stands before {view.table}",
            view.serves,
        )
        draft.rollback.insert(0, f"DROP VIEW IF EXISTS {quoted(view.name)}")
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for grant in grants:
        held[grant.role, grant.table].update(grant.privileges)
    loaded = filled(schema)
    for view in made:
        guard = next((g for g in guards if (g.table.name, g.role) == (view.table, view.role)), None)
        _attacks(draft, schema, view, guard, held[view.role, view.table], f"table.{view.table}" in loaded)
    draft.decisions.append(_decision(schema, made, guards))


def _identity(draft: Draft, subject: Subject, serves: Sequence[str]) -> None:
    _function(draft, variable(subject), subject.table.column(subject.key()).sql_type, serves)


def _function(draft: Draft, name: str, sql_type: str, serves: Sequence[str]) -> None:
    text = " CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin" if "CHAR" in sql_type.upper() else ""
    draft.run(
        f"identity.{name}",
        f"CREATE FUNCTION {name}() RETURNS {sql_type}{text} DETERMINISTIC NO SQL SQL SECURITY INVOKER\n"
        f"    RETURN NULLIF(@{name}, '')",
        f"Who is asking: the application says SET @{name} = … when it begins a transaction and SET @{name} = NULL "
        "before it ends; its pool resets connections. With a binary log, the deploying login needs SUPER or "
        "log_bin_trust_function_creators = ON",
        f"The function {name} is made",
        serves,
    )
    draft.rollback.append(f"DROP FUNCTION IF EXISTS {name}")


def _attacks(draft: Draft, schema: SchemaDesign, view: View, guard: Guard | None, held: set[str], loaded: bool) -> None:
    """Somebody who did not say who he is, who took it back, who goes past the view, who reaches for others' rows."""
    element, name, table = f"security.view.{view.name}", quoted(view.name), schema.table(view.table)
    readable = "select" in held
    key, count = quoted(table.primary_key[0]), f"SELECT COUNT({quoted(table.primary_key[0])}) FROM {name}"
    attempts = (
        ("without_identity", "was never set", Session(role=view.role, fresh=True)),
        ("with_empty_identity", "is empty", as_user(view.role, view.variable, "")),
    )
    for case, state, session in attempts if readable else ():
        draft.claim(
            f"view.{view.name}.{case}",
            element,
            f"{view.role} sees no row of {view.name} while @{view.variable} {state}",
            view.serves,
            Returns(sql=(count,), rows=(("0",),), session=session),
        )
    mine = as_user(view.role, view.variable)
    if not (guard and guard.published):
        draft.claim(
            f"view.{view.name}.not_past",
            element,
            f"{view.role} does not reach {view.table} itself, whoever is asking",
            view.serves,
            Refused(sql=(f"SELECT {key} FROM {quoted(view.table)} LIMIT 1",), sqlstate=DENIED, session=mine),
        )
    direct = guard.paths[0][0].columns[0] if guard and len(guard.paths) == 1 and len(guard.paths[0]) == 1 else ""
    if readable and loaded and direct:
        others = f"SELECT COUNT(CASE WHEN {quoted(direct)} = 1 THEN NULL ELSE 1 END), COUNT({key}) > 0 FROM {name}"
        draft.claim(
            f"view.{view.name}.own_rows",
            element,
            f"On behalf of row 1 every row of {view.name} is of row 1, and there are some",
            view.serves,
            Returns(sql=(others,), rows=(("0", "1"),), session=mine),
        )
    if direct and "update" in held and readable:
        column = quoted(plain_column(table))
        draft.claim(
            f"view.{view.name}.no_foreign_update",
            element,
            f"On behalf of row 1, an UPDATE of another's rows of {view.table} touches none",
            view.serves,
            Accepted(
                sql=(f"UPDATE {name} SET {column} = {column} WHERE {quoted(direct)} <> 1",), session=mine, affects=0
            ),
        )


def _decision(schema: SchemaDesign, made: Sequence[View], guards: Sequence[Guard]) -> Decision:
    serves = tuple(dict.fromkeys(i for view in made for i in view.serves))
    names = [view.name for view in made]
    return Decision(
        id="security.decision.row_level",
        topic="Who sees which rows",
        choice=f"views with their definer's rights ({listed(names, 12)}) in front of"
        f" {listed(list(dict.fromkeys(view.table for view in made)), 12)}; the application has none on these",
        because="MariaDB has no row-level policies. Equivalent: nothing is shown to and nothing can be made by who did"
        " not say who is asking, and a forgotten WHERE shows nothing. Lost: statements name the view and not the"
        " table; the variable outlives the transaction, so it is taken back before COMMIT and the pool resets"
        " connections; a new column shows in the view when the view is made anew",
        alternatives=(
            Alternative(
                name="a condition in every query",
                refused_because=f"{len(schema.queries)} queries would each have to remember it",
            ),
            Alternative(
                name="a database for each of them", refused_because="migrations and pools would grow with their number"
            ),
        ),
        origin=Origin(kind="inferred", rule=f"{len(guards)} tables hold rows of somebody"),
        serves=serves,
    )


def shared_rows(requirements: Requirements, schema: SchemaDesign, guards: Sequence[Guard]) -> Decision | None:
    """The tables that grants alone protect."""
    named = {guard.table.name for guard in guards}
    free = [table.name for table in schema.tables if table.name not in named]
    if not guards or not free:
        return None
    serves = tuple(dict.fromkeys(i for guard in guards for i in guard.serves))
    return Decision(
        id="security.decision.shared_rows",
        topic="Rows that are nobody's",
        choice=f"{listed(free, 12)}: no view, grants alone decide",
        because="no short chain of foreign keys leads from there to an owner",
        origin=origin_of(requirements, serves, "a table that leads to no owner holds shared rows"),
        serves=serves,
    )
