"""Patterns that are tried only on texts that hold the letters without which they cannot match.

An analysis tries some hundred patterns on every sentence, and nearly none matches. Which letters a pattern needs is
read from the pattern itself; which of them a text holds is found once per text and kept as the bits of a number, word
by word. So a pattern that cannot match costs a comparison of two numbers instead of a search.
"""

import functools
import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from agents.remembering import remembered

_LETTERS = re.compile(r"[^\W\d_]+|[<>≥≤→;%]")
"""Words, and signs that stand for words in a pattern."""
_ODD = re.compile("[ſıİ]")
"""Letters that match an `s` or `i` without regard to case and are not those in lower case."""
_code: Any = importlib.import_module("re._constants")
_parser: Any = importlib.import_module("re._parser")
"""What `re.compile` reads a pattern with; it has no public name since `sre_parse` was deprecated."""
_SIGNS = frozenset("<>≥≤→;%")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzäöüß") | _SIGNS
_SHORTEST = 2
_ALL = -1

Needs = frozenset[str]
"""Letters in a row, lower case, of which a text holds at least one."""

_numbers: dict[str, int] = {"": 0}


class Screened:
    """A pattern with the searches of `re`, which first look at the letters that it needs.

    It is compiled when a text first holds them, which for most patterns of a short brief never happens.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags
        self.needs = tuple(_bits(letters) for letters in needs(pattern, flags))
        self.first, self.second = (*self.needs, _ALL, _ALL)[:2]

    @functools.cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern as `re` knows it."""
        return re.compile(self.pattern, self.flags)

    def may_match(self, text: str) -> bool:
        """Whether a text holds the letters that a match needs."""
        return self.passes(letters_of(text))

    def passes(self, held: int) -> bool:
        """Whether these letters of a text are enough for a match."""
        return bool(held & self.first and held & self.second)

    def search(self, text: str) -> re.Match[str] | None:
        """Like that of the pattern."""
        held = letters_of(text)  # as `may_match`, without its two calls: most searches end here
        return self.compiled.search(text) if held & self.first and held & self.second else None

    def match(self, text: str) -> re.Match[str] | None:
        """Like that of the pattern."""
        return self.compiled.match(text) if self.may_match(text) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Like that of the pattern."""
        return self.compiled.fullmatch(text) if self.may_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Like that of the pattern."""
        return self.compiled.finditer(text) if self.may_match(text) else iter(())

    def findall(self, text: str) -> list[Any]:
        """Like that of the pattern."""
        return self.compiled.findall(text) if self.may_match(text) else []

    def sub(self, by: Any, text: str) -> str:
        """Like that of the pattern."""
        return self.compiled.sub(by, text) if self.may_match(text) else text


screened = functools.lru_cache(maxsize=None)(Screened)
"""The screened pattern of a text and flags, made once."""


@remembered
def letters_of(text: str) -> int:
    """The bits of all needed letters that a text holds."""
    if not text.isascii() and _ODD.search(text):
        return _ALL
    held = 1  # so that what a pattern without needs asks for is always there
    for word in _LETTERS.findall(text.lower()):
        held |= _letters_in(word)
    return held


@remembered
def _letters_in(word: str) -> int:
    return sum(1 << number for letters, number in _numbers.items() if letters in word)


def _bits(letters: Iterable[str]) -> int:
    """The bits of these letters; new ones are numbered, and what was found without them is forgotten."""
    known = len(_numbers)
    bits = sum(1 << _numbers.setdefault(each, len(_numbers)) for each in sorted(letters))
    if len(_numbers) > known:
        letters_of.cache_clear()
        _letters_in.cache_clear()
    return bits


def needs(pattern: str, flags: int = 0) -> tuple[Needs, ...]:
    """Sets of letters, of each of which every text that the pattern matches holds at least one.

    >>> [sorted(each) for each in needs(r"(?:must|cannot|has to) be (?:unique|distinct)")]
    [['cannot', 'has', 'must'], ['distinct', 'unique']]
    """
    found = _needs(list(_parser.parse(pattern, flags)))
    return tuple(sorted({each for each in found if min(map(_size, each)) >= _SHORTEST}, key=_worth, reverse=True)[:2])


def _needs(items: list[Any]) -> list[Needs]:
    """The needs of a sequence of parsed items; a row of letters goes on into the branches behind it."""
    found: list[Needs] = []
    row = ""
    for place, (kind, what) in enumerate(items):
        if kind is _code.LITERAL:
            row += chr(what).lower()
            continue
        if kind is _code.SUBPATTERN and not (what[1] or what[2]):
            return [*found, *_needs([*((_code.LITERAL, ord(c)) for c in row), *what[3], *items[place + 1 :]])]
        if kind is _code.BRANCH:
            ways = [_needs([*((_code.LITERAL, ord(c)) for c in row), *way]) for way in what[1]]
            if all(ways):
                found.append(frozenset().union(*(max(way, key=_worth) for way in ways)))
        elif kind in (_code.MAX_REPEAT, _code.MIN_REPEAT, _code.POSSESSIVE_REPEAT) and what[0] > 0:
            found += _needs([*((_code.LITERAL, ord(c)) for c in row), *what[2]])
        elif kind is _code.IN and all(one is _code.LITERAL and chr(char) in _SIGNS for one, char in what):
            found.append(frozenset(chr(char) for _, char in what))
        elif kind is _code.ASSERT:
            found += _needs(list(what[1]))
        elif kind is _code.ATOMIC_GROUP:
            found += _needs(list(what))
        found += _rows(row)
        row = ""
    return [*found, *_rows(row)]


def _rows(row: str) -> Iterator[Needs]:
    """The longest run of letters in a row of characters."""
    runs = [run for run in _LETTERS.findall(row) if _PLAIN.issuperset(run)]
    if runs:
        yield frozenset({max(runs, key=_size)})


def _size(letters: str) -> int:
    """How much letters tell; a sign is as rare as two of them."""
    return len(letters) if letters not in _SIGNS else _SHORTEST


def _worth(letters: Needs) -> tuple[int, int, list[str]]:
    """How much a need tells: its shortest letters, then how few there are; the letters make it definite."""
    return min(map(_size, letters)), -len(letters), sorted(letters)
