"""What a noun phrase of a brief speaks of: a thing to store, the system itself, an organisation, or nothing by itself.

`basic information of each student`, `the student's details` and `student data` all speak of a student.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agents.knowledge import archetype_for, attribute_guess
from agents.language import Token, tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.numbers import SECONDS
from agents.requirement_analysis.people import is_human, is_role

Kind = Literal["thing", "system", "organisation", "reference", "filler"]

_FILLER = words_that("filler")
_TRAILING = words_that("trailing")
_HAPPENINGS = words_that("happening")
_PARTITIVE = words_that("partitive")
_COUNTABLE = words_that("countable")
_COUNTING = words_that("count") | {"each", "every"}
_SYSTEM = words_that("system")
_TALK = words_that("talk")
_UNITS = words_that("unit") | SECONDS.keys()
_ORGANISATIONS = words_that("organisation")
_REFERENCES = words_that("reference")
PLAIN = words_that("plain")
_DOING = words_that("doing")
_GERUNDS = frozenset(f"{w.removesuffix('e')}ing" for w in _DOING) - {"recording", "storing"}
_DESCRIBING = words_that("describing")
_INFORMATION = words_that("information")
_CUTS = words_that("cut")
_INNER = words_that("inner")
_BREAKS = _DESCRIBING | _COUNTING
"""What ends a name before it: `employee basic records`, `different books multiple times`."""
_PASSING = _HAPPENINGS - {"record", "log", "history"}
_DOCUMENTS = _TALK - {"application"}
_APPLICATION = _SYSTEM | _TALK


@dataclass(frozen=True, slots=True)
class Thing:
    """What a phrase speaks of; `label` are the brief's own words, `kind` whether it can be stored.

    `whole` names what it is a part of or happens to: an equipment for `each inspection of the equipment`. `ends` are
    the two things that it joins: `the relationship between suppliers and products`.
    """

    label: str
    kind: Kind
    determiner: str = ""
    many: bool = False
    whole: str = ""
    ends: tuple[str, ...] = ()


def thing(tokens: Sequence[Token], text: str) -> Thing | None:
    """The thing that a phrase with its `of`, `for`, `about` and possessors speaks of; None for no noun at all."""
    chosen: list[Token] = []
    opened = whole = ""
    counted = False
    for group in _groups(tokens):
        kept = _bare(group)
        if kept and (not chosen or _says_nothing(chosen, counted)):
            chosen, opened = kept, _opened(group)
            counted = any(t.low in _COUNTING for t in group)
        elif kept and not whole:
            whole = text[kept[0].start : kept[-1].end]
    return _named(chosen, text, opened, whole, counted) if chosen else None


def placed(tokens: Sequence[Token]) -> str:
    """A text with these words at their places, wherever they stood: in a sentence, in brackets."""
    text = ""
    for token in tokens:
        text = text.ljust(token.start) + token.text
    return text


def _opened(group: Sequence[Token]) -> str:
    """The determiner of a group; a number counts: `two` are several."""
    first = next((t for t in group if t.tag not in ("adverb", "preposition", "mark")), None)
    if first is not None and first.tag == "number" and first.low not in ORDINALS:
        return "one" if first.low in ("one", "1") else "several"
    return first.low if first is not None and first.tag in ("determiner", "possessive") else ""


def _groups(tokens: Sequence[Token]) -> list[list[Token]]:
    """The phrase's noun groups from the outermost to the innermost; a possessor lies inside what it possesses."""
    outer: list[list[Token]] = []
    owners: list[list[Token]] = []
    current: list[Token] = []
    for token in tokens:
        if token.tag == "genitive":
            owners.insert(0, current)
            current = []
        elif token.tag == "preposition" and token.low in _INNER:
            outer += [current, *owners]
            owners = []
            current = []
        elif (token.tag in ("preposition", "pronoun") or token.low == "as") and any(t.nominal for t in current):
            break
        else:
            current.append(token)
    return [g for g in (*outer, current, *owners) if any(t.nominal or t.tag in ("gerund", "pronoun") for t in g)]


_OUTSIDE = ("determiner", "possessive", "number", "mark", "adverb", "conjunction", "to", "not", "modal", "auxiliary")


