"""Relationships of declared entities from all that prose says of them together."""

import itertools
from collections.abc import Collection, Iterable, Iterator

from agents.knowledge import attribute_guess
from agents.knowledge.deeds import deed_nouns
from agents.language import NounPhrase, noun_phrases, tagged
from agents.naming import identifier, plural, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations, Link
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_anybody, is_human, is_person, is_role, role_player
from agents.requirement_analysis.prose.counting import Counted, Known, counted
from agents.requirement_analysis.prose.declaring import known_as, meant
from agents.requirement_analysis.prose.pairs import Pair
from agents.requirement_analysis.prose.reading import Found
from agents.requirement_analysis.prose.roles import told_roles
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
    persons = [name for name in found.by_name if is_person(name)]
    roles = list(_roles(read, known, persons, told_roles(read, found)))
    found.spoken += [link for _, link in roles]
    told = {id(pair) for pair, _ in roles}
    plain = [p for p, _ in read.pairs if not p.role and id(p) not in told]
    for count in counted([p for p in plain if p.loose], known):
        if event := _event(count, found):
            line = lines[tuple(sorted((count.parent, count.child)))]
            found.spoken += [Link(end, event, "one_to_many", line, spoken=True) for end in (count.parent, count.child)]
    plain = [p for p in plain if not p.loose]
    joined = _joined(found)
    joints = {known_as(owner, found) for owner, _, _ in read.lists if owner.ends}
    related: set[frozenset[str]] = set()
    for count in counted(plain, known, lambda n: _is_person(n, found), lambda n: _once(n, found)):
        sentence = lines[tuple(sorted((count.parent, count.child)))]
        acts = count.cardinality == "many_to_many" or count.made
        joint = _joint(count, found, joints)
        event = joint if joint and (acts or joint in joints) else _event(count, found) if acts else None
        if event:
            found.joined.add(frozenset((count.parent, count.child)))
        for end in (count.parent, count.child) if event else ():
            found.spoken.append(Link(end, str(event), "one_to_many", sentence, spoken=True))
        if not event and not (count.made and frozenset((count.parent, count.child)) in joined):
            both = frozenset((count.parent, count.child))
            beside = f"{count.parent}_{count.child}" if both in related else None  # who likes what others have posted
            related.add(both)
            if count.cardinality == "many_to_many":
                beside = _named_by_deed(count, plain, known, found) or beside
            link = Link(count.parent, count.child, count.cardinality, sentence, beside, count.optional, spoken=True)
            found.spoken.append(link)


def _entities(found: Declarations) -> Known:
    """What gives the declared entity that a phrase means, kept because sentences speak of the same few things."""
    by_label: dict[tuple[str, bool], str | None] = {}

    def known(named: Thing) -> str | None:
        key = (named.label, bool(named.ends))
        if key not in by_label:
            by_label[key] = meant(named, found)
        return by_label[key]

    return known


def _roles(read: Found, known: Known, persons: list[str], told: dict[str, str]) -> Iterator[tuple[Pair, Link]]:
    """References that a sentence gives a role: `each customer has one employee as representative`."""
    doers = _doers(read, known)
    for pair, sentence in read.pairs:
        child, parent = known(pair.subject), known(pair.object)
        role = identifier(pair.role) if pair.role else ""
        if child and parent in (None, child) and (front := _front(pair.object, child)):
            role, parent = role or front, child
        name = singular(identifier(pair.object.label))
        if parent is None and name in told and pair.count == "one":
            role, parent = name, told[name]
        if parent is None and child and pair.tied and pair.object.determiner in ("one", "a", "an"):
            role, parent = _played(singular(identifier(pair.object.label)), persons)
        if parent is not None and parent == child:
            same = child.endswith(singular(identifier(pair.subject.label)))  # a post office is no other office
            if same and (link := _to_itself(pair, child, role, sentence)):
                yield pair, link
            continue
        role = role or doers.get((child, parent, pair.verb if pair.tied and pair.count == "one" else ""), "")
        if role and child and parent and pair.count == "one":
            named = role if role != parent else None
            yield pair, Link(parent, child, "one_to_many", sentence, named, pair.optional, spoken=True)


def _to_itself(pair: Pair, name: str, role: str, sentence: Sentence) -> Link | None:
    """How a thing refers to others of its kind: to one, has several below it, or several of each other."""
    if pair.tied and pair.count == "one" and pair.object.determiner in ("another", "one", "a"):
        role = role or doer(pair.verb) or ("manager" if pair.verb == "report" else "parent")
        return Link(name, name, "one_to_many", sentence, role, optional=True, spoken=True)
    if pair.count == "one" and role:
        return Link(name, name, "one_to_many", sentence, role, optional=True, spoken=True)
    if pair.count == "many" and pair.subject.determiner in _ANY and not (pair.made or pair.implied):
        if role or pair.verb in _SHARES:
            return Link(name, name, "many_to_many", sentence, role or None, spoken=True)
        above = doer(pair.verb) or ("parent" if pair.verb in _HAVING else "")
        return Link(name, name, "one_to_many", sentence, above, optional=True, spoken=True) if above else None
    return None


