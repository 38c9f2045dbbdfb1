"""Quantities: number, unit and time, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.requirement_analysis.numbers import SECONDS, quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10,000 orders/day", [(10_000, "", "day", "orders")]),
        ("10k orders per day", [(10_000, "", "day", "orders")]),
        ("5 million user activities a day", [(5e6, "", "day", "user activities")]),
        ("<200ms for 95th percentile", [(200, "millisecond", "", ""), (95, "percentile", "", "")]),
        ("p95 < 2 s", [(95, "percentile", "", ""), (2, "second", "", "")]),
        ("99.9% availability", [(99.9, "percent", "", "")]),
        ("99,9 % availability", [(99.9, "percent", "", "")]),
        ("7-year retention", [(7, "year", "", "retention")]),
        ("1,200 rps", [(1200, "requests", "second", "requests")]),
        ("200 req/s", [(200, "requests", "second", "requests")]),
        ("10-20k orders daily", [(20_000, "", "day", "orders")]),
        ("between 50 and 100 users", [(100, "", "", "users")]),
        ("2 TB of data", [(2000, "gb", "", "of data")]),
        ("1,5 GB", [(1.5, "gb", "", "")]),
        ("twelve rooms", [(12, "", "", "rooms")]),
        ("two hundred and fifty thousand rows", [(250_000, "", "", "rows")]),
        ("half a million customers", [(500_000, "", "", "customers")]),
        ("one and a half million", [(1_500_000, "", "", "")]),
        ("1.5M rows", [(1_500_000, "", "", "rows")]),
        ("1.2 million tickets per month", [(1_200_000, "", "month", "tickets")]),
        ("35.000 products", [(35_000, "", "", "products")]),
        ("1.000.000 rows", [(1_000_000, "", "", "rows")]),
        ("10'000 rows", [(10_000, "", "", "rows")]),
        ("0.125 units", [(0.125, "", "", "units")]),
        ("twice a week", [(2, "", "week", "times")]),
        ("three times a day", [(3, "", "day", "times")]),
        ("twice as many in December", [(2, "times", "", "as many")]),
        ("peaks of 3x on Black Friday", [(3, "times", "", "")]),
        ("five times the normal load", [(5, "times", "", "the normal load")]),
        ("grows 20% a year", [(20, "percent", "year", "")]),
        ("12,000 orders in the busiest hour", [(12_000, "", "hour", "orders")]),
        ("900 loans on a normal day", [(900, "", "day", "loans")]),
        ("RPO of 5 minutes", [(5, "minute", "", "")]),
        ("less than a second", [(1, "second", "", "")]),
        ("within an hour", [(1, "hour", "", "")]),
        ("half an hour", [(0.5, "hour", "", "")]),
        ("450 stores with 2 tills each", [(450, "", "", "stores"), (2, "", "", "tills each")]),
        ("runs 24/7", []),
        ("INV-2024-001 and ICD-10", []),
        ("due 2024-05-01 at 9:30", []),
        ("4.2 The load", []),
        ("no number at all", []),
    ],
)  # fmt: skip
def test_quantities(text: str, expected: list[tuple[float, str, str, str]]) -> None:
    assert [(q.value, q.unit, q.per, q.noun) for q in quantities(text)] == expected


def test_a_range_keeps_both_ends() -> None:
    (found,) = quantities("50-100 users")
    assert (found.low, found.value) == (50, 100)


@given(st.integers(1, 10**9), st.sampled_from(["orders", "rows"]), st.sampled_from(["day", "hour", "month", "year"]))
def test_grouped_digits_are_the_same_number(number: int, noun: str, per: str) -> None:
    plain, grouped = f"{number} {noun} per {per}", f"{number:,} {noun} per {per}"
    (one,), (other,) = quantities(plain), quantities(grouped)
    assert (one.value, one.per, one.noun) == (other.value, other.per, other.noun) == (number, per, noun)
    assert one.per_second() == number / SECONDS[per]


@given(st.text(max_size=200))
def test_any_text_has_quantities_within_it(text: str) -> None:
    for found in quantities(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.low <= found.value


@pytest.mark.parametrize(
    ("text", "low", "value", "noun"),
    [
        ("a couple of hundred cellos", 200, 200, "cellos"),
        ("several thousand barrels", 3000, 3000, "barrels"),
        ("a few dozen tents", 36, 36, "tents"),
        ("eighty-odd stalls", 80, 80, "stalls"),
        ("70ish", 70, 70, ""),
        ("a dozen or so ferries", 12, 12, "ferries"),
        ("six or seven hives", 6, 7, "hives"),
        ("twenty, maybe thirty tents", 20, 30, "tents"),
        ("two, three barrels", 2, 3, "barrels"),
    ],
)
def test_numbers_of_people_who_do_not_count(text: str, low: float, value: float, noun: str) -> None:
    (found,) = quantities(text)
    assert (found.low, found.value, found.noun) == (low, value, noun)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a few tents", []),
        ("several ferries", []),
        ("stalls two, three and four", [2, 3, 4]),
        ("row 1 or 40", [1, 40]),
        ("one or more names", [1]),
    ],
)
def test_what_is_no_vague_number(text: str, values: list[float]) -> None:
    assert [q.value for q in quantities(text)] == values


def test_a_decade_is_ten_years_and_a_fortnight_two_weeks() -> None:
    assert [(q.value, q.unit) for q in quantities("after a decade, within three fortnights")] == [
        (10, "year"),
        (6, "week"),
    ]
