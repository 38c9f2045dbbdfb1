"""The words of a German sentence with their part of speech and their English, before they are put in order.

Words of the glossary need no analysis; HanTa's morphology is asked for the others alone (their lemma, and whether they
are nouns), because it takes milliseconds for a word that it has never seen.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from agents.knowledge.german import noun
from agents.language.german.glossary import CLOSE, OPEN, glossary
from agents.language.tagger import tagger
from agents.remembering import remembered

Part = Literal[
    "noun", "article", "preposition", "adjective", "participle", "infinitive", "finite", "modal", "auxiliary",
    "negation", "number", "conjunction", "pronoun", "adverb", "english", "name", "mark", "space",
]  # fmt: skip

Count = Literal["one", "many", ""]
"""How many a noun means by the word before it, where that word tells."""

PIECE = re.compile(
    rf"{OPEN}[^{CLOSE}]*{CLOSE}|\s+|[CF]#|C\+\+|[A-Z][A-Za-z]*\.[A-Z][A-Za-z]+|(?<![\w)])-\d[\d.,]*|\d{{1,3}}(?:,\d{{3}})+|[A-Za-z0-9_]*[0-9_/@][\w./@{{}}?&=…-]*"
    r"|[^\W\d_]+(?:['-][^\W\d_]+)*-?|."
)
MODALS = frozenset(
    "muss müssen darf dürfen kann können soll sollen sollte sollten möchte möchten wollen will könnte könnten müsste "
    "müssten dürfte würde würden konnte konnten musste mussten".split()
)
AUXILIARIES = frozenset(
    "ist sind war waren wird werden wurde wurden hat haben habe hatte hatten wäre wären hätte hätten bin".split()
)
PRONOUNS = frozenset("ich er sie es wir man jemand niemand".split())
PLURALS = frozenset("alle allen mehrere mehreren viele vielen einige einigen beide beiden gleichzeitige".split())
NEGATIONS = frozenset("nicht nie niemals immer nur auch".split())
GENITIVES = frozenset(
    "des eines der einer jedes jeder dieser dieses desselben derselben aller mehrerer ihrer seiner ihres seines".split()
)
SINGULARS = frozenset(
    "ein eine einen einem einer eines jeder jede jedes jeden jedem des dem desselben demselben".split()
)
_ARTICLES = frozenset(
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner jeder jede jedes jeden "
    "jedem alle allen aller dieser diese dieses diesen diesem desselben derselben denselben demselben mehrere mehreren "
    "mehrerer viele vielen seine seinen seinem seiner seines ihre ihren ihrem ihrer ihres eigene eigenen eigener "
    "meine meinen meinem meiner einige einigen mein unser unsere unseren unserem unserer unseres derselbe dieselbe "
    "dasselbe wenige wenigen".split()
)
_PREPOSITIONS = frozenset(
    "in im an am auf aus bei beim mit von vom zu zum zur für durch ohne gegen um seit während wegen zwischen über "
    "unter vor hinter neben ab bis pro je innerhalb außerhalb nach laut gemäß".split()
)
_CONJUNCTIONS = frozenset("und oder aber sondern sowie beziehungsweise".split())
_ACCUSATIVES = frozenset("den seinen ihren vollen".split())
"""What stands before `Namen` where it is one."""
_ENDINGS = ("en", "er", "es", "em", "e", "n", "s")


@dataclass(frozen=True)
class Token:
    """A word: as the brief has it, its part of speech, its English."""

    text: str
    part: Part
    english: str

    @property
    def low(self) -> str:
        """The word in lower case."""
        return self.text.lower()


def _tagger() -> Any:
    """HanTa's German model, loaded when a word outside of the glossary is met first."""
    return tagger("morphmodel_ger.pgz")


@remembered
def analysis(word: str) -> tuple[str, str]:
    """(lemma, tag of the Stuttgart-Tübingen tag set with HanTa's refinements) of a word by itself."""
    lemma, tag = _tagger().analyze(word[:60])
    return str(lemma), str(tag)


def tokens(text: str, named: Callable[[str, Count], str | None]) -> list[Token]:
    """The tokens of a text; `named` gives the English of a noun, or None, and is told how many are meant."""
    found: list[Token] = []
    before = ""
    pieces = PIECE.findall(text)
    for place, piece in enumerate(pieces):
        after = next((p for p in pieces[place + 1 :] if not p.isspace()), "")
        found.append(_token(piece, before, named, alike=_stands_for_many(before, after.lower())))
        before = before if piece.isspace() else piece.lower()
    return found


_OF_HIM = frozenset("der den einen keinen seinen ihren meinen unseren".split())


def strong(adjective: str, article: str) -> str:
    """An adjective as it stands without its article: `das geplante Datum` is `geplantes Datum`.

    >>> strong("geplante", "das"), strong("letzten", "den"), strong("nächstem", "und"), strong("offene", "die")
    ('geplantes', 'letzter', 'nächster', 'offene')
    """
    stem = adjective.removesuffix("n") if adjective.endswith("en") else adjective
    if adjective.endswith("em") or (stem.endswith("e") and article in _OF_HIM):
        return f"{adjective[:-2]}er" if adjective.endswith(("en", "em")) else f"{adjective}r"
    return f"{adjective}s" if adjective.endswith("e") and article == "das" else adjective


