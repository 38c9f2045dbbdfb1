"""Where a sentence lists what is recorded about a thing, or lists the things themselves.

A sentence is read as a chain of triggers (`has`, `records`, `including`), each with the phrase before it and the list
after it: `the system records basic information for each student, including name and age`.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agents.language import Token, tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.items import Item, items
from agents.requirement_analysis.prose.things import (
    Thing,
    is_system,
    joining,
    speaks_of_nothing,
    speaks_of_text,
    thing,
)

_HAVE = words_that("having")
_RECORD = words_that("recording")
_VERBS = _HAVE | _RECORD
_FORMS = {form: verb for verb in _VERBS for form in (
    verb, f"{verb}s", f"{verb}es", f"{verb[:-1]}ing" if verb.endswith("e") else f"{verb}ing")} | {
    "has": "have", "having": "have", "setting": "set", "logging": "log", "carries": "carry", "specifies": "specify",
    "logs": "log"}  # fmt: skip
_JOINING_VERBS = words_that("joining_verb")
_CONTAINED = words_that("contained")
_FACTS = words_that("fact")
_GOVERNING = words_that("governing")
_LISTS = words_that("listing")
_NOUNLIKE = words_that("nounlike")
_PURPOSES = words_that("purpose")
_VALUED = words_that("valued")
_INFORMATION = words_that("information")
_INTRODUCING = words_that("introducing")
_RECORDED = words_that("recorded")
_ENDS = words_that("end")
_DESCRIBED = words_that("described")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that a list follows: its first token and the first one after it, the verb it is a form of."""

    first: int
    end: int
    verb: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a sentence: what its items belong to, as far as the sentence itself says, and how it is introduced."""

    owner: Thing | None
    items: tuple[Item, ...]
    verb: str
    subject: Thing | None


class Clause:
    """A sentence's tokens with its remarks in parentheses put aside, by the token that they follow."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.notes: dict[int, str] = {}
        depth, opened = 0, 0
        for token in tagged(text):
            if token.text in "([":
                opened = token.end if depth == 0 else opened
                depth += 1
            elif token.text in ")]" and depth:
                depth -= 1
                if depth == 0 and self.tokens:
                    self.notes[len(self.tokens) - 1] = text[opened : token.start].strip()
            elif depth == 0:
                self.tokens.append(token)

    def note(self, first: int, end: int) -> str:
        """The remark that follows one of these tokens."""
        return next((self.notes[i] for i in range(end - 1, first - 1, -1) if i in self.notes), "")


def listings(text: str) -> Iterator[Listing]:
    """Every list of a sentence in order."""
    text = announced(text)
    clause = Clause(text)
    found = triggers(clause.tokens)
    fronted = _fronted(clause)
    subject: Thing | None = None
    latest: Thing | None = None
    yield from _passive(clause, fronted)
    yield from _in_quotes(clause)
    for number, trigger in enumerate(found):
        start = found[number - 1].end if number else 0
        if trigger.verb == ":":
            named = _storable(thing(clause.tokens[start : trigger.first], text))
            fronted = named if named and not speaks_of_text(named) else fronted
        goes_on = number > 0 or (trigger.first > 1 and clause.tokens[trigger.first].low == trigger.verb)
        chained = trigger.verb in _VERBS and goes_on and _follows_list(clause.tokens, trigger.first)
        if (
            chained
            and number > 0
            and _adds(clause.tokens, trigger.first)
            and _introduces(clause, found[number - 1], found, number - 1)
        ):
            chained = False
        before = [] if chained else _phrase_before(clause.tokens, start, trigger.first)
        limit = (
            _next_clause(clause.tokens, trigger, found[number + 1]) if number + 1 < len(found) else len(clause.tokens)
        )
        listed = tuple(items(clause, trigger.end, _until(clause.tokens, trigger.end, limit)))
        owner = thing(before, text) if before else None
        if owner is not None and (whose := _whose(clause.tokens, start, trigger.first)):
            owner = thing(whose, text) or owner
        if owner is None and subject is None and trigger.verb in _VERBS:
            owner = _opening(clause, trigger.first)
        if trigger.verb in _RECORD and owner is not None and _only_acts(owner):
            owner = None
            before = []
            if trigger.verb in _GOVERNING and _possessor(listed, text) is None:
                continue
        if trigger.verb in _VERBS:
            owner = latest if before and before[-1].low in ("id", "ids") and latest else owner
            subject = owner or subject
            owner = fronted or subject if not subject or subject.kind != "thing" else subject
            if fronted and (not subject or subject.kind != "thing"):
                owner = fronted
        elif before and before[-1].lemma in _VALUED:
            continue
        elif trigger.verb == "with" and fronted and not any(t.text == "," for t in clause.tokens[: trigger.first]):
            continue  # `For projects with bad results, …`
        elif owner is None or owner.kind in ("filler", "reference", "system"):
            owner = fronted if fronted else subject
        elif trigger.verb == "including" and (within := _contained(clause, start, trigger.first)):
            owner = within
        elif both := _joined(clause.tokens, before, start):
            joint = joining(both, text)
            owner = joint if joint and not (subject and subject.kind == "thing") else subject
        elif (
            latest is not None
            and before
            and (before[-1].low in ("id", "ids") or (number and found[number - 1].verb == "with"))
        ):
            owner = latest
        if owner and owner.kind == "thing" and identifier(owner.label) in _FACTS:
            owner = fronted or (subject if subject and subject.kind == "thing" else owner)
        possessor = _possessor(listed, text)
        if possessor and (owner is None or owner.kind != "thing" or chained):
            owner = possessor
        elif owner and owner.kind == "thing" and not owner.whole:
            owner = replace(owner, whole=_around(possessor, fronted, owner))
        if trigger.verb == ":" and _has_verb(clause.tokens, trigger.end, limit):
            continue
        identified = bool(listed) and listed[-1].label.lower().endswith("id")
        if owner and owner.kind == "thing" and len(before) > 1:
            owner = as_detail(owner, before, listed)
        if listed and (identified or not _introduces(clause, trigger, found, number)):
            latest = _storable(owner) or latest
            yield Listing(owner, listed, trigger.verb, subject)
        yield from _in_parentheses(clause, trigger.end, limit)


