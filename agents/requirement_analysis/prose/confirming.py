"""Which of the things that prose only names are stored: those that something else confirms."""

from collections.abc import Sequence
from dataclasses import replace

from agents.knowledge import archetype_for, attribute_guess
from agents.knowledge.deeds import unstored
from agents.language import noun_phrases, tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person, is_role, role_player
from agents.requirement_analysis.prose.counting import candidates
from agents.requirement_analysis.prose.declaring import declare, known_as, meant
from agents.requirement_analysis.prose.pairs import Pair
from agents.requirement_analysis.prose.reading import Found
from agents.requirement_analysis.prose.telling import last_word
from agents.requirement_analysis.prose.things import Thing, is_unit, like_attribute, one, thing


def confirm(read: Found, found: Declarations) -> None:
    """Declares what is only named where an id in some list, a count or a keeping verb confirms it."""
    _confirm_named(read, found)
    confirm_counted(read, found)
    _confirm_people(read, found)
    _confirm_by_ids(found)
    _confirm_kinds(read, found)
    for named, sentence in read.titled:
        if _is_usual(named) and last_word(named.label) not in _GRANTED:
            _declare_new(named, sentence, found)


def settle_loose(read: Found, found: Declarations) -> None:
    """Gives lists without an owner to the one kind of record that the brief names and never describes.

    `manage parking lots, vehicles and parking records … When a vehicle enters, the system records …`
    """
    described = {name for owner, _, _ in read.lists if (name := known_as(owner, found))}
    named = [t.label for t, _ in (*read.stored, *read.named) if last_word(t.label) in _RECORDS]
    labels = dict.fromkeys(singular(identifier(label)) for label in named)
    open_ones = [
        name for name in labels if name not in described and known_as(Thing(name, "thing"), found) not in described
    ]
    if len(open_ones) == 1:
        for listed, sentence in read.loose:
            declare(open_ones[0].replace("_", " "), listed, sentence, found)


_RECORDS = words_that("happening")
_ANYBODY = words_that("anybody")
_GRANTED = words_that("granted")
_BELONGING = words_that("belonging")


def _is_usual(named: Thing) -> bool:
    """Whether a name is that of people, or of what applications usually store."""
    name = singular(identifier(named.label))
    return is_person(name) or archetype_for(name) is not None


def _confirm_kinds(read: Found, found: Declarations) -> None:
    """Kinds that people define or manage, of what is stored: each recipe has one of the recipe types."""
    for kind, what, sentence in read.kinds:
        if known_as(what, found) or archetype_for(singular(identifier(what.label))) is not None:
            declaration = found.declare(one(kind.label), sentence, "low", bare=True)
            read.pairs.append((Pair(what, Thing(declaration.label, "thing"), "one", tied=True), sentence))


def _confirm_named(read: Found, found: Declarations) -> None:
    """Things that a list refers to by id, that people usually store, or that a sentence says are kept."""
    referred = {a.name.removesuffix("_id") for d in found.by_name.values() for a, _ in d.attributes}
    referred = {name for name in referred if attribute_guess(name).type == "string"}  # an amount is no thing
    for named, sentence in read.named:
        name = singular(identifier(named.label))
        if name in referred or (archetype_for(name) is not None and named.many):
            _declare_new(named, sentence, found)
    for named, sentence in read.stored:
        _declare_new(named, sentence, found)


def _declare_new(named: Thing, sentence: Sentence, found: Declarations) -> None:
    """A thing that no declaration means yet and that is no attribute by its name, unless several are kept."""
    text = attribute_guess(singular(identifier(named.label))).type == "string"
    plainly = named.determiner == "several" or (named.determiner in ("each", "every") and text)
    if is_unit(last_word(named.label)):
        return  # `kept five years` counts no years
    if last_word(named.label) in _ANYBODY:
        return  # the `guys` and `people` of a sentence are those who work with what is stored
    if not meant(named, found) and (plainly or not like_attribute(named)):
        found.declare(one(named.label), sentence, "low", bare=True)


