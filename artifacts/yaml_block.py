"""Plain data with notes → YAML that people read, and that always parses back to the same data.

`yaml.safe_dump` cannot write comments, and a number of the design is worth little without its formula beside
it. So the structure is written here and each scalar by `safe_dump`, which knows what needs quotes.
"""

import datetime as dt
import functools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from artifacts.escape import has_hidden, wrapped, yaml_comment

SCALARS = (str, int, float, bool, dt.date, type(None))
WIDTH = 120


class Lines(str):
    """Text that is shown line by line, such as a script, where YAML allows it."""

    __slots__ = ()


@dataclass(frozen=True)
class Noted:
    """A value with the comment that stands beside it, or above it when the line would be too long."""

    value: object
    note: str


def yaml_text(data: Mapping[str, object] | Sequence[object], comment: str = "") -> str:
    """YAML in block style, with `comment` as its first line; TypeError for anything but plain data.

    >>> print(yaml_text({"pool": {"size": Noted(9, "cores × 2 + 1")}, "tags": ["a", "yes"]}))
    pool:
      size: 9  # cores × 2 + 1
    tags:
      - a
      - 'yes'
    """
    head = list(_comment(yaml_comment(comment), ""))
    empty = [] if data else ["{}" if isinstance(data, Mapping) else "[]"]
    return "\n".join((*head, *empty, *_lines(data, 0)))


def plain(data: object) -> object:
    """The data without its notes: what a YAML parser must give back."""
    if isinstance(data, Noted):
        return plain(data.value)
    if isinstance(data, Mapping):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return [plain(value) for value in data]
    return data


def _lines(data: object, depth: int) -> Iterator[str]:
    """The lines of a mapping or sequence whose parent stands `depth` steps in."""
    pad = "  " * depth
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _entry(f"{pad}{_scalar(key)}:", value, depth)
    elif isinstance(data, Sequence):
        for value in data:
            yield from _item(pad, value, depth)


def _entry(head: str, value: object, depth: int) -> Iterator[str]:
    """`key: value`, or the key and its children one step further in."""
    value, note = _unwrapped(value)
    if _is_nested(value):
        yield from _with_note(head, note, "  " * depth)
        yield from _lines(value, depth + 1)
    else:
        yield from _with_note(f"{head} {_leaf(value, len(head) + 1, depth + 1)}", note, "  " * depth)


def _item(pad: str, value: object, depth: int) -> Iterator[str]:
    """`- value`, or the first line of the child behind the dash and the others below it."""
    value, note = _unwrapped(value)
    if not _is_nested(value):
        yield from _with_note(f"{pad}- {_leaf(value, len(pad) + 2, depth + 1)}", note, pad)
        return
    yield from _comment(note, pad)
    first = True
    for line in _lines(value, depth + 1):
        if first and line.lstrip().startswith("#"):
            yield f"{pad}{line.lstrip()}"
        else:
            yield f"{pad}- {line[len(pad) + 2 :]}" if first else line
            first = False


def _with_note(line: str, note: str, pad: str) -> Iterator[str]:
    """The line with its note behind it, or above it where both together are too wide."""
    if note and "\n" not in line and len(line) + len(note) + 4 <= WIDTH:
        yield f"{line}  # {note}"
    else:
        yield from _comment(note, pad)
        yield from line.split("\n")


def _comment(note: str, pad: str) -> Iterator[str]:
    """Comment lines of at most the width, longer words left whole."""
    for part in wrapped(note, WIDTH - len(pad) - 2):
        yield f"{pad}# {part}"


def _unwrapped(value: object) -> tuple[object, str]:
    """The value and its note; nested notes are joined."""
    notes: list[str] = []
    while isinstance(value, Noted):
        notes.append(yaml_comment(value.note))
        value = value.value
    return value, "; ".join(filter(None, notes))


def _is_nested(value: object) -> bool:
    """Whether the value has children; an empty container is a leaf."""
    return isinstance(value, (Mapping, Sequence)) and not isinstance(value, (str, bytes)) and len(value) > 0


def _leaf(value: object, column: int, depth: int) -> str:
    """A scalar or an empty container; a long one goes on in lines that stand `depth` steps in."""
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return "[]"
    if isinstance(value, Lines):
        if _fits_lines(value):
            return _literal(value, "  " * depth)
        value = str(value)
    short = _scalar(value)
    if column + len(short) <= WIDTH or not isinstance(value, str):
        return short
    lines = _scalar(value, max(40, WIDTH - column)).split("\n")
    return "\n".join((lines[0], *(f"{'  ' * depth}{line.strip()}" for line in lines[1:])))


def _fits_lines(text: str) -> bool:
    """Whether a literal block gives the same text back: no hidden character, no indented or empty first line."""
    lines = text.split("\n")
    return len(lines) > 1 and not has_hidden(text) and lines[0][:1] not in ("", " ") and not text.endswith("\n\n")


def _literal(text: str, pad: str) -> str:
    """A literal block, each line one step in."""
    ends = text.endswith("\n")
    lines = text.removesuffix("\n").split("\n")
    return "\n".join(("|" if ends else "|-", *(f"{pad}{line}" if line else "" for line in lines)))


def _scalar(value: object, width: float = math.inf) -> str:
    """A scalar as `safe_dump` spells it; hidden characters and line breaks as escapes in double quotes."""
    if isinstance(value, str) and _PLAIN_WORD.fullmatch(value) and value.lower() not in _READ_AS_OTHER:
        return value
    if not isinstance(value, SCALARS):
        raise TypeError(f"{type(value).__name__} is no plain data for YAML: convert {value!r} to a string or a number")
    text = str(value) if isinstance(value, str) else ""
    quoted = bool(text) and ("\n" in text or has_hidden(text) or _READ_DIFFERENTLY.fullmatch(text) is not None)
    return _dumped(value, width, '"' if quoted else None, not has_hidden(text))


@functools.lru_cache(maxsize=4096, typed=True)
def _dumped(value: object, width: float, style: str | None, unicode: bool) -> str:
    """What PyYAML writes; manifests repeat the same labels and names a hundred times."""
    dumped = yaml.safe_dump(value, allow_unicode=unicode, width=width, default_style=style)
    return dumped.removesuffix("...\n").strip("\n")


_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")  # needs no look by safe_dump, which takes most of the time
_READ_AS_OTHER = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_READ_DIFFERENTLY = re.compile(r"0o[0-7]+|[0-9]+e[+-]?[0-9]+", re.IGNORECASE)  # numbers in YAML 1.2, strings in 1.1
