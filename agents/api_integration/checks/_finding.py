"""How a check of an API words what it found: as every check does, with operations named as element ids are."""

import re
from typing import Literal

from agents.checks._finding import finding as spelled
from contracts.checklist import Finding


def finding(
    module: str,
    element: str,
    *,
    fact: str,
    remedy: str,
    evidence: str = "",
    severity: Literal["error", "advice"] = "error",
) -> Finding:
    """A finding about `element`, such as `operation.listOrders`, which becomes `operation.list-orders`."""
    kebab = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", element)
    return spelled(module, kebab, fact=fact, remedy=remedy, evidence=evidence, severity=severity)
