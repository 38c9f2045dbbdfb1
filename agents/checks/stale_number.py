"""Is every number still that of the place it was taken from?

An input names its source: a target of the brief, a table's volume, a pool, the machine, another formula. Each of
those stands in the design as well, so whoever changes one of them without computing the rest again is found.
"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._numbers import DERIVED, differs, placed_figures, placed_inputs
from contracts.base import Input
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.requirements import Targets

MEANS = "Two parts of the design were computed from different values of one number, so that they do not fit together."
REMEDY = "Design again from the changed number; what does not depend on it stays as it is."

_POOL = re.compile(r"pool (\w+)")
_VOLUME = re.compile(r"volume of (\w+)")
_MACHINE = "decision scaling.machine"


def findings(design: Design) -> Iterator[Finding]:
    """Inputs whose value is not one that their source has now, each number once."""
    sources = _Sources(design)
    seen: set[tuple[str, str, float]] = set()
    for place, given in placed_inputs(design):
        now, key = sources.values(given), (given.name, given.source, given.value)
        if not now or key in seen or not all(differs(given.value, value) for value in now):
            continue
        seen.add(key)
        yield finding(
            __name__,
            place,
            fact=f'"{given.name}" was taken as {given.value:g}, and its source now says {_listed(now)}.',
            evidence=given.source,
            remedy=REMEDY,
        )


class _Sources:
    """What the places that inputs name say now."""

    def __init__(self, design: Design) -> None:
        self._targets = design.requirements.targets
        self._machine = design.scaling.machine
        self._tables = {table.name: table for table in design.schema_design.tables}
        self._pools = {pool.name: pool.size.value for pool in design.scaling.pools}
        self._formulas: dict[str, set[float]] = {}
        for _, figure in placed_figures(design):
            self._formulas.setdefault(figure.formula, set()).add(figure.value)

    def values(self, given: Input) -> tuple[float, ...]:
        """The values that the input may have by its source; none where the source is no place of the design."""
        if given.source.startswith(DERIVED):
            return tuple(sorted(self._formulas.get(given.source.removeprefix(DERIVED), ())))
        if given.name in Targets.model_fields and not given.source.startswith("convention"):
            return self._target(given.name)
        if (named := _VOLUME.fullmatch(given.source)) and (table := self._tables.get(named[1])):
            return (float({"rows_per_day": table.rows_per_day}.get(given.name, table.expected_rows)),)
        if (named := _POOL.match(given.source)) and given.name == "pool_size" and named[1] in self._pools:
            return (self._pools[named[1]],)
        if _MACHINE in given.source:
            return {"cores": (float(self._machine.cores),), "memory": (self._machine.memory_gb * (1 << 30),)}.get(
                given.name, ()
            )
        return ()

    def _target(self, name: str) -> tuple[float, ...]:
        """The target, a percentage also as the share that formulas take."""
        value = getattr(self._targets, name)
        if value is None:
            return ()
        return (float(value), float(value) / 100) if name == "read_share" else (float(value),)


def _listed(values: tuple[float, ...]) -> str:
    return " or ".join(f"{value:g}" for value in values[:3])
