"""Business rules: typed where the words leave no doubt which rows break them, prose otherwise.

A typed rule becomes a constraint downstream, so a wrong type is worse than prose: every reader wants the entity, the
attributes and the relation to be named.
"""

import re
from collections.abc import Callable, Iterator

from agents.requirement_analysis.bounds import allowed, bounded, capacity, once, unique
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred, slug_of, stated
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.states import ARROW, IMMUTABLE, SOFT, immutable, joined_states, soft_delete, states
from agents.requirement_analysis.subjects import Found, scopes
from agents.requirement_analysis.timing import OVERLAP, compared, ends_after, no_overlap
from agents.requirement_analysis.topics import topic
from contracts.requirements import Rule

_MODAL = re.compile(
    r"\b(?:must|cannot|can't|can not|may not|may only|can only|has to|have to|never|always|only|unique"
    r"|at least|at most|not allowed|required)\b",
    re.I,
)
_CONDITIONAL = re.compile(r"\b(?:unless|except|otherwise|if|only when|provided that|apart from)\b", re.IGNORECASE)


def rules(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> tuple[Rule, ...]:
    """Every rule of the brief, one a sentence; state machines that several sentences describe are one rule."""
    found: list[Rule] = []
    for sentence in sentences:
        if not _may_hold_rule(sentence):
            continue
        fields = _typed(sentence, model)
        in_rules = topic(sentence) == "rules"
        if fields is None and not in_rules:
            continue
        if fields is None and _is_title(sentence):
            continue
        found.append(_rule(sentence, fields or _prose(sentence, model), model, ledger))
    return (*joined_states([*_listed(model, ledger), *found], model), *_usual(found, model))


def _listed(model: Model, ledger: Ledger) -> list[Rule]:
    """`unique per order` in an attribute list."""
    found = []
    for entity, attribute, sentence in model.unique_within:
        within = scopes(f"per {attribute.unique_per}", entity, model)
        if within:
            requirement = ledger.requirement("rule", f"{entity} {sentence.text}", sentence.text, sentence)
            found.append(
                Rule(
                    id=requirement, text=sentence.text, kind="unique", entity=entity,
                    attributes=(*within, attribute.name), origin=stated(sentence), serves=(requirement,),
                )
            )  # fmt: skip
    return found


def _usual(found: list[Rule], model: Model) -> Iterator[Rule]:
    """Rules that hold for nearly every entity of an archetype, where its attributes exist and nothing else is said."""
    known = {(r.entity, r.kind, frozenset(r.attributes)) for r in found}
    for draft in model.drafts.values():
        for rule in draft.archetype.rules if draft.archetype else ():
            names = tuple(n if n in draft.names() else _parent_word(n, draft, model) for n in rule.attributes)
            if not all(names) or (draft.name, rule.kind, frozenset(names)) in known:
                continue
            rule_id = f"rule.{slug_of(' '.join((draft.name, rule.kind, *map(str, names))))}"
            text = f"{draft.label}: {_spelt(rule.kind, names, rule.operator)}"
            why = inferred(f"holds for nearly every {draft.archetype.name}" if draft.archetype else "usual")
            yield Rule(
                id=rule_id, text=text, kind=rule.kind, entity=draft.name, attributes=tuple(map(str, names)),
                operator=rule.operator, origin=why, serves=(draft.requirement,),
            )  # fmt: skip


def _parent_word(name: str, draft: Draft, model: Model) -> str | None:
    """The project's word for a parent that an archetype's rule names."""
    for known in draft.archetype.parents if draft.archetype else ():
        if known.reference == name:
            for reference, parent in draft.parents.items():
                archetype = model.drafts[parent].archetype
                if parent == known.entity or (archetype is not None and archetype.name == known.entity):
                    return reference
    return None


def _spelt(kind: str, names: tuple[str | None, ...], operator: str | None) -> str:
    """An inferred rule in words."""
    said = [str(n).replace("_", " ") for n in names]
    if kind == "comparison":
        return f"{said[0]} {operator} {said[1]}"
    if kind == "no_overlap":
        return f"no overlap for one {said[0]} between {said[1]} and {said[2]}"
    return f"{', '.join(said[:-1])} and {said[-1]} together are unique"


def _may_hold_rule(sentence: Sentence) -> bool:
    """Headings, code, tables, plans for later and numbers of the load hold no rules."""
    if sentence.form in ("heading", "code", "row") or not sentence.body:
        return False
    if topic(sentence) == "rules":
        return True
    outside = (
        "future",
        "integration",
        "stack",
        "success",
        "api",
        "performance",
        "availability",
        "relationships",
        "access",
    )
    return topic(sentence) not in outside and bool(
        _MODAL.search(sentence.text)
        or OVERLAP.search(sentence.text)
        or ARROW.search(sentence.text)
        or IMMUTABLE.search(sentence.text)
        or SOFT.search(sentence.text)
    )


def _is_title(sentence: Sentence) -> bool:
    return sentence.text.rstrip().endswith(":")


def _typed(sentence: Sentence, model: Model) -> Found | None:
    """The first reading that is certain."""
    if _CONDITIONAL.search(sentence.text):
        return _conditional(sentence, model)
    readers: tuple[Callable[[Sentence, Model], Found | None], ...] = (
        states, no_overlap, ends_after, unique, once, capacity, bounded, compared, allowed, immutable, soft_delete,
    )  # fmt: skip
    for reader in readers:
        if found := reader(sentence, model):
            return found
    return None


def _conditional(sentence: Sentence, model: Model) -> Found | None:
    """A conditional rule is certain only where its condition is part of what is read."""
    for reader in (states, no_overlap, immutable, soft_delete):
        if found := reader(sentence, model):
            return found
    return None


def _rule(sentence: Sentence, fields: Found, model: Model, ledger: Ledger) -> Rule:
    """The rule with its requirement; attributes that only the rule names are added to its entity."""
    requirement = ledger.requirement("rule", sentence.text, sentence.text, sentence)
    for name in fields.pop("adds", ()):
        model.ensure(fields["entity"], name, stated(sentence), (requirement,))
    return Rule(id=requirement, text=sentence.text, origin=stated(sentence), serves=(requirement,), **fields)


def _prose(sentence: Sentence, model: Model) -> Found:
    """A rule that no constraint expresses."""
    mentions = model.vocabulary.mentions(sentence.text)
    return {"kind": "prose", "entity": mentions[0].entity if mentions else None}
