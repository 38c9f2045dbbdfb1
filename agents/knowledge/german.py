"""German nouns: what they are in English, their singular and plural, and compounds read from their parts.

`Rechnungsdatum` is an invoice date because German compounds carry their meaning in the last part; so a few hundred
nouns cover thousands of names. This module knows no brief and is used by naming as well, so it imports data alone.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from agents.knowledge.reading import data_of
from agents.remembering import remembered

_FILE = Path(__file__).parent / "german.yaml"
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LINKS = ("", "s", "es", "n", "en", "er", "e", "-")
_SHORT_HEADS = frozenset({"name", "zeit", "code", "typ", "bild"})
_MOMENTS = {"starts at": "start", "ends at": "end"}
"""What a moment is called at the end of a compound: `Kursbeginn`."""
_SHORTEST = 4
"""Letters that an unknown first part of a compound has at least: no `Schalter` is some `Alter`."""
_PLURALS = (("ung", "en"), ("heit", "en"), ("keit", "en"), ("schaft", "en"), ("taet", "en"), ("saeule", "n"))


class GlossaryError(ValueError):
    """A glossary file is wrong: says the file, the entry and what would be right."""


@dataclass(frozen=True)
class Noun:
    """A German noun as dictionaries list it; `english` holds the usual word first, then what to say where it is taken.

    `plural` is empty where it has none; `is_plural` tells whether the looked-up form was one, `whole` whether every
    part of a compound is known.
    """

    singular: str
    plural: str
    english: tuple[str, ...]
    is_plural: bool = False
    whole: bool = True


def folded(word: str) -> str:
    """Lower case without umlauts, as identifiers and addresses spell German: `Auftraege` and `Aufträge` are one."""
    return word.lower().translate(_FOLDED)


def parsed_nouns(text: str, file: str) -> tuple[dict[str, Noun], dict[str, str], frozenset[str]]:
    """(nouns by folded form, folded prefixes with their English, words that English has too).

    A form that two entries claim keeps the first.
    """
    data = data_of(text, file)
    forms: dict[str, Noun] = {}
    for section in ("nouns", "heads"):
        for key, english in data[section].items():
            singular, _, plural = key.partition("/")
            if not english or not singular.strip():
                raise GlossaryError(
                    f'{file}, {section}: "{key}" needs a noun and its English, as in "Kunde/Kunden: customer".'
                )
            noun = Noun(singular, plural, tuple(english.split("|")))
            for form, many in _forms(noun):
                forms.setdefault(form, Noun(singular, plural, noun.english, many))
    prefixes = {folded(prefix): english for prefix, english in data["prefixes"].items()}
    return forms, prefixes, frozenset(data["shared"])


def _forms(noun: Noun) -> Iterator[tuple[str, bool]]:
    """Every case of a noun, folded, singular ones first."""
    one, many = folded(noun.singular), folded(noun.plural)
    yield one, False
    if many and many != one:
        yield many, True
    if many and not many.endswith(("n", "s")):
        yield many + "n", True
    yield from ((one + ending, False) for ending in ("s", "es", "n", "en"))


@functools.cache
def _glossary() -> tuple[Mapping[str, Noun], Mapping[str, str], frozenset[str]]:
    forms, prefixes, shared = parsed_nouns(_FILE.read_text("utf-8"), "german.yaml")
    return MappingProxyType(forms), MappingProxyType(prefixes), shared


def is_german_alone(word: str) -> bool:
    """Whether a word is a known German noun that English does not have; compounds count where every part is known."""
    found = noun(word)
    if found is None or not found.whole or folded(word) in _glossary()[2]:
        return False
    return folded(word) in (folded(found.singular), folded(found.plural), f"{folded(found.plural)}n")


@remembered
def noun(word: str) -> Noun | None:
    """The noun that a word is a form of, compounds included; None where no part is known.

    >>> [n and (n.singular, n.english[0]) for n in map(noun, ("Aufträgen", "Rechnungsdatum", "Quark"))]
    [('Auftrag', 'order'), ('Rechnungsdatum', 'invoice date'), None]
    """
    found = _glossary()[0].get(folded(word))
    return found or _compound(word.strip("-")) or _feminine(word)


_FEMININE = re.compile(r"(?P<stem>\w{4,}?)(?P<many>in|innen)")


def head_of(word: str) -> str:
    """The longest known noun at the end of a longer word, as it is written there; empty where there is none."""
    ends = (word[cut:] for cut in range(3, len(word) - 2))
    return next((end for end in ends if folded(end) in _glossary()[0]), "")


def _feminine(word: str) -> Noun | None:
    """`Försterin` as the noun that `Förster` is, where that is known; she keeps her own name."""
    found = _FEMININE.fullmatch(word)
    him = found and (noun(found["stem"]) or noun(f"{found['stem']}e"))
    if not found or not him or not him.whole or him.is_plural:
        return None
    return Noun(f"{found['stem']}in", f"{found['stem']}innen", him.english, found["many"] == "innen")


def is_pair(one: str, other: str) -> bool:
    """Whether two nouns are the woman and the man of one calling: `Kunde` and `Kundin`."""
    short, long = sorted((folded(one), folded(other)), key=len)
    return long in (f"{short}in", f"{short.removesuffix('e')}in", f"{short.removesuffix('er')}in")


def _compound(word: str) -> Noun | None:
    """The longest known end decides what it is; what stands before it says which."""
    for cut in range(3, len(word) - 2):
        head = _glossary()[0].get(folded(word[cut:]))
        if head is None:
            continue
        before = _modifier(word[:cut])
        whole = before is not None and (cut > 3 or folded(word[cut:]) not in _glossary()[2])
        if before is None and cut >= _SHORTEST and (len(word) - cut >= 5 or folded(word[cut:]) in _SHORT_HEADS):
            before = word[:cut].rstrip("-").lower()
        if before is not None:
            return Noun(
                word[:cut] + _lowered(head.singular, word[:cut]), word[:cut] + _lowered(head.plural, word[:cut]),
                (f"{before} {_MOMENTS.get(head.english[0], head.english[0])}",), head.is_plural, whole,
            )  # fmt: skip
    return None


def _lowered(part: str, before: str) -> str:
    """The second part of a compound, which is capital behind a hyphen alone."""
    return part if before.endswith("-") else part.lower()


def _modifier(part: str) -> str | None:
    """The English of a compound's first part, without the sound that links it: `Rechnungs`, `Kunden`, `Bestell`."""
    nouns, prefixes, _ = _glossary()
    key = folded(part)
    for link in _LINKS:
        stem = key.removesuffix(link) if link and key.endswith(link) else ("" if link else key)
        if stem in prefixes:
            return prefixes[stem]
        if stem in nouns:
            return nouns[stem].english[0]
    found = _compound(part.rstrip("-")) or (_compound(part[:-1]) if part.endswith("s") else None)
    return found.english[0] if found and found.whole else None


def german_plural(name: str, *, sure: bool = True) -> str | None:
    """The plural of a German noun in a folded identifier; None where the word is not known to be German.

    Words that English has as well, and compounds of which only the end is known, have one where it need not be `sure`.

    >>> german_plural("auftrag"), german_plural("order"), german_plural("bewirtung")
    ('auftraege', None, 'bewirtungen')
    """
    found = noun(name)
    if found and (is_german_alone(name) or not sure):
        return folded(found.plural or found.singular)
    ending = next((ending for end, ending in _PLURALS if name.endswith(end) and len(name) > len(end) + 3), None)
    return name + ending if ending else None


def german_singular(name: str) -> str | None:
    """The singular of a German noun in a folded identifier; None where the word is not known to be German."""
    found = noun(name)
    if found and is_german_alone(name):
        return folded(found.singular)
    ending = next((e for end, e in _PLURALS if name.endswith(end + e) and len(name) > len(end + e) + 3), None)
    return name.removesuffix(ending) if ending else None
