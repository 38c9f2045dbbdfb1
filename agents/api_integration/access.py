"""How callers prove who they are, and how often they may call: what the document quotes of the brief, as data."""

import re

from contracts.api import ApiRole, Authentication, RateLimit
from contracts.published import PublishedDesign

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(
    r"(?P<count>\d[\d,.]*)\s*(?:requests?|calls?|queries)?\s*(?:per|/|a|an|each|every)\s*(?P<unit>second|minute|hour|day|s|min|h)\b"
    r"(?:\s*(?:per|for each|for every|/)\s*(?P<per>[a-z][a-z -]*[a-z]))?",
    re.IGNORECASE,
)
_LIFE = re.compile(r"(\d+)\s*[- ]?(second|minute|hour|day)s?", re.IGNORECASE)


def rate_limits(design: PublishedDesign) -> tuple[RateLimit, ...]:
    """The limits that the brief's sentences state; a sentence without a number limits nothing."""
    found = []
    for sentence in design.application.rate_limits:
        for match in _RATE.finditer(sentence):
            unit = {"s": "second", "min": "minute", "h": "hour"}.get(match["unit"].lower(), match["unit"].lower())
            count = int(re.sub(r"[,.]", "", match["count"]))
            if count:
                per = (match["per"] or "caller").strip().lower()
                found.append(RateLimit(requests=count, seconds=_UNITS[unit], per=per, sentence=sentence))
    return tuple(found)


def authentication(design: PublishedDesign, roles: tuple[ApiRole, ...]) -> Authentication:
    """The scheme of the brief; bearer tokens where roles have to be told apart and the brief names none."""
    said = design.application.authentication
    low = said.lower()
    if not roles and not said:
        return Authentication(kind="none")
    life = _LIFE.search(said)
    seconds = int(life[1]) * _UNITS[life[2].lower()] if life else None
    if "openid" in low or "oidc" in low:
        return Authentication(kind="openid", token_seconds=seconds, sentence=said)
    token = "JWT" if re.search(r"\bjwt\b|json web token", low) else ""
    return Authentication(kind="bearer", token_format=token, token_seconds=seconds, sentence=said)
