"""Patterns that are tried only where a word stands without which they cannot match.

Half of the time of an analysis went into patterns that begin with any words (`<something> must be given`) and look for
their verb from every place of every sentence. Looking for the verb first costs a twentieth.
"""

import functools
import re


@functools.lru_cache(maxsize=256)
def lowered(text: str) -> str:
    """The text in lower case, kept because many patterns ask for the same sentence one after the other."""
    return text.lower()


class Guarded:
    """A pattern whose every match holds one of the words, which are lower case with `|` between them."""

    def __init__(self, pattern: str, words: str) -> None:
        self.pattern = re.compile(pattern, re.IGNORECASE)
        self.words = words.split("|")

    def search(self, text: str) -> re.Match[str] | None:
        """Like that of the pattern."""
        low = lowered(text)
        for word in self.words:
            if word in low:
                return self.pattern.search(text)
        return None


_NEGATED = re.compile(r"\b(?:no|without|not|never)\s+(?:\w+\s+){0,2}$", re.I)


def denied(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether the words before a match deny it: `no login`."""
    found = pattern.search(text)
    return bool(found and _NEGATED.search(text[: found.start()]))
