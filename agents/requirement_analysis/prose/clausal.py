"""Which words are the verbs of clauses.

Most verbs of a brief could be nouns (`records`, `orders`, `details`). In a list a word is a verb only where its form
agrees with a subject, or where what is done to something follows.
"""

import itertools
from collections.abc import Sequence

from agents.language import Token, can_be_noun
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.clause import is_in_phrase, joins, opens_phrase, phrase_start
from agents.requirement_analysis.prose.verbforms import (
    ACTIONS,
    FORMS,
    GERUNDS,
    HAVING,
    PARTICLES,
    RECORDING,
    Form,
    VerbGroup,
    can_be_verb,
    coordinates,
    is_past,
    leads_on,
)

_SYSTEM = words_that("system")
_NOUNLIKE = words_that("nounlike")
_PLAIN = words_that("doing") | words_that("assigning") | words_that("giving")
_PURPOSES = words_that("purpose")
_CONTINUING = (words_that("continuing") | words_that("recording") | words_that("purpose")) - words_that("plural_noun")
_COLLECTIVE = words_that("collective")
_LISTING = HAVING | RECORDING
_GOING_ON = _CONTINUING | HAVING | _PLAIN
_FINITE = ("verb", "auxiliary", "modal")
_WE = ("we", "they", "you", "i")
_LEAVING = ("leave", "post", "place", "rate")
"""Verbs that the tagger takes for nouns after `and`: `can rate a course and leave comments`."""


def verb_form(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup], clause: int) -> Form | None:
    """The form of the group that begins at a token; None where none does."""
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place > clause else None
    if token.tag == "modal" or (token.tag == "auxiliary" and token.low not in ("having", "being")):
        return "finite"
    if place == clause > 1 and tokens[place - 1].text == ":" and _named_before(tokens, place):
        return None  # `Stop: stop number, address`
    if before is not None and _is_moment(tokens, place, found):
        return None
    if token.tag == "to" and after is not None and (can_be_verb(after) or leads_on(tokens, place)):
        return "infinitive"
    if token.tag == "gerund" or token.low in ("having", "being") or (token.tag == "adjective" and token.low in GERUNDS):
        return "gerund" if _is_clausal_gerund(tokens, place, found, clause) else None
    if token.tag == "participle":
        return "participle" if _is_clausal_participle(tokens, place, found) else None
    by_system = before is not None and before.lemma in _SYSTEM and not before.plural
    if token.tag == "noun" and by_system and token.low in FORMS and token.low.endswith("s"):
        return "finite" if after is not None and opens_phrase(after) else None
    if token.tag == "noun" and before is not None and joins(before) and _keeps(token) and _is_third(tokens, found):
        object_of = tokens[place + 2] if after and after.low in PARTICLES and place + 2 < len(tokens) else after
        return "finite" if object_of is not None and opens_phrase(object_of) else None
    if token.tag == "noun" and before is not None and joins(before) and _reports(tokens, place, found):
        return "finite"
    if token.tag == "noun" and before is not None and _counts(tokens, place):
        return "finite"
    if token.tag == "noun" and before is not None and joins(before) and _counts_on(tokens, place, found):
        return "finite"
    if token.tag == "noun" and before is not None and before.text == "," and _after_aside(tokens, place, clause, found):
        return "base"
    if token.tag == "noun" and before is not None and before.low in _WE and token.low in FORMS:
        return "finite" if after is not None and opens_phrase(after) else None
    if token.tag == "noun" and before is not None and before.low == "and" and token.low in _LEAVING:
        return "base" if after is not None and opens_phrase(after) and _is_modal(tokens, found) else None
    if token.tag == "noun" and before is not None and joins(before) and _serves(tokens, place, found):
        return "base"
    if _is_command(tokens, place, clause, found):
        return "finite" if token.low.endswith("s") else "base"
    return _finite(tokens, place, found, clause) if token.tag == "verb" else None


