"""Relationships of the model: stated ones once, foreign keys among them, and usual ones of archetypes."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from agents.knowledge.deeds import is_record_noun
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Link
from agents.requirement_analysis.ledger import Ledger, inferred, slug_of, stated
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.people import is_human, is_person
from agents.requirement_analysis.relationships import is_part
from contracts.base import Origin
from contracts.requirements import Relationship

_CALLERS = frozenset({"customer", "member", "account_holder", "person", "guest", "subscriber", "account"})
"""Persons of archetypes whom a plain `user` stands for, because each of them is whoever uses the application."""


def relate(result: Model, found: Iterable[Link], ledger: Ledger) -> None:
    """Relationships that sentences state; a foreign key in an attribute list is the same relationship."""
    first: dict[tuple[str, str, str | None], Link] = {}
    for link in sorted(found, key=lambda link: _is_named(link, result)):
        link = _as_meant(link, result)
        requirement = _requirement(link, ledger)
        if _through(link, result) or _turned(link, result):
            continue
        known = first.setdefault((*sorted((link.parent, link.child)), link.role), link)  # type: ignore[arg-type]
        turned = link.cardinality != "many_to_many" and known.parent != link.parent
        if known.cardinality != link.cardinality or turned:
            ledger.question(
                f"relationship {link.parent} {link.child}",
                f"{known.sentence.text!r} and {link.sentence.text!r} disagree. Which is right?",
                f"the first: {known.cardinality.replace('_', '-')} with {known.parent} as the parent",
                (known.sentence.line, link.sentence.line),
            )
            continue
        beside = [(place, r) for place, r in result.belonging(link.child) if r.parent == link.parent]
        shared = link.spoken and link.cardinality == "many_to_many" and len(beside) == 1  # two players are the many
        plain = link.role is None or (link.spoken and link.cardinality == "many_to_many")  # which names its table
        keyed = [
            (place, r) for place, r in beside
            if r.role in (link.role, f"{link.role}_{link.parent}")
            or (plain and not (shared and _is_apart(r.role, r.parent)))
        ]  # fmt: skip
        if not keyed:
            add_link(result, link, stated(link.sentence), requirement)
        for place, relationship in keyed:
            if (
                not link.spoken
                and relationship.origin.kind == "stated"
                and relationship.cardinality != link.cardinality
            ):
                _ask_about_key(link, relationship, ledger)
            serves = tuple(dict.fromkeys((*relationship.serves, requirement)))
            owned = relationship.owned or link.owned
            result.relationships[place] = relationship.model_copy(update={"owned": owned, "serves": serves})


def _ask_about_key(link: Link, keyed: Relationship, ledger: Ledger) -> None:
    """A foreign key and a line of a diagram or list that count differently; the key is what exists."""
    ledger.question(
        f"relationship {link.parent} {link.child}",
        f"{keyed.origin.quote!r} and {link.sentence.text!r} disagree on how many {link.child.replace('_', ' ')} rows "
        f"belong to one {link.parent.replace('_', ' ')}. Which is right?",
        f"the first: {keyed.cardinality.replace('_', '-')}",
        tuple(sorted({keyed.origin.line or link.sentence.line, link.sentence.line})),
    )


def _is_named(link: Link, result: Model) -> bool:
    """Whether an entity is called by both partners, whose own references have to be known first: an `order book`."""
    return any(f"{one}_{other}" in result.drafts for one, other in itertools.permutations((link.parent, link.child)))


def _as_meant(link: Link, result: Model) -> Link:
    """`An order contains many products` in words: a product is in many orders too, because it lives without them.

    That it does is known of its kind; a thing of no known kind is taken for a part.
    """
    parent, child = result.drafts[link.parent], result.drafts[link.child]
    lives = child.archetype is not None and child.nature in ("master", "reference")
    shared = lives and parent.nature in ("transaction", "event")
    if link.spoken and shared and link.cardinality == "one_to_many" and not is_part(link.parent, link.child):
        return replace(link, cardinality="many_to_many", role=None, optional=False)
    return link


def _turned(link: Link, result: Model) -> bool:
    """Whether the parent's own list refers to the child already: two rows that need each other are not meant.

    A reference in a role is another one: a department's manager is an employee, and its employees belong to it.
    """
    if not link.spoken or link.role or link.cardinality != "one_to_many":
        return False
    return any(r.parent == link.child and _plain(r.role, r.parent) for _, r in result.belonging(link.parent))


def _plain(role: str | None, parent: str) -> bool:
    """Whether a role says no more than that there is a reference: `related_pizza`."""
    return role is None or (role.endswith(f"_{parent}") and role.removesuffix(f"_{parent}") in _RELATED)


def _is_apart(role: str | None, parent: str) -> bool:
    """Whether a role says more than the end of its parent's name: who manages a project, and who works on it."""
    last = role.rpartition("_")[2] if role else ""
    stem = role.removesuffix(f"_{last}") if role and last in ("number", "no", "code", "name") else role
    return stem is not None and not f"_{parent}".endswith(f"_{stem}")


