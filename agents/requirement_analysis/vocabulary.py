"""Finding the project's own entities and attributes in the words of a sentence."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from agents.knowledge import archetype_for, canonical
from agents.naming import identifier, plural, singular, words

tokens = words
"""The words of a text."""


def identified(text: str) -> str:
    """The identifier of a text, or nothing where no letter or digit is left."""
    return identifier(text) if tokens(text) else ""


def one_of(noun: str) -> str:
    """The singular of a word, which may be empty."""
    return singular(noun) if noun else ""


@dataclass(frozen=True)
class Mention:
    """An entity named by the words `start` to `end` of a sentence."""

    entity: str
    start: int
    end: int


def _ends(entities: list[str]) -> dict[str, str]:
    """`order` for a `workshop_order`, `block` for an `observing_block`, where one entity alone ends so."""
    found: dict[str, list[str]] = {}
    for name in entities:
        head, _, last = name.rpartition("_")
        if head and (last not in _NO_NAMES or archetype_for(last) is not None):
            found.setdefault(last, []).append(name)
    return {end: names[0] for end, names in found.items() if len(names) == 1}


_NO_NAMES = frozenset(
    "type list status state number date time name level class group kind part form value line code history log "
    "entry item record detail data information event change point place area size mark rate stock price".split()
)
"""Last words of names that mean something else by themselves in most sentences, unless people usually store them."""
_SHORTEST_END = 6
"""Letters from which on the end of a compound is a word of its own."""
_WHICH = frozenset("the a an each every per this that its their no one any same of all two several".split())
"""What stands before a short name: `each block`; in a list, `block` may be a word like any other."""


class Vocabulary:
    """The names of a project's entities, singular, plural and by synonym."""

    def __init__(self, names: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        self.known: dict[tuple[str, ...], str] = {}
        self.entities: list[str] = []
        for name, labels in names:
            self.entities.append(name)
            for label in (name, *("_".join(tokens(label)) for label in labels)):
                for form in (label, singular(label), plural(label)) if label else ():
                    self.known.setdefault(tuple(form.split("_")), name)
        self.longest = max((len(key) for key in self.known), default=0)
        self._words: dict[str, tuple[str | None, bool]] = {}
        self._seen: dict[tuple[str, ...], tuple[Mention, ...]] = {}
        self.ends = _ends(self.entities)
        self.synonyms = {canonical(name): name for name in reversed(self.entities)}

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """The entities that a text names, in order; the longest name wins (`order item` is no order)."""
        sentence = tokens(text)
        if sentence not in self._seen:
            self._seen[sentence] = self._mentions(sentence)
        return self._seen[sentence]

    def _mentions(self, sentence: tuple[str, ...]) -> tuple[Mention, ...]:
        found, place = [], 0
        while place < len(sentence):
            for length in range(min(self.longest, len(sentence) - place), 0, -1):
                if entity := self.known.get(sentence[place : place + length]):
                    found.append(Mention(entity, place, place + length))
                    place += length
                    break
            else:
                if entity := self._synonym(sentence[place], sentence[max(place - 2, 0) : place]):
                    found.append(Mention(entity, place, place + 1))
                place += 1
        return tuple(found)

    def _synonym(self, word: str, before: tuple[str, ...]) -> str | None:
        """The entity that a word of the same sense names: clients are customers; or a short name (`each block`)."""
        if word not in self._words:
            self._words[word] = self._meaning(word)
        meant, sure = self._words[word]
        return meant if sure or _WHICH.intersection(before) else None

    def _meaning(self, word: str) -> tuple[str | None, bool]:
        """(the entity that a word may mean, whether it does so wherever it stands)."""
        one = one_of(word)
        known = self.synonyms.get(canonical(word)) or self.synonyms.get(canonical(word.removesuffix("s")))
        short = self.ends.get(one) or self._compound(one)
        if known or short is None:
            return known, True
        return short, archetype_for(one) is not None or one != word

    def _compound(self, word: str) -> str | None:
        """`bescheid` for a `feuerstaettenbescheid`, where one name alone ends so."""
        if len(word) < _SHORTEST_END:
            return None
        fits = [n for n in self.entities if n.endswith(word) and n != word and n[-len(word) - 1] != "_"]
        return fits[0] if len(fits) == 1 else None

    def named(self, text: str) -> str | None:
        """The entity whose name this whole text is."""
        key = tokens(text)
        if key[:1] in (("the",), ("a",), ("an",), ("each",), ("every",)):
            key = key[1:]
        return self.known.get(key)


_WORDS = {
    "qty": "quantity", "no": "number", "nr": "number", "num": "number", "desc": "description", "descr": "description",
    "amt": "amount", "addr": "address", "tel": "phone", "telephone": "phone", "dob": "birthdate", "pwd": "password",
    "msg": "message", "dept": "department", "acct": "account", "pct": "percent", "cat": "category", "img": "image",
    "lat": "latitude", "lng": "longitude", "lon": "longitude", "min": "minimum", "max": "maximum", "avg": "average",
    "prod": "product", "cust": "customer", "emp": "employee", "org": "organization", "loc": "location",
    "ref": "reference",
}  # fmt: skip
"""How people shorten words in the names of columns."""


class Names:
    """The attributes of an entity by their whole names, their ends and their beginnings, looked up for every phrase."""

    def __init__(self, candidates: tuple[str, ...]) -> None:
        self.all = candidates
        self.whole = frozenset(candidates)
        self.ends: dict[str, list[str]] = {}
        self.starts: dict[str, list[str]] = {}
        self._meant: dict[tuple[str, ...], str | None] = {}
        for name in candidates:
            for place in (place for place, char in enumerate(name) if char == "_"):
                self.ends.setdefault(name[place + 1 :], []).append(name)
                self.starts.setdefault(name[:place], []).append(name)

    def meant(self, phrase: tuple[str, ...]) -> str | None:
        """The attribute that some words mean: its name, its end, its beginning; None where two fit equally.

        Either may shorten a word: `quantity` means `qty`.

        >>> names = Names(("subtotal", "total_amount", "unit_price"))
        >>> names.meant(("total",)), names.meant(("price",))
        ('total_amount', 'unit_price')
        """
        if phrase not in self._meant:
            self._meant[phrase] = self._found(phrase)
        return self._meant[phrase]

    def _found(self, phrase: tuple[str, ...]) -> str | None:
        found = self.named(phrase)
        if found:
            return found
        changed = tuple(_WORDS.get(w, w) for w in phrase)
        if self.unabridged is None:
            return self.named(changed) if changed != phrase else None
        long, names = self.unabridged
        found = names.named(changed)
        return long.get(found, found) if found else None

    @functools.cached_property
    def unabridged(self) -> tuple[dict[str, str], "Names"] | None:
        """The names by their unabridged words; None where none is shortened."""
        long = {"_".join(_WORDS.get(w, w) for w in n.split("_")): n for n in self.all}
        return (long, Names(tuple(long))) if any(key != name for key, name in long.items()) else None

    def named(self, phrase: tuple[str, ...]) -> str | None:
        """The attribute of exactly these words, else the only one that ends or begins with them."""
        joined = "_".join(phrase)
        for form in (joined, one_of(joined)):
            if form in self.whole:
                return form
        if not joined:
            return None
        for fits in (self.ends.get(joined, ()), self.starts.get(joined, ())):
            if len(fits) == 1:
                return fits[0]
        return None

    @functools.cached_property
    def by_first(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """(name, its last word) by its first word, and these by their first letter."""
        found: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for name in self.all:
            first, last = name.partition("_")[0], name.rpartition("_")[2]
            found.setdefault(name[:1], {}).setdefault(first, []).append((name, last))
        return found
