"""What a sentence lists: whose attributes, or which things, frame by frame.

What a verb does with its object is data of the lexicon: those of *having* tell what their subject has, those of
*recording* whose object is kept, and whatever opens a list tells about the phrase before it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from agents.language import tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.asides import in_a_row, in_parentheses, in_quotes
from agents.requirement_analysis.prose.clause import Clause, Span, phrase_start
from agents.requirement_analysis.prose.courses import noted_each_time, told_by_course
from agents.requirement_analysis.prose.frames import Frame, Reading, read_frames
from agents.requirement_analysis.prose.identifying import identifying, jointly
from agents.requirement_analysis.prose.items import Item, items
from agents.requirement_analysis.prose.owners import (
    FIELDS,
    GOVERNING,
    HAVING,
    IDENTIFYING,
    OWN,
    RECORDING,
    happening,
    keeps,
    main_subject,
    owner_of,
)
from agents.requirement_analysis.prose.passing import without_asides
from agents.requirement_analysis.prose.spans import opened, possessor_of, storable, thing_in, with_possessor
from agents.requirement_analysis.prose.things import Thing, like_attribute, one, speaks_of_text, tells_type
from agents.requirement_analysis.prose.together import all_relate, shared
from agents.screening import screened

IDENTIFIED = "identified"
"""The verb of a list that tells what tells one thing from another."""
_BENEFITS = words_that("benefit")
_KINDS = words_that("kind")
_GIVING = words_that("giving")
_CREATING = words_that("creating") | RECORDING
_WANTING = words_that("wanting")
_NUMBERING = words_that("numbering")
_NEEDING = frozenset({"require", "need"}) | words_that("entering")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a sentence: what its items belong to, as far as the sentence itself says, and how it is introduced."""

    owner: Thing | None
    items: tuple[Item, ...]
    verb: str
    subject: Thing | None


def listings(text: str) -> Iterator[Listing]:
    """Every list of a sentence in order."""
    text = jointly(_QUOTED.sub("", _IF_ANY.sub(" (optional)", without_asides(text))))
    text = _ONE_MORE.sub(r", and \g<what> is recorded", text)
    if (told := _WHAT_THEY_ARE.match(text)) and told["list"].count(",") > 1:
        text = f"{told['who']}: {told['list']}"
    found = tuple(_listings(text))
    yield from found if found or not (bare := _only_list(text)) else _listings(bare)


def _listings(text: str) -> Iterator[Listing]:
    """The lists of a sentence whose clauses all count; what stands in a row with its facts is no item of another."""
    reading = read_frames(text)
    row = tuple(in_a_row(reading.clause))
    described = {owner.label for owner, _ in row}
    yield from _aside(row)
    for found in _further(reading):
        left = tuple(i for i in found.items if i.label not in described or not i.note)
        if left and not (found.owner and found.owner.label in described):
            yield replace(found, items=left)


def _further(reading: Reading) -> Iterator[Listing]:
    """The lists of a sentence, frame by frame."""
    clause = reading.clause
    yield from _aside(in_quotes(clause))
    yield from _aside(noted_each_time(reading))
    yield from _aside(told_by_course(reading), "have")
    yield from _aside(identifying(reading), IDENTIFIED)
    title = storable(thing_in(clause, reading.title))
    title = None if title and speaks_of_text(title) else title
    generic = clause.tokens[reading.title[1] - 1].lemma in FIELDS if reading.title[1] else False
    if reading.title[1] and (generic or all(f.kind == "relative" for f in reading.frames)):
        yield from _bare_list(clause, reading.title, title)
        return
    latest: Thing | None = None
    for number, frame in enumerate(reading.frames):
        found = _listing(reading, number, title, latest)
        if found is not None:
            latest = storable(found.owner) or latest
            yield from _each_owner(found)
            if other := _beside(reading, number):
                yield replace(found, owner=other)
        yield from _aside(in_parentheses(clause, frame.subject if frame.own else frame.object))
        if frame.own:
            yield from _aside(in_parentheses(clause, frame.object, frame.subject))