def confirm_counted(read: Found, found: Declarations) -> None:
    """Things that a relationship counts: `each program has multiple hosts`."""
    for pair, sentence in read.pairs:
        for named in candidates((pair,)):
            other = pair.object if named is pair.subject else pair.subject
            each = pair.subject.determiner in ("each", "every") and pair.object.kind == "thing"
            if each or other.kind == "organisation" or known_as(other, found):
                _declare_new(named, sentence, found)
        single = pair.count == "one" and pair.subject.determiner == "each" and pair.object.determiner == "one"
        if single and known_as(pair.subject, found) and archetype_for(singular(identifier(pair.object.label))):
            _declare_new(pair.object, sentence, found)
        whole = pair.object
        tied = pair.tied and (pair.verb == "belong" or whole.determiner == "one") and whole.kind == "thing"
        if tied and known_as(pair.subject, found) and not _is_played(whole, found):
            _declare_new(replace(whole, determiner="several") if pair.verb in _BELONGING else whole, sentence, found)


def confirm_single(read: Found, found: Declarations) -> None:
    """Things of which a story says that each of something known has exactly one: `every colony has one queen`."""
    for pair, sentence in read.pairs:
        each = pair.subject.determiner in ("each", "every", "a", "an") and pair.object.determiner == "one"
        if pair.count == "one" and each and pair.object.kind == "thing" and known_as(pair.subject, found):
            _declare_new(pair.object, sentence, found)


def _is_played(named: Thing, found: Declarations) -> bool:
    """Whether a word is what one of the described people does: the supervisor among the employees."""
    role = singular(identifier(named.label))
    return is_role(role) and role_player(role, [n for n in found.by_name if is_person(n)]) is not None


def _confirm_people(read: Found, found: Declarations) -> None:
    """People who make what is stored; those who only look at it are no data."""
    for pair, sentence in read.pairs:
        name = singular(identifier(pair.subject.label))
        known = archetype_for(name)
        person = is_person(name) and (not is_role(name) or (known is not None and known.name == name))
        if pair.made and person and known_as(pair.object, found):
            _declare_new(pair.subject, sentence, found)
        if pair.made and person and known_as(pair.subject, found) and _is_own(pair.object):
            _declare_new(pair.object, sentence, found)


def _is_own(named: Thing) -> bool:
    """Whether a phrase names several things of those who do something with them: `students buy their cards`."""
    own = named.kind == "thing" and named.many and named.determiner in ("their", "his", "her")
    return own and unstored(singular(identifier(named.label))) is None


def _confirm_by_ids(found: Declarations) -> None:
    """Entities that only their ids imply: a `User ID` in a list, or an id that several lists share."""
    seen: dict[str, list[tuple[str, Sentence]]] = {}
    for name, declaration in found.by_name.items():
        for attribute, sentence in declaration.attributes:
            base = _identified(attribute.name)
            if base not in (attribute.name, name, name.rpartition("_")[2]):
                seen.setdefault(base, []).append((name, sentence))
    for base, places in seen.items():
        label = base.replace("_", " ")
        named = thing(tagged(label), label)
        if named is None or named.kind != "thing" or is_role(base) or meant(Thing(label, "thing"), found):
            continue
        if is_person(base) or len({name for name, _ in places}) > 1:
            found.declare(label, places[0][1], "low", bare=True)


def _identified(name: str) -> str:
    """What an id tells apart, and whom a number does: `user` for `user_number`; a `contact_number` is a telephone's."""
    base, _, last = name.rpartition("_")
    numbers = last in ("number", "code") and is_person(base) and attribute_guess(name).sensitivity == "internal"
    return base if last == "id" or numbers else name


def guess(sentences: Sequence[Sentence], found: Declarations) -> None:
    """What is usually stored, where sentences speak of several such things and none says anything that can be read.

    One such word may stand in any text; two different ones in the plural are what an application is about.
    """
    named: dict[str, tuple[Thing, Sentence]] = {}
    for sentence in sentences:
        for phrase in noun_phrases(tagged(sentence.text)):
            one_thing = thing((*phrase.core,), sentence.text)
            name = singular(identifier(one_thing.label)) if one_thing and one_thing.kind == "thing" else ""
            if one_thing and one_thing.many and archetype_for(name) is not None:
                named.setdefault(name, (one_thing, sentence))
    for one_thing, sentence in named.values() if len(named) > 1 else ():
        _declare_new(one_thing, sentence, found)


