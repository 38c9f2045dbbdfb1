"""Requirement → design element → proof, collected from what every element says it serves."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from artifacts.escape import shortened
from artifacts.evidence import ProofLine, Tally, tally
from contracts.base import Contract, Element, Figure, Omission
from contracts.plan import Design
from contracts.requirements import Assumption, Requirement

_LABELS = ("name", "id", "product", "version", "subject", "query", "log_table", "table", "method", "step")
LABEL_LENGTH = 60


@dataclass(frozen=True)
class DesignElement:
    """An element of the design: what it is, its name with its table where that is needed, whom it serves."""

    kind: str
    name: str
    serves: tuple[str, ...]


@dataclass(frozen=True)
class Served:
    """Elements of one kind: the first one's name, and how many more there are."""

    kind: str
    name: str
    more: int

    def __str__(self) -> str:
        return f"{self.kind} {self.name}{f' + {self.more}' if self.more else ''}"


@dataclass(frozen=True)
class TraceRow:
    """One requirement with the elements that serve it and the verdicts on the claims that speak for it."""

    requirement: Requirement | Assumption
    elements: tuple[DesignElement, ...]
    proof: Tally

    @property
    def served_by(self) -> tuple[Served, ...]:
        """The elements by kind, the most specific kind first."""
        names: dict[str, dict[str, None]] = {}
        for element in self.elements:
            names.setdefault(element.kind, {})[element.name] = None
        return tuple(Served(kind, next(iter(found)), len(found) - 1) for kind, found in names.items())


def design_elements(design: Design) -> tuple[DesignElement, ...]:
    """Every element of every plan in reading order, without the figures inside of them."""
    plans = (design.schema_design, design.caching, design.scaling, design.security)
    return tuple(e for plan in (*plans, design.operations, design.migrations) for e in _elements(plan, ""))


def trace_rows(design: Design, lines: tuple[ProofLine, ...]) -> tuple[TraceRow, ...]:
    """All requirements, then all assumptions, each with what serves it."""
    elements = design_elements(design)
    requirements = design.requirements
    everything: tuple[Requirement | Assumption, ...] = (*requirements.requirements, *requirements.assumptions)
    serving: dict[str, list[DesignElement]] = defaultdict(list)
    for element in elements:
        for asked_for in dict.fromkeys(element.serves):
            serving[asked_for].append(element)
    proving: dict[str, list[ProofLine]] = defaultdict(list)
    for line in lines:
        for asked_for in dict.fromkeys(line.claim.serves):
            proving[asked_for].append(line)
    return tuple(
        TraceRow(asked, tuple(sorted(serving[asked.id], key=_specific)), tally(proving[asked.id]))
        for asked in everything
    )


def _specific(element: DesignElement) -> tuple[bool, int]:
    """Sorts what serves this requirement alone before what serves many, and columns last."""
    return element.kind == "column", len(element.serves)


def _elements(value: object, parent: str) -> Iterator[DesignElement]:
    """The elements inside of a contract, outer before inner."""
    if isinstance(value, tuple):
        for item in value:
            yield from _elements(item, parent)
    if not isinstance(value, Contract) or isinstance(value, Figure):
        return
    if isinstance(value, Element):
        name = _label(value, parent)
        yield DesignElement(_kind(value), name, value.serves)
        parent = name
    for field in type(value).model_fields:
        yield from _elements(getattr(value, field), parent)


def _label(element: Element, parent: str) -> str:
    """The element's own name; a column's with its table."""
    if type(element).__name__ == "Column":
        return f"{parent}.{getattr(element, 'name', '')}"
    if type(element).__name__ in {"Classification"}:
        return f"{getattr(element, 'table', '')}.{getattr(element, 'column', '')}"
    values = (getattr(element, field, None) for field in _LABELS)
    return next((shortened(str(value), LABEL_LENGTH) for value in values if value), parent)


def _kind(element: Element) -> str:
    """What it is, in a reader's words."""
    if isinstance(element, Omission):
        return "left out"
    name = type(element).__name__
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
