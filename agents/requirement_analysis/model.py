"""The entities and relationships under construction, which later readers (rules, access, volumes) look things up in.

Entities with stated attributes keep exactly those; entities named without any get their archetype's usual ones. An
attribute is added to either only when a stated rule speaks of it. Foreign keys that the brief lists stay attributes
and are relationships too, because other agents read either.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from agents.knowledge import Archetype, KnownAttribute, archetype_for
from agents.requirement_analysis.attributes import StatedAttribute, attribute_from
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declaration, Declarations
from agents.requirement_analysis.ledger import Ledger, inferred, stated
from agents.requirement_analysis.relationships import Cardinality, Link, is_part, links, undeclared
from agents.requirement_analysis.vocabulary import Vocabulary, attribute_named
from contracts.base import Origin
from contracts.requirements import Attribute, Entity, Relationship

Nature = Literal["person", "master", "transaction", "event", "reference"]

CONVENTIONAL = ("id", "created_at", "updated_at")
"""Columns that every table has by convention, so access patterns may filter and sort by them."""

_EVENT_ENDS = frozenset(
    "history log event activity audit entry measurement reading tick check notification message view click".split()
)
_REFERENCE_ENDS = frozenset("type status country currency language unit tag".split())
_PERSONS = frozenset(
    "user customer person patient employee student teacher doctor practitioner member staff guest author driver "
    "tenant_user account_holder nurse manager agent".split()
)


_CALLERS = frozenset({"customer", "member", "account_holder", "person", "guest", "subscriber", "account"})
"""Persons of archetypes whom a plain `user` stands for, because each of them is whoever uses the application."""


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
    attributes: dict[str, Attribute] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    parents: dict[str, str] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """What access patterns and rules may name: attributes and references to parents."""
        return (*self.attributes, *(p for p in self.parents if p not in self.attributes))

    def entity(self) -> Entity:
        """The finished entity."""
        return Entity(
            name=self.name, label=self.label, synonyms=self.synonyms, nature=self.nature,
            archetype=self.archetype.name if self.archetype else None, attributes=tuple(self.attributes.values()),
            key=self.key, origin=self.origin, serves=(self.requirement,),
        )  # fmt: skip


class Model:
    """All drafts, the vocabulary of their names and the relationships between them."""

    def __init__(self, drafts: dict[str, Draft], vocabulary: Vocabulary) -> None:
        self.drafts = drafts
        self.vocabulary = vocabulary
        self.relationships: list[Relationship] = []
        self.lines: set[tuple[int, str]] = set()
        self.unique_within: list[tuple[str, StatedAttribute, Sentence]] = []

    def lists(self, sentence: Sentence) -> bool:
        """Whether a sentence is a line of an attribute list, which no other reader may take for prose."""
        return (sentence.line, sentence.text) in self.lines

    def attribute(self, entity: str, phrase: tuple[str, ...]) -> str | None:
        """The attribute or parent of an entity that some words mean."""
        draft = self.drafts[entity]
        found = attribute_named(phrase, draft.names())
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
            draft.attributes[name] = attribute_from(added, origin, serves, explicit=True)
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


def model(found: Declarations, sentences: tuple[Sentence, ...], ledger: Ledger) -> Model:
    """Drafts with attributes, parents and relationships, everything noted in the ledger."""
    vocabulary = _vocabulary(found)
    for name, sentence in undeclared(sentences, vocabulary):
        found.declare(name, sentence)
    vocabulary = _vocabulary(found)
    drafts = {name: _draft(declaration, ledger) for name, declaration in found.by_name.items()}
    result = Model(drafts, vocabulary)
    for declaration in found.by_name.values():
        _describe(result, declaration, ledger)
    prose = tuple(s for s in sentences if not result.lists(s))
    _relate(result, links(prose, vocabulary), ledger)
    for draft in drafts.values():
        _complete(draft, found.by_name[draft.name], ledger)
    _infer_parents(result)
    _settle_natures(result)
    return result


def _vocabulary(found: Declarations) -> Vocabulary:
    return Vocabulary((d.name, tuple(dict.fromkeys(d.labels))) for d in found.by_name.values())


def _draft(declaration: Declaration, ledger: Ledger) -> Draft:
    """An entity without attributes yet."""
    archetype = archetype_for(declaration.name)
    requirement = ledger.requirement(
        "entity", declaration.name, f"The application stores {declaration.label}.", declaration.sentence
    )
    for sentence in declaration.mentions:
        ledger.use(sentence, requirement)
    synonyms = [s for s in dict.fromkeys(declaration.labels) if s != declaration.label]
    return Draft(
        name=declaration.name, label=declaration.label, origin=stated(declaration.sentence), requirement=requirement,
        nature=archetype.nature if archetype else "master", archetype=archetype, synonyms=tuple(synonyms),
        described=bool(declaration.attributes),
    )  # fmt: skip


def _describe(result: Model, declaration: Declaration, ledger: Ledger) -> None:
    """The attributes that the brief lists: references become parents, surrogate keys go, natural keys stay."""
    draft = result.drafts[declaration.name]
    explicit = any(a.optional is not None for a, _ in declaration.attributes)
    for attribute, sentence in declaration.attributes:
        ledger.use(sentence, draft.requirement)
        result.lines.add((sentence.line, sentence.text))
        target = _target(attribute, declaration.name, result.vocabulary)
        if attribute.many and target:
            independent = result.drafts[target].nature in ("person", "master", "reference")
            several: Cardinality = "many_to_many" if independent and not is_part(draft.name, target) else "one_to_many"
            _add(result, Link(draft.name, target, several, sentence), stated(sentence), draft.requirement)
        elif target:
            _refer(result, draft, attribute, target, sentence)
        elif not _is_surrogate(attribute, draft.name):
            _keep(draft, attribute, sentence, explicit, ledger)
        if attribute.unique_per:
            result.unique_within.append((declaration.name, attribute, sentence))


def _target(attribute: StatedAttribute, entity: str, vocabulary: Vocabulary) -> str | None:
    """The entity that an attribute refers to, if it does."""
    if attribute.references:
        mentions = vocabulary.mentions(attribute.references)
        named = vocabulary.named(attribute.references)
        return named or (mentions[0].entity if len({m.entity for m in mentions}) == 1 else None)
    plain = attribute.type in (None, "identifier", "uuid") and not attribute.allowed
    keyed = attribute.type in (None, "identifier", "uuid", "integer")
    base = attribute.name.removesuffix("_id").removesuffix("_fk").removesuffix("_ref")
    if base != attribute.name and keyed:
        if base in ("parent", "self") or base == f"parent_{entity}":
            return entity
        whole = vocabulary.known.get(tuple(base.split("_")))
        if whole or base == entity:
            return whole if whole != entity else None
        mentions = vocabulary.mentions(base)
        return mentions[-1].entity if mentions and mentions[-1].end == len(base.split("_")) else None
    if plain and attribute.evidence == int("_" in attribute.label):
        found = vocabulary.known.get(tuple(attribute.name.split("_")))
        return found if found != entity else None
    return None


def _is_surrogate(attribute: StatedAttribute, entity: str) -> bool:
    """Whether this is the row's own technical key, which every table gets by convention."""
    technical = attribute.type in (None, "identifier", "uuid", "integer")
    return technical and attribute.name in ("id", "uuid", "guid", f"{entity}_id", "pk", f"id_{entity}")


