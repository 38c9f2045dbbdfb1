"""The words of a sentence with its remarks in parentheses put aside."""

import re
from collections.abc import Sequence

from agents.language import Token, tagged
from agents.requirement_analysis.prose.things import Thing

Span = tuple[int, int]
"""The tokens from the first place to the second, exclusive."""


_ABBREVIATED = ("etc", "e.g", "i.e", "approx", "incl", "no")


class Clause:
    """A sentence's tokens; what stands in parentheses is a note of the token that it follows.

    `things` are what its spans speak of, as far as somebody has asked: every reader asks for the subjects.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.notes: dict[int, str] = {}
        self.things: dict[Span, Thing | None] = {}
        depth, opened = 0, 0
        for token in tagged(text):
            if token.text in "([":
                opened = token.end if depth == 0 else opened
                depth += 1
            elif token.text in ")]" and depth:
                depth -= 1
                if depth == 0 and self.tokens:
                    before = self.notes.get(len(self.tokens) - 1)
                    told = text[opened : token.start].strip()
                    self.notes[len(self.tokens) - 1] = f"{before}, {told}" if before else told
            elif depth == 0 and not (token.text == "." and self.tokens and self.tokens[-1].low in _ABBREVIATED):
                self.tokens.append(token)

    def note(self, first: int, end: int) -> str:
        """The remark that follows one of these tokens."""
        return next((self.notes[i] for i in range(end - 1, first - 1, -1) if i in self.notes), "")


def announced(text: str) -> str:
    """What follows `… are described as follows: `, if anything does, at its place in the text."""
    said = re.search(r"\b(?:as follows|the following)[^:]{0,30}:\s+(?=\w+\s+\w+\s+\w+)", text)
    return " " * said.end() + text[said.end() :] if said else text


def without_gaps(text: str) -> str:
    """A verb that is said once said for each: `a part is described by its code, a supplier by name and city`."""
    said = _SAID_ONCE.search(text)
    if said is None:
        return text
    again = re.compile(_SAID_AGAIN.format(preposition=said["preposition"]))
    verb = f"{said['verb']} {said['preposition']}"
    rest = again.sub(lambda m: f"; {m['who']} {verb}" if _is_name(m["who"]) else m[0], text[said.end() :])
    return text[: said.end()] + rest


def _is_name(phrase: str) -> bool:
    """Whether words only name something: `a part`, but no `a book written`."""
    words = tagged(phrase)
    determined = words[0].tag == "determiner"
    plain = all(t.nominal or t.tag in ("determiner", "adjective") for t in words)
    return plain and words[-1].nominal and (determined or words[-1].plural)


_SAID_ONCE = re.compile(
    r"\b(?P<verb>(?:is|are) (?:described|identified|characteri[sz]ed|defined|represented|recorded|registered|stored))"
    r" (?P<preposition>by|with|through)\b"
)
_SAID_AGAIN = r"(?:,|;|,? and) (?:and |while )?(?P<who>(?:(?:an?|the|each|every) )?[\w-]+(?: [\w-]+)?) {preposition}\b"


def joins(token: Token) -> bool:
    """Whether a token joins two phrases or clauses."""
    return token.text == "," or token.low in ("and", "or", "but", "then", "&", "plus")


def opens_phrase(token: Token) -> bool:
    """Whether a noun phrase can begin with a token."""
    return token.nominal or token.tag in (
        "determiner", "possessive", "adjective", "number", "gerund", "participle", "pronoun"
    )  # fmt: skip


def is_in_phrase(token: Token) -> bool:
    """Whether a token can stand inside a plain noun phrase, without prepositions."""
    return token.nominal or token.tag in (
        "determiner", "possessive", "adjective", "number", "gerund", "participle", "genitive"
    )  # fmt: skip


def phrase_start(tokens: Sequence[Token], floor: int, end: int) -> int:
    """Where the noun phrase with its prepositional phrases begins that ends before a token.

    Marks, conjunctions, verbs and relative words bound it; a determiner opens it unless a preposition goes before.
    """
    first = end
    while first > floor and (not _bounds(tokens[first - 1]) or _in_charge(tokens, first)):
        first -= 1
        opening = tokens[first].tag in ("determiner", "possessive") and tokens[first].low not in ("all", "both")
        if opening and first > floor and tokens[first - 1].tag not in ("preposition", "determiner"):
            break
    return first


_INNER = ("of", "for", "about", "on", "regarding", "concerning", "per")
"""Prepositions that belong to the phrase before them."""


def _in_charge(tokens: Sequence[Token], place: int) -> bool:
    """Whether `charge` follows `in`: a `person in charge` is one name."""
    return tokens[place - 1].low == "in" and place < len(tokens) and tokens[place].low == "charge"


def _bounds(token: Token) -> bool:
    if token.tag in ("verb", "auxiliary", "modal", "relative", "to", "not", "conjunction"):
        return True
    if token.tag == "preposition":
        return token.low not in _INNER
    return token.tag == "mark" and token.text not in "/-'’\"“”%"
