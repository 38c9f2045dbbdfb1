"""One sentence of prose: whose attributes it lists, which things it only names, and what its surroundings are about."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agents.language import tagged
from agents.naming import identifier, singular, words
from agents.remembering import remembered
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import GENERIC, clean_name
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.asides import in_parts
from agents.requirement_analysis.prose.frames import read_frames
from agents.requirement_analysis.prose.items import Item
from agents.requirement_analysis.prose.keeping import kept, kinds
from agents.requirement_analysis.prose.listing import IDENTIFIED, Listing, listings
from agents.requirement_analysis.prose.owners import condition, focus
from agents.requirement_analysis.prose.pairs import Pair, copulas, pairs
from agents.requirement_analysis.prose.telling import INFORMATION, is_attribute, last_word, lists_attributes, tells
from agents.requirement_analysis.prose.things import (
    Thing,
    like_attribute,
    one,
    placed,
    speaks_of_text,
    thing,
)
from agents.requirement_analysis.prose.together import all_relate, shared, told_by_deeds
from agents.requirement_analysis.topics import title_topic, topic

_FACTS = words_that("fact")
_STORING = words_that("storing")
_PAPERS = ("application", "report", "case")
"""Words for the system that also name what people file."""
_ANYBODY = words_that("anybody")
_HANDLING = words_that("governing")
_HOLDING = ("contain", "have", "include", "possess")
_SEVERAL = ("multiple", "various", "several", "different", "many")


DESCRIBING = ("", "overview", "entities")
"""Topics whose sentences say what things are; rules and workflows say what is done with them."""


@dataclass
class Found:
    """What prose says so far, each with the sentence that says it.

    `lists` are attributes by owner; `named` are things that a sentence only names, `stored` those that it says are
    kept; `pairs` relate two things, `called` tells what somebody in a role is; `kinds` are kept kinds of something;
    `titled` is what titles say is managed where no list followed (`undescribed` until one does; `heading`: the last).
    `keys` are the lists that tell one thing from another.
    `around` is what the current item is about, `title` the last line that stood alone, `focus` what the sentence
    before is about, `shared` which two things it relates, `ends` are the last words of what longer lists describe,
    `labels` what lists began with, `loose` lists of nothing, `deeds` facts of who does something with what.
    """

    lists: list[tuple[Thing, tuple[Item, ...], Sentence]] = field(default_factory=list)
    named: list[tuple[Thing, Sentence]] = field(default_factory=list)
    stored: list[tuple[Thing, Sentence]] = field(default_factory=list)
    pairs: list[tuple[Pair, Sentence]] = field(default_factory=list)
    titled: list[tuple[Thing, Sentence]] = field(default_factory=list)
    called: list[tuple[Thing, Thing]] = field(default_factory=list)
    kinds: list[tuple[Thing, Thing, Sentence]] = field(default_factory=list)
    loose: list[tuple[tuple[Item, ...], Sentence]] = field(default_factory=list)
    keys: list[tuple[Thing, tuple[Item, ...]]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    undescribed: bool = False
    heading: str = ""
    ends: set[str] = field(default_factory=set)
    around: Thing | None = None
    title: Thing | None = None
    item: int = -1
    focus: Thing | None = None
    shared: Thing | None = None
    deeds: list[tuple[Thing, Thing, tuple[Item, ...], Sentence]] = field(default_factory=list)


def read_sentence(sentence: Sentence, read: Found, lists_only: bool = False) -> None:
    """Notes one sentence's lists, names and pairs; only the lists of descriptions where forms say what is stored."""
    around = _surroundings(sentence, read)
    if lists_only and topic(sentence) not in DESCRIBING:
        return
    read.focus = _called_out(sentence.text) or condition(sentence.text) or read.focus
    if not lists_only:
        read.pairs += [(pair, sentence) for pair in _resolved(sentence, read)]
        read.called += copulas(sentence.text)
        read.stored += [(found, sentence) for found in kept(sentence.text) if found.kind == "thing"]
        for kind, what in kinds(sentence.text):
            read.kinds.append((Thing(kind, "thing", many=True), Thing(what, "thing"), sentence))
    described = ""
    for listing in listings(sentence.text):
        if joint := _joint(listing, read):
            listing = replace(listing, owner=joint)
        owner = joint or _owner(listing, around, read) or _by_first(listing.items, read)
        owner = _within(owner, sentence, read)
        titled = listing.owner is None or listing.owner.label in sentence.label
        if titled and owner is not None and listing.verb in _ENTERED and _acts(listing.subject):
            read.pairs.append((Pair(listing.subject or owner, owner, "many", made=True), sentence))
        records = _records(listing, owner)
        for record in records:
            read.stored.append((record, sentence))
            read.pairs.append((Pair(owner or record, record, "many"), sentence))
        labels = {record.label for record in records}
        parts = [part for item in listing.items for part in in_parts(item)]
        attributes = tuple(i for i in parts if is_attribute(i) and i.label not in labels)
        read.stored += [(named, sentence) for i in listing.items if i.names and (named := _thing_of(i))]
        goes_on = owner is not None and described == owner.label and listing.verb in _STORING and _tell(attributes)
        if owner is not None and attributes and (goes_on or lists_attributes(listing, attributes)):
            described = owner.label
            _note_list(owner, attributes, sentence, read)
            read.keys += [(owner, attributes)] if listing.verb == IDENTIFIED else []
        else:
            telling = sum(tells(i) for i in attributes)
            if owner is None and telling * 2 > len(attributes) > 1 and listing.verb not in _HANDLING:
                read.loose.append((attributes, sentence))
            _name(listing, owner, sentence, read)
    read.focus = focus(sentence.text) or read.focus
    read.shared = shared(read_frames(sentence.text))
    if not lists_only:
        read.deeds += [(*told, sentence) for told in told_by_deeds(read_frames(sentence.text))]