def _bare(tokens: Sequence[Token]) -> list[Token]:
    """The group without determiners, plain adjectives and trailing filler: `student`."""
    tokens = _behind_article(tokens)
    end = next((i for i, t in enumerate(tokens) if i and t.low in _CUTS), len(tokens))
    end = next((i for i in range(1, end) if tokens[i].low in _BREAKS and tokens[i - 1].nominal), end)
    single = bool(tokens) and tokens[0].low in ("a", "an", "each", "every", "one")
    kept = [t for t in tokens[:end] if t.tag not in _OUTSIDE or (single and t.low in ORDINALS)]
    while len(kept) > 2 and kept[-1].tag == "participle" and kept[-2].lemma in _INFORMATION:
        kept = kept[:-1]  # `the user information recorded`
    while len(kept) > 1 and (kept[0].low in PLAIN or kept[0].tag == "preposition" or _commands(kept)):
        kept = kept[1:]
    while len(kept) > 1 and _trails(kept[-1]) and any(_names(t) for t in kept[:-1]) and not _is_one_name(kept):
        kept = kept[:-1]
        while len(kept) > 1 and kept[-1].low in PLAIN:
            kept = kept[:-1]
    if len(kept) > 1 and kept[0].lemma in _INFORMATION and kept[-1].low.endswith(ACTIONS):
        kept = kept[:1]  # `personal information maintenance` says nothing of whom
    if len(kept) == 2 and kept[0].lemma == "user" and kept[1].lemma == "account":
        kept = kept[:-1]  # who has an account of the application is its user
    if len(kept) > 1 and _happens(kept[-1]) and kept[-2].low.endswith(ACTIONS):
        kept = kept[:-1]  # `maintenance activities` are maintenances
    while len(kept) > 1 and (kept[-1].tag == "participle" or _is_past(kept[-1])):
        kept = kept[:-1]  # `emails sent`, `students enrolled`
    return kept


def _behind_article(tokens: Sequence[Token]) -> Sequence[Token]:
    """The last of several phrases without anything between them: `at the gate a parcel` is no gate parcel."""
    last = max((i for i, t in enumerate(tokens) if t.low in ("a", "an", "the")), default=0)
    before = tokens[:last]
    described = any(t.low in _CUTS or t.tag in ("participle", "gerund") for t in before)  # `sales made using a card`
    apart = not described and any(t.nominal for t in before) and any(t.nominal for t in tokens[last:])
    return tokens[last:] if apart else tokens


ORDINALS = ("first", "second", "third", "chief")
ACTIONS = ("ance", "ence", "ment", "ion", "ing", "al", "age")
"""Ends of nouns that say by themselves that something happens."""


def _happens(token: Token) -> bool:
    return lemma(token) in _PASSING


def _is_past(token: Token) -> bool:
    """Whether a word is a verb's past, which ends no name: who is `enrolled` is said behind the students."""
    return token.tag == "verb" and token.low.endswith("ed")


def _is_one_name(tokens: Sequence[Token]) -> bool:
    """Whether words with a class or a form at the end are what people usually store: a school class is no school."""
    name = singular(identifier(" ".join(t.text for t in tokens)))
    known = archetype_for(name)
    return lemma(tokens[-1]) in ("class", "form") and known is not None and name in (known.name, *known.synonyms)


def _trails(token: Token) -> bool:
    """Whether a word after a name adds nothing; several tables are furniture, one is a table of the schema."""
    return lemma(token) in _TRAILING and not (token.plural and token.lemma in ("table", "form", "list", "class"))


def _commands(tokens: Sequence[Token]) -> bool:
    """Whether a verb stands before what it is done to: `store basic user data`, `viewing recipes`."""
    if tokens[0].low in _GERUNDS:
        return True
    if tokens[0].tag not in ("verb", "gerund"):
        return False
    return tokens[1].low in PLAIN or tokens[1].tag == "determiner" or tokens[0].lemma in _DOING


def _names(token: Token) -> bool:
    """Whether a word can name a thing by itself."""
    named = token.tag in ("noun", "name", "gerund", "verb") or (token.tag == "adjective" and token.low[-2:] != "ed")
    return named and token.low not in PLAIN


