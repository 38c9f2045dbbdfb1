"""Systems of other people that prose names with a proper name."""

import pytest

from tests.agents.facts.reading import NAMES, analysed


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("It has to talk to Sage once a night.", ["Sage"]),
        ("We use Lexoffice for the accounts.", ["Lexoffice"]),
        ("We pull the rates from Bloomfield every hour.", ["Bloomfield"]),
        ("Parcel labels come from our carrier Hermes.", ["Hermes"]),
        ("The insurer (Nordia) gets a list each quarter.", ["Nordia"]),
        ("People sign in with Keyfort.", ["Keyfort"]),
        ("People sign in with OpenID Connect.", []),  # a protocol, whoever speaks it
        ("A small web application with Python, exported to Redis via SFTP.", []),
        ("The books are kept in Lexware.", ["Lexware"]),
        ("Payments run via Payla and text messages over Ringo.", ["Payla", "Ringo"]),
        ("We send invoices to Rita. Rita wants to see them first.", []),
        ("The data must stay in Germany.", []),
        ("The invoices are exported to Excel.", []),
        ("We use PostgreSQL for this.", []),
    ],
)
def test_systems_told(line: str, names: list[str]) -> None:
    assert [i.name for i in analysed(f"{NAMES}{line}\n").integrations] == names


def test_what_a_system_does_is_no_further_system() -> None:
    found = analysed(
        f"{NAMES}### Integrations\n\n- Payment provider: books Payments, sends Webhooks\n- exports to DATEV, ELSTER\n"
    )
    assert [i.name for i in found.integrations] == ["Payment provider", "DATEV", "ELSTER"]


def test_an_endpoint_tells_of_no_other_system() -> None:
    found = analysed(f"{NAMES}### API\n\n- GET /api/orders: orders over Name and Number\n")
    assert found.integrations == ()
