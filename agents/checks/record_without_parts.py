"""Does a command that makes a business record write the parts without which it is none?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.schema_design.aggregates import parts_of
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Somebody builds on a command that leaves an order without its lines, and writes those in another transaction."
REMEDY = "Give the command a statement for each kind of parts, in one transaction."


def findings(design: Design) -> Iterator[Finding]:
    """Statements that make a record, and parts of it that no statement of the same command writes."""
    schema, asked = design.schema_design, {pattern.id: pattern for pattern in design.requirements.access_patterns}
    tables = {table.name: table for table in schema.tables}
    for query in schema.queries:
        makes = query.kind == "write" and query.part_of is None and query.sql.upper().startswith("INSERT")
        if not makes or query.access not in asked or query.table not in tables:
            continue
        written = {other.table for other in schema.queries if other.part_of == query.name}
        for part in parts_of(tables[query.table], asked[query.access], design.requirements, schema.tables):
            if part.table.name not in written:
                yield finding(
                    __name__,
                    f"query.{query.name}",
                    fact=f'"{query.name}" makes a row of "{query.table}" and none of "{part.table.name}".',
                    evidence=f'"{part.table.name}"."{part.reference}" belongs to it.',
                    remedy=f'Add a statement to "{query.name}" that writes rows of "{part.table.name}".',
                )
