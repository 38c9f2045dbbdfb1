"""Does every entity of the brief have exactly one table?"""

from collections import Counter
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The application has nowhere to store what the brief asks it to store, or two places for it."
REMEDY = "Make one table for the entity."


def findings(design: Design) -> Iterator[Finding]:
    """Entities with no table or several, and tables of entities that the analysis does not know."""
    made = Counter(table.entity for table in design.schema_design.tables if table.entity)
    known = {entity.name for entity in design.requirements.entities}
    for entity in design.requirements.entities:
        if made[entity.name] != 1:
            yield finding(
                __name__,
                f"entity.{entity.name}",
                fact=f'Entity "{entity.label}" has {made[entity.name] or "no"} tables; it needs one.',
                evidence=f"{len(design.schema_design.tables)} tables for {len(known)} entities",
                remedy=f'Make one table for "{entity.label}".',
            )
    for table in design.schema_design.tables:
        if table.entity and table.entity not in known:
            yield finding(
                __name__,
                f"table.{table.name}",
                fact=f'Table "{table.name}" is made from entity "{table.entity}", which the analysis does not hold.',
                evidence=f"{len(known)} entities",
                remedy=f'Drop "{table.name}" or name its entity.',
            )
