"""Relationships of declared entities from all that prose says of them together."""

import itertools
from collections.abc import Iterator

from agents.knowledge import attribute_guess
from agents.language import NounPhrase, noun_phrases, tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations, Link
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_human, is_person, is_role, role_player
from agents.requirement_analysis.prose.counting import Counted, Known, counted
from agents.requirement_analysis.prose.declaring import known_as, meant
from agents.requirement_analysis.prose.reading import Found
from agents.requirement_analysis.prose.things import Thing, thing


def relate_counted(read: Found, found: Declarations, new: frozenset[str] = frozenset()) -> None:
    """The relationships that sentences count; an event that is named by the verb joins the two.

    With `new`, only those of these things, which were declared after the others had been related.
    """
    before = len(found.spoken)
    _relate(read, found)
    if new:
        found.spoken[before:] = [link for link in found.spoken[before:] if new & {link.parent, link.child}]


def _relate(read: Found, found: Declarations) -> None:
    known = _entities(found)
    lines: dict[tuple[str, ...], Sentence] = {}
    for pair, sentence in read.pairs:
        lines.setdefault(tuple(sorted(known(t) or "" for t in (pair.subject, pair.object))), sentence)
    found.spoken += _roles(read, found, known)
    plain = [p for p, _ in read.pairs if not p.role]
    for count in counted([p for p in plain if p.loose], known):
        if event := _event(count, found):
            line = lines[tuple(sorted((count.parent, count.child)))]
            found.spoken += [Link(end, event, "one_to_many", line, spoken=True) for end in (count.parent, count.child)]
    plain = [p for p in plain if not p.loose]
    joined = _joined(found)
    joints = {known_as(owner, found) for owner, _, _ in read.lists if owner.ends}
    for count in counted(plain, known, lambda n: _is_person(n, found), lambda n: _once(n, found)):
        sentence = lines[tuple(sorted((count.parent, count.child)))]
        acts = count.cardinality == "many_to_many" or count.made
        joint = _joint(count, found)
        event = joint if joint and (acts or joint in joints) else _event(count, found) if acts else None
        if event:
            found.joined.add(frozenset((count.parent, count.child)))
        for end in (count.parent, count.child) if event else ():
            found.spoken.append(Link(end, str(event), "one_to_many", sentence, spoken=True))
        if not event and not (count.made and frozenset((count.parent, count.child)) in joined):
            found.spoken.append(Link(count.parent, count.child, count.cardinality, sentence, spoken=True))


def _entities(found: Declarations) -> Known:
    """What gives the declared entity that a phrase means, kept because sentences speak of the same few things."""
    by_label: dict[tuple[str, bool], str | None] = {}

    def known(named: Thing) -> str | None:
        key = (named.label, bool(named.ends))
        if key not in by_label:
            by_label[key] = meant(named, found)
        return by_label[key]

    return known


def _roles(read: Found, found: Declarations, known: Known) -> Iterator[Link]:
    """References that a sentence gives a role: `each customer has one employee as representative`."""
    called = {singular(identifier(role.label)): what for role, what in read.called}
    persons = [name for name in found.by_name if is_person(name)]
    # where other sentences say that one has many of the other, its manager is a reference beside these
    several = {frozenset((known(p.subject), known(p.object))) for p, _ in read.pairs if p.count == "many"}
    for pair, sentence in read.pairs:
        child, parent = known(pair.subject), known(pair.object)
        role = identifier(pair.role) if pair.role else ""
        what = called.get(singular(identifier(pair.object.label)))
        if parent is None and what is not None and pair.count == "one":
            role, parent = singular(identifier(pair.object.label)), known(what)
        if parent is None and child and pair.tied and pair.object.determiner in ("one", "a", "an"):
            role, parent = _played(singular(identifier(pair.object.label)), persons)
        if parent is not None and parent == child and pair.tied and pair.object.determiner in ("another", "one", "a"):
            role = role or ("manager" if pair.verb == "report" else "parent")
        does = _DOERS.get(pair.verb, "") if pair.tied and pair.count == "one" else ""
        if (
            not role
            and does
            and child
            and parent
            and child != parent
            and is_person(parent)
            and {child, parent} in several
        ):
            role = does
        if role and child and parent:
            named = role if role != parent else None
            yield Link(parent, child, "one_to_many", sentence, named, optional=parent == child, spoken=True)


