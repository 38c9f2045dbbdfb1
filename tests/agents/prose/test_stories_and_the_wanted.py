"""What stories say of the things they name, what people want to know or note, and what comes with something."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.prose.listing import listings
from agents.requirement_analysis.prose.owners import focus
from contracts.brief import Brief


def entities(text: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """The stated attributes of each entity with their values."""
    found = requirement_analysis(Brief(project="prose", text=text, date=dt.date(2026, 1, 1)))
    return {e.name: {a.name: a.allowed for a in e.attributes if a.origin.kind == "stated"} for e in found.entities}


def test_a_story_describes_what_it_names() -> None:
    found = entities(
        "As a treasurer I want to collect yearly dues: each due has a year, an amount and a remark.\n\n"
        "As a verger I want to keep the ringers with their tower (north, south), e-mail and birthday.\n"
    )
    assert set(found["due"]) == {"year", "amount", "remark"}
    assert found["ringer"]["tower"] == ("north", "south") and {"e_mail", "birthday"} <= set(found["ringer"])


def test_a_story_without_facts_describes_nothing() -> None:
    found = entities(
        "As a verger I want to record the bells: they are old. A bell has a weight, a tone and a founder.\n\n"
        "As a verger I want to keep in touch with ringers, guests and donors.\n"
    )
    assert set(found["bell"]) == {"weight", "tone", "founder"}


@pytest.mark.parametrize(
    ("text", "owner", "labels"),
    [
        ("Every week a report card goes to the parents with the number of absences, the grade and a remark.",
         "report card", ["number of absences", "grade", "remark"]),
        ("Every descent is led by a guide, we note depth in m, temperature and duration.", "descent",
         ["depth in m", "temperature", "duration"]),
        ("For a diver we need to know the name, the boot size, the phone and whether they have a licence.", "diver",
         ["name", "boot size", "phone", "licence"]),
        ("We write down the name, phone and e-mail of the lodger.", "lodger", ["name", "phone", "e-mail"]),
        ("Each wristband comes with a code, a price and a holder name.", "wristband", ["code", "price", "holder name"]),
        ("Every voucher is printed with its number, the price and the end date.", "voucher",
         ["number", "price", "end date"]),
        ("Each locker gets a number, a size and a deposit.", "locker", ["number", "size", "deposit"]),
        ("A payslip has an amount, a paid date, empty until it is paid.", "payslip", ["amount", "paid date"]),
    ],
)  # fmt: skip
def test_what_comes_with_something_is_its_fact(text: str, owner: str, labels: list[str]) -> None:
    assert (owner, labels) in [(x.owner.label, [i.label for i in x.items]) for x in listings(text) if x.owner]


@pytest.mark.parametrize(
    "text",
    [
        "We want speed, comfort and beauty.",
        "The letter is printed with love, care and ink.",
    ],
)
def test_care_and_wishes_are_no_facts(text: str) -> None:
    assert not [x for x in listings(text) if x.owner and x.owner.label == "letter"]


def test_what_is_opened_is_spoken_of_next() -> None:
    opened = focus("When a boat comes in we open a repair.")
    assert opened is not None and opened.label == "repair"
    held = focus("The harbour master opens the gate.")
    assert held is not None and held.label == "harbour master"


def test_letters_among_values_are_no_units() -> None:
    assert [a.allowed for a in stated_attributes("size (S, M, L, XL)")] == [("S", "M", "L", "XL")]
    assert [(a.allowed, a.unit) for a in stated_attributes("volume (l)")] == [((), "l")]
