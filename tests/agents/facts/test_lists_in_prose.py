"""Lists that prose orders, wherever they stand and whatever the verb."""

import pytest

from tests.agents.facts.reading import analysed

DEPOT = (
    "# Depot\n\nFor each parcel we keep a number, a weight, a size and an arrival date. A customer has a name and an"
    " email. A parcel belongs to a customer.\n\n"
)


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("Parcels by customer, newest on top, 40 rows a page.", [(["customer"], ["-arrival_date"], 40)]),
        ("What counts is all parcels of one customer, latest first.", [(["customer"], ["-arrival_date"], None)]),
        ("The clerk sees the parcels of a customer, heaviest first.", [(["customer"], ["-weight"], None)]),
        ("Pat filters parcels by size, smallest first.", [(["size"], ["size"], None)]),
        ("The oldest parcel goes first.", []),
        ("The first parcels of a customer were the best.", []),
    ],
)
def test_lists_that_prose_orders(line: str, reads: list[tuple[list[str], list[str], int | None]]) -> None:
    made = [
        ([f.attribute for f in p.filters], [f"{'-' * s.descending}{s.attribute}" for s in p.sort], p.page_size)
        for p in analysed(f"{DEPOT}{line}\n").access_patterns
        if p.entity == "parcel" and p.origin.kind == "stated"
    ]
    assert made == reads
