"""What the knowledge files may say, as types: a misspelt key or an impossible value is refused when the file is read.

The field names of `KnownAttribute` and `AttributeGuess` are those of `contracts.requirements.Attribute`, and those of
`KnownRule` are those of `Rule`, so that the analysis copies them without a translation table.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from contracts.base import Contract, Identifier
from contracts.requirements import AttributeType, Filter, Sensitivity, Sort

Nature = Literal["person", "master", "transaction", "event", "reference"]
Effect = Literal[
    "audit", "retention_days", "erasure", "encryption_at_rest", "access_control", "minimisation", "breach_log",
    "pseudonymisation",
]  # fmt: skip
"""What a legal duty asks of the persistence layer."""


class ValueShape(Contract):
    """What is known about the values of an attribute. Bounds are inclusive unless `exclusive_minimum`."""

    type: AttributeType
    length: int | None = Field(default=None, gt=0)
    precision: int | None = Field(default=None, gt=0)
    scale: int | None = Field(default=None, ge=0)
    optional: bool = False
    unique: bool = False
    default: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: Decimal | None = None
    exclusive_minimum: bool = False
    maximum: Decimal | None = None
    unit: str = ""
    sensitivity: Sensitivity = "internal"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """A default outside its own list, or bounds that leave no value, would make a table that accepts nothing."""
        if self.allowed and self.default is not None and self.default not in self.allowed:
            raise ValueError(f'default "{self.default}" is not among the allowed values {", ".join(self.allowed)}')
        if len(set(self.allowed)) != len(self.allowed):
            raise ValueError(f"an allowed value stands twice in {', '.join(self.allowed)}")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        if self.exclusive_minimum and self.minimum is None:
            raise ValueError("exclusive_minimum without a minimum")
        return self


class KnownAttribute(ValueShape):
    """An attribute that entities of an archetype usually have."""

    name: Identifier


class AttributeGuess(ValueShape):
    """What an attribute's name alone tells about its values; `rule` says by which words, for the element's origin."""

    name: Identifier
    rule: str


class KnownParent(Contract):
    """A usual relationship to a parent, to be applied only when the brief has both entities.

    Where the brief also has one of the entities `unless`, that one plays this part (an order belongs to a user where
    there is no customer), so the relationship is not applied.
    """

    entity: Identifier
    unless: tuple[Identifier, ...] = ()
    role: Identifier | None = None
    owned: bool = False
    optional: bool = False
    cardinality: Literal["one_to_one", "one_to_many"] = "one_to_many"

    @property
    def reference(self) -> str:
        """The word by which the child speaks of this parent: the role, or the parent's own name."""
        return self.role or self.entity


def _filter(value: object) -> object:
    """`status` means equality; a mapping spells the other operators out."""
    return {"attribute": value} if isinstance(value, str) else value


def _sort(value: object) -> object:
    """`-placed_at` means descending."""
    if isinstance(value, str):
        return {"attribute": value.removeprefix("-"), "descending": value.startswith("-")}
    return value


class KnownAccess(Contract):
    """A usual way to read or write the entity, to be applied only where its attributes and parents exist."""

    kind: Literal["lookup", "list", "search", "aggregate", "write"]
    text: str = Field(min_length=8)
    filters: tuple[Annotated[Filter, BeforeValidator(_filter)], ...] = ()
    sort: tuple[Annotated[Sort, BeforeValidator(_sort)], ...] = ()
    search: tuple[Identifier, ...] = ()
    page_size: int | None = Field(default=None, gt=0)

    def names(self) -> tuple[str, ...]:
        """Every attribute or parent that this access speaks of."""
        return (*(f.attribute for f in self.filters), *(s.attribute for s in self.sort), *self.search)