def fall_back(read: Found, found: Declarations) -> None:
    """The best guess where a brief describes nothing and relates nothing: what it counts, keeps or usually stores."""
    for pair, sentence in read.pairs:
        for named in candidates((pair,)):
            if not known_as(named, found):
                found.declare(one(named.label), sentence, "low", bare=True)
    for named, sentence in (*read.stored, *read.named):
        if named.many or archetype_for(singular(identifier(named.label))) is not None:
            _declare_new(named, sentence, found)


def _running(read: Found, found: Declarations) -> set[str]:
    """The things that the whole brief is about: `the conference has participants`, and nothing has a conference."""
    first = min((s.line for _, s in read.pairs), default=0)
    definite: dict[str, bool] = {}
    had = set()
    for pair, sentence in read.pairs:
        subject, other = pair.subject, known_as(pair.object, found)
        had |= {other} if other else set()
        if name := known_as(subject, found):
            words = ("the", "this", "our", "a", "an") if sentence.line == first else ("the", "this", "our")
            definite[name] = definite.get(name, True) and subject.determiner in words and not subject.many
    return {name for name, always in definite.items() if always} - had


def _wholes(read: Found, found: Declarations) -> set[str]:
    """What is told to have several of something described (`each station has several technicians`), and kinds kept."""
    several = (p for p, _ in read.pairs if p.count == "many" and p.subject.determiner in ("each", "every"))
    ends = ((known_as(p.subject, found), known_as(p.object, found)) for p in several)
    kinds = {known for kind, _, _ in read.kinds if (known := known_as(kind, found))}
    titled = {known for named, _ in read.titled if _is_usual(named) and (known := known_as(named, found))}
    both = [(one, other) for one, other in ends if one and other]
    tied = (p for p, _ in read.pairs if p.tied and p.object.determiner == "one" and not p.role)
    both += [(one, other) for p in tied if (one := known_as(p.object, found)) and (other := known_as(p.subject, found))]
    having = (p for p, _ in read.pairs if p.count == "many" and p.verb == "have")
    had = {known_as(p.object, found) for p in having if p.subject.kind == "thing"}
    people = {n for one, n in both if is_person(n) and n in had and len(found.by_name[one].attributes) > 1}
    told = {one for one, other in both if len(found.by_name[other].attributes) > 1 or archetype_for(other)}
    return kinds | titled | people | told


def _only_uses(name: str) -> bool:
    """Whether somebody of whom nothing is said works with the application: an administrator, an office clerk."""
    kind, _ = unstored(name) or ("", "")
    return kind == "staff" and is_person(name)


def refuse(read: Found, found: Declarations, weighed: frozenset[str] = frozenset()) -> None:
    """Takes back what turned out to be no thing to store: named, but neither described, referred to nor related.

    What the brief counts or keeps for a time (`weighed`) stays.
    """
    wholes, running = _wholes(read, found), _running(read, found)
    told_apart = {known for owner, _ in read.keys if (known := known_as(owner, found))}
    wholes |= {n for n in told_apart if any(a.key for a, _ in found.by_name[n].attributes)}
    referred = {
        part for d in found.by_name.values() for a, _ in d.attributes
        for part in (a.name, _identified(a.name), a.name.removesuffix("_information"))
    }  # fmt: skip
    for name, declaration in list(found.by_name.items()):
        last = name.rpartition("_")[2]
        own = sum(not a.name.endswith("_id") or f"_{a.name}".endswith(f"_{last}_id") for a, _ in declaration.attributes)
        ties = sum(name in (link.parent, link.child) for link in found.spoken)
        if any(attribute_guess(a.name).type in ("timestamp", "date") for a, _ in declaration.attributes):
            ties += sum(a.references is not None for a, _ in declaration.attributes)  # what happened between others
        usual = archetype_for(name) is not None
        alone = own + ties == 0 if usual else own < 2 and ties < 2
        idle = own == 0 and name not in referred and (name in running or _only_uses(name))
        if name not in weighed and (idle or (alone and name not in referred | wholes)):
            found.withdraw(name)
    found.spoken[:] = [link for link in found.spoken if {link.parent, link.child} <= set(found.by_name)]