def _called_out(text: str) -> Thing | None:
    """What one or two words by themselves say comes next: `Boats! We have thirty of them.`, `Permits.`"""
    found = _titled(text.rstrip("!?.")) if text[-1:] in ("!", "?", ".") and 0 < len(words(text)) < _FEW else None
    return found if found and found.many else None


def _tell(attributes: tuple[Item, ...]) -> bool:
    """Whether all items tell what they hold, so that even one of them goes on with what is recorded of something."""
    return all(tells(i) for i in attributes)


_FEW = 3
_ENTERED = ("record", "submit", "enter", "fill", "upload", "register")


def _resolved(sentence: Sentence, read: Found) -> Iterator[Pair]:
    """The pairs of a sentence, `it` and `they` replaced by what the sentence before is about."""
    for pair in pairs(sentence.body if sentence.label else sentence.text):
        if pair.subject.kind != "reference":
            yield pair
        elif read.focus is not None:
            yield replace(pair, subject=read.focus)


def _acts(subject: Thing | None) -> bool:
    """Whether a subject is a person who keeps the records of what they do themselves."""
    return subject is not None and subject.kind == "thing" and is_person(singular(identifier(subject.label)))


def _surroundings(sentence: Sentence, read: Found) -> Thing | None:
    """What a sentence is about if it does not say so itself; a title line holds for the paragraphs below it."""
    goes_on = sentence.item == read.item and not sentence.label
    listed = bool(sentence.label) and GENERIC.issuperset(words(sentence.label))
    around = read.around if goes_on or listed else _context(sentence)
    heading = _managed(sentence)
    if heading and (sentence.item, heading.label) != (read.item, read.heading):
        read.heading = heading.label
        read.titled.append((heading, sentence))
        read.undescribed = True
    if sentence.label and not sentence.body:
        read.title = around
    elif sentence.form in ("bullet", "numbered") and len(words(sentence.text)) < 7 and sentence.text[-1:].isalnum():
        read.title = _titled(sentence.text)
    around = around or (read.title if sentence.form == "paragraph" and not sentence.sections else None)
    read.around, read.item = around, sentence.item
    return around


