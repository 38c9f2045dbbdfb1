"""How the application reads and writes: endpoints, workflows, "access patterns" and what archetypes usually need.

A pattern names only what exists: the entity's attributes, its parents (their reference is meant) and the columns that
every table has (`id`, `created_at`, `updated_at`). A lookup by `id` is the lookup by the table's own key.
"""

import re
from collections.abc import Iterable, Iterator

from agents.requirement_analysis.conditions import Callers, Reading
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred, slug_of, stated
from agents.requirement_analysis.model import CONVENTIONAL, Draft, Model
from agents.requirement_analysis.pronouns import with_names
from agents.requirement_analysis.usage import readings
from agents.screening import screened
from contracts.base import Origin
from contracts.requirements import AccessPattern, Filter, Rule

_ALWAYS = screened(r"\b(?:always|only) (?:read|queried|listed|fetched) (?:per|by|for one) (?P<what>[\w ]+)", re.I)


def access_patterns(
    sentences: tuple[Sentence, ...], model: Model, rules: tuple[Rule, ...], callers: Callers, ledger: Ledger
) -> tuple[AccessPattern, ...]:
    """Stated patterns in the brief's order, then usual ones of archetypes; one pattern for each way of reading."""
    found: dict[tuple[object, ...], AccessPattern] = {}
    ruled = {r.text for r in rules if r.kind != "prose"}
    named = with_names(sentences, model)
    for sentence in sentences:
        if sentence.text in ruled:
            continue
        for reading in readings(named.get(sentence, sentence), model, rules, callers):
            requirement = ledger.requirement("access", _name(reading), sentence.text, sentence)
            _join(found, _pattern(requirement, sentence.text, reading, stated(sentence), (requirement,)))
    only = _always(sentences, model)
    for draft in model.drafts.values():
        for reading, text, rule in _usual(draft, model):
            if draft.name in only and only[draft.name] not in {f.attribute for f in reading.filters}:
                continue
            if reading.search and _searches(reading, found.values()):
                continue
            access_id = f"access.{slug_of(_name(reading))}"
            _join(found, _pattern(access_id, text, reading, inferred(rule), (draft.requirement,)))
    return tuple(_absorbed(list(found.values())))


def _searches(reading: Reading, found: Iterable[AccessPattern]) -> bool:
    """Whether the brief itself says how rows are searched in these values: a second index of words is a guess."""
    return any(
        p.entity == reading.entity and p.origin.kind == "stated" and set(p.search) & set(reading.search) for p in found
    )


def _always(sentences: tuple[Sentence, ...], model: Model) -> dict[str, str]:
    """Entities that are "always read per" a parent, with their word for it: usual reads without it do not apply."""
    found: dict[str, str] = {}
    for sentence in sentences:
        hit = _ALWAYS.search(sentence.text)
        before = model.vocabulary.mentions(sentence.text[: hit.start()]) if hit else ()
        parents = model.vocabulary.mentions(hit["what"]) if hit else ()
        if before and parents and (word := model.reference(before[-1].entity, parents[0].entity)):
            found[before[-1].entity] = word
    return found


def _absorbed(patterns: list[AccessPattern]) -> Iterator[AccessPattern]:
    """A list without an order and one with it are the same list: the stated one stays, with the order."""
    sorted_ones: dict[tuple[object, ...], AccessPattern] = {
        (p.entity, p.kind, p.filters): p for p in reversed(patterns) if p.sort and p.kind == "list"
    }
    plain: dict[tuple[object, ...], AccessPattern] = {
        (p.entity, p.kind, p.filters): p for p in patterns if not p.sort and p.kind == "list" and p.filters
    }
    for pattern in patterns:
        key: tuple[object, ...] = (pattern.entity, pattern.kind, pattern.filters)
        with_order, without = sorted_ones.get(key), plain.get(key)
        if with_order is None or without is None or pattern not in (with_order, without):
            yield pattern
        elif with_order.origin.kind == "stated" or without.origin.kind != "stated":
            if pattern is with_order:
                yield _merged(with_order, without)
        elif pattern is without:
            yield _merged(without, with_order)


