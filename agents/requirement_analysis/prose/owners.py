"""Whose attributes a list tells, as far as its sentence says.

It is the subject, a possessor, what the sentence opens with, or what the statement before is about.
"""

from collections.abc import Sequence
from dataclasses import replace

from agents.language import Token, tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.asides import as_detail
from agents.requirement_analysis.prose.clause import Clause, is_in_phrase
from agents.requirement_analysis.prose.frames import Frame, Reading, read_frames
from agents.requirement_analysis.prose.items import Item, items
from agents.requirement_analysis.prose.spans import joint_in, possessor_of, storable, thing_in
from agents.requirement_analysis.prose.things import Thing, is_unit, one, tells_type
from agents.requirement_analysis.prose.together import all_relate, each_case, shared, together

HAVING = words_that("having")
RECORDING = words_that("recording") | words_that("storing")
GOVERNING = words_that("governing")
IDENTIFYING = words_that("identifying")
_ORGANISATIONS = words_that("organisation")
_FACTS = words_that("fact")
_VALUED = words_that("valued")
_GIVING = words_that("giving") | words_that("doing")
_MAKING = words_that("making") | words_that("creating")
_SHARING = words_that("sharing")
_PERFORMING = words_that("performing")
_INFORMATION = words_that("information")
_VARYING = words_that("varying")
FIELDS = {"field", "attribute", "column", "property"}
_OCCURRENCES = ("transaction", "record", "entry", "occurrence", "event")
_ANY = ("a", "an", "each", "every")
_KEYS = ("id", "number", "code", "identifier")
_LONGEST_NAME = 4
_SPEAKERS = ("it", "we", "you", "i", "they")
OWN = ("its", "their", "his", "her")


def owner_of(
    reading: Reading, number: int, verb: str, listed: Sequence[Item], about: Thing | None, subject: Thing | None,
    latest: Thing | None,
) -> Thing | None:  # fmt: skip
    """What a list belongs to, as far as its sentence says; a bare reference where it says no more."""
    clause, frame = reading.clause, reading.frames[number]
    possessor = possessor_of(listed, clause)
    if verb == "recorded":
        if each_case(reading, frame):
            return shared(reading, number) or Thing("each case", "reference")
        each = clause.tokens[frame.object[0]].low in ("each", "every") if frame.object[0] < frame.object[1] else False
        whose = storable(thing_in(clause, frame.object)) if frame.preposition in ("for", "to") and each else None
        made = possessor or whose or about or _made(reading, number, listed) or _echoed(reading, number, listed)
        before = _subject_before(reading, number) if made is None else None
        own = listed[0].determiner in OWN and all(tells_type(one(i.label)) for i in listed)
        return before if before and (own or before.determiner in ("a", "an", "each", "every")) else made
    span = frame.subject
    owner = joint_in(clause, span) or thing_in(clause, span)
    if owner is not None and owner.kind == "filler" and owner.determiner in _ANY and _names_again(owner, listed):
        owner = replace(owner, kind="thing")  # `a performance has a performance number and a date`
    speaks = span[1] > span[0] and clause.tokens[span[0]].low == "it"
    if verb in RECORDING and owner is not None and clause.tokens[span[0]].low in _SPEAKERS:
        owner = None
    head = clause.tokens[span[1] - 1].lemma if span[1] > span[0] else ""
    if frame.kind == "list" and len(listed) > 1 and all(i.tokens and i.tokens[-1].lemma == head for i in listed):
        return _outer(reading, number) or main_subject(
            reading, number
        )  # `between two teams: the home and the away team`
    each = frame.place > 0 and clause.tokens[frame.place - 1].low == "each"  # has facts of its own, not values
    each = each or clause.tokens[span[0]].low == "each"
    if verb in ("including", "with", "such as") and head in _VALUED and not each:
        return Thing("", "thing")
    if verb == "with" and (kinds := _exemplified(reading, number)):
        owner = kinds
    if verb in RECORDING and owner is not None and not (keeps(owner, verb) or listed[0].determiner in OWN):
        owner = None
    if verb in ("including", "with") and (both := _done(reading, number, verb, listed)):
        return both
    if owner is not None and owner.kind == "thing" and (identifier(owner.label) in _FACTS or head in _KEYS):
        owner = _outer(reading, number) or about or (subject if subject and subject.kind == "thing" else owner)
    if verb in RECORDING and not frame.own and possessor and possessor.determiner in ("each", "every"):
        owner = possessor  # `a code is generated, and records the creation time of each device`
    if owner is None or owner.kind in ("filler", "system", "organisation"):
        if verb == "such as" and head not in _INFORMATION | FIELDS:
            owner = possessor or about or owner
        elif verb in ("including", "such as", "with"):
            owner = _before(reading, number) or possessor or about or owner
        else:
            named = owner if owner is not None and owner.kind == "organisation" and verb not in RECORDING else None
            owner = possessor or _performed(reading, number) or about or named
            if owner is None and listed[0].determiner in OWN and verb not in GOVERNING:
                owner = _subject_before(reading, number) or Thing(listed[0].determiner, "reference")
            owner = owner or _made(reading, number, listed) or _echoed(reading, number, listed)
            owner = owner or (_each_before(reading, number) if verb in RECORDING else None)
            back = _is_record(clause.tokens[slice(*span)])
            owner = owner or (Thing("it", "reference") if (speaks or back) and verb not in GOVERNING else None)
    elif owner.kind == "reference":
        owner = possessor or about or latest or _subject_before(reading, number) or owner
    if owner is not None and about is not None and _sums_up(owner, about):
        owner = about
    if owner is not None and owner.kind == "thing":
        if not owner.whole:
            owner = replace(owner, whole=_around(possessor, about, owner))
        owner = as_detail(owner, clause.tokens[span[0] : span[1]], listed)
    return owner