def _named_before(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word behind a colon stands before it as the name of what is described."""
    return any(t.nominal and t.lemma == tokens[place].lemma for t in tokens[max(0, place - 7) : place - 1])


def _is_moment(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup]) -> bool:
    """Whether a verb only says at which moment, as one more item of a list: `…, and send time`, `last update time`."""
    before, token, after = tokens[place - 1 : place + 2] if place + 1 < len(tokens) else (None, None, None)
    if before is None or token is None or after is None or not found or token.tag != "verb" or after.plural:
        return False
    listed = found[-1].lemma in _LISTING and (joins(before) or before.low in ("last", "latest", "next"))
    return listed and token.low == token.lemma and after.lemma in ("time", "date", "timestamp")


def _reports(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup]) -> bool:
    """Whether a noun is rather a verb, because it has a preposition with an object: `, and reports to one manager`."""
    low, further = tokens[place].low, tokens[place + 1 : place + 3]
    third = low in FORMS and low.endswith("s") and bool(found)
    several = bool(found) and FORMS.get(low) == low and tokens[found[-1].first].low in ("are", "have", "were")
    placed = (
        len(further) > 1 and further[0].low in ("to", "at", "in", "with") and further[0].tag in ("preposition", "to")
    )
    return (
        (third or several)
        and placed
        and (further[1].tag == "number" or further[1].low in ("a", "an", "another", "the"))
    )


def _counts(tokens: Sequence[Token], place: int) -> bool:
    """Whether a noun is rather a verb, because how many follow is told: `but a user rents at most one stall`."""
    low, before, further = tokens[place].low, tokens[place - 1], tokens[place + 1 : place + 3]
    third = low in FORMS and low.endswith("s")
    if third and before.low == "each" and len(further) > 1:  # `students have a name, and each lives in a room`
        return further[0].tag == "preposition" and further[1].tag in ("determiner", "number", "adverb")
    third = third and before.nominal and not before.plural
    each = place > 1 and tokens[place - 2].low in ("a", "an", "each", "every", "one")
    if not (third and each and len(further) > 1):
        return False
    return further[0].low in (*_NUMBERING, "one") or (further[0].low == "at" and further[1].low in ("most", "least"))


_NUMBERING = words_that("count") | {"exactly", "only"}


def _counts_on(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup]) -> bool:
    """Whether a noun is rather a verb, because what follows is counted: `, and covers exactly one vehicle`."""
    third = tokens[place].low in FORMS and tokens[place].low.endswith("s") and bool(found)
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    again = found and any(t.low.endswith("s") for t in tokens[found[-1].first : found[-1].end])
    return bool(third and again) and after is not None and (after.low in _COUNTERS or after.tag == "number")


_COUNTERS = frozenset("a an another any at between each every exactly many multiple only several up zero".split())


def _after_aside(tokens: Sequence[Token], place: int, clause: int, found: Sequence[VerbGroup]) -> bool:
    """Whether a noun is rather the verb of what is described in passing: `clients, with name and phone, order cars`."""
    after = tokens[place + 1 : place + 3]
    comma = next((i for i in range(clause + 1, place - 1) if tokens[i].text == ","), 0)
    aside = comma and tokens[comma - 1].nominal and tokens[comma + 1].low == "with"
    if not aside or not any(t.low == "and" for t in tokens[comma:place]) or any(g.first >= clause for g in found):
        return False
    low, third = tokens[place].low, not tokens[comma - 1].plural
    if len(after) < 2 or low not in FORMS or (FORMS[low] != low) != third:
        return False
    placed = after[0].tag == "preposition" and tokens[place].tag == "verb"
    return placed or (opens_phrase(after[0]) and (after[1].text in ".;," or after[1].tag == "preposition"))


def _keeps(token: Token) -> bool:
    """Whether a word that is tagged as a noun is rather what the system does: `, details product quantities`."""
    return token.low in FORMS and token.low.endswith("s") and FORMS[token.low] in _CONTINUING


def _is_third(tokens: Sequence[Token], found: Sequence[VerbGroup]) -> bool:
    """Whether the verb before, beyond infinitives of purpose, stands in the third person, as that of a system does."""
    last = next((g for g in reversed(found) if g.form != "infinitive"), None)
    verbs = tokens[last.first : last.end] if last is not None and last.form == "finite" else ()
    return any(t.low.endswith("s") for t in verbs)  # `sets up` ends with a particle


def _serves(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup]) -> bool:
    """Whether a noun is rather a further purpose, by its object: `record loans, support loan history queries`."""
    bare = bool(found) and (found[-1].form in ("base", "infinitive") or _is_modal(tokens, found))
    further = list(itertools.takewhile(is_in_phrase, tokens[place + 1 :]))
    return bare and FORMS.get(tokens[place].low) == tokens[place].low in _PURPOSES and len(further) > _SHORT


_SHORT = 2
"""Words behind a noun that may still be one name with it: `support contract number`."""


def _is_clausal_participle(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup]) -> bool:
    """Whether a participle says what is done: `each identified by`, `with each team led by`, `and managed by`."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if after is not None and after.low in PARTICLES and place + 2 < len(tokens):
        after = tokens[place + 2]
    if place == 0 or after is None or after.tag != "preposition":
        return False
    before = tokens[place - 1]
    if before.low == "each" or (before.nominal and each_before(tokens, place)):
        return True
    if before.text == "," and not found and place > 1 and tokens[place].low == "identified" and after.low == "by":
        return True  # `passengers, identified by a passport number, …`
    return (
        joins(before)
        and bool(found)
        and (found[-1].passive or found[-1].lemma == "be" or found[-1].form in ("gerund", "participle"))
    )


def each_before(tokens: Sequence[Token], place: int) -> bool:
    """Whether `each` opens the phrase before a place, which is no subject of a verb: `with each project belonging`."""
    first = phrase_start(tokens, 0, place)
    first += first < place and tokens[first].low == "with"
    opens = first < place and tokens[first].low in ("each", "every")
    return opens and first > 0 and (tokens[first - 1].low == "with" or joins(tokens[first - 1]))


def _is_command(tokens: Sequence[Token], place: int, clause: int, found: Sequence[VerbGroup]) -> bool:
    """Whether a sentence opens with what is to be done: `Record the name`, `Billing management, stores invoice data`.

    The words could be nouns as well, so that no other verb may follow before the first list.
    """
    token, after = tokens[place], tokens[place + 1] if place + 1 < len(tokens) else None
    titled = place > clause + 1 and tokens[place - 1].text == "," and tokens[place - 2].lemma == "management"
    if token.low not in FORMS or after is None or not (place == clause or (titled and not found)):
        return False
    if after.tag in ("determiner", "possessive", "adjective"):
        return True
    rest = itertools.takewhile(lambda t: t.text != "," and t.low not in ("including", "such"), tokens[place + 1 :])
    known = FORMS[token.low] in RECORDING or (after.plural and not token.low.endswith("s"))
    return after.nominal and known and not any(t.tag in _FINITE for t in rest)


def _finite(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup], clause: int) -> Form | None:
    """The form of a word that is tagged as a verb, if it is the verb of a clause here."""
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place > clause else None
    third = token.low.endswith("s") and token.low != token.lemma
    form: Form = "finite" if third or is_past(token) else "base"
    first = not any(g.first >= clause and g.form in ("finite", "base") for g in found)
    if after is None or after.text in ".;)" or joins(after):
        subject = before is not None and (before.nominal or before.tag in ("pronoun", "relative"))
        coordinated = after is not None and joins(after) and coordinates(tokens, place + 1, third) is not None
        alone = first and subject and before is not None and before.plural and not third
        return form if coordinated or alone or (before and before.tag in ("relative", "pronoun")) else None
    if before is None:
        return form if after is not None and (opens_phrase(after) or after.tag in ("preposition", "verb")) else None
    if before.tag in ("determiner", "possessive", "genitive", "preposition", "number"):
        return None
    if before.tag in ("relative", "pronoun", "adverb", "modal", "auxiliary"):
        return form
    if joins(before) or before.text in '“"':
        goes = _goes_on(tokens, place, found, third) or _after_aside(tokens, place, clause, found)
        return form if goes else None
    if before.tag == "adjective":
        return form if after.tag in ("determiner", "possessive") else None
    if before.nominal or before.tag in ("gerund", "participle"):
        return form if _agrees(tokens, place, third, first) else None
    return form


