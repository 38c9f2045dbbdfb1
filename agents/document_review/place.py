"""Where in a document something stands."""

from contracts.published import PublishedDesign


def section_of(design: PublishedDesign, line: int | None) -> str:
    """The title of the innermost section of a line."""
    inside = [s for s in design.sections if line and s.line and s.line <= line <= s.end]
    return inside[-1].title if inside else ""
