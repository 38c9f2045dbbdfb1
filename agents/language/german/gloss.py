"""A German sentence as an English one, word by word: for readers of requirements, not for people.

The gloss keeps numbers, values, names and the order of facts; idioms come from the glossary, nouns from the knowledge
of German nouns, word order from the parts of speech.
"""

import re
from collections.abc import Callable

from agents.knowledge.german import noun
from agents.language.german.clauses import in_order, spaced
from agents.language.german.figures import in_digits
from agents.language.german.glossary import CLOSE, OPEN, glossary, marked
from agents.language.german.having import having
from agents.language.german.names import Names
from agents.language.german.spelled_out import one_gender, unshared
from agents.language.german.stages import staged
from agents.language.german.tokens import Token, strong, tokens
from agents.language.german.values import protected
from agents.naming import words
from agents.screening import letters_of

_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d])(?!,\d{3}\b)")
_DECIMAL = re.compile(r"(?<![\d.])(?:(?<!\()|(?=\d+,\d+\s*%))(\d+),(\d+)(?![\d,])")
_DOTTED = re.compile(r"\b(Mio|Mrd|Tsd|ca|Nr|inkl|bzw|ggf|max|min|usw|etc)\.", re.I)
_PARTS = re.compile(r"([,;()|]|: |:$|\s[-–—]\s)")
CODE = re.compile(r"`([^`]*)`|^(?:GET|POST|PUT|PATCH|DELETE)\s+\S+")
_QUOTED = re.compile(r'"[^"]{1,40}"')
"""What stands in quotation marks is a value or a name, and stays as it is."""
_NUMBERED = re.compile(r"^\s*\d+(?:\.\d+)*[.)]?\s+(?=[^\W\d])")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_AND = re.compile(r"\s*(?:&|\bund\b|\bsowie\b|/)\s*")


def numbers(text: str) -> str:
    """German numbers in the English spelling: `1.000.000` as `1,000,000`, `3,5` as `3.5`.

    >>> numbers("1.500 Anfragen, 99,9 % und Dezimal(10,2)")
    '1,500 Anfragen, 99.9 % und Dezimal(10,2)'
    """
    text = _THOUSANDS.sub(lambda found: found[0].replace(".", ","), text)
    return _DECIMAL.sub(lambda f: f[0] if len(f[2]) == 3 and f[1] != "0" else f"{f[1]}.{f[2]}", text)


def _with_phrases(text: str) -> str:
    """The text with its idioms in English, one kind after the other."""
    held = letters_of(text)
    for phrase in glossary().phrases:
        screen = phrase.pattern
        if held & screen.first and held & screen.second and (done := phrase.apply(text)) != text:
            text, held = done, letters_of(done)
    return text


class Glosser:
    """Glosses the texts of one brief; it holds the brief's values and names, which the same words share everywhere."""

    def __init__(self, names: Names, values: re.Pattern[str] | None) -> None:
        self.names = names
        self.values = values
        self._known: dict[str, str] = {}

    def title(self, text: str) -> str:
        """A heading or label: as a whole, part by part around `und`, else as any text."""
        labels = glossary().labels
        if found := _NUMBERED.match(text):  # `4 Geschäftsregeln`
            return f"{found[0]}{self.title(text[found.end() :])}"
        key = text.strip().rstrip(":").lower()
        if key in labels:
            return labels[key]
        if done := glossary().verbs.get(f"{key} "):
            return done.english
        parts = _AND.split(key)
        if len(parts) > 1 and all(p in labels for p in parts):
            return " & ".join(labels[p] for p in parts)
        return self.text(text)

    def text(self, text: str) -> str:
        """The gloss of a text; equal texts have equal glosses."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._glossed(text)
        return found

    def _glossed(self, text: str) -> str:
        """Values and code first, then notes and idioms, then the words that are left."""
        plain = CODE.sub(lambda found: marked(self.code(found[0])), text.replace(OPEN, "").replace(CLOSE, ""))
        plain = _outside(plain, lambda part: _QUOTED.sub(lambda found: marked(found[0]), part))
        plain = _outside(plain, lambda part: numbers(in_digits(_DOTTED.sub(r"\1", unshared(one_gender(part))))))
        plain = _outside(plain, staged)
        plain = having(plain)
        plain = glossary().sized.apply(plain)
        plain = "".join(self._noted(part) for part in _PARTS.split(plain))
        plain = _with_phrases(plain)
        plain = _outside(_flat(plain), lambda part: protected(part, self.values))
        found = tokens(plain, self.names.english)
        self._described(found)
        return spaced(in_order(found))

    def _described(self, found: list[Token]) -> None:
        """Remember `zulässiges Gewicht` as it is written: an attribute may be called by its adjective, too."""
        bare = [Token("", "mark", ""), *(token for token in found if token.part != "space")]
        for before, adjective, thing in zip(bare, bare[1:], bare[2:], strict=False):
            if adjective.part == "adjective" and thing.part == "noun":
                known = noun(thing.text)
                if known is not None and not known.is_plural:
                    told = f"{strong(adjective.text, before.low)} {known.singular}"
                    self.names.note(f"{adjective.english} {thing.english}", told)

    def _noted(self, part: str) -> str:
        """A part between commas: a note or usual attribute as a whole; several words of a name are remembered."""
        bare = part.strip()
        key = bare.lower()
        if not bare or bare.startswith(OPEN):
            return part
        if key in glossary().labelled:
            english = glossary().labelled[key]
            self.names.note(english, bare)
            return part.replace(bare, marked(english))
        held = letters_of(bare)
        for note in glossary().notes:
            if note.pattern.passes(held) and (found := note.pattern.fullmatch(bare)):
                return part.replace(bare, note.filled(found))
        return part

    def code(self, text: str) -> str:
        """Identifiers and addresses: their words are translated in place, marks and case stay."""
        return _WORD.sub(lambda found: self._coded(found[0]), text)

    def _coded(self, word: str) -> str:
        """A word of an identifier; only known nouns are translated there."""
        if len(word) < 3 or (word.isupper() and len(word) <= 4):
            return word
        english = self.names.english(word[:1].upper() + word[1:].lower()) if noun(word) else None
        if english is None:
            return word
        joined = "_".join(words(english))
        return joined.upper() if word.isupper() else joined

    def remember(self, head: str) -> None:
        """Note a name of several words, so that it can be given back as the brief has it."""
        bare = re.sub(r"^(?:der|die|das|ein|eine|jede[rs]?)\s+", "", head.strip(), flags=re.I)
        if 1 <= len(bare.split()) <= 5 and not re.search(r"[→:(]", bare):
            english = self.text(bare)
            if english.lower() != bare.lower() and words(english):
                self.names.note(english, bare)


def _outside(text: str, change: Callable[[str], str]) -> str:
    """The text with `change` applied outside of marked parts."""
    parts = re.split(rf"({OPEN}[^{CLOSE}]*{CLOSE})", text)
    return "".join(part if part.startswith(OPEN) else change(part) for part in parts)


def _flat(text: str) -> str:
    """Marks inside of marks count once: the outer words are English, and so are the inner ones."""
    found, depth = [], 0
    for char in text:
        if char == OPEN:
            depth += 1
            if depth > 1:
                continue
        elif char == CLOSE:
            depth -= 1
            if depth > 0:
                continue
        found.append(char)
    return "".join(found)
