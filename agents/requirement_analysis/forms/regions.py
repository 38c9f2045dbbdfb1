"""Where a brief holds a structured form without a fence: SQL, JSON, DBML, diagrams, classes, Gherkin between prose.

Markdown would join such lines to paragraphs and lose their marks, so they are cut out before it is parsed. Every line
is looked at a bounded number of times: an opening that does not close forbids the next try before the place where the
search gave up.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """Lines `first` to `last` (counted from 0, both included) in one notation."""

    first: int
    last: int
    language: str


FENCE = re.compile(r"^\s{0,3}(?:[-*+]\s+)?(?P<mark>`{3,}|~{3,})")
_HEADING = re.compile(r"^#{1,6}\s")
_NAME = r"(?:[\w.$]+|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])"
_SQL = re.compile(
    rf"^\s*(?:CREATE\s+(?:GLOBAL\s+|LOCAL\s+|TEMP(?:ORARY)?\s+|UNLOGGED\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"{_NAME}(?:\.{_NAME})*\s*(?:\(.*|--.*)?$"
    rf"|CREATE\s+TYPE\s+{_NAME}\s+AS\b|CREATE\s+(?:UNIQUE\s+)?INDEX\s.*\bON\b"
    rf"|ALTER\s+TABLE\s+(?:ONLY\s+|IF\s+EXISTS\s+)*{_NAME}(?:\.{_NAME})*\s*(?:ADD\b.*)?$"
    rf"|COMMENT\s+ON\s+(?:TABLE|COLUMN)\s)",
    re.IGNORECASE,
)
_JSON = re.compile(r"^\s*(?:\"\w+\"\s*:\s*)?(?:\[\s*)?\{\s*(?:\"[^\"]*\"\s*:.*)?$|^\s*\[\s*$")
_DBML = re.compile(r"^\s*(?:Table|Enum|TableGroup|Project|Ref)\s+[^{:]*\{|^\s*Ref\b[^:{]*(?:\{|:\s*\S+\s*[<>-])", re.I)
_CLASS = re.compile(
    r"^\s*(?:@\w+(?:\([^()]*\))?\s+)*(?:(?:export|public|private|abstract|final|data|sealed|declare|default)\s+)*"
    r"(?:class|interface|type|model|entity|struct|record|enum)\s+\w+[^{}()]*(?:=\s*)?\{"
)
_PYTHON = re.compile(r"^class\s+\w+(?:\([\w., =\[\]]*\))?\s*:\s*$")
_BOX = re.compile(r"^\s*[A-Z]\w*\s*\{\s*$")
_GHERKIN = re.compile(r"^\s*(?:Feature|Scenario(?: Outline)?|Background|Example)\s*:")
_STEP = re.compile(r"^\s*(?:(?:Given|When|Then|And|But)\s|\*\s|\||@|\"\"\"|#(?!#)|(?:Feature|Rule|Background|Scenario"
                   r"(?: Outline| Template)?|Examples?|Scenarios)\s*:)")  # fmt: skip
_CONNECTOR = re.compile(r"^\s*(?:\"[^\"]+\"|[\w-]+)(?:\[[^\]]*\])?\s+(?:[|}o]{2}|one\b|zero\b|many\b|only\b|\d)")
_OTHER = re.compile(r"%%|(?:direction|title|acc\w+|style|classDef|class)\b")
_DRAWN = re.compile(r"--|\.\.|<<|[{}]|^(?:class|state|direction|note)\s")
_MAPPING = re.compile(r"^[A-Za-z_][\w-]*:\s*$")
_MAPPED = re.compile(r"^\s{2,}[A-Za-z_][\w-]*\??:(?:\s+\S.*)?$|^\s{4,}-\s+\S")


def regions(lines: Sequence[str]) -> tuple[Region, ...]:
    """The unfenced structured parts of a text, in order, not overlapping."""
    return tuple(_regions(lines))


def _regions(lines: Sequence[str]) -> Iterator[Region]:
    number, closed, fence = 0, dict.fromkeys(_READERS, 0), ""
    while number < len(lines):
        line = lines[number]
        if mark := FENCE.match(line):
            fence = "" if fence and mark["mark"].startswith(fence) else fence or mark["mark"]
        elif not fence and (found := _region(lines, number, closed)):
            yield found
            number = found.last
        number += 1


def _region(lines: Sequence[str], number: int, closed: dict[str, int]) -> Region | None:
    """The region that begins on this line, if one does."""
    for language, (begins, end_of) in _READERS.items():
        if number < closed[language] or not begins.match(lines[number]):
            continue
        last, complete = end_of(lines, number)
        if complete:
            return Region(_with_remarks(lines, number) if language == "sql" else number, last, language)
        closed[language] = last + 1
    return None


def _with_remarks(lines: Sequence[str], number: int) -> int:
    """The first line of the remarks right above a statement, `--` or `/* … */`."""
    while number and lines[number - 1].lstrip().startswith("--") and lines[number - 1].strip("- "):
        number -= 1
    if number and lines[number - 1].rstrip().endswith("*/"):
        opened = (n for n in range(number - 1, max(number - _LONGEST_REMARK, 0) - 1, -1) if "/*" in lines[n])
        return next(opened, number)
    return number


_LONGEST_REMARK = 30


def _statement(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """To the semicolon, or without one to the closing parenthesis; another statement or a heading ends it too."""
    depth, opened = 0, False
    for number in range(first, len(lines)):
        if number > first and (_HEADING.match(lines[number]) or _SQL.match(lines[number])):
            return number - 1, True
        bare = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`|--.*$", "", lines[number])
        depth += bare.count("(") - bare.count(")")
        opened = opened or "(" in bare
        ends = bare.rstrip().endswith(";")
        if depth <= 0 and (ends or (opened and not _goes_on(lines, number))):
            return number, True
        if depth <= 0 and not opened and not bare.strip():
            return number - 1, True
    return len(lines) - 1, opened


def _goes_on(lines: Sequence[str], number: int) -> bool:
    """Whether table options follow the closing parenthesis before a semicolon."""
    following = lines[number + 1].strip() if number + 1 < len(lines) else ""
    return (
        following.startswith(")")
        or following == ";"
        or bool(re.match(r"(?:ENGINE|COMMENT|WITH|PARTITION)\b", following))
    )


def _braces(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """To the bracket that closes the first one."""
    depth = 0
    for number in range(first, len(lines)):
        if number > first and (_HEADING.match(lines[number]) or FENCE.match(lines[number])):
            return number - 1, False
        bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'[^'\n]*'|//.*$", "", lines[number])
        depth += bare.count("{") + bare.count("[") - bare.count("}") - bare.count("]")
        if depth <= 0:
            return number, True
    return len(lines) - 1, False


def _json(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """A bracketed text that holds a quoted key."""
    last, complete = _braces(lines, first)
    head = "".join(lines[first : min(last, first + 3) + 1])
    return last, complete and bool(re.search(r"\{\s*\"[^\"]*\"\s*:", head))


def _references(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """A block in braces, or a one-line `Ref: a.b > c.d`."""
    return _braces(lines, first) if "{" in lines[first] else (first, True)


def _indented(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """The indented lines below a `class X:`."""
    last = first
    for number in range(first + 1, len(lines)):
        if lines[number].strip() and not lines[number][:1].isspace():
            break
        last = number if lines[number].strip() else last
    return last, last > first


def _mapping(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """Indented `key: value` lines below `Name:`; two at least, so that a wrapped sentence is none."""
    last = first
    while last + 1 < len(lines) and _MAPPED.match(lines[last + 1]):
        last += 1
    return last, last >= first + 2


def _diagram(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """Connectors and boxes below `erDiagram`."""
    number, inside, last = first + 1, False, first
    while number < len(lines):
        text = lines[number].strip()
        if text and not inside and not (_CONNECTOR.match(text) or text.endswith(("{", "}")) or _OTHER.match(text)):
            break
        inside = (inside or text.endswith("{")) and text != "}"
        last = number if text else last
        number += 1
    return last, last > first


def _drawing(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """What stands indented, in braces or with an arrow below `classDiagram` or `stateDiagram`."""
    depth, last = 0, first
    for number in range(first + 1, len(lines)):
        text = lines[number].strip()
        drawn = depth > 0 or lines[number][:1].isspace() or bool(_DRAWN.search(text))
        if text and not drawn:
            break
        depth = max(depth + text.count("{") - text.count("}"), 0)
        last = number if text else last
    return last, last > first


def _scenario(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """Steps below `Feature:` or `Scenario:`; the free text between a title and its first step belongs to it."""
    last, steps, free = first, 0, True
    for number in range(first + 1, len(lines)):
        text = lines[number].strip()
        if _STEP.match(lines[number]) and not _HEADING.match(lines[number]):
            last, free = number, text.endswith(":") or bool(_GHERKIN.match(text))
            steps += bool(re.match(r"(?:Given|When|Then)\s", text))
        elif text and (_HEADING.match(lines[number]) or not (free and lines[number][:1].isspace())):
            break
    return last, steps > 0


_READERS: dict[str, tuple[re.Pattern[str], Callable[[Sequence[str], int], tuple[int, bool]]]] = {
    "sql": (_SQL, _statement),
    "mermaid": (re.compile(r"^\s*erDiagram\s*$"), _diagram),
    "drawing": (re.compile(r"^\s*(?:class|state)Diagram(?:-v2)?\s*$"), _drawing),
    "dbml": (_DBML, _references),
    "json": (_JSON, _json),
    "class": (_CLASS, _braces),
    "python": (_PYTHON, _indented),
    "box": (_BOX, _braces),
    "gherkin": (_GHERKIN, _scenario),
    "yaml": (_MAPPING, _mapping),
}
