"""Facts that a clause tells instead of a noun: `the date when it was opened`, `how many guests came`."""

from collections.abc import Sequence

from agents.language import Token
from agents.requirement_analysis.lexicon import words_that

MOMENTS = frozenset("date day time year month moment".split())
_LINKS = ("when", "which", "that", "on", "at", "in")
_VERBAL = ("auxiliary", "modal", "verb", "not", "adverb")
_MEASURES = dict(pair.split("/") for pair in words_that("measure"))
_SUBJECT = ("determiner", "possessive", "pronoun", "noun", "name", "adjective", "number")


def opens_fact(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word opens a clause that is a fact: `when` behind `the date`, `how` before many, long or often."""
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if token.low == "how":
        return after is not None and after.low in _MEASURES
    return token.low == "when" and place > 0 and tokens[place - 1].lemma in MOMENTS


def within_fact(tokens: Sequence[Token], verb: int) -> bool:
    """Whether a verb stands in a clause that is a fact."""
    place = verb - 1
    while place > 0 and (tokens[place].tag in _SUBJECT or tokens[place].tag == "adverb") and tokens[place].low != "how":
        place -= 1
    return place >= 0 and opens_fact(tokens, place)


def told_by_clause(words: Sequence[Token]) -> str:
    """The name of the fact that a clause tells; nothing where the words are no such clause.

    `how many guests came` is the number of guests, `the date on which it was opened` the opened date.
    """
    if len(words) > 1 and words[0].low == "how":
        return _measured(words)
    start = int(words[0].tag in ("determiner", "possessive")) if words else 0
    head = words[start] if start < len(words) else None
    if head is None or head.lemma not in MOMENTS:
        return ""
    rest = list(words[start + 1 :])
    while rest and rest[0].low in _LINKS:
        rest = rest[1:]
    subject = next((i for i, t in enumerate(rest) if t.tag not in _SUBJECT), len(rest))
    said = [t for t in rest[subject:] if t.tag not in ("auxiliary", "modal", "not", "adverb")]
    if not 0 < subject < len(rest) or rest[0].tag not in ("determiner", "possessive", "pronoun") or len(said) != 1:
        return ""
    verb = said[0]
    if verb.tag not in ("verb", "participle", "adjective") or rest[subject].tag not in _VERBAL:
        return ""
    joined = rest[subject] is verb  # `the date they joined` has no auxiliary
    return "" if joined else f"{verb.low} {head.low}"


def _measured(words: Sequence[Token]) -> str:
    """`how many guests came` as `number of guests`, `how long it took` as `duration`."""
    measure = _MEASURES.get(words[1].low, "")
    counted = words[2 : next((i for i, t in enumerate(words) if i > 1 and not t.nominal), len(words))]
    named = " ".join(t.text for t in counted)
    return f"{measure} of {named}" if named and measure in ("number", "amount") else measure