def _refer(result: Model, draft: Draft, attribute: StatedAttribute, target: str, sentence: Sentence) -> None:
    """A stated foreign key: an attribute with `references`, and a relationship."""
    base = attribute.name.removesuffix("_id").removesuffix("_fk").removesuffix("_ref")
    role = base if base != target else None
    base_attribute = attribute_from(attribute, stated(sentence), (draft.requirement,), explicit=True)
    self_reference = target == draft.name
    draft.attributes[attribute.name] = base_attribute.model_copy(
        update={
            "type": "identifier", "references": target, "length": None, "precision": None, "scale": None, "unit": "",
            "optional": bool(attribute.optional) or self_reference, "minimum": None, "maximum": None,
            "exclusive_minimum": False, "allowed": (), "default": None, "sensitivity": "internal",
        }
    )  # fmt: skip
    cardinality: Literal["one_to_one", "one_to_many"] = "one_to_one" if attribute.unique else "one_to_many"
    link = Link(
        target, draft.name, cardinality, sentence, role, bool(attribute.optional) or self_reference,
        is_part(target, draft.name),
    )  # fmt: skip
    _add(result, link, stated(sentence), draft.requirement)


def _keep(draft: Draft, attribute: StatedAttribute, sentence: Sentence, explicit: bool, ledger: Ledger) -> None:
    """A plain attribute, or a question when the brief describes it twice and differently."""
    made = attribute_from(attribute, stated(sentence), (draft.requirement,), explicit)
    earlier = draft.attributes.get(made.name)
    if earlier is None:
        draft.attributes[made.name] = made
        if attribute.key:
            draft.key = (*draft.key, made.name)
    elif (earlier.type, earlier.optional, earlier.unique, earlier.allowed) != (
        made.type, made.optional, made.unique, made.allowed,
    ):  # fmt: skip
        line = earlier.origin.line or sentence.line
        ledger.question(
            f"{draft.name} {made.name}",
            f'{draft.label} describes "{made.label}" twice and differently. Which is right?',
            f"the first: {earlier.type}{', optional' if earlier.optional else ''}",
            tuple(sorted({line, sentence.line})),
        )


