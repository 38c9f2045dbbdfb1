"""Which items of a list are keys, and which refer to another thing that the brief lists: ids, numbers, people."""

from collections.abc import Iterator

from agents.changing import changed
from agents.knowledge import attribute_guess
from agents.naming import identifier, singular
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.entities import Declaration, Declarations
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_anybody, is_author, is_person, is_role, role_player
from agents.requirement_analysis.prose.declaring import known_as
from agents.requirement_analysis.prose.reading import Found
from agents.requirement_analysis.prose.roles import told_roles
from agents.requirement_analysis.prose.things import ORDINALS
from agents.requirement_analysis.relationships import is_part


def refer(read: Found, found: Declarations) -> None:
    """Marks natural keys, and as references what names another thing's key, or the thing by the end of its name."""
    _mark_keys(read, found)
    keys = dict(_natural_keys(found))
    called = {role: target for role, target in told_roles(read, found).items() if role not in found.by_name}
    firsts = _firsts(found)
    persons = [name for name in found.by_name if is_anybody(name)]
    goods = _goods(found)
    makers = _makers(read, found)
    for name, declaration in found.by_name.items():
        happens = _happens(declaration)
        for place, (attribute, sentence) in enumerate(declaration.attributes):
            if attribute.references or (attribute.key and attribute.unique):
                continue
            target = (
                keys.get(attribute.name)
                or _by_first(attribute, name, firsts, found)
                or _by_id(attribute, name, place, found)
                or _by_end(attribute, name, found)
            )
            target = target or called.get(attribute.name.removesuffix("_id"))
            if target is None and is_author(attribute.name, anybody=True) and _is_plain(attribute):
                target = makers.get(name)
            if target is None and happens and _is_plain(attribute) and attribute.name not in found.by_name:
                role = attribute.name.removesuffix("_id")
                target = role_player(role, persons) if is_role(role) else goods if _is_goods(role) else None
            if target and target != name:
                declaration.attributes[place] = (changed(attribute, references=target.replace("_", " ")), sentence)
    for name, declaration in found.by_name.items():
        declaration.attributes[:] = [(a, s) for a, s in declaration.attributes if not _belongs(a, name, found)]


def _mark_keys(read: Found, found: Declarations) -> None:
    """Marks what sentences say identifies a thing: one fact is unique, several are together.

    Who is `identified by an ID, a name and a telephone number` has a key in the first of these.
    """
    for owner, listed in read.keys:
        name = known_as(owner, found)
        names = {identifier(i.label) for i in listed}
        if names & {"id", f"{name}_id"} or any(n.endswith("name") for n in names) > (len(names) == 1):
            continue
        if any(is_person(n) or n.rpartition("_")[2] in _DOERS for n in names if len(names) == 1):
            continue  # risks are identified by the safety team
        declared = found.by_name[name].attributes if name else []
        if names <= {a.name for a, _ in declared} and not any(a.key for a, _ in declared):
            for place, (attribute, sentence) in enumerate(declared):
                if attribute.name in names:
                    declared[place] = (changed(attribute, key=True, unique=len(names) == 1), sentence)


_DOERS = words_that("group") | words_that("organisation")


def _firsts(found: Declarations) -> dict[str, str]:
    """The ids that lists begin with and that name no entity, each with the first such list: `change ID`."""
    firsts: dict[str, str] = {}
    for name, declaration in found.by_name.items():
        first = declaration.attributes[0][0].name if declaration.attributes else ""
        base = first.removesuffix("_id")
        parts = base.split("_")
        named = any("_".join(parts[i:]) in found.by_name for i in range(len(parts)))
        if base not in ("", first) and not named and not is_role(base) and base not in _HAPPENINGS:
            firsts.setdefault(first, name)
    return firsts


def _by_first(attribute: StatedAttribute, owner: str, firsts: dict[str, str], found: Declarations) -> str | None:
    """The thing whose list began with this id, where the id names no thing and is not the owner's by its name."""
    first = firsts.get(attribute.name)
    base = attribute.name.removesuffix("_id")
    return first if first and first != owner and base not in owner.split("_") and not found.ending(base) else None


_HAPPENINGS = words_that("happening")


def _makers(read: Found, found: Declarations) -> dict[str, str]:
    """The people whom sentences name, one and no other, as those who bring a thing into being: users write articles."""
    makers: dict[str, set[str]] = {}
    for pair, _ in read.pairs:
        maker, made = known_as(pair.subject, found), known_as(pair.object, found)
        if maker and made and pair.made and pair.verb not in _BORROWS and is_person(maker):
            makers.setdefault(made, set()).add(maker)
    return {made: next(iter(by)) for made, by in makers.items() if len(by) == 1}


_BORROWS = words_that("sharing") - words_that("composing")


def _is_plain(attribute: StatedAttribute) -> bool:
    return attribute.type in (None, "identifier") and not attribute.allowed


def _happens(declaration: Declaration) -> bool:
    """Whether a list tells what happened: it has a moment, and no name of its own."""
    names = [a.name for a, _ in declaration.attributes]
    timed = any(attribute_guess(n).type in ("timestamp", "date", "time") for n in names)
    own = ("name", "title", f"{declaration.name}_name", f"{declaration.name}_title")
    return timed and not any(n in own for n in names)


_GOODS = ("product", "good", "item", "commodity", "merchandise", "article")


def _is_goods(name: str) -> bool:
    """Whether a name is a word for whatever is made or sold: `produced product`."""
    return any(singular(word) in _GOODS for word in name.split("_"))


