"""Does every table that the brief wants audited leave a trail, by a trigger that exists?"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "After an incident nobody can say who changed what."
REMEDY = "Audit the table by a trigger."


def findings(design: Design) -> Iterator[Finding]:
    """Audit asked for and absent, audited entities without a trail, and trails without a trigger."""
    protection, audit = design.requirements.protection, design.security.audit
    if (protection.audit or protection.audited) and audit is None:
        fact = (
            f"The brief asks for an audit trail of {', '.join(protection.audited) or 'changes'}; the design has none."
        )
        yield finding(__name__, "audit", fact=fact, evidence="audit: none", remedy="Add an audit plan.")
    if audit is None:
        return
    trailed, triggered = set(audit.tables), _triggered(design)
    for table in design.schema_design.tables:
        asked = table.entity is not None and table.entity in protection.audited
        missing = "audit trail" if asked and table.name not in trailed else ""
        if table.name in trailed and table.name not in triggered:
            missing = "trigger that writes its audit trail"
        if missing:
            yield finding(
                __name__,
                f"table.{table.name}",
                fact=f'"{table.name}" has no {missing}.',
                evidence=f"Audited: {', '.join(audit.tables)}; triggers on: {', '.join(sorted(triggered)) or 'none'}",
                remedy=f'Add a trigger on "{table.name}" that writes to "{audit.log_table}".',
            )


def _triggered(design: Design) -> set[str]:
    """Tables on which a statement of the script makes a trigger."""
    pattern = re.compile(
        r'\btrigger\s+\S+\s+(?:before|after|instead of)\b.*?\son\s+"?(\w+)"?', re.IGNORECASE | re.DOTALL
    )
    return {found[1] for statement in design.script() for found in pattern.finditer(statement.sql)}
