"""SQLite's spelling of names and texts.

Identifiers arrive as `contracts.base.Identifier`, which cannot break out of SQL; `quoted` is needed for
reserved words alone. Text of a brief reaches SQL through `literal` and no other way.
"""

from agents.dialects.standard import literal as literal

NAME = "SQLite"
LABEL = "SQLite"
VERSIONS = ("3.37",)
"""The oldest version that designs run on, and the later ones for which they differ."""

RESERVED = frozenset(
    """
    add all alter and as asc autoincrement begin between by case cast check collate commit constraint create cross
    current_date current_time current_timestamp default deferrable delete desc distinct drop else end escape except
    exists explain filter for foreign from full glob group having if in index indexed inner insert intersect into is
    isnull join left limit match natural not nothing notnull null of offset on or order outer over pragma primary raise
    references regexp replace returning right rowid select set table then to transaction trigger union unique update
    using values when where window with
    """.split()
)
"""Words that SQLite refuses as a name somewhere, and those that it takes but a reader or another tool would not."""


def quoted(name: str) -> str:
    """The identifier as SQL: in double quotes when it is reserved, otherwise as it is."""
    return f'"{name}"' if name in RESERVED else name
