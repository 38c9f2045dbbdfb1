"""Which engine family a document is for, read from its own text."""

import re

from agents import dialects


def family_of(text: str) -> str:
    """The engine family that the document's configuration names; PostgreSQL where it names none."""
    stated = re.search(r"^  primary: (\w+)", text, re.MULTILINE)
    return next((one.name for one in dialects.families() if stated and one.label == stated[1]), "postgresql")
