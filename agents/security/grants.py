"""What each role may do with each table: no more than its duty needs, column by column where data are sensitive."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from agents.dialects.postgresql import quoted
from agents.schema_design.dataset import Dataset
from agents.schema_design.sign_in import sign_in_columns
from agents.security.basis import Draft, Part, as_user, columns_sql, listed, role_name
from agents.security.guards import Guard
from agents.security.policy_trials import keyed, plain_column
from contracts.base import Origin
from contracts.claims import Accepted, Refused, Returns, Session
from contracts.requirements import Requirements, Rule, Sensitivity
from contracts.schema import SchemaDesign, Table
from contracts.security import Grant

DENIED = "42501"  # insufficient_privilege
_ALWAYS_HIDDEN: tuple[Sensitivity, ...] = ("secret", "payment", "health")
_ORDER = ("select", "insert", "update", "delete")


def app_grants(requirements: Requirements, schema: SchemaDesign, guards: Sequence[Guard]) -> tuple[Grant, ...]:
    """The application's privileges; tables behind sign-in hide their secrets from it (see `gate_grants`)."""
    role = role_name(requirements, "app")
    gated = {guard.table.name for guard in guards if guard.gated}
    return tuple(
        grant for table in schema.tables for grant in _app_table(requirements, table, role, table.name in gated)
    )


def _app_table(requirements: Requirements, table: Table, role: str, gated: bool) -> list[Grant]:
    privileges, rule, serves = app_privileges(requirements, table)
    if gated:
        privileges = tuple(p for p in privileges if p != "insert")
        rule += "; sign-in and registration have a role of their own"
    fixed = immutable_columns(requirements, table)
    made: list[Grant] = []
    secrets = tuple(c.name for c in table.columns if c.sensitivity == "secret") if gated else ()
    if secrets:
        privileges = tuple(p for p in privileges if p != "select")
        made.append(
            _grant(
                role,
                table,
                ("select",),
                f"{rule}; {listed(secrets)} is for sign-in alone",
                serves,
                tuple(c.name for c in table.columns if c.name not in secrets),
            )
        )
    if fixed and "update" in privileges:
        privileges = tuple(p for p in privileges if p != "update")
        changing = tuple(
            c.name
            for c in table.columns
            if c.name not in (*fixed, *table.primary_key, "created_at") and not c.identity and c.generated is None
        )
        if changing:
            made.append(_grant(role, table, ("update",), f"{listed(fixed)} must not change", serves, changing))
    whole = [_grant(role, table, privileges, rule, serves)] if privileges else []
    return whole + made


def app_privileges(requirements: Requirements, table: Table) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """The privileges of the application on a table, the rule that gives them, and what they serve."""
    rules = [
        r
        for r in requirements.rules
        if r.entity and r.entity == table.entity and r.kind == "immutable" and not r.attributes
    ]
    kept = [r for r in requirements.retention if r.entity in (None, table.entity)]
    written = any(p.kind == "write" and p.entity == table.entity for p in requirements.access_patterns)
    lasting = [r for r in requirements.rules if r.entity and r.entity == table.entity and never_deleted(r)]
    serves = tuple(dict.fromkeys((*table.serves, *(i for r in rules for i in r.serves))))
    if rules:
        return ("select", "insert"), f"rule: {rules[0].text}", serves
    if table.nature == "event":
        return ("select", "insert"), f"{table.name} is an append-only record of events", serves
    if table.nature == "reference" and not written:
        return ("select",), f"{table.name} is reference data that a deployment fills", serves
    if table.nature == "junction":
        plain = {*table.primary_key, "created_at"}
        extra = ("update",) if any(c.name not in plain for c in table.columns) else ()
        return ("select", "insert", *extra, "delete"), f"links in {table.name} are made and removed", serves
    if lasting:
        serves = tuple(dict.fromkeys((*serves, *(i for r in lasting for i in r.serves))))
        return _ORDER[:3], f"rule: {lasting[0].text}", serves
    if kept:
        serves = tuple(dict.fromkeys((*serves, *(i for r in kept for i in r.serves))))
        days = max(r.days for r in kept)
        return (
            ("select", "insert", "update"),
            f"{table.name} is kept for {days} days, so only the migrator deletes",
            serves,
        )
    state = next((c.name for c in table.columns if c.name in ("status", "state")), None)
    if table.nature == "transaction" and state:
        return _ORDER[:3], f"a row of {table.name} ends by its {state}, never by DELETE", serves
    if table.nature == "person" and requirements.protection.regulations:
        laws = listed(requirements.protection.regulations)
        return _ORDER[:3], f"a person in {table.name} is erased by overwriting ({laws}), never by DELETE", serves
    return _ORDER, f"rows of {table.name} are made, changed and removed by the application", serves