def _goods(found: Declarations) -> str | None:
    """The only described thing that has a name and a price, which `product` then means."""
    priced = [
        name for name, d in found.by_name.items()
        if {"name", f"{name}_name"} & {a.name for a, _ in d.attributes}
        and any(a.name == "price" or a.name.endswith("_price") for a, _ in d.attributes)
    ]  # fmt: skip
    return priced[0] if len(priced) == 1 else None


def _belongs(attribute: StatedAttribute, owner: str, found: Declarations) -> bool:
    """Whether an attribute names what refers back to its owner: the repairs of a machine stand with the repairs."""
    part = found.by_name.get(singular(attribute.name))
    if part is None or part.name == owner or attribute.name.endswith("_id"):
        return False
    return part.name.startswith(f"{owner}_") or any(a.name == f"{owner}_id" for a, _ in part.attributes)


def _natural_keys(found: Declarations) -> Iterator[tuple[str, str]]:
    """(attribute, entity) of the numbers and codes that are marked as keys.

    One is the entity's own by its name (`department number`), or a list begins with it: nobody begins with a number
    or code that does not tell one from another (`license plate number`, `ISBN`), save by its name (`seat number`).
    """
    names = [a.name for d in found.by_name.values() for a, _ in d.attributes]
    taken: set[str] = set()
    for name, declaration in found.by_name.items():
        if stated := [a for a, _ in declaration.attributes if a.key]:
            numbered = (a.name for a in stated if a.name.rpartition("_")[2] in _NUMBERS and a.name not in taken)
            theirs = [n for n in numbered if _numbered(n.rpartition("_")[0], found) in (None, name)]
            taken.update(theirs)
            yield from ((n, name) for n in theirs)
            continue
        if not declaration.attributes or any(a.name in ("id", f"{name}_id") for a, _ in declaration.attributes):
            continue
        exact = (f"{name}_{last}" for last in _NUMBERS)
        listed = [a.name for a, _ in declaration.attributes]
        place = next((listed.index(n) for n in exact if n in listed), 0)
        first, sentence = declaration.attributes[place]
        base, _, last = first.name.rpartition("_")
        own = bool(set(singular(base).split("_")) & set(name.split("_"))) or not base
        refers = place == 0 and _numbered(base, found) not in (None, name) and not first.unique
        if refers and (not own or base.partition("_")[0] in ORDINALS):
            continue
        whole, _, part = name.rpartition("_")
        if whole in found.by_name and base == part and is_part(whole, name):  # an order's lines have numbers within it
            declaration.attributes[place] = (changed(first, unique_per=whole.replace("_", " ")), sentence)
            continue
        tells = last in _NUMBERS and (own or first.unique or names.count(first.name) > 1 or _tells_apart(first))
        if first.name not in taken and (tells or last in _CODES):
            declaration.attributes[place] = (changed(first, key=True, unique=True), sentence)
            taken.add(first.name)
            yield first.name, name


_NUMBERS = ("number", "no", "code")
_CODES = words_that("code")
_SHARED = words_that("shared_number")


def _tells_apart(first: StatedAttribute) -> bool:
    """Whether a number with which a list begins is one of its own rather than how to reach or where to find it."""
    plain = attribute_guess(first.name).type == "string" and first.type in (None, "string")
    return plain and not _SHARED & set(first.name.split("_"))


def _numbered(base: str, found: Declarations) -> str | None:
    """The thing of this name, also where the name says which of several: `first_player`."""
    if base in found.by_name:
        return base
    head, _, rest = base.partition("_")
    return rest if head in ORDINALS and rest in found.by_name else None


def _by_id(attribute: StatedAttribute, owner: str, place: int, found: Declarations) -> str | None:
    """The thing of an id: the one of this name, else the only one whose name ends so (`order ID` of a sales order)."""
    base, _, last = attribute.name.rpartition("_")
    if last in ("information", "details") and base and base != owner:
        ends = found.ending(base)
        return ends[0] if base not in found.by_name and len(ends) == 1 and not owner.endswith(f"_{base}") else None
    if last == "name" and base in found.by_name and base != owner:
        described = [a.name for a, _ in found.by_name[base].attributes]
        return base if described[:1] == [attribute.name] else None  # teams without an id are told apart by it
    if last not in ("id", "number", "no", "code", "username") or base in ("", owner):
        return None
    kind = owner.endswith(f"_{base}") and owner.removesuffix(f"_{base}") not in found.by_name
    if place == 0 and (kind or _without_happening(owner) == base):
        return None  # a list begins with the id of its own: the `sensor ID` of a proximity sensor
    if numbered := _numbered(base, found):
        return numbered
    ends = found.ending(base) if last == "id" else []
    return ends[0] if len(ends) == 1 and not owner.endswith(f"_{base}") else None


def _without_happening(name: str) -> str:
    """The name without a last word that only says that something happened: `booking` of a `booking_record`."""
    head, _, last = name.rpartition("_")
    return head if last in _HAPPENINGS else name


def _by_end(attribute: StatedAttribute, owner: str, found: Declarations) -> str | None:
    """The people whom a bare word means: `personnel` where the brief describes maintenance personnel only."""
    if attribute.type or attribute.allowed or attribute.name in found.by_name:
        return None
    ends = [n for n in found.ending(attribute.name) if n != owner]
    return ends[0] if len(ends) == 1 else None
