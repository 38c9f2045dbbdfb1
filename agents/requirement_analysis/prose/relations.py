"""Who has how many of what: subject, verb and objects of a sentence, counted by their determiners.

`Each project can use multiple pieces of equipment` counts one way; a second sentence may count the other way, and only
both together tell one-to-many from many-to-many.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agents.language import Token
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.clauses import Clause, announced
from agents.requirement_analysis.prose.things import Thing, joining, thing

Count = Literal["one", "many"]

_VERBAL = frozenset({"verb", "auxiliary", "modal", "participle", "to", "not", "adverb"})
_TIES = words_that("tying")
_MAKES = words_that("making")
_SHARES = words_that("sharing")
_ACTING = _MAKES | _SHARES
_KINDS = words_that("kind")
_GROUPS = words_that("group") | words_that("organisation")
_COUNTS = words_that("count")


@dataclass(frozen=True, slots=True)
class Pair:
    """`subject` has `count` of `object`; `made` when the subject brings it into being without a number being said.

    `tied` when the object is what the subject belongs to: `a flight is operated by a captain`.
    """

    subject: Thing
    object: Thing
    count: Count
    tied: bool = False
    made: bool = False
    verb: str = ""


@dataclass(frozen=True, slots=True)
class _Verb:
    first: int
    end: int
    lemma: str
    passive: bool


def pairs(text: str) -> Iterator[Pair]:
    """The pairs of things that a sentence relates, with how many of the second belong to one of the first."""
    text = announced(text)
    tokens = Clause(text).tokens
    comma = next((i for i, t in enumerate(tokens[:14]) if t.text == ","), 0)
    if comma and tokens[0].low == "for" and tokens[1].low in ("each", "every"):
        yield from _made_for(tokens, comma, text)
    if comma and tokens[0].tag in ("preposition", "relative", "conjunction", "gerund"):
        tokens = tokens[comma + 1 :]  # `In terms of maintenance, staff can …`
    if len(tokens) > 2 and tokens[1].low == "time":
        tokens = tokens[2:]  # `Every time a customer places an order`
    yield from _between(tokens, text)
    yield from _of_several(tokens, text)
    yield from _assigned(tokens, text)
    yield from _modified(tokens, text)
    verbs = list(_verbs(tokens))
    subjects: list[Thing] = []
    for number, verb in enumerate(verbs):
        start = verbs[number - 1].end if number else 0
        limit = verbs[number + 1].first if number + 1 < len(verbs) else len(tokens)
        chained = number > 0 and (
            tokens[verb.first - 1].low in ("and", "or", "then") or tokens[verb.first - 1].text == ","
        )
        if not chained:
            before = [found for found, _ in _things(tokens, start, verb.first, text, last=True)]
            subjects = before or (subjects if _apposed(tokens, verb.first) else [])
        several = False
        for place, (found, words) in enumerate(_things(tokens, verb.end, limit, text, last=False)):
            several = _is_counted(found, words) or (several and found.many and not found.determiner)
            for subject in subjects:
                yield from _pair(subject, found, verb, place, several)


_JOINING = words_that("joining")


def _between(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`the relationship between students and subjects`: each has many of the other until more is said."""
    for place, token in enumerate(tokens):
        if token.low == "between" and place and tokens[place - 1].lemma in _JOINING:
            end = next(
                (i for i in range(place + 1, len(tokens)) if tokens[i].text in ",.;" or _ends_phrase(tokens[i])), None
            )
            joint = joining(tokens[place:end], text)
            if joint and len(joint.ends) == 2:
                one, other = (Thing(label, "thing") for label in joint.ends)
                yield Pair(one, other, "many")
                yield Pair(other, one, "many")


def _made_for(tokens: Sequence[Token], comma: int, text: str) -> Iterator[Pair]:
    """`For each story, people create and assign tasks`: a story has many tasks."""
    whole = thing(tokens[1:comma], text)
    place = next((i for i in range(comma, len(tokens)) if tokens[i].lemma in _CREATING), None)
    while place is not None and place + 1 < len(tokens) and not _in_phrase(tokens[place]):
        place += 1
    made = thing(tokens[place : _phrase_end(tokens, place)], text) if place is not None else None
    if whole and made and whole.kind == made.kind == "thing" and made.many:
        yield Pair(whole, made, "many", made=True)


_CREATING = ("create", "add", "define", "enter", "upload")


