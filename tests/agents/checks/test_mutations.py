"""Planted design faults are found: those of the design by its checks, those of the script by trials on an engine."""

import pytest

from agents.checks import all_findings, checks
from benchmarks.mutations import example
from benchmarks.mutations.decisions import DECISIONS, Fault
from benchmarks.mutations.scripts import CLINIC, SHOP, Edit, failing, found_by
from contracts.plan import Design
from flows.engines import engine
from flows.engines.server import serving

FINDINGS = {check.id: check.findings for check in checks()}


@pytest.fixture(scope="module")
def shop() -> Design:
    return example("shop")


def test_the_sound_design_has_no_error(shop: Design) -> None:
    assert [f.fact for f in all_findings(shop) if f.severity == "error"] == []


@pytest.mark.parametrize("fault", DECISIONS, ids=lambda fault: fault.name)
def test_a_wrong_decision_is_found_by_its_check(fault: Fault, shop: Design) -> None:
    known = set(FINDINGS[fault.check](shop))
    assert set(FINDINGS[fault.check](fault.plant(shop))) - known


def test_every_fault_of_a_script_fails_the_claim_about_it(shop: Design) -> None:
    """All at once, in places of their own, so that one start of an engine is enough."""

    def missed(design: Design, edits: tuple[Edit, ...]) -> list[str]:
        failed = failing(design, edits, server)
        return [edit.name for edit in edits if not found_by(edit, failed)]

    with serving(engine("embedded")) as server:
        assert missed(shop, SHOP) == []
        assert missed(example("clinic"), CLINIC) == []