_RULERS = frozenset("ich wir können dürfen müssen sollen sollten sollen sind werden haben alle".split())
_OF_MANY = frozenset("sind werden haben können dürfen müssen sollen sollten wollen möchten erhalten bekommen".split())


def _stands_for_many(before: str, after: str) -> bool:
    """Whether a noun without an article that is spelled alike means several: `Besucher können …`, `wir … Besucher`."""
    return (not before and after in _OF_MANY) or (before in _RULERS and after in ("mit", "nach", "und"))


def _token(piece: str, before: str, named: Callable[[str, Count], str | None], *, alike: bool = False) -> Token:
    """One piece of a sentence; `before` is the word in front of it, which tells one from many.

    `alike` says that a noun means several if it has one form for both.
    """
    if piece.startswith(OPEN):
        done = piece.strip(OPEN + CLOSE)
        if f"{done} " in glossary().verbs:
            return Token(piece, "participle", done)  # a state as it is written
        return Token(piece, "negation" if done == "not" else "english", done)
    if piece.isspace():
        return Token(piece, "space", piece)
    if "#" in piece or "." in piece[1:-1]:
        return Token(piece, "name", piece)
    if not piece[0].isalpha():
        return Token(piece, "number" if piece[0].isdigit() else "mark", piece)
    low = piece.lower()
    known = _known(low)
    if known is not None and known[0] in ("infinitive", "finite") and piece[0].isupper() and noun(piece) is not None:
        known = None  # `Ausleihen` with a capital are loans
    if known is not None:
        return Token(piece, known[0], known[1])
    if not before and (first := _inflected(low)) is not None and noun(piece) is None:
        return Token(piece, first[0], first[1])  # `Bezahlte Rechnungen …` begins with a capital
    many = before in PLURALS or (before[:1].isdigit() and before != "1")
    single = before in SINGULARS or before.endswith((f" a{CLOSE}", f" one{CLOSE}", f"each{CLOSE}"))
    single = single or (before in _ACCUSATIVES and low.endswith("namen"))
    if alike and not many and piece[0].isupper() and (same := noun(piece)) and same.singular == same.plural:
        many = True
    count: Count = "one" if single else "many" if many else ""
    nominal = piece[0].isupper() or not (_verbal(low) or _is_participle(low))
    if nominal and (english := named(piece, count)) is not None:
        return Token(piece, "noun", english)
    if (inflected := _inflected(low)) is not None:
        return Token(piece, inflected[0], inflected[1])
    return _unknown(piece)


@remembered
def _known(low: str) -> tuple[Part, str] | None:
    """(part, English) of a word that stands in the glossary as it is."""
    english = glossary().words.get(low)
    if english is not None:
        return _part(low), english
    if (verb := glossary().verbs.get(low)) is not None:
        return verb.kind, verb.english
    if low in glossary().adjectives:
        return "adjective", glossary().adjectives[low]
    return None


def _part(low: str) -> Part:
    """The part of speech of a function word."""
    members: frozenset[str]
    part: Part
    for part, members in (
        ("modal", MODALS), ("auxiliary", AUXILIARIES), ("negation", NEGATIONS), ("article", _ARTICLES),
        ("preposition", _PREPOSITIONS), ("conjunction", _CONJUNCTIONS), ("pronoun", PRONOUNS),
    ):  # fmt: skip
        if low in members:
            return part
    return "finite" if low in ("liegt", "gilt", "gelten", "lässt") else "adverb"


def _verbal(low: str) -> bool:
    """Whether a word in lower case is a form of a verb or adjective rather than a noun written small."""
    return low in glossary().verbs or _inflected(low) is not None


def _is_participle(low: str) -> bool:
    """Whether a word in lower case is a present participle, which ends as many compounds with `Ende` do."""
    return re.search(r"\wend(?:e[nrsm]?)$", low) is not None


@remembered
def _inflected(low: str) -> tuple[Part, str] | None:
    """(part, English) of an adjective or participle with an ending."""
    for ending in _ENDINGS:
        stem = low.removesuffix(ending)
        if stem == low or len(stem) < 3:
            continue
        if stem in glossary().adjectives:
            return "adjective", glossary().adjectives[stem]
        verb = glossary().verbs.get(f"{stem} ") or glossary().verbs.get(stem)
        verb = verb if verb is None or verb.kind == "participle" else glossary().verbs.get(stem)
        if verb is not None and verb.kind == "participle":
            return "adjective", verb.english
    return None


_TAGS: dict[str, Part] = {
    "VV(INF)": "infinitive", "VV(PP)": "participle", "VV(FIN)": "finite", "VV(IZU)": "infinitive",
    "ADJ(A)": "adjective", "ADJ(D)": "adjective", "ADV": "adverb", "APPR": "preposition", "ART": "article",
}  # fmt: skip


def _unknown(piece: str) -> Token:
    """A word that only morphology can place; a verb's or adjective's lemma may be in the glossary all the same."""
    if piece[0].isupper() or len(piece) < 3:
        return Token(piece, "name", piece)
    lemma, tag = analysis(piece)
    part = _TAGS.get(tag, "adverb")
    verb = glossary().verbs.get(lemma)
    if verb is not None and part == "finite":
        return Token(piece, part, verb.english)
    english = glossary().adjectives.get(lemma, piece if part != "adjective" else lemma)
    return Token(piece, part, english)