def announced(text: str) -> str:
    """What follows `… are described as follows: `, if anything does, at its place in the text."""
    said = re.search(r"\b(?:as follows|the following)[^:]{0,30}:\s+(?=\w+\s+\w+\s+\w+)", text)
    return " " * said.end() + text[said.end() :] if said else text


def _in_quotes(clause: Clause) -> Iterator[Listing]:
    """`"Card" (card ID, name)`: a name in quotation marks with its attributes behind it."""
    tokens = clause.tokens
    for place, note in clause.notes.items():
        first = next((i for i in range(place - 1, max(-1, place - 7), -1) if tokens[i].text in _QUOTES), place)
        inner = Clause(note)
        listed = (
            tuple(items(inner, 0, len(inner.tokens))) if tokens[place].text in _QUOTES and first < place - 1 else ()
        )
        if len(listed) > 1 and (_repeats(tokens[first:place], listed) or listed[0].label.lower().endswith("id")):
            label = clause.text[tokens[first + 1].start : tokens[place - 1].end]
            if label.lower().endswith("id"):
                continue
            yield Listing(Thing(label, "thing"), listed, "including", None)


_QUOTES = ('"', "“", "”", "'", "`")


def _next_clause(tokens: Sequence[Token], trigger: Trigger, following: Trigger) -> int:
    """Where the clause of the next trigger begins: at its subject, `…, and the system records`, else at its verb."""
    if following.verb not in _VERBS:
        return following.first
    phrase = _phrase_before(tokens, trigger.end, following.first)
    first = next((i for i, t in enumerate(tokens) if phrase and t is phrase[0]), following.first)
    joined = first > trigger.end + 1 and (tokens[first - 1].low == "and" or tokens[first - 1].text == ",")
    opens = bool(phrase) and (phrase[0].tag == "determiner" or is_system(phrase[-1]))
    return first if joined and opens else following.first


def _only_acts(owner: Thing) -> bool:
    """Whether a subject is who keeps records rather than what they are about: `administrators manage teachers`."""
    return owner.determiner not in ("each", "every", "a", "an") and is_person(singular(identifier(owner.label)))


def _whose(tokens: Sequence[Token], start: int, end: int) -> Sequence[Token]:
    """The phrase before `whose details include`."""
    place = next((i for i in range(end - 1, start, -1) if tokens[i].low == "whose"), None)
    if place is None:
        return ()
    last = place - (tokens[place - 1].text == ",")
    return tokens[_phrase_start(tokens, start, last) : last]