_RELATED = words_that("plain")


def _through(link: Link, result: Model) -> bool:
    """Whether an entity of the brief (an order item) already joins the two partners."""
    if not link.spoken or link.cardinality != "many_to_many":
        return False
    both = {link.parent, link.child}
    for draft in result.drafts.values():
        usual = {p.entity for p in draft.archetype.parents} if draft.archetype else set()
        if (
            draft.name not in both
            and both <= {*draft.parents.values(), *usual}
            and len(set(draft.parents.values())) < 3
        ):
            for place, relationship in [(n, r) for n, r in result.belonging(draft.name) if r.parent in both]:
                requirement = f"relationship.{slug_of(f'{link.parent} {link.child}')}"
                serves = tuple(dict.fromkeys((*relationship.serves, requirement)))
                result.relationships[place] = relationship.model_copy(update={"serves": serves})
            return True
    return False


def _requirement(link: Link, ledger: Ledger) -> str:
    """The requirement of a stated relationship."""
    role = f" {link.role}" if link.role else ""
    text = f"{link.parent} to {link.child} is {link.cardinality.replace('_', '-')}{f' as {link.role}' if role else ''}"
    return ledger.requirement("relationship", f"{link.parent} {link.child}{role}", text, link.sentence)


def add_link(result: Model, link: Link, origin: Origin, requirement: str) -> None:
    """Record a relationship and the child's reference; details that the sentence leaves out come from the archetype."""
    child, parent = result.drafts[link.child], result.drafts[link.parent]
    if any((r.parent, r.role) == (link.parent, link.role) for _, r in result.belonging(link.child)):
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
            confidence="low" if origin.kind == "inferred" else "medium" if link.spoken else "high",
            origin=origin, serves=(requirement,),
        )
    )  # fmt: skip
    if link.cardinality != "many_to_many":
        child.parents.setdefault(link.role or link.parent, link.parent)


def _is_usual(entity: str, draft: Draft) -> bool:
    """Whether a draft is what an archetype calls by this name."""
    return draft.name == entity or (draft.archetype is not None and draft.archetype.name == entity)


def infer_parents(result: Model) -> None:
    """Usual relationships of archetypes, where the brief has both entities and says nothing about the two.

    A list of attributes that carries its foreign keys is complete, so nothing is added to it.
    """
    stated_pairs = {frozenset((r.parent, r.child)) for r in result.relationships}
    joined = _joined(result)
    between = {
        frozenset(pair)
        for draft in result.drafts.values()
        for pair in itertools.combinations(sorted(set(draft.parents.values())), 2)
    }
    kinds = {d.archetype.name if d.archetype else d.name: d.name for d in result.drafts.values()}
    keyed = any(a.references for d in result.drafts.values() for a in d.attributes.values())
    for draft in result.drafts.values():
        if draft.described and (keyed or draft.parents):
            continue
        usual = draft.archetype.parents if draft.archetype else ()
        direct = {known.entity for known in usual} & set(result.drafts)
        for known in usual:
            parent = _present(result, known.entity)
            if parent in direct and parent != known.entity and known.entity in _CALLERS:
                continue  # the user has a part of their own here, so they do not stand for another person
            if parent is None or frozenset((parent, draft.name)) in stated_pairs | joined:
                continue
            if any(other in kinds and kinds[other] != parent for other in known.unless):
                continue
            if known.optional and frozenset((parent, draft.name)) in between:
                continue
            rule = f"{draft.archetype.name if draft.archetype else draft.name} usually refers to {known.entity}"
            role = known.role if known.role != parent else None
            if role is None and parent == draft.name:
                role = "parent"
            link = Link(parent, draft.name, known.cardinality, _NOWHERE, role, known.optional, known.owned)
            add_link(result, link, inferred(rule), draft.requirement)
    _drop_shortcuts(result)


