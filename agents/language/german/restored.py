"""The brief's own words in a finished analysis: names of entities and attributes, labels, quoted sentences.

Identifiers are found by their declared type, so a contract's new fields are renamed without a change here.
"""

import functools
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args, get_type_hints

from pydantic import BaseModel

from agents.knowledge.german import noun
from agents.language.german.brief import Glossed
from agents.language.german.names import CONVENTIONAL
from agents.language.german.usual import usual_name
from agents.naming import plural
from contracts.base import ElementId, Identifier, Origin, Slug
from contracts.requirements import AccessPattern, Attribute, Requirements, Rule

_LABELS = frozenset({"label", "synonyms", "name"})
_TEXTS = frozenset({"text", "fact", "value", "reason", "knob", "question", "reading"})
_SPOKEN = _LABELS | _TEXTS | {
    "basis", "purpose", "title", "domain", "values", "allowed", "workflows", "future", "default", "transitions",
}  # fmt: skip
"""Fields that hold words of the brief; the others hold keys of ours or names of products."""


@dataclass(frozen=True)
class _Wording:
    """What every string of the analysis becomes."""

    renamed: Mapping[str, str]
    originals: Mapping[str, str]
    labels: Mapping[str, str]
    entities: re.Pattern[str] | None
    shown: Mapping[str, str]


def restored(found: Requirements, glossed: Glossed) -> Requirements:
    """The analysis with the names and words of the brief."""
    renamed = _renamed(found, glossed)
    shown = {
        form: glossed.names.labels.get(e.label.lower(), renamed.get(e.name, e.name))
        for e in found.entities
        for form in (e.label.lower(), e.name, e.name.replace("_", " "))
    }
    shown |= {plural(form): _several(shown[form]) for form in tuple(shown) if form.isalpha()}
    pattern = re.compile(rf"\b(?:{'|'.join(re.escape(f) for f in sorted(shown, key=len, reverse=True))})\b", re.I)
    wording = _Wording(renamed, glossed.originals, glossed.names.labels, pattern if shown else None, shown)
    changed: Requirements = _walked(found, wording)
    bodies = [b for b in glossed.originals if len(b) > 20 and b in found.purpose]
    purpose = " ".join(dict.fromkeys(glossed.originals[b] for b in bodies)) if bodies else found.purpose
    return changed.model_copy(update={"purpose": glossed.originals.get(found.purpose, purpose)})


def _several(label: str) -> str:
    """The plural of a label, where the noun is known."""
    known = noun(label)
    return known.plural or label if known and known.whole else label


def _renamed(found: Requirements, glossed: Glossed) -> dict[str, str]:
    """German identifiers by English ones; where two would meet in one place the second stays English."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for entity in found.entities:
        german = glossed.names.back(entity.name, parts=True)
        names[entity.name] = german if german not in taken else entity.name
        taken.add(names[entity.name])
    for entity in found.entities:
        used: set[str] = set()
        for attribute in entity.attributes:
            stated = attribute.origin.kind == "stated"
            german = names.get(attribute.name) or glossed.names.back(attribute.name, stated)
            if german == attribute.name and glossed.mostly and not stated and german not in CONVENTIONAL:
                german = usual_name(german)
            names.setdefault(attribute.name, german if german not in used else attribute.name)
            used.add(names[attribute.name])
    for relationship in found.relationships:
        if relationship.role:
            names.setdefault(relationship.role, glossed.names.back(relationship.role, parts=True))
    for role in found.protection.roles:
        names.setdefault(role, glossed.names.back(role, parts=True))
    return names


@functools.cache
def _spoken_fields(model: Hashable) -> tuple[tuple[str, bool, bool], ...]:
    """(name, whether it holds identifiers, whether it holds words) of a contract's fields that may hold either."""
    found = []
    for name, hint in get_type_hints(model, include_extras=True).items():
        if name not in getattr(model, "model_fields", ()):
            continue
        ours = _holds(hint, ElementId) or _holds(hint, Slug)
        named = not ours and _holds(hint, Identifier)
        spoken = not ours and name in _SPOKEN and _holds(hint, str)
        if named or spoken or _holds_contract(hint):
            found.append((name, named, spoken))
    return tuple(found)


def _holds_contract(hint: Any) -> bool:
    """Whether values of a type have fields of their own."""
    return (isinstance(hint, type) and issubclass(hint, BaseModel)) or any(map(_holds_contract, get_args(hint)))


def _holds(hint: Any, kind: Any) -> bool:
    """Whether a type is this annotated type, or has it among its parts."""
    return hint == kind or any(_holds(part, kind) for part in get_args(hint) if not isinstance(part, str))


def _walked(model: Any, wording: _Wording) -> Any:
    """A copy of a contract with every string in the brief's words; origins keep theirs, ids stay."""
    if isinstance(model, Origin):
        return model
    if isinstance(model, AccessPattern) and model.origin.kind == "stated" and model.text not in wording.originals:
        quote = model.origin.quote.rstrip("…")
        model = model.model_copy(update={"text": quote} if quote else {})
    ours = isinstance(model, (Attribute, Rule)) and model.origin.kind != "stated"
    changed = {}
    for name, named, spoken in _spoken_fields(cast(Hashable, type(model))):
        if ours and name in ("allowed", "values", "default"):
            continue  # usual values, of which the brief's words would cover one or the other
        value = getattr(model, name)
        new = _value(value, name, named, spoken, wording)
        if new is not value:
            changed[name] = new
    return model.model_copy(update=changed) if changed else model


def _value(value: Any, name: str, named: bool, spoken: bool, wording: _Wording) -> Any:
    """One field's value."""
    if isinstance(value, str):
        if named:
            return wording.renamed.get(value, value)
        return _words(value, name, wording) if spoken else value
    if isinstance(value, tuple):
        new = tuple(_value(v, name, named, spoken, wording) for v in value)
        return new if new != value else value
    return _walked(value, wording) if isinstance(value, BaseModel) else value


def _words(value: str, name: str, wording: _Wording) -> str:
    """A text of the analysis: a sentence of the brief as it was, a label, or a sentence that names entities."""
    if value in wording.originals:
        return wording.originals[value]
    if name in _LABELS or name == "values" or name == "allowed":
        return wording.labels.get(value.lower(), value)
    if name not in _TEXTS:
        return "; ".join(wording.originals.get(p, p) for p in value.split("; ")) if "; " in value else value
    if "; " in value and all(p in wording.originals for p in value.split("; ")):
        return "; ".join(wording.originals[p] for p in value.split("; "))
    if wording.entities is None:
        return value
    return wording.entities.sub(lambda f: wording.shown[f[0].lower()], value)
