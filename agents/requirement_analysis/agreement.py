"""Two references that lead to one row: an order names a user and an address, and the address belongs to a user, too.

Where nothing ties them the order of one user goes to the address of another. They are tied where the row in the middle
is a part of its owner, or is closed to others: then it never changes hands, and no other owner's row has business with
it. Where roles differ (an order's customer and the product's seller) they must not be tied; where neither is certain a
person is asked, because a wrong tie refuses good rows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agents.inflection import article
from agents.knowledge import PUBLISHED
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred, slug_of
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.subjects import Found, about
from agents.screening import screened
from contracts.requirements import Protection, Relationship, Rule

_TIED = screened(
    r"\b(?:must|has to|have to|always|can only|may only)\s+(?:both\s+)?"
    r"(?:belongs?\s+to|(?:be\s+)?(?:one of|of|in|from|at)"
    r"|(?:use|name|have|has|refer to|come from)\b.*\b(?:same|own))\b|\bbelongs? to the same\b|\balways\b.*\bthe same\b",
    re.I,
)
"""`the address of an order must belong to its user`, `an order and its address belong to the same user`."""
_FREE = screened(r"\b(?:may|can)\b.*\b(?:an)?other\b|\b(?:need not|not have to|may differ|not necessarily)\b", re.I)
"""`the shipping address of an order may belong to another user`: the answer that ties nothing."""


@dataclass(frozen=True)
class Diamond:
    """`child` refers to its `owner` and to a row in the `middle`, which `belongs` to an owner of the same kind."""

    child: Draft
    middle: Relationship
    owner: Relationship
    belongs: Relationship

    @property
    def names(self) -> tuple[str, str]:
        """The child's words for the row in the middle and for its owner."""
        return self.middle.role or self.middle.parent, self.owner.role or self.owner.parent

    @property
    def entities(self) -> frozenset[str]:
        return frozenset((self.child.name, self.middle.parent, self.owner.parent))

    def told(self) -> str:
        """What a tie asks."""
        middle, owner = (name.replace("_", " ") for name in self.names)
        return f"The {middle} of each {_spoken(self.child.name)} belongs to the same {owner} as that row"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _a(name: str) -> str:
    return article(_spoken(name))


def diamonds(model: Model, children: Iterable[str]) -> Iterator[Diamond]:
    """Every pair of references of one row that lead, in the same role, to rows of one entity."""
    for name in children:
        parents = [r for r in _references(model, name) if r.parent in model.drafts]
        for middle in parents:
            for belongs in _references(model, middle.parent):
                if len({name, middle.parent, belongs.parent}) < 3 or _is_optional(model, belongs):
                    continue
                for owner in parents:
                    if (owner.parent, owner.role) == (belongs.parent, belongs.role) and owner is not middle:
                        yield Diamond(model.drafts[name], middle, owner, belongs)


def _references(model: Model, child: str) -> list[Relationship]:
    return [r for _, r in model.belonging(child) if r.cardinality != "many_to_many"]


def _is_optional(model: Model, reference: Relationship) -> bool:
    attributes, word = model.drafts[reference.child].attributes, reference.role or reference.parent
    stated = attributes.get(word) or attributes.get(f"{word}_id")
    return reference.optional or bool(stated and stated.optional)


def agreed(sentence: Sentence, model: Model) -> Found | None:
    """`the address of an order must belong to the user who placed it`."""
    if not _TIED.search(sentence.text):
        return None
    found = _named(sentence, model)
    return {"kind": "agreement", "entity": found.child.name, "attributes": found.names} if found else None


def _named(sentence: Sentence, model: Model) -> Diamond | None:
    """The diamond whose three entities a sentence names; of several the one whose role it says, too."""
    mentioned = {m.entity for m in model.vocabulary.mentions(sentence.text)}
    if len(mentioned) < 2:
        return None
    under = about(sentence, model)
    named = mentioned | ({under} if under else set())
    fits = [d for d in diamonds(model, [n for n in model.drafts if n in named]) if d.entities <= named]
    low = sentence.text.lower()
    return max(fits, key=lambda d: sum(_spoken(name) in low for name in d.names), default=None)