def _only_list(text: str) -> str:
    """`A lens: maker, focal length in mm, and where it lies` without what is a clause of its own; else nothing.

    Most of what a colon or an equals sign introduces must be names, or it introduces something else.
    """
    found = _DEFINED.match(text)
    parts = [p.strip() for p in _COMMA.split(found["list"])] if found else []
    if not found or len(parts) < _FEWEST:
        return ""
    bare = [_NOTE.sub("", part) for part in parts]
    names = [
        part for part, name in zip(parts, bare, strict=True)
        if 0 < len(name.split()) <= _LONGEST_NAME and not _VERBAL & {t.tag for t in tagged(name)}
    ]  # fmt: skip
    return f"{found['who']}: {', '.join(names)}" if len(names) < len(parts) < len(names) * 2 else ""


_FEWEST = 4
_LONGEST_NAME = 4
_VERBAL = frozenset({"verb", "auxiliary", "modal", "pronoun", "relative"})
_NOTE = re.compile(r"\([^()]*\)")
_COMMA = re.compile(r",\s+(?![^()]*\))(?:and\s+)?")
_DEFINED = screened(
    r"^(?P<who>(?:(?:an?|the|each|every|one) )?[\w-]+(?: [\w-]+){0,2})\s*(?::|=)\s+"
    r"(?P<list>[^:;=]+?)(?:;.*|\.)?$",
    re.I,
)
_QUOTED = re.compile(
    r"\s*,?\s*(?:like|such as|e\.?g\.?,?|for example)\s+(?>\"[^\"]*\"(?:(?:,|,? and|,? or)?\s*\"[^\"]*\")*)(?!\s*\()",
    re.I,
)
"""Examples of values: `tags like "velvet", "silk"` lists no facts; `tables such as "Card" (card ID, name)` does."""
_IF_ANY = screened(
    r",?\s*\(?(?<!and )(?<!- )(?<!– )\b(?:unless (?:nobody knows(?: it)?|(?:it is )?unknown)"
    r"|only (?:for|with|where|if) [a-z-]+\b(?=[,;.)]|$)"
    r"|if (?:known|any|visible|available|applicable|present|there is one|they have (?:one|it)"
    r"|we (?:know|have) (?:it|one)))\b\)?",
    re.I,
)
_ONE_MORE = re.compile(
    r"(?:, (?:together )?with|,? (?:together )?with(?=[\w -]+ (?:being )?_KEPT(?:[.;]|$))|,(?=[\w -]+ being _KEPT)) "
    r"(?P<what>(?:the|its|their|his|her|an?) [\w-]+(?: [\w-]+){0,3}?)(?: (?:being )?_KEPT)?(?=[.;]|$)".replace(
        "_KEPT", "(?:recorded|kept|noted|stored|registered|required|saved)"
    ),
    re.I,
)
"""One fact behind a statement: `…, with the quantity required`, `…, the time being kept`."""
_WHAT_THEY_ARE = screened(
    r"^(?:(?:an?|the|all|our|each|every) )?(?P<who>(?!(?:it|they|this|these|there)\b)[\w-]+(?: [\w-]+)?) "
    r"(?:is|are|can be) (?:either )?"
    r"(?:an? |one of )?[\w -]+(?: or (?:an? )?[\w -]+)?: (?P<list>[^:]+)$",
    re.I,
)
"""`Hirers are companies or private people: name, phone, …` lists what is kept of hirers."""


def _each_owner(found: Listing) -> Iterator[Listing]:
    """The list once for each of several owners: `the information of students and teachers`."""
    owner = found.owner
    parts = owner.label.split(" and ") if owner is not None and not owner.ends else []
    if owner is not None and len(parts) > 1 and all(one(part) != part for part in parts):
        yield from (replace(found, owner=replace(owner, label=part, whole="")) for part in parts)
    else:
        yield found


def _aside(found: Iterable[tuple[Thing, tuple[Item, ...]]], verb: str = "including") -> Iterator[Listing]:
    return (Listing(owner, listed, verb, None) for owner, listed in found)


def _beside(reading: Reading, number: int) -> Thing | None:
    """The other one of `a captain and a pilot, each having a name`."""
    frame, tokens = reading.frames[number], reading.clause.tokens
    first = frame.subject[0]
    each = frame.kind == "absolute" and tokens[frame.place - 1].low == "each"
    if not each or first < 2 or tokens[first - 1].low != "and" or tokens[first].tag != "determiner":
        return None
    begin = phrase_start(tokens, 0, first - 1)
    return storable(thing_in(reading.clause, (begin, first - 1))) if tokens[begin].tag == "determiner" else None


