"""Sections without which an agent downstream has nothing to work from."""

from collections.abc import Iterator

from contracts.published import Defect, PublishedDesign

SCHEMA = "Entity Relationship Model with Performance Optimization"
QUERIES = "Performance-Optimized Query Patterns"
SETUP = "Database Selection & Setup"

NEEDS: dict[str, tuple[str, ...]] = {
    "api": (SCHEMA, QUERIES),
    "deployment": (SETUP,),
    "validation": (SCHEMA,),
}
"""What each agent cannot do without; everything else may be absent."""

PARENTS = {
    SCHEMA: "Unified Schema & Performance Design",
    QUERIES: "Unified Schema & Performance Design",
    SETUP: "Technology Stack & Configuration",
}
HOLDS = {
    SCHEMA: "sql blocks that create the tables",
    QUERIES: "a sql block with one PREPARE statement for each query",
    SETUP: "a yaml block with the key database",
}


def missing_sections(design: PublishedDesign, wanted: frozenset[str]) -> Iterator[Defect]:
    """Each missing section once, with the agents that need it and the place where it belongs."""
    there = {section.title for section in design.sections}
    needed: dict[str, list[str]] = {}
    for agent in sorted(wanted):
        for title in NEEDS.get(agent, ()):
            needed.setdefault(title, []).append(agent)
    for title, agents in needed.items():
        if title not in there:
            yield Defect(
                section=PARENTS[title],
                line=_place(design, PARENTS[title]),
                fact=f'The section "{title}" is missing, and {" and ".join(agents)} cannot work without it.',
                remedy=f'Add "### {title}" under "## {PARENTS[title]}", with {HOLDS[title]}.',
            )
        elif title == SCHEMA and not design.catalogue.tables:
            yield Defect(
                section=title,
                line=next(s.line for s in design.sections if s.title == title),
                fact="No table exists after the script ran.",
                remedy="Add the CREATE TABLE statements, or correct those that the server refuses.",
            )
    yield from _no_queries(design, needed)


def _no_queries(design: PublishedDesign, needed: dict[str, list[str]]) -> Iterator[Defect]:
    """SQL that nobody can call; a section without any says that the brief asks for no query."""
    section = next((s for s in design.sections if s.title == QUERIES), None)
    if section is None or QUERIES not in needed:
        return
    inside = [b for b in design.script() if b.line and section.line and section.line <= b.line <= section.end]
    if inside and not any(q.purpose == "application" for q in design.queries):
        yield Defect(
            section=QUERIES,
            line=section.line,
            fact="No query of this section is a prepared statement, so there is nothing to serve by an endpoint.",
            remedy="Write each query as PREPARE name (types) AS …",
        )


def _place(design: PublishedDesign, parent: str) -> int | None:
    """The parent section's line, or the document's last when that is missing as well."""
    return next((s.line for s in design.sections if s.title == parent), design.document().count("\n") or 1)
