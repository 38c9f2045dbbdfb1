"""The brief's own roles (doctor, receptionist, …): their duties, and the database roles and grants that follow.

A role of which the brief says nothing works with the rows that refer to it.
"""

import re
from collections.abc import Sequence

from agents.dialects.postgresql import quoted
from agents.security.basis import listed, origin_of, role_name
from agents.security.grants import app_privileges, hidden, immutable_columns
from agents.security.guards import Guard, subjects
from agents.security.sentences import Duty, read_sentence, tables_by_words
from contracts.base import Alternative, Decision, Origin
from contracts.requirements import OpenQuestion, Requirements
from contracts.schema import SchemaDesign, Table
from contracts.security import Grant, Role

OVERSEERS = frozenset({"admin", "administrator", "superuser", "root", "superadmin"})
END_USERS = frozenset({"user", "guest", "visitor", "anonymous", "public"})
CALLERS = frozenset({"customer", "client", "member", "subscriber", "buyer", "shopper"})
"""Names for whoever the rows belong to; end users where rows are told apart by person."""
MACHINERY = frozenset({"app", "migrator", "readonly", "auth", "auditor"})
_ORDER = ("select", "insert", "update", "delete")


def staff(requirements: Requirements, schema: SchemaDesign) -> tuple[Duty, ...]:
    """The duties of the roles that the brief names, without end users (who come through the application)."""
    duties = {
        name: Duty(name) for name in requirements.protection.roles if not _is_end_user(requirements, schema, name)
    }
    if not duties or requirements.tier == "embedded":
        return ()
    tables = tables_by_words(requirements, schema)
    for requirement in requirements.requirements:
        said = dict.fromkeys(filter(None, (requirement.origin.quote, requirement.text)))
        for sentence in (each for text in said for each in re.split(r"[.;\n]+", text)):
            read_sentence(requirement, sentence, duties, tables)
    for duty in duties.values():
        _complete(requirements, schema, duty)
    return tuple(duties.values())


def _is_end_user(requirements: Requirements, schema: SchemaDesign, name: str) -> bool:
    owners = {subject.table.entity for subject in subjects(requirements, schema)}
    if name in CALLERS and owners and entity_of(requirements, name) is None:
        return True
    return name in END_USERS or name in MACHINERY or entity_of(requirements, name) in owners


def entity_of(requirements: Requirements, role: str) -> str | None:
    """The entity whose rows are people in a role."""
    for entity in requirements.entities:
        if role in (entity.name, *entity.synonyms):
            return entity.name
    return None


def _complete(requirements: Requirements, schema: SchemaDesign, duty: Duty) -> None:
    """Overseers get everything, silent roles what refers to them, and writers the reading of what they link to."""
    if duty.role in OVERSEERS:
        duty.privileges = {table.name: set(_ORDER) for table in schema.tables}
        duty.denied.clear()
    elif not duty.said:
        _by_reference(requirements, schema, duty)
    for name in list(duty.privileges):
        if "insert" in duty.privileges[name]:
            for key in schema.table(name).foreign_keys:
                duty.privileges.setdefault(key.references, {"select"})
    for table in schema.tables:
        held = duty.privileges.get(table.name, set())
        if table.nature != "reference":  # reference data the application only reads, and people maintain
            held &= set(app_privileges(requirements, table)[0])
        if table.name in duty.denied or not held:
            duty.privileges.pop(table.name, None)


def _by_reference(requirements: Requirements, schema: SchemaDesign, duty: Duty) -> None:
    entity = entity_of(requirements, duty.role)
    mine = next((table for table in schema.tables if table.entity and table.entity == entity), None)
    for table in schema.tables:
        if mine and (table is mine or any(key.references == mine.name for key in table.foreign_keys)):
            duty.privileges[table.name] = {"select", "update"} if table is not mine else {"select"}
        elif table.nature in ("reference", "master") and not hidden(requirements, table):
            duty.privileges[table.name] = {"select"}


def staff_roles(requirements: Requirements, schema: SchemaDesign, duties: Sequence[Duty]) -> tuple[Role, ...]:
    """A database role for each duty."""
    return tuple(
        Role(
            name=role_name(requirements, duty.role),
            purpose=f"{duty.role} of the brief: works with "
            f"{listed([t.name for t in schema.tables if t.name in duty.privileges])}",
            origin=origin_of(requirements, _serves(requirements, duty), f'the brief names the role "{duty.role}"'),
            serves=_serves(requirements, duty),
        )
        for duty in duties
    )


def _serves(requirements: Requirements, duty: Duty) -> tuple[str, ...]:
    general = tuple(r.id for r in requirements.requirements if r.kind == "security")
    return (
        tuple(dict.fromkeys(duty.serves))
        or general
        or tuple(e.serves[0] for e in requirements.entities[:1] if e.serves)
    )


def staff_grants(requirements: Requirements, schema: SchemaDesign, duties: Sequence[Duty]) -> tuple[Grant, ...]:
    """The grants of the brief's roles; secrets stay with sign-in, and persons' health data with who treats."""
    made = []
    for duty in duties:
        for table in schema.tables:
            held = tuple(p for p in _ORDER if p in duty.privileges.get(table.name, ()))
            if held:
                made += _table_grants(requirements, schema, duty, table, held)
    return tuple(made)


