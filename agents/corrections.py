"""A person's corrections of an analysis: words become lines of the brief, entities are renamed or removed.

A correction is applied where the fact lives. A number or an answer is a statement, so it is added to the brief and
read like the rest of it; what an entity is called is a matter of the analysis, so it is changed there, everywhere.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from agents.naming import identifier, singular
from contracts.brief import Brief
from contracts.requirements import Entity, Requirements
from contracts.review import Correction

HEADING = "## Corrections at the review"
_SAID = ("set assumption", "answer question")
_ENTITY_FIELDS = frozenset({"parent", "child", "entity", "references", "tenant", "owner"})
"""Fields of the analysis that hold an entity's name."""


class CorrectionError(ValueError):
    """A correction that fits nothing in the analysis; the message says what there is."""


def amended_brief(brief: Brief, corrections: Iterable[Correction]) -> Brief:
    """The brief with what a person said as lines of a section of its own; unchanged when nothing was said."""
    said = [" ".join(c.value.split()) for c in corrections if c.action in _SAID]
    if not said:
        return brief
    lines = "\n".join(f"- {words}" for words in said)
    return brief.model_copy(update={"text": f"{brief.text.rstrip()}\n\n{HEADING}\n\n{lines}\n"})


def corrected_requirements(found: Requirements, corrections: Iterable[Correction]) -> Requirements:
    """The analysis with entities renamed and removed, in the order of the corrections."""
    for correction in corrections:
        if correction.action == "rename entity":
            found = _renamed(found, correction)
        elif correction.action == "remove entity":
            found = _without(found, _entity(found, correction.subject))
    return found


def refuse_unfit(found: Requirements, corrections: Iterable[Correction]) -> None:
    """CorrectionError for a correction of something that the analysis does not have, or without its words."""
    known = {
        "set assumption": [assumption.id for assumption in found.assumptions],
        "answer question": [question.id for question in found.open_questions],
    }
    for correction in corrections:
        ids = known.get(correction.action)
        if ids is not None and correction.subject not in ids:
            raise CorrectionError(_no_such(correction.subject, correction.action.split()[1], ids))
        if not correction.value.strip() and correction.action != "remove entity":
            raise CorrectionError(
                f'The correction "{correction.action}" of "{correction.subject}" says nothing. Fill in its value.'
            )


def unsettled(found: Requirements, corrections: Iterable[Correction]) -> tuple[str, ...]:
    """Assumptions and questions that stand although words were given for them; each with what would settle it."""
    knobs = {a.id: a.knob for a in found.assumptions} | {q.id: f"settle: {q.question}" for q in found.open_questions}
    return tuple(
        f'"{c.value}" did not settle {c.subject}: {knobs[c.subject]}'
        for c in corrections
        if c.action in _SAID and c.subject in knobs
    )


def _entity(found: Requirements, name: str) -> Entity:
    wanted = identifier(name)
    for entity in found.entities:
        if wanted in (entity.name, singular(entity.name)) or singular(wanted) == entity.name:
            return entity
    raise CorrectionError(_no_such(name, "entity", [entity.name for entity in found.entities]))


def _no_such(subject: str, kind: str, known: list[str]) -> str:
    return f'There is no {kind} "{subject[:80]}" in the analysis. It has {", ".join(known) or "none"}.'


def _renamed(found: Requirements, correction: Correction) -> Requirements:
    old, new = _entity(found, correction.subject).name, singular(identifier(correction.value))
    if new != old and any(entity.name == new for entity in found.entities):
        raise CorrectionError(f'The entity "{old}" cannot be called "{new}": there is another entity of this name.')
    content = _with_name(found.model_dump(mode="python"), old, new)
    for entity in content["entities"]:
        if entity["name"] == old:
            entity.update(name=new, label=" ".join(correction.value.split()))
    return Requirements.model_validate(content)


def _with_name(value: Any, old: str, new: str, field: str = "") -> Any:
    """The content with a reference to an entity changed wherever a field holds one."""
    if isinstance(value, Mapping):
        return {key: _with_name(inner, old, new, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_with_name(inner, old, new, "entity" if field == "audited" else field) for inner in value]
    return new if field in _ENTITY_FIELDS and value == old else value


def _without(found: Requirements, entity: Entity) -> Requirements:
    """The analysis without this entity, what hangs on it, and the requirements that only these served."""
    name, before = entity.name, _served(found)
    keep: dict[str, Any] = {
        "entities": tuple(_unlinked(e, name) for e in found.entities if e.name != name),
        "relationships": tuple(r for r in found.relationships if name not in (r.parent, r.child)),
        "protection": found.protection.model_copy(
            update={
                "audited": tuple(audited for audited in found.protection.audited if audited != name),
                "tenant": None if found.protection.tenant == name else found.protection.tenant,
                "owner": None if found.protection.owner == name else found.protection.owner,
            }
        ),
        **{
            field: tuple(element for element in getattr(found, field) if element.entity != name)
            for field in ("rules", "access_patterns", "volumes", "retention")
        },
    }
    kept = found.model_copy(update=keep)
    orphans = {*(before - _served(kept)), *_assumed_for(found, name)}
    return kept.model_copy(
        update={
            "requirements": tuple(r for r in found.requirements if r.id not in orphans),
            "assumptions": tuple(a for a in found.assumptions if a.id not in orphans),
            "trace": tuple(_retraced(line, orphans, name) for line in found.trace),
        }
    )


def _unlinked(entity: Entity, removed: str) -> Entity:
    """The entity without attributes that refer to the removed one."""
    kept = tuple(a for a in entity.attributes if a.references != removed)
    key = tuple(part for part in entity.key if part not in {a.name for a in entity.attributes if a not in kept})
    return entity if kept == entity.attributes else entity.model_copy(update={"attributes": kept, "key": key})


def _served(found: Requirements) -> set[str]:
    elements = (
        *found.entities, *(a for e in found.entities for a in e.attributes), *found.relationships, *found.rules,
        *found.access_patterns, *found.volumes, *found.retention, *found.integrations,
    )  # fmt: skip
    return {served for element in elements for served in element.serves}


def _assumed_for(found: Requirements, name: str) -> set[str]:
    dashed = name.replace("_", "-")
    return {a.id for a in found.assumptions if a.id.endswith((f".rows-{dashed}", f".volume-{dashed}"))}


def _retraced(line: Any, orphans: set[str], name: str) -> Any:
    by = tuple(one for one in line.by if one not in orphans)
    if by == line.by:
        return line
    update: dict[str, Any] = {"by": by}
    if not by and line.use == "used":
        update |= {"use": "irrelevant", "reason": f"{name} was removed at the review"}
    return line.model_copy(update=update)
