"""A document's text cut into fenced blocks and what stands between them, so that no character is lost.

Reading for people's sake (`reading`) normalises line ends; here every character stays, because the document that a
contract gives back must have the bytes of the one that was read. Lines are 1-based.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import yaml
from markdown_it.token import Token

from artifacts.reading import DocumentError, blocks, parsed
from contracts.published import SourceBlock, SourceTable

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel has it: ten times faster

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Lined:
    """Parsed YAML or JSON with the document's line of each key and item; a path is keys and positions."""

    data: Any
    lines: dict[Path, int]

    def line(self, *path: str | int) -> int | None:
        """The line of what stands at the path, or of the nearest thing above it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def source_blocks(raw: str) -> tuple[tuple[SourceBlock, ...], str]:
    """All fenced blocks of the raw text in order, and the text below the last; YAML and JSON are parsed.

    Raises `DocumentError` for a fence that is never closed. A block that does not parse has no data: `faults` says why.
    """
    lines = _LINE.findall(raw)
    found: list[SourceBlock] = []
    done = 0
    for block, (start, end) in zip(blocks(raw), _fences(parsed(raw)), strict=True):
        found.append(
            SourceBlock(
                language=block.language,
                section=block.section,
                text=block.text,
                data=_data(block.language, block.text),
                before="".join(lines[done:start]),
                source="".join(lines[start:end]),
                line=block.line,
            )
        )
        done = end
    return tuple(found), "".join(lines[done:])


def faults(found: tuple[SourceBlock, ...]) -> tuple[DocumentError, ...]:
    """Why YAML and JSON blocks do not parse, each with its line in the document."""
    errors: list[DocumentError] = []
    for block in found:
        try:
            _load(block.language, block.text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = (block.line or 1) + (mark.line if mark else 0)
            errors.append(DocumentError(f"This YAML does not parse: {error.problem}.", "Correct it.", line))
        except (yaml.YAMLError, ValueError) as error:
            reason = " ".join(str(error).split())
            errors.append(DocumentError(f"This {block.language} does not parse: {reason}.", "Correct it.", block.line))
    return tuple(errors)


def lined(block: SourceBlock) -> Lined:
    """The block's data with the line of each part of it; empty where the block is no YAML or does not parse."""
    if block.data is None or block.language not in ("yaml", "yml"):
        return Lined(block.data, {(): block.line or 1})
    lines: dict[Path, int] = {(): block.line or 1}
    node = yaml.compose(block.text, Loader=_LOADER)
    _collect(node, (), block.line or 1, lines)
    return Lined(block.data, lines)


def _collect(node: Any, path: Path, first: int, lines: dict[Path, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*path, key.value)] = first + key.start_mark.line
            _collect(value, (*path, key.value), first, lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            lines[(*path, position)] = first + value.start_mark.line
            _collect(value, (*path, position), first, lines)


def _data(language: str, text: str) -> Any:
    try:
        return _load(language, text)
    except (yaml.YAMLError, ValueError):
        return None


def _load(language: str, text: str) -> Any:
    """Plain data; YAML's dates stay text, since JSON has none."""
    if language in ("yaml", "yml"):
        return _plain(yaml.load(text, Loader=_LOADER))  # noqa: S506  # both loaders are the safe ones
    return json.loads(text) if language == "json" else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _fences(tokens: list[Token]) -> list[tuple[int, int]]:
    """First line and the line after the last of each fenced block, counted from 0."""
    return [(t.map[0], t.map[1]) for t in tokens if t.type == "fence" and t.map]


def source_tables(raw: str) -> tuple[SourceTable, ...]:
    """All Markdown tables in order, their cells as plain text (a `<br>` is a line break)."""
    found: list[SourceTable] = []
    section = ""
    tokens = parsed(raw)
    for position, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            section = plain(tokens[position + 1])
        elif token.type == "table_open" and token.map:
            found.append(_table(tokens, position, section, token.map[0] + 1))
    return tuple(found)


def _table(tokens: list[Token], start: int, section: str, line: int) -> SourceTable:
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    for token in tokens[start:]:
        if token.type == "tr_open":
            cells = []
        elif token.type == "inline":
            cells.append(plain(token))
        elif token.type == "tr_close":
            rows.append(tuple(cells))
        elif token.type == "table_close":
            break
    return SourceTable(section=section, header=rows[0] if rows else (), rows=tuple(rows[1:]), line=line)


def plain(inline: Token) -> str:
    """A cell's or heading's text without its markup."""
    parts = []
    for child in inline.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type == "html_inline" and child.content.lower().startswith("<br"):
            parts.append("\n")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts).strip()
