"""Words for what a person does in a sentence (`operator`, `buyer`) and who of the brief's people may do it."""

from collections.abc import Collection, Sequence

from agents.knowledge import archetype_for
from agents.naming import singular
from agents.requirement_analysis.lexicon import words_that

_STAFF = words_that("staff_role")
_PUBLIC = words_that("public_role")
_PROFESSIONS = words_that("profession")
_SERVED = words_that("served")
_SERVING = words_that("serving")
_PERSON_ENDS = ("ist", "ian", "eer")
_STAFF_ENTITIES = ("employee", "staff", "staff_member", "worker", "crew_member", "personnel", "member", "user")
_PUBLIC_ENTITIES = ("user", "customer", "member", "account", "student", "person", "reader", "client", "participant")


def is_role(name: str) -> bool:
    """Whether a snake_case name says what somebody does rather than who it is."""
    last = singular(name).rpartition("_")[2]
    return name in _STAFF or last in _STAFF or last in _PUBLIC


def is_anybody(name: str) -> bool:
    """Whether a snake_case name is that of people who have roles: employees, users, students; operators are a role."""
    return is_person(name) and (not is_role(name) or name in _STAFF_ENTITIES or name in _PUBLIC_ENTITIES)


def is_staff(name: str) -> bool:
    """Whether a snake_case name says what an employee does."""
    return name in _STAFF or singular(name).rpartition("_")[2] in _STAFF


def is_author(name: str, *, anybody: bool = False) -> bool:
    """Whether a bare word such as `commenter` means one of the users, even without an `id` behind it.

    An author may be nobody whom the application knows, unless the brief says who writes (`anybody`).
    """
    last = singular(name).rpartition("_")[2]
    return last in _PUBLIC - {"student", "guest", "host", "friend"} - (set() if anybody else {"author", "publisher"})


def role_player(name: str, persons: Sequence[str]) -> str | None:
    """The one of these person entities that a role fits: the only one, else the usual one for such a role.

    Customers do not operate the machines, and drivers do not send the goods.
    """
    unable = _SERVED if is_staff(name) else _SERVING if name.rpartition("_")[2] in _SERVED else ()
    persons = [p for p in persons if p.rpartition("_")[2] not in unable]
    if len(persons) == 1:
        return persons[0]
    last = singular(name).rpartition("_")[2]
    usual = _STAFF_ENTITIES if name in _STAFF or last in _STAFF else _PUBLIC_ENTITIES
    for wanted in usual:
        for person in persons:
            if person == wanted or person.endswith(f"_{wanted}"):
                return person
    return None


def is_human(name: str) -> bool:
    """Whether a snake_case name means people, also by what they are for a living (`curator`, `actor`)."""
    return is_person(name) or singular(name).rpartition("_")[2] in _PROFESSIONS


def is_person(name: str) -> bool:
    """Whether a snake_case name means a person: by what is known of it, by its role, or by its end (`musician`)."""
    archetype = archetype_for(name)
    if (archetype is not None and archetype.nature == "person") or is_role(name):
        return True
    return name.endswith(_PERSON_ENDS) and not name.endswith(("list", "mist", "twist", "beer", "deer", "career"))


_OF_PEOPLE = frozenset(
    {"email", "phone", "mobile", "first_name", "last_name", "birth_date", "date_of_birth", "birthday"}
)


def seems_human(name: str, attributes: Collection[str]) -> bool:
    """Whether an entity is of people: by its name, or because it can be called or has a birthday."""
    return is_human(name) or not _OF_PEOPLE.isdisjoint(attributes)