def _names_again(owner: Thing, listed: Sequence[Item]) -> bool:
    """Whether an item is named by what it belongs to, so that this is more than a word for anything."""
    own = one(owner.label).lower()
    return any(len(i.tokens) > 1 and i.tokens[0].lemma == own for i in listed)


def _is_record(subject: Sequence[Token]) -> bool:
    """Whether a subject is a record of what the sentence before keeps: `Store the loans. Each record includes …`."""
    return len(subject) == 2 and subject[0].low in ("each", "every", "this") and subject[1].lemma in ("record", "entry")


def _sums_up(owner: Thing, about: Thing) -> bool:
    """Whether a word only says that one more of what is spoken of took place: `for lending, … each transaction`."""
    plain = owner.label.lower() in _OCCURRENCES and owner.label.lower() not in about.label.lower()
    return plain and owner.kind == about.kind == "thing"


def keeps(owner: Thing, verb: str) -> bool:
    """Whether the subject of a recording verb is what is described, not who keeps records: `the cart records …`."""
    each = owner.determiner in ("each", "every") or (owner.determiner in ("a", "an") and verb not in GOVERNING)
    name = singular(identifier(owner.label))
    acts = not each and (verb in GOVERNING or is_person(name) or name.rpartition("_")[2] in _ORGANISATIONS)
    return owner.kind == "reference" or (owner.kind == "thing" and not acts)


def _outer(reading: Reading, number: int) -> Thing | None:
    """The subject of the statement that a list goes on with: `each product has an ID, including name and price`."""
    outer = next((f for f in reversed(reading.frames[:number]) if f.kind != "list"), None)
    having = outer is not None and (outer.verb in HAVING or (outer.passive and outer.verb in IDENTIFYING))
    return storable(thing_in(reading.clause, outer.subject)) if outer and having else _before(reading, number)