def agreements(
    model: Model, protection: Protection, rules: Iterable[Rule], sentences: Iterable[Sentence], ledger: Ledger
) -> tuple[Rule, ...]:
    """The ties that follow from ownership; a question for each that only may be meant."""
    rules = tuple(rules)
    said = {(r.entity, r.attributes) for r in rules if r.kind == "agreement"}
    free = [d for s in sentences if _FREE.search(s.text) and (d := _named(s, model))]
    settled = said | {(d.child.name, d.names) for d in free}
    made: list[Rule] = []
    for found in diamonds(model, tuple(model.drafts)):
        if (found.child.name, found.names) in settled or _is_for_others(model, found):
            continue
        settled.add((found.child.name, found.names))
        reason = _ownership(model, protection, rules, found)
        if reason and not _is_optional(model, found.owner):
            made.append(_tie(found, reason, ledger))
        else:
            _ask(found, ledger)
    return tuple(made)


def _is_for_others(model: Model, found: Diamond) -> bool:
    """Whether one of the rows is made for others to read or to answer: a comment on somebody's article."""
    drafts = (found.child, model.drafts[found.middle.parent])
    return any({d.name, d.archetype.name if d.archetype else ""} & PUBLISHED for d in drafts)


def _ownership(model: Model, protection: Protection, rules: tuple[Rule, ...], found: Diamond) -> str:
    """Why the row in the middle belongs to one owner for good; empty where that is not certain."""
    middle, owner = model.drafts[found.middle.parent], found.owner.parent
    if _are_independent(found, rules):
        return ""
    if protection.tenant == owner:
        return f"data of one {_spoken(owner)} are closed to the others"
    owning = [r for r in _references(model, middle.name) if r.owned or r.deleted_with]
    whole = [(r.parent, r.role) for r in owning] == [(owner, found.belongs.role)]
    if model.drafts[owner].nature == "person":
        private = found.child.nature != "event" and not (middle.nature == "master" and found.owner.owned)
        whole = whole and private
    elif _is_named_within(found.belongs, middle, rules):
        return f"{_a(middle.name)} is told apart within its {_spoken(owner)} alone"
    return f"{_a(middle.name)} is a part of its {_spoken(owner)} and never passes to another" if whole else ""


def _are_independent(found: Diamond, rules: tuple[Rule, ...]) -> bool:
    """Whether a key holds both references, which it would not if one of them said the other."""
    keys = [found.child.key, *(r.attributes for r in rules if _is_key(r, found.child.name))]
    both = [{name, f"{name}_id"} for name in found.names]
    return any(all(set(key) & names for names in both) for key in keys)


def _is_key(rule: Rule, entity: str) -> bool:
    """Whether a rule tells all rows of the entity apart."""
    return rule.kind == "unique" and rule.entity == entity and not rule.terms


def _is_named_within(belongs: Relationship, middle: Draft, rules: tuple[Rule, ...]) -> bool:
    """Whether the owner is a part of what tells the rows of the middle apart: room 12 of a clinic."""
    word = belongs.role or belongs.parent
    keys = [middle.key, *(r.attributes for r in rules if _is_key(r, middle.name))]
    return any(len(key) > 1 and {word, f"{word}_id"} & set(key) for key in keys)


def _serves(found: Diamond) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s for r in (found.middle, found.owner, found.belongs) for s in r.serves))


def _slug(found: Diamond) -> str:
    return slug_of(" ".join(("agreement", found.child.name, *found.names)))


def _tie(found: Diamond, reason: str, ledger: Ledger) -> Rule:
    middle, owner = map(_spoken, found.names)
    assumed = ledger.assume(
        f"agreement {found.child.name} {' '.join(found.names)}",
        f"whether the {middle} of {_a(found.child.name)} may belong to another {owner}",
        "no",
        reason,
        f'say "The {middle} of {_a(found.child.name)} may belong to another {owner}"',
    )
    return Rule(
        id=f"rule.{_slug(found)}", text=found.told(), kind="agreement", entity=found.child.name,
        attributes=found.names, origin=inferred(reason), serves=(assumed, *_serves(found)), confidence="medium",
    )  # fmt: skip


def _ask(found: Diamond, ledger: Ledger) -> None:
    middle, owner = map(_spoken, found.names)
    ledger.question(
        f"agreement {found.child.name} {' '.join(found.names)}",
        f"May the {middle} of {_a(found.child.name)} belong to another {owner} than the one that the "
        f"{_spoken(found.child.name)} names? (“The {middle} of {_a(found.child.name)} must belong to its "
        f"{owner}” ties them.)",
        "it may: nothing ties the two references",
    )
