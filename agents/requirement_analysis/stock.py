"""What parts of a sale take from a stock, and what the brief says of the moment: a fact that most briefs leave out.

Whether goods leave with a record is a matter of what the record is: an order of a customer takes them, an order to a
supplier brings them, a quote or a basket does neither. The archetypes say it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agents.inflection import article
from agents.knowledge import archetypes
from agents.naming import words
from agents.requirement_analysis.ledger import Ledger
from contracts.requirements import Attribute, Entity, Relationship, Requirements, Rule

QUANTITIES = ("quantity", "qty", "menge")

_STOCK = frozenset("stock inventory available availability remaining hand".split())
_OTHER = frozenset(
    "safety minimum min maximum max reorder target reserved initial opening threshold low warning ordered".split()
)
"""Words of figures about a stock that are not what is left of it."""

_TAKEN = re.compile(
    r"\b(?:reduc|decreas|decrement|deduct|subtract|lower|tak(?:e|es|en|ing)\b|book|reserv|allocat|withdraw|consum)",
    re.I,
)
_RETURNED = re.compile(r"\b(?:back|return|restor|releas|restock|replenish)", re.I)
_SPOKEN_OF = re.compile(r"\b(?:stock|inventory)\b", re.I)

ASSUMED = "stock-taken"


@dataclass(frozen=True)
class Taking:
    """Rows of `part` take what `quantity` says from `column` of the `goods` that they name, below a row of `whole`.

    `said` are the sentences of the brief about when; `problem` is why this cannot be told, where it cannot.
    """

    goods: str
    column: str
    part: str
    quantity: str
    whole: str
    said: tuple[Rule, ...] = ()
    problem: str = ""


def takings(
    entities: Iterable[Entity], relationships: Iterable[Relationship], rules: Iterable[Rule]
) -> tuple[Taking, ...]:
    """What takes from a stock, one entry for each kind of parts."""
    known, ties, rules = {entity.name: entity for entity in entities}, tuple(relationships), tuple(rules)
    parts = ((known[r.child], known[r.parent]) for r in ties if r.owned and r.child in known and r.parent in known)
    return tuple(taking for part, whole in parts for taking in _takings(part, whole, known, ties, rules))


def _takings(
    part: Entity, whole: Entity, known: dict[str, Entity], ties: tuple[Relationship, ...], rules: tuple[Rule, ...]
) -> Iterator[Taking]:
    quantity = next((a.name for a in part.attributes if a.name in QUANTITIES and _is_number(a)), None)
    if quantity is None or not _sells(whole, known, ties):
        return
    above = dict.fromkeys(r.parent for r in ties if r.child == part.name and r.cardinality != "many_to_many")
    stocks = [(known[name], a) for name in above if name in known and name != whole.name for a in _stocks(known[name])]
    if not stocks:
        return
    goods, column = stocks[0]
    problem = ""
    if len(stocks) > 1:
        places = " and ".join(f"{entity.label} ({attribute.label})" for entity, attribute in stocks)
        problem = f"{article(part.label)} names {places}, and nothing says which of them it is taken from"
    for entity in known.values():
        moved = any(r.child == entity.name and r.parent == goods.name for r in ties)
        if entity.archetype == "inventory_movement" and moved:
            problem = f"{entity.label} records what comes and goes, and who writes it changes the stock"
    said = tuple(rule for rule in rules if rule.kind == "prose" and speaks_of_taking(rule.text))
    yield Taking(goods.name, column.name, part.name, quantity, whole.name, said, problem)


def _sells(whole: Entity, known: dict[str, Entity], ties: tuple[Relationship, ...]) -> bool:
    """Whether goods leave with such a record; what names a supplier is an order to one."""
    usual = archetypes().get(whole.archetype or "")
    above = (known[r.parent] for r in ties if r.child == whole.name and r.parent in known)
    return usual is not None and usual.takes_stock and all(entity.archetype != "supplier" for entity in above)


def _stocks(goods: Entity) -> Iterator[Attribute]:
    """What is left of a thing, as its attributes count it."""
    for attribute in goods.attributes:
        named = set(words(attribute.name))
        if _is_number(attribute) and named & _STOCK and not named & _OTHER:
            yield attribute


def _is_number(attribute: Attribute) -> bool:
    return attribute.type in ("integer", "decimal")


def speaks_of_taking(text: str) -> bool:
    """Whether a sentence tells of something that is taken from the stock.

    >>> [speaks_of_taking(t) for t in ("Stock is reduced when an order ships", "Stock quantity cannot be negative")]
    [True, False]
    """
    return bool(_SPOKEN_OF.search(text) and _TAKEN.search(text)) and not _RETURNED.search(text)


def with_taking(requirements: Requirements) -> Requirements:
    """With the assumption of when a stock is taken, where the brief has one and does not say.

    It looks at the finished requirements, as the design does: what no trigger will take needs no moment.
    """
    ledger = Ledger()
    for taking in takings(requirements.entities, requirements.relationships, requirements.rules):
        if not (taking.said or taking.problem):
            whole, goods = taking.whole.replace("_", " "), taking.goods.replace("_", " ")
            ledger.assume(
                ASSUMED, f"when the stock of {article(goods)} is taken", f"when the {whole} is placed",
                f"what is ordered is promised; {article(whole)} that is cancelled gives it back",
                f'write, for example, "Stock is reduced when the {whole} is shipped"',
            )  # fmt: skip
    made = tuple(ledger.assumptions.values())
    return requirements.model_copy(update={"assumptions": (*requirements.assumptions, *made)}) if made else requirements
