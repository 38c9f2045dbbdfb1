"""How a check words what it found, so that every finding names its check, its place and its remedy alike."""

import re
from collections.abc import Iterable
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
    """A finding of the check in `module` (its `__name__`) about `element`, such as `table.orders`."""
    return Finding(
        check=module.rpartition(".")[2].replace("_", "-"),
        element=element_id(element),
        fact=fact,
        evidence=evidence,
        remedy=remedy,
        severity=severity,
    )


def element_id(text: str) -> str:
    """The text as an element id; free text such as an omission's subject may hold anything.

    >>> element_id("omission.Redis & Co")
    'omission.redis-co'
    """
    return re.sub(r"[^a-z0-9_.:/-]+", "-", text.lower()).strip("_.:/-")[:240] or "design"


def names(items: Iterable[str]) -> str:
    """Names as a reader wants them in a sentence.

    >>> names(["user_id", "created_at"])
    '"user_id", "created_at"'
    """
    return ", ".join(f'"{item}"' for item in items)
