"""Tokens of an English sentence with part of speech and lemma.

The lexicon and the morphology are HanTa's (Wartena 2019, "A Probabilistic Morphology Model for German Lemmatization";
LGPL), whose models lie in its wheel, so reading a brief needs no download. Its tags are those of the British National
Corpus (CLAWS C5); readers see the dozen classes that they tell apart.
"""

import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from agents.language.tagger import tagger
from agents.remembering import remembered

Tag = Literal[
    "noun", "name", "adjective", "adverb", "verb", "participle", "gerund", "auxiliary", "modal", "to", "not",
    "determiner", "possessive", "pronoun", "relative", "preposition", "conjunction", "number", "genitive", "mark",
]  # fmt: skip

_CLASSES: tuple[tuple[str, Tag], ...] = (
    ("NP", "name"), ("NN", "noun"), ("UNC", "noun"), ("ZZ", "noun"), ("AJ", "adjective"), ("AVQ", "relative"),
    ("AV", "adverb"), ("VVN", "participle"), ("VVG", "gerund"), ("VV", "verb"), ("VM", "modal"), ("VB", "auxiliary"),
    ("VH", "auxiliary"), ("VD", "auxiliary"), ("DPS", "possessive"), ("AT", "determiner"), ("DTQ", "relative"),
    ("DT", "determiner"), ("PNQ", "relative"), ("PN", "pronoun"), ("EX", "pronoun"), ("PR", "preposition"),
    ("CJT", "relative"), ("CJ", "conjunction"), ("CRD", "number"), ("ORD", "number"), ("TO", "to"), ("XX", "not"),
    ("POS", "genitive"), ("PU", "mark"), ("ITJ", "adverb"),
)  # fmt: skip
_WORD = re.compile(
    r"(?P<genitive>['’]s\b|(?<=s)['’](?=\s))"
    r"|(?P<contraction>n['’]t\b|(?<=\w)['’](?:re|ve|ll|d|m)\b)"
    r"|(?P<word>[^\W\d_]+?(?=n['’]t\b)|[^\W\d_]+(?:[-&_][^\W_]+|\.[^\W_A-Z][^\W_]*)*)"
    r"|(?P<number>\d+(?:[.,:]\d+)*(?:[^\W\d_]+)?)"
    r"|(?P<mark>[^\w\s])",
)
_LONGEST_WORD = 40


class Token(NamedTuple):
    """One word or mark; `start` and `end` are places in the text, so that labels keep the brief's own spelling.

    `low` is the word in lower case, which every reader asks for.
    """

    text: str
    tag: Tag
    lemma: str
    start: int
    end: int
    plural: bool
    low: str

    @property
    def nominal(self) -> bool:
        """Whether the word can be the head of a noun phrase."""
        return self.tag in ("noun", "name")


def _tagger() -> Any:
    return tagger("morphmodel_en.pgz")


@remembered
def lemma_of(word: str, tag: str = "NN2") -> str:
    """The lemma of a lower-case word read as this C5 tag: `lemma_of("categories")` is `category`."""
    found = _tagger().analyze(word, pos=tag)
    return str(found[0]).lower() if found and found[0] else word


@remembered
def can_be_noun(word: str) -> bool:
    """Whether the lexicon knows a lower-case word as a noun at all: `update` yes, `ensure` no."""
    return any(str(tag).startswith("NN") for tag, _ in _tagger().tag_word(word))


@remembered
def can_be_verb(word: str) -> bool:
    """Whether the lexicon knows a lower-case word as the base form of a verb: `register` yes, `order` yes."""
    return any(str(tag) in ("VVB", "VVI") for tag, _ in _tagger().tag_word(word))


@remembered
def tagged(text: str) -> tuple[Token, ...]:
    """The tokens of a sentence.

    Capitalised runs (`Captain ID, First Officer ID`) are tagged by their lower-case words: in a brief they are labels
    far more often than names of people.

    >>> [(t.text, t.tag) for t in tagged("Each order contains items.")]
    [('Each', 'determiner'), ('order', 'noun'), ('contains', 'verb'), ('items', 'noun'), ('.', 'mark')]
    """
    found = [m for m in _WORD.finditer(text) if m[0].strip()]
    if not found:
        return ()
    spelled = [_spelling(m) for m in found]
    tags = _tagger().tag_sent_viterbi(spelled)
    read = [_token(*each) for each in zip(found, spelled, tags, strict=True)]
    return tuple(_corrected(read, i) for i in range(len(read)))


