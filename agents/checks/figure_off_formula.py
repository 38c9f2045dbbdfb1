"""Is every figure what its formula gives for its inputs?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._numbers import differs, placed_figures
from agents.figures import FormulaError, evaluate
from contracts.base import Figure
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A number was changed without what it follows from, and nobody can say which of the two is meant."
REMEDY = "Change the input, and compute the figure and all that follows from it again."


def findings(design: Design) -> Iterator[Finding]:
    """Figures whose formula gives another value, and formulas that cannot be computed."""
    for place, figure in placed_figures(design):
        computed = _computed(figure)
        if computed is None or differs(computed, figure.value):
            gives = "cannot be computed" if computed is None else f"gives {computed:g}"
            yield finding(
                __name__,
                place,
                fact=f'"{figure.name}" is {figure.value:g}, and its formula {gives}.',
                evidence=f"{figure.formula} with {', '.join(f'{i.name} = {i.value:g}' for i in figure.inputs)}",
                remedy=REMEDY,
            )


def _computed(figure: Figure) -> float | None:
    try:
        return evaluate(figure.formula, figure.inputs)
    except (FormulaError, ArithmeticError, SyntaxError, TypeError, ValueError):
        return None
