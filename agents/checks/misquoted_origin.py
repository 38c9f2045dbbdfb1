"""Does the brief say what the design says it says?

An element whose origin is `stated` quotes a line of the brief; the quote must stand there.
"""

import re
from collections.abc import Iterator

from agents.checks._elements import elements
from agents.checks._finding import finding
from contracts.base import Element, Origin
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A decision rests on words that nobody wrote."
REMEDY = "Quote the line as it stands, or call the element inferred."


def findings(design: Design) -> Iterator[Finding]:
    """Stated origins without line or quote, or whose quote is not in its line; each (line, quote) once."""
    lines = [_plain(line) for line in design.brief.text.split("\n")]
    seen: set[tuple[int | None, str]] = set()
    for place, origin in _origins(design):
        mark = (origin.line, origin.quote)
        if origin.kind == "stated" and mark not in seen:
            seen.add(mark)
            problem = _problem(origin, lines)
            if problem:
                yield finding(
                    __name__,
                    place,
                    fact=f'"{place}" is said to be stated in the brief, but {problem}.',
                    evidence=origin.quote,
                    remedy="Quote the line as it stands in the brief, or call the element inferred.",
                )


def _problem(origin: Origin, lines: list[str]) -> str:
    if origin.line is None or not _plain(origin.quote):
        return "no line or no words are given"
    if not 1 <= origin.line <= len(lines):
        return f"line {origin.line} does not exist"
    return "" if _plain(origin.quote).rstrip("…") in lines[origin.line - 1] else f"line {origin.line} reads otherwise"


def _origins(design: Design) -> Iterator[tuple[str, Origin]]:
    analysis = design.requirements
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
    yield from ((placed.id, placed.element.origin) for placed in elements(design))


def _plain(text: str) -> str:
    """The words without Markdown's marks, capitals and spaces: a quote shows what a reader sees."""
    return " ".join(re.sub(r"[*_`~#|\\]", " ", text).split()).replace(" :", ":").casefold()
