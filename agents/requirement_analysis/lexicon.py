"""The word lists of the prose readers, kept as data: what a word does in a brief's sentence is knowledge, not code."""

import functools
from pathlib import Path

from agents.knowledge.reading import data_of


@functools.cache
def _lists() -> dict[str, frozenset[str]]:
    """Every list by its name."""
    file = Path(__file__).with_name("lexicon.yaml")
    return {name: frozenset(words.split()) for name, words in data_of(file.read_text("utf-8"), file.name).items()}


def words_that(do: str) -> frozenset[str]:
    """The words of one list of `lexicon.yaml`; KeyError where there is none of this name."""
    return _lists()[do]