def _table_grants(
    requirements: Requirements, schema: SchemaDesign, duty: Duty, table: Table, held: tuple[str, ...]
) -> list[Grant]:
    secrets = {c.name for c in table.columns if c.sensitivity == "secret"}
    if table.nature == "person" and not _treats(schema, duty):
        secrets |= {c.name for c in table.columns if c.sensitivity == "health"}
    fixed = {"created_at", *immutable_columns(requirements, table), *table.primary_key}
    rule = (
        f"{duty.role} in the brief" if duty.said else f"rows of {table.name} refer to {duty.role}, or are common data"
    )
    serves = _serves(requirements, duty)
    role = role_name(requirements, duty.role)

    def grant(privileges: tuple[str, ...], columns: tuple[str, ...] = ()) -> Grant:
        return Grant.model_validate(
            {
                "role": role,
                "table": table.name,
                "privileges": privileges,
                "columns": columns,
                "origin": Origin(kind="inferred", rule=rule),
                "serves": serves,
            }
        )

    limited = tuple(
        p
        for p in held
        if (p == "select" and secrets) or (p == "update" and (secrets or len(fixed) > 1 + len(table.primary_key)))
    )
    shown = tuple(c.name for c in table.columns if c.name not in secrets)
    rest = tuple(p for p in held if p not in limited)
    changing = tuple(
        n for n in shown if n not in fixed and not table.column(n).identity and table.column(n).generated is None
    )
    made = [grant((p,), shown if p == "select" else changing) for p in limited]
    return [*([grant(rest)] if rest else []), *made]


def _treats(schema: SchemaDesign, duty: Duty) -> bool:
    """Whether a role works with health data: it reads most of the tables that hold them, beside those of persons.

    Who only finds a person or an appointment needs no allergies (45 CFR 164.502(b), minimum necessary).
    """
    holding = [
        t.name for t in schema.tables if t.nature != "person" and any(c.sensitivity == "health" for c in t.columns)
    ]
    return 2 * sum("select" in duty.privileges.get(name, ()) for name in holding) >= len(holding)


def own_conditions(
    requirements: Requirements, schema: SchemaDesign, duties: Sequence[Duty], guards: Sequence[Guard]
) -> dict[tuple[str, str], str]:
    """For roles that see their own rows only: (role, table) → the policy's condition.

    `app.user_id` then holds the id of the person in the table of the role's own entity.
    """
    made: dict[tuple[str, str], str] = {}
    for duty in duties:
        entity = entity_of(requirements, duty.role)
        mine = next((table for table in schema.tables if table.entity and table.entity == entity), None)
        for guard in guards:
            key = next(
                (k for k in guard.table.foreign_keys if mine and k.references == mine.name and len(k.columns) == 1),
                None,
            )
            if mine and key and guard.table.name in duty.own:
                spelled = mine.column(mine.primary_key[0]).sql_type
                current = f"(SELECT nullif(current_setting('app.user_id', true), '')::{spelled})"
                made[role_name(requirements, duty.role), guard.table.name] = f"{quoted(key.columns[0])} = {current}"
    return made


def staff_decisions(requirements: Requirements, schema: SchemaDesign, duties: Sequence[Duty]) -> list[Decision]:
    """How the brief's roles were read, for the person who has to confirm it."""
    return [_decision(requirements, schema, duty) for duty in duties]


def staff_questions(schema: SchemaDesign, duties: Sequence[Duty]) -> tuple[OpenQuestion, ...]:
    """One question for each role that the brief names and gives nothing to do: its rights are a guess until then."""
    return tuple(
        OpenQuestion(
            id=f"question.security.role.{duty.role}",
            question=f"What may {duty.role} create, change and see? The brief names the role and none of its work",
            reading=f"it has {listed(tables, 12)}" if (tables := _held(schema, duty)) else "it may do nothing",
        )
        for duty in duties
        if not duty.said and duty.role not in OVERSEERS
    )


def _held(schema: SchemaDesign, duty: Duty) -> list[str]:
    """The tables of a duty, each with what it may do there."""
    return [
        f"{t.name} ({'/'.join(p for p in _ORDER if p in duty.privileges[t.name])})"
        for t in schema.tables
        if t.name in duty.privileges
    ]


def _decision(requirements: Requirements, schema: SchemaDesign, duty: Duty) -> Decision:
    tables = _held(schema, duty)
    serves = _serves(requirements, duty)
    denied = f"; {listed(sorted(duty.denied))} refused to it" if duty.denied else ""
    app = role_name(requirements, "app")
    return Decision(
        id=f"security.decision.staff.{duty.role}",
        topic=f"What the role {duty.role} may do",
        choice=listed(tables, 12) if tables else f"nothing yet: the brief names {duty.role} and no table for it",
        because=f"{_reading(schema, duty)}{denied}",
        alternatives=(
            Alternative(
                name=f"{duty.role} through {app}",
                refused_because=f"a mistake in the application would give {duty.role} all rights of {app}",
            ),
        ),
        origin=origin_of(requirements, serves, f'the brief names the role "{duty.role}"'),
        serves=serves,
    )


def _reading(schema: SchemaDesign, duty: Duty) -> str:
    """Why the duty is what it is."""
    if duty.role in OVERSEERS:
        return (
            f"{duty.role} oversees all {len(schema.tables)} tables, without secrets and within the rules of the brief"
        )
    if duty.said:
        return f"the brief's sentences on {duty.role} name these tables"
    return f"the brief names {duty.role} without saying what it may do; it gets what refers to it and common data"
