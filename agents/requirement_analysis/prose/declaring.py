"""Declarations from what prose lists: under which name, with which attributes, and by which natural key."""

from collections.abc import Collection, Iterator, Sequence

from agents.changing import changed
from agents.knowledge import archetype_for
from agents.knowledge.deeds import is_record_noun
from agents.language import tagged
from agents.naming import identifier, singular, words
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_human
from agents.requirement_analysis.prose.items import Item
from agents.requirement_analysis.prose.pairs import Pair
from agents.requirement_analysis.prose.reading import Found
from agents.requirement_analysis.prose.telling import last_word
from agents.requirement_analysis.prose.things import ACTIONS, Thing, one
from agents.requirement_analysis.prose.together import all_relate, together

_KINDS = words_that("kind")
_HAPPENINGS = words_that("happening") | {"task"}
_SORTED = sorted(_HAPPENINGS)


def declare_lists(read: Found, found: Declarations) -> None:
    """Every owner with its attributes, under the longest name that the brief introduced it by."""
    introduced = _introductions(read)
    read.lists += _facts_of_deeds(read)
    read.lists.sort(key=lambda noted: bool(noted[0].ends))  # what joins two things is named after both
    owners = {singular(identifier(owner.label)) for owner, _, _ in read.lists}
    read.lists[:] = [(_by_ids(owner, listed, owners), listed, sentence) for owner, listed, sentence in read.lists]
    for place, (owner, listed, sentence) in enumerate(read.lists):
        for end in owner.ends if all_relate(listed) else ():
            if known_as(Thing(end, "thing"), found) is None:
                found.declare(one(end), sentence, "low", bare=True)
        name = known_as(owner, found)
        if name and (joint := _association(name, listed, owners, found)):
            read.lists[place] = (joint, listed, sentence)
            owner, name = joint, known_as(joint, found)
        label = found.by_name[name].label if name else _fuller(owner, introduced)
        declare(label, listed, sentence, found)
    for owner, listed, sentence in list(read.lists):
        _take_out_others(owner, listed, sentence, read, found)


def _facts_of_deeds(read: Found) -> Iterator[tuple[Thing, tuple[Item, ...], Sentence]]:
    """What deeds tell of two things of which a sentence says that each has several of the other: the role in a film."""
    several = {
        frozenset((last_word(p.subject.label), last_word(p.object.label)))
        for p, _ in read.pairs
        if p.count == "many" and not p.tied
    }
    for who, what, told, sentence in read.deeds:
        if frozenset((last_word(who.label), last_word(what.label))) in several and all_relate(told):
            joint = together(who, what)
            read.pairs += [(Pair(Thing(end, "thing"), joint, "many", tied=True), sentence) for end in joint.ends]
            yield joint, told, sentence


def _association(name: str, listed: Sequence[Item], owners: Collection[str], found: Declarations) -> Thing | None:
    """What a further list about a thing describes that has its own id and another's: a user's use of a robot.

    `This operation records the user ID, robot ID and time` tells nothing further of users.
    """
    ids = [base for i in listed if (base := _keyed(i.label))]
    others = [i for i in ids if i in owners and i != name]
    if len(found.by_name[name].attributes) < 2 or name not in ids or not others:
        return None
    return Thing(f"{found.by_name[name].label} {others[0].replace('_', ' ')}", "thing")


def _by_ids(owner: Thing, listed: Sequence[Item], owners: Collection[str]) -> Thing:
    """The owner of a list that begins with an id of nothing else and then has the supposed owner's.

    `For projects with bad results, the system records the tracking record ID, project ID and date` describes tracking
    records.
    """
    label = next((i.label for i in listed), "")
    head, _, last = label.rpartition(" ")
    name = singular(identifier(head)) if head else ""
    own, _, kind = name.rpartition("_")
    if kind in _KINDS and own == last_word(owner.label) and last.lower() in ("id", "code", "number", "name"):
        return Thing(f"{one(owner.label)} {kind}", "thing")  # `several types of cards, each with a card type code`
    if not _keyed(label) or set(words(head)) & set(words(owner.label)):
        return owner
    if any(f"_{one}".endswith(f"_{name}") for one in owners):
        return owner
    refers = any(_keyed(i.label).rpartition("_")[2] == last_word(owner.label) for i in listed[1:])
    return Thing(head, "thing") if refers and head else owner


def _keyed(label: str) -> str:
    """What a label numbers, in snake_case: `robot` for `Robot ID` and `robot number`; empty for any other label."""
    head, _, last = label.rpartition(" ")
    return singular(identifier(head)) if head and last.lower() in ("id", "number", "code") else ""


def known_as(named: Thing, found: Declarations) -> str | None:
    """The declared entity that a phrase means: by its name, or as the only one whose name ends so (`team`)."""
    name = singular(identifier(named.label))
    if name in found.by_name:
        return name
    ends = found.ending(name) or found.same(name)
    if len(ends) == 1 or named.ends:
        return ends[0] if len(ends) == 1 else None
    return _by_happening(name, found) or _by_doing(name, found)


def _by_doing(name: str, found: Declarations) -> str | None:
    """The people of whom a word in front says only what they do: the participating employees are employees."""
    doing, _, who = name.partition("_")
    return who if doing.endswith("ing") and who in found.by_name and is_human(who) else None


