"""Where in a document the script names something: the line for whatever the database says exists.

The database knows no lines and the document knows no objects, so both are joined by name: a table by the statement
that makes it, its parts by the first line of that statement that holds their name, everything else by the first
line of the script that holds it outside of a comment.
"""

import re
from collections.abc import Iterator, Sequence

from artifacts.statements import SqlStatement

_WORD = re.compile(r"[^\W\d][\w$]*")
_MAKES_TABLE = re.compile(
    r"\s*CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:\"?[\w$]+\"?\s*\.\s*)?\"?([\w$]+)\"?",
    re.IGNORECASE,
)
_CHANGES_TABLE = re.compile(
    r"\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?:\"?[\w$]+\"?\s*\.\s*)?\"?([\w$]+)\"?", re.IGNORECASE
)


class Places:
    """The lines on which a script's names stand."""

    def __init__(self, statements: Sequence[SqlStatement]) -> None:
        self._first: dict[str, int] = {}
        self._stored: dict[str, int] = {}
        self._tables: dict[str, dict[str, int]] = {}
        self._grants: list[tuple[int, frozenset[str]]] = []
        for statement in statements:
            self._read(statement)

    def of(self, name: str) -> int | None:
        """The first line that names this outside of a comment; a statement that only stores the word counts last."""
        return self._first.get(name) or self._stored.get(name)

    def table(self, name: str) -> int | None:
        """The line on which CREATE TABLE names the table."""
        return self._tables.get(name, {}).get(name) or self.of(name)

    def part(self, table: str, name: str) -> int | None:
        """The line of a column or constraint: where its table's own statements name it, else the table's line."""
        return self._tables.get(table, {}).get(name) or self.table(table)

    def named(self, table: str, name: str) -> int | None:
        """The line of something of a table that has its own statement: an index, a policy, a trigger."""
        return self.of(name) or self.part(table, name)

    def grant(self, role: str, table: str, command: str) -> int | None:
        """The line of the first GRANT of this command that names both."""
        wanted = frozenset((role, table))
        for line, words in self._grants:
            if wanted <= words and (command in words or "all" in words):
                return line
        return self.table(table)

    def _read(self, statement: SqlStatement) -> None:
        words = tuple(_words(statement))
        stores = bool(words) and words[0][0].lower() in ("insert", "update", "delete", "select", "comment")
        for word, line in words:
            (self._stored if stores else self._first).setdefault(word, line)
        text = _without_comments(statement.text)
        head = _MAKES_TABLE.match(text) or _CHANGES_TABLE.match(text)
        if head:
            known = self._tables.setdefault(head[1], {})
            for word, line in words:
                known.setdefault(word, line)
        if words and words[0][0].lower() == "grant":
            line = words[0][1]
            self._grants.append((line, frozenset(w for word, _ in words for w in (word, word.lower()))))


def _words(statement: SqlStatement) -> Iterator[tuple[str, int]]:
    """The words outside of `--` comments, each with its line in the document."""
    for number, line in enumerate(statement.text.splitlines(), start=statement.line):
        for word in _WORD.findall(line.split("--", 1)[0]):
            yield word, number


def _without_comments(text: str) -> str:
    """The statement without the comment lines above it."""
    return re.sub(r"^\s*--[^\n]*\n?", "", text, flags=re.MULTILINE)
