"""Tables of who may do what."""

import pytest

from tests.agents.forms.reading import analysed

THINGS = "# T\n\n### Gizmo\n- name: string\n\n### Repair Order\n- number: string\n- gizmo\n\n"


def rights(table: str) -> dict[str, str]:
    """What each role's requirement says."""
    found = analysed(f"{THINGS}## Who may do what\n\n{table}")
    assert found.workflows == ()
    return {r.id.removeprefix("security.role-"): r.text for r in found.requirements if "security.role-" in r.id}


CELLS = {
    "read/write": "see, create and change",
    "write": "see, create and change",
    "R": "see",
    "read-only": "see",
    "CRU": "create and see and change",
    "all": "manage",
    "full access": "manage",
}


@pytest.mark.parametrize("cell", CELLS)
def test_cells_of_a_matrix(cell: str) -> None:
    found = rights(f"| Role | Gizmo | Repair order |\n|---|---|---|\n| Shop Clerk | {cell} | - |\n")
    assert found == {"shop-clerk": f"shop clerk may {CELLS[cell]} gizmo"}


def test_rights_in_words() -> None:
    found = rights(
        "| Role | Rights |\n|---|---|\n| Boss | everything |\n| Fitter | sees repair orders |\n| Guest | none |\n"
    )
    assert found == {
        "boss": "boss may manage gizmo, repair order",
        "fitter": "fitter may sees repair orders",
        "guest": "People work as guest.",
    }


def test_who_is_served_is_no_caller_where_all_who_work_are_listed() -> None:
    brief = "# T\n\n### Customer\n- name\n- email: string, unique\n\n### Order\n- customer\n- number: string\n\n"
    assert analysed(brief).protection.owner == "customer"
    assert analysed(f"{brief}| Role | Order |\n|---|---|\n| Clerk | all |\n").protection.owner is None
    assert analysed(f"{brief}| Role | Order |\n|---|---|\n| Customer | read |\n").protection.owner == "customer"
