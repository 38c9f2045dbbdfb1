"""Who may run a query: the database's own grants and policies, asked as the server would.

A caller of the API acts through one database role. An operation is open to exactly the roles for whom all of its
statement is allowed: each column that it reads or writes is granted, and a policy lets the role at the table's rows.
"""

import re
from collections.abc import Iterator

from agents.api_integration.queries import QueryFacts
from agents.naming import singular, words
from contracts.api import ApiRole
from contracts.catalogue import Catalogue, Command, PublishedTable
from contracts.published import PublishedDesign

MACHINERY = frozenset({"migrator", "auditor"})
"""Roles that no caller acts through: one owns the tables, the other reads the trail outside of the API."""


def refusal(facts: QueryFacts, role: str, catalogue: Catalogue) -> str:
    """Why the database would refuse this role the query; empty when it would not."""
    for table, command, columns in _needed(facts):
        lacking = sorted(_lacking(catalogue, role, table, command, columns))
        if lacking:
            return f'"{role}" may not {command} {", ".join(f"{table}.{c}" for c in lacking)}'
        if catalogue.table(table).row_security and not _policies(catalogue.table(table), role, command):
            return f'no policy of "{table}" lets "{role}" {command} its rows'
    return ""


def _needed(facts: QueryFacts) -> Iterator[tuple[str, Command, frozenset[str]]]:
    """(table, command, columns) that the statement needs; `*` stands for all columns."""
    for table in facts.tables:
        read = frozenset(column for t, column in facts.reads if t == table)
        if read or (facts.query.command == "select" and not facts.reads):
            yield table, "select", read
        written = frozenset(column for t, column in facts.writes if t == table)
        if written and facts.query.command in ("insert", "update", "delete"):
            yield table, _command(facts), frozenset() if facts.query.command == "delete" else written


def _command(facts: QueryFacts) -> Command:
    command = facts.query.command
    return "select" if command == "other" else command


def _lacking(catalogue: Catalogue, role: str, table: str, command: Command, columns: frozenset[str]) -> frozenset[str]:
    """Columns that the role may not touch this way; `*` where it needs the whole table and has less."""
    held = [g for g in catalogue.grants if g.role in (role, "public") and g.table == table and g.command == command]
    if any(not grant.columns for grant in held):
        return frozenset()
    granted = {name for grant in held for name in grant.columns}
    return frozenset(columns - granted) if columns else frozenset({"*"})


def _policies(table: PublishedTable, role: str, command: str) -> list[str]:
    """The conditions of permissive policies that apply; no policy means no row."""
    return [
        policy.using or policy.check or "true"
        for policy in table.policies
        if policy.permissive and policy.command in ("all", command) and {role, "public"} & set(policy.roles)
    ]


def owner_column(table: PublishedTable, role: str, identity: str) -> str:
    """The column that a policy compares with the caller's identity for this role; empty where rows are not owned so."""
    asked = rf"(?:[^=]*?current_setting\('{re.escape(identity)}'|{re.escape(identity)}\(\))"
    for using in _policies(table, role, "select") or _policies(table, role, "insert"):
        found = re.match(rf"\(*\s*\"?(\w+)\"?\s*=\s*{asked}", using, re.DOTALL)
        if found and identity:
            return found[1]
    return ""


def sees_all_rows(table: PublishedTable, role: str) -> bool:
    """Whether the role reads the table whole: there are no policies, or one of its own is always true."""
    return not table.row_security or any(u.strip("() ").lower() == "true" for u in _policies(table, role, "select"))


def api_roles(design: PublishedDesign) -> tuple[ApiRole, ...]:
    """The roles that callers may have, the brief's own first, then those that the database knows besides.

    A hand-written document names no callers; then every role that holds a right is one, except the tables' owners.
    """
    catalogue, said = design.catalogue, design.application.callers
    holders = tuple(dict.fromkeys(grant.role for grant in catalogue.grants if grant.role != "public"))
    owners = {table.owner for table in catalogue.tables if table.owner}
    named = {role: name for name, role in reversed(said.items()) if role}
    roles = [ApiRole(name=_word(name), database_role=role, **_identity(design, role)) for role, name in named.items()]
    roles.reverse()
    for role in holders:
        word = _without_prefix(role, holders)
        if role not in named and role not in owners and word not in MACHINERY:
            name = singular(design.application.owner_table) if _identity(design, role) else word
            name = "reporting" if role == design.application.reports else name
            roles.append(ApiRole(name=_word(name or word), database_role=role, **_identity(design, role)))
    return tuple(roles)


def _identity(design: PublishedDesign, role: str) -> dict[str, str]:
    """The setting that carries who asks, for a role whose policies read it."""
    setting = design.application.identity
    reads = any(
        setting and setting in (policy.using or "") + (policy.check or "")
        for table in design.catalogue.tables
        for policy in table.policies
        if role in policy.roles
    )
    return {"identity": setting} if reads else {}


def _without_prefix(role: str, roles: tuple[str, ...]) -> str:
    """The role without the project's prefix, when all roles share one."""
    prefix = role.split("_")[0] + "_"
    return role.removeprefix(prefix) if len(roles) > 1 and all(r.startswith(prefix) for r in roles) else role


def _word(name: str) -> str:
    return "_".join(words(name)) or "caller"