def _before(reading: Reading, number: int) -> Thing | None:
    """What the frame that a list belongs to is about: the subject of having, the possessor of what is recorded."""
    clause = reading.clause
    for place, frame in reversed(tuple(enumerate(reading.frames[:number]))):
        if frame.kind == "list" and frame.own and (listed := storable(thing_in(clause, frame.subject))):
            return listed
        if frame.kind in ("list", "absolute"):
            continue
        if frame.verb in HAVING and frame.own:
            return storable(thing_in(clause, frame.subject))
        possessor = joint_in(clause, frame.object) or possessor_of(tuple(items(clause, *frame.object)), clause)
        if (
            possessor is None
            and frame.verb in RECORDING
            and _is_record(clause.tokens[slice(*reading.frames[number].subject)])
        ):
            return _kept(reading, frame)
        if possessor is not None or frame.own:
            return possessor or _themselves(reading, frame)
        return _main(clause, reading, number) or _performed(reading, place)
    return None


def _exemplified(reading: Reading, number: int) -> Thing | None:
    """What the examples before a list are of: the roles of `roles such as editor and guest, each with a name`."""
    frame, before = reading.frames[number], reading.frames[number - 1] if number else None
    each = frame.place > 0 and reading.clause.tokens[frame.place - 1].low == "each"
    examples = before is not None and before.kind == "list" and before.own and before.verbs[0] == "such"
    whole = storable(thing_in(reading.clause, before.subject)) if each and examples and before else None
    return whole if whole and whole.many else None


def _themselves(reading: Reading, frame: Frame) -> Thing | None:
    """Who manages facts of their own: `readers can edit their personal information, including a nickname`."""
    who = storable(thing_in(reading.clause, frame.subject))
    told = reading.clause.tokens[slice(*frame.object)]
    own = any(t.low in (*OWN, "personal") for t in told) and any(t.lemma in _INFORMATION for t in told)
    return who if who and own and is_person(singular(identifier(who.label))) else None


def _performed(reading: Reading, number: int) -> Thing | None:
    """What is done and recorded: `performs an inspection on each piece, recording the time and result`."""
    clause = reading.clause
    frame = reading.frames[number]
    apart = frame.kind == "gerund" and frame.place > 0 and clause.tokens[frame.place - 1].text == ","
    done = reading.frames[number - 1] if number and apart else None
    if done is None or done.verb not in _PERFORMING | RECORDING or done.passive:
        return None
    if any(t.text == "," or t.low == "and" for t in clause.tokens[done.object[0] : done.object[1] - 1]):
        return None
    done_to = thing_in(clause, done.object)
    if done_to and done_to.kind == "system" and done_to.whole and (act := _named_by(reading, done, number)):
        return Thing(f"{done_to.whole} {act}", "thing", whole=done_to.whole)
    made = storable(done_to)
    each = next((i for i in range(*done.object) if clause.tokens[i].low in ("each", "every")), 0)
    whole = thing_in(clause, (each, done.object[1])) if each > done.object[0] else None
    return replace(made, whole=whole.label) if made and whole else made


def _named_by(reading: Reading, done: Frame, number: int) -> str:
    """The act that a list's items are named by: `performs operations on a file, recording the operation time`."""
    tokens, frame = reading.clause.tokens, reading.frames[number]
    of = next((i for i in range(*done.object) if tokens[i].tag == "preposition"), done.object[0])
    first = next(iter(items(reading.clause, *frame.object)), None)
    act = tokens[of - 1].lemma if of > done.object[0] else ""
    named = first is not None and len(first.tokens) > 1 and first.tokens[0].lemma == act
    return act if act and named else ""


def _made(reading: Reading, number: int, listed: Sequence[Item]) -> Thing | None:
    """What the statement before brings about: `users submit applications, and the system records the time`.

    Who selects a course makes neither the user nor the course: what is recorded joins the two.
    """
    if (joint := shared(reading, number)) and all_relate(listed):
        return joint
    for frame in reversed(reading.frames[:number]):
        if frame.kind not in ("main", "condition"):
            continue
        subject, made = (
            storable(thing_in(reading.clause, frame.subject)),
            storable(thing_in(reading.clause, frame.object)),
        )
        if frame.passive:
            return subject if frame.verb in _MAKING | _PERFORMING else None
        if subject and made and subject.determiner in ("each", "every") and _counts(reading, frame):
            return together(subject, made)
        single = any(t.low in ("one", "1") for t in reading.clause.tokens[slice(*frame.object)][:2])
        joins_in = (frame.verb in _SHARING and not single) or (frame.verb in _ENTERING and frame.preposition == "for")
        if joins_in and subject and made and subject.label != made.label:
            return together(subject, made)
        return made if frame.verb in _MAKING else None
    return None


