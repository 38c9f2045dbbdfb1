"""Does every object of the document belong to one migration, which can be undone?"""

import re
from collections import Counter
from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._sql import without_text
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "An environment that is built by its migrations lacks the object, or cannot be taken back."
REMEDY = "Name the statement in one migration, and give that migration its rollback."


def findings(design: Design) -> Iterator[Finding]:
    """Statements that make something and stand in no migration or in two, and migrations without a rollback."""
    placed = Counter(name for step in design.migrations.migrations for name in step.statements)
    for statement in (*design.schema_design.statements, *design.security.statements):
        makes = not re.match(
            r"\s*(prepare|select|set|reset|explain|pragma)\b", without_text(statement.sql), re.IGNORECASE
        )
        if makes and placed[statement.id] != 1:
            yield finding(
                __name__,
                statement.element,
                fact=f'Statement "{statement.id}" stands in {placed[statement.id] or "no"} migrations; it needs one.',
                evidence=f"{len(design.migrations.migrations)} migrations",
                remedy=f'Name "{statement.id}" in the migration that makes it.',
            )
    for step in design.migrations.migrations:
        if step.statements and not without_text(step.rollback).strip(" ;\n"):
            yield finding(
                __name__,
                f"migration.{step.version}",
                fact=f'Migration {step.version} "{step.title}" has no rollback.',
                evidence=f"It has {len(step.statements)} statements.",
                remedy=f"Write the SQL that undoes {step.version}.",
            )