def _merged(kept: AccessPattern, other: AccessPattern) -> AccessPattern:
    """The pattern that stays, with what the other one knows besides."""
    stated_too = other.serves if other.origin.kind == "stated" else ()
    return kept.model_copy(
        update={
            "sort": kept.sort or other.sort,
            "page_size": kept.page_size or other.page_size,
            "per_second": kept.per_second or other.per_second,
            "staleness_seconds": _least(kept.staleness_seconds, other.staleness_seconds),
            "serves": tuple(dict.fromkeys((*kept.serves, *stated_too))),
        }
    )


def _pattern(access_id: str, text: str, r: Reading, origin: Origin, serves: tuple[str, ...]) -> AccessPattern:
    return AccessPattern(
        id=access_id, text=text, entity=r.entity, kind=r.kind, filters=r.filters, sort=r.sort, search=r.search,
        page_size=r.page_size, per_second=r.per_second, staleness_seconds=r.staleness_seconds,
        origin=origin, serves=serves, confidence="low" if origin.kind == "inferred" else r.confidence,
    )  # fmt: skip


def _join(found: dict[tuple[object, ...], AccessPattern], pattern: AccessPattern) -> None:
    """Keep one pattern for each entity, kind, filters and sort; what a later mention adds is taken over."""
    key: tuple[object, ...] = (pattern.entity, pattern.kind, frozenset(pattern.filters), pattern.sort, pattern.search)
    if pattern.kind == "write" or (pattern.kind == "lookup" and pattern.filters):
        key = (pattern.entity, pattern.kind, frozenset(f.attribute for f in pattern.filters))
    earlier = found.get(key)
    if earlier is None:
        found[key] = pattern
    elif pattern.origin.kind == "stated":
        found[key] = earlier.model_copy(
            update={
                "page_size": earlier.page_size or pattern.page_size,
                "per_second": earlier.per_second or pattern.per_second,
                "staleness_seconds": _least(earlier.staleness_seconds, pattern.staleness_seconds),
                "serves": tuple(dict.fromkeys((*earlier.serves, *pattern.serves))),
            }
        )


def _least(a: int | None, b: int | None) -> int | None:
    known = [x for x in (a, b) if x is not None]
    return min(known) if known else None


def _name(reading: Reading) -> str:
    """The content-based name of a pattern: `order list by user sort placed_at desc`."""
    filters = " ".join(
        f"{f.attribute}{'' if f.operator == 'equals' else ' ' + f.operator}"
        + ("" if not f.values else " " + " ".join(f.values))
        for f in reading.filters
    )
    order = " ".join(f"{s.attribute}{' desc' if s.descending else ''}" for s in reading.sort)
    parts = (
        reading.entity, reading.kind, f"by {filters}" if filters else "",
        f"in {' '.join(reading.search)}" if reading.search else "", f"sort {order}" if order else "",
    )  # fmt: skip
    return " ".join(filter(None, parts))


def _usual(draft: Draft, model: Model) -> Iterator[tuple[Reading, str, str]]:
    """Usual accesses of the archetype whose attributes and parents all exist here."""
    archetype = draft.archetype
    if archetype is None:
        return
    names = {p.reference: _reference(p.reference, p.entity, draft, model) for p in archetype.parents}
    for known in archetype.access:
        have = {*draft.attributes, *CONVENTIONAL}
        translate = {n: n if n in have else names.get(n) for n in known.names()}
        if not all(translate.values()):
            continue
        filters = tuple(f.model_copy(update={"attribute": translate[f.attribute]}) for f in known.filters)
        if any(_foreign_value(f, draft) for f in filters):
            continue
        sort = tuple(s.model_copy(update={"attribute": translate[s.attribute]}) for s in known.sort)
        search = tuple(str(translate[s]) for s in known.search)
        reading = Reading(draft.name, known.kind, filters, sort, search, known.page_size)
        yield reading, known.text, f"usual access of the archetype {archetype.name}"


def _reference(word: str, entity: str, draft: Draft, model: Model) -> str | None:
    """This project's word for a parent of the archetype."""
    if word in draft.parents:
        return word
    for reference, parent in draft.parents.items():
        archetype = model.drafts[parent].archetype
        if parent == entity or (archetype and archetype.name == entity) or (parent == "user" and entity == "customer"):
            return reference
    return None


def _foreign_value(condition: Filter, draft: Draft) -> bool:
    """Whether a usual filter speaks of values that this project's attribute does not have."""
    attribute = draft.attributes.get(condition.attribute)
    return bool(
        condition.values and attribute and attribute.allowed and not set(condition.values) <= set(attribute.allowed)
    )