def _corrected(read: list[Token], place: int) -> Token:
    """What the words around a token say about it that the tagger does not hear.

    Behind a pronoun, 's is a verb (`it's late`). A determiner is never followed by a finite verb (`each sprint
    belongs`); after `each`, a form in -ing or -ed before a preposition describes (`teams, each consisting of several
    players`).
    """
    token = read[place]
    if place == 0:
        return _quantity(read, place) or token
    if token.low in _ENDS and any(
        tuple(t.low for t in read[max(place + 1 - len(phrase), 0) : place + 1]) == phrase for phrase in _ADVERBIAL
    ):
        return token._replace(tag="adverb", plural=False)  # `of course` speaks of no course
    before = read[place - 1]
    if token.tag == "genitive" and (before.tag in ("pronoun", "relative") or before.low in _SAYING_IS):
        return token._replace(tag="auxiliary", lemma="be")
    if before.low == "each" and place + 1 < len(read) and read[place + 1].tag == "preposition":
        if token.low.endswith("ing") and token.nominal:
            return token._replace(tag="gerund", lemma=lemma_of(token.low, "VVG"), plural=False)
        if token.low.endswith("ed") and token.nominal:
            return token._replace(tag="participle", lemma=lemma_of(token.low, "VVN"), plural=False)
    if token.tag == "adverb" and before.tag == "determiner" and place + 1 < len(read) and read[place + 1].nominal:
        return token._replace(tag="adjective")
    if token.tag == "adjective" and before.low in ("each", "every", "a", "an") and place + 1 < len(read):
        after = read[place + 1]
        if after.tag in ("preposition", "auxiliary", "modal", "verb") and can_be_noun(token.low):
            return token._replace(tag="noun")
    if quantity := _quantity(read, place):
        return quantity
    if _acts(read, place) and can_be_verb(token.low):
        return token._replace(tag="verb", lemma=lemma_of(token.low, "VVB"))
    if token.tag == "verb" and token.low.endswith("ed") and any(t.low == "by" for t in read[place + 1 : place + 3]):
        return token._replace(tag="participle")
    if before.tag == "number" and token.tag == "verb" and token.low.endswith("s") and can_be_noun(token.low):
        return token._replace(tag="noun", lemma=lemma_of(token.low), plural=True)  # `9,000 stays a year`
    if before.tag in ("determiner", "possessive") and token.tag == "verb" and before.low not in ("that", "which"):
        return token._replace(tag="noun", lemma=lemma_of(token.low, "NN1"))
    return token


_QUANTITIES = frozenset("bunch couple dozens handful hundreds lots plenty tens thousands".split())
"""Nouns that only say how many there are of what follows `of`."""


def _quantity(read: Sequence[Token], place: int) -> Token | None:
    """`lots of tools` are tools."""
    token = read[place]
    before = read[place - 1] if place else None
    certain = before is not None and before.tag in ("determiner", "possessive") and before.low != "a"
    counts = token.low in _QUANTITIES and place + 1 < len(read) and read[place + 1].low == "of"
    return token._replace(tag="determiner", plural=False) if counts and not certain else None


def _acts(read: Sequence[Token], place: int) -> bool:
    """Whether a noun stands like a verb: behind a plural and before a new phrase (`parents register with a name`)."""
    token, before = read[place], read[place - 1]
    if token.tag != "noun" or token.plural or before.tag != "noun" or not before.plural or place + 1 == len(read):
        return False
    if before.low in ("sales", "goods", "sports"):
        return False  # a plural that stands before nouns
    after = read[place + 1]
    return after.tag in ("determiner", "possessive") or (after.tag == "preposition" and after.low != "of")


_ADVERBIAL = tuple(
    tuple(phrase.split())
    for phrase in (
        "of course", "by the way", "in case", "in fact", "in general", "at the moment", "at present", "in the end",
        "for example", "for instance", "on the other hand", "as a rule", "in practice", "in principle",
        "as a matter of fact",
    )
)  # fmt: skip
"""Phrases that only say how a sentence is meant."""
_ENDS = frozenset(phrase[-1] for phrase in _ADVERBIAL)
_SAYING_IS = ("that", "there", "here", "what", "who", "where", "how")
"""Other words behind which 's is a verb."""
_ANY_NUMBER = "8"
"""What the tagger is given for every number: it guesses at those that it does not know, and takes 385 for a name."""


def _spelling(match: re.Match[str]) -> str:
    """What the tagger is given: lower case, because only German needs the case; long words only by their end."""
    word = match[0]
    if match.lastgroup == "contraction":
        return word.lower().replace("’", "'")
    if match.lastgroup == "number":
        return _ANY_NUMBER if word[-1].isdigit() else word.lower()[-_LONGEST_WORD:]
    return word.lower()[-_LONGEST_WORD:] if match.lastgroup == "word" else word


def _token(found: re.Match[str], spelled: str, tag: int) -> Token:
    """A match with the tagger's answer as a token; only words have a lemma of their own."""
    text, (start, end) = found[0], found.span()
    low = text.lower()
    match found.lastgroup:
        case "genitive":
            return Token(text, "genitive", "'s", start, end, False, low)
        case "mark":
            return Token(text, "mark", text, start, end, False, low)
        case "number":
            return Token(text, "number", low, start, end, False, low)
    if low == "cannot":
        return Token(text, "modal", "can", start, end, False, low)
    kind, lemma, plural = _read_as(spelled, tag)
    return Token(text, kind, lemma, start, end, plural, low)


@remembered
def _read_as(spelled: str, tag: int) -> tuple[Tag, str, bool]:
    """(class, lemma, whether it is a plural) of a word that the tagger reads so."""
    name = str(_tagger().int2tag[tag])
    kind: Tag = next((ours for prefix, ours in _CLASSES if name.startswith(prefix)), "noun")
    return kind, str(_tagger().analyze(spelled, pos=name)[0]).lower(), name == "NN2"