def _goes_on(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup], third: bool) -> bool:
    """Whether a verb after a comma or `and` goes on with the subject of the verb before: `…, and tracks the status`."""
    token, after = tokens[place], tokens[place + 1]
    if is_past(token):
        return after.tag in ("determiner", "possessive") and not found
    counts = _reports(tokens, place, found) or _counts_on(tokens, place, found)
    if after.tag in ("determiner", "possessive") or (third and after.tag == "number") or counts:
        return True
    known = FORMS.get(token.low) in _GOING_ON and FORMS[token.low] not in _NOUNLIKE
    if third:
        goes = token.low in FORMS and after.low in PARTICLES  # `sets up`
        return goes or (known and (opens_phrase(after) or after.tag in ("preposition", "relative")))
    bare = not found or found[-1].form in ("base", "infinitive") or _is_modal(tokens, found)
    bare = bare or tokens[found[-1].first].low in ("are", "were")  # `payments are made monthly and include a number`
    return known and bare and opens_phrase(after) and not (can_be_noun(token.low) and after.nominal and not found)


def _is_modal(tokens: Sequence[Token], found: Sequence[VerbGroup]) -> bool:
    """Whether the verb before had a modal, after which verbs have their base form."""
    finite = [g for g in found if g.form in ("finite", "base")]
    return bool(finite) and tokens[finite[-1].first].tag == "modal"


