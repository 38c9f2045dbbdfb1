"""Every figure of a design and every input of a figure or of a balance, with where it stands."""

from collections.abc import Iterator

from agents.checks._elements import elements
from contracts.base import Figure, Input
from contracts.claims import Balances
from contracts.plan import Design

DERIVED = "formula "  # how an input says that it is the result of another figure


def placed_figures(design: Design) -> Iterator[tuple[str, Figure]]:
    """(where it stands, figure), plan by plan."""
    for placed in elements(design):
        if isinstance(placed.element, Figure):
            yield placed.id, placed.element


def placed_inputs(design: Design) -> Iterator[tuple[str, Input]]:
    """(where it stands, input) of every figure, then of every sum that is claimed to balance."""
    for place, figure in placed_figures(design):
        yield from ((place, given) for given in figure.inputs)
    for claim in design.claims():
        if isinstance(claim.trial, Balances):
            for term in (*claim.trial.left, *claim.trial.right):
                yield from ((f"claim.{claim.id}", given) for given in term.factors)


def differs(one: float, other: float) -> bool:
    """Whether two numbers differ by more than the digits that a plan keeps."""
    return abs(one - other) > 1e-9 * max(abs(one), abs(other), 1e-9)
