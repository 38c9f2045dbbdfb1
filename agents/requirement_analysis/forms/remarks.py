"""Remarks that people put beside a column of a diagram or schema, and which are conditions all the same."""

import re

from agents.changing import changed
from agents.naming import identifier
from agents.requirement_analysis.attribute_notes import StatedAttribute, noted

_SOMETIMES = re.compile(
    r"(?:only (?:for|if|when|with)|if|when|for \w+ only|empty (?:if|when|until|while)|null)\b", re.IGNORECASE
)


def remarked(attribute: StatedAttribute) -> StatedAttribute:
    """Remarks that are conditions: `"optional"`, `"unique"`, `"active | blocked"`, `"nullable, max 40 characters"`."""
    parts = [p.strip() for p in attribute.description.split(",")] if attribute.description else []
    state = identifier(attribute.label).rpartition("_")[2] in (
        "status",
        "state",
        "type",
        "kind",
        "role",
        "level",
        "stage",
        "priority",
        "severity",
        "category",
        "grade",
        "condition",
        "phase",
    )
    if state and len(parts) > 1 and all(re.fullmatch(r"[\w-]+(?: [\w-]+)?", p) for p in parts):
        return noted(attribute, " | ".join(parts)) or attribute
    for part in parts:
        attribute = noted(attribute, part) or attribute
    if attribute.optional is None and _SOMETIMES.match(attribute.description):
        attribute = changed(attribute, optional=True)
    return attribute


def bounded_by_remark(attribute: StatedAttribute) -> StatedAttribute:
    """The bounds and values that a remark adds to a column whose notation says itself whether it may be empty."""
    found = remarked(attribute)
    if attribute.allowed or attribute.minimum is not None or attribute.maximum is not None:
        return attribute
    return changed(
        attribute, allowed=found.allowed, minimum=found.minimum, maximum=found.maximum,
        exclusive_minimum=found.exclusive_minimum,
    )  # fmt: skip