def _of_several(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`the equipment of multiple farms`: each farm has equipment of its own."""
    for place in range(1, len(tokens) - 2):
        several = tokens[place + 1].low in _COUNTS or tokens[place + 1].low == "different"
        if tokens[place].low == "of" and several and tokens[place - 1].nominal:
            first = place
            while first > 0 and _in_phrase(tokens[first - 1]):
                first -= 1
            end = next((i for i in range(place + 1, len(tokens)) if not _in_phrase(tokens[i])), len(tokens))
            part, whole = thing(tokens[first:place], text), thing(tokens[place + 1 : end], text)
            if part and whole and part.kind == whole.kind == "thing":
                yield Pair(part, whole, "one", tied=True)


def _assigned(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`assign stories to sprints`: each story is of one sprint; `associate employees with shifts`: many of many."""
    for place, token in enumerate(tokens):
        if (
            token.lemma not in _ASSIGNING
            or token.tag not in ("verb", "gerund", "noun", "adjective")
            or place + 3 > len(tokens)
        ):
            continue
        middle = _phrase_end(tokens, place + 1)
        if middle == place + 1 or middle >= len(tokens) or tokens[middle].low not in ("to", "with"):
            continue
        end = _phrase_end(tokens, middle + 1)
        one, other = thing(tokens[place + 1 : middle], text), thing(tokens[middle + 1 : end], text)
        if one and other and one.kind == other.kind == "thing":
            both = token.lemma in _JOINING_VERBS and one.many and other.many
            yield Pair(one, other, "many" if both else "one", tied=not both, verb=token.lemma)
            if both:
                yield Pair(other, one, "many", verb=token.lemma)


def _phrase_end(tokens: Sequence[Token], start: int) -> int:
    return next((i for i in range(start, len(tokens)) if not _in_phrase(tokens[i])), len(tokens))


_JOINING_VERBS = words_that("joining_verb")
_ASSIGNING = words_that("assigning") | _JOINING_VERBS

_KEEPING = tuple(
    "add creat insert delet remov modif updat edit publish maintain manag quer enter entry upload releas brows".split()
)
"""Beginnings of the words for keeping records: `adding`, `deletion`, `modify`."""


def kept(text: str) -> Iterator[Thing]:
    """The things that users add, change and delete: two such verbs or more before them say that they are stored."""
    tokens = Clause(text).tokens
    place = 0
    while place < len(tokens):
        end, seen = place, 0
        while end < len(tokens) and (
            _keeps(tokens[end]) or tokens[end].text in (",", "/") or tokens[end].low in ("and", "or")
        ):
            seen += _keeps(tokens[end])
            end += 1
        if seen > 1:
            yield from (found for found, _ in _things(tokens, end, _clause_end(tokens, end), text, last=False))
        place = max(end, place + 1)


def kinds(text: str) -> Iterator[tuple[str, str]]:
    """(kind, what it is a kind of) where a sentence says that kinds are kept: `define recipe types`, `manage roles`."""
    tokens = Clause(text).tokens
    for place in range(1, len(tokens)):
        head = tokens[place]
        if head.lemma not in _KINDS or not head.plural or (place + 1 < len(tokens) and tokens[place + 1].nominal):
            continue
        first = place
        while first > 0 and (_in_phrase(tokens[first - 1]) or tokens[first - 1].tag == "adverb"):
            first -= 1
        named = [t for t in tokens[first:place] if t.nominal]
        verb = tokens[first - 1] if first else tokens[0]
        if named and (_keeps(verb) or verb.lemma in _DEFINING or (verb.low == "of" and _keeps_by_noun(tokens, first))):
            yield text[named[-1].start : head.end], text[named[-1].start : named[-1].end]


_DEFINING = ("define", "configure", "classify")


def _keeps_by_noun(tokens: Sequence[Token], first: int) -> bool:
    """`management of recipe types`."""
    return first > 1 and tokens[first - 2].lemma in ("management", "maintenance", "definition")


def _keeps(token: Token) -> bool:
    return token.low.startswith(_KEEPING) and token.lemma not in (
        "manager",
        "management",
        "entity",
        "editor",
        "address",
    )


def _clause_end(tokens: Sequence[Token], start: int) -> int:
    """The next verb or mark that ends what is kept."""
    return next(
        (i for i in range(start, len(tokens)) if tokens[i].text in ".;:" or tokens[i].tag in ("verb", "to", "modal")
         or tokens[i].low in ("including", "such", "to")),
        len(tokens),
    )  # fmt: skip


def _ends_phrase(token: Token) -> bool:
    return token.tag in ("verb", "auxiliary", "modal", "relative")


def _modified(tokens: Sequence[Token], text: str) -> Iterator[Pair]:
    """`the subjects taught by teachers`: who does something with what, said in passing."""
    for place in range(1, len(tokens) - 2):
        if _does(tokens, place):
            yield from _doing(tokens, place, text)
        said = tokens[place].tag == "participle" and tokens[place + 1].low == "by" and tokens[place - 1].nominal
        if said and tokens[place].lemma in _TIES | _SHARES | _MAKES:
            end = next((i for i in range(place + 2, len(tokens)) if not _in_phrase(tokens[i])), len(tokens))
            first = place
            while first > 0 and _in_phrase(tokens[first - 1]):
                first -= 1
            doer, done = thing(tokens[place + 2 : end], text), thing(tokens[first:place], text)
            if doer and done and doer.kind == done.kind == "thing":
                yield Pair(doer, done, "many" if done.many else "one", made=True, verb=tokens[place].lemma)


def _does(tokens: Sequence[Token], place: int) -> bool:
    """Whether a gerund says what those before it do: `users borrowing books`, `students commenting on posts`."""
    verb = tokens[place]
    return verb.tag == "gerund" and tokens[place - 1].nominal and tokens[place - 1].plural and verb.lemma in _ACTING


def _doing(tokens: Sequence[Token], place: int, text: str) -> Iterator[Pair]:
    """Who does something with what: `users borrowing multiple books`."""
    first = place
    while first > 0 and _in_phrase(tokens[first - 1]):
        first -= 1
    start = place + 1 + (tokens[place + 1].tag == "preposition")
    end = next((i for i in range(start, len(tokens)) if not _in_phrase(tokens[i])), len(tokens))
    doer, done = thing(tokens[first:place], text), thing(tokens[start:end], text)
    if doer and done and doer.kind == done.kind == "thing":
        yield Pair(doer, done, "many" if done.many else "one", made=not done.many, verb=tokens[place].lemma)


def _in_phrase(token: Token) -> bool:
    return token.nominal or token.tag in ("determiner", "adjective", "possessive")


def _is_counted(found: Thing, words: Sequence[Token]) -> bool:
    """Whether a phrase says that there are several: `multiple directors`, `one or more actors`."""
    return found.determiner in _COUNTS or any(t.low in _COUNTS or t.low == "more" for t in words)


def _pair(subject: Thing, found: Thing, verb: _Verb, place: int, several: bool) -> Iterator[Pair]:
    """The pair of a subject and one object, if the sentence says how they belong together."""
    if subject.label.lower() == found.label.lower() and subject.kind != "thing":
        return
    if several:
        yield Pair(subject, found, "many", verb=verb.lemma)
    elif verb.lemma == "belong" and subject.many and found.many:
        yield Pair(replace(subject, many=False), replace(found, many=False), "one", tied=True, verb=verb.lemma)
    elif verb.passive or verb.lemma in ("belong", "correspond"):
        if verb.lemma in _TIES and not found.many:
            yield Pair(subject, found, "one", tied=True, verb=verb.lemma)
        elif verb.lemma in _TIES | _ACTING and found.many:
            yield Pair(subject, found, "many", verb=verb.lemma)
    elif verb.lemma in ("have", "contain", "include") and found.determiner in ("a", "an", "one", "exactly", "only"):
        yield Pair(subject, found, "one", verb=verb.lemma)
    elif verb.lemma in _MAKES | _SHARES and place == 0:
        yield Pair(subject, found, "many" if found.many else "one", made=True, verb=verb.lemma)


def _verbs(tokens: Sequence[Token]) -> Iterator[_Verb]:
    """The verb groups: `can be written by` is one, passive, of the verb `write`."""
    place = 0
    while place < len(tokens):
        if tokens[place].tag not in ("verb", "auxiliary", "modal") and not _apposed(tokens, place):
            place += 1
            continue
        end = place
        while end < len(tokens) and tokens[end].tag in _VERBAL:
            end += 1
        end = max(end, place + 1)
        group = tokens[place:end]
        main = next(
            (t for t in reversed(group) if t.tag in ("verb", "participle")), group[-1] if group else tokens[place]
        )
        passive = main.tag == "participle" and (place == end - 1 or any(t.lemma == "be" for t in group))
        if end < len(tokens) and tokens[end].tag == "preposition":
            end += 1
        end = max(end, place + 1)
        lemma = (
            "have"
            if main.low in ("has", "have", "with", "having", "consisting", "containing", "including")
            else main.lemma
        )
        if main.lemma == "be" and end < len(tokens) and tokens[end].low in ("part", "member"):
            lemma, passive = "belong", True
            end += 2
        yield _Verb(place, end, lemma, passive)
        place = end


def _apposed(tokens: Sequence[Token], place: int) -> bool:
    """Whether `with` stands for `has`: `programs, each with multiple hosts`."""
    token = tokens[place]
    if place == 0 or not (token.low == "with" or token.tag in ("gerund", "participle")):
        return False
    if tokens[place - 1].low == "each":
        return True
    if tokens[place - 1].low == "and" and token.tag == "participle" and tokens[place + 1 : place + 2]:
        return tokens[place + 1].low == "by"  # `belonging to a department and managed by an employee`
    first = place  # `with each project belonging to one department`
    while first > 0 and _in_phrase(tokens[first - 1]) and tokens[first - 1].tag != "determiner":
        first -= 1
    each = first < place and first > 0 and tokens[first - 1].low in ("each", "every")
    follows = place + 1 < len(tokens) and tokens[place + 1].tag == "preposition"
    return each and follows and token.low != "with" and tokens[place - 1].nominal


def _things(
    tokens: Sequence[Token], first: int, end: int, text: str, last: bool
) -> Iterator[tuple[Thing, Sequence[Token]]]:
    """The things between two tokens that a conjunction or comma joins: the last such run, or the first."""
    runs: list[list[tuple[Thing, Sequence[Token]]]] = [[]]
    begin = first
    for place in range(first, end + 1):
        joins = place < end and (tokens[place].low in ("and", "or") or tokens[place].text == ",")
        breaks = place < end and (tokens[place].tag in ("relative", "conjunction") or tokens[place].text in ".;:")
        if place < end and not joins and not breaks:
            continue
        words = [t for t in tokens[begin:place] if t.low not in ("both", "either")]
        if words and words[-1].low == "each":
            words = words[:-1]
        found = thing(words, text) if words else None
        if found and found.kind in ("thing", "organisation"):
            runs[-1].append((found, words))
        if breaks and not joins:
            runs.append([])
        begin = place + 1
    chosen = [r for r in runs if r]
    if chosen and last:
        opens = max((i for i, (t, _) in enumerate(chosen[-1]) if t.determiner in ("each", "every")), default=0)
        chosen[-1] = chosen[-1][opens:]  # `for easy access, each book contains …`
    if chosen:
        yield from chosen[-1 if last else 0]


def candidates(read: Sequence[Pair]) -> Iterator[Thing]:
    """The things that a count makes likely to be stored: `multiple hosts`."""
    for pair in read:
        if pair.count == "many" and not pair.made:
            if pair.subject.kind == "thing" and pair.subject.determiner in ("each", "every", "a", "an"):
                yield pair.subject
            if pair.object.kind == "thing":
                yield pair.object


Known = Callable[[Thing], str | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of the child a parent has, and by which verbs the sentences say so."""

    parent: str
    child: str
    cardinality: Literal["one_to_many", "many_to_many"]
    verbs: tuple[str, ...]


def counted(read: Sequence[Pair], known: Known, people: Callable[[str], bool] = is_person) -> Iterator[Counted]:
    """What all the sentences together say of each pair of known entities; `people` tells which of those are persons."""
    verbs: dict[tuple[str, str], list[str]] = {}
    seen: dict[tuple[str, str], set[str]] = {}
    order: list[tuple[str, str]] = []
    for pair in read:
        one, other = known(pair.subject), known(pair.object)
        if one is None or other is None or one == other:
            continue
        key = (min(one, other), max(one, other))
        if key not in seen:
            order.append(key)
        facts = seen.setdefault(key, set())
        forward = "ab" if key == (one, other) else "ba"
        backward = forward[::-1]
        verbs.setdefault(key, []).append(pair.verb)
        if pair.count == "many":
            facts.add(f"many {forward}")
        elif pair.tied:
            facts.add(f"many {backward}?")
        elif pair.made:
            facts.add(f"many {forward}?")
        else:
            facts.add(f"one {forward}")
    for key in order:
        parent, child, shared = _decided(key, seen[key], verbs[key], people)
        yield Counted(parent, child, "many_to_many" if shared else "one_to_many", tuple(dict.fromkeys(verbs[key])))


def _takes_part(key: tuple[str, str], facts: set[str], verbs: Sequence[str], people: Callable[[str], bool]) -> bool:
    """Whether several people of one thing may be of others as well: hosts of a programme, but not staff of a team."""
    whole, part = key if "many ab" in facts else key[::-1]
    return set(verbs) == {"have"} and people(part) and whole.rpartition("_")[2] not in _GROUPS


def _decided(
    key: tuple[str, str], facts: set[str], verbs: Sequence[str], people: Callable[[str], bool]
) -> tuple[str, str, bool]:
    """(parent, child, whether both have many of each other): what all that is said of a pair amounts to."""
    a, b = key
    if {"many ab", "many ba"} <= facts:
        return a, b, True
    shared = any(v in _SHARES for v in verbs) or _takes_part(key, facts, verbs, people)
    for weak in ("", "?"):
        if f"many ab{weak}" in facts:
            return a, b, shared and f"one ba{weak}" not in facts and not {"many ba?", "one ba"} & facts
        if f"many ba{weak}" in facts:
            return b, a, shared and not {"many ab?", "one ab"} & facts
    return (b, a, False) if "one ab" in facts else (a, b, False)
