"""Words for types of any notation as the attribute types of the contract."""

import re

from agents.changing import changed
from agents.knowledge import attribute_guess
from agents.requirement_analysis.attribute_notes import StatedAttribute, type_note

_VAGUE = frozenset("string str number any object unknown".split())
"""Words of languages that have no narrower type; a name such as `price` or `email` tells more than they do."""


def with_type(attribute: StatedAttribute, text: str, vague: bool = False) -> tuple[StatedAttribute, str]:
    """The attribute with a type such as `varchar(40)`, and the type's name where the contract has none for it.

    `vague` is for notations with few types (JSON Schema, TypeScript): there the attribute's name decides.
    """
    bare = re.sub(r"\s+", " ", text.strip().strip("`'\"")).rstrip("?")
    if vague and bare.lower() == "number" and attribute_guess(attribute.name).type in ("string", "text"):
        return changed(attribute, type="decimal"), ""  # what the name does not tell to be a count or an amount
    if not bare or (vague and bare.lower() in _VAGUE):
        return attribute, ""
    if vague and bare == "Date":  # JavaScript's only type for both
        known = attribute_guess(attribute.name).type in ("date", "time", "timestamp")
        return (attribute if known else changed(attribute, type="timestamp")), ""
    if noted := type_note(attribute, bare) or type_note(attribute, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare)):
        return changed(noted, listing=False), ""
    head = re.match(r"[\w.]+", bare)
    if head and (noted := type_note(attribute, head[0])) and head[0] != bare:
        return changed(noted, listing=False), ""
    return attribute, bare
