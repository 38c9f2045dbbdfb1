"""Every check of an API finds what it is for, lets a sound one pass, and explains itself."""

from pathlib import Path

import pytest

from agents.api_integration import api_integration
from agents.api_integration.checks import ApiCheck, checks
from tests.agents.api import designs
from tests.agents.api.cases import FAILS, Case

BY_ID = {check.id: check for check in checks()}
SOUND = designs.design()


@pytest.mark.parametrize("case", FAILS, ids=lambda case: f"{case.check}: {case.name}")
def test_finds(case: Case) -> None:
    design, api = case.broken()
    found = [f"{finding.fact} {finding.evidence}" for finding in BY_ID[case.check].findings(design, api)]
    assert any(case.words in line for line in found), found


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_lets_a_sound_api_pass(check: ApiCheck) -> None:
    api = api_integration(SOUND)
    found = [f.fact for f in check.findings(SOUND, api) if f.severity == "error"]
    assert found == []


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_is_tried_and_explained(check: ApiCheck) -> None:
    assert check.asks.endswith("?") and check.means.endswith(".") and check.remedy.endswith(".")
    assert any(case.check == check.id for case in FAILS), "a check needs an API in which it fails"


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_stands_in_the_documentation(check: ApiCheck) -> None:
    page = (Path(__file__).parents[3] / "docs" / "api-integration.md").read_text("utf-8")
    assert f"| `{check.id}` | {check.asks}" in page


@pytest.mark.parametrize("case", FAILS, ids=lambda case: f"{case.check}: {case.name}")
def test_findings_name_their_check_and_a_remedy(case: Case) -> None:
    design, api = case.broken()
    for finding in BY_ID[case.check].findings(design, api):
        assert finding.check == case.check and finding.fact and finding.remedy


def test_a_reference_whose_row_is_read_for_what_must_be_kept_cannot_cross_owners() -> None:
    """What the caller cannot see leaves a required value empty, and the statement is refused."""

    def crossing(named: bool) -> bool:
        products = designs.PRODUCTS.model_copy(update={"row_security": True})
        kept = (designs.column("product_name"),) if named else ()
        orders = designs.ORDERS.model_copy(update={"columns": (*designs.ORDERS.columns, *kept)})
        made = designs.with_tables(products, orders)
        queries = tuple(
            q.model_copy(update={"tables": ("orders", "products")}) if q.name == "create_orders" else q
            for q in made.queries
        )
        api = api_integration(made.model_copy(update={"queries": queries}))
        return any(f.check == "reference-crosses-owners" and "product_id" in f.fact for f in api.findings)

    assert crossing(named=False)
    assert not crossing(named=True)
