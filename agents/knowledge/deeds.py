"""What people do and what that leaves in the data, and which nouns name nothing to store.

Kept as data beside the archetypes: that borrowing leaves a loan, or that a dashboard is shown and not stored, is what a
data architect knows before reading a brief.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from agents.knowledge.reading import data_of

_HERE = Path(__file__).parent
Way = Literal["making", "changing", "viewing", "measured", "anybody"]
_NOT_STORED: Mapping[str, str] = MappingProxyType({
    "output": "it is shown or worked out of what is stored",
    "interface": "it is a part of the screen",
    "hardware": "it is equipment that the application is used with",
    "system": "it is the application itself or a part of it",
    "document": "it is a part of this text",
    "doing": "it says what is done and names no thing",
    "quality": "it says how well the application is to work",
    "time": "it says when something happens",
    "company": "it is the name of a company",
    "staff": "these people use the application, and nothing is said to be kept about them",
})  # fmt: skip


@functools.cache
def _deeds() -> Mapping[str, frozenset[str]]:
    data = data_of((_HERE / "deeds.yaml").read_text("utf-8"), "deeds.yaml")
    return MappingProxyType(
        {way: frozenset(words.split()) for way, words in data.items() if way not in ("records", "nouns")}
    )


@functools.cache
def _records() -> Mapping[str, tuple[str, ...]]:
    data = data_of((_HERE / "deeds.yaml").read_text("utf-8"), "deeds.yaml")
    return MappingProxyType({verb: tuple(nouns) for verb, nouns in data["records"].items()})


@functools.cache
def _nouns() -> Mapping[str, tuple[str, ...]]:
    data = data_of((_HERE / "deeds.yaml").read_text("utf-8"), "deeds.yaml")
    return MappingProxyType({verb: tuple(nouns) for verb, nouns in data["nouns"].items()})


@functools.cache
def _unstored() -> Mapping[str, str]:
    data = data_of((_HERE / "unstored.yaml").read_text("utf-8"), "unstored.yaml")
    return MappingProxyType({word: kind for kind, words in data.items() for word in words.split()})


def words_of(way: Way) -> frozenset[str]:
    """The words of one list: verbs that make, change or view, facts that are measured, words for anybody."""
    return _deeds()[way]


@functools.cache
def _record_nouns() -> frozenset[str]:
    return frozenset(noun for nouns in _records().values() for noun in nouns)


def is_record_noun(word: str) -> bool:
    """Whether a word in the singular names the record that some deed leaves: `booking`, `loan`."""
    return word in _record_nouns()


def record_nouns(verb: str, *following: str) -> tuple[str, ...]:
    """The nouns of the record that a verb leaves, with the words right behind it: `("sign", "up", "for")`.

    >>> record_nouns("borrow"), record_nouns("register", "for"), record_nouns("register")
    (('loan', 'borrowing'), ('registration', 'enrollment'), ())
    """
    for length in range(len(following), -1, -1):
        if (deed := " ".join((verb, *following[:length]))) in _records():
            return _records()[deed]
    return ()


def deed_nouns(verb: str) -> tuple[str, ...]:
    """The nouns for what a verb does, whether or not it leaves a record by itself; the first is the usual one.

    >>> deed_nouns("dispatch"), deed_nouns("like"), deed_nouns("have")
    (('dispatch',), ('like', 'reaction'), ())
    """
    return _nouns().get(verb, record_nouns(verb))


def unstored(name: str) -> tuple[str, str] | None:
    """(kind, why) of a snake_case name in the singular that names nothing to store; None where it may be stored.

    The longest end of the name that is known decides: a `monthly_sales_report` is shown like any report.

    >>> unstored("monthly_sales_report"), unstored("invoice")
    (('output', 'it is shown or worked out of what is stored'), None)
    """
    words = name.split("_")
    kinds = (_unstored().get("_".join(words[first:])) for first in range(len(words)))
    kind = next((k for k in kinds if k), None)
    return (kind, _NOT_STORED[kind]) if kind else None