def _has_verb(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a clause rather than a list stands between two tokens."""
    return any(t.tag in ("verb", "auxiliary", "modal") for t in tokens[start : min(end, start + 8)])


def _joined(tokens: Sequence[Token], phrase: Sequence[Token], start: int) -> Sequence[Token]:
    """The whole of `the correspondence between coaches and teams` where a phrase is only its last part."""
    place = next((i for i, t in enumerate(tokens) if phrase and t is phrase[0]), 0)
    if place > 2 and tokens[place - 1].low == "and":
        first = next((i for i in range(place - 2, max(start, place - 6), -1) if tokens[i].low == "between"), None)
        if first is not None:
            return tokens[first : place + len(phrase)]
    return ()


def _contained(clause: Clause, start: int, end: int) -> Thing | None:
    """`the products included in each order, including quantity and price`: what joins the two."""
    tokens = clause.tokens
    for place in range(start + 1, end - 3):
        inside = tokens[place].low in _CONTAINED and tokens[place + 1].low in ("in", "by", "with", "to", "for")
        if inside and tokens[place + 2].low in ("each", "every") and tokens[place - 1].nominal:
            part = thing(tokens[_phrase_start(tokens, start, place) : place], clause.text)
            whole = thing(tokens[place + 2 : end], clause.text)
            if part and whole and part.kind == whole.kind == "thing":
                return Thing(f"{whole.label} {part.label}", "thing", ends=(whole.label, part.label))
    return None


def _around(possessor: Thing | None, fronted: Thing | None, owner: Thing) -> str:
    """What a list's owner belongs to, by the words around it: `after each service, … feedback, including a rating`."""
    found = possessor or fronted
    return found.label if found and found.label != owner.label and found.determiner in ("each", "every") else ""


def _follows_list(tokens: Sequence[Token], place: int) -> bool:
    """Whether a verb goes on after another verb's list, with the same subject: `…, country, records numbers`."""
    return tokens[place - 1].text == "," or tokens[place - 1].low in ("and", "then")


def _opening(clause: Clause, end: int) -> Thing | None:
    """The subject that a sentence opens with, for a verb that follows an `and`: `Each building is … and records …`."""
    tokens = clause.tokens
    last = next((i for i in range(end) if tokens[i].tag in ("verb", "auxiliary", "modal")), 0)
    opens = last > 0 and tokens[0].tag in ("determiner", "noun", "name", "adjective", "possessive")
    return thing(tokens[:last], clause.text) if opens else None


def _passive(clause: Clause, fronted: Thing | None) -> Iterator[Listing]:
    """`For each payment, the date and amount must be recorded`: a list before its verb."""
    tokens = clause.tokens
    comma = next((i for i, t in enumerate(tokens[:14]) if t.text == ","), 0)
    verb = next((i for i, t in enumerate(tokens) if t.low in _RECORDED and i and tokens[i - 1].tag == "auxiliary"), 0)
    if fronted is None or not comma or verb <= comma or any(t.low == "including" for t in tokens[verb:]):
        return
    end = next((i for i in range(comma + 1, verb) if tokens[i].tag in ("modal", "auxiliary", "verb")), verb)
    listed = tuple(items(clause, comma + 1, end))
    if listed:
        yield Listing(fronted, listed, "record", None)


def _adds(tokens: Sequence[Token], place: int) -> bool:
    """Whether a gerund says what is recorded about what stands before it: `the history, recording the old position`."""
    return tokens[place].low.endswith("ing") and place > 1 and tokens[place - 1].text == ","


def _possessor(listed: Sequence[Item], text: str) -> Thing | None:
    """The thing of `each project's name, type and budget` or `the name, type and budget of each project`."""
    if not listed:
        return None
    if listed[0].owner:
        return _storable(thing(listed[0].owner, text))
    opened = [i.inner for i in listed if len(i.inner) > 1 and i.inner[0].low in ("of", "for")]
    each = [i for i in opened if i[1].low in ("each", "every")]
    inner = each[0] if each else listed[-1].inner
    if joint := joining(inner, text):
        return joint
    if len(inner) > 1 and inner[0].low in ("of", "for") and inner[1].tag in ("determiner", "possessive"):
        end = next((i for i, t in enumerate(inner[1:], 1) if t.tag in ("preposition", "verb", "auxiliary")), len(inner))
        return _storable(thing(inner[1:end], text))
    return None


def _introduces(clause: Clause, trigger: Trigger, found: Sequence[Trigger], number: int) -> bool:
    """Whether the object of this trigger is only what the next one's list belongs to: `records the data, including`."""
    if number + 1 == len(found) or (
        found[number + 1].verb in _VERBS and not _adds(clause.tokens, found[number + 1].first)
    ):
        return False
    between = clause.tokens[trigger.end : found[number + 1].first]
    commas = sum(t.text == "," for t in between[:-1])
    return commas == 0 and not any(t.low == "and" for t in between)


def triggers(tokens: Sequence[Token]) -> list[Trigger]:
    """The words of a sentence that lists follow."""
    found: list[Trigger] = []
    place = 0
    while place < len(tokens):
        if trigger := _trigger(tokens, place):
            found.append(trigger)
            place = trigger.end
        else:
            place += 1
    if not any(t.tag in ("verb", "auxiliary", "modal") for t in tokens) and not any(t.verb in _VERBS for t in found):
        found = sorted([*found, *_only_verb(tokens)], key=lambda t: t.first)
    return found


def _only_verb(tokens: Sequence[Token]) -> list[Trigger]:
    """The verb of a sentence in which every word could be a noun: `The shopping cart records User ID, …`."""
    for place in range(2, len(tokens) - 1):
        low = tokens[place].low
        if low in _FORMS and low.endswith("s") and tokens[place - 1].nominal and tokens[place + 1].tag != "mark":
            return [Trigger(place, place + 1, _FORMS[low])]
    return []


def _trigger(tokens: Sequence[Token], place: int) -> Trigger | None:
    """The trigger that begins at a token."""
    low = tokens[place].low
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if after is None:
        return None
    if low == "such" and after.low == "as":
        return Trigger(place, place + 2, "such as")
    if low == "like" and place and tokens[place - 1].lemma in _INFORMATION:
        return Trigger(place, place + 1, "such as")
    if low in _LISTS and low != "includes":
        end = place + 1 + (after.text == ":")
        return Trigger(place, end, "including")
    if low == "with" and _opens_list(tokens, place):
        return Trigger(place, place + 1, "with")
    if low == ":" and place:
        return Trigger(place, place + 1, ":")
    if low in _DESCRIBED and after.low == "by":
        return Trigger(place, place + 2, "have")
    if low in ("identified", "associated") and after.low in ("by", "with", "through"):
        return Trigger(place, place + 2, low)
    if low in _FORMS and _is_verb(tokens, place):
        end = place + 1 + 2 * (after.low == "track" and [t.low for t in tokens[place + 2 : place + 3]] == ["of"])
        while end < len(tokens) and (tokens[end].low in ("of", "the", "following", ":") or tokens[end].text == ":"):
            end += 1
        return Trigger(place, end, _FORMS[low])
    return None


def _opens_list(tokens: Sequence[Token], place: int) -> bool:
    """Whether `with` is followed by a list of what something has, and not by whom or what it happens."""
    before = tokens[place - 1] if place else None
    if before is None or not (before.nominal or before.low in ("each", ",")):
        return False
    if any(t.lemma in _JOINING_VERBS for t in tokens[max(0, place - 5) : place]):
        return False
    region = tokens[place + 1 : place + 14]
    return any(t.text == "," or t.low == "and" for t in region[1:]) or before.low == "each"


def _is_verb(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word that may be a noun (`records`, `sets`) is the verb of a clause here."""
    token, after = tokens[place], tokens[place + 1]
    before = tokens[place - 1] if place else None
    if token.tag == "participle" or after.low in (",", ".", "and", "or") or after.text in ",.;)":
        return False
    inflected = token.low.endswith(("s", "ing"))
    if before is None or before.text in ",;:" or before.low in ("and", "or"):
        if sum(t.low == token.low and n.nominal for t, n in itertools.pairwise(tokens)) > 1:
            return False  # `tracking date, tracking content`
        opens = after.tag in ("determiner", "possessive", "noun", "adjective", "name", "gerund", "participle", "number")
        if before is None or before.text == ":":
            return opens
        if token.tag == "verb" and after.tag in ("determiner", "possessive"):
            return True
        return opens and inflected and not (token.low.endswith("ing") and _FORMS[token.low] in _NOUNLIKE)
    if before.tag in ("modal", "to", "adverb", "auxiliary"):
        return not (before.tag == "adverb" and place > 1 and tokens[place - 2].tag == "preposition")
    if before.tag == "verb" and token.tag == "gerund" and _FORMS[token.low] in _RECORD:
        return True  # `requires recording the date`
    if before.low == "as":
        return False
    if before.tag == "preposition":
        return token.tag == "gerund" and after.tag in ("determiner", "possessive", "adjective")
    if token.tag == "gerund" and before.low == "each":
        return True
    if before.tag in ("determiner", "possessive", "adjective") or after.tag == "verb":
        return False
    if is_system(before) and token.low.endswith("s"):
        return True
    if token.tag in ("verb", "auxiliary"):
        return True
    return token.tag == "gerund" and before.tag in ("relative", "conjunction")


def _phrase_before(tokens: Sequence[Token], start: int, end: int) -> list[Token]:
    """The noun phrase with its prepositions that ends right before a trigger, adverbs and modals between left out."""
    last = end
    while last > start and (
        tokens[last - 1].tag in ("modal", "adverb", "auxiliary", "to", "verb", "not", "relative")
        or tokens[last - 1].text in ",;:"
        or tokens[last - 1].low in ("need", "needs", "also", "each", "of", "both")
        or (tokens[last - 1].tag == "participle" and last < end and tokens[last].tag in ("to", "preposition"))
        or (tokens[last - 1].low == "for" and last == end)
        or (tokens[last - 1].low in _RECORDED and last < end)
    ):
        last -= 1
    first = _phrase_start(tokens, start, last)
    first = _before_conjunction(tokens, start, first) if first < last else first
    if (moved := _before_modifier(tokens, start, first)) is not None:
        last = moved
        first = _phrase_start(tokens, start, last)
    doing = first > 0 and first + 1 < last and tokens[first].tag == "gerund" and tokens[first - 1].lemma not in _RECORD
    doing = doing and (tokens[first + 1].lemma not in _INFORMATION or tokens[first].lemma in _RECORD)
    if doing and (tokens[first - 1].tag in ("preposition", "verb", "noun") or tokens[first - 1].text == ","):
        first += 1
    return list(tokens[first:last])


def _before_conjunction(tokens: Sequence[Token], start: int, first: int) -> int:
    """Where the whole of `activities for reservoirs and rivers` begins, whose last part begins at a token."""
    if first - 2 > start and tokens[first - 1].low == "and" and tokens[first - 2].nominal:
        whole = _phrase_start(tokens, start, first - 1)
        place = next((i for i in range(whole + 1, first - 1) if tokens[i].low in _INTRODUCING - {"between"}), None)
        if place is not None and tokens[place - 1].nominal and not speaks_of_nothing(tokens[place - 1]):
            return whole
    return first


def _before_modifier(tokens: Sequence[Token], start: int, first: int) -> int | None:
    """The end of the phrase that `made by customers` or `within the library` modifies, where such words stand."""
    place = first - 1
    while place > start and (
        tokens[place].tag in ("preposition", "participle", "to", "adverb")
        or tokens[place].low in ("using", "made") or tokens[place].low.endswith("ed")
    ):  # fmt: skip
        place -= 1
    moved = place < first - 1 and place >= start and tokens[place].nominal
    return place + 1 if moved and not any(t.low in _INTRODUCING for t in tokens[place + 1 : first]) else None


def _phrase_start(tokens: Sequence[Token], start: int, end: int) -> int:
    """Where the phrase that ends at a token begins: a determiner opens it unless a preposition goes before."""
    first = end
    while first > start and not _bounds(tokens, first - 1):
        first -= 1
        opening = tokens[first].tag in ("determiner", "possessive")
        if opening and first > start and tokens[first - 1].tag not in ("preposition", "determiner"):
            break
    return first


def _bounds(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token cannot belong to the noun phrase that follows it."""
    token = tokens[place]
    if token.tag in ("verb", "auxiliary", "modal", "relative", "to", "not", "conjunction", "pronoun"):
        return not (token.tag == "pronoun" and token.low in ("it", "they"))
    if token.tag == "preposition":
        return token.low not in ("of", "for", "about", "on", "regarding", "concerning")
    return token.tag == "mark" and token.text not in "/-'’\"“”"


def _fronted(clause: Clause) -> Thing | None:
    """The thing of `For each production, the system records …` or `In terms of order management, …`."""
    tokens = clause.tokens
    comma = next((i for i, t in enumerate(tokens[:14]) if t.text == ","), 0)
    if comma and tokens[comma - 1].lemma == "management":
        return _storable(thing(tokens[:comma], clause.text))
    if comma < 2:
        return None
    if tokens[0].tag not in ("preposition", "relative", "gerund", "conjunction") and tokens[1].low != "time":
        return None
    low = tokens[0].low
    if low in ("when", "whenever", "once") or tokens[1].low == "time":
        return _happening(tokens[1 + (tokens[1].low == "time") : comma], clause.text)
    if low in ("for", "regarding", "concerning", "during", "after", "upon", "on", "about"):
        end = next((i for i in range(2, comma) if tokens[i].low in ("with", "that", "in", "by", "is", "has")), comma)
        return _storable(thing(tokens[1:end], clause.text))
    if low == "in" and len(tokens) > 2 and tokens[1].low in ("terms", "the", "addition"):
        start = 3 if tokens[1].low == "terms" else 1
        return _storable(thing(tokens[start:comma], clause.text)) if tokens[1].low != "addition" else None
    return None


def _happening(tokens: Sequence[Token], text: str) -> Thing | None:
    """The thing that comes about in `whenever a customer places an order` or `each time an email is sent`."""
    verb = next((i for i, t in enumerate(tokens) if t.tag in ("verb", "auxiliary")), None)
    if verb is None:
        return None
    made = thing(tokens[verb + 1 :], text) if verb + 1 < len(tokens) else None
    return _storable(made) or _storable(thing(tokens[:verb], text))


def _storable(found: Thing | None) -> Thing | None:
    return found if found and found.kind == "thing" else None


def _until(tokens: Sequence[Token], start: int, limit: int) -> int:
    """Where the list after a trigger ends: at the end of the sentence, or where another clause begins."""
    for place in range(start, limit):
        token = tokens[place]
        before = tokens[place - 1]
        if token.text in ";" or (token.text in ".!?" and place > start):
            return place
        if place > start and token.low in _ENDS and token.low != "whether":
            return place
        if place > start and token.tag == "to" and place + 1 < limit and tokens[place + 1].tag in ("verb", "adverb"):
            return place
        if place > start and token.low == "for" and before.text == ",":
            return place
        if place > start and token.low.endswith("ing") and before.text == "," and token.lemma in _PURPOSES:
            return place
    return limit


def _in_parentheses(clause: Clause, first: int, end: int) -> Iterator[Listing]:
    """`grading information (scores and feedback)`: what the words in parentheses belong to."""
    for place, note in clause.notes.items():
        if not first <= place < end:
            continue
        start = _phrase_start(clause.tokens, first, place + 1)
        phrase = clause.tokens[start : place + 1]
        head = phrase[-1].lemma if phrase else ""
        inner = Clause(note)
        including = bool(inner.tokens) and inner.tokens[0].low in ("including", "includes")
        opening = inner.tokens[0].low if inner.tokens else ""
        about = head in _INFORMATION or any(
            t.lemma in _INFORMATION and n.low == "of" for t, n in itertools.pairwise(phrase)
        )
        if opening in ("e.g", "such", "like", "for", "i.e", "eg"):
            continue
        listed = tuple(items(inner, int(including), len(inner.tokens)))
        if head == "standard" or including or about or _repeats(phrase, listed):
            owner = thing(phrase, clause.text)
            if owner and owner.kind == "thing" and len(listed) > 1:
                yield Listing(as_detail(owner, phrase, listed), listed, "including", None)


def _repeats(phrase: Sequence[Token], listed: Sequence[Item]) -> bool:
    """Whether items name what they belong to again: `leave record (leave time, leave type)`."""
    own = {t.lemma for t in phrase if t.nominal}
    return len(listed) > 1 and all(len(i.tokens) > 1 and i.tokens[0].lemma in own for i in listed)


def as_detail(owner: Thing, phrase: Sequence[Token], listed: Sequence[Item]) -> Thing:
    """The part of a whole that a list describes: `order details`, where it begins with the ID of something else."""
    first = listed[0].label.lower() if listed else ""
    foreign = first.endswith(" id") and first.rpartition(" ")[0] not in owner.label.lower()
    if foreign and phrase and phrase[-1].low == "details" and owner.label.lower().endswith(phrase[-2].lemma):
        return replace(owner, label=f"{owner.label} detail", whole=owner.label)
    return owner