def _relate(result: Model, found: Iterable[Link], ledger: Ledger) -> None:
    """Relationships that sentences state; a foreign key in an attribute list is the same relationship."""
    first: dict[tuple[str, str, str | None], Link] = {}
    for link in found:
        requirement = _requirement(link, ledger)
        known = first.setdefault((*sorted((link.parent, link.child)), link.role), link)  # type: ignore[arg-type]
        if (known.cardinality, known.parent) != (link.cardinality, link.parent):
            ledger.question(
                f"relationship {link.parent} {link.child}",
                f"{known.sentence.text!r} and {link.sentence.text!r} disagree. Which is right?",
                f"the first: {known.cardinality.replace('_', '-')} with {known.parent} as the parent",
                (known.sentence.line, link.sentence.line),
            )
            continue
        keyed = [
            r for r in result.relationships
            if (r.parent, r.child) == (link.parent, link.child) and (link.role is None or r.role == link.role)
        ]  # fmt: skip
        if not keyed:
            _add(result, link, stated(link.sentence), requirement)
        for relationship in keyed if link.owned else ():
            place = result.relationships.index(relationship)
            serves = tuple(dict.fromkeys((*relationship.serves, requirement)))
            result.relationships[place] = relationship.model_copy(update={"owned": True, "serves": serves})


def _requirement(link: Link, ledger: Ledger) -> str:
    """The requirement of a stated relationship."""
    role = f" {link.role}" if link.role else ""
    text = f"{link.parent} to {link.child} is {link.cardinality.replace('_', '-')}{f' as {link.role}' if role else ''}"
    return ledger.requirement("relationship", f"{link.parent} {link.child}{role}", text, link.sentence)


def _add(result: Model, link: Link, origin: Origin, requirement: str) -> None:
    """Record a relationship and the child's reference; details that the sentence leaves out come from the archetype."""
    child, parent = result.drafts[link.child], result.drafts[link.parent]
    if any((r.parent, r.child, r.role) == (link.parent, link.child, link.role) for r in result.relationships):
        return
    usual = next(
        (
            p
            for p in (child.archetype.parents if child.archetype else ())
            if _is_usual(p.entity, parent) and p.role == link.role
        ),
        None,
    )
    result.relationships.append(
        Relationship(
            parent=link.parent, child=link.child, cardinality=link.cardinality, role=link.role,
            optional=link.optional or bool(usual and usual.optional and origin.kind == "inferred"),
            owned=link.owned or is_part(link.parent, link.child) or bool(usual and usual.owned),
            origin=origin, serves=(requirement,),
        )
    )  # fmt: skip
    if link.cardinality != "many_to_many":
        child.parents.setdefault(link.role or link.parent, link.parent)


