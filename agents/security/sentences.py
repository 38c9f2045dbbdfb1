"""What the brief's sentences say that each role may do: verbs, the entities that they apply to, and who is meant.

A sentence about a role grants by its verbs on the entities that it names; `not` takes away; `only doctors may …`
takes away from the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.naming import singular, words
from contracts.requirements import Entity, Requirement, Requirements
from contracts.schema import SchemaDesign

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


@dataclass
class Duty:
    """What one role may do: privileges by table name, which requirements say so, and where only own rows count."""

    role: str
    privileges: dict[str, set[str]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    serves: list[str] = field(default_factory=list)
    said: bool = False


def tables_by_words(requirements: Requirements, schema: SchemaDesign) -> dict[tuple[str, ...], str]:
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


def read_sentence(
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
