"""Words that are denied where they stand."""

import re

from agents.screening import Screened

_NEGATED = re.compile(r"\b(?:no|without|not|never)\s+(?:\w+\s+){0,2}$", re.I)


def denied(text: str, pattern: Screened) -> bool:
    """Whether the words before a match deny it: `no login`."""
    found = pattern.search(text)
    return bool(found and _NEGATED.search(text[: found.start()]))