def _is_usual(entity: str, draft: Draft) -> bool:
    """Whether a draft is what an archetype calls by this name."""
    return draft.name == entity or (draft.archetype is not None and draft.archetype.name == entity)


def _complete(draft: Draft, declaration: Declaration, ledger: Ledger) -> None:
    """Attributes for an entity that the brief only names."""
    if draft.described and draft.attributes:
        return
    if draft.archetype:
        rule = f"usual attributes of the archetype {draft.archetype.name}"
        for known in draft.archetype.attributes:
            draft.attributes.setdefault(known.name, _usual(known, rule, draft.requirement))
        return
    origin = Origin(kind="convention", rule="an entity that the brief only names gets a name to recognise it by")
    if "name" not in draft.attributes and not draft.attributes:
        draft.attributes["name"] = attribute_from(StatedAttribute(label="name"), origin, (draft.requirement,), True)
    ledger.question(
        f"{draft.name} attributes",
        f"Which attributes does {draft.label} have? The brief names it and describes none.",
        "a name only",
        (declaration.sentence.line,),
    )


def _usual(known: KnownAttribute, rule: str, requirement: str) -> Attribute:
    """An archetype's attribute as one of this project."""
    shape = known.model_dump(exclude={"name"})
    return Attribute(
        name=known.name, label=known.name.replace("_", " "), origin=inferred(rule), serves=(requirement,), **shape
    )


def _infer_parents(result: Model) -> None:
    """Usual relationships of archetypes, where the brief has both entities and says nothing about the two.

    A list of attributes that carries its foreign keys is complete, so nothing is added to it.
    """
    stated_pairs = {frozenset((r.parent, r.child)) for r in result.relationships}
    keyed = any(a.references for d in result.drafts.values() for a in d.attributes.values())
    for draft in result.drafts.values():
        if draft.described and (keyed or draft.parents):
            continue
        for known in draft.archetype.parents if draft.archetype else ():
            parent = _present(result, known.entity)
            if parent is None or frozenset((parent, draft.name)) in stated_pairs:
                continue
            rule = f"{draft.archetype.name if draft.archetype else draft.name} usually refers to {known.entity}"
            role = known.role if known.role != parent else None
            if role is None and parent == draft.name:
                role = "parent"
            link = Link(parent, draft.name, known.cardinality, _NOWHERE, role, known.optional, known.owned)
            _add(result, link, inferred(rule), draft.requirement)


_NOWHERE = Sentence(line=0, text="", body="", form="paragraph", item=0)


def _present(result: Model, entity: str) -> str | None:
    """The brief's entity that plays the part of an archetype; whoever logs in stands for any other person."""
    if entity in result.drafts:
        return entity
    for draft in result.drafts.values():
        if draft.archetype and draft.archetype.name == entity:
            return draft.name
    return "user" if entity in _CALLERS and "user" in result.drafts else None


def _settle_natures(result: Model) -> None:
    """The nature of entities without an archetype: by name, then by what they have."""
    for draft in result.drafts.values():
        if draft.archetype is not None:
            continue
        last = draft.name.rpartition("_")[2]
        types = {a.type for a in draft.attributes.values() if not a.optional and a.name not in CONVENTIONAL}
        if last in _EVENT_ENDS:
            draft.nature = "event"
        elif last in _REFERENCE_ENDS:
            draft.nature = "reference"
        elif draft.name in _PERSONS or last in _PERSONS:
            draft.nature = "person"
        elif draft.parents and (types & {"timestamp", "date"} or "status" in draft.attributes):
            draft.nature = "transaction"
