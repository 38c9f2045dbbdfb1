"""By which facts a sentence says that rows are told apart: each case with what must be no key."""

import pytest

from tests.agents.prose.test_briefs import analysed

KEYS = [
    # a list begins with what tells one from another, whatever it is called
    ("Each tram has a chassis number, a length and a depot.", "tram", ("chassis_number",)),
    ("Nurses have a staff number, a name and a ward name.", "nurse", ("staff_number",)),
    ("Novels (ISBN, title, price) are kept, and each novel has a page count.", "novel", ("isbn",)),
    # a sentence says so
    ("A canton is identified by its name and has a population and an area.", "canton", ("name",)),
    ("Each donor is identified by their email address and has a first name and a last name.", "donor",
     ("email_address",)),
    ("Every boat has a length and a sail number. The sail number uniquely identifies each boat.", "boat",
     ("sail_number",)),
    ("A beehive has a tag number, a colour and a weight. A tag number identifies each tuple of the beehive relation.",
     "beehive", ("tag_number",)),
    # several together
    ("A tram ride is identified by its line number and departure time. A tram ride has a status and a driver name.",
     "tram_ride", ("line_number", "departure_time")),
    ("An aisle has an aisle code and a length. A shelf is identified by the aisle code together with the shelf number. "
     "A shelf has a height and a load.", "shelf", ("aisle_code", "shelf_number")),
    ("A garden has a name and a city. A bed of flowers is weeded. Each plot is identified by the combination of plot "
     "number and garden, and has an area and a soil.", "plot", ("plot_number", "garden")),
]  # fmt: skip
NO_KEYS = [
    ("Each voucher has a seat number, a price and a date.", "voucher"),  # many stand on the same seat
    ("Each letter has a postal code, a street and a city.", "letter"),
    ("Each volunteer has a telephone number, a name and a city.", "volunteer"),
    ("Each sailor is identified by a sailor ID, a name and a telephone number.", "sailor"),  # the ID is enough
    ("Risks are identified by the safety team. Each risk has a title, a date and a weight.", "risk"),
]


@pytest.mark.parametrize(("text", "entity", "key"), KEYS)
def test_what_a_sentence_says_tells_rows_apart(text: str, entity: str, key: tuple[str, ...]) -> None:
    found = {e.name: e for e in analysed(text).entities}
    assert found[entity].key == key
    if len(key) == 1:
        assert next(a for a in found[entity].attributes if a.name == key[0]).unique


@pytest.mark.parametrize(("text", "entity"), NO_KEYS)
def test_what_many_rows_share_is_no_key(text: str, entity: str) -> None:
    assert {e.name: e for e in analysed(text).entities}[entity].key == ()


def test_the_number_of_a_part_counts_within_its_whole() -> None:
    found = analysed(
        "Each menu has a menu code, a title and a season. Each menu item has an item number, a text and a price. "
        "A menu has many menu items."
    )
    item = next(e for e in found.entities if e.name == "menu_item")
    assert item.key == ()
    assert not next(a for a in item.attributes if a.name == "item_number").unique
    assert [r.attributes for r in found.rules if r.kind == "unique" and r.entity == "menu_item"] == [
        ("menu", "item_number")
    ]
