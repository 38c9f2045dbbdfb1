"""From declarations to drafts: stated attributes as they are, usual ones for entities that are only named."""

from collections.abc import Container

from agents.knowledge import KnownAttribute, archetype_beside, homonyms
from agents.language import tagged
from agents.naming import singular, words
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.attribute_types import attribute_from
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Cardinality, Declaration, Declarations, Link
from agents.requirement_analysis.forms.things import form_links
from agents.requirement_analysis.ledger import Ledger, inferred, stated
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.linking import add_link, infer_named_parents, infer_parents, infer_told_parents, relate
from agents.requirement_analysis.model import CONVENTIONAL, Draft, Model
from agents.requirement_analysis.people import is_author, is_role, role_player
from agents.requirement_analysis.relationships import is_part, links, undeclared
from agents.requirement_analysis.vocabulary import Vocabulary
from contracts.base import Origin
from contracts.requirements import Attribute

_EVENT_ENDS = frozenset(
    "history log event activity audit entry measurement reading tick check notification message view click".split()
)
_REFERENCE_ENDS = frozenset("type status country currency language unit tag".split())
_JOINING = 2
"""Parents from which on an entity that only ends like a person joins them: an `episode_guest` is no guest."""
_PERSONS = frozenset(
    "user customer person patient employee student teacher doctor practitioner member staff guest author driver "
    "tenant_user account_holder nurse manager agent".split()
)


def model(found: Declarations, sentences: tuple[Sentence, ...], ledger: Ledger) -> Model:
    """Drafts with attributes, parents and relationships, everything noted in the ledger."""
    vocabulary = _vocabulary(found)
    for name, sentence in undeclared(sentences, vocabulary):
        found.declare(name, sentence)
    vocabulary = _vocabulary(found)
    company = _company(found, sentences)
    drafts = {
        name: _draft(declaration, _joins(name, found), company, ledger) for name, declaration in found.by_name.items()
    }
    result = Model(drafts, vocabulary)
    for declaration in found.by_name.values():
        _describe(result, declaration, ledger)
    result.lines |= found.read
    result.consumed |= found.read
    prose = tuple(s for s in sentences if not result.lists(s))
    relate(result, found.spoken, ledger)
    relate(result, _further(links(prose, vocabulary), found), ledger)
    related = [frozenset((r.parent, r.child)) for r in result.relationships]
    relate(result, form_links(found, vocabulary, related), ledger)
    for draft in drafts.values():
        marks = {r.parent for _, r in result.belonging(draft.name) if r.cardinality == "one_to_one"}
        _complete(draft, found.by_name[draft.name], marks, ledger)
    infer_parents(result)
    infer_named_parents(result)
    if found.is_story:
        infer_told_parents(result, prose)
    _settle_natures(result)
    _names_of_persons(result)
    _classes_of_archetypes(result)
    return result


def _further(stated: tuple[Link, ...], found: Declarations) -> tuple[Link, ...]:
    """Relationships of pairs about which prose has not yet been read, and which no third thing joins."""
    pairs = {frozenset((link.parent, link.child)) for link in found.spoken} | found.joined
    return tuple(link for link in stated if frozenset((link.parent, link.child)) not in pairs)


def _vocabulary(found: Declarations) -> Vocabulary:
    return Vocabulary((d.name, tuple(dict.fromkeys(d.labels))) for d in found.by_name.values())


def _joins(name: str, found: Declarations) -> bool:
    """Whether a name is that of two others: a `product supplier` between products and suppliers is none of these."""
    parts = name.split("_")
    halves = (("_".join(parts[:i]), "_".join(parts[i:])) for i in range(1, len(parts)))
    return any(one in found.by_name and other in found.by_name for one, other in halves)


def _company(found: Declarations, sentences: tuple[Sentence, ...]) -> frozenset[str]:
    """The words of the brief in the singular, where some entity's name means several things."""
    if homonyms().keys().isdisjoint(found.by_name):
        return frozenset()
    return frozenset(singular(word) for sentence in sentences for word in words(sentence.text))