def _drop_shortcuts(result: Model) -> None:
    """A usual reference that another parent already gives is a copy: an order's payment is its customer's."""
    single = [r for r in result.relationships if r.cardinality != "many_to_many" and not r.optional]
    needed = {(r.child, r.parent) for r in single}
    marks = {r.child for r in single if r.cardinality == "one_to_one"}
    above: dict[str, set[str]] = {}
    for child, parent in needed:
        above.setdefault(child, set()).add(parent)
    for found in tuple(result.relationships):
        through = above.get(found.child, set()) - {found.parent}
        loose = found.optional or found.child in marks
        copy = loose and found.role is None and found.origin.kind == "inferred"
        if copy and any((parent, found.parent) in needed for parent in through):
            result.drop(found)


def infer_named_parents(result: Model) -> None:
    """Parents that an entity's own name tells: an `equipment maintenance` happens to equipment.

    A list of attributes that refers to others is complete; what was read from sentences seldom is.
    """
    known = {frozenset((r.parent, r.child)) for r in result.relationships}
    for draft in result.drafts.values():
        words = draft.name.split("_")
        if len(words) < 2 or words[-1] in _KINDS or is_person(draft.name):
            continue
        listed = draft.confidence == "high" and draft.parents
        if listed or any(draft.name.startswith(f"{parent}_") for parent in draft.parents.values()):
            continue
        for length in range(len(words) - 1, 0, -1):
            parent = "_".join(words[:length])
            if is_person(parent) and any(n in draft.attributes for n in ("name", f"{words[-1]}_name")):
                continue  # a tourist route has a name of its own, and no tourist
            if parent in result.drafts and frozenset((parent, draft.name)) not in known | _joined(result):
                rule = f"its name says that a {draft.label} belongs to a {result.drafts[parent].label}"
                add_link(result, Link(parent, draft.name, "one_to_many", _NOWHERE), inferred(rule), draft.requirement)
                break


def infer_told_parents(result: Model, sentences: Iterable[Sentence]) -> None:
    """A relationship for each thing of a story that has none: with what stands in most sentences beside it.

    Whoever tells how they work does not say that a repair is a tool's, and a table beside all others holds nothing.
    Things of people and things that happen belong to others; else who stands alone is what the other belongs to.
    """
    related = {name for r in result.relationships for name in (r.parent, r.child)}
    alone = set(result.drafts) - related
    beside: dict[str, Counter[str]] = {name: Counter() for name in result.drafts if name in alone}
    for sentence in sentences if alone else ():
        named = dict.fromkeys(m.entity for m in result.vocabulary.mentions(sentence.text))
        for name in named if len(named) <= _FEW_BESIDE else ():
            if name in beside:
                beside[name].update(other for other in named if other != name)
    for name, others in beside.items():
        if others and name not in related:
            other = others.most_common(1)[0][0]
            parent, child = (name, other) if _stands_above(result, name, other) else (other, name)
            rule = f"the brief speaks of {name.replace('_', ' ')} together with {other.replace('_', ' ')}"
            add_link(
                result, Link(parent, child, "one_to_many", _NOWHERE), inferred(rule), result.drafts[child].requirement
            )
            related |= {name, other}


_FEW_BESIDE = 4
"""Things of a sentence that says something of each two of them; one that names more is a list."""
_HAPPENING = ("transaction", "event")


def _stands_above(result: Model, name: str, other: str) -> bool:
    """Whether the other thing belongs to this one."""
    own, others = result.drafts[name], result.drafts[other]
    if own.nature in _HAPPENING or is_record_noun(name):
        return False
    return others.nature in _HAPPENING or is_record_noun(other) or (is_human(name) and not is_human(other))


def _joined(result: Model) -> set[frozenset[str]]:
    """The pairs that a third thing joins by its name and its references: a `product supplier`."""
    found = set()
    for draft in result.drafts.values():
        parents = sorted(set(draft.parents.values()))
        for one, other in itertools.permutations(parents, 2) if len(parents) > 1 else ():
            if draft.name == f"{one}_{other}" or draft.name.startswith(f"{one}_{other}_"):
                found.add(frozenset((one, other)))
    return found


_KINDS = frozenset(
    "type category class status kind group level method mode role list collection catalog catalogue directory set "
    "standard model".split()
)
_NOWHERE = Sentence(line=0, text="", body="", form="paragraph", item=0)


def _present(result: Model, entity: str) -> str | None:
    """The brief's entity that plays the part of an archetype; whoever logs in stands for any other person."""
    if entity in result.drafts:
        return entity
    for draft in result.drafts.values():
        if draft.archetype and draft.archetype.name == entity:
            return draft.name
    return "user" if entity in _CALLERS and "user" in result.drafts else None
