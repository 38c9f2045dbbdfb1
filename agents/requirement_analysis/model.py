"""The entities and relationships under construction, which later readers (rules, access, volumes) look things up in.

Entities with stated attributes keep exactly those; entities named without any get their archetype's usual ones. An
attribute is added to either only when a stated rule speaks of it. Foreign keys that the brief lists stay attributes
and are relationships too, because other agents read either.
"""

from dataclasses import dataclass, field
from typing import Literal

from agents.knowledge import Archetype
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.attribute_types import attribute_from
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.vocabulary import Names, Vocabulary
from contracts.base import Confidence, Origin
from contracts.requirements import Attribute, Entity, Relationship

Nature = Literal["person", "master", "transaction", "event", "reference"]
CONVENTIONAL = ("id", "created_at", "updated_at")
"""Columns that every table has by convention, so access patterns may filter and sort by them."""


@dataclass
class Draft:
    """An entity while it is being completed; `parents` maps the child's word for a parent to the parent's name."""

    name: str
    label: str
    origin: Origin
    requirement: str
    nature: Nature
    archetype: Archetype | None
    synonyms: tuple[str, ...] = ()
    described: bool = False
    identifier: str = ""
    confidence: Confidence = "high"
    attributes: dict[str, Attribute] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    parents: dict[str, str] = field(default_factory=dict)
    _kept: dict[bool, tuple[object, Names]] = field(default_factory=dict, repr=False, compare=False)

    def names(self) -> tuple[str, ...]:
        """What access patterns and rules may name: attributes and references to parents."""
        return (*self.attributes, *(p for p in self.parents if p not in self.attributes))

    def lookup(self, *, own: bool = False) -> Names:
        """The same names to look phrases up in, or the `own` attributes alone; made anew when one came or went.

        Attributes are added behind the others, and only the latest is ever taken back.
        """
        state = (len(self.attributes), next(reversed(self.attributes), ""), () if own else tuple(self.parents))
        kept = self._kept.get(own)
        if kept is None or kept[0] != state:
            kept = self._kept[own] = (state, Names(tuple(self.attributes) if own else self.names()))
        return kept[1]

    def entity(self) -> Entity:
        """The finished entity."""
        return Entity(
            name=self.name, label=self.label, synonyms=self.synonyms, nature=self.nature,
            archetype=self.archetype.name if self.archetype else None, identifier=self.identifier,
            attributes=tuple(self.attributes.values()),
            key=self.key, confidence=self.confidence, origin=self.origin, serves=(self.requirement,),
        )  # fmt: skip


class Model:
    """All drafts, the vocabulary of their names and the relationships between them."""

    def __init__(self, drafts: dict[str, Draft], vocabulary: Vocabulary) -> None:
        self.drafts = drafts
        self.vocabulary = vocabulary
        self.relationships: list[Relationship] = []
        self._places: dict[str, list[int]] = {}
        self._placed = 0
        self.lines: set[tuple[int, str]] = set()
        self.consumed: set[tuple[int, str]] = set()
        self.unique_within: list[tuple[str, StatedAttribute, Sentence]] = []
        self.flows: list[tuple[str, StatedAttribute, Sentence]] = []

    def belonging(self, child: str) -> list[tuple[int, Relationship]]:
        """The relationships of a child in their order, each with its place in `relationships`."""
        for place in range(self._placed, len(self.relationships)):
            self._places.setdefault(self.relationships[place].child, []).append(place)
        self._placed = len(self.relationships)
        return [(place, self.relationships[place]) for place in self._places.get(child, ())]

    def drop(self, relationship: Relationship) -> None:
        """Takes a relationship back, and the child's parent with it."""
        self.relationships.remove(relationship)
        self._places, self._placed = {}, 0
        self.drafts[relationship.child].parents.pop(relationship.parent, None)

    def loosen(self, child: str, reference: str) -> None:
        """Lets a child be without the parent that it refers to by this word: somebody looks for those that are."""
        for place, found in self.belonging(child):
            if (found.role or found.parent) == reference:
                self.relationships[place] = found.model_copy(update={"optional": True})

    def lists(self, sentence: Sentence) -> bool:
        """Whether a sentence is a line of an attribute list, which no other reader may take for prose."""
        return (sentence.line, sentence.text) in self.lines

    def describes(self, sentence: Sentence) -> bool:
        """Whether it is a whole sentence that names attributes and may tell more: `900 articles, each with a price`."""
        whole = sentence.form == "paragraph" and not sentence.label and sentence.text.rstrip().endswith((".", "!"))
        return whole and (sentence.line, sentence.text) not in self.consumed

    def attribute(self, entity: str, phrase: tuple[str, ...]) -> str | None:
        """The attribute or parent of an entity that some words mean."""
        draft = self.drafts[entity]
        found = draft.lookup().meant(phrase)
        if found:
            return found
        if named := self.vocabulary.known.get(phrase):
            fits = [reference for reference, parent in draft.parents.items() if parent == named]
            return fits[0] if len(fits) == 1 else None
        return None

    def reference(self, child: str, parent: str) -> str | None:
        """The word by which a child refers to a parent, preferring the parent's own name."""
        parents = self.drafts[child].parents
        if parents.get(parent) == parent:
            return parent
        return next((word for word, name in parents.items() if name == parent), None)

    def ensure(self, entity: str, name: str, origin: Origin, serves: tuple[str, ...]) -> str:
        """The name of an attribute that a stated requirement needs, added where the entity lacks it."""
        draft = self.drafts[entity]
        if name not in draft.attributes:
            added = StatedAttribute(label=name, optional=name == "deleted_at")
            draft.attributes[name] = attribute_from(added, origin, serves, True, "medium")
        return name

    def timestamp(self, entity: str) -> str:
        """The attribute that says when an entity happened: its first required point in time, else `created_at`."""
        draft = self.drafts[entity]
        if draft.nature in ("transaction", "event"):
            for kind in ("timestamp", "date"):
                for attribute in draft.attributes.values():
                    late = attribute.name.startswith(("updated", "deleted", "due", "end", "birth", "expir", "valid"))
                    if attribute.type == kind and not attribute.optional and not late:
                        return attribute.name
        return "created_at"