def _draft(declaration: Declaration, joins: bool, company: frozenset[str], ledger: Ledger) -> Draft:
    """An entity without attributes yet; the words of the brief tell which of several things its name means."""
    archetype = archetype_beside(declaration.name, company) if not joins else None
    if archetype and archetype.nature in ("transaction", "event") and _is_code_list(declaration):
        archetype = None
    requirement = ledger.requirement(
        "entity", declaration.name, f"The application stores {declaration.label}.", declaration.sentence
    )
    for sentence in declaration.mentions:
        ledger.use(sentence, requirement)
    synonyms = [s for s in dict.fromkeys(declaration.labels) if s != declaration.label]
    return Draft(
        name=declaration.name, label=declaration.label, origin=stated(declaration.sentence), requirement=requirement,
        nature=archetype.nature if archetype else "master", archetype=archetype, synonyms=tuple(synonyms),
        described=bool(declaration.attributes) and not declaration.partial, confidence=declaration.confidence,
    )  # fmt: skip


def _is_code_list(declaration: Declaration) -> bool:
    """Whether an entity has only a code and a name, so nothing happens in it: a `Trade` of craftsmen is no deal."""
    names = {a.name for a, _ in declaration.attributes}
    return len(names) > 1 and names <= {
        "id",
        "code",
        "name",
        "title",
        "label",
        "description",
        "short_name",
        "abbreviation",
    }


def _describe(result: Model, declaration: Declaration, ledger: Ledger) -> None:
    """The attributes that the brief lists: references become parents, surrogate keys go, natural keys stay."""
    draft = result.drafts[declaration.name]
    plain = (a for a, _ in declaration.attributes if a.references is None and not a.name.endswith("id"))
    explicit = any(a.optional is not None for a in plain)
    together = sum(a.key for a, _ in declaration.attributes) > 1
    for number, (attribute, sentence) in enumerate(declaration.attributes):
        ledger.use(sentence, draft.requirement)
        result.lines.add((sentence.line, sentence.text))
        target = _target(attribute, declaration.name, result.vocabulary)
        own = target is None and _is_surrogate(attribute, draft.name, number == 0)
        target = target or (None if own else _played(result, draft, attribute))
        if attribute.many and target:
            independent = result.drafts[target].nature in ("person", "master", "reference")
            several: Cardinality = "many_to_many" if independent and not is_part(draft.name, target) else "one_to_many"
            add_link(result, Link(draft.name, target, several, sentence), stated(sentence), draft.requirement)
        elif target:
            _refer(result, draft, attribute, target, sentence)
        elif own:
            draft.identifier = draft.identifier or attribute.label
        else:
            _keep(draft, attribute, sentence, explicit, ledger)
        if attribute.flow and attribute.name in draft.attributes:
            result.flows.append((declaration.name, attribute, sentence))
        if attribute.key and target and together:
            draft.key = (*draft.key, attribute.name)
        if attribute.unique_per:
            result.unique_within.append((declaration.name, attribute, sentence))
    for attribute, sentence in declaration.attributes:  # what is numbered within something belongs to it
        whole = result.vocabulary.named(attribute.unique_per) if attribute.unique_per else None
        if whole and whole != draft.name and whole not in draft.parents.values():
            link = Link(whole, draft.name, "one_to_many", sentence, owned=True)
            add_link(result, link, stated(sentence), draft.requirement)


def _target(attribute: StatedAttribute, entity: str, vocabulary: Vocabulary) -> str | None:
    """The entity that an attribute refers to, if it does."""
    if attribute.references:
        mentions = vocabulary.mentions(attribute.references)
        named = vocabulary.named(attribute.references)
        return named or (mentions[0].entity if len({m.entity for m in mentions}) == 1 else None)
    if attribute.name.endswith(("_information", "_details", "_data")) and attribute.type is None:
        base = attribute.name.rpartition("_")[0]
        whole = vocabulary.known.get(tuple(base.split("_")))
        mentions = vocabulary.mentions(base) if whole is None else ()
        if mentions and mentions[-1].end == len(base.split("_")) and is_role(base.split("_")[0]):
            whole = mentions[-1].entity  # `buyer user information`
        return whole if whole != entity else None
    plain = attribute.type in (None, "identifier", "uuid") and not attribute.allowed
    keyed = attribute.type in (None, "identifier", "uuid", "integer")
    base = attribute.name.removesuffix("_id").removesuffix("_fk").removesuffix("_ref")
    above = base.removesuffix(f"_{entity}") in _ABOVE and base.endswith(entity)
    if keyed and plain and above:
        return entity
    if base != attribute.name and keyed:
        if base in ("parent", "self") or above:
            return entity
        if entity.endswith(f"_{base}"):
            return None
        whole = vocabulary.known.get(tuple(base.split("_")))
        if whole or base == entity:
            return whole if whole != entity else None
        base = base.rstrip("0123456789").rstrip("_")  # `user 1 ID` and `user 2 ID` are two users
        mentions = vocabulary.mentions(base)
        named = mentions[-1].entity if mentions and mentions[-1].end == len(base.split("_")) else None
        return named if named != entity or len(mentions) > 1 or mentions[0].start > 0 else None
    if plain and (joined := _joined_by_name(attribute.name, entity, vocabulary)):
        return joined
    if plain and attribute.evidence == int("_" in attribute.label):
        words = tuple(attribute.name.split("_"))
        if found := vocabulary.known.get(words):
            return found if found != entity else None
        return vocabulary.known.get(words[1:]) if words[0] in _ROLES or _does_or_suffers(attribute.label) else None
    return None


