"""Which English name stands for which German one in a brief, so that the design speaks the brief's own words.

The readers work on English names; what they make of them is given its German name back at the very end. The pairs are
one to one within a brief: a second German noun with the same English gets another word, or stays German.
"""

import re
from collections.abc import Mapping

from agents.knowledge import archetype_for, attribute_guess
from agents.knowledge.german import Noun, is_german_alone, is_pair, noun
from agents.language.german.senses import meant
from agents.language.german.tokens import Count, analysis
from agents.language.german.usual import usual_part
from agents.naming import identifier, plural, singular

_UNKNOWN = "the name tells no type"
CONVENTIONAL = frozenset({"id", "created_at", "updated_at", "deleted_at", "status"})
"""Columns that every design calls by these names, whatever the brief's language."""


_CAMEL = re.compile(r"[a-z][A-Z]")
_LISTED = re.compile(r"[a-z_0-9]+(?: \([^()]*\))?(?:, [a-z_0-9]+(?: \([^()]*\))?)+")
_NAME = re.compile(r"(?<![(\w])[a-z_0-9]+(?=,| \(|$)")
_WRITTEN = re.compile(r"\b[A-Za-z]\w*_\w+\b|\b[A-Z]\w*[a-z][A-Z]\w*\b")


class Names:
    """The pairs of one brief, in the order in which it uses them."""

    def __init__(self) -> None:
        self.german: dict[str, str] = {}
        self.own: set[str] = set()
        self.mostly = False
        self.meanings: Mapping[str, str] = {}
        self.labels: dict[str, str] = {}
        self._english: dict[str, str] = {}
        self._owners: dict[str, str] = {}

    def written(self, text: str) -> None:
        """Note the identifiers of a text, which the design keeps as they are whatever they mean in German.

        A list of words in lower case is one of identifiers where none of them is a German noun.
        """
        if _LISTED.fullmatch(text) and not any(map(is_german_alone, _NAME.findall(text))):
            self.own |= {identifier(word) for word in _NAME.findall(text)}
        self.own |= {singular(identifier(word)) for word in _WRITTEN.findall(text) if not _is_whole(noun(word))}

    def english(self, word: str, count: Count = "") -> str | None:
        """The English of a German noun in its number; None for a word that is no noun."""
        found = noun(word)
        if _CAMEL.search(word) and not _is_whole(found):
            return word  # `ParkingTicket`, an identifier
        if found is None:
            return self._unknown(word, count)
        if not found.whole and attribute_guess(identifier(found.english[0])).rule == _UNKNOWN:
            self.note(found.singular, found.singular)
            # of a compound, an end alone (`-stelle`, `-fall`) does not tell what it is
            return _own_plural(found.singular) if _is_several(found, count) else found.singular
        english = self._english.setdefault(found.singular, "") or self._chosen(found)
        spelled = english.title() if word[:1].isupper() else english
        return _several(spelled) if _is_several(found, count) else spelled

    def _chosen(self, found: Noun) -> str:
        """The first English word that no other noun of the brief has taken."""
        senses = meant(found, self.meanings)
        free = [e for e in senses if self._is_free(e, found.singular)]
        usual = free[0] if free else found.singular
        english = senses[0] if len(senses) == 1 else usual
        self._owners.setdefault(english, found.singular)
        self._english[found.singular] = english
        self.note(english, found.singular)
        return english

    def _is_free(self, english: str, german: str) -> bool:
        """Whether an English word stands for no other noun yet; `Kundin` and `Kunde` share theirs."""
        owner = self._owners.get(english, german)
        return owner == german or is_pair(owner, german)

    def _unknown(self, word: str, count: Count) -> str | None:
        """A capital word that the glossary lacks: its lemma where morphology calls it a noun, else itself.

        Several of them get the English plural, by which the readers know that they are many.
        """
        if not word[:1].isupper():
            return None
        own = not word[1:].islower() or len(word) <= 4 or archetype_for(identifier(word)) is not None
        lemma, tag = (word, "") if own else analysis(word)
        alike = lemma[:3].translate(_PLAIN) == word[:3].translate(_PLAIN)
        kept = lemma if tag == "NN" and alike and len(lemma) > 3 and _inflects(word, lemma) else word
        self.note(kept, kept)
        inflected = tag == "NN" and kept != word and not word.endswith(("s", "m"))
        return _own_plural(kept) if count == "many" or (inflected and count != "one") else kept

    def note(self, english: str, german: str) -> None:
        """Remember that these English words stand for those German ones."""
        made, own = identifier(english), _own(german)
        if made in CONVENTIONAL or own == "unnamed":
            return
        itself = self.german.get(made) == made != own  # a word of a table that is no German noun gives way to one
        for form in dict.fromkeys((made, singular(made))):
            if itself or form not in self.german:
                self.german[form] = own
        if itself or english.lower() not in self.labels:
            self.labels[english.lower()] = german

    def back(self, name: str, parts: bool) -> str:
        """The German identifier of an English one; `parts` allows to put it together from known parts."""
        if name in CONVENTIONAL or name in self.own:
            return name
        words = name.split("_")
        if name in self.german or not parts:
            return self.german.get(name, name)
        if len(words) == 1 and (one := self.german.get(singular(name))) and singular(name) != name:
            return _many(one)
        found, place = [], 0
        while place < len(words):
            end = next((e for e in range(len(words), place, -1) if "_".join(words[place:e]) in self.german), place + 1)
            run = "_".join(words[place:end])
            found.append(self.german.get(run) or (_own(usual_part(run)) if self.mostly else run))
            place = end
        return identifier("_".join(found))


def _is_whole(found: Noun | None) -> bool:
    """Whether every part of a noun is known."""
    return found is not None and found.whole


def _is_several(found: Noun, count: Count) -> bool:
    """Whether a noun means many: by the word before it, else by its form."""
    return count == "many" or (found.is_plural and count != "one")


def _own_plural(word: str) -> str:
    """A German noun with the English plural, where the readers find their way back from that."""
    many = plural(word.lower()).capitalize()
    return many if word[1:].islower() and singular(many.lower()) == word.lower() else word


def _many(german: str) -> str:
    """The plural of a German identifier of one word, where its noun is known."""
    known = noun(german)
    return _own(known.plural or known.singular) if known is not None else german


def _own(german: str) -> str:
    """The identifier of a German name; a short one with capitals inside (`MwSt`) is one word."""
    short = german.isalpha() and len(german) <= _SHORT
    return identifier(german.lower() if short else german)


_SHORT = 5
_PLAIN = str.maketrans("äöüÄÖÜ", "aouAOU")
"""Vowels that a plural may change: `Chöre` are several of a `Chor`."""


def _several(english: str) -> str:
    """The plural of an English phrase, by its last word."""
    head, _, last = english.rpartition(" ")
    many = plural(last.lower())
    return f"{head} {many.title() if last[:1].isupper() else many}".strip()


def _inflects(word: str, lemma: str) -> bool:
    """Whether a lemma differs from its word by an ending alone, so that `Redis` stays a name."""
    return word.lower() == lemma.lower() or word.endswith(("en", "er", "e", "es")) or lemma.endswith(("e", "er", "el"))
