"""Which values the application encrypts: their attributes become envelopes, found by a blind index where that is asked.

An envelope can be kept and given back, and nothing else: it has no order, no words and no bounds. So an attribute that
a query sorts by or looks into, or that a rule compares, stays as it is; one that is found by equality, or unique, gets
a keyed digest beside it that takes its place there. A secret that is found by its value is compared, never presented,
and is a digest already.
"""

from collections.abc import Iterator

from agents.envelopes import blind_name, envelope_length
from agents.knowledge import SealRule, seal_rules
from contracts.base import Origin
from contracts.requirements import AccessPattern, Attribute, Entity, Requirements, Rule

_TEXT = ("string", "text", "identifier")


def sealed(requirements: Requirements) -> Requirements:
    """The requirements with the attributes that are encrypted; one person's own file has none."""
    if requirements.tier == "embedded":
        return requirements
    blind: dict[tuple[str, str], str] = {}
    found, used = frozenset(_found(requirements)), frozenset(_used(requirements))
    regulations = requirements.protection.regulations
    entities = tuple(_entity(entity, regulations, found, used, blind) for entity in requirements.entities)
    if all(one is other for one, other in zip(entities, requirements.entities, strict=True)):
        return requirements
    return requirements.model_copy(
        update={
            "entities": entities,
            "rules": tuple(_rule(rule, blind) for rule in requirements.rules),
            "access_patterns": tuple(_pattern(pattern, blind) for pattern in requirements.access_patterns),
        }
    )


def seal_rule(regulations: tuple[str, ...], attribute: Attribute) -> SealRule | None:
    """The rule by which an attribute's values are encrypted, None where none holds.

    >>> from contracts.base import Origin
    >>> usual = Origin(kind="convention")
    >>> iban = Attribute(name="iban", label="iban", type="string", sensitivity="payment", origin=usual)
    >>> seal_rule(("gdpr",), iban).what, seal_rule((), iban)
    ('the number of a bank account', None)
    """
    for rule in seal_rules():
        if attribute.sensitivity not in rule.sensitivities:
            continue
        asked = not rule.regulations or set(rule.regulations) & set(regulations)
        if asked and any(attribute.name == end or attribute.name.endswith(f"_{end}") for end in rule.ends):
            return rule
    return None


def _entity(
    entity: Entity,
    regulations: tuple[str, ...],
    asked: frozenset[tuple[str, str]],
    used: frozenset[tuple[str, str]],
    blind: dict[tuple[str, str], str],
) -> Entity:
    """The entity with its envelopes; itself where it has none."""
    made: list[Attribute] = []
    for attribute in entity.attributes:
        rule = seal_rule(regulations, attribute)
        if rule is None:
            made.append(attribute)
            continue
        found = attribute.unique or (entity.name, attribute.name) in asked
        plain = attribute.type not in _TEXT or attribute.allowed or attribute.default or attribute.references
        only_compared = found and attribute.sensitivity == "secret"
        if plain or only_compared or (entity.name, attribute.name) in used:
            made.append(attribute)
            continue
        made.append(_envelope(attribute, rule))
        if found:
            made.append(_digest(attribute))
            blind[entity.name, attribute.name] = blind_name(attribute.name)
    if all(one is other for one, other in zip(made, entity.attributes, strict=False)):
        return entity  # an envelope stands in the place of what it holds
    return entity.model_copy(update={"attributes": tuple(made)})


def _envelope(attribute: Attribute, rule: SealRule) -> Attribute:
    length = envelope_length(attribute.length) if attribute.length else None
    origin = attribute.origin.model_copy(update={"rule": f"encrypted by the application: {rule.what} ({rule.source})"})
    return attribute.model_copy(update={"type": "sealed", "length": length, "unique": False, "origin": origin})


def _digest(attribute: Attribute) -> Attribute:
    name = blind_name(attribute.name)
    origin = Origin(kind="inferred", rule=f"{attribute.name} is encrypted, and found or unique by a keyed digest")
    return attribute.model_copy(
        update={"name": name, "label": f"{attribute.label} index", "type": "blind", "length": None, "origin": origin}
    )


def _found(requirements: Requirements) -> Iterator[tuple[str, str]]:
    """Attributes by whose value rows are found, or kept apart."""
    for rule in requirements.rules:
        if rule.kind == "unique":
            yield from ((rule.entity or "", name) for name in rule.attributes)
    for pattern in requirements.access_patterns:
        yield from ((pattern.entity, f.attribute) for f in pattern.filters if f.operator == "equals")


def _used(requirements: Requirements) -> Iterator[tuple[str, str]]:
    """Attributes of which more is asked than equality: order, words, spans, or a rule about their values."""
    for pattern in requirements.access_patterns:
        yield from ((pattern.entity, sort.attribute) for sort in pattern.sort)
        yield from ((pattern.entity, name) for name in pattern.search)
        yield from ((pattern.entity, f.attribute) for f in pattern.filters if f.operator != "equals" or f.values)
    for rule in requirements.rules:
        if rule.kind not in ("unique", "prose", "immutable"):
            yield from ((rule.entity or "", name) for name in rule.attributes)
            yield from ((rule.child or "", name) for name in rule.terms)


def _rule(rule: Rule, blind: dict[tuple[str, str], str]) -> Rule:
    if rule.kind != "unique":
        return rule
    names = tuple(blind.get((rule.entity or "", name), name) for name in rule.attributes)
    return rule.model_copy(update={"attributes": names})


def _pattern(pattern: AccessPattern, blind: dict[tuple[str, str], str]) -> AccessPattern:
    filters = tuple(
        f.model_copy(update={"attribute": blind.get((pattern.entity, f.attribute), f.attribute)})
        for f in pattern.filters
    )
    return pattern.model_copy(update={"filters": filters})
