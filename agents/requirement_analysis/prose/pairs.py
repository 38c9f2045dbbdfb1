"""Who has how many of what: the subjects and objects of each statement, counted by their determiners.

`Each project can use multiple pieces of equipment` counts one way; a second sentence may count the other way, and only
both together tell one-to-many from many-to-many.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agents.language import Token
from agents.naming import identifier, singular
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_human, is_role
from agents.requirement_analysis.prose.clause import Clause, Span, is_in_phrase
from agents.requirement_analysis.prose.frames import Frame, Reading, read_frames
from agents.requirement_analysis.prose.things import Thing, joining, like_attribute, one, thing
from agents.requirement_analysis.prose.verbforms import FORMS, verb_lemma

Count = Literal["one", "many"]

_HAVING = words_that("owning")
_TIES = words_that("tying")
_LOCATES = words_that("locating")
_MAKES = words_that("making")
_SHARES = words_that("sharing")
_ACTING = _MAKES | _SHARES
_RELATING = _TIES | _ACTING
_DONE = (_MAKES | _TIES | {"carry"}) - (_SHARES - _MAKES)
_COUNTS = words_that("count")
_JOINING = words_that("joining")
_JOINING_VERBS = words_that("joining_verb")
_ASSIGNING = words_that("assigning") | _JOINING_VERBS
_MEMBERING = frozenset({"sign", "register", "report"})
_WITH_OBJECTS = (_ACTING | _HAVING) - _MEMBERING - _LOCATES
_ONE = ("a", "an", "one", "another", "single")
_EACH = ("each", "every")
_PLACING = ("allocate", "assign")
_OWN = ("its", "their", "his", "her")
_BRINGING = words_that("creating") | words_that("making")
_LOOSE = ("base", "divide", "use", "know", "call", "require", "need", "split", "limit", "express", "generate")
_PARTING = ("divide", "split", "break")
_COMING = ("arise", "arrive", "come", "derive", "originate", "result", "stem")
_CREATING = ("create", "add", "define", "enter", "upload")
_PASSIVE = ("by", "to", "with", "in", "")
_PLACES = ("in", "at", "on", "within", "under", "from", "to", "with", "by", "of", "for", "into", "through", "via")


@dataclass(frozen=True, slots=True)
class Pair:
    """`subject` has `count` of `object`; `made` when the subject brings it into being without a number being said.

    `tied` when the object is what the subject belongs to: `a flight is operated by a captain`; `role` is what it is to
    the subject: `one employee as manager`. `loose` pairs say what is done and count only where that is recorded.
    `implied` ones follow from a statement the other way round (a book by several authors: an author of many books),
    until another sentence says how many. `optional`: there may be no object (`at most one`). Of a
    `passive` one the verb is done to the subject.
    """

    subject: Thing
    object: Thing
    count: Count
    tied: bool = False
    made: bool = False
    verb: str = ""
    role: str = ""
    loose: bool = False
    implied: bool = False
    optional: bool = False
    passive: bool = False


def pairs(text: str) -> Iterator[Pair]:
    """The pairs of things that a sentence relates, with how many of the second belong to one of the first."""
    reading = read_frames(text)
    clause = reading.clause
    for patterns in (_between, _of_several, _of_one, _modified, _relative, _per):
        yield from patterns(clause.tokens, clause.text)
    yield from _among(reading)
    latest: list[Thing] = []
    for frame in reading.frames:
        if frame.kind == "list":
            continue
        yield from _made_for(reading, frame)
        yield from _there(reading, frame)
        if frame.verb in _ASSIGNING and not frame.passive:
            yield from _assigned(clause, frame)
        if frame.verb in _MAKES and not frame.passive and not _offers(clause, frame):
            yield from _made_on(clause, frame)
        subjects = [_counted(found, words) for found, words in _things(clause, frame.subject, last=True)]
        pronoun = clause.tokens[frame.subject[0]].low if frame.subject[1] - frame.subject[0] == 1 else ""
        if pronoun in ("it", "they"):
            subjects = latest or [Thing(pronoun, "reference", "", pronoun == "they")]
        latest = subjects if subjects and frame.kind == "main" else latest
        for subject, where in itertools.product(subjects, _placed(clause, frame)):
            yield Pair(subject, where, "one", tied=True, verb=frame.verb)
        yield from _made_from(clause, frame, subjects)
        if frame.kind == "absolute":
            subjects = [replace(found, determiner="each") for found in subjects]
        several = False
        own = frame.passive and frame.preposition == "with" and clause.tokens[frame.object[0]].low in _OWN
        for at, (found, words) in enumerate(() if own else _things(clause, frame.object, last=False)):
            several = _is_counted(found, words) or (several and found.many and not found.determiner)
            later = at > 0 and frame.passive and any(t.low == "by" for t in clause.tokens[slice(*frame.object)])
            how = replace(frame, preposition="by") if later else frame
            maybe = at == 0 and _may_be_none(clause.tokens[frame.object[0] : frame.object[1]])
            for subject in subjects:
                for pair in _pair(subject, found, how, at, several, words):
                    yield replace(pair, optional=maybe and pair.count == "one")


def _pair(
    subject: Thing, found: Thing, frame: Frame, place: int, several: bool, words: Sequence[Token]
) -> Iterator[Pair]:
    """The pair of a subject and one object, if the sentence says how they belong together."""
    verb = frame.verb
    if (subject.label.lower() == found.label.lower() and subject.kind != "thing") or found.kind == "reference":
        return
    role = _role(words)
    several = several or (found.many and "other" in (t.low for t in words[:2]) and verb in _HAVING)
    if found.determiner in (*_ONE, "the") and _has_in_common(subject, found, frame, words):
        yield Pair(replace(found, determiner="each"), replace(subject, determiner=""), "many", verb=verb)
        return
    definite = not found.many and (found.determiner in (*_ONE, "the", "each", "every") or bool(role))
    single = not found.many and (found.determiner in _ONE or bool(role))
    if several:
        alike = one(subject.label).lower() == one(found.label).lower()
        yield Pair(subject, found, "many", verb=verb, role=role if alike else "", passive=frame.passive)
        if frame.passive and frame.preposition == "by":
            yield Pair(replace(found, determiner=""), subject, "many", verb=verb, implied=True)
    elif verb in _PARTING and frame.passive and frame.preposition == "into" and found.many:
        yield Pair(subject, found, "many", verb="have")
    elif verb == "belong" and subject.many and found.many:
        yield Pair(replace(subject, many=False), replace(found, many=False), "one", tied=True, verb=verb)
    elif frame.passive and frame.preposition == "per" and subject.many and not found.many:
        yield Pair(replace(found, determiner="each"), subject, "many", verb="have")
    elif frame.passive or verb in ("belong", "correspond"):
        if frame.preposition and not found.many and verb not in _LOOSE and (definite or verb in _TIES):
            yield Pair(subject, found, "one", tied=True, verb=verb, role=role)
        elif verb in _PLACING and subject.many and found.many and frame.preposition == "to":
            yield Pair(replace(subject, many=False), replace(found, many=False), "one", tied=True, verb=verb)
        elif verb in _DONE and subject.many and found.many and frame.preposition == "by":
            yield Pair(replace(found, determiner=""), subject, "many", made=True, verb=verb)
        elif verb in _RELATING and found.many and frame.preposition in _PASSIVE:
            yield Pair(subject, found, "many", verb=verb, passive=frame.passive)
    elif verb in _LOCATES and frame.preposition in ("in", "at") and subject.many and found.many:
        yield Pair(replace(subject, many=False), replace(found, many=False), "one", tied=True, verb=verb)
    elif frame.preposition in _PLACES and verb not in _WITH_OBJECTS and (single or (definite and verb in _LOCATES)):
        yield Pair(subject, found, "one", tied=True, verb=verb, role=role)
    elif verb in (*_HAVING, "hold") and single:
        yield Pair(subject, found, "one", verb=verb, role=role)
    elif verb in _ACTING and place == 0:
        made = found.determiner != "one" or verb not in _SHARES
        yield Pair(subject, found, "many" if found.many else "one", made=made, verb=verb)
    elif verb in _COMING and frame.preposition == "from" and subject.many and found.many:
        yield Pair(replace(subject, many=False), replace(found, many=False), "one", tied=True, verb=verb)
    elif subject.many and found.many and place == 0:
        yield Pair(subject, found, "many", made=True, verb=verb, loose=True)
    elif found.determiner == "one" and not found.many and not frame.preposition:
        yield Pair(subject, found, "one", verb=verb, role=role)


def _may_be_none(tokens: Sequence[Token]) -> bool:
    """Whether an object may be missing: `at most one berth`, `zero or one`, `no more than one`."""
    low = [t.low for t in tokens[:4]]
    return any(word in low for word in ("most", "zero")) or low[:3] == ["no", "more", "than"]


def _counted(found: Thing, words: Sequence[Token]) -> Thing:
    """The thing with the determiner that says that it is several, if its phrase does: `multiple trains`."""
    return replace(found, determiner="several") if found.many and _is_counted(found, words) else found


def _has_in_common(subject: Thing, found: Thing, frame: Frame, words: Sequence[Token]) -> bool:
    """Whether several have one in common: `many trains stop at a station`, `several books have the same publisher`."""
    if subject.determiner not in _COUNTS or found.many:
        return False
    if any(t.low == "same" for t in words):  # what several look at is nothing that they have
        return frame.verb in _HAVING or frame.passive or bool(frame.preposition)
    single = any(t.low in ("one", "single") for t in words)
    return single or (found.determiner != "the" and frame.verb not in _HAVING)


def _among(reading: Reading) -> Iterator[Pair]:
    """Who is one of several: `the manager of the department is one of its employees`, and the other way round."""
    clause = reading.clause
    for frame in reading.frames:
        if frame.verb not in ("be", "act", "serve") or frame.passive or frame.kind == "list":
            continue
        yield from _all_among(clause, frame)
        sides = [thing(clause.tokens[slice(*span)], clause.text) for span in (frame.subject, frame.object)]
        ones = [
            [t.low for t in clause.tokens[slice(*span)][:2]] == ["one", "of"] for span in (frame.subject, frame.object)
        ]
        if ones[0] == ones[1] or not all(sides):
            continue
        role, among = (sides[1], sides[0]) if ones[0] else (sides[0], sides[1])
        if role and among and role.whole and role.kind == among.kind == "thing" and among.many:
            whole, among = Thing(role.whole, "thing", "each"), replace(among, many=False, determiner="a")
            yield Pair(whole, among, "one", tied=True, verb="be", role=role.label.lower())


def _all_among(clause: Clause, frame: Frame) -> Iterator[Pair]:
    """`Both the seller and the buyer of an invoice are taxpayers`."""
    roles = [found for found, _ in _things(clause, frame.subject, last=True)]
    what = next((found for found, _ in _things(clause, frame.object, last=False)), None)
    if not roles or what is None or what.kind != "thing" or not what.many or what.determiner not in ("", "all", "both"):
        return
    for role in roles if roles[-1].whole else ():
        if not role.many and is_role(singular(identifier(role.label))):
            whole, among = Thing(roles[-1].whole, "thing", "each"), replace(what, many=False, determiner="a")
            yield Pair(whole, among, "one", tied=True, verb="be", role=role.label.lower())


def copulas(text: str) -> Iterator[tuple[Thing, Thing]]:
    """(what somebody is called, what they are): `the handler is a member`, `a supervisor, who is also an employee`."""
    reading = read_frames(text)
    clause = reading.clause
    for frame in reading.frames:
        if frame.verb != "be" or frame.passive or frame.preposition or frame.kind == "list":
            continue
        named = [found for found, _ in _things(clause, frame.subject, last=True)]
        what = next((found for found, _ in _things(clause, frame.object, last=False)), None)
        if what is None or what.kind != "thing":
            continue
        alone = what.determiner in ("a", "an", "one") and not what.many
        for found in named:
            all_are = (
                what.many and what.determiner in ("", "all", "both") and is_human(singular(identifier(found.label)))
            )
            if found.kind == "thing" and found.label != what.label and (alone or all_are):
                yield found, replace(what, many=False)


def _role(words: Sequence[Token]) -> str:
    """What an object is to its subject: `one employee as manager`."""
    place = next((i for i, t in enumerate(words) if t.low == "as" and i), None)
    named = [t for t in words[place + 1 :] if t.nominal] if place is not None else []
    return " ".join(t.low for t in named)


def _is_counted(found: Thing, words: Sequence[Token]) -> bool:
    """Whether a phrase says that there are several: `multiple directors`, `one or more actors`."""
    return found.determiner in _COUNTS or any(t.low in _COUNTS or t.low == "more" for t in words)


def _things(clause: Clause, span: Span, last: bool) -> Iterator[tuple[Thing, Sequence[Token]]]:
    """The things of a span that a conjunction or comma joins: the last such run, or the first."""
    tokens, (first, end) = clause.tokens, span
    runs: list[list[tuple[Thing, Sequence[Token]]]] = [[]]
    begin = first
    for place in range(first, end + 1):
        joins = place < end and (tokens[place].low in ("and", "or") or tokens[place].text == ",")
        breaks = place < end and (tokens[place].tag == "relative" or tokens[place].text in ".;:")
        if place < end and not joins and not breaks:
            continue
        words = [t for t in tokens[begin:place] if t.low not in ("both", "either")]
        words = words[3:] if [t.low for t in words[:3]] == ["no", "more", "than"] else words
        words = words[:-2] if words[2:] and words[-1].low == "times" else words  # `reserve rooms several times`
        if words and words[-1].low == "each":
            words = words[:-1]
        found = thing(words, clause.text) if words else None
        if found and [t.low for t in words[:2]] == ["one", "of"]:
            found = replace(found, many=False, determiner="one")  # `in one of the rooms`
        if found and found.kind in ("thing", "organisation"):
            runs[-1].append((found, words))
        if breaks:
            runs.append([])
        begin = place + 1
    chosen = [r for r in runs if r]
    if chosen and last:
        opens = max((i for i, (t, _) in enumerate(chosen[-1]) if t.determiner in ("each", "every")), default=0)
        chosen[-1] = chosen[-1][opens:]
    if chosen:
        yield from chosen[-1 if last else 0]


def _made_for(reading: Reading, frame: Frame) -> Iterator[Pair]:
    """`For each story, people create and assign tasks`: a story has many tasks."""
    tokens, text = reading.clause.tokens, reading.clause.text
    start, end = frame.fronted
    if end - start < 3 or tokens[start].low != "for" or tokens[start + 1].low not in ("each", "every"):
        return
    stop = next((i for i in range(start + 2, end) if tokens[i].low in _EACH), end)  # `for each bed every day we …`
    whole = thing(tokens[start + 1 : stop], text)
    if whole is None or whole.kind != "thing" or not set(frame.verbs) & (set(_CREATING) | _MAKES):
        return
    made = next((found for found, _ in _things(reading.clause, frame.object, last=False)), None)
    if made is not None and made.kind == "thing" and made.many:
        yield Pair(whole, made, "many", made=True)


def _there(reading: Reading, frame: Frame) -> Iterator[Pair]:
    """`In a restoration there are several work steps`: it has them."""
    tokens, text, (start, end) = reading.clause.tokens, reading.clause.text, frame.fronted
    is_there = frame.verb == "be" and not frame.passive and tokens[frame.place - 1].low == "there"
    if not is_there or end - start < 3 or tokens[start].low not in _WITHIN:
        return
    whole = thing(tokens[start + 1 : end], text)
    part = next((found for found, _ in _things(reading.clause, frame.object, last=False)), None)
    if whole and part and whole.kind == part.kind == "thing" and whole.determiner in (*_ONE, *_EACH) and part.many:
        yield Pair(whole, part, "many", verb="have")


_WITHIN = ("in", "inside", "within", "at", "on", "for", "under")


def _between(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`the relationship between students and subjects`: each has many of the other until more is said."""
    for place, token in enumerate(tokens):
        if token.low == "between" and place and tokens[place - 1].lemma in _JOINING:
            end = next((i for i in range(place + 1, len(tokens)) if _ends_phrase(tokens[i])), None)
            joint = joining(tokens[place:end], text)
            if joint and len(joint.ends) == 2:
                first, other = (Thing(label, "thing") for label in joint.ends)
                yield Pair(first, other, "many")
                yield Pair(other, first, "many")