def _says_nothing(tokens: Sequence[Token], counted: bool) -> bool:
    """Whether a group says nothing by itself: `information`; several properties do, those of a house do not."""
    return len(tokens) == 1 and speaks_of_nothing(tokens[0]) and not (counted and lemma(tokens[0]) in _COUNTABLE)


def speaks_of_nothing(token: Token) -> bool:
    """Whether a word names nothing by itself, but what follows it does: the `details` of an order."""
    return lemma(token) in _FILLER


def lemma(token: Token) -> str:
    """The lemma of a noun, else the word."""
    return token.lemma if token.nominal else token.low


def joining(tokens: Sequence[Token], text: str) -> Thing | None:
    """What joins two things: `the relationship between suppliers and products`, `each stock held by each user`."""
    low = [t.low for t in tokens]
    if "between" in low and "and" in low[low.index("between") :]:
        start = low.index("between")
        middle = low.index("and", start)
        sides = (tokens[start + 1 : middle], tokens[middle + 1 :])
    else:
        each = [i for i, word in enumerate(low) if word in ("each", "every")]
        if len(each) != 2:
            return None
        sides = (tokens[each[0] : each[1]], tokens[each[1] :])
    found = [thing(side, text) for side in sides]
    ends = tuple(one(f.label) for f in found if f and f.kind == "thing")
    return Thing(" ".join(ends), "thing", ends=ends) if len(ends) == 2 and ends[0] != ends[1] else None


def one(label: str) -> str:
    """The label with its last word in the singular, in the brief's spelling: `Sales teams` gives `Sales team`."""
    head, space, last = label.rpartition(" ")
    front, hyphen, tail = last.rpartition("-")
    word = singular(tail.lower()) if tail.isalpha() else tail.lower()
    if word == tail.lower():
        return label
    return f"{head}{space}{front}{hyphen}{tail[: len(word)] if tail.lower().startswith(word) else word}"


def speaks_of_text(found: Thing) -> bool:
    """Whether a title speaks of the document or the system: `Functional Requirements`, `Main Features`."""
    return any(lemma(t) in _DOCUMENTS for t in tagged(found.label)[-1:])


def tells_type(label: str) -> bool:
    """Whether a label alone tells what it holds: `contact`, `birth date`."""
    return attribute_guess(identifier(label)).rule != "the name tells no type"


def like_attribute(named: Thing) -> bool:
    """Whether a name rather is a fact about something: `submission time`; who does something is none."""
    name = singular(identifier(named.label))
    return archetype_for(name) is None and not (is_role(name) or is_human(name)) and tells_type(name)


def is_unit(word: str) -> bool:
    """Whether things are measured, paid or timed in what a word in the singular names: `pound`, `year`."""
    return word in _UNITS


def is_system(token: Token) -> bool:
    """Whether a word names the application."""
    return lemma(token) in _APPLICATION


def _speaks_of_system(tokens: Sequence[Token], head: str, determiner: str) -> bool:
    """Whether a phrase means the application; each program of several, or multiple programs, may be stored."""
    if determiner in ("each", "every") and len(tokens) == 1 and head not in ("system", "time"):
        return False
    if determiner in ("a", "an") and len(tokens) == 1 and head == "application":
        return False  # what people file; the application that the brief asks for is `the` or `this` one
    if head in _SYSTEM:
        return head == "system" or not tokens[-1].plural
    return head in _TALK and not any(
        (t.nominal or t.tag == "gerund") and lemma(t) not in _SYSTEM for t in tokens[:-1]
    )  # a loan application is filed, a database design is drawn


def _named(tokens: Sequence[Token], text: str, determiner: str, whole: str, counted: bool) -> Thing:
    """The bare group as a thing of its kind."""
    head = lemma(tokens[-1])
    kind: Kind = "thing"
    if len(tokens) == 1 and tokens[0].low in _REFERENCES:
        kind = "reference"
    elif _says_nothing(tokens, counted) and not (len(tokens) == 1 and head in _PARTITIVE and not whole):
        kind = "filler"
    elif _speaks_of_system(tokens, head, determiner):
        kind = "system"
    elif head in _ORGANISATIONS and not tokens[-1].plural and determiner in ("the", "a", "an", "this", "our", ""):
        kind = "organisation"
    return Thing(text[tokens[0].start : tokens[-1].end], kind, determiner, tokens[-1].plural, whole)