def _bare_list(clause: Clause, title: Span, owner: Thing | None) -> Iterator[Listing]:
    """`Fields: name, price`: words behind a colon without any verb."""
    listed = tuple(items(clause, title[1] + 1, len(clause.tokens)))
    named = thing_in(clause, title)
    if named and named.kind == "filler" and listed and listed[0].tokens[0].lemma == clause.tokens[title[0]].lemma:
        named = replace(named, kind="thing")  # `Material information: material code, …`
    inside = tuple(in_parentheses(clause, (title[1] + 1, len(clause.tokens))))
    described = {thing_.label for thing_, _ in inside}
    listed = tuple(i for i in listed if i.label not in described)  # `Attributes: Author (number, name); Book (…)`
    if listed and not (named and named.kind == "system"):
        yield Listing(owner or named, listed, ":", None)
    yield from _aside(inside)


def _listing(reading: Reading, number: int, title: Thing | None, latest: Thing | None) -> Listing | None:
    """The list of one frame, if it has any."""
    clause, frame = reading.clause, reading.frames[number]
    if frame.place < frame.fronted[1] or frame.kind == "condition":
        return None
    verb = _role(reading, frame) or ("record" if _is_asked_for(reading, frame) else None)
    if verb is None or (verb in GOVERNING | RECORDING and _praises(clause, frame)):
        return None
    span = frame.subject if verb == "recorded" else frame.object
    listed = tuple(items(clause, *span))
    if not listed or (span == frame.object and _introduces(reading, number, listed)):
        return None
    if frame.kind == "list" and _counts_kinds(clause, frame.subject):
        return None
    apart = verb == "with" and clause.tokens[frame.place].low == "with" and clause.tokens[frame.place - 1].text == ","
    if apart and len(listed) == 1 and not (shared(reading, number) and all_relate(listed)):
        return None  # `guests pay by card, with a surcharge`
    if verb in RECORDING and any(t.low == "between" for t in clause.tokens[span[0] : span[1]]):
        return None
    about = happening(reading, frame) or storable(opened(clause, frame)) or title
    if verb == "recorded" or (verb in RECORDING - GOVERNING and about is None):
        listed = with_possessor(listed)
    subject = main_subject(reading, number)
    owner = owner_of(reading, number, verb, listed, about, subject, latest)
    owner = _begun(reading, number, listed) or _titled(about, listed, owner) or owner
    if verb in RECORDING and _is_done_by(clause, frame, verb) and not possessor_of(listed, clause):
        return None
    if owner is not None and owner.label == "":
        return None
    if owner is None and verb in RECORDING:
        back = opened(clause, frame)  # `for each of them we keep …` goes on with what the sentence before is about
        owner = back if back and back.kind == "reference" else None
    listed = tuple(_whose(item, owner) for item in listed)
    return Listing(owner, listed if frame.kind == "list" else _of_each(owner, listed), verb, subject)


def _praises(clause: Clause, frame: Frame) -> bool:
    """Whether a statement says how well something works: `to effectively track and manage the status`."""
    first = max(frame.place - 1, 0)
    return any(t.low in _BENEFITS for t in clause.tokens[first : max(first, frame.object[0])])