_ENTERING = ("apply", "enrol", "enroll", "register", "sign")
_SEVERAL = ("multiple", "several", "many", "various")


def _done(reading: Reading, number: int, verb: str, listed: Sequence[Item]) -> Thing | None:
    """What joins the two of `each order has several goods, with a quantity` or `tourists rate guides, including …`."""
    frame = reading.frames[number]
    before = reading.frames[number - 1] if number else None
    each = reading.clause.tokens[frame.place - 1].low == "each" or reading.clause.tokens[frame.subject[0]].low == "each"
    if verb == "with" and not each and all_relate(listed) and (joint := shared(reading, number)):
        return joint
    if before is None or before.kind != "main" or before.passive or frame.subject[0] < before.object[0]:
        return None
    subject, other = (storable(thing_in(reading.clause, span)) for span in (before.subject, before.object))
    if subject is None or other is None or subject.label == other.label:
        return None
    if verb == "with" and before.verb in HAVING and subject.determiner in ("each", "every"):
        apart = reading.clause.tokens[frame.place - 1].low in ("each", ",")
        return together(subject, other) if _counts(reading, before) and not apart else None
    acts = is_person(singular(identifier(subject.label))) and before.verb not in HAVING | RECORDING | _MAKING | _GIVING
    plain = before.preposition == "" and other.determiner in ("the", "") and not _speaks_of_facts(reading, before)
    return together(subject, other) if verb == "including" and acts and plain else None


def _counts(reading: Reading, frame: Frame) -> bool:
    """Whether an object is several: `contains multiple goods`."""
    return any(t.low in _SEVERAL for t in reading.clause.tokens[slice(*frame.object)][:2])


def _speaks_of_facts(reading: Reading, frame: Frame) -> bool:
    """Whether an object is information about something: `teachers view information of students, including …`."""
    return any(t.lemma in _INFORMATION for t in reading.clause.tokens[slice(*frame.object)])


def _subject_before(reading: Reading, number: int) -> Thing | None:
    """The subject of the statement before, which `their` and `its` mean."""
    before = [f for f in reading.frames[:number] if f.kind in ("main", "condition")]
    found = [storable(thing_in(reading.clause, f.subject)) for f in reversed(before)]
    return next((t for t in found if t is not None), None)


def _each_before(reading: Reading, number: int) -> Thing | None:
    """`Every ride is made by a mechanic, we note its distance`: what each of several was said of just before."""
    found = _subject_before(reading, number)
    speaks = reading.clause.tokens[reading.frames[number].place - 1].low in _SPEAKERS
    return found if found and speaks and found.determiner in ("each", "every") else None


def condition(text: str) -> Thing | None:
    """What the condition that begins a sentence is about, for the `it` behind it: `when a tool comes back it is …`."""
    reading = read_frames(text)
    first = next(iter(reading.frames), None)
    if first is None or first.kind != "condition" or len(reading.frames) < 2:
        return None
    subject = thing_in(reading.clause, first.subject)
    if subject is None or subject.kind not in ("thing", "system"):
        return None
    one_of_several = subject.determiner in ("a", "an", "one", "each", "every")  # the application is not one of several
    return replace(subject, kind="thing") if one_of_several else None


