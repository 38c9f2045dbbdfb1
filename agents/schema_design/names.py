"""Names of tables and columns: plural tables, no reserved words, no two alike."""

from collections.abc import Collection, Iterable, Mapping

from agents.dialects.postgresql import RESERVED
from agents.knowledge.german import german_plural
from agents.naming import plural, shorten
from contracts.requirements import AttributeType, Entity

_SUFFIX: Mapping[str, str] = {"timestamp": "at", "date": "on", "time": "time"}


def table_names(entities: Iterable[Entity]) -> dict[str, str]:
    """Entity name → table name; entities whose plurals coincide get a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    entities = tuple(entities)
    german = speaks_german([entity.name for entity in entities])
    for entity in entities:
        name = plural(entity.name, german=german)
        if name in RESERVED:
            name = f"{name}_records"
        names[entity.name] = unused(name, taken)
    return names


def speaks_german(names: Collection[str]) -> bool:
    """Whether most names of a design are German, so that those which English has as well are German, too."""
    return sum(german_plural(name.rpartition("_")[2]) is not None for name in names) * 2 > len(names)


def unused(name: str, taken: set[str]) -> str:
    """`name`, or `name_2`, `name_3`, … if it is taken; the result is marked as taken."""
    candidate, number = name, 2
    while candidate in taken:
        candidate = f"{shorten(name, 60)}_{number}"
        number += 1
    taken.add(candidate)
    return candidate


def column_name(name: str, kind: AttributeType) -> str:
    """An attribute's column: a reserved word gets its meaning as a suffix (`end` → `end_at`); `id` is the
    surrogate key's, so a stated `id` that is not the key becomes `external_id`."""
    if name == "id":
        return "external_id"
    if name in RESERVED:
        return f"{name}_{_SUFFIX.get(kind, 'value')}"
    return name


def reference_name(parent: str, role: str | None) -> str:
    """The foreign key column of a relationship: the role's or else the parent's name, and `_id`."""
    base = role or parent
    return shorten(base if base.endswith("_id") else f"{base}_id")