def _counts_kinds(clause: Clause, span: Span) -> bool:
    """Whether a list tells of which kinds something is: `three types of users: seekers, companies, administrators`."""
    tokens = clause.tokens[slice(*span)]
    return any(
        t.lemma in _KINDS and before.tag == "number" and after.low == "of"
        for before, t, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def _begun(reading: Reading, number: int, listed: tuple[Item, ...]) -> Thing | None:
    """What a list's first item begins with, where the sentence names it: `invoices are sent …, with invoice date`."""
    frame, clause = reading.frames[number], reading.clause
    words = listed[0].tokens
    if (frame.own and frame.kind not in ("gerund", "list", "absolute")) or len(words) < 2 or len(listed) < 2:
        return None
    opener = clause.tokens[frame.place]
    if opener.text != ":" and opener.low != "with" and clause.tokens[frame.place - 1].text != ",":
        return None
    for before in reversed(reading.frames[:number]):
        for span in (before.subject, before.object):
            named = storable(thing_in(clause, span))
            if named and " " not in named.label and one(named.label).lower() == words[0].lemma:
                return named
    return None


def _titled(about: Thing | None, listed: Sequence[Item], owner: Thing | None) -> Thing | None:
    """What a sentence opens with, where several items are named by it: stock counts have a count date and counter."""
    name = one(about.label).lower().rpartition(" ")[2] if about and " " in about.label else ""
    named = [i for i in listed if len(i.tokens) > 1 and i.tokens[0].lemma == name]
    fits = owner is not None and name in owner.label.lower().split()
    return about if name and len(named) > 1 and not fits else None


def _whose(item: Item, owner: Thing | None) -> Item:
    """A fact of somebody else with their name: `the doctor's name` of a prescription, `the name of the maker`."""
    of = item.inner if item.tokens and item.tokens[-1].lemma in _OF_PERSONS else ()
    whose = of[2:3] if len(of) == 3 and of[0].low == "of" and of[1].low == "the" else ()
    head = next((t for t in reversed(item.owner or whose) if t.nominal), None)
    if owner is None or head is None or head.plural or one(owner.label).lower().endswith(head.lemma):
        return item
    return replace(item, label=f"{head.text} {item.label}", tokens=(head, *item.tokens))


def _of_each(owner: Thing | None, listed: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items in the singular where several things have one of each: `owners have names and phone numbers`."""
    first = listed[0]
    named = first.determiner in OWN or _last_noun(first) in ("name", "number", "id", "code")
    if owner is None or not (owner.many and first.many) or not named:
        return listed
    return tuple(
        replace(i, label=one(i.label), many=False) if i.many and tells_type(one(i.label)) else i for i in listed
    )


def _last_noun(item: Item) -> str:
    return item.tokens[-1].lemma if item.tokens else ""


def _is_done_by(clause: Clause, frame: Frame, verb: str) -> bool:
    """Whether people do something with things rather than tell what is recorded: `editors can manage their texts`."""
    actor = storable(thing_in(clause, frame.subject))
    if actor is None or actor.determiner in ("each", "every"):
        return False
    return (verb in GOVERNING and not keeps(actor, verb)) or (frame.kind == "infinitive" and frame.own)


def _role(reading: Reading, frame: Frame) -> str | None:
    """By which verb a frame lists something; None where it does not."""
    clause = reading.clause
    if frame.kind == "list":
        return "such as" if frame.verb == "include" and frame.verbs[0] == "such" else "including"
    if frame.kind == "absolute" and frame.verb == "have" and not frame.passive:
        return "with"
    if frame.kind == "gerund" and frame.own and frame.subject[0] == frame.subject[1]:
        return None  # `is needed for recording …` says why
    if frame.verb in _GIVING and not frame.passive:
        return "have" if _gives(clause, frame) else None
    if frame.passive:
        if frame.verb in ("give", "assign") and not frame.preposition and frame.object[0] < frame.object[1]:
            return None if any(i.many for i in items(clause, *frame.object)) else "have"
        if frame.verb in RECORDING | _NEEDING | _GIVEN and frame.preposition in _PLACED:
            return "recorded" if _tells_mostly(clause, frame.subject) or _of_each_case(reading, frame) else None
        if frame.verb in _NUMBERING and frame.preposition in ("for", "to") and _numbers(clause, frame):
            return "recorded"
        if frame.verb in IDENTIFYING and frame.preposition in ("by", "with", "through", "to"):
            if frame.verb in ("describe", "characterize", "characterise", "define"):
                return "have"
            return IDENTIFIED if frame.verb == "identify" else "associated"
        if frame.verb in _CREATING | {"fill"} and frame.preposition == "with":
            subject = thing_in(clause, frame.subject)
            return "recorded" if subject and not subject.many and like_attribute(subject) else "have"
        if frame.preposition == "with" and clause.tokens[frame.object[0] : frame.object[1]][:1]:
            own = clause.tokens[frame.object[0]].low in OWN  # `is printed with its number and price`
            return "have" if own or _tells_mostly(clause, frame.object) else None
        return "recorded" if frame.verb in RECORDING | _NEEDING and not frame.preposition else None
    if frame.verb in ("register", "sign") and frame.preposition == "with":
        return "have"
    if frame.verb == "list" and frame.kind == "relative":
        return "contain"
    if frame.verb == "come" and frame.preposition == "with":
        return "have"  # `each ticket comes with a code and a price`
    return frame.verb if frame.verb in HAVING | RECORDING and frame.preposition in ("", "of", "as") else None


def _of_each_case(reading: Reading, frame: Frame) -> bool:
    """Whether one fact is kept for each of several: `the level of skill is noted for each instrument`."""
    opened = reading.clause.tokens[slice(*frame.object)][:1]
    return any(t.low in ("each", "every") for t in opened) and all_relate(tuple(items(reading.clause, *frame.subject)))


def _tells_mostly(clause: Clause, span: Span) -> bool:
    """Whether most of several items tell by their names what they hold: `is reported with a number, date and place`."""
    listed = tuple(items(clause, *span))
    return len(listed) > 1 and sum(tells_type(one(i.label)) for i in listed) * 2 > len(listed)


def _is_asked_for(reading: Reading, frame: Frame) -> bool:
    """Whether facts are wanted or written down: `for a guest we need to know …`, `when one is found, staff enter …`."""
    clause = reading.clause
    if frame.verb not in _WANTING or frame.passive or frame.kind in ("list", "relative"):
        return False
    if frame.verb == "ask" and frame.preposition != "for":
        return False
    listed = tuple(items(clause, *frame.object))
    telling = sum(i.question or tells_type(one(i.label)) for i in listed) * 2 >= len(listed) > 0
    speaks = clause.tokens[slice(*frame.subject)][:1]
    who = storable(thing_in(clause, frame.subject))
    acts = bool(speaks and speaks[0].low in ("we", "i", "you", "they")) or (
        who is not None and is_person(singular(identifier(who.label)))
    )
    about = happening(reading, frame) or storable(opened(clause, frame)) or possessor_of(listed, clause)
    back = opened(clause, frame)  # `from each we know …`
    return telling and acts and (about is not None or (back is not None and back.kind == "reference"))


def _gives(clause: Clause, frame: Frame) -> bool:
    """Whether what somebody gives is their own: `users provide their name`, `register by giving an e-mail address`."""
    if frame.object[0] == frame.object[1]:
        return False
    listed = [identifier(i.label) for i in items(clause, *frame.object) if i.label]
    personal = any(name.rpartition("_")[2] in _OF_PERSONS for name in listed)
    by_it = frame.kind == "gerund" and clause.tokens[frame.place - 1].low == "by"
    begun = frame.kind == "gerund" and clause.tokens[frame.place - 1].text == ","  # `, giving the repair content and …`
    subject = storable(thing_in(clause, frame.subject))
    acts = subject is None or is_person(singular(identifier(subject.label)))
    telling = sum(tells_type(name) for name in listed) * 2 > len(listed) > 1
    return clause.tokens[frame.object[0]].low in OWN or (
        telling and (personal if (acts or by_it) and not begun else True)
    )


def _numbers(clause: Clause, frame: Frame) -> bool:
    """Whether each of several gets a number or a code: `a tracking code is generated for each parcel`."""
    head = clause.tokens[frame.subject[1] - 1].lemma if frame.subject[0] < frame.subject[1] else ""
    opened = clause.tokens[slice(*frame.object)][:1]
    return head in ("number", "code", "identifier", "id") and any(t.low in ("each", "every") for t in opened)


_OF_PERSONS = ("name", "username", "password", "email", "phone", "e_mail")
_GIVEN = words_that("giving") | {"list"}
_PLACED = ("at", "for", "in", "during", "on", "upon", "when")


def _introduces(reading: Reading, number: int, listed: Sequence[Item]) -> bool:
    """Whether the object of a frame is only what the next one's list belongs to: `records the data, including`."""
    following = reading.frames[number + 1] if number + 1 < len(reading.frames) else None
    if following is None or following.kind != "list" or not following.own:
        return False
    return len(listed) < 2 or following.subject[0] <= reading.frames[number].object[0]