def never_deleted(rule: Rule) -> bool:
    """Whether a rule of the brief forbids deletion, which a missing privilege keeps where no constraint can.

    >>> from contracts.base import Origin
    >>> never_deleted(Rule(id="r", text="Encounters are never deleted", kind="prose", origin=Origin(kind="convention")))
    True
    """
    return re.search(r"\b(never|not|cannot|no)\b.*\b(delet|remov)", rule.text, re.IGNORECASE) is not None


def immutable_columns(requirements: Requirements, table: Table) -> tuple[str, ...]:
    """Columns that a rule of the brief fixes once they are written."""
    wanted = {
        name
        for r in requirements.rules
        if r.entity and r.entity == table.entity and r.kind == "immutable"
        for attribute in r.attributes
        for name in (attribute, f"{attribute}_id")
    }
    return tuple(c.name for c in table.columns if c.name in wanted)


def hidden(requirements: Requirements, table: Table) -> tuple[str, ...]:
    """Columns that reports do not need: secrets, payment and health data, and persons where a law protects them."""
    kinds = (*_ALWAYS_HIDDEN, *(("personal",) if requirements.protection.regulations else ()))
    return tuple(c.name for c in table.columns if c.sensitivity in kinds and c.name not in table.primary_key)


def readonly_grants(requirements: Requirements, schema: SchemaDesign) -> tuple[Grant, ...]:
    """Reading for reports; a table with hidden columns is granted column by column."""
    role, made = role_name(requirements, "readonly"), []
    for table in schema.tables:
        dark = hidden(requirements, table)
        shown = tuple(c.name for c in table.columns if c.name not in dark) if dark else ()
        rule = f"reports read {table.name} without {listed(dark)}" if dark else f"reports read {table.name}"
        made.append(_grant(role, table, ("select",), rule, table.serves, shown))
    return tuple(made)


def gate_grants(requirements: Requirements, guards: Sequence[Guard]) -> tuple[Grant, ...]:
    """What sign-in needs before anybody is known: the key, the unique name, the secret, the state; and registration."""
    role, made = role_name(requirements, "auth"), []
    for guard in (g for g in guards if g.gated):
        table = guard.table
        read = sign_in_columns(table)
        made.append(
            _grant(role, table, ("select",), f"sign-in finds a row of {table.name} by its name", guard.serves, read)
        )
        made.append(_grant(role, table, ("insert",), f"registration makes a row of {table.name}", guard.serves))
    return tuple(made)


def _grant(
    role: str, table: Table, privileges: Iterable[str], rule: str, serves: Sequence[str], columns: tuple[str, ...] = ()
) -> Grant:
    return Grant.model_validate(
        {
            "role": role,
            "table": table.name,
            "privileges": tuple(privileges),
            "columns": columns,
            "origin": Origin(kind="inferred", rule=rule),
            "serves": tuple(serves),
        }
    )


def grant_part(
    requirements: Requirements, schema: SchemaDesign, dataset: Dataset, grants: Sequence[Grant], guards: Sequence[Guard]
) -> Part:
    """The GRANT statements, one for each role and set of privileges, and attempts to do more than they allow."""
    draft = Draft()
    of_role: dict[str, list[Grant]] = defaultdict(list)
    for grant in grants:
        of_role[grant.role].append(grant)
    for role, mine in of_role.items():
        for number, (privileges, group) in enumerate(_grouped(mine), 1):
            _whole(draft, role, number, privileges, group)
        for grant in (g for g in mine if g.columns):
            _columns(draft, grant)
    _kept(draft, schema, dataset, [g for g in grants if g.role == role_name(requirements, "app")], guards)
    _reading(draft, requirements, schema, [g for g in grants if g.role == role_name(requirements, "readonly")])
    _no_ddl(draft, requirements, schema)
    return draft.part()


def _grouped(grants: Sequence[Grant]) -> list[tuple[tuple[str, ...], list[Grant]]]:
    groups: dict[tuple[str, ...], list[Grant]] = {}
    for grant in grants:
        if not grant.columns:
            groups.setdefault(tuple(p for p in _ORDER if p in grant.privileges), []).append(grant)
    return list(groups.items())


def _whole(draft: Draft, role: str, number: int, privileges: tuple[str, ...], group: Sequence[Grant]) -> None:
    tables = [grant.table for grant in group]
    words = ", ".join(p.upper() for p in privileges)
    draft.run(
        f"grant.{role}.{number}",
        f"GRANT {words} ON {columns_sql(tables)} TO {quoted(role)}",
        f"{role} may {_spoken(privileges)} rows of {listed(tables)}",
        f"{role} is granted {words} on {len(tables)} tables",
        tuple(dict.fromkeys(i for grant in group for i in grant.serves)),
    )