def _agrees(tokens: Sequence[Token], place: int, third: bool, first: bool) -> bool:
    """Whether a verb has the number of the noun before it: `the orders list …`, but a `delivery address`."""
    token, before = tokens[place], tokens[place - 1]
    if is_past(token):
        return first or tokens[place + 1].tag in ("determiner", "possessive", "preposition")
    if tokens[place + 1].tag == "to" and not third:
        return True
    plural = before.plural or (before.lemma in _COLLECTIVE and first) or (first and _several(tokens, place))
    plural = plural or (first and FORMS.get(token.low) in _LISTING and _headed_by_several(tokens, place))
    if third:
        return not plural or before.lemma in _COLLECTIVE
    return plural


def _headed_by_several(tokens: Sequence[Token], place: int) -> bool:
    """Whether a subject with a preposition is several by its head: `complaints about a trip contain …`."""
    first = place
    while first and is_in_phrase(tokens[first - 1]):
        first -= 1
    one = tokens[first].low in ("a", "an", "each", "every", "the") and tokens[place + 1].tag == "determiner"
    return one and first > 1 and tokens[first - 1].tag == "preposition" and tokens[first - 2].plural


def _several(tokens: Sequence[Token], place: int) -> bool:
    """Whether a subject is several by its `and`: `a guest and a host agree`."""
    return any(t.low == "and" for t in tokens[max(0, place - 4) : place - 1])


def _is_clausal_gerund(tokens: Sequence[Token], place: int, found: Sequence[VerbGroup], clause: int) -> bool:
    """Whether a form in -ing says what is done rather than name something: `, recording the date`, `each having`."""
    token, after = tokens[place], tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place > clause else None
    if after is None or after.text in ".;)" or token.low == "using":
        return False
    if before is None:
        return opens_phrase(after) or after.tag == "preposition"
    if before.low == "each" and after.low == "with":
        return False  # `a payment for each booking with …`
    if before.low == "each" or (before.nominal and each_before(tokens, place)):
        return True
    if before.low in ("as", "including", "like", ":") and after.tag not in ("determiner", "possessive"):
        return False
    if joins(after):
        return coordinates(tokens, place + 1, False, gerund=True) is not None and not before.nominal
    if after.tag in ("determiner", "possessive"):
        return before.tag != "determiner"
    if joins(before):
        between = tokens[found[-1].end if found else clause : place]
        told = any(t.low in ("such", "including", ":") for t in between)
        listed = told or any(joins(t) for t in between[:-1])
        one = after.tag == "noun" and not after.plural  # `recording the time, handling result`
        nounlike = listed or GERUNDS.get(token.low) in _NOUNLIKE
        keeps = nounlike and one and bool(found) and found[-1].lemma in _LISTING
        if found and found[-1].form == "gerund" and not told and not keeps:
            return opens_phrase(after)
        lemma = GERUNDS.get(token.low, token.lemma)
        if not found and lemma in RECORDING - _NOUNLIKE and after.plural:
            return True  # `User registration and login, recording names`
        known = lemma in _PURPOSES if listed else lemma in _GOING_ON and lemma not in _NOUNLIKE
        return known and (opens_phrase(after) or (after.tag == "preposition" and lemma in HAVING))
    if before.tag == "preposition":
        return (
            token.lemma in ACTIONS and opens_phrase(after) and before.low in ("by", "of", "for", "in", "when", "after")
        )
    if before.nominal and before.plural:
        return token.lemma in ACTIONS and (opens_phrase(after) or after.tag == "preposition")
    if before.tag in ("verb", "conjunction", "relative"):
        return token.lemma in ACTIONS and opens_phrase(after)
    return False
