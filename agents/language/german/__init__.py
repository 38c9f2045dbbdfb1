"""German briefs: read into English for the readers of requirements, and the design given its German names back."""

from agents.language.german.brief import Glossed, glossed, speaks_german
from agents.language.german.restored import restored

__all__ = ["Glossed", "glossed", "restored", "speaks_german"]
