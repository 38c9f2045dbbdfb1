"""Does the brief say what the design says it says?

An element whose origin is `stated` quotes a line of the brief; the quote must stand there.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from agents.checks._elements import elements
from agents.checks._finding import finding
from contracts.base import Element, Origin
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.requirements import Requirements

MEANS = "A decision rests on words that nobody wrote."
REMEDY = "Quote the line as it stands, or call the element inferred."


def findings(design: Design) -> Iterator[Finding]:
    """Stated origins without line or quote, or whose quote is not in its line; each (line, quote) once."""
    origins = chain(
        origins_of(design.requirements), ((placed.id, placed.element.origin) for placed in elements(design))
    )
    for place, origin, problem in misquoted(design.brief.text, origins):
        yield finding(
            __name__,
            place,
            fact=f'"{place}" is said to be stated in the brief, but {problem}.',
            evidence=origin.quote,
            remedy="Quote the line as it stands in the brief, or call the element inferred.",
        )


def misquoted(text: str, origins: Iterable[tuple[str, Origin]]) -> Iterator[tuple[str, Origin, str]]:
    """The stated ones of these origins that this brief does not bear out, each with what is wrong."""
    lines = [_plain(line) for line in text.split("\n")]
    seen: set[tuple[int | None, str]] = set()
    for place, origin in origins:
        mark = (origin.line, origin.quote)
        if origin.kind == "stated" and mark not in seen:
            seen.add(mark)
            problem = _problem(origin, lines)
            if problem:
                yield place, origin, problem


def origins_of(analysis: Requirements) -> Iterator[tuple[str, Origin]]:
    """What an analysis says of its sources, each with whom it serves: quotes are checked before there is a design."""
    yield from ((requirement.id, requirement.origin) for requirement in analysis.requirements)
    parts: tuple[tuple[Element, ...], ...] = (
        analysis.entities,
        tuple(attribute for entity in analysis.entities for attribute in entity.attributes),
        analysis.relationships,
        analysis.rules,
        analysis.access_patterns,
        analysis.volumes,
        analysis.retention,
        analysis.integrations,
    )
    for part in parts:
        yield from ((next(iter(element.serves), "requirements"), element.origin) for element in part)


def _problem(origin: Origin, lines: list[str]) -> str:
    if origin.line is None or not _plain(origin.quote):
        return "no line or no words are given"
    if not 1 <= origin.line <= len(lines):
        return f"line {origin.line} does not exist"
    return "" if _plain(origin.quote).rstrip("…") in lines[origin.line - 1] else f"line {origin.line} reads otherwise"


def _plain(text: str) -> str:
    """The letters and punctuation without Markdown's marks, capitals and spaces: a quote shows what a reader sees.

    Spaces go too, as a mark beside a bracket or a comma leaves none when it is taken away.
    """
    return re.sub(r"[*_`~#|\\\s]", "", text).casefold()
