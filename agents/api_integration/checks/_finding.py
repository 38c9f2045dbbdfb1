"""How a check of an API words what it found."""

import re
from typing import Literal

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
    """A finding of the check in `module` (its `__name__`) about `element`, such as `operation.listOrders`.

    Names of operations have capitals, ids of elements have none: `listOrders` becomes `list-orders`.
    """
    kebab = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", element).lower()
    return Finding(
        check=module.rpartition(".")[2].replace("_", "-"),
        element=re.sub(r"[^a-z0-9_.:/-]+", "-", kebab).strip("-.") or "api",
        fact=fact,
        evidence=evidence,
        remedy=remedy,
        severity=severity,
    )
