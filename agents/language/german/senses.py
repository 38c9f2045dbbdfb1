"""What a noun means in the trade of a brief: a `Probe` is a sample, among choirs a rehearsal."""

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from agents.knowledge.german import Noun, noun
from agents.knowledge.reading import data_of


@functools.cache
def _senses() -> Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    """Each noun's further meanings, with what shows that one of them is meant."""
    data = data_of((Path(__file__).parent / "senses.yaml").read_text("utf-8"), "senses.yaml")
    return {
        word: tuple((english, re.compile(rf"\b(?:{'|'.join(cues.split())})")) for english, cues in meanings.items())
        for word, meanings in data.items()
    }


def meanings_in(text: str) -> dict[str, str]:
    """English by noun, of the nouns that mean something else in this brief than they mostly do."""
    low = text.lower()
    found = {}
    for word, meanings in _senses().items():
        if word.lower() in low:
            meant = next((english for english, cues in meanings if cues.search(low)), "")
            found.update({word: meant} if meant else {})
    return found


def meant(found: Noun, meanings: Mapping[str, str]) -> tuple[str, ...]:
    """The English of a noun or compound where some nouns have these meanings."""
    if found.singular in meanings:
        return (meanings[found.singular],)
    for word, english in meanings.items():
        usual = noun(word)
        first = usual.english[0] if usual else ""
        if first and found.singular.endswith(word.lower()) and found.english[0].endswith(f" {first}"):
            return (f"{found.english[0].removesuffix(first)}{english}",)
        if first and found.singular.startswith(word) and found.english[0].startswith(f"{first} "):
            return (f"{english}{found.english[0].removeprefix(first)}",)
    return found.english
