"""A persistence.md read back: its sections, its fenced blocks, its SQL, its digest, and the plan beside it.

The document is the interface for people and tools that never see our objects, so everything that verifies it
starts from its text. Lines are 1-based, as editors count them.
"""

import functools
import hashlib
import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import ValidationError

from artifacts.statements import SqlStatement, UnclosedError, split_statements
from contracts.plan import PersistencePlan


class DocumentError(ValueError):
    """What is wrong with a document, where, and what to do; `line` is None where no line can be named."""

    def __init__(self, fact: str, remedy: str, line: int | None = None) -> None:
        self.fact, self.remedy, self.line = fact, remedy, line
        super().__init__(f"{f'Line {line}: ' if line else ''}{fact} {remedy}")


@dataclass(frozen=True)
class Section:
    """A heading and the lines that belong to it, up to the next heading of its level or above."""

    title: str
    level: int
    line: int
    end: int


@dataclass(frozen=True)
class Block:
    """A fenced block: the first word of its info string, its text, and the line on which the text starts."""

    language: str
    text: str
    line: int
    section: str


def sections(text: str) -> tuple[Section, ...]:
    """All headings in order; `end` is the last line of the section."""
    tokens = parsed(text)
    heads = [(int(t.tag[1]), t.map[0] + 1, tokens[i + 1]) for i, t in enumerate(tokens) if _is_heading(t) and t.map]
    last = text.count("\n") + (not text.endswith("\n"))
    found = []
    for position, (level, line, inline) in enumerate(heads):
        after = (other[1] - 1 for other in heads[position + 1 :] if other[0] <= level)
        found.append(Section(_plain(inline), level, line, next(after, last)))
    return tuple(found)


def blocks(text: str) -> tuple[Block, ...]:
    """All fenced blocks in order, each with the title of the section that it stands in."""
    found: list[Block] = []
    section = ""
    tokens = parsed(text)
    for position, token in enumerate(tokens):
        if _is_heading(token):
            section = _plain(tokens[position + 1])
        if token.type == "fence" and token.map:
            _refuse_unclosed(token, text.splitlines())
            language = (token.info.split() or [""])[0].lower()
            found.append(Block(language, token.content, token.map[0] + 2, section))
    return tuple(found)


def sql_script(text: str) -> tuple[Block, ...]:
    """The document's SQL blocks in order; DocumentError when there is none."""
    found = tuple(block for block in blocks(text) if block.language == "sql")
    if not found:
        raise DocumentError(
            "The document has no sql block.",
            "Hand over a persistence.md that `flows design` wrote, or one of its form.",
        )
    return found


def sql_statements(text: str) -> tuple[SqlStatement, ...]:
    """Every statement of the document's script in order, with its line in the document."""
    found: list[SqlStatement] = []
    for block in sql_script(text):
        try:
            parts = split_statements(block.text)
        except UnclosedError as error:
            raise DocumentError(error.fact, "Close it in this sql block.", block.line + error.line - 1) from error
        found.extend(SqlStatement(part.text, block.line + part.line - 1) for part in parts)
    return tuple(found)


_DIGEST = re.compile(r"<!--\s*persistence-plan sha256:(\S+)\s*-->")


def plan_digest(text: str) -> str:
    """The digest of the plan from the HTML comment at the end of the document; the last one counts."""
    fences = [(t.map[0] + 1, t.map[1]) for t in parsed(text) if t.type == "fence" and t.map]
    found = [
        (number, match[1])
        for number, line in enumerate(text.splitlines(), 1)
        for match in _DIGEST.finditer(line)
        if not any(first <= number <= last for first, last in fences)
    ]
    if not found:
        raise DocumentError(
            "The document has no comment `persistence-plan sha256:…`.",
            "Generate it again, or restore its last line; without it no persistence.json can be told to be its plan.",
        )
    line, digest = found[-1]
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise DocumentError(
            f'"{digest[:80]}" is no SHA-256 digest: it has {len(digest)} characters where 64 hex digits are due.',
            "Restore the comment from the generated document.",
            line,
        )
    return digest


_SEAL = re.compile(r"^<!-- persistence-document sha256:([0-9a-f]{64}) -->\n", re.MULTILINE)


def sealed(document: str) -> str:
    """The document with the digest of its own text in a comment before its last line, so that an edit is noticed.

    The digest is that of the UTF-8 bytes without the comment's line.
    """
    head, last = document.rstrip("\n").rsplit("\n", 1)
    return f"{head}\n<!-- persistence-document sha256:{_sha256(document)} -->\n{last}\n"


def edited(document: str) -> bool | None:
    """Whether the text differs from the one that was sealed; None when the document has no seal.

    Line ends count as they are read by `flows.inputs`, so a checkout that changed them is no edit.
    """
    seals = list(_SEAL.finditer(document))
    if not seals:
        return None
    seal = seals[-1]
    return _sha256(document[: seal.start()] + document[seal.end() :]) != seal[1]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def plan_of(json_text: str) -> PersistencePlan:
    """The plan that a persistence.json holds; DocumentError names the line of a slip or the field that is wrong."""
    try:
        return PersistencePlan.model_validate_json(json_text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        at = re.search(r"line (\d+) column", first["msg"])
        count = error.error_count()
        raise DocumentError(
            f"This is no plan: {f'field {place}: ' if place else ''}{first['msg']}"
            f"{f' (and {count - 1} more)' if count > 1 else ''}.",
            "Use the persistence.json that was written beside the document, unedited, by this version.",
            int(at[1]) if at else None,
        ) from error


@functools.lru_cache(maxsize=4)
def parsed(text: str) -> list[Token]:
    """The document's tokens, remembered: sections, blocks, tables and the digest are read from one text."""
    return MarkdownIt("commonmark").enable("table").parse(text)


def _is_heading(token: Token) -> bool:
    """Whether a heading of the document itself starts here, not one inside a quotation or list."""
    return token.type == "heading_open" and token.level == 0


def _plain(inline: Token) -> str:
    """A heading's text without its markup."""
    return "".join(child.content for child in inline.children or () if child.type in {"text", "code_inline"})


def _refuse_unclosed(token: Token, lines: list[str]) -> None:
    """A fence that nothing closes swallows the rest of the document without any other sign."""
    if token.map is None:
        return
    start, end = token.map
    closing = re.fullmatch(r"[ >]*(`{3,}|~{3,})\s*", lines[min(end, len(lines)) - 1])
    if end - start < 2 or not closing or not closing[1].startswith(token.markup):
        raise DocumentError(
            "A fenced block starts here and is never closed.", f"Add {token.markup} after it.", start + 1
        )