def _does_or_suffers(label: str) -> bool:
    """Whether a label tells by a form of a verb which of several is meant: `teaching teacher`, `commented post`."""
    first = tagged(label)[0]
    return first.tag in ("gerund", "participle") or first.low.endswith(("ing", "ed"))


def _joined_by_name(attribute: str, entity: str, vocabulary: Vocabulary) -> str | None:
    """The one of the two whom an association joins that an attribute names: the `team name` of a `coach team`."""
    base, _, last = attribute.rpartition("_")
    whole = vocabulary.known.get(tuple(base.split("_"))) if base and last in ("name", "number", "code") else None
    other = entity.removeprefix(f"{whole}_").removesuffix(f"_{whole}")
    return whole if whole and other != entity and vocabulary.known.get(tuple(other.split("_"))) else None


_COUNTS = (
    "max_",
    "maximum_",
    "maximal_",
    "min_",
    "minimum_",
    "number_of_",
    "no_of_",
    "count_of_",
    "total_",
    "expected_",
)
_ABOVE = words_that("above")
_ROLES = frozenset(
    "source target origin destination from to home away parent previous next sending receiving departure arrival "
    "assigned responsible old current original".split()
)
"""Words that tell which of several of a kind a reference means: `source location`."""


def _played(result: Model, draft: Draft, attribute: StatedAttribute) -> str | None:
    """The person whom a role means (`operator`, `captain ID`), where no entity has the role's name."""
    base = attribute.name.removesuffix("_id")
    if attribute.type not in (None, "identifier", "uuid") or attribute.allowed or not is_role(base):
        return None
    if base.startswith(_COUNTS) or base.endswith("_count"):
        return None  # how many there are, and none of them
    if base == attribute.name and not is_author(base):
        return None
    persons = [d.name for d in result.drafts.values() if d.archetype and d.archetype.nature == "person"]
    return role_player(base, [p for p in persons if p != draft.name] or persons)


def _is_surrogate(attribute: StatedAttribute, entity: str, first: bool) -> bool:
    """Whether this is the row's own technical key, which every table gets by convention.

    A list's first id that refers to no other entity is its owner's: `Task ID` of a sales task.
    """
    technical = attribute.type in (None, "identifier", "uuid", "integer")
    own = (
        "id",
        "identifier",
        "unique_identifier",
        "uuid",
        "guid",
        f"{entity}_id",
        "pk",
        f"id_{entity}",
        f"{entity.rpartition('_')[2]}_id",
    )
    return technical and (attribute.name in own or (first and attribute.name.endswith("_id")))


def _refer(result: Model, draft: Draft, attribute: StatedAttribute, target: str, sentence: Sentence) -> None:
    """A stated foreign key: an attribute with `references`, and a relationship."""
    base = attribute.name.removesuffix("_id").removesuffix("_fk").removesuffix("_ref")
    role = base if base != target else None
    base_attribute = attribute_from(attribute, stated(sentence), (draft.requirement,), True, draft.confidence)
    self_reference = target == draft.name
    draft.attributes[attribute.name] = base_attribute.model_copy(
        update={
            "type": "identifier", "references": target, "length": None, "precision": None, "scale": None, "unit": "",
            "optional": bool(attribute.optional) or self_reference, "minimum": None, "maximum": None,
            "exclusive_minimum": False, "allowed": (), "default": None, "sensitivity": "internal",
        }
    )  # fmt: skip
    cardinality: Cardinality = "one_to_one" if attribute.unique else "one_to_many"
    link = Link(
        target, draft.name, cardinality, sentence, role, bool(attribute.optional) or self_reference,
        is_part(target, draft.name) or attribute.owned,
    )  # fmt: skip
    add_link(result, link, stated(sentence), draft.requirement)


