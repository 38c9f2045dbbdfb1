"""The brief's own roles (doctor, receptionist, …): what its sentences say that each may do with which tables.

A sentence about a role grants by its verbs on the entities that it names; `not` takes away; `only doctors may …`
takes away from the others. A role of which the brief says nothing works with the rows that refer to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.dialects.postgresql import quoted
from agents.naming import singular, words
from agents.security.basis import listed, origin_of, role_name
from agents.security.grants import app_privileges, hidden, immutable_columns
from agents.security.guards import Guard, subjects
from contracts.base import Alternative, Decision, Origin
from contracts.requirements import Entity, Requirement, Requirements
from contracts.schema import SchemaDesign, Table
from contracts.security import Grant, Role

OVERSEERS = frozenset({"admin", "administrator", "superuser", "root", "superadmin"})
END_USERS = frozenset({"user", "guest", "visitor", "anonymous", "public"})
CALLERS = frozenset({"customer", "client", "member", "subscriber", "buyer", "shopper"})
"""Names for whoever the rows belong to; end users where rows are told apart by person."""
MACHINERY = frozenset({"app", "migrator", "readonly", "auth", "auditor"})

_VERBS: Mapping[str, tuple[str, ...]] = {
    "select": ("select",),
    "insert": ("select", "insert"),
    "update": ("select", "update"),
    "delete": ("select", "delete"),
    "manage": ("select", "insert", "update", "delete"),
}
_SAID = {
    word: privilege
    for privilege, listed_words in {
        "select": "see view read browse list search check look find access consult export report open",
        "insert": "create add book register record enter write issue place submit upload schedule log",
        "update": "update edit change modify reschedule confirm approve assign set correct sign close cancel complete",
        "delete": "delete remove erase",
        "manage": "manage maintain administer handle",
    }.items()
    for word in listed_words.split()
}
_NEGATIONS = frozenset({"not", "never", "cannot", "no", "without", "nor"})
_STEM = 6  # letters from which a word that begins a role's name means that role
_OWN = frozenset({"own", "assigned"})
_ORDER = ("select", "insert", "update", "delete")


@dataclass
class Duty:
    """What one role may do: privileges by table name, which requirements say so, and where only own rows count."""

    role: str
    privileges: dict[str, set[str]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    serves: list[str] = field(default_factory=list)
    said: bool = False


def staff(requirements: Requirements, schema: SchemaDesign) -> tuple[Duty, ...]:
    """The duties of the roles that the brief names, without end users (who come through the application)."""
    duties = {
        name: Duty(name) for name in requirements.protection.roles if not _is_end_user(requirements, schema, name)
    }
    if not duties or requirements.tier == "embedded":
        return ()
    tables = _tables_by_words(requirements, schema)
    for requirement in requirements.requirements:
        said = dict.fromkeys(filter(None, (requirement.origin.quote, requirement.text)))
        for sentence in (each for text in said for each in re.split(r"[.;\n]+", text)):
            _read_sentence(requirement, sentence, duties, tables)
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


def _tables_by_words(requirements: Requirements, schema: SchemaDesign) -> dict[tuple[str, ...], str]:
    by_entity = {table.entity: table.name for table in schema.tables if table.entity}
    spelled: dict[tuple[str, ...], str] = {}
    for entity in requirements.entities:
        if entity.name in by_entity:
            for name in _spellings(entity):
                spelled.setdefault(name, by_entity[entity.name])
    return spelled


def _spellings(entity: Entity) -> list[tuple[str, ...]]:
    return [
        tuple(singular(word) for word in words(text))
        for text in (entity.name, entity.label, *entity.synonyms)
        if words(text)
    ]


def _read_sentence(
    requirement: Requirement, sentence: str, duties: Mapping[str, Duty], tables: Mapping[tuple[str, ...], str]
) -> None:
    stream = [singular(word) for word in words(sentence)]
    places = [(at, name) for name in duties for at in _people(stream, tuple(singular(w) for w in words(name)))]
    if not places:
        return
    places.sort()
    following: list[str] = []
    for number in range(len(places) - 1, -1, -1):
        at, name = places[number]
        end = places[number + 1][0] if number + 1 < len(places) else len(stream)
        clause = stream if len(places) == 1 else stream[at:end]
        if not _verbs(clause):
            clause = following
        following = clause
        only = at > 0 and stream[at - 1] == "only"
        _grant(requirement, clause, duties, name, tables, only)


def _places(stream: Sequence[str], wanted: tuple[str, ...]) -> list[int]:
    return [at for at in range(len(stream) - len(wanted) + 1) if tuple(stream[at : at + len(wanted)]) == wanted]


def _people(stream: Sequence[str], role: tuple[str, ...]) -> list[int]:
    """Where a clause speaks of a role: by its name, or by the place that it works in (`reception`: receptionist)."""
    if len(role) > 1:
        return _places(stream, role)
    name = role[0]
    return [at for at, word in enumerate(stream) if word == name or (len(word) >= _STEM and name.startswith(word))]


def changes(text: str) -> bool:
    """Whether a sentence speaks of more than reading.

    >>> changes("A patient books an appointment"), changes("Reception lists appointments")
    (True, False)
    """
    return bool(_verbs([singular(word) for word in words(text)]) - {"select"})


def _verbs(clause: Sequence[str]) -> set[str]:
    return {_SAID[stem] for word in clause for stem in _stems(word) if stem in _SAID}


def _stems(word: str) -> tuple[str, ...]:
    """`booked`, `books`, `booking` → `book`; `created` → `create`; `cancelled` → `cancel`.

    >>> "cancel" in _stems("cancelled"), "create" in _stems("creating"), "book" in _stems("booked")
    (True, True, True)
    """
    for ending in ("ing", "ed", "es", "s", "d"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            base = word[: -len(ending)]
            return (word, base, f"{base}e", base[:-1])
    return (word,)


def _grant(
    requirement: Requirement,
    clause: Sequence[str],
    duties: Mapping[str, Duty],
    name: str,
    tables: Mapping[tuple[str, ...], str],
    only: bool,
) -> None:
    """Applies each verb of the clause to the entities after it, or before it where the sentence is passive."""
    own_words = tuple(singular(w) for w in words(name))
    duty = duties[name]
    for table, verb, negated, own in _sayings(clause, tables, own_words):
        duty.said = True
        duty.serves.append(requirement.id)
        if negated:
            duty.denied.add(table)
            continue
        duty.privileges.setdefault(table, set()).update(_VERBS[verb])
        if own:
            duty.own.add(table)
        if only:
            for other in duties.values():
                if other is not duty:
                    other.denied.add(table)


def _sayings(
    clause: Sequence[str], tables: Mapping[tuple[str, ...], str], role: tuple[str, ...]
) -> list[tuple[str, str, bool, bool]]:
    """(table, kind of verb, negated, own rows only) for each verb and entity that belong together."""
    made: list[tuple[str, str, bool, bool]] = []
    verbs: list[str] = []
    waiting: list[str] = []
    negated = own = spent = False
    for kind, value in _tokens(clause, tables, role):
        if kind == "verb":
            verbs = [value] if spent else [*verbs, value]
            spent = False
            made += [(table, value, negated, False) for table in waiting]
        elif kind == "entity" and verbs:
            made += [(value, verb, negated, own) for verb in verbs]
            own, spent = False, True
        elif kind == "entity":
            waiting.append(value)
        elif kind == "not":
            negated = True
        elif kind == "own":
            own = True
        else:
            negated = False
    return made


def _tokens(
    clause: Sequence[str], tables: Mapping[tuple[str, ...], str], role: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """The words that matter; an entity's words are no verbs, even where they could be (`record`, `book`)."""
    longest = max((len(spelled) for spelled in tables), default=1)
    at = 0
    while at < len(clause):
        for length in range(longest, 0, -1):
            run = tuple(clause[at : at + length])
            if run in tables and run != role and len(run) == length:
                yield "entity", tables[run]
                at += length
                break
        else:
            yield from _token(clause[at])
            at += 1


def _token(word: str) -> Iterator[tuple[str, str]]:
    if word in _NEGATIONS:
        yield "not", word
    elif word in _OWN:
        yield "own", word
    elif word == "but":
        yield "but", word
    else:
        yield from (("verb", _SAID[stem]) for stem in _stems(word)[:4] if stem in _SAID)


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
    """The grants of the brief's roles; secrets stay with sign-in, whoever asks."""
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


def _decision(requirements: Requirements, schema: SchemaDesign, duty: Duty) -> Decision:
    tables = [
        f"{t.name} ({'/'.join(p for p in _ORDER if p in duty.privileges[t.name])})"
        for t in schema.tables
        if t.name in duty.privileges
    ]
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