def _columns(draft: Draft, grant: Grant) -> None:
    words = ", ".join(f"{p.upper()} ({columns_sql(grant.columns)})" for p in grant.privileges)
    name = "_".join(grant.privileges)
    draft.run(
        f"grant.{grant.role}.{grant.table}.{name}",
        f"GRANT {words} ON {quoted(grant.table)} TO {quoted(grant.role)}",
        grant.origin.rule,
        f"{grant.role} may {_spoken(grant.privileges)} {len(grant.columns)} columns of {grant.table}",
        grant.serves,
    )


def _spoken(privileges: Sequence[str]) -> str:
    return listed([{"select": "read", "insert": "add", "update": "change", "delete": "remove"}[p] for p in privileges])


def _kept(
    draft: Draft, schema: SchemaDesign, dataset: Dataset, grants: Sequence[Grant], guards: Sequence[Guard]
) -> None:
    """Tables where the application adds rows and may not remove them, or not even change them."""
    guarded = {guard.table.name: guard for guard in guards}
    held: dict[str, set[str]] = {}
    for grant in grants:
        held.setdefault(grant.table, set()).update(grant.privileges)
    for grant in grants:
        if "insert" not in grant.privileges or "delete" in held[grant.table]:
            continue
        table, guard = schema.table(grant.table), guarded.get(grant.table)
        session = guard.session() if guard else as_user(grant.role)
        _refusals(draft, table, grant, session, changing="update" in held[grant.table])
        if held[grant.table] == {"select", "insert"} and not (guard and keyed(table, guard.mine())):
            draft.claim(
                f"grant.{table.name}.appends",
                f"security.grant.{grant.role}",
                f"{grant.role} adds a row to {table.name}",
                grant.serves,
                Accepted(sql=(dataset.insert(table, guard.mine() if guard else {}),), session=session, affects=1),
            )


def _refusals(draft: Draft, table: Table, grant: Grant, session: Session, changing: bool) -> None:
    column, name = quoted(plain_column(table)), quoted(table.name)
    attempts = [] if changing else [("changed", f"UPDATE {name} SET {column} = {column}")]
    for verb, sql in (*attempts, ("removed", f"DELETE FROM {name}")):
        draft.claim(
            f"grant.{table.name}.not_{verb}",
            f"security.grant.{grant.role}",
            f"A row of {table.name} cannot be {verb} by {grant.role}: {grant.origin.rule}",
            grant.serves,
            Refused(sql=(sql,), sqlstate=DENIED, session=session),
        )


def _reading(draft: Draft, requirements: Requirements, schema: SchemaDesign, grants: Sequence[Grant]) -> None:
    """Reports read, write nothing, and do not see hidden columns."""
    if not grants:
        return
    role = grants[0].role
    largest = max(schema.tables, key=lambda t: (t.expected_rows, t.name))
    element, name = f"security.grant.{role}", quoted(largest.name)
    key, last = quoted(largest.primary_key[0]), quoted(plain_column(largest))
    draft.claim(
        "grant.readonly.reads",
        element,
        f"{role} reads all rows of {largest.name}",
        largest.serves,
        Returns(sql=(f"SELECT (count({key}) > 1)::text FROM {name}",), rows=(("true",),), session=as_user(role)),
    )
    for verb, sql in (
        ("delete", f"DELETE FROM {name}"),
        ("update", f"UPDATE {name} SET {last} = {last}"),
    ):
        draft.claim(
            f"grant.readonly.no_{verb}",
            element,
            f"{role} is refused to {verb} rows of {largest.name}",
            largest.serves,
            Refused(sql=(sql,), sqlstate=DENIED, session=as_user(role)),
        )
    for table in schema.tables:
        for column in hidden(requirements, table):
            draft.claim(
                f"grant.readonly.hides.{table.name}.{column}",
                element,
                f"{role} cannot read {table.name}.{column}, which is {table.column(column).sensitivity}",
                tuple(dict.fromkeys((*table.column(column).serves, *table.serves))),
                Refused(
                    sql=(f"SELECT {quoted(column)} FROM {quoted(table.name)} LIMIT 1",),
                    sqlstate=DENIED,
                    session=as_user(role),
                ),
            )


def _no_ddl(draft: Draft, requirements: Requirements, schema: SchemaDesign) -> None:
    app, table = role_name(requirements, "app"), schema.tables[0]
    for action, sql in (
        ("alter", f"ALTER TABLE {quoted(table.name)} ADD COLUMN intruder integer"),
        ("drop", f"DROP TABLE {quoted(schema.tables[-1].name)}"),
        ("create", "CREATE TABLE intruder (id integer)"),
    ):
        draft.claim(
            f"grant.app.no_{action}",
            f"security.role.{app}",
            f"{app} cannot {action} a table, even when a statement is injected into the application",
            table.serves,
            Refused(sql=(sql,), sqlstate=DENIED, session=as_user(app)),
        )
