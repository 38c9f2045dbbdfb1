"""Do elements and claims serve requirements and assumptions that exist?"""

from collections.abc import Iterable, Iterator

from agents.checks._elements import elements
from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The trace from the brief to the design is broken: a reason is given that nobody can look up."
REMEDY = "Use the id of a requirement or assumption of the analysis."


def findings(design: Design) -> Iterator[Finding]:
    """Ids in `serves` that the analysis does not hold, each once, with the first place that names it."""
    analysis = design.requirements
    known = {requirement.id for requirement in analysis.requirements}
    known |= {assumption.id for assumption in analysis.assumptions}
    first: dict[str, str] = {}
    for place, serves in _all(design):
        for name in serves:
            if name not in known:
                first.setdefault(name, place)
    for name, place in first.items():
        yield finding(
            __name__,
            place,
            fact=f'"{place}" serves "{name}", which the analysis does not hold.',
            evidence=f"{len(known)} requirements and assumptions",
            remedy=f'Replace "{name}" by an id of the analysis.',
        )


def _all(design: Design) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield from ((placed.id, placed.element.serves) for placed in elements(design))
    yield from ((f"claim.{claim.id}", claim.serves) for claim in design.claims())
