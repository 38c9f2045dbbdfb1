"""Roles out of prose: who is said to use the application."""

import pytest

from tests.agents.facts.reading import NAMES, analysed


@pytest.mark.parametrize(
    ("line", "roles"),
    [
        ("The bookkeepers pull the unpaid invoices every Friday.", {"bookkeeper"}),
        ("Floor managers, on their tablet, see the orders of the day.", {"floor_manager"}),
        ("Only the dispatcher may change an order.", {"dispatcher"}),
        ("Customers look at their own orders.", {"customer"}),
        ("Every order is checked by a dispatcher.", {"dispatcher"}),
        ("The auditor may only read.", {"auditor"}),
        ("Every order is checked by a machine.", set()),
        ("Every order is paid by a customer.", set()),
        ("Customers cancel orders by phone.", set()),
        ("Everybody wants to see the orders.", set()),
        ("The screen shows the orders of a customer.", set()),
        ("An invoice needs a number.", set()),
        ("Instructors may look at the orders but can't change them.", {"instructor"}),
        ("Members have no access, only the librarians at the desk do.", {"librarian"}),
        ("The clerk enters orders, but it takes the director to approve them.", {"clerk", "director"}),
        ("Volunteers can't see the invoices.", {"volunteer"}),
        ("It's the curators who enter orders.", {"curator"}),
        ("The secretary books orders for everybody, an instructor only for himself.", {"secretary", "instructor"}),
        ("Clients get a login of their own.", {"client"}),
        ("Customers may ask for erasure.", set()),
        ("A mechanic can't be at two orders.", set()),
        ("Our one developer writes TypeScript.", set()),  # makes it and does not use it
    ],
)
def test_who_uses_it_has_a_role(line: str, roles: set[str]) -> None:
    assert set(analysed(f"{NAMES}{line}\n").protection.roles) == roles


def test_a_list_of_roles_is_all_of_them() -> None:
    found = analysed(f"{NAMES}Roles: clerk, boss\n\nThe bookkeeper looks at the invoices.\n")
    assert found.protection.roles == ("clerk", "boss")