_DOERS = dict(pair.split("/") for pair in words_that("doer"))


def _played(role: str, persons: list[str]) -> tuple[str, str | None]:
    """(role, who has it) of a word for what somebody does: the supervisor is one of the employees."""
    return (role, role_player(role, persons)) if is_role(role) else ("", None)


def _joined(found: Declarations) -> set[frozenset[str]]:
    """The pairs that a third thing refers to both of, so that what one does with the other stands there."""
    targets: dict[str, set[str]] = {}
    known = set(found.by_name)
    for name, declaration in found.by_name.items():
        stated = {identifier(a.references) for a, _ in declaration.attributes if a.references}
        named = {a.name.removesuffix("_id") for a, _ in declaration.attributes}
        targets[name] = (stated | named) & known
    for link in found.spoken:
        targets[link.child].add(link.parent)
    return {frozenset(pair) for one in targets.values() for pair in itertools.combinations(sorted(one), 2)}


def _is_person(name: str, found: Declarations) -> bool:
    """Whether an entity means people: by its name, or by what only people have."""
    return is_human(name) or any(a.name in _PERSONAL for a, _ in found.by_name[name].attributes)


def _once(name: str, found: Declarations) -> bool:
    """Whether an entity has a moment and no name, so that it is there for one of those who do something with it."""
    names = [a.name for a, _ in found.by_name[name].attributes]
    timed = any(attribute_guess(n).type in ("timestamp", "date", "time") for n in names)
    return timed and len(names) > 1 and not any(n.endswith(("name", "title")) for n in names)


_NOUNS = dict(pair.split("/") for pair in words_that("doing_noun"))
_PERSONAL = words_that("personal")


def attach_records(read: Found, found: Declarations) -> None:
    """What happens to nothing yet: a record without a reference belongs to the other things of its own sentence."""
    children = {link.child for link in found.spoken}
    records: dict[str, bool] = {}
    for owner, _, sentence in read.lists:
        name = known_as(owner, found)
        if name is None or name in children:
            continue
        if name not in records:
            records[name] = _is_record(name, found)
        if not records[name]:
            continue
        mentioned = [_mentioned(phrase, sentence, found) for phrase in noun_phrases(tagged(sentence.text))]
        parents = [m for m in dict.fromkeys(mentioned) if m and m != name and not name.endswith(f"_{m}")]
        for parent in parents[:2]:
            children.add(name)
            found.spoken.append(Link(parent, name, "one_to_many", sentence, spoken=True))


def _mentioned(phrase: NounPhrase, sentence: Sentence, found: Declarations) -> str | None:
    """The declared entity that a noun phrase names."""
    named = thing((*phrase.core,), sentence.text)
    return known_as(named, found) if named and named.kind == "thing" else None


def _is_record(name: str, found: Declarations) -> bool:
    """Whether an entity records that something happened, and its list names nothing that it happened to."""
    attributes = [a for a, _ in found.by_name[name].attributes]
    if any(
        a.name.endswith("_id") and a.name not in (f"{name}_id", f"{name.rpartition('_')[2]}_id") for a in attributes
    ):
        return False
    if any(a.references or known_as(Thing(a.label, "thing"), found) for a in attributes):
        return False
    return any(attribute_guess(a.name).type in ("timestamp", "date", "time") for a in attributes)


def _joint(count: Counted, found: Declarations) -> str | None:
    """The entity that is named after both: a `stock user` says which user holds which stock."""
    names = (f"{count.parent}_{count.child}", f"{count.child}_{count.parent}")
    return next((name for name in names if name in found.by_name), None)


def _event(count: Counted, found: Declarations) -> str | None:
    """The entity that records what two others do with each other: `subscription` where clients subscribe."""
    stems = [s for v in count.verbs for s in (_NOUNS.get(v), v[: max(4, len(v) - 3)] if len(v) > 3 else None) if s]
    stems += [f"{v.removesuffix('e')}ing" for v in count.verbs if v]
    for name in found.by_name:
        if name not in (count.parent, count.child) and any(w.startswith(s) for w in name.split("_") for s in stems):
            return name
    return None