def _managed(sentence: Sentence) -> Thing | None:
    """The thing that a title says is managed: `Member management`, `For member management, …`."""
    front = sentence.text.partition(",")[0] if words(sentence.text)[:1] == ("for",) else ""
    titles = (sentence.label, front.partition(" ")[2], *sentence.sections[-1:])
    return next((f for t in titles if words(t)[-1:] == ("management",) and (f := _titled(t))), None)


def _note_list(owner: Thing, attributes: tuple[Item, ...], sentence: Sentence, read: Found) -> None:
    """An attribute list, what its owner belongs to, and the things whose information it holds."""
    read.lists.append((owner, attributes, sentence))
    read.labels.add(attributes[0].label.lower())
    if len(attributes) > 2:
        read.ends.add(last_word(owner.label))
    if read.undescribed:
        read.titled.pop()
        read.undescribed = False
    read.pairs += [(Pair(Thing(end, "thing"), owner, "many", tied=True), sentence) for end in owner.ends]
    if owner.whole and not is_person(singular(identifier(owner.label))):
        read.pairs.append((Pair(Thing(owner.whole, "thing"), owner, "many", made=True), sentence))
    for item in attributes:
        named = _thing_of(item) if item.label.lower().endswith(INFORMATION) else None
        if named and named.label != item.label and not like_attribute(named) and identifier(named.label) not in _FACTS:
            read.named.append((replace(named, many=True), sentence))


def _name(listing: Listing, owner: Thing | None, sentence: Sentence, read: Found) -> None:
    """The things that a list names without describing them; what is `managed` or `recorded` as such is stored."""
    if listing.verb == "such as" and owner is not None and owner.many:
        read.named.append((owner, sentence))
        return
    named = [(found, i) for i in listing.items if (found := _thing_of(i))]
    last = listing.items[-1].label.lower() if listing.items else ""
    stored = listing.verb in _STORING and owner is None and last.endswith(("information", "data", "records", "details"))
    whose = listing.owner.kind if listing.owner else "system"
    keeps = listing.verb in _STORING or (listing.verb in _HOLDING and whose == "system")
    several = False
    for found, item in named:
        several = item.determiner in _SEVERAL or (several and item.many and not item.determiner)
        counted = keeps and (several or item.determiner == "each")
        kept_as = replace(found, determiner="several") if counted else found
        (read.stored if stored or counted else read.named).append((kept_as, sentence))


def _owner(listing: Listing, around: Thing | None, read: Found) -> Thing | None:
    """What a list belongs to: the sentence's own thing, else what the heading or the sentence before is about."""
    owner = listing.owner
    if owner is not None and around is not None and (_refers(owner, around) or _joins_in(owner, listing.items, around)):
        return around
    if owner is not None and last_word(owner.label) in _ANYBODY:
        return None
    if owner is not None and owner.kind == "thing":
        return owner
    telling = sum(tells(i) for i in listing.items)
    if owner is not None and owner.kind == "system" and last_word(owner.label) in _PAPERS and telling > 2:
        return replace(owner, kind="thing")  # `the application includes its date, purpose and cost`
    if owner is not None and owner.kind == "organisation":
        plain = " " not in owner.label and owner.determiner in ("the", "this", "our", "a", "an", "")
        own = (
            owner.determiner in ("a", "an")
            and listing.verb in ("have", "with")
            and any(tells(i) for i in listing.items)
        )
        told = not plain and sum(tells(i) for i in listing.items) > 1
        if own or told or owner.determiner in ("each", "every") or _is_kept(owner, read):
            return replace(owner, kind="thing")
    if owner is not None and owner.kind in ("reference", "filler") and around is None:
        return read.focus or (read.lists[-1][0] if read.lists else None)
    if around is None and owner is None and read.focus is not None and listing.items:
        begins = listing.items[0].label.lower().split()
        if len(begins) > 1 and begins[0] == last_word(read.focus.label):
            return read.focus  # `The match time and the score are stored`, after a sentence about matches
    return around


def _joint(listing: Listing, read: Found) -> Thing | None:
    """The two things of the sentence before, where a list of nobody's tells what these have together."""
    plain = listing.owner is None or listing.owner.kind == "reference"
    kept = listing.verb == "recorded" or listing.verb in _STORING
    return read.shared if plain and kept and read.shared and all_relate(listing.items) else None


