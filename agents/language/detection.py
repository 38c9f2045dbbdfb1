"""Which language a text is written in, by its function words.

Function words tell a language in a dozen of them, know no topic, and are absent from code and attribute lists, so a
list of English column names is never taken for Dutch. The lists are those of the package `stop-words` (BSD), which
carries them in its wheel. Other ways were weighed: simplemma's detector decompresses its dictionaries for ten seconds
and 750 MB, py3langid and lingua score letters, which names and code mislead.
"""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from stop_words import get_stop_words

from agents.remembering import remembered

_LANGUAGES = {
    "nl": "Dutch", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "pl": "Polish", "cs": "Czech",
    "sk": "Slovak", "da": "Danish", "sv": "Swedish", "nb": "Norwegian", "fi": "Finnish", "hu": "Hungarian",
    "ro": "Romanian", "ca": "Catalan", "tr": "Turkish", "id": "Indonesian", "vi": "Vietnamese",
}  # fmt: skip
_SCRIPTS = {
    "CYRILLIC": "Russian or another language in Cyrillic letters", "GREEK": "Greek", "ARABIC": "Arabic",
    "HEBREW": "Hebrew", "CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese",
    "HANGUL": "Korean", "DEVANAGARI": "Hindi", "THAI": "Thai", "GUJARATI": "Gujarati",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_SHORT = frozenset("a an as at be by do he if in is it me my no of on or so to up us we".split())
_LETTERS = 40
_FEWEST = 8
_FEWEST_DIFFERENT = 5


@dataclass(frozen=True)
class Languages:
    """How many words of a text are function words of English and of German alone, and of the likeliest other language.

    `foreign` names that language where the text is clearly written in it, and is empty otherwise.
    """

    english: int
    german: int
    foreign: str = ""


@functools.cache
def _lists() -> tuple[frozenset[str], frozenset[str], Mapping[str, tuple[str, ...]]]:
    """(words of English alone, of German alone, other languages by each word that neither of the two has)."""
    english = frozenset(w for w in get_stop_words("en") if w.isalpha() and (len(w) > 2 or w in _SHORT))
    german = frozenset(get_stop_words("de")) | {"pro", "muss", "müssen", "darf", "dürfen", "wurde", "keine", "mehrere"}
    taken = english | german
    others: dict[str, tuple[str, ...]] = {}
    for code in _LANGUAGES:
        for word in frozenset(w for w in get_stop_words(code) if len(w) > 1) - taken:
            others[word] = (*others.get(word, ()), code)
    return english - german, german - english, MappingProxyType(others)


@remembered
def counted(text: str) -> tuple[int, int]:
    """(English, German) function words of a text that only the one language has."""
    english, german, _ = _lists()
    found = [w.lower() for w in _WORD.findall(text)]
    return sum(w in english for w in found), sum(w in german for w in found)


def languages(text: str) -> Languages:
    """What the words of a whole text say about its language; code fences are left out. Linear in its length."""
    found = Counter(w.lower() for w in _WORD.findall(_FENCE.sub(" ", text)))
    english_words, german_words, others = _lists()
    english = sum(n for w, n in found.items() if w in english_words)
    german = sum(n for w, n in found.items() if w in german_words)
    if script := _script(found):
        return Languages(english, german, script)
    scores, kinds = Counter[str](), Counter[str]()
    for word, times in found.items():
        for code in others.get(word, ()):
            scores[code] += times
            kinds[code] += 1
    best = max(_LANGUAGES, key=lambda code: (scores[code], code))
    different = kinds[best]
    clear = scores[best] >= _FEWEST and different >= _FEWEST_DIFFERENT and scores[best] > 2 * (english + german)
    return Languages(english, german, _LANGUAGES[best] if clear else "")


def _script(found: Counter[str]) -> str:
    """The language or script of a text most of whose letters are not Latin."""
    letters: Counter[str] = Counter()
    for word, times in found.items():
        letters[unicodedata.name(word[0], "LATIN").split()[0].split("-")[0]] += len(word) * times
    total = sum(letters.values())
    for script, name in _SCRIPTS.items():
        if letters[script] >= _LETTERS and letters[script] * 2 > total:
            return name
    return ""
