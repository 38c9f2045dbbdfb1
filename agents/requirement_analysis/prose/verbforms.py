"""The verbs of a brief: their forms, which of them share an object, what a group of them is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agents.language import Token, lemma_of
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.clause import joins, opens_phrase

Form = Literal["finite", "base", "infinitive", "gerund", "participle"]

HAVING = words_that("having")
RECORDING = words_that("recording")
ACTIONS = frozenset().union(
    *(
        words_that(name)
        for name in ("having", "recording", "doing", "function", "purpose", "making", "sharing", "tying")
    ),
    *(words_that(name) for name in ("assigning", "joining_verb", "storing", "locating", "acting", "continuing")),
)
PARTICLES = ("up", "out", "in", "off", "together", "directly", "online")


def _forms() -> dict[str, str]:
    """Every finite form of the verbs of a brief with its lemma."""
    found: dict[str, str] = {}
    for verb in sorted(ACTIONS):
        third = f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeou" else f"{verb}s"
        third = f"{verb}es" if verb.endswith(("s", "x", "ch", "sh", "o")) else third
        found |= {verb: verb, third: verb}
    return found | {"has": "have"}


FORMS = _forms()


def _gerunds() -> dict[str, str]:
    """The forms in -ing of the verbs of a brief, which the tagger often takes for adjectives."""
    found = {
        f"{verb[:-1] if verb.endswith('e') and verb[-2] not in 'eo' else verb}ing": verb for verb in sorted(ACTIONS)
    }
    return found | {
        f"{verb}{verb[-1]}ing": verb for verb in sorted(ACTIONS) if verb[-1] in "gmnpt" and verb[-2] in "aeiou"
    }


GERUNDS = _gerunds()


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """The tokens of one group, its main verbs, and the preposition that belongs to it (`belong to`)."""

    first: int
    end: int
    lemmas: tuple[str, ...]
    form: Form
    passive: bool = False
    preposition: str = ""

    @property
    def lemma(self) -> str:
        """The last of its verbs, whose object follows."""
        return self.lemmas[-1]


def is_past(token: Token) -> bool:
    return token.low.endswith("ed") and token.low != token.lemma


def can_be_verb(token: Token) -> bool:
    return token.tag in ("verb", "auxiliary") or token.low in FORMS


def verb_lemma(token: Token) -> str:
    """The verb of a word that may be tagged as a noun or an adjective."""
    if token.low.endswith("ing"):
        return GERUNDS.get(token.low) or lemma_of(token.low, "VVG")
    return token.lemma if token.tag in ("verb", "gerund", "participle") else FORMS.get(token.low, token.lemma)


def leads_on(tokens: Sequence[Token], place: int) -> bool:
    """Whether a verb goes on after a token that can stand inside a group."""
    for token in tokens[place + 1 : place + 5]:
        if token.tag in ("verb", "auxiliary", "participle") or (
            token.low in FORMS and tokens[place].tag in ("modal", "to")
        ):
            return token.tag != "participle" or tokens[place].tag != "to"
        if token.tag == "gerund":
            return tokens[place].tag == "auxiliary"
        if token.tag not in ("adverb", "not", "to", "modal"):
            return False
    return False


def coordinates(tokens: Sequence[Token], place: int, third: bool, gerund: bool = False) -> int | None:
    """The place of the further verb that shares an object with the one before: `add, edit and delete notes`."""
    if place >= len(tokens) or not (joins(tokens[place]) or tokens[place].text == "/"):
        return None
    while place < len(tokens) and (joins(tokens[place]) or tokens[place].text == "/" or tokens[place].tag == "adverb"):
        place += 1
    if place + 1 >= len(tokens):
        return None
    token, after = tokens[place], tokens[place + 1]
    if gerund:
        return place if token.low.endswith("ing") and token.low[-4:] != "thing" else None
    if token.tag != "verb" and token.low not in FORMS:
        return None
    if third != (token.low.endswith("s") and token.low != token.lemma):
        return None
    more = joins(after) or after.text == "/"
    if more and coordinates(tokens, place + 1, third) is None:
        return None
    return place if more or opens_phrase(after) or after.tag == "preposition" or after.low in PARTICLES else None
