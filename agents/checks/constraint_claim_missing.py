"""Is there a claim for every constraint that the engine refuses a row which breaks it?"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.claims import Refused
from contracts.plan import Design
from contracts.schema import Table

MEANS = "A constraint that is too weak, or misspelled, looks just like one that works."
REMEDY = "Claim by trial refused that a violating row is refused with the constraint's SQLSTATE."

SQLSTATES = {"check": "23514", "unique": "23505", "foreign key": "23503", "exclusion": "23P01"}


def findings(design: Design) -> Iterator[Finding]:
    """Checks, uniques, foreign keys and exclusions that no `refused` claim with the right SQLSTATE names."""
    tried: set[tuple[str, str]] = set()
    for claim in design.claims():
        if isinstance(claim.trial, Refused):
            words = re.split(r"[.:/]", f"{claim.element}.{claim.id}")
            tried.update((word, claim.trial.sqlstate) for word in words)
    for table in design.schema_design.tables:
        for kind, name in _constraints(table):
            if (name, SQLSTATES[kind]) not in tried:
                yield finding(
                    __name__,
                    f"{kind.replace(' ', '_')}.{table.name}.{name}",
                    fact=f'No claim tries {kind} "{name}" of "{table.name}".',
                    evidence=f"A violating row must be refused with SQLSTATE {SQLSTATES[kind]}.",
                    remedy=f'Add a refused claim for "{name}".',
                )


def _constraints(table: Table) -> Iterator[tuple[str, str]]:
    yield from (("check", check.name) for check in table.checks)
    yield from (("unique", unique.name) for unique in table.uniques)
    yield from (("foreign key", key.name) for key in table.foreign_keys)
    yield from (("exclusion", exclusion.name) for exclusion in table.exclusions)