def _by_happening(name: str, found: Declarations) -> str | None:
    """The same thing with or without a word that only says that it happened: `delivery`, `delivery record`."""
    head, _, last = name.rpartition("_")
    known = archetype_for(head) if head else None
    if last in _HAPPENINGS and known is not None and known.nature == "master":
        return None  # what is done with a document is no document
    if last in _HAPPENINGS and head:
        done = head.endswith(ACTIONS) or is_record_noun(head)  # the record of a chat is no group chat
        return head if head in found.by_name else next(iter(found.ending(head) if done else ()), None)
    return next((n for word in _SORTED if (n := f"{name}_{word}") in found.by_name), None)


def meant(named: Thing, found: Declarations) -> str | None:
    """The declared entity that a phrase means, also as its end: `table reservations` are reservations."""
    parts = singular(identifier(named.label)).split("_")
    longest = (n for i in range(1, len(parts)) if (n := "_".join(parts[i:])) in found.by_name)
    return known_as(named, found) or next(longest, None)


def _introductions(read: Found) -> dict[str, list[str]]:
    """The phrases that introduce things, by their last word in the singular."""
    phrases = [t.label for t, _ in read.named]
    phrases += [p.object.label for p, _ in read.pairs if p.count == "many" and not (p.made or p.tied)]
    alike = {  # the prerequisite courses of a course are courses
        p.object.label for p, _ in read.pairs if last_word(p.object.label) == one(p.subject.label).lower()
    }  # fmt: skip
    by_end: dict[str, list[str]] = {}
    for phrase in phrases:
        if phrase in alike:
            continue
        plain = all(t.nominal or (t.tag == "adjective" and t.low[-3:] != "ing") for t in tagged(phrase))
        if plain and 1 < len(phrase.split()) <= 4:
            by_end.setdefault(one(phrase).lower().rpartition(" ")[2], []).append(phrase)
    return by_end


def _fuller(owner: Thing, introduced: dict[str, list[str]]) -> str:
    """The name under which a sentence introduced a thing, by one word longer: `multiple sales teams`, `each team`."""
    end = one(owner.label).lower()
    fuller = [p for p in introduced.get(end.rpartition(" ")[2], ()) if one(p).lower().endswith(f" {end}")]
    clear = len({one(p).lower().removesuffix(end).split()[-1] for p in fuller}) == 1  # of two kinds of game, it is none
    named = fuller[0] if clear and owner.determiner in ("each", "a", "an", "every") else owner.label
    return " ".join(named.split()[-len(owner.label.split()) - 1 :])


def declare(label: str, listed: Sequence[Item], sentence: Sentence, found: Declarations) -> None:
    """The owner with its attributes; what an earlier sentence listed is not repeated."""
    declaration = found.declare(one(label), sentence, "medium", bare=True)
    known = declaration.known()
    own = {declaration.name, *(f"{declaration.name}_{word}" for word in ("information", "details", "data"))}
    said: set[str] = set()
    for attribute in (a for item in listed for a in _attributes(item)):
        if attribute.name not in known and attribute.name not in own and attribute.name not in said:
            base = attribute.name.removesuffix("_id")
            said |= {base, f"{base}_id"}  # `the customer` and the `customer ID` are one reference
            declaration.attributes.append((attribute, sentence))


def _take_out_others(
    owner: Thing, listed: tuple[Item, ...], sentence: Sentence, read: Found, found: Declarations
) -> None:
    """Takes other entities out of an attribute list: `each project has a name, a budget and actors`.

    What is described in passing is one of several: `for each dog a name, and any medication with dose and time`.
    """
    name = known_as(owner, found)
    parts = {o.label for o, _, where in read.lists if where is sentence and o.determiner == "any" and o.whole}
    for item in listed:
        several = (item.many and one(item.label) != item.label) or item.label in parts
        other = known_as(Thing(item.label, "thing"), found) if several else None
        if name and other and other != name:
            declaration = found.by_name[name]
            declaration.attributes[:] = [(a, s) for a, s in declaration.attributes if a.label != item.label]
            read.pairs.append((Pair(owner, Thing(item.label, "thing", many=True), "many"), sentence))


def _attributes(item: Item) -> Iterator[StatedAttribute]:
    """The item as an attribute with what its remark says: `status (e.g. open, closed)`, `user ID (Primary key)`."""
    label = item.label.rpartition("'s ")[2] or item.label
    note = item.note.replace("“", "").replace("”", "").replace('"', "")
    for lead in ("such as", "e.g.,", "e.g.", "eg.", "for example,", "for example", "like", "i.e.,", "i.e."):
        note = note.removeprefix(lead).strip()
    note = note.removesuffix("etc.").removesuffix("etc").strip(" ,;")
    head, within, unit = label.rpartition(" in ")
    if within and not note and (measured := stated_attributes(f"{head} ({unit})")) and measured[0].unit:
        label, note = head, unit  # `a length in minutes`
    parsed = stated_attributes(f"{label} ({note})" if note else label)
    if len(parsed) == 1:
        unique = parsed[0].unique or item.unique
        yield changed(parsed[0], type="boolean" if item.question else parsed[0].type, unique=unique)
    else:
        yield StatedAttribute(label=label, type="boolean" if item.question else None)
