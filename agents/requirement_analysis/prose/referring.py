"""Which items of a list are keys, and which refer to another thing that the brief lists: ids, numbers, people."""

from collections.abc import Iterator
from dataclasses import replace

from agents.requirement_analysis.attributes import StatedAttribute
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.people import is_person


def refer(found: Declarations) -> None:
    """Marks natural keys, and as references what names another thing's key, or the thing by the end of its name."""
    keys = dict(_natural_keys(found))
    for name, declaration in found.by_name.items():
        for place, (attribute, sentence) in enumerate(declaration.attributes):
            if attribute.key or attribute.references:
                continue
            target = keys.get(attribute.name) or _by_id(attribute, name, found) or _by_end(attribute, name, found)
            if target and target != name:
                declaration.attributes[place] = (replace(attribute, references=target.replace("_", " ")), sentence)


def _natural_keys(found: Declarations) -> Iterator[tuple[str, str]]:
    """(attribute, entity) of the numbers and codes that lists begin with, which are marked as keys.

    Its words are those of the entity (`policy number`), or it is called unique, or another list has it as well
    (`license plate number`).
    """
    names = [a.name for d in found.by_name.values() for a, _ in d.attributes]
    for name, declaration in found.by_name.items():
        if not declaration.attributes or any(a.name in ("id", f"{name}_id") for a, _ in declaration.attributes):
            continue
        first, sentence = declaration.attributes[0]
        base, _, last = first.name.rpartition("_")
        own = set(base.split("_")) <= set(name.split("_"))
        if last in ("number", "no", "code") and (own or first.unique or names.count(first.name) > 1):
            declaration.attributes[0] = (replace(first, key=True, unique=True), sentence)
            yield first.name, name


def _by_id(attribute: StatedAttribute, owner: str, found: Declarations) -> str | None:
    """The thing of an id: the one of this name, else the only one whose name ends so (`order ID` of a sales order)."""
    base = attribute.name.removesuffix("_id")
    if base == attribute.name or base == owner:
        return None
    if base in found.by_name:
        return base
    ends = found.ending(base)
    return ends[0] if len(ends) == 1 and not owner.endswith(f"_{base}") else None


def _by_end(attribute: StatedAttribute, owner: str, found: Declarations) -> str | None:
    """The people whom a bare word means: `personnel` where the brief describes maintenance personnel only."""
    if attribute.type or attribute.allowed or attribute.name in found.by_name:
        return None
    ends = [n for n in found.ending(attribute.name) if n != owner]
    return ends[0] if len(ends) == 1 and is_person(ends[0]) else None