def _ends_phrase(token: Token) -> bool:
    return token.tag in ("verb", "auxiliary", "modal", "relative") or token.text in ",.;"


def _of_several(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`the equipment of multiple farms`: each farm has equipment of its own."""
    for place in range(1, len(tokens) - 2):
        several = tokens[place + 1].low in _COUNTS or tokens[place + 1].low == "different"
        if tokens[place].low == "of" and several and tokens[place - 1].nominal:
            part = thing(tokens[_phrase_first(tokens, place) : place], text)
            whole = thing(tokens[place + 1 : _phrase_end(tokens, place + 1)], text)
            if part and whole and part.kind == whole.kind == "thing":
                yield Pair(part, whole, "one", tied=True)


def _of_one(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`the stays of a dog`, `a note for each patient`: what is one's own, wherever a sentence names it so."""
    for place in range(1, len(tokens) - 2):
        determined = tokens[place + 1].low in (*_EACH, "a", "an", "one") and tokens[place + 2].low != "of"
        if tokens[place].low in ("of", "for") and determined and tokens[place - 1].nominal:
            first = _phrase_first(tokens, place)
            part = thing(tokens[first:place], text)
            whole = thing(tokens[place + 1 : _phrase_end(tokens, place + 1)], text)
            any_one = tokens[place].low == "for" and tokens[place + 1].low in _ONE
            counted = part is not None and (part.determiner in (*_ONE, *_EACH) or any_one)
            if part and whole and counted and part.kind == whole.kind == "thing" and not like_attribute(part):
                yield Pair(part, whole, "one", tied=True)


def _per(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`one invoice per stay`, `two drivers per lorry`: each stay has one invoice; a price per night is a fact."""
    for place in range(2, len(tokens) - 1):
        if tokens[place].low != "per" or not tokens[place - 1].nominal:
            continue
        first = place - 1
        while first and tokens[first].tag != "determiner" and is_in_phrase(tokens[first - 1]):
            first -= 1
        part = thing(tokens[first:place], text)
        whole = thing(tokens[place + 1 : _phrase_end(tokens, place + 1)], text)
        several = part is not None and (part.determiner == "several" or part.determiner in _COUNTS)
        if not part or not whole or part.kind != "thing" or whole.kind != "thing" or like_attribute(whole):
            continue
        if several or (part.determiner in _ONE and not part.many):
            whole = replace(whole, determiner="each", many=False)
            yield Pair(whole, part, "many" if several else "one", verb="have")
            if not several:
                yield Pair(part, replace(whole, determiner=""), "one", tied=True, verb="have")


def _placed(clause: Clause, frame: Frame) -> Iterator[Thing]:
    """What follows further prepositions: `is made by a guest for one room`, `is a copy of one book in one library`."""
    tokens, (start, end) = clause.tokens, frame.object
    if not (frame.passive or frame.verb == "be") or frame.kind != "main":
        return
    end = next((i for i in range(end, len(tokens)) if tokens[i].tag in _VERBAL or tokens[i].text in ".;:"), len(tokens))
    for place in range(start + 1, end - 1):
        alone = tokens[place + 1].low in ("one", "a", "an", "another")
        bare = frame.passive and frame.preposition == "by" and tokens[start].plural and tokens[place + 1].plural
        if tokens[place].low in _PLACES and (alone or bare):
            found = thing(tokens[place + 1 : _phrase_end(tokens, place + 1)], clause.text)
            if found is not None and found.kind == "thing" and found.many != alone:
                yield replace(found, determiner="one" if alone else "", many=False)


_VERBAL = ("verb", "auxiliary", "modal", "relative", "to")


def _made_from(clause: Clause, frame: Frame, subjects: Sequence[Thing]) -> Iterator[Pair]:
    """`from one donation several bags are produced`: a donation has many bags."""
    start, end = frame.fronted
    if (
        not frame.passive
        or frame.verb not in _BRINGING
        or end - start < 2
        or clause.tokens[start].low not in ("from", "for")
    ):
        return
    whole = thing(clause.tokens[start + 1 : end], clause.text)
    for made in subjects:
        if whole and whole.kind == made.kind == "thing":
            yield Pair(whole, made, "many", made=made.many is False)


def _made_on(clause: Clause, frame: Frame) -> Iterator[Pair]:
    """`members place bids on items`: each bid is on an item."""
    tokens, (start, end) = clause.tokens, frame.object
    middle = next((i for i in range(start + 1, end) if tokens[i].tag == "preposition"), end)
    if middle + 1 >= end or tokens[middle].low not in ("on", "for", "of", "about", "to", "at", "from"):
        return
    made = thing(tokens[start:middle], clause.text)
    for about, _ in itertools.islice(_things(clause, (middle + 1, end), last=False), 1):
        if made and made.kind == about.kind == "thing":
            yield Pair(replace(made, many=False), replace(about, many=False), "one", tied=True, made=True)


def _offers(clause: Clause, frame: Frame) -> bool:
    """Whether who runs the application gives things to many: `the firm rents cars to customers`."""
    giver = thing(clause.tokens[slice(*frame.subject)], clause.text)
    to = any(t.low == "to" for t in clause.tokens[slice(*frame.object)])
    return giver is not None and giver.kind == "organisation" and to


def _assigned(clause: Clause, frame: Frame) -> Iterator[Pair]:
    """`assign stories to sprints`: each story is of one sprint; `associate employees with shifts`: many of many."""
    tokens, (start, end) = clause.tokens, frame.object
    each = next((i for i in range(start + 1, end - 1) if tokens[i].low == "for" and tokens[i + 1].low in _EACH), None)
    if each is not None:  # `assigns dedicated managers for each location`
        given, whose = thing(tokens[start:each], clause.text), thing(tokens[each + 1 : end], clause.text)
        if given and whose and given.kind == whose.kind == "thing" and is_role(identifier(given.label)):
            yield Pair(whose, replace(given, many=False, determiner="one"), "one", tied=True, verb=frame.verb)
        return
    middle = next((i for i in range(start + 1, end) if tokens[i].low in ("to", "with")), None)
    if middle is None:
        return
    ones = _things(clause, (start, middle), last=False)
    others = [found for found, _ in _things(clause, (middle + 1, end), last=False)]
    for given, other in ((given, other) for given, _ in ones for other in others):
        if given.kind == other.kind == "thing":
            both = frame.verb in _JOINING_VERBS and given.many and (other.many or other.determiner in _EACH)
            yield Pair(given, other, "many" if both else "one", tied=not both, verb=frame.verb)
            if both:
                yield Pair(other, given, "many", verb=frame.verb)


def _modified(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`the subjects taught by teachers`: who does something with what, said in passing."""
    for place in range(1, len(tokens) - 2):
        said = tokens[place].tag == "participle" and tokens[place + 1].low == "by" and tokens[place - 1].nominal
        if said and tokens[place].lemma in _RELATING:
            doer = thing(tokens[place + 2 : _phrase_end(tokens, place + 2)], text)
            done = thing(tokens[_phrase_first(tokens, place) : place], text)
            if doer and done and doer.kind == done.kind == "thing":
                yield Pair(doer, done, "many" if done.many else "one", made=True, verb=tokens[place].lemma)


def _relative(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`the products that a supplier can supply`, `the exams students take`: who does something with what."""
    for place in range(1, len(tokens) - 1):
        if not (tokens[place - 1].nominal and tokens[place - 1].plural):
            continue
        start = place + (tokens[place].low in ("that", "which"))
        end = next((i for i in range(start, len(tokens)) if not _is_subject(tokens, start, i)), len(tokens))
        verb = end + (end < len(tokens) and tokens[end].tag == "modal")
        if end == start or verb >= len(tokens) or verb_lemma(tokens[verb]) not in _RELATING:
            continue
        if verb + 1 < len(tokens) and tokens[verb + 1].text not in ",.;" and tokens[verb + 1].low not in ("and", "or"):
            continue
        doer = thing(tokens[start:end], text)
        done = thing(tokens[_phrase_first(tokens, place) : place], text)
        if doer and done and doer.kind in ("thing", "reference") and done.kind == "thing" and doer.label != done.label:
            yield Pair(doer, done, "many", made=True, verb=verb_lemma(tokens[verb]))


def _is_subject(tokens: Sequence[Token], start: int, place: int) -> bool:
    """Whether a token still belongs to a relative clause's subject; after a plural or a pronoun its verb follows."""
    token = tokens[place]
    if place > start and token.low in FORMS and (tokens[place - 1].plural or tokens[place - 1].tag == "pronoun"):
        return False
    return is_in_phrase(token) or token.low == "they"


def _phrase_first(tokens: Sequence[Token], end: int) -> int:
    first = end
    while first > 0 and is_in_phrase(tokens[first - 1]):
        first -= 1
    return first


def _phrase_end(tokens: Sequence[Token], start: int) -> int:
    return next((i for i in range(start, len(tokens)) if not is_in_phrase(tokens[i])), len(tokens))
