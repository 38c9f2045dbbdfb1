"""The numbers of whole designs agree with each other; a changed one is computed through, or found."""

import datetime as dt
import doctest
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.checks import _units, checks
from agents.checks._numbers import placed_inputs
from agents.qa_items import ITEMS
from agents.requirement_analysis import requirement_analysis
from agents.scaling import limits
from contracts.brief import Brief
from contracts.plan import Design
from contracts.requirements import Requirements
from flows.direct import DirectRun
from flows.progress import Silent
from flows.spine import whole_design

EXAMPLES = Path(__file__).parents[3] / "examples"
DATE = dt.date(2026, 11, 1)
FAMILY = next(item.checks for item in ITEMS if item.id == "numbers")
BY_ID = {check.id: check for check in checks()}


@functools.cache
def analysed(name: str) -> tuple[Brief, Requirements]:
    text = (EXAMPLES / name / "INITIAL.md").read_text(encoding="utf-8")
    brief = Brief(project=name, text=text, date=DATE)
    return brief, requirement_analysis(brief)


def designed(name: str, requirements: Requirements | None = None) -> Design:
    """The design of an example, or of its analysis with other numbers."""
    brief, found = analysed(name)
    return whole_design(brief, requirements or found, DirectRun(Silent()))


def found(design: Design, *names: str) -> list[str]:
    return [f"{f.check}: {f.fact}" for name in names or FAMILY for f in BY_ID[name].findings(design)]


def aiming(name: str, **targets: Any) -> Requirements:
    _, asked = analysed(name)
    return asked.model_copy(update={"targets": asked.targets.model_copy(update=targets)})


@pytest.mark.parametrize("name", ["shop", "clinic", "habits"])
def test_the_numbers_of_the_examples_agree(name: str) -> None:
    assert found(designed(name)) == []


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("shop", {"requests_per_second": 700.0, "availability_percent": 99.95, "recovery_point_seconds": 60}),
        ("clinic", {"response_ms": 900.0, "yearly_growth_percent": 60.0}),
        ("habits", {"yearly_growth_percent": 80.0}),
    ],
)
def test_changed_numbers_are_computed_through(name: str, targets: dict[str, float]) -> None:
    after = designed(name, aiming(name, **targets))
    for field, value in targets.items():
        inputs = [i for _, i in placed_inputs(after) if i.name == field and not i.source.startswith("convention")]
        assert {i.value for i in inputs} == {value}
    assert found(after) == []


@pytest.mark.parametrize(("name", "field"), [("shop", "requests_per_second"), ("clinic", "yearly_growth_percent")])
def test_a_number_that_is_changed_without_designing_again_is_found(name: str, field: str) -> None:
    stale = designed(name).model_copy(update={"requirements": aiming(name, **{field: 7.0})})
    assert any(f'"{field}" was taken as' in line for line in found(stale, "stale-number"))


def figures(value: Any) -> Iterator[dict[str, Any]]:
    """All figures of a dumped design."""
    if isinstance(value, dict):
        if "formula" in value:
            yield value
        for part in value.values():
            yield from figures(part)
    elif isinstance(value, list):
        for part in value:
            yield from figures(part)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 10).filter(lambda factor: abs(factor - 1) > 0.01))
def test_a_figure_that_somebody_changes_is_found(position: int, factor: float) -> None:
    dumped = designed("habits").model_dump(mode="json")
    nonzero = [figure for figure in figures(dumped) if figure["value"]]
    chosen = nonzero[position % len(nonzero)]
    chosen["value"] *= factor
    assert any(chosen["name"] in line for line in found(Design.model_validate(dumped), "figure-off-formula"))


def test_examples_in_docstrings() -> None:
    for module in (_units, limits):
        assert doctest.testmod(module).failed == 0