class KnownRule(Contract):
    """A rule that holds for nearly every system with this entity; `attributes` may name parents."""

    kind: Literal["comparison", "unique", "no_overlap"]
    attributes: tuple[Identifier, ...]
    operator: Literal["<", "<=", ">", ">=", "=", "<>"] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Each kind has its own shape, see `contracts.requirements.Rule`."""
        if (self.kind == "comparison") != (self.operator is not None):
            raise ValueError("a comparison needs an operator, and nothing else takes one")
        shapes = {"comparison": (2, 2), "no_overlap": (3, 3), "unique": (2, 9)}
        least, most = shapes[self.kind]
        if not least <= len(self.attributes) <= most:
            raise ValueError(f"a {self.kind} rule names {least} to {most} attributes, this one {len(self.attributes)}")
        return self


class Archetype(Contract):
    """An entity as a senior data architect expects it. `growth` is rows a day per 1000 users at a normal site.

    With `takes_stock` its parts make goods leave the stock, as a sale's do and a delivery's or a quote's do not.
    """

    name: Identifier
    domain: Identifier
    synonyms: tuple[Identifier, ...] = ()
    nature: Nature
    growth: float = Field(ge=0)
    takes_stock: bool = False
    attributes: tuple[KnownAttribute, ...] = Field(min_length=1)
    parents: tuple[KnownParent, ...] = ()
    access: tuple[KnownAccess, ...] = ()
    rules: tuple[KnownRule, ...] = ()

    @model_validator(mode="after")
    def _closed(self) -> Self:
        """Rules and access patterns may speak only of what the archetype has; no name may mean two things."""
        names = [a.name for a in self.attributes] + [p.reference for p in self.parents]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f'"{name}" is declared twice among the attributes and parents')
        for rule in self.rules:
            self._known(rule.attributes, names, f"the {rule.kind} rule")
            self._unique_without_null(rule)
        for access in self.access:
            self._known(access.names(), names, f'the access pattern "{access.text}"')
        return self

    def _unique_without_null(self, rule: KnownRule) -> None:
        """NULLs are all different to a UNIQUE constraint, so a rule over something optional would not hold."""
        loose = {a.name for a in self.attributes if a.optional} | {p.reference for p in self.parents if p.optional}
        for name in rule.attributes if rule.kind == "unique" else ():
            if name in loose:
                raise ValueError(f'the unique rule over {", ".join(rule.attributes)} names "{name}", which is optional')

    def _known(self, used: tuple[str, ...], names: list[str], where: str) -> None:
        for name in used:
            if name not in names:
                raise ValueError(f'{where} names "{name}"; attributes and parents are {", ".join(names)}')


class NamePattern(ValueShape):
    """Names of attributes that mean values of one shape.

    `whole` are complete names; `ends`, `starts` and `holds` are runs of words (joined by `_`) at the name's end, at
    its beginning with more words behind, or anywhere. The longest fitting run decides, unless a pattern `prevails`.
    """

    whole: tuple[Identifier, ...] = ()
    ends: tuple[Identifier, ...] = ()
    starts: tuple[Identifier, ...] = ()
    holds: tuple[Identifier, ...] = ()
    prevails: bool = False

    @model_validator(mode="after")
    def _fits_something(self) -> Self:
        if not (self.whole or self.ends or self.starts or self.holds):
            raise ValueError("a pattern without whole, ends, starts or holds fits no name")
        return self


class Synonyms(Contract):
    """Words for one and the same thing, and words around a noun that do not change what it is.

    `groups` are lists whose first word is the canonical one. `qualifiers` stand before a noun (`online_order`),
    `places` before a person (`library_member`), `suffixes` behind a noun (`customer_record`).
    """

    groups: tuple[tuple[Identifier, ...], ...]
    qualifiers: tuple[Identifier, ...] = ()
    places: tuple[Identifier, ...] = ()
    suffixes: tuple[Identifier, ...] = ()


class SealRule(Contract):
    """Values that the application encrypts: of these sensitivities, with a name that ends with one of `ends`.

    The rule holds where one of `regulations` applies, and always where none is named.
    """

    what: str
    sensitivities: tuple[Sensitivity, ...]
    ends: tuple[Identifier, ...]
    regulations: tuple[str, ...] = ()
    source: str


class Duty(Contract):
    """What a regulation asks of persistence. `days` is the retention asked for, where the text gives a number.

    `bound` tells whether `days` is the least time to keep or the most; `subject` is what is kept.
    """

    key: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    text: str
    effect: Effect
    source: str
    subject: str = ""
    days: int | None = Field(default=None, gt=0)
    bound: Literal["minimum", "maximum"] | None = None

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if (self.days is None) != (self.bound is None):
            raise ValueError("days and bound belong together")
        if self.days is not None and self.effect != "retention_days":
            raise ValueError(f"only retention_days takes days, this duty is {self.effect}")
        return self


class Regulation(Contract):
    """A law or standard. `names` are the words in a brief that call it, `sensitivities` the data it speaks of."""

    key: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    jurisdiction: str
    names: tuple[str, ...] = Field(min_length=1)
    sensitivities: tuple[Sensitivity, ...] = ()
    duties: tuple[Duty, ...] = Field(min_length=1)


class Sense(Contract):
    """One of the things that a word names: an archetype, or none, and the words in whose company it means that."""

    archetype: str = ""
    beside: tuple[str, ...]
