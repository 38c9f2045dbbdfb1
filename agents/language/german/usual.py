"""German names for the usual attributes of a German brief's design, so that its tables speak one language."""

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from agents.knowledge.german import folded
from agents.knowledge.reading import data_of
from agents.language.german.glossary import glossary
from agents.naming import identifier


@functools.cache
def _lists() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """(whole names, single words), English to German."""
    data = data_of((Path(__file__).parent / "usual.yaml").read_text("utf-8"), "usual.yaml")
    return MappingProxyType(data["names"]), MappingProxyType(data["words"])


@functools.cache
def _adjectives() -> Mapping[str, str]:
    """German adjectives by their English, the first of each."""
    found: dict[str, str] = {}
    for german, english in glossary().adjectives.items():
        found.setdefault(english, german)
    return MappingProxyType(found)


def usual_part(word: str) -> str:
    """An English word of a name that no noun of the brief stands for, in German where it is usual.

    >>> usual_part("booking"), usual_part("vegetarian"), usual_part("webhook")
    ('buchung', 'vegetarisch', 'webhook')
    """
    return _lists()[1].get(word) or _adjectives().get(word, word)


def usual_name(name: str) -> str:
    """The German of an attribute's English name; the name itself where a word of it is not known.

    >>> usual_name("starts_at"), usual_name("serial_number"), usual_name("shipped_at"), usual_name("odometer_km")
    ('beginnt_am', 'seriennummer', 'versandt_am', 'kilometerstand')
    """
    names, words = _lists()
    if name in names:
        return identifier(folded(names[name]))
    parts = name.split("_")
    if any(part not in words for part in parts):
        return name
    german = [words[part] for part in parts]
    return identifier(folded("_".join(german)))