def _front(named: Thing, name: str) -> str:
    """What stands before a name that says which of its kind are meant: the prerequisite courses of a course."""
    front, _, last = singular(identifier(named.label)).rpartition("_")
    return front if last == name.rpartition("_")[2] and f"{front}_{last}" != name and front not in _OTHERS else ""


_ANY = ("a", "an", "each", "every", "one")
_OTHERS = ("other", "further", "another")


def _doers(read: Found, known: Known) -> dict[tuple[str | None, str | None, str], str]:
    """(child, parent, verb) of what people do with a thing, with the role that they have in it.

    A message that is sent by one user and received by another has a sender and a receiver; where others of a lab's
    people work there, who leads it is its leader. One alone needs no other name.
    """
    tied: dict[tuple[str, str], dict[str, str]] = {}
    others: dict[frozenset[str], set[str]] = {}
    for pair, _ in read.pairs:
        child, parent = known(pair.subject), known(pair.object)
        if child is None or parent is None or child == parent:
            continue
        others.setdefault(frozenset((child, parent)), set()).add(pair.verb)
        if pair.count == "one" and pair.tied:
            role = doer(pair.verb) if is_anybody(parent) else ""
            tied.setdefault((child, parent), {})[pair.verb] = role
    return {
        (child, parent, verb): role
        for (child, parent), verbs in tied.items()
        for verb, role in verbs.items() if role and others[frozenset((child, parent))] - {verb}
    }  # fmt: skip


def doer(verb: str) -> str:
    """The noun for who does something, where it is a role that people have: who reviews is a reviewer.

    >>> doer("send"), doer("submit"), doer("work")
    ('sender', 'submitter', 'worker')
    """
    if verb in _DOERS or not verb:
        return _DOERS.get(verb, "")
    stems = (verb.removesuffix("e"), f"{verb}{verb[-1]}")
    return next((noun for stem in stems for end in ("er", "or") if is_role(noun := f"{stem}{end}")), "")


_DOERS = dict(pair.split("/") for pair in words_that("doer"))
_HAVING = words_that("owning")
_SHARES = words_that("sharing") | words_that("citing")


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


def _joint(count: Counted, found: Declarations, joints: Collection[str | None]) -> str | None:
    """The entity that is named after both: a `stock user` says which user holds which stock."""
    ones, others = _ends_of(count.parent), _ends_of(count.child)
    names = {f"{a}_{b}" for one, other in itertools.product(ones, others) for a, b in ((one, other), (other, one))}
    names -= {count.parent, count.child}
    whole = (f"{count.parent}_{count.child}", f"{count.child}_{count.parent}")
    exact = next((name for name in whole if name in found.by_name), None)
    return exact or next((name for name in found.by_name if name in names and name in joints), None)


def _ends_of(name: str) -> list[str]:
    """A name and its last words, by which a sentence may call it: a `sales_receipt` is a receipt."""
    words = name.split("_")
    return ["_".join(words[i:]) for i in range(len(words))]


def _event(count: Counted, found: Declarations) -> str | None:
    """The entity that records what two others do with each other: `subscription` where clients subscribe."""
    nouns = {noun for verb in count.verbs for noun in deed_nouns(verb)}
    stems = tuple(v[: max(4, len(v) - 3)] for v in count.verbs if len(v) > 3)
    stems += tuple(n for n in nouns if len(n) > 3) + tuple(f"{v.removesuffix('e')}ing" for v in count.verbs if v)
    others = [name for name in found.by_name if name not in (count.parent, count.child)]
    exact = (name for name in others if name.rpartition("_")[2] in nouns | set(count.verbs))  # who uses what: each use
    begun = (name for name in others if any(w.startswith(stems) for w in name.split("_")))
    return next(exact, next(begun, None))


def _named_by_deed(count: Counted, pairs: Iterable[Pair], known: Known, found: Declarations) -> str | None:
    """What the table between two is called where people do something with things: `course_enrollments`."""
    for pair in pairs:
        ends = (known(pair.subject), known(pair.object))
        noun = next(iter(deed_nouns(pair.verb)), None) if pair.verb not in _TYING else None
        if noun is None or set(ends) != {count.parent, count.child}:
            continue
        doer, done = reversed(ends) if pair.passive else ends
        name = f"{done}_{noun}"
        fits = is_human(str(doer)) and name not in found.by_name and noun not in str(done).split("_")
        return plural(name) if fits else None
    return None


_TYING = words_that("tying") | {"use"}
