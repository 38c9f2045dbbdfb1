"""Do policies read the session's settings once for each query, and not once for each row?"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The planner calls the function for each row, and cannot use an index on the compared column."
REMEDY = "Wrap the call in a scalar sub-select: (select current_setting(…))."


def findings(design: Design) -> Iterator[Finding]:
    """Policies that call `current_setting` outside a sub-select, or so that a missing setting is an error."""
    for policy in design.security.policies:
        for sql in filter(None, (policy.using, policy.check)):
            problem = _problem(sql)
            if problem:
                yield finding(
                    __name__,
                    f"policy.{policy.table}.{policy.name}",
                    fact=f'Policy "{policy.name}" on "{policy.table}" {problem}.',
                    evidence=sql,
                    remedy="Write (select nullif(current_setting('…', true), '')::type).",
                )
                break


def _problem(sql: str) -> str:
    for call in re.finditer(r"current_setting\s*\(([^()]*)\)", sql, re.IGNORECASE):
        if not any(text.lstrip().lower().startswith("select") for text in _enclosing(sql, call.start())):
            return "reads a setting for every row"
        if "true" not in call[1].lower():
            return "fails with an error where the setting was never made"
    return ""


def _enclosing(sql: str, position: int) -> Iterator[str]:
    """The text after each parenthesis that is open at this position."""
    depth = 0
    for at in range(position - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(sql[at], 0)
        if depth < 0:
            depth = 0
            yield sql[at + 1 : position]
