"""All elements of a design, found by their type and not by a list that a new contract would make incomplete."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from agents.figures import Same
from contracts.base import Contract, Element
from contracts.plan import Design

PLANS = ("schema_design", "caching", "scaling", "security", "operations", "migrations")
_PLAIN = frozenset({"claims", "statements", "dataset"})  # many, and they hold no elements


@dataclass(frozen=True)
class Placed:
    """An element, an id that says where it stands, and the elements around it from the outside in."""

    id: str
    element: Element
    owners: tuple[Element, ...]

    def serves(self) -> tuple[str, ...]:
        """What the element serves by itself or by being part of something that does."""
        return tuple(name for element in (*self.owners, self.element) for name in element.serves)


def elements(design: Design) -> tuple[Placed, ...]:
    """Every element that an agent designed, plan by plan; what the brief asked for is not among them."""
    return _elements(Same(design))


@functools.lru_cache(maxsize=1)
def _elements(same: Same) -> tuple[Placed, ...]:
    """Walked once for all checks of a design."""
    return tuple(placed for plan in PLANS for placed in _walk(getattr(same.value, plan), "", ()))


def _walk(value: object, path: str, owners: tuple[Element, ...]) -> Iterator[Placed]:
    if isinstance(value, tuple):
        for item in value:
            if isinstance(item, Contract | tuple):
                yield from _walk(item, path, owners)
    elif isinstance(value, Contract):
        if isinstance(value, Element):
            path = ".".join(filter(None, (path or _kind(value), _name(value).removeprefix(f"{_kind(value)}."))))
            yield Placed(path, value, owners)
            owners = (*owners, value)
        for field, inside in value.__dict__.items():
            if field not in _PLAIN and isinstance(inside, Contract | tuple):
                yield from _walk(inside, path, owners)


def _kind(element: Element) -> str:
    return _kind_of(type(element))


@functools.cache
def _kind_of(model: type[Element]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()


def _name(element: Element) -> str:
    """The first field that names an element of its kind."""
    for field in ("name", "id", "version", "subject", "step", "query", "table", "log_table", "product", "strategy"):
        if isinstance(found := getattr(element, field, None), str):
            return f"{found}.{element.column}" if hasattr(element, "column") and field == "table" else found
    return ""
