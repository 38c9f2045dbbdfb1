"""A script's text → its single statements, split where psql splits them.

A semicolon ends a statement unless it stands in a string, a quoted name, a comment, a dollar quote, brackets
or an SQL-standard function body (`BEGIN ATOMIC … END`). The rules are those of PostgreSQL's own lexer
(psqlscan.l) with `standard_conforming_strings` on; it needs no grammar, and it never changes a character.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(
    r"""
    (?P<comment>--[^\n\r]*)
  | (?P<block>/\*)
  | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*(?P<escaped_end>'?))
  | (?P<string>'(?:[^']|'')*(?P<string_end>'?))
  | (?P<name>"(?:[^"]|"")*(?P<name_end>"?))
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
  | (?P<parameter>\$\d+)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<open>[(\[]) | (?P<close>[)\]]) | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)


class UnclosedError(ValueError):
    """Something in a script is opened and never closed; `line` counts from the script's first line."""

    def __init__(self, what: str, line: int) -> None:
        self.fact, self.line = f"{what} is opened and never closed.", line
        super().__init__(f"Line {line}: {self.fact}")


@dataclass(frozen=True)
class SqlStatement:
    """A statement with the comments above it, without its semicolon, and the line on which it starts."""

    text: str
    line: int


@dataclass
class _Scan:
    """Where the lexer is: how deep in brackets and bodies, and how the statement started."""

    brackets: int = 0
    bodies: int = 0
    words: tuple[str, ...] = ()
    content: bool = False

    def take_word(self, word: str) -> None:
        """Follow `CREATE [OR REPLACE] FUNCTION … BEGIN … CASE … END … END` as psql does, a trigger as sqlite3 does."""
        self.words = (*self.words[:3], word) if len(self.words) < 4 else self.words
        if self.brackets or not self._makes_routine():
            return
        if word == "begin" or (word == "case" and self.bodies):
            self.bodies += 1
        elif word == "end" and self.bodies:
            self.bodies -= 1

    def _makes_routine(self) -> bool:
        """Whether the statement creates a function, a procedure or a trigger with a body."""
        head = tuple(w for w in self.words if w not in {"or", "replace", "temp", "temporary"})
        return head[:1] == ("create",) and head[1:2] in {("function",), ("procedure",), ("trigger",)}


def split_statements(script: str) -> tuple[SqlStatement, ...]:
    """The statements in order; comments stay with the statement below them, a trailing comment is dropped.

    Between `DELIMITER //` and `DELIMITER ;`, which MariaDB's client is told on lines of their own, statements end with
    the other mark on a line of its own.
    UnclosedError when a string, name, comment or dollar quote is still open at the end.

    >>> [s.text for s in split_statements("select ';'; select $x$;$x$;")]
    ["select ';'", 'select $x$;$x$']
    """
    found: list[SqlStatement] = []
    mark, line = ";", 0
    for number, part in enumerate(_DELIMITER.split(script)):
        if number % 2:  # what the client is told; what it runs stands between
            mark = part
            continue
        parts = _split(part) if mark == ";" else _marked(part, mark)
        found += (SqlStatement(one.text, one.line + line) for one in parts)
        line += part.count("\n")
    return tuple(found)


_DELIMITER = re.compile(r"(?m)^DELIMITER (\S+)[ \t]*$")


def _marked(script: str, mark: str) -> Iterator[SqlStatement]:
    """Statements that end with a line of the mark alone."""
    at = 0
    for text in re.split(rf"(?m)^{re.escape(mark)}[ \t]*$", script):
        if text.strip():
            yield _statement(script, at, at + len(text))
        at += len(text) + len(mark)


def _split(script: str) -> tuple[SqlStatement, ...]:
    """Statements that end with a semicolon."""
    found: list[SqlStatement] = []
    scan, start, at = _Scan(), 0, 0
    while at < len(script):
        match = _TOKEN.search(script, at)
        scan.content = scan.content or bool(script[at : match.start() if match else None].strip())
        if match is None:
            break
        kind = str(match.lastgroup)
        at = _token_end(script, match, kind)
        if kind == "end" and scan.brackets == 0 and scan.bodies == 0:
            if scan.content:
                found.append(_statement(script, start, match.start()))
            scan, start = _Scan(), at
        else:
            _follow(scan, kind, match[0])
    if scan.content:
        found.append(_statement(script, start, len(script)))
    return tuple(found)


def _follow(scan: _Scan, kind: str, text: str) -> None:
    """What a token means for where we are."""
    scan.content = scan.content or kind not in {"comment", "block"}
    if kind == "word":
        scan.take_word(text.lower())
    elif kind == "open":
        scan.brackets += 1
    elif kind == "close":
        scan.brackets = max(0, scan.brackets - 1)


def _token_end(script: str, match: re.Match[str], kind: str) -> int:
    """The position after the token; UnclosedError when it is never closed."""
    if kind == "block":
        return _block_comment_end(script, match.start())
    if kind == "dollar":
        end = script.find(match[0], match.end())
        if end < 0:
            raise UnclosedError(f"The quote {match[0]}", _line(script, match.start()))
        return end + len(match[0])
    if kind in {"escaped", "string", "name"} and not match[f"{kind}_end"]:
        raise UnclosedError(f"The quote {match[0].split()[0][:20]}", _line(script, match.start()))
    return match.end()


def _block_comment_end(script: str, start: int) -> int:
    """The position after a block comment; PostgreSQL nests them."""
    depth, at = 0, start
    for part in re.finditer(r"/\*|\*/", script[start:]):
        depth += 1 if part[0] == "/*" else -1
        at = start + part.end()
        if depth == 0:
            return at
    raise UnclosedError("The comment", _line(script, start))


def _statement(script: str, start: int, end: int) -> SqlStatement:
    """The text between two semicolons without the space around it."""
    space = _SPACE.match(script, start)
    first = space.end() if space else start
    return SqlStatement(script[first:end].rstrip(), _line(script, first))


def _line(script: str, at: int) -> int:
    """The 1-based line of a position."""
    return script.count("\n", 0, at) + 1


def terminated(sql: str) -> str:
    """The SQL ending in exactly one semicolon, on its own line when the last line is a comment."""
    parts = split_statements(sql)
    return "\n".join(f"{part.text}\n;" if _ends_in_comment(part.text) else f"{part.text};" for part in parts)


def _ends_in_comment(statement: str) -> bool:
    """Whether the last line has a comment that would swallow a semicolon."""
    last = [match for match in _TOKEN.finditer(statement) if match.end() == len(statement)]
    return bool(last) and last[-1].lastgroup == "comment"