def _keep(draft: Draft, attribute: StatedAttribute, sentence: Sentence, explicit: bool, ledger: Ledger) -> None:
    """A plain attribute, or a question when the brief describes it twice and differently."""
    made = attribute_from(attribute, stated(sentence), (draft.requirement,), explicit, draft.confidence)
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


def _complete(draft: Draft, declaration: Declaration, whole: Container[str], ledger: Ledger) -> None:
    """Attributes for an entity that the brief only names; of those in `whole` it is a part, one to one.

    One that is described in passing gets, of its usual attributes, those that every row has.
    """
    if draft.described and draft.attributes and not declaration.partial:
        return
    if draft.archetype and draft.archetype.name != draft.name and draft.archetype.name in whole:
        return  # a new order beside an order marks one of them, and repeats nothing of it
    if draft.archetype:
        rule = f"usual attributes of the archetype {draft.archetype.name}"
        said = tuple(draft.attributes)
        for known in draft.archetype.attributes:
            if not said or not (known.optional or any(_same_fact(known.name, name) for name in said)):
                draft.attributes.setdefault(known.name, _usual(known, rule, draft.requirement))
        return
    if draft.attributes:
        return
    origin = Origin(kind="convention", rule="an entity that the brief only names gets a name to recognise it by")
    named = StatedAttribute(label="name")
    draft.attributes["name"] = attribute_from(named, origin, (draft.requirement,), True, "low")
    ledger.question(
        f"{draft.name} attributes",
        f"Which attributes does {draft.label} have? The brief names it and describes none.",
        "a name only",
        (declaration.sentence.line,),
    )


def _same_fact(usual: str, said: str) -> bool:
    """Whether a usual attribute is what the brief calls otherwise: `due_at` the due date."""
    if _moment(usual) == _moment(said) != "" or {usual, said} <= {"name", "title"}:
        return True
    return f"_{usual}".endswith(f"_{said}") or f"{usual}_".startswith(f"{said}_")


def _moment(name: str) -> str:
    """What happens at the time that a name speaks of: `start` for `starts_at` and `start_time`; empty for no time."""
    head, _, last = name.rpartition("_")
    return head.removesuffix("s") if last in ("at", "on", "date", "time") else ""


def _usual(known: KnownAttribute, rule: str, requirement: str) -> Attribute:
    """An archetype's attribute as one of this project."""
    shape = known.model_dump(exclude={"name"})
    return Attribute(
        name=known.name, label=known.name.replace("_", " "), origin=inferred(rule), serves=(requirement,),
        confidence="low", **shape,
    )  # fmt: skip


_REMARKS = frozenset({"notes", "note", "remarks", "comment", "comments", "findings", "observations"})


def _names_of_persons(result: Model) -> None:
    """A name says nothing about anybody, but that of a person does."""
    for draft in result.drafts.values():
        name = draft.attributes.get("name")
        if draft.nature == "person" and name is not None and name.sensitivity == "internal":
            draft.attributes["name"] = name.model_copy(update={"sensitivity": "personal"})


def _classes_of_archetypes(result: Model) -> None:
    """What the usual attribute of the same name holds, and remarks where the entity's own remarks are health data.

    `notes` says nothing by itself; the notes of an encounter are a patient's.
    """
    for draft in result.drafts.values():
        known = {a.name: a.sensitivity for a in draft.archetype.attributes} if draft.archetype else {}
        for name, attribute in draft.attributes.items():
            kind = known.get(name, "internal")
            if kind == "internal" and name in _REMARKS and "health" in known.values():
                kind = "health"
            if kind == "health" and attribute.type in ("date", "timestamp"):
                continue  # when something was found says nothing of what was found
            if attribute.sensitivity == "internal" and kind in ("personal", "health", "payment", "secret"):
                draft.attributes[name] = attribute.model_copy(update={"sensitivity": kind})


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
        elif (draft.name in _PERSONS or last in _PERSONS) and len(set(draft.parents.values())) < _JOINING:
            draft.nature = "person"
        elif draft.parents and (types & {"timestamp", "date"} or "status" in draft.attributes):
            draft.nature = "transaction"
