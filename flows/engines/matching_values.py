"""Values that a CHECK with a regular expression takes, made from the expression, so that no table stays empty for it.

Sequences of characters, classes and counts are understood, which is what formats of keys, numbers and sealed values
are; groups and alternatives are not.
"""

import re
import string

from flows.engines.session import literal

_PIECE = re.compile(
    r"(?:\[(?P<set>\^?\]?(?:\[:\w+:\]|\\.|[^\]])+)\]|\\(?P<escaped>\W)|\\(?P<short>[dws])|(?P<plain>[^\\\[\](){}|*+?^$.])|(?P<any>\.))"
    r"(?:\{(?P<least>\d+)(?P<more>,(?P<most>\d*))?\}|(?P<sign>[*+?]))?"
)
_POSIX = {"upper": "A-Z", "lower": "a-z", "digit": "0-9", "alpha": "A-Za-z", "alnum": "A-Za-z0-9", "space": r"\s",
          "xdigit": "0-9A-Fa-f"}  # fmt: skip
_CHARACTERS = string.digits + string.ascii_letters + string.punctuation + " "
_MANY = 7
"""Digits that tell the rows apart."""


def matching(pattern: str) -> str | None:
    """An SQL expression over the row number n whose values match the whole pattern; None where it is not understood.

    >>> matching("^[0-9a-f]{8}$")
    "lpad(n::text, 8, '0')"
    >>> matching(r"^v1\\.[A-Z]{2}-[0-9]+$")
    "'v1.AA-' || lpad(n::text, 7, '0')"
    >>> matching("^(a|b)$") is None
    True
    """
    inside = pattern.removeprefix("^").removesuffix("$")
    parts: list[str] = []
    counted, place = False, 0
    while place < len(inside):
        found = _PIECE.match(inside, place)
        character = _one(found) if found else ""
        if found is None or not character:
            return None
        least, most = _counts(found)
        if not counted and character == "0" and most >= _MANY:
            counted = True
            parts.append(f"lpad(n::text, {max(least, _MANY)}, '0')")
        elif least:
            parts.append(literal(character * least))
        place = found.end()
    return _joined(parts)


def _one(piece: re.Match[str]) -> str:
    """A character of the piece, a digit where one is allowed; empty where there is none."""
    if piece["escaped"] or piece["plain"]:
        return piece["escaped"] or piece["plain"]
    inside = re.sub(r"\[:(\w+):\]", lambda m: _POSIX.get(m[1], ""), piece["set"] or "")
    allowed = f"[{inside}]" if inside else "." if piece["any"] else f"\\{piece['short']}"
    return next((c for c in _CHARACTERS if re.fullmatch(allowed, c)), "")


def _counts(piece: re.Match[str]) -> tuple[int, int]:
    """How often the piece stands there, at least and at most."""
    if piece["sign"]:
        return (1 if piece["sign"] == "+" else 0), (1 if piece["sign"] == "?" else 10**6)
    least = int(piece["least"] or 1)
    return least, int(piece["most"] or 10**6) if piece["more"] else least


def _joined(parts: list[str]) -> str:
    """The parts as one expression, neighbouring literals as one."""
    text = " || ".join(parts) or "''"
    return re.sub(r"(?<=[^'])' \|\| '(?=[^'])", "", text)