def focus(text: str) -> Thing | None:
    """What a sentence is about, for the `it` and `their` of the next: its subject, or what the system keeps."""
    reading = read_frames(text)
    bare = [f for f in reading.frames[:1] if f.verb in RECORDING and f.subject[0] == f.subject[1]]  # `Stores loans.`
    for frame in reversed([*bare, *(f for f in reading.frames if f.kind == "main" and f.own)]):
        subject = storable(thing_in(reading.clause, frame.subject))
        if subject is not None and len(subject.label.split()) <= _LONGEST_NAME:
            return None if is_unit(singular(identifier(subject.label))) else subject
        if frame.verb in RECORDING and (kept := _kept(reading, frame)):
            return kept
        if frame.verb in HAVING and (had := storable(thing_in(reading.clause, frame.object))) and had.many:
            return had  # `we have about 180 members`
        spoken = frame.subject[0] < frame.subject[1] and reading.clause.tokens[frame.subject[0]].low in ("we", "i")
        made = storable(thing_in(reading.clause, frame.object)) if spoken and frame.verb in _MAKING else None
        if made is not None and made.determiner in ("a", "an"):
            return made  # `when a bike comes in we open a restoration`
    return None if reading.frames else _counted(reading)


def _counted(reading: Reading) -> Thing | None:
    """What a sentence without a verb counts: `around 600 pieces`."""
    tokens = reading.clause.tokens
    for place, token in enumerate(tokens[:-1]):
        end = next((i for i in range(place + 1, len(tokens)) if not is_in_phrase(tokens[i])), len(tokens))
        if token.tag == "number" and tokens[end - 1].plural:
            return storable(thing_in(reading.clause, (place, end)))
    return None


def _kept(reading: Reading, frame: Frame) -> Thing | None:
    """What a statement says is recorded: chat records between users, changes in the stock are stock changes."""
    tokens = reading.clause.tokens
    end = next((i for i in range(*frame.object) if not is_in_phrase(tokens[i])), frame.object[1])
    kept, head = storable(thing_in(reading.clause, frame.object)), tokens[end - 1]
    if kept is None:
        return None
    if head.lemma in _VARYING and end < frame.object[1] and tokens[end].low in ("in", "to"):
        what = storable(thing_in(reading.clause, (end + 1, frame.object[1])))
        return replace(kept, label=f"{what.label} {head.lemma}", many=True) if what else kept
    recorded = head.lemma == "record" and one(kept.label).lower().rpartition(" ")[2] != "record"
    return replace(kept, label=f"{kept.label} record") if recorded else kept


def _echoed(reading: Reading, number: int, listed: Sequence[Item]) -> Thing | None:
    """What the first item begins with, where the sentence names it: `uses models …, recording the model time`."""
    words = listed[0].tokens
    if len(words) < 2 or words[-1].lemma in _INFORMATION:
        return None
    for frame in reversed(reading.frames[:number]):
        named = storable(thing_in(reading.clause, frame.object))
        if named and tagged(named.label)[-1].lemma == words[0].lemma:
            return named
    return None


def _main(clause: Clause, reading: Reading, number: int) -> Thing | None:
    found = main_subject(reading, number)
    return found if found is not None and found.kind == "thing" and keeps(found, "manage") else None


def main_subject(reading: Reading, number: int) -> Thing | None:
    """The subject of the latest main statement up to a frame."""
    for frame in reversed(reading.frames[: number + 1]):
        if frame.kind == "main" and frame.subject[1] > frame.subject[0]:
            return thing_in(reading.clause, frame.subject)
    return None


def _around(possessor: Thing | None, about: Thing | None, owner: Thing) -> str:
    """What a list's owner belongs to, by the words around it: `after each service, … feedback, including a rating`."""
    found = possessor or about
    if found is None or found.label == owner.label:
        return ""
    return found.label if found.determiner in ("each", "every") or (found is possessor and found.many) else ""


def happening(reading: Reading, frame: Frame) -> Thing | None:
    """The thing that comes about in `whenever a customer places an order` or `each time an email is sent`."""
    for found in reading.frames:
        if found.kind == "condition" and found.fronted == frame.fronted and found.place < frame.place:
            subject, made = (storable(thing_in(reading.clause, span)) for span in (found.subject, found.object))
            if found.passive or found.object[0] == found.object[1]:
                return subject
            if made is None:
                return None
            if found.verb in _SHARING and subject and subject.label != made.label:
                return together(subject, made)
            return made if found.verb in _MAKING else None
    return None