def _is_kept(owner: Thing, read: Found) -> bool:
    """Whether several of an organisation are kept (`multiple firms`), so that none of them runs the application."""
    return any(t.many and last_word(t.label) == last_word(owner.label) for t, _ in read.stored)


def _joins_in(owner: Thing, listed: tuple[Item, ...], around: Thing) -> bool:
    """Whether a list with its owner's id and another's tells of what is around: the timetable of students and courses.

    Nothing of the owner alone follows its own id and further ids.
    """
    if any(i.unique for i in listed[:1]):
        return False  # `a unique account ID, the customer ID and the balance` are the account's
    ids = [label for i in listed if (label := one(i.label).lower()) == "id" or label.endswith((" id", " number"))]
    own = last_word(owner.label)
    return (
        len(ids) > 1 and ids[0] in ("id", f"{own} id", f"{own} number") and ids[1].endswith(" id")
        and last_word(around.label) != own and own not in ids[1]
    )  # fmt: skip


def _within(owner: Thing | None, sentence: Sentence, read: Found) -> Thing | None:
    """What is recorded of something described in something that has several of it: the quantity of a book in an order.

    `Each order contains multiple books, and the system records the quantity of each book` tells nothing of books alone.
    """
    if owner is None or owner.determiner not in ("each", "every") or owner.ends:
        return owner
    word = last_word(owner.label)
    if word not in read.ends:
        return owner
    own = itertools.takewhile(lambda noted: noted[1] is sentence, reversed(read.pairs))
    for pair, _ in reversed(list(own)):
        whole = pair.subject
        several = pair.count == "many" and whole.kind == "thing" and whole.determiner == "each"
        if several and last_word(pair.object.label) == word and last_word(whole.label) != word:
            return Thing(f"{whole.label} {owner.label}", "thing", ends=(whole.label, owner.label))
    return owner


def _records(listing: Listing, owner: Thing | None) -> list[Thing]:
    """The records that a list keeps about each of its owner: `record each customer's medical records`."""
    whose = owner is not None and owner.kind == "thing" and owner.determiner in ("each", "every")
    kept = [i for i in listing.items if whose and i.many and " " in i.label and last_word(i.label) == "record"]
    return [Thing(i.label, "thing", many=True) for i in kept]


def _refers(owner: Thing, around: Thing) -> bool:
    """Whether a word with `the` or `this` is the end of what its surroundings are about: `this operation`."""
    back = owner.determiner in ("this", "the", "each", "every") and " " not in owner.label
    return back and " " in around.label and last_word(around.label) == last_word(owner.label)


def _by_first(listed: tuple[Item, ...], read: Found) -> Thing | None:
    """The owner that a list's first item names, where nothing else does: `book number, title, author`.

    A number that stands in a list before refers to what that one describes.
    """
    if listed and listed[0].label.lower() in read.labels:
        return None
    head, _, last = listed[0].label.rpartition(" ") if len(listed) > 2 else ("", "", "")
    return Thing(head, "thing") if head and last.lower() in ("id", "number", "code", "name") else None


def _context(sentence: Sentence) -> Thing | None:
    """The thing that a sentence's label, its list's introduction or its heading is about."""
    titles = [sentence.label, sentence.lead, *reversed(sentence.sections[1:])]
    return next((found for title in titles[:3] if (found := _titled(title))), None)


@remembered
def _titled(title: str) -> Thing | None:
    """The thing that a title is about: `Player Management` is about players."""
    bare = clean_name(title)
    if not bare or len(bare.split()) > 6 or title_topic(bare):
        return None
    found = thing(tagged(bare), bare)
    if found and found.kind == "organisation" and " " in found.label:
        found = replace(found, kind="thing")
    return found if found and found.kind == "thing" and not speaks_of_text(found) else None


def _thing_of(item: Item) -> Thing | None:
    """The thing that an item of a list of things names."""
    tokens = (*item.tokens, *item.inner)
    found = thing(tokens, placed(tokens)) if tokens else None
    return found if found and found.kind == "thing" and len(found.label.split()) <= 4 else None
