"""What an engine keeps as text alone: pieces of a statement between brackets, and the names and values in them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from contracts.catalogue import PublishedExclusion, PublishedTrigger

_SKIPPED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|/\*.*?\*/""", re.DOTALL)
_LITERAL = re.compile(r"(?:_utf8mb4)?'((?:[^']|'')*)'", re.IGNORECASE)
_ONE_OF = re.compile(r"""[`"]?[\w$]+[`"]?\s+IN\s*\((.*)\)""", re.IGNORECASE | re.DOTALL)
_OVERLAP = re.compile(r"""23P01['":].*?"([\w$]+)\"""", re.DOTALL)
_OTHER = re.compile(r"\bother\.[`\"]?([\w$]+)")


def blank(sql: str) -> str:
    """The text with strings, quoted names and comments as spaces, so that positions stay.

    >>> blank("a ')' b")
    'a     b'
    """
    return _SKIPPED.sub(lambda found: " " * len(found[0]), sql)


def bracketed(sql: str, start: int) -> str:
    """What stands between the bracket at `start` and the one that closes it.

    >>> bracketed("CHECK (a IN (1, 2)) x", 6)
    'a IN (1, 2)'
    """
    plain, depth = blank(sql), 0
    for at in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(plain[at], 0)
        if depth == 0:
            return sql[start + 1 : at].strip()
    return sql[start + 1 :].strip()


def words(sql: str, known: Iterable[str]) -> tuple[str, ...]:
    """Which of the known names stand in the text outside of strings, in the order of the known ones.

    >>> words("status IN ('open')", ("open", "status"))
    ('status',)
    """
    text = re.sub(r"'(?:[^']|'')*'|--[^\n]*", " ", sql)
    there = set(re.findall(r"[\w$]+", text))
    return tuple(name for name in known if name in there)


def one_of(expression: str) -> tuple[str, ...]:
    """The values that a CHECK on one column allows, when it is a list of texts and nothing else.

    >>> one_of("sex IN ('f', 'm')"), one_of("a IN (0, 1)"), one_of("length(a) <= 3")
    (('f', 'm'), (), ())
    """
    found = _ONE_OF.fullmatch(expression.strip())
    if not found or _LITERAL.sub("", found[1]).strip(" ,\n"):
        return ()
    return tuple(value.replace("''", "'") for value in _LITERAL.findall(found[1]))


def overlaps(definition: str, columns: Iterable[str]) -> tuple[str, tuple[str, ...]] | None:
    """Name and columns of the rule that a trigger keeps in place of an exclusion constraint, if it keeps one."""
    found = _OVERLAP.search(definition)
    if not found:
        return None
    compared = set(_OTHER.findall(definition))
    return found[1], tuple(column for column in columns if column in compared and column != "id")


def sensitivity(comment: str) -> str:
    """The word that a column's comment gives."""
    found = re.search(r"\bsensitivity: (\w+)", comment, re.IGNORECASE)
    return found[1] if found else ""


def line_comments(sql: str) -> Iterator[tuple[str, str]]:
    """The first word of each line with the comment at the line's end."""
    for line in sql.splitlines():
        found = re.match(r"""\s*["`]?([\w$]+)[^'-]*(?:'(?:[^']|'')*'[^'-]*)*--\s*(.+)$""", line)
        if found:
            yield found[1], found[2].strip()


def exclusions(triggers: Iterable[PublishedTrigger], columns: Sequence[str]) -> Iterator[PublishedExclusion]:
    """Rules against overlaps, which triggers keep on INSERT and on UPDATE; each is told once."""
    told = set()
    for trigger in triggers:
        found = overlaps(trigger.definition, columns)
        if found and found[0] not in told:
            told.add(found[0])
            yield PublishedExclusion(name=found[0], columns=found[1], definition=trigger.definition, line=trigger.line)
