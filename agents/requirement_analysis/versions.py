"""The version of a product that a sentence asks for, which stands beside the product's name."""

import re

from agents.screening import screened

_NUMBER = r"(?P<version>\d{1,2}(?:\.\d{1,3}){0,2})(?!\.?\d)"
_AFTER = re.compile(
    rf"""["'`*)]*(?:\s+(?:server|database))?\s*[:,(-]?\s*(?:is\s+|in\s+|at\s+least\s+|from\s+|ab\s+|>=?\s*|≥\s*)*"""
    rf"(?:(?:version|release|v)\.?\s*)?(?:>=?\s*|≥\s*)?{_NUMBER}",
    re.IGNORECASE,
)
_BEFORE = screened(rf"\b(?:version|release)\s+{_NUMBER}\s+(?:of|von)\s+$", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s*(?:%|x\b|[gmtk]i?b\b|(?:v?cpu|core|node|server|instance|replica|standby|machine)\b"
    r"|(?!(?:is|as|has|was|this|lts)\b)[a-z]+s\b)",
    re.IGNORECASE,
)
"""What makes the number one of things: a unit, or a noun in the plural."""


def version_beside(text: str, start: int, end: int) -> str:
    """The version beside the product's name at text[start:end]; empty where none stands there, or a number of things.

    >>> text = "The database is PostgreSQL 16 or later."
    >>> version_beside(text, text.index("Post"), text.index(" 16"))
    '16'
    >>> version_beside("PostgreSQL: 3 instances", 0, 10), version_beside("MariaDB (>= 10.6)", 0, 7)
    ('', '10.6')
    """
    before, after = _BEFORE.search(text[:start]), _AFTER.match(text, end)
    if before:
        return before["version"]
    if after is None or _COUNTED.match(text, after.end()):
        return ""
    return after["version"]
